/*
 * ib700: the watchdog of iBase's boards, two ports.
 *
 * A write of 0 to 15 to port 0x443 gives the guest 30 seconds, two less for
 * each, until it must write again; one to port 0x441 switches the dog off.
 *
 * Read first: hw/watchdog/watchdog.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/isa/isa.h"
#include "migration/vmstate.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/watchdog.h"
#include "trace.h"

#define TYPE_IB700 "ib700"
OBJECT_DECLARE_SIMPLE_TYPE(IB700State, IB700)

struct IB700State {
    ISADevice parent_obj;

    QEMUTimer *timer;
    PortioList port_list;
};

static void ib700_write_enable_reg(void *vp, uint32_t addr, uint32_t data)
{
    IB700State *s = vp;
    int seconds = 30 - 2 * (data & 0xf);

    trace_ib700_enable(seconds);
    timer_mod(s->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                        seconds * NANOSECONDS_PER_SECOND);
}

static void ib700_write_disable_reg(void *vp, uint32_t addr, uint32_t data)
{
    IB700State *s = vp;

    trace_ib700_disable();
    timer_del(s->timer);
}

static void ib700_timer_expired(void *vp)
{
    IB700State *s = vp;

    trace_ib700_expired();
    timer_del(s->timer);
    watchdog_perform_action();
}

static const VMStateDescription vmstate_ib700 = {
    .name = "ib700_wdt",
    .version_id = 0,
    .minimum_version_id = 0,
    .fields = (VMStateField[]) {
        VMSTATE_TIMER_PTR(timer, IB700State),
        VMSTATE_END_OF_LIST()
    },
};

static const MemoryRegionPortio wdt_portio_list[] = {
    { 0x441, 2, 1, .write = ib700_write_disable_reg, },
    { 0x443, 2, 1, .write = ib700_write_enable_reg, },
    PORTIO_END_OF_LIST(),
};

static void wdt_ib700_realize(DeviceState *dev, Error **errp)
{
    IB700State *s = IB700(dev);

    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ib700_timer_expired, s);
    portio_list_init(&s->port_list, OBJECT(s), wdt_portio_list, s, "ib700");
    portio_list_add(&s->port_list, isa_address_space_io(&s->parent_obj), 0);
}

static void wdt_ib700_unrealize(DeviceState *dev)
{
    IB700State *s = IB700(dev);

    portio_list_del(&s->port_list);
    portio_list_destroy(&s->port_list);
    timer_free(s->timer);
}

static void wdt_ib700_reset(DeviceState *dev)
{
    timer_del(IB700(dev)->timer);
}

static void wdt_ib700_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = wdt_ib700_realize;
    dc->unrealize = wdt_ib700_unrealize;
    dc->reset = wdt_ib700_reset;
    dc->vmsd = &vmstate_ib700;
    dc->desc = "iBASE 700";
    set_bit(DEVICE_CATEGORY_WATCHDOG, dc->categories);
}

static const TypeInfo wdt_ib700_info = {
    .name = TYPE_IB700,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(IB700State),
    .class_init = wdt_ib700_class_init,
};

static void wdt_ib700_register_types(void)
{
    type_register_static(&wdt_ib700_info);
}

type_init(wdt_ib700_register_types)
