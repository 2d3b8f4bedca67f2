#!/usr/bin/env python3
#
# Build a device's source from elsewhere into a qemini beside the tree.
#
#   make dropin SRC="path/to/device.c …" [TRACE=path/to/trace-events]
#   dropin.py [--build DIR] [--trace FILE] SOURCE…
#
# The source is plain QEMU 7.2 code and stays where and as it is.  A source with
# a main() is a test: it is built beside the program and run, as a qtest if it
# includes libqtest.h, else as a unit test.  A device of the same file name that
# is here already makes room.
#
# What the source needs and qemini has not got is told in one list, not error by
# error: headers first (a source is read on with an empty one in each one's
# place), then names, then what the linker did not find.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

TREE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What compilers say (gcc and clang), and what it means.
NO_HEADER = re.compile(r"fatal error: '?([^:']+?)'?(?::| file not found)")
MISSING = [
    ('function', re.compile(
        r"(?:implicit declaration of function|"
        r"call to undeclared function) ['‘](\w+)['’]")),
    ('type', re.compile(r"unknown type name ['‘](\w+)['’]")),
    ('name', re.compile(r"['‘](\w+)['’] undeclared|"
                        r"use of undeclared identifier '(\w+)'")),
    ('member', re.compile(r"['‘]((?:struct |union )?[\w ]+)['’].*? has no "
                          r"member named ['‘](\w+)['’]|"
                          r"no member named '(\w+)' in '([\w ]+)'")),
    ('type', re.compile(r"invalid application of .sizeof. to incomplete type "
                        r"['‘]([\w ]+)['’]|"
                        r"incomplete type ['‘]([\w ]+)['’]")),
]
NO_SYMBOL = re.compile(r"undefined (?:reference to|symbol:?) [`']?(\w+)'?")


def fail(text):
    sys.exit('dropin: ' + text)


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as f:
            return f.read()
    except OSError as err:
        fail('%s: %s' % (path, err.strerror))


def write_if_changed(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path) or read(path) != text:
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)


def includes(text):
    return re.findall(r'^\s*#\s*include\s*"([^"]+)"', text, re.M)


def is_test(text):
    return re.search(r'^\s*int\s+main\s*\(', text, re.M)


# Trace events

def events(path):
    """The lines of a trace-events file, by the name of the event."""
    lines = {}
    for line in read(path).splitlines():
        match = re.match(r'\s*(?:[a-z-]+\s+)*(\w+)\(', line)
        if match and not line.lstrip().startswith('#'):
            lines[match[1]] = line
    return lines


def tree_events():
    """Where each event of the tree is: the group of its folder."""
    groups = {}
    dirs = re.search(r'trace_dirs = \[(.*?)\]',
                     read(os.path.join(TREE, 'trace/meson.build')), re.S)[1]
    for folder in re.findall(r"'([^']+)'", dirs):
        for name in events(os.path.join(TREE, folder, 'trace-events')):
            groups[name] = re.sub(r'\W', '_', folder)
    return groups


def trace_headers(build, sources, trace):
    """
    Make the headers through which the sources see their events.  Events that
    the tree has as well are the tree's.  Returns the file of the others.
    """
    where = os.path.join(build, 'dropin')
    ours = tree_events()
    own, headers = [], []
    for name, line in events(trace).items() if trace else []:
        if name in ours:
            headers.append('trace/trace-%s.h' % ours[name])
        else:
            own.append(line)
    lines = []
    if trace:
        headers.append('trace/trace-dropin.h')
        write_if_changed(os.path.join(where, 'trace-events'),
                         '# Made from %s by scripts/dropin.py.\n%s\n'
                         % (trace, '\n'.join(own)))
    for header in sorted(set(headers)):
        lines.append('#include "%s"' % os.path.join(os.path.abspath(build),
                                                    header))

    # A source says "trace.h" or "hw/misc/trace.h"; what is beside it may lead
    # on to the header of a folder that has no events here.
    asked = set()
    for source in sources:
        for name in includes(read(source)):
            if os.path.basename(name) != 'trace.h':
                continue
            asked.add(name)
            beside = os.path.join(os.path.dirname(source), name)
            if os.path.exists(beside):
                asked.update(includes(read(beside)))
    for name in asked:
        more = list(lines)
        for known in (os.path.join(TREE, name),
                      os.path.join(os.path.abspath(build), name)):
            if os.path.isfile(known):
                more.append('#include "%s"' % known)
        write_if_changed(os.path.join(where, 'include', name),
                         '\n'.join(more) + '\n')
    os.makedirs(os.path.join(where, 'include'), exist_ok=True)
    return os.path.join(os.path.abspath(where), 'trace-events') if trace else ''


# What is missing

def complaints(source, command, build):
    """
    The headers that @source wants and that are not there, and what the compiler
    says of the rest of it.
    """
    args = [a for a in shlex.split(command['command'])]
    for option in ('-o', '-MF', '-MQ'):
        if option in args:
            del args[args.index(option):args.index(option) + 2]
    args = [a for a in args if a not in ('-c', '-MD')]
    empty = os.path.join(os.path.abspath(build), 'dropin', 'absent')
    shutil.rmtree(empty, ignore_errors=True)
    headers = []
    while True:
        run = subprocess.run(
            args + ['-fsyntax-only', '-fno-diagnostics-color', '-I' + empty,
                    '-Werror=implicit-function-declaration'],
            cwd=command['directory'], capture_output=True, text=True,
            env=dict(os.environ, LC_ALL='C'))
        absent = NO_HEADER.search(run.stderr)
        if not absent or absent[1] in headers:
            return headers, run.stderr
        headers.append(absent[1])
        write_if_changed(os.path.join(empty, absent[1]), '')


def missing_names(text):
    found = {}
    for kind, pattern in MISSING:
        for match in pattern.finditer(text):
            names = [m for m in match.groups() if m]
            if kind == 'member':
                if match[3]:
                    names = [match[4], match[3]]
                names = ['%s.%s' % tuple(names)]
            found.setdefault(kind, set()).update(names)
    return found


def explain(build, sources, output, trace):
    """Say what is missing; the compiler's own words where that is not it."""
    with open(os.path.join(build, 'compile_commands.json')) as f:
        commands = {os.path.realpath(os.path.join(c['directory'], c['file'])): c
                    for c in json.load(f)}
    told = False
    for source in sources:
        command = commands.get(os.path.realpath(source))
        if not command:
            continue
        headers, text = complaints(source, command, build)
        for header in headers:
            print('missing header: %s (%s)' % (header, source))
        found = missing_names(text)
        for kind in sorted(found):
            for name in sorted(found[kind]):
                hint = ''
                if name.startswith('trace_') and not trace:
                    hint = ': give its trace-events file with TRACE='
                print('missing %s: %s (%s)%s' % (kind, name, source, hint))
        told = told or headers or found
    for name in sorted(set(NO_SYMBOL.findall(output))):
        print('declared here, but not there: %s' % name)
        told = True
    if not told:
        print(output)
    fail('%s cannot be built in' % ' '.join(sources))


def ninja(build, targets, sources, trace):
    run = subprocess.run(['ninja', '-C', build, '-k', '0'] + targets,
                         capture_output=True, text=True)
    if run.returncode:
        explain(build, sources, run.stdout + run.stderr, trace)
    # A warning is the author's to see.
    for line in run.stdout.splitlines():
        if 'warning:' in line:
            print(line)


def main():
    parser = argparse.ArgumentParser(
        description="Build a device's source from elsewhere into a qemini.")
    parser.add_argument('--build', default='build-dropin', metavar='DIR')
    parser.add_argument('--trace', metavar='FILE')
    parser.add_argument('source', nargs='*')
    args = parser.parse_args()

    if not args.source:
        fail('SRC=path/to/device.c says what to build')
    sources = [os.path.abspath(s) for s in args.source]
    trace = os.path.abspath(args.trace) if args.trace else None
    kinds = {'dropin': [], 'dropin_qtests': [], 'dropin_units': []}
    for source in sources:
        text = read(source)
        if not is_test(text):
            kinds['dropin'].append(source)
        elif 'libqtest.h' in [os.path.basename(i) for i in includes(text)]:
            kinds['dropin_qtests'].append(source)
        else:
            kinds['dropin_units'].append(source)

    options = ['-D%s=%s' % item for item in (
        ('dropin_include', os.path.join(os.path.abspath(args.build),
                                        'dropin/include')),
        ('dropin_trace', trace_headers(args.build, sources, trace)))]
    options += ['-D%s=[%s]' % (kind, ','.join("'%s'" % s for s in names))
                for kind, names in kinds.items()]
    configured = os.path.exists(os.path.join(args.build, 'build.ninja'))
    run = subprocess.run(
        ['meson', 'configure' if configured else 'setup'] + options +
        [args.build] + ([] if configured else [TREE]),
        capture_output=True, text=True)
    if run.returncode:
        fail(run.stdout + run.stderr)

    tests = kinds['dropin_qtests'] + kinds['dropin_units']
    ninja(args.build, ['qemini-system-x86_64'] +
          ['tests/dropin/dropin-' + os.path.basename(t)[:-len('.c')]
           for t in tests], sources, trace)
    program = os.path.join(args.build, 'qemini-system-x86_64')
    # Types are registered before options are looked at.
    run = subprocess.run([program, '-version'], capture_output=True, text=True)
    if run.returncode:
        fail('%s does not start:\n%s' % (program, run.stderr))
    print('%s has %s' % (program, ' '.join(args.source)), flush=True)
    if tests:
        sys.exit(subprocess.run(
            ['meson', 'test', '-C', args.build, '--no-rebuild', '--suite',
             'dropin', '--print-errorlogs']).returncode)


if __name__ == '__main__':
    main()
