/*
 * Network clients: everything that a packet can come from or go to.
 *
 * A network card in the guest and a tap device on the host are the two ends
 * of one cable.  Each end is a NetClientState; a client knows the other end
 * as its `peer`, and whoever sends, sends to the peer:
 *
 *      guest                                                        host
 *   +------------+    NetClientState        NetClientState    +-----------+
 *   | virtio-net | -> "nic0" (a NIC)  <==>  "tap0"  (tap)  -> | tap / tun |
 *   +------------+         |                     |            +-----------+
 *                  incoming_queue        incoming_queue
 *
 * A client says what it is with a NetClientInfo, a table of methods as a
 * class is, but one that is handed in when the client is made.  The method
 * every client has is `receive`.  It answers how many bytes it took, or 0:
 * "not now".  After a 0 the sender's packet waits in the receiver's
 * incoming_queue, the sender stops reading its source, and the receiver says
 * qemu_flush_queued_packets() once it has room again; this is the whole flow
 * control.  The rules of a sender that cannot wait:
 *
 *   qemu_send_packet()        returns 0 when the packet was queued or dropped
 *   qemu_send_packet_async()  returns 0 when it was queued; sent_cb is called
 *                             when it has left the queue
 *
 * Who makes clients: -netdev and its kin make the host's end
 * (net_init_clients()), a device's realize makes the guest's
 * (qemu_new_nic()), one client a queue when the card has several.  Host ends
 * stay when their card goes; a card's end stays, without a peer, when the
 * host end goes.
 *
 * All of it belongs to the main loop: call these functions with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_NET_H
#define QEMU_NET_H

#include "qemu/queue.h"
#include "qapi/qapi-types-net.h"
#include "net/queue.h"
#include "hw/qdev-properties-system.h"

#define MAC_FMT "%02X:%02X:%02X:%02X:%02X:%02X"
#define MAC_ARG(x) ((uint8_t *)(x))[0], ((uint8_t *)(x))[1], \
                   ((uint8_t *)(x))[2], ((uint8_t *)(x))[3], \
                   ((uint8_t *)(x))[4], ((uint8_t *)(x))[5]

/* How many clients (queues) one card or one netdev may have. */
#define MAX_QUEUE_NUM 1024

/* The largest packet with its headers, and room to spare. */
#define NET_BUFSIZE (4096 + 65536)

/* One end of a cable.  All zero means: not given yet. */
struct MACAddr {
    uint8_t a[6];
};

/* The host ends that a card was told to use with netdev=, one a queue. */
typedef struct NICPeers {
    NetClientState *ncs[MAX_QUEUE_NUM];
    int32_t queues;
} NICPeers;

/* What a card is told by its properties; part of the device's state. */
typedef struct NICConf {
    MACAddr macaddr;
    NICPeers peers;
    int32_t bootindex;
} NICConf;

#define DEFINE_NIC_PROPERTIES(_state, _conf)                            \
    DEFINE_PROP_MACADDR("mac",   _state, _conf.macaddr),                \
    DEFINE_PROP_NETDEV("netdev", _state, _conf.peers)

/* Methods of a client */

typedef void (NetPoll)(NetClientState *, bool enable);
typedef bool (NetCanReceive)(NetClientState *);
typedef ssize_t (NetReceive)(NetClientState *, const uint8_t *, size_t);
typedef ssize_t (NetReceiveIOV)(NetClientState *, const struct iovec *, int);
typedef void (NetCleanup)(NetClientState *);
typedef void (LinkStatusChanged)(NetClientState *);
typedef void (NetClientDestructor)(NetClientState *);
typedef RxFilterInfo *(QueryRxFilter)(NetClientState *);
typedef bool (HasUfo)(NetClientState *);
typedef bool (HasVnetHdr)(NetClientState *);
typedef bool (HasVnetHdrLen)(NetClientState *, int);
typedef void (UsingVnetHdr)(NetClientState *, bool);
typedef void (SetOffload)(NetClientState *, int, int, int, int, int);
typedef int (GetVnetHdrLen)(NetClientState *);
typedef void (SetVnetHdrLen)(NetClientState *, int);
typedef int (SetVnetLE)(NetClientState *, bool);
typedef int (SetVnetBE)(NetClientState *, bool);
typedef struct SocketReadState SocketReadState;
typedef void (SocketReadStateFinalize)(SocketReadState *rs);
typedef void (NetAnnounce)(NetClientState *);
typedef bool (SetSteeringEBPF)(NetClientState *, int);
typedef bool (NetCheckPeerType)(NetClientState *, ObjectClass *, Error **);

typedef struct NetClientInfo {
    NetClientDriver type;
    /* Of the struct that starts with the NetClientState. */
    size_t size;
    /* Takes one packet; see the top of this file for what it returns. */
    NetReceive *receive;
    /* The same for a packet without a vnet header, from qemu_send_packet_raw */
    NetReceive *receive_raw;
    /* Preferred to receive where there is one. */
    NetReceiveIOV *receive_iov;
    /* False makes the sender wait, as a 0 from receive does. */
    NetCanReceive *can_receive;
    /* Gives back what the client holds; its memory is freed afterwards. */
    NetCleanup *cleanup;
    LinkStatusChanged *link_status_changed;
    QueryRxFilter *query_rx_filter;
    /* Starts and stops taking packets from the host. */
    NetPoll *poll;
    /* The vnet header (VIRTIO 1.2, 5.1.6) in front of each packet. */
    HasUfo *has_ufo;
    HasVnetHdr *has_vnet_hdr;
    HasVnetHdrLen *has_vnet_hdr_len;
    UsingVnetHdr *using_vnet_hdr;
    SetOffload *set_offload;
    SetVnetHdrLen *set_vnet_hdr_len;
    SetVnetLE *set_vnet_le;
    SetVnetBE *set_vnet_be;
    NetAnnounce *announce;
    SetSteeringEBPF *set_steering_ebpf;
    NetCheckPeerType *check_peer_type;
} NetClientInfo;

struct NetClientState {
    NetClientInfo *info;
    int link_down;
    QTAILQ_ENTRY(NetClientState) next;
    NetClientState *peer;
    NetQueue *incoming_queue;           /* what the peer sent and we could
                                           not take yet; none without a peer */
    char *model;
    char *name;
    char info_str[256];                 /* one line for `info network` */
    unsigned receive_disabled : 1;      /* said 0, and no flush since */
    NetClientDestructor *destructor;
    unsigned int queue_index;
    unsigned rxfilter_notify_enabled : 1;
    int vring_enable;
    int vnet_hdr_len;
    bool is_netdev;                     /* made by -netdev or netdev_add */
    bool do_not_pad;                    /* takes frames below 60 bytes */
    bool is_datapath;
    QTAILQ_HEAD(, NetFilterState) filters;
};

/* A card's own side: all its queues, and the device they belong to. */
typedef struct NICState {
    NetClientState *ncs;
    NICConf *conf;
    MemReentrancyGuard *reentrancy_guard;
    void *opaque;
    bool peer_deleted;
} NICState;

typedef QTAILQ_HEAD(NetClientStateList, NetClientState) NetClientStateList;
extern NetClientStateList net_clients;

/* Life of a client */

/*
 * Makes a client of @info->size bytes, zeroed.  @peer may be NULL; @name NULL
 * asks for one made of @model and a number.  The client is freed by
 * qemu_del_net_client().
 */
NetClientState *qemu_new_net_client(NetClientInfo *info,
                                    NetClientState *peer,
                                    const char *model,
                                    const char *name);

/*
 * Makes the guest's end, with as many queues as @conf has peers (at least
 * one).  Called by a card's realize.  @reentrancy_guard is the device's: it
 * keeps a packet that the device sends to itself from re-entering its
 * receive.  Freed by qemu_del_nic().
 */
NICState *qemu_new_nic(NetClientInfo *info,
                       NICConf *conf,
                       const char *model,
                       const char *name,
                       MemReentrancyGuard *reentrancy_guard,
                       void *opaque);
void qemu_del_nic(NICState *nic);

NetClientState *qemu_get_subqueue(NICState *nic, int queue_index);
NetClientState *qemu_get_queue(NICState *nic);
NICState *qemu_get_nic(NetClientState *nc);
void *qemu_get_nic_opaque(NetClientState *nc);
NetClientState *qemu_get_peer(NetClientState *nc, int queue_index);

/*
 * Ends a host end with all its queues.  A NIC that has it as its peer keeps
 * the pointer, with a dead link, until the NIC goes: a running driver must
 * not see it vanish.
 */
void qemu_del_net_client(NetClientState *nc);

/* The host end called @id, or NULL; never a NIC. */
NetClientState *qemu_find_netdev(const char *id);

/*
 * Puts all clients called @id but those of @type into @ncs, at the most
 * @max; returns how many there are.
 */
int qemu_find_net_clients_except(const char *id, NetClientState **ncs,
                                 NetClientDriver type, int max);

typedef void (*qemu_nic_foreach)(NICState *nic, void *opaque);
void qemu_foreach_nic(qemu_nic_foreach func, void *opaque);

/* Packets */

/* Whether the peer would take a packet now. */
int qemu_can_receive_packet(NetClientState *nc);
int qemu_can_send_packet(NetClientState *nc);

/* See the top of this file; the packet is copied if it has to wait. */
ssize_t qemu_sendv_packet(NetClientState *nc, const struct iovec *iov,
                          int iovcnt);
ssize_t qemu_sendv_packet_async(NetClientState *nc, const struct iovec *iov,
                                int iovcnt, NetPacketSent *sent_cb);
ssize_t qemu_send_packet(NetClientState *nc, const uint8_t *buf, int size);
ssize_t qemu_send_packet_async(NetClientState *nc, const uint8_t *buf,
                               int size, NetPacketSent *sent_cb);
/* The packet has no vnet header, whatever the two ends have agreed on. */
ssize_t qemu_send_packet_raw(NetClientState *nc, const uint8_t *buf, int size);

/* Loopback: @nc gets back what its own guest sent. */
ssize_t qemu_receive_packet(NetClientState *nc, const uint8_t *buf, int size);
ssize_t qemu_receive_packet_iov(NetClientState *nc, const struct iovec *iov,
                                int iovcnt);

/* Drops what waits to be sent by @nc. */
void qemu_purge_queued_packets(NetClientState *nc);
/* @nc has room again: takes what its peer has waiting. */
void qemu_flush_queued_packets(NetClientState *nc);
void qemu_flush_or_purge_queued_packets(NetClientState *nc, bool purge);

/* The deliver method of a client's incoming_queue. */
ssize_t qemu_deliver_packet_iov(NetClientState *sender, unsigned flags,
                                const struct iovec *iov, int iovcnt,
                                void *opaque);

/* Vnet headers and offloads: asked of the host end, false without a method. */
bool qemu_has_ufo(NetClientState *nc);
bool qemu_has_vnet_hdr(NetClientState *nc);
bool qemu_has_vnet_hdr_len(NetClientState *nc, int len);
void qemu_using_vnet_hdr(NetClientState *nc, bool enable);
void qemu_set_offload(NetClientState *nc, int csum, int tso4, int tso6,
                      int ecn, int ufo);
int qemu_get_vnet_hdr_len(NetClientState *nc);
void qemu_set_vnet_hdr_len(NetClientState *nc, int len);
int qemu_set_vnet_le(NetClientState *nc, bool is_le);
int qemu_set_vnet_be(NetClientState *nc, bool is_be);

/* Names, addresses, and what `info network` shows */

/* Gives @macaddr the next free 52:54:00:12:34:xx if it is all zero. */
void qemu_macaddr_default_if_unset(MACAddr *macaddr);
/* "52:54:00:12:34:56"; the caller frees it. */
char *qemu_mac_strdup_printf(const uint8_t *macaddr);
void qemu_set_info_str(NetClientState *nc, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
void qemu_format_nic_info_str(NetClientState *nc, uint8_t macaddr[6]);
void print_net_client(Monitor *mon, NetClientState *nc);
void hmp_info_network(Monitor *mon, const QDict *qdict);

/* `-net nic`: cards that the board makes */

#define MAX_NICS 8

struct NICInfo {
    MACAddr macaddr;
    char *model;
    char *name;
    char *devaddr;
    NetClientState *netdev;
    int used;                   /* the table's row is taken */
    int instantiated;           /* some board code has made the card */
    int nvectors;
};

extern int nb_nics;
extern NICInfo nd_table[MAX_NICS];
extern const char *host_net_devices[];

/* Gives a card on the way to realize what `-net nic` said about it. */
void qdev_set_nic_properties(DeviceState *dev, NICInfo *nd);
/* For a board with one model: exits if the user asked for another. */
void qemu_check_nic_model(NICInfo *nd, const char *model);
int qemu_show_nic_models(const char *arg, const char *const *models);
int qemu_find_nic_model(NICInfo *nd, const char * const *models,
                        const char *default_model);

/* Command line and monitor */

/* Parses one -netdev, -net or -nic; 0 or -1 with @errp set. */
int net_client_parse(QemuOptsList *opts_list, const char *str);
void netdev_parse_modern(const char *optarg);
bool netdev_is_modern(const char *optarg);
void net_init_clients(void);
/* Warns about cards without a host end and host ends without a card. */
void net_check_clients(void);
void net_cleanup(void);
void show_netdevs(void);
void netdev_add(QemuOpts *opts, Error **errp);
void qmp_netdev_add(Netdev *netdev, Error **errp);
void qmp_netdev_del(const char *id, Error **errp);
void qmp_set_link(const char *name, bool up, Error **errp);
/* Whether the peer drops frames below the 60 bytes that Ethernet wants. */
static inline bool net_peer_needs_padding(NetClientState *nc)
{
    return nc->peer && !nc->peer->do_not_pad;
}

/* CRCs that cards hash multicast addresses with; bit- and byte-wise. */
#define POLYNOMIAL_BE 0x04c11db6
#define POLYNOMIAL_LE 0xedb88320
uint32_t net_crc32(const uint8_t *p, int len);
uint32_t net_crc32_le(const uint8_t *p, int len);

/*
 * Packets over a stream: each comes behind its length, and behind the length
 * of its vnet header if there is one (32 bits each, big endian).
 */
struct SocketReadState {
    /* 0: reading the length, 1: the vnet header's length, 2: the packet */
    int state;
    bool vnet_hdr;
    uint32_t index;
    uint32_t packet_len;
    uint32_t vnet_hdr_len;
    uint8_t buf[NET_BUFSIZE];
    SocketReadStateFinalize *finalize;  /* called with each whole packet */
};

void net_socket_rs_init(SocketReadState *rs, SocketReadStateFinalize *finalize,
                        bool vnet_hdr);
/* Feeds @size bytes; -1 if the stream is out of step, 0 otherwise. */
int net_fill_rstate(SocketReadState *rs, const uint8_t *buf, int size);

#define DEFAULT_NETWORK_SCRIPT "/etc/qemu-ifup"
#define DEFAULT_NETWORK_DOWN_SCRIPT "/etc/qemu-ifdown"
#define DEFAULT_BRIDGE_HELPER "/usr/lib/qemu/qemu-bridge-helper"
#define DEFAULT_BRIDGE_INTERFACE "br0"

#define vmstate_offset_macaddr(_state, _field)                       \
    vmstate_offset_array(_state, _field.a, uint8_t,                  \
                         sizeof(typeof_field(_state, _field)))

#define VMSTATE_MACADDR(_field, _state) {                            \
    .name       = (stringify(_field)),                               \
    .size       = sizeof(MACAddr),                                   \
    .info       = &vmstate_info_buffer,                              \
    .flags      = VMS_BUFFER,                                        \
    .offset     = vmstate_offset_macaddr(_state, _field),            \
}

#endif
