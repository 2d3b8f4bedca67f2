/*
 * ioeventfds: a guest's write that signals an eventfd and goes on.
 *
 * The memory API tells its listeners which writes these are; KVM takes one at a
 * time (KVM API 4.59, KVM_IOEVENTFD).  With a match only the write of one value
 * counts: several queues can then share a doorbell.
 *
 * Read first: system/memory-ioeventfd.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "sysemu/kvm_int.h"
#include "trace.h"

/* KVM compares the bytes of the bus: for the guest's order that is ours. */
static uint64_t kvm_ioeventfd_datamatch(uint64_t val, uint32_t size)
{
    switch (size) {
    case 1: return (uint8_t)val;
    case 2: return (uint16_t)val;
    case 4: return (uint32_t)val;
    default: return val;
    }
}

static int kvm_set_ioeventfd(int fd, hwaddr addr, uint64_t val, bool assign,
                             uint32_t size, bool datamatch, uint32_t flags)
{
    struct kvm_ioeventfd iofd = {
        .datamatch = datamatch ? kvm_ioeventfd_datamatch(val, size) : 0,
        .addr = addr,
        .len = size,
        .fd = fd,
        .flags = flags,
    };

    trace_kvm_set_ioeventfd(fd, addr, val, assign, size, datamatch);
    if (!kvm_eventfds_enabled()) {
        return -ENOSYS;
    }
    if (datamatch) {
        iofd.flags |= KVM_IOEVENTFD_FLAG_DATAMATCH;
    }
    if (!assign) {
        iofd.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
    }
    return kvm_vm_ioctl(kvm_state, KVM_IOEVENTFD, &iofd);
}

/*
 * The kernel has room for about a thousand.  A doorbell that it does not take
 * ends KVM_RUN at each kick, and the memory API then signals the notifier: that
 * is slow, and works.
 */
static void kvm_ioeventfd_add(MemoryRegionSection *section, bool match_data,
                              uint64_t data, EventNotifier *e, uint32_t flags)
{
    int r = kvm_set_ioeventfd(event_notifier_get_fd(e),
                              section->offset_within_address_space, data, true,
                              int128_get64(section->size), match_data, flags);

    if (r < 0) {
        warn_report_once("KVM cannot take an ioeventfd: %s; "
                         "kicks leave the kernel", strerror(-r));
    }
}

static void kvm_ioeventfd_del(MemoryRegionSection *section, bool match_data,
                              uint64_t data, EventNotifier *e, uint32_t flags)
{
    /* -ENOENT: it was not taken. */
    (void)kvm_set_ioeventfd(event_notifier_get_fd(e),
                            section->offset_within_address_space, data, false,
                            int128_get64(section->size), match_data, flags);
}

static void kvm_mem_ioeventfd_add(MemoryListener *listener,
                                  MemoryRegionSection *section,
                                  bool match_data, uint64_t data,
                                  EventNotifier *e)
{
    kvm_ioeventfd_add(section, match_data, data, e, 0);
}

static void kvm_mem_ioeventfd_del(MemoryListener *listener,
                                  MemoryRegionSection *section,
                                  bool match_data, uint64_t data,
                                  EventNotifier *e)
{
    kvm_ioeventfd_del(section, match_data, data, e, 0);
}

static void kvm_io_ioeventfd_add(MemoryListener *listener,
                                 MemoryRegionSection *section,
                                 bool match_data, uint64_t data,
                                 EventNotifier *e)
{
    kvm_ioeventfd_add(section, match_data, data, e, KVM_IOEVENTFD_FLAG_PIO);
}

static void kvm_io_ioeventfd_del(MemoryListener *listener,
                                 MemoryRegionSection *section,
                                 bool match_data, uint64_t data,
                                 EventNotifier *e)
{
    kvm_ioeventfd_del(section, match_data, data, e, KVM_IOEVENTFD_FLAG_PIO);
}

/* Ports have no slots; only their doorbells are KVM's. */
static MemoryListener kvm_io_listener = {
    .name = "kvm-io",
    .eventfd_add = kvm_io_ioeventfd_add,
    .eventfd_del = kvm_io_ioeventfd_del,
    .priority = 10,
};

void kvm_ioeventfd_setup(KVMMemoryListener *kml)
{
    kml->listener.eventfd_add = kvm_mem_ioeventfd_add;
    kml->listener.eventfd_del = kvm_mem_ioeventfd_del;
}

void kvm_io_listener_register(KVMState *s)
{
    kvm_coalesced_setup_pio(s, &kvm_io_listener);
    memory_listener_register(&kvm_io_listener, &address_space_io);
}

void kvm_io_listener_unregister(void)
{
    memory_listener_unregister(&kvm_io_listener);
}
