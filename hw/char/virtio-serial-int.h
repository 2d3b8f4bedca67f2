/*
 * virtio-serial: what its files know of each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef VIRTIO_SERIAL_INT_H
#define VIRTIO_SERIAL_INT_H

#include "hw/virtio/virtio-serial.h"

/* virtio-serial-bus.c */

/* The port with that number, that queue or that name; NULL: none. */
VirtIOSerialPort *find_port_by_id(VirtIOSerial *vser, uint32_t id);
VirtIOSerialPort *find_port_by_vq(VirtIOSerial *vser, VirtQueue *vq);

/* Have both sides agreed that there are control messages? */
static inline bool use_multiport(VirtIOSerial *vser)
{
    return virtio_vdev_has_feature(VIRTIO_DEVICE(vser),
                                   VIRTIO_CONSOLE_F_MULTIPORT);
}

/* virtio-serial-port.c */

/* The guest has kicked a port's queue. */
void virtio_serial_handle_input(VirtIODevice *vdev, VirtQueue *vq);
void virtio_serial_handle_output(VirtIODevice *vdev, VirtQueue *vq);

/* The port's BH: @opaque is the VirtIOSerialPort. */
void flush_queued_data_bh(void *opaque);

/* The guest's buffers come back unread, the one that is half read too. */
void discard_port_data(VirtIOSerialPort *port);

/* The queue ends: the buffer that is half read is forgotten. */
void discard_throttle_data(VirtIOSerialPort *port);

/* virtio-serial-control.c */

/*
 * Tell the guest VIRTIO_CONSOLE_* @event of port @port_id.  It waits if there
 * is no buffer for it; it is not sent to a guest that has no control queue.
 */
void send_control_event(VirtIOSerial *vser, uint32_t port_id,
                        uint16_t event, uint16_t value);

/* What still waits is for nobody any more. */
void discard_control_events(VirtIOSerial *vser);

/* The guest has kicked a control queue. */
void control_in(VirtIODevice *vdev, VirtQueue *vq);
void control_out(VirtIODevice *vdev, VirtQueue *vq);

/* virtio-serial-migration.c */

void virtio_serial_save_device(VirtIODevice *vdev, QEMUFile *f);
int virtio_serial_load_device(VirtIODevice *vdev, QEMUFile *f, int version_id);
/* What a load has left to do is not done any more. */
void virtio_serial_drop_post_load(VirtIOSerial *vser);

#endif
