/*
 * /dev/net/tun and its ioctls (Linux, Documentation/networking/tuntap.rst).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <net/if.h>
#include <linux/if_tun.h>
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "net/net.h"
#include "net/tap.h"
#include "tap_int.h"

#define PATH_NET_TUN "/dev/net/tun"

/*
 * A packet that the host's stack cannot pass on (an interface that is down)
 * keeps its part of the buffer, so a bound would stop a guest for ever: no
 * bound, unless one was asked for.
 */
#define TAP_DEFAULT_SNDBUF 0

int tap_open(char *ifname, int ifname_size, int *vnet_hdr,
             int vnet_hdr_required, int mq_required, Error **errp)
{
    int len = sizeof(struct virtio_net_hdr);
    struct ifreq ifr = { };
    unsigned int features;
    int fd;

    fd = RETRY_ON_EINTR(open(PATH_NET_TUN, O_RDWR | O_CLOEXEC));
    if (fd < 0) {
        error_setg_errno(errp, errno, "could not open %s", PATH_NET_TUN);
        return -1;
    }
    ifr.ifr_flags = IFF_TAP | IFF_NO_PI;

    if (ioctl(fd, TUNGETFEATURES, &features) == -1) {
        warn_report("TUNGETFEATURES failed: %s", strerror(errno));
        features = 0;
    }

    /* One packet a read, without a queue between us and the socket. */
    if (features & IFF_ONE_QUEUE) {
        ifr.ifr_flags |= IFF_ONE_QUEUE;
    }

    if (*vnet_hdr) {
        if (features & IFF_VNET_HDR) {
            ifr.ifr_flags |= IFF_VNET_HDR;
        } else {
            *vnet_hdr = 0;
        }
        if (vnet_hdr_required && !*vnet_hdr) {
            error_setg(errp, "vnet_hdr=1 requested, but no kernel "
                       "support for IFF_VNET_HDR available");
            goto fail;
        }
        /* Another user of the interface may have left a longer one. */
        ioctl(fd, TUNSETVNETHDRSZ, &len);
    }

    if (mq_required) {
        if (!(features & IFF_MULTI_QUEUE)) {
            error_setg(errp, "multiqueue required, but no kernel "
                       "support for IFF_MULTI_QUEUE available");
            goto fail;
        }
        ifr.ifr_flags |= IFF_MULTI_QUEUE;
    }

    pstrcpy(ifr.ifr_name, IFNAMSIZ, ifname[0] ? ifname : "tap%d");
    if (ioctl(fd, TUNSETIFF, &ifr) != 0) {
        if (ifname[0] != '\0') {
            error_setg_errno(errp, errno, "could not configure %s (%s)",
                             PATH_NET_TUN, ifr.ifr_name);
        } else {
            error_setg_errno(errp, errno, "could not configure %s",
                             PATH_NET_TUN);
        }
        goto fail;
    }
    pstrcpy(ifname, ifname_size, ifr.ifr_name);
    g_unix_set_fd_nonblocking(fd, true, NULL);
    return fd;

fail:
    close(fd);
    return -1;
}

ssize_t tap_read_packet(int tapfd, uint8_t *buf, int maxlen)
{
    return read(tapfd, buf, maxlen);
}

void tap_set_sndbuf(int fd, const NetdevTapOptions *tap, Error **errp)
{
    int sndbuf = TAP_DEFAULT_SNDBUF;

    if (tap->has_sndbuf) {
        sndbuf = MIN(tap->sndbuf, INT_MAX);
    }
    if (!sndbuf) {
        sndbuf = INT_MAX;
    }
    if (ioctl(fd, TUNSETSNDBUF, &sndbuf) == -1 && tap->has_sndbuf) {
        error_setg_errno(errp, errno, "TUNSETSNDBUF ioctl failed");
    }
}

int tap_probe_vnet_hdr(int fd, Error **errp)
{
    struct ifreq ifr;

    /* The oldest kernels that we run on know it: a failure is a bad fd. */
    if (ioctl(fd, TUNGETIFF, &ifr) != 0) {
        error_setg_errno(errp, errno,
                         "Unable to query TUNGETIFF on FD %d", fd);
        return -1;
    }
    return (ifr.ifr_flags & IFF_VNET_HDR) != 0;
}

int tap_probe_has_ufo(int fd)
{
    unsigned offload = TUN_F_CSUM | TUN_F_UFO;

    return ioctl(fd, TUNSETOFFLOAD, offload) == 0;
}

/* There is no asking but by setting, so what was set is set again. */
int tap_probe_vnet_hdr_len(int fd, int len)
{
    int orig;

    if (ioctl(fd, TUNGETVNETHDRSZ, &orig) == -1) {
        return 0;
    }
    if (ioctl(fd, TUNSETVNETHDRSZ, &len) == -1) {
        return 0;
    }
    if (ioctl(fd, TUNSETVNETHDRSZ, &orig) == -1) {
        error_report("TUNSETVNETHDRSZ ioctl() failed: %s.", strerror(errno));
        return 0;
    }
    return 1;
}

void tap_fd_set_vnet_hdr_len(int fd, int len)
{
    if (ioctl(fd, TUNSETVNETHDRSZ, &len) == -1) {
        error_report("TUNSETVNETHDRSZ ioctl() failed: %s.", strerror(errno));
    }
}

int tap_fd_set_vnet_le(int fd, int is_le)
{
    int arg = is_le ? 1 : 0;

    if (!ioctl(fd, TUNSETVNETLE, &arg)) {
        return 0;
    }
    /* Without the ioctl a little-endian host is little endian anyway. */
    return errno == EINVAL && is_le == !HOST_BIG_ENDIAN ? 0 : -errno;
}

int tap_fd_set_vnet_be(int fd, int is_be)
{
    int arg = is_be ? 1 : 0;

    if (!ioctl(fd, TUNSETVNETBE, &arg)) {
        return 0;
    }
    return errno == EINVAL && is_be == HOST_BIG_ENDIAN ? 0 : -errno;
}

void tap_fd_set_offload(int fd, int csum, int tso4, int tso6, int ecn, int ufo)
{
    unsigned int offload = 0;

    if (csum) {
        offload |= TUN_F_CSUM;
        offload |= tso4 ? TUN_F_TSO4 : 0;
        offload |= tso6 ? TUN_F_TSO6 : 0;
        offload |= (tso4 || tso6) && ecn ? TUN_F_TSO_ECN : 0;
        offload |= ufo ? TUN_F_UFO : 0;
    }

    /* Kernels from 4.14 to 6.1 have no UFO. */
    if (ioctl(fd, TUNSETOFFLOAD, offload) != 0) {
        offload &= ~TUN_F_UFO;
        if (ioctl(fd, TUNSETOFFLOAD, offload) != 0) {
            error_report("TUNSETOFFLOAD ioctl() failed: %s",
                         strerror(errno));
        }
    }
}

static int tap_fd_set_queue(int fd, int flag)
{
    struct ifreq ifr = { .ifr_flags = flag };
    int ret = ioctl(fd, TUNSETQUEUE, &ifr);

    if (ret != 0) {
        error_report("could not %s queue",
                     flag == IFF_ATTACH_QUEUE ? "enable" : "disable");
    }
    return ret;
}

int tap_fd_enable(int fd)
{
    return tap_fd_set_queue(fd, IFF_ATTACH_QUEUE);
}

int tap_fd_disable(int fd)
{
    return tap_fd_set_queue(fd, IFF_DETACH_QUEUE);
}

int tap_fd_get_ifname(int fd, char *ifname)
{
    struct ifreq ifr;

    if (ioctl(fd, TUNGETIFF, &ifr) != 0) {
        error_report("TUNGETIFF ioctl() failed: %s", strerror(errno));
        return -1;
    }
    pstrcpy(ifname, sizeof(ifr.ifr_name), ifr.ifr_name);
    return 0;
}
