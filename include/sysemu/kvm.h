/*
 * KVM, for code that asks whether it runs the guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_KVM_H
#define QEMU_KVM_H

/* This program has no KVM accelerator. */
#define kvm_enabled() (0)

#endif
