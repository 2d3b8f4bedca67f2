/*
 * CPUs as gdb sees them: threads of one process.
 *
 * A thread's number is one more than the CPU's, because 0 means any of them to
 * gdb.  With "multiprocess", which gdb asks for, ids are p1.1, p1.2, ...; the
 * machine is process 1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "internals.h"
#include "qemu/cutils.h"

CPUState *gdb_first_attached_cpu(void)
{
    return gdbserver_state.attached ? first_cpu : NULL;
}

CPUState *gdb_next_attached_cpu(CPUState *cpu)
{
    return CPU_NEXT(cpu);
}

static bool gdb_has_cpu(CPUState *wanted)
{
    CPUState *cpu;

    CPU_FOREACH(cpu) {
        if (cpu == wanted) {
            return true;
        }
    }
    return false;
}

void gdb_check_cpus(void)
{
    GDBState *s = &gdbserver_state;

    if (s->c_cpu && !gdb_has_cpu(s->c_cpu)) {
        s->c_cpu = gdb_first_attached_cpu();
    }
    if (!s->g_cpu || !gdb_has_cpu(s->g_cpu)) {
        s->g_cpu = first_cpu;
    }
    if (s->query_cpu && !gdb_has_cpu(s->query_cpu)) {
        s->query_cpu = NULL;
    }
}

void gdb_append_thread_id(CPUState *cpu, GString *buf)
{
    if (gdbserver_state.multiprocess) {
        g_string_append_printf(buf, "p%02x.", GDB_PID);
    }
    g_string_append_printf(buf, "%02x", cpu->cpu_index + 1);
}

/* A number in hex, or -1 for all of them. */
static bool read_id_part(const char **p, int64_t *id)
{
    uint64_t val;

    if (g_str_has_prefix(*p, "-1")) {
        *p += 2;
        *id = -1;
        return true;
    }
    if (!g_ascii_isxdigit(**p) || qemu_strtou64(*p, p, 16, &val) < 0 ||
        val > INT_MAX) {
        return false;
    }
    *id = val;
    return true;
}

GDBThreadIdKind read_thread_id(const char **p, CPUState **cpu)
{
    int64_t pid = GDB_PID, tid = -1;
    bool has_pid = **p == 'p';

    *cpu = NULL;
    if (has_pid) {
        (*p)++;
        if (!read_id_part(p, &pid)) {
            return GDB_READ_THREAD_ERR;
        }
    }
    if (!has_pid || **p == '.') {
        *p += has_pid;
        if (!read_id_part(p, &tid)) {
            return GDB_READ_THREAD_ERR;
        }
    }
    /* 0 is any process, and it is ours; -1 is all, and so it is as well. */
    if (pid > GDB_PID) {
        return GDB_ONE_THREAD;
    }
    if (tid == -1) {
        return GDB_ALL_THREADS;
    }
    *cpu = tid ? qemu_get_cpu(tid - 1) : first_cpu;
    return GDB_ONE_THREAD;
}
