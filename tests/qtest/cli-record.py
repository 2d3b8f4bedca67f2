#!/usr/bin/env python3
#
# Runs a program with each command line of a list and writes down what it says
# on standard error, in the form of cli-cases.txt:
#
#     cli-record.py qemu-system-x86_64 -accel tcg <list >cases
#
# Lines of the list that are indented or comments are passed over, so
# cli-cases.txt is such a list itself; with QEMU's binary, the result differs
# from it only in what docs/here-and-in-qemu.md tells of.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shlex
import subprocess
import sys


def run(program, options, args):
    """Standard error's lines, and whether the machine came up."""
    argv = program + ['-display', 'none', '-nodefaults', '-S',
                      '-monitor', 'stdio'] + options + shlex.split(args)
    p = subprocess.run(argv, input=b'quit\n', stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE, timeout=120)
    name = os.path.basename(program[0])
    lines = p.stderr.decode().replace(name + ': ', '').splitlines()
    # What a distribution's QEMU says about parts that are not installed.
    lines = [line for line in lines if 'ui-' not in line]
    return lines, p.returncode


def main():
    program = sys.argv[1:2]
    options = sys.argv[2:]
    for line in sys.stdin:
        line = line.rstrip('\n')
        if not line or line[0] in ' #':
            continue
        messages, status = run(program, options, line)
        print(line)
        for message in messages:
            print('    ' + message)
        if status == 0:
            print('    (runs)')
        elif status != 1:
            print('    (ends with %d)' % status)


main()
