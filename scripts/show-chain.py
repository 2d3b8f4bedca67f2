#!/usr/bin/env python3
#
# show-chain: the making of one device, as a -trace log tells it.
#
#   show-chain.py TRACE-LOG DEVICE-ID
#
# The log is one of scripts/life-cycle-events with depth=on.  Shown is the
# part from qdev_device_add_from_qdict() on that made the device DEVICE-ID, each
# step indented below the step that it is part of.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import sys

LINE = re.compile(r'^(?:\d+@[\d.]+:)?(\d+) (\w+) ?(.*)$')


def read_events(path):
    with open(path, encoding='utf-8') as log:
        for line in log:
            match = LINE.match(line)
            if match:
                yield int(match[1]), match[2], match[3].strip()


def chain_of(events, ident):
    """The events of each -device, until one of them names the ID."""
    chain, found, top = [], False, 0
    for depth, name, args in events:
        if name == 'qdev_device_add_from_qdict':
            if found:
                break
            chain, top = [], depth
        elif not chain:
            continue
        elif depth <= top:
            # Whatever comes next is not part of making a device.
            if found:
                break
            chain = []
            continue
        found = found or (name == 'qdev_set_id' and args.endswith('id=' + ident))
        chain.append((depth - top, name, args))
    return chain if found else []


def merge_repeats(chain):
    """The same step several times in a row is one line here."""
    last, times = None, 0
    for step in chain + [None]:
        if step == last:
            times += 1
            continue
        if last:
            yield last, times
        last, times = step, 1


def main():
    if len(sys.argv) != 3:
        sys.exit('usage: show-chain.py TRACE-LOG DEVICE-ID')
    chain = chain_of(read_events(sys.argv[1]), sys.argv[2])
    if not chain:
        sys.exit("show-chain.py: no device '%s' in the log" % sys.argv[2])
    for (depth, name, args), times in merge_repeats(chain):
        again = '  (%d times)' % times if times > 1 else ''
        print('   %s%s  %s%s' % ('  ' * depth, name, args, again))


if __name__ == '__main__':
    main()
