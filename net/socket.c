/*
 * -netdev socket: a guest's other end is a socket.
 *
 *   fd=N              a socket of ours, of whatever kind
 *   listen=host:port  waits for one peer at a time, TCP
 *   connect=host:port the other side of that
 *   udp=host:port,localaddr=host:port   each packet a datagram
 *   mcast=group:port  the same to a multicast group: many guests, one wire
 *
 * On a stream each packet goes behind its length (see SocketReadState); a
 * datagram is a packet.  A stream that takes only a part of a packet keeps
 * the rest in send_index, and the packet in the sender's queue, until the
 * socket is writable again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <arpa/inet.h>
#include "qapi/error.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/sockets.h"
#include "monitor/monitor.h"
#include "net/eth.h"
#include "net/net.h"
#include "clients.h"

typedef struct NetSocketState {
    NetClientState nc;
    int listen_fd;                  /* -1 when not listening */
    int fd;                         /* -1 without a peer */
    SocketReadState rs;
    unsigned int send_index;        /* of a stream's half-sent packet */
    struct sockaddr_in dgram_dst;   /* where udp and mcast send to */
    bool read_poll;
    bool write_poll;
    bool is_stream;
} NetSocketState;

static void net_socket_stream_send(void *opaque);
static void net_socket_dgram_send(void *opaque);
static void net_socket_writable(void *opaque);
static void net_socket_accept(void *opaque);

/* Polling */

static void net_socket_update_fd_handler(NetSocketState *s)
{
    IOHandler *send_fn = s->is_stream ? net_socket_stream_send
                                      : net_socket_dgram_send;

    if (s->fd < 0) {
        return;
    }
    qemu_set_fd_handler(s->fd, s->read_poll ? send_fn : NULL,
                        s->write_poll ? net_socket_writable : NULL, s);
}

static void net_socket_read_poll(NetSocketState *s, bool enable)
{
    s->read_poll = enable;
    net_socket_update_fd_handler(s);
}

static void net_socket_write_poll(NetSocketState *s, bool enable)
{
    s->write_poll = enable;
    net_socket_update_fd_handler(s);
}

static void net_socket_writable(void *opaque)
{
    NetSocketState *s = opaque;

    net_socket_write_poll(s, false);
    qemu_flush_queued_packets(&s->nc);
}

/* From the card to the socket */

static ssize_t net_socket_receive_stream(NetClientState *nc,
                                         const uint8_t *buf, size_t size)
{
    NetSocketState *s = DO_UPCAST(NetSocketState, nc, nc);
    uint32_t len = htonl(size);
    struct iovec iov[] = {
        { .iov_base = &len,        .iov_len = sizeof(len) },
        { .iov_base = (void *)buf, .iov_len = size },
    };
    struct iovec rest[2];
    struct msghdr msg = { .msg_iov = rest };
    ssize_t ret;

    msg.msg_iovlen = iov_copy(rest, ARRAY_SIZE(rest), iov, ARRAY_SIZE(iov),
                              s->send_index, SIZE_MAX);
    ret = RETRY_ON_EINTR(sendmsg(s->fd, &msg, MSG_NOSIGNAL));
    if (ret == -1 && errno == EAGAIN) {
        ret = 0;
    }
    if (ret == -1) {
        s->send_index = 0;
        return -errno;
    }
    s->send_index += ret;
    if (s->send_index < sizeof(len) + size) {
        net_socket_write_poll(s, true);
        return 0;
    }
    s->send_index = 0;
    return size;
}

static ssize_t net_socket_receive_dgram(NetClientState *nc,
                                        const uint8_t *buf, size_t size)
{
    NetSocketState *s = DO_UPCAST(NetSocketState, nc, nc);
    ssize_t ret;

    if (s->dgram_dst.sin_family == AF_INET) {
        ret = RETRY_ON_EINTR(sendto(s->fd, buf, size, MSG_NOSIGNAL,
                                    (struct sockaddr *)&s->dgram_dst,
                                    sizeof(s->dgram_dst)));
    } else {
        ret = RETRY_ON_EINTR(send(s->fd, buf, size, MSG_NOSIGNAL));
    }
    if (ret == -1 && errno == EAGAIN) {
        net_socket_write_poll(s, true);
        return 0;
    }
    return ret;
}

/* Without a peer a packet is lost, as on a wire that ends nowhere. */
static ssize_t net_socket_receive(NetClientState *nc, const uint8_t *buf,
                                  size_t size)
{
    NetSocketState *s = DO_UPCAST(NetSocketState, nc, nc);

    if (s->fd < 0) {
        return size;
    }
    return s->is_stream ? net_socket_receive_stream(nc, buf, size)
                        : net_socket_receive_dgram(nc, buf, size);
}

/* From the socket to the card */

static void net_socket_send_completed(NetClientState *nc, ssize_t len)
{
    NetSocketState *s = DO_UPCAST(NetSocketState, nc, nc);

    if (!s->read_poll) {
        net_socket_read_poll(s, true);
    }
}

static void net_socket_rs_finalize(SocketReadState *rs)
{
    NetSocketState *s = container_of(rs, NetSocketState, rs);

    if (qemu_send_packet_async(&s->nc, rs->buf, rs->packet_len,
                               net_socket_send_completed) == 0) {
        net_socket_read_poll(s, false);
    }
}

/* The peer has gone; a listener takes the next one. */
static void net_socket_disconnect(NetSocketState *s)
{
    net_socket_read_poll(s, false);
    net_socket_write_poll(s, false);
    closesocket(s->fd);
    s->fd = -1;
    s->send_index = 0;
    net_socket_rs_init(&s->rs, net_socket_rs_finalize, false);
    qemu_set_info_str(&s->nc, "%s", "");
    if (s->listen_fd != -1) {
        qemu_set_fd_handler(s->listen_fd, net_socket_accept, NULL, s);
    }
}

static void net_socket_stream_send(void *opaque)
{
    NetSocketState *s = opaque;
    g_autofree uint8_t *buf1 = g_malloc(NET_BUFSIZE);
    ssize_t size;

    size = RETRY_ON_EINTR(recv(s->fd, buf1, NET_BUFSIZE, 0));
    if (size < 0 && errno == EAGAIN) {
        return;
    }
    if (size <= 0 || net_fill_rstate(&s->rs, buf1, size) == -1) {
        net_socket_disconnect(s);
    }
}

static void net_socket_dgram_send(void *opaque)
{
    NetSocketState *s = opaque;
    uint8_t min_pkt[ETH_ZLEN];
    size_t min_pktsz = sizeof(min_pkt);
    const uint8_t *pkt = s->rs.buf;
    ssize_t size;

    size = RETRY_ON_EINTR(recv(s->fd, s->rs.buf, sizeof(s->rs.buf), 0));
    if (size < 0) {
        return;
    }
    if (size == 0) {
        /* End of file, which only a connected Unix pair can have. */
        net_socket_read_poll(s, false);
        net_socket_write_poll(s, false);
        return;
    }
    if (net_peer_needs_padding(&s->nc) &&
        eth_pad_short_frame(min_pkt, &min_pktsz, pkt, size)) {
        pkt = min_pkt;
        size = min_pktsz;
    }
    if (qemu_send_packet_async(&s->nc, pkt, size,
                               net_socket_send_completed) == 0) {
        net_socket_read_poll(s, false);
    }
}

/* Life */

static void net_socket_cleanup(NetClientState *nc)
{
    NetSocketState *s = DO_UPCAST(NetSocketState, nc, nc);

    if (s->fd != -1) {
        net_socket_read_poll(s, false);
        net_socket_write_poll(s, false);
        close(s->fd);
        s->fd = -1;
    }
    if (s->listen_fd != -1) {
        qemu_set_fd_handler(s->listen_fd, NULL, NULL, NULL);
        closesocket(s->listen_fd);
        s->listen_fd = -1;
    }
}

static NetClientInfo net_socket_info = {
    .type = NET_CLIENT_DRIVER_SOCKET,
    .size = sizeof(NetSocketState),
    .receive = net_socket_receive,
    .cleanup = net_socket_cleanup,
};

static NetSocketState *net_socket_new(NetClientState *peer, const char *model,
                                      const char *name, bool is_stream)
{
    NetClientState *nc = qemu_new_net_client(&net_socket_info, peer, model,
                                             name);
    NetSocketState *s = DO_UPCAST(NetSocketState, nc, nc);

    s->fd = -1;
    s->listen_fd = -1;
    s->is_stream = is_stream;
    net_socket_rs_init(&s->rs, net_socket_rs_finalize, false);
    return s;
}

/* @fd is open for packets from now on. */
static void net_socket_start(NetSocketState *s, int fd)
{
    s->fd = fd;
    net_socket_read_poll(s, true);
}

static void net_socket_accept(void *opaque)
{
    NetSocketState *s = opaque;
    struct sockaddr_in saddr;
    socklen_t len = sizeof(saddr);
    int fd;

    fd = RETRY_ON_EINTR(qemu_accept(s->listen_fd, (struct sockaddr *)&saddr,
                                    &len));
    if (fd < 0) {
        return;
    }
    qemu_socket_set_nonblock(fd);
    socket_set_nodelay(fd);
    qemu_set_fd_handler(s->listen_fd, NULL, NULL, NULL);
    qemu_set_info_str(&s->nc, "socket: connection from %s:%d",
                      inet_ntoa(saddr.sin_addr), ntohs(saddr.sin_port));
    net_socket_start(s, fd);
}

/* A socket that someone else made; its type decides how we talk on it. */
static int net_socket_fd_init(NetClientState *peer, const char *name, int fd,
                              Error **errp)
{
    socklen_t optlen = sizeof(int);
    NetSocketState *s;
    int so_type = -1;

    if (qemu_socket_try_set_nonblock(fd) < 0) {
        error_setg_errno(errp, errno, "%s: Can't use file descriptor %d",
                         name, fd);
        return -1;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &so_type, &optlen) < 0) {
        error_setg(errp, "can't get socket option SO_TYPE");
        return -1;
    }
    if (so_type != SOCK_DGRAM && so_type != SOCK_STREAM) {
        error_setg(errp, "socket type=%d for fd=%d must be either"
                   " SOCK_DGRAM or SOCK_STREAM", so_type, fd);
        return -1;
    }

    s = net_socket_new(peer, "socket", name, so_type == SOCK_STREAM);
    qemu_set_info_str(&s->nc, "fd=%d", fd);
    net_socket_start(s, fd);
    return 0;
}

static int net_socket_listen_init(NetClientState *peer, const char *name,
                                  const char *host_str, Error **errp)
{
    struct sockaddr_in saddr;
    NetSocketState *s;
    int fd;

    if (parse_host_port(&saddr, host_str, errp) < 0) {
        return -1;
    }
    fd = qemu_socket(PF_INET, SOCK_STREAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "can't create stream socket");
        return -1;
    }
    qemu_socket_set_nonblock(fd);
    socket_set_fast_reuse(fd);

    if (bind(fd, (struct sockaddr *)&saddr, sizeof(saddr)) < 0) {
        error_setg_errno(errp, errno, "can't bind ip=%s to socket",
                         inet_ntoa(saddr.sin_addr));
        goto fail;
    }
    if (listen(fd, 0) < 0) {
        error_setg_errno(errp, errno, "can't listen on socket");
        goto fail;
    }

    s = net_socket_new(peer, "socket", name, true);
    s->listen_fd = fd;
    qemu_set_fd_handler(s->listen_fd, net_socket_accept, NULL, s);
    return 0;

fail:
    closesocket(fd);
    return -1;
}

static int net_socket_connect_init(NetClientState *peer, const char *name,
                                   const char *host_str, Error **errp)
{
    struct sockaddr_in saddr;
    NetSocketState *s;
    int fd;

    if (parse_host_port(&saddr, host_str, errp) < 0) {
        return -1;
    }
    fd = qemu_socket(PF_INET, SOCK_STREAM, 0);
    if (fd < 0) {
        error_setg_errno(errp, errno, "can't create stream socket");
        return -1;
    }
    qemu_socket_set_nonblock(fd);
    /* The peer may be far away: packets wait until it has answered. */
    if (RETRY_ON_EINTR(connect(fd, (struct sockaddr *)&saddr,
                               sizeof(saddr))) < 0 && errno != EINPROGRESS) {
        error_setg_errno(errp, errno, "can't connect socket");
        closesocket(fd);
        return -1;
    }
    socket_set_nodelay(fd);

    s = net_socket_new(peer, "socket", name, true);
    qemu_set_info_str(&s->nc, "socket: connect to %s:%d",
                      inet_ntoa(saddr.sin_addr), ntohs(saddr.sin_port));
    net_socket_start(s, fd);
    return 0;
}

/* A datagram socket on @bind_to; -1 with @errp set. */
static int net_socket_dgram_create(const struct sockaddr_in *bind_to,
                                   Error **errp)
{
    int fd = qemu_socket(PF_INET, SOCK_DGRAM, 0);

    if (fd < 0) {
        error_setg_errno(errp, errno, "can't create datagram socket");
        return -1;
    }
    socket_set_fast_reuse(fd);
    if (bind(fd, (struct sockaddr *)bind_to, sizeof(*bind_to)) < 0) {
        error_setg_errno(errp, errno, "can't bind ip=%s to socket",
                         inet_ntoa(bind_to->sin_addr));
        closesocket(fd);
        return -1;
    }
    qemu_socket_set_nonblock(fd);
    return fd;
}

static int net_socket_mcast_join(int fd, const struct sockaddr_in *group,
                                 const struct in_addr *localaddr, Error **errp)
{
    struct ip_mreq imr = {
        .imr_multiaddr = group->sin_addr,
        .imr_interface = { .s_addr = localaddr ? localaddr->s_addr
                                               : htonl(INADDR_ANY) },
    };
    int loop = 1;

    if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &imr,
                   sizeof(imr)) < 0) {
        error_setg_errno(errp, errno,
                         "can't add socket to multicast group %s",
                         inet_ntoa(group->sin_addr));
        return -1;
    }
    /* Guests on one host are to hear each other. */
    if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &loop,
                   sizeof(loop)) < 0) {
        error_setg_errno(errp, errno,
                         "can't force multicast message to loopback");
        return -1;
    }
    if (localaddr && setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, localaddr,
                                sizeof(*localaddr)) < 0) {
        error_setg_errno(errp, errno,
                         "can't set the default network send interface");
        return -1;
    }
    return 0;
}

static int net_socket_mcast_init(NetClientState *peer, const char *name,
                                 const char *host_str,
                                 const char *localaddr_str, Error **errp)
{
    struct in_addr localaddr, *param_localaddr = NULL;
    struct sockaddr_in saddr;
    NetSocketState *s;
    int fd;

    if (parse_host_port(&saddr, host_str, errp) < 0) {
        return -1;
    }
    if (!IN_MULTICAST(ntohl(saddr.sin_addr.s_addr))) {
        error_setg(errp, "specified mcastaddr %s (0x%08x) "
                   "does not contain a multicast address",
                   inet_ntoa(saddr.sin_addr),
                   (int)ntohl(saddr.sin_addr.s_addr));
        return -1;
    }
    if (localaddr_str) {
        if (inet_aton(localaddr_str, &localaddr) == 0) {
            error_setg(errp, "localaddr '%s' is not a valid IPv4 address",
                       localaddr_str);
            return -1;
        }
        param_localaddr = &localaddr;
    }

    fd = net_socket_dgram_create(&saddr, errp);
    if (fd < 0) {
        return -1;
    }
    if (net_socket_mcast_join(fd, &saddr, param_localaddr, errp) < 0) {
        closesocket(fd);
        return -1;
    }

    s = net_socket_new(peer, "socket", name, false);
    s->dgram_dst = saddr;
    qemu_set_info_str(&s->nc, "socket: mcast=%s:%d",
                      inet_ntoa(saddr.sin_addr), ntohs(saddr.sin_port));
    net_socket_start(s, fd);
    return 0;
}

static int net_socket_udp_init(NetClientState *peer, const char *name,
                               const char *rhost, const char *lhost,
                               Error **errp)
{
    struct sockaddr_in laddr, raddr;
    NetSocketState *s;
    int fd;

    if (parse_host_port(&laddr, lhost, errp) < 0 ||
        parse_host_port(&raddr, rhost, errp) < 0) {
        return -1;
    }
    fd = net_socket_dgram_create(&laddr, errp);
    if (fd < 0) {
        return -1;
    }

    s = net_socket_new(peer, "socket", name, false);
    s->dgram_dst = raddr;
    qemu_set_info_str(&s->nc, "socket: udp=%s:%d",
                      inet_ntoa(raddr.sin_addr), ntohs(raddr.sin_port));
    net_socket_start(s, fd);
    return 0;
}

int net_init_socket(const Netdev *netdev, const char *name,
                    NetClientState *peer, Error **errp)
{
    const NetdevSocketOptions *sock;

    assert(netdev->type == NET_CLIENT_DRIVER_SOCKET);
    sock = &netdev->u.socket;

    if (sock->has_fd + sock->has_listen + sock->has_connect +
        sock->has_mcast + sock->has_udp != 1) {
        error_setg(errp, "exactly one of listen=, connect=, mcast= or udp="
                   " is required");
        return -1;
    }
    if (sock->has_localaddr && !sock->has_mcast && !sock->has_udp) {
        error_setg(errp, "localaddr= is only valid with mcast= or udp=");
        return -1;
    }

    if (sock->has_fd) {
        int fd = monitor_fd_param(monitor_cur(), sock->fd, errp);

        if (fd == -1) {
            return -1;
        }
        if (net_socket_fd_init(peer, name, fd, errp) < 0) {
            close(fd);
            return -1;
        }
        return 0;
    }
    if (sock->has_listen) {
        return net_socket_listen_init(peer, name, sock->listen, errp);
    }
    if (sock->has_connect) {
        return net_socket_connect_init(peer, name, sock->connect, errp);
    }
    if (sock->has_mcast) {
        return net_socket_mcast_init(peer, name, sock->mcast,
                                     sock->has_localaddr ? sock->localaddr
                                                         : NULL, errp);
    }
    if (!sock->has_localaddr) {
        error_setg(errp, "localaddr= is mandatory with udp=");
        return -1;
    }
    return net_socket_udp_init(peer, name, sock->udp, sock->localaddr, errp);
}
