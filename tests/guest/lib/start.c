/*
 * The first C code: what the boot loader said, and the way to guest_main().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "lib.h"

#define HVM_START_MAGIC 0x336ec578

extern char guest_end[];

static uintptr_t next_page;
static const char *cmdline = "";
static struct start_info start_info;

const struct start_info *guest_start_info(void)
{
    return &start_info;
}

const char *guest_cmdline(void)
{
    return cmdline;
}

unsigned guest_option(const char *name, unsigned otherwise)
{
    size_t len = strlen(name);

    for (const char *s = cmdline; *s; s++) {
        if (!memcmp(s, name, len) && s[len] == '=') {
            unsigned v = 0;

            for (s += len + 1; *s >= '0' && *s <= '9'; s++) {
                v = v * 10 + *s - '0';
            }
            return v;
        }
    }
    return otherwise;
}

void *page_alloc(unsigned count)
{
    void *p = (void *)next_page;

    next_page += count * 4096;
    return memset(p, 0, count * 4096);
}

void guest_start(struct start_info *info)
{
    next_page = (uintptr_t)guest_end;
    if (info && info->magic == HVM_START_MAGIC) {
        start_info = *info;
        if (!start_info.version) {              /* it ends there */
            start_info.memmap_paddr = 0;
            start_info.memmap_entries = 0;
        }
        if (start_info.cmdline_paddr) {
            cmdline = (const char *)start_info.cmdline_paddr;
        }
    }
    serial_init();
    traps_init();
    time_init();
    guest_exit(guest_main());
}
