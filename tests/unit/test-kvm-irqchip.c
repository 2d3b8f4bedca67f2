/*
 * Routes and irqfds: what accel/kvm/kvm-irqchip.c tells the kernel, by a kernel
 * that is the test; and a level with its acknowledgement, by the real one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <sys/mman.h>
#include "hw/pci/pci.h"
#include "qemu/event_notifier.h"
#include "sysemu/kvm_int.h"

/* What kvm-irqchip.c asks of the rest of the program. */

bool kvm_kernel_irqchip;
bool kvm_split_irqchip;
bool kvm_async_interrupts_allowed;
bool kvm_halt_in_kernel_allowed;
bool kvm_irqfds_allowed;
bool kvm_gsi_routing_allowed;
bool kvm_gsi_direct_mapping;
bool pci_available = true;

static struct {
    int gsis;                           /* KVM_CAP_IRQ_ROUTING */
    unsigned commits;
    struct kvm_irq_routing *table;      /* as last committed */
    struct kvm_irqfd irqfd;             /* the last one */
} kernel;

static void fake_set_routing(const struct kvm_irq_routing *table)
{
    size_t size = sizeof(*table) + table->nr * sizeof(table->entries[0]);

    /* A longer table the real one refuses as a whole. */
    g_assert_cmpuint(table->nr, <=, kernel.gsis);
    g_free(kernel.table);
    kernel.table = g_memdup2(table, size);
    kernel.commits++;
}

int kvm_vm_ioctl(KVMState *s, int type, ...)
{
    va_list ap;
    void *arg;

    va_start(ap, type);
    arg = va_arg(ap, void *);
    va_end(ap);
    if (s->vmfd >= 0) {
        int ret = ioctl(s->vmfd, type, arg);

        return ret < 0 ? -errno : ret;
    }
    switch ((unsigned)type) {
    case KVM_SET_GSI_ROUTING:
        fake_set_routing(arg);
        return 0;
    case KVM_IRQFD:
        kernel.irqfd = *(struct kvm_irqfd *)arg;
        return 0;
    case KVM_CREATE_IRQCHIP:
        return 0;
    default:
        g_assert_not_reached();
    }
}

int kvm_check_extension(KVMState *s, unsigned int extension)
{
    return extension == KVM_CAP_IRQ_ROUTING ? kernel.gsis : 1;
}

int kvm_arch_irqchip_create(KVMState *s)
{
    return 0;
}

void kvm_arch_init_irq_routing(KVMState *s)
{
    kvm_gsi_routing_allowed = true;
}

/* A device's message, and one that the target has no route for. */
static MSIMessage device_message;
static bool message_is_bad;

MSIMessage pci_get_msi_message(PCIDevice *dev, int vector)
{
    return device_message;
}

int kvm_arch_fixup_msi_route(struct kvm_irq_routing_entry *route,
                             uint64_t address, uint32_t data, PCIDevice *dev)
{
    return message_is_bad ? -EINVAL : 0;
}

int kvm_arch_add_msi_route_post(struct kvm_irq_routing_entry *route,
                                int vector, PCIDevice *dev)
{
    return 0;
}

int kvm_arch_release_virq_post(int virq)
{
    return 0;
}

int kvm_arch_msi_data_to_gsi(uint32_t data)
{
    g_assert_not_reached();
}

/* A machine of @gsis GSIs, the pins of a PC among them. */

#define PINS 24

static KVMState *irqchip_start(int gsis)
{
    KVMState *s = g_new0(KVMState, 1);

    kernel.gsis = gsis;
    kernel.commits = 0;
    kvm_irqfds_allowed = true;
    kvm_split_irqchip = false;
    s->fd = s->vmfd = -1;
    s->kernel_irqchip_split = ON_OFF_AUTO_OFF;
    g_assert_cmpint(kvm_irqchip_create(s), ==, 0);
    for (int i = 0; i < PINS; i++) {
        if (i < 16) {
            kvm_irqchip_add_irq_route(s, i, i < 8 ? KVM_IRQCHIP_PIC_MASTER
                                                  : KVM_IRQCHIP_PIC_SLAVE,
                                      i % 8);
        }
        kvm_irqchip_add_irq_route(s, i, KVM_IRQCHIP_IOAPIC, i);
    }
    kvm_irqchip_commit_routes(s);
    return s;
}

static void irqchip_stop(KVMState *s)
{
    g_free(s->irq_routes);
    g_free(s->used_gsi_bitmap);
    g_hash_table_destroy(s->gsimap);
    g_free(s);
    g_clear_pointer(&kernel.table, g_free);
}

static int add_route(KVMState *s)
{
    KVMRouteChange c = kvm_irqchip_begin_route_changes(s);
    int virq = kvm_irqchip_add_msi_route(&c, 0, NULL);

    kvm_irqchip_commit_route_changes(&c);
    return virq;
}

/* What the kernel knows of @virq, or NULL. */
static const struct kvm_irq_routing_entry *route_of(int virq)
{
    for (unsigned i = 0; i < kernel.table->nr; i++) {
        if (kernel.table->entries[i].gsi == virq) {
            return &kernel.table->entries[i];
        }
    }
    return NULL;
}

/* The table grows as needed, and ends where the kernel would refuse it. */
static void test_no_more_routes(void)
{
    KVMState *s = irqchip_start(128);
    int virqs[128], n = 0;

    while ((virqs[n] = add_route(s)) >= 0) {
        g_assert_cmpint(virqs[n], ==, PINS + n);
        g_assert_nonnull(route_of(virqs[n]));
        n++;
    }
    g_assert_cmpint(virqs[n], ==, -ENOSPC);
    g_assert_cmpint(n, >, 64);
    g_assert_cmpuint(kernel.table->nr, ==, 16 + PINS + n);

    /* What is given back is there again; the others are as they were. */
    kvm_irqchip_release_virq(s, virqs[3]);
    kvm_irqchip_commit_routes(s);
    g_assert_null(route_of(virqs[3]));
    g_assert_nonnull(route_of(virqs[2]));
    g_assert_nonnull(route_of(virqs[n - 1]));
    g_assert_cmpint(add_route(s), ==, virqs[3]);
    g_assert_cmpint(add_route(s), ==, -ENOSPC);
    g_assert_cmpint(route_of(5)->type, ==, KVM_IRQ_ROUTING_IRQCHIP);
    irqchip_stop(s);
}

/* Several changes are one commit, and none is none. */
static void test_one_commit(void)
{
    KVMState *s = irqchip_start(128);
    KVMRouteChange c = kvm_irqchip_begin_route_changes(s);
    unsigned commits = kernel.commits;

    for (int i = 0; i < 5; i++) {
        kvm_irqchip_add_msi_route(&c, i, NULL);
    }
    g_assert_cmpuint(kernel.commits, ==, commits);
    kvm_irqchip_commit_route_changes(&c);
    g_assert_cmpuint(kernel.commits, ==, commits + 1);
    kvm_irqchip_commit_route_changes(&c);
    g_assert_cmpuint(kernel.commits, ==, commits + 1);
    irqchip_stop(s);
}

/* A route's message may change; what is no message is refused. */
static void test_message(void)
{
    KVMState *s = irqchip_start(128);
    MSIMessage msg = { .address = 0x1fee01000, .data = 0x4041 };
    int virq = add_route(s);

    g_assert_cmpint(kvm_irqchip_update_msi_route(s, virq, msg, NULL), ==, 0);
    kvm_irqchip_commit_routes(s);
    g_assert_cmpint(route_of(virq)->type, ==, KVM_IRQ_ROUTING_MSI);
    g_assert_cmphex(route_of(virq)->u.msi.address_lo, ==, 0xfee01000);
    g_assert_cmphex(route_of(virq)->u.msi.address_hi, ==, 1);
    g_assert_cmphex(route_of(virq)->u.msi.data, ==, 0x4041);

    g_assert_cmpint(kvm_irqchip_update_msi_route(s, virq + 1, msg, NULL), ==,
                    -ESRCH);
    message_is_bad = true;
    g_assert_cmpint(kvm_irqchip_update_msi_route(s, virq, msg, NULL), ==,
                    -EINVAL);
    g_assert_cmpint(add_route(s), ==, -EINVAL);
    message_is_bad = false;
    g_assert_cmpint(add_route(s), ==, virq + 1);
    irqchip_stop(s);
}

/* An irqfd as the kernel is told of it, and its end. */
static void test_irqfd(void)
{
    KVMState *s = irqchip_start(128);
    EventNotifier n, rn;

    g_assert_cmpint(event_notifier_init(&n, 0), ==, 0);
    g_assert_cmpint(event_notifier_init(&rn, 0), ==, 0);

    kvm_irqchip_add_irqfd_notifier_gsi(s, &n, NULL, 30);
    g_assert_cmpuint(kernel.irqfd.fd, ==, event_notifier_get_fd(&n));
    g_assert_cmpuint(kernel.irqfd.gsi, ==, 30);
    g_assert_cmphex(kernel.irqfd.flags, ==, 0);
    kvm_irqchip_remove_irqfd_notifier_gsi(s, &n, 30);
    g_assert_cmphex(kernel.irqfd.flags, ==, KVM_IRQFD_FLAG_DEASSIGN);

    kvm_irqchip_add_irqfd_notifier_gsi(s, &n, &rn, 11);
    g_assert_cmphex(kernel.irqfd.flags, ==, KVM_IRQFD_FLAG_RESAMPLE);
    g_assert_cmpuint(kernel.irqfd.resamplefd, ==, event_notifier_get_fd(&rn));
    kvm_irqchip_remove_irqfd_notifier_gsi(s, &n, 11);

    /* Split: the IOAPIC is ours, and so it is we who hear the EOI. */
    kvm_split_irqchip = true;
    kvm_irqchip_add_irqfd_notifier_gsi(s, &n, &rn, 11);
    g_assert_cmphex(kernel.irqfd.flags, ==, 0);
    kvm_resample_fd_notify(10);
    g_assert_false(event_notifier_test_and_clear(&rn));
    kvm_resample_fd_notify(11);
    g_assert_true(event_notifier_test_and_clear(&rn));
    kvm_irqchip_remove_irqfd_notifier_gsi(s, &n, 11);
    kvm_resample_fd_notify(11);
    g_assert_false(event_notifier_test_and_clear(&rn));

    kvm_irqfds_allowed = false;
    g_assert_cmpint(kvm_irqchip_add_irqfd_notifier_gsi(s, &n, NULL, 30), ==,
                    -ENOSYS);
    event_notifier_cleanup(&n);
    event_notifier_cleanup(&rn);
    irqchip_stop(s);
}

/* A pin is found by its qemu_irq. */
static void test_irqfd_of_pin(void)
{
    KVMState *s = irqchip_start(128);
    EventNotifier n;
    int pin;
    qemu_irq irq = (qemu_irq)&pin, other = (qemu_irq)&n;

    g_assert_cmpint(event_notifier_init(&n, 0), ==, 0);
    kvm_irqchip_set_qemuirq_gsi(s, irq, 17);
    g_assert_cmpint(kvm_irqchip_add_irqfd_notifier(s, &n, NULL, irq), ==, 0);
    g_assert_cmpuint(kernel.irqfd.gsi, ==, 17);
    g_assert_cmpint(kvm_irqchip_add_irqfd_notifier(s, &n, NULL, other), ==,
                    -ENXIO);
    g_assert_cmpint(kvm_irqchip_remove_irqfd_notifier(s, &n, irq), ==, 0);
    event_notifier_cleanup(&n);
    irqchip_stop(s);
}

/*
 * The real kernel, and a guest in 16-bit mode.  It takes IRQ 5 of the PIC as a
 * level and waits; port 0xe9 tells us where it is: 'r' ready, 'i' in the
 * handler, after its EOI, 'w' woken.
 */

#define CODE    0x1000
#define HANDLER 0x1100
#define VECTOR  0x25

static const uint8_t guest_code[] = {
    0xb0, 0x11, 0xe6, 0x20,             /* PIC: initialize, */
    0xb0, 0x20, 0xe6, 0x21,             /* vectors from 0x20, */
    0xb0, 0x04, 0xe6, 0x21,
    0xb0, 0x01, 0xe6, 0x21,
    0xb0, 0xdf, 0xe6, 0x21,             /* IRQ 5 alone, */
    0xba, 0xd0, 0x04, 0xb0, 0x20, 0xee, /* a level */
    0xb0, 'r', 0xe6, 0xe9,
    0xfb, 0xf4, 0xfa,                   /* sti; hlt; cli */
    0xb0, 'w', 0xe6, 0xe9,
    0xeb, 0xf7,                         /* to the sti */
};

static const uint8_t guest_handler[] = {
    0xb0, 0x20, 0xe6, 0x20,             /* EOI */
    0xb0, 'i', 0xe6, 0xe9,
    0xcf,                               /* iret */
};

static char guest_says(int vcpu, struct kvm_run *run)
{
    while (ioctl(vcpu, KVM_RUN, 0) == 0) {
        if (run->exit_reason == KVM_EXIT_IO && run->io.port == 0xe9) {
            return *((char *)run + run->io.data_offset);
        }
        /* The level's register may be ours to ignore. */
        g_assert_cmpuint(run->exit_reason, ==, KVM_EXIT_IO);
    }
    g_assert_not_reached();
}

static void test_resample(void)
{
    KVMState s = { .kernel_irqchip_split = ON_OFF_AUTO_OFF };
    struct kvm_userspace_memory_region slot = { .memory_size = 0x10000 };
    struct kvm_regs regs = { .rip = CODE, .rsp = 0x8000, .rflags = 2 };
    struct kvm_sregs sregs;
    struct kvm_run *run;
    EventNotifier n, rn;
    int vcpu, size;
    uint8_t *ram;
    char said;

    s.fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    s.vmfd = s.fd < 0 ? -1 : ioctl(s.fd, KVM_CREATE_VM, 0);
    if (s.vmfd < 0) {
        g_test_skip("/dev/kvm cannot be used");
        return;
    }
    kernel.gsis = ioctl(s.fd, KVM_CHECK_EXTENSION, KVM_CAP_IRQ_ROUTING);
    kvm_irqfds_allowed = true;
    kvm_split_irqchip = false;
    g_assert_cmpint(kvm_irqchip_create(&s), ==, 0);
    kvm_irqchip_add_irq_route(&s, 5, KVM_IRQCHIP_PIC_MASTER, 5);
    kvm_irqchip_commit_routes(&s);

    ram = mmap(NULL, slot.memory_size, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(ram + CODE, guest_code, sizeof(guest_code));
    memcpy(ram + HANDLER, guest_handler, sizeof(guest_handler));
    *(uint16_t *)(ram + 4 * VECTOR) = HANDLER;
    slot.userspace_addr = (uintptr_t)ram;
    g_assert_cmpint(ioctl(s.vmfd, KVM_SET_USER_MEMORY_REGION, &slot), ==, 0);
    vcpu = ioctl(s.vmfd, KVM_CREATE_VCPU, 0);
    g_assert_cmpint(vcpu, >=, 0);
    size = ioctl(s.fd, KVM_GET_VCPU_MMAP_SIZE, 0);
    run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    g_assert_cmpint(ioctl(vcpu, KVM_GET_SREGS, &sregs), ==, 0);
    sregs.cs.base = sregs.cs.selector = 0;
    g_assert_cmpint(ioctl(vcpu, KVM_SET_SREGS, &sregs), ==, 0);
    g_assert_cmpint(ioctl(vcpu, KVM_SET_REGS, &regs), ==, 0);

    g_assert_cmpint(event_notifier_init(&n, 0), ==, 0);
    g_assert_cmpint(event_notifier_init(&rn, 0), ==, 0);
    g_assert_cmpint(guest_says(vcpu, run), ==, 'r');
    g_assert_cmpint(kvm_irqchip_add_irqfd_notifier_gsi(&s, &n, &rn, 5), ==, 0);

    for (int i = 0; i < 3; i++) {
        /* Raised; nobody knows yet if it was heard. */
        event_notifier_set(&n);
        g_assert_false(event_notifier_test_and_clear(&rn));
        /* The EOI lowers it and tells us. */
        g_assert_cmpint(guest_says(vcpu, run), ==, 'i');
        g_assert_true(event_notifier_test_and_clear(&rn));
        /* So it does not come again. */
        g_assert_cmpint(guest_says(vcpu, run), ==, 'w');
        g_assert_false(event_notifier_test_and_clear(&rn));
    }

    /* Who still wants to raise it does, and it comes again, now or soon. */
    event_notifier_set(&n);
    g_assert_cmpint(guest_says(vcpu, run), ==, 'i');
    event_notifier_set(&n);
    said = guest_says(vcpu, run);
    if (said == 'w') {
        said = guest_says(vcpu, run);
    }
    g_assert_cmpint(said, ==, 'i');
    g_assert_cmpint(guest_says(vcpu, run), ==, 'w');

    g_assert_cmpint(kvm_irqchip_remove_irqfd_notifier_gsi(&s, &n, 5), ==, 0);
    event_notifier_cleanup(&n);
    event_notifier_cleanup(&rn);
    munmap(run, size);
    close(vcpu);
    munmap(ram, slot.memory_size);
    close(s.vmfd);
    close(s.fd);
    g_free(s.irq_routes);
    g_free(s.used_gsi_bitmap);
    g_hash_table_destroy(s.gsimap);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kvm/irqchip/no-more-routes", test_no_more_routes);
    g_test_add_func("/kvm/irqchip/one-commit", test_one_commit);
    g_test_add_func("/kvm/irqchip/message", test_message);
    g_test_add_func("/kvm/irqchip/irqfd", test_irqfd);
    g_test_add_func("/kvm/irqchip/irqfd-of-pin", test_irqfd_of_pin);
    g_test_add_func("/kvm/irqchip/resample", test_resample);
    return g_test_run();
}
