/*
 * SMBIOS as a kernel without firmware finds it: the entry point in the last
 * segment of the first megabyte, at a multiple of 16.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

#define START   0xf0000
#define END     0x100000

struct entry_point {            /* DSP0134, section 5.2.1 */
    char anchor[4];
    uint8_t checksum;
    uint8_t length;
    uint8_t major, minor;
    uint8_t not_asked[8];
    char intermediate[5];
    uint8_t intermediate_checksum;
    uint16_t table_length;
    uint32_t table;
    uint16_t count;
    uint8_t bcd;
} __attribute__((packed));

static uint8_t sum(const void *data, unsigned length)
{
    const uint8_t *p = data;
    uint8_t total = 0;

    while (length--) {
        total += *p++;
    }
    return total;
}

static const struct entry_point *find(void)
{
    for (uintptr_t p = START; p < END; p += 16) {
        const struct entry_point *ep = (void *)p;

        if (!memcmp(ep->anchor, "_SM_", 4) && !sum(ep, ep->length)) {
            return ep;
        }
    }
    return NULL;
}

/* String @n of the structure at @p. */
static const char *string(const uint8_t *p, unsigned n)
{
    const char *s = (const char *)p + p[1];

    while (--n) {
        s += strlen(s) + 1;
    }
    return s;
}

int guest_main(void)
{
    const struct entry_point *ep = find();
    const uint8_t *p, *end;
    unsigned count = 0;

    if (!ep) {
        return FAIL("there is no entry point");
    }
    if (sum(ep->intermediate, ep->length - 16)) {
        return FAIL("the second checksum is wrong");
    }
    p = (void *)(uintptr_t)ep->table;
    end = p + ep->table_length;
    while (p < end) {
        guest_printf("type %u length %u\n", p[0], p[1]);
        if (p[0] == 1) {
            guest_printf("%s, %s, %s\n", string(p, p[4]), string(p, p[5]),
                         string(p, p[6]));
        }
        for (p += p[1]; p[0] || p[1]; p++) {
            /* the strings */
        }
        p += 2;
        count++;
    }
    if (p != end || count != ep->count) {
        return FAIL("%u structures, not %u", count, ep->count);
    }
    return 0;
}
