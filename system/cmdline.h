/*
 * What the command line leaves behind for the phases of main.
 *
 * cmdline.c reads the options, from the first to the last; vl.c does what they
 * ask for, in the order of its phases.  Most options become QemuOpts, by the
 * name of their list; the rest is here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_CMDLINE_H
#define SYSTEM_CMDLINE_H

#include "qapi/qapi-types-block-core.h"
#include "qapi/qapi-types-qom.h"
#include "qapi/qmp/qdict.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"

typedef struct ObjectOption {
    ObjectOptions *opts;
    QTAILQ_ENTRY(ObjectOption) next;
} ObjectOption;

typedef struct BlockdevOption {
    BlockdevOptions *bdo;
    Location loc;
    QTAILQ_ENTRY(BlockdevOption) next;
} BlockdevOption;

/* -device in its JSON form; the other form is in QemuOpts. */
typedef struct DeviceOption {
    QDict *opts;
    Location loc;
    QTAILQ_ENTRY(DeviceOption) next;
} DeviceOption;

typedef struct CommandLine {
    QDict *machine_opts;        /* -machine, -smp, ...: the machine's properties */
    const char *cpu_option;
    const char *mem_path;
    bool mem_prealloc;
    const char *log_mask;
    const char *log_file;
    const char *qtest_chrdev;
    const char *qtest_log;
    const char *pid_file;
    bool list_data_dirs;        /* -L help */
    bool nodefaults;
    bool nographic;
    bool preconfig;             /* wait for x-exit-preconfig */
    bool snapshot;              /* of each -drive that does not say */
    QTAILQ_HEAD(, ObjectOption) objects;
    QTAILQ_HEAD(, BlockdevOption) blockdevs;
    QTAILQ_HEAD(, DeviceOption) devices;
} CommandLine;

extern CommandLine cmdline;

/* Reads all options; a wrong one ends the program with a message. */
void qemu_parse_options(int argc, char **argv);

/* Adds one more -@list @arg, or ends the program with a message. */
void opts_parse_or_exit(const char *list, const char *arg, bool implied);

/* -monitor and -qmp: @mode is "readline" or "control". */
void monitor_parse(const char *optarg, const char *mode, bool pretty);

/* Sets the property @propname of the machine to what @prop says; takes @prop. */
void machine_merge_property(const char *propname, QDict *prop);

/* -readconfig; ends the program with a message if it makes no sense. */
void qemu_readconfig(const char *filename);

/* One more -object, as @v has it. */
void object_option_add_visitor(Visitor *v, Error **errp);

#endif
