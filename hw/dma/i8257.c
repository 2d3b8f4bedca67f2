/*
 * The PC's DMA controllers.  See include/hw/dma/i8257.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "exec/cpu-common.h"
#include "hw/dma/i8257.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "trace.h"

/* Index into now[] and base[]. */
#define ADDR 0
#define COUNT 1

/* Command */
#define CMD_MEMORY_TO_MEMORY 0x01
#define CMD_FIXED_ADDRESS    0x02
#define CMD_DISABLE          0x04
#define CMD_COMPRESSED_TIME  0x08
#define CMD_CYCLIC_PRIORITY  0x10
#define CMD_EXTENDED_WRITE   0x20
#define CMD_LOW_DREQ         0x40
#define CMD_LOW_DACK         0x80
#define CMD_NOT_SUPPORTED                                         \
    (CMD_MEMORY_TO_MEMORY | CMD_FIXED_ADDRESS                     \
     | CMD_COMPRESSED_TIME | CMD_CYCLIC_PRIORITY | CMD_EXTENDED_WRITE \
     | CMD_LOW_DREQ | CMD_LOW_DACK)

/* Mode, of a channel */
#define MODE_AUTOINIT  0x10
#define MODE_DECREMENT 0x20

/* Transfers */

/* Between two rounds of a transfer the main loop gets around to the rest. */
static void i8257_dma_schedule_idle(I8257State *d)
{
    d->dma_bh_scheduled = true;
    qemu_bh_schedule_idle(d->dma_bh);
}

static int i8257_total(const I8257State *d, const I8257Regs *r)
{
    return (r->base[COUNT] + 1) << d->dshift;
}

static void i8257_channel_run(I8257State *d, int ichan)
{
    I8257Regs *r = &d->regs[ichan];
    int total = i8257_total(d, r);

    r->now[COUNT] = r->transfer_handler(r->opaque, ichan + (d->dshift << 2),
                                        r->now[COUNT], total);
    if (r->now[COUNT] == total) {
        d->status |= 1 << ichan;
    }
}

/* Channels that are asked for and not masked, lowest first. */
static void i8257_dma_run(void *opaque)
{
    I8257State *d = opaque;
    bool rearm = false;

    d->dma_bh_scheduled = false;
    /* What a handler starts, the round after this one does. */
    if (d->running) {
        i8257_dma_schedule_idle(d);
        return;
    }

    d->running = 1;
    for (int ichan = 0; ichan < 4; ichan++) {
        uint8_t bit = 1 << ichan;

        if (!(d->command & CMD_DISABLE) && !(d->mask & bit) &&
            (d->status & bit << 4)) {
            i8257_channel_run(d, ichan);
            rearm = true;
        }
    }
    d->running = 0;

    if (rearm) {
        i8257_dma_schedule_idle(d);
    }
}

static void i8257_dma_hold_DREQ(IsaDma *obj, int nchan)
{
    I8257State *d = I8257(obj);

    d->status |= 1 << ((nchan & 3) + 4);
    i8257_dma_run(d);
}

static void i8257_dma_release_DREQ(IsaDma *obj, int nchan)
{
    I8257State *d = I8257(obj);

    d->status &= ~(1 << ((nchan & 3) + 4));
}

static bool i8257_dma_has_autoinitialization(IsaDma *obj, int nchan)
{
    return I8257(obj)->regs[nchan & 3].mode & MODE_AUTOINIT;
}

static void i8257_dma_schedule(IsaDma *obj)
{
    I8257State *d = I8257(obj);

    if (d->dma_bh_scheduled) {
        qemu_notify_event();
    }
}

static void i8257_dma_register_channel(IsaDma *obj, int nchan,
                                       IsaDmaTransferHandler transfer_handler,
                                       void *opaque)
{
    I8257Regs *r = &I8257(obj)->regs[nchan & 3];

    r->transfer_handler = transfer_handler;
    r->opaque = opaque;
}

static hwaddr i8257_address(const I8257State *d, const I8257Regs *r)
{
    /* A channel of words has 17 bits, and the page 7 above them. */
    return ((hwaddr)(r->pageh & 0x7f) << 24) |
           ((hwaddr)(r->page & ~d->dshift) << 16) | r->now[ADDR];
}

static void i8257_reverse(uint8_t *buf, int len)
{
    for (int i = 0; i < len / 2; i++) {
        uint8_t b = buf[len - 1 - i];

        buf[len - 1 - i] = buf[i];
        buf[i] = b;
    }
}

static int i8257_dma_read_memory(IsaDma *obj, int nchan, void *buf, int pos,
                                 int len)
{
    I8257State *d = I8257(obj);
    I8257Regs *r = &d->regs[nchan & 3];
    hwaddr addr = i8257_address(d, r);

    if (r->mode & MODE_DECREMENT) {
        cpu_physical_memory_read(addr - pos - len, buf, len);
        i8257_reverse(buf, len);
    } else {
        cpu_physical_memory_read(addr + pos, buf, len);
    }
    return len;
}

static int i8257_dma_write_memory(IsaDma *obj, int nchan, void *buf, int pos,
                                  int len)
{
    I8257State *d = I8257(obj);
    I8257Regs *r = &d->regs[nchan & 3];
    hwaddr addr = i8257_address(d, r);

    if (r->mode & MODE_DECREMENT) {
        i8257_reverse(buf, len);
        cpu_physical_memory_write(addr - pos - len, buf, len);
        /* It is the device's. */
        i8257_reverse(buf, len);
    } else {
        cpu_physical_memory_write(addr + pos, buf, len);
    }
    return len;
}

/* A channel on which there is nobody goes nowhere. */
static int i8257_phony_handler(void *opaque, int nchan, int dma_pos,
                               int dma_len)
{
    trace_i8257_unregistered_dma(nchan, dma_pos, dma_len);
    return dma_pos;
}

/* Registers of a channel: bytes of 16-bit ones, low and high in turn */

static bool i8257_getff(I8257State *d)
{
    bool ff = d->flip_flop;

    d->flip_flop = !ff;
    return ff;
}

static uint64_t i8257_read_chan(void *opaque, hwaddr nport, unsigned size)
{
    I8257State *d = opaque;
    int iport = (nport >> d->dshift) & 0x0f;
    I8257Regs *r = &d->regs[iport >> 1];
    int dir = r->mode & MODE_DECREMENT ? -1 : 1;
    int shift = d->dshift + (i8257_getff(d) ? 8 : 0);
    int val;

    if (iport & 1) {
        val = (r->base[COUNT] << d->dshift) - r->now[COUNT];
    } else {
        val = r->now[ADDR] + r->now[COUNT] * dir;
    }
    return (val >> shift) & 0xff;
}

static void i8257_write_chan(void *opaque, hwaddr nport, uint64_t data,
                             unsigned size)
{
    I8257State *d = opaque;
    int iport = (nport >> d->dshift) & 0x0f;
    I8257Regs *r = &d->regs[iport >> 1];
    uint16_t *base = &r->base[iport & 1];

    if (i8257_getff(d)) {
        *base = deposit32(*base, 8, 8, data);
        r->now[ADDR] = r->base[ADDR] << d->dshift;
        r->now[COUNT] = 0;
    } else {
        *base = deposit32(*base, 0, 8, data);
    }
}

/* Registers of the controller */

static void i8257_master_clear(I8257State *d)
{
    d->flip_flop = 0;
    d->mask = 0xff;
    d->status = 0;
    d->command = 0;
}

static void i8257_set_bit(uint8_t *reg, int bit, bool set)
{
    *reg = deposit32(*reg, bit, 1, set);
}

static void i8257_write_cont(void *opaque, hwaddr nport, uint64_t data,
                             unsigned size)
{
    I8257State *d = opaque;
    int iport = (nport >> d->dshift) & 0x0f;
    int ichan = data & 3;

    switch (iport) {
    case 0: /* command */
        if (data & CMD_NOT_SUPPORTED) {
            qemu_log_mask(LOG_UNIMP, "%s: cmd 0x%02" PRIx64
                          " not supported\n", __func__, data);
            return;
        }
        d->command = data;
        break;
    case 1: /* request by software */
        i8257_set_bit(&d->status, ichan + 4, data & 4);
        d->status &= ~(1 << ichan);
        i8257_dma_run(d);
        break;
    case 2: /* one bit of the mask */
        i8257_set_bit(&d->mask, ichan, data & 4);
        i8257_dma_run(d);
        break;
    case 3: /* mode */
        d->regs[ichan].mode = data;
        break;
    case 4: /* the low byte is next */
        d->flip_flop = 0;
        break;
    case 5:
        i8257_master_clear(d);
        break;
    case 6: /* all channels are free */
        d->mask = 0;
        i8257_dma_run(d);
        break;
    case 7: /* all of the mask */
        d->mask = data;
        i8257_dma_run(d);
        break;
    default:
        break;
    }
}

static uint64_t i8257_read_cont(void *opaque, hwaddr nport, unsigned size)
{
    I8257State *d = opaque;
    int iport = (nport >> d->dshift) & 0x0f;
    uint8_t val;

    switch (iport) {
    case 0: /* status; channels that are done are told once */
        val = d->status;
        d->status &= 0xf0;
        return val;
    case 7: /* mask */
        return d->mask;
    default:
        return 0;
    }
}

/* The page registers lie as their chip was wired in 1981. */
static const int i8257_page_channel[8] = { -1, 2, 3, 1, -1, -1, -1, 0 };

static void i8257_write_page(void *opaque, uint32_t nport, uint32_t data)
{
    I8257State *d = opaque;
    int ichan = i8257_page_channel[nport & 7];

    if (ichan >= 0) {
        d->regs[ichan].page = data;
    }
}

static void i8257_write_pageh(void *opaque, uint32_t nport, uint32_t data)
{
    I8257State *d = opaque;
    int ichan = i8257_page_channel[nport & 7];

    if (ichan >= 0) {
        d->regs[ichan].pageh = data;
    }
}

static uint32_t i8257_read_page(void *opaque, uint32_t nport)
{
    I8257State *d = opaque;
    int ichan = i8257_page_channel[nport & 7];

    return ichan >= 0 ? d->regs[ichan].page : 0;
}

static uint32_t i8257_read_pageh(void *opaque, uint32_t nport)
{
    I8257State *d = opaque;
    int ichan = i8257_page_channel[nport & 7];

    return ichan >= 0 ? d->regs[ichan].pageh : 0;
}

static const MemoryRegionOps i8257_channel_ops = {
    .read = i8257_read_chan,
    .write = i8257_write_chan,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

static const MemoryRegionOps i8257_cont_ops = {
    .read = i8257_read_cont,
    .write = i8257_write_cont,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .impl.min_access_size = 1,
    .impl.max_access_size = 1,
};

static const MemoryRegionPortio page_portio_list[] = {
    { 0x01, 3, 1, .write = i8257_write_page, .read = i8257_read_page, },
    { 0x07, 1, 1, .write = i8257_write_page, .read = i8257_read_page, },
    PORTIO_END_OF_LIST(),
};

static const MemoryRegionPortio pageh_portio_list[] = {
    { 0x01, 3, 1, .write = i8257_write_pageh, .read = i8257_read_pageh, },
    { 0x07, 1, 1, .write = i8257_write_pageh, .read = i8257_read_pageh, },
    PORTIO_END_OF_LIST(),
};

/* Migration */

static const VMStateDescription vmstate_i8257_regs = {
    .name = "dma_regs",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_INT32_ARRAY(now, I8257Regs, 2),
        VMSTATE_UINT16_ARRAY(base, I8257Regs, 2),
        VMSTATE_UINT8(mode, I8257Regs),
        VMSTATE_UINT8(page, I8257Regs),
        VMSTATE_UINT8(pageh, I8257Regs),
        VMSTATE_UINT8(dack, I8257Regs),
        VMSTATE_UINT8(eop, I8257Regs),
        VMSTATE_END_OF_LIST()
    }
};

static int i8257_post_load(void *opaque, int version_id)
{
    i8257_dma_run(opaque);
    return 0;
}

static const VMStateDescription vmstate_i8257 = {
    .name = "dma",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = i8257_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(command, I8257State),
        VMSTATE_UINT8(mask, I8257State),
        VMSTATE_UINT8(flip_flop, I8257State),
        VMSTATE_INT32(dshift, I8257State),
        VMSTATE_STRUCT_ARRAY(regs, I8257State, 4, 1, vmstate_i8257_regs,
                             I8257Regs),
        VMSTATE_END_OF_LIST()
    }
};

/* Life */

static void i8257_reset(DeviceState *dev)
{
    i8257_master_clear(I8257(dev));
}

static void i8257_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isa = ISA_DEVICE(dev);
    I8257State *d = I8257(dev);

    if (d->dshift < 0 || d->dshift > 1) {
        error_setg(errp, "'dshift' must be 0 or 1");
        return;
    }

    memory_region_init_io(&d->channel_io, OBJECT(dev), &i8257_channel_ops, d,
                          "dma-chan", 8 << d->dshift);
    memory_region_add_subregion(isa_address_space_io(isa), d->base,
                                &d->channel_io);

    isa_register_portio_list(isa, &d->portio_page, d->page_base,
                             page_portio_list, d, "dma-page");
    if (d->pageh_base >= 0) {
        isa_register_portio_list(isa, &d->portio_pageh, d->pageh_base,
                                 pageh_portio_list, d, "dma-pageh");
    }

    memory_region_init_io(&d->cont_io, OBJECT(isa), &i8257_cont_ops, d,
                          "dma-cont", 8 << d->dshift);
    memory_region_add_subregion(isa_address_space_io(isa),
                                d->base + (8 << d->dshift), &d->cont_io);

    for (int i = 0; i < ARRAY_SIZE(d->regs); i++) {
        d->regs[i].transfer_handler = i8257_phony_handler;
    }
    d->dma_bh = qemu_bh_new(i8257_dma_run, d);
}

static void i8257_unrealize(DeviceState *dev)
{
    I8257State *d = I8257(dev);

    qemu_bh_delete(d->dma_bh);
    d->dma_bh = NULL;
    memory_region_del_subregion(d->cont_io.container, &d->cont_io);
    memory_region_del_subregion(d->channel_io.container, &d->channel_io);
    portio_list_del(&d->portio_page);
    portio_list_destroy(&d->portio_page);
    if (d->pageh_base >= 0) {
        portio_list_del(&d->portio_pageh);
        portio_list_destroy(&d->portio_pageh);
    }
}

static Property i8257_properties[] = {
    DEFINE_PROP_INT32("base", I8257State, base, 0x00),
    DEFINE_PROP_INT32("page-base", I8257State, page_base, 0x80),
    DEFINE_PROP_INT32("pageh-base", I8257State, pageh_base, 0x480),
    DEFINE_PROP_INT32("dshift", I8257State, dshift, 0),
    DEFINE_PROP_END_OF_LIST()
};

static void i8257_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    IsaDmaClass *idc = ISADMA_CLASS(klass);

    dc->realize = i8257_realize;
    dc->unrealize = i8257_unrealize;
    dc->reset = i8257_reset;
    dc->vmsd = &vmstate_i8257;
    device_class_set_props(dc, i8257_properties);

    idc->has_autoinitialization = i8257_dma_has_autoinitialization;
    idc->read_memory = i8257_dma_read_memory;
    idc->write_memory = i8257_dma_write_memory;
    idc->hold_DREQ = i8257_dma_hold_DREQ;
    idc->release_DREQ = i8257_dma_release_DREQ;
    idc->schedule = i8257_dma_schedule;
    idc->register_channel = i8257_dma_register_channel;
    /* The board wires it up: isa_bus_dma(). */
    dc->user_creatable = false;
}

static const TypeInfo i8257_info = {
    .name = TYPE_I8257,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(I8257State),
    .class_init = i8257_class_init,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_ISADMA },
        { }
    }
};

static void i8257_register_types(void)
{
    type_register_static(&i8257_info);
}

type_init(i8257_register_types)

static IsaDma *i8257_create(ISABus *bus, int32_t base, int32_t page_base,
                            int32_t pageh_base, int32_t dshift)
{
    ISADevice *isa = isa_new(TYPE_I8257);
    DeviceState *d = DEVICE(isa);

    qdev_prop_set_int32(d, "base", base);
    qdev_prop_set_int32(d, "page-base", page_base);
    qdev_prop_set_int32(d, "pageh-base", pageh_base);
    qdev_prop_set_int32(d, "dshift", dshift);
    isa_realize_and_unref(isa, bus, &error_fatal);
    return ISADMA(isa);
}

void i8257_dma_init(ISABus *bus, bool high_page_enable)
{
    IsaDma *dma8 = i8257_create(bus, 0x00, 0x80,
                                high_page_enable ? 0x480 : -1, 0);
    IsaDma *dma16 = i8257_create(bus, 0xc0, 0x88,
                                 high_page_enable ? 0x488 : -1, 1);

    isa_bus_dma(bus, dma8, dma16);
}
