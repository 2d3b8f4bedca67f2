/*
 * Link speeds and duplex modes, as virtio-net's configuration names them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_ETHTOOL_H
#define STANDARD_HEADERS_LINUX_ETHTOOL_H

#include <linux/ethtool.h>

#endif
