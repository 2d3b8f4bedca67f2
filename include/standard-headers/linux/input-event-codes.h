/*
 * Keys, buttons and axes, as Linux numbers them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_INPUT_EVENT_CODES_H
#define STANDARD_HEADERS_LINUX_INPUT_EVENT_CODES_H

#include <linux/input-event-codes.h>

#endif
