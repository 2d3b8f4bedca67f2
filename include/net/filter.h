/*
 * Filters: objects that see, hold or change the packets of one netdev.
 *
 * A filter is a user-creatable object (-object filter-dump,netdev=tap0,...).
 * It hangs on the host end's list, and each packet that the host end sends
 * or receives walks along the list before it is delivered: from first to
 * last when the netdev sends, the other way when it receives.
 *
 *     tap0 --tx--> [ filter a ] --> [ filter b ] --> NIC
 *     tap0 <------ [ filter a ] <-- [ filter b ] <--rx-- NIC
 *
 * receive_iov answers 0 to let the packet go on, and anything else to keep
 * it: the filter has then taken the packet and may pass it on later with
 * qemu_netfilter_pass_to_next().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_FILTER_H
#define QEMU_NET_FILTER_H

#include "qapi/qapi-types-net.h"
#include "qemu/queue.h"
#include "qom/object.h"
#include "net/queue.h"

#define TYPE_NETFILTER "netfilter"
OBJECT_DECLARE_TYPE(NetFilterState, NetFilterClass, NETFILTER)

/* Called by the object's completion, and its mirror. */
typedef void (FilterSetup)(NetFilterState *nf, Error **errp);
typedef void (FilterCleanup)(NetFilterState *nf);
/*
 * Returns 0 to pass the packet on, or its size when the filter keeps it
 * (sent_cb is then the filter's to call).
 */
typedef ssize_t (FilterReceiveIOV)(NetFilterState *nc,
                                   NetClientState *sender,
                                   unsigned flags,
                                   const struct iovec *iov,
                                   int iovcnt,
                                   NetPacketSent *sent_cb);
typedef void (FilterStatusChanged)(NetFilterState *nf, Error **errp);
typedef void (FilterHandleEvent)(NetFilterState *nf, int event, Error **errp);

struct NetFilterClass {
    ObjectClass parent_class;

    FilterSetup *setup;
    FilterCleanup *cleanup;
    FilterStatusChanged *status_changed;
    FilterHandleEvent *handle_event;
    FilterReceiveIOV *receive_iov;
};

struct NetFilterState {
    Object parent;

    char *netdev_id;
    NetClientState *netdev;
    NetFilterDirection direction;
    bool on;
    char *position;
    bool insert_before_flag;
    QTAILQ_ENTRY(NetFilterState) next;
};

/* Asks one filter; 0 means that the packet goes on. */
ssize_t qemu_netfilter_receive(NetFilterState *nf,
                               NetFilterDirection direction,
                               NetClientState *sender,
                               unsigned flags,
                               const struct iovec *iov,
                               int iovcnt,
                               NetPacketSent *sent_cb);

/* Sends on a packet that the filter @opaque has kept until now. */
ssize_t qemu_netfilter_pass_to_next(NetClientState *sender,
                                    unsigned flags,
                                    const struct iovec *iov,
                                    int iovcnt,
                                    void *opaque);

#endif
