/*
 * scsi-hd and scsi-cd: how it is set.  MODE SENSE and MODE SELECT.
 *
 * Parameters come in pages.  A guest asks for the current values, for those
 * that it could change (a mask), or for the defaults; nothing can be saved.
 * The one bit that can be changed is WCE, the write cache; and the size of a
 * block, which is in a descriptor in front of the pages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "scsi-disk-int.h"
#include "scsi/constants.h"
#include "trace.h"

#define SCSI_MAX_MODE_LEN   256
#define PAGE_HEADER_LEN     2
#define BLOCK_DESC_LEN      8

/* Byte 2 of MODE SENSE, upper two bits */
enum {
    PC_CURRENT,
    PC_CHANGEABLE,
    PC_DEFAULT,
    PC_SAVED,
};

#define NOMINAL_RPM         5400

/* Pages.  @p is cleared; the value is the length after the header. */

static int mode_page_hd_geometry(SCSIDiskState *s, uint8_t *p)
{
    const BlockConf *conf = &s->qdev.conf;
    uint32_t cyls = conf->cyls & 0xffffff;

    stl_be_p(&p[0], cyls << 8 | (conf->heads & 0xff));
    stl_be_p(&p[4], cyls << 8);         /* no write precompensation … */
    stl_be_p(&p[7], cyls << 8);         /* … nor reduced write current */
    stw_be_p(&p[10], 200);              /* a step, in nanoseconds */
    memset(&p[12], 0xff, 3);            /* the landing zone */
    stw_be_p(&p[18], NOMINAL_RPM);
    return 0x16;
}

static int mode_page_flexible_geometry(SCSIDiskState *s, uint8_t *p)
{
    const BlockConf *conf = &s->qdev.conf;

    stw_be_p(&p[0], 5000);              /* kbit/s */
    p[2] = conf->heads;
    p[3] = conf->secs;
    stw_be_p(&p[4], s->qdev.blocksize);
    stw_be_p(&p[6], conf->cyls);
    stw_be_p(&p[8], conf->cyls);        /* no write precompensation … */
    stw_be_p(&p[10], conf->cyls);       /* … nor reduced write current */
    stw_be_p(&p[12], 1);                /* a step, in 100 microseconds */
    p[14] = 1;                          /* its pulse, in microseconds */
    stw_be_p(&p[15], 1);                /* for the head to settle, 100 us */
    p[17] = 1;                          /* motor on and off, in 100 ms */
    p[18] = 1;
    stw_be_p(&p[26], NOMINAL_RPM);
    return 0x1e;
}

/* Bad blocks are reallocated, and of a CD errors retried. */
static void mode_page_rw_error(SCSIDiskState *s, uint8_t *p, bool values)
{
    bool rom = s->qdev.type == TYPE_ROM;

    p[0] = values || rom ? 0x80 : 0;
    p[1] = values && rom ? 0x20 : 0;
}

static int mode_page_capabilities(SCSIDiskState *s, uint8_t *p)
{
    p[0] = 0x3b;                        /* reads CD-R, CD-RW, DVD-ROM, … */
    p[1] = 0;                           /* writes nothing */
    p[2] = 0x7f;                        /* audio, mode 2, multi-session */
    p[3] = 0xff;                        /* CD-DA, subchannels, C2, bar codes */
    p[4] = 0x2d | (s->tray_locked ? 2 : 0);     /* a tray that can be locked */
    p[5] = 0;                           /* no volume, no changer */
    stw_be_p(&p[6], 50 * 176);          /* reads at most so many kB/s */
    stw_be_p(&p[8], 2);                 /* on and off */
    stw_be_p(&p[10], 2048);             /* kB of buffer */
    stw_be_p(&p[12], 16 * 176);         /* reads now */
    stw_be_p(&p[16], 16 * 176);
    stw_be_p(&p[18], 16 * 176);
    return 0x14;
}

static int mode_page_apple(SCSIDiskState *s, uint8_t *p, int page_control)
{
    static const char maker[] = "APPLE COMPUTER, INC   ";

    if (!(s->quirks & BIT(SCSI_DISK_QUIRK_MODE_PAGE_APPLE_VENDOR))) {
        return -1;
    }
    if (page_control != PC_CHANGEABLE) {
        memcpy(&p[8], maker, sizeof(maker) - 1);
    }
    return 0x1e;
}

static int mode_page_vendor_specific(SCSIDiskState *s, uint8_t *p,
                                     int page_control)
{
    if (!(s->quirks &
          BIT(SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE))) {
        return -1;
    }
    if (page_control == PC_CHANGEABLE) {
        memset(p, 0xff, 2);
    }
    return 2;
}

static bool mode_page_exists(SCSIDiskState *s, int page)
{
    switch (page) {
    case MODE_PAGE_VENDOR_SPECIFIC:
    case MODE_PAGE_R_W_ERROR:
    case MODE_PAGE_CACHING:
        return true;
    case MODE_PAGE_HD_GEOMETRY:
    case MODE_PAGE_FLEXIBLE_DISK_GEOMETRY:
        return s->qdev.type == TYPE_DISK;
    case MODE_PAGE_AUDIO_CTL:
    case MODE_PAGE_CAPABILITIES:
    case MODE_PAGE_APPLE_VENDOR:
        return s->qdev.type == TYPE_ROM;
    default:
        return false;
    }
}

/* Append a page at *@p_buf, with its header; its whole length, or -1. */
static int mode_sense_page(SCSIDiskState *s, int page, uint8_t **p_buf,
                           int page_control)
{
    bool values = page_control != PC_CHANGEABLE;
    uint8_t *p = *p_buf + PAGE_HEADER_LEN;
    int length;

    if (!mode_page_exists(s, page)) {
        return -1;
    }
    switch (page) {
    case MODE_PAGE_HD_GEOMETRY:
        length = values ? mode_page_hd_geometry(s, p) : 0x16;
        break;
    case MODE_PAGE_FLEXIBLE_DISK_GEOMETRY:
        length = values ? mode_page_flexible_geometry(s, p) : 0x1e;
        break;
    case MODE_PAGE_CAPABILITIES:
        length = values ? mode_page_capabilities(s, p) : 0x14;
        break;
    case MODE_PAGE_CACHING:
        length = 0x12;
        p[0] = !values || blk_enable_write_cache(s->qdev.conf.blk) ? 4 : 0;
        break;
    case MODE_PAGE_R_W_ERROR:
        length = 10;
        mode_page_rw_error(s, p, values);
        break;
    case MODE_PAGE_AUDIO_CTL:
        length = 14;
        break;
    case MODE_PAGE_APPLE_VENDOR:
        length = mode_page_apple(s, p, page_control);
        break;
    case MODE_PAGE_VENDOR_SPECIFIC:
        length = mode_page_vendor_specific(s, p, page_control);
        break;
    default:
        g_assert_not_reached();
    }
    if (length < 0) {
        return -1;
    }
    (*p_buf)[0] = page;
    (*p_buf)[1] = length;
    *p_buf += PAGE_HEADER_LEN + length;
    return PAGE_HEADER_LEN + length;
}

int scsi_disk_emulate_mode_sense(SCSIDiskReq *r, uint8_t *outbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(r->req.dev);
    bool is_6 = r->req.cmd.buf[0] == MODE_SENSE;
    bool dbd = r->req.cmd.buf[1] & 8;   /* no block descriptors */
    int page = r->req.cmd.buf[2] & 0x3f;
    int page_control = r->req.cmd.buf[2] >> 6;
    uint8_t dev_specific_param = 0;
    uint8_t *p = outbuf + (is_6 ? 4 : 8);
    uint64_t nb_blocks;

    trace_scsi_disk_emulate_mode_sense(is_6 ? 6 : 10, page, r->req.cmd.xfer,
                                       page_control);
    if (s->qdev.type == TYPE_DISK) {
        if (s->features & (1 << SCSI_DISK_F_DPOFUA)) {
            dev_specific_param |= 0x10;
        }
        if (!blk_is_writable(s->qdev.conf.blk)) {
            dev_specific_param |= 0x80;
        }
    } else if (!(s->quirks & BIT(SCSI_DISK_QUIRK_MODE_SENSE_ROM_USE_DBD)) ||
               page == MODE_PAGE_APPLE_VENDOR) {
        /* MMC: there are none. */
        dbd = true;
    }
    outbuf[is_6 ? 2 : 3] = dev_specific_param;

    nb_blocks = scsi_disk_nb_blocks(s);
    if (!dbd && nb_blocks) {
        outbuf[is_6 ? 3 : 7] = BLOCK_DESC_LEN;
        stl_be_p(p, nb_blocks > 0xffffff ? 0 : nb_blocks);
        stl_be_p(p + 4, s->qdev.blocksize);
        p += BLOCK_DESC_LEN;
    }

    if (page_control == PC_SAVED) {
        scsi_check_condition(r, SENSE_CODE(SAVING_PARAMS_NOT_SUPPORTED));
        return -1;
    }
    if (page == MODE_PAGE_ALLS) {
        for (page = 0; page < MODE_PAGE_ALLS; page++) {
            mode_sense_page(s, page, &p, page_control);
        }
    } else if (mode_sense_page(s, page, &p, page_control) < 0) {
        return -1;
    }

    /* The length does not count itself. */
    if (is_6) {
        outbuf[0] = p - outbuf - 1;
    } else {
        stw_be_p(outbuf, p - outbuf - 2);
    }
    return p - outbuf;
}

/* MODE SELECT */

/* Nothing but what can be changed may differ from what is. */
static bool scsi_disk_check_mode_select(SCSIDiskState *s, int page,
                                        const uint8_t *inbuf, int inlen)
{
    uint8_t current[SCSI_MAX_MODE_LEN] = { 0 };
    uint8_t changeable[SCSI_MAX_MODE_LEN] = { 0 };
    uint8_t *p = current;
    int len = mode_sense_page(s, page, &p, PC_CURRENT);

    if (len < 0 || len != inlen + PAGE_HEADER_LEN) {
        return false;
    }
    p = changeable;
    mode_sense_page(s, page, &p, PC_CHANGEABLE);
    for (int i = 0; i < inlen; i++) {
        int at = i + PAGE_HEADER_LEN;

        if ((current[at] ^ inbuf[i]) & ~changeable[at]) {
            return false;
        }
    }
    return true;
}

static void scsi_disk_apply_mode_select(SCSIDiskState *s, int page,
                                        const uint8_t *p)
{
    if (page == MODE_PAGE_CACHING) {
        blk_set_enable_write_cache(s->qdev.conf.blk, p[0] & 4);
    }
}

/* Check @len bytes of pages, or put them into force.  Gives what is wrong. */
static SCSISense mode_select_pages(SCSIDiskState *s, const uint8_t *p, int len,
                                   bool change)
{
    while (len > 0) {
        int page = p[0] & 0x3f;
        bool long_format = p[0] & 0x40;
        int header = long_format ? 4 : PAGE_HEADER_LEN;
        uint8_t padded[SCSI_MAX_MODE_LEN] = { 0 };
        const uint8_t *values;
        int subpage, page_len;

        if (len < header) {
            return SENSE_CODE(INVALID_PARAM_LEN);
        }
        subpage = long_format ? p[1] : 0;
        page_len = long_format ? lduw_be_p(&p[2]) : p[1];
        p += header;
        len -= header;
        if (subpage) {
            return SENSE_CODE(INVALID_PARAM);
        }
        values = p;
        if (page_len > len) {
            if (page_len > sizeof(padded) ||
                !(s->quirks & BIT(SCSI_DISK_QUIRK_MODE_PAGE_TRUNCATED))) {
                return SENSE_CODE(INVALID_PARAM_LEN);
            }
            trace_scsi_disk_mode_select_page_truncated(page, page_len, len);
            memcpy(padded, p, len);
            values = padded;
        }

        if (change) {
            scsi_disk_apply_mode_select(s, page, values);
        } else if (!scsi_disk_check_mode_select(s, page, values, page_len)) {
            return SENSE_CODE(INVALID_PARAM);
        }
        p += page_len;
        len -= page_len;
    }
    return SENSE_CODE(NO_SENSE);
}

/* Multiples of 512 that fit in the two bytes which MODE SENSE has for it. */
static void scsi_disk_select_blocksize(SCSIDiskState *s, const uint8_t *desc)
{
    uint32_t bs = ldl_be_p(desc + 4) & 0xffffff;
    uint64_t nb_blocks;

    if (bs && !(bs & ~0xfe00) && bs != s->qdev.blocksize) {
        s->qdev.blocksize = bs;
        nb_blocks = scsi_disk_nb_blocks(s);
        s->qdev.max_lba = nb_blocks ? nb_blocks - 1 : 0;
        trace_scsi_disk_mode_select_set_blocksize(bs);
    }
}

void scsi_disk_emulate_mode_select(SCSIDiskReq *r, uint8_t *inbuf)
{
    SCSIDiskState *s = SCSI_DISK_BASE(r->req.dev);
    bool is_6 = r->req.cmd.buf[0] == MODE_SELECT;
    int hdr_len = is_6 ? 4 : 8;
    const uint8_t *p = inbuf;
    int len = r->req.cmd.xfer;
    const uint8_t *desc = NULL;
    int bd_len;
    SCSISense sense;

    /* PF must be set, SP (save them) must not; but A/UX knows neither. */
    if ((r->req.cmd.buf[1] & 0x11) != 0x10 &&
        !(s->quirks &
          BIT(SCSI_DISK_QUIRK_MODE_PAGE_VENDOR_SPECIFIC_APPLE))) {
        scsi_check_condition(r, SENSE_CODE(INVALID_FIELD));
        return;
    }
    if (len < hdr_len) {
        scsi_check_condition(r, SENSE_CODE(INVALID_PARAM_LEN));
        return;
    }
    bd_len = is_6 ? p[3] : lduw_be_p(&p[6]);
    p += hdr_len;
    len -= hdr_len;
    if (len < bd_len) {
        scsi_check_condition(r, SENSE_CODE(INVALID_PARAM_LEN));
        return;
    }
    if (bd_len != 0 && bd_len != BLOCK_DESC_LEN) {
        scsi_check_condition(r, SENSE_CODE(INVALID_PARAM));
        return;
    }
    if (bd_len) {
        desc = p;
    }
    p += bd_len;
    len -= bd_len;

    /* All, or nothing. */
    sense = mode_select_pages(s, p, len, false);
    if (sense.key != NO_SENSE) {
        scsi_check_condition(r, sense);
        return;
    }
    if (desc) {
        scsi_disk_select_blocksize(s, desc);
    }
    mode_select_pages(s, p, len, true);

    /* What was in the cache must not stay there now that there is none. */
    if (!blk_enable_write_cache(s->qdev.conf.blk)) {
        scsi_disk_start_aio(r, 0, BLOCK_ACCT_FLUSH);
        r->req.aiocb = blk_aio_flush(s->qdev.conf.blk, scsi_aio_complete, r);
        return;
    }
    scsi_req_complete(&r->req, GOOD);
}
