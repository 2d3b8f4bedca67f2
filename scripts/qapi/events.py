"""C functions that tell clients what has happened.

For each event FRUIT_ROTTEN there is a qapi_event_send_fruit_rotten() with the
event's members as parameters.  It makes the QDict that clients see and gives
it to qapi_event_emit(), which the program has to provide.

SPDX-License-Identifier: GPL-2.0-or-later
"""

from .commands import build_params
from .common import c_enum_const, c_name
from .gen import include_header, include_name
from .schema import EnumType, Event
from .types import enum_decl, enum_defn

KIND = 'events'


def events(module):
    return [e for e in module.entities if isinstance(e, Event)]


def header_includes(module, prefix):
    return [include_name('types', module, prefix)] + [
        include_name(KIND, m, prefix) for m in module.includes]


def source_includes(schema, prefix):
    includes = ['qapi/compat-policy.h', 'qapi/error.h', 'qapi/qmp/qdict.h',
                'qapi/qmp-event.h', 'qapi/qobject-output-visitor.h',
                'qapi/visitor.h',
                include_header(prefix, shared_header(prefix)[0])]
    for module in schema.modules.values():
        if events(module):
            includes += [include_name('visit', module, prefix),
                         include_name(KIND, module, prefix)]
    return includes


def enum_name(prefix):
    return c_name(prefix + 'QAPIEvent', False)


def emit_name(prefix):
    return c_name(prefix + 'qapi_event_emit', False)


def prototype(event):
    return 'void qapi_event_send_%s(%s)' % (
        c_name(event.name.lower(), False),
        build_params(event.args, event.options.get('boxed'), []))


def visit_data(event):
    """Bring the parameters into the struct, and that into the QDict."""
    typ = event.args.c_name()
    if event.options.get('boxed'):
        visit = '    visit_type_%s(v, "%s", &arg, &error_abort);\n' % (
            typ, event.name)
    else:
        visit = '''    visit_start_struct(v, "%s", NULL, 0, &error_abort);
    visit_type_%s_members(v, &param, &error_abort);
    visit_check_struct(v, &error_abort);
    visit_end_struct(v, NULL);
''' % (event.name, typ)
    return '''    v = qobject_output_visitor_new_qmp(&obj);
%s    visit_complete(v, &obj);
    if (qdict_size(qobject_to(QDict, obj))) {
        qdict_put_obj(qmp, "data", obj);
    } else {
        qobject_unref(obj);
    }
    visit_free(v);
''' % visit


def param_struct(event):
    text = '    %s param = {\n' % event.args.c_name()
    for member in event.args.all_members():
        cname = member.c_name()
        if member.optional:
            text += '        .has_%s = has_%s,\n' % (cname, cname)
        cast = '(char *)' if member.type.c_type() == 'char *' else ''
        text += '        .%s = %s%s,\n' % (cname, cast, cname)
    return text + '    };\n'


def event_defn(event, prefix):
    text = '\n%s\n{\n    QDict *qmp;\n' % prototype(event)
    if event.args:
        text += '    QObject *obj;\n    Visitor *v;\n'
        if not event.options.get('boxed'):
            text += param_struct(event)
    text += '\n'
    for feature in event.features:
        if feature['name'] in ('deprecated', 'unstable'):
            text += ('    if (compat_policy.%s_output == '
                     'COMPAT_POLICY_OUTPUT_HIDE) {\n        return;\n    }\n'
                     % feature['name'])
    text += '    qmp = qmp_event_build_dict("%s");\n' % event.name
    if event.args:
        text += visit_data(event)
    return text + '    %s(%s, qmp);\n    qobject_unref(qmp);\n}\n' % (
        emit_name(prefix), c_enum_const(enum_name(prefix), event.name))


def module_code(module, prefix):
    decl = defn = ''
    for event in events(module):
        decl += event.cond.wrap(prototype(event) + ';\n')
        defn += event.cond.wrap(event_defn(event, prefix))
    return decl, defn


def shared_header(prefix):
    return prefix + 'qapi-emit-events.h', ['qapi/util.h']


def shared_code(schema, prefix):
    """The enum of all events, and the function that a program provides."""
    values = [{'name': e.name, 'if': e.cond, 'features': []}
              for m in schema.modules.values() for e in events(m)]
    enum = EnumType(enum_name(prefix), values)
    return (enum_decl(enum) + 'void %s(%s event, QDict *qdict);\n' % (
        emit_name(prefix), enum_name(prefix)), enum_defn(enum))
