/*
 * Sockets that nobody inherits, and their switches.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/sockets.h"

int qemu_socket(int domain, int type, int protocol)
{
    return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int qemu_accept(int s, struct sockaddr *addr, socklen_t *addrlen)
{
    return accept4(s, addr, addrlen, SOCK_CLOEXEC);
}

bool fd_is_socket(int fd)
{
    int optval;
    socklen_t optlen = sizeof(optval);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &optval, &optlen) == 0;
}

int socket_set_cork(int fd, int v)
{
    return setsockopt(fd, SOL_TCP, TCP_CORK, &v, sizeof(v));
}

int socket_set_nodelay(int fd)
{
    int v = 1;

    return setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &v, sizeof(v));
}

int socket_set_fast_reuse(int fd)
{
    int v = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &v, sizeof(v));
}

static int fd_set_nonblock(int fd, bool nonblock)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0) {
        return -errno;
    }
    flags = nonblock ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

void qemu_socket_set_block(int fd)
{
    int ret = fd_set_nonblock(fd, false);

    assert(ret == 0);
}

int qemu_socket_try_set_nonblock(int fd)
{
    return fd_set_nonblock(fd, true);
}

void qemu_socket_set_nonblock(int fd)
{
    int ret = fd_set_nonblock(fd, true);

    assert(ret == 0);
}
