/*
 * KVM's interrupt controllers: routes, messages, and irqfds.
 *
 * The kernel's table of routes says what a GSI is (KVM API 4.52,
 * KVM_SET_GSI_ROUTING).  The first are the pins of the board, as its wiring has
 * them; the rest is for messages (MSI), one each, made when a device wants an
 * irqfd for a vector or when a message has to be sent:
 *
 *     GSI 0..15     pins of the two i8259, and of the IOAPIC
 *     GSI 16..23    pins of the IOAPIC
 *     GSI 24…       MSI: address and data  (a "virq")
 *
 * The table goes to the kernel whole (kvm_irqchip_commit_routes).
 *
 * Read first: include/sysemu/kvm.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/notify.h"
#include "sysemu/kvm_int.h"
#include "trace.h"

/* Whoever keeps a copy of routes hears of changes. */
static NotifierList kvm_irqchip_change_notifiers =
    NOTIFIER_LIST_INITIALIZER(kvm_irqchip_change_notifiers);

/* With a split irqchip: level irqfds whose EOI is seen by our own IOAPIC. */
typedef struct KVMResampleFd {
    int gsi;
    EventNotifier *resample_event;
    QLIST_ENTRY(KVMResampleFd) node;
} KVMResampleFd;

static QLIST_HEAD(, KVMResampleFd) kvm_resample_fd_list =
    QLIST_HEAD_INITIALIZER(kvm_resample_fd_list);

/* Levels */

int kvm_set_irq(KVMState *s, int irq, int level)
{
    struct kvm_irq_level event = { .irq = irq, .level = level };
    int ret;

    assert(kvm_async_interrupts_enabled());
    trace_kvm_set_irq(irq, level);
    ret = kvm_vm_ioctl(s, s->irq_set_ioctl, &event);
    if (ret < 0) {
        error_report_once("KVM cannot set GSI %d: %s", irq, strerror(-ret));
        return ret;
    }
    return s->irq_set_ioctl == KVM_IRQ_LINE ? 1 : event.status;
}

/* The table */

static void set_gsi(KVMState *s, unsigned int gsi)
{
    set_bit(gsi, s->used_gsi_bitmap);
}

static void clear_gsi(KVMState *s, unsigned int gsi)
{
    clear_bit(gsi, s->used_gsi_bitmap);
}

void kvm_init_irq_routing(KVMState *s)
{
    int gsi_count = kvm_check_extension(s, KVM_CAP_IRQ_ROUTING) - 1;

    if (gsi_count > 0) {
        s->used_gsi_bitmap = bitmap_new(gsi_count);
        s->gsi_count = gsi_count;
    }
    s->irq_routes = g_malloc0(sizeof(*s->irq_routes));
    s->nr_allocated_irq_routes = 0;
    kvm_arch_init_irq_routing(s);
}

void kvm_irqchip_commit_routes(KVMState *s)
{
    int ret;

    if (kvm_gsi_direct_mapping() || !kvm_gsi_routing_enabled()) {
        return;
    }
    s->irq_routes->flags = 0;
    trace_kvm_irqchip_commit_routes();
    ret = kvm_vm_ioctl(s, KVM_SET_GSI_ROUTING, s->irq_routes);
    if (ret < 0) {
        error_report_once("KVM_SET_GSI_ROUTING with %u routes failed: %s",
                          s->irq_routes->nr, strerror(-ret));
    }
}

static void kvm_add_routing_entry(KVMState *s,
                                  struct kvm_irq_routing_entry *entry)
{
    if (s->irq_routes->nr == s->nr_allocated_irq_routes) {
        int n = MAX(s->nr_allocated_irq_routes * 2, 64);

        s->irq_routes = g_realloc(s->irq_routes, sizeof(*s->irq_routes) +
                                  n * sizeof(*entry));
        s->nr_allocated_irq_routes = n;
    }
    s->irq_routes->entries[s->irq_routes->nr++] = *entry;
    set_gsi(s, entry->gsi);
}

static int kvm_update_routing_entry(KVMState *s,
                                    struct kvm_irq_routing_entry *new_entry)
{
    for (unsigned int n = 0; n < s->irq_routes->nr; n++) {
        struct kvm_irq_routing_entry *entry = &s->irq_routes->entries[n];

        if (entry->gsi == new_entry->gsi) {
            /* A commit costs: not for what is the same. */
            if (memcmp(entry, new_entry, sizeof(*entry))) {
                *entry = *new_entry;
            }
            return 0;
        }
    }
    return -ESRCH;
}

void kvm_irqchip_add_irq_route(KVMState *s, int irq, int irqchip, int pin)
{
    struct kvm_irq_routing_entry e = {
        .gsi = irq,
        .type = KVM_IRQ_ROUTING_IRQCHIP,
        .u.irqchip = { .irqchip = irqchip, .pin = pin },
    };

    assert(pin < s->gsi_count);
    kvm_add_routing_entry(s, &e);
}

/* Messages */

/*
 * The kernel takes only so many routes as there are GSIs, and refuses the whole
 * of a longer table.  The pins have more routes than GSIs (PIC and IOAPIC), so
 * that routes run out first.
 */
static int kvm_irqchip_get_virq(KVMState *s)
{
    unsigned int next = find_first_zero_bit(s->used_gsi_bitmap, s->gsi_count);

    if (next >= s->gsi_count || s->irq_routes->nr >= s->gsi_count) {
        return -ENOSPC;
    }
    return next;
}

static void kvm_fill_msi_entry(struct kvm_irq_routing_entry *e, int virq,
                               MSIMessage msg)
{
    *e = (struct kvm_irq_routing_entry) {
        .gsi = virq,
        .type = KVM_IRQ_ROUTING_MSI,
        .u.msi.address_lo = (uint32_t)msg.address,
        .u.msi.address_hi = msg.address >> 32,
        .u.msi.data = msg.data,
    };
}

int kvm_irqchip_send_msi(KVMState *s, MSIMessage msg)
{
    struct kvm_msi msi = {
        .address_lo = (uint32_t)msg.address,
        .address_hi = msg.address >> 32,
        .data = msg.data,
    };

    return kvm_vm_ioctl(s, KVM_SIGNAL_MSI, &msi);
}

int kvm_irqchip_add_msi_route(KVMRouteChange *c, int vector, PCIDevice *dev)
{
    struct kvm_irq_routing_entry kroute;
    KVMState *s = c->s;
    MSIMessage msg = { 0, 0 };
    int virq, ret;

    if (pci_available && dev) {
        msg = pci_get_msi_message(dev, vector);
    }
    if (kvm_gsi_direct_mapping()) {
        return kvm_arch_msi_data_to_gsi(msg.data);
    }
    if (!kvm_gsi_routing_enabled()) {
        return -ENOSYS;
    }
    virq = kvm_irqchip_get_virq(s);
    if (virq < 0) {
        return virq;
    }

    kvm_fill_msi_entry(&kroute, virq, msg);
    ret = kvm_arch_fixup_msi_route(&kroute, msg.address, msg.data, dev);
    if (ret) {
        return ret > 0 ? -EINVAL : ret;
    }
    trace_kvm_irqchip_add_msi_route(dev ? DEVICE(dev)->id : "", vector, virq);
    kvm_add_routing_entry(s, &kroute);
    kvm_arch_add_msi_route_post(&kroute, vector, dev);
    c->changes++;
    return virq;
}

int kvm_irqchip_update_msi_route(KVMState *s, int virq, MSIMessage msg,
                                 PCIDevice *dev)
{
    struct kvm_irq_routing_entry kroute;

    if (kvm_gsi_direct_mapping()) {
        return 0;
    }
    if (!kvm_irqchip_in_kernel()) {
        return -ENOSYS;
    }
    kvm_fill_msi_entry(&kroute, virq, msg);
    if (kvm_arch_fixup_msi_route(&kroute, msg.address, msg.data, dev)) {
        return -EINVAL;
    }
    trace_kvm_irqchip_update_msi_route(virq);
    return kvm_update_routing_entry(s, &kroute);
}

void kvm_irqchip_release_virq(KVMState *s, int virq)
{
    if (kvm_gsi_direct_mapping()) {
        return;
    }
    for (unsigned int i = 0; i < s->irq_routes->nr; ) {
        if (s->irq_routes->entries[i].gsi == virq) {
            s->irq_routes->entries[i] =
                s->irq_routes->entries[--s->irq_routes->nr];
        } else {
            i++;
        }
    }
    clear_gsi(s, virq);
    kvm_arch_release_virq_post(virq);
    trace_kvm_irqchip_release_virq(virq);
}

/* irqfds (KVM API 4.75, KVM_IRQFD) */

static KVMResampleFd *kvm_resample_fd_find(int gsi)
{
    KVMResampleFd *rfd;

    QLIST_FOREACH(rfd, &kvm_resample_fd_list, node) {
        if (rfd->gsi == gsi) {
            return rfd;
        }
    }
    return NULL;
}

static void kvm_resample_fd_remove(int gsi)
{
    KVMResampleFd *rfd = kvm_resample_fd_find(gsi);

    if (rfd) {
        QLIST_REMOVE(rfd, node);
        g_free(rfd);
    }
}

static void kvm_resample_fd_insert(int gsi, EventNotifier *event)
{
    KVMResampleFd *rfd = g_new0(KVMResampleFd, 1);

    rfd->gsi = gsi;
    rfd->resample_event = event;
    QLIST_INSERT_HEAD(&kvm_resample_fd_list, rfd, node);
}

void kvm_resample_fd_notify(int gsi)
{
    KVMResampleFd *rfd = kvm_resample_fd_find(gsi);

    if (rfd) {
        event_notifier_set(rfd->resample_event);
    }
}

static int kvm_irqchip_assign_irqfd(KVMState *s, EventNotifier *event,
                                    EventNotifier *resample, int virq,
                                    bool assign)
{
    struct kvm_irqfd irqfd = {
        .fd = event_notifier_get_fd(event),
        .gsi = virq,
        .flags = assign ? 0 : KVM_IRQFD_FLAG_DEASSIGN,
    };

    if (!kvm_irqfds_enabled()) {
        return -ENOSYS;
    }
    if (resample) {
        if (kvm_irqchip_is_split()) {
            /*
             * The kernel would wait for the EOI of an IOAPIC that it does not
             * have.  Ours sees it, and calls kvm_resample_fd_notify().
             */
            if (assign) {
                kvm_resample_fd_insert(virq, resample);
            }
        } else {
            irqfd.flags |= KVM_IRQFD_FLAG_RESAMPLE;
            irqfd.resamplefd = event_notifier_get_fd(resample);
        }
    }
    if (!assign && kvm_irqchip_is_split()) {
        kvm_resample_fd_remove(virq);
    }
    return kvm_vm_ioctl(s, KVM_IRQFD, &irqfd);
}

int kvm_irqchip_add_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                       EventNotifier *rn, int virq)
{
    return kvm_irqchip_assign_irqfd(s, n, rn, virq, true);
}

int kvm_irqchip_remove_irqfd_notifier_gsi(KVMState *s, EventNotifier *n,
                                          int virq)
{
    return kvm_irqchip_assign_irqfd(s, n, NULL, virq, false);
}

static int kvm_gsi_of_qemu_irq(KVMState *s, qemu_irq irq)
{
    gpointer key, gsi;

    if (!g_hash_table_lookup_extended(s->gsimap, irq, &key, &gsi)) {
        return -ENXIO;
    }
    return GPOINTER_TO_INT(gsi);
}

int kvm_irqchip_add_irqfd_notifier(KVMState *s, EventNotifier *n,
                                   EventNotifier *rn, qemu_irq irq)
{
    int gsi = kvm_gsi_of_qemu_irq(s, irq);

    return gsi < 0 ? gsi : kvm_irqchip_add_irqfd_notifier_gsi(s, n, rn, gsi);
}

int kvm_irqchip_remove_irqfd_notifier(KVMState *s, EventNotifier *n,
                                      qemu_irq irq)
{
    int gsi = kvm_gsi_of_qemu_irq(s, irq);

    return gsi < 0 ? gsi : kvm_irqchip_remove_irqfd_notifier_gsi(s, n, gsi);
}

void kvm_irqchip_set_qemuirq_gsi(KVMState *s, qemu_irq irq, int gsi)
{
    g_hash_table_insert(s->gsimap, irq, GINT_TO_POINTER(gsi));
}

void kvm_irqchip_add_change_notifier(Notifier *n)
{
    notifier_list_add(&kvm_irqchip_change_notifiers, n);
}

void kvm_irqchip_remove_change_notifier(Notifier *n)
{
    notifier_remove(n);
}

void kvm_irqchip_change_notify(void)
{
    notifier_list_notify(&kvm_irqchip_change_notifiers, NULL);
}

/* Making them */

int kvm_irqchip_create(KVMState *s)
{
    int ret;

    assert(s->kernel_irqchip_split != ON_OFF_AUTO_AUTO);
    if (!kvm_check_extension(s, KVM_CAP_IRQCHIP)) {
        return s->kernel_irqchip_required ? -ENOSYS : 0;
    }

    /* The target first: it knows of halves (split). */
    ret = kvm_arch_irqchip_create(s);
    if (ret == 0) {
        if (s->kernel_irqchip_split == ON_OFF_AUTO_ON) {
            error_report("Split IRQ chip mode not supported.");
            return -ENOTSUP;
        }
        ret = kvm_vm_ioctl(s, KVM_CREATE_IRQCHIP);
    }
    if (ret < 0) {
        error_report("Create kernel irqchip failed: %s", strerror(-ret));
        return ret;
    }

    kvm_kernel_irqchip = true;
    /* Interrupts are raised from any thread, and HLT waits for them inside. */
    kvm_async_interrupts_allowed = true;
    kvm_halt_in_kernel_allowed = true;
    kvm_init_irq_routing(s);
    s->gsimap = g_hash_table_new(g_direct_hash, g_direct_equal);
    return 0;
}
