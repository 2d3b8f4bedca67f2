/*
 * Every command of the human monitor: with nothing, with what is right, and
 * with what is wrong.
 *
 * The answers are QEMU's.  A command that `help` knows and no case here has,
 * fails the test: who adds one, adds its cases.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "libqtest.h"

#define TRY(name) "Try \"help " name "\" for more information\n"
#define MISSING(name, what) name ": " what " expected\n" TRY(name)
#define TOO_MUCH(name, typed) \
    name ": extraneous characters at the end of line\n" TRY(typed)
#define NO_EXPR(name) "unexpected end of expression\n" TRY(name)

/* @answer: the whole of it, or what is in it; NULL: anything but an error. */
typedef struct HmpCase {
    const char *command;
    const char *answer;
    bool part;
} HmpCase;

#define NIC "/machine/peripheral/nic0"
#define VDEV NIC "/virtio-backend"

/* What is the same on every machine. */
static const HmpCase cases_of_all[] = {
    { "", "" },
    { "   ", "" },
    { "foo", "unknown command: 'foo'\n" },
    { "foo bar", "unknown command: 'foo'\n" },
    { "/foo", "unknown command: ''\n" },
    { "\"info\" name", "unknown command: '\"info\"'\n" },
    { "info foo", "unknown command: 'info foo'\n" },
    { "info/name", "unknown command: 'info'\n" },
    { "stop foo", TOO_MUCH("stop|s", "stop") },

    /* help */
    { "help", "quit|q  -- ", true },
    { "help info", "info mtree [-f][-d][-o][-D] -- ", true },
    { "help info name x", "info name  -- ", true },
    { "help \"c\"", "cont|c  -- ", true },
    { "? cont x", "cont|c  -- ", true },
    { "help foo", "unknown command: 'foo'\n" },
    { "help info foo", "unknown command: 'info foo'\n" },
    { "help quit|q", "unknown command: 'quit|q'\n" },
    { "help \"", "unterminated string\n" },
    { "help log", "Log items (comma separated):\n"
      "none            remove all logs\n", true },
    { "info", "info version  -- ", true },

    /* print and its expressions */
    { "print", NO_EXPR("print") },
    { "p 1", "0x1\n" },
    { "p/x -1", "0xffffffffffffffff\n" },
    { "p/d -5", "-5\n" },
    { "p/u -5", "18446744073709551611\n" },
    { "p/o 8", "010\n" },
    { "p/c 65", "'A'\n" },
    { "p/c 10", "'\\n'\n" },
    { "p/c 39", "'\\''\n" },
    { "p/c 200", "'\\xc8'\n" },
    { "p/i 5", "5\n" },
    { "p/xw 5", "0x5\n" },
    { "p/16x 5", "0x5\n" },
    { "p/s 5", "invalid char in format: 's'\n" TRY("p") },
    { "p /x10", "invalid char in format: '1'\n" TRY("p") },
    { "p/d 1+2*3", "7\n" },
    { "p/d (1+2)*3", "9\n" },
    { "p/d 5&3|8^1", "8\n" },
    { "p/d -1+2", "1\n" },
    { "p/d 2*-1+3", "1\n" },
    { "p/d -7/2", "-3\n" },
    { "p/d 7%4", "3\n" },
    { "p/d ~5", "-6\n" },
    { "p/d 'a'", "97\n" },
    { "p/d 010", "8\n" },
    { "p/d -9223372036854775808/-1", "-9223372036854775808\n" },
    { "p/d -9223372036854775808%-1", "0\n" },
    { "p (1+2", "')' expected\n" TRY("p") },
    { "p 1 +", NO_EXPR("p") },
    { "p 7/0", "division by zero\n" TRY("p") },
    { "p 7%0", "division by zero\n" TRY("p") },
    { "p !5", "invalid char '!' in expression\n" TRY("p") },
    { "p '", "character constant expected\n" TRY("p") },
    { "p 'ab'", "missing terminating ' character\n" TRY("p") },
    { "p $nosuch", "unknown register\n" TRY("p") },
    { "p $", "unknown register\n" TRY("p") },
    { "p 1 2", TOO_MUCH("print|p", "p") },
    { "p 0x1ffffffffffffffff", "number too large\n" TRY("p") },

    /* the log */
    { "log", MISSING("log", "string") },
    { "log none", "" },
    { "log guest_errors", "" },
    { "log none", "" },
    { "log int,foo", "Log items (comma separated):\n", true },
    { "logfile", MISSING("logfile", "filename") },
    { "logfile /nonexistent/x",
      "Error opening logfile /nonexistent/x: No such file or directory\n" },
    { "trace-event", MISSING("trace-event", "string") },
    { "trace-event foo", "Expected 'on' or 'off'\n" TRY("trace-event") },
    { "trace-event foo on", "unknown event \"foo\"\n" },
    { "trace-event virtio_notify on", "" },
    { "info trace-events virtio_notify", "virtio_notify : state 1\n" },
    { "trace-event virtio_notify off", "" },
    { "info trace-events", "virtio_notify : state 0\n", true },
    { "info trace-events foo", "unknown event \"foo\"\n" },

    /* objects */
    { "object_add", MISSING("object_add", "string") },
    { "object_add help", "  memory-backend-ram\n", true },
    { "object_add memory-backend-ram,help", "  size=<int>", true },
    { "object_add foo,id=x",
      "Error: Parameter 'qom-type' does not accept value 'foo'\n" },
    { "object_add iothread",
      "Error: Parameter 'id' is missing\n" },
    { "object_add memory-backend-ram,id=m0",
      "Error: Parameter 'size' is missing\n" },
    { "object_add memory-backend-ram,id=m0,size=1M", "" },
    { "object_add memory-backend-ram,id=m0,size=1M", "Error: attempt to add "
      "duplicate property 'm0' to object (type 'container')\n" },
    { "object_add {\"qom-type\":\"iothread\",\"id\":\"io1\"}", "" },
    { "info iothreads", "io1:\n  thread_id=", true },
    { "info memdev", "memory backend: m0\n  size:  1048576\n", true },
    { "qom-list", "/\n" },
    { "qom-list /objects", "m0 (child<memory-backend-ram>)\n", true },
    { "qom-list /nowhere", "Error: Device '/nowhere' not found\n" },
    { "qom-get", MISSING("qom-get", "string") },
    { "qom-get /objects/m0", MISSING("qom-get", "string") },
    { "qom-get /objects/m0 size", "1048576\n" },
    { "qom-get / type", "\"container\"\n" },
    { "qom-get / foo", "Error: Property 'container.foo' not found\n" },
    { "qom-get /nowhere x", "Error: Device '/nowhere' not found\n" },
    { "qom-set", MISSING("qom-set", "string") },
    { "qom-set /objects/m0 dump", MISSING("qom-set", "string") },
    { "qom-set /objects/m0 dump off", "" },
    { "qom-get /objects/m0 dump", "false\n" },
    { "qom-set -j /objects/m0 dump true", "" },
    { "qom-get /objects/m0 dump", "true\n" },
    { "qom-set /objects/m0 dump \"off\"",
      "Error: Parameter 'dump' expects 'on' or 'off'\n" },
    { "qom-set -j /objects/m0 dump true x",
      "Error: Expecting at most one JSON value\n" },
    { "qom-set -x /objects/m0 dump true",
      "qom-set: unsupported option -x\n" TRY("qom-set") },
    { "qom-set /objects/m0 nix blub",
      "Error: Property 'memory-backend-ram.nix' not found\n" },
    { "qom-set /nowhere a b", "Error: Device '/nowhere' not found\n" },
    { "info qom-tree /objects", "/objects (container)\n", true },
    { "info qom-tree foo", "Path 'foo' could not be resolved.\n" },
    { "object_del", MISSING("object_del", "string") },
    { "object_del m0", "" },
    { "object_del m0", "Error: object 'm0' not found\n" },

    /* network */
    { "netdev_add", "Error: Parameter 'id' is missing\n" },
    { "netdev_add help", "Available netdev backend types:\n", true },
    { "netdev_add hubport,id=h9", "Error: Parameter 'hubid' is missing\n" },
    { "netdev_add hubport,id=h9,hubid=x",
      "Error: Parameter 'hubid' expects an int64 value\n" },
    { "netdev_add foo,id=h9",
      "Error: Parameter 'type' does not accept value 'foo'\n" },
    { "netdev_add hubport,id=9,hubid=1", "Parameter 'id' expects an "
      "identifier\nIdentifiers consist of letters, digits, '-', '.', '_', "
      "starting with a letter.\n" TRY("netdev_add") },
    { "netdev_add hubport,id=h9,hubid=9", "" },
    { "netdev_add hubport,id=h9,hubid=9",
      "Duplicate ID 'h9' for netdev\n" TRY("netdev_add") },
    { "netdev_add hubport,id=h8,hubid=9,foo=bar",
      "Error: Invalid parameter 'foo'\n" },
    { "info network", "hub 9\n", true },
    { "set_link", MISSING("set_link", "string") },
    { "set_link h9", "Expected 'on' or 'off'\n" TRY("set_link") },
    { "set_link h9 ON", "Expected 'on' or 'off'\n" TRY("set_link") },
    { "set_link \"h9\" off", "" },
    { "set_link h9 on off", TOO_MUCH("set_link", "set_link") },
    { "set_link \"fo\\n\"on", "Error: Device 'fo\n' not found\n" },
    { "set_link \"fo\\o\" on", "unsupported escape code: '\\o'\n"
      "set_link: string expected\n" TRY("set_link") },
    { "set_link foo on", "Error: Device 'foo' not found\n" },
    { "announce_self", "" },
    { "announce_self \"\" id", "" },
    { "announce_self a b c", TOO_MUCH("announce_self", "announce_self") },
    { "netdev_del", MISSING("netdev_del", "string") },
    { "netdev_del h9", "" },
    { "netdev_del h9", "Error: Device 'h9' not found\n" },

    /* disks */
    { "drive_add 0 if=none,id=dd0,driver=null-co,size=1M", "OK\n" },
    { "drive_add 0 if=none,id=dd0,driver=null-co",
      "Duplicate ID 'dd0' for drive\n" },
    { "drive_add -n 0 driver=null-co",
      "'node-name' needs to be specified\n" },
    { "drive_add -n 0 driver=null-co,node-name=nn0", "" },
    { "info block dd0", "dd0 (#block", true },
    { "info block nn0", "nn0: null-co:// (null-co)\n"
      "    Cache mode:       writeback\n" },
    { "info blockstats", "dd0: rd_bytes=0 wr_bytes=0 ", true },
    { "block_set_io_throttle dd0 1 1 0 0 0 0",
      "Error: bps/iops/max total values and read/write values "
      "cannot be used at the same time\n" },
    { "block_set_io_throttle dd0 0 0 0 100 0 0", "" },
    { "block_set_io_throttle dd0 0 0 0 0 0 0", "" },
    { "block_resize nope 1M",
      "Error: Cannot find device='nope' nor node-name=''\n" },
    { "block_resize dd0 1M",
      "Error: Image format driver does not support resize\n" },
    { "snapshot_blkdev dd0",
      "Error: Parameter 'snapshot-file' is missing\n" },
    { "change nope cd.iso", "Error: Device 'nope' not found\n" },
    { "commit nope", "Device 'nope' not found\n" },
    { "commit all", "" },
    { "eject nope", "Error: Device 'nope' not found\n" },
    { "eject dd0", "" },
    { "info block dd0", "dd0: [not inserted]\n"
      "    Removable device: not locked, tray closed\n" },
    { "drive_del dd0", "" },
    { "drive_del nn0", "" },
    { "drive_del dd0", "Device 'dd0' not found\n" },

    /* devices */
    { "device_add", "Error: Parameter 'driver' is missing\n" },
    { "device_add help", "name \"virtio-net-pci\", bus PCI", true },
    { "device_add tally,help", "tally options:\n", true },
    { "device_add foo", "Error: 'foo' is not a valid device model name\n" },
    { "device_add foo,help", "Device 'foo' not found\n" },
    { "device_add id=c", "Error: Parameter 'driver' is missing\n" },
    { "device_add ,id=c", "Error: '' is not a valid device model name\n" },
    { "device_add virtio-net-pci id=x", TOO_MUCH("device_add", "device_add") },
    { "device_del", MISSING("device_del", "string") },
    { "device_del foo", "Error: Device 'foo' not found\n" },

    /* character devices */
    { "chardev-add", MISSING("chardev-add", "string") },
    { "chardev-add null", "Error: chardev: no id specified\n" },
    { "chardev-add foo,id=c1",
      "Error: 'foo' is not a valid char driver name\n" },
    { "chardev-add ringbuf,id=r1,size=3",
      "Error: size of ringbuf chardev must be power of two\n" },
    { "chardev-add ringbuf,id=r0", "" },
    { "chardev-add null,id=c0", "" },
    { "chardev-add null,id=c0", "Error: attempt to add duplicate property "
      "'c0' to object (type 'container')\n" },
    { "info chardev", "c0: filename=null\n", true },
    { "chardev-change", MISSING("chardev-change", "string") },
    { "chardev-change c0", MISSING("chardev-change", "string") },
    { "chardev-change c0 null", "" },
    { "chardev-change c0 null,id=c0", "Error: Unexpected 'id' parameter\n" },
    { "chardev-change c9 null", "Error: Chardev 'c9' does not exist\n" },
    { "chardev-send-break", MISSING("chardev-send-break", "string") },
    { "chardev-send-break c0", "" },
    { "chardev-send-break c9", "Error: Chardev 'c9' not found\n" },
    { "ringbuf_write", MISSING("ringbuf_write", "string") },
    { "ringbuf_write r0", MISSING("ringbuf_write", "string") },
    { "ringbuf_write r0 \"hello world\"", "" },
    { "ringbuf_write c0 hello", "Error: c0 is not a ringbuf device\n" },
    { "ringbuf_read r0", NO_EXPR("ringbuf_read") },
    { "ringbuf_read r0 5", "hello\n" },
    { "ringbuf_read r0 500", " world\n" },
    { "ringbuf_read r0 -1", "'ringbuf_read' has failed: integer is for "
      "32-bit values\n" TRY("ringbuf_read") },
    { "ringbuf_read r9 5", "Error: Device 'r9' not found\n" },
    { "chardev-remove", MISSING("chardev-remove", "string") },
    { "chardev-remove c0", "" },
    { "chardev-remove c0", "Error: Chardev 'c0' not found\n" },

    /* descriptors */
    { "getfd", MISSING("getfd", "string") },
    { "getfd foo", "Error: No file descriptor supplied via SCM_RIGHTS\n" },
    { "closefd", MISSING("closefd", "string") },
    { "closefd foo", "Error: File descriptor named 'foo' not found\n" },

    /* the whole */
    { "balloon", NO_EXPR("balloon") },
    { "balloon -5", "enter a positive value\n" TRY("balloon") },
    { "balloon 1.5G", TOO_MUCH("balloon", "balloon") },
    { "boot_set", MISSING("boot_set", "string") },
    { "watchdog_action", MISSING("watchdog_action", "string") },
    { "watchdog_action foo", "Error: invalid parameter value: foo\n" },
    { "watchdog_action none", "" },
    { "exit_preconfig", "Error: The command is permitted only before machine "
      "initialization\n" },
    { "stop", "" },
    { "info status", "VM status: paused\n" },
    { "c", "" },
    { "cont 1", TOO_MUCH("cont|c", "cont") },
    { "info status", "VM status: running\n" },
    { "system_reset", "" },
    { "system_wakeup now", TOO_MUCH("system_wakeup", "system_wakeup") },
    { "info balloon now", TOO_MUCH("balloon", "info balloon") },
    { "info cpus", NULL },
    { "info history", "" },
    { "info hotpluggable-cpus", NULL },
    { "info irq", NULL },
    { "info kvm", NULL },
    { "info lapic", NULL },
    { "info lapic 9", "No CPU available\n" },
    { "info memory-devices", "" },
    { "info memory_size_summary", "base memory: ", true },
    { "info mtree", "address-space: memory\n", true },
    { "info mtree -f -d -o", "FlatView #0\n", true },
    { "info mtree -ff", TOO_MUCH("mtree", "info mtree") },
    { "info mtree -x", "mtree: unsupported option -x\n"
      TRY("info mtree") },
    { "info mtree -f -", "mtree: unsupported option -\n"
      TRY("info mtree") },
    { "info name", "Tom\n" },
    { "info numa", NULL },
    { "info pic", NULL },
    { "info qdm", "name \"tally\"", true },
    { "info qtree", "bus: main-system-bus\n", true },
    { "info ramblock", "Block Name", true },
    { "info registers -x", "registers: unsupported option -x\n"
      TRY("info registers") },
    { "info roms", NULL },
    { "info stats", "stats: string expected\n" TRY("info stats") },
    { "info stats foo", "invalid stats target foo\n" },
    { "info stats vm * foo", "invalid stats provider foo\n" },
    { "info stats vm", "" },
    { "info uuid", "00000000-0000-0000-0000-000000000000\n" },
    { "info version", "7.2.22\n" },
    { "info virtio-status foo", "Error: Path foo is not a VirtIODevice\n" },
    { "info virtio-queue-status foo 0",
      "Error: Path foo is not a VirtIODevice\n" },
    { "info virtio-vhost-queue-status foo 0",
      "Error: Path foo is not a VirtIODevice\n" },
    { "info virtio-queue-element foo 0",
      "Error: Path foo is not a VirtIO device\n" },

    /* memory */
    { "gpa2hva", NO_EXPR("gpa2hva") },
    { "gpa2hva 0x1000000000",
      "No memory is mapped at address 0x1000000000\n" },
    { "gpa2hpa", NO_EXPR("gpa2hpa") },
    { "gpa2hpa 0x1000000000",
      "No memory is mapped at address 0x1000000000\n" },
    { "gva2gpa", NO_EXPR("gva2gpa") },
    { "i", NO_EXPR("i") },
    { "i -1", "'i' has failed: integer is for 32-bit values\n" TRY("i") },
    { "i 1 2", TOO_MUCH("i", "i") },
    { "o", NO_EXPR("o") },
    { "o 0x80", NO_EXPR("o") },
    { "sum", NO_EXPR("sum") },
    { "sum 0", NO_EXPR("sum") },
    { "sum 0 0", "00000\n" },
    { "sum 0 -1", "'sum' has failed: integer is for 32-bit values\n"
      TRY("sum") },
    { "x", NO_EXPR("x") },
    { "x/y 0", "invalid char in format: 'y'\n" TRY("x") },
    { "xp", NO_EXPR("xp") },
    { "xp/0x 0", "" },
    { "xp/xb 0xfffffffffffffff0", "fffffffffffffff0: Cannot access memory\n" },
    { "cpu", NO_EXPR("cpu") },
    { "cpu 77", "invalid CPU index\n" },
    { "memsave", NO_EXPR("memsave") },
    { "memsave 0 16", MISSING("memsave", "string") },
    { "pmemsave", NO_EXPR("pmemsave") },
    { "pmemsave 0 16 /nonexistent/x",
      "invalid char 'n' in expression\n" TRY("pmemsave") },
    { "pmemsave 0 16 \"/nonexistent/x\"",
      "Error: Could not open '/nonexistent/x': No such file or directory\n" },
};

/* A machine without anything. */
static const HmpCase cases_of_none[] = {
    { "info mem", "No CPU available\n" },
    { "info tlb", "No CPU available\n" },
    { "gdbserver", "gdbstub: meaningless to attach gdb to a machine without any "
                   "CPU.\nCould not open gdbserver on device 'tcp::1234'\n" },
    { "balloon 64", "Error: No balloon device has been activated\n" },
    { "info balloon", "Error: No balloon device has been activated\n" },
    { "gpa2hva 0", "No memory is mapped at address 0x0\n" },
    { "info network", "" },
    { "info pci", "" },
    { "info virtio", "No VirtIO devices\n" },
    { "device_add tally", NULL },
    { "device_add virtio-net-pci",
      "Error: No 'PCI' bus found for device 'virtio-net-pci'\n" },
    { "nmi", "Error: this feature or command is not currently supported\n" },
    { "xp/2xb 0", "0000000000000000: Cannot access memory\n" },
    { "x 0", "Can not dump without CPU\n" },
    { "xp/i 0", "Can not dump without CPU\n" },
    { "info cpus", "" },
    { "info registers", "No CPU available\n" },
    { "info registers -a", "" },
    { "info registers 0", "CPU#0 not available\n" },
    { "info hotpluggable-cpus",
      "Error: The feature 'query-hotpluggable-cpus' is not enabled\n" },
    { "gva2gpa 0", "No cpu\n" },
    { "memsave 0 16 \"x\"", "No CPU available\n" },
    { "p $eax", "unknown register\n" TRY("p") },
};

static const HmpCase cases_of_pc[] = {
    { "info mem", "PG disabled\n" },
    { "info tlb", "PG disabled\n" },
    { "info tlb x", TOO_MUCH("tlb", "info tlb") },
    { "gdbserver none", "Disabled gdbserver\n" },
    { "gdbserver foo", "'foo' is not a valid char driver\n"
                       "Could not open gdbserver on device 'foo'\n" },
    { "gdbserver null", "Waiting for gdb connection on device 'null'\n" },
    { "gdbserver none", "Disabled gdbserver\n" },
    { "gdbserver none x", "gdbserver: extraneous characters at the end of line\n"
                          TRY("gdbserver") },
    { "info mice", "* Mouse #2: QEMU PS/2 Mouse\n" },
    { "mouse_set 2", "" },
    { "mouse_set 1",
      "Input device 'QEMU PS/2 Keyboard' is not a mouse\n" },
    { "mouse_set 9", "Mouse at index '9' not found\n" },
    { "mouse_move 1", MISSING("mouse_move", "string") },
    { "mouse_move 1 -2", "" },
    { "mouse_move 1 -2 1", "" },
    { "mouse_button", NO_EXPR("mouse_button") },
    { "mouse_button 1", "" },
    { "mouse_button 0", "" },
    { "sendkey", MISSING("sendkey", "string") },
    { "sendkey ctrl-alt-f1", "" },
    { "sendkey shift-< 10", "" },
    { "sendkey 0x1e-a", "" },
    { "sendkey a-", "invalid parameter: \n" },
    { "sendkey a-nope-b", "invalid parameter: nope\n" },
    { "sendkey 0x1g", "invalid parameter: 0x1g\n" },
    { "sendkey \"\"", "invalid parameter: \n" },
    { "boot_set c", NULL },
    { "info virtio", VDEV " [virtio-net]\n", true },
    { "info virtio-status " VDEV, VDEV ":\n  device_name:", true },
    { "info virtio-queue-status " VDEV " 0", "  queue_index:          0\n",
      true },
    { "info virtio-queue-status " VDEV " 99",
      "Error: Invalid virtqueue number 99\n" },
    { "info pci", "Ethernet controller: PCI device 1af4:1000", true },
    { "info network", "nic0: index=0,type=nic,model=virtio-net-pci,"
      "macaddr=52:54:00:12:34:56\n", true },
    { "set_link nic0 off", "" },
    { "set_link nic0 on", "" },
    { "qom-get " NIC " mac", "\"52:54:00:12:34:56\"\n" },
    { "qom-set " NIC " mac 52:54:00:12:34:57", "Error: Attempt to set property "
      "'mac' on anonymous device (type 'virtio-net-device') after it was "
      "realized\n" },
    { "qom-set " NIC " realized on", "" },
    { "qom-set " NIC " realized off", "Error: Property 'virtio-net-pci."
      "realized' is not a client's to change; use device_add and device_del\n"
    },
    { "qom-set -j " NIC " realized false", "Error: Property 'virtio-net-pci."
      "realized' is not a client's to change; use device_add and device_del\n"
    },
    { "device_add virtio-net-pci,foo=bar",
      "Error: Property 'virtio-net-pci.foo' not found\n" },
    { "device_add virtio-net-pci,id=nic0",
      "Error: Duplicate device ID 'nic0'\n" },
    { "device_add virtio-net-pci,id=1a", "Parameter 'id' expects an "
      "identifier\nIdentifiers consist of letters, digits, '-', '.', '_', "
      "starting with a letter.\n" TRY("device_add") },
    { "device_add virtio-net-device",
      "Error: No 'virtio-bus' bus found for device 'virtio-net-device'\n" },
    { "device_add virtio-net-pci,id=nic1,addr=9", "" },
    { "info qtree", "dev: virtio-net-pci, id \"nic1\"\n", true },
    { "device_del nic1", "" },
    { "gpa2hva 0x1000", "Host virtual address for 0x1000 (pc.ram) is 0x",
      true },
    { "o/b 0x80 1", "" },
    { "o/w 0xcf8 0x80000000", "" },
    { "i/w 0xcf8", "portl[0x0cf8] = 0x80000000\n" },
    { "i/w 0xcfc", "portl[0x0cfc] = 0x12378086\n" },
    { "i/h 0xcfc", "portw[0x0cfc] = 0x8086\n" },
    { "i/b 0x10cfc", "portb[0x0cfc] = 0x86\n" },
    { "i/b 0x70 .2", "portb[0x0071] = 0x", true },
    { "sum 0x1000 16", "04446\n" },
    { "xp/4xb 0x1000", "0000000000001000: 0x41 0x27 0x0a 0xff\n" },
    { "xp/3db 0x1000", "0000000000001000:  65  39  10\n" },
    { "xp/4cb 0x1000",
      "0000000000001000: 'A' '\\'' '\\n' '\\xff'\n" },
    { "xp/xh 0x1000", "0000000000001000: 0x2741\n" },
    { "xp/dh 0x1000", "0000000000001000: 10049\n" },
    { "xp/oh 0x1000", "0000000000001000: 023501\n" },
    { "xp/xw 0x1000", "0000000000001000: 0xff0a2741\n" },
    { "xp/2uw 0x1000", "0000000000001000: 4278855489          0\n" },
    { "xp/1ow 0x1000", "0000000000001000: 037702423501\n" },
    { "xp/3xg 0x1000",
      "0000000000001000: 0x00000000ff0a2741 0x0000000000000000\n"
      "0000000000001010: 0x0000000000000000\n" },
    { "xp 0x1000", "0000000000001000: 0x00000000ff0a2741\n" },
    { "xp/i 0x1000",
      "0x00001000: Asm output not supported on this arch\n" },
    { "xp/2xb 0xd0000000", "00000000d0000000: Cannot access memory\n" },
    { "cpu 0", "" },
    { "info cpus", "* CPU #0: thread_id=", true },
    { "info registers", "\nCPU#0\nEAX=00000000 EBX=00000000", true },
    { "info registers -a", "CR0=60000010 CR2=00000000", true },
    { "info hotpluggable-cpus", "    socket-id: \"0\"\n", true },
    { "p $eip", "0xfff0\n" },
    { "p $pc", "0xfffffff0\n" },
    { "p $cs", "0xf000\n" },
    { "p $cs.base+$cs.limit", "0xffffffff\n" },
    { "p $rip", "unknown register\n" TRY("p") },
    { "x/2xw 0x1000", "0000000000001000: 0xff0a2741 0x00000000\n" },
    { "x/i 0x1000",
      "0x00001000: Asm output not supported on this arch\n" },
    { "x/xb 0x7ffffffffffffff0",
      "7ffffffffffffff0: Cannot access memory\n" },
    { "gva2gpa 0x123456", "gpa: 0x123456\n" },
    { "memsave 0 16 \"/nonexistent/x\"",
      "Error: Could not open '/nonexistent/x': No such file or directory\n" },
    { "nmi", "" },
    { "system_powerdown", "" },
    { "system_wakeup", NULL },
};

static GHashTable *cases_seen;

/* "info mtree" of "info mtree -f", "xp" of "xp/4x 0" */
static char *command_of(const char *line)
{
    size_t len = strcspn(line, " /");

    if (len == 4 && g_str_has_prefix(line, "info ")) {
        len += 1 + strcspn(line + 5, " /");
    }
    return g_strndup(line, len);
}

/* What @line makes the monitor say, with line ends of \n. */
static char *hmp(QTestState *qts, const char *line)
{
    g_autofree char *text = qtest_hmp(qts, "%s", line);
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);

    return g_strjoinv("\n", lines);
}

static void run_cases(QTestState *qts, const HmpCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const HmpCase *c = &cases[i];
        g_autofree char *got = hmp(qts, c->command);
        bool ok;

        g_hash_table_add(cases_seen, command_of(c->command));
        ok = !c->answer ? !strstr(got, "unknown command")
             : c->part ? strstr(got, c->answer) != NULL
             : g_str_equal(got, c->answer);
        if (!ok) {
            g_test_message("'%s' says:\n%s\nand not:\n%s", c->command, got,
                           c->answer ?: "anything");
            g_test_fail();
        }
    }
}

/* All of help and help info */
static char *all_help(QTestState *qts)
{
    g_autofree char *help = hmp(qts, "help");
    g_autofree char *info = hmp(qts, "help info");

    return g_strconcat(help, info, NULL);
}

static void run_machine(const char *args, const HmpCase *cases, size_t count)
{
    QTestState *qts = qtest_initf("-name Tom -nodefaults %s", args);

    cases_seen = cases_seen ?: g_hash_table_new_full(g_str_hash, g_str_equal,
                                                     g_free, NULL);
    if (strstr(args, "-machine pc")) {
        qtest_writel(qts, 0x1000, 0xff0a2741);
    }
    run_cases(qts, cases_of_all, ARRAY_SIZE(cases_of_all));
    run_cases(qts, cases, count);
    qtest_quit(qts);
}

static void test_none(void)
{
    run_machine("-machine none", cases_of_none, ARRAY_SIZE(cases_of_none));
}

static void test_pc(void)
{
    run_machine("-machine pc -netdev hubport,id=h0,hubid=0 "
                "-device virtio-net-pci,netdev=h0,id=nic0",
                cases_of_pc, ARRAY_SIZE(cases_of_pc));
}

/* What each command says of no argument, and of two that mean nothing. */
static void test_every(void)
{
    QTestState *qts = qtest_init("-machine pc");
    g_autofree char *help = all_help(qts);
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

    for (char **line = lines; *line; line++) {
        char *dashes = strstr(*line, " -- ");
        bool info = g_str_has_prefix(*line, "info ");
        g_autofree char *name = NULL, *none = NULL, *wrong = NULL;
        g_autofree char *line_of_junk = NULL;

        if (!dashes) {
            continue;
        }
        name = g_strndup(*line, strcspn(*line + 5 * info, "| ") + 5 * info);
        if (g_str_equal(name, "quit") || g_str_equal(name, "info")
            || g_str_equal(name, "info [subcommand]")) {
            continue;
        }
        if (cases_seen && !g_hash_table_contains(cases_seen, name)) {
            g_test_message("no case for '%s'", name);
            g_test_fail();
        }
        none = hmp(qts, name);
        line_of_junk = g_strdup_printf("%s \x01 \"\" 0 /", name);
        wrong = hmp(qts, line_of_junk);
        g_assert_null(strstr(none, "unknown command"));
        g_assert_cmpstr(wrong, !=, "");
    }
    qtest_quit(qts);
}

/* A program's line can be longer than a person's, and nested deeper. */
static void test_monstrous(void)
{
    static const struct {
        const char *prefix, *again, *answer;
    } cases[] = {
        { "p ", "(", "expression is nested too deeply\n" TRY("p") },
        { "p ", "-", "expression is nested too deeply\n" TRY("p") },
        { "p ", "1+", "unexpected end of expression\n" TRY("p") },
        { "p/", "x", "unexpected end of expression\n" TRY("p") },
        { "xp/", "9", "unexpected end of expression\n" TRY("xp") },
        { "stop ", " ", "" },
        { "help ", "stop ", "stop|s  -- stop the guest\n" },
        { "set_link \"", "\\\\", "unterminated string\nset_link: string "
          "expected\n" TRY("set_link") },
    };
    QTestState *qts = qtest_init("-machine none");

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        GString *line = g_string_new(cases[i].prefix);
        g_autofree char *got = NULL;

        while (line->len < 200000) {
            g_string_append(line, cases[i].again);
        }
        got = hmp(qts, line->str);
        g_assert_cmpstr(got, ==, cases[i].answer);
        g_string_free(line, true);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/hmp-cmd/none", test_none);
    qtest_add_func("/hmp-cmd/pc", test_pc);
    qtest_add_func("/hmp-cmd/every", test_every);
    qtest_add_func("/hmp-cmd/monstrous", test_monstrous);
    return g_test_run();
}
