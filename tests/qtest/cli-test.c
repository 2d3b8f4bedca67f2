/*
 * Wrong command lines: each ends the program with status 1 and with the
 * message that QEMU 7.2 gives, and with nothing else on standard error.
 *
 * The texts were recorded from QEMU 7.2; under `make check-asan` a leak on
 * the way out would be one more line and another status.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"

typedef struct CliCase {
    const char *name;
    const char *args;       /* split as a shell does */
    const char *message;    /* behind "qemini-system-x86_64: " */
} CliCase;

#define NIC "-device virtio-net-pci"

static const CliCase cli_cases[] = {
    { "option/unknown", "-foo", "-foo: invalid option" },
    { "option/no-argument", "-device", "-device: requires an argument" },

    { "machine/unknown", "-M foo",
      "unsupported machine type\n"
      "Use -machine help to list supported machines" },
    { "machine/property", "-M pc,foo=1",
      "Property 'pc-i440fx-7.2-machine.foo' not found" },
    { "machine/memory-backend", "-M pc,memory-backend=nope",
      "Memory backend 'nope' not found" },
    { "machine/two-accels", "-M pc,accel=foo",
      "The -accel and \"-machine accel=\" options are incompatible" },
    { "machine/smp", "-smp 3,sockets=2",
      "Invalid CPU topology: product of the hierarchy must match maxcpus: "
      "sockets (2) * dies (1) * cores (1) * threads (1) != maxcpus (3)" },

    { "device/unknown", "-device foo",
      "-device foo: 'foo' is not a valid device model name" },
    { "device/abstract", "-device device",
      "-device device: Parameter 'driver' expects a non-abstract device type" },
    { "device/no-such-property", NIC ",foo=1",
      NIC ",foo=1: Property 'virtio-net-pci.foo' not found" },
    { "device/not-a-bool", NIC ",mq=maybe",
      NIC ",mq=maybe: Parameter 'mq' expects 'on' or 'off'" },
    { "device/not-a-number", NIC ",vectors=x",
      NIC ",vectors=x: Parameter 'vectors' expects integer" },
    { "device/not-a-mac", NIC ",mac=zz",
      NIC ",mac=zz: Property 'virtio-net-device.mac' doesn't take value "
      "'zz'" },
    { "device/no-such-bus", NIC ",bus=foo",
      NIC ",bus=foo: Bus 'foo' not found" },
    { "device/no-bus-of-its-kind", "-device virtio-net-device",
      "-device virtio-net-device: No 'virtio-bus' bus found for device "
      "'virtio-net-device'" },
    { "device/bad-address", NIC ",addr=40",
      NIC ",addr=40: Property 'virtio-net-pci.addr' doesn't take value '40'" },
    { "device/address-in-use", NIC ",addr=5 " NIC ",addr=5",
      NIC ",addr=5: PCI: slot 5 function 0 not available for "
      "virtio-net-pci, in use by virtio-net-pci,id=(null)" },
    { "device/duplicate-id", NIC ",id=a " NIC ",id=a",
      NIC ",id=a: Duplicate ID 'a' for device" },
    { "device/no-romfile", NIC ",romfile=/nosuch",
      NIC ",romfile=/nosuch: failed to find romfile \"/nosuch\"" },
    { "device/global", "-global virtio-net-pci.foo=1 " NIC,
      NIC ": can't apply global virtio-net-pci.foo=1: "
      "Property 'virtio-net-pci.foo' not found" },
    { "device/json", "-device '{\"driver\"'",
      "-device {\"driver\": JSON parse error, premature EOI" },
    { "device/json-wrong-type",
      "-device '{\"driver\":\"virtio-net-pci\",\"mq\":3}'",
      "-device {\"driver\":\"virtio-net-pci\",\"mq\":3}: "
      "Invalid parameter type for 'mq', expected: boolean" },

    { "netdev/unknown-peer", NIC ",netdev=nope",
      NIC ",netdev=nope: Property 'virtio-net-device.netdev' can't find "
      "value 'nope'" },
    { "netdev/used-twice",
      "-netdev hubport,hubid=0,id=a " NIC ",netdev=a " NIC ",netdev=a",
      NIC ",netdev=a: Property 'virtio-net-device.netdev' can't take value "
      "'a', it's in use" },
    { "netdev/unknown-type", "-netdev foo,id=x",
      "-netdev foo,id=x: Parameter 'type' does not accept value 'foo'" },
    { "netdev/no-id", "-netdev tap",
      "-netdev tap: Parameter 'id' is missing" },
    { "netdev/bad-id", "-netdev tap,id=1x",
      "-netdev tap,id=1x: Parameter 'id' expects an identifier\n"
      "Identifiers consist of letters, digits, '-', '.', '_', "
      "starting with a letter." },
    { "netdev/duplicate-id",
      "-netdev hubport,hubid=0,id=a -netdev hubport,hubid=0,id=a",
      "-netdev hubport,hubid=0,id=a: Duplicate ID 'a' for netdev" },
    { "netdev/option", "-netdev tap,id=a,bogus=1",
      "-netdev tap,id=a,bogus=1: Invalid parameter 'bogus'" },
    { "netdev/size", "-netdev tap,id=t,sndbuf=zz",
      "-netdev tap,id=t,sndbuf=zz: Parameter 'sndbuf' expects a size value" },
    { "netdev/tap-bad-fd", "-netdev tap,id=t,fd=77",
      "-netdev tap,id=t,fd=77: t: Can't use file descriptor 77: "
      "Bad file descriptor" },
    { "netdev/socket-what",
      "-netdev socket,id=a",
      "-netdev socket,id=a: exactly one of listen=, connect=, mcast= or udp="
      " is required" },
    { "netdev/socket-both", "-netdev socket,id=a,fd=1,listen=:1",
      "-netdev socket,id=a,fd=1,listen=:1: exactly one of listen=, connect=, "
      "mcast= or udp= is required" },
    { "netdev/socket-udp", "-netdev socket,id=a,udp=127.0.0.1:99",
      "-netdev socket,id=a,udp=127.0.0.1:99: localaddr= is mandatory with "
      "udp=" },
    { "netdev/hubid", "-netdev hubport,id=a",
      "-netdev hubport,id=a: Parameter 'hubid' is missing" },
    { "netdev/json-no-id", "-netdev '{\"type\":\"tap\"}'",
      "-netdev {\"type\":\"tap\"}: Parameter 'id' is missing" },
    { "nic/mac", "-nic tap,mac=xx",
      "-nic tap,mac=xx: invalid syntax for ethernet address" },
    { "nic/type", "-nic foo",
      "-nic foo: Parameter 'type' does not accept value 'foo'" },
    { "net/type", "-net foo",
      "-net foo: Parameter 'type' does not accept value 'foo'" },

    { "object/unknown", "-object foo,id=a",
      "-object foo,id=a: Parameter 'qom-type' does not accept value 'foo'" },
    { "object/missing", "-object memory-backend-ram,id=a",
      "-object memory-backend-ram,id=a: Parameter 'size' is missing" },
    { "object/option", "-object memory-backend-ram,id=a,size=1M,foo=1",
      "-object memory-backend-ram,id=a,size=1M,foo=1: "
      "Invalid parameter 'foo'" },
    { "object/value", "-object memory-backend-ram,id=a,size=0",
      "property 'size' of memory-backend-ram doesn't take value '0'" },
    { "object/filter-netdev", "-object filter-dump,id=f,netdev=zz,file=/x",
      "Parameter 'netdev' expects a network backend id" },
    { "object/filter-file", "-object filter-dump,id=f,netdev=zz",
      "-object filter-dump,id=f,netdev=zz: Parameter 'file' is missing" },

    { "memory/size", "-m zz",
      "-m zz: Parameter 'size' expects a non-negative number below 2^64\n"
      "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, "
      "peta-\nand exabytes, respectively." },
    { "display/unknown", "-display foo",
      "-display foo: Parameter 'type' does not accept value 'foo'" },
    { "chardev/unknown", "-chardev foo,id=a",
      "-chardev foo,id=a: 'foo' is not a valid char driver name" },
    { "log/file", "-D /nosuch/x -d guest_errors",
      "Error opening logfile /nosuch/x: No such file or directory" },
};

static void test_cli(gconstpointer data)
{
    const CliCase *c = data;
    g_autofree char *binary = g_canonicalize_filename(
        g_getenv("QTEST_QEMU_BINARY"), NULL);
    g_autofree char *line = g_strdup_printf(
        "%s -accel qtest -display none -nodefaults %s", binary, c->args);
    g_autofree char *prgname = g_path_get_basename(binary);
    g_autofree char *expected = g_strdup_printf("%s: %s\n", prgname,
                                                c->message);
    g_autofree char *err = NULL;
    g_auto(GStrv) argv = NULL;
    GError *gerr = NULL;
    int status;

    g_assert_true(g_shell_parse_argv(line, NULL, &argv, &gerr));
    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
                               NULL, NULL, NULL, &err, &status, &gerr));
    g_assert_cmpstr(err, ==, expected);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (size_t i = 0; i < ARRAY_SIZE(cli_cases); i++) {
        g_autofree char *path = g_strdup_printf("/cli/%s", cli_cases[i].name);

        g_test_add_data_func(path, &cli_cases[i], test_cli);
    }
    return g_test_run();
}
