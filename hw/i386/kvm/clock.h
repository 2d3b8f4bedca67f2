/*
 * The clock that KVM gives to guests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_KVM_CLOCK_H
#define HW_KVM_CLOCK_H

/* Make the device that saves and restores it; with @create_always unless no
 * CPU can see it. */
void kvmclock_create(bool create_always);

#endif
