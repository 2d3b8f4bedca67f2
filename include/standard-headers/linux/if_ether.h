/*
 * Ethernet: lengths and protocol numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_IF_ETHER_H
#define STANDARD_HEADERS_LINUX_IF_ETHER_H

#include <linux/if_ether.h>

#endif
