/*
 * The program as a whole: what the command line said, and who wants to know
 * when the machine is ready or gone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_H
#define SYSEMU_H

#include "qemu/timer.h"
#include "qemu/notify.h"
#include "qemu/uuid.h"

extern int only_migratable;         /* -only-migratable */
extern const char *qemu_name;       /* -name; NULL if not given */
extern QemuUUID qemu_uuid;          /* -uuid; valid if qemu_uuid_set */
extern bool qemu_uuid_set;

/* Called when the program ends, last added first. */
void qemu_add_exit_notifier(Notifier *notify);
void qemu_remove_exit_notifier(Notifier *notify);

/*
 * Called once when the machine and all devices of the command line are there,
 * before the first reset; at once if that is past.
 */
void qemu_add_machine_init_done_notifier(Notifier *notify);
void qemu_remove_machine_init_done_notifier(Notifier *notify);

/* -rtc */
extern QEMUClockType rtc_clock;

extern int autostart;               /* 0 with -S */
extern uint8_t *boot_splash_filedata;

#define MAX_OPTION_ROMS 16
typedef struct QEMUOptionRom {
    const char *name;
    int32_t bootindex;
} QEMUOptionRom;
extern QEMUOptionRom option_rom[MAX_OPTION_ROMS];
extern int nb_option_roms;

#define MAX_PARALLEL_PORTS 3

/* The character device behind -serial number @i, or NULL. */
Chardev *serial_hd(int i);

/* Boot order: what `bootindex` and -boot are for; see system/bootdevice.c. */

/* The device list that firmware gets, one path a line; the caller frees it. */
char *get_boot_devices_list(size_t *size);
DeviceState *get_boot_device(uint32_t position);

/*
 * Disks whose geometry firmware must not guess: the path, cylinders, heads and
 * sectors, one disk a line; all three 0: it may.  The list is the caller's.
 */
void add_boot_device_lchs(DeviceState *dev, const char *suffix,
                          uint32_t lcyls, uint32_t lheads, uint32_t lsecs);
void del_boot_device_lchs(DeviceState *dev, const char *suffix);
char *get_boot_devices_lchs_list(size_t *size);

/* An error if another device has the index; -1 is always free. */
void check_boot_index(int32_t bootindex, Error **errp);
void del_boot_device_path(DeviceState *dev, const char *suffix);

/* Property @name of @obj, an index kept in *@bootindex, for @dev. */
void device_add_bootindex_property(Object *obj, int32_t *bootindex,
                                   const char *name, const char *suffix,
                                   DeviceState *dev);
void restore_boot_order(void *opaque);
void validate_bootdevices(const char *devices, Error **errp);
void add_boot_device_path(int32_t bootindex, DeviceState *dev,
                          const char *suffix);

typedef void QEMUBootSetHandler(void *opaque, const char *boot_order,
                                Error **errp);

/* The board's way to change the boot order while the machine runs. */
void qemu_register_boot_set(QEMUBootSetHandler *func, void *opaque);
void qemu_boot_set(const char *boot_order, Error **errp);

/* Call the notifiers. */
void qemu_run_exit_notifiers(void);
void qemu_run_machine_init_done_notifiers(void);

extern QemuOptsList qemu_chardev_opts;
extern QemuOptsList qemu_device_opts;
extern QemuOptsList qemu_netdev_opts;
extern QemuOptsList qemu_nic_opts;
extern QemuOptsList qemu_net_opts;
extern QemuOptsList qemu_global_opts;

#endif
