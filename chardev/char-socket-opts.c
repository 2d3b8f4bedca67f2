/*
 * Options and names of a chardev-socket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-socket-int.h"
#include "qapi/error.h"
#include "qemu/option.h"
#include "qemu/sockets.h"

/* What people see */

char *qemu_chr_socket_address(SocketChardev *s, const char *prefix)
{
    const char *server = s->is_listen ? ",server=on" : "";

    switch (s->addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return g_strdup_printf("%s%s:%s:%s%s", prefix,
                               s->is_telnet && !s->is_tn3270 ? "telnet" : "tcp",
                               s->addr->u.inet.host, s->addr->u.inet.port,
                               server);
    case SOCKET_ADDRESS_TYPE_UNIX:
    {
        const UnixSocketAddress *sa = &s->addr->u.q_unix;
        bool abstract = sa->has_abstract && sa->abstract;
        bool tight = abstract && sa->has_tight && sa->tight;

        return g_strdup_printf("%sunix:%s%s%s%s", prefix, sa->path,
                               abstract ? ",abstract=on" : "",
                               tight ? ",tight=on" : "", server);
    }
    case SOCKET_ADDRESS_TYPE_FD:
        return g_strdup_printf("%sfd:%s%s", prefix, s->addr->u.fd.str, server);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return g_strdup_printf("%svsock:%s:%s", prefix,
                               s->addr->u.vsock.cid, s->addr->u.vsock.port);
    default:
        abort();
    }
}

/*
 * Our end as the kernel knows it, and for TCP who is connected with whom.  An
 * abstract unix name, and that of a client, are empty here.
 */
char *qemu_chr_compute_filename(SocketChardev *s)
{
    struct sockaddr_storage local = { }, peer;
    socklen_t local_len = sizeof(local), peer_len = sizeof(peer);
    char shost[NI_MAXHOST], sserv[NI_MAXSERV];
    char phost[NI_MAXHOST], pserv[NI_MAXSERV];
    const char *left = "", *right = "";

    if (getsockname(s->fd, (struct sockaddr *)&local, &local_len) ||
        getpeername(s->fd, (struct sockaddr *)&peer, &peer_len)) {
        return qemu_chr_socket_address(s, "");
    }
    if (local.ss_family == AF_UNIX) {
        /* The zero at the end may be missing in a path of full length. */
        return g_strdup_printf("unix:%.*s%s",
                               (int)sizeof(((struct sockaddr_un *)0)->sun_path),
                               ((struct sockaddr_un *)&local)->sun_path,
                               s->is_listen ? ",server=on" : "");
    }
    if (local.ss_family != AF_INET && local.ss_family != AF_INET6) {
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
    return g_strdup_printf("%s:%s%s%s:%s%s <-> %s%s%s:%s",
                           s->is_telnet && !s->is_tn3270 ? "telnet" : "tcp",
                           left, shost, right, sserv,
                           s->is_listen ? ",server=on" : "",
                           left, phost, right, pserv);
}

/* Options */

bool qmp_chardev_validate_socket(ChardevSocket *sock, SocketAddress *addr,
                                 Error **errp)
{
    bool server = sock->has_server ? sock->server : true;

    if (sock->has_tls_creds) {
        /* There are no such objects. */
        error_setg(errp, "No TLS credentials with id '%s'", sock->tls_creds);
        return false;
    }
    if (sock->has_tls_authz) {
        error_setg(errp, "'tls_authz' option requires 'tls_creds' option");
        return false;
    }
    if (sock->has_reconnect) {
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
    if (sock->has_websocket && sock->websocket) {
        error_setg(errp, server
                   ? "websockets are not available for a character device"
                   : "Websocket client is not implemented");
        return false;
    }
    return true;
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

void qemu_chr_parse_socket(QemuOpts *opts, ChardevBackend *backend,
                           Error **errp)
{
    SocketAddressLegacy *addr = chr_parse_socket_address(opts, errp);
    const char *tls_creds = qemu_opt_get(opts, "tls-creds");
    const char *tls_authz = qemu_opt_get(opts, "tls-authz");
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
    sock->has_tls_authz = tls_authz != NULL;
    sock->tls_authz = g_strdup(tls_authz);
}
