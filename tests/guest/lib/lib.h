/*
 * What the parts of lib/ owe each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUEST_LIB_H
#define GUEST_LIB_H

struct start_info;

void guest_start(struct start_info *info);
void serial_init(void);
void traps_init(void);
void traps_load(void);
void time_init(void);
/* One LAPIC timer interrupt after about @us microseconds. */
void lapic_timer(unsigned us);

#endif
