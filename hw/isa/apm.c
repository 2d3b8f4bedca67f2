/*
 * The ports of advanced power management.
 *
 * Read include/hw/isa/apm.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/isa/apm.h"
#include "migration/vmstate.h"
#include "trace.h"

static void apm_ioport_writeb(void *opaque, hwaddr addr, uint64_t val,
                              unsigned size)
{
    APMState *apm = opaque;

    trace_apm_io_write(addr, val);
    if (addr & 1) {
        apm->apms = val;
        return;
    }
    apm->apmc = val;
    if (apm->callback) {
        apm->callback(val, apm->arg);
    }
}

static uint64_t apm_ioport_readb(void *opaque, hwaddr addr, unsigned size)
{
    APMState *apm = opaque;
    uint8_t val = addr & 1 ? apm->apms : apm->apmc;

    trace_apm_io_read(addr, val);
    return val;
}

static const MemoryRegionOps apm_ops = {
    .read = apm_ioport_readb,
    .write = apm_ioport_writeb,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

const VMStateDescription vmstate_apm = {
    .name = "APM State",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(apmc, APMState),
        VMSTATE_UINT8(apms, APMState),
        VMSTATE_END_OF_LIST()
    }
};

void apm_init(PCIDevice *dev, APMState *s, apm_ctrl_changed_t callback,
              void *arg)
{
    s->callback = callback;
    s->arg = arg;

    memory_region_init_io(&s->io, OBJECT(dev), &apm_ops, s, "apm-io", 2);
    memory_region_add_subregion(pci_address_space_io(dev), APM_CNT_IOPORT,
                                &s->io);
}
