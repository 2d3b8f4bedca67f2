/*
 * QMP commands about the machine: what it is, its memory, its interrupts.
 *
 * Each with right and wrong arguments, and its twin of the human monitor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qmp-expect.h"

/* The program and its guest */

static void test_what(void)
{
    QTestState *qts = qtest_init("-machine none -name Tom -uuid "
                                 "12345678-9abc-def0-1234-56789abcdef0");
    QDict *rsp;

    expect_return(qts, "{'name': 'Tom'}", "{'execute': 'query-name'}");
    expect_return(qts, "{'UUID': '12345678-9abc-def0-1234-56789abcdef0'}",
                  "{'execute': 'query-uuid'}");
    expect_hmp(qts, "info uuid", "12345678-9abc-def0-1234-56789abcdef0\n");
    expect_return(qts, "{'arch': 'x86_64'}", "{'execute': 'query-target'}");
    rsp = qtest_qmp(qts, "{'execute': 'query-kvm'}");
    g_assert_false(qdict_get_bool(qdict_get_qdict(rsp, "return"), "enabled"));
    qobject_unref(rsp);
    qtest_quit(qts);
}

static void test_machines(void)
{
    QTestState *qts = qtest_init("-machine none");
    QDict *rsp = qtest_qmp(qts, "{'execute': 'query-machines'}");
    QDict *pc = find_entry(rsp, "alias", "pc");
    QDict *none = find_entry(rsp, "name", "none");

    g_assert_nonnull(pc);
    g_assert_cmpstr(qdict_get_str(pc, "name"), ==, "pc-i440fx-7.2");
    g_assert_true(qdict_get_bool(pc, "is-default"));
    g_assert_cmpstr(qdict_get_str(pc, "default-ram-id"), ==, "pc.ram");
    g_assert_nonnull(none);
    g_assert_false(qdict_haskey(none, "is-default"));
    g_assert_false(qdict_haskey(none, "alias"));
    g_assert_cmpint(qdict_get_int(none, "cpu-max"), ==, 1);
    qobject_unref(rsp);
    expect_error(qts, "GenericError", "Parameter 'x' is unexpected",
                 "{'execute': 'query-machines', 'arguments': {'x': 1}}");
    qtest_quit(qts);
}

/* The lists that options are parsed by. */
static void test_options(void)
{
    QTestState *qts = qtest_init("-machine none");
    QDict *rsp;

    expect_error(qts, "GenericError", "invalid option name: nope",
                 "{'execute': 'query-command-line-options', 'arguments':"
                 " {'option': 'nope'}}");
    expect_error(qts, "GenericError",
                 "Invalid parameter type for 'option', expected: string",
                 "{'execute': 'query-command-line-options', 'arguments':"
                 " {'option': 1}}");
    expect_return(qts, "[{'option': 'memory', 'parameters': ["
                  "{'name': 'maxmem', 'type': 'size'},"
                  "{'name': 'slots', 'type': 'number'},"
                  "{'name': 'size', 'type': 'size'}]}]",
                  "{'execute': 'query-command-line-options', 'arguments':"
                  " {'option': 'memory'}}");
    rsp = qtest_qmp(qts, "{'execute': 'query-command-line-options'}");
    g_assert_nonnull(find_entry(rsp, "option", "machine"));
    g_assert_nonnull(find_entry(rsp, "option", "device"));
    g_assert_nonnull(find_entry(rsp, "option", "netdev"));
    g_assert_nonnull(find_entry(rsp, "option", "smp-opts"));
    qobject_unref(rsp);
    qtest_quit(qts);
}

/* Memory */

static void test_memory(void)
{
    QTestState *qts = qtest_init("-m 32M -nodefaults "
                                 "-object memory-backend-memfd,id=m0,size=1M,"
                                 "share=on,merge=off,prealloc=on");
    QDict *rsp;

    rsp = qtest_qmp(qts, "{'execute': 'query-memdev'}");
    g_assert_cmpint(qlist_size(qdict_get_qlist(rsp, "return")), ==, 2);
    g_assert_cmpint(qdict_get_int(find_entry(rsp, "id", "pc.ram"), "size"),
                    ==, 32 * 1024 * 1024);
    qobject_unref(rsp);
    expect_return(qts, "{'base-memory': 33554432, 'plugged-memory': 0}",
                  "{'execute': 'query-memory-size-summary'}");
    expect_hmp(qts, "info memory_size_summary",
               "base memory: 33554432\nplugged memory: 0\n");
    expect_return(qts, "[]", "{'execute': 'query-memory-devices'}");
    expect_hmp(qts, "info memory-devices", "");
    expect_return(qts, "{'human-readable-text': '0 nodes\\n'}",
                  "{'execute': 'x-query-numa'}");
    expect_hmp(qts, "info numa", "0 nodes\n");
    qtest_quit(qts);

    qts = qtest_init("-machine none "
                     "-object memory-backend-memfd,id=m0,size=1M,"
                     "share=on,merge=off,prealloc=on");
    expect_return(qts, "[{'id': 'm0', 'size': 1048576, 'merge': false,"
                       "  'dump': true, 'prealloc': true, 'share': true,"
                       "  'reserve': true, 'host-nodes': [],"
                       "  'policy': 'default'}]",
                  "{'execute': 'query-memdev'}");
    expect_hmp(qts, "info memdev",
               "memory backend: m0\n"
               "  size:  1048576\n"
               "  merge: false\n"
               "  dump: true\n"
               "  prealloc: true\n"
               "  share: true\n"
               "  reserve: true\n"
               "  policy: default\n"
               "  host nodes: \n"
               "\n");
    qtest_qmp_assert_success(qts, "{'execute': 'object-del', 'arguments':"
                             " {'id': 'm0'}}");
    expect_return(qts, "[]", "{'execute': 'query-memdev'}");
    expect_hmp(qts, "info memdev", "\n");
    expect_return(qts, "{'base-memory': 0, 'plugged-memory': 0}",
                  "{'execute': 'query-memory-size-summary'}");
    qtest_quit(qts);
}

static void test_ramblocks(void)
{
    g_autofree char *dir = g_dir_make_tmp("roms-XXXXXX", NULL);
    g_autofree char *rom = g_build_filename(dir, "x.rom", NULL);
    g_autofree char *text = NULL, *expected = NULL;
    QTestState *qts;

    g_assert_true(g_file_set_contents(rom, "0123456789", 10, NULL));
    /* Without a BAR for it, firmware gets it from fw_cfg. */
    qts = qtest_initf("-m 32M -nodefaults "
                      "-device virtio-net-pci,rombar=0,romfile=%s", rom);
    text = hmp_answer(qts, "info ramblock");
    g_assert_true(g_str_has_prefix(text,
        "              Block Name    PSize              Offset"
        "               Used              Total\n"
        "                  pc.ram    4 KiB  0x0000000000000000"
        " 0x0000000002000000 0x0000000002000000\n"));
    expected = g_strdup_printf(
        "fw=genroms/%s size=0x00000a name=\"%s\"\n"
        "/rom@etc/acpi/tables size=0x200000 name=\"etc/acpi/tables\"\n"
        "/rom@etc/table-loader size=0x010000 name=\"etc/table-loader\"\n"
        "/rom@etc/acpi/rsdp size=0x001000 name=\"etc/acpi/rsdp\"\n",
        rom, rom);
    expect_hmp(qts, "info roms", expected);
    qtest_quit(qts);
    g_unlink(rom);
    g_rmdir(dir);
}

/* The guest's memory as a file: what is there, and what can go wrong. */
static void test_pmemsave(void)
{
    g_autofree char *dir = g_dir_make_tmp("pmemsave-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "mem", NULL);
    g_autofree char *hmp = g_strdup_printf("pmemsave 0x1000 4 \"%s\"", path);
    QTestState *qts = qtest_init("-m 16M -nodefaults");
    char *content;
    gsize len;

    qtest_memwrite(qts, 0x1000 + 2000, "lighthouse", 10);
    qtest_qmp_assert_success(qts, "{'execute': 'pmemsave', 'arguments':"
                             " {'val': 4096, 'size': 3000, 'filename': %s}}",
                             path);
    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpint(len, ==, 3000);
    g_assert_cmpmem(content + 2000, 10, "lighthouse", 10);
    g_free(content);

    qtest_memwrite(qts, 0x1000, "keep", 4);
    expect_hmp(qts, hmp, "");
    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpmem(content, len, "keep", 4);
    g_free(content);

    expect_error(qts, "GenericError", "Could not open '/nonexistent/x': "
                 "No such file or directory",
                 "{'execute': 'pmemsave', 'arguments':"
                 " {'val': 0, 'size': 1, 'filename': '/nonexistent/x'}}");
    expect_error(qts, "GenericError", "Parameter 'size' expects a size",
                 "{'execute': 'pmemsave', 'arguments':"
                 " {'val': 0, 'size': -1, 'filename': %s}}", path);
    /* A refused command has not touched the file. */
    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpint(len, ==, 4);
    g_free(content);
    expect_error(qts, "GenericError", "An IO error has occurred",
                 "{'execute': 'pmemsave', 'arguments':"
                 " {'val': 0, 'size': 100000, 'filename': '/dev/full'}}");
    expect_error(qts, "GenericError", "An IO error has occurred",
                 "{'execute': 'pmemsave', 'arguments':"
                 " {'val': 0, 'size': 1, 'filename': '/dev/full'}}");
    expect_error(qts, "GenericError", "Parameter 'filename' is missing",
                 "{'execute': 'pmemsave', 'arguments':"
                 " {'val': 0, 'size': 1}}");
    /* Where there is no memory, and round the end of it. */
    qtest_qmp_assert_success(qts, "{'execute': 'pmemsave', 'arguments':"
                             " {'val': -16, 'size': 32, 'filename': %s}}",
                             path);
    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpint(len, ==, 32);
    g_free(content);
    qtest_quit(qts);
    g_unlink(path);
    g_rmdir(dir);
}

/* The same as a CPU sees it; which CPU, must be known. */
static void test_memsave(void)
{
    g_autofree char *dir = g_dir_make_tmp("memsave-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "mem", NULL);
    g_autofree char *hmp = g_strdup_printf("memsave 0x1000 4 \"%s\"", path);
    QTestState *qts = qtest_init("-machine none");
    char *content;
    gsize len;

    expect_error(qts, "GenericError",
                 "Parameter 'cpu-index' expects a CPU number",
                 "{'execute': 'memsave', 'arguments':"
                 " {'val': 0, 'size': 4, 'filename': %s}}", path);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    qtest_quit(qts);

    qts = qtest_init("-m 16M -nodefaults");
    qtest_memwrite(qts, 0x1000, "lamp", 4);
    qtest_qmp_assert_success(qts, "{'execute': 'memsave', 'arguments':"
                             " {'val': 4096, 'size': 2000, 'filename': %s,"
                             "  'cpu-index': 0}}", path);
    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpint(len, ==, 2000);
    g_assert_cmpmem(content, 4, "lamp", 4);
    g_free(content);
    expect_hmp(qts, hmp, "");
    g_assert_true(g_file_get_contents(path, &content, &len, NULL));
    g_assert_cmpmem(content, len, "lamp", 4);
    g_free(content);
    expect_error(qts, "GenericError",
                 "Parameter 'cpu-index' expects a CPU number",
                 "{'execute': 'memsave', 'arguments':"
                 " {'val': 0, 'size': 4, 'filename': %s, 'cpu-index': 9}}",
                 path);
    expect_error(qts, "GenericError",
                 "Parameter 'cpu-index' expects a CPU number",
                 "{'execute': 'memsave', 'arguments':"
                 " {'val': 0, 'size': 4, 'filename': %s,"
                 "  'cpu-index': 4294967296}}", path);
    expect_error(qts, "GenericError", "Parameter 'size' expects a size",
                 "{'execute': 'memsave', 'arguments':"
                 " {'val': 0, 'size': -1, 'filename': %s}}", path);
    expect_error(qts, "GenericError", "Could not open '/nonexistent/x': "
                 "No such file or directory",
                 "{'execute': 'memsave', 'arguments':"
                 " {'val': 0, 'size': 1, 'filename': '/nonexistent/x'}}");
    qtest_quit(qts);
    g_unlink(path);
    g_rmdir(dir);
}

/* Not every machine has the button. */
static void test_nmi(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect_error(qts, "GenericError", "this feature or command is not "
                 "currently supported", "{'execute': 'inject-nmi'}");
    expect_hmp(qts, "nmi", "Error: this feature or command is not currently "
               "supported\n");
    qtest_quit(qts);
    qts = qtest_init("-nodefaults -smp 2");
    expect_return(qts, "{}", "{'execute': 'inject-nmi'}");
    expect_hmp(qts, "nmi", "");
    expect_error(qts, "GenericError", "Parameter 'x' is unexpected",
                 "{'execute': 'inject-nmi', 'arguments': {'x': 1}}");
    qtest_quit(qts);
}

/* Nobody is the balloon. */
static void test_balloon(void)
{
    static const char *const none = "No balloon device has been activated";
    QTestState *qts = qtest_init("-machine none");

    expect_error(qts, "DeviceNotActive", none, "{'execute': 'query-balloon'}");
    expect_error(qts, "DeviceNotActive", none,
                 "{'execute': 'balloon', 'arguments': {'value': 1048576}}");
    expect_error(qts, "GenericError", "Parameter 'value' is missing",
                 "{'execute': 'balloon'}");
    expect_error(qts, "GenericError",
                 "Invalid parameter type for 'value', expected: integer",
                 "{'execute': 'balloon', 'arguments': {'value': 'x'}}");
    expect_hmp(qts, "info balloon",
               "Error: No balloon device has been activated\n");
    expect_hmp(qts, "balloon 64",
               "Error: No balloon device has been activated\n");
    qtest_quit(qts);
}

/* Interrupts */

#define IOAPIC 0xfec00000

static void ioapic_entry(QTestState *qts, int pin, uint64_t entry)
{
    qtest_writel(qts, IOAPIC, 0x10 + 2 * pin);
    qtest_writel(qts, IOAPIC + 0x10, entry);
    qtest_writel(qts, IOAPIC, 0x11 + 2 * pin);
    qtest_writel(qts, IOAPIC + 0x10, entry >> 32);
}

static void expect_in(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        g_test_message("no \"%s\" in:\n%s", part, text);
        g_assert_not_reached();
    }
}

/* Levels come up through both controllers, and are counted by each. */
static void test_irq(void)
{
    QTestState *qts = qtest_init("-nodefaults -serial null -serial null");
    g_autofree char *irq = NULL, *pic = NULL;

    ioapic_entry(qts, 1, 0xabcd000000010031);
    ioapic_entry(qts, 2, 0xab00000000010932);
    ioapic_entry(qts, 3, 0x0100000000018035);
    ioapic_entry(qts, 4, 0x010000000001a434);
    ioapic_entry(qts, 5, 0x010000000000c734);
    /* A transmitter that is empty says so: OUT2 and its interrupt. */
    qtest_outb(qts, 0x3fc, 8);
    qtest_outb(qts, 0x3f9, 2);
    qtest_outb(qts, 0x2fc, 8);
    qtest_outb(qts, 0x2f9, 2);

    irq = hmp_answer(qts, "info irq");
    expect_in(irq, "IRQ statistics for ioapic:\n");
    expect_in(irq, "IRQ statistics for isa-i8259:\n");
    expect_in(irq, " 3: 1\n 4: 1\n");
    pic = hmp_answer(qts, "info pic");
    expect_in(pic, "ioapic0: ver=0x20 id=0x00 sel=0x1b (redir[5])\n");
    expect_in(pic, "  pin 0  0x0000000000010000 dest=0 vec=0   active-hi edge"
                   "  masked fixed  physical\n");
    expect_in(pic, "  pin 1  0xabcd000000010031 dest=b vec=49  active-hi edge"
                   "  masked fixed  physical\n");
    expect_in(pic, "  pin 2  0xab00000000010932 dest=ab vec=50  active-hi"
                   " edge  masked lowest logical\n");
    expect_in(pic, "  pin 4  0x010000000001a434 dest=1 vec=52  active-lo"
                   " level masked NMI    physical\n");
    expect_in(pic, " extINT physical\n");
    expect_in(pic, "  IRR      3  4  \n  Remote IRR (none)\n");
    expect_in(pic, "pic0: irr=18 imr=00 isr=00 hprio=0 irq_base=00 rr_sel=0"
                   " elcr=00 fnm=0\n");
    expect_in(pic, "pic1: irr=00 imr=00 isr=00 hprio=0 irq_base=00 rr_sel=0"
                   " elcr=00 fnm=0\n");
    qtest_quit(qts);

    qts = qtest_init("-machine none");
    expect_return(qts, "{'human-readable-text': ''}",
                  "{'execute': 'x-query-irq'}");
    expect_hmp(qts, "info irq", "");
    expect_hmp(qts, "info pic", "");
    qtest_quit(qts);
}

/* Sleep */

#define PM_BASE 0x600

static void pci_config(QTestState *qts, int devfn, int reg, uint32_t value)
{
    qtest_outl(qts, 0xcf8, 0x80000000 | devfn << 8 | reg);
    qtest_outl(qts, 0xcfc, value);
}

static void test_wakeup(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect_return(qts, "{'wakeup-suspend-support': false}",
                  "{'execute': 'query-current-machine'}");
    expect_error(qts, "GenericError",
                 "wake-up from suspend is not supported by this guest",
                 "{'execute': 'system_wakeup'}");
    qtest_quit(qts);

    qts = qtest_init("-nodefaults");
    expect_return(qts, "{'wakeup-suspend-support': true}",
                  "{'execute': 'query-current-machine'}");
    expect_error(qts, "GenericError",
                 "Unable to wake up: guest is not in suspended state",
                 "{'execute': 'system_wakeup'}");
    expect_hmp(qts, "system_wakeup", "Error: Unable to wake up: guest is not "
               "in suspended state\n");

    /* The guest finds its power management at PM_BASE, and goes to S3. */
    pci_config(qts, 0xb, 0x40, PM_BASE | 1);
    pci_config(qts, 0xb, 0x80, 1);
    qtest_outw(qts, PM_BASE + 4, 1 << 10 | 1 << 13);
    qtest_qmp_eventwait(qts, "SUSPEND");
    expect_return(qts, "{'running': false, 'singlestep': false,"
                  " 'status': 'suspended'}", "{'execute': 'query-status'}");
    /* cont leaves it asleep. */
    expect_return(qts, "{}", "{'execute': 'cont'}");
    expect_return(qts, "{'running': false, 'singlestep': false,"
                  " 'status': 'suspended'}", "{'execute': 'query-status'}");
    expect_return(qts, "{}", "{'execute': 'system_wakeup'}");
    qtest_qmp_eventwait(qts, "WAKEUP");
    expect_return(qts, "{'running': true, 'singlestep': false,"
                  " 'status': 'running'}", "{'execute': 'query-status'}");
    qtest_quit(qts);
}

/* Numbers for nobody */

static void test_no_stats(void)
{
    QTestState *qts = qtest_init("-machine none");

    expect_return(qts, "[]", "{'execute': 'query-stats', 'arguments':"
                  " {'target': 'vm'}}");
    expect_return(qts, "[]", "{'execute': 'query-stats', 'arguments':"
                  " {'target': 'vcpu', 'vcpus': ['x'], 'providers':"
                  " [{'provider': 'kvm', 'names': ['exits']}]}}");
    expect_return(qts, "[]", "{'execute': 'query-stats-schemas'}");
    expect_error(qts, "GenericError", "Parameter 'target' is missing",
                 "{'execute': 'query-stats'}");
    expect_error(qts, "GenericError",
                 "Parameter 'target' does not accept value 'disk'",
                 "{'execute': 'query-stats', 'arguments':"
                 " {'target': 'disk'}}");
    expect_error(qts, "GenericError", "Parameter 'vcpus' is unexpected",
                 "{'execute': 'query-stats', 'arguments':"
                 " {'target': 'vm', 'vcpus': []}}");
    expect_error(qts, "GenericError",
                 "Parameter 'provider' does not accept value 'x'",
                 "{'execute': 'query-stats-schemas', 'arguments':"
                 " {'provider': 'x'}}");
    expect_hmp(qts, "info stats vm", "");
    expect_hmp(qts, "info stats disk", "invalid stats target disk\n");
    expect_hmp(qts, "info stats vm * x", "invalid stats provider x\n");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/machine/what", test_what);
    qtest_add_func("/machine/machines", test_machines);
    qtest_add_func("/machine/options", test_options);
    qtest_add_func("/machine/memory", test_memory);
    qtest_add_func("/machine/ramblocks", test_ramblocks);
    qtest_add_func("/machine/pmemsave", test_pmemsave);
    qtest_add_func("/machine/memsave", test_memsave);
    qtest_add_func("/machine/nmi", test_nmi);
    qtest_add_func("/machine/balloon", test_balloon);
    qtest_add_func("/machine/irq", test_irq);
    qtest_add_func("/machine/wakeup", test_wakeup);
    qtest_add_func("/machine/stats", test_no_stats);
    return g_test_run();
}
