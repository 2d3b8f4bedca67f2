/*
 * qtest: interrupts.  A client listens to the pins of one device, and sets the
 * inputs of any.
 *
 * Read first: include/sysemu/qtest.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qemu/cutils.h"
#include "sysemu/qtest.h"
#include "qtest-int.h"

#define MAX_IRQ 256

static CharBackend *irq_listener;       /* the client, once there was one */
static DeviceState *irq_intercept_dev;
static int irq_levels[MAX_IRQ];
/* In place of output pins, for as long as the program runs. */
static GPtrArray *irq_intercept_out;

/* Instead of a pin's handler: @opaque is where it led to, or NULL. */
static void qtest_irq_handler(void *opaque, int n, int level)
{
    qemu_irq *old_irq = opaque;

    if (old_irq && *old_irq) {
        qemu_set_irq(*old_irq, level);
    }
    if (irq_listener && n < MAX_IRQ && irq_levels[n] != level) {
        irq_levels[n] = level;
        qtest_send_prefix(irq_listener);
        qtest_sendf(irq_listener, "IRQ %s %d\n", level ? "raise" : "lower", n);
    }
}

void qtest_irq_forget(CharBackend *chr)
{
    irq_listener = chr;
    memset(irq_levels, 0, sizeof(irq_levels));
}

static DeviceState *qtest_device(CharBackend *chr, const char *path)
{
    Object *obj = object_resolve_path(path, NULL);

    obj = obj ? object_dynamic_cast(obj, TYPE_DEVICE) : NULL;
    if (!obj) {
        qtest_fail(chr, "Unknown device");
        return NULL;
    }
    return DEVICE(obj);
}

/* Pins that have no name; the named ones would share their numbers. */
static void qtest_intercept(DeviceState *dev, bool out)
{
    NamedGPIOList *ngl;

    QLIST_FOREACH(ngl, &dev->gpios, node) {
        if (ngl->name) {
            continue;
        }
        if (!out) {
            qemu_irq_intercept_in(ngl->in, qtest_irq_handler, ngl->num_in);
            continue;
        }
        for (int i = 0; i < ngl->num_out; i++) {
            qemu_irq *disconnected = g_new0(qemu_irq, 1);
            qemu_irq icpt = qemu_allocate_irq(qtest_irq_handler,
                                              disconnected, i);

            *disconnected = qdev_intercept_gpio_out(dev, icpt, ngl->name, i);
            if (!irq_intercept_out) {
                irq_intercept_out = g_ptr_array_new();
            }
            g_ptr_array_add(irq_intercept_out, icpt);
        }
    }
    irq_intercept_dev = dev;
}

void qtest_cmd_irq_intercept(CharBackend *chr, const QTestCommand *cmd,
                             char **words)
{
    DeviceState *dev = qtest_device(chr, words[1]);

    if (!dev) {
        return;
    }
    if (irq_intercept_dev && irq_intercept_dev != dev) {
        qtest_fail(chr, "IRQ intercept already enabled");
        return;
    }
    if (!irq_intercept_dev) {
        qtest_intercept(dev, g_str_equal(words[0], "irq_intercept_out"));
    }
    qtest_ok(chr);
}

void qtest_cmd_set_irq_in(CharBackend *chr, const QTestCommand *cmd,
                          char **words)
{
    DeviceState *dev = qtest_device(chr, words[1]);
    const char *name = g_str_equal(words[2], "unnamed-gpio-in") ?
                       NULL : words[2];
    NamedGPIOList *ngl;
    int num, level;

    if (!dev) {
        return;
    }
    if (qemu_strtoi(words[3], NULL, 0, &num) < 0 ||
        qemu_strtoi(words[4], NULL, 0, &level) < 0) {
        qtest_fail(chr, "invalid number");
        return;
    }
    QLIST_FOREACH(ngl, &dev->gpios, node) {
        if (g_strcmp0(ngl->name, name) == 0 && num >= 0 && num < ngl->num_in) {
            qemu_set_irq(ngl->in[num], level);
            qtest_ok(chr);
            return;
        }
    }
    qtest_fail(chr, "Unknown GPIO input '%s' %d", words[2], num);
}
