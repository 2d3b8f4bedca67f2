/*
 * Opening sockets: connect, listen and datagram, for each SocketAddress type.
 *
 * Read include/qemu/sockets.h first; socket-address.c reads and writes the
 * addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/sockets.h"

/* inet */

int inet_ai_family_from_address(InetSocketAddress *addr, Error **errp)
{
    bool v4 = addr->has_ipv4 && addr->ipv4;
    bool v6 = addr->has_ipv6 && addr->ipv6;

    if (addr->has_ipv4 && !v4 && addr->has_ipv6 && !v6) {
        error_setg(errp, "Cannot disable IPv4 and IPv6 at same time");
        return PF_UNSPEC;
    }
    if (v4 && v6) {
        /* A v6 socket takes both, bind permitting. */
        return PF_INET6;
    }
    if (v6 || (addr->has_ipv4 && !v4)) {
        return PF_INET6;
    }
    if (v4 || (addr->has_ipv6 && !v6)) {
        return PF_INET;
    }
    return PF_UNSPEC;
}

/*
 * The addresses that @host and @port may mean, as @hints says; the caller
 * frees them.  @host NULL is any of this machine, @port NULL is 0.
 */
static struct addrinfo *inet_resolve(const char *host, const char *port,
                                     const struct addrinfo *hints,
                                     Error **errp)
{
    struct addrinfo *res;
    int rc = getaddrinfo(host, port, hints, &res);

    if (rc != 0) {
        error_setg(errp, "address resolution failed for %s:%s: %s",
                   host ?: "", port ?: "", gai_strerror(rc));
        return NULL;
    }
    return res;
}

/* What is not given or empty, as getaddrinfo() has it. */
static const char *inet_given(const char *s)
{
    return s && *s ? s : NULL;
}

/* A peer to connect to.  An IPv4 address will do where IPv6 is asked for. */
static struct addrinfo *inet_resolve_peer(const char *host,
                                          InetSocketAddress *saddr,
                                          int socktype, Error **errp)
{
    ERRP_GUARD();
    struct addrinfo hints = {
        .ai_flags = AI_CANONNAME | AI_V4MAPPED | AI_ADDRCONFIG,
        .ai_socktype = socktype,
        .ai_family = inet_ai_family_from_address(saddr, errp),
    };

    return *errp ? NULL : inet_resolve(host, saddr->port, &hints, errp);
}

static int inet_getport(struct addrinfo *e)
{
    if (e->ai_family == PF_INET6) {
        return ntohs(((struct sockaddr_in6 *)e->ai_addr)->sin6_port);
    }
    return ntohs(((struct sockaddr_in *)e->ai_addr)->sin_port);
}

static void inet_setport(struct addrinfo *e, int port)
{
    if (e->ai_family == PF_INET6) {
        ((struct sockaddr_in6 *)e->ai_addr)->sin6_port = htons(port);
    } else {
        ((struct sockaddr_in *)e->ai_addr)->sin_port = htons(port);
    }
}

static int inet_connect_addr(InetSocketAddress *saddr, struct addrinfo *addr,
                             Error **errp)
{
    int sock, rc;

    sock = qemu_socket(addr->ai_family, addr->ai_socktype, addr->ai_protocol);
    if (sock < 0) {
        error_setg_errno(errp, errno, "Failed to create socket family %d",
                         addr->ai_family);
        return -1;
    }
    socket_set_fast_reuse(sock);
    do {
        rc = connect(sock, addr->ai_addr, addr->ai_addrlen);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s:%s'",
                         saddr->host, saddr->port);
        close(sock);
        return -1;
    }
    return sock;
}

int inet_connect_saddr(InetSocketAddress *saddr, Error **errp)
{
    struct addrinfo *res, *e;
    Error *local_err = NULL;
    int sock = -1;

    res = inet_resolve_peer(saddr->host, saddr, SOCK_STREAM, errp);
    if (!res) {
        return -1;
    }

    /* The first that answers; if none does, the last one's error. */
    for (e = res; e && sock < 0; e = e->ai_next) {
        error_free(local_err);
        local_err = NULL;
        sock = inet_connect_addr(saddr, e, &local_err);
    }
    freeaddrinfo(res);
    if (sock < 0) {
        error_propagate(errp, local_err);
        return -1;
    }
    error_free(local_err);

    if (saddr->keep_alive) {
        int val = 1;

        if (setsockopt(sock, SOL_SOCKET, SO_KEEPALIVE, &val,
                       sizeof(val)) < 0) {
            error_setg_errno(errp, errno, "Unable to set KEEPALIVE");
            close(sock);
            return -1;
        }
    }
    return sock;
}

int inet_connect(const char *str, Error **errp)
{
    g_autoptr(InetSocketAddress) addr = g_new0(InetSocketAddress, 1);

    if (inet_parse(addr, str, errp) < 0) {
        return -1;
    }
    return inet_connect_saddr(addr, errp);
}

/* Try one port: a listening socket, or -errno. */
static int inet_listen_addr(struct addrinfo *e, int num, bool v6only)
{
    int sock, err;
    int v = v6only;

    sock = qemu_socket(e->ai_family, e->ai_socktype, e->ai_protocol);
    if (sock < 0) {
        return -errno;
    }
    socket_set_fast_reuse(sock);
    if (e->ai_family == PF_INET6) {
        setsockopt(sock, IPPROTO_IPV6, IPV6_V6ONLY, &v, sizeof(v));
    }
    if (bind(sock, e->ai_addr, e->ai_addrlen) == 0 && listen(sock, num) == 0) {
        return sock;
    }
    err = errno;
    close(sock);
    return -err;
}

static int inet_listen_saddr(InetSocketAddress *saddr, int num, Error **errp)
{
    ERRP_GUARD();
    bool both = saddr->has_ipv4 && saddr->ipv4 &&
                saddr->has_ipv6 && saddr->ipv6;
    bool v6only = !both && saddr->has_ipv4 && !saddr->ipv4;
    const char *host = inet_given(saddr->host);
    struct addrinfo hints = {
        .ai_flags = AI_PASSIVE,
        .ai_socktype = SOCK_STREAM,
        .ai_family = inet_ai_family_from_address(saddr, errp),
    };
    struct addrinfo *res, *e;
    int sock = -EADDRNOTAVAIL;

    if (*errp) {
        return -1;
    }
    if (both && host) {
        /* Only "any" is a socket for both; a host is one or the other. */
        hints.ai_family = PF_UNSPEC;
    }
    if (saddr->has_numeric && saddr->numeric) {
        hints.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
    }
    res = inet_resolve(host, inet_given(saddr->port), &hints, errp);
    if (!res) {
        return -1;
    }

    for (e = res; e; e = e->ai_next) {
        int port = inet_getport(e);
        int last = saddr->has_to ? saddr->to : port;

        for (; port <= last; port++) {
            inet_setport(e, port);
            sock = inet_listen_addr(e, num, v6only);
            /* Somebody has this port; the next one may be free. */
            if (sock != -EADDRINUSE) {
                break;
            }
        }
        if (sock >= 0) {
            break;
        }
    }
    freeaddrinfo(res);
    if (sock < 0) {
        error_setg_errno(errp, -sock, "Failed to find an available port");
        return -1;
    }
    return sock;
}

static int inet_dgram_saddr(InetSocketAddress *sraddr,
                            InetSocketAddress *sladdr, Error **errp)
{
    struct addrinfo hints = {
        .ai_flags = AI_PASSIVE,
        .ai_socktype = SOCK_DGRAM,
    };
    struct addrinfo *peer, *local = NULL;
    int sock = -1;

    if (!sraddr->port || !*sraddr->port) {
        error_setg(errp, "remote port not specified");
        return -1;
    }
    peer = inet_resolve_peer(inet_given(sraddr->host) ?: "localhost", sraddr,
                             SOCK_DGRAM, errp);
    if (!peer) {
        return -1;
    }

    /* Our end speaks what the other end does. */
    hints.ai_family = peer->ai_family;
    local = inet_resolve(sladdr ? inet_given(sladdr->host) : NULL,
                         (sladdr ? inet_given(sladdr->port) : NULL) ?: "0",
                         &hints, errp);
    if (!local) {
        goto out;
    }

    sock = qemu_socket(peer->ai_family, peer->ai_socktype, peer->ai_protocol);
    if (sock < 0) {
        error_setg_errno(errp, errno, "Failed to create socket family %d",
                         peer->ai_family);
        goto out;
    }
    socket_set_fast_reuse(sock);
    if (bind(sock, local->ai_addr, local->ai_addrlen) < 0) {
        error_setg_errno(errp, errno, "Failed to bind socket");
        goto close_sock;
    }
    if (connect(sock, peer->ai_addr, peer->ai_addrlen) < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s:%s'",
                         sraddr->host, sraddr->port);
        goto close_sock;
    }
    goto out;

close_sock:
    close(sock);
    sock = -1;
out:
    if (local) {
        freeaddrinfo(local);
    }
    freeaddrinfo(peer);
    return sock;
}

/* unix */

/*
 * Fill in @un; gives its length, or 0 and @errp.  An abstract name starts with
 * a zero byte, and is as long as it says (tight) or fills the whole array.
 */
static socklen_t unix_sockaddr(struct sockaddr_un *un, UnixSocketAddress *saddr,
                               Error **errp)
{
    bool abstract = saddr->has_abstract && saddr->abstract;
    bool tight = !saddr->has_tight || saddr->tight;
    size_t len = strlen(saddr->path);
    size_t max = sizeof(un->sun_path) - abstract;

    memset(un, 0, sizeof(*un));
    un->sun_family = AF_UNIX;
    if (len > max) {
        error_setg(errp, "UNIX socket path '%s' is too long", saddr->path);
        error_append_hint(errp, "Path must be less than %zu bytes\n", max);
        return 0;
    }
    memcpy(un->sun_path + abstract, saddr->path, len);
    if (abstract && tight) {
        return offsetof(struct sockaddr_un, sun_path) + 1 + len;
    }
    return sizeof(*un);
}

static int unix_listen_saddr(UnixSocketAddress *saddr, int num, Error **errp)
{
    ERRP_GUARD();
    g_autofree char *pathbuf = NULL;
    UnixSocketAddress addr = *saddr;
    struct sockaddr_un un;
    socklen_t addrlen;
    int sock;

    /* Without a path we make one up, which others can ask for. */
    if (!addr.path[0] && !addr.abstract) {
        int fd;

        addr.path = pathbuf = g_build_filename(g_get_tmp_dir(),
                                               "qemu-socket-XXXXXX", NULL);
        fd = mkstemp(pathbuf);
        if (fd < 0) {
            error_setg_errno(errp, errno,
                             "Failed to make a temporary socket %s", pathbuf);
            return -1;
        }
        close(fd);
    }
    addrlen = unix_sockaddr(&un, &addr, errp);
    if (!addrlen) {
        return -1;
    }

    sock = qemu_socket(PF_UNIX, SOCK_STREAM, 0);
    if (sock < 0) {
        error_setg_errno(errp, errno, "Failed to create Unix socket");
        return -1;
    }
    /* The socket of a server that has died is in the way. */
    if (!addr.abstract && unlink(addr.path) < 0 && errno != ENOENT) {
        error_setg_errno(errp, errno, "Failed to unlink socket %s", addr.path);
        goto close_sock;
    }
    if (bind(sock, (struct sockaddr *)&un, addrlen) < 0) {
        error_setg_errno(errp, errno, "Failed to bind socket to %s", addr.path);
        goto close_sock;
    }
    if (listen(sock, num) < 0) {
        error_setg_errno(errp, errno, "Failed to listen on socket");
        goto close_sock;
    }
    return sock;

close_sock:
    close(sock);
    return -1;
}

static int unix_connect_saddr(UnixSocketAddress *saddr, Error **errp)
{
    ERRP_GUARD();
    struct sockaddr_un un;
    socklen_t addrlen;
    int sock, rc;

    addrlen = unix_sockaddr(&un, saddr, errp);
    if (!addrlen) {
        return -1;
    }
    sock = qemu_socket(PF_UNIX, SOCK_STREAM, 0);
    if (sock < 0) {
        error_setg_errno(errp, errno, "Failed to create socket");
        return -1;
    }
    do {
        rc = connect(sock, (struct sockaddr *)&un, addrlen);
    } while (rc < 0 && errno == EINTR);
    if (rc < 0) {
        error_setg_errno(errp, errno, "Failed to connect to '%s'", saddr->path);
        close(sock);
        return -1;
    }
    return sock;
}

int unix_listen(const char *path, Error **errp)
{
    UnixSocketAddress saddr = { .path = (char *)path };

    return unix_listen_saddr(&saddr, 1, errp);
}

int unix_connect(const char *path, Error **errp)
{
    UnixSocketAddress saddr = { .path = (char *)path };

    return unix_connect_saddr(&saddr, errp);
}

/*
 * fd: under a monitor, one that it was sent and that has this name; otherwise
 * the number of one that we were started with.
 */
static int socket_get_fd(const char *fdstr, Error **errp)
{
    Monitor *mon = monitor_cur();
    int fd;

    if (mon) {
        fd = monitor_get_fd(mon, fdstr, errp);
        if (fd < 0) {
            return -1;
        }
    } else if (qemu_strtoi(fdstr, NULL, 10, &fd) < 0) {
        error_setg(errp, "Unable to parse FD number %s", fdstr);
        return -1;
    }
    if (!fd_is_socket(fd)) {
        error_setg(errp, "File descriptor '%s' is not a socket", fdstr);
        if (mon) {
            /* It is the monitor's no more, and nobody else's. */
            close(fd);
        }
        return -1;
    }
    return fd;
}

/* Whatever kind it is */

int socket_connect(SocketAddress *addr, Error **errp)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return inet_connect_saddr(&addr->u.inet, errp);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return unix_connect_saddr(&addr->u.q_unix, errp);
    case SOCKET_ADDRESS_TYPE_FD:
        return socket_get_fd(addr->u.fd.str, errp);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        error_setg(errp, "socket family AF_VSOCK unsupported");
        return -1;
    default:
        abort();
    }
}

int socket_listen(SocketAddress *addr, int num, Error **errp)
{
    int fd;

    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return inet_listen_saddr(&addr->u.inet, num, errp);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return unix_listen_saddr(&addr->u.q_unix, num, errp);
    case SOCKET_ADDRESS_TYPE_FD:
        fd = socket_get_fd(addr->u.fd.str, errp);
        if (fd < 0) {
            return -1;
        }
        if (listen(fd, num) != 0) {
            error_setg_errno(errp, errno, "Failed to listen on fd socket");
            close(fd);
            return -1;
        }
        return fd;
    case SOCKET_ADDRESS_TYPE_VSOCK:
        error_setg(errp, "socket family AF_VSOCK unsupported");
        return -1;
    default:
        abort();
    }
}

void socket_listen_cleanup(int fd, Error **errp)
{
    g_autoptr(SocketAddress) addr = socket_local_address(fd, errp);

    if (addr && addr->type == SOCKET_ADDRESS_TYPE_UNIX &&
        addr->u.q_unix.path[0] && !addr->u.q_unix.abstract &&
        unlink(addr->u.q_unix.path) < 0 && errno != ENOENT) {
        error_setg_errno(errp, errno, "Failed to unlink socket %s",
                         addr->u.q_unix.path);
    }
}

int socket_dgram(SocketAddress *remote, SocketAddress *local, Error **errp)
{
    if (remote->type != SOCKET_ADDRESS_TYPE_INET) {
        error_setg(errp, "socket type unsupported for datagram");
        return -1;
    }
    return inet_dgram_saddr(&remote->u.inet, local ? &local->u.inet : NULL,
                            errp);
}

int socket_init(void)
{
    return 0;
}
