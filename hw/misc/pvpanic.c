/*
 * pvpanic: what the ISA device and the PCI device share.
 *
 * Read include/hw/misc/pvpanic.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/misc/pvpanic.h"
#include "qemu/log.h"
#include "standard-headers/linux/pvpanic.h"
#include "sysemu/runstate.h"

/* A panic is more than that somebody takes care of it. */
static void handle_event(int event)
{
    if (event & ~(PVPANIC_PANICKED | PVPANIC_CRASH_LOADED)) {
        qemu_log_mask(LOG_GUEST_ERROR, "pvpanic: unknown event 0x%x\n",
                      event);
    }
    if (event & PVPANIC_PANICKED) {
        qemu_system_guest_panicked(NULL);
    } else if (event & PVPANIC_CRASH_LOADED) {
        qemu_system_guest_crashloaded(NULL);
    }
}

static uint64_t pvpanic_read(void *opaque, hwaddr addr, unsigned size)
{
    PVPanicState *s = opaque;

    return s->events;
}

static void pvpanic_write(void *opaque, hwaddr addr, uint64_t val,
                          unsigned size)
{
    handle_event(val);
}

static const MemoryRegionOps pvpanic_ops = {
    .read = pvpanic_read,
    .write = pvpanic_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
};

void pvpanic_setup_io(PVPanicState *s, DeviceState *dev, unsigned size)
{
    memory_region_init_io(&s->mr, OBJECT(dev), &pvpanic_ops, s, "pvpanic",
                          size);
}
