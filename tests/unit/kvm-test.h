/*
 * What the tests of KVM share: a machine whose CPU runs what a test writes.
 *
 * kvm_test_main() makes a `pc` under KVM, stopped, in this process; so a test
 * sees both sides, the machine's regions and slots and what a guest makes of
 * them.  A guest is a list of accesses:
 *
 *     KvmGuest *g = kvm_guest_new();
 *
 *     kvm_guest_write(g, 0x1000000, 1);
 *     kvm_guest_read(g, 0x1000000);
 *     kvm_guest_run(g);                        to its end
 *     g_assert_cmphex(kvm_guest_value(g, 0), ==, 1);
 *     kvm_guest_free(g);
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_KVM_TEST_H
#define TESTS_KVM_TEST_H

#include "exec/hwaddr.h"

/*
 * Run the tests that @add adds, in a machine with @cpu and two CPUs; a program's
 * status.  Where /dev/kvm cannot be used one test is skipped instead.
 */
int kvm_test_main(int argc, char **argv, const char *cpu, void (*add)(void));

/* RAM from here on is the tests': 16 MiB. */
#define KVM_TEST_RAM    0x1000000

typedef struct KvmGuest KvmGuest;

/* In flat 32-bit mode; 32 bits at a time. */
KvmGuest *kvm_guest_new(void);
void kvm_guest_free(KvmGuest *g);
void kvm_guest_write(KvmGuest *g, uint32_t addr, uint32_t value);
void kvm_guest_read(KvmGuest *g, uint32_t addr);
/* All of it, on the first CPU; the machine runs meanwhile. */
void kvm_guest_run(KvmGuest *g);
/* What the read number @n (from 0) gave. */
uint32_t kvm_guest_value(KvmGuest *g, unsigned n);

/* One access, and a machine that stands still again. */
void kvm_guest_write_one(uint32_t addr, uint32_t value);
uint32_t kvm_guest_read_one(uint32_t addr);

#endif
