/*
 * gdb's packets with q and Q: what is there, and how shall it be?
 *
 * Read first: commands.c.  RSP, "General Query Packets".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/gdbstub.h"
#include "internals.h"
#include "qom/object.h"
#include "sysemu/hw_accel.h"
#include "trace.h"

bool gdb_has_xml;

/* What we can do */

static void handle_query_supported(GdbArgs *args)
{
    g_autoptr(GString) buf = g_string_new(NULL);

    if (strstr(args->p, "multiprocess+")) {
        gdbserver_state.multiprocess = true;
    }
    g_string_printf(buf, "PacketSize=%x", MAX_PACKET_LENGTH);
    if (first_cpu->cc->gdb_core_xml_file) {
        g_string_append(buf, ";qXfer:features:read+");
    }
    g_string_append(buf, ";vContSupported+;multiprocess+");
    put_strbuf(buf);
}

static void handle_query_attached(GdbArgs *args)
{
    put_packet("1");            /* it was there before gdb */
}

/* qXfer:features:read:NAME:OFFSET,LENGTH: a piece of a description */
static void handle_query_xfer_features(GdbArgs *args)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    const char *name = args->p;
    size_t name_len = strcspn(name, ":");
    const char *xml;
    uint64_t offset, len, total;

    args->p += name_len + (name[name_len] == ':');
    if (!gdb_arg_hex(args, ",", &offset) || !gdb_arg_hex(args, "", &len)) {
        gdb_put_arg_error(args);
        return;
    }
    if (!gdbserver_state.g_cpu->cc->gdb_core_xml_file) {
        put_packet("");
        return;
    }
    gdb_has_xml = true;
    xml = get_feature_xml(gdbserver_state.g_cpu, name, name_len);
    total = xml ? strlen(xml) : 0;
    if (!xml || offset > total) {
        put_packet("E00");
        return;
    }
    /* Escapes could make twice as much of it. */
    len = MIN(len, (MAX_PACKET_LENGTH - 5) / 2);
    len = MIN(len, total - offset);
    g_byte_array_append(out, (const uint8_t *)
                        (offset + len < total ? "m" : "l"), 1);
    g_byte_array_append(out, (const uint8_t *)xml + offset, len);
    put_packet_binary(out);
}

/* Threads */

static void handle_query_curr_tid(GdbArgs *args)
{
    g_autoptr(GString) buf = g_string_new("QC");

    gdb_append_thread_id(gdbserver_state.g_cpu, buf);
    put_strbuf(buf);
}

static void handle_query_threads(GdbArgs *args)
{
    g_autoptr(GString) buf = g_string_new("m");

    if (!gdbserver_state.query_cpu) {
        put_packet("l");
        return;
    }
    gdb_append_thread_id(gdbserver_state.query_cpu, buf);
    put_strbuf(buf);
    gdbserver_state.query_cpu =
        gdb_next_attached_cpu(gdbserver_state.query_cpu);
}

static void handle_query_first_threads(GdbArgs *args)
{
    gdbserver_state.query_cpu = gdb_first_attached_cpu();
    handle_query_threads(args);
}

/* What "info threads" shows of one. */
static void handle_query_thread_extra(GdbArgs *args)
{
    g_autoptr(GString) info = g_string_new(NULL);
    g_autoptr(GString) hex = g_string_new(NULL);
    CPUState *cpu;

    if (read_thread_id(&args->p, &cpu) != GDB_ONE_THREAD || !cpu || *args->p) {
        put_packet("E22");
        return;
    }
    cpu_synchronize_state(cpu);
    g_string_printf(info, "CPU#%d [%s]", cpu->cpu_index,
                    cpu->halted ? "halted " : "running");
    trace_gdbstub_op_extra_info(info->str);
    memtohex(hex, (uint8_t *)info->str, info->len);
    put_strbuf(hex);
}

/* "monitor COMMAND": to a human monitor of gdb's own, which answers with O… */
static void handle_query_rcmd(GdbArgs *args)
{
    g_autoptr(GByteArray) line = g_byte_array_new();
    size_t len = strlen(args->p);

    if (!len || len % 2 || !hextomem(line, args->p, len)) {
        put_packet("E22");
        return;
    }
    g_byte_array_append(line, (const uint8_t *)"\n", 1);
    qemu_chr_be_write(gdbserver_state.mon_chr, line->data, line->len);
    put_packet("OK");
}

/* QEMU's own: how to step, and what addresses are */

static void handle_query_qemu_sstepbits(GdbArgs *args)
{
    g_autoptr(GString) buf = g_string_new(NULL);

    g_string_printf(buf, "ENABLE=%x", SSTEP_ENABLE);
    if (gdbserver_state.supported_sstep_flags & SSTEP_NOIRQ) {
        g_string_append_printf(buf, ",NOIRQ=%x", SSTEP_NOIRQ);
    }
    if (gdbserver_state.supported_sstep_flags & SSTEP_NOTIMER) {
        g_string_append_printf(buf, ",NOTIMER=%x", SSTEP_NOTIMER);
    }
    put_strbuf(buf);
}

static void handle_query_qemu_sstep(GdbArgs *args)
{
    g_autoptr(GString) buf = g_string_new(NULL);

    g_string_printf(buf, "0x%x", gdbserver_state.sstep_flags);
    put_strbuf(buf);
}

static void handle_set_qemu_sstep(GdbArgs *args)
{
    uint64_t flags;

    if (!gdb_arg_hex(args, "", &flags)) {
        gdb_put_arg_error(args);
        return;
    }
    if (flags & ~(uint64_t)gdbserver_state.supported_sstep_flags) {
        put_packet("E22");
        return;
    }
    gdbserver_state.sstep_flags = flags;
    put_packet("OK");
}

static void handle_query_qemu_phy_mem_mode(GdbArgs *args)
{
    put_packet(gdbserver_state.phy_memory_mode ? "1" : "0");
}

static void handle_set_qemu_phy_mem_mode(GdbArgs *args)
{
    uint64_t mode;

    if (!gdb_arg_hex(args, "", &mode)) {
        gdb_put_arg_error(args);
        return;
    }
    gdbserver_state.phy_memory_mode = mode != 0;
    put_packet("OK");
}

static void handle_query_qemu_supported(GdbArgs *args)
{
    put_packet("sstepbits;sstep;PhyMemMode");
}

/* All of them */

static const GdbCmdEntry gdb_gen_query_table[] = {
    { "Attached", true, handle_query_attached },
    { "C", false, handle_query_curr_tid },
    { "Rcmd,", true, handle_query_rcmd },
    { "Supported", true, handle_query_supported },
    { "ThreadExtraInfo,", true, handle_query_thread_extra },
    { "Xfer:features:read:", true, handle_query_xfer_features },
    { "fThreadInfo", false, handle_query_first_threads },
    { "qemu.PhyMemMode", false, handle_query_qemu_phy_mem_mode },
    { "qemu.Supported", false, handle_query_qemu_supported },
    { "qemu.sstep", false, handle_query_qemu_sstep },
    { "qemu.sstepbits", false, handle_query_qemu_sstepbits },
    { "sThreadInfo", false, handle_query_threads },
};

static const GdbCmdEntry gdb_gen_set_table[] = {
    { "qemu.PhyMemMode:", true, handle_set_qemu_phy_mem_mode },
    { "qemu.sstep=", true, handle_set_qemu_sstep },
};

void handle_gen_query(GdbArgs *args)
{
    if (!process_string_cmd(gdb_gen_query_table,
                            ARRAY_SIZE(gdb_gen_query_table), args->p)) {
        put_packet("");
    }
}

void handle_gen_set(GdbArgs *args)
{
    if (!process_string_cmd(gdb_gen_set_table,
                            ARRAY_SIZE(gdb_gen_set_table), args->p)) {
        put_packet("");
    }
}
