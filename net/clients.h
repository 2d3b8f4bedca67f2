/*
 * The kinds of host ends; net_client_init1() calls the one that was asked
 * for.
 *
 * Each takes what the user wrote (the QAPI type), the name for the client,
 * and the peer it is to have, NULL for -netdev.  Returns 0, or -1 with @errp
 * set and nothing left behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_CLIENTS_H
#define QEMU_NET_CLIENTS_H

#include "net/net.h"
#include "qapi/qapi-types-net.h"

int net_init_hubport(const Netdev *netdev, const char *name,
                     NetClientState *peer, Error **errp);
int net_init_socket(const Netdev *netdev, const char *name,
                    NetClientState *peer, Error **errp);
int net_init_tap(const Netdev *netdev, const char *name,
                 NetClientState *peer, Error **errp);

#endif
