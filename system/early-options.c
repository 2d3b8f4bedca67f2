/*
 * What is done before anything is made: descriptors from whoever started us,
 * names, logs, help, the way into the background and the PID file.
 *
 * Read first: vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "exec/cpu-common.h"
#include "monitor/monitor.h"
#include "monitor/qdev.h"
#include "net/net.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qemu/config-file.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/log.h"
#include "qemu/option.h"
#include "qemu/rcu.h"
#include "sysemu/cpus.h"
#include "sysemu/runstate-action.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"
#include "trace/control.h"
#include "cmdline.h"
#include "phases.h"

/* -add-fd: who started us has left descriptors open for us. */
static int parse_add_fd(void *opaque, QemuOpts *opts, Error **errp)
{
    int fd = qemu_opt_get_number(opts, "fd", -1);
    int64_t fdset_id = qemu_opt_get_number(opts, "set", -1);
    const char *fd_opaque = qemu_opt_get(opts, "opaque");
    int flags, dupfd;

    if (fd < 0) {
        error_setg(errp, "fd option is required and must be non-negative");
        return -1;
    }
    if (fd <= STDERR_FILENO) {
        error_setg(errp, "fd cannot be a standard I/O stream");
        return -1;
    }
    /* One that is close-on-exec has been opened by ourselves. */
    flags = fcntl(fd, F_GETFD);
    if (flags == -1 || (flags & FD_CLOEXEC)) {
        error_setg(errp, "fd is not valid or already in use");
        return -1;
    }
    if (fdset_id < 0) {
        error_setg(errp, "set option is required and must be non-negative");
        return -1;
    }
    dupfd = qemu_dup(fd);
    if (dupfd == -1) {
        error_setg(errp, "error duplicating fd: %s", strerror(errno));
        return -1;
    }
    qapi_free_AddfdInfo(monitor_fdset_add_fd(dupfd, true, fdset_id,
                                             fd_opaque != NULL, fd_opaque,
                                             &error_abort));
    return 0;
}

/* All are in their sets, perhaps one of them twice. */
static int cleanup_add_fd(void *opaque, QemuOpts *opts, Error **errp)
{
    close(qemu_opt_get_number(opts, "fd", -1));
    return 0;
}

void qemu_process_early_options(void)
{
    QemuOpts *opts = qemu_find_opts_singleton("name");
    int mask = 0;

    qemu_opts_foreach(qemu_find_opts("add-fd"), parse_add_fd, NULL,
                      &error_fatal);
    qemu_opts_foreach(qemu_find_opts("add-fd"), cleanup_add_fd, NULL,
                      &error_fatal);
    qemu_opts_foreach(qemu_find_opts("action"), process_runstate_actions,
                      NULL, &error_fatal);

    qemu_thread_naming(qemu_opt_get_bool(opts, "debug-threads", false));
    qemu_name = qemu_opt_get(opts, "guest");
    error_guest_name = qemu_name;
    os_set_proc_name(qemu_opt_get(opts, "process"));

    if (!trace_init_backends()) {
        exit(1);
    }
    trace_init_file();

    if (cmdline.log_mask) {
        mask = qemu_str_to_log_mask(cmdline.log_mask);
        if (!mask) {
            qemu_print_log_usage(stdout);
            exit(1);
        }
    }
    if (cmdline.log_file) {
        qemu_set_log_filename_flags(cmdline.log_file, mask, &error_fatal);
    } else {
        /* Leaves the log where -trace file= has put it. */
        qemu_set_log(mask, &error_fatal);
    }
}

static int device_help_func(void *opaque, QemuOpts *opts, Error **errp)
{
    return qdev_device_help(opts);
}

static int netdev_help_func(void *opaque, QemuOpts *opts, Error **errp)
{
    const char *type = qemu_opt_get(opts, "type");

    if (!type || !is_help_option(type)) {
        return 0;
    }
    show_netdevs();
    return 1;
}

/* Help on devices and back ends needs no machine, not even a valid one. */
void qemu_process_help_options(void)
{
    if (cmdline.cpu_option && is_help_option(cmdline.cpu_option)) {
        list_cpus(cmdline.cpu_option);
        exit(0);
    }
    if (qemu_opts_foreach(qemu_find_opts("device"), device_help_func, NULL,
                          NULL) ||
        qemu_opts_foreach(qemu_find_opts("netdev"), netdev_help_func, NULL,
                          NULL)) {
        exit(0);
    }
    if (cmdline.list_data_dirs) {
        qemu_add_default_firmwarepath();
        qemu_list_data_dirs();
        exit(0);
    }
}

static Notifier qemu_unlink_pidfile_notifier;
static char *pid_file_realpath;

static void qemu_unlink_pidfile(Notifier *n, void *data)
{
    unlink(pid_file_realpath);
}

/* The number in the file is the one that will stay. */
void qemu_maybe_daemonize(const char *pid_file)
{
    Error *err = NULL;

    os_daemonize();
    /* Later children run another program at once. */
    rcu_disable_atfork();

    if (!pid_file) {
        return;
    }
    if (!qemu_write_pidfile(pid_file, &err)) {
        error_reportf_err(err, "cannot create PID file: ");
        exit(1);
    }
    /* By the time it is removed, the working directory may be another. */
    pid_file_realpath = realpath(pid_file, NULL);
    if (!pid_file_realpath) {
        error_report("cannot resolve PID file path: %s: %s", pid_file,
                     strerror(errno));
        unlink(pid_file);
        exit(1);
    }
    qemu_unlink_pidfile_notifier.notify = qemu_unlink_pidfile;
    qemu_add_exit_notifier(&qemu_unlink_pidfile_notifier);
}
