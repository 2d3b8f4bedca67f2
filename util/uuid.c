/*
 * UUIDs.  Read include/qemu/uuid.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/guest-random.h"
#include "qemu/uuid.h"

void qemu_uuid_generate(QemuUUID *uuid)
{
    qemu_guest_getrandom_nofail(uuid->data, sizeof(uuid->data));

    /* RFC 4122, 4.1.1 and 4.1.3: the variant 10x, version 4 "random". */
    uuid->data[8] = (uuid->data[8] & 0x3f) | 0x80;
    uuid->data[6] = (uuid->data[6] & 0x0f) | 0x40;
}

int qemu_uuid_is_equal(const QemuUUID *lhv, const QemuUUID *rhv)
{
    return memcmp(lhv, rhv, sizeof(QemuUUID)) == 0;
}

bool qemu_uuid_is_null(const QemuUUID *uu)
{
    static const QemuUUID null_uuid;

    return qemu_uuid_is_equal(uu, &null_uuid);
}

void qemu_uuid_unparse(const QemuUUID *uuid, char *out)
{
    const unsigned char *u = uuid->data;

    snprintf(out, UUID_STR_LEN, UUID_FMT,
             u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7],
             u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
}

char *qemu_uuid_unparse_strdup(const QemuUUID *uuid)
{
    char *text = g_malloc(UUID_STR_LEN);

    qemu_uuid_unparse(uuid, text);
    return text;
}

int qemu_uuid_parse(const char *str, QemuUUID *uuid)
{
    int byte = 0;

    for (int i = 0; i < UUID_FMT_LEN; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (str[i] != '-') {
                return -1;
            }
            continue;
        }
        if (!g_ascii_isxdigit(str[i]) || !g_ascii_isxdigit(str[i + 1])) {
            return -1;
        }
        uuid->data[byte++] = g_ascii_xdigit_value(str[i]) << 4 |
                             g_ascii_xdigit_value(str[i + 1]);
        i++;
    }
    return str[UUID_FMT_LEN] ? -1 : 0;
}

QemuUUID qemu_uuid_bswap(QemuUUID uuid)
{
    bswap32s(&uuid.fields.time_low);
    bswap16s(&uuid.fields.time_mid);
    bswap16s(&uuid.fields.time_high_and_version);
    return uuid;
}

/* djb2; the bits of most UUIDs are random to begin with. */
uint32_t qemu_uuid_hash(const void *uuid)
{
    const QemuUUID *id = uuid;
    uint32_t h = 5381;

    for (int i = 0; i < ARRAY_SIZE(id->data); i++) {
        h = (h << 5) + h + id->data[i];
    }
    return h;
}
