"""What a test of this folder says: the Test Anything Protocol.

    from tap import plan, result, skip

    result(ok, 'a guest boots', what_it_printed)
    skip('a guest has a disk', 'there is no image')
    plan()                                          at the end

SPDX-License-Identifier: GPL-2.0-or-later
"""

_count = 0


def result(ok, name, detail=''):
    """One more; @detail is for who wants to know why it failed."""
    global _count
    _count += 1
    print(f'{"ok" if ok else "not ok"} {_count} - {name}', flush=True)
    if not ok:
        print(''.join(f'# {line}\n' for line in detail.splitlines()),
              end='', flush=True)


def skip(name, why):
    global _count
    _count += 1
    print(f'ok {_count} - {name} # SKIP {why}', flush=True)


def plan():
    """That was all."""
    print(f'1..{_count}')
