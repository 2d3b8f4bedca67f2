/*
 * The gdbstub: gdb debugs the guest.
 *
 * `-gdb DEV`, `-s` or HMP's `gdbserver` make a server of gdb's remote serial
 * protocol on a character device.  It is about the guest: its CPUs are gdb's
 * threads, its memory is what they see through their page tables.
 *
 *     gdb                                         the VMM
 *      |  $m1000,4#8e                                |
 *      |-------------> gdb_chr_receive -> gdb_read_byte      gdbstub/packets.c
 *      |                  gdb_handle_packet                  gdbstub/commands.c
 *      |                    handle_read_mem
 *      |                      cpu_memory_rw_debug
 *      |  +$0f1e2d3c#..                              |
 *      |<------------- put_packet                    |
 *      |
 *      |  $c#63                                      |
 *      |-------------> handle_continue -> vm_start
 *      |                   ... the guest runs, and meets a breakpoint: the
 *      |                   vCPU's thread has EXCP_DEBUG:
 *      |                     cpu_handle_guest_debug -> gdb_set_stop_cpu
 *      |                   the main loop: vm_stop -> gdb_vm_state_change
 *      |  $T05thread:01;#07                          |
 *      |<------------- put_packet                    |
 *
 * Break- and watchpoints and single steps are the accelerator's
 * (sysemu/accel-ops.h, insert_breakpoint and its kin).  Registers are the
 * target's: CPUClass.gdb_read_register and .gdb_write_register, described to
 * gdb by a file of gdb-xml/.
 *
 * All of it runs in the main loop, with the BQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GDBSTUB_H
#define GDBSTUB_H

#include "hw/core/cpu.h"
#include "qemu/bswap.h"

#define DEFAULT_GDBSTUB_PORT "1234"

/* The digit of gdb's packets Z and z. */
#define GDB_BREAKPOINT_SW        0
#define GDB_BREAKPOINT_HW        1
#define GDB_WATCHPOINT_WRITE     2
#define GDB_WATCHPOINT_READ      3
#define GDB_WATCHPOINT_ACCESS    4

/*
 * gdbserver_start: serve gdb on @port_or_device: what -serial takes, too, or
 * "none" to stop.  A socket waits for gdb in the background.  0, or -1 after a
 * message; what there was before stays then.
 */
int gdbserver_start(const char *port_or_device);

/* The program ends with status @code: tell gdb, and stop to serve it. */
void gdb_exit(int code);

/* The stop that comes is because of @cpu: gdb shall look at it. */
void gdb_set_stop_cpu(CPUState *cpu);

/* Has gdb asked for descriptions of registers?  Then it may have them singly. */
extern bool gdb_has_xml;

/* Registers */

/* Name and text of the files in gdb-xml/; NULL at the end.  Generated. */
extern const char *const xml_builtin[][2];

/* As CPUClass.gdb_read_register and .gdb_write_register; @reg from 0. */
typedef int (*gdb_get_reg_cb)(CPUArchState *env, GByteArray *buf, int reg);
typedef int (*gdb_set_reg_cb)(CPUArchState *env, uint8_t *buf, int reg);

/*
 * gdb_register_coprocessor: @cpu has @num_regs more registers, which the file
 * @xml describes.  Their numbers follow those there are; @g_pos is the first of
 * them if they are in packet "g" as well, and 0 if gdb asks for each.
 */
void gdb_register_coprocessor(CPUState *cpu,
                              gdb_get_reg_cb get_reg, gdb_set_reg_cb set_reg,
                              int num_regs, const char *xml, int g_pos);
/* @cpu ends: forget them. */
void gdb_unregister_coprocessor_all(CPUState *cpu);

/*
 * For gdb_read_register: append a value in the target's byte order, and return
 * its size.
 */
static inline int gdb_get_reg8(GByteArray *buf, uint8_t val)
{
    g_byte_array_append(buf, &val, 1);
    return 1;
}

static inline int gdb_get_reg16(GByteArray *buf, uint16_t val)
{
    uint16_t le = cpu_to_le16(val);

    g_byte_array_append(buf, (uint8_t *)&le, 2);
    return 2;
}

static inline int gdb_get_reg32(GByteArray *buf, uint32_t val)
{
    uint32_t le = cpu_to_le32(val);

    g_byte_array_append(buf, (uint8_t *)&le, 4);
    return 4;
}

static inline int gdb_get_reg64(GByteArray *buf, uint64_t val)
{
    uint64_t le = cpu_to_le64(val);

    g_byte_array_append(buf, (uint8_t *)&le, 8);
    return 8;
}

static inline int gdb_get_reg128(GByteArray *buf, uint64_t val_hi,
                                 uint64_t val_lo)
{
    return gdb_get_reg64(buf, val_lo) + gdb_get_reg64(buf, val_hi);
}

static inline int gdb_get_zeroes(GByteArray *array, size_t len)
{
    guint oldlen = array->len;

    g_byte_array_set_size(array, oldlen + len);
    memset(array->data + oldlen, 0, len);
    return len;
}

/* The start of the last @len bytes. */
static inline uint8_t *gdb_get_reg_ptr(GByteArray *buf, int len)
{
    return buf->data + buf->len - len;
}

#define gdb_get_regl(buf, val) gdb_get_reg64(buf, val)
#define ldtul_p(addr) ldq_le_p(addr)

#endif
