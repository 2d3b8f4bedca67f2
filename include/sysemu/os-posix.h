/*
 * What main does with the process itself on a POSIX host: going to the
 * background, giving up privileges, signals that end the program.
 *
 * Implemented in system/os-posix.c, called by main in system/vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_OS_POSIX_H
#define QEMU_OS_POSIX_H

#include <sys/mman.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <poll.h>

/* stdout by the line, so that it interleaves sensibly with stderr. */
void os_set_line_buffering(void);

/* Die politely (qemu_system_killed) on SIGINT, SIGHUP and SIGTERM. */
void os_setup_early_signal_handling(void);
void os_setup_signal_handling(void);

/*
 * -daemonize: os_daemonize() returns in the background, while the process that
 * was started waits until os_setup_post() says that the machine is there.
 * -chroot and -runas take effect in the latter.
 */
void os_daemonize(void);
void os_setup_post(void);
bool is_daemonized(void);
int os_set_daemonize(bool d);

/* -runas: false if there is no such user; and -chroot */
bool os_set_runas(const char *user_id);
void os_set_chroot(const char *path);
void os_set_proc_name(const char *s);

/* -overcommit mem-lock=on */
int os_mlock(void);

#define closesocket(s) close(s)
#define ioctlsocket(s, r, v) ioctl(s, r, v)

typedef struct timeval qemu_timeval;
#define qemu_gettimeofday(tp) gettimeofday(tp, NULL)

/* Standard output and error for one reader at a time. */
static inline void qemu_flockfile(FILE *f)
{
    flockfile(f);
}

static inline void qemu_funlockfile(FILE *f)
{
    funlockfile(f);
}

#endif
