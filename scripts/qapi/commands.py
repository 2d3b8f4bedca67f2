"""C that takes a command from JSON to a function, and its result back.

For a command like

    { 'command': 'peel', 'data': { 'fruit': 'str', '*knife': 'int' },
      'returns': 'Peel' }

somebody writes qmp_peel(); made here is qmp_marshal_peel(), which visits the
arguments, calls it and visits what it returns:

    QDict {"fruit": "apple"}
        -> qmp_peel("apple", false, 0, &err)
        -> QDict {"length": 30}

A list of these by name, for the dispatcher, is what qmp_init_marshal() makes.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from .common import c_name
from .gen import include_header, include_name
from .schema import Command, Event

KIND = 'commands'


def commands(module):
    return [e for e in module.entities
            if isinstance(e, Command) and not isinstance(e, Event)]


def generated(module):
    """Commands with 'gen': false are marshalled and registered by hand."""
    return [cmd for cmd in commands(module)
            if cmd.options.get('gen') is not False]


def header_includes(module, prefix):
    return [include_name('types', module, prefix)] + [
        include_name(KIND, m, prefix) for m in module.includes]


def source_includes(schema, prefix):
    includes = ['qapi/compat-policy.h', 'qapi/dealloc-visitor.h',
                'qapi/error.h', 'qapi/qmp/qdict.h',
                include_header(prefix, shared_header(prefix)[0]),
                'qapi/qobject-input-visitor.h',
                'qapi/qobject-output-visitor.h', 'qapi/visitor.h']
    for module in schema.modules.values():
        if commands(module):
            includes += [include_name('visit', module, prefix),
                         include_name(KIND, module, prefix)]
    return includes


def c_param(typ):
    """How a parameter of this type is declared; strings cannot be changed."""
    ctype = typ.c_type()
    return 'const ' + ctype if ctype == 'char *' else ctype


def build_params(args, boxed, extra):
    """The parameters of a C function: those of the schema, then @extra."""
    params = []
    if args and boxed:
        params.append(args.c_name() + ' *arg')
    elif args:
        for member in args.all_members():
            assert not member.cond, member.name
            if member.optional:
                params.append('bool has_' + member.c_name())
            params.append(c_param(member.type) + member.c_name())
    return ', '.join(params + extra) or 'void'


def call_args(args, boxed):
    if not args:
        return ''
    if boxed:
        return '&arg, '
    text = ''
    for member in args.all_members():
        if member.optional:
            text += 'arg.has_%s, ' % member.c_name()
        text += 'arg.%s, ' % member.c_name()
    return text


def command_decl(cmd):
    ctype = cmd.ret.c_type() if cmd.ret else 'void '
    return '%sqmp_%s(%s);\n' % (
        ctype, c_name(cmd.name, False),
        build_params(cmd.args, cmd.options.get('boxed'), ['Error **errp']))


def marshal_decl(cmd):
    return ('void qmp_marshal_%s(QDict *args, QObject **ret, Error **errp);\n'
            % c_name(cmd.name, False))


def output_defn(typ):
    """What turns a result into a QObject, and frees it; one for each type."""
    return '''
static void G_GNUC_UNUSED
qmp_marshal_output_%(name)s(%(ctype)sret_in, QObject **ret_out,
                    %(pad)sError **errp)
{
    Visitor *v = qobject_output_visitor_new_qmp(ret_out);

    if (visit_type_%(name)s(v, "unused", &ret_in, errp)) {
        visit_complete(v, ret_out);
    }
    visit_free(v);
    v = qapi_dealloc_visitor_new();
    visit_type_%(name)s(v, "unused", &ret_in, NULL);
    visit_free(v);
}
''' % {'name': typ.c_name(), 'ctype': typ.c_type(),
       'pad': ' ' * len(typ.c_name())}


def marshal_defn(cmd):
    call = 'qmp_%s(%s&err);' % (
        c_name(cmd.name, False), call_args(cmd.args, cmd.options.get('boxed')))
    text = ('\nvoid qmp_marshal_%s(QDict *args, QObject **ret, Error **errp)\n'
            '{\n    Error *err = NULL;\n    bool ok = false;\n    Visitor *v;\n'
            % c_name(cmd.name, False))
    if cmd.ret:
        text += '    %sretval;\n' % cmd.ret.c_type()
    if cmd.args:
        members = ('visit_type_%s_members(v, &arg, %%s)' % cmd.args.c_name())
        text += '    %s arg = { 0 };\n' % cmd.args.c_name()
        visit = ('if (%s) {\n        ok = visit_check_struct(v, errp);\n    }'
                 % (members % 'errp'))
    else:
        visit = 'ok = visit_check_struct(v, errp);'
    text += '''
    v = qobject_input_visitor_new_qmp(QOBJECT(args));
    if (!visit_start_struct(v, NULL, NULL, 0, errp)) {
        goto out;
    }
    %s
    visit_end_struct(v, NULL);
    if (!ok) {
        goto out;
    }
''' % visit
    if cmd.ret:
        text += '''    retval = %s
    if (err) {
        error_propagate(errp, err);
        goto out;
    }
    qmp_marshal_output_%s(retval, ret, errp);
''' % (call, cmd.ret.c_name())
    else:
        text += '    %s\n    error_propagate(errp, err);\n' % call
    text += '\nout:\n    visit_free(v);\n'
    if cmd.args:
        text += '''    v = qapi_dealloc_visitor_new();
    visit_start_struct(v, NULL, NULL, 0, NULL);
    %s;
    visit_end_struct(v, NULL);
    visit_free(v);
''' % (members % 'NULL')
    return text + '}\n'


def module_code(module, prefix):
    decl = defn = ''
    for cmd in generated(module):
        decl += cmd.cond.wrap(command_decl(cmd) + marshal_decl(cmd))
        defn += cmd.cond.wrap(marshal_defn(cmd))
    return decl, defn


def register(cmd):
    flags = [flag for option, value, flag in (
        ('success-response', False, 'QCO_NO_SUCCESS_RESP'),
        ('allow-oob', True, 'QCO_ALLOW_OOB'),
        ('allow-preconfig', True, 'QCO_ALLOW_PRECONFIG'),
        ('coroutine', True, 'QCO_COROUTINE'))
             if cmd.options.get(option) is value]
    return cmd.cond.wrap(
        '    qmp_register_command(cmds, "%s", qmp_marshal_%s,\n'
        '                         %s, %s);\n' % (
            cmd.name, c_name(cmd.name, False), ' | '.join(flags) or '0',
            cmd.special_features()))


def shared_header(prefix):
    return '%sqapi-init-commands.h' % prefix, ['qapi/qmp/dispatch.h']


def shared_code(schema, prefix):
    """What fills a QmpCommandList, and what all marshal functions use."""
    cmds = [cmd for module in schema.modules.values()
            for cmd in generated(module)]
    head = 'void %s(QmpCommandList *cmds)' % c_name(
        prefix + 'qmp_init_marshal', False)
    defn = '\n%s\n{\n    QTAILQ_INIT(cmds);\n\n%s}\n' % (
        head, ''.join(register(cmd) for cmd in cmds))
    seen = set()
    for cmd in cmds:
        if cmd.ret and cmd.ret.name not in seen:
            seen.add(cmd.ret.name)
            defn += cmd.ret.cond.wrap(output_defn(cmd.ret))
    return head + ';\n', defn
