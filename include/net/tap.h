/*
 * The tap back end, as devices and tests see it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_TAP_H
#define QEMU_NET_TAP_H

#include "standard-headers/linux/virtio_net.h"

/* Switches a queue of a multiqueue tap on or off; 0 or -1. */
int tap_enable(NetClientState *nc);
int tap_disable(NetClientState *nc);

/* The tap's file descriptor. */
int tap_get_fd(NetClientState *nc);

#endif
