/*
 * IOAPIC: the interrupt controller that speaks to the CPUs' local APICs.
 *
 * Each of its 24 pins has an entry in the redirection table: a vector, a
 * destination, edge or level.  Delivering is a write to the address where
 * APICs listen, as an MSI is.
 *
 * Specification: Intel 82093AA.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_IOAPIC_H
#define HW_IOAPIC_H

#define IOAPIC_NUM_PINS 24
#define IO_APIC_DEFAULT_ADDRESS 0xfec00000
#define IO_APIC_SECONDARY_ADDRESS (IO_APIC_DEFAULT_ADDRESS + 0x10000)
#define IO_APIC_SECONDARY_IRQBASE 24 /* primary 0 -> 23, secondary 24 -> 47 */

#define TYPE_IOAPIC "ioapic"
#define TYPE_KVM_IOAPIC "kvm-ioapic"

/* A local APIC says that @vector has been served. */
void ioapic_eoi_broadcast(int vector);

#endif
