/*
 * I/O ports, and lists of small groups of them
 *
 * I/O ports are an address space like any other (address_space_io).  What is
 * special is the way in which old PC devices use them: a few ports here, two
 * there, some only for words.  A PortioList takes a table of such groups and
 * makes memory regions of it.
 *
 *     static const MemoryRegionPortio toy_portio[] = {
 *         { 0, 4, 1, .read = toy_readb, .write = toy_writeb },
 *         { 0, 1, 2, .read = toy_readw },             // words at port 0 only
 *         { 0x206, 1, 1, .write = toy_ctl_writeb },
 *         PORTIO_END_OF_LIST(),
 *     };
 *
 * Groups that touch each other share a region.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef IOPORT_H
#define IOPORT_H

#include "exec/memory.h"

/* @offset, @len: which ports; @size: the width of access in bytes. */
typedef struct MemoryRegionPortio {
    uint32_t offset;
    uint32_t len;
    unsigned size;
    uint32_t (*read)(void *opaque, uint32_t address);
    void (*write)(void *opaque, uint32_t address, uint32_t data);
    uint32_t base; /* filled in when the list is added */
} MemoryRegionPortio;

#define PORTIO_END_OF_LIST() { }

/* Ports where nobody is: reads give all ones, writes vanish. */
extern const MemoryRegionOps unassigned_io_ops;

/* What the guest's `out` and `in` do; @addr is below 0x10000. */
void cpu_outb(uint32_t addr, uint8_t val);
void cpu_outw(uint32_t addr, uint16_t val);
void cpu_outl(uint32_t addr, uint32_t val);
uint8_t cpu_inb(uint32_t addr);
uint16_t cpu_inw(uint32_t addr);
uint32_t cpu_inl(uint32_t addr);

typedef struct PortioList {
    const struct MemoryRegionPortio *ports;
    Object *owner;
    struct MemoryRegion *address_space;
    uint32_t addr;
    unsigned nr;
    struct MemoryRegion **regions;
    void *opaque;
    const char *name;
    bool flush_coalesced_mmio;
} PortioList;

/*
 * Keeps @callbacks, which ends with PORTIO_END_OF_LIST() and is sorted by
 * offset, and @name; both must outlive the list.  @owner is the device.
 */
void portio_list_init(PortioList *piolist, Object *owner,
                      const struct MemoryRegionPortio *callbacks,
                      void *opaque, const char *name);
/* The accesses first send what KVM collected (coalesced MMIO). */
void portio_list_set_flush_coalesced(PortioList *piolist);
/* After portio_list_del(): frees the regions, after a grace period. */
void portio_list_destroy(PortioList *piolist);
/* Puts the ports into @address_space from port @addr on. */
void portio_list_add(PortioList *piolist, struct MemoryRegion *address_space,
                     uint32_t addr);
void portio_list_del(PortioList *piolist);

#endif
