/*
 * A display that shows a part of its memory, and a monitor on it.
 *
 * It exists to be compiled as any source from elsewhere is; samples-test.c drives
 * it.  BAR 0 is the memory; BAR 2 has the monitor's EDID, and at 0x400 registers
 * of 16 bits: 0 width, 2 height, 4 on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/display/edid.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "ui/console.h"
#include "ui/qemu-pixman.h"
#include "qom/object.h"

#define TYPE_FRAME_DISPLAY "frame-display"
OBJECT_DECLARE_SIMPLE_TYPE(FrameDisplayState, FRAME_DISPLAY)

struct FrameDisplayState {
    PCIDevice pci;

    QemuConsole *con;
    MemoryRegion vram;
    MemoryRegion mmio;
    MemoryRegion edid_mr;
    MemoryRegion regs_mr;
    uint64_t vgamem;
    uint16_t regs[3];
    uint16_t shown[2];
    uint8_t edid[384];
    qemu_edid_info edid_info;
};

static void frame_display_update(void *opaque)
{
    FrameDisplayState *s = opaque;
    unsigned width = s->regs[0], height = s->regs[1];
    unsigned stride = width * 4;
    DirtyBitmapSnapshot *snap;
    DisplaySurface *ds;
    bool full = false;

    if (!s->regs[2] || !width || !height ||
        (uint64_t)stride * height > s->vgamem) {
        return;
    }
    if (s->shown[0] != width || s->shown[1] != height) {
        ds = qemu_create_displaysurface_from(width, height, PIXMAN_LE_x8r8g8b8,
                                             stride,
                                             memory_region_get_ram_ptr(
                                                 &s->vram));
        dpy_gfx_replace_surface(s->con, ds);
        s->shown[0] = width;
        s->shown[1] = height;
        full = true;
    }
    snap = memory_region_snapshot_and_clear_dirty(&s->vram, 0,
                                                  (uint64_t)stride * height,
                                                  DIRTY_MEMORY_VGA);
    for (unsigned y = 0; y < height; y++) {
        if (full || memory_region_snapshot_get_dirty(&s->vram, snap,
                                                     (uint64_t)y * stride,
                                                     stride)) {
            dpy_gfx_update(s->con, 0, y, width, 1);
        }
    }
    g_free(snap);
}

static const GraphicHwOps frame_display_gfx_ops = {
    .gfx_update = frame_display_update,
};

static uint64_t frame_display_read(void *ptr, hwaddr addr, unsigned size)
{
    FrameDisplayState *s = ptr;

    return addr >> 1 < ARRAY_SIZE(s->regs) ? s->regs[addr >> 1] : 0;
}

static void frame_display_write(void *ptr, hwaddr addr, uint64_t val,
                                unsigned size)
{
    FrameDisplayState *s = ptr;

    if (addr >> 1 < ARRAY_SIZE(s->regs)) {
        s->regs[addr >> 1] = val;
        /* The test has no window that would ask. */
        graphic_hw_update(s->con);
    }
}

static const MemoryRegionOps frame_display_ops = {
    .read = frame_display_read,
    .write = frame_display_write,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 2,
    .impl.max_access_size = 2,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void frame_display_realize(PCIDevice *dev, Error **errp)
{
    FrameDisplayState *s = FRAME_DISPLAY(dev);
    Object *obj = OBJECT(dev);
    Error *err = NULL;

    if (s->vgamem < 64 * KiB || s->vgamem > 256 * MiB) {
        error_setg(errp, "frame-display: vgamem out of range");
        return;
    }
    s->vgamem = pow2ceil(s->vgamem);

    memory_region_init_ram(&s->vram, obj, "frame-display-vram", s->vgamem,
                           &err);
    if (err) {
        error_propagate(errp, err);
        return;
    }
    s->con = graphic_console_init(DEVICE(dev), 0, &frame_display_gfx_ops, s);
    memory_region_init_io(&s->regs_mr, obj, &frame_display_ops, s,
                          "frame-display-regs", 0x10);
    memory_region_init_io(&s->mmio, obj, &unassigned_io_ops, NULL,
                          "frame-display-mmio", 4 * KiB);
    memory_region_add_subregion(&s->mmio, 0x400, &s->regs_mr);

    qemu_edid_generate(s->edid, sizeof(s->edid), &s->edid_info);
    qemu_edid_region_io(&s->edid_mr, obj, s->edid, sizeof(s->edid));
    memory_region_add_subregion(&s->mmio, 0, &s->edid_mr);

    pci_set_byte(&s->pci.config[PCI_REVISION_ID], 2);
    pci_register_bar(&s->pci, 0, PCI_BASE_ADDRESS_MEM_PREFETCH, &s->vram);
    pci_register_bar(&s->pci, 2, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
    memory_region_set_log(&s->vram, true, DIRTY_MEMORY_VGA);
}

static void frame_display_exit(PCIDevice *dev)
{
    graphic_console_close(FRAME_DISPLAY(dev)->con);
}

static const VMStateDescription vmstate_frame_display = {
    .name = TYPE_FRAME_DISPLAY,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(pci, FrameDisplayState),
        VMSTATE_UINT16_ARRAY(regs, FrameDisplayState, 3),
        VMSTATE_END_OF_LIST()
    }
};

static Property frame_display_properties[] = {
    DEFINE_PROP_SIZE("vgamem", FrameDisplayState, vgamem, 4 * MiB),
    DEFINE_EDID_PROPERTIES(FrameDisplayState, edid_info),
    DEFINE_PROP_END_OF_LIST(),
};

static void frame_display_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->class_id = PCI_CLASS_DISPLAY_OTHER;
    k->vendor_id = PCI_VENDOR_ID_QEMU;
    k->device_id = 0x7a13;
    k->realize = frame_display_realize;
    k->exit = frame_display_exit;
    dc->vmsd = &vmstate_frame_display;
    device_class_set_props(dc, frame_display_properties);
    set_bit(DEVICE_CATEGORY_DISPLAY, dc->categories);
}

static const TypeInfo frame_display_type_info = {
    .name           = TYPE_FRAME_DISPLAY,
    .parent         = TYPE_PCI_DEVICE,
    .instance_size  = sizeof(FrameDisplayState),
    .class_init     = frame_display_class_init,
    .interfaces     = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void frame_display_register_types(void)
{
    type_register_static(&frame_display_type_info);
}

type_init(frame_display_register_types)
