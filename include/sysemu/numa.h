/*
 * NUMA nodes of the guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSEMU_NUMA_H
#define SYSEMU_NUMA_H

/* A machine has at most so many nodes. */
#define MAX_NODES 128
/* This belongs to none of them. */
#define NUMA_NODE_UNASSIGNED MAX_NODES

#endif
