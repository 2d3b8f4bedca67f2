"""The types that a schema defines, with all references resolved.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os

from .common import Cond, c_enum_const, c_name
from .expr import check_expr
from .parser import SchemaParser
from .source import QAPISemError

BUILTIN_MODULE = 'builtin'


class Entity:
    """Anything with a name that C is generated for."""

    def __init__(self, name, info=None, doc=None, cond=None, features=()):
        self.name = name
        self.info = info
        self.doc = doc
        self.cond = cond or Cond()
        self.features = list(features)
        self.module = None

    def c_name(self):
        return c_name(self.name)

    def special_features(self):
        """The features that generated code looks at, as a C expression."""
        names = [f['name'] for f in self.features
                 if f['name'] in ('deprecated', 'unstable')]
        return ' | '.join('1u << QAPI_%s' % n.upper() for n in names) or '0'


class Type(Entity):
    """doc_type and json_type say how people see it, and JSON."""

    json_type = None

    def c_type(self):
        """How a variable of this type is declared: ends in ' *' or ' '."""
        return self.c_name() + ' *'

    def is_pointer(self):
        return self.c_type().endswith('*')

    def check(self, schema):
        """Resolve what this type refers to; called once for each type."""


class Builtin(Type):
    def __init__(self, name, ctype, json_type):
        super().__init__(name)
        self._ctype = ctype
        self.json_type = json_type

    def c_name(self):
        return self.name        # visit_type_int(), though int is reserved

    def c_type(self):
        return self._ctype if self._ctype.endswith('*') else self._ctype + ' '


class EnumType(Type):
    json_type = 'string'

    def __init__(self, name, values, prefix=None, **kwargs):
        super().__init__(name, **kwargs)
        self.values = values
        self.prefix = prefix

    def c_type(self):
        return self.c_name() + ' '

    def const(self, value):
        return c_enum_const(self.name, value, self.prefix)

    def check(self, schema):
        seen = {}
        for value in self.values:
            const = self.const(value['name'])
            if const in seen:
                raise QAPISemError(
                    self.info, "value '%s' collides with value '%s'"
                    % (value['name'], seen[const]))
            seen[const] = value['name']
        check_doc_names(self, [v['name'] for v in self.values], 'value')


class ArrayType(Type):
    json_type = 'array'

    def __init__(self, name, element):
        super().__init__(name)
        self._element = element
        self.element = None

    def check(self, schema):
        self.element = schema.types[self._element]
        self.module = self.element.module
        self.cond = self.element.cond


class Member(Entity):
    def __init__(self, key, spec, info):
        super().__init__(key.lstrip('*'), info, cond=spec['if'],
                         features=spec.get('features', ()))
        self.optional = key.startswith('*')
        self._type = spec['type']
        self.type = None
        self.owner = None

    def resolve(self, schema, what):
        self.type = schema.lookup(self._type, self.info, what)


class StructType(Type):
    """A struct, or a union: then tag and branches are set.

    members   the struct's own
    base      a StructType, or None
    tag       the Member that says which branch there is
    branches  Members named like the tag's values; empty ones have type None
    """

    json_type = 'object'

    def __init__(self, name, members, base=None, discriminator=None,
                 branches=None, implicit=False, **kwargs):
        super().__init__(name, **kwargs)
        self.members = members
        self._base = base
        self.base = None
        self._discriminator = discriminator
        self.tag = None
        self.branches = branches
        self.implicit = implicit
        self._checked = None        # None, False while at it, True

    def c_name(self):
        return c_name(self.name)

    def all_members(self):
        return (self.base.all_members() if self.base else []) + self.members

    def check(self, schema):
        if self._checked:
            return
        if self._checked is False:
            raise QAPISemError(self.info, "object %s contains itself"
                               % self.name)
        self._checked = False
        if self._base is not None:
            self.base = schema.lookup(self._base, self.info, "'base'")
            if not isinstance(self.base, StructType) or self.base.tag:
                raise QAPISemError(
                    self.info, "'base' requires a struct type, %s is not one"
                    % describe(self.base))
            self.base.check(schema)
        for member in self.members:
            member.resolve(schema, "member '%s'" % member.name)
            member.owner = self
        self._check_clashes()
        if self.branches is not None:
            self._check_branches(schema)
        check_doc_names(self, [m.name for m in self.members]
                        + self._base_doc_names(), 'member')
        self._checked = True

    def _base_doc_names(self):
        """A union whose base is written in place documents it, too."""
        if self.base and self.base.implicit:
            return [m.name for m in self.base.members]
        return []

    def _check_clashes(self):
        seen = {}
        for member in self.all_members():
            cname = member.c_name()
            if cname in seen:
                raise QAPISemError(
                    self.info, "member '%s' collides with member '%s'"
                    % (member.name, seen[cname]))
            seen[cname] = member.name
            if member.optional:
                seen['has_' + cname] = member.name

    def _check_branches(self, schema):
        tags = [m for m in self.all_members()
                if m.name == self._discriminator]
        if not tags:
            raise QAPISemError(
                self.info, "discriminator '%s' is not a member of 'base'"
                % self._discriminator)
        self.tag = tags[0]
        if not isinstance(self.tag.type, EnumType):
            raise QAPISemError(
                self.info, "discriminator '%s' must be of an enum type"
                % self.tag.name)
        if self.tag.optional:
            raise QAPISemError(
                self.info, "discriminator '%s' must not be optional"
                % self.tag.name)
        if self.tag.cond:
            raise QAPISemError(
                self.info, "discriminator '%s' must not be conditional"
                % self.tag.name)
        if not self.branches:
            raise QAPISemError(self.info, 'union has no branches')
        values = {v['name']: v for v in self.tag.type.values}
        for branch in self.branches:
            if branch.name not in values:
                raise QAPISemError(
                    self.info, "branch '%s' is not a value of enum '%s'"
                    % (branch.name, self.tag.type.name))
            branch.resolve(schema, "branch '%s'" % branch.name)
            if not isinstance(branch.type, StructType):
                raise QAPISemError(
                    self.info, "branch '%s' requires a struct or union type, "
                    "%s is not one" % (branch.name, describe(branch.type)))
            branch.type.check(schema)
            taken = {m.c_name(): m.name for m in self.all_members()}
            for member in branch.type.all_members():
                if member.c_name() in taken:
                    raise QAPISemError(
                        self.info, "member '%s' of branch '%s' collides with "
                        "member '%s'" % (member.name, branch.name,
                                         taken[member.c_name()]))


class AlternateType(Type):
    json_type = 'value'

    # What a branch's type looks like in JSON -> how we see it.
    QTYPES = {'string': 'QTYPE_QSTRING', 'number': 'QTYPE_QNUM',
              'int': 'QTYPE_QNUM', 'boolean': 'QTYPE_QBOOL',
              'object': 'QTYPE_QDICT', 'array': 'QTYPE_QLIST',
              'null': 'QTYPE_QNULL'}

    def __init__(self, name, branches, **kwargs):
        super().__init__(name, **kwargs)
        self.branches = branches

    def qtype(self, branch):
        return self.QTYPES[branch.type.json_type]

    def check(self, schema):
        seen, names = {}, {}
        for branch in self.branches:
            if branch.c_name() in names:
                raise QAPISemError(
                    self.info, "branch '%s' collides with branch '%s'"
                    % (branch.name, names[branch.c_name()]))
            names[branch.c_name()] = branch.name
            branch.resolve(schema, "branch '%s'" % branch.name)
            if branch.type.json_type not in self.QTYPES:
                raise QAPISemError(
                    self.info, "branch '%s' cannot use %s"
                    % (branch.name, describe(branch.type)))
            qtype = self.qtype(branch)
            if qtype in seen:
                raise QAPISemError(
                    self.info, "branch '%s' can't be distinguished from '%s'"
                    % (branch.name, seen[qtype]))
            seen[qtype] = branch.name
        # keyval_parse() yields strings only: "on" could be either.
        kinds = {branch.type.json_type for branch in self.branches}
        for branch in self.branches:
            if not (isinstance(branch.type, EnumType)
                    or branch.type.name == 'str'):
                continue
            values = [v['name'] for v in getattr(branch.type, 'values', [])]
            text = not isinstance(branch.type, EnumType)
            if ('boolean' in kinds
                    and (text or set(values) & {'on', 'off'})
                    or kinds & {'number', 'int'}
                    and (text or any(v[0].isdigit() for v in values))):
                raise QAPISemError(
                    self.info, "branch '%s' can't be distinguished from a "
                    "bool or a number on the command line" % branch.name)
        check_doc_names(self, [b.name for b in self.branches], 'branch')


class Command(Entity):
    def __init__(self, name, args, ret, options, **kwargs):
        super().__init__(name, **kwargs)
        self._args = args
        self._ret = ret
        self.args = None
        self.ret = None
        self.options = options

    def check(self, schema):
        if self._args is not None:
            self.args = schema.lookup(self._args, self.info, "'data'")
            if not isinstance(self.args, StructType):
                raise QAPISemError(self.info, "'data' cannot take %s"
                                   % describe(self.args))
            if self.args.branches and not self.options.get('boxed'):
                raise QAPISemError(
                    self.info, "'data' can take union type '%s' only with "
                    "'boxed': true" % self.args.name)
            # A C parameter cannot be there on some condition.
            for member in self.args.all_members():
                if member.cond and not self.options.get('boxed'):
                    raise QAPISemError(
                        self.info, "member '%s' of 'data' can be conditional "
                        "only with 'boxed': true" % member.name)
        if self._ret is not None:
            self.ret = schema.lookup(self._ret, self.info, "'returns'")
            if (self.name not in
                    schema.pragma.lists['command-returns-exceptions']):
                typ = self.ret
                while isinstance(typ, ArrayType):
                    typ = schema.types[typ._element]
                if not isinstance(typ, StructType):
                    raise QAPISemError(self.info, "'returns' cannot take %s"
                                       % describe(self.ret))
        names = [m.name for m in self.args.members] if (
            self.args and self.args.implicit) else []
        check_doc_names(self, names, 'argument')


class Event(Command):
    pass


def describe(typ):
    kind = {Builtin: 'built-in type', EnumType: 'enum type',
            ArrayType: 'array type', StructType: 'struct type',
            AlternateType: 'alternate type'}[type(typ)]
    if isinstance(typ, StructType) and typ.branches is not None:
        kind = 'union type'
    return "%s '%s'" % (kind, typ.name)


def check_doc_names(entity, names, kind):
    """Documentation speaks of what there is, and of nothing else."""
    doc = entity.doc
    if not doc:
        return
    if not isinstance(entity, Command) or isinstance(entity, Event):
        if any(section == 'Returns' for section, _ in doc.sections):
            raise QAPISemError(doc.info, "'Returns:' is for commands only")
    for name in doc.args:
        if name not in names:
            raise QAPISemError(
                doc.info, "documented %s '%s' does not exist" % (kind, name))
    for name in names:
        if doc.required and name not in doc.args:
            raise QAPISemError(
                doc.info, "documentation of '%s' lacks %s '%s'"
                % (entity.name, kind, name))
    features = [f['name'] for f in entity.features]
    for name in features:
        if doc.required and name not in doc.features:
            raise QAPISemError(
                doc.info, "documentation of '%s' lacks feature '%s'"
                % (entity.name, name))
    for source in (getattr(entity, 'members', []),
                   getattr(entity, 'branches', None) or []):
        for member in source:
            features += [f['name'] for f in member.features]
    for value in getattr(entity, 'values', []):
        features += [f['name'] for f in value['features']]
    for name in doc.features:
        if name not in features:
            raise QAPISemError(
                doc.info, "documented feature '%s' does not exist" % name)


class Module:
    """A schema file: the first one is the main module, named ''."""

    def __init__(self, name):
        self.name = name
        self.includes = []      # Modules
        self.entities = []
        self.texts = []         # Docs that are about none of these


class QAPISchema:
    """Everything from one main schema file.

    modules   in the order in which one may include another
    types     name -> Type, the built-in ones too
    """

    def __init__(self, fname):
        self._dir = os.path.dirname(fname)
        self._main = fname
        parser = SchemaParser(fname)
        self.pragma = parser.pragma
        self.types = {}
        self.modules = {}
        self._defined = {}
        self._make_modules(parser.includes)
        self._make_builtins()
        for doc in parser.texts:
            self.modules[self._module_name(doc.info.fname)].texts.append(doc)
        for expr in parser.exprs:
            check_expr(expr, self.pragma)
            self._define(expr)
        self._check()

    def _module_name(self, fname):
        if fname == self._main:
            return ''
        return os.path.splitext(os.path.relpath(fname, self._dir))[0]

    def _make_modules(self, includes):
        self.modules[BUILTIN_MODULE] = Module(BUILTIN_MODULE)
        for fname in includes:
            name = self._module_name(fname)
            self.modules[name] = Module(name)
        for fname, included in includes.items():
            module = self.modules[self._module_name(fname)]
            for other in included:
                target = self.modules[self._module_name(other)]
                if target not in module.includes:
                    module.includes.append(target)

    def _make_builtins(self):
        for name, ctype, json_type in (
                ('str', 'char *', 'string'),
                ('number', 'double', 'number'),
                ('int', 'int64_t', 'int'),
                ('int8', 'int8_t', 'int'),
                ('int16', 'int16_t', 'int'),
                ('int32', 'int32_t', 'int'),
                ('int64', 'int64_t', 'int'),
                ('uint8', 'uint8_t', 'int'),
                ('uint16', 'uint16_t', 'int'),
                ('uint32', 'uint32_t', 'int'),
                ('uint64', 'uint64_t', 'int'),
                ('size', 'uint64_t', 'int'),
                ('bool', 'bool', 'boolean'),
                ('any', 'QObject *', 'value'),
                ('null', 'QNull *', 'null')):
            self._add(Builtin(name, ctype, json_type), BUILTIN_MODULE)
            self.array_of(name)
        values = [{'name': n, 'if': Cond(), 'features': []} for n in (
            'none', 'qnull', 'qnum', 'qstring', 'qdict', 'qlist', 'qbool')]
        self._add(EnumType('QType', values, 'QTYPE'), BUILTIN_MODULE)

    def _add(self, entity, module):
        """Enter @entity; a type can be looked up from then on."""
        cname = c_name(entity.name, False)
        if cname in self._defined:
            raise QAPISemError(
                entity.info, "'%s' is already defined%s" % (
                    entity.name, ' at ' + self._defined[cname].info.loc()
                    if self._defined[cname].info else ''))
        self._defined[cname] = entity
        if isinstance(entity, Type):
            self.types[entity.name] = entity
        entity.module = self.modules[module]
        if not isinstance(entity, ArrayType):
            entity.module.entities.append(entity)

    def array_of(self, element):
        """The name of the list type with elements of type @element."""
        name = element + 'List'
        if name not in self.types:
            self.types[name] = ArrayType(name, element)
        return name

    def lookup(self, ref, info, what):
        """The type that a reference names; an array's if it is a list."""
        name = ref[0] if isinstance(ref, list) else ref
        if name not in self.types or name.startswith('q_obj_'):
            if not (isinstance(ref, str) and name in self.types):
                raise QAPISemError(info, "%s uses unknown type '%s'"
                                   % (what, name))
        if isinstance(ref, list):
            name = self.array_of(name)
        return self.types[name]

    def _implicit(self, expr, members, role):
        """A struct for members that were written in place."""
        name = 'q_obj_%s-%s' % (expr.name, role)
        struct = StructType(name, members, implicit=True, info=expr.info,
                            cond=expr.data['if'])
        self._add(struct, self._module_name(expr.info.fname))
        return name

    def _define(self, expr):
        info, data = expr.info, expr.data
        common = {'info': info, 'doc': expr.doc, 'cond': data['if'],
                  'features': data['features']}

        def members(specs):
            return [Member(key, spec, info) for key, spec in specs.items()]

        payload = data.get('data')
        if expr.meta == 'enum':
            entity = EnumType(expr.name, payload, data.get('prefix'),
                              **common)
        elif expr.meta == 'struct':
            entity = StructType(expr.name, members(payload),
                                data.get('base'), **common)
        elif expr.meta == 'union':
            base = data['base']
            if not isinstance(base, str):
                base = self._implicit(expr, members(base), 'base')
            entity = StructType(expr.name, [], base, data['discriminator'],
                                members(payload), **common)
        elif expr.meta == 'alternate':
            entity = AlternateType(expr.name, members(payload), **common)
        else:
            if isinstance(payload, dict):
                payload = (self._implicit(expr, members(payload), 'arg')
                           if payload else None)
            kind = Command if expr.meta == 'command' else Event
            entity = kind(expr.name, payload, data.get('returns'), data,
                          **common)
        self._add(entity, self._module_name(info.fname))

    def _check(self):
        for module in self.modules.values():
            for entity in list(module.entities):
                if hasattr(entity, 'check'):
                    entity.check(self)
        # Uses of arrays are known now; each belongs with its element type.
        done = set()
        while len(done) < len(self.types):
            for typ in list(self.types.values()):
                if isinstance(typ, ArrayType) and typ.name not in done:
                    typ.check(self)
                    if not isinstance(typ.element, ArrayType) or (
                            typ.element.module):
                        typ.module.entities.append(typ)
                        done.add(typ.name)
                else:
                    done.add(typ.name)

