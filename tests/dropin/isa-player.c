/*
 * A card on the ISA bus that plays what a DMA channel brings it: into a
 * character device, four bytes a round.
 *
 * It exists to be compiled as any source from elsewhere is; samples-test.c drives
 * it.  Ports, from iobase on:
 *
 *     0   control: bit 0 play, 1 interrupt at the end
 *     1   status: bit 0 playing, 1 the interrupt; reading clears that
 *     4   how many bytes it has played, 16 bits
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fe.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/fifo8.h"
#include "qemu/module.h"
#include "qom/object.h"

#define TYPE_ISA_PLAYER "isa-player"
OBJECT_DECLARE_SIMPLE_TYPE(ISAPlayerState, ISA_PLAYER)

#define PLAYER_ROUND 4

struct ISAPlayerState {
    ISADevice parent_obj;

    uint32_t iobase;
    uint32_t isairq;
    uint32_t dma;
    CharBackend chr;

    PortioList portio_list;
    qemu_irq irq;
    IsaDma *isa_dma;
    Fifo8 fifo;
    uint8_t control;
    uint8_t status;
    uint16_t played;
};

static void player_set_playing(ISAPlayerState *s, bool playing)
{
    IsaDmaClass *k = ISADMA_GET_CLASS(s->isa_dma);

    s->status = deposit32(s->status, 0, 1, playing);
    if (playing) {
        k->hold_DREQ(s->isa_dma, s->dma);
        k->schedule(s->isa_dma);
    } else {
        k->release_DREQ(s->isa_dma, s->dma);
    }
}

static int player_dma(void *opaque, int nchan, int dma_pos, int dma_len)
{
    ISAPlayerState *s = opaque;
    IsaDmaClass *k = ISADMA_GET_CLASS(s->isa_dma);
    uint8_t buf[PLAYER_ROUND];
    const uint8_t *p;
    uint32_t n = MIN(dma_len - dma_pos, sizeof(buf));

    k->read_memory(s->isa_dma, nchan, buf, dma_pos, n);
    fifo8_push_all(&s->fifo, buf, n);
    while (!fifo8_is_empty(&s->fifo)) {
        uint32_t len;

        p = fifo8_pop_buf(&s->fifo, fifo8_num_used(&s->fifo), &len);
        qemu_chr_fe_write_all(&s->chr, p, len);
    }
    s->played += n;
    dma_pos += n;

    if (dma_pos == dma_len) {
        if (k->has_autoinitialization(s->isa_dma, nchan)) {
            dma_pos = 0;
        } else {
            player_set_playing(s, false);
        }
        s->status |= 2;
        qemu_set_irq(s->irq, s->control & 2);
    }
    return dma_pos;
}

static void player_ioport_write(void *opaque, uint32_t addr, uint32_t val)
{
    ISAPlayerState *s = opaque;

    s->control = val;
    player_set_playing(s, val & 1);
}

static uint32_t player_ioport_read(void *opaque, uint32_t addr)
{
    ISAPlayerState *s = opaque;
    uint8_t status = s->status;

    if (addr - s->iobase == 0) {
        return s->control;
    }
    s->status &= ~2;
    qemu_irq_lower(s->irq);
    return status;
}

static uint32_t player_played_read(void *opaque, uint32_t addr)
{
    return ISA_PLAYER(opaque)->played;
}

static const MemoryRegionPortio isa_player_portio_list[] = {
    { 0, 1, 1, .write = player_ioport_write, },
    { 0, 2, 1, .read = player_ioport_read, },
    { 4, 1, 2, .read = player_played_read, },
    PORTIO_END_OF_LIST(),
};

static void isa_player_reset(DeviceState *dev)
{
    ISAPlayerState *s = ISA_PLAYER(dev);

    player_set_playing(s, false);
    s->control = s->status = 0;
    s->played = 0;
    fifo8_reset(&s->fifo);
    qemu_irq_lower(s->irq);
}

static void isa_player_realize(DeviceState *dev, Error **errp)
{
    ISADevice *isadev = ISA_DEVICE(dev);
    ISAPlayerState *s = ISA_PLAYER(dev);
    IsaDmaClass *k;

    if (!qemu_chr_fe_backend_connected(&s->chr)) {
        error_setg(errp, "Can't create player, empty char device");
        return;
    }
    s->isa_dma = isa_get_dma(isa_bus_from_device(isadev), s->dma);
    if (!s->isa_dma) {
        error_setg(errp, "ISA controller does not support DMA");
        return;
    }
    k = ISADMA_GET_CLASS(s->isa_dma);
    k->register_channel(s->isa_dma, s->dma, player_dma, s);

    fifo8_create(&s->fifo, PLAYER_ROUND);
    s->irq = isa_get_irq(isadev, s->isairq);
    isa_register_portio_list(isadev, &s->portio_list, s->iobase,
                             isa_player_portio_list, s, "player");
}

static void isa_player_unrealize(DeviceState *dev)
{
    ISAPlayerState *s = ISA_PLAYER(dev);

    portio_list_del(&s->portio_list);
    portio_list_destroy(&s->portio_list);
    fifo8_destroy(&s->fifo);
}

static void isa_player_build_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    ISAPlayerState *s = ISA_PLAYER(adev);
    Aml *crs = aml_resource_template();
    Aml *dev = aml_device("PLAY");

    aml_append(crs, aml_io(AML_DECODE16, s->iobase, s->iobase, 0x08, 0x08));
    aml_append(crs, aml_irq_no_flags(s->isairq));
    aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0F00")));
    aml_append(dev, aml_name_decl("_STA", aml_int(0xf)));
    aml_append(dev, aml_name_decl("_CRS", crs));
    aml_append(scope, dev);
}

static const VMStateDescription vmstate_isa_player = {
    .name = TYPE_ISA_PLAYER,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(control, ISAPlayerState),
        VMSTATE_UINT8(status, ISAPlayerState),
        VMSTATE_UINT16(played, ISAPlayerState),
        VMSTATE_FIFO8(fifo, ISAPlayerState),
        VMSTATE_END_OF_LIST()
    }
};

static Property isa_player_properties[] = {
    DEFINE_PROP_UINT32("iobase", ISAPlayerState, iobase, 0x220),
    DEFINE_PROP_UINT32("irq", ISAPlayerState, isairq, 5),
    DEFINE_PROP_UINT32("dma", ISAPlayerState, dma, 1),
    DEFINE_PROP_CHR("chardev", ISAPlayerState, chr),
    DEFINE_PROP_END_OF_LIST(),
};

static void isa_player_class_initfn(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    AcpiDevAmlIfClass *adevc = ACPI_DEV_AML_IF_CLASS(klass);

    dc->realize = isa_player_realize;
    dc->unrealize = isa_player_unrealize;
    dc->reset = isa_player_reset;
    dc->vmsd = &vmstate_isa_player;
    adevc->build_dev_aml = isa_player_build_aml;
    device_class_set_props(dc, isa_player_properties);
    set_bit(DEVICE_CATEGORY_SOUND, dc->categories);
}

static const TypeInfo isa_player_info = {
    .name          = TYPE_ISA_PLAYER,
    .parent        = TYPE_ISA_DEVICE,
    .instance_size = sizeof(ISAPlayerState),
    .class_init    = isa_player_class_initfn,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_ACPI_DEV_AML_IF },
        { },
    },
};

static void isa_player_register_types(void)
{
    type_register_static(&isa_player_info);
}

type_init(isa_player_register_types)
