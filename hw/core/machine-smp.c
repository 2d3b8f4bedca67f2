/*
 * -smp: from what the user says to a complete CPU topology.
 *
 * A machine has sockets * dies * clusters * cores * threads CPUs at most
 * (maxcpus), of which `cpus` are there at the start.  What the user leaves out
 * is computed from the rest; what then does not multiply up is an error.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "hw/boards.h"

/* "sockets (1) * cores (2) * threads (1)", with the levels that there are. */
static char *cpu_hierarchy_to_string(MachineState *ms)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    GString *s = g_string_new(NULL);

    g_string_append_printf(s, "sockets (%u)", ms->smp.sockets);
    if (mc->smp_props.dies_supported) {
        g_string_append_printf(s, " * dies (%u)", ms->smp.dies);
    }
    if (mc->smp_props.clusters_supported) {
        g_string_append_printf(s, " * clusters (%u)", ms->smp.clusters);
    }
    g_string_append_printf(s, " * cores (%u)", ms->smp.cores);
    g_string_append_printf(s, " * threads (%u)", ms->smp.threads);
    return g_string_free(s, false);
}

/* At most UINT32_MAX, so that it cannot wrap to something that fits. */
static unsigned smp_multiply(unsigned a, unsigned b)
{
    return MIN((uint64_t)a * b, UINT32_MAX);
}

static unsigned smp_product(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return smp_multiply(smp_multiply(a, b), smp_multiply(c, d));
}

static unsigned smp_given(bool has, int64_t value)
{
    return has ? value : 0;
}

/* A level given as 0 is as good as left out, but not for much longer. */
static bool smp_has_zero(const SMPConfiguration *c)
{
    return (c->has_sockets && c->sockets == 0) ||
           (c->has_dies && c->dies == 0) ||
           (c->has_clusters && c->clusters == 0) ||
           (c->has_cores && c->cores == 0) ||
           (c->has_threads && c->threads == 0) ||
           (c->has_maxcpus && c->maxcpus == 0);
}

static bool smp_check(MachineState *ms, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    const CpuTopology *smp = &ms->smp;
    unsigned total = smp_multiply(smp_product(smp->sockets, smp->dies,
                                              smp->clusters, smp->cores),
                                  smp->threads);
    g_autofree char *hierarchy = cpu_hierarchy_to_string(ms);

    if (total != smp->max_cpus) {
        error_setg(errp, "Invalid CPU topology: "
                   "product of the hierarchy must match maxcpus: "
                   "%s != maxcpus (%u)",
                   hierarchy, smp->max_cpus);
        return false;
    }
    if (smp->max_cpus < smp->cpus) {
        error_setg(errp, "Invalid CPU topology: "
                   "maxcpus must be equal to or greater than smp: "
                   "%s == maxcpus (%u) < smp_cpus (%u)",
                   hierarchy, smp->max_cpus, smp->cpus);
        return false;
    }
    if (smp->cpus < mc->min_cpus) {
        error_setg(errp, "Invalid SMP CPUs %d. The min CPUs "
                   "supported by machine '%s' is %d",
                   smp->cpus, mc->name, mc->min_cpus);
        return false;
    }
    if (smp->max_cpus > mc->max_cpus) {
        error_setg(errp, "Invalid SMP CPUs %d. The max CPUs "
                   "supported by machine '%s' is %d",
                   smp->max_cpus, mc->name, mc->max_cpus);
        return false;
    }
    return true;
}

void machine_parse_smp_config(MachineState *ms,
                              const SMPConfiguration *config, Error **errp)
{
    MachineClass *mc = MACHINE_GET_CLASS(ms);
    unsigned cpus = smp_given(config->has_cpus, config->cpus);
    unsigned sockets = smp_given(config->has_sockets, config->sockets);
    unsigned dies = smp_given(config->has_dies, config->dies);
    unsigned clusters = smp_given(config->has_clusters, config->clusters);
    unsigned cores = smp_given(config->has_cores, config->cores);
    unsigned threads = smp_given(config->has_threads, config->threads);
    unsigned maxcpus = smp_given(config->has_maxcpus, config->maxcpus);
    unsigned total;

    /* No machine has no CPU; QEMU 7.2 takes this for one, too. */
    if (config->has_cpus && config->cpus == 0) {
        error_setg(errp, "Invalid CPU topology: "
                   "CPU topology parameters must be greater than zero");
        return;
    }
    if (smp_has_zero(config)) {
        warn_report("Deprecated CPU topology (considered invalid): "
                    "CPU topology parameters must be greater than zero");
    }

    /* A level that the board does not have is 1, and may be given as 1. */
    if (!mc->smp_props.dies_supported && dies > 1) {
        error_setg(errp, "dies not supported by this machine's CPU topology");
        return;
    }
    if (!mc->smp_props.clusters_supported && clusters > 1) {
        error_setg(errp,
                   "clusters not supported by this machine's CPU topology");
        return;
    }
    dies = dies ?: 1;
    clusters = clusters ?: 1;

    if (cpus == 0 && maxcpus == 0) {
        sockets = sockets ?: 1;
        cores = cores ?: 1;
        threads = threads ?: 1;
    } else {
        maxcpus = maxcpus ?: cpus;
        if (mc->smp_props.prefer_sockets) {
            /* Boards before 6.2: many sockets of one core. */
            if (sockets == 0) {
                cores = cores ?: 1;
                threads = threads ?: 1;
                sockets = maxcpus / smp_product(dies, clusters, cores, threads);
            } else if (cores == 0) {
                threads = threads ?: 1;
                cores = maxcpus / smp_product(sockets, dies, clusters, threads);
            }
        } else {
            /* Since then: one socket with many cores. */
            if (cores == 0) {
                sockets = sockets ?: 1;
                threads = threads ?: 1;
                cores = maxcpus / smp_product(sockets, dies, clusters, threads);
            } else if (sockets == 0) {
                threads = threads ?: 1;
                sockets = maxcpus / smp_product(dies, clusters, cores, threads);
            }
        }
        if (threads == 0) {
            threads = maxcpus / smp_product(sockets, dies, clusters, cores);
        }
    }

    total = smp_multiply(smp_product(sockets, dies, clusters, cores), threads);
    maxcpus = maxcpus ?: total;
    cpus = cpus ?: maxcpus;

    ms->smp = (CpuTopology) {
        .cpus = cpus,
        .sockets = sockets,
        .dies = dies,
        .clusters = clusters,
        .cores = cores,
        .threads = threads,
        .max_cpus = maxcpus,
    };
    mc->smp_props.has_clusters = config->has_clusters;
    smp_check(ms, errp);
}

unsigned int machine_topo_get_cores_per_socket(const MachineState *ms)
{
    return ms->smp.cores * ms->smp.clusters * ms->smp.dies;
}

unsigned int machine_topo_get_threads_per_socket(const MachineState *ms)
{
    return ms->smp.threads * machine_topo_get_cores_per_socket(ms);
}
