/*
 * The tap client: a network interface of the host as a guest's other end.
 *
 * The kernel's side of a tap is an interface; ours is a file descriptor that
 * reads and writes one packet at a time.  tap_send() runs when there is one
 * to read, tap_receive_iov() when the guest has sent one:
 *
 *    host's stack --> tap0 --> fd --> tap_send --> qemu_send_packet_async
 *    host's stack <-- tap0 <-- fd <-- tap_receive_iov <-- the card
 *
 * Each direction stops by itself.  When the guest takes no more packets we
 * stop polling the descriptor for reading until tap_send_completed(); when
 * the kernel takes no more (EAGAIN, bounded by sndbuf) we say 0 to the card
 * and poll for writing until tap_writable().
 *
 * With IFF_VNET_HDR each packet has a virtio-net header in front, in which
 * card and kernel leave checksums and segmentation to each other.  A card
 * that does not want it (using_vnet_hdr false) never sees it: it is stripped
 * and prepended here.
 *
 * Read include/net/net.h first; tap-linux.c has what is Linux's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include <sys/wait.h>
#include <net/if.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "monitor/monitor.h"
#include "net/eth.h"
#include "net/net.h"
#include "net/tap.h"
#include "sysemu/sysemu.h"
#include "clients.h"
#include "tap_int.h"

/* How many packets one wake-up may bring before others get their turn. */
#define TAP_SEND_BATCH 50

typedef struct TAPState {
    NetClientState nc;
    int fd;
    char down_script[1024];
    char down_script_arg[128];
    uint8_t buf[NET_BUFSIZE];
    bool read_poll;
    bool write_poll;
    bool using_vnet_hdr;        /* the card wants the header */
    bool has_ufo;
    bool enabled;
    unsigned host_vnet_hdr_len; /* the kernel's header, 0 for none */
    Notifier exit;
} TAPState;

static void launch_script(const char *setup_script, const char *ifname,
                          int fd, Error **errp);

static void tap_send(void *opaque);
static void tap_writable(void *opaque);

/* Polling */

static void tap_update_fd_handler(TAPState *s)
{
    qemu_set_fd_handler(s->fd,
                        s->read_poll && s->enabled ? tap_send : NULL,
                        s->write_poll && s->enabled ? tap_writable : NULL,
                        s);
}

static void tap_read_poll(TAPState *s, bool enable)
{
    s->read_poll = enable;
    tap_update_fd_handler(s);
}

static void tap_write_poll(TAPState *s, bool enable)
{
    s->write_poll = enable;
    tap_update_fd_handler(s);
}

/* From the card to the kernel */

static void tap_writable(void *opaque)
{
    TAPState *s = opaque;

    tap_write_poll(s, false);
    qemu_flush_queued_packets(&s->nc);
}

static ssize_t tap_write_packet(TAPState *s, const struct iovec *iov,
                                int iovcnt)
{
    ssize_t len;

    len = RETRY_ON_EINTR(writev(s->fd, iov, iovcnt));
    if (len == -1 && errno == EAGAIN) {
        tap_write_poll(s, true);
        return 0;
    }
    return len;
}

static ssize_t tap_receive_iov(NetClientState *nc, const struct iovec *iov,
                               int iovcnt)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    struct virtio_net_hdr_v1_hash hdr = { };
    g_autofree struct iovec *iov_copy = NULL;

    if (s->host_vnet_hdr_len && !s->using_vnet_hdr) {
        iov_copy = g_new(struct iovec, iovcnt + 1);
        iov_copy[0].iov_base = &hdr;
        iov_copy[0].iov_len = s->host_vnet_hdr_len;
        memcpy(&iov_copy[1], iov, iovcnt * sizeof(*iov));
        iov = iov_copy;
        iovcnt++;
    }
    return tap_write_packet(s, iov, iovcnt);
}

static ssize_t tap_receive_raw(NetClientState *nc, const uint8_t *buf,
                               size_t size)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    struct virtio_net_hdr_v1_hash hdr = { };
    struct iovec iov[2];
    int iovcnt = 0;

    if (s->host_vnet_hdr_len) {
        iov[iovcnt].iov_base = &hdr;
        iov[iovcnt].iov_len = s->host_vnet_hdr_len;
        iovcnt++;
    }
    iov[iovcnt].iov_base = (void *)buf;
    iov[iovcnt].iov_len = size;
    iovcnt++;
    return tap_write_packet(s, iov, iovcnt);
}

static ssize_t tap_receive(NetClientState *nc, const uint8_t *buf, size_t size)
{
    struct iovec iov = { .iov_base = (void *)buf, .iov_len = size };

    return tap_receive_iov(nc, &iov, 1);
}

/* From the kernel to the card */

static void tap_send_completed(NetClientState *nc, ssize_t len)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    tap_read_poll(s, true);
}

static void tap_send(void *opaque)
{
    TAPState *s = opaque;
    ssize_t size;
    int packets;

    for (packets = 0; packets < TAP_SEND_BATCH; packets++) {
        uint8_t *buf = s->buf;
        uint8_t min_pkt[ETH_ZLEN];
        size_t min_pktsz = sizeof(min_pkt);

        size = tap_read_packet(s->fd, s->buf, sizeof(s->buf));
        if (size <= 0) {
            break;
        }

        if (s->host_vnet_hdr_len && size <= s->host_vnet_hdr_len) {
            break;
        }
        if (s->host_vnet_hdr_len && !s->using_vnet_hdr) {
            buf  += s->host_vnet_hdr_len;
            size -= s->host_vnet_hdr_len;
        }

        /* The host's stack does not pad what never sees a wire. */
        if (net_peer_needs_padding(&s->nc) && size < ETH_ZLEN) {
            if (eth_pad_short_frame(min_pkt, &min_pktsz, buf, size)) {
                buf = min_pkt;
                size = min_pktsz;
            }
        }

        size = qemu_send_packet_async(&s->nc, buf, size, tap_send_completed);
        if (size == 0) {
            tap_read_poll(s, false);
            break;
        } else if (size < 0) {
            break;
        }
    }
}

/* What the card asks of us */

static bool tap_has_ufo(NetClientState *nc)
{
    return DO_UPCAST(TAPState, nc, nc)->has_ufo;
}

static bool tap_has_vnet_hdr(NetClientState *nc)
{
    return DO_UPCAST(TAPState, nc, nc)->host_vnet_hdr_len != 0;
}

static bool tap_has_vnet_hdr_len(NetClientState *nc, int len)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    return s->host_vnet_hdr_len && tap_probe_vnet_hdr_len(s->fd, len);
}

static void tap_set_vnet_hdr_len(NetClientState *nc, int len)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    assert(len == sizeof(struct virtio_net_hdr) ||
           len == sizeof(struct virtio_net_hdr_mrg_rxbuf) ||
           len == sizeof(struct virtio_net_hdr_v1_hash));

    tap_fd_set_vnet_hdr_len(s->fd, len);
    s->host_vnet_hdr_len = len;
}

static void tap_using_vnet_hdr(NetClientState *nc, bool using_vnet_hdr)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    assert(s->host_vnet_hdr_len || !using_vnet_hdr);
    s->using_vnet_hdr = using_vnet_hdr;
}

static int tap_set_vnet_le(NetClientState *nc, bool is_le)
{
    return tap_fd_set_vnet_le(DO_UPCAST(TAPState, nc, nc)->fd, is_le);
}

static int tap_set_vnet_be(NetClientState *nc, bool is_be)
{
    return tap_fd_set_vnet_be(DO_UPCAST(TAPState, nc, nc)->fd, is_be);
}

static void tap_set_offload(NetClientState *nc, int csum, int tso4, int tso6,
                            int ecn, int ufo)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    if (s->fd >= 0) {
        tap_fd_set_offload(s->fd, csum, tso4, tso6, ecn, ufo);
    }
}

static void tap_poll(NetClientState *nc, bool enable)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    tap_read_poll(s, enable);
    tap_write_poll(s, enable);
}

int tap_get_fd(NetClientState *nc)
{
    assert(nc->info->type == NET_CLIENT_DRIVER_TAP);
    return DO_UPCAST(TAPState, nc, nc)->fd;
}

int tap_enable(NetClientState *nc)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    int ret;

    if (s->enabled) {
        return 0;
    }
    ret = tap_fd_enable(s->fd);
    if (ret == 0) {
        s->enabled = true;
        tap_update_fd_handler(s);
    }
    return ret;
}

int tap_disable(NetClientState *nc)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);
    int ret;

    if (!s->enabled) {
        return 0;
    }
    ret = tap_fd_disable(s->fd);
    if (ret == 0) {
        qemu_purge_queued_packets(nc);
        s->enabled = false;
        tap_update_fd_handler(s);
    }
    return ret;
}

/* Life */

static void tap_exit_notify(Notifier *notifier, void *data)
{
    TAPState *s = container_of(notifier, TAPState, exit);
    Error *err = NULL;

    if (s->down_script[0]) {
        launch_script(s->down_script, s->down_script_arg, s->fd, &err);
        if (err) {
            error_report_err(err);
        }
    }
}

static void tap_cleanup(NetClientState *nc)
{
    TAPState *s = DO_UPCAST(TAPState, nc, nc);

    qemu_purge_queued_packets(nc);

    tap_exit_notify(&s->exit, NULL);
    qemu_remove_exit_notifier(&s->exit);

    tap_read_poll(s, false);
    tap_write_poll(s, false);
    close(s->fd);
    s->fd = -1;
}

static NetClientInfo net_tap_info = {
    .type = NET_CLIENT_DRIVER_TAP,
    .size = sizeof(TAPState),
    .receive = tap_receive,
    .receive_raw = tap_receive_raw,
    .receive_iov = tap_receive_iov,
    .poll = tap_poll,
    .cleanup = tap_cleanup,
    .has_ufo = tap_has_ufo,
    .has_vnet_hdr = tap_has_vnet_hdr,
    .has_vnet_hdr_len = tap_has_vnet_hdr_len,
    .using_vnet_hdr = tap_using_vnet_hdr,
    .set_offload = tap_set_offload,
    .set_vnet_hdr_len = tap_set_vnet_hdr_len,
    .set_vnet_le = tap_set_vnet_le,
    .set_vnet_be = tap_set_vnet_be,
};

static TAPState *net_tap_fd_init(NetClientState *peer, const char *model,
                                 const char *name, int fd, int vnet_hdr)
{
    NetClientState *nc;
    TAPState *s;

    nc = qemu_new_net_client(&net_tap_info, peer, model, name);
    s = DO_UPCAST(TAPState, nc, nc);

    s->fd = fd;
    s->host_vnet_hdr_len = vnet_hdr ? sizeof(struct virtio_net_hdr) : 0;
    s->using_vnet_hdr = false;
    s->has_ufo = tap_probe_has_ufo(s->fd);
    s->enabled = true;
    tap_set_offload(&s->nc, 0, 0, 0, 0, 0);

    /* A descriptor we were handed may still have another's header size. */
    if (tap_probe_vnet_hdr_len(s->fd, s->host_vnet_hdr_len)) {
        tap_fd_set_vnet_hdr_len(s->fd, s->host_vnet_hdr_len);
    }
    tap_read_poll(s, true);

    s->exit.notify = tap_exit_notify;
    qemu_add_exit_notifier(&s->exit);
    return s;
}

/* A script gets the tap and its own standard files, nothing else of ours. */
static void tap_close_other_fds(int tap_fd)
{
    int max = sysconf(_SC_OPEN_MAX);

    if (tap_fd > STDERR_FILENO + 1) {
        close_range(STDERR_FILENO + 1, tap_fd - 1, 0);
    }
    close_range(tap_fd + 1, max > 0 ? max : INT_MAX, 0);
    /* We have it close-on-exec for everybody but this child. */
    fcntl(tap_fd, F_SETFD, 0);
}

/* Runs "@setup_script @ifname" and waits; @errp is set unless it exits 0. */
static void launch_script(const char *setup_script, const char *ifname,
                          int fd, Error **errp)
{
    int pid, status;

    pid = fork();
    if (pid < 0) {
        error_setg_errno(errp, errno, "could not launch network script %s",
                         setup_script);
        return;
    }
    if (pid == 0) {
        char *args[] = { (char *)setup_script, (char *)ifname, NULL };

        tap_close_other_fds(fd);
        execv(setup_script, args);
        _exit(1);
    }

    while (waitpid(pid, &status, 0) != pid) {
        /* interrupted */
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return;
    }
    error_setg(errp, "network script %s failed with status %d",
               setup_script, status);
}

/* Opens a tap of our own and runs the script on it; the descriptor or -1. */
static int net_tap_init(const NetdevTapOptions *tap, int *vnet_hdr,
                        const char *setup_script, char *ifname,
                        size_t ifname_sz, int mq_required, Error **errp)
{
    Error *err = NULL;
    int fd, vnet_hdr_required;

    if (tap->has_vnet_hdr) {
        *vnet_hdr = tap->vnet_hdr;
        vnet_hdr_required = *vnet_hdr;
    } else {
        *vnet_hdr = 1;
        vnet_hdr_required = 0;
    }

    fd = RETRY_ON_EINTR(tap_open(ifname, ifname_sz, vnet_hdr,
                                 vnet_hdr_required, mq_required, errp));
    if (fd < 0) {
        return -1;
    }

    if (setup_script && setup_script[0] && strcmp(setup_script, "no") != 0) {
        launch_script(setup_script, ifname, fd, &err);
        if (err) {
            error_propagate(errp, err);
            close(fd);
            return -1;
        }
    }
    return fd;
}

static void net_init_tap_one(const NetdevTapOptions *tap, NetClientState *peer,
                             const char *model, const char *name,
                             const char *ifname, const char *script,
                             const char *downscript, int vnet_hdr, int fd,
                             Error **errp)
{
    Error *err = NULL;
    TAPState *s = net_tap_fd_init(peer, model, name, fd, vnet_hdr);

    tap_set_sndbuf(s->fd, tap, &err);
    if (err) {
        error_propagate(errp, err);
        qemu_del_net_client(&s->nc);
        return;
    }

    if (tap->has_fd || tap->has_fds) {
        qemu_set_info_str(&s->nc, "fd=%d", fd);
    } else {
        qemu_set_info_str(&s->nc, "ifname=%s,script=%s,downscript=%s", ifname,
                          script, downscript);
        if (strcmp(downscript, "no") != 0) {
            pstrcpy(s->down_script, sizeof(s->down_script), downscript);
            pstrcpy(s->down_script_arg, sizeof(s->down_script_arg), ifname);
        }
    }
}

/* Makes the descriptor that @fdname names ready to be a tap's; or -1. */
static int net_tap_take_fd(const char *name, const char *fdname,
                           int *vnet_hdr, Error **errp)
{
    int fd = monitor_fd_param(monitor_cur(), fdname, errp);

    if (fd == -1) {
        return -1;
    }
    if (!g_unix_set_fd_nonblocking(fd, true, NULL)) {
        error_setg_errno(errp, errno, "%s: Can't use file descriptor %d",
                         name, fd);
        close(fd);
        return -1;
    }
    *vnet_hdr = tap_probe_vnet_hdr(fd, errp);
    if (*vnet_hdr < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int net_init_tap_fd(const NetdevTapOptions *tap, const char *name,
                           NetClientState *peer, Error **errp)
{
    Error *err = NULL;
    int fd, vnet_hdr;

    if (tap->has_ifname || tap->has_script || tap->has_downscript ||
        tap->has_vnet_hdr || tap->has_helper || tap->has_queues ||
        tap->has_fds || tap->has_vhostfds) {
        error_setg(errp, "ifname=, script=, downscript=, vnet_hdr=, "
                   "helper=, queues=, fds=, and vhostfds= "
                   "are invalid with fd=");
        return -1;
    }

    fd = net_tap_take_fd(name, tap->fd, &vnet_hdr, errp);
    if (fd == -1) {
        return -1;
    }
    net_init_tap_one(tap, peer, "tap", name, NULL, NULL, NULL, vnet_hdr, fd,
                     &err);
    if (err) {
        error_propagate(errp, err);
        return -1;
    }
    return 0;
}

static int net_init_tap_fds(const NetdevTapOptions *tap, const char *name,
                            NetClientState *peer, Error **errp)
{
    g_auto(GStrv) fds = NULL;
    Error *err = NULL;
    int nfds, first_vnet_hdr = 0;

    if (tap->has_ifname || tap->has_script || tap->has_downscript ||
        tap->has_vnet_hdr || tap->has_helper || tap->has_queues ||
        tap->has_vhostfd) {
        error_setg(errp, "ifname=, script=, downscript=, vnet_hdr=, "
                   "helper=, queues=, and vhostfd= "
                   "are invalid with fds=");
        return -1;
    }

    fds = g_strsplit(tap->fds, ":", MAX_QUEUE_NUM + 1);
    nfds = g_strv_length(fds);
    if (nfds == 0) {
        error_setg(errp, "fds= has no file descriptor");
        return -1;
    }
    if (nfds > MAX_QUEUE_NUM) {
        error_setg(errp, "at most %d queues are possible", MAX_QUEUE_NUM);
        return -1;
    }

    for (int i = 0; i < nfds; i++) {
        int vnet_hdr;
        int fd = net_tap_take_fd(name, fds[i], &vnet_hdr, errp);

        if (fd == -1) {
            goto fail;
        }
        if (i == 0) {
            first_vnet_hdr = vnet_hdr;
        } else if (vnet_hdr != first_vnet_hdr) {
            error_setg(errp,
                       "vnet_hdr not consistent across given tap fds");
            close(fd);
            goto fail;
        }
        net_init_tap_one(tap, peer, "tap", name, NULL, NULL, NULL, vnet_hdr,
                         fd, &err);
        if (err) {
            error_propagate(errp, err);
            goto fail;
        }
    }
    return 0;

fail:
    if (qemu_find_netdev(name)) {
        qemu_del_net_client(qemu_find_netdev(name));
    }
    return -1;
}

static int net_init_tap_ifname(const NetdevTapOptions *tap, const char *name,
                               NetClientState *peer, int queues, Error **errp)
{
    const char *script = tap->has_script ? tap->script
                                         : DEFAULT_NETWORK_SCRIPT;
    const char *downscript = tap->has_downscript ? tap->downscript
                                                 : DEFAULT_NETWORK_DOWN_SCRIPT;
    Error *err = NULL;
    char ifname[128];

    if (tap->has_vhostfds) {
        error_setg(errp, "vhostfds= is invalid if fds= wasn't specified");
        return -1;
    }

    pstrcpy(ifname, sizeof(ifname), tap->has_ifname ? tap->ifname : "");

    for (int i = 0; i < queues; i++) {
        int vnet_hdr = 0;
        /* The script prepares the interface, of which there is one. */
        int fd = net_tap_init(tap, &vnet_hdr, i >= 1 ? "no" : script,
                              ifname, sizeof(ifname), queues > 1, errp);

        if (fd == -1) {
            goto fail;
        }
        if (queues > 1 && i == 0 && !tap->has_ifname &&
            tap_fd_get_ifname(fd, ifname)) {
            error_setg(errp, "Fail to get ifname");
            close(fd);
            goto fail;
        }
        net_init_tap_one(tap, peer, "tap", name, ifname,
                         i >= 1 ? "no" : script, i >= 1 ? "no" : downscript,
                         vnet_hdr, fd, &err);
        if (err) {
            error_propagate(errp, err);
            goto fail;
        }
    }
    return 0;

fail:
    if (qemu_find_netdev(name)) {
        qemu_del_net_client(qemu_find_netdev(name));
    }
    return -1;
}

int net_init_tap(const Netdev *netdev, const char *name,
                 NetClientState *peer, Error **errp)
{
    const NetdevTapOptions *tap;
    int queues;

    assert(netdev->type == NET_CLIENT_DRIVER_TAP);
    tap = &netdev->u.tap;
    queues = tap->has_queues ? tap->queues : 1;

    /* A hub has one wire; more would need to agree on an order. */
    if (peer && (tap->has_queues || tap->has_fds || tap->has_vhostfds)) {
        error_setg(errp, "Multiqueue tap cannot be used with hubs");
        return -1;
    }
    if ((tap->has_vhost && tap->vhost) || tap->has_vhostforce) {
        error_setg(errp,
                   "vhost-net requested but could not be initialized");
        return -1;
    }
    if (tap->has_vhostfd || tap->has_vhostfds) {
        error_setg(errp, "vhostfd(s)= is not valid without vhost");
        return -1;
    }
    if (queues < 1 || queues > MAX_QUEUE_NUM) {
        error_setg(errp, "queues must be between 1 and %d", MAX_QUEUE_NUM);
        return -1;
    }

    if (tap->has_fd) {
        return net_init_tap_fd(tap, name, peer, errp);
    }
    if (tap->has_fds) {
        return net_init_tap_fds(tap, name, peer, errp);
    }
    if (tap->has_helper) {
        error_setg(errp, "bridge helpers are not supported: make the tap "
                   "first, then name it with ifname= or fd=");
        return -1;
    }
    return net_init_tap_ifname(tap, name, peer, queues, errp);
}
