/*
 * Small helpers of the network clients.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_UTIL_H
#define QEMU_NET_UTIL_H

/* "52:54:00:12:34:56", any separator of : and -; 0, or -1 if it is none. */
int net_parse_macaddr(uint8_t *macaddr, const char *p);

#endif
