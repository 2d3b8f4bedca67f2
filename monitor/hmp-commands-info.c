/*
 * The table of what `info` shows in the human monitor.
 *
 * Read hmp-commands.c first; in QEMU this is hmp-commands-info.hx.  Where a
 * QMP command x-query-… makes the text, it is the handler (cmd_info_hrt).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block-hmp-cmds.h"
#include "monitor-internal.h"
#include "monitor/hmp.h"
#include "qapi/qapi-commands-machine.h"

const HMPCommand hmp_info_cmds[] = {
    {
        .name = "balloon",
        .args_type = "",
        .params = "",
        .help = "show what the guest's balloon leaves it",
        .cmd = hmp_info_balloon,
    }, {
        .name = "block",
        .args_type = "nodes:-n,verbose:-v,device:B?",
        .params = "[-n] [-v] [device]",
        .help = "show disks, or nodes (-n), with their images (-v)",
        .cmd = hmp_info_block,
    }, {
        .name = "blockstats",
        .args_type = "",
        .params = "",
        .help = "show what disks have done",
        .cmd = hmp_info_blockstats,
    }, {
        .name = "chardev",
        .args_type = "",
        .params = "",
        .help = "show the character devices",
        .flags = "p",
        .cmd = hmp_info_chardev,
    }, {
        .name = "cpus",
        .args_type = "",
        .params = "",
        .help = "show the processors and their threads",
        .cmd = hmp_info_cpus,
    }, {
        .name = "history",
        .args_type = "",
        .params = "",
        .help = "show the last commands",
        .flags = "p",
        .cmd = hmp_info_history,
    }, {
        .name = "hotpluggable-cpus",
        .args_type = "",
        .params = "",
        .help = "show where processors are and may be plugged",
        .flags = "p",
        .cmd = hmp_hotpluggable_cpus,
    }, {
        .name = "iothreads",
        .args_type = "",
        .params = "",
        .help = "show the threads that serve devices",
        .flags = "p",
        .cmd = hmp_info_iothreads,
    }, {
        .name = "irq",
        .args_type = "",
        .params = "",
        .help = "show how often interrupt lines were raised",
        .cmd_info_hrt = qmp_x_query_irq,
    }, {
        .name = "kvm",
        .args_type = "",
        .params = "",
        .help = "show whether KVM is there and used",
        .cmd = hmp_info_kvm,
    }, {
        .name = "lapic",
        .args_type = "apic-id:i?",
        .params = "[apic-id]",
        .help = "show a local APIC (apic-id: whose; default: the monitor's "
                "CPU's)",
        .cmd = hmp_info_local_apic,
    }, {
        .name = "mem",
        .args_type = "",
        .params = "",
        .help = "show which virtual addresses are mapped, with which rights",
        .cmd = hmp_info_mem,
    }, {
        .name = "memdev",
        .args_type = "",
        .params = "",
        .help = "show the memory back ends",
        .flags = "p",
        .cmd = hmp_info_memdev,
    }, {
        .name = "memory-devices",
        .args_type = "",
        .params = "",
        .help = "show the memory devices",
        .cmd = hmp_info_memory_devices,
    }, {
        .name = "memory_size_summary",
        .args_type = "",
        .params = "",
        .help = "show how many bytes of memory the guest began with, and how "
                "many were plugged in",
        .cmd = hmp_info_memory_size_summary,
    }, {
        .name = "mice",
        .args_type = "",
        .params = "",
        .help = "show the mice, and which of them moves",
        .cmd = hmp_info_mice,
    }, {
        .name = "mtree",
        .args_type = "flatview:-f,dispatch_tree:-d,owner:-o,disabled:-D",
        .params = "[-f][-d][-o][-D]",
        .help = "show the tree of memory regions (-f: as flat views; -d: "
                "with the dispatch tables; -o: with owners; -D: with "
                "disabled regions)",
        .cmd = hmp_info_mtree,
    }, {
        .name = "name",
        .args_type = "",
        .params = "",
        .help = "show the name of the guest",
        .flags = "p",
        .cmd = hmp_info_name,
    }, {
        .name = "network",
        .args_type = "",
        .params = "",
        .help = "show network devices and back ends",
        .cmd = hmp_info_network,
    }, {
        .name = "numa",
        .args_type = "",
        .params = "",
        .help = "show the NUMA nodes",
        .cmd_info_hrt = qmp_x_query_numa,
    }, {
        .name = "pci",
        .args_type = "",
        .params = "",
        .help = "show what is on the PCI buses",
        .cmd = hmp_info_pci,
    }, {
        .name = "pic",
        .args_type = "",
        .params = "",
        .help = "show the state of the interrupt controllers",
        .cmd = hmp_info_pic,
    }, {
        .name = "qdm",
        .args_type = "",
        .params = "",
        .help = "show the types of devices",
        .cmd = hmp_info_qdm,
    }, {
        .name = "qom-tree",
        .args_type = "path:s?",
        .params = "[path]",
        .help = "show the tree of objects: who owns whom",
        .flags = "p",
        .cmd = hmp_info_qom_tree,
    }, {
        .name = "qtree",
        .args_type = "",
        .params = "",
        .help = "show the tree of devices: who is plugged into what",
        .cmd = hmp_info_qtree,
    }, {
        .name = "ramblock",
        .args_type = "",
        .params = "",
        .help = "show the blocks of RAM",
        .cmd_info_hrt = qmp_x_query_ramblock,
    }, {
        .name = "registers",
        .args_type = "cpustate_all:-a,vcpu:i?",
        .params = "[-a|vcpu]",
        .help = "show a processor's registers (-a: of all; "
                "vcpu: of this one)",
        .cmd = hmp_info_registers,
    }, {
        .name = "roms",
        .args_type = "",
        .params = "",
        .help = "show what is in the ROMs",
        .cmd_info_hrt = qmp_x_query_roms,
    }, {
        .name = "stats",
        .args_type = "target:s,names:s?,provider:s?",
        .params = "target [names] [provider]",
        .help = "show what has been counted about the guest (target: vm or "
                "vcpu; names: separated by commas, * for all)",
        .cmd = hmp_info_stats,
    }, {
        .name = "status",
        .args_type = "",
        .params = "",
        .help = "show whether the guest runs",
        .flags = "p",
        .cmd = hmp_info_status,
    }, {
        .name = "tlb",
        .args_type = "",
        .params = "",
        .help = "show each page of the guest's page tables",
        .cmd = hmp_info_tlb,
    }, {
        .name = "trace-events",
        .args_type = "name:s?,vcpu:i?",
        .params = "[name] [vcpu]",
        .help = "show trace events and whether they are on (name: one of "
                "them, or a pattern; vcpu: for this virtual CPU)",
        .cmd = hmp_info_trace_events,
        .command_completion = info_trace_events_completion,
    }, {
        .name = "uuid",
        .args_type = "",
        .params = "",
        .help = "show the guest's UUID",
        .flags = "p",
        .cmd = hmp_info_uuid,
    }, {
        .name = "version",
        .args_type = "",
        .params = "",
        .help = "show the version of this program",
        .flags = "p",
        .cmd = hmp_info_version,
    }, {
        .name = "virtio",
        .args_type = "",
        .params = "",
        .help = "list the virtio devices",
        .flags = "p",
        .cmd = hmp_virtio_query,
    }, {
        .name = "virtio-queue-element",
        .args_type = "path:s,queue:i,index:i?",
        .params = "path queue [index]",
        .help = "show an element of a virtio queue",
        .flags = "p",
        .cmd = hmp_virtio_queue_element,
    }, {
        .name = "virtio-queue-status",
        .args_type = "path:s,queue:i",
        .params = "path queue",
        .help = "show the state of a virtio queue",
        .flags = "p",
        .cmd = hmp_virtio_queue_status,
    }, {
        .name = "virtio-status",
        .args_type = "path:s",
        .params = "path",
        .help = "show the state of a virtio device",
        .flags = "p",
        .cmd = hmp_virtio_status,
    }, {
        .name = "virtio-vhost-queue-status",
        .args_type = "path:s,queue:i",
        .params = "path queue",
        .help = "show the state of a queue that vhost runs",
        .flags = "p",
        .cmd = hmp_vhost_queue_status,
    },
    { }
};
