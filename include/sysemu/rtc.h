/*
 * The guest's time of day: -rtc.
 *
 * A real-time clock of the guest starts from the host's clock (or from a date
 * of the user's), and the guest may set it.  A device asks for the time here
 * once, when it is made, and reckons from then on with rtc_clock
 * (sysemu/sysemu.h): the host's clock by default, the guest's virtual one if
 * time is to stand still while the VM is stopped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_RTC_H
#define SYSEMU_RTC_H

#include "qemu/option.h"

/* The date that -rtc asks for, @offset seconds from now. */
void qemu_get_timedate(struct tm *tm, time_t offset);

/* How many seconds @tm, as a guest has set its clock, is ahead of that. */
time_t qemu_timedate_diff(struct tm *tm);

/* Take -rtc's options; ends the program with a message if they are wrong. */
void configure_rtc(QemuOpts *opts);

extern QemuOptsList qemu_rtc_opts;

#endif
