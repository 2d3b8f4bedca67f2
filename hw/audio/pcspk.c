/*
 * The PC's speaker port.  Read include/hw/audio/pcspk.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/audio/pcspk.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "hw/timer/i8254.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qom/object.h"

OBJECT_DECLARE_SIMPLE_TYPE(PCSpkState, PC_SPEAKER)

struct PCSpkState {
    ISADevice parent_obj;

    /* Properties. */
    uint32_t iobase;
    PITCommonState *pit;
    bool migrate;

    /* What the guest can change. */
    uint8_t data_on;
    uint8_t dummy_refresh_clock;

    MemoryRegion ioport;
};

static uint64_t pcspk_io_read(void *opaque, hwaddr addr, unsigned size)
{
    PCSpkState *s = opaque;
    PITChannelInfo ch;

    pit_get_channel_info(ISA_DEVICE(s->pit), 2, &ch);
    s->dummy_refresh_clock ^= 1 << 4;

    return ch.gate | s->data_on << 1 | s->dummy_refresh_clock | ch.out << 5;
}

static void pcspk_io_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    PCSpkState *s = opaque;

    s->data_on = (val >> 1) & 1;
    pit_set_gate(ISA_DEVICE(s->pit), 2, val & 1);
}

static const MemoryRegionOps pcspk_io_ops = {
    .read = pcspk_io_read,
    .write = pcspk_io_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

static void pcspk_initfn(Object *obj)
{
    PCSpkState *s = PC_SPEAKER(obj);

    memory_region_init_io(&s->ioport, obj, &pcspk_io_ops, s, "pcspk", 1);
    object_property_add_link(obj, "pit", TYPE_PIT_COMMON, (Object **)&s->pit,
                             qdev_prop_allow_set_link_before_realize,
                             OBJ_PROP_LINK_STRONG);
}

static void pcspk_realizefn(DeviceState *dev, Error **errp)
{
    PCSpkState *s = PC_SPEAKER(dev);

    if (!s->pit) {
        error_setg(errp, "pcspk: No \"pit\" set or available");
        return;
    }
    isa_register_ioport(ISA_DEVICE(dev), &s->ioport, s->iobase);
}

static bool pcspk_migration_needed(void *opaque)
{
    return PC_SPEAKER(opaque)->migrate;
}

static const VMStateDescription vmstate_pcspk = {
    .name = "pcspk",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = pcspk_migration_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(data_on, PCSpkState),
        VMSTATE_UINT8(dummy_refresh_clock, PCSpkState),
        VMSTATE_END_OF_LIST()
    }
};

static Property pcspk_properties[] = {
    DEFINE_PROP_UINT32("iobase", PCSpkState, iobase, 0x61),
    DEFINE_PROP_BOOL("migrate", PCSpkState, migrate, true),
    DEFINE_PROP_END_OF_LIST(),
};

static void pcspk_class_initfn(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = pcspk_realizefn;
    set_bit(DEVICE_CATEGORY_SOUND, dc->categories);
    dc->vmsd = &vmstate_pcspk;
    device_class_set_props(dc, pcspk_properties);
    /* The board wires it to its timer. */
    dc->user_creatable = false;
}

static const TypeInfo pcspk_info = {
    .name          = TYPE_PC_SPEAKER,
    .parent        = TYPE_ISA_DEVICE,
    .instance_size = sizeof(PCSpkState),
    .instance_init = pcspk_initfn,
    .class_init    = pcspk_class_initfn,
};

static void pcspk_register(void)
{
    type_register_static(&pcspk_info);
}

type_init(pcspk_register)
