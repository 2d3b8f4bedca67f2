/*
 * gdb's packets: bytes of a character device become packets and back.
 *
 *     $ data # sum       a packet; sum is that of the bytes of data, in hex
 *     +  -               it has arrived; it has not, send it again
 *     0x03               Ctrl-C: stop the guest
 *
 * In the data, "}" says that the next byte has bit 5 turned over, so that "#",
 * "$", "}" and "*" can be sent; "x*N" is x and as many more of it as the code
 * of N less 29 (RSP, "Overview").
 *
 * While the guest runs, gdb has nothing to say but Ctrl-C; so any byte stops
 * it.  What we have to say waits in memory until the device takes it, and as
 * long as much waits, nothing more is read: a gdb that does not listen holds
 * up nobody but itself.
 *
 * Read first: include/exec/gdbstub.h.  Read next: commands.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "internals.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* With so much to be sent, gdb is not listened to. */
#define GDB_OUTBUF_LIMIT (4 * MAX_PACKET_LENGTH)

GDBState gdbserver_state;

/* Hex */

static const char gdb_hexdigits[] = "0123456789abcdef";

void memtohex(GString *buf, const uint8_t *mem, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        g_string_append_c(buf, gdb_hexdigits[mem[i] >> 4]);
        g_string_append_c(buf, gdb_hexdigits[mem[i] & 15]);
    }
}

bool hextomem(GByteArray *mem, const char *buf, size_t len)
{
    guint start = mem->len;

    for (size_t i = 0; i < len; i += 2) {
        int hi = g_ascii_xdigit_value(buf[i]);
        int lo = hi < 0 ? -1 : g_ascii_xdigit_value(buf[i + 1]);
        uint8_t byte;

        if (lo < 0) {
            g_byte_array_set_size(mem, start);
            return false;
        }
        byte = hi << 4 | lo;
        g_byte_array_append(mem, &byte, 1);
    }
    return true;
}

/* Out */

static gboolean gdb_out_ready(void *do_not_use, GIOCondition cond, void *data);

static void gdb_flush(void)
{
    GDBState *s = &gdbserver_state;

    while (s->outbuf->len) {
        int ret = qemu_chr_fe_write(s->chr, s->outbuf->data, s->outbuf->len);

        if (ret > 0) {
            g_byte_array_remove_range(s->outbuf, 0, ret);
            continue;
        }
        if (errno != EAGAIN) {
            g_byte_array_set_size(s->outbuf, 0);    /* nobody is there */
        } else if (!s->out_watch) {
            s->out_watch = qemu_chr_fe_add_watch(s->chr, G_IO_OUT | G_IO_HUP,
                                                 gdb_out_ready, NULL);
        }
        return;
    }
}

static gboolean gdb_out_ready(void *do_not_use, GIOCondition cond, void *data)
{
    gdbserver_state.out_watch = 0;
    gdb_flush();
    qemu_chr_fe_accept_input(gdbserver_state.chr);
    return G_SOURCE_REMOVE;
}

static void put_buffer(const void *buf, size_t len)
{
    if (gdbserver_state.chr && qemu_chr_fe_backend_open(gdbserver_state.chr)) {
        g_byte_array_append(gdbserver_state.outbuf, buf, len);
        gdb_flush();
    }
}

static void put_packet_bytes(const void *data, size_t len)
{
    GByteArray *packet = gdbserver_state.last_packet;
    const uint8_t *buf = data;
    uint8_t end[3] = { '#' };
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++) {
        sum += buf[i];
    }
    end[1] = gdb_hexdigits[sum >> 4];
    end[2] = gdb_hexdigits[sum & 15];

    g_byte_array_set_size(packet, 0);
    g_byte_array_append(packet, (const uint8_t *)"$", 1);
    g_byte_array_append(packet, buf, len);
    g_byte_array_append(packet, end, sizeof(end));
    put_buffer(packet->data, packet->len);
}

void put_packet(const char *buf)
{
    trace_gdbstub_io_reply(buf);
    put_packet_bytes(buf, strlen(buf));
}

void put_strbuf(GString *buf)
{
    put_packet(buf->str);
}

void put_packet_binary(const GByteArray *buf)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    for (guint i = 0; i < buf->len; i++) {
        uint8_t ch = buf->data[i];

        if (strchr("#$*}", ch) && ch) {
            g_byte_array_append(out, (const uint8_t *)"}", 1);
            ch ^= 0x20;
        }
        g_byte_array_append(out, &ch, 1);
    }
    trace_gdbstub_io_binaryreply(buf->len);
    put_packet_bytes(out->data, out->len);
}

void gdb_reset_packets(enum RSState state)
{
    GDBState *s = &gdbserver_state;

    if (s->out_watch) {
        g_source_remove(s->out_watch);
        s->out_watch = 0;
    }
    g_byte_array_set_size(s->outbuf, 0);
    g_byte_array_set_size(s->last_packet, 0);
    s->state = state;
}

/* In */

/* One more byte of a packet; too many of them, and it is dropped unanswered. */
static void gdb_line_append(GDBState *s, char ch)
{
    if (s->line_buf_index == sizeof(s->line_buf) - 1) {
        trace_gdbstub_err_overrun();
        s->state = RS_IDLE;
        return;
    }
    s->line_buf[s->line_buf_index++] = ch;
    s->state = RS_GETLINE;
}

/* The byte behind "x*": so many more of x. */
static void gdb_line_repeat(GDBState *s, uint8_t ch)
{
    /* The least is three, and what is no printable character is no count. */
    int repeat = ch - ' ' + 3;

    if (ch < ' ' || ch > '~' || s->line_buf_index == 0) {
        trace_gdbstub_err_invalid_repeat(ch);
        s->line_bad = true;
        s->state = RS_GETLINE;
        return;
    }
    while (repeat-- > 0) {
        gdb_line_append(s, s->line_buf[s->line_buf_index - 1]);
        if (s->state == RS_IDLE) {
            break;
        }
    }
}

/* A byte between "$" and "#". */
static void gdb_read_data(GDBState *s, uint8_t ch)
{
    if (ch == '#') {
        s->line_bad |= s->state != RS_GETLINE;
        s->line_buf[s->line_buf_index] = '\0';
        s->state = RS_CHKSUM1;
        return;
    }
    s->line_sum += ch;
    switch (s->state) {
    case RS_GETLINE_ESC:
        gdb_line_append(s, ch ^ 0x20);
        break;
    case RS_GETLINE_RLE:
        gdb_line_repeat(s, ch);
        break;
    default:
        if (ch == '}') {
            s->state = RS_GETLINE_ESC;
        } else if (ch == '*') {
            s->state = RS_GETLINE_RLE;
        } else {
            gdb_line_append(s, ch);
        }
        break;
    }
}

static void gdb_end_packet(GDBState *s)
{
    s->state = RS_IDLE;
    if (s->line_bad || s->line_csum != (s->line_sum & 0xff)) {
        trace_gdbstub_err_checksum_incorrect(s->line_sum, s->line_csum);
        put_buffer("-", 1);
        return;
    }
    put_buffer("+", 1);
    s->busy = true;
    gdb_handle_packet(s->line_buf);
    s->busy = false;
}

/* The guest runs: this is Ctrl-C, or something that is not for us. */
static void gdb_interrupt(uint8_t ch)
{
    if (ch != 0x03) {
        trace_gdbstub_err_unexpected_runpkt(ch);
    }
    vm_stop(RUN_STATE_PAUSED);
}

/* Is @ch about the packet that we sent last?  Then that is all of it. */
static bool gdb_read_ack(GDBState *s, uint8_t ch)
{
    if (!s->last_packet->len) {
        return false;
    }
    if (ch == '-') {
        trace_gdbstub_err_got_nack();
        put_buffer(s->last_packet->data, s->last_packet->len);
        return true;
    }
    if (ch == '+' || ch == '$') {
        /* With the next packet, gdb has done without. */
        g_byte_array_set_size(s->last_packet, 0);
    }
    return ch == '+';
}

static void gdb_read_byte(uint8_t ch)
{
    GDBState *s = &gdbserver_state;

    if (s->state <= RS_IDLE && gdb_read_ack(s, ch)) {
        return;
    }
    if (runstate_is_running()) {
        gdb_interrupt(ch);
        return;
    }
    switch (s->state) {
    case RS_INACTIVE:
        break;
    case RS_IDLE:
        if (ch == '$') {
            s->line_buf_index = 0;
            s->line_sum = 0;
            s->line_bad = false;
            s->state = RS_GETLINE;
        } else if (ch != '+' && ch != '-' && ch != 0x03) {
            trace_gdbstub_err_garbage(ch);
        }
        break;
    case RS_GETLINE:
    case RS_GETLINE_ESC:
    case RS_GETLINE_RLE:
        gdb_read_data(s, ch);
        break;
    case RS_CHKSUM1:
    case RS_CHKSUM2:
        if (!g_ascii_isxdigit(ch)) {
            trace_gdbstub_err_checksum_invalid(ch);
            s->state = RS_IDLE;
        } else if (s->state == RS_CHKSUM1) {
            s->line_csum = g_ascii_xdigit_value(ch) << 4;
            s->state = RS_CHKSUM2;
        } else {
            s->line_csum |= g_ascii_xdigit_value(ch);
            gdb_end_packet(s);
        }
        break;
    }
}

int gdb_chr_can_receive(void *opaque)
{
    return gdbserver_state.outbuf->len < GDB_OUTBUF_LIMIT ? MAX_PACKET_LENGTH
                                                          : 0;
}

void gdb_chr_receive(void *opaque, const uint8_t *buf, int size)
{
    for (int i = 0; i < size; i++) {
        gdb_read_byte(buf[i]);
    }
}
