/*
 * The inside of the block layer, for block/ and its drivers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_INT_H
#define BLOCK_INT_H

#include "block/block_int-global-state.h"
#include "block/block_int-io.h"

#endif
