/*
 * What the process owes its operating system: signals, its name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/prctl.h>
#include "qemu/error-report.h"
#include "sysemu/runstate.h"

/* A peer that closes its socket gives us EPIPE, not the end. */
void os_setup_early_signal_handling(void)
{
    struct sigaction act = { .sa_handler = SIG_IGN };

    sigfillset(&act.sa_mask);
    sigaction(SIGPIPE, &act, NULL);
}

static void termsig_handler(int signal, siginfo_t *info, void *c)
{
    qemu_system_killed(info->si_signo, info->si_pid);
}

void os_setup_signal_handling(void)
{
    struct sigaction act = {
        .sa_sigaction = termsig_handler,
        .sa_flags = SA_SIGINFO,
    };

    sigaction(SIGINT,  &act, NULL);
    sigaction(SIGHUP,  &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

void os_set_proc_name(const char *s)
{
    char name[16];

    if (!s) {
        return;
    }
    /* What ps and top show has room for 15 characters. */
    g_strlcpy(name, s, sizeof(name));
    if (prctl(PR_SET_NAME, name)) {
        error_report("unable to change process name: %s", strerror(errno));
        exit(1);
    }
}

void os_set_line_buffering(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
}

/* There is no -daemonize, so the terminal stays ours. */
bool is_daemonized(void)
{
    return false;
}
