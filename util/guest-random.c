/*
 * Random bytes for the guest.  Read include/qemu/guest-random.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/random.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/guest-random.h"

/* With -seed: a generator per thread, made when the thread first asks. */
static __thread GRand *thread_rand;
static bool deterministic;

static int glib_random_bytes(void *buf, size_t len)
{
    GRand *rand = thread_rand;
    uint32_t x;
    size_t i;

    if (unlikely(rand == NULL)) {
        /* A thread that nobody seeded: at least not the same as another's. */
        thread_rand = rand = g_rand_new();
    }
    for (i = 0; i + 4 <= len; i += 4) {
        x = g_rand_int(rand);
        memcpy((char *)buf + i, &x, 4);
    }
    if (i < len) {
        x = g_rand_int(rand);
        memcpy((char *)buf + i, &x, len - i);
    }
    return 0;
}

int qemu_guest_getrandom(void *buf, size_t len, Error **errp)
{
    if (unlikely(deterministic)) {
        return glib_random_bytes(buf, len);
    }
    while (len > 0) {
        ssize_t got = getrandom(buf, len, 0);

        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            error_setg_errno(errp, errno, "getrandom");
            return -1;
        }
        buf = (char *)buf + got;
        len -= got;
    }
    return 0;
}

void qemu_guest_getrandom_nofail(void *buf, size_t len)
{
    (void)qemu_guest_getrandom(buf, len, &error_fatal);
}

uint64_t qemu_guest_random_seed_thread_part1(void)
{
    uint64_t ret = 0;

    if (deterministic) {
        glib_random_bytes(&ret, sizeof(ret));
    }
    return ret;
}

void qemu_guest_random_seed_thread_part2(uint64_t seed)
{
    g_assert(thread_rand == NULL);
    if (deterministic) {
        thread_rand =
            g_rand_new_with_seed_array((const guint32 *)&seed,
                                       sizeof(seed) / sizeof(guint32));
    }
}

int qemu_guest_random_seed_main(const char *seedstr, Error **errp)
{
    uint64_t seed;

    if (qemu_strtou64(seedstr, NULL, 0, &seed)) {
        error_setg(errp, "Invalid seed number: %s", seedstr);
        return -1;
    }
    deterministic = true;
    qemu_guest_random_seed_thread_part2(seed);
    return 0;
}
