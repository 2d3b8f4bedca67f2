/*
 * Registers for gdb: the target's own, those of coprocessors, and what
 * describes them.
 *
 * gdb reads "target.xml" first, which is made here and names the others: the
 * target's file of gdb-xml/ and one for each coprocessor (gdb's manual, appendix
 * "Target Descriptions").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/gdbstub.h"
#include "internals.h"
#include "qemu/error-report.h"
#include "sysemu/hw_accel.h"

/* The most that one register may take. */
#define GDB_REGISTER_MAX 64

/* Registers number @base_reg and on, of a coprocessor. */
typedef struct GDBRegisterState {
    int base_reg;
    int num_regs;
    gdb_get_reg_cb get_reg;
    gdb_set_reg_cb set_reg;
    const char *xml;
    struct GDBRegisterState *next;
} GDBRegisterState;

/* Descriptions */

/* It is the same for all CPUs, and stays. */
static const char *get_target_xml(CPUState *cpu)
{
    static GString *xml;

    if (xml) {
        g_string_truncate(xml, 0);
    } else {
        xml = g_string_new(NULL);
    }
    g_string_append(xml, "<?xml version=\"1.0\"?>"
                    "<!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>");
    if (cpu->cc->gdb_arch_name) {
        g_autofree gchar *arch = cpu->cc->gdb_arch_name(cpu);

        g_string_append_printf(xml, "<architecture>%s</architecture>", arch);
    }
    g_string_append_printf(xml, "<xi:include href=\"%s\"/>",
                           cpu->cc->gdb_core_xml_file);
    for (GDBRegisterState *r = cpu->gdb_regs; r; r = r->next) {
        g_string_append_printf(xml, "<xi:include href=\"%s\"/>", r->xml);
    }
    g_string_append(xml, "</target>");
    return xml->str;
}

const char *get_feature_xml(CPUState *cpu, const char *name, size_t len)
{
    g_autofree char *file = g_strndup(name, len);

    if (g_str_equal(file, "target.xml")) {
        return get_target_xml(cpu);
    }
    if (cpu->cc->gdb_get_dynamic_xml) {
        const char *xml = cpu->cc->gdb_get_dynamic_xml(cpu, file);

        if (xml) {
            return xml;
        }
    }
    for (int i = 0; xml_builtin[i][0]; i++) {
        if (g_str_equal(file, xml_builtin[i][0])) {
            return xml_builtin[i][1];
        }
    }
    return NULL;
}

/* Values */

static GDBRegisterState *gdb_find_coprocessor(CPUState *cpu, int reg)
{
    GDBRegisterState *r = cpu->gdb_regs;

    while (r && (reg < r->base_reg || reg >= r->base_reg + r->num_regs)) {
        r = r->next;
    }
    return r;
}

int gdb_read_register(CPUState *cpu, GByteArray *buf, int reg)
{
    GDBRegisterState *r;

    cpu_synchronize_state(cpu);
    if (reg < cpu->cc->gdb_num_core_regs) {
        return cpu->cc->gdb_read_register(cpu, buf, reg);
    }
    r = gdb_find_coprocessor(cpu, reg);
    return r ? r->get_reg(cpu->env_ptr, buf, reg - r->base_reg) : 0;
}

/* How much a register takes is how much there is to read of it. */
int gdb_write_register(CPUState *cpu, const uint8_t *mem_buf, size_t len,
                       int reg)
{
    g_autoptr(GByteArray) old = g_byte_array_new();
    uint8_t value[GDB_REGISTER_MAX];
    GDBRegisterState *r;
    int size = gdb_read_register(cpu, old, reg);

    if (size <= 0 || size > len || size > sizeof(value)) {
        return 0;
    }
    memcpy(value, mem_buf, size);
    if (reg < cpu->cc->gdb_num_core_regs) {
        cpu->cc->gdb_write_register(cpu, value, reg);
    } else {
        r = gdb_find_coprocessor(cpu, reg);
        r->set_reg(cpu->env_ptr, value, reg - r->base_reg);
    }
    return size;
}

/* Coprocessors */

void gdb_register_coprocessor(CPUState *cpu,
                              gdb_get_reg_cb get_reg, gdb_set_reg_cb set_reg,
                              int num_regs, const char *xml, int g_pos)
{
    GDBRegisterState **p = &cpu->gdb_regs;
    GDBRegisterState *r;

    for (; *p; p = &(*p)->next) {
        if (g_str_equal((*p)->xml, xml)) {
            return;             /* the CPU was realized before */
        }
    }
    r = g_new0(GDBRegisterState, 1);
    *r = (GDBRegisterState) {
        .base_reg = cpu->gdb_num_regs,
        .num_regs = num_regs,
        .get_reg = get_reg,
        .set_reg = set_reg,
        .xml = xml,
    };
    *p = r;
    cpu->gdb_num_regs += num_regs;
    if (g_pos) {
        if (g_pos != r->base_reg) {
            error_report("Error: Bad gdb register numbering for '%s', "
                         "expected %d got %d", xml, g_pos, r->base_reg);
        } else {
            cpu->gdb_num_g_regs = cpu->gdb_num_regs;
        }
    }
}

void gdb_unregister_coprocessor_all(CPUState *cpu)
{
    GDBRegisterState *r;

    while ((r = cpu->gdb_regs)) {
        cpu->gdb_regs = r->next;
        g_free(r);
    }
    cpu->gdb_num_regs = cpu->gdb_num_g_regs = cpu->cc->gdb_num_core_regs;
}
