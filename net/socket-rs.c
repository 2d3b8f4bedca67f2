/*
 * Packets in a byte stream: length, possibly vnet header length, packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "net/net.h"

enum {
    RS_LENGTH,
    RS_VNET_HDR_LENGTH,
    RS_PACKET,
};

void net_socket_rs_init(SocketReadState *rs, SocketReadStateFinalize *finalize,
                        bool vnet_hdr)
{
    rs->state = RS_LENGTH;
    rs->vnet_hdr = vnet_hdr;
    rs->index = 0;
    rs->packet_len = 0;
    rs->vnet_hdr_len = 0;
    memset(rs->buf, 0, sizeof(rs->buf));
    rs->finalize = finalize;
}

/* Moves up to @want bytes in all into rs->buf; true once they are there. */
static bool rs_fill(SocketReadState *rs, const uint8_t **buf, int *size,
                    uint32_t want)
{
    uint32_t n = MIN(want - rs->index, (uint32_t)*size);

    memcpy(rs->buf + rs->index, *buf, n);
    rs->index += n;
    *buf += n;
    *size -= n;
    if (rs->index < want) {
        return false;
    }
    rs->index = 0;
    return true;
}

int net_fill_rstate(SocketReadState *rs, const uint8_t *buf, int size)
{
    while (size > 0) {
        switch (rs->state) {
        case RS_LENGTH:
            if (rs_fill(rs, &buf, &size, 4)) {
                rs->packet_len = ldl_be_p(rs->buf);
                rs->state = rs->vnet_hdr ? RS_VNET_HDR_LENGTH : RS_PACKET;
            }
            break;
        case RS_VNET_HDR_LENGTH:
            if (rs_fill(rs, &buf, &size, 4)) {
                rs->vnet_hdr_len = ldl_be_p(rs->buf);
                rs->state = RS_PACKET;
            }
            break;
        case RS_PACKET:
            /* No way to tell where the next packet would start. */
            if (rs->packet_len > sizeof(rs->buf)) {
                error_report("serious error: oversized packet received,"
                             "connection terminated.");
                rs->index = 0;
                rs->state = RS_LENGTH;
                return -1;
            }
            if (rs_fill(rs, &buf, &size, rs->packet_len)) {
                rs->state = RS_LENGTH;
                assert(rs->finalize);
                rs->finalize(rs);
            }
            break;
        }
    }
    return 0;
}
