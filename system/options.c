/*
 * The command line's options: their table, their lookup, their help.
 *
 * What they mean is in vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/help-texts.h"
#include "options.h"

/* In the order in which help lists them. */
static const QEMUOption qemu_options[] = {
    { .help = "Standard options" },
    { "h", false, QEMU_OPTION_h, "", "show this and exit" },
    { "help", false, QEMU_OPTION_h },
    { "version", false, QEMU_OPTION_version, "", "show the version and exit" },
    { "machine", true, QEMU_OPTION_machine, "[type=]name[,prop=value...]",
      "choose the board and set its properties\n"
      "(name 'help' lists boards, 'NAME,help' the properties)" },
    { "M", true, QEMU_OPTION_machine },
    { "accel", true, QEMU_OPTION_accel, "[accel=]name[,prop=value...]",
      "who runs the guest ('help' lists them);\n"
      "given several times, the first that works is taken" },
    { "cpu", true, QEMU_OPTION_cpu, "model[,feature=on|off][,...]",
      "which processor ('help' lists models and features)" },
    { "smp", true, QEMU_OPTION_smp,
      "[[cpus=]n][,maxcpus=n][,sockets=n][,dies=n][,cores=n][,threads=n]",
      "how many processors, and how they are arranged" },
    { "m", true, QEMU_OPTION_m,
      "[size=]megs[,slots=n,maxmem=size]",
      "how much memory (default 128 MiB; suffixes k, M, G, T)" },
    { "boot", true, QEMU_OPTION_boot,
      "[order=drives][,once=drives][,menu=on|off][,strict=on|off]\n"
      "[,splash=file][,splash-time=ms][,reboot-timeout=ms]",
      "what the firmware is told to boot from" },
    { "rtc", true, QEMU_OPTION_rtc,
      "[base=utc|localtime|datetime][,clock=host|rt|vm]"
      "[,driftfix=none|slew]",
      "from when, and by which clock, the guest's real-time clock runs" },
    { "enable-kvm", false, QEMU_OPTION_enable_kvm, "",
      "the same as -accel kvm" },
    { "mem-path", true, QEMU_OPTION_mempath, "path",
      "keep the guest's memory in a file there" },
    { "mem-prealloc", false, QEMU_OPTION_mem_prealloc, "",
      "allocate all of the guest's memory at the start" },
    { "device", true, QEMU_OPTION_device, "driver[,prop=value...]",
      "add a device ('help' lists drivers, 'DRIVER,help' the\n"
      "properties of one); JSON is understood too" },
    { "name", true, QEMU_OPTION_name,
      "string[,process=string][,debug-threads=on|off]",
      "what the guest is called" },
    { "uuid", true, QEMU_OPTION_uuid, "%08x-%04x-%04x-%04x-%012x",
      "the machine's UUID" },
    { "set", true, QEMU_OPTION_set, "group.id.arg=value",
      "set another argument of an option given before" },
    { "global", true, QEMU_OPTION_global, "driver.prop=value",
      "set the default of a property" },

    { "smbios", true, QEMU_OPTION_smbios,
      "file=file|type=n[,field=value...]",
      "say more of the machine, or other things, than the board does:\n"
      "a structure from a file, or fields of one of type 0, 1, 2, 3, 4, 8,\n"
      "11, 17 or 41" },

    { .help = "Block device options" },
    { "blockdev", true, QEMU_OPTION_blockdev,
      "[driver=]driver,node-name=name[,option=value...]",
      "make a node; JSON is understood too" },
    { "drive", true, QEMU_OPTION_drive,
      "[file=file][,if=type][,bus=n][,unit=m][,media=d][,index=i]\n"
      "[,cache=writethrough|writeback|none|directsync|unsafe][,format=f]\n"
      "[,snapshot=on|off][,rerror=ignore|stop|report]\n"
      "[,werror=ignore|stop|report|enospc][,id=name]\n"
      "[,aio=threads|native|io_uring][,readonly=on|off]\n"
      "[,discard=ignore|unmap][,detect-zeroes=on|off|unmap]\n"
      "[,copy-on-read=on|off]\n"
      "[,throttling.limit=value...]",
      "make a disk's back end, and with if=virtio the disk" },
    { "snapshot", false, QEMU_OPTION_snapshot, "",
      "what is written to a -drive goes to a temporary file" },

    /*
     * Most boards have no place for these: drive_check_orphaned() tells who
     * says them what to say.  So help does not list them.
     */
    { "hda", true, QEMU_OPTION_hda, "", "" },
    { "hdb", true, QEMU_OPTION_hdb, "", "" },
    { "hdc", true, QEMU_OPTION_hdc, "", "" },
    { "hdd", true, QEMU_OPTION_hdd, "", "" },
    { "cdrom", true, QEMU_OPTION_cdrom, "", "" },
    { "fda", true, QEMU_OPTION_fda, "", "" },
    { "fdb", true, QEMU_OPTION_fdb, "", "" },
    { "sd", true, QEMU_OPTION_sd, "", "" },
    { "mtdblock", true, QEMU_OPTION_mtdblock, "", "" },
    { "pflash", true, QEMU_OPTION_pflash, "", "" },

    { .help = "Display options" },
    { "display", true, QEMU_OPTION_display, "none",
      "what shows the guest's screen: nothing" },
    { "nographic", false, QEMU_OPTION_nographic, "",
      "serial port and monitor on the terminal" },

    { .help = "Network options" },
    { "netdev", true, QEMU_OPTION_netdev, "type,id=name[,option=value...]",
      "make a network back end ('help' lists types)" },
    { "nic", true, QEMU_OPTION_nic,
      "type[,option=value...][,mac=addr][,model=name]",
      "make a back end with a card of the board's on it" },
    { "net", true, QEMU_OPTION_net, "nic|none|type[,option=value...]",
      "the same in two halves that meet on a hub" },

    { .help = "Character device options" },
    { "chardev", true, QEMU_OPTION_chardev,
      "type,id=name[,option=value...]",
      "make a character device ('help' lists types)" },

    { .help = "Boot Image or Kernel specific" },
    { "bios", true, QEMU_OPTION_bios, "file",
      "the firmware (for pc: bios-256k.bin, if there is no kernel)" },
    { "kernel", true, QEMU_OPTION_kernel, "file",
      "boot this kernel, a bzImage or an ELF image with a PVH entry,\n"
      "without firmware" },
    { "append", true, QEMU_OPTION_append, "cmdline",
      "the kernel's command line" },
    { "initrd", true, QEMU_OPTION_initrd, "file",
      "the kernel's first file system" },
    { "dtb", true, QEMU_OPTION_dtb, "", "" },

    { .help = "Debug/Expert options" },
    { "fw_cfg", true, QEMU_OPTION_fw_cfg,
      "[name=]name,file=file|string=string|gen_id=object",
      "add an item for the guest's firmware" },
    { "serial", true, QEMU_OPTION_serial, "dev",
      "put the board's next serial port on that character device" },
    { "parallel", true, QEMU_OPTION_parallel, "none",
      "the board has no parallel port" },
    { "monitor", true, QEMU_OPTION_monitor, "dev",
      "put a monitor on that character device (such as stdio)" },
    { "echr", true, QEMU_OPTION_echr, "chr",
      "the key that leads to the menu of a shared character device,\n"
      "as a number (Ctrl-a is 1)" },
    { "qmp", true, QEMU_OPTION_qmp, "dev",
      "put a QMP monitor, for programs, on that character device" },
    { "qmp-pretty", true, QEMU_OPTION_qmp_pretty, "dev",
      "the same, with answers that people can read" },
    { "mon", true, QEMU_OPTION_mon,
      "[chardev=]name[,mode=readline|control][,pretty=on|off]",
      "put a monitor on a -chardev" },
    { "debugcon", true, QEMU_OPTION_debugcon, "dev",
      "put the debug console, port 0xe9, on that character device" },
    { "pidfile", true, QEMU_OPTION_pidfile, "file",
      "keep the process's number there as long as it lives" },
    { "S", false, QEMU_OPTION_S, "", "wait for 'cont' before the guest runs" },
    { "gdb", true, QEMU_OPTION_gdb, "dev",
      "let gdb debug the guest from there, tcp::port for one\n"
      "(the guest runs until gdb comes; with -S it waits)" },
    { "s", false, QEMU_OPTION_s, "", "the same as -gdb tcp::1234" },
    { "d", true, QEMU_OPTION_d, "item1,...",
      "log these things ('help' lists them)" },
    { "D", true, QEMU_OPTION_D, "file", "log into that file" },
    { "dfilter", true, QEMU_OPTION_dfilter, "range,...",
      "of what has an address, log what is in these ranges\n"
      "(START+LEN, START-LEN, START..END)" },
    { "seed", true, QEMU_OPTION_seed, "number",
      "give the guest the same random numbers each time" },
    { "L", true, QEMU_OPTION_L, "path",
      "look for firmware and option ROMs there as well" },
    { "no-acpi", false, QEMU_OPTION_no_acpi, "",
      "leave out ACPI; -machine acpi=off" },
    { "no-hpet", false, QEMU_OPTION_no_hpet, "",
      "leave out the HPET; -machine hpet=off" },
    { "option-rom", true, QEMU_OPTION_option_rom,
      "[romfile=]file[,bootindex=n]",
      "hand the firmware an option ROM that belongs to no device" },
    { "no-reboot", false, QEMU_OPTION_no_reboot, "",
      "end instead of resetting the machine" },
    { "no-shutdown", false, QEMU_OPTION_no_shutdown, "",
      "stop instead of ending when the guest shuts down" },
    { "action", true, QEMU_OPTION_action,
      "[reboot=action][,shutdown=action][,panic=action][,watchdog=action]",
      "what to do when the guest reboots (reset|shutdown), shuts down\n"
      "(poweroff|pause), panics (pause|shutdown|exit-failure|none), or\n"
      "leaves a watchdog alone (reset|shutdown|poweroff|inject-nmi|\n"
      "pause|debug|none)" },
    { "watchdog-action", true, QEMU_OPTION_watchdog_action,
      "reset|shutdown|poweroff|inject-nmi|pause|debug|none",
      "the same as -action watchdog=…" },
    { "preconfig", false, QEMU_OPTION_preconfig, "",
      "make the machine only when QMP's x-exit-preconfig says so" },
    { "compat", true, QEMU_OPTION_compat,
      "[deprecated-input=policy][,deprecated-output=policy]"
      "[,unstable-input=policy][,unstable-output=policy]",
      "what to do with QMP that clients should not rely on: input\n"
      "accept|reject|crash, output accept|hide" },
    { "add-fd", true, QEMU_OPTION_add_fd, "fd=fd,set=set[,opaque=opaque]",
      "put an open descriptor into a set; its name is /dev/fdset/SET" },
    { "daemonize", false, QEMU_OPTION_daemonize, "",
      "go on in the background once the machine is there" },
    { "only-migratable", false, QEMU_OPTION_only_migratable, "",
      "" },
    { "nodefaults", false, QEMU_OPTION_nodefaults, "",
      "no device that was not asked for" },
    { "chroot", true, QEMU_OPTION_chroot, "dir",
      "make that the root directory before the guest runs" },
    { "runas", true, QEMU_OPTION_runas, "user",
      "become that user before the guest runs; or UID:GID" },
    { "readconfig", true, QEMU_OPTION_readconfig, "file",
      "read more options from there" },
    { "no-user-config", false, QEMU_OPTION_no_user_config, "",
      "read no configuration files; none are read anyway" },
    { "trace", true, QEMU_OPTION_trace,
      "[[enable=]pattern][,events=file][,file=file]",
      "trace events whose names match ('help' lists them)" },
    { "msg", true, QEMU_OPTION_msg, "[timestamp=on|off][,guest-name=on|off]",
      "what each message starts with" },
    { "qtest", true, QEMU_OPTION_qtest, "dev",
      "take qtest's commands from that character device" },
    { "qtest-log", true, QEMU_OPTION_qtest_log, "file",
      "log them there ('none' for nowhere)" },

    { .help = "Generic object creation" },
    { "object", true, QEMU_OPTION_object, "type,id=name[,prop=value...]",
      "make an object ('help' lists types, 'TYPE,help' their\n"
      "properties); JSON is understood too" },
};

const QEMUOption *lookup_opt(int argc, char **argv, const char **poptarg,
                             int *poptind)
{
    const QEMUOption *opt = NULL;
    int optind = *poptind;
    char *r = argv[optind];

    loc_set_cmdline(argv, optind, 1);
    optind++;

    /* Two dashes are as good as one. */
    if (r[1] == '-') {
        r++;
    }
    for (size_t i = 0; i < ARRAY_SIZE(qemu_options); i++) {
        if (g_strcmp0(qemu_options[i].name, r + 1) == 0) {
            opt = &qemu_options[i];
            break;
        }
    }
    if (!opt) {
        error_report("invalid option");
        exit(1);
    }

    *poptarg = NULL;
    if (opt->has_arg) {
        if (optind >= argc) {
            error_report("requires an argument");
            exit(1);
        }
        *poptarg = argv[optind++];
        loc_set_cmdline(argv, optind - 2, 2);
    }
    *poptind = optind;
    return opt;
}

void qemu_version(void)
{
    printf("QEMU emulator version " QEMU_VERSION " (qemini)\n"
           QEMU_COPYRIGHT "\n");
}

/* Where an option's description begins, on its own line or the next. */
#define HELP_COLUMN 16

/* @alias: another spelling, or NULL */
static void qemu_help_option(const QEMUOption *o, const char *alias)
{
    g_autoptr(GString) head = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(o->help, "\n", -1);
    char **line = lines;

    g_string_printf(head, "-%s", o->name);
    if (alias) {
        g_string_append_printf(head, " or -%s", alias);
    }
    if (*o->arg) {
        g_string_append_printf(head, " %s", o->arg);
    }
    if (head->len < HELP_COLUMN) {
        printf("%-*s%s\n", HELP_COLUMN, head->str, *line++);
    } else {
        printf("%s\n", head->str);
    }
    for (; *line; line++) {
        printf("%*s%s\n", HELP_COLUMN, "", *line);
    }
}

void qemu_help(int exitcode)
{
    qemu_version();
    printf("usage: %s [options]\n", g_get_prgname());

    for (size_t i = 0; i < ARRAY_SIZE(qemu_options); i++) {
        const QEMUOption *o = &qemu_options[i];
        const QEMUOption *next = i + 1 < ARRAY_SIZE(qemu_options) ? o + 1
                                                                  : NULL;

        if (!o->name) {
            printf("\n%s:\n", o->help);
        } else if (o->help && *o->help) {
            qemu_help_option(o, next && !next->help ? next->name : NULL);
        }
    }
    printf("\nWith -nographic, Ctrl-a h lists the keys that the guest does not"
           " get.\n\n" QEMU_HELP_BOTTOM "\n");
    exit(exitcode);
}
