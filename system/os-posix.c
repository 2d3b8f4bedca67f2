/*
 * What the process owes its operating system: signals, its name, a life in the
 * background, and fewer rights than it was started with.
 *
 *     the shell's child     os_daemonize() waits until the machine is there,
 *                           or has failed, and ends with that status
 *       leader of a session   ends at once, so that no terminal can be gained
 *         the program           … os_setup_post() tells the first that all is
 *                               well, and lets go of the terminal
 *
 * Until then messages go where the shell's do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
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

/* -runas: a user of this system, or numbers */

static struct passwd *user_pwd;
static uid_t user_uid = (uid_t)-1;
static gid_t user_gid = (gid_t)-1;

static bool os_parse_runas_uid_gid(const char *optarg)
{
    unsigned long lv;
    const char *ep;
    uid_t got_uid;
    gid_t got_gid;

    if (qemu_strtoul(optarg, &ep, 0, &lv) || *ep != ':') {
        return false;
    }
    got_uid = lv;
    if (got_uid != lv || got_uid == (uid_t)-1) {
        return false;
    }
    if (qemu_strtoul(ep + 1, NULL, 0, &lv)) {
        return false;
    }
    got_gid = lv;
    if (got_gid != lv || got_gid == (gid_t)-1) {
        return false;
    }
    user_uid = got_uid;
    user_gid = got_gid;
    return true;
}

bool os_set_runas(const char *optarg)
{
    user_pwd = getpwnam(optarg);
    if (user_pwd) {
        user_uid = user_gid = -1;
        return true;
    }
    return os_parse_runas_uid_gid(optarg);
}

static void change_process_uid(void)
{
    uid_t uid = user_pwd ? user_pwd->pw_uid : user_uid;
    gid_t gid = user_pwd ? user_pwd->pw_gid : user_gid;

    if (uid == (uid_t)-1) {
        return;
    }
    if (setgid(gid) < 0) {
        error_report("Failed to setgid(%d)", gid);
        exit(1);
    }
    if (user_pwd ? initgroups(user_pwd->pw_name, gid) < 0
                 : setgroups(1, &gid) < 0) {
        error_report("Failed to set the supplementary groups: %s",
                     strerror(errno));
        exit(1);
    }
    if (setuid(uid) < 0) {
        error_report("Failed to setuid(%d)", uid);
        exit(1);
    }
    /* Who can come back has not gone. */
    if (setuid(0) != -1) {
        error_report("Dropping privileges failed");
        exit(1);
    }
}

/* -chroot */

static const char *chroot_dir;

void os_set_chroot(const char *path)
{
    chroot_dir = path;
}

static void change_root(void)
{
    if (!chroot_dir) {
        return;
    }
    if (chroot(chroot_dir) < 0) {
        error_report("chroot failed");
        exit(1);
    }
    if (chdir("/") < 0) {
        error_report("not able to chdir to /: %s", strerror(errno));
        exit(1);
    }
}

/* -daemonize */

static bool daemonize;
static int daemon_pipe = -1;

bool is_daemonized(void)
{
    return daemonize;
}

int os_set_daemonize(bool d)
{
    daemonize = d;
    return 0;
}

/* The status that the program sends, or failure if it ended without. */
static int daemon_wait_status(int fd)
{
    uint8_t status;
    ssize_t len;

    do {
        len = read(fd, &status, 1);
    } while (len < 0 && errno == EINTR);
    return len == 1 ? status : EXIT_FAILURE;
}

static pid_t daemon_fork(void)
{
    pid_t pid = fork();

    if (pid < 0) {
        error_report("cannot fork: %s", strerror(errno));
        exit(1);
    }
    return pid;
}

void os_daemonize(void)
{
    int fds[2];

    if (!daemonize) {
        return;
    }
    if (qemu_pipe(fds) < 0) {
        error_report("cannot make a pipe: %s", strerror(errno));
        exit(1);
    }

    /* What is in the buffers is written once, not by each of us. */
    fflush(NULL);
    if (daemon_fork() > 0) {
        close(fds[1]);
        _exit(daemon_wait_status(fds[0]));
    }
    close(fds[0]);
    daemon_pipe = fds[1];

    setsid();
    if (daemon_fork() > 0) {
        _exit(0);
    }
    umask(027);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
}

void os_setup_post(void)
{
    const uint8_t status = 0;
    int fd = -1;

    if (daemonize) {
        if (chdir("/") < 0) {
            error_report("not able to chdir to /: %s", strerror(errno));
            exit(1);
        }
        fd = qemu_open_old("/dev/null", O_RDWR);
        if (fd < 0) {
            exit(1);
        }
    }

    change_root();
    change_process_uid();

    if (daemonize) {
        dup2(fd, STDIN_FILENO);
        dup2(fd, STDOUT_FILENO);
        /* Messages go into the log, if there is a file of it. */
        if (!qemu_log_is_file()) {
            dup2(fd, STDERR_FILENO);
        }
        close(fd);

        if (qemu_write_full(daemon_pipe, &status, 1) != 1) {
            exit(1);
        }
        close(daemon_pipe);
        daemon_pipe = -1;
    }
}
