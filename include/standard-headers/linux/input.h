/*
 * Input events, as virtio-input passes them to the guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_INPUT_H
#define STANDARD_HEADERS_LINUX_INPUT_H

#include <linux/input.h>

#endif
