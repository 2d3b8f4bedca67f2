/*
 * GPIO: the ends of a device's wires, as properties.
 *
 *     input n    child NAME[n] (unnamed-gpio-in[n]), an irq object
 *     output n   link NAME[n] (unnamed-gpio-out[n]) to an irq object
 *
 * So a wire can be seen in `info qom-tree` and found by a path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qdev-internal.h"

static NamedGPIOList *qdev_find_named_gpio_list(DeviceState *dev,
                                                const char *name)
{
    NamedGPIOList *list;

    QLIST_FOREACH(list, &dev->gpios, node) {
        if (g_strcmp0(name, list->name) == 0) {
            return list;
        }
    }
    return NULL;
}

/* The group of that name, made if need be. */
static NamedGPIOList *qdev_get_named_gpio_list(DeviceState *dev,
                                               const char *name)
{
    NamedGPIOList *list = qdev_find_named_gpio_list(dev, name);

    if (!list) {
        list = g_new0(NamedGPIOList, 1);
        list->name = g_strdup(name);
        QLIST_INSERT_HEAD(&dev->gpios, list, node);
    }
    return list;
}

static char *gpio_in_name(const char *name, int n)
{
    return g_strdup_printf("%s[%d]", name ?: "unnamed-gpio-in", n);
}

static char *gpio_out_name(const char *name, int n)
{
    return g_strdup_printf("%s[%d]", name ?: "unnamed-gpio-out", n);
}

/* For the device */

void qdev_init_gpio_in_named_with_opaque(DeviceState *dev,
                                         qemu_irq_handler handler,
                                         void *opaque,
                                         const char *name, int n)
{
    NamedGPIOList *list = qdev_get_named_gpio_list(dev, name);
    int first = list->num_in;

    /* Inputs and outputs of one name would be properties of one name. */
    assert(list->num_out == 0 || !name);

    list->in = qemu_extend_irqs(list->in, first, handler, opaque, n);
    list->num_in += n;
    for (int i = first; i < list->num_in; i++) {
        g_autofree char *propname = gpio_in_name(name, i);

        object_property_add_child(OBJECT(dev), propname, OBJECT(list->in[i]));
    }
}

void qdev_init_gpio_in(DeviceState *dev, qemu_irq_handler handler, int n)
{
    qdev_init_gpio_in_named(dev, handler, NULL, n);
}

void qdev_init_gpio_out_named(DeviceState *dev, qemu_irq *pins,
                              const char *name, int n)
{
    NamedGPIOList *list = qdev_get_named_gpio_list(dev, name);

    assert(list->num_in == 0 || !name);

    memset(pins, 0, sizeof(*pins) * n);
    for (int i = 0; i < n; i++) {
        g_autofree char *propname = gpio_out_name(name, list->num_out + i);

        object_property_add_link(OBJECT(dev), propname, TYPE_IRQ,
                                 (Object **)&pins[i],
                                 object_property_allow_set_link,
                                 OBJ_PROP_LINK_STRONG);
    }
    list->num_out += n;
}

void qdev_init_gpio_out(DeviceState *dev, qemu_irq *pins, int n)
{
    qdev_init_gpio_out_named(dev, pins, NULL, n);
}

void qdev_pass_gpios(DeviceState *dev, DeviceState *container,
                     const char *name)
{
    NamedGPIOList *list = qdev_get_named_gpio_list(dev, name);

    for (int i = 0; i < list->num_in; i++) {
        g_autofree char *propname = gpio_in_name(name, i);

        object_property_add_alias(OBJECT(container), propname,
                                  OBJECT(dev), propname);
    }
    for (int i = 0; i < list->num_out; i++) {
        g_autofree char *propname = gpio_out_name(name, i);

        object_property_add_alias(OBJECT(container), propname,
                                  OBJECT(dev), propname);
    }
    QLIST_REMOVE(list, node);
    QLIST_INSERT_HEAD(&container->gpios, list, node);
}

void qdev_free_gpios(DeviceState *dev)
{
    NamedGPIOList *list, *next;

    /* The inputs are no longer children; what remains is our reference. */
    QLIST_FOREACH_SAFE(list, &dev->gpios, node, next) {
        QLIST_REMOVE(list, node);
        qemu_free_irqs(list->in, list->num_in);
        g_free(list->name);
        g_free(list);
    }
}

/* For the board */

qemu_irq qdev_get_gpio_in_named(DeviceState *dev, const char *name, int n)
{
    NamedGPIOList *list = qdev_find_named_gpio_list(dev, name);

    assert(list && n >= 0 && n < list->num_in);
    return list->in[n];
}

qemu_irq qdev_get_gpio_in(DeviceState *dev, int n)
{
    return qdev_get_gpio_in_named(dev, NULL, n);
}

void qdev_connect_gpio_out_named(DeviceState *dev, const char *name, int n,
                                 qemu_irq input_pin)
{
    g_autofree char *propname = gpio_out_name(name, n);

    /* A link leads to a path, so a wire that has none gets one. */
    if (input_pin && !OBJECT(input_pin)->parent) {
        object_property_add_child(container_get(qdev_get_machine(),
                                                "/unattached"),
                                  "non-qdev-gpio[*]", OBJECT(input_pin));
    }
    object_property_set_link(OBJECT(dev), propname,
                             OBJECT(input_pin), &error_abort);
}

void qdev_connect_gpio_out(DeviceState *dev, int n, qemu_irq pin)
{
    qdev_connect_gpio_out_named(dev, NULL, n, pin);
}

qemu_irq qdev_get_gpio_out_connector(DeviceState *dev, const char *name, int n)
{
    g_autofree char *propname = gpio_out_name(name, n);

    return (qemu_irq)object_property_get_link(OBJECT(dev), propname, NULL);
}

/* Take the wire off output @n.  Its reference is the caller's then. */
static qemu_irq qdev_disconnect_gpio_out_named(DeviceState *dev,
                                               const char *name, int n)
{
    g_autofree char *propname = gpio_out_name(name, n);
    qemu_irq irq = (qemu_irq)object_property_get_link(OBJECT(dev), propname,
                                                      NULL);

    if (irq) {
        object_ref(OBJECT(irq));
        object_property_set_link(OBJECT(dev), propname, NULL, &error_abort);
    }
    return irq;
}

qemu_irq qdev_intercept_gpio_out(DeviceState *dev, qemu_irq icpt,
                                 const char *name, int n)
{
    qemu_irq disconnected = qdev_disconnect_gpio_out_named(dev, name, n);

    qdev_connect_gpio_out_named(dev, name, n, icpt);
    return disconnected;
}
