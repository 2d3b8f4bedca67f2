/*
 * libqos: a network namespace for the test alone.
 *
 * The interfaces in it are nobody else's.  An unprivileged user may make one
 * where the kernel lets him.  Without one, or without /dev/net/tun, tests are
 * skipped by name:
 *
 *     static void test_something(void)
 *     {
 *         if (netns_skipped()) {
 *             return;
 *         }
 *         …
 *
 *     int main(int argc, char **argv)
 *     {
 *         netns_enter(argv);
 *         g_test_init(&argc, &argv, NULL);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_NETNS_H
#define LIBQOS_NETNS_H

/* First of all: begin this program anew, in a namespace.  @argv is main()'s. */
void netns_enter(char **argv);
/* Is there none?  Then the test that runs is skipped, and this says why. */
bool netns_skipped(void);

/* As `ip link` would, without needing it.  -1: there is no such interface. */
short netns_if_flags(const char *ifname);
void netns_if_up(const char *ifname);
/* The host's side of @ifname: a packet socket for our test frames only. */
int netns_host_open(const char *ifname);

#endif
