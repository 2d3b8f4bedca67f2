/*
 * Wires: from a device's output to another one's input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"

#define TYPE_CHIP "chip"
OBJECT_DECLARE_SIMPLE_TYPE(ChipState, CHIP)

/* Two inputs without a name, two called "nmi", and two outputs. */
struct ChipState {
    DeviceState parent_obj;

    int level[2];
    int nmi[2];
    qemu_irq out[2];
};

static void chip_set(void *opaque, int n, int level)
{
    CHIP(opaque)->level[n] = level;
}

static void chip_set_nmi(void *opaque, int n, int level)
{
    CHIP(opaque)->nmi[n] = level;
}

static void chip_init(Object *obj)
{
    ChipState *s = CHIP(obj);

    qdev_init_gpio_in(DEVICE(obj), chip_set, 2);
    qdev_init_gpio_in_named(DEVICE(obj), chip_set_nmi, "nmi", 2);
    qdev_init_gpio_out_named(DEVICE(obj), s->out, "line", 2);
}

static const TypeInfo chip_info = {
    .name = TYPE_CHIP,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(ChipState),
    .instance_init = chip_init,
};

static ChipState *chip_new(const char *name)
{
    ChipState *s = CHIP(object_new(TYPE_CHIP));

    object_property_add_child(qdev_get_machine(), name, OBJECT(s));
    object_unref(OBJECT(s));
    return s;
}

/* A connected wire carries levels; one that leads nowhere swallows them. */
static void test_connect(void)
{
    ChipState *a = chip_new("a"), *b = chip_new("b");

    g_assert_false(qemu_irq_is_connected(a->out[0]));
    qemu_irq_raise(a->out[0]);

    qdev_connect_gpio_out_named(DEVICE(a), "line", 0,
                                qdev_get_gpio_in(DEVICE(b), 1));
    qdev_connect_gpio_out_named(DEVICE(a), "line", 1,
                                qdev_get_gpio_in_named(DEVICE(b), "nmi", 0));
    qemu_irq_raise(a->out[0]);
    g_assert_cmpint(b->level[1], ==, 1);
    g_assert_cmpint(b->nmi[0], ==, 0);
    qemu_set_irq(a->out[1], 1);
    g_assert_cmpint(b->nmi[0], ==, 1);
    qemu_irq_lower(a->out[0]);
    g_assert_cmpint(b->level[1], ==, 0);

    object_unparent(OBJECT(a));
    object_unparent(OBJECT(b));
}

/* Both ends of a wire are properties. */
static void test_paths(void)
{
    ChipState *a = chip_new("a"), *b = chip_new("b");
    g_autofree char *path = NULL;
    Object *pin;

    qdev_connect_gpio_out_named(DEVICE(a), "line", 1,
                                qdev_get_gpio_in(DEVICE(b), 0));
    pin = object_property_get_link(OBJECT(a), "line[1]", &error_abort);
    path = object_get_canonical_path(pin);
    g_assert_cmpstr(path, ==, "/machine/b/unnamed-gpio-in[0]");

    object_unparent(OBJECT(a));
    object_unparent(OBJECT(b));
}

static int heard = -1;

static void listen_in(void *opaque, int n, int level)
{
    qemu_irq *old = opaque;

    heard = n * 10 + level;
    qemu_set_irq(*old, level);
}

/* An interceptor hears the wire, and can still reach its end. */
static void test_intercept_in(void)
{
    ChipState *s = chip_new("s");
    qemu_irq pins[2] = {
        qdev_get_gpio_in(DEVICE(s), 0), qdev_get_gpio_in(DEVICE(s), 1),
    };

    qemu_irq_intercept_in(pins, listen_in, 2);
    qemu_irq_raise(qdev_get_gpio_in(DEVICE(s), 1));
    g_assert_cmpint(heard, ==, 11);
    g_assert_cmpint(s->level[1], ==, 1);
    object_unparent(OBJECT(s));
}

static void count_wire(void *opaque, int n, int level)
{
    int *count = opaque;

    *count += level;
}

/* An output can be given another wire; who does that gets the old one. */
static void test_intercept_out(void)
{
    ChipState *a = chip_new("a"), *b = chip_new("b");
    int count = 0;
    qemu_irq icpt = qemu_allocate_irq(count_wire, &count, 0);
    qemu_irq old;

    qdev_connect_gpio_out_named(DEVICE(a), "line", 0,
                                qdev_get_gpio_in(DEVICE(b), 0));
    old = qdev_intercept_gpio_out(DEVICE(a), icpt, "line", 0);
    g_assert_true(old == qdev_get_gpio_in(DEVICE(b), 0));
    qemu_irq_pulse(a->out[0]);
    g_assert_cmpint(count, ==, 1);
    g_assert_cmpint(b->level[0], ==, 0);

    object_unref(OBJECT(old));
    object_unparent(OBJECT(a));
    object_unparent(OBJECT(b));
    object_unparent(OBJECT(icpt));
    object_unref(OBJECT(icpt));
}

/* An inverted wire starts with the other end high. */
static void test_invert(void)
{
    ChipState *s = chip_new("s");
    qemu_irq inverted = qemu_irq_invert(qdev_get_gpio_in(DEVICE(s), 0));

    g_assert_cmpint(s->level[0], ==, 1);
    qemu_irq_raise(inverted);
    g_assert_cmpint(s->level[0], ==, 0);
    qemu_irq_lower(inverted);
    g_assert_cmpint(s->level[0], ==, 1);
    qemu_free_irq(inverted);
    object_unparent(OBJECT(s));
}

/* Wires without a device: an array, made longer, and freed. */
static void test_arrays(void)
{
    int count = 0;
    qemu_irq *irqs = qemu_allocate_irqs(count_wire, &count, 2);

    irqs = qemu_extend_irqs(irqs, 2, count_wire, &count, 3);
    for (int i = 0; i < 5; i++) {
        qemu_irq_pulse(irqs[i]);
    }
    g_assert_cmpint(count, ==, 5);
    qemu_free_irqs(irqs, 5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    type_register_static(&chip_info);

    g_test_add_func("/gpio/connect", test_connect);
    g_test_add_func("/gpio/paths", test_paths);
    g_test_add_func("/gpio/intercept-in", test_intercept_in);
    g_test_add_func("/gpio/intercept-out", test_intercept_out);
    g_test_add_func("/gpio/invert", test_invert);
    g_test_add_func("/gpio/arrays", test_arrays);
    return g_test_run();
}
