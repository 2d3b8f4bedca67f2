/*
 * Sockets: addresses as the command line writes them, and how to open them.
 *
 * A SocketAddress (qapi/sockets.json) is one of
 *
 *     inet   host and port, IPv4 or IPv6
 *     unix   a path
 *     vsock  context id and port (read and written, but not opened)
 *     fd     a descriptor: from the command line one that we were started with,
 *            by number; from a monitor one that was sent there, by name (getfd)
 *
 * and socket_parse() reads "host:port", "unix:path", "vsock:cid:port",
 * "fd:number".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_SOCKETS_H
#define QEMU_SOCKETS_H

#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/un.h>

#include "qapi/qapi-types-sockets.h"

/* socket() and accept() that do not leak into children.  -1 with errno. */
int qemu_socket(int domain, int type, int protocol);
int qemu_accept(int s, struct sockaddr *addr, socklen_t *addrlen);

/* True if @fd is a socket. */
bool fd_is_socket(int fd);

int socket_set_cork(int fd, int v);
int socket_set_nodelay(int fd);
void qemu_socket_set_block(int fd);
/* 0 or a negative errno. */
int qemu_socket_try_set_nonblock(int fd);
void qemu_socket_set_nonblock(int fd);
/* Take the port again while the last owner's connections are still closing. */
int socket_set_fast_reuse(int fd);

/*
 * inet_ai_family_from_address: the address family for getaddrinfo() that
 * ipv4= and ipv6= ask for.  Both off is an error in @errp.
 */
int inet_ai_family_from_address(InetSocketAddress *addr, Error **errp);
/*
 * inet_parse: fill in @addr from "host:port[,to=port][,ipv4=on|off]
 * [,ipv6=on|off][,keep-alive=on|off]".  0, or -1 and @errp.
 */
int inet_parse(InetSocketAddress *addr, const char *str, Error **errp);
/* Connect, without waiting for more than the connection.  -1 and @errp. */
int inet_connect(const char *str, Error **errp);
int inet_connect_saddr(InetSocketAddress *saddr, Error **errp);

NetworkAddressFamily inet_netfamily(int family);

/* A listening, and a connected, stream socket.  -1 and @errp. */
int unix_listen(const char *path, Error **errp);
int unix_connect(const char *path, Error **errp);

/* A new SocketAddress, or NULL and @errp. */
SocketAddress *socket_parse(const char *str, Error **errp);

/*
 * Give a descriptor, which is non-blocking in no case; -1 and @errp.
 * @num is the backlog of listen(2).
 */
int socket_connect(SocketAddress *addr, Error **errp);
int socket_listen(SocketAddress *addr, int num, Error **errp);
/* Before closing a listening socket: remove its path, if it has one. */
void socket_listen_cleanup(int fd, Error **errp);
/* A datagram socket bound to @local, or any port, that sends to @remote. */
int socket_dgram(SocketAddress *remote, SocketAddress *local, Error **errp);

/*
 * parse_host_port: an IPv4 "host:port" (the host may be empty: any).  0, or -1
 * and @errp.
 */
int parse_host_port(struct sockaddr_in *saddr, const char *str,
                    Error **errp);
int convert_host_port(struct sockaddr_in *saddr, const char *host,
                      const char *port, Error **errp);
int socket_init(void);

/* A new SocketAddress that says the same as @sa. */
SocketAddress *
socket_sockaddr_to_address(struct sockaddr_storage *sa,
                           socklen_t salen,
                           Error **errp);
/* A new SocketAddress of our end, and of the other. */
SocketAddress *socket_local_address(int fd, Error **errp);
SocketAddress *socket_remote_address(int fd, Error **errp);

/* The same address in the form without wrappers; the caller frees it. */
SocketAddress *socket_address_flatten(SocketAddressLegacy *addr);

/* As socket_parse() would read it; the caller frees it. */
char *socket_uri(SocketAddress *addr);

#endif
