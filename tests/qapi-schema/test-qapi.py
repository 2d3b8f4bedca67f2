#!/usr/bin/env python3
#
# Schemas one by one: what the generator says about each NAME.json here.
#
# For a wrong schema that is in NAME.err, and no code is made of it.  For a
# right one NAME.err is empty, and NAME.out has all that the schema defines,
# one thing a line.  Each error that scripts/qapi/ can report has to have a
# schema here that gets it.
#
#     test-qapi.py [-u] [NAME...]       -u writes .err and .out anew
#
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import ast
import glob
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, '..', '..', 'scripts')
sys.path.insert(0, SCRIPTS)
sys.dont_write_bytecode = True

from qapi import introspect, types, visit, commands, events   # noqa: E402
from qapi.schema import (AlternateType, ArrayType, BUILTIN_MODULE,  # noqa: E402
                         Command, EnumType, QAPISchema)
from qapi.source import QAPIError                               # noqa: E402


# What a schema defines

def notes(entity):
    words = ['feature ' + f['name'] + (' if ' + f['if'].text()
                                       if f['if'] else '')
             for f in entity.features]
    if entity.cond:
        words.insert(0, 'if ' + entity.cond.text())
    return ' (%s)' % ', '.join(words) if words else ''


def describe_members(what, members):
    for member in members:
        yield '    %s%s %s: %s%s' % (
            what, ' *' if member.optional else '', member.name,
            member.type.name, notes(member))


def describe_entity(entity):
    if isinstance(entity, Command):
        text = '%s %s' % (type(entity).__name__.lower(), entity.name)
        if entity.args:
            text += ' ' + entity.args.name
        if entity.ret:
            text += ' -> ' + entity.ret.name
        flags = ['%s=%s' % (key, str(val).lower())
                 for key, val in sorted(entity.options.items())
                 if isinstance(val, bool)]
        yield ' '.join([text] + flags) + notes(entity)
    elif isinstance(entity, EnumType):
        prefix = ' prefix ' + entity.prefix if entity.prefix else ''
        yield 'enum %s%s%s' % (entity.name, prefix, notes(entity))
        for value in entity.values:
            text = '    value ' + value['name']
            if value['if']:
                text += ' if ' + value['if'].text()
            yield text + ''.join(' feature ' + f['name']
                                 for f in value['features'])
    elif isinstance(entity, AlternateType):
        yield 'alternate %s%s' % (entity.name, notes(entity))
        yield from describe_members('branch', entity.branches)
    else:
        kind = 'struct' if entity.branches is None else 'union'
        base = ' base ' + entity.base.name if entity.base else ''
        yield '%s %s%s%s' % (kind, entity.name, base, notes(entity))
        yield from describe_members('member', entity.members)
        if entity.tag:
            yield '    tag ' + entity.tag.name
            yield from describe_members('branch', entity.branches)


def describe_doc(entity):
    doc = entity.doc
    if not doc:
        return
    for what, said in ([('body', doc.body)] + list(doc.args.items())
                       + [('feature ' + name, text)
                          for name, text in doc.features.items()]
                       + doc.sections):
        if said:
            yield '    doc %s: %s' % (what, ' '.join(said.split()))


def describe(schema):
    for module in schema.modules.values():
        if module.name == BUILTIN_MODULE:
            continue
        yield 'module %s' % (module.name or '(main)')
        for other in module.includes:
            yield '    include ' + other.name
        for entity in module.entities:
            if not isinstance(entity, ArrayType):
                yield from describe_entity(entity)
                yield from describe_doc(entity)


def make_code(schema):
    """Go through all generators, though nobody keeps the result."""
    for gen in (types, visit, commands, events):
        for module in schema.modules.values():
            gen.module_code(module, 'test-')
    introspect.code(schema, 'test-', False)


# What the generator can find wrong

def error_places():
    """(file, first line, last line) of each statement that raises."""
    places = set()
    for path in glob.glob(os.path.join(SCRIPTS, 'qapi', '*.py')):
        with open(path, encoding='utf-8') as fp:
            tree = ast.parse(fp.read())
        for node in ast.walk(tree):
            call = node.exc if isinstance(node, ast.Raise) else node
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, 'id', getattr(call.func, 'attr', ''))
            if (name == '_error' or isinstance(node, ast.Raise)
                    and name.startswith('QAPI')):
                places.add((os.path.basename(path), node.lineno,
                            node.end_lineno))
    return places


def places_of(err):
    """Those that an exception has come through."""
    return [(os.path.basename(frame.filename), frame.lineno)
            for frame in traceback.extract_tb(err.__traceback__)]


# The test

def read(name):
    try:
        with open(os.path.join(HERE, name), encoding='utf-8') as fp:
            return fp.read()
    except FileNotFoundError:
        return ''


def write(name, text):
    with open(os.path.join(HERE, name), 'w', encoding='utf-8') as fp:
        fp.write(text)


def run(name):
    """(what is said, what is defined, where the error came through)"""
    try:
        schema = QAPISchema(name + '.json')
        make_code(schema)
    except QAPIError as err:
        return '%s\n' % err, '', places_of(err)
    return '', ''.join(line + '\n' for line in describe(schema)), []


def main():
    parser = argparse.ArgumentParser(
        description='Check what the generator says about each schema')
    parser.add_argument('-u', '--update', action='store_true',
                        help='take what is said now for right')
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()

    # Errors name files as they were given.
    os.chdir(HERE)
    names = args.names or sorted(
        path[:-len('.json')] for path in glob.glob('*.json'))
    failed = 0
    places = error_places()
    for name in names:
        err, out, through = run(name)
        if args.update:
            write(name + '.err', err)
            if out:
                write(name + '.out', out)
        for what, said in (('err', err), ('out', out)):
            if said != read('%s.%s' % (name, what)):
                failed += 1
                print('%s.json: not as in %s.%s, but\n%s'
                      % (name, name, what, said))
        if not os.path.exists(name + '.err'):
            failed += 1
            print('%s.err: missing' % name)
        places = {p for p in places
                  if not any(file == p[0] and p[1] <= line <= p[2]
                             for file, line in through)}
    if not args.names:
        failed += len(places)
        for file, line, _ in sorted(places):
            print('scripts/qapi/%s:%d: no schema gets this error'
                  % (file, line))
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
