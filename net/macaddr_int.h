/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NET_MACADDR_INT_H
#define NET_MACADDR_INT_H

/* A card with this address goes; see qemu_macaddr_default_if_unset(). */
void qemu_macaddr_set_free(const MACAddr *macaddr);

#endif
