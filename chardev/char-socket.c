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
 * With reconnect=, a thread makes each attempt, since a host that does not
 * answer would stop the main loop for minutes.
 *
 * QEMU's own has also TLS and websockets; this one says that it has not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-io.h"
#include "chardev/char-socket-int.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/sockets.h"
#include "qemu/yank.h"
#include "trace.h"

static void tcp_chr_disconnect(Chardev *chr);
static void tcp_chr_disconnect_later(Chardev *chr);
static void tcp_chr_listen(Chardev *chr);
static void tcp_chr_start_reconnect(Chardev *chr);

/* @source: runs tcp_chr_connect_done(); @chr: NULL once nobody wants it */
struct TCPConnect {
    QemuThread thread;
    GMainContext *context;
    GSource *source;
    Chardev *chr;
    SocketAddress *addr;
    int fd;
    Error *err;
};

static void tcp_chr_drop_source(GSource **source)
{
    if (*source) {
        g_source_destroy(*source);
        g_source_unref(*source);
        *source = NULL;
    }
}

static void update_disconnected_filename(SocketChardev *s)
{
    Chardev *chr = CHARDEV(s);

    g_free(chr->filename);
    chr->filename = qemu_chr_socket_address(s, "disconnected:");
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
    /* Of telnet, two bytes may become three. */
    size = tcp_chr_recv(chr, buf, MIN(sizeof(buf), s->is_tn3270
                                      ? MAX(s->max_size - 1, 1)
                                      : s->max_size));
    if (size == 0 || (size == -1 && errno != EAGAIN)) {
        tcp_chr_disconnect(chr);
    } else if (size > 0 && s->is_telnet) {
        uint8_t data[CHR_READ_BUF_LEN + 1];

        size = tcp_chr_process_IAC_bytes(s, buf, size, data);
        if (size > 0) {
            qemu_chr_be_write(chr, data, size);
        }
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
    if (s->is_telnet && !tcp_chr_telnet_init(s)) {
        /* It is found to be closed as soon as it is read. */
        shutdown(fd, SHUT_RDWR);
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

    if (s->state == TCP_CHARDEV_STATE_CONNECTING) {
        return false;
    }
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

/* Take what the thread came back with, and free @conn. */
static void tcp_chr_connect_end(TCPConnect *conn)
{
    Chardev *chr = conn->chr;

    qemu_thread_join(&conn->thread);
    tcp_chr_drop_source(&conn->source);
    if (chr) {
        SocketChardev *s = SOCKET_CHARDEV(chr);

        s->connect = NULL;
        if (conn->fd >= 0) {
            tcp_chr_new_client(chr, conn->fd);
            conn->fd = -1;
        } else {
            s->state = TCP_CHARDEV_STATE_DISCONNECTED;
            if (!s->connect_err_reported) {
                error_reportf_err(error_copy(conn->err), "Unable to connect "
                                  "character device %s: ", chr->label);
                s->connect_err_reported = true;
            }
            tcp_chr_start_reconnect(chr);
        }
    }
    if (conn->fd >= 0) {
        close(conn->fd);
    }
    error_free(conn->err);
    qapi_free_SocketAddress(conn->addr);
    if (conn->context) {
        g_main_context_unref(conn->context);
    }
    g_free(conn);
}

static gboolean tcp_chr_connect_done(gpointer opaque)
{
    tcp_chr_connect_end(opaque);
    return G_SOURCE_REMOVE;
}

static void *tcp_chr_connect_worker(void *opaque)
{
    TCPConnect *conn = opaque;

    conn->fd = socket_connect(conn->addr, &conn->err);
    conn->source = g_idle_source_new();
    g_source_set_callback(conn->source, tcp_chr_connect_done, conn, NULL);
    g_source_attach(conn->source, conn->context);
    return NULL;
}

static void tcp_chr_connect_client_async(Chardev *chr)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    TCPConnect *conn = g_new0(TCPConnect, 1);

    s->state = TCP_CHARDEV_STATE_CONNECTING;
    s->connect = conn;
    conn->chr = chr;
    conn->fd = -1;
    conn->addr = QAPI_CLONE(SocketAddress, s->addr);
    conn->context = chr->gcontext ? g_main_context_ref(chr->gcontext) : NULL;
    qemu_thread_create(&conn->thread, "chr-connect", tcp_chr_connect_worker,
                       conn, QEMU_THREAD_JOINABLE);
}

static gboolean socket_reconnect_timeout(gpointer opaque)
{
    Chardev *chr = CHARDEV(opaque);
    SocketChardev *s = SOCKET_CHARDEV(opaque);

    tcp_chr_drop_source(&s->reconnect_timer);
    if (s->state == TCP_CHARDEV_STATE_DISCONNECTED) {
        tcp_chr_connect_client_async(chr);
    }
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
        } else if (s->connect) {
            tcp_chr_connect_end(s->connect);
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

static void qmp_chardev_open_socket(Chardev *chr, ChardevBackend *backend,
                                    bool *be_opened, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(chr);
    ChardevSocket *sock = backend->u.socket.data;
    bool wait = sock->has_wait && sock->wait;
    SocketAddress *bound;

    s->addr = socket_address_flatten(sock->addr);
    s->is_listen = sock->has_server ? sock->server : true;
    s->is_tn3270 = sock->has_tn3270 && sock->tn3270;
    s->is_telnet = (sock->has_telnet && sock->telnet) || s->is_tn3270;
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
        /* The port or the path may have been chosen just now. */
        bound = socket_local_address(s->listen_fd, NULL);
        if (bound) {
            qapi_free_SocketAddress(s->addr);
            s->addr = bound;
            update_disconnected_filename(s);
        }
        if (wait) {
            tcp_chr_wait_connected(chr, errp);
        } else {
            tcp_chr_listen(chr);
        }
        return;
    }
    /* No time at all is as good as none; and it must be one for a timer. */
    s->reconnect_time = sock->has_reconnect
                        ? CLAMP(sock->reconnect, 0, UINT_MAX / 1000) : 0;
    if (s->reconnect_time) {
        /* The first attempt is like the others: who is not there may come. */
        tcp_chr_connect_client_async(chr);
    } else {
        tcp_chr_connect_client_sync(chr, errp);
    }
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

    if (s->connect) {
        /* Nobody waits for the thread; what it brings is closed. */
        s->connect->chr = NULL;
    }
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

/* Where it listens, with the port that the host chose, or connects to. */
static void char_socket_get_addr(Object *obj, Visitor *v, const char *name,
                                 void *opaque, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(obj);

    visit_type_SocketAddress(v, name, &s->addr, errp);
}

static bool char_socket_get_connected(Object *obj, Error **errp)
{
    SocketChardev *s = SOCKET_CHARDEV(obj);

    return s->state == TCP_CHARDEV_STATE_CONNECTED;
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

    object_class_property_add(oc, "addr", "SocketAddress",
                              char_socket_get_addr, NULL, NULL, NULL);
    object_class_property_add_bool(oc, "connected",
                                   char_socket_get_connected, NULL);
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
