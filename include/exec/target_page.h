/*
 * The guest's page size, for code that does not know the target
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef EXEC_TARGET_PAGE_H
#define EXEC_TARGET_PAGE_H

/* In bytes: 4096 on x86. */
size_t qemu_target_page_size(void);
/* log2 of it. */
int qemu_target_page_bits(void);
/* The smallest that a CPU model of this target may choose. */
int qemu_target_page_bits_min(void);

#endif
