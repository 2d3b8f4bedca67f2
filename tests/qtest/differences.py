# The QEMU to compare with, and docs/differences.md as the tests read it.
#
# Each difference between this program and QEMU is a line of text, whose first
# word says what kind of difference it is.  The page has tables of those that are
# known, as patterns, and why.  One that is not there fails a test, and so does
# a pattern of the page that fits none, unless its reason begins with "without lib":
# that is so in some builds.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import fnmatch
import re
import shutil
import subprocess
import sys

from qmp_client import Died, Qmp

REFERENCE = 'qemu-system-x86_64'
VERSION = (7, 2)
# In front of a pattern that need not fit anything.
MAY_BE = '?'


def find_reference():
    """Where it is; None if there is none, or it is of another version."""
    path = shutil.which(REFERENCE)
    if not path:
        return None
    text = subprocess.run([path, '--version'], stdout=subprocess.PIPE,
                          text=True, check=False).stdout
    return path if 'version %d.%d.' % VERSION in text else None


def start_reference(path):
    """(reference, None), or (None, why there is none)."""
    path = shutil.which(path)
    if not path:
        return None, 'needs %s' % REFERENCE
    try:
        qmp = Qmp([path, '-accel', 'tcg', '-S', '-nodefaults', '-display',
                   'none', '-M', 'none'])
    except (Died, OSError) as err:
        return None, '%s does not start: %s' % (path, err)
    version = qmp.greeting['version']['qemu']
    if (version['major'], version['minor']) != VERSION:
        qmp.stop()
        return None, 'needs %s %d.%d, this one is %d.%d' % (
            (REFERENCE,) + VERSION + (version['major'], version['minor']))
    return qmp, None


def known_differences(path):
    """The patterns in the first column of the page's tables."""
    with open(path, encoding='utf-8') as page:
        rows = re.findall(r'^\| (`.*?`) \| *(.*?) *\|$', page.read(), re.M)
    patterns = []
    for cell, reason in rows:
        if not reason:
            sys.exit('%s: no reason for %s' % (path, cell))
        found = re.findall(r'`([^`]+)`', cell)
        if reason.startswith('without lib'):
            found = [MAY_BE + pattern for pattern in found]
        patterns += found
    return patterns


def fits(line, pattern):
    """Only '*' is special; fnmatch has brackets, and so have properties."""
    return fnmatch.fnmatchcase(line, re.sub(r'([\[?])', r'[\1]', pattern))


def check(kind, found, known):
    """Those not in the table; those of the table that are not there."""
    patterns = [p for p in known
                if p.removeprefix(MAY_BE).split(' ')[0] == kind]
    for line in found:
        if not any(fits(line, p.removeprefix(MAY_BE)) for p in patterns):
            yield 'not listed: ' + line
    for pattern in patterns:
        if not pattern.startswith(MAY_BE) and \
                not any(fits(line, pattern) for line in found):
            yield 'listed, but there is none: ' + pattern
