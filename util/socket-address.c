/*
 * Socket addresses: from text, from the kernel, and back to text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/clone-visitor.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-sockets.h"
#include "qemu/cutils.h"
#include "qemu/sockets.h"

/* Reading */

/* "=on", "=off" or nothing, which is on; then a comma or the end. */
static int inet_parse_flag(const char *flagname, const char *optstr, bool *val,
                           Error **errp)
{
    size_t len = strcspn(optstr, ",");

    if (len == 0 || (len == 3 && strncmp(optstr, "=on", len) == 0)) {
        *val = true;
    } else if (len == 4 && strncmp(optstr, "=off", len) == 0) {
        *val = false;
    } else {
        error_setg(errp, "error parsing '%s' flag '%s'", flagname, optstr);
        return -1;
    }
    return 0;
}

/* Find ",NAME" in @opts and parse what follows; 1 if it is there. */
static int inet_find_flag(const char *opts, const char *name, bool *val,
                          Error **errp)
{
    g_autofree char *key = g_strdup_printf(",%s", name);
    const char *at = strstr(opts, key);

    if (!at) {
        return 0;
    }
    return inet_parse_flag(name, at + strlen(key), val, errp) < 0 ? -1 : 1;
}

int inet_parse(InetSocketAddress *addr, const char *str, Error **errp)
{
    const char *colon, *host = str, *end, *to;
    size_t host_len;
    int ret;

    memset(addr, 0, sizeof(*addr));

    if (str[0] == '[') {
        /* [2001:db8::1]:80 */
        host = str + 1;
        end = strchr(str, ']');
        if (!end || end[1] != ':') {
            error_setg(errp, "error parsing IPv6 address '%s'", str);
            return -1;
        }
        host_len = end - host;
        colon = end + 1;
    } else {
        colon = strchr(str, ':');
        if (!colon) {
            error_setg(errp, "error parsing address '%s'", str);
            return -1;
        }
        host_len = colon - host;
    }
    end = colon + 1 + strcspn(colon + 1, ",");
    if (end == colon + 1) {
        error_setg(errp, "error parsing port in address '%s'", str);
        return -1;
    }
    addr->host = g_strndup(host, host_len);
    addr->port = g_strndup(colon + 1, end - (colon + 1));

    to = strstr(end, ",to=");
    if (to) {
        const char *rest;
        unsigned long value;

        if (qemu_strtoul(to + 4, &rest, 10, &value) < 0 ||
            (*rest && *rest != ',') || value > UINT16_MAX) {
            error_setg(errp, "error parsing to= argument");
            return -1;
        }
        addr->has_to = true;
        addr->to = value;
    }
    if ((ret = inet_find_flag(end, "ipv4", &addr->ipv4, errp)) < 0) {
        return -1;
    }
    addr->has_ipv4 = ret;
    if ((ret = inet_find_flag(end, "ipv6", &addr->ipv6, errp)) < 0) {
        return -1;
    }
    addr->has_ipv6 = ret;
    if ((ret = inet_find_flag(end, "keep-alive", &addr->keep_alive,
                              errp)) < 0) {
        return -1;
    }
    addr->has_keep_alive = ret;
    return 0;
}

static int vsock_parse(VsockSocketAddress *addr, const char *str, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(str, ":", 3);

    if (g_strv_length(parts) != 2 || !*parts[0] || !*parts[1] ||
        strchr(parts[1], ',')) {
        error_setg(errp, "error parsing address '%s'", str);
        return -1;
    }
    addr->cid = g_strdup(parts[0]);
    addr->port = g_strdup(parts[1]);
    return 0;
}

SocketAddress *socket_parse(const char *str, Error **errp)
{
    g_autoptr(SocketAddress) addr = g_new0(SocketAddress, 1);
    const char *rest;

    if (strstart(str, "unix:", &rest)) {
        if (!*rest) {
            error_setg(errp, "invalid Unix socket address");
            return NULL;
        }
        addr->type = SOCKET_ADDRESS_TYPE_UNIX;
        addr->u.q_unix.path = g_strdup(rest);
    } else if (strstart(str, "fd:", &rest)) {
        if (!*rest) {
            error_setg(errp, "invalid file descriptor address");
            return NULL;
        }
        addr->type = SOCKET_ADDRESS_TYPE_FD;
        addr->u.fd.str = g_strdup(rest);
    } else if (strstart(str, "vsock:", &rest)) {
        addr->type = SOCKET_ADDRESS_TYPE_VSOCK;
        if (vsock_parse(&addr->u.vsock, rest, errp) < 0) {
            return NULL;
        }
    } else {
        strstart(str, "tcp:", &str);
        addr->type = SOCKET_ADDRESS_TYPE_INET;
        if (inet_parse(&addr->u.inet, str, errp) < 0) {
            return NULL;
        }
    }
    return g_steal_pointer(&addr);
}

int convert_host_port(struct sockaddr_in *saddr, const char *host,
                      const char *port, Error **errp)
{
    const char *end;
    long p;

    memset(saddr, 0, sizeof(*saddr));
    saddr->sin_family = AF_INET;
    if (!*host) {
        saddr->sin_addr.s_addr = 0;
    } else if (g_ascii_isdigit(*host)) {
        if (!inet_aton(host, &saddr->sin_addr)) {
            error_setg(errp,
                       "host address '%s' is not a valid IPv4 address", host);
            return -1;
        }
    } else {
        struct hostent *he = gethostbyname(host);

        if (!he) {
            error_setg(errp, "can't resolve host address '%s'", host);
            return -1;
        }
        saddr->sin_addr = *(struct in_addr *)he->h_addr;
    }
    if (qemu_strtol(port, &end, 0, &p) < 0 || *end || p < 0 ||
        p > UINT16_MAX) {
        error_setg(errp, "port number '%s' is invalid", port);
        return -1;
    }
    saddr->sin_port = htons(p);
    return 0;
}

int parse_host_port(struct sockaddr_in *saddr, const char *str, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(str, ":", 2);

    if (!parts[0] || !parts[1]) {
        error_setg(errp, "host address '%s' doesn't contain ':' separating"
                   " host from port", str);
        return -1;
    }
    return convert_host_port(saddr, parts[0], parts[1], errp);
}

/* From the kernel */

NetworkAddressFamily inet_netfamily(int family)
{
    switch (family) {
    case PF_INET6:
        return NETWORK_ADDRESS_FAMILY_IPV6;
    case PF_INET:
        return NETWORK_ADDRESS_FAMILY_IPV4;
    case PF_UNIX:
        return NETWORK_ADDRESS_FAMILY_UNIX;
    case PF_VSOCK:
        return NETWORK_ADDRESS_FAMILY_VSOCK;
    default:
        return NETWORK_ADDRESS_FAMILY_UNKNOWN;
    }
}

static SocketAddress *inet_address_from_sockaddr(struct sockaddr_storage *sa,
                                                 socklen_t salen, Error **errp)
{
    char host[NI_MAXHOST], serv[NI_MAXSERV];
    SocketAddress *addr;
    int ret;

    ret = getnameinfo((struct sockaddr *)sa, salen, host, sizeof(host),
                      serv, sizeof(serv), NI_NUMERICHOST | NI_NUMERICSERV);
    if (ret != 0) {
        error_setg(errp, "Cannot format numeric socket address: %s",
                   gai_strerror(ret));
        return NULL;
    }
    addr = g_new0(SocketAddress, 1);
    addr->type = SOCKET_ADDRESS_TYPE_INET;
    addr->u.inet.host = g_strdup(host);
    addr->u.inet.port = g_strdup(serv);
    addr->u.inet.has_ipv4 = sa->ss_family == AF_INET;
    addr->u.inet.ipv4 = addr->u.inet.has_ipv4;
    addr->u.inet.has_ipv6 = sa->ss_family == AF_INET6;
    addr->u.inet.ipv6 = addr->u.inet.has_ipv6;
    return addr;
}

static SocketAddress *unix_address_from_sockaddr(struct sockaddr_storage *sa,
                                                 socklen_t salen)
{
    struct sockaddr_un *un = (struct sockaddr_un *)sa;
    SocketAddress *addr = g_new0(SocketAddress, 1);
    size_t len = salen - MIN(salen, offsetof(struct sockaddr_un, sun_path));

    addr->type = SOCKET_ADDRESS_TYPE_UNIX;
    if (len > 0 && un->sun_path[0] == '\0') {
        addr->u.q_unix.has_abstract = true;
        addr->u.q_unix.abstract = true;
        addr->u.q_unix.has_tight = true;
        addr->u.q_unix.tight = salen < sizeof(*un);
        addr->u.q_unix.path = g_strndup(un->sun_path + 1, len - 1);
    } else {
        addr->u.q_unix.path = g_strndup(un->sun_path, len);
    }
    return addr;
}

SocketAddress *
socket_sockaddr_to_address(struct sockaddr_storage *sa, socklen_t salen,
                           Error **errp)
{
    switch (sa->ss_family) {
    case AF_INET:
    case AF_INET6:
        return inet_address_from_sockaddr(sa, salen, errp);
    case AF_UNIX:
        return unix_address_from_sockaddr(sa, salen);
    default:
        error_setg(errp, "socket family %d unsupported", sa->ss_family);
        return NULL;
    }
}

SocketAddress *socket_local_address(int fd, Error **errp)
{
    struct sockaddr_storage ss;
    socklen_t sslen = sizeof(ss);

    if (getsockname(fd, (struct sockaddr *)&ss, &sslen) < 0) {
        error_setg_errno(errp, errno, "%s",
                         "Unable to query local socket address");
        return NULL;
    }
    return socket_sockaddr_to_address(&ss, sslen, errp);
}

SocketAddress *socket_remote_address(int fd, Error **errp)
{
    struct sockaddr_storage ss;
    socklen_t sslen = sizeof(ss);

    if (getpeername(fd, (struct sockaddr *)&ss, &sslen) < 0) {
        error_setg_errno(errp, errno, "%s",
                         "Unable to query remote socket address");
        return NULL;
    }
    return socket_sockaddr_to_address(&ss, sslen, errp);
}

/* Other forms */

SocketAddress *socket_address_flatten(SocketAddressLegacy *addr_legacy)
{
    SocketAddress *addr;

    if (!addr_legacy) {
        return NULL;
    }
    addr = g_new0(SocketAddress, 1);
    addr->type = addr_legacy->type;
    switch (addr_legacy->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        QAPI_CLONE_MEMBERS(InetSocketAddress, &addr->u.inet,
                           addr_legacy->u.inet.data);
        break;
    case SOCKET_ADDRESS_TYPE_UNIX:
        QAPI_CLONE_MEMBERS(UnixSocketAddress, &addr->u.q_unix,
                           addr_legacy->u.q_unix.data);
        break;
    case SOCKET_ADDRESS_TYPE_VSOCK:
        QAPI_CLONE_MEMBERS(VsockSocketAddress, &addr->u.vsock,
                           addr_legacy->u.vsock.data);
        break;
    case SOCKET_ADDRESS_TYPE_FD:
        QAPI_CLONE_MEMBERS(String, &addr->u.fd, addr_legacy->u.fd.data);
        break;
    default:
        abort();
    }
    return addr;
}

char *socket_uri(SocketAddress *addr)
{
    switch (addr->type) {
    case SOCKET_ADDRESS_TYPE_INET:
        return g_strdup_printf("tcp:%s:%s", addr->u.inet.host,
                               addr->u.inet.port);
    case SOCKET_ADDRESS_TYPE_UNIX:
        return g_strdup_printf("unix:%s", addr->u.q_unix.path);
    case SOCKET_ADDRESS_TYPE_FD:
        return g_strdup_printf("fd:%s", addr->u.fd.str);
    case SOCKET_ADDRESS_TYPE_VSOCK:
        return g_strdup_printf("vsock:%s:%s", addr->u.vsock.cid,
                               addr->u.vsock.port);
    default:
        return g_strdup("unknown address type");
    }
}
