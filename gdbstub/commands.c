/*
 * What gdb's packets ask for.
 *
 * The table at the end has them all; packets with q and Q are in queries.c.  A
 * packet that is not in it is answered with an empty one, which tells gdb that
 * we do not know it.  Errors are E and an errno in hex, which gdb prints.
 *
 * Read first: packets.c.  RSP, "Packets" and "Stop Reply Packets".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/gdbstub.h"
#include "internals.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "sysemu/hw_accel.h"
#include "sysemu/runstate.h"
#include "trace.h"

#define GDB_OK     "OK"
#define GDB_EFAULT "E14"        /* no such register, no such memory */
#define GDB_EINVAL "E22"        /* in decimal, as in QEMU */

/* Arguments */

bool gdb_arg_hex(GdbArgs *args, const char *seps, uint64_t *val)
{
    const char *end;

    if (args->malformed || !*args->p) {
        return false;
    }
    if (!g_ascii_isxdigit(*args->p) ||
        qemu_strtou64(args->p, &end, 16, val) < 0 ||
        (*end && !strchr(seps, *end))) {
        args->malformed = true;
        return false;
    }
    args->p = *end ? end + 1 : end;
    return true;
}

void gdb_put_arg_error(const GdbArgs *args)
{
    put_packet(args->malformed ? "" : GDB_EINVAL);
}

/* A thread as the whole of an argument. */
static GDBThreadIdKind gdb_arg_thread(GdbArgs *args, CPUState **cpu)
{
    GDBThreadIdKind kind = read_thread_id(&args->p, cpu);

    return *args->p ? GDB_READ_THREAD_ERR : kind;
}

/* Stop and go */

void gdb_put_stop_reply(int sig, CPUState *cpu, const char *extra)
{
    g_autoptr(GString) buf = g_string_new(NULL);

    g_string_printf(buf, "T%02xthread:", sig);
    gdb_append_thread_id(cpu, buf);
    g_string_append_printf(buf, ";%s", extra);
    put_strbuf(buf);
}

/* "?": why has it stopped?  gdb has just come, and knows of no breakpoints. */
static void handle_target_halt(GdbArgs *args)
{
    gdb_put_stop_reply(GDB_SIGNAL_TRAP, gdbserver_state.c_cpu, "");
    gdb_breakpoint_remove_all(gdbserver_state.c_cpu);
}

/* The address that c and s may have: where to go on. */
static bool gdb_set_cpu_pc(GdbArgs *args)
{
    uint64_t pc;

    if (gdb_arg_hex(args, "", &pc)) {
        cpu_synchronize_state(gdbserver_state.c_cpu);
        cpu_set_pc(gdbserver_state.c_cpu, pc);
    }
    return !args->malformed;
}

static void handle_continue(GdbArgs *args)
{
    if (!gdb_set_cpu_pc(args)) {
        gdb_put_arg_error(args);
        return;
    }
    gdb_continue();
}

/* C, and S: a guest takes no signals. */
static void handle_cont_with_sig(GdbArgs *args)
{
    gdb_continue();
}

static void handle_step(GdbArgs *args)
{
    if (!gdb_set_cpu_pc(args)) {
        gdb_put_arg_error(args);
        return;
    }
    cpu_single_step(gdbserver_state.c_cpu, gdbserver_state.sstep_flags);
    gdb_continue();
}

/* bs, bc: what has run cannot be run backwards. */
static void handle_backward(GdbArgs *args)
{
    put_packet(GDB_EINVAL);
}

/* The answer to a call of the host's files, which no guest here makes. */
static void handle_file_io(GdbArgs *args)
{
    gdb_continue();
}

static void handle_detach(GdbArgs *args)
{
    uint64_t pid = GDB_PID;

    if (*args->p == ';') {
        args->p++;
        if (!gdb_arg_hex(args, "", &pid)) {
            gdb_put_arg_error(args);
            return;
        }
    }
    /* A gdb that does not know of processes sends what it likes. */
    if (gdbserver_state.multiprocess && pid != GDB_PID) {
        put_packet(GDB_EINVAL);
        return;
    }
    gdb_breakpoint_remove_all(gdbserver_state.c_cpu);
    gdbserver_state.attached = false;
    gdbserver_state.c_cpu = NULL;
    put_packet(GDB_OK);
    gdb_continue();
}

static G_NORETURN void gdb_kill(void)
{
    error_report("QEMU: Terminated via GDBstub");
    gdb_exit(0);
    exit(0);
}

static void handle_kill(GdbArgs *args)
{
    gdb_kill();
}

static void handle_v_kill(GdbArgs *args)
{
    put_packet(GDB_OK);
    gdb_kill();
}

static void handle_v_attach(GdbArgs *args)
{
    uint64_t pid;

    if (!gdb_arg_hex(args, "", &pid)) {
        gdb_put_arg_error(args);
        return;
    }
    if (pid != GDB_PID) {
        put_packet(GDB_EINVAL);
        return;
    }
    gdbserver_state.attached = true;
    gdbserver_state.c_cpu = gdbserver_state.g_cpu = gdb_first_attached_cpu();
    gdb_put_stop_reply(GDB_SIGNAL_TRAP, gdbserver_state.c_cpu, "");
}

/* vCont: an action for each thread */

static void handle_v_cont_query(GdbArgs *args)
{
    put_packet("vCont;c;C;s;S");
}

/*
 * One action, "c", "s", or with a signal "C05", "S05"; 0 if it is none of
 * these.
 */
static int read_v_cont_action(const char **p)
{
    char action = *(*p)++;

    switch (action) {
    case 'c':
    case 's':
        return action;
    case 'C':
    case 'S':
        if (!g_ascii_isxdigit((*p)[0]) || !g_ascii_isxdigit((*p)[1])) {
            return 0;
        }
        *p += 2;
        return g_ascii_tolower(action);
    default:
        return 0;
    }
}

/* What is said of a thread first, counts. */
static void v_cont_add(GHashTable *actions, CPUState *cpu, int action)
{
    if (!g_hash_table_contains(actions, cpu)) {
        g_hash_table_insert(actions, cpu, GINT_TO_POINTER(action));
    }
}

/*
 * ";s:1;c" and the like.  Fills @actions; NULL, or the answer to what makes no
 * sense.
 */
static const char *gdb_parse_v_cont(const char *p, GHashTable *actions)
{
    while (*p) {
        GDBThreadIdKind kind = GDB_ALL_THREADS;
        CPUState *cpu = NULL;
        int action;

        if (*p++ != ';') {
            return "";
        }
        action = read_v_cont_action(&p);
        if (!action) {
            return "";
        }
        if (*p == ':') {
            p++;
            kind = read_thread_id(&p, &cpu);
        }
        if (kind == GDB_READ_THREAD_ERR) {
            return "";
        }
        if (kind == GDB_ONE_THREAD) {
            if (!cpu) {
                return GDB_EINVAL;
            }
            v_cont_add(actions, cpu, action);
            continue;
        }
        CPU_FOREACH(cpu) {
            v_cont_add(actions, cpu, action);
        }
    }
    return g_hash_table_size(actions) ? NULL : "";
}

static void handle_v_cont(GdbArgs *args)
{
    g_autoptr(GHashTable) actions = g_hash_table_new(NULL, NULL);
    const char *error = gdb_parse_v_cont(args->p, actions);

    if (error) {
        put_packet(error);
        return;
    }
    gdb_continue_partial(actions);
}

static const GdbCmdEntry gdb_v_commands[] = {
    { "Cont?", false, handle_v_cont_query },
    { "Cont", true, handle_v_cont },
    { "Attach;", true, handle_v_attach },
    { "Kill;", true, handle_v_kill },
};

static void handle_v_commands(GdbArgs *args)
{
    if (!process_string_cmd(gdb_v_commands, ARRAY_SIZE(gdb_v_commands),
                            args->p)) {
        put_packet("");
    }
}

/* Threads */

/* Hc, Hg: what the packets to come are about. */
static void handle_set_thread(GdbArgs *args)
{
    char op = *args->p;
    CPUState *cpu;

    if (op != 'c' && op != 'g') {
        put_packet(GDB_EINVAL);
        return;
    }
    args->p++;
    switch (gdb_arg_thread(args, &cpu)) {
    case GDB_READ_THREAD_ERR:
        put_packet(GDB_EINVAL);
        return;
    case GDB_ALL_THREADS:
        break;                  /* as it is */
    case GDB_ONE_THREAD:
        if (!cpu) {
            put_packet(GDB_EINVAL);
            return;
        }
        if (op == 'c') {
            gdbserver_state.c_cpu = cpu;
        } else {
            gdbserver_state.g_cpu = cpu;
        }
        break;
    }
    put_packet(GDB_OK);
}

static void handle_thread_alive(GdbArgs *args)
{
    CPUState *cpu;

    put_packet(gdb_arg_thread(args, &cpu) == GDB_ONE_THREAD && cpu
               ? GDB_OK : GDB_EINVAL);
}

/* Break- and watchpoints */

/* "TYPE,ADDR,KIND": what Z and z say. */
static void gdb_change_breakpoint(GdbArgs *args,
                                  int (*change)(CPUState *cs, int type,
                                                hwaddr addr, hwaddr len))
{
    uint64_t type, addr, len;
    int res;

    /* What comes behind a ";" are conditions, which gdb asks us for first. */
    if (!gdb_arg_hex(args, ",", &type) || !gdb_arg_hex(args, ",", &addr) ||
        !gdb_arg_hex(args, ";", &len)) {
        gdb_put_arg_error(args);
        return;
    }
    res = type > GDB_WATCHPOINT_ACCESS ? -ENOSYS
          : change(gdbserver_state.c_cpu, type, addr, len);
    put_packet(res == 0 ? GDB_OK : res == -ENOSYS ? "" : GDB_EINVAL);
}

static void handle_insert_bp(GdbArgs *args)
{
    gdb_change_breakpoint(args, gdb_breakpoint_insert);
}

static void handle_remove_bp(GdbArgs *args)
{
    gdb_change_breakpoint(args, gdb_breakpoint_remove);
}

/* Registers */

/* pN; older clients may only ask for all of them. */
static void handle_get_reg(GdbArgs *args)
{
    g_autoptr(GByteArray) mem = g_byte_array_new();
    g_autoptr(GString) buf = g_string_new(NULL);
    uint64_t reg;

    if (!gdb_has_xml) {
        put_packet("");
        return;
    }
    if (!gdb_arg_hex(args, "", &reg) || reg > INT_MAX ||
        !gdb_read_register(gdbserver_state.g_cpu, mem, reg)) {
        put_packet(args->malformed ? "" : GDB_EFAULT);
        return;
    }
    memtohex(buf, mem->data, mem->len);
    put_strbuf(buf);
}

/* PN=VALUE; one that there is not, or that is read-only, stays as it is. */
static void handle_set_reg(GdbArgs *args)
{
    g_autoptr(GByteArray) mem = g_byte_array_new();
    uint64_t reg;

    if (!gdb_has_xml) {
        put_packet("");
        return;
    }
    if (!gdb_arg_hex(args, "=", &reg) || !*args->p ||
        !hextomem(mem, args->p, strlen(args->p) & ~1)) {
        gdb_put_arg_error(args);
        return;
    }
    if (reg <= INT_MAX) {
        gdb_write_register(gdbserver_state.g_cpu, mem->data, mem->len, reg);
    }
    put_packet(GDB_OK);
}

static void handle_read_all_regs(GdbArgs *args)
{
    CPUState *cpu = gdbserver_state.g_cpu;
    g_autoptr(GByteArray) mem = g_byte_array_new();
    g_autoptr(GString) buf = g_string_new(NULL);

    for (int reg = 0; reg < cpu->gdb_num_g_regs; reg++) {
        gdb_read_register(cpu, mem, reg);
    }
    memtohex(buf, mem->data, mem->len);
    put_strbuf(buf);
}

static void handle_write_all_regs(GdbArgs *args)
{
    CPUState *cpu = gdbserver_state.g_cpu;
    g_autoptr(GByteArray) mem = g_byte_array_new();
    guint done = 0;

    if (!*args->p) {
        put_packet(GDB_EINVAL);
        return;
    }
    if (!hextomem(mem, args->p, strlen(args->p) & ~1)) {
        put_packet(GDB_EINVAL);
        return;
    }
    for (int reg = 0; reg < cpu->gdb_num_g_regs; reg++) {
        int size = gdb_write_register(cpu, mem->data + done, mem->len - done,
                                      reg);

        if (!size) {
            break;              /* there is no more of it */
        }
        done += size;
    }
    put_packet(GDB_OK);
}

/* Memory */

static void handle_read_mem(GdbArgs *args)
{
    g_autofree uint8_t *mem = NULL;
    g_autoptr(GString) buf = g_string_new(NULL);
    uint64_t addr, len;

    /* The answer has two digits for each byte. */
    if (!gdb_arg_hex(args, ",", &addr) || !gdb_arg_hex(args, "", &len) ||
        len > MAX_PACKET_LENGTH / 2) {
        gdb_put_arg_error(args);
        return;
    }
    mem = g_malloc0(len);
    if (target_memory_rw_debug(gdbserver_state.g_cpu, addr, mem, len, false)) {
        put_packet(GDB_EFAULT);
        return;
    }
    memtohex(buf, mem, len);
    put_strbuf(buf);
}

static void handle_write_mem(GdbArgs *args)
{
    g_autoptr(GByteArray) mem = g_byte_array_new();
    uint64_t addr, len;

    if (!gdb_arg_hex(args, ",", &addr) || !gdb_arg_hex(args, ":", &len)) {
        gdb_put_arg_error(args);
        return;
    }
    if (len > strlen(args->p) / 2 || !hextomem(mem, args->p, len * 2)) {
        put_packet(GDB_EINVAL);
        return;
    }
    put_packet(target_memory_rw_debug(gdbserver_state.g_cpu, addr, mem->data,
                                      len, true) ? GDB_EFAULT : GDB_OK);
}

/* "!": we stay when gdb goes. */
static void handle_extended_mode(GdbArgs *args)
{
    put_packet(GDB_OK);
}

/* All of them */

bool process_string_cmd(const GdbCmdEntry *table, size_t num, const char *line)
{
    for (size_t i = 0; i < num; i++) {
        if (table[i].args ? g_str_has_prefix(line, table[i].prefix)
                          : g_str_equal(line, table[i].prefix)) {
            GdbArgs args = { .p = line + strlen(table[i].prefix) };

            table[i].handler(&args);
            return true;
        }
    }
    return false;
}

static const GdbCmdEntry gdb_commands[] = {
    { "!", false, handle_extended_mode },
    { "?", false, handle_target_halt },
    { "C", true, handle_cont_with_sig },
    { "D", true, handle_detach },
    { "F", true, handle_file_io },
    { "G", true, handle_write_all_regs },
    { "H", true, handle_set_thread },
    { "M", true, handle_write_mem },
    { "P", true, handle_set_reg },
    { "Q", true, handle_gen_set },
    { "T", true, handle_thread_alive },
    { "Z", true, handle_insert_bp },
    { "bc", false, handle_backward },
    { "bs", false, handle_backward },
    { "c", true, handle_continue },
    { "g", false, handle_read_all_regs },
    { "k", false, handle_kill },
    { "m", true, handle_read_mem },
    { "p", true, handle_get_reg },
    { "q", true, handle_gen_query },
    { "s", true, handle_step },
    { "v", true, handle_v_commands },
    { "z", true, handle_remove_bp },
};

void gdb_handle_packet(const char *line)
{
    GDBState *s = &gdbserver_state;

    trace_gdbstub_io_command(line);
    gdb_check_cpus();
    /* Detached: a gdb that asks all the same is about the first CPU. */
    s->c_cpu = s->c_cpu ?: first_cpu;
    if (!process_string_cmd(gdb_commands, ARRAY_SIZE(gdb_commands), line)) {
        put_packet("");
    }
}
