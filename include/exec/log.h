/*
 * A CPU's registers, in the log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_EXEC_LOG_H
#define QEMU_EXEC_LOG_H

#include "hw/core/cpu.h"
#include "qemu/log.h"

/* Log the registers of @cpu; @flags are CPUDumpFlags. */
static inline void log_cpu_state(CPUState *cpu, int flags)
{
    FILE *f = qemu_log_trylock();

    if (f) {
        cpu_dump_state(cpu, f, flags);
        qemu_log_unlock(f);
    }
}

/* The same, if all of @mask is being logged. */
static inline void log_cpu_state_mask(int mask, CPUState *cpu, int flags)
{
    if (qemu_loglevel_mask(mask)) {
        log_cpu_state(cpu, flags);
    }
}

#endif
