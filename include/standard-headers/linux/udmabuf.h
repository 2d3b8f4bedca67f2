/*
 * Buffers of memfds for a display card of the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_UDMABUF_H
#define STANDARD_HEADERS_LINUX_UDMABUF_H

#include <linux/udmabuf.h>

#endif
