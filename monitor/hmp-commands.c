/*
 * The table of the human monitor's commands.
 *
 * Their handlers are with the part of the machine that they are about; this
 * table is where to find their names.  `info` has a table of its own, in
 * hmp-commands-info.c.  What the columns mean, is in monitor-internal.h.
 *
 * In QEMU this is hmp-commands.hx, from which its build makes the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/block-hmp-cmds.h"
#include "monitor-internal.h"
#include "monitor/hmp.h"

const HMPCommand hmp_cmds[] = {
    {
        .name = "announce_self",
        .args_type = "interfaces:s?,id:s?",
        .params = "[interfaces] [id]",
        .help = "tell the network where the guest's cards are",
        .cmd = hmp_announce_self,
    }, {
        .name = "balloon",
        .args_type = "value:M",
        .params = "target",
        .help = "ask the guest to make do with so many MiB of memory",
        .cmd = hmp_balloon,
    }, {
        .name = "block_resize",
        .args_type = "device:B,size:o",
        .params = "device size",
        .help = "make a disk longer or shorter, to so many MiB",
        .cmd = hmp_block_resize,
    }, {
        .name = "block_set_io_throttle",
        .args_type = "device:B,bps:l,bps_rd:l,bps_wr:l,iops:l,iops_rd:l,iops_wr:l",
        .params = "device bps bps_rd bps_wr iops iops_rd iops_wr",
        .help = "limit how much a disk does",
        .cmd = hmp_block_set_io_throttle,
    }, {
        .name = "boot_set",
        .args_type = "bootdevice:s",
        .params = "bootdevice",
        .help = "choose what the guest boots from next time",
        .cmd = hmp_boot_set,
    }, {
        .name = "change",
        .args_type = "device:B,target:F,arg:s?,read-only-mode:s?",
        .params = "device filename [format [read-only-mode]]",
        .help = "put another medium into a drive",
        .cmd = hmp_change,
    }, {
        .name = "chardev-add",
        .args_type = "args:s",
        .params = "args",
        .help = "make a character device, as -chardev does",
        .cmd = hmp_chardev_add,
        .command_completion = chardev_add_completion,
    }, {
        .name = "chardev-change",
        .args_type = "id:s,args:s",
        .params = "id args",
        .help = "put something else behind a character device",
        .cmd = hmp_chardev_change,
    }, {
        .name = "chardev-remove",
        .args_type = "id:s",
        .params = "id",
        .help = "delete a character device that nobody uses",
        .cmd = hmp_chardev_remove,
        .command_completion = chardev_remove_completion,
    }, {
        .name = "chardev-send-break",
        .args_type = "id:s",
        .params = "id",
        .help = "have the user of a character device see a break",
        .cmd = hmp_chardev_send_break,
        .command_completion = chardev_remove_completion,
    }, {
        .name = "closefd",
        .args_type = "fdname:s",
        .params = "closefd name",
        .help = "close a file descriptor that getfd took",
        .cmd = hmp_closefd,
    }, {
        .name = "commit",
        .args_type = "device:B",
        .params = "device|all",
        .help = "write what a disk's image has to its backing file",
        .cmd = hmp_commit,
    }, {
        .name = "cont|c",
        .args_type = "",
        .params = "",
        .help = "let the guest run",
        .cmd = hmp_cont,
    }, {
        .name = "cpu",
        .args_type = "index:i",
        .params = "index",
        .help = "choose the processor that other commands look through",
        .cmd = hmp_cpu,
    }, {
        .name = "device_add",
        .args_type = "device:O",
        .params = "driver[,prop=value][,...]",
        .help = "make a device and plug it in, as -device does",
        .cmd = hmp_device_add,
        .command_completion = device_add_completion,
    }, {
        .name = "device_del",
        .args_type = "id:s",
        .params = "device",
        .help = "unplug a device",
        .cmd = hmp_device_del,
        .command_completion = device_del_completion,
    }, {
        .name = "drive_add",
        .args_type = "node:-n,pci_addr:s,opts:s",
        .params = "[-n] address [file=file][,if=type][,option=value]...",
        .help = "make a disk's back end, as -drive does",
        .cmd = hmp_drive_add,
    }, {
        .name = "drive_del",
        .args_type = "id:B",
        .params = "device",
        .help = "take a disk's back end away",
        .cmd = hmp_drive_del,
    }, {
        .name = "eject",
        .args_type = "force:-f,device:B",
        .params = "[-f] device",
        .help = "take a medium out (-f: even if the guest has locked it)",
        .cmd = hmp_eject,
    }, {
        .name = "exit_preconfig",
        .args_type = "",
        .params = "",
        .help = "make the machine, after -preconfig",
        .flags = "p",
        .cmd = hmp_exit_preconfig,
    }, {
        .name = "gdbserver",
        .args_type = "device:s?",
        .params = "[device]",
        .help = "let gdb debug the guest ('tcp::1234' if no device is given), "
                "or end that with 'none'",
        .cmd = hmp_gdbserver,
    }, {
        .name = "getfd",
        .args_type = "fdname:s",
        .params = "getfd name",
        .help = "take a file descriptor that comes along, and name it",
        .cmd = hmp_getfd,
    }, {
        .name = "gpa2hpa",
        .args_type = "addr:l",
        .params = "addr",
        .help = "show where a physical address of the guest is in the host's "
                "physical memory",
        .cmd = hmp_gpa2hpa,
    }, {
        .name = "gpa2hva",
        .args_type = "addr:l",
        .params = "addr",
        .help = "show where a physical address of the guest is in this "
                "program",
        .cmd = hmp_gpa2hva,
    }, {
        .name = "gva2gpa",
        .args_type = "addr:l",
        .params = "addr",
        .help = "show where a virtual address of the guest is in its "
                "physical memory",
        .cmd = hmp_gva2gpa,
    }, {
        .name = "help|?",
        .args_type = "name:S?",
        .params = "[cmd]",
        .help = "show the commands, or what one of them takes",
        .flags = "p",
        .cmd = hmp_help,
    }, {
        .name = "i",
        .args_type = "fmt:/,addr:i,index:i.",
        .params = "/fmt addr",
        .help = "read from a port",
        .cmd = hmp_ioport_read,
    }, {
        .name = "info",
        .args_type = "item:s?",
        .params = "[subcommand]",
        .help = "show something about the machine",
        .flags = "p",
        .cmd = hmp_info_help,
        .sub_table = hmp_info_cmds,
    }, {
        .name = "log",
        .args_type = "items:s",
        .params = "item1[,...]",
        .help = "choose what is written to the log",
        .cmd = hmp_log,
    }, {
        .name = "logfile",
        .args_type = "filename:F",
        .params = "filename",
        .help = "write the log to a file",
        .cmd = hmp_logfile,
    }, {
        .name = "memsave",
        .args_type = "val:l,size:i,filename:s",
        .params = "addr size file",
        .help = "save virtual memory to a file",
        .cmd = hmp_memsave,
    }, {
        .name = "mouse_button",
        .args_type = "button_state:i",
        .params = "state",
        .help = "press these buttons: 1 left, 2 right, 4 middle, or a sum",
        .cmd = hmp_mouse_button,
    }, {
        .name = "mouse_move",
        .args_type = "dx_str:s,dy_str:s,dz_str:s?",
        .params = "dx dy [dz]",
        .help = "move the mouse, and turn its wheel",
        .cmd = hmp_mouse_move,
    }, {
        .name = "mouse_set",
        .args_type = "index:i",
        .params = "index",
        .help = "move another mouse from now on; see info mice",
        .cmd = hmp_mouse_set,
    }, {
        .name = "netdev_add",
        .args_type = "netdev:O",
        .params = "[tap|socket|hubport],id=str[,prop=value][,...]",
        .help = "make a network back end, as -netdev does",
        .flags = "p",
        .cmd = hmp_netdev_add,
        .command_completion = netdev_add_completion,
    }, {
        .name = "netdev_del",
        .args_type = "id:s",
        .params = "id",
        .help = "remove a network back end",
        .flags = "p",
        .cmd = hmp_netdev_del,
        .command_completion = netdev_del_completion,
    }, {
        .name = "nmi",
        .args_type = "",
        .params = "",
        .help = "inject a non-maskable interrupt",
        .cmd = hmp_nmi,
    }, {
        .name = "o",
        .args_type = "fmt:/,addr:i,val:i",
        .params = "/fmt addr value",
        .help = "write to a port",
        .cmd = hmp_ioport_write,
    }, {
        .name = "object_add",
        .args_type = "object:S",
        .params = "[qom-type=]type,id=str[,prop=value][,...]",
        .help = "make an object, as -object does",
        .flags = "p",
        .cmd = hmp_object_add,
        .command_completion = object_add_completion,
    }, {
        .name = "object_del",
        .args_type = "id:s",
        .params = "id",
        .help = "remove an object",
        .flags = "p",
        .cmd = hmp_object_del,
        .command_completion = object_del_completion,
    }, {
        .name = "pmemsave",
        .args_type = "val:l,size:i,filename:s",
        .params = "addr size file",
        .help = "save physical memory to a file",
        .cmd = hmp_pmemsave,
    }, {
        .name = "print|p",
        .args_type = "fmt:/,val:l",
        .params = "/fmt expr",
        .help = "calculate; $eax and so on are registers",
        .cmd = hmp_print,
    }, {
        .name = "qom-get",
        .args_type = "path:s,property:s",
        .params = "path property",
        .help = "show a property of an object",
        .flags = "p",
        .cmd = hmp_qom_get,
    }, {
        .name = "qom-list",
        .args_type = "path:s?",
        .params = "path",
        .help = "show which properties an object has",
        .flags = "p",
        .cmd = hmp_qom_list,
    }, {
        .name = "qom-set",
        .args_type = "json:-j,path:s,property:s,value:S",
        .params = "[-j] path property value",
        .help = "set a property of an object (-j: the value is JSON)",
        .flags = "p",
        .cmd = hmp_qom_set,
    }, {
        .name = "quit|q",
        .args_type = "",
        .params = "",
        .help = "end this program",
        .flags = "p",
        .cmd = hmp_quit,
    }, {
        .name = "ringbuf_read",
        .args_type = "device:s,size:i",
        .params = "device size",
        .help = "take the oldest bytes out of a ring buffer",
        .cmd = hmp_ringbuf_read,
        .command_completion = ringbuf_write_completion,
    }, {
        .name = "ringbuf_write",
        .args_type = "device:s,data:s",
        .params = "device data",
        .help = "add to what a ring buffer keeps",
        .cmd = hmp_ringbuf_write,
        .command_completion = ringbuf_write_completion,
    }, {
        .name = "sendkey",
        .args_type = "keys:s,hold-time:i?",
        .params = "keys [hold_ms]",
        .help = "press keys, one after the other (ctrl-alt-f1)",
        .cmd = hmp_sendkey,
        .command_completion = sendkey_completion,
    }, {
        .name = "set_link",
        .args_type = "name:s,up:b",
        .params = "name on|off",
        .help = "plug the cable of a card or back end in, or pull it",
        .cmd = hmp_set_link,
        .command_completion = set_link_completion,
    }, {
        .name = "snapshot_blkdev",
        .args_type = "reuse:-n,device:B,snapshot-file:s?,format:s?",
        .params = "[-n] device [new-image-file] [format]",
        .help = "put a new image over a disk's (-n: the image is there)",
        .cmd = hmp_snapshot_blkdev,
    }, {
        .name = "stop|s",
        .args_type = "",
        .params = "",
        .help = "stop the guest",
        .cmd = hmp_stop,
    }, {
        .name = "sum",
        .args_type = "start:i,size:i",
        .params = "addr size",
        .help = "show the checksum of some memory",
        .cmd = hmp_sum,
    }, {
        .name = "system_powerdown",
        .args_type = "",
        .params = "",
        .help = "press the power button",
        .cmd = hmp_system_powerdown,
    }, {
        .name = "system_reset",
        .args_type = "",
        .params = "",
        .help = "reset the machine",
        .cmd = hmp_system_reset,
    }, {
        .name = "system_wakeup",
        .args_type = "",
        .params = "",
        .help = "wake the guest from suspension",
        .cmd = hmp_system_wakeup,
    }, {
        .name = "trace-event",
        .args_type = "name:s,option:b,vcpu:i?",
        .params = "name on|off [vcpu]",
        .help = "switch a trace event on or off (name: one of them, or a "
                "pattern; vcpu: for this virtual CPU)",
        .cmd = hmp_trace_event,
        .command_completion = trace_event_completion,
    }, {
        .name = "watchdog_action",
        .args_type = "action:s",
        .params = "[reset|shutdown|poweroff|pause|debug|none]",
        .help = "choose what happens when a watchdog barks",
        .cmd = hmp_watchdog_action,
        .command_completion = watchdog_action_completion,
    }, {
        .name = "x",
        .args_type = "fmt:/,addr:l",
        .params = "/fmt addr",
        .help = "dump memory from a virtual address on",
        .cmd = hmp_memory_dump,
    }, {
        .name = "xp",
        .args_type = "fmt:/,addr:l",
        .params = "/fmt addr",
        .help = "dump memory from a physical address on",
        .cmd = hmp_physical_memory_dump,
    },
    { }
};
