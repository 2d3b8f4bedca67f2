/*
 * SCSI: UNIT ATTENTION.
 *
 * "Something has happened since you were here last": the first command that is
 * sent afterwards fails with the news, in place of being served.  One piece of
 * news waits at a device, and one at the bus, which is for whoever comes first
 * to any device on it.  A few commands are served all the same (SPC-4, 5.14).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "scsi-int.h"
#include "scsi/constants.h"
#include "trace.h"

static SCSISense *scsi_ua_of(SCSIDevice *d)
{
    SCSIBus *bus = scsi_bus_from_device(d);

    if (d->unit_attention.key == UNIT_ATTENTION) {
        return &d->unit_attention;
    }
    if (bus->unit_attention.key == UNIT_ATTENTION) {
        return &bus->unit_attention;
    }
    return NULL;
}

bool scsi_ua_pending(SCSIDevice *d, const uint8_t *buf)
{
    switch (buf[0]) {
    case INQUIRY:
    case REPORT_LUNS:
    case GET_CONFIGURATION:
    case GET_EVENT_STATUS_NOTIFICATION:
        return false;
    case REQUEST_SENSE:
        /* One that was reported is asked about before the next one comes. */
        if (d->sense_is_ua) {
            return false;
        }
        break;
    }
    return scsi_ua_of(d) != NULL;
}

/*
 * It is taken when the request is made, not when it is sent: two commands that
 * come at once are not told the same twice.
 */
static void scsi_fetch_unit_attention_sense(SCSIRequest *req)
{
    SCSISense *ua = scsi_ua_of(req->dev);

    if (ua) {
        scsi_req_build_sense(req, *ua);
        *ua = SENSE_CODE(NO_SENSE);
    }
}

static int32_t scsi_unit_attention(SCSIRequest *req, uint8_t *buf)
{
    scsi_req_complete(req, CHECK_CONDITION);
    return 0;
}

const SCSIReqOps reqops_unit_attention = {
    .size         = sizeof(SCSIRequest),
    .init_req     = scsi_fetch_unit_attention_sense,
    .send_command = scsi_unit_attention,
};

void scsi_clear_reported_luns_changed(SCSIRequest *req)
{
    SCSISense *ua = scsi_ua_of(req->dev);

    if (ua && ua->asc == SENSE_CODE(REPORTED_LUNS_CHANGED).asc &&
        ua->ascq == SENSE_CODE(REPORTED_LUNS_CHANGED).ascq) {
        *ua = SENSE_CODE(NO_SENSE);
    }
}

/*
 * The lower, the more important (SAM-5, 5.14.4): a guest that is told of a
 * reset expects everything else to have changed as well.
 */
static int scsi_ua_precedence(SCSISense sense)
{
    int code = sense.asc << 8 | sense.ascq;

    if (sense.key != UNIT_ATTENTION) {
        return INT_MAX;
    }
    switch (code) {
    case 0x2900:    /* POWER ON, RESET, OR BUS DEVICE RESET OCCURRED */
        return 0;
    case 0x2901:    /* POWER ON OCCURRED */
    case 0x2904:    /* DEVICE INTERNAL RESET */
        return 1;
    case 0x2902:    /* SCSI BUS RESET OCCURRED */
    case 0x3f01:    /* MICROCODE HAS BEEN CHANGED */
        return 2;
    case 0x2903:    /* BUS DEVICE RESET FUNCTION OCCURRED */
        return 3;
    case 0x2907:    /* I_T NEXUS LOSS OCCURRED */
        return 7;
    case 0x2f01:    /* COMMANDS CLEARED BY POWER LOSS NOTIFICATION */
        return 8;
    default:
        return code;
    }
}

void scsi_bus_set_ua(SCSIBus *bus, SCSISense sense)
{
    if (sense.key == UNIT_ATTENTION &&
        scsi_ua_precedence(sense) < scsi_ua_precedence(bus->unit_attention)) {
        bus->unit_attention = sense;
    }
}

void scsi_device_set_ua(SCSIDevice *sdev, SCSISense sense)
{
    if (sense.key != UNIT_ATTENTION) {
        return;
    }
    trace_scsi_device_set_ua(sdev->id, sdev->lun, sense.key,
                             sense.asc, sense.ascq);
    if (scsi_ua_precedence(sense) < scsi_ua_precedence(sdev->unit_attention)) {
        sdev->unit_attention = sense;
    }
}

void scsi_device_report_change(SCSIDevice *dev, SCSISense sense)
{
    SCSIBus *bus = scsi_bus_from_device(dev);

    scsi_device_set_ua(dev, sense);
    if (bus->info->change) {
        bus->info->change(bus, dev, sense);
    }
}

void scsi_device_unit_attention_reported(SCSIDevice *dev)
{
    SCSIDeviceClass *sc = SCSI_DEVICE_GET_CLASS(dev);

    if (sc->unit_attention_reported) {
        sc->unit_attention_reported(dev);
    }
}
