/*
 * MemOp: size, sign and byte order of an access in one number
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MEMOP_H
#define MEMOP_H

#include "qemu/host-utils.h"

/*
 *     bit   4      3      2..0
 *         swap   sign   log2 of the size in bytes
 */
typedef enum MemOp {
    MO_8     = 0,
    MO_16    = 1,
    MO_32    = 2,
    MO_64    = 3,
    MO_128   = 4,
    MO_256   = 5,
    MO_512   = 6,
    MO_1024  = 7,
    MO_SIZE  = 0x07,

    MO_SIGN  = 0x08,

    /* Bytes are swapped with regard to the host. */
    MO_BSWAP = 0x10,
#if HOST_BIG_ENDIAN
    MO_LE    = MO_BSWAP,
    MO_BE    = 0,
#else
    MO_LE    = 0,
    MO_BE    = MO_BSWAP,
#endif
    /* The byte order of the guest's CPU: here always an x86. */
    MO_TE    = MO_LE,

    MO_UB    = MO_8,
    MO_UW    = MO_16,
    MO_UL    = MO_32,
    MO_UQ    = MO_64,
    MO_SB    = MO_SIGN | MO_8,
    MO_SW    = MO_SIGN | MO_16,
    MO_SL    = MO_SIGN | MO_32,

    MO_LEUW  = MO_LE | MO_UW,
    MO_LEUL  = MO_LE | MO_UL,
    MO_LEUQ  = MO_LE | MO_UQ,
    MO_BEUW  = MO_BE | MO_UW,
    MO_BEUL  = MO_BE | MO_UL,
    MO_BEUQ  = MO_BE | MO_UQ,
    MO_TEUW  = MO_TE | MO_UW,
    MO_TEUL  = MO_TE | MO_UL,
    MO_TEUQ  = MO_TE | MO_UQ,

    MO_SSIZE = MO_SIZE | MO_SIGN,
} MemOp;

/* The size in bytes of an access @op. */
static inline unsigned memop_size(MemOp op)
{
    return 1 << (op & MO_SIZE);
}

/* The MemOp of an unsigned access of @size bytes, a power of two up to 8. */
static inline MemOp size_memop(unsigned size)
{
    return (MemOp)ctz32(size);
}

static inline bool memop_big_endian(MemOp op)
{
    return (op & MO_BSWAP) == MO_BE;
}

#endif
