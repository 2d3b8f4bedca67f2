/*
 * Default MAC addresses: 52:54:00:12:34:56 and up, each handed out once.
 *
 * An address that a user chose by hand is marked as taken too, and a card
 * that goes gives its own back, so that the same command line always makes
 * the same addresses, hotplug or not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "net/net.h"
#include "macaddr_int.h"

#define MAC_TABLE_FIRST 0x56
#define MAC_TABLE_LAST  0xff

static const uint8_t mac_prefix[5] = { 0x52, 0x54, 0x00, 0x12, 0x34 };

/* How many cards use the address that ends so. */
static int mac_table[256];

static bool qemu_macaddr_is_ours(const MACAddr *macaddr)
{
    return memcmp(macaddr->a, mac_prefix, sizeof(mac_prefix)) == 0;
}

static void qemu_macaddr_set_used(const MACAddr *macaddr)
{
    if (qemu_macaddr_is_ours(macaddr)) {
        mac_table[macaddr->a[5]]++;
    }
}

void qemu_macaddr_set_free(const MACAddr *macaddr)
{
    if (qemu_macaddr_is_ours(macaddr) && mac_table[macaddr->a[5]] > 0) {
        mac_table[macaddr->a[5]]--;
    }
}

static int qemu_macaddr_get_free(void)
{
    for (int i = MAC_TABLE_FIRST; i <= MAC_TABLE_LAST; i++) {
        if (mac_table[i] == 0) {
            return i;
        }
    }
    return -1;
}

void qemu_macaddr_default_if_unset(MACAddr *macaddr)
{
    static const MACAddr zero;

    if (memcmp(macaddr, &zero, sizeof(zero)) == 0) {
        memcpy(macaddr->a, mac_prefix, sizeof(mac_prefix));
        macaddr->a[5] = qemu_macaddr_get_free();
    }
    qemu_macaddr_set_used(macaddr);
}
