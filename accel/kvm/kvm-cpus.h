/*
 * What the accelerator's methods (kvm-accel-ops.c) have from kvm-guest-debug.c:
 * the guest's debugging for gdb.  With the BQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef KVM_CPUS_H
#define KVM_CPUS_H

#include "exec/hwaddr.h"
#include "hw/core/cpu.h"

bool kvm_supports_guest_debug(void);
/* SSTEP_* that this kernel can do. */
int kvm_gdbstub_sstep_flags(void);
/* @type is GDB_BREAKPOINT_SW and its like; for all vCPUs.  0 or -errno. */
int kvm_insert_breakpoint(CPUState *cpu, int type, hwaddr addr, hwaddr len);
int kvm_remove_breakpoint(CPUState *cpu, int type, hwaddr addr, hwaddr len);
void kvm_remove_all_breakpoints(CPUState *cpu);

#endif
