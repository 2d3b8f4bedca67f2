/*
 * Arithmetic on 128 bits in two halves, for include/qemu/host-utils.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"

uint64_t divu128(uint64_t *plow, uint64_t *phigh, uint64_t divisor)
{
    __uint128_t dividend = (__uint128_t)*phigh << 64 | *plow;
    __uint128_t quotient = dividend / divisor;

    *plow = quotient;
    *phigh = quotient >> 64;
    return dividend % divisor;
}

int64_t divs128(uint64_t *plow, int64_t *phigh, int64_t divisor)
{
    __int128_t dividend = (__int128_t)((__uint128_t)*phigh << 64 | *plow);
    __int128_t quotient = dividend / divisor;

    *plow = quotient;
    *phigh = quotient >> 64;
    return dividend % divisor;
}

void urshift(uint64_t *plow, uint64_t *phigh, int32_t shift)
{
    __uint128_t value = (__uint128_t)*phigh << 64 | *plow;

    value >>= shift & 127;
    *plow = value;
    *phigh = value >> 64;
}

/* *@overflow becomes true if bits are lost, and is left alone otherwise. */
void ulshift(uint64_t *plow, uint64_t *phigh, int32_t shift, bool *overflow)
{
    __uint128_t value = (__uint128_t)*phigh << 64 | *plow;

    shift &= 127;
    if (value << shift >> shift != value) {
        *overflow = true;
    }
    value <<= shift;
    *plow = value;
    *phigh = value >> 64;
}
