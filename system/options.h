/*
 * The command line's options, and the help that lists them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_OPTIONS_H
#define SYSTEM_OPTIONS_H

enum {
    QEMU_OPTION_h,
    QEMU_OPTION_version,
    QEMU_OPTION_machine,
    QEMU_OPTION_accel,
    QEMU_OPTION_cpu,
    QEMU_OPTION_smp,
    QEMU_OPTION_m,
    QEMU_OPTION_boot,
    QEMU_OPTION_kernel,
    QEMU_OPTION_append,
    QEMU_OPTION_initrd,
    QEMU_OPTION_dtb,
    QEMU_OPTION_bios,
    QEMU_OPTION_rtc,
    QEMU_OPTION_enable_kvm,
    QEMU_OPTION_mempath,
    QEMU_OPTION_mem_prealloc,
    QEMU_OPTION_name,
    QEMU_OPTION_uuid,
    QEMU_OPTION_device,
    QEMU_OPTION_global,
    QEMU_OPTION_set,
    QEMU_OPTION_object,
    QEMU_OPTION_fw_cfg,
    QEMU_OPTION_option_rom,
    QEMU_OPTION_smbios,
    QEMU_OPTION_blockdev,
    QEMU_OPTION_drive,
    /* Short for -drive; the four are consecutive. */
    QEMU_OPTION_hda,
    QEMU_OPTION_hdb,
    QEMU_OPTION_hdc,
    QEMU_OPTION_hdd,
    QEMU_OPTION_cdrom,
    QEMU_OPTION_fda,
    QEMU_OPTION_fdb,
    QEMU_OPTION_sd,
    QEMU_OPTION_mtdblock,
    QEMU_OPTION_pflash,
    QEMU_OPTION_snapshot,
    QEMU_OPTION_netdev,
    QEMU_OPTION_nic,
    QEMU_OPTION_net,
    QEMU_OPTION_chardev,
    QEMU_OPTION_mon,
    QEMU_OPTION_echr,
    QEMU_OPTION_serial,
    QEMU_OPTION_parallel,
    QEMU_OPTION_debugcon,
    QEMU_OPTION_monitor,
    QEMU_OPTION_qmp,
    QEMU_OPTION_qmp_pretty,
    QEMU_OPTION_qtest,
    QEMU_OPTION_qtest_log,
    QEMU_OPTION_display,
    QEMU_OPTION_nographic,
    QEMU_OPTION_nodefaults,
    QEMU_OPTION_no_user_config,
    QEMU_OPTION_readconfig,
    QEMU_OPTION_only_migratable,
    QEMU_OPTION_pidfile,
    QEMU_OPTION_daemonize,
    QEMU_OPTION_runas,
    QEMU_OPTION_chroot,
    QEMU_OPTION_seed,
    QEMU_OPTION_dfilter,
    QEMU_OPTION_no_acpi,
    QEMU_OPTION_no_hpet,
    QEMU_OPTION_no_reboot,
    QEMU_OPTION_watchdog_action,
    QEMU_OPTION_no_shutdown,
    QEMU_OPTION_action,
    QEMU_OPTION_add_fd,
    QEMU_OPTION_compat,
    QEMU_OPTION_preconfig,
    QEMU_OPTION_S,
    QEMU_OPTION_gdb,
    QEMU_OPTION_s,
    QEMU_OPTION_L,
    QEMU_OPTION_d,
    QEMU_OPTION_D,
    QEMU_OPTION_trace,
    QEMU_OPTION_msg,
};

typedef struct QEMUOption {
    const char *name;       /* without its dash; NULL: help is a heading */
    bool has_arg;
    int index;
    const char *arg;        /* as help shows it */
    const char *help;       /* NULL: another spelling of the one above;
                               "": not for people */
} QEMUOption;

/*
 * The option at argv[*poptind], which is moved past it and its argument.
 * *poptarg is that argument, or NULL.  Ends the program with a message if
 * there is no such option, or no argument where there must be one.
 */
const QEMUOption *lookup_opt(int argc, char **argv, const char **poptarg,
                             int *poptind);

/* -h; ends the program. */
G_NORETURN void qemu_help(int exitcode);
/* The line that -version prints. */
void qemu_version(void);

#endif
