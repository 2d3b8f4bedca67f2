/*
 * Make up a monitor.  See include/hw/display/edid.h.
 *
 *     block 0   the monitor, three lists of modes, four descriptors of 18 bytes
 *     block 1   CTA-861: television modes, and more descriptors
 *     block 2   DisplayID: a mode too large for a descriptor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/display/edid.h"

#define EDID_BLOCK          128
#define EDID_DESC           18
#define EDID_FIRST_DESC     54

/* Modes */

/* A byte and a bit of it: where a list has the mode. */
typedef struct EdidBit {
    uint8_t byte;
    uint8_t bits;
} EdidBit;

/*
 * In the order in which they are offered.  @established: in block 0; @extra: in
 * the descriptor of further established timings, if the list of standard ones
 * is full; @vic: its number in CTA-861.
 */
typedef struct EdidMode {
    uint32_t xres, yres;
    bool standard;
    EdidBit established;
    EdidBit extra[2];
    uint8_t vic;
} EdidMode;

static const EdidMode edid_modes[] = {
    { 5120, 2160, .vic = 125 },
    { 4096, 2160, .vic = 101 },
    { 3840, 2160, .vic = 96 },
    { 2560, 1080, .vic = 89 },
    { 2048, 1152, .standard = true },
    { 1920, 1080, .standard = true, .vic = 31 },
    { 3840, 2160, .vic = 97 },
    { 1920, 1200, .standard = true },
    { 1600, 1200, .standard = true },
    { 1680, 1050, .standard = true },
    { 1440, 900, .standard = true },
    { 1280, 1024, .standard = true },
    { 1280, 960, .standard = true },
    { 1920, 1440, .standard = true, .extra = { { 7, 0x40 }, { 11, 0x20 } } },
    { 1856, 1392, .standard = true, .extra = { { 8, 0x80 }, { 10, 0x20 } } },
    { 1792, 1344, .standard = true, .extra = { { 8, 0x02 }, { 10, 0x08 } } },
    { 1024, 768, .established = { 36, 0x08 } },
    { 800, 600, .established = { 35, 0x01 } },
    { 640, 480, .established = { 35, 0x20 } },
};

/* What is between the picture and the next line, or the next picture. */
typedef struct EdidTimings {
    uint32_t xfront, xsync, xblank;
    uint32_t yfront, ysync, yblank;
    uint64_t clock;             /* in units of 10 kHz */
} EdidTimings;

static EdidTimings edid_timings(const qemu_edid_info *info)
{
    EdidTimings t = {
        .xfront = info->prefx * 25 / 100,
        .xsync = info->prefx * 3 / 100,
        .xblank = info->prefx * 35 / 100,
        .yfront = info->prefy * 5 / 1000,
        .ysync = info->prefy * 5 / 1000,
        .yblank = info->prefy * 35 / 1000,
    };

    t.clock = (uint64_t)info->refresh_rate * (info->prefx + t.xblank) *
              (info->prefy + t.yblank) / 10000000;
    return t;
}

/* A descriptor has 12 bits for sizes and 16 for the clock. */
static bool edid_is_large(const qemu_edid_info *info, const EdidTimings *t)
{
    return info->prefx >= 4096 || info->prefy >= 4096 || t->clock >= 65536;
}

static void edid_standard_timing(uint8_t *at, const EdidMode *mode)
{
    uint32_t x = mode->xres, y = mode->yres;

    /* The width in units of 8 pixels from 256 on, and the ratio. */
    at[0] = x / 8 - 31;
    at[1] = x * 10 == y * 16 ? 0 << 6 :
            x * 3 == y * 4 ? 1 << 6 :
            x * 4 == y * 5 ? 2 << 6 : 3 << 6;
}

/* @extra: the descriptor's data, or NULL.  @cta: block 1, or NULL. */
static void edid_fill_modes(uint8_t *edid, uint8_t *extra, uint8_t *cta,
                            const qemu_edid_info *info)
{
    uint8_t *std = edid + 38;
    int vics = 0;

    memset(std, 0x01, 16);
    for (int i = 0; i < ARRAY_SIZE(edid_modes); i++) {
        const EdidMode *mode = &edid_modes[i];

        if ((info->maxx && mode->xres > info->maxx) ||
            (info->maxy && mode->yres > info->maxy)) {
            continue;
        }
        if (mode->established.byte) {
            edid[mode->established.byte] |= mode->established.bits;
        }
        if (mode->standard && std < edid + 54) {
            edid_standard_timing(std, mode);
            std += 2;
        } else if (mode->standard && extra) {
            extra[mode->extra[0].byte] |= mode->extra[0].bits;
            extra[mode->extra[1].byte] |= mode->extra[1].bits;
        }
        if (mode->vic && cta) {
            cta[5 + vics++] = mode->vic;
        }
    }
    if (cta) {
        cta[2] = 5 + vics;
        cta[4] = 0x40 | vics;
    }
}

/* Descriptors */

static void edid_desc_type(uint8_t *desc, uint8_t type)
{
    memset(desc, 0, EDID_DESC);
    desc[3] = type;
}

static void edid_desc_text(uint8_t *desc, uint8_t type, const char *text)
{
    edid_desc_type(desc, type);
    memset(desc + 5, ' ', 13);
    for (int i = 0; i < 13; i++) {
        if (!text[i]) {
            desc[5 + i] = '\n';
            break;
        }
        desc[5 + i] = text[i];
    }
}

/* 50 to 125 Hz, 30 to 160 kHz, up to 2550 MHz. */
static void edid_desc_ranges(uint8_t *desc)
{
    static const uint8_t ranges[] = {
        50, 125, 30, 160, 2550 / 10, 0x01, '\n', ' ', ' ', ' ', ' ', ' ', ' '
    };

    edid_desc_type(desc, 0xfd);
    memcpy(desc + 5, ranges, sizeof(ranges));
}

static uint8_t edid_low(uint32_t value)
{
    return value & 0xff;
}

static uint8_t edid_high(uint32_t value, int bits)
{
    return (value >> 8) & ((1 << bits) - 1);
}

static void edid_desc_timing(uint8_t *desc, const qemu_edid_info *info,
                             const EdidTimings *t)
{
    stw_le_p(desc, t->clock);
    desc[2] = edid_low(info->prefx);
    desc[3] = edid_low(t->xblank);
    desc[4] = edid_high(info->prefx, 4) << 4 | edid_high(t->xblank, 4);
    desc[5] = edid_low(info->prefy);
    desc[6] = edid_low(t->yblank);
    desc[7] = edid_high(info->prefy, 4) << 4 | edid_high(t->yblank, 4);
    desc[8] = edid_low(t->xfront);
    desc[9] = edid_low(t->xsync);
    desc[10] = (t->yfront & 0xf) << 4 | (t->ysync & 0xf);
    desc[11] = edid_high(t->xfront, 2) << 6 | edid_high(t->xsync, 2) << 4 |
               (t->yfront >> 4 & 3) << 2 | (t->ysync >> 4 & 3);
    desc[12] = edid_low(info->width_mm);
    desc[13] = edid_low(info->height_mm);
    desc[14] = edid_high(info->width_mm, 4) << 4 |
               edid_high(info->height_mm, 4);
    desc[17] = 0x18;            /* separate sync */
}

/* Blocks */

static void edid_checksum(uint8_t *block, size_t len)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++) {
        sum += block[i];
    }
    block[len] = -sum;
}

static void edid_displayid(uint8_t *did, const qemu_edid_info *info,
                           const EdidTimings *t)
{
    uint8_t *timing = did + 8;

    did[0] = 0x70;              /* the block's type, version 1.3 */
    did[1] = 0x13;
    did[2] = 23;                /* so much in the section: one mode */
    did[3] = 0x03;
    did[5] = 0x03;              /* a detailed timing, of 20 bytes */
    did[7] = 20;

    timing[0] = t->clock;
    timing[1] = t->clock >> 8;
    timing[2] = t->clock >> 16;
    timing[3] = 0x88;           /* preferred; of no known ratio */
    stw_le_p(timing + 4, info->prefx - 1);
    stw_le_p(timing + 6, t->xblank - 1);
    stw_le_p(timing + 8, t->xfront - 1);
    stw_le_p(timing + 10, t->xsync - 1);
    stw_le_p(timing + 12, info->prefy - 1);
    stw_le_p(timing + 14, t->yblank - 1);
    stw_le_p(timing + 16, t->yfront - 1);
    stw_le_p(timing + 18, t->ysync - 1);

    edid_checksum(did + 1, 27);
    edid_checksum(did, EDID_BLOCK - 1);
}

/* Who it is, and the colours of sRGB. */
static void edid_base(uint8_t *edid, const qemu_edid_info *info)
{
    static const uint8_t magic[] = {
        0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00
    };
    static const uint8_t srgb[] = {
        0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54
    };
    uint16_t vendor = (info->vendor[0] & 0x1f) << 10 |
                      (info->vendor[1] & 0x1f) << 5 | (info->vendor[2] & 0x1f);

    memcpy(edid, magic, sizeof(magic));
    stw_be_p(edid + 8, vendor);
    stw_le_p(edid + 10, 0x1234);
    stl_le_p(edid + 12, info->serial ? strtoul(info->serial, NULL, 0) : 0);
    edid[16] = 42;              /* made in week 42 of 2014 */
    edid[17] = 2014 - 1990;
    edid[18] = 1;               /* EDID 1.4 */
    edid[19] = 4;
    edid[20] = 0xa5;            /* digital, 8 bits a colour, DisplayPort */
    edid[21] = info->width_mm / 10;
    edid[22] = info->height_mm / 10;
    edid[23] = 220 - 100;       /* gamma 2.2 */
    edid[24] = 0x06;            /* sRGB, first descriptor is preferred */
    memcpy(edid + 25, srgb, sizeof(srgb));
}

uint32_t qemu_edid_dpi_to_mm(uint32_t dpi, uint32_t res)
{
    return res * 254 / 10 / dpi;
}

static void edid_defaults(qemu_edid_info *info)
{
    if (!info->vendor || strlen(info->vendor) != 3) {
        info->vendor = "RHT";
    }
    info->name = info->name ?: "QEMU Monitor";
    info->prefx = info->prefx ?: 1280;
    info->prefy = info->prefy ?: 800;
    info->refresh_rate = info->refresh_rate ?: 75000;
    if (!info->width_mm || !info->height_mm) {
        info->width_mm = qemu_edid_dpi_to_mm(100, info->prefx);
        info->height_mm = qemu_edid_dpi_to_mm(100, info->prefy);
    }
}

void qemu_edid_generate(uint8_t *edid, size_t size, qemu_edid_info *info)
{
    uint8_t *desc = edid + EDID_FIRST_DESC;
    uint8_t *cta = size >= 2 * EDID_BLOCK ? edid + EDID_BLOCK : NULL;
    uint8_t *did = size >= 3 * EDID_BLOCK ? edid + 2 * EDID_BLOCK : NULL;
    uint8_t *extra;
    EdidTimings t;
    bool large;

    assert(size >= EDID_BLOCK);
    memset(edid, 0, size);
    edid_defaults(info);
    t = edid_timings(info);
    large = edid_is_large(info, &t);

    edid_base(edid, info);
    if (!large) {
        edid_desc_timing(desc, info, &t);
        desc += EDID_DESC;
    }
    edid_desc_type(desc, 0xf7);
    desc[5] = 0x0a;
    extra = desc;
    desc += EDID_DESC;
    edid_desc_ranges(desc);
    desc += EDID_DESC;
    edid_desc_text(desc, 0xfc, info->name);
    desc += EDID_DESC;
    /* Of the four one is left only if the mode went elsewhere. */
    if (desc < edid + 126) {
        if (info->serial) {
            edid_desc_text(desc, 0xff, info->serial);
        } else {
            edid_desc_type(desc, 0x10);
        }
    }

    if (cta) {
        cta[0] = 0x02;
        cta[1] = 0x03;
    }
    /* A list's bytes are counted from its descriptor's start. */
    edid_fill_modes(edid, extra, cta, info);

    if (cta) {
        edid[126]++;
        for (uint8_t *d = cta + cta[2]; d + EDID_DESC < cta + EDID_BLOCK;
             d += EDID_DESC) {
            edid_desc_type(d, 0x10);
        }
        edid_checksum(cta, EDID_BLOCK - 1);
    }
    if (did && large) {
        edid[126]++;
        edid_displayid(did, info, &t);
    }
    edid_checksum(edid, EDID_BLOCK - 1);
}

size_t qemu_edid_size(uint8_t *edid)
{
    return (edid[126] + 1) * EDID_BLOCK;
}
