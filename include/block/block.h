/*
 * Block devices: a graph of nodes.
 *
 *     BlockBackend        what a device holds (sysemu/block-backend.h)
 *         │ root
 *     qcow2 node          BlockDriverState, bs->drv == &bdrv_qcow2
 *         │ file      │ backing
 *     file node       qcow2 node …
 *
 * A node is a BlockDriverState; the edges are BdrvChild, from a parent (a node
 * or a BlockBackend) down to a node.  Who is above asks who is below: a write
 * to the device becomes bdrv_co_pwritev() on its root node, whose driver writes
 * tables and data to its `file` child, whose driver calls pwritev(2).
 *
 * Two kinds of functions:
 *
 *     block/block-global-state.h   open, close, change the graph: main thread
 *     block/block-io.h             read, write, flush: the node's AioContext
 *
 * docs/block.md tells the rest: permissions, draining, AioContexts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BLOCK_H
#define BLOCK_H

#include "block/block-global-state.h"
#include "block/block-io.h"

#endif
