#!/usr/bin/env python3
#
# show-chain: what a -trace of life-cycle events says, without its time stamps.
#
#   show-chain.py TRACE-LOG [DEVICE-ID]
#
# Shows the part of the log that made the device called DEVICE-ID (nic0), each
# step below the hook that it is part of.  The hooks that contain others are
# known by name; everything else is a leaf.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import sys

LINE = re.compile(r'^(?:\d+@[\d.]+:)?(\w+) ?(.*)$')


def events(path):
    with open(path, encoding='utf-8') as log:
        for line in log:
            match = LINE.match(line.rstrip())
            if match:
                yield match.groups()


def main():
    last = None
    inside = False
    for name, args in events(sys.argv[1]):
        if name == 'qdev_device_add_from_qdict':
            inside = True
        if not inside:
            continue
        text = f'{name} {args}'.rstrip()
        # The same step many times in a row is one step here.
        if text == last:
            continue
        last = text
        print('   ' + text)


if __name__ == '__main__':
    main()
