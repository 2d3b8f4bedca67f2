/*
 * chardev-udp: each write is a datagram, and what arrives is input.
 *
 *     -chardev udp,id=a,host=10.0.0.1,port=99[,localaddr=,localport=]
 *
 * A datagram is read as a whole or not at all; so it waits in a buffer of
 * ours until the front end has taken all of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-io.h"
#include "chardev/char.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"

/* @buf: the datagram, of which @bufptr bytes of @bufcnt are delivered */
struct UdpChardev {
    Chardev parent;

    int fd;
    uint8_t buf[CHR_READ_BUF_LEN];
    int bufcnt;
    int bufptr;
    int max_size;
};
typedef struct UdpChardev UdpChardev;

DECLARE_INSTANCE_CHECKER(UdpChardev, UDP_CHARDEV, TYPE_CHARDEV_UDP)

/* Called with chr_write_lock held. */
static int udp_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    return RETRY_ON_EINTR(send(UDP_CHARDEV(chr)->fd, buf, len, 0));
}

static void udp_chr_flush_buffer(UdpChardev *s)
{
    Chardev *chr = CHARDEV(s);

    while (s->max_size > 0 && s->bufptr < s->bufcnt) {
        int n = MIN(s->max_size, s->bufcnt - s->bufptr);
        int from = s->bufptr;

        s->bufptr += n;
        qemu_chr_be_write(chr, &s->buf[from], n);
        s->max_size = qemu_chr_be_can_write(chr);
    }
}

static int udp_chr_read_poll(void *opaque)
{
    UdpChardev *s = UDP_CHARDEV(opaque);

    s->max_size = qemu_chr_be_can_write(CHARDEV(opaque));
    udp_chr_flush_buffer(s);
    return s->max_size;
}

static gboolean udp_chr_read(gint fd, GIOCondition cond, void *opaque)
{
    UdpChardev *s = UDP_CHARDEV(opaque);
    ssize_t ret;

    if (s->max_size == 0) {
        return TRUE;
    }
    ret = RETRY_ON_EINTR(recv(fd, s->buf, sizeof(s->buf), MSG_DONTWAIT));
    if (ret > 0) {
        s->bufcnt = ret;
        s->bufptr = 0;
        udp_chr_flush_buffer(s);
    }
    /* An error is an earlier datagram's that nobody wanted: go on. */
    return TRUE;
}

static void udp_chr_update_read_handler(Chardev *chr)
{
    remove_fd_in_watch(chr);
    chr->gsource = io_add_watch_poll(chr, UDP_CHARDEV(chr)->fd,
                                     udp_chr_read_poll, udp_chr_read, chr,
                                     chr->gcontext);
}

static void qmp_chardev_open_udp(Chardev *chr, ChardevBackend *backend,
                                 bool *be_opened, Error **errp)
{
    ChardevUdp *udp = backend->u.udp.data;
    UdpChardev *s = UDP_CHARDEV(chr);
    g_autoptr(SocketAddress) remote = socket_address_flatten(udp->remote);
    g_autoptr(SocketAddress) local = socket_address_flatten(udp->local);

    if (local && local->type != SOCKET_ADDRESS_TYPE_INET) {
        error_setg(errp, "socket type unsupported for datagram");
        return;
    }
    s->fd = socket_dgram(remote, local, errp);
    if (s->fd >= 0) {
        qemu_socket_set_nonblock(s->fd);
    }
    /* There is no connection. */
    *be_opened = false;
}

static SocketAddressLegacy *udp_address(const char *host, const char *port)
{
    SocketAddressLegacy *addr = g_new0(SocketAddressLegacy, 1);
    InetSocketAddress *inet = g_new0(InetSocketAddress, 1);

    addr->type = SOCKET_ADDRESS_TYPE_INET;
    addr->u.inet.data = inet;
    inet->host = g_strdup(host);
    inet->port = g_strdup(port);
    return addr;
}

static void qemu_chr_parse_udp(QemuOpts *opts, ChardevBackend *backend,
                               Error **errp)
{
    const char *host = qemu_opt_get(opts, "host");
    const char *port = qemu_opt_get(opts, "port");
    const char *localaddr = qemu_opt_get(opts, "localaddr");
    const char *localport = qemu_opt_get(opts, "localport");
    InetSocketAddress *inet;
    ChardevUdp *udp;

    backend->type = CHARDEV_BACKEND_KIND_UDP;
    if (!port || !*port) {
        error_setg(errp, "chardev: udp: remote port not specified");
        return;
    }
    udp = backend->u.udp.data = g_new0(ChardevUdp, 1);
    qemu_chr_parse_common(opts, qapi_ChardevUdp_base(udp));

    udp->remote = udp_address(host && *host ? host : "localhost", port);
    inet = udp->remote->u.inet.data;
    inet->has_ipv4 = qemu_opt_get(opts, "ipv4");
    inet->ipv4 = qemu_opt_get_bool(opts, "ipv4", false);
    inet->has_ipv6 = qemu_opt_get(opts, "ipv6");
    inet->ipv6 = qemu_opt_get_bool(opts, "ipv6", false);
    if (localaddr || localport) {
        udp->has_local = true;
        udp->local = udp_address(localaddr ?: "",
                                 localport && *localport ? localport : "0");
    }
}

static void char_udp_init(Object *obj)
{
    UDP_CHARDEV(obj)->fd = -1;
}

static void char_udp_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    UdpChardev *s = UDP_CHARDEV(obj);

    remove_fd_in_watch(chr);
    if (s->fd >= 0) {
        close(s->fd);
    }
    qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
}

static void char_udp_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_udp;
    cc->open = qmp_chardev_open_udp;
    cc->chr_write = udp_chr_write;
    cc->chr_update_read_handler = udp_chr_update_read_handler;
}

static const TypeInfo char_udp_type_info = {
    .name = TYPE_CHARDEV_UDP,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(UdpChardev),
    .instance_init = char_udp_init,
    .instance_finalize = char_udp_finalize,
    .class_init = char_udp_class_init,
};

static void char_udp_register_types(void)
{
    type_register_static(&char_udp_type_info);
}

type_init(char_udp_register_types)
