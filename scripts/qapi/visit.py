"""C functions that visit a type's members; include/qapi/visitor.h explains.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from .gen import include_name
from .schema import (AlternateType, ArrayType, BUILTIN_MODULE, Builtin,
                     EnumType, StructType)

KIND = 'visit'


def header_includes(module, prefix):
    own = include_name('types', module, prefix)
    if module.name == BUILTIN_MODULE:
        return ['qapi/visitor.h', own]
    return ['qapi/qapi-builtin-visit.h', own] + [
        include_name(KIND, m, prefix) for m in module.includes]


def source_includes(schema, prefix):
    return ['qapi/error.h', 'qapi/qmp/qerror.h'] + [
        include_name(KIND, m, prefix) for m in schema.modules.values()]


def scalar(typ):
    """Is it passed by value?  An enum or a built-in type."""
    return isinstance(typ, (EnumType, Builtin))


def type_decl(typ):
    star = '' if scalar(typ) else '*'
    ctype = typ.c_type().rstrip('* ') if not scalar(typ) else (
        typ.c_type().rstrip())
    return ('bool visit_type_%s(Visitor *v, const char *name, %s %s*obj, '
            'Error **errp);\n' % (typ.c_name(), ctype, star))


def members_decl(struct):
    name = struct.c_name()
    return ('bool visit_type_%s_members(Visitor *v, %s *obj, Error **errp);\n'
            % (name, name))


def indent(text, level):
    pad = '    ' * level
    return ''.join(line if line.startswith('#') or line == '\n'
                   else pad + line for line in text.splitlines(True))


def fail(call):
    return 'if (!%s) {\n    return false;\n}\n' % call


def visit_member(member):
    typ, cname = member.type, member.c_name()
    text = fail('visit_type_%s(v, "%s", &obj->%s, errp)'
                % (typ.c_name(), member.name, cname))
    special = member.special_features()
    if special != '0':
        text = ('if (visit_policy_reject(v, "%s", %s, errp)) {\n'
                '    return false;\n}\n'
                'if (!visit_policy_skip(v, "%s", %s)) {\n%s}\n'
                % (member.name, special, member.name, special,
                   indent(text, 1)))
    if member.optional:
        text = ('if (visit_optional(v, "%s", &obj->has_%s)) {\n%s}\n'
                % (member.name, cname, indent(text, 1)))
    return member.cond.wrap(indent(text, 1))


def visit_branches(struct):
    enum = struct.tag.type
    text = '    switch (obj->%s) {\n' % struct.tag.c_name()
    missing = {v['name'] for v in enum.values}
    for branch in struct.branches:
        missing.discard(branch.name)
        text += branch.cond.wrap(
            '    case %s:\n'
            '        return visit_type_%s_members(v, &obj->u.%s, errp);\n'
            % (enum.const(branch.name), branch.type.c_name(),
               branch.c_name()))
    for value in enum.values:
        if value['name'] in missing:
            text += value['if'].wrap('    case %s:\n'
                                     % enum.const(value['name']))
    if missing:
        text += '        break;\n'
    return text + '    default:\n        abort();\n    }\n'


def members_defn(struct):
    name = struct.c_name()
    text = ('\nbool visit_type_%s_members(Visitor *v, %s *obj, Error **errp)\n'
            '{\n' % (name, name))
    if struct.base:
        base = struct.base.c_name()
        text += indent(fail('visit_type_%s_members(v, (%s *)obj, errp)'
                            % (base, base)), 1)
    for member in struct.members:
        text += visit_member(member)
    if struct.branches is not None:
        text += visit_branches(struct)
    return text + '    return true;\n}\n'


def struct_defn(struct):
    return '''
bool visit_type_%(name)s(Visitor *v, const char *name, %(name)s **obj, Error **errp)
{
    bool ok = false;

    if (!visit_start_struct(v, name, (void **)obj, sizeof(%(name)s), errp)) {
        return false;
    }
    if (!*obj) {
        /* what is freed was filled in only in part */
        assert(visit_is_dealloc(v));
        ok = true;
    } else if (visit_type_%(name)s_members(v, *obj, errp)) {
        ok = visit_check_struct(v, errp);
    }
    visit_end_struct(v, (void **)obj);
    if (!ok && visit_is_input(v)) {
        qapi_free_%(name)s(*obj);
        *obj = NULL;
    }
    return ok;
}
''' % {'name': struct.c_name()}


def enum_defn(enum):
    name = enum.c_name()
    return '''
bool visit_type_%s(Visitor *v, const char *name, %s *obj, Error **errp)
{
    int value = *obj;
    bool ok = visit_type_enum(v, name, &value, &%s_lookup, errp);

    *obj = value;
    return ok;
}
''' % (name, name, name)


def list_defn(array):
    return '''
bool visit_type_%(name)s(Visitor *v, const char *name, %(name)s **obj, Error **errp)
{
    bool ok = false;
    %(name)s *tail;
    size_t size = sizeof(**obj);

    if (!visit_start_list(v, name, (GenericList **)obj, size, errp)) {
        return false;
    }
    for (tail = *obj; tail;
         tail = (%(name)s *)visit_next_list(v, (GenericList *)tail, size)) {
        if (!visit_type_%(element)s(v, NULL, &tail->value, errp)) {
            goto out_obj;
        }
    }
    ok = visit_check_list(v, errp);
out_obj:
    visit_end_list(v, (void **)obj);
    if (!ok && visit_is_input(v)) {
        qapi_free_%(name)s(*obj);
        *obj = NULL;
    }
    return ok;
}
''' % {'name': array.c_name(), 'element': array.element.c_name()}


def alternate_branch(alternate, branch):
    field = '(*obj)->u.%s' % branch.c_name()
    text = '    case %s:\n' % alternate.qtype(branch)
    if isinstance(branch.type, StructType):
        text += '''        if (!visit_start_struct(v, name, NULL, 0, errp)) {
            break;
        }
        if (visit_type_%s_members(v, &%s, errp)) {
            ok = visit_check_struct(v, errp);
        }
        visit_end_struct(v, NULL);
''' % (branch.type.c_name(), field)
    else:
        text += '        ok = visit_type_%s(v, name, &%s, errp);\n' % (
            branch.type.c_name(), field)
    return branch.cond.wrap(text + '        break;\n')


def alternate_defn(alternate):
    return '''
bool visit_type_%(name)s(Visitor *v, const char *name, %(name)s **obj, Error **errp)
{
    bool ok = false;

    if (!visit_start_alternate(v, name, (GenericAlternate **)obj,
                               sizeof(**obj), errp)) {
        return false;
    }
    if (!*obj) {
        assert(visit_is_dealloc(v));
        ok = true;
        goto out_obj;
    }
    switch ((*obj)->type) {
%(branches)s    case QTYPE_NONE:
        abort();
    default:
        assert(visit_is_input(v));
        error_setg(errp, QERR_INVALID_PARAMETER_TYPE,
                   name ? name : "null", "%(name)s");
        /* nothing in it yet that a visit could free */
        g_free(*obj);
        *obj = NULL;
    }
out_obj:
    visit_end_alternate(v, (void **)obj);
    if (!ok && visit_is_input(v)) {
        qapi_free_%(name)s(*obj);
        *obj = NULL;
    }
    return ok;
}
''' % {'name': alternate.c_name(),
       'branches': ''.join(alternate_branch(alternate, b)
                           for b in alternate.branches)}


def module_code(module, prefix):
    decl = defn = ''
    for typ in module.entities:
        one_decl = one_defn = ''
        if isinstance(typ, StructType):
            one_decl, one_defn = members_decl(typ), members_defn(typ)
            if not typ.implicit:
                one_decl += type_decl(typ)
                one_defn += struct_defn(typ)
        elif isinstance(typ, EnumType):
            one_decl, one_defn = type_decl(typ), enum_defn(typ)
        elif isinstance(typ, ArrayType):
            one_decl, one_defn = type_decl(typ), list_defn(typ)
        elif isinstance(typ, AlternateType):
            one_decl, one_defn = type_decl(typ), alternate_defn(typ)
        decl += typ.cond.wrap(one_decl)
        defn += typ.cond.wrap(one_defn)
    return decl, defn
