/*
 * SCSI: what the files of the bus share.
 *
 *     scsi-bus.c      the bus, devices and their addresses
 *     scsi-cdb.c      what a CDB wants: how much data, which way
 *     scsi-migration.c  a device's state in a stream
 *     scsi-req.c      a request from scsi_req_new() to its end
 *     scsi-target.c   requests that are answered for a device
 *     scsi-ua.c       UNIT ATTENTION
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SCSI_INT_H
#define HW_SCSI_INT_H

#include "hw/scsi/scsi.h"
#include "sysemu/runstate.h"

/* The two INQUIRYs: of a LUN, of a target. */
#define SCSI_INQUIRY_LEN 36

/* Requests that no device sees */
extern const SCSIReqOps reqops_invalid_field;
extern const SCSIReqOps reqops_invalid_opcode;
extern const SCSIReqOps reqops_unit_attention;
extern const SCSIReqOps reqops_target_command;

/* Is there a UNIT ATTENTION that @buf must be answered with? */
bool scsi_ua_pending(SCSIDevice *d, const uint8_t *buf);
/* REPORT LUNS has been answered. */
void scsi_clear_reported_luns_changed(SCSIRequest *req);

/* Put it into its device's list, which takes a reference. */
void scsi_req_enqueue_internal(SCSIRequest *req);

/* A device that will not be there for long: see that nothing is sent to it. */
SCSIDevice *do_scsi_device_find(SCSIBus *bus, int channel, int id, int lun,
                                bool include_unrealized);

/* The machine runs again: serve what waits for that. */
void scsi_dma_restart_cb(void *opaque, bool running, RunState state);

#endif
