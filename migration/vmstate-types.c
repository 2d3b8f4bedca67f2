/*
 * The kinds of fields that a VMStateDescription can have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"

const VMStateInfo vmstate_info_bool = { .name = "bool" };

const VMStateInfo vmstate_info_int8 = { .name = "int8" };
const VMStateInfo vmstate_info_int16 = { .name = "int16" };
const VMStateInfo vmstate_info_int32 = { .name = "int32" };
const VMStateInfo vmstate_info_int64 = { .name = "int64" };

const VMStateInfo vmstate_info_uint8 = { .name = "uint8" };
const VMStateInfo vmstate_info_uint16 = { .name = "uint16" };
const VMStateInfo vmstate_info_uint32 = { .name = "uint32" };
const VMStateInfo vmstate_info_uint64 = { .name = "uint64" };

const VMStateInfo vmstate_info_uint8_equal = { .name = "uint8 equal" };
const VMStateInfo vmstate_info_uint16_equal = { .name = "uint16 equal" };
const VMStateInfo vmstate_info_int32_equal = { .name = "int32 equal" };
const VMStateInfo vmstate_info_uint32_equal = { .name = "uint32 equal" };
const VMStateInfo vmstate_info_uint64_equal = { .name = "int64 equal" };
const VMStateInfo vmstate_info_int32_le = { .name = "int32 le" };

const VMStateInfo vmstate_info_nullptr = { .name = "uint64" };
const VMStateInfo vmstate_info_timer = { .name = "timer" };
const VMStateInfo vmstate_info_buffer = { .name = "buffer" };
const VMStateInfo vmstate_info_unused_buffer = { .name = "unused_buffer" };
const VMStateInfo vmstate_info_tmp = { .name = "tmp" };
const VMStateInfo vmstate_info_bitmap = { .name = "bitmap" };
const VMStateInfo vmstate_info_qtailq = { .name = "qtailq" };
const VMStateInfo vmstate_info_gtree = { .name = "gtree" };
const VMStateInfo vmstate_info_qlist = { .name = "qlist" };
