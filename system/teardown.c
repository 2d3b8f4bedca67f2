/*
 * The way back from qemu_init(): all that it made goes, last first.
 *
 *     vm_shutdown           no vCPU runs, no timer of the machine
 *     monitor_cleanup       nobody is told of what follows
 *     qemu_destroy_machine  devices, board, memory
 *     bdrv_close_all        then what the devices used
 *     net_cleanup
 *     qemu_chr_cleanup
 *     user_creatable_cleanup
 *
 * A process that ends gives everything back anyway.  It is done by hand because
 * back ends have something to finish (a file to write out, a peer to tell), and
 * because what cannot be taken apart without a leak was not put together well.
 *
 * Read first: system/vl.c, "Life" in include/hw/qdev-core.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block.h"
#include "chardev/char.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/gdbstub.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "hw/core/cpu.h"
#include "hw/qdev-core.h"
#include "hw/sysbus.h"
#include "monitor/monitor.h"
#include "net/net.h"
#include "qemu/accel.h"
#include "qemu/rcu.h"
#include "qom/object_interfaces.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

static int unrealize_one(Object *obj, void *opaque)
{
    DeviceState *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);

    if (dev) {
        qdev_unrealize(dev);
    }
    return 0;
}

/* The user's first, as they use the board's; a bus has its latest in front. */
static void unrealize_all_devices(void)
{
    BusChild *kid;

    object_child_foreach(container_get(qdev_get_machine(), "/peripheral-anon"),
                         unrealize_one, NULL);
    object_child_foreach(container_get(qdev_get_machine(), "/peripheral"),
                         unrealize_one, NULL);
    QTAILQ_FOREACH(kid, &sysbus_get_default()->children, sibling) {
        qdev_unrealize(kid->child);
    }
}

/* On no bus, and with a view of all memory each: their threads end here. */
static void destroy_all_cpus(void)
{
    CPUState *cpu;

    while ((cpu = first_cpu)) {
        qdev_unrealize(DEVICE(cpu));
        object_unparent(OBJECT(cpu));
    }
}

static void empty_container(MemoryRegion *mr)
{
    MemoryRegion *sub;

    while ((sub = QTAILQ_FIRST(&mr->subregions))) {
        empty_container(sub);
        memory_region_del_subregion(mr, sub);
    }
}

/*
 * It was the board that put its devices into the address spaces, so it is not
 * for them to leave.  Afterwards no view holds any of them.
 */
static void unmap_everything(void)
{
    memory_region_transaction_begin();
    empty_container(get_system_memory());
    empty_container(get_system_io());
    memory_region_transaction_commit();
    drain_call_rcu();
}

static void qemu_destroy_machine(void)
{
    BusState *sysbus = sysbus_get_default();
    AccelState *accel = current_accel();

    rom_cleanup();
    unrealize_all_devices();
    destroy_all_cpus();
    unmap_everything();

    object_unparent(container_get(qdev_get_machine(), "/peripheral-anon"));
    object_unparent(container_get(qdev_get_machine(), "/peripheral"));
    /* With it, all that is below it. */
    object_unparent(OBJECT(sysbus));
    object_unref(OBJECT(sysbus));

    /* It listens to what happens in memory. */
    current_machine->accelerator = NULL;
    object_unref(OBJECT(accel));
    cpu_exec_cleanup_all();

    object_unparent(OBJECT(current_machine));
    object_unref(OBJECT(current_machine));
    current_machine = NULL;
}

void qemu_cleanup(void)
{
    gdb_exit(0);
    vm_shutdown();
    /* Clients know that all ends; they need not hear of each device. */
    monitor_cleanup();
    qemu_destroy_machine();

    bdrv_close_all();
    net_cleanup();
    qemu_chr_cleanup();
    user_creatable_cleanup();

    /* Some of it waited for the last reader. */
    drain_call_rcu();
}
