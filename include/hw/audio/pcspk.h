/*
 * Port 0x61: the speaker, and the interval timer's counter that drives it.
 *
 * There is no sound here, but the port is more than a speaker: software opens
 * counter 2's gate through it and watches the counter's output, to measure how
 * fast a CPU is.
 *
 *     bit 0  the counter's gate          bit 4  toggles, as RAM is refreshed
 *     bit 1  the speaker is connected    bit 5  the counter's output
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCSPK_H
#define HW_PCSPK_H

#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"

#define TYPE_PC_SPEAKER "isa-pcspk"

#endif
