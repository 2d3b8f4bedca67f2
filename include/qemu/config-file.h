/*
 * The program's option groups by name, and files of them (-readconfig).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CONFIG_FILE_H
#define QEMU_CONFIG_FILE_H

/*
 * A section of a file is one use of an option on the command line:
 *
 *     [device "nic0"]              -device id=nic0,driver=virtio-net-pci
 *       driver = "virtio-net-pci"
 */
typedef void QEMUConfigCB(const char *group, QDict *qdict, void *opaque,
                          Error **errp);

/* The group's list; without _err, one that does not exist is reported. */
QemuOptsList *qemu_find_opts(const char *group);
QemuOptsList *qemu_find_opts_err(const char *group, Error **errp);

/* The group's one QemuOpts without an id, made if need be. */
QemuOpts *qemu_find_opts_singleton(const char *group);

/* Make @list known; before the command line is parsed. */
void qemu_add_opts(QemuOptsList *list);

/* What -set takes: one "group.id.key=value" on top of what is there. */
bool qemu_set_option(const char *str, Error **errp);

/* What -global takes: "driver.property=value", or driver=,property=,value=. */
int qemu_global_option(const char *str);

/*
 * Read sections from @fp into the lists; @fname is for messages.  The number
 * of sections, or -errno with @errp set.
 */
int qemu_config_parse(FILE *fp, QemuOptsList **lists, const char *fname,
                      Error **errp);

/*
 * The same from flattened options: "GROUP.KEY", or "GROUP.0.KEY", "GROUP.1.KEY" and
 * so on.  What belongs to the groups is taken out of @options; after an error,
 * not all of it, and the lists may have got some.
 */
bool qemu_config_parse_qdict(QDict *options, QemuOptsList **lists,
                             Error **errp);

/* As above, but @cb gets each section as a QDict. */
int qemu_read_config_file(const char *filename, QEMUConfigCB *f, Error **errp);

#endif
