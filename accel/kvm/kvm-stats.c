/*
 * What KVM counts: the provider "kvm" of query-stats and "info stats".
 *
 * The kernel describes its counters itself (KVM API 4.133, KVM_GET_STATS_FD):
 * a descriptor for the VM or a vCPU reads as a header, a block of descriptions
 * and a block of numbers:
 *
 *     kvm_stats_header   name_size, num_desc, desc_offset, data_offset
 *     desc_offset:       num_desc times { kvm_stats_desc, name }
 *     data_offset:       numbers of 64 bits; a description says which are its
 *
 * So a counter of a newer kernel is here without a change.  Those of which a
 * kind or unit is unknown are left out.
 *
 * Of use when asking where time goes: "exits" are all ways out of the guest,
 * "mmio_exits" and "io_exits" those for a device, "signal_exits" our own kicks.
 *
 * Read first: include/monitor/stats.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "monitor/stats.h"
#include "qapi/error.h"
#include "qapi/util.h"
#include "sysemu/kvm_int.h"

/* All of what one statistics descriptor says, read at one time. */
typedef struct KVMStats {
    struct kvm_stats_header header;
    char *descs;                /* num_desc times kvm_stats_desc_size() */
    uint64_t *data;
    size_t data_len;            /* numbers */
} KVMStats;

static void kvm_stats_free(KVMStats *stats)
{
    g_free(stats->descs);
    g_free(stats->data);
}

static size_t kvm_stats_desc_size(const KVMStats *stats)
{
    return sizeof(struct kvm_stats_desc) + stats->header.name_size;
}

static const struct kvm_stats_desc *kvm_stats_desc(const KVMStats *stats,
                                                   unsigned int i)
{
    return (const void *)(stats->descs + i * kvm_stats_desc_size(stats));
}

/* All @len bytes at @offset, or an error. */
static bool kvm_stats_pread(int fd, void *buf, size_t len, off_t offset,
                            const char *what, Error **errp)
{
    ssize_t ret = RETRY_ON_EINTR(pread(fd, buf, len, offset));

    if (ret != (ssize_t)len) {
        error_setg(errp, "KVM stats: failed to read %s: expected %zu actual "
                   "%zd", what, len, ret);
        return false;
    }
    return true;
}

/* How many numbers there are: up to the end of the last description's. */
static size_t kvm_stats_data_len(const KVMStats *stats)
{
    size_t len = 0;

    for (unsigned int i = 0; i < stats->header.num_desc; i++) {
        const struct kvm_stats_desc *desc = kvm_stats_desc(stats, i);

        len = MAX(len, desc->offset / sizeof(uint64_t) + desc->size);
    }
    return len;
}

static bool kvm_stats_read(KVMStats *stats, int fd, Error **errp)
{
    struct kvm_stats_header *header = &stats->header;
    size_t size;

    if (!kvm_stats_pread(fd, header, sizeof(*header), 0, "stats header",
                         errp)) {
        return false;
    }
    size = header->num_desc * kvm_stats_desc_size(stats);
    stats->descs = g_malloc0(size);
    if (!kvm_stats_pread(fd, stats->descs, size, header->desc_offset,
                         "stats descriptors", errp)) {
        return false;
    }
    stats->data_len = kvm_stats_data_len(stats);
    size = stats->data_len * sizeof(uint64_t);
    stats->data = g_malloc0(size);
    return kvm_stats_pread(fd, stats->data, size, header->data_offset,
                           "stats data", errp);
}

/*
 * The numbers of the VM (@cpu is NULL) or of a vCPU, whose ioctls are for its
 * own thread.
 */
static bool kvm_stats_get(KVMStats *stats, CPUState *cpu, Error **errp)
{
    int fd = cpu ? kvm_vcpu_ioctl(cpu, KVM_GET_STATS_FD, 0)
                 : kvm_vm_ioctl(kvm_state, KVM_GET_STATS_FD, 0);
    bool ok;

    memset(stats, 0, sizeof(*stats));
    if (fd < 0) {
        error_setg_errno(errp, -fd, "KVM stats: ioctl failed");
        return false;
    }
    ok = kvm_stats_read(stats, fd, errp);
    close(fd);
    if (!ok) {
        kvm_stats_free(stats);
    }
    return ok;
}

/* The kernel's words in the monitor's; false if there is none. */

static bool kvm_stats_type(const struct kvm_stats_desc *desc, StatsType *type)
{
    switch (desc->flags & KVM_STATS_TYPE_MASK) {
    case KVM_STATS_TYPE_CUMULATIVE:
        *type = STATS_TYPE_CUMULATIVE;
        return true;
    case KVM_STATS_TYPE_INSTANT:
        *type = STATS_TYPE_INSTANT;
        return true;
    case KVM_STATS_TYPE_PEAK:
        *type = STATS_TYPE_PEAK;
        return true;
    case KVM_STATS_TYPE_LINEAR_HIST:
        *type = STATS_TYPE_LINEAR_HISTOGRAM;
        return true;
    case KVM_STATS_TYPE_LOG_HIST:
        *type = STATS_TYPE_LOG2_HISTOGRAM;
        return true;
    default:
        return false;
    }
}

static bool kvm_stats_unit(const struct kvm_stats_desc *desc, bool *has_unit,
                           StatsUnit *unit)
{
    *has_unit = true;
    switch (desc->flags & KVM_STATS_UNIT_MASK) {
    case KVM_STATS_UNIT_NONE:
        *has_unit = false;
        return true;
    case KVM_STATS_UNIT_BYTES:
        *unit = STATS_UNIT_BYTES;
        return true;
    case KVM_STATS_UNIT_SECONDS:
        *unit = STATS_UNIT_SECONDS;
        return true;
    case KVM_STATS_UNIT_CYCLES:
        *unit = STATS_UNIT_CYCLES;
        return true;
    case KVM_STATS_UNIT_BOOLEAN:
        *unit = STATS_UNIT_BOOLEAN;
        return true;
    default:
        return false;
    }
}

static bool kvm_stats_base(const struct kvm_stats_desc *desc, int8_t *base)
{
    switch (desc->flags & KVM_STATS_BASE_MASK) {
    case KVM_STATS_BASE_POW10:
        *base = 10;
        return true;
    case KVM_STATS_BASE_POW2:
        *base = 2;
        return true;
    default:
        return false;
    }
}

/* What @desc means, or NULL if we have no words for it. */
static StatsSchemaValue *kvm_stats_meaning(const struct kvm_stats_desc *desc)
{
    g_autoptr(StatsSchemaValue) value = g_new0(StatsSchemaValue, 1);

    if (!kvm_stats_type(desc, &value->type) ||
        !kvm_stats_unit(desc, &value->has_unit, &value->unit) ||
        !kvm_stats_base(desc, &value->base)) {
        return NULL;
    }
    value->name = g_strdup(desc->name);
    value->exponent = desc->exponent;
    value->has_base = desc->exponent != 0;
    value->has_bucket_size = value->type == STATS_TYPE_LINEAR_HISTOGRAM;
    value->bucket_size = desc->bucket_size;
    return g_steal_pointer(&value);
}

/* query-stats */

static StatsValue *kvm_stats_value(const struct kvm_stats_desc *desc,
                                   const uint64_t *data)
{
    StatsValue *value = g_new0(StatsValue, 1);

    if (desc->size > 1) {
        value->type = QTYPE_QLIST;
        for (int i = desc->size - 1; i >= 0; i--) {
            QAPI_LIST_PREPEND(value->u.list, data[i]);
        }
    } else if ((desc->flags & KVM_STATS_UNIT_MASK) ==
               KVM_STATS_UNIT_BOOLEAN) {
        value->type = QTYPE_QBOOL;
        value->u.boolean = data[0];
    } else {
        value->type = QTYPE_QNUM;
        value->u.scalar = data[0];
    }
    return value;
}

/* One more result, about the VM or @cpu: the numbers that have @names. */
static void query_stats(StatsResultList **result, strList *names,
                        CPUState *cpu, Error **errp)
{
    StatsList *list = NULL;
    KVMStats stats;

    if (!kvm_stats_get(&stats, cpu, errp)) {
        return;
    }
    for (unsigned int i = 0; i < stats.header.num_desc; i++) {
        const struct kvm_stats_desc *desc = kvm_stats_desc(&stats, i);
        g_autoptr(StatsSchemaValue) meaning = kvm_stats_meaning(desc);
        Stats *entry;

        if (!meaning || !desc->size || !apply_str_list_filter(desc->name,
                                                              names)) {
            continue;
        }
        entry = g_new0(Stats, 1);
        entry->name = g_strdup(desc->name);
        entry->value = kvm_stats_value(desc, stats.data + desc->offset /
                                                          sizeof(uint64_t));
        QAPI_LIST_PREPEND(list, entry);
    }
    add_stats_entry(result, STATS_PROVIDER_KVM,
                    cpu ? DEVICE(cpu)->canonical_path : NULL, list);
    kvm_stats_free(&stats);
}

/* What a vCPU's thread is asked to do for the client's. */
typedef struct KVMStatsRequest {
    StatsResultList **result;
    StatsSchemaList **schemas;
    strList *names;
    Error **errp;
} KVMStatsRequest;

static void query_stats_vcpu(CPUState *cpu, run_on_cpu_data data)
{
    KVMStatsRequest *request = data.host_ptr;

    query_stats(request->result, request->names, cpu, request->errp);
}

static void query_stats_cb(StatsResultList **result, StatsTarget target,
                           strList *names, strList *targets, Error **errp)
{
    ERRP_GUARD();
    KVMStatsRequest request = {
        .result = result,
        .names = names,
        .errp = errp,
    };
    CPUState *cpu;

    if (target == STATS_TARGET_VM) {
        query_stats(result, names, NULL, errp);
        return;
    }
    CPU_FOREACH(cpu) {
        if (!apply_str_list_filter(DEVICE(cpu)->canonical_path, targets)) {
            continue;
        }
        run_on_cpu(cpu, query_stats_vcpu, RUN_ON_CPU_HOST_PTR(&request));
        if (*errp) {
            return;
        }
    }
}

/* query-stats-schemas */

static void query_stats_schema(StatsSchemaList **result, CPUState *cpu,
                               Error **errp)
{
    StatsSchemaValueList *list = NULL;
    KVMStats stats;

    if (!kvm_stats_get(&stats, cpu, errp)) {
        return;
    }
    for (unsigned int i = 0; i < stats.header.num_desc; i++) {
        StatsSchemaValue *value = kvm_stats_meaning(kvm_stats_desc(&stats, i));

        if (value) {
            QAPI_LIST_PREPEND(list, value);
        }
    }
    add_stats_schema(result, STATS_PROVIDER_KVM,
                     cpu ? STATS_TARGET_VCPU : STATS_TARGET_VM, list);
    kvm_stats_free(&stats);
}

static void query_stats_schema_vcpu(CPUState *cpu, run_on_cpu_data data)
{
    KVMStatsRequest *request = data.host_ptr;

    query_stats_schema(request->schemas, cpu, request->errp);
}

/* All vCPUs count the same: the first one speaks for them. */
static void query_stats_schemas_cb(StatsSchemaList **result, Error **errp)
{
    ERRP_GUARD();
    KVMStatsRequest request = { .schemas = result, .errp = errp };

    query_stats_schema(result, NULL, errp);
    if (!*errp && first_cpu) {
        run_on_cpu(first_cpu, query_stats_schema_vcpu,
                   RUN_ON_CPU_HOST_PTR(&request));
    }
}

void kvm_stats_init(KVMState *s)
{
    if (kvm_check_extension(s, KVM_CAP_BINARY_STATS_FD)) {
        add_stats_callbacks(STATS_PROVIDER_KVM, query_stats_cb,
                            query_stats_schemas_cb);
    }
}
