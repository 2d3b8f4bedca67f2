/*
 * Hubs: what several clients share when they have no peer of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_HUB_H
#define QEMU_NET_HUB_H

/* A new port of hub @hub_id, which is made with its first port. */
NetClientState *net_hub_add_port(int hub_id, const char *name,
                                 NetClientState *hubpeer);
/* The port that belongs to @nc, if @nc is plugged into a hub. */
int net_hub_id_for_client(NetClientState *nc, int *id);
void net_hub_info(Monitor *mon);
/* Warns about hubs with nobody, or only cards or only host ends, on them. */
void net_hub_check_clients(void);
/* Whether any other port of @nc's hub could take a packet. */
bool net_hub_flush(NetClientState *nc);

#endif
