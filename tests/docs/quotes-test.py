#!/usr/bin/env python3
#
# quotes-test: are the files that docs/ quotes, links and lists really so?
#
#   quotes-test.py SOURCE-DIR
#
# SPDX-License-Identifier: GPL-2.0-or-later

import fnmatch
import glob
import os
import re
import sys

source = sys.argv[1]
QUOTED = {'tally.c': 'hw/misc/tally.c', 'tally.h': 'hw/misc/tally.h',
          'tally-guest.c': 'tests/guest/tally-guest.c',
          'tally-test.c': 'tests/qtest/tally-test.c',
          'edu-guest.c': 'tests/guest/edu-guest.c'}
PAGES = ['docs/how-to-add-a-device.md', 'docs/how-to-test-with-a-guest.md']
NOT_OURS = ('tests/', 'build', 'subprojects/')


def read(path):
    with open(os.path.join(source, path), encoding='utf-8') as f:
        return f.read()


def wrong_quotes():
    pages = ''.join(map(read, PAGES))
    for name, code in re.findall(r'^```c (\S+)\n(.*?)^```$', pages,
                                 re.M | re.S):
        if code not in read(QUOTED[name]):
            yield f'{name} has no such lines: {code.splitlines()[0]} …'


def dead_links():
    pages = glob.glob(os.path.join(source, 'docs/*.md'))
    for page in pages + [os.path.join(source, 'README.md')]:
        for link in re.findall(r'\]\(([^)#:]+)\)', read(page)):
            if not os.path.exists(os.path.join(os.path.dirname(page), link)):
                yield f'{os.path.relpath(page, source)}: no file {link}'


def files_not_listed():
    rows = re.findall(r'^\| (`.*?) \|', read('docs/here-and-in-qemu.md'), re.M)
    patterns = [p for row in rows for p in re.findall(r'`([^`]+)`', row)]
    files = [os.path.relpath(f, source) for f in
             glob.glob(os.path.join(source, '**/*.c'), recursive=True)]
    files = [f for f in files if not f.startswith(NOT_OURS)]
    for f in sorted(files):
        # A * of the table does not cross folders.
        if not any(fnmatch.fnmatch(f, p) and f.count('/') == p.count('/')
                   for p in patterns):
            yield f'{f} is not in the table'
    for p in patterns:
        if not glob.glob(os.path.join(source, p)):
            yield f'no file is called {p}'


def main():
    checks = [('quoted lines are in the files', wrong_quotes),
              ('links lead somewhere', dead_links),
              ('every file is in the table of docs/here-and-in-qemu.md',
               files_not_listed)]
    print(f'1..{len(checks)}')
    for number, (name, check) in enumerate(checks, 1):
        notes = list(check())
        print(f"{'not ok' if notes else 'ok'} {number} - {name}")
        for note in notes:
            print('# ' + note, file=sys.stderr)


if __name__ == '__main__':
    main()
