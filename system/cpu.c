/*
 * What every CPU does in its life, whatever its target: model, list, memory.
 *
 * Read include/hw/core/cpu.h first.  Read next: hw/core/cpu-common.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/exec-all.h"
#include "exec/gdbstub.h"
#include "exec/log.h"
#include "hw/core/accel-cpu.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/error-report.h"
#include "sysemu/cpus.h"
#include "cpu.h"

/* Properties */

static Property cpu_common_props[] = {
    /* The root of all that the CPU can reach; the board may give another. */
    DEFINE_PROP_LINK("memory", CPUState, memory, TYPE_MEMORY_REGION,
                     MemoryRegion *),
    DEFINE_PROP_END_OF_LIST(),
};

static bool cpu_get_start_powered_off(Object *obj, Error **errp)
{
    return CPU(obj)->start_powered_off;
}

static void cpu_set_start_powered_off(Object *obj, bool value, Error **errp)
{
    CPU(obj)->start_powered_off = value;
}

void cpu_class_init_props(DeviceClass *dc)
{
    ObjectClass *oc = OBJECT_CLASS(dc);

    device_class_set_props(dc, cpu_common_props);
    /* Not a Property: it may be set after realize as well. */
    object_class_property_add_bool(oc, "start-powered-off",
                                   cpu_get_start_powered_off,
                                   cpu_set_start_powered_off);
}

/* Life */

void cpu_exec_initfn(CPUState *cpu)
{
    cpu->as = NULL;
    cpu->num_ases = 0;
    cpu->thread_id = qemu_get_thread_id();
    cpu->memory = get_system_memory();
    object_ref(OBJECT(cpu->memory));
}

void cpu_exec_realizefn(CPUState *cpu, Error **errp)
{
    if (!accel_cpu_realizefn(cpu, errp)) {
        return;
    }
    /* Anybody may find it from here on. */
    cpu_list_add(cpu);
}

void cpu_exec_unrealizefn(CPUState *cpu)
{
    cpu_breakpoint_remove_all(cpu, BP_ANY);
    cpu_watchpoint_remove_all(cpu, BP_ANY);
    gdb_unregister_coprocessor_all(cpu);
    cpu_list_remove(cpu);
    cpu_address_spaces_destroy(cpu);
}

/* -cpu */

const char *parse_cpu_option(const char *cpu_option)
{
    g_auto(GStrv) model_pieces = g_strsplit(cpu_option, ",", 2);
    ObjectClass *oc;
    CPUClass *cc;
    const char *cpu_type;

    if (!model_pieces[0]) {
        error_report("-cpu option cannot be empty");
        exit(1);
    }
    oc = cpu_class_by_name(CPU_RESOLVING_TYPE, model_pieces[0]);
    if (oc == NULL) {
        error_report("unable to find CPU model '%s'", model_pieces[0]);
        exit(EXIT_FAILURE);
    }

    cpu_type = object_class_get_name(oc);
    cc = CPU_CLASS(oc);
    cc->parse_features(cpu_type, model_pieces[1], &error_fatal);
    return cpu_type;
}

void list_cpus(const char *optarg)
{
    x86_cpu_list();
}

/* The end */

void cpu_abort(CPUState *cpu, const char *fmt, ...)
{
    va_list ap, ap2;

    va_start(ap, fmt);
    va_copy(ap2, ap);
    fprintf(stderr, "qemu: fatal: ");
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
    cpu_dump_state(cpu, stderr, CPU_DUMP_FPU | CPU_DUMP_CCOP);
    if (qemu_log_separate()) {
        FILE *logfile = qemu_log_trylock();

        if (logfile) {
            fprintf(logfile, "qemu: fatal: ");
            vfprintf(logfile, fmt, ap2);
            fprintf(logfile, "\n");
            cpu_dump_state(cpu, logfile, CPU_DUMP_FPU | CPU_DUMP_CCOP);
            qemu_log_unlock(logfile);
        }
    }
    va_end(ap2);
    va_end(ap);
    abort();
}
