/*
 * The accelerator "kvm": what the kernel can do, and a VM in it.
 *
 *     configure_accelerators -> … -> accel_init_machine -> kvm_init
 *         open /dev/kvm; version, capabilities
 *         KVM_CREATE_VM
 *         kvm_arch_init
 *         kvm_irqchip_create            (kernel-irqchip=on|split|off)
 *         kvm_memory_listener_register  guest memory (kvm-memory.c)
 *     … the board makes its CPUs, each in a thread of its own:
 *         kvm_init_vcpu, kvm_cpu_exec   (kvm-vcpu.c)
 *
 * Read first: include/sysemu/kvm.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include "exec/address-spaces.h"
#include "exec/cpu-all.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qapi/qapi-visit-common.h"
#include "qemu/accel.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "sysemu/kvm_int.h"
#include "sysemu/runstate.h"
#include "kvm-cpus.h"
#include "trace.h"

KVMState *kvm_state;
bool kvm_allowed;
bool kvm_kernel_irqchip;
bool kvm_split_irqchip;
bool kvm_async_interrupts_allowed;
bool kvm_halt_in_kernel_allowed;
bool kvm_eventfds_allowed;
bool kvm_irqfds_allowed;
bool kvm_resamplefds_allowed;
bool kvm_msi_via_irqfd_allowed;
bool kvm_gsi_routing_allowed;
bool kvm_gsi_direct_mapping;
bool kvm_readonly_mem_allowed;
bool kvm_direct_msi_allowed;
bool kvm_ioeventfd_any_length_allowed;
bool kvm_msi_use_devid;

static const KVMCapabilityInfo kvm_required_capabilites[] = {
    KVM_CAP_INFO(USER_MEMORY),
    KVM_CAP_INFO(DESTROY_MEMORY_REGION_WORKS),
    KVM_CAP_INFO(JOIN_MEMORY_REGIONS_WORKS),
    KVM_CAP_INFO(INTERNAL_ERROR_DATA),
    KVM_CAP_INFO(IOEVENTFD),
    KVM_CAP_INFO(IRQFD),
    KVM_CAP_INFO(IMMEDIATE_EXIT),
    KVM_CAP_LAST_INFO
};

/* ioctls */

static int kvm_do_ioctl(int fd, int type, void *arg)
{
    int ret = ioctl(fd, type, arg);

    return ret == -1 ? -errno : ret;
}

#define KVM_IOCTL_ARG(type)             \
    ({                                  \
        va_list ap_;                    \
        void *arg_;                     \
        va_start(ap_, type);            \
        arg_ = va_arg(ap_, void *);     \
        va_end(ap_);                    \
        arg_;                           \
    })

int kvm_ioctl(KVMState *s, int type, ...)
{
    void *arg = KVM_IOCTL_ARG(type);

    trace_kvm_ioctl(type, arg);
    return kvm_do_ioctl(s->fd, type, arg);
}

int kvm_vm_ioctl(KVMState *s, int type, ...)
{
    void *arg = KVM_IOCTL_ARG(type);

    trace_kvm_vm_ioctl(type, arg);
    return kvm_do_ioctl(s->vmfd, type, arg);
}

int kvm_vcpu_ioctl(CPUState *cpu, int type, ...)
{
    void *arg = KVM_IOCTL_ARG(type);

    trace_kvm_vcpu_ioctl(cpu->cpu_index, type, arg);
    return kvm_do_ioctl(cpu->kvm_fd, type, arg);
}

int kvm_device_ioctl(int fd, int type, ...)
{
    void *arg = KVM_IOCTL_ARG(type);

    trace_kvm_device_ioctl(fd, type, arg);
    return kvm_do_ioctl(fd, type, arg);
}

/* Capabilities */

int kvm_check_extension(KVMState *s, unsigned int extension)
{
    int ret = kvm_ioctl(s, KVM_CHECK_EXTENSION, extension);

    return MAX(ret, 0);
}

int kvm_vm_check_extension(KVMState *s, unsigned int extension)
{
    int ret = kvm_vm_ioctl(s, KVM_CHECK_EXTENSION, extension);

    /* The VM answers more truly; where it cannot, /dev/kvm does. */
    return ret < 0 ? kvm_check_extension(s, extension) : ret;
}

static const KVMCapabilityInfo *
kvm_check_extension_list(KVMState *s, const KVMCapabilityInfo *list)
{
    for (; list->name; list++) {
        if (!kvm_check_extension(s, list->value)) {
            return list;
        }
    }
    return NULL;
}

bool kvm_has_sync_mmu(void)
{
    return kvm_state->sync_mmu;
}

int kvm_has_vcpu_events(void)
{
    return kvm_state->vcpu_events;
}

int kvm_has_robust_singlestep(void)
{
    return kvm_state->robust_singlestep;
}

int kvm_has_debugregs(void)
{
    return kvm_state->debugregs;
}

int kvm_max_nested_state_length(void)
{
    return kvm_state->max_nested_state_len;
}

int kvm_has_gsi_routing(void)
{
    return kvm_check_extension(kvm_state, KVM_CAP_IRQ_ROUTING);
}

int kvm_has_intx_set_mask(void)
{
    return kvm_state->intx_set_mask;
}

/* Devices in the kernel */

int kvm_vm_check_attr(KVMState *s, uint32_t group, uint64_t attr)
{
    struct kvm_device_attr attribute = { .group = group, .attr = attr };

    return !kvm_vm_ioctl(s, KVM_HAS_DEVICE_ATTR, &attribute);
}

int kvm_device_check_attr(int dev_fd, uint32_t group, uint64_t attr)
{
    struct kvm_device_attr attribute = { .group = group, .attr = attr };

    return !kvm_device_ioctl(dev_fd, KVM_HAS_DEVICE_ATTR, &attribute);
}

int kvm_device_access(int fd, int group, uint64_t attr, void *val, bool write,
                      Error **errp)
{
    struct kvm_device_attr kvmattr = {
        .group = group,
        .attr = attr,
        .addr = (uintptr_t)val,
    };
    int err = kvm_device_ioctl(fd, write ? KVM_SET_DEVICE_ATTR
                                         : KVM_GET_DEVICE_ATTR, &kvmattr);

    if (err < 0) {
        error_setg_errno(errp, -err, "KVM_%s_DEVICE_ATTR failed: Group %d "
                         "attr 0x%016" PRIx64, write ? "SET" : "GET", group,
                         attr);
    }
    return err;
}

int kvm_create_device(KVMState *s, uint64_t type, bool test)
{
    struct kvm_create_device create_dev = {
        .type = type,
        .fd = -1,
        .flags = test ? KVM_CREATE_DEVICE_TEST : 0,
    };
    int ret;

    if (!kvm_check_extension(s, KVM_CAP_DEVICE_CTRL)) {
        return -ENOTSUP;
    }
    ret = kvm_vm_ioctl(s, KVM_CREATE_DEVICE, &create_dev);
    return ret ? ret : test ? 0 : (int)create_dev.fd;
}

/* Starting */

/* What is not there, in words: the first thing a user can get wrong. */
static int kvm_open(KVMState *s)
{
    const char *path = s->device ?: "/dev/kvm";
    int ret;

    s->fd = qemu_open_old(path, O_RDWR);
    if (s->fd < 0) {
        ret = -errno;
        error_report("Could not access KVM kernel module: %s",
                     strerror(-ret));
        return ret;
    }
    ret = kvm_ioctl(s, KVM_GET_API_VERSION, 0);
    if (ret < KVM_API_VERSION) {
        error_report("kvm version too old");
        return ret >= 0 ? -EINVAL : ret;
    }
    if (ret > KVM_API_VERSION) {
        error_report("kvm version not supported");
        return -EINVAL;
    }
    return 0;
}

static int kvm_create_vm(MachineState *ms, KVMState *s)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    int type = mc->kvm_type ? mc->kvm_type(ms, NULL) : 0;
    int ret;

    if (type < 0) {
        return -EINVAL;
    }
    do {
        ret = kvm_ioctl(s, KVM_CREATE_VM, type);
    } while (ret == -EINTR);
    if (ret < 0) {
        error_report("ioctl(KVM_CREATE_VM) failed: %d %s", -ret,
                     strerror(-ret));
        return ret;
    }
    s->vmfd = ret;
    return 0;
}

static int kvm_recommended_vcpus(KVMState *s)
{
    return kvm_vm_check_extension(s, KVM_CAP_NR_VCPUS) ?: 4;
}

static int kvm_max_vcpus(KVMState *s)
{
    return kvm_check_extension(s, KVM_CAP_MAX_VCPUS) ?:
           kvm_recommended_vcpus(s);
}

static int kvm_max_vcpu_id(KVMState *s)
{
    return kvm_check_extension(s, KVM_CAP_MAX_VCPU_ID) ?: kvm_max_vcpus(s);
}

bool kvm_vcpu_id_is_valid(int vcpu_id)
{
    return vcpu_id >= 0 && vcpu_id < kvm_max_vcpu_id(kvm_state);
}

/* More vCPUs than the kernel likes get a warning, more than it takes an end. */
static int kvm_check_vcpus(MachineState *ms, KVMState *s)
{
    const struct {
        const char *name;
        int num;
    } counts[] = {
        { "SMP", ms->smp.cpus },
        { "hotpluggable", ms->smp.max_cpus },
    };
    int soft = kvm_recommended_vcpus(s);
    int hard = kvm_max_vcpus(s);

    for (int i = 0; i < ARRAY_SIZE(counts); i++) {
        if (counts[i].num > soft) {
            warn_report("Number of %s cpus requested (%d) exceeds "
                        "the recommended cpus supported by KVM (%d)",
                        counts[i].name, counts[i].num, soft);
        }
        if (counts[i].num > hard) {
            error_report("Number of %s cpus requested (%d) exceeds "
                         "the maximum cpus supported by KVM (%d)",
                         counts[i].name, counts[i].num, hard);
            return -EINVAL;
        }
    }
    return 0;
}

static void kvm_read_capabilities(KVMState *s)
{
    s->nr_slots = kvm_check_extension(s, KVM_CAP_NR_MEMSLOTS) ?: 32;
    s->sync_mmu = kvm_vm_check_extension(s, KVM_CAP_SYNC_MMU);
    s->coalesced_mmio = kvm_check_extension(s, KVM_CAP_COALESCED_MMIO);
    s->coalesced_pio = s->coalesced_mmio &&
                       kvm_check_extension(s, KVM_CAP_COALESCED_PIO);
    s->vcpu_events = kvm_check_extension(s, KVM_CAP_VCPU_EVENTS);
    s->robust_singlestep = kvm_check_extension(s,
                                               KVM_CAP_X86_ROBUST_SINGLESTEP);
    s->debugregs = kvm_check_extension(s, KVM_CAP_DEBUGREGS);
    s->max_nested_state_len = kvm_check_extension(s, KVM_CAP_NESTED_STATE);
    s->intx_set_mask = kvm_check_extension(s, KVM_CAP_PCI_2_3);
    s->irq_set_ioctl = kvm_check_extension(s, KVM_CAP_IRQ_INJECT_STATUS) ?
                       KVM_IRQ_LINE_STATUS : KVM_IRQ_LINE;

    kvm_readonly_mem_allowed = kvm_check_extension(s, KVM_CAP_READONLY_MEM);
    kvm_eventfds_allowed = kvm_check_extension(s, KVM_CAP_IOEVENTFD);
    kvm_irqfds_allowed = kvm_check_extension(s, KVM_CAP_IRQFD);
    kvm_resamplefds_allowed = kvm_check_extension(s, KVM_CAP_IRQFD_RESAMPLE);
    kvm_ioeventfd_any_length_allowed =
        kvm_check_extension(s, KVM_CAP_IOEVENTFD_ANY_LENGTH);
    kvm_direct_msi_allowed = kvm_check_extension(s, KVM_CAP_SIGNAL_MSI);
    s->guest_debug = kvm_check_extension(s, KVM_CAP_SET_GUEST_DEBUG);
    s->guest_debug_flags = kvm_check_extension(s, KVM_CAP_SET_GUEST_DEBUG2);
}

/*
 * Without this each look at the log protects all its pages once more, and the
 * first one of all of the memory at once.
 */
static void kvm_enable_manual_dirty_log(KVMState *s)
{
    int caps = kvm_vm_check_extension(s, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) &
               (KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
                KVM_DIRTY_LOG_INITIALLY_SET);

    if (caps && kvm_vm_enable_cap(s, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 0,
                                  caps) == 0) {
        s->manual_dirty_log_protect = caps;
    }
}

static int kvm_init(MachineState *ms)
{
    KVMState *s = KVM_STATE(ms->accelerator);
    const KVMCapabilityInfo *missing_cap;
    int ret;

    /* KVM shares pages with the guest by the host's page size. */
    assert(TARGET_PAGE_SIZE <= qemu_real_host_page_size());

    QTAILQ_INIT(&s->kvm_sw_breakpoints);
    s->sigmask_len = 8;
    QLIST_INIT(&s->kvm_parked_vcpus);
    s->fd = s->vmfd = -1;

    ret = kvm_open(s);
    if (ret < 0) {
        goto err;
    }
    ret = kvm_create_vm(ms, s);
    if (ret < 0) {
        goto err;
    }
    ret = kvm_check_vcpus(ms, s);
    if (ret < 0) {
        goto err;
    }

    missing_cap = kvm_check_extension_list(s, kvm_required_capabilites) ?:
                  kvm_check_extension_list(s, kvm_arch_required_capabilities);
    if (missing_cap) {
        error_report("kvm does not support %s", missing_cap->name);
        ret = -EINVAL;
        goto err;
    }

    kvm_read_capabilities(s);
    kvm_enable_manual_dirty_log(s);
    kvm_state = s;

    ret = kvm_arch_init(ms, s);
    if (ret < 0) {
        goto err;
    }
    if (s->kernel_irqchip_split == ON_OFF_AUTO_AUTO) {
        /* A board may like split better. */
        s->kernel_irqchip_split =
            MACHINE_GET_CLASS(ms)->default_kernel_irqchip_split
            ? ON_OFF_AUTO_ON : ON_OFF_AUTO_OFF;
    }
    if (s->kernel_irqchip_allowed) {
        ret = kvm_irqchip_create(s);
        if (ret < 0) {
            goto err;
        }
    }

    kvm_ioeventfd_setup(&s->memory_listener);
    kvm_coalesced_setup_mmio(s, &s->memory_listener);
    kvm_memory_listener_register(s, &s->memory_listener,
                                 &address_space_memory, 0, "kvm-memory");
    kvm_io_listener_register(s);
    kvm_stats_init(s);
    return 0;

err:
    assert(ret < 0);
    kvm_state = NULL;
    if (s->vmfd >= 0) {
        close(s->vmfd);
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->vmfd = s->fd = -1;
    return ret;
}

/* Properties, as of -accel kvm,… and of -machine kernel_irqchip=… */

static bool kvm_may_change(KVMState *s, Error **errp)
{
    if (s->fd != -1) {
        error_setg(errp, "Cannot set properties after the accelerator has "
                   "been initialized");
        return false;
    }
    return true;
}

static void kvm_set_kernel_irqchip(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    KVMState *s = KVM_STATE(obj);
    OnOffSplit mode;

    if (!kvm_may_change(s, errp) ||
        !visit_type_OnOffSplit(v, name, &mode, errp)) {
        return;
    }
    s->kernel_irqchip_allowed = mode != ON_OFF_SPLIT_OFF;
    s->kernel_irqchip_required = mode != ON_OFF_SPLIT_OFF;
    s->kernel_irqchip_split = mode == ON_OFF_SPLIT_SPLIT ? ON_OFF_AUTO_ON
                                                         : ON_OFF_AUTO_OFF;
}

bool kvm_kernel_irqchip_allowed(void)
{
    return kvm_state->kernel_irqchip_allowed;
}

bool kvm_kernel_irqchip_required(void)
{
    return kvm_state->kernel_irqchip_required;
}

bool kvm_kernel_irqchip_split(void)
{
    return kvm_state->kernel_irqchip_split == ON_OFF_AUTO_ON;
}

static void kvm_get_kvm_shadow_mem(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    int32_t value = KVM_STATE(obj)->kvm_shadow_mem;

    visit_type_int32(v, name, &value, errp);
}

static void kvm_set_kvm_shadow_mem(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    KVMState *s = KVM_STATE(obj);
    int32_t value;

    if (kvm_may_change(s, errp) && visit_type_int32(v, name, &value, errp)) {
        s->kvm_shadow_mem = value;
    }
}

/* Type */

static void kvm_accel_instance_init(Object *obj)
{
    KVMState *s = KVM_STATE(obj);

    s->fd = -1;
    s->vmfd = -1;
    s->kvm_shadow_mem = -1;
    s->kernel_irqchip_allowed = true;
    s->kernel_irqchip_split = ON_OFF_AUTO_AUTO;
}

static void kvm_accel_finalize(Object *obj)
{
    KVMState *s = KVM_STATE(obj);

    if (s->fd >= 0) {
        kvm_io_listener_unregister();
        kvm_memory_listener_unregister(&s->memory_listener);
        kvm_arch_accel_finalize(s);
        kvm_vcpus_cleanup(s);
        close(s->vmfd);
        close(s->fd);
        kvm_state = NULL;
    }
    g_free(s->device);
    g_free(s->irq_routes);
    g_free(s->used_gsi_bitmap);
    g_clear_pointer(&s->gsimap, g_hash_table_destroy);
}

static void kvm_accel_class_init(ObjectClass *oc, void *data)
{
    AccelClass *ac = ACCEL_CLASS(oc);

    ac->name = "KVM";
    ac->init_machine = kvm_init;
    ac->has_memory = kvm_accel_has_memory;
    ac->allowed = &kvm_allowed;
    ac->gdbstub_supported_sstep_flags = kvm_gdbstub_sstep_flags;

    object_class_property_add(oc, "kernel-irqchip", "on|off|split",
                              NULL, kvm_set_kernel_irqchip, NULL, NULL);
    object_class_property_set_description(oc, "kernel-irqchip",
        "Where interrupt controllers are: in the kernel, here, or both");
    object_class_property_add(oc, "kvm-shadow-mem", "int",
                              kvm_get_kvm_shadow_mem, kvm_set_kvm_shadow_mem,
                              NULL, NULL);
    object_class_property_set_description(oc, "kvm-shadow-mem",
        "Bytes for the kernel's shadow page tables");
    kvm_arch_accel_class_init(oc);
}

static const TypeInfo kvm_accel_type = {
    .name = TYPE_KVM_ACCEL,
    .parent = TYPE_ACCEL,
    .instance_init = kvm_accel_instance_init,
    .instance_finalize = kvm_accel_finalize,
    .class_init = kvm_accel_class_init,
    .instance_size = sizeof(KVMState),
};

static void kvm_type_init(void)
{
    type_register_static(&kvm_accel_type);
}

type_init(kvm_type_init)
