/*
 * What the command line says about itself: no machine is made for it, and no
 * accelerator is needed, though there may be none by default.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"

typedef struct HelpCase {
    const char *args;
    int status;
    const char *says[5];        /* whole lines, in this order */
} HelpCase;

static const HelpCase help_cases[] = {
    { "-version", 0, { "QEMU emulator version 7.2.22 (qemini)" } },
    { "-h", 0, { "usage: qemini-system-x86_64 [options]" } },
    { "-device help", 0,
      { "Network devices:",
        "name \"virtio-net-pci\", bus PCI, alias \"virtio-net\"",
        "Misc devices:",
        "name \"tally\", bus PCI, desc \"Adds up what the guest writes\"" } },
    { "-device tally,help", 0,
      { "tally options:", "  limit=<uint32>         -  (default: 4294967295)" } },
    /* By its alias, and with what the backend has. */
    { "-device virtio-net,help", 0,
      { "virtio-net-pci options:",
        "  mac=<str>              - Ethernet 6-byte MAC Address, example: "
        "52:54:00:12:34:56",
        "  vectors=<uint32>       -  (default: 4294967295)" } },
    { "-M nope -device tally,help", 0, { "tally options:" } },
    { "-machine help", 0,
      { "Supported machines are:",
        "pc                   Standard PC (i440FX + PIIX, 1996) "
        "(alias of pc-i440fx-7.2)",
        "pc-i440fx-7.2        Standard PC (i440FX + PIIX, 1996) (default)",
        "none                 empty machine" } },
    { "-machine pc,help", 0, { "pc-i440fx-7.2-machine options:" } },
    { "-accel help", 0,
      { "Accelerators supported in QEMU binary:", "qtest" } },
    { "-object help", 0,
      { "List of user creatable objects:", "  filter-dump",
        "  memory-backend-memfd", "  memory-backend-ram" } },
    { "-object memory-backend-ram,help", 0, { "memory-backend-ram options:" } },
    { "-netdev help", 0,
      { "Available netdev backend types:", "socket", "hubport", "tap" } },
    { "-chardev help", 0, { "Available chardev backend types: ", "  socket" } },
    { "-display help", 0, { "Available display backend types:", "none" } },
    { "-smp help", 0, { "smp-opts options:", "  cores=<num>" } },
    { "-trace help", 0,
      { "device_set_realized", "virtio_net_device_realize" } },
    { "-d trace:help", 0, { "device_set_realized" } },
    { "-d help", 1, { "Log items (comma separated):" } },
};

static void test_help(gconstpointer data)
{
    const HelpCase *c = data;
    g_autofree char *binary = g_canonicalize_filename(
        g_getenv("QTEST_QEMU_BINARY"), NULL);
    g_autofree char *line = g_strdup_printf("%s %s", binary, c->args);
    g_autofree char *out = NULL, *err = NULL;
    const char *from;
    int status;

    g_assert_true(g_spawn_command_line_sync(line, &out, &err, &status, NULL));
    g_assert_cmpstr(err, ==, "");
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, c->status);

    from = out;
    for (int i = 0; i < ARRAY_SIZE(c->says) && c->says[i]; i++) {
        g_autofree char *whole = g_strdup_printf("%s\n", c->says[i]);
        const char *at = strstr(from, whole);

        g_test_message("looking for: %s", c->says[i]);
        g_assert_nonnull(at);
        g_assert_true(at == out || at[-1] == '\n');
        from = at + strlen(whole);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (int i = 0; i < ARRAY_SIZE(help_cases); i++) {
        g_autofree char *path = g_strdup_printf("/help/%s", help_cases[i].args);

        g_test_add_data_func(path, &help_cases[i], test_help);
    }
    return g_test_run();
}
