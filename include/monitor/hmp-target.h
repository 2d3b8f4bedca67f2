/*
 * The human monitor and the guest's processors: which one is meant, and what
 * its registers are called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MONITOR_HMP_TARGET_H
#define MONITOR_HMP_TARGET_H

#include "exec/cpu-defs.h"
#include "hw/core/cpu.h"

/* A register that is a target_ulong in CPUArchState, or an int32_t */
#define MD_TLONG 0
#define MD_I32   1

/*
 * A register of the target, for expressions: $eip
 *
 * @offset: where it is in CPUArchState
 * @get_value: computes it instead; gets @offset
 */
typedef struct MonitorDef {
    const char *name;
    int offset;
    target_long (*get_value)(Monitor *mon, const struct MonitorDef *md,
                             int val);
    int type;
} MonitorDef;

/* The target's registers; an empty name at the end. */
const MonitorDef *target_monitor_defs(void);

/*
 * The processor that the commands of @mon are about: the one that `cpu` has
 * chosen, or the first.  Its registers are up to date.  NULL if there is none.
 */
CPUState *mon_get_cpu(Monitor *mon);
/* The same, as the target has it. */
CPUArchState *mon_get_cpu_env(Monitor *mon);
/* The same by its number, -1 if there is none; without its registers. */
int monitor_get_cpu_index(Monitor *mon);
/* Choose one.  0, or -1 if there is none of that number. */
int monitor_set_cpu(Monitor *mon, int cpu_index);

/* The register of this name, to *@pval.  0, or -1 if there is none. */
int get_monitor_def(Monitor *mon, int64_t *pval, const char *name);

#endif
