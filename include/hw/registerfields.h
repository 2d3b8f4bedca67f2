/*
 * Registers and their fields, by name.
 *
 *     REG32(CTRL, 0x10)
 *         FIELD(CTRL, ENABLE, 0, 1)
 *         FIELD(CTRL, MODE, 4, 3)
 *
 * makes the constants A_CTRL (its address, 0x10), R_CTRL (its index in an array
 * of registers, 4), and R_CTRL_MODE_SHIFT, _LENGTH and _MASK.  With them,
 *
 *     FIELD_EX32(value, CTRL, MODE)            is the field in a value,
 *     FIELD_DP32(value, CTRL, MODE, 5)         the value with the field changed,
 *     ARRAY_FIELD_EX32(s->regs, CTRL, MODE)    the field of the device's CTRL,
 *     ARRAY_FIELD_DP32(s->regs, CTRL, MODE, 5) changes it there.
 *
 * A constant that does not fit into its field is a warning of the compiler's.
 *
 * Read next: hw/register.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef REGISTERFIELDS_H
#define REGISTERFIELDS_H

#include "qemu/bitops.h"

#define REGISTER_NAMED(reg, addr, bytes)    \
    enum { A_ ## reg = (addr) };            \
    enum { R_ ## reg = (addr) / (bytes) };

#define REG8(reg, addr) REGISTER_NAMED(reg, addr, 1)
#define REG16(reg, addr) REGISTER_NAMED(reg, addr, 2)
#define REG32(reg, addr) REGISTER_NAMED(reg, addr, 4)
#define REG64(reg, addr) REGISTER_NAMED(reg, addr, 8)

/* A field that registers share has a name without a register's. */
#define SHARED_FIELD(name, shift, length)                       \
    enum { name ## _SHIFT = (shift) };                          \
    enum { name ## _LENGTH = (length) };                        \
    enum { name ## _MASK = MAKE_64BIT_MASK(shift, length) };

#define FIELD(reg, field, shift, length) \
    SHARED_FIELD(R_ ## reg ## _ ## field, shift, length)

/* Extract */

#define SHARED_FIELD_EX8(storage, field) \
    extract8((storage), field ## _SHIFT, field ## _LENGTH)
#define SHARED_FIELD_EX16(storage, field) \
    extract16((storage), field ## _SHIFT, field ## _LENGTH)
#define SHARED_FIELD_EX32(storage, field) \
    extract32((storage), field ## _SHIFT, field ## _LENGTH)
#define SHARED_FIELD_EX64(storage, field) \
    extract64((storage), field ## _SHIFT, field ## _LENGTH)

#define FIELD_EX8(storage, reg, field) \
    SHARED_FIELD_EX8(storage, R_ ## reg ## _ ## field)
#define FIELD_EX16(storage, reg, field) \
    SHARED_FIELD_EX16(storage, R_ ## reg ## _ ## field)
#define FIELD_EX32(storage, reg, field) \
    SHARED_FIELD_EX32(storage, R_ ## reg ## _ ## field)
#define FIELD_EX64(storage, reg, field) \
    SHARED_FIELD_EX64(storage, R_ ## reg ## _ ## field)

/* The field's highest bit is its sign. */
#define FIELD_SEX8(storage, reg, field)                         \
    sextract32((storage), R_ ## reg ## _ ## field ## _SHIFT,    \
               R_ ## reg ## _ ## field ## _LENGTH)
#define FIELD_SEX16(storage, reg, field) FIELD_SEX8(storage, reg, field)
#define FIELD_SEX32(storage, reg, field) FIELD_SEX8(storage, reg, field)
#define FIELD_SEX64(storage, reg, field)                        \
    sextract64((storage), R_ ## reg ## _ ## field ## _SHIFT,    \
               R_ ## reg ## _ ## field ## _LENGTH)

/* Deposit; the bit-field is where the compiler sees what does not fit. */

#define SHARED_FIELD_DP(bits, sign, storage, field, val) ({             \
    struct {                                                            \
        sign long long v:field ## _LENGTH;                              \
    } _v = { .v = val };                                                \
    (uint ## bits ## _t)deposit64((storage), field ## _SHIFT,           \
                                  field ## _LENGTH, _v.v);              \
})

#define SHARED_FIELD_DP8(storage, field, val) \
    SHARED_FIELD_DP(8, unsigned, storage, field, val)
#define SHARED_FIELD_DP16(storage, field, val) \
    SHARED_FIELD_DP(16, unsigned, storage, field, val)
#define SHARED_FIELD_DP32(storage, field, val) \
    SHARED_FIELD_DP(32, unsigned, storage, field, val)
#define SHARED_FIELD_DP64(storage, field, val) \
    SHARED_FIELD_DP(64, unsigned, storage, field, val)

#define FIELD_DP8(storage, reg, field, val) \
    SHARED_FIELD_DP8(storage, R_ ## reg ## _ ## field, val)
#define FIELD_DP16(storage, reg, field, val) \
    SHARED_FIELD_DP16(storage, R_ ## reg ## _ ## field, val)
#define FIELD_DP32(storage, reg, field, val) \
    SHARED_FIELD_DP32(storage, R_ ## reg ## _ ## field, val)
#define FIELD_DP64(storage, reg, field, val) \
    SHARED_FIELD_DP64(storage, R_ ## reg ## _ ## field, val)

#define FIELD_SDP8(storage, reg, field, val) \
    SHARED_FIELD_DP(8, signed, storage, R_ ## reg ## _ ## field, val)
#define FIELD_SDP16(storage, reg, field, val) \
    SHARED_FIELD_DP(16, signed, storage, R_ ## reg ## _ ## field, val)
#define FIELD_SDP32(storage, reg, field, val) \
    SHARED_FIELD_DP(32, signed, storage, R_ ## reg ## _ ## field, val)
#define FIELD_SDP64(storage, reg, field, val) \
    SHARED_FIELD_DP(64, signed, storage, R_ ## reg ## _ ## field, val)

/* In an array of registers; @offset: which register, for a shared field. */

#define ARRAY_FIELD_EX32(regs, reg, field) \
    FIELD_EX32((regs)[R_ ## reg], reg, field)
#define ARRAY_FIELD_EX64(regs, reg, field) \
    FIELD_EX64((regs)[R_ ## reg], reg, field)
#define ARRAY_FIELD_DP32(regs, reg, field, val) \
    (regs)[R_ ## reg] = FIELD_DP32((regs)[R_ ## reg], reg, field, val);
#define ARRAY_FIELD_DP64(regs, reg, field, val) \
    (regs)[R_ ## reg] = FIELD_DP64((regs)[R_ ## reg], reg, field, val);

#define SHARED_ARRAY_FIELD_EX32(regs, offset, field) \
    SHARED_FIELD_EX32((regs)[(offset)], field)
#define SHARED_ARRAY_FIELD_EX64(regs, offset, field) \
    SHARED_FIELD_EX64((regs)[(offset)], field)
#define SHARED_ARRAY_FIELD_DP32(regs, offset, field, val) \
    (regs)[(offset)] = SHARED_FIELD_DP32((regs)[(offset)], field, val);
#define SHARED_ARRAY_FIELD_DP64(regs, offset, field, val) \
    (regs)[(offset)] = SHARED_FIELD_DP64((regs)[(offset)], field, val);

#endif
