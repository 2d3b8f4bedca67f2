"""Is an expression well-formed on its own?

This looks at one expression at a time: its keys, the types of their values,
the form of the names.  It brings the short forms into the long one: a member
'name': 'type' becomes 'name': {'type': 'type'}, an enum value or feature
'name' becomes {'name': 'name'}.  What the names refer to is schema.py's
business.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re

from .common import Cond
from .source import QAPISemError

NAME = re.compile(r'(__[a-z0-9.-]+_)?(x-)?([a-z][a-z0-9_-]*)$', re.I)

#        meta         required              optional
KEYS = {
    'enum':      (['data'],                 ['prefix']),
    'struct':    (['data'],                 ['base']),
    'union':     (['base', 'discriminator', 'data'], []),
    'alternate': (['data'],                 []),
    'command':   ([], ['data', 'returns', 'boxed', 'gen', 'success-response',
                       'allow-oob', 'allow-preconfig', 'coroutine']),
    'event':     ([], ['data', 'boxed']),
}


def check_keys(obj, info, source, required, optional):
    missing = [key for key in required if key not in obj]
    if missing:
        raise QAPISemError(info, '%s misses key%s %s' % (
            source, 's' if len(missing) > 1 else '',
            ', '.join("'%s'" % key for key in missing)))
    unknown = sorted(set(obj) - set(required) - set(optional))
    if unknown:
        raise QAPISemError(
            info, '%s has unknown key%s %s\nValid keys are %s.' % (
                source, 's' if len(unknown) > 1 else '',
                ', '.join("'%s'" % key for key in unknown),
                ', '.join("'%s'" % key for key in required + optional)))


def check_name(name, info, source, may_begin_with_digit=False):
    """The name without a downstream prefix and 'x-', for more checks."""
    if not isinstance(name, str):
        raise QAPISemError(info, '%s requires a string name' % source)
    match = NAME.match(name)
    if not match and may_begin_with_digit:
        match = NAME.match('d' + name)
    if not match or match.group(3).lower().startswith('q_'):
        raise QAPISemError(info, "%s has an invalid name '%s'"
                           % (source, name))
    return match.group(3)


def check_defn_name(expr, pragma):
    """Types are CamelCase, commands like-this and events LIKE_THIS."""
    info, meta, name = expr.info, expr.meta, expr.name
    stem = check_name(name, info, "'%s'" % meta)
    if meta == 'command':
        if (not re.fullmatch(r'[a-z0-9-]+', stem)
                and name not in pragma.lists['command-name-exceptions']):
            raise QAPISemError(
                info, 'name of command must not use uppercase or \'_\'')
    elif meta == 'event':
        if not re.fullmatch(r'[A-Z][A-Z0-9_]*', stem):
            raise QAPISemError(
                info, "name of event must not use lowercase or '-'")
    else:
        if not re.fullmatch(r'[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*', stem):
            raise QAPISemError(info, 'name of %s must use CamelCase' % meta)
        if name.endswith('List'):
            raise QAPISemError(
                info, "%s name should not end in 'List'" % meta)


def check_if(obj, info, source):
    """Check an 'if' and replace it by a Cond."""

    def check(spec):
        if isinstance(spec, str):
            if not re.fullmatch(r'[A-Z][A-Z0-9_]*', spec):
                raise QAPISemError(
                    info, "'if' condition '%s' of %s is not a valid "
                    "identifier" % (spec, source))
            return
        if not isinstance(spec, dict) or len(spec) != 1:
            raise QAPISemError(
                info, "'if' condition of %s must be a string or an object "
                "with one of 'all', 'any', 'not'" % source)
        (oper, operand), = spec.items()
        if oper == 'not':
            check(operand)
        elif oper in ('all', 'any'):
            if not isinstance(operand, list) or not operand:
                raise QAPISemError(
                    info, "'%s' condition of %s must be a non-empty list"
                    % (oper, source))
            for one in operand:
                check(one)
        else:
            raise QAPISemError(info, "'if' condition of %s has unknown key "
                               "'%s'" % (source, oper))

    if 'if' in obj:
        check(obj['if'])
    obj['if'] = Cond(obj.get('if'))


def check_features(obj, info):
    features = obj.get('features', [])
    if not isinstance(features, list):
        raise QAPISemError(info, "'features' must be an array")
    obj['features'] = features = [
        {'name': f} if isinstance(f, str) else f for f in features]
    seen = set()
    for feat in features:
        if not isinstance(feat, dict):
            raise QAPISemError(info, "'features' member must be a string or "
                               "an object")
        check_keys(feat, info, "'features' member", ['name'], ['if'])
        check_name(feat['name'], info, "'features' member")
        if feat['name'] in seen:
            raise QAPISemError(info, "feature '%s' is there twice"
                               % feat['name'])
        seen.add(feat['name'])
        check_if(feat, info, "feature '%s'" % feat['name'])


def check_type_ref(value, info, source):
    """A type's name, or a list with one type's name."""
    ref = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, list) and len(value) != 1:
        raise QAPISemError(
            info, '%s: array type must contain a single type name' % source)
    if not isinstance(ref, str):
        raise QAPISemError(info, '%s should be a type name' % source)


def check_members(data, info, source, pragma, owner):
    """The members of a struct, of a union's base, or of arguments."""
    if not isinstance(data, dict):
        raise QAPISemError(info, '%s should be an object or type name'
                           % source)
    for key, value in list(data.items()):
        where = "%s member '%s'" % (source, key)
        stem = check_name(key[1:] if key.startswith('*') else key, info,
                          where)
        if (stem != stem.lower() or '_' in stem) and (
                owner not in pragma.lists['member-name-exceptions']):
            raise QAPISemError(
                info, "name of %s must not use uppercase or '_'" % where)
        if stem == 'u' or stem.startswith(('has-', 'has_')):
            raise QAPISemError(info, '%s uses reserved name' % where)
        if not isinstance(value, dict):
            value = data[key] = {'type': value}
        check_keys(value, info, where, ['type'], ['if', 'features'])
        check_if(value, info, where)
        check_features(value, info)
        check_type_ref(value['type'], info, where)


def check_enum(expr, pragma):
    data = expr.data['data']
    if not isinstance(data, list):
        raise QAPISemError(expr.info, "'data' must be an array")
    prefix = expr.data.get('prefix')
    if prefix is not None and not isinstance(prefix, str):
        raise QAPISemError(expr.info, "'prefix' must be a string")
    expr.data['data'] = data = [
        {'name': v} if isinstance(v, str) else v for v in data]
    for value in data:
        if not isinstance(value, dict):
            raise QAPISemError(expr.info, "'data' member must be a string or "
                               "an object")
        check_keys(value, expr.info, "'data' member", ['name'],
                   ['if', 'features'])
        name = value['name']
        where = "'data' member '%s'" % name
        # It may begin with a digit; a prefix stands in front of it in C.
        stem = check_name(name, expr.info, where, True)
        if ((stem != stem.lower() or '_' in stem)
                and expr.name not in pragma.lists['member-name-exceptions']):
            raise QAPISemError(
                expr.info, "name of %s must not use uppercase or '_'" % where)
        check_if(value, expr.info, where)
        check_features(value, expr.info)


def check_branches(expr):
    data = expr.data['data']
    if not isinstance(data, dict):
        raise QAPISemError(expr.info, "'data' must be an object")
    for key, value in list(data.items()):
        where = "'data' member '%s'" % key
        check_name(key, expr.info, where, True)     # as an enum's value
        if not isinstance(value, dict):
            value = data[key] = {'type': value}
        check_keys(value, expr.info, where, ['type'], ['if'])
        check_if(value, expr.info, where)
        check_type_ref(value['type'], expr.info, where)
        if expr.meta == 'union' and not isinstance(value['type'], str):
            raise QAPISemError(expr.info, '%s cannot be an array' % where)


def check_args(expr, pragma):
    info, data = expr.info, expr.data
    for flag in ('boxed', 'gen', 'success-response', 'allow-oob',
                 'allow-preconfig', 'coroutine'):
        if flag in data and not isinstance(data[flag], bool):
            raise QAPISemError(info, "flag '%s' must be a boolean" % flag)
    for flag in ('gen', 'success-response'):
        if data.get(flag) is True:
            raise QAPISemError(info, "flag '%s' may only use false value"
                               % flag)
    for flag in ('boxed', 'allow-oob', 'allow-preconfig', 'coroutine'):
        if data.get(flag) is False:
            raise QAPISemError(info, "flag '%s' may only use true value"
                               % flag)
    if data.get('allow-oob') and data.get('coroutine'):
        raise QAPISemError(
            info, "flags 'allow-oob' and 'coroutine' exclude each other")
    args = data.get('data')
    if data.get('boxed') and not isinstance(args, str):
        raise QAPISemError(info, "'boxed': true requires 'data' to be a type "
                           "name")
    if args is not None and not isinstance(args, str):
        check_members(args, info, "'data'", pragma, expr.name)
    if 'returns' in data:
        check_type_ref(data['returns'], info, "'returns'")


def check_expr(expr, pragma):
    """Check @expr and bring it into the long form."""
    required, optional = KEYS[expr.meta]
    check_keys(expr.data, expr.info, expr.meta, [expr.meta] + required,
               optional + ['if', 'features'])
    check_defn_name(expr, pragma)
    check_if(expr.data, expr.info, expr.meta)
    check_features(expr.data, expr.info)
    base = expr.data.get('base')
    if expr.meta == 'enum':
        check_enum(expr, pragma)
    elif expr.meta == 'struct':
        if base is not None and not isinstance(base, str):
            raise QAPISemError(expr.info, "'base' should be a type name")
        check_members(expr.data['data'], expr.info, "'data'", pragma,
                      expr.name)
    elif expr.meta == 'union':
        if not isinstance(base, str):
            check_members(base, expr.info, "'base'", pragma, expr.name)
        check_name(expr.data['discriminator'], expr.info, "'discriminator'")
        check_branches(expr)
    elif expr.meta == 'alternate':
        if not expr.data['data']:
            raise QAPISemError(expr.info, "'data' must not be empty")
        check_branches(expr)
    else:
        check_args(expr, pragma)
