/*
 * CDs: the table of contents of a disc with one data track.
 *
 * An address is an LBA, or minutes, seconds and frames from two seconds before
 * LBA 0 (75 frames a second; MMC-6, table 719).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/scsi/scsi.h"

#define FRAMES          75      /* a second */
#define SECONDS         60
#define LEAD_IN         (2 * FRAMES)

#define DATA_TRACK      0x14    /* ADR 1, control: data */
#define LEAD_OUT_AUDIO  0x16
#define TRACK_LEAD_OUT  0xaa

/* Four bytes, either way. */
static uint8_t *cdrom_put_address(uint8_t *q, int lba, int msf)
{
    if (msf) {
        lba += LEAD_IN;
        q[0] = 0;
        q[1] = lba / FRAMES / SECONDS;
        q[2] = lba / FRAMES % SECONDS;
        q[3] = lba % FRAMES;
    } else {
        stl_be_p(q, lba);
    }
    return q + 4;
}

static uint8_t *cdrom_put_track(uint8_t *q, uint8_t control, uint8_t track,
                                int lba, int msf)
{
    *q++ = 0;
    *q++ = control;
    *q++ = track;
    *q++ = 0;
    return cdrom_put_address(q, lba, msf);
}

/* The length, which counts not itself, and the first and last number. */
static int cdrom_finish(uint8_t *buf, const uint8_t *end)
{
    stw_be_p(buf, end - buf - 2);
    buf[2] = 1;
    buf[3] = 1;
    return end - buf;
}

int cdrom_read_toc(int nb_sectors, uint8_t *buf, int msf, int start_track)
{
    uint8_t *q = buf + 4;

    if (start_track > 1 && start_track != TRACK_LEAD_OUT) {
        return -1;
    }
    if (start_track <= 1) {
        q = cdrom_put_track(q, DATA_TRACK, 1, 0, msf);
    }
    q = cdrom_put_track(q, LEAD_OUT_AUDIO, TRACK_LEAD_OUT, nb_sectors, msf);
    return cdrom_finish(buf, q);
}

/* Eleven bytes of the lead-in: session, control, the point and where it is. */
static uint8_t *cdrom_put_point(uint8_t *q, uint8_t point)
{
    *q++ = 1;
    *q++ = DATA_TRACK;
    *q++ = 0;
    *q++ = point;
    memset(q, 0, 3);            /* the time of this entry itself */
    return q + 3;
}

int cdrom_read_toc_raw(int nb_sectors, uint8_t *buf, int msf, int session_num)
{
    uint8_t *q = buf + 4;

    for (int point = 0xa0; point <= 0xa1; point++) {    /* first, last track */
        q = cdrom_put_point(q, point);
        q[0] = 0;
        q[1] = 1;
        q[2] = q[3] = 0;
        q += 4;
    }
    q = cdrom_put_address(cdrom_put_point(q, 0xa2), nb_sectors, msf);
    q = cdrom_put_address(cdrom_put_point(q, 1), 0, msf);
    return cdrom_finish(buf, q);
}
