/*
 * libqos: a network namespace for the test alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "netns.h"
#include "qemu/cutils.h"

static const char *why_not;

#define IN_NAMESPACE "QEMINI_TEST_NAMESPACE"

/*
 * A process with threads may not make a user namespace, and the archives that
 * we link may have started one, so unshare(1) starts us again.
 */
static const char *netns_try(char **argv)
{
    const char *user = getuid() ? "--user" : "--net";
    const char *root = getuid() ? "--map-root-user" : "--net";
    const char *probe[] = { "unshare", "--net", user, root, "true", NULL };
    GPtrArray *again;
    int status;

    if (g_getenv(IN_NAMESPACE)) {
        return NULL;
    }
    if (access("/dev/net/tun", R_OK | W_OK) < 0) {
        return "/dev/net/tun cannot be opened";
    }
    if (!g_spawn_sync(NULL, (char **)probe, NULL, G_SPAWN_SEARCH_PATH |
                      G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                      &status, NULL)) {
        return "the program 'unshare' is missing";
    }
    if (status) {
        return "the kernel gives no network namespace to this user";
    }

    again = g_ptr_array_new();
    for (size_t i = 0; i < ARRAY_SIZE(probe) - 2; i++) {
        g_ptr_array_add(again, (void *)probe[i]);
    }
    for (; *argv; argv++) {
        g_ptr_array_add(again, *argv);
    }
    g_ptr_array_add(again, NULL);
    g_setenv(IN_NAMESPACE, "1", true);
    execvp("unshare", (char **)again->pdata);
    return "unshare cannot be started again";
}

void netns_enter(char **argv)
{
    why_not = netns_try(argv);
}

bool netns_skipped(void)
{
    if (why_not) {
        g_test_skip(why_not);
    }
    return why_not != NULL;
}

/* Interfaces */

short netns_if_flags(const char *ifname)
{
    struct ifreq ifr = { };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int ret;

    pstrcpy(ifr.ifr_name, IFNAMSIZ, ifname);
    ret = ioctl(fd, SIOCGIFFLAGS, &ifr);
    close(fd);
    return ret < 0 ? -1 : ifr.ifr_flags;
}

void netns_if_up(const char *ifname)
{
    struct ifreq ifr = { };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    pstrcpy(ifr.ifr_name, IFNAMSIZ, ifname);
    g_assert_cmpint(ioctl(fd, SIOCGIFFLAGS, &ifr), ==, 0);
    ifr.ifr_flags |= IFF_UP;
    g_assert_cmpint(ioctl(fd, SIOCSIFFLAGS, &ifr), ==, 0);
    close(fd);
}

int netns_host_open(const char *ifname)
{
    struct sockaddr_ll addr = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(0x88b5),
        .sll_ifindex = if_nametoindex(ifname),
    };
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(0x88b5));

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    return fd;
}
