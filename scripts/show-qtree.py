#!/usr/bin/env python3
#
# show-qtree: ask a human monitor for "info qtree" and show it around a device.
#
#   show-qtree.py MONITOR-SOCKET DEVICE-ID
#
# Shown are the buses and devices above the device, the device with what is
# plugged into it, and of the properties those that tell most.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import socket
import sys

PROMPT = b'(qemu) '
TELLING = ('addr', 'ioeventfd', 'vectors', 'mac', 'netdev', 'mrg_rxbuf')


class HMP:
    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(path)
        self.read_answer()

    def read_answer(self):
        answer = b''
        while not answer.endswith(PROMPT):
            data = self.sock.recv(65536)
            if not data:
                sys.exit('show-qtree.py: the monitor hung up')
            answer += data
        return answer[:-len(PROMPT)].decode()

    def command(self, line):
        self.sock.sendall(line.encode() + b'\n')
        # The first line is our own, as it was typed.
        echo, _, answer = self.read_answer().partition('\n')
        return answer


def indent_of(line):
    return len(line) - len(line.lstrip())


def around(lines, start):
    """Lines above lines[start] that it hangs on, and those that hang on it."""
    above, level = [], indent_of(lines[start])
    for line in reversed(lines[:start]):
        if indent_of(line) < level:
            level = indent_of(line)
            above.insert(0, line)
    end = start + 1
    while end < len(lines) and indent_of(lines[end]) > indent_of(lines[start]):
        end += 1
    return above + lines[start:end]


def main():
    if len(sys.argv) != 3:
        sys.exit('usage: show-qtree.py MONITOR-SOCKET DEVICE-ID')
    lines = HMP(sys.argv[1]).command('info qtree').splitlines()
    wanted = 'id "%s"' % sys.argv[2]
    start = next((i for i, line in enumerate(lines)
                  if line.endswith(wanted)), None)
    if start is None:
        sys.exit("show-qtree.py: no device '%s'" % sys.argv[2])
    left_out = 0
    for line in around(lines, start):
        prop = re.match(r'\s*([\w.-]+) = ', line)
        if prop and prop[1] not in TELLING:
            left_out += 1
        else:
            print('   ' + line.rstrip())
    print('   (and %d more properties)' % left_out)


if __name__ == '__main__':
    main()
