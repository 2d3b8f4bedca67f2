#!/usr/bin/env python3
#
# chain-test: is the making of a device QEMU's, step by step?
#
#   chain-test.py QEMINI RECORD DEVICE [--order-only]
#
# RECORD is of the making of DEVICE (its head says where it is from).  The program traces the same
# functions while it makes the same device; names, arguments and order must be
# those of the record, all of them.  Of what happens inside what the record has
# the depth of the stack: what is inside a step here must have been deeper than
# that step there.  A compiler that optimizes would spoil this: --order-only.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess
import sys
import tempfile

RECORDED = re.compile(r'^ *(\d+) +(\w+) ?(.*)$')
TRACED = re.compile(r'^(\d+) (\w+) ?(.*)$')
START = 'qdev_device_add_from_qdict'

# How our traces put what the record has as the argument.
ARGUMENT = {
    'object_initialize_with_type': r'(.*)',
    'property_set': r'[^.]+\.(.*)',
    'property_add_child': r'[^.]+\.(.*): .*',
}

# QEMU's compiler made jumps of these last calls, which are no deeper then: the
# caller, and what is called in its place.
JUMPS = {
    ('device_post_init', 'qdev_prop_set_globals'),
    ('device_post_init', 'object_apply_global_props'),
    ('qdev_prop_set_globals', 'object_apply_global_props'),
    ('virtio_instance_init_common', 'qdev_alias_all_properties'),
    ('virtio_pci_dc_realize', 'pci_qdev_realize'),
    ('virtio_pci_realize', 'qdev_realize'),
    ('virtio_pci_device_plugged', 'pci_register_bar'),
    # The functions of a type
    ('virtio_pci_realize', 'virtio_balloon_pci_realize'),
    ('virtio_balloon_pci_realize', 'qdev_realize'),
    ('virtio_pci_realize', 'virtio_net_pci_realize'),
    ('virtio_net_pci_realize', 'qdev_realize'),
    ('virtio_rng_initfn', 'virtio_instance_init_common'),
    ('virtio_rng_initfn', 'qdev_alias_all_properties'),
    ('virtio_pci_realize', 'virtio_rng_pci_realize'),
    ('virtio_rng_pci_realize', 'qdev_realize'),
}


class Step:
    def __init__(self, depth, name, arg):
        self.depth, self.name, self.arg = depth, name, arg
        self.parents = []

    def __str__(self):
        return f'{self.name} {self.arg}'.rstrip()


def read_record(path):
    steps, started = [], False
    with open(path, encoding='utf-8') as record:
        for line in record:
            if line.startswith('== ' + START):
                started = True
            match = RECORDED.match(line)
            if started and match:
                steps.append(Step(int(match[1]), match[2], match[3].strip()))
    return steps


def run(qemini, device, names):
    """The steps that the program takes, as far as they have these names."""
    with tempfile.TemporaryDirectory() as tmp:
        events = os.path.join(tmp, 'events')
        log = os.path.join(tmp, 'log')
        with open(events, 'w', encoding='utf-8') as f:
            f.write('\n'.join(sorted(names | {START})) + '\n')
        subprocess.run(
            [qemini, '-accel', 'qtest', '-display', 'none', '-S',
             '-M', 'pc', '-nodefaults', '-monitor', 'stdio',
             '-netdev', 'hubport,hubid=0,id=net0',
             '-device', device,
             '-trace', f'events={events},depth=on,file={log}'],
            input=b'quit\n', stdout=subprocess.DEVNULL, timeout=120, check=True)
        with open(log, encoding='utf-8') as f:
            lines = [TRACED.match(line.rstrip()) for line in f]

    steps, open_steps, top = [], [], None
    for match in filter(None, lines):
        depth, name, arg = int(match[1]), match[2], match[3].strip()
        if name == START:
            top = depth
            continue
        if top is None:
            continue
        if depth <= top:
            break
        if name in ARGUMENT:
            arg = re.fullmatch(ARGUMENT[name], arg)[1]
        else:
            arg = ''
        step = Step(depth - top, name, arg)
        open_steps = [s for s in open_steps if s.depth < step.depth]
        step.parents = open_steps
        open_steps = open_steps + [step]
        steps.append(step)
    return steps


def report(number, ok, name, notes=()):
    print(f"{'ok' if ok else 'not ok'} {number} - {name}")
    for note in notes:
        print('# ' + note, file=sys.stderr)
    return ok


def check_order(record, steps):
    for i in range(max(len(record), len(steps))):
        want = str(record[i]) if i < len(record) else '(the end)'
        have = str(steps[i]) if i < len(steps) else '(the end)'
        if want != have:
            return [f'step {i + 1} is "{have}", recorded is "{want}"']
    return []


def check_nesting(record, steps):
    """What happens inside a step here was deeper than that step there."""
    depth = {id(step): record[i].depth for i, step in enumerate(steps)}
    notes = []
    for step in steps:
        for outer in step.parents:
            if (outer.name, step.name) in JUMPS:
                deep_enough = depth[id(step)] >= depth[id(outer)]
            else:
                deep_enough = depth[id(step)] > depth[id(outer)]
            if not deep_enough:
                notes.append(f'{step} (recorded at {depth[id(step)]}) is '
                             f'inside {outer} (recorded at '
                             f'{depth[id(outer)]})')
    return notes


def main():
    qemini, path, device = sys.argv[1:4]
    record = read_record(path)
    steps = run(qemini, device, {step.name for step in record})

    print('TAP version 13')
    print('1..2')
    notes = check_order(record, steps)
    ok = report(1, not notes,
                f'all {len(record)} recorded steps, in their order', notes)
    if '--order-only' in sys.argv:
        print('ok 2 - what is inside what # SKIP calls may be jumps here too')
    elif ok:
        notes = check_nesting(record, steps)
        ok = report(2, not notes, 'what is inside what', notes)
    else:
        report(2, False, 'what is inside what')
    sys.exit(0 if ok else 1)


if __name__ == '__main__':
    main()
