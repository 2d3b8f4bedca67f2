/*
 * What the tap client asks of the host's operating system.
 *
 * tap.c is the client: its queue, its life, its options.  tap-linux.c knows
 * /dev/net/tun and its ioctls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NET_TAP_INT_H
#define NET_TAP_INT_H

#include "qapi/qapi-types-net.h"

/*
 * Opens a tap.  @ifname holds the name wanted, possibly with a %d, or "" for
 * any, and takes the name got.  *@vnet_hdr says whether a vnet header is
 * wanted, and takes whether there is one; with @vnet_hdr_required its absence
 * is an error.  Returns a non-blocking descriptor, or -1 with @errp set.
 */
int tap_open(char *ifname, int ifname_size, int *vnet_hdr,
             int vnet_hdr_required, int mq_required, Error **errp);

/* One packet; 0 or less when there is none now. */
ssize_t tap_read_packet(int tapfd, uint8_t *buf, int maxlen);

/* Limits what the host queues for the tap's readers, in bytes. */
void tap_set_sndbuf(int fd, const NetdevTapOptions *tap, Error **errp);

/* 1 or 0; -1 with @errp set if @fd is no tap. */
int tap_probe_vnet_hdr(int fd, Error **errp);
int tap_probe_vnet_hdr_len(int fd, int len);
int tap_probe_has_ufo(int fd);
void tap_fd_set_offload(int fd, int csum, int tso4, int tso6, int ecn, int ufo);
void tap_fd_set_vnet_hdr_len(int fd, int len);
int tap_fd_set_vnet_le(int fd, int is_le);
int tap_fd_set_vnet_be(int fd, int is_be);
int tap_fd_enable(int fd);
int tap_fd_disable(int fd);
/* @ifname has room for IFNAMSIZ bytes. */
int tap_fd_get_ifname(int fd, char *ifname);

#endif
