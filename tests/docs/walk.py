#
# walk.py: go the way that a page of docs/ describes; run inside gdb.
#
#   WALK_PAGE=docs/realize.md WALK_BLOCKS=0,1 WALK_RESULT=file
#       gdb -x walk.py --args …
#
# A page has blocks of two kinds, in the order in which they happen:
#
#   ```stack    the last function's backtrace has all of them, outermost first
#   ```steps    each function is entered after the one above it, and is called,
#               directly or not, by the nearest one above it that is further left
#
# A line is a function and its file.  Each block gives a line in WALK_RESULT:
# "ok" or what was wrong.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re

import gdb

LINE = re.compile(r'^( *)(\w+) +(\S+\.c)$')


class Wrong(Exception):
    pass


class Step:
    def __init__(self, line):
        match = LINE.match(line)
        if not match:
            raise Wrong('not a function and its file: "%s"' % line)
        self.indent = len(match[1])
        self.name, self.file = match[2], match[3]
        self.callers = []


def read_blocks(path):
    """Lists of steps, each with its kind."""
    with open(path, encoding='utf-8') as page:
        text = page.read()
    blocks = []
    for kind, body in re.findall(r'^```(stack|steps)\n(.*?)^```$', text,
                                 re.M | re.S):
        blocks.append((kind, [Step(line) for line in body.splitlines()]))
    return blocks


def stack():
    """(function, file) of each frame, outermost first."""
    found = []
    frame = gdb.newest_frame()
    while frame:
        symtab = frame.find_sal().symtab
        found.append((frame.name(), symtab.filename if symtab else ''))
        frame = frame.older()
    return found[::-1]


def missing_in_stack(steps):
    """The first of the steps that is not below the ones before, or None."""
    frames = iter(stack())
    for step in steps:
        if not any(name == step.name and file.endswith(step.file)
                   for name, file in frames):
            return step
    return None


def run_to(step, callers):
    """Stop in the function, called by these; skip others' calls."""
    point = gdb.Breakpoint(step.name, internal=True)
    point.silent = True
    try:
        if point.pending:
            raise Wrong('there is no function %s' % step.name)
        while True:
            gdb.execute('continue' if gdb.selected_inferior().pid else 'run',
                        to_string=True)
            if not gdb.selected_inferior().pid:
                raise Wrong('%s (%s) is not reached' % (step.name, step.file))
            if not missing_in_stack(callers + [step]):
                return
            # The function of another file, perhaps.
            if gdb.newest_frame().name() == step.name and \
               missing_in_stack([step]):
                raise Wrong('%s is not in %s' % (step.name, step.file))
    finally:
        point.delete()


def walk_stack(steps):
    run_to(steps[-1], steps[:-1])


def walk_steps(steps):
    callers = []
    for step in steps:
        callers = [c for c in callers if c.indent < step.indent]
        run_to(step, callers)
        callers.append(step)


def main():
    for setting in ('pagination off', 'confirm off', 'breakpoint pending on'):
        gdb.execute('set ' + setting)
    for sig in ('SIGUSR1', 'SIGUSR2', 'SIGPIPE'):
        gdb.execute('handle %s nostop noprint pass' % sig, to_string=True)
    with open(os.environ['WALK_RESULT'], 'w', encoding='utf-8') as result:
        blocks = read_blocks(os.environ['WALK_PAGE'])
        for number in os.environ['WALK_BLOCKS'].split(','):
            kind, steps = blocks[int(number)]
            try:
                {'stack': walk_stack, 'steps': walk_steps}[kind](steps)
                print('ok', file=result, flush=True)
            except (Wrong, gdb.error) as err:
                print(str(err).replace('\n', ' '), file=result, flush=True)


main()
