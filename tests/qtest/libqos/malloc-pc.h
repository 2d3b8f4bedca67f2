/*
 * libqos: a PC's memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_MALLOC_PC_H
#define LIBQOS_MALLOC_PC_H

#include "../libqtest.h"
#include "libqos-malloc.h"

/* From 1 MiB to the top of low RAM, whose size fw_cfg tells. */
void pc_alloc_init(QGuestAllocator *s, QTestState *qts, QAllocOpts flags);

#endif
