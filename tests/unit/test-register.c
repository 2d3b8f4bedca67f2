/*
 * Registers described by a table: what a guest's access does to each kind of
 * bits, and to a hole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/core/split-irq.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/register.h"
#include "hw/sysbus.h"
#include "sysemu/cpus.h"

REG32(CTRL, 0x0)
    FIELD(CTRL, ENABLE, 0, 1)
    FIELD(CTRL, MODE, 4, 3)
    FIELD(CTRL, RSVD, 16, 16)
REG32(STAT, 0x4)
    FIELD(STAT, DONE, 0, 1)
    FIELD(STAT, ERROR, 1, 1)
    FIELD(STAT, VERSION, 24, 8)
REG32(DATA, 0xc)
#define DIAL_REGS (R_DATA + 1)
SHARED_FIELD(LEVEL, 8, 4)

#define TYPE_DIAL "dial"
OBJECT_DECLARE_SIMPLE_TYPE(DialState, DIAL)

struct DialState {
    SysBusDevice parent_obj;

    RegisterInfoArray *array;
    RegisterInfo info[DIAL_REGS];
    uint32_t regs[DIAL_REGS];
    unsigned written;
};

static uint64_t dial_ctrl_pre_write(RegisterInfo *reg, uint64_t val)
{
    /* There is no mode 7. */
    return FIELD_EX32(val, CTRL, MODE) == 7 ? FIELD_DP32(val, CTRL, MODE, 0)
                                            : val;
}

static void dial_ctrl_post_write(RegisterInfo *reg, uint64_t val)
{
    DIAL(reg->opaque)->written = val;
}

static uint64_t dial_data_post_read(RegisterInfo *reg, uint64_t val)
{
    return val + 1;
}

static const RegisterAccessInfo dial_regs_info[] = {
    { .name = "CTRL", .addr = A_CTRL, .reset = 0x20, .unimp = 0x80,
      .rsvd = R_CTRL_RSVD_MASK, .pre_write = dial_ctrl_pre_write,
      .post_write = dial_ctrl_post_write, },
    { .name = "STAT", .addr = A_STAT, .reset = 0x42000003,
      .w1c = R_STAT_DONE_MASK, .cor = R_STAT_ERROR_MASK,
      .ro = R_STAT_VERSION_MASK, },
    { .name = "DATA", .addr = A_DATA, .post_read = dial_data_post_read, },
};

static const MemoryRegionOps dial_ops = {
    .read = register_read_memory,
    .write = register_write_memory,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void dial_init(Object *obj)
{
    DialState *s = DIAL(obj);

    s->array = register_init_block32(DEVICE(obj), dial_regs_info,
                                     ARRAY_SIZE(dial_regs_info), s->info,
                                     s->regs, &dial_ops, false, 0x10);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->array->mem);
    for (int i = 0; i < ARRAY_SIZE(s->info); i++) {
        register_reset(&s->info[i]);
    }
}

static void dial_finalize(Object *obj)
{
    register_finalize_block(DIAL(obj)->array);
}

static const TypeInfo dial_info = {
    .name = TYPE_DIAL,
    .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(DialState),
    .instance_init = dial_init,
    .instance_finalize = dial_finalize,
};

static void dial_write(DialState *s, hwaddr addr, uint64_t val, unsigned size)
{
    register_write_memory(s->array, addr, val, size);
}

static uint64_t dial_read(DialState *s, hwaddr addr)
{
    return register_read_memory(s->array, addr, 4);
}

static void test_fields(void)
{
    uint32_t regs[DIAL_REGS] = { 0 };

    g_assert_cmpint(R_STAT, ==, 1);
    g_assert_cmphex(R_CTRL_MODE_MASK, ==, 0x70);
    ARRAY_FIELD_DP32(regs, CTRL, MODE, 5);
    g_assert_cmphex(regs[R_CTRL], ==, 0x50);
    g_assert_cmpint(ARRAY_FIELD_EX32(regs, CTRL, MODE), ==, 5);
    g_assert_cmpint(FIELD_SEX32(regs[R_CTRL], CTRL, MODE), ==, -3);
    g_assert_cmphex(FIELD_DP64(UINT64_MAX, CTRL, RSVD, 0x1234), ==,
                    0xffffffff1234ffff);
    g_assert_cmphex(FIELD_DP8(0xff, CTRL, MODE, 0), ==, 0x8f);
    SHARED_ARRAY_FIELD_DP32(regs, R_DATA, LEVEL, 9);
    g_assert_cmphex(regs[R_DATA], ==, 0x900);
    g_assert_cmphex(SHARED_ARRAY_FIELD_EX32(regs, R_DATA, LEVEL), ==, 9);
}

static void test_access(void)
{
    DialState *s = DIAL(object_new(TYPE_DIAL));

    /* Reserved bits stay; the hooks see, and change, what is written. */
    g_assert_cmphex(dial_read(s, A_CTRL), ==, 0x20);
    dial_write(s, A_CTRL, 0xabcd0071, 4);
    g_assert_cmphex(dial_read(s, A_CTRL), ==, 0x01);
    g_assert_cmphex(s->written, ==, 0x01);
    /* A byte is a byte. */
    dial_write(s, A_CTRL, 0xffffff10, 1);
    g_assert_cmphex(s->regs[R_CTRL], ==, 0x10);

    /* Read-only stays, reading clears one bit, writing 1 the other. */
    dial_write(s, A_STAT, 0, 4);
    g_assert_cmphex(s->regs[R_STAT] & R_STAT_DONE_MASK, ==, 1);
    s->regs[R_STAT] |= R_STAT_ERROR_MASK;
    g_assert_cmphex(dial_read(s, A_STAT), ==, 0x42000003);
    g_assert_cmphex(dial_read(s, A_STAT), ==, 0x42000001);
    dial_write(s, A_STAT, 1, 4);
    g_assert_cmphex(dial_read(s, A_STAT), ==, 0x42000000);

    dial_write(s, A_DATA, 0x99, 4);
    g_assert_cmphex(dial_read(s, A_DATA), ==, 0x9a);

    /* A hole. */
    dial_write(s, 0x8, 1, 4);
    g_assert_cmphex(dial_read(s, 0x8), ==, 0);

    register_reset(&s->info[R_CTRL]);
    g_assert_cmphex(dial_read(s, A_CTRL), ==, 0x20);
    object_unref(OBJECT(s));
}

static int levels[MAX_SPLIT_LINES];

static void note_level(void *opaque, int n, int level)
{
    levels[n] = level;
}

/* Another small helper of boards: one wire becomes several. */
static void test_split_irq(void)
{
    DeviceState *dev = qdev_new(TYPE_SPLIT_IRQ);
    qemu_irq *in = qemu_allocate_irqs(note_level, NULL, 2);
    Error *err = NULL;

    qdev_prop_set_uint16(dev, "num-lines", 17);
    g_assert_false(qdev_realize(dev, NULL, &err));
    error_free_or_abort(&err);
    qdev_prop_set_uint16(dev, "num-lines", 2);
    qdev_realize(dev, NULL, &error_abort);
    qdev_connect_gpio_out(dev, 0, in[0]);
    qdev_connect_gpio_out(dev, 1, in[1]);
    qemu_irq_raise(qdev_get_gpio_in(dev, 0));
    g_assert_true(levels[0] && levels[1]);
    qemu_irq_lower(qdev_get_gpio_in(dev, 0));
    g_assert_true(!levels[0] && !levels[1]);
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    qemu_free_irqs(in, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();
    type_register_static(&dial_info);

    g_test_add_func("/register/fields", test_fields);
    g_test_add_func("/register/access", test_access);
    g_test_add_func("/register/split-irq", test_split_irq);
    return g_test_run();
}
