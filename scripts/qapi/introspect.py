"""The schema as data, for clients that ask with query-qmp-schema.

What a client can rely on are the names of commands, events, members and enum
values.  The names of types are not among them: they become numbers here, so
that no client comes to depend on one.  Integers of all sizes become 'int',
and only types that a command or event uses are there at all.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from .common import Cond, c_name
from .schema import (AlternateType, ArrayType, Builtin, EnumType, Event,
                     StructType)
from .commands import commands
from .events import events


class Lit:
    """Something that is only there under a condition."""

    def __init__(self, value, cond=None):
        self.value = value
        self.cond = cond or Cond()


def to_qlit(value, level=0):
    """A constant QLitObject of a dict, list, Lit, str, bool or None."""
    pad = '    ' * level
    if value is None:
        return 'QLIT_QNULL'
    if isinstance(value, bool):
        return 'QLIT_QBOOL(%s)' % ('true' if value else 'false')
    if isinstance(value, str):
        return 'QLIT_QSTR("%s")' % value
    if isinstance(value, dict):
        text = ''.join('%s    { "%s", %s },\n'
                       % (pad, key, to_qlit(val, level + 1))
                       for key, val in value.items())
        return 'QLIT_QDICT(((QLitDictEntry[]) {\n%s%s    {}\n%s}))' % (
            text, pad, pad)
    text = ''
    for one in value:
        cond = one.cond if isinstance(one, Lit) else Cond()
        one = one.value if isinstance(one, Lit) else one
        text += cond.wrap('%s    %s,\n' % (pad, to_qlit(one, level + 1)))
    return 'QLIT_QLIST(((QLitObject[]) {\n%s%s    {}\n%s}))' % (
        text, pad, pad)


class Introspection:
    """tree: the SchemaInfo objects, commands and events first."""

    def __init__(self, schema, unmask=False):
        self._schema = schema
        self._unmask = unmask
        self._used = []
        self._names = {}
        self._empty = StructType('q_empty', [], implicit=True)
        self.tree = []
        for module in schema.modules.values():
            for entity in module.entities:
                if entity in events(module):
                    self._event(entity)
                elif entity in commands(module):
                    self._command(entity)
        # Grows while types refer to further types.
        for typ in self._used:
            self._type(typ)

    def _name(self, name):
        if self._unmask:
            return name
        return self._names.setdefault(name, str(len(self._names)))

    def _use(self, typ):
        """The name that clients see of @typ, which is then shown, too."""
        if isinstance(typ, Builtin) and typ.json_type == 'int':
            typ = self._schema.types['int']
        elif (isinstance(typ, ArrayType) and isinstance(typ.element, Builtin)
              and typ.element.json_type == 'int'):
            typ = self._schema.types['intList']
        if typ not in self._used:
            self._used.append(typ)
        if isinstance(typ, Builtin):
            return typ.name
        if isinstance(typ, ArrayType):
            return '[' + self._use(typ.element) + ']'
        return self._name(typ.name)

    def _use_args(self, typ):
        """None stands for the type of what has no members."""
        return self._use(typ or self._empty)

    @staticmethod
    def _features(features):
        return [Lit(f['name'], f['if']) for f in features]

    def _add(self, name, meta, obj, cond, features=()):
        obj['name'] = name
        obj['meta-type'] = meta
        if features:
            obj['features'] = self._features(features)
        self.tree.append(Lit(obj, cond))

    def _command(self, cmd):
        self._add(cmd.name, 'command',
                  {'arg-type': self._use_args(cmd.args),
                   'ret-type': self._use_args(cmd.ret),
                   **({'allow-oob': True} if 'allow-oob' in cmd.options
                      else {})},
                  cmd.cond, cmd.features)

    def _event(self, event):
        self._add(event.name, 'event', {'arg-type': self._use_args(event.args)},
                  event.cond, event.features)

    def _member(self, member):
        obj = {'name': member.name, 'type': self._use(member.type)}
        if member.optional:
            obj['default'] = None
        if member.features:
            obj['features'] = self._features(member.features)
        return Lit(obj, member.cond)

    def _variants(self, union):
        cases = {b.name: b for b in union.branches}
        for value in union.tag.type.values:
            branch = cases.get(value['name'])
            yield Lit({'case': value['name'],
                       'type': self._use_args(branch.type if branch else None)},
                      branch.cond if branch else value['if'])

    def _type(self, typ):
        name = self._use(typ)
        if isinstance(typ, Builtin):
            self._add(name, 'builtin', {'json-type': typ.json_type}, typ.cond)
        elif isinstance(typ, ArrayType):
            self._add(name, 'array', {'element-type': self._use(typ.element)},
                      typ.cond)
        elif isinstance(typ, EnumType):
            members = []
            for value in typ.values:
                obj = {'name': value['name']}
                if value['features']:
                    obj['features'] = self._features(value['features'])
                members.append(Lit(obj, value['if']))
            self._add(name, 'enum', {
                'members': members,
                'values': [Lit(v['name'], v['if']) for v in typ.values],
            }, typ.cond, typ.features)
        elif isinstance(typ, AlternateType):
            self._add(name, 'alternate', {
                'members': [Lit({'type': self._use(b.type)}, b.cond)
                            for b in typ.branches],
            }, typ.cond, typ.features)
        else:
            obj = {'members': [self._member(m) for m in typ.all_members()]}
            if typ.tag:
                obj['tag'] = typ.tag.name
                obj['variants'] = list(self._variants(typ))
            self._add(name, 'object', obj, typ.cond, typ.features)


def code(schema, prefix, unmask):
    """Declaration and definition of the whole as one constant."""
    name = c_name(prefix + 'qmp_schema_qlit', False)
    tree = Introspection(schema, unmask).tree
    return ('extern const QLitObject %s;\n' % name,
            '\nconst QLitObject %s = %s;\n' % (name, to_qlit(tree)))
