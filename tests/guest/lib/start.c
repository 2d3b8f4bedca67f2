/*
 * The first C code: what the boot loader said, and the way to guest_main().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "lib.h"

#define HVM_START_MAGIC 0x336ec578

/* The beginning of Xen's hvm_start_info. */
struct start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t nr_modules;
    uint64_t modlist_paddr;
    uint64_t cmdline_paddr;
};

extern char guest_end[];

static uintptr_t next_page;
static const char *cmdline = "";

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
    if (info && info->magic == HVM_START_MAGIC && info->cmdline_paddr) {
        cmdline = (const char *)info->cmdline_paddr;
    }
    serial_init();
    traps_init();
    time_init();
    guest_exit(guest_main());
}
