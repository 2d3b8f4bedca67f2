/*
 * Bring the accelerator's and our idea of a CPU's registers together.
 *
 *     cpu_synchronize_state()           the accelerator's become ours
 *     cpu_synchronize_post_reset(),
 *     cpu_synchronize_post_init()       ours become the accelerator's
 *     cpu_synchronize_pre_loadvm()      ours are about to be written
 *
 * With the BQL; an accelerator that keeps none has no such methods.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_HW_ACCEL_H
#define QEMU_HW_ACCEL_H

#include "hw/core/cpu.h"

void cpu_synchronize_state(CPUState *cpu);
void cpu_synchronize_post_reset(CPUState *cpu);
void cpu_synchronize_post_init(CPUState *cpu);
void cpu_synchronize_pre_loadvm(CPUState *cpu);

#endif
