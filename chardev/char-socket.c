/*
 * chardev-socket: a stream socket, either end of it.
 *
 *     -chardev socket,id=a,path=/tmp/x,server=on[,wait=off]
 *     -chardev socket,id=a,host=10.0.0.1,port=99[,reconnect=SECONDS]
 *
 * It has one connection at a time, and is in one of three states:
 *
 *     DISCONNECTED --(reconnect timer, a client at the listening socket)--+
 *          ^                                                              |
 *          |  tcp_chr_disconnect()                                        v
 *     CONNECTED  <------------- tcp_chr_new_client() ------------  CONNECTING
 *
 * A server does not accept while it is connected; further clients wait in the
 * kernel's queue.  Read char-io.c first for how input is waited for.
 *
 * QEMU's own has also telnet, TLS and websockets; this one says that it has
 * not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-io.h"
#include "chardev/char.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/sockets.h"
#include "qemu/yank.h"
#include "trace.h"

/* How many descriptors a message may bring. */
#define TCP_MAX_FDS 16

typedef enum {
    TCP_CHARDEV_STATE_DISCONNECTED,
    TCP_CHARDEV_STATE_CONNECTING,
    TCP_CHARDEV_STATE_CONNECTED,
} TCPChardevState;

/*
 * @hup_source: hears that the peer is gone while the front end reads nothing
 * @accept_source: waits for a client, unless there is one
 * @reconnect_time: seconds; 0 if it is not wanted
 * @connect_err_reported: the first failure is told, not each of a long row
 */
struct SocketChardev {
    Chardev parent;

    SocketAddress *addr;
    bool is_listen;
    bool do_nodelay;
    int64_t reconnect_time;

    TCPChardevState state;
    int listen_fd;
    int fd;
    int max_size;
    GSource *hup_source;
    GSource *accept_source;
    GSource *reconnect_timer;
    bool connect_err_reported;
    bool registered_yank;

    int *read_msgfds;
    size_t read_msgfds_num;
    int *write_msgfds;
    size_t write_msgfds_num;
};

typedef struct SocketChardev SocketChardev;
DECLARE_INSTANCE_CHECKER(SocketChardev, SOCKET_CHARDEV, TYPE_CHARDEV_SOCKET)

static void tcp_chr_disconnect(Chardev *chr);
static void tcp_chr_disconnect_later(Chardev *chr);
static void tcp_chr_listen(Chardev *chr);
static void tcp_chr_start_reconnect(Chardev *chr);

static void tcp_chr_drop_source(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

/* What people see */

static char *qemu_chr_socket_address(SocketChardev *s, const char *prefix)
{
    const char *server = s->is_listen ? ",server=on" : "";

    switch (s->addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return g_strdup_printf("%stcp:%s:%s%s", prefix,
                               s->addr->u.inet.host, s->addr->u.inet.port,
                               server);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return g_strdup_printf("%sunix:%s%s", prefix,
                               s->addr->u.q_unix.path, server);
    case SOCKET_ADDRESS_TYPE_FD:
        return g_strdup_printf("%sfd:%s%s", prefix, s->addr->u.fd.str, server);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return g_strdup_printf("%svsock:%s:%s", prefix,
                               s->addr->u.vsock.cid, s->addr->u.vsock.port);
    default:
        abort();
    }
}

static void update_disconnected_filename(SocketChardev *s)
{
    Chardev *chr = CHARDEV(s);

    g_free(chr->filename);
    chr->filename = qemu_chr_socket_address(s, "disconnected:");
}

/* For TCP, who is connected with whom. */
static char *qemu_chr_compute_filename(SocketChardev *s)
{
    struct sockaddr_storage local, peer;
    socklen_t local_len = sizeof(local), peer_len = sizeof(peer);
    char shost[NI_MAXHOST], sserv[NI_MAXSERV];
    char phost[NI_MAXHOST], pserv[NI_MAXSERV];
    const char *left = "", *right = "";

    if (getsockname(s->fd, (struct sockaddr *)&local, &local_len) ||
        getpeername(s->fd, (struct sockaddr *)&peer, &peer_len) ||
        (local.ss_family != AF_INET && local.ss_family != AF_INET6)) {
        return qemu_chr_socket_address(s, "");
    }
    if (local.ss_family == AF_INET6) {
        left = "[";
        right = "]";
    }
    getnameinfo((struct sockaddr *)&local, local_len, shost, sizeof(shost),
                sserv, sizeof(sserv), NI_NUMERICHOST | NI_NUMERICSERV);
    getnameinfo((struct sockaddr *)&peer, peer_len, phost, sizeof(phost),
                pserv, sizeof(pserv), NI_NUMERICHOST | NI_NUMERICSERV);
    return g_strdup_printf("tcp:%s%s%s:%s%s <-> %s%s%s:%s",
                           left, shost, right, sserv,
                           s->is_listen ? ",server=on" : "",
                           left, phost, right, pserv);
}

/* Descriptors that travel with the data */

static void close_msgfds(int **fds, size_t *num)
{
    for (size_t i = 0; i < *num; i++) {
        close((*fds)[i]);
    }
    g_free(*fds);
    *fds = NULL;
    *num = 0;
}

/* The caller takes as many as it asks for; the rest is closed. */
static int tcp_get_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    int to_copy = MIN(num, s->read_msgfds_num);

    assert(num <= TCP_MAX_FDS);
    for (int i = 0; i < s->read_msgfds_num; i++) {
        if (i < to_copy) {
            fds[i] = s->read_msgfds[i];
        } else {
            close(s->read_msgfds[i]);
        }
    }
    g_free(s->read_msgfds);
    s->read_msgfds = NULL;
    s->read_msgfds_num = 0;
    return to_copy;
}

static int tcp_set_msgfds(Chardev *chr, int *fds, int num)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    g_free(s->write_msgfds);
    s->write_msgfds = NULL;
    s->write_msgfds_num = 0;
    if (s->state != TCP_CHARDEV_STATE_CONNECTED ||
        !qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_FD_PASS)) {
        return -1;
    }
    if (num) {
        s->write_msgfds = g_memdup2(fds, num * sizeof(int));
        s->write_msgfds_num = num;
    }
    return 0;
}

static ssize_t tcp_chr_recv(Chardev *chr, void *buf, size_t len)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    union {
        struct cmsghdr align;
        char data[CMSG_SPACE(TCP_MAX_FDS * sizeof(int))];
    } control;
    struct iovec iov = { .iov_base = buf, .iov_len = len };
    struct msghdr msg = {
        .msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.data,
        .msg_controllen = sizeof(control.data),
    };
    struct cmsghdr *cmsg;
    ssize_t ret;

    ret = RETRY_ON_EINTR(recvmsg(s->fd, &msg, MSG_CMSG_CLOEXEC));
    if (ret < 0) {
        return ret;
    }
    for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
        if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS) {
            size_t size = cmsg->cmsg_len - CMSG_LEN(0);

            /* What nobody fetched goes when the next arrive. */
            close_msgfds(&s->read_msgfds, &s->read_msgfds_num);
            s->read_msgfds = g_memdup2(CMSG_DATA(cmsg), size);
            s->read_msgfds_num = size / sizeof(int);
        }
    }
    return ret;
}

/* Data; chr_write_lock is held by the caller of tcp_chr_write() */

static int tcp_chr_write(Chardev *chr, const uint8_t *buf, int len)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    int ret;

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        /* Output without a listener is lost, and that is no error. */
        return len;
    }
    ret = io_channel_send_full(s->fd, buf, len,
                               s->write_msgfds, s->write_msgfds_num);
    /* Once sent, or failed for good, they are not attached again. */
    if (s->write_msgfds_num && !(ret < 0 && errno == EAGAIN)) {
        g_free(s->write_msgfds);
        s->write_msgfds = NULL;
        s->write_msgfds_num = 0;
    }
    if (ret < 0 && errno != EAGAIN && !chr->gsource) {
        /* Nobody reads, so nobody else would notice. */
        int saved_errno = errno;

        tcp_chr_disconnect_later(chr);
        errno = saved_errno;
    }
    return ret;
}

static int tcp_chr_read_poll(void *opaque)
{
    SocketChardev *s = SOCKET_CHARDEV(opaque);

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        return 0;
    }
    s->max_size = qemu_chr_be_can_write(CHARDEV(opaque));
    return s->max_size;
}

static gboolean tcp_chr_read(gint fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);
    uint8_t buf[CHR_READ_BUF_LEN];
    ssize_t size;

    if (s->state != TCP_CHARDEV_STATE_CONNECTED || s->max_size <= 0) {
        return TRUE;
    }
    size = tcp_chr_recv(chr, buf, MIN(sizeof(buf), s->max_size));
    if (size == 0 || (size == -1 && errno != EAGAIN)) {
        tcp_chr_disconnect(chr);
    } else if (size > 0) {
        qemu_chr_be_write(chr, buf, size);
    }
    return TRUE;
}

static int tcp_chr_sync_read(Chardev *chr, const uint8_t *buf, int len)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    ssize_t size;

    if (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        return 0;
    }
    qemu_socket_set_block(s->fd);
    size = tcp_chr_recv(chr, (void *)buf, len);
    if (s->state == TCP_CHARDEV_STATE_CONNECTED) {
        qemu_socket_set_nonblock(s->fd);
    }
    if (size == 0) {
        tcp_chr_disconnect(chr);
    }
    return size;
}

static GSource *tcp_chr_add_watch(Chardev *chr, GIOCondition cond)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    return s->fd < 0 ? NULL : g_unix_fd_source_new(s->fd, cond);
}

/*
 * The peer hung up.  If it left data behind, the reader is to have that first,
 * and will then find the end by itself.
 */
static gboolean tcp_chr_hup(gint fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);
    char byte;

    if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
        tcp_chr_drop_source(&s->hup_source);
        return FALSE;
    }
    tcp_chr_disconnect(chr);
    return FALSE;
}

static void tcp_chr_add_sources(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    remove_fd_in_watch(chr);
    chr->gsource = io_add_watch_poll(chr, s->fd, tcp_chr_read_poll,
                                     tcp_chr_read, chr, chr->gcontext);
    tcp_chr_drop_source(&s->hup_source);
    s->hup_source = g_unix_fd_source_new(s->fd, G_IO_HUP);
    g_source_set_callback(s->hup_source, (GSourceFunc)(void *)tcp_chr_hup,
                          chr, NULL);
    g_source_attach(s->hup_source, chr->gcontext);
}

/* The front end has moved to another GMainContext: all sources follow. */
static void tcp_chr_update_read_handler(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (s->accept_source) {
        tcp_chr_drop_source(&s->accept_source);
        tcp_chr_listen(chr);
    }
    if (s->reconnect_timer) {
        tcp_chr_start_reconnect(chr);
    }
    if (s->state == TCP_CHARDEV_STATE_CONNECTED) {
        tcp_chr_add_sources(chr);
    }
}

/* Connections */

/* QMP's yank, in any thread: who waits for this socket waits no more. */
static void char_socket_yank(void *opaque)
{
    SocketChardev *s = opaque;

    shutdown(s->fd, SHUT_RDWR);
}

/* Takes @fd. */
static void tcp_chr_new_client(Chardev *chr, int fd)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    trace_tcp_chr_new_client(chr, chr->label, fd);
    tcp_chr_drop_source(&s->accept_source);
    tcp_chr_drop_source(&s->reconnect_timer);
    /* Others may be about to write, in another thread. */
    qemu_mutex_lock(&chr->chr_write_lock);
    s->fd = fd;
    s->state = TCP_CHARDEV_STATE_CONNECTED;
    qemu_mutex_unlock(&chr->chr_write_lock);
    yank_register_function(CHARDEV_YANK_INSTANCE(chr->label),
                           char_socket_yank, s);
    s->connect_err_reported = false;
    qemu_socket_set_nonblock(fd);
    if (s->do_nodelay) {
        socket_set_nodelay(fd);
    }
    g_free(chr->filename);
    chr->filename = qemu_chr_compute_filename(s);
    tcp_chr_add_sources(chr);
    qemu_chr_be_event(chr, CHR_EVENT_OPENED);
}

static void tcp_chr_free_connection(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    remove_fd_in_watch(chr);
    tcp_chr_drop_source(&s->hup_source);
    close_msgfds(&s->read_msgfds, &s->read_msgfds_num);
    g_free(s->write_msgfds);
    s->write_msgfds = NULL;
    s->write_msgfds_num = 0;
    if (s->fd >= 0) {
        yank_unregister_function(CHARDEV_YANK_INSTANCE(chr->label),
                                 char_socket_yank, s);
        close(s->fd);
        s->fd = -1;
    }
    s->state = TCP_CHARDEV_STATE_DISCONNECTED;
}

/* Close, and wait for the next.  Returns whether there was a connection. */
static bool tcp_chr_disconnect_locked(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    bool emit_close = s->state == TCP_CHARDEV_STATE_CONNECTED;

    trace_tcp_chr_disconnect(chr, chr->label);
    tcp_chr_free_connection(chr);
    update_disconnected_filename(s);
    if (s->listen_fd >= 0 && !s->accept_source) {
        tcp_chr_listen(chr);
    }
    if (s->reconnect_time && !s->reconnect_timer) {
        tcp_chr_start_reconnect(chr);
    }
    return emit_close;
}

/* The front end may write in its handler, so it is called without the lock. */
static void tcp_chr_disconnect(Chardev *chr)
{
    bool emit_close;

    qemu_mutex_lock(&chr->chr_write_lock);
    emit_close = tcp_chr_disconnect_locked(chr);
    qemu_mutex_unlock(&chr->chr_write_lock);
    if (emit_close) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
    }
}

static gboolean tcp_chr_be_event_closed(gpointer opaque)
{
    qemu_chr_be_event(CHARDEV(opaque), CHR_EVENT_CLOSED);
    return FALSE;
}

/* The same for the writer, who holds the lock; the device lives until then. */
static void tcp_chr_disconnect_later(Chardev *chr)
{
    if (tcp_chr_disconnect_locked(chr)) {
        GSource *idle = g_idle_source_new();

        /* Before the next client is accepted. */
        g_source_set_priority(idle, G_PRIORITY_HIGH);
        g_source_set_callback(idle, tcp_chr_be_event_closed,
                              object_ref(OBJECT(chr)),
                              (GDestroyNotify)object_unref);
        g_source_attach(idle, chr->gcontext);
        g_source_unref(idle);
    }
}

static gboolean tcp_chr_accept(gint fd, GIOCondition cond, void *opaque)
{
    Chardev *chr = CHARDEV(opaque);
    int client = qemu_accept(fd, NULL, NULL);

    if (client >= 0) {
        tcp_chr_new_client(chr, client);
        return FALSE;
    }
    return TRUE;
}

static void tcp_chr_listen(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    s->accept_source = g_unix_fd_source_new(s->listen_fd, G_IO_IN);
    g_source_set_callback(s->accept_source,
                          (GSourceFunc)(void *)tcp_chr_accept, chr, NULL);
    g_source_attach(s->accept_source, chr->gcontext);
}

static bool tcp_chr_connect_client_sync(Chardev *chr, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    int fd;

    s->state = TCP_CHARDEV_STATE_CONNECTING;
    fd = socket_connect(s->addr, errp);
    if (fd < 0) {
        s->state = TCP_CHARDEV_STATE_DISCONNECTED;
        return false;
    }
    tcp_chr_new_client(chr, fd);
    return true;
}

static gboolean socket_reconnect_timeout(gpointer opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);
    Error *err = NULL;

    tcp_chr_drop_source(&s->reconnect_timer);
    if (s->state == TCP_CHARDEV_STATE_CONNECTED ||
        tcp_chr_connect_client_sync(chr, &err)) {
        return FALSE;
    }
    if (s->connect_err_reported) {
        error_free(err);
    } else {
        error_reportf_err(err, "Unable to connect character device %s: ",
                          chr->label);
        s->connect_err_reported = true;
    }
    tcp_chr_start_reconnect(chr);
    return FALSE;
}

static void tcp_chr_start_reconnect(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    tcp_chr_drop_source(&s->reconnect_timer);
    s->reconnect_timer = qemu_chr_timeout_add_ms(chr, s->reconnect_time * 1000,
                                                 socket_reconnect_timeout,
                                                 chr);
}

/* Sleep until somebody is there. */
static int tcp_chr_wait_connected(Chardev *chr, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    while (s->state != TCP_CHARDEV_STATE_CONNECTED) {
        Error *err = NULL;

        if (s->is_listen) {
            int fd;

            info_report("QEMU waiting for connection on: %s", chr->filename);
            qemu_socket_set_block(s->listen_fd);
            fd = RETRY_ON_EINTR(qemu_accept(s->listen_fd, NULL, NULL));
            qemu_socket_set_nonblock(s->listen_fd);
            if (fd < 0) {
                error_setg_errno(errp, errno, "Failed to accept a connection");
                return -1;
            }
            tcp_chr_new_client(chr, fd);
        } else if (!tcp_chr_connect_client_sync(chr, &err)) {
            if (!s->reconnect_time) {
                error_propagate(errp, err);
                return -1;
            }
            error_free(err);
            g_usleep(s->reconnect_time * G_USEC_PER_SEC);
        }
    }
    return 0;
}

/* A connection from elsewhere (add_client) is taken if there is none. */
static int tcp_chr_add_client(Chardev *chr, int fd)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);

    if (s->state != TCP_CHARDEV_STATE_DISCONNECTED) {
        return -1;
    }
    tcp_chr_new_client(chr, fd);
    return 0;
}

/* Life */

static bool qmp_chardev_validate_socket(ChardevSocket *sock,
                                        SocketAddress *addr, Error **errp)
{
    bool server = sock->has_server ? sock->server : true;

    if (sock->has_reconnect && sock->reconnect > 0) {
        if (addr->type == SOCKET_ADDRESS_TYPE_FD) {
            error_setg(errp,
                       "'reconnect' option is incompatible with 'fd' address "
                       "type");
            return false;
        }
        if (server) {
            error_setg(errp,
                       "'reconnect' option is incompatible with socket in "
                       "server listen mode");
            return false;
        }
    }
    if (!server && sock->has_wait) {
        error_setg(errp,
                   "'wait' option is incompatible with socket in client "
                   "connect mode");
        return false;
    }
    if ((sock->has_telnet && sock->telnet) ||
        (sock->has_tn3270 && sock->tn3270) ||
        (sock->has_websocket && sock->websocket) || sock->has_tls_creds) {
        error_setg(errp, "telnet, tn3270, websocket and tls-creds are not "
                   "available for a character device");
        return false;
    }
    return true;
}

static void qmp_chardev_open_socket(Chardev *chr, ChardevBackend *backend,
                                    bool *be_opened, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    ChardevSocket *sock = backend->u.socket.data;
    bool wait = sock->has_wait && sock->wait;

    s->addr = socket_address_flatten(sock->addr);
    s->is_listen = sock->has_server ? sock->server : true;
    s->do_nodelay = sock->has_nodelay && sock->nodelay;
    *be_opened = false;
    if (!qmp_chardev_validate_socket(sock, s->addr, errp)) {
        return;
    }
    if (!yank_register_instance(CHARDEV_YANK_INSTANCE(chr->label), errp)) {
        return;
    }
    s->registered_yank = true;
    qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_RECONNECTABLE);
    if (s->addr->type == SOCKET_ADDRESS_TYPE_UNIX) {
        qemu_chr_set_feature(chr, QEMU_CHAR_FEATURE_FD_PASS);
    }
    update_disconnected_filename(s);

    if (s->is_listen) {
        s->listen_fd = socket_listen(s->addr, 1, errp);
        if (s->listen_fd < 0) {
            return;
        }
        qemu_socket_set_nonblock(s->listen_fd);
        if (wait) {
            tcp_chr_wait_connected(chr, errp);
        } else {
            tcp_chr_listen(chr);
        }
        return;
    }
    s->reconnect_time = sock->has_reconnect ? sock->reconnect : 0;
    if (s->reconnect_time) {
        /* The first attempt is like the others: who is not there may come. */
        socket_reconnect_timeout(chr);
    } else {
        tcp_chr_connect_client_sync(chr, errp);
    }
}

static SocketAddressLegacy *chr_parse_socket_address(QemuOpts *opts,
                                                     Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    const char *host = qemu_opt_get(opts, "host");
    const char *port = qemu_opt_get(opts, "port");
    const char *fd = qemu_opt_get(opts, "fd");
    SocketAddressLegacy *addr;

    if (!!path + !!fd + !!host > 1) {
        error_setg(errp, "None or one of 'path', 'fd' or 'host' option"
                   " required.");
        return NULL;
    }
    if (host && !port) {
        error_setg(errp, "chardev: socket: no port given");
        return NULL;
    }
    addr = g_new0(SocketAddressLegacy, 1);
    if (path) {
        UnixSocketAddress *q_unix = g_new0(UnixSocketAddress, 1);

        addr->type = SOCKET_ADDRESS_TYPE_UNIX;
        addr->u.q_unix.data = q_unix;
        q_unix->path = g_strdup(path);
        q_unix->has_tight = true;
        q_unix->tight = qemu_opt_get_bool(opts, "tight", true);
        q_unix->has_abstract = true;
        q_unix->abstract = qemu_opt_get_bool(opts, "abstract", false);
    } else if (host) {
        InetSocketAddress *inet = g_new(InetSocketAddress, 1);

        addr->type = SOCKET_ADDRESS_TYPE_INET;
        addr->u.inet.data = inet;
        *inet = (InetSocketAddress) {
            .host = g_strdup(host),
            .port = g_strdup(port),
            .has_to = qemu_opt_get(opts, "to"),
            .to = qemu_opt_get_number(opts, "to", 0),
            .has_ipv4 = qemu_opt_get(opts, "ipv4"),
            .ipv4 = qemu_opt_get_bool(opts, "ipv4", false),
            .has_ipv6 = qemu_opt_get(opts, "ipv6"),
            .ipv6 = qemu_opt_get_bool(opts, "ipv6", false),
        };
    } else {
        addr->type = SOCKET_ADDRESS_TYPE_FD;
        addr->u.fd.data = g_new(String, 1);
        addr->u.fd.data->str = g_strdup(fd ?: "");
    }
    return addr;
}

static void qemu_chr_parse_socket(QemuOpts *opts, ChardevBackend *backend,
                                  Error **errp)
{
    SocketAddressLegacy *addr = chr_parse_socket_address(opts, errp);
    const char *tls_creds = qemu_opt_get(opts, "tls-creds");
    ChardevSocket *sock;

    backend->type = CHARDEV_BACKEND_KIND_SOCKET;
    if (!addr) {
        return;
    }
    sock = backend->u.socket.data = g_new0(ChardevSocket, 1);
    qemu_chr_parse_common(opts, qapi_ChardevSocket_base(sock));
    sock->addr = addr;

    /* "nodelay" was "delay" with the opposite meaning once. */
    sock->has_nodelay = qemu_opt_get(opts, "delay") != NULL ||
                        qemu_opt_get(opts, "nodelay") != NULL;
    sock->nodelay = !qemu_opt_get_bool(opts, "delay", true) ||
                    qemu_opt_get_bool(opts, "nodelay", false);
    sock->has_server = true;
    sock->server = qemu_opt_get_bool(opts, "server", false);
    /* On the command line a server waits unless told not to; in QMP not. */
    sock->has_wait = qemu_opt_find(opts, "wait") || sock->server;
    sock->wait = qemu_opt_get_bool(opts, "wait", true);
    sock->has_reconnect = qemu_opt_find(opts, "reconnect");
    sock->reconnect = qemu_opt_get_number(opts, "reconnect", 0);

    sock->has_telnet = qemu_opt_get(opts, "telnet");
    sock->telnet = qemu_opt_get_bool(opts, "telnet", false);
    sock->has_tn3270 = qemu_opt_get(opts, "tn3270");
    sock->tn3270 = qemu_opt_get_bool(opts, "tn3270", false);
    sock->has_websocket = qemu_opt_get(opts, "websocket");
    sock->websocket = qemu_opt_get_bool(opts, "websocket", false);
    sock->has_tls_creds = tls_creds != NULL;
    sock->tls_creds = g_strdup(tls_creds);
}

static void char_socket_init(Object *obj)
{
    SocketChardev *s = SOCKET_CHARDEV(obj);

    s->fd = -1;
    s->listen_fd = -1;
}

static void char_socket_finalize(Object *obj)
{
    Chardev *chr = CHARDEV(obj);
    SocketChardev *s = SOCKET_CHARDEV(obj);
    bool was_connected = s->state == TCP_CHARDEV_STATE_CONNECTED;

    tcp_chr_free_connection(chr);
    tcp_chr_drop_source(&s->accept_source);
    tcp_chr_drop_source(&s->reconnect_timer);
    if (s->listen_fd >= 0) {
        socket_listen_cleanup(s->listen_fd, NULL);
        close(s->listen_fd);
    }
    qapi_free_SocketAddress(s->addr);
    if (s->registered_yank) {
        yank_unregister_instance(CHARDEV_YANK_INSTANCE(chr->label));
    }
    if (was_connected) {
        qemu_chr_be_event(chr, CHR_EVENT_CLOSED);
    }
}

static void char_socket_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->supports_yank = true;
    cc->parse = qemu_chr_parse_socket;
    cc->open = qmp_chardev_open_socket;
    cc->chr_wait_connected = tcp_chr_wait_connected;
    cc->chr_write = tcp_chr_write;
    cc->chr_sync_read = tcp_chr_sync_read;
    cc->chr_disconnect = tcp_chr_disconnect;
    cc->get_msgfds = tcp_get_msgfds;
    cc->set_msgfds = tcp_set_msgfds;
    cc->chr_add_client = tcp_chr_add_client;
    cc->chr_add_watch = tcp_chr_add_watch;
    cc->chr_update_read_handler = tcp_chr_update_read_handler;
}

static const TypeInfo char_socket_type_info = {
    .name = TYPE_CHARDEV_SOCKET,
    .parent = TYPE_CHARDEV,
    .instance_size = sizeof(SocketChardev),
    .instance_init = char_socket_init,
    .instance_finalize = char_socket_finalize,
    .class_init = char_socket_class_init,
};

static void char_socket_register_types(void)
{
    type_register_static(&char_socket_type_info);
}

type_init(char_socket_register_types)
