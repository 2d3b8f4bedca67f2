/*
 * futex(2): sleep on a word of memory until somebody wakes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_FUTEX_H
#define QEMU_FUTEX_H

#include <sys/syscall.h>
#include <linux/futex.h>

/* Wake at most @n sleepers on @f. */
static inline void qemu_futex_wake(void *f, int n)
{
    syscall(__NR_futex, f, FUTEX_WAKE_PRIVATE, n, NULL, NULL, 0);
}

/* Sleep unless *@f is no longer @val.  Signals do not end it. */
static inline void qemu_futex_wait(void *f, unsigned val)
{
    while (syscall(__NR_futex, f, FUTEX_WAIT_PRIVATE, (int)val,
                   NULL, NULL, 0) < 0) {
        if (errno == EAGAIN) {
            return;
        }
        if (errno != EINTR) {
            abort();
        }
    }
}

#endif
