/*
 * Building AML: operators and statements.
 *
 * Read include/hw/acpi/aml-build.h first.  An operator is its opcode and its
 * operands, in the order of ASL; those that make a value have one more
 * operand, where to put it.
 *
 * ACPI specification 6.3, chapter 20.2.5.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "aml-internal.h"

enum {
    OP_NULL_NAME        = 0x00,
    OP_EXT_EXPR         = 0x5b,
    OP_STORE            = 0x70,
    OP_ADD              = 0x72,
    OP_SUBTRACT         = 0x74,
    OP_INCREMENT        = 0x75,
    OP_DECREMENT        = 0x76,
    OP_SHIFT_LEFT       = 0x79,
    OP_SHIFT_RIGHT      = 0x7a,
    OP_AND              = 0x7b,
    OP_OR               = 0x7d,
    OP_DEREF_OF         = 0x83,
    OP_NOTIFY           = 0x86,
    OP_SIZE_OF          = 0x87,
    OP_INDEX            = 0x88,
    OP_LAND             = 0x90,
    OP_LOR              = 0x91,
    OP_LNOT             = 0x92,
    OP_LEQUAL           = 0x93,
    OP_LGREATER         = 0x94,
    OP_LLESS            = 0x95,
    OP_TO_BUFFER        = 0x96,
    OP_TO_HEX_STRING    = 0x98,
    OP_IF               = 0xa0,
    OP_ELSE             = 0xa1,
    OP_WHILE            = 0xa2,
    OP_RETURN           = 0xa4,

    EXT_ACQUIRE         = 0x23,
    EXT_RELEASE         = 0x27,
};

Aml *aml_opcode(uint8_t op, Aml *arg1, Aml *arg2)
{
    Aml *var = aml_bundle(op, AML_OPCODE);

    if (arg1) {
        aml_append(var, arg1);
    }
    if (arg2) {
        aml_append(var, arg2);
    }
    return var;
}

Aml *aml_opcode_dst(uint8_t op, Aml *arg1, Aml *arg2, Aml *dst)
{
    Aml *var = aml_opcode(op, arg1, arg2);

    if (dst) {
        aml_append(var, dst);
    } else {
        build_append_byte(var->buf, OP_NULL_NAME);
    }
    return var;
}

/* Operators */

Aml *aml_store(Aml *val, Aml *target)
{
    return aml_opcode(OP_STORE, val, target);
}

Aml *aml_add(Aml *arg1, Aml *arg2, Aml *dst)
{
    return aml_opcode_dst(OP_ADD, arg1, arg2, dst);
}

Aml *aml_subtract(Aml *arg1, Aml *arg2, Aml *dst)
{
    return aml_opcode_dst(OP_SUBTRACT, arg1, arg2, dst);
}

Aml *aml_and(Aml *arg1, Aml *arg2, Aml *dst)
{
    return aml_opcode_dst(OP_AND, arg1, arg2, dst);
}

Aml *aml_or(Aml *arg1, Aml *arg2, Aml *dst)
{
    return aml_opcode_dst(OP_OR, arg1, arg2, dst);
}

Aml *aml_shiftleft(Aml *arg1, Aml *count)
{
    return aml_opcode_dst(OP_SHIFT_LEFT, arg1, count, NULL);
}

Aml *aml_shiftright(Aml *arg1, Aml *count, Aml *dst)
{
    return aml_opcode_dst(OP_SHIFT_RIGHT, arg1, count, dst);
}

Aml *aml_increment(Aml *arg)
{
    return aml_opcode(OP_INCREMENT, arg, NULL);
}

Aml *aml_decrement(Aml *arg)
{
    return aml_opcode(OP_DECREMENT, arg, NULL);
}

Aml *aml_land(Aml *arg1, Aml *arg2)
{
    return aml_opcode(OP_LAND, arg1, arg2);
}

Aml *aml_lor(Aml *arg1, Aml *arg2)
{
    return aml_opcode(OP_LOR, arg1, arg2);
}

Aml *aml_lnot(Aml *arg)
{
    return aml_opcode(OP_LNOT, arg, NULL);
}

Aml *aml_equal(Aml *arg1, Aml *arg2)
{
    return aml_opcode(OP_LEQUAL, arg1, arg2);
}

Aml *aml_lgreater(Aml *arg1, Aml *arg2)
{
    return aml_opcode(OP_LGREATER, arg1, arg2);
}

Aml *aml_lless(Aml *arg1, Aml *arg2)
{
    return aml_opcode(OP_LLESS, arg1, arg2);
}

Aml *aml_index(Aml *arg1, Aml *idx)
{
    return aml_opcode_dst(OP_INDEX, arg1, idx, NULL);
}

Aml *aml_derefof(Aml *arg)
{
    return aml_opcode(OP_DEREF_OF, arg, NULL);
}

Aml *aml_sizeof(Aml *arg)
{
    return aml_opcode(OP_SIZE_OF, arg, NULL);
}

Aml *aml_tobuffer(Aml *src, Aml *dst)
{
    return aml_opcode_dst(OP_TO_BUFFER, src, NULL, dst);
}

Aml *aml_tohexstring(Aml *src, Aml *dst)
{
    return aml_opcode_dst(OP_TO_HEX_STRING, src, NULL, dst);
}

/* Statements */

Aml *aml_if(Aml *predicate)
{
    Aml *var = aml_bundle(OP_IF, AML_PACKAGE);

    aml_append(var, predicate);
    return var;
}

Aml *aml_else(void)
{
    return aml_bundle(OP_ELSE, AML_PACKAGE);
}

Aml *aml_while(Aml *predicate)
{
    Aml *var = aml_bundle(OP_WHILE, AML_PACKAGE);

    aml_append(var, predicate);
    return var;
}

Aml *aml_return(Aml *val)
{
    return aml_opcode(OP_RETURN, val, NULL);
}

Aml *aml_notify(Aml *arg1, Aml *arg2)
{
    return aml_opcode(OP_NOTIFY, arg1, arg2);
}

Aml *aml_acquire(Aml *mutex, uint16_t timeout)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, OP_EXT_EXPR);
    build_append_byte(var->buf, EXT_ACQUIRE);
    aml_append(var, mutex);
    build_append_int_noprefix(var->buf, timeout, 2);
    return var;
}

Aml *aml_release(Aml *mutex)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, OP_EXT_EXPR);
    build_append_byte(var->buf, EXT_RELEASE);
    aml_append(var, mutex);
    return var;
}

/* A call is a name and as many terms as the method has arguments. */

Aml *aml_call0(const char *method)
{
    return aml_name("%s", method);
}

Aml *aml_call1(const char *method, Aml *arg1)
{
    Aml *var = aml_call0(method);

    aml_append(var, arg1);
    return var;
}

Aml *aml_call2(const char *method, Aml *arg1, Aml *arg2)
{
    Aml *var = aml_call1(method, arg1);

    aml_append(var, arg2);
    return var;
}

Aml *aml_call4(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4)
{
    Aml *var = aml_call2(method, arg1, arg2);

    aml_append(var, arg3);
    aml_append(var, arg4);
    return var;
}

Aml *aml_call5(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4,
               Aml *arg5)
{
    Aml *var = aml_call4(method, arg1, arg2, arg3, arg4);

    aml_append(var, arg5);
    return var;
}
