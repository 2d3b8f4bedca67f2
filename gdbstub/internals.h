/*
 * What the files of gdbstub/ share.
 *
 * The protocol is gdb's manual, appendix "Remote Serial Protocol" (RSP below).
 * All of this is the main loop's, with the BQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GDBSTUB_INTERNALS_H
#define GDBSTUB_INTERNALS_H

#include "chardev/char-fe.h"
#include "hw/core/cpu.h"

/* The longest packet, as qSupported tells gdb ("PacketSize"). */
#define MAX_PACKET_LENGTH 4096

/* gdb's numbers of signals, which are not the host's. */
enum {
    GDB_SIGNAL_0 = 0,
    GDB_SIGNAL_INT = 2,
    GDB_SIGNAL_QUIT = 3,
    GDB_SIGNAL_TRAP = 5,
    GDB_SIGNAL_ABRT = 6,
    GDB_SIGNAL_ALRM = 14,
    GDB_SIGNAL_STOP = 17,
    GDB_SIGNAL_XCPU = 24,
    GDB_SIGNAL_UNKNOWN = 143,
};

/* gdb's only process: the machine. */
#define GDB_PID 1

/*
 * Where in a packet the reader is: "$", data, "#" and two digits.  In the data
 * "}" changes the next byte, and "*" repeats the last one.
 */
enum RSState {
    RS_INACTIVE,
    RS_IDLE,
    RS_GETLINE,
    RS_GETLINE_ESC,
    RS_GETLINE_RLE,
    RS_CHKSUM1,
    RS_CHKSUM2,
};

/*
 * @chr: where gdb is; NULL before the first gdbserver_start().  On the heap, as
 *     the next one is made before this one goes.
 * @mon_chr: the end of gdb's own human monitor ("monitor info registers").
 * @state, @line_buf, @line_buf_index, @line_sum, @line_csum, @line_bad: the
 *     packet that comes in.
 * @busy: one is being handled; what it does may not take @chr away.
 * @last_packet: as sent, until gdb has acknowledged it; it may ask again.
 * @outbuf, @out_watch: what @chr has not taken yet.
 * @attached: gdb has not detached.
 * @c_cpu: what step and continue are about, and the CPU of the last stop.
 * @g_cpu: what registers and memory are about.
 * @query_cpu: the next one that qsThreadInfo tells.
 * @multiprocess: gdb wants thread ids with a process.
 * @sstep_flags, @supported_sstep_flags: SSTEP_*.
 * @phy_memory_mode: addresses of m and M are physical.
 */
typedef struct GDBState {
    bool init;
    CharBackend *chr;
    Chardev *mon_chr;

    enum RSState state;
    char line_buf[MAX_PACKET_LENGTH];
    int line_buf_index;
    int line_sum;
    int line_csum;
    bool line_bad;
    bool busy;
    GByteArray *last_packet;
    GByteArray *outbuf;
    guint out_watch;

    bool attached;
    CPUState *c_cpu;
    CPUState *g_cpu;
    CPUState *query_cpu;
    bool multiprocess;
    int sstep_flags;
    int supported_sstep_flags;
    bool phy_memory_mode;
} GDBState;

extern GDBState gdbserver_state;

/* packets.c: bytes into packets and back */

int gdb_chr_can_receive(void *opaque);
void gdb_chr_receive(void *opaque, const uint8_t *buf, int size);
/* Send it; gdb may then ask for it again.  A second one makes that the last. */
void put_packet(const char *buf);
void put_strbuf(GString *buf);
/* The same with bytes that a packet cannot have as they are. */
void put_packet_binary(const GByteArray *buf);
/* A new gdb, or none: forget what came and what waits to go. */
void gdb_reset_packets(enum RSState state);
/* Append @len bytes of @mem as hex digits. */
void memtohex(GString *buf, const uint8_t *mem, size_t len);
/*
 * Append the bytes that @len hex digits at @buf mean, of which there is an even
 * number; false, and nothing, if they are no hex digits.
 */
bool hextomem(GByteArray *mem, const char *buf, size_t len);

/* commands.c: what a packet asks for; queries.c: those with q and Q */

/*
 * The arguments of a packet, from the left.  Each gdb_arg_*() returns false if
 * there is no such argument; @malformed tells that there is another thing.
 */
typedef struct GdbArgs {
    const char *p;
    bool malformed;
} GdbArgs;

/* A hex number, up to the end or to a separator of @seps, which is eaten. */
bool gdb_arg_hex(GdbArgs *args, const char *seps, uint64_t *val);
/* Answer for a handler that lacks an argument: an error, or "unsupported". */
void gdb_put_arg_error(const GdbArgs *args);

typedef void GdbCmdHandler(GdbArgs *args);

/* @prefix: all of the command, or, if @args, its beginning. */
typedef struct GdbCmdEntry {
    const char *prefix;
    bool args;
    GdbCmdHandler *handler;
} GdbCmdEntry;

/* Run the entry for @line; false if there is none. */
bool process_string_cmd(const GdbCmdEntry *table, size_t num,
                        const char *line);
void gdb_handle_packet(const char *line);
void handle_gen_query(GdbArgs *args);
void handle_gen_set(GdbArgs *args);
/* The stop reply to signal @sig of @cpu, with the @extra fields. */
void gdb_put_stop_reply(int sig, CPUState *cpu, const char *extra);

/* threads.c: CPUs as threads */

typedef enum GDBThreadIdKind {
    GDB_ONE_THREAD,
    GDB_ALL_THREADS,
    GDB_READ_THREAD_ERR,
} GDBThreadIdKind;

/*
 * "1", "p1.1", "-1" or "0" at *@p, which moves behind it.  A thread that is
 * there, or any of them (0), is *@cpu; an unknown one leaves it NULL.
 */
GDBThreadIdKind read_thread_id(const char **p, CPUState **cpu);
void gdb_append_thread_id(CPUState *cpu, GString *buf);
CPUState *gdb_first_attached_cpu(void);
CPUState *gdb_next_attached_cpu(CPUState *cpu);
/* A CPU that gdb is about may have been unplugged: take another one then. */
void gdb_check_cpus(void);

/* registers.c */

int gdb_read_register(CPUState *cpu, GByteArray *buf, int reg);
/* @mem_buf has @len bytes, which may be too few: then nothing is written. */
int gdb_write_register(CPUState *cpu, const uint8_t *mem_buf, size_t len,
                       int reg);
/* The description called @name, "target.xml" being made here; or NULL. */
const char *get_feature_xml(CPUState *cpu, const char *name, size_t len);

/* softmmu.c: the VM */

bool gdb_supports_guest_debug(void);
int gdb_breakpoint_insert(CPUState *cs, int type, hwaddr addr, hwaddr len);
int gdb_breakpoint_remove(CPUState *cs, int type, hwaddr addr, hwaddr len);
void gdb_breakpoint_remove_all(CPUState *cs);
/* 0, or -1: nothing there. */
int target_memory_rw_debug(CPUState *cpu, hwaddr addr, uint8_t *buf, int len,
                           bool is_write);
/* Go on, unless the guest needs a reset first. */
void gdb_continue(void);
/* Only CPUs whose entry of @steps, by their index, is 'c' or 's'. */
void gdb_continue_partial(const GHashTable *actions);

#endif
