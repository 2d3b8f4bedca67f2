#!/usr/bin/env python3
#
# tracetool: make C from the folders' lists of trace events.
#
#   tracetool.py ROOT OUTDIR [GROUP=]FOLDER...
#
# ROOT/FOLDER/trace-events becomes OUTDIR/trace-GROUP.h, where GROUP is FOLDER
# with underscores unless it is said, and all of them together
# OUTDIR/trace-events.c.  A file whose content stays the same is left alone, so
# that nothing is built again for it.
#
# A line of a trace-events file declares one event as QEMU does it, with the
# words of printf:
#
#   # who was asked for what
#   property_set(const char *type, const char *name) "%s.%s"
#   disable noisy(uint64_t addr) "0x%" PRIx64
#
# The header gets an inline function for each, trace_property_set(type, name),
# that costs one test while the event is off.  The source gets the tables
# through which trace/control.c finds the events and turns them on and off.
#
# A line is checked as well as it can be here, because a mistake in it would
# show up as a compiler error in generated code.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import io
import os
import re
import sys

EVENT = re.compile(r'''
    (?P<props>(?:[a-z-]+\s+)*)          # disable
    (?P<name>\w+)
    \( (?P<args>[^)]*) \)
    \s*
    (?P<fmt>".*)                        # one or more strings, PRI macros
    $''', re.VERBOSE)

# A trace point may not depend on anybody's header, and its arguments must be
# printable.  Structs are passed as `void *`.
TYPES = {'int', 'long', 'short', 'char', 'bool', 'unsigned', 'signed',
         'int8_t', 'uint8_t', 'int16_t', 'uint16_t', 'int32_t', 'uint32_t',
         'int64_t', 'uint64_t', 'void', 'size_t', 'ssize_t', 'uintptr_t',
         'ptrdiff_t', 'const', 'volatile'}


class Event:
    def __init__(self, line):
        match = EVENT.match(line)
        if not match:
            raise ValueError('not of the form: name(type arg, ...) "format"')
        self.name = match['name']
        self.fmt = match['fmt'].strip()
        self.enabled = True
        for prop in match['props'].split():
            if prop != 'disable':
                raise ValueError("unknown property '%s'" % prop)
            self.enabled = False
        self.args = [self.parse_arg(arg)
                     for arg in match['args'].split(',')
                     if arg.strip() not in ('', 'void')]
        if '\\n' in self.fmt:
            raise ValueError('the format must not contain a newline')

    @staticmethod
    def parse_arg(arg):
        match = re.match(r'\s*(.*?[\s*])(\w+)\s*$', arg)
        if not match:
            raise ValueError("argument '%s' needs a type and a name" % arg)
        ctype, name = match[1].strip(), match[2]
        for word in re.findall(r'\w+', ctype):
            if word not in TYPES:
                raise ValueError("type '%s' is not allowed; "
                                 "pass a pointer as void *" % ctype)
        return ctype, name

    def params(self):
        if not self.args:
            return 'void'
        return ', '.join(ctype + ('' if ctype.endswith('*') else ' ') + name
                         for ctype, name in self.args)

    def names(self):
        return ', '.join(name for _, name in self.args)

    @property
    def upper(self):
        return 'TRACE_' + self.name.upper()


def read_events(root, name, seen):
    """The events of ROOT/NAME; @seen: where else each event's name is."""
    events = []
    path = os.path.join(root, name)
    try:
        f = open(path, encoding='utf-8')
    except OSError as err:
        sys.exit('%s: %s' % (path, err.strerror))
    with f:
        for number, line in enumerate(f, 1):
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            try:
                event = Event(line)
                if event.name in seen:
                    raise ValueError("event '%s' is in %s already"
                                     % (event.name, seen[event.name]))
            except ValueError as err:
                sys.exit('%s:%d: %s' % (path, number, err))
            seen[event.name] = name
            events.append(event)
    return events


HEADER_TOP = '''\
/* Made from {path} by scripts/tracetool.py. */

#ifndef TRACE_{guard}_GENERATED_TRACERS_H
#define TRACE_{guard}_GENERATED_TRACERS_H

#include "trace/control.h"
'''

HEADER_EVENT = '''
extern TraceEvent _{upper}_EVENT;
extern uint16_t _{upper}_DSTATE;
#define {upper}_ENABLED {enabled}
#define {upper}_BACKEND_DSTATE() \\
    trace_event_get_state_dynamic_by_id({upper})

static inline void _nocheck__trace_{name}({params})
{{
    trace_log("{name}", " " {fmt}{args});
}}

static inline void trace_{name}({params})
{{
    if (trace_event_get_state({upper})) {{
        _nocheck__trace_{name}({names});
    }}
}}
'''


def write_header(out, path, group, events):
    out.write(HEADER_TOP.format(path=path, guard=group.upper()))
    for e in events:
        out.write(HEADER_EVENT.format(
            name=e.name, upper=e.upper, params=e.params(), names=e.names(),
            args=', ' + e.names() if e.args else '', fmt=e.fmt,
            enabled=int(e.enabled)))
    out.write('\n#endif\n')


SOURCE_TOP = '''\
/* Made from the trace-events files by scripts/tracetool.py. */

#include "qemu/osdep.h"
#include "qemu/module.h"
'''

SOURCE_EVENT = '''
uint16_t _{upper}_DSTATE;
TraceEvent _{upper}_EVENT = {{
    .name = "{name}",
    .sstate = {upper}_ENABLED,
    .dstate = &_{upper}_DSTATE,
}};
'''

SOURCE_END = '''    NULL,
}};

static void trace_{group}_register_events(void)
{{
    trace_event_register_group({group}_trace_events);
}}

trace_init(trace_{group}_register_events)
'''


def write_source(out, group, events):
    out.write('\n#include "trace/trace-%s.h"\n' % group)
    for e in events:
        out.write(SOURCE_EVENT.format(name=e.name, upper=e.upper))
    out.write('\nstatic TraceEvent *%s_trace_events[] = {\n' % group)
    for e in events:
        out.write('    &_%s_EVENT,\n' % e.upper)
    out.write(SOURCE_END.format(group=group))


def write_if_changed(path, text):
    try:
        with open(path, encoding='utf-8') as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def main():
    if len(sys.argv) < 4:
        sys.exit('usage: tracetool.py ROOT OUTDIR [GROUP=]FOLDER...')
    root, outdir = sys.argv[1:3]
    source = io.StringIO()
    source.write(SOURCE_TOP)
    seen = {}
    for folder in sys.argv[3:]:
        group, _, folder = folder.rpartition('=')
        group = group or re.sub(r'\W', '_', folder)
        path = os.path.join(folder, 'trace-events')
        events = read_events(root, path, seen)
        header = io.StringIO()
        write_header(header, path, group, events)
        write_if_changed(os.path.join(outdir, 'trace-%s.h' % group),
                         header.getvalue())
        write_source(source, group, events)
    write_if_changed(os.path.join(outdir, 'trace-events.c'),
                     source.getvalue())


if __name__ == '__main__':
    main()
