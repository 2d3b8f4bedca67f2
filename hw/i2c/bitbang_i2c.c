/*
 * Bit banging.  See include/hw/i2c/bitbang_i2c.h.
 *
 * All happens at the rising edge of the clock: what the slave has to say is on
 * the wire when the master looks, while the clock is high.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/i2c/bitbang_i2c.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "qom/object.h"

void bitbang_i2c_init(bitbang_i2c_interface *s, I2CBus *bus)
{
    s->bus = bus;
    s->state = BITBANG_STOPPED;
    s->bit = 0;
    s->last_data = 1;
    s->last_clock = 1;
    s->device_out = 1;
    s->current_addr = -1;
}

static void bitbang_i2c_stop(bitbang_i2c_interface *i2c)
{
    if (i2c->current_addr >= 0) {
        i2c_end_transfer(i2c->bus);
    }
    i2c->current_addr = -1;
    i2c->state = BITBANG_STOPPED;
    i2c->device_out = 1;
}

/* Also a repeated one: the transfer goes on, if the address is the same. */
static void bitbang_i2c_start(bitbang_i2c_interface *i2c)
{
    i2c->state = BITBANG_ADDRESS;
    i2c->bit = 0;
    i2c->device_out = 1;
}

/* The address is complete.  True if somebody acknowledges it. */
static bool bitbang_i2c_address(bitbang_i2c_interface *i2c)
{
    uint8_t addr = i2c->buffer;

    if (i2c->current_addr >= 0 && i2c->current_addr >> 1 != addr >> 1) {
        i2c_end_transfer(i2c->bus);
    }
    i2c->current_addr = -1;
    if (i2c_start_transfer(i2c->bus, addr >> 1, addr & 1)) {
        i2c->state = BITBANG_STOPPED;
        return false;
    }
    i2c->current_addr = addr;
    i2c->state = addr & 1 ? BITBANG_RECEIVING : BITBANG_SENDING;
    return true;
}

/* A bit to the slave, or its acknowledgment. */
static void bitbang_i2c_clock_sending(bitbang_i2c_interface *i2c)
{
    bool ack;

    if (i2c->bit < 8) {
        i2c->device_out = 1;
        i2c->buffer = i2c->buffer << 1 | i2c->last_data;
        i2c->bit++;
        return;
    }
    i2c->bit = 0;
    ack = i2c->state == BITBANG_ADDRESS
          ? bitbang_i2c_address(i2c)
          : i2c_send(i2c->bus, i2c->buffer) == 0;
    i2c->device_out = !ack;
}

/* A bit from the slave, or the master's acknowledgment. */
static void bitbang_i2c_clock_receiving(bitbang_i2c_interface *i2c)
{
    if (i2c->bit < 8) {
        if (i2c->bit == 0) {
            i2c->buffer = i2c_recv(i2c->bus);
        }
        i2c->device_out = extract8(i2c->buffer, 7 - i2c->bit, 1);
        i2c->bit++;
        return;
    }
    i2c->bit = 0;
    i2c->device_out = 1;
    if (i2c->last_data) {
        i2c_nack(i2c->bus);
        i2c->state = BITBANG_STOPPED;
    }
}

int bitbang_i2c_set(bitbang_i2c_interface *i2c, int line, int level)
{
    assert(level == 0 || level == 1);

    if (line == BITBANG_I2C_SDA) {
        if (i2c->last_clock && level != i2c->last_data) {
            if (level) {
                bitbang_i2c_stop(i2c);
            } else {
                bitbang_i2c_start(i2c);
            }
        }
        i2c->last_data = level;
    } else if (level != i2c->last_clock) {
        i2c->last_clock = level;
        if (level) {
            switch (i2c->state) {
            case BITBANG_STOPPED:
                i2c->device_out = 1;
                break;
            case BITBANG_ADDRESS:
            case BITBANG_SENDING:
                bitbang_i2c_clock_sending(i2c);
                break;
            case BITBANG_RECEIVING:
                bitbang_i2c_clock_receiving(i2c);
                break;
            }
        }
    }
    return i2c->last_data & i2c->device_out;
}

/* gpio_i2c */

OBJECT_DECLARE_SIMPLE_TYPE(GPIOI2CState, GPIO_I2C)

struct GPIOI2CState {
    SysBusDevice parent_obj;

    /* Of no size: sysbus knows the device by it. */
    MemoryRegion dummy_iomem;
    bitbang_i2c_interface bitbang;
    int last_level;
    qemu_irq out;
};

static void bitbang_i2c_gpio_set(void *opaque, int irq, int level)
{
    GPIOI2CState *s = opaque;

    level = bitbang_i2c_set(&s->bitbang, irq, level != 0);
    if (level != s->last_level) {
        s->last_level = level;
        qemu_set_irq(s->out, level);
    }
}

static void gpio_i2c_init(Object *obj)
{
    DeviceState *dev = DEVICE(obj);
    GPIOI2CState *s = GPIO_I2C(obj);

    memory_region_init(&s->dummy_iomem, obj, "gpio_i2c", 0);
    sysbus_init_mmio(SYS_BUS_DEVICE(obj), &s->dummy_iomem);

    bitbang_i2c_init(&s->bitbang, i2c_init_bus(dev, "i2c"));
    s->last_level = 1;
    qdev_init_gpio_in(dev, bitbang_i2c_gpio_set, 2);
    qdev_init_gpio_out(dev, &s->out, 1);
}

static void gpio_i2c_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    dc->desc = "Virtual GPIO to I2C bridge";
}

static const TypeInfo gpio_i2c_info = {
    .name          = TYPE_GPIO_I2C,
    .parent        = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(GPIOI2CState),
    .instance_init = gpio_i2c_init,
    .class_init    = gpio_i2c_class_init,
};

static void bitbang_i2c_register_types(void)
{
    type_register_static(&gpio_i2c_info);
}

type_init(bitbang_i2c_register_types)
