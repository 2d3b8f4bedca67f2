/*
 * What the files of the AML builder share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_AML_INTERNAL_H
#define HW_ACPI_AML_INTERNAL_H

#include "hw/acpi/aml-build.h"

/* A term without bytes, that the allocator owns. */
Aml *aml_alloc(void);
/* The same, and what aml_append() puts around its bytes. */
Aml *aml_bundle(uint8_t op, AmlBlockFlags flags);
/* A term of one opcode and its operands; NULL operands are left out. */
Aml *aml_opcode(uint8_t op, Aml *arg1, Aml *arg2);
/* The same with a place for the result; NULL: nowhere. */
Aml *aml_opcode_dst(uint8_t op, Aml *arg1, Aml *arg2, Aml *dst);

/* A name of up to four characters, filled up with '_'. */
void aml_append_nameseg(GArray *array, const char *seg);
/* A name of any number of segments. */
void aml_append_namestring(GArray *array, const char *name);
/* An integer, in as few bytes as it needs. */
void aml_append_int(GArray *array, uint64_t value);
/* A length; @incl_self: with the bytes that say it. */
void aml_append_pkg_length(GArray *array, unsigned length, bool incl_self);

#endif
