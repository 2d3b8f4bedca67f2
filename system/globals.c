/*
 * What the command line said that the whole program asks about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sysemu/sysemu.h"

int autostart = 1;
int only_migratable;
const char *qemu_name;
QemuUUID qemu_uuid;
bool qemu_uuid_set;
QEMUClockType rtc_clock = QEMU_CLOCK_HOST;
uint8_t *boot_splash_filedata;
QEMUOptionRom option_rom[MAX_OPTION_ROMS];
int nb_option_roms;

/* Who wants to know of the end; what is added last is told first. */
static NotifierList exit_notifiers = NOTIFIER_LIST_INITIALIZER(exit_notifiers);

void qemu_add_exit_notifier(Notifier *notify)
{
    notifier_list_add(&exit_notifiers, notify);
}

void qemu_remove_exit_notifier(Notifier *notify)
{
    notifier_remove(notify);
}

/* Registered with atexit(): error exits come here as well. */
void qemu_run_exit_notifiers(void)
{
    notifier_list_notify(&exit_notifiers, NULL);
}
