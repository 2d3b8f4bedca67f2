"""C types: enums with their names, structs, unions, alternates and lists.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from .gen import include_name
from .schema import (AlternateType, ArrayType, BUILTIN_MODULE,
                     EnumType, StructType)

KIND = 'types'


def header_includes(module, prefix):
    if module.name == BUILTIN_MODULE:
        return ['qapi/util.h']
    return ['qapi/qapi-builtin-types.h'] + [
        include_name(KIND, m, prefix) for m in module.includes]


def source_includes(schema, prefix):
    return ['qapi/dealloc-visitor.h'] + [
        include_name('visit', m, prefix) for m in schema.modules.values()]


def enum_decl(enum):
    name = enum.c_name()
    text = 'typedef enum %s {\n' % name
    for value in enum.values:
        text += value['if'].wrap('    %s,\n' % enum.const(value['name']))
    text += '    %s,\n} %s;\n\n' % (enum.const('_MAX'), name)
    text += ('#define %s_str(val) \\\n    qapi_enum_lookup(&%s_lookup, (val))'
             '\n\nextern const QEnumLookup %s_lookup;\n\n'
             % (name, name, name))
    return text


def enum_defn(enum):
    text = '\nconst QEnumLookup %s_lookup = {\n' % enum.c_name()
    text += '    .array = (const char *const[]) {\n'
    features = ''
    for value in enum.values:
        const = enum.const(value['name'])
        text += value['if'].wrap('        [%s] = "%s",\n'
                                 % (const, value['name']))
        special = ' | '.join(
            '1u << QAPI_%s' % f['name'].upper() for f in value['features']
            if f['name'] in ('deprecated', 'unstable'))
        if special:
            features += value['if'].wrap('        [%s] = %s,\n'
                                         % (const, special))
    text += '    },\n    .size = %s,\n' % enum.const('_MAX')
    if features:
        text += ('    .features = (const unsigned char[%s]) {\n%s    },\n'
                 % (enum.const('_MAX'), features))
    return text + '};\n'


def member_decl(member):
    text = ''
    if member.optional:
        text += '    bool has_%s;\n' % member.c_name()
    text += '    %s%s;\n' % (member.type.c_type(), member.c_name())
    return member.cond.wrap(text)


def branches_decl(branches, tag):
    text = '    union { /* union tag is @%s */\n' % tag
    for branch in branches:
        typ = branch.type
        ctype = (typ.c_name() + ' ' if isinstance(typ, StructType)
                 else typ.c_type())
        text += branch.cond.wrap('        %s%s;\n' % (ctype, branch.c_name()))
    return text + '    } u;\n'


def struct_decl(struct):
    text = ''
    if struct.base and not struct.base.implicit:
        text += '    /* Members inherited from %s: */\n' % struct.base.c_name()
    for member in struct.base.all_members() if struct.base else []:
        text += member_decl(member)
    if struct.members and struct.base:
        text += '    /* Own members: */\n'
    for member in struct.members:
        text += member_decl(member)
    if struct.branches is not None:
        text += branches_decl(struct.branches, struct.tag.c_name())
    # C has no empty structs, and C++ gives them another size.
    if (struct.branches is None
            and all(member.cond for member in struct.all_members())):
        text += '    char qapi_dummy_for_empty_struct;\n'
    name = struct.c_name()
    text = 'struct %s {\n%s};\n\n' % (name, text)
    if struct.base and not struct.base.implicit:
        base = struct.base.c_name()
        text += ('static inline %s *qapi_%s_base(const %s *obj)\n{\n'
                 '    return (%s *)obj;\n}\n\n' % (base, name, name, base))
    return text


def free_decl(typ):
    name = typ.c_name()
    return ('void qapi_free_%s(%s *obj);\n'
            'G_DEFINE_AUTOPTR_CLEANUP_FUNC(%s, qapi_free_%s)\n\n'
            % (name, name, name, name))


def free_defn(typ):
    name = typ.c_name()
    return '''
void qapi_free_%s(%s *obj)
{
    if (obj) {
        Visitor *v = qapi_dealloc_visitor_new();

        visit_type_%s(v, NULL, &obj, NULL);
        visit_free(v);
    }
}
''' % (name, name, name)


def by_value(struct):
    """The structs that must be complete before @struct can be."""
    return [b.type for b in struct.branches or []
            if isinstance(b.type, StructType)]


def structs_in_order(module):
    """Structs and alternates, each behind those it contains by value."""
    order = []

    def add(typ):
        if typ not in order and typ.module is module:
            for other in by_value(typ):
                add(other)
            order.append(typ)

    for typ in module.entities:
        if isinstance(typ, (StructType, AlternateType)):
            add(typ)
    return order


def module_code(module, prefix):
    decl = defn = ''
    for typ in module.entities:
        if isinstance(typ, (StructType, AlternateType, ArrayType)):
            name = typ.c_name()
            decl += typ.cond.wrap('typedef struct %s %s;\n' % (name, name))
    decl += '\n' if decl else ''
    for typ in module.entities:
        if isinstance(typ, EnumType):
            decl += typ.cond.wrap(enum_decl(typ))
            defn += typ.cond.wrap(enum_defn(typ))
    for typ in structs_in_order(module):
        if isinstance(typ, AlternateType):
            text = 'struct %s {\n    QType type;\n%s};\n\n' % (
                typ.c_name(), branches_decl(typ.branches, 'type'))
        else:
            text = struct_decl(typ)
        if not (isinstance(typ, StructType) and typ.implicit):
            text += free_decl(typ)
            defn += typ.cond.wrap(free_defn(typ))
        decl += typ.cond.wrap(text)
    for typ in module.entities:
        if isinstance(typ, ArrayType):
            name = typ.c_name()
            decl += typ.cond.wrap(
                'struct %s {\n    %s *next;\n    %svalue;\n};\n\n%s' % (
                    name, name, typ.element.c_type(), free_decl(typ)))
            defn += typ.cond.wrap(free_defn(typ))
    return decl, defn
