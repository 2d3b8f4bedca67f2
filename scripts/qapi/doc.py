"""A page for people: everything in the schema, with what is said about it.

It is in Markdown, in the order of the schema: a file is a chapter, with what
its free-standing '##' blocks say in their places.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from .schema import (AlternateType, ArrayType, BUILTIN_MODULE, Command,
                     EnumType, Event, StructType)


def kind_of(entity):
    if isinstance(entity, Event):
        return 'Event'
    if isinstance(entity, Command):
        return 'Command'
    if isinstance(entity, EnumType):
        return 'Enum'
    if isinstance(entity, AlternateType):
        return 'Alternate'
    return 'Struct' if entity.branches is None else 'Union'


def anchor(name):
    """The part of the page that is about @name; unique whatever its case."""
    return 'q-' + name


def type_ref(typ):
    if isinstance(typ, ArrayType):
        return 'list of ' + type_ref(typ.element)
    if typ.module and typ.module.name != BUILTIN_MODULE:
        return '[%s](#%s)' % (typ.name, anchor(typ.name))
    return typ.name


def text_of(text):
    """'@name' of the schema is code on the page; one paragraph a line."""
    out, code = [], False
    for line in text.split('\n'):
        words = [('`%s`%s' % (w[1:].rstrip('.,;:)'),
                              w[len(w.rstrip('.,;:)')):])
                  if w.startswith('@') and len(w) > 1 else w)
                 for w in line.split(' ')]
        code = line.startswith(('->', '<-')) or (code and line.startswith(' '))
        out.append('    ' + line if code else ' '.join(words).strip())
    return '\n'.join(out).strip()


def inline(text):
    return ' '.join(text_of(text).split())


def marks(member):
    words = []
    if getattr(member, 'optional', False):
        words.append('optional')
    words += [f['name'] for f in member.features]
    if member.cond:
        words.append('if ' + member.cond.text())
    return ' (%s)' % ', '.join(words) if words else ''


def member_line(name, typ, extra, said):
    text = '- `%s`' % name
    if typ:
        text += ': ' + type_ref(typ)
    text += extra
    return text + (' -- ' + said if said else '') + '\n'


def members_of(entity):
    """(name, type, marks) of all that the documentation lists one by one."""
    if isinstance(entity, EnumType):
        for value in entity.values:
            extra = [f['name'] for f in value['features']]
            if value['if']:
                extra.append('if ' + value['if'].text())
            yield value['name'], None, (
                ' (%s)' % ', '.join(extra) if extra else '')
        return
    if isinstance(entity, AlternateType):
        members = entity.branches
    elif isinstance(entity, Command):
        members = (entity.args.members
                   if entity.args and entity.args.implicit else [])
    else:
        base = entity.base
        members = (base.members if base and base.implicit else [])
        members = members + entity.members
    for member in members:
        yield member.name, member.type, marks(member)


def references(entity):
    """What is taken from other types as a whole."""
    if isinstance(entity, Command):
        if entity.args and not entity.args.implicit:
            yield '- the members of %s\n' % type_ref(entity.args)
    elif isinstance(entity, StructType):
        if entity.base and not entity.base.implicit:
            yield '- the members of %s\n' % type_ref(entity.base)
        for branch in entity.branches or []:
            yield '- when `%s` is `%s`: the members of %s%s\n' % (
                entity.tag.name, branch.name, type_ref(branch.type),
                marks(branch))


def flags(command):
    says = {'allow-oob': 'may be sent out of band',
            'allow-preconfig': 'is allowed before the machine is made',
            'success-response': 'does not answer when it succeeds'}
    words = [says[key] for key in says if key in command.options]
    return 'It %s.\n\n' % ', and '.join(words) if words else ''


def entity_doc(entity):
    doc = entity.doc
    text = '<a id="%s"></a>\n\n### %s (%s)\n\n' % (
        anchor(entity.name), entity.name, kind_of(entity))
    if entity.cond:
        text += 'If %s.\n\n' % entity.cond.text()
    if doc and doc.body:
        text += text_of(doc.body) + '\n\n'
    lines = ''.join(
        member_line(name, typ, extra, inline(doc.args.get(name, '')
                                             if doc else ''))
        for name, typ, extra in members_of(entity))
    lines += ''.join(references(entity))
    if lines:
        text += lines + '\n'
    features = ''.join(
        '- `%s`%s\n' % (name, ' -- ' + inline(said) if said else '')
        for name, said in (doc.features.items() if doc else ()))
    if features:
        text += 'Features:\n\n' + features + '\n'
    if isinstance(entity, Command) and not isinstance(entity, Event):
        text += flags(entity)
        if entity.ret:
            text += 'Returns: %s\n\n' % type_ref(entity.ret)
    for name, said in doc.sections if doc else ():
        if name != 'TODO' and said:
            text += '%s: %s\n\n' % (name, text_of(said))
    return text


def free_text(doc):
    """A block that stands alone; '=' marks headings."""
    lines = []
    for line in doc.body.split('\n'):
        level = len(line) - len(line.lstrip('='))
        if level and line[level:level + 1] == ' ':
            lines.append('#' * min(level + 1, 2) + ' ' + line[level + 1:])
        else:
            # What is set in is an example.
            lines.append('    ' + line if line.startswith(' ') else line)
    return '\n'.join(lines).strip() + '\n\n'


def page(schema, title):
    """The whole page."""
    text = '# %s\n\n' % title
    text += 'Generated from the schema by scripts/qapi-gen.py.\n\n'
    for module in schema.modules.values():
        if module.name == BUILTIN_MODULE:
            continue
        parts = [(doc.info.line, free_text(doc)) for doc in module.texts]
        parts += [(entity.info.line, entity_doc(entity))
                  for entity in module.entities
                  if not isinstance(entity, ArrayType)
                  and not getattr(entity, 'implicit', False)]
        for _, part in sorted(parts, key=lambda p: p[0]):
            text += part
    return text
