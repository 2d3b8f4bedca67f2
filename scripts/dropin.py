#!/usr/bin/env python3
#
# Build a device's source from elsewhere into a qemini beside the tree.
#
#   make dropin SRC="path/to/device.c …" [TRACE=path/to/trace-events]
#               [INCLUDE=path/to/include]
#   dropin.py [--build DIR] [--trace FILE] [--include DIR] SOURCE…
#
# The source is plain QEMU 7.2 code and stays where and as it is.  A source with
# a main() is a test: it is built beside the program and run, as a qtest if it
# includes libqtest.h, else as a unit test.  A device of the same file name that
# is here already makes room, with all files that it is split into here.
#
# A header that is not here may be the device's own: it is taken from beside the
# source, from INCLUDE, or from the include/ of the tree that the source is in, if
# it is called as the source is or is for the source's folder.  Trace events are those of TRACE, else of the
# file beside the source; only those that it names.
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
TWICE = re.compile(r"multiple definition of [`'](\w+)'|"
                   r"duplicate symbol: (?:.*: )?(\w+)$", re.M)

# What is one file in QEMU and several here.
PARTS = {
    'hpet.c': ['hpet-vmstate.c'],
    'pckbd.c': ['pckbd-vmstate.c'],
    'ps2.c': ['ps2-kbd.c', 'ps2-mouse.c'],
    'serial.c': ['serial-line.c', 'serial-mm.c', 'serial-vmstate.c'],
    'virtio-balloon.c': ['virtio-balloon-hint.c', 'virtio-balloon-pages.c',
                         'virtio-balloon-stats.c'],
    'virtio-net.c': ['virtio-net-config.c', 'virtio-net-ctrl.c',
                     'virtio-net-irqfd.c', 'virtio-net-rx.c',
                     'virtio-net-tx.c'],
}


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


def include_dir(source):
    """The include/ of the tree that @source is in, or None."""
    folder = os.path.dirname(os.path.abspath(source))
    while folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        if os.path.isdir(os.path.join(folder, 'include/hw')):
            return os.path.join(folder, 'include')
    return None


def own_header(source, stems, name, include):
    """Where header @name of the device @source is, if it is not qemini's."""
    folders = [include] if include else []
    tree = include_dir(source)
    if tree and os.path.realpath(tree) != os.path.join(TREE, 'include') and \
       (os.path.splitext(os.path.basename(name))[0] in stems or
        os.path.dirname(name) == os.path.dirname(
            os.path.relpath(source, os.path.dirname(tree)))):
        folders.append(tree)
    for folder in folders:
        if os.path.isfile(os.path.join(folder, name)):
            return os.path.join(folder, name)
    # "hw/misc/led.h" that was brought along, without its folders.
    beside = os.path.join(os.path.dirname(source), os.path.basename(name))
    return beside if '/' in name and os.path.isfile(beside) else None


def own_headers(build, sources, include):
    """Make a way to the headers that the sources bring along."""
    where = os.path.join(os.path.abspath(build), 'dropin', 'include')
    shutil.rmtree(where, ignore_errors=True)
    stems = [os.path.splitext(os.path.basename(s))[0] for s in sources]
    todo = [(s, n) for s in sources for n in includes(read(s))]
    for source, name in todo:
        # Beside it is where the compiler looks anyway.
        path = os.path.join(os.path.dirname(source), name)
        if not os.path.isfile(path):
            if os.path.basename(name) == 'trace.h' or \
               any(os.path.isfile(os.path.join(d, name)) for d in
                   (os.path.join(TREE, 'include'), TREE, where)):
                continue
            path = own_header(source, stems, name, include)
            if not path:
                continue
            write_if_changed(os.path.join(where, name),
                             '#include "%s"\n' % os.path.abspath(path))
            print('%s is the one at %s' % (name, path))
        todo += [(path, n) for n in includes(read(path))
                 if (path, n) not in todo]


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


def named_events(sources):
    """Names of events that the sources, and what lies beside them, mention."""
    files = set(sources)
    for source in sources:
        files.update(os.path.join(os.path.dirname(source), name)
                     for name in includes(read(source)))
    return {name.lower() for path in files if os.path.isfile(path)
            for name in re.findall(r'\btrace_(\w+)', read(path), re.I)}


def events_beside(build, sources):
    """
    A folder's trace-events is there though nobody named it: a file of those
    lines of it that the sources name, or None.
    """
    named, lines = named_events(sources), []
    for folder in sorted({os.path.dirname(s) for s in sources}):
        path = os.path.join(folder, 'trace-events')
        if os.path.isfile(path):
            lines += [line for name, line in events(path).items()
                      if name in named]
    if not lines:
        return None
    path = os.path.join(os.path.abspath(build), 'dropin', 'beside',
                        'trace-events')
    write_if_changed(path, '\n'.join(lines) + '\n')
    return path


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
        print('missing definition: %s: a header declares it, but nothing here '
              'defines it' % name)
        told = True
    for name in sorted({a or b for a, b in TWICE.findall(output)}):
        print('defined twice: %s: a file here has it, too, or two sources do'
              % name)
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
    parser.add_argument('--include', metavar='DIR')
    parser.add_argument('source', nargs='*')
    args = parser.parse_args()

    if not args.source:
        fail('SRC=path/to/device.c says what to build')
    sources = [os.path.abspath(s) for s in args.source]
    names = [os.path.basename(s) for s in sources]
    for name in names:
        if not name.endswith('.c'):
            fail('%s is no C source' % name)
        if names.count(name) > 1:
            fail('two sources are called %s' % name)
    kinds = {'dropin': [], 'dropin_qtests': [], 'dropin_units': []}
    for source in sources:
        text = read(source)
        if not is_test(text):
            kinds['dropin'].append(source)
        elif 'libqtest.h' in [os.path.basename(i) for i in includes(text)]:
            kinds['dropin_qtests'].append(source)
        else:
            kinds['dropin_units'].append(source)
    if not kinds['dropin']:
        print('there are tests alone: of what is here already', flush=True)
    own_headers(args.build, sources,
                os.path.abspath(args.include) if args.include else None)
    trace = os.path.abspath(args.trace) if args.trace else \
        events_beside(args.build, sources)
    replaced = [n for s in kinds['dropin']
                for n in [os.path.basename(s)] +
                PARTS.get(os.path.basename(s), [])]

    options = ['-D%s=%s' % item for item in (
        ('dropin_include', os.path.join(os.path.abspath(args.build),
                                        'dropin/include')),
        ('dropin_trace', trace_headers(args.build, sources, trace)))]
    options += ['-D%s=[%s]' % (kind, ','.join("'%s'" % s for s in names))
                for kind, names in [*kinds.items(),
                                    ('dropin_replaced', replaced)]]
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
        fail('%s is built, but does not start:\n%s'
             'A type that is registered twice is here already, in a file of '
             'another name.' % (program, run.stderr))
    print('%s has %s' % (program, ' '.join(args.source)), flush=True)
    if tests:
        sys.exit(subprocess.run(
            ['meson', 'test', '-C', args.build, '--no-rebuild', '--suite',
             'dropin', '--print-errorlogs']).returncode)


if __name__ == '__main__':
    main()
