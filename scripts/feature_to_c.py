#!/usr/bin/env python3
#
# Descriptions of registers as data of the program: feature_to_c.py OUTPUT XML...
#
# Each file becomes a pair of strings of xml_builtin[] (exec/gdbstub.h), its name
# and its text.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys


def c_string(line):
    return '"' + line.replace('\\', '\\\\').replace('"', '\\"') + '\\n"'


def main():
    output, *inputs = sys.argv[1:]
    with open(output, 'w', encoding='utf-8') as out:
        out.write('/* Made by scripts/feature_to_c.py */\n'
                  '#include "qemu/osdep.h"\n'
                  '#include "exec/gdbstub.h"\n\n'
                  'const char *const xml_builtin[][2] = {\n')
        for name in inputs:
            with open(name, encoding='utf-8') as f:
                lines = [c_string(line.rstrip('\n')) for line in f]
            out.write(f'    {{ "{os.path.basename(name)}",\n      ' +
                      '\n      '.join(lines) + ' },\n')
        out.write('    { NULL, NULL }\n};\n')


main()
