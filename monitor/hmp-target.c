/*
 * Registers of the target in expressions of the human monitor: $eip
 *
 * Which processor they are of, is hmp-cpu.c's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "monitor-internal.h"
#include "monitor/hmp-target.h"

int get_monitor_def(Monitor *mon, int64_t *pval, const char *name)
{
    const MonitorDef *md;
    CPUArchState *env = mon_get_cpu_env(mon);

    for (md = target_monitor_defs(); env && md->name; md++) {
        const void *reg = (const char *)env + md->offset;

        if (!hmp_compare_cmd(name, strlen(name), md->name)) {
            continue;
        }
        *pval = md->get_value ? md->get_value(mon, md, md->offset)
                : md->type == MD_I32 ? *(const int32_t *)reg
                : *(const target_long *)reg;
        return 0;
    }
    return -1;
}
