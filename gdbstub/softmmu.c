/*
 * The gdbstub and the VM: the character device, stops, and what the
 * accelerator does for gdb.
 *
 * Read first: include/exec/gdbstub.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/cpu-all.h"
#include "exec/cpu-common.h"
#include "exec/gdbstub.h"
#include "internals.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/cpus.h"
#include "sysemu/hw_accel.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* The accelerator */

bool gdb_supports_guest_debug(void)
{
    const AccelOpsClass *ops = cpus_get_accel();

    return ops->supports_guest_debug && ops->supports_guest_debug();
}

int gdb_breakpoint_insert(CPUState *cs, int type, hwaddr addr, hwaddr len)
{
    const AccelOpsClass *ops = cpus_get_accel();

    return ops->insert_breakpoint ? ops->insert_breakpoint(cs, type, addr, len)
                                  : -ENOSYS;
}

int gdb_breakpoint_remove(CPUState *cs, int type, hwaddr addr, hwaddr len)
{
    const AccelOpsClass *ops = cpus_get_accel();

    return ops->remove_breakpoint ? ops->remove_breakpoint(cs, type, addr, len)
                                  : -ENOSYS;
}

void gdb_breakpoint_remove_all(CPUState *cs)
{
    const AccelOpsClass *ops = cpus_get_accel();

    if (ops->remove_all_breakpoints) {
        ops->remove_all_breakpoints(cs);
    }
}

int target_memory_rw_debug(CPUState *cpu, hwaddr addr, uint8_t *buf, int len,
                           bool is_write)
{
    if (gdbserver_state.phy_memory_mode) {
        cpu_physical_memory_rw(addr, buf, len, is_write);
        return 0;
    }
    if (cpu->cc->memory_rw_debug) {
        return cpu->cc->memory_rw_debug(cpu, addr, buf, len, is_write);
    }
    return cpu_memory_rw_debug(cpu, addr, buf, len, is_write);
}

/* Go */

void gdb_continue(void)
{
    if (!runstate_needs_reset()) {
        trace_gdbstub_op_continue();
        vm_start();
    }
}

void gdb_continue_partial(const GHashTable *actions)
{
    CPUState *cpu;
    bool step = false;

    if (runstate_needs_reset()) {
        return;
    }
    CPU_FOREACH(cpu) {
        step |= g_hash_table_lookup((GHashTable *)actions, cpu) ==
                GINT_TO_POINTER('s');
    }
    if (vm_prepare_start(step)) {
        return;
    }
    qemu_clock_enable(QEMU_CLOCK_VIRTUAL, true);
    CPU_FOREACH(cpu) {
        switch (GPOINTER_TO_INT(g_hash_table_lookup((GHashTable *)actions,
                                                    cpu))) {
        case 's':
            trace_gdbstub_op_stepping(cpu->cpu_index);
            cpu_single_step(cpu, gdbserver_state.sstep_flags);
            cpu_resume(cpu);
            break;
        case 'c':
            trace_gdbstub_op_continue_cpu(cpu->cpu_index);
            cpu_resume(cpu);
            break;
        }
    }
}

/* Stop */

void gdb_set_stop_cpu(CPUState *cpu)
{
    if (gdbserver_state.attached) {
        gdbserver_state.c_cpu = cpu;
        gdbserver_state.g_cpu = cpu;
    }
}

/* A watchpoint is told once, with the address. */
static void gdb_put_watchpoint_reply(CPUState *cpu)
{
    CPUWatchpoint *wp = cpu->watchpoint_hit;
    g_autofree char *extra = NULL;
    const char *type = "";

    switch (wp->flags & BP_MEM_ACCESS) {
    case BP_MEM_READ:
        type = "r";
        break;
    case BP_MEM_ACCESS:
        type = "a";
        break;
    }
    trace_gdbstub_hit_watchpoint(type, cpu->cpu_index + 1, wp->vaddr);
    extra = g_strdup_printf("%swatch:%016" PRIx64 ";", type, wp->vaddr);
    cpu->watchpoint_hit = NULL;
    gdb_put_stop_reply(GDB_SIGNAL_TRAP, cpu, extra);
}

/* The signal that stands for @state, or -1: gdb need not know. */
static int gdb_signal_of(RunState state)
{
    switch (state) {
    case RUN_STATE_DEBUG:
        trace_gdbstub_hit_break();
        return GDB_SIGNAL_TRAP;
    case RUN_STATE_PAUSED:
        trace_gdbstub_hit_paused();
        return GDB_SIGNAL_INT;
    case RUN_STATE_SHUTDOWN:
        trace_gdbstub_hit_shutdown();
        return GDB_SIGNAL_QUIT;
    case RUN_STATE_IO_ERROR:
        trace_gdbstub_hit_io_error();
        return GDB_SIGNAL_STOP;
    case RUN_STATE_WATCHDOG:
        trace_gdbstub_hit_watchdog();
        return GDB_SIGNAL_ALRM;
    case RUN_STATE_INTERNAL_ERROR:
        trace_gdbstub_hit_internal_error();
        return GDB_SIGNAL_ABRT;
    case RUN_STATE_SAVE_VM:
    case RUN_STATE_RESTORE_VM:
        return -1;
    case RUN_STATE_FINISH_MIGRATE:
        return GDB_SIGNAL_XCPU;
    default:
        trace_gdbstub_hit_unknown(state);
        return GDB_SIGNAL_UNKNOWN;
    }
}

static void gdb_vm_state_change(void *opaque, bool running, RunState state)
{
    GDBState *s = &gdbserver_state;
    CPUState *cpu;
    int sig;

    if (running || s->state == RS_INACTIVE) {
        return;
    }
    gdb_check_cpus();
    if (!s->c_cpu) {
        return;                 /* it has detached */
    }
    sig = gdb_signal_of(state);
    if (sig == -1) {
        return;
    }
    if (state == RUN_STATE_DEBUG && s->c_cpu->watchpoint_hit) {
        gdb_put_watchpoint_reply(s->c_cpu);
    } else {
        gdb_put_stop_reply(sig, s->c_cpu, "");
    }
    CPU_FOREACH(cpu) {
        cpu_single_step(cpu, 0);
    }
}

/* Whoever stops the guest by SIGINT on the terminal that gdb shares with us */

static EventNotifier gdb_sigint_notifier;

static void gdb_sigterm_handler(int signal)
{
    event_notifier_set(&gdb_sigint_notifier);
}

static void gdb_sigint_read(EventNotifier *n)
{
    if (event_notifier_test_and_clear(n) && runstate_is_running()) {
        vm_stop(RUN_STATE_PAUSED);
    }
}

static void gdb_catch_sigint(void)
{
    struct sigaction act = { .sa_handler = gdb_sigterm_handler };
    static bool done;

    if (!done && event_notifier_init(&gdb_sigint_notifier, false) == 0) {
        event_notifier_set_handler(&gdb_sigint_notifier, gdb_sigint_read);
        sigaction(SIGINT, &act, NULL);
        done = true;
    }
}

/* gdb's monitor: what it says becomes packets */

static int gdb_monitor_write(Chardev *chr, const uint8_t *buf, int len)
{
    /* Two digits each, and the letter. */
    const int most = (MAX_PACKET_LENGTH - 4) / 2;

    for (int done = 0; done < len; done += most) {
        g_autoptr(GString) packet = g_string_new("O");

        memtohex(packet, buf + done, MIN(len - done, most));
        put_strbuf(packet);
    }
    return len;
}

/* Never "opened": nobody reads its greeting. */
static void gdb_monitor_open(Chardev *chr, ChardevBackend *backend,
                             bool *be_opened, Error **errp)
{
    *be_opened = false;
}

static void char_gdb_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->internal = true;
    cc->open = gdb_monitor_open;
    cc->chr_write = gdb_monitor_write;
}

static const TypeInfo char_gdb_type_info = {
    .name = TYPE_CHARDEV_GDB,
    .parent = TYPE_CHARDEV,
    .class_init = char_gdb_class_init,
};

static void gdbstub_register_types(void)
{
    type_register_static(&char_gdb_type_info);
}

type_init(gdbstub_register_types)

/* The server */

/* All that a gdb has set; the next one starts anew. */
static void gdb_forget_client(GDBState *s)
{
    gdb_reset_packets(s->chr && qemu_chr_fe_get_driver(s->chr) ? RS_IDLE
                                                               : RS_INACTIVE);
    s->attached = false;
    s->c_cpu = s->query_cpu = NULL;
    s->g_cpu = first_cpu;
    s->multiprocess = false;
    s->sstep_flags = s->supported_sstep_flags;
    s->phy_memory_mode = false;
    gdb_has_xml = false;
}

static void gdb_chr_event(void *opaque, QEMUChrEvent event)
{
    GDBState *s = &gdbserver_state;

    switch (event) {
    case CHR_EVENT_OPENED:
        gdb_forget_client(s);
        s->attached = true;
        s->c_cpu = s->g_cpu = gdb_first_attached_cpu();
        vm_stop(RUN_STATE_PAUSED);
        break;
    case CHR_EVENT_CLOSED:
        /* Its breakpoints stay, and the VM as it is: it may come back. */
        gdb_reset_packets(RS_IDLE);
        break;
    default:
        break;
    }
}

static void gdbserver_init_once(GDBState *s)
{
    Error *err = NULL;

    s->init = true;
    s->last_packet = g_byte_array_new();
    s->outbuf = g_byte_array_new();
    s->supported_sstep_flags = accel_supported_gdbstub_sstep_flags();
    qemu_add_vm_change_state_handler(gdb_vm_state_change, NULL);

    s->mon_chr = qemu_chardev_new(NULL, TYPE_CHARDEV_GDB, NULL, NULL,
                                  &error_abort);
    monitor_init_hmp(s->mon_chr, false, &err);
    if (err) {
        error_report_err(err);  /* gdb does without */
    }
}

static void gdbserver_drop(GDBState *s)
{
    if (s->chr) {
        gdb_reset_packets(RS_INACTIVE);
        qemu_chr_fe_deinit(s->chr, true);
        g_free(s->chr);
        s->chr = NULL;
    }
}

/* What @device stands for: a socket is a server, and gdb comes when it likes. */
static Chardev *gdb_new_chardev(const char *device)
{
    const char *id;

    if (strstart(device, "tcp:", NULL)) {
        g_autofree char *server =
            g_strdup_printf("%s,wait=off,nodelay=on,server=on", device);

        return qemu_chr_new_noreplay("gdb", server, true, NULL);
    }
    if (strstart(device, "chardev:", &id) && !qemu_chr_find(id)) {
        error_report("Chardev '%s' not found", id);
        return NULL;
    }
    if (strcmp(device, "stdio") == 0) {
        gdb_catch_sigint();
    }
    return qemu_chr_new_noreplay("gdb", device, true, NULL);
}

int gdbserver_start(const char *device)
{
    GDBState *s = &gdbserver_state;
    Chardev *chr = NULL;
    CharBackend *be;
    Error *err = NULL;

    trace_gdbstub_op_start(device);
    if (!first_cpu) {
        error_report("gdbstub: meaningless to attach gdb to a "
                     "machine without any CPU.");
        return -1;
    }
    if (!gdb_supports_guest_debug()) {
        error_report("gdbstub: current accelerator doesn't "
                     "support guest debugging");
        return -1;
    }
    if (s->busy) {
        error_report("gdb cannot close its own connection");
        return -1;
    }
    if (strcmp(device, "none") != 0) {
        chr = gdb_new_chardev(device);
        if (!chr) {
            return -1;
        }
    }
    /* "chardev:ID" may be one that somebody uses, we perhaps. */
    be = g_new0(CharBackend, 1);
    if (!qemu_chr_fe_init(be, chr, &err)) {
        error_report_err(err);
        g_free(be);
        return -1;
    }
    if (!s->init) {
        gdbserver_init_once(s);
    }
    gdbserver_drop(s);
    if (!chr) {
        /* Nobody is left to hear of them, or to take them away. */
        gdb_breakpoint_remove_all(first_cpu);
    }
    s->chr = be;
    gdb_forget_client(s);
    qemu_chr_fe_set_handlers(s->chr, gdb_chr_can_receive, gdb_chr_receive,
                             gdb_chr_event, NULL, NULL, NULL, true);
    return 0;
}

void gdb_exit(int code)
{
    GDBState *s = &gdbserver_state;

    if (!s->init) {
        return;
    }
    trace_gdbstub_op_exiting(code);
    if (s->attached) {
        g_autofree char *reply = g_strdup_printf("W%02x", (uint8_t)code);

        put_packet(reply);
    }
    gdbserver_drop(s);
    s->attached = false;
    s->c_cpu = s->g_cpu = s->query_cpu = NULL;
}
