/*
 * FUSE, which virtio-fs carries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDARD_HEADERS_LINUX_FUSE_H
#define STANDARD_HEADERS_LINUX_FUSE_H

#include <linux/fuse.h>

#endif
