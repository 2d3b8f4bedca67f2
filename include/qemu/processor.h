/*
 * cpu_relax(): tell the CPU that this is a loop that waits for memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_PROCESSOR_H
#define QEMU_PROCESSOR_H

#if defined(__i386__) || defined(__x86_64__)
#define cpu_relax() __asm__ volatile("rep; nop" ::: "memory")
#elif defined(__aarch64__)
#define cpu_relax() __asm__ volatile("yield" ::: "memory")
#else
#define cpu_relax() __asm__ volatile("" ::: "memory")
#endif

#endif
