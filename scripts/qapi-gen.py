#!/usr/bin/env python3
#
# Generate C from a QAPI schema: qapi-gen.py -o DIR [-p PREFIX] [-b] [-u] SCHEMA
#
# SPDX-License-Identifier: GPL-2.0-or-later

import argparse
import re
import sys

from qapi.gen import gen_all
from qapi.schema import QAPISchema
from qapi.source import QAPIError


def main():
    parser = argparse.ArgumentParser(
        description='Generate C from a QAPI schema')
    parser.add_argument('-o', '--output-dir', default='.',
                        help='where the files go')
    parser.add_argument('-p', '--prefix', default='',
                        help='what file names and commands begin with')
    parser.add_argument('-b', '--builtins', action='store_true',
                        help='generate the built-in types, too')
    parser.add_argument('-u', '--unmask-non-abi-names', dest='unmask',
                        action='store_true',
                        help='show the names of types to clients')
    parser.add_argument('schema', help='the schema file')
    args = parser.parse_args()

    if not re.fullmatch(r'([A-Za-z_.-][A-Za-z0-9_.-]*)?', args.prefix):
        sys.exit("'%s': not a prefix for a file name and a C name"
                 % args.prefix)
    try:
        schema = QAPISchema(args.schema)
        gen_all(schema, args.output_dir, args.prefix, args.builtins,
                args.unmask)
    except QAPIError as err:
        sys.exit(str(err))


if __name__ == '__main__':
    main()
