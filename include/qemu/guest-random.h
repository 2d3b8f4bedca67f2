/*
 * Random bytes that the guest gets to see.
 *
 * They come from the kernel, unless -seed asked for a sequence that can be
 * repeated; then each thread has a generator of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_GUEST_RANDOM_H
#define QEMU_GUEST_RANDOM_H

/* -seed @optarg.  Returns 0, or -1 with @errp set. */
int qemu_guest_random_seed_main(const char *optarg, Error **errp);

/* Seed for a new thread, asked for by its parent, used by itself. */
uint64_t qemu_guest_random_seed_thread_part1(void);
void qemu_guest_random_seed_thread_part2(uint64_t seed);

/* Fill @buf.  The second is for callers who can do nothing about an error. */
int qemu_guest_getrandom(void *buf, size_t len, Error **errp);
void qemu_guest_getrandom_nofail(void *buf, size_t len);

#endif
