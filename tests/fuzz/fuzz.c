/*
 * What the fuzzers share: see fuzz.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fuzz.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

void fuzz_init(const char *const *more)
{
    static const char *const args[] = {
        "qemini-fuzz", "-accel", "qtest", "-display", "none", "-m", "4",
        "-D", "/dev/null", "-netdev", "hubport,id=h0,hubid=0",
        "-device", "virtio-net-pci,netdev=h0,id=nic0",
    };
    GPtrArray *argv = g_ptr_array_new();

    for (int i = 0; i < ARRAY_SIZE(args); i++) {
        g_ptr_array_add(argv, (char *)args[i]);
    }
    for (; *more; more++) {
        g_ptr_array_add(argv, (char *)*more);
    }
    g_ptr_array_add(argv, NULL);
    qemu_init(argv->len - 1, (char **)argv->pdata);
    /* The array stays: argv lives as long as the program. */
}

bool fuzz_leaves_process(const uint8_t *data, size_t size)
{
    static const char *const words[] = {
        "save", "file", "pipe", "socket", "stdio", "pty", "udp", "serial",
        "parallel", "tap", "dump", "prealloc", "sum", "size", "mux", "\\u",
    };

    for (int i = 0; i < ARRAY_SIZE(words); i++) {
        if (memmem(data, size, words[i], strlen(words[i]))) {
            return true;
        }
    }
    return false;
}
