"""Run the functions of a test written in Python, in TAP.

    def test_page_tables():
        …                       raises what says why; returns why it is skipped

    sys.exit(run_tests([test_page_tables, …]))

SPDX-License-Identifier: GPL-2.0-or-later
"""

import time


def run_tests(tests, only=None):
    """0, or 1 if one failed.  @only: those with that word in their names."""
    print('1..%d' % len(tests))
    failed = False
    for i, test in enumerate(tests, 1):
        name = test.__name__[5:].replace('_', ' ')
        if only and only not in name:
            print('ok %d - %s # SKIP not asked for' % (i, name))
            continue
        begin = time.monotonic()
        try:
            skip = test()
            print('ok %d - %s%s' % (i, name, ' # SKIP ' + skip if skip
                                    else ''), flush=True)
        except Exception as e:      # pylint: disable=broad-except
            failed = True
            print('not ok %d - %s' % (i, name))
            for line in ('%s: %s' % (type(e).__name__, e)).splitlines():
                print('# ' + line, flush=True)
        print('# %.1f s' % (time.monotonic() - begin), flush=True)
    return 1 if failed else 0
