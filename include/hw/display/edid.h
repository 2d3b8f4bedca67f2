/*
 * EDID: what a monitor tells the card of itself, and so the guest.
 *
 * A card without a real monitor makes one up, from what its user said of the
 * wanted and the largest resolution.
 *
 * VESA E-EDID 1.4, CTA-861, DisplayID 1.3.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef EDID_H
#define EDID_H

#include "hw/qdev-properties.h"

/*
 * 0 or NULL is a default.  @vendor: three letters.  @prefx, @prefy: the mode
 * it likes best; @maxx, @maxy: no larger ones are offered, 0 is no limit.
 * @refresh_rate: in mHz.
 */
typedef struct qemu_edid_info {
    const char *vendor;
    const char *name;
    const char *serial;
    uint16_t    width_mm;
    uint16_t    height_mm;
    uint32_t    prefx;
    uint32_t    prefy;
    uint32_t    maxx;
    uint32_t    maxy;
    uint32_t    refresh_rate;
} qemu_edid_info;

/*
 * Fill @edid, of @size bytes: 128 at least; with 256 there are the modes of
 * televisions as well, with 384 modes too large for the old form.  Defaults that
 * were taken are in @info then.
 */
void qemu_edid_generate(uint8_t *edid, size_t size,
                        qemu_edid_info *info);
/* How much of it is used. */
size_t qemu_edid_size(uint8_t *edid);
/* A region that can be read alone; beyond the end there are ones. */
void qemu_edid_region_io(MemoryRegion *region, Object *owner,
                         uint8_t *edid, size_t size);

uint32_t qemu_edid_dpi_to_mm(uint32_t dpi, uint32_t res);

#define DEFINE_EDID_PROPERTIES(_state, _edid_info)                         \
    DEFINE_PROP_UINT32("xres", _state, _edid_info.prefx, 0),               \
    DEFINE_PROP_UINT32("yres", _state, _edid_info.prefy, 0),               \
    DEFINE_PROP_UINT32("xmax", _state, _edid_info.maxx, 0),                \
    DEFINE_PROP_UINT32("ymax", _state, _edid_info.maxy, 0),                \
    DEFINE_PROP_UINT32("refresh_rate", _state, _edid_info.refresh_rate, 0)

#endif
