/*
 * What travels along with a memory access, and what comes back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MEMATTRS_H
#define MEMATTRS_H

/*
 * Every access carries a MemTxAttrs: who makes it and how.  Most do not care
 * and pass MEMTXATTRS_UNSPECIFIED; PCI puts the requester's bus and devfn
 * here, so that an MSI can be told from one of another device.
 *
 * It is one word, passed by value.
 */
typedef struct MemTxAttrs {
    /* Nobody said anything; all other fields are to be ignored. */
    unsigned int unspecified:1;
    /* The Secure world of an Arm CPU, or SMM on x86. */
    unsigned int secure:1;
    /* Made by user code, not by the kernel. */
    unsigned int user:1;
    /*
     * Only memory will do: an access that would reach a device instead is
     * refused with MEMTX_ACCESS_ERROR.
     */
    unsigned int memory:1;
    /* Who sends: for PCI, bus << 8 | devfn. */
    unsigned int requester_id:16;
    /* The CPU's page tables ask for swapped bytes. */
    unsigned int byte_swap:1;
    /* For the use of one target each. */
    unsigned int target_tlb_bit0:1;
    unsigned int target_tlb_bit1:1;
    unsigned int target_tlb_bit2:1;
} MemTxAttrs;

/* All fields zero but one: the access of somebody without a name. */
#define MEMTXATTRS_UNSPECIFIED ((MemTxAttrs) { .unspecified = 1 })

/*
 * The outcome of an access.  The values are bits: an access that was made in
 * several parts returns all of their outcomes or-ed together.
 */
typedef uint32_t MemTxResult;

#define MEMTX_OK           0U
/* The device refused. */
#define MEMTX_ERROR        (1U << 0)
/* Nobody is at that address. */
#define MEMTX_DECODE_ERROR (1U << 1)
/* Somebody is, but this access may not reach it. */
#define MEMTX_ACCESS_ERROR (1U << 2)

#endif
