/*
 * I/O ports
 *
 * Read include/exec/ioport.h first.  A port list makes one region for each run
 * of groups that touch; its ops look the group up by offset and width, and make
 * a word of two bytes where a device has only bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/bswap.h"
#include "qemu/rcu.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"

/*
 * The table's copy, with its own run of ports, lives as long as the region; and
 * that, until the last reader of a flat view has gone.
 */
typedef struct MemoryRegionPortioList {
    struct rcu_head rcu;
    MemoryRegion mr;
    void *portio_opaque;
    MemoryRegionPortio *ports;
} MemoryRegionPortioList;

/* Nobody is there */

static uint64_t unassigned_io_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void unassigned_io_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
}

const MemoryRegionOps unassigned_io_ops = {
    .read = unassigned_io_read,
    .write = unassigned_io_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
};

/* What a CPU does */

void cpu_outb(uint32_t addr, uint8_t val)
{
    address_space_write(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, &val,
                        1);
}

void cpu_outw(uint32_t addr, uint16_t val)
{
    uint8_t buf[2];

    stw_le_p(buf, val);
    address_space_write(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                        2);
}

void cpu_outl(uint32_t addr, uint32_t val)
{
    uint8_t buf[4];

    stl_le_p(buf, val);
    address_space_write(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                        4);
}

uint8_t cpu_inb(uint32_t addr)
{
    uint8_t val;

    address_space_read(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, &val,
                       1);
    return val;
}

uint16_t cpu_inw(uint32_t addr)
{
    uint8_t buf[2];

    address_space_read(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                       2);
    return lduw_le_p(buf);
}

uint32_t cpu_inl(uint32_t addr)
{
    uint8_t buf[4];

    address_space_read(&address_space_io, addr, MEMTXATTRS_UNSPECIFIED, buf,
                       4);
    return ldl_le_p(buf);
}

/* Access to a list */

static const MemoryRegionPortio *find_portio(MemoryRegionPortioList *mrpio,
                                             uint64_t offset, unsigned width,
                                             bool write)
{
    const MemoryRegionPortio *mrp;

    for (mrp = mrpio->ports; mrp->size; ++mrp) {
        if (offset >= mrp->offset && offset < mrp->offset + mrp->len &&
            width == mrp->size &&
            (write ? (bool)mrp->write : (bool)mrp->read)) {
            return mrp;
        }
    }
    return NULL;
}

static uint64_t portio_read(void *opaque, hwaddr addr, unsigned size)
{
    MemoryRegionPortioList *mrpio = opaque;
    const MemoryRegionPortio *mrp = find_portio(mrpio, addr, size, false);

    if (mrp) {
        return mrp->read(mrpio->portio_opaque, mrp->base + addr);
    }
    if (size == 2) {
        uint64_t data = MAKE_64BIT_MASK(0, 16);

        mrp = find_portio(mrpio, addr, 1, false);
        if (mrp) {
            data = mrp->read(mrpio->portio_opaque, mrp->base + addr) & 0xff;
            if (addr + 1 < mrp->offset + mrp->len) {
                data |= (mrp->read(mrpio->portio_opaque, mrp->base + addr + 1)
                         & 0xff) << 8;
            } else {
                data |= 0xff00;
            }
        }
        return data;
    }
    return MAKE_64BIT_MASK(0, size * 8);
}

static void portio_write(void *opaque, hwaddr addr, uint64_t data,
                         unsigned size)
{
    MemoryRegionPortioList *mrpio = opaque;
    const MemoryRegionPortio *mrp = find_portio(mrpio, addr, size, true);

    if (mrp) {
        mrp->write(mrpio->portio_opaque, mrp->base + addr, data);
    } else if (size == 2) {
        mrp = find_portio(mrpio, addr, 1, true);
        if (mrp) {
            mrp->write(mrpio->portio_opaque, mrp->base + addr, data & 0xff);
            if (addr + 1 < mrp->offset + mrp->len) {
                mrp->write(mrpio->portio_opaque, mrp->base + addr + 1,
                           data >> 8);
            }
        }
    }
}

static const MemoryRegionOps portio_ops = {
    .read = portio_read,
    .write = portio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.unaligned = true,
    .impl.unaligned = true,
};

/* Life of a list */

void portio_list_init(PortioList *piolist, Object *owner,
                      const struct MemoryRegionPortio *callbacks,
                      void *opaque, const char *name)
{
    unsigned n = 0;

    while (callbacks[n].size) {
        ++n;
    }
    piolist->ports = callbacks;
    piolist->nr = 0;
    /* Never more regions than groups. */
    piolist->regions = g_new0(MemoryRegion *, n);
    piolist->address_space = NULL;
    piolist->opaque = opaque;
    piolist->owner = owner;
    piolist->name = name;
    piolist->flush_coalesced_mmio = false;
}

void portio_list_set_flush_coalesced(PortioList *piolist)
{
    piolist->flush_coalesced_mmio = true;
}

static void portio_free(MemoryRegionPortioList *mrpio)
{
    g_free(mrpio->ports);
    g_free(mrpio);
}

void portio_list_destroy(PortioList *piolist)
{
    for (unsigned i = 0; i < piolist->nr; ++i) {
        MemoryRegionPortioList *mrpio =
            container_of(piolist->regions[i], MemoryRegionPortioList, mr);

        object_unparent(OBJECT(&mrpio->mr));
        call_rcu(mrpio, portio_free, rcu);
    }
    g_free(piolist->regions);
}

/* One region for the @count groups at @pio_init: [start + low, start + high) */
static void portio_list_add_1(PortioList *piolist,
                              const MemoryRegionPortio *pio_init,
                              unsigned count, unsigned start,
                              unsigned off_low, unsigned off_high)
{
    MemoryRegionPortioList *mrpio = g_new0(MemoryRegionPortioList, 1);

    mrpio->portio_opaque = piolist->opaque;
    mrpio->ports = g_new0(MemoryRegionPortio, count + 1);
    memcpy(mrpio->ports, pio_init, sizeof(MemoryRegionPortio) * count);
    for (unsigned i = 0; i < count; ++i) {
        /* Callbacks get the port's number, the region has an offset. */
        mrpio->ports[i].offset -= off_low;
        mrpio->ports[i].base = start + off_low;
    }
    memory_region_init_io(&mrpio->mr, piolist->owner, &portio_ops, mrpio,
                          piolist->name, off_high - off_low);
    if (piolist->flush_coalesced_mmio) {
        memory_region_set_flush_coalesced(&mrpio->mr);
    }
    memory_region_add_subregion(piolist->address_space, start + off_low,
                                &mrpio->mr);
    piolist->regions[piolist->nr++] = &mrpio->mr;
}

void portio_list_add(PortioList *piolist, struct MemoryRegion *address_space,
                     uint32_t start)
{
    const MemoryRegionPortio *pio, *pio_start = piolist->ports;
    unsigned off_low, off_high, count = 1;

    piolist->address_space = address_space;
    piolist->addr = start;

    off_low = pio_start->offset;
    off_high = off_low + pio_start->len + pio_start->size - 1;
    for (pio = pio_start + 1; pio->size; pio++, count++) {
        assert(pio->offset >= pio[-1].offset);
        if (pio->offset > off_high) {
            portio_list_add_1(piolist, pio_start, count, start, off_low,
                              off_high);
            pio_start = pio;
            off_low = pio->offset;
            off_high = off_low + pio->len + pio->size - 1;
            count = 0;
        } else {
            off_high = MAX(off_high, pio->offset + pio->len + pio->size - 1);
        }
    }
    portio_list_add_1(piolist, pio_start, count, start, off_low, off_high);
}

void portio_list_del(PortioList *piolist)
{
    for (unsigned i = 0; i < piolist->nr; ++i) {
        MemoryRegionPortioList *mrpio =
            container_of(piolist->regions[i], MemoryRegionPortioList, mr);

        memory_region_del_subregion(piolist->address_space, &mrpio->mr);
    }
}
