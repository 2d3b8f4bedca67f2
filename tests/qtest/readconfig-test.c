/*
 * -readconfig: a machine that is described by a file, and files that are wrong.
 *
 * The messages are QEMU's 7.2, with the file and the line in front, as gcc has
 * them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"

/* A file with @text; unlink() and g_free() it. */
static char *config_file(const char *text)
{
    char *path;
    int fd = g_file_open_tmp("readconfig-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static QTestState *config_start(const char *text)
{
    g_autofree char *path = config_file(text);
    QTestState *qts = qtest_initf("-nodefaults -readconfig %s", path);

    unlink(path);
    return qts;
}

static void assert_property(QTestState *qts, const char *path,
                            const char *property, const char *want)
{
    QDict *rsp = qtest_qmp(qts, "{'execute': 'qom-get', 'arguments':"
                           " {'path': %s, 'property': %s}}", path, property);

    g_assert_cmpstr(qdict_get_try_str(rsp, "return"), ==, want);
    qobject_unref(rsp);
}

/* Everything that the command line can say, a file can say. */
static void test_machine(void)
{
    QTestState *qts = config_start(
        "# A machine\n"
        "\n"
        "[machine]\n"
        "  type = \"pc\"\n"
        "  dump-guest-core = \"off\"\n"
        "  memory-backend = \"ram0\"\n"
        "\n"
        "[memory]\n"
        "  size = \"32M\"\n"
        "[smp-opts]\n"
        "  cpus = \"1\"\n"
        "  maxcpus = \"4\"\n"
        "[boot-opts]\n"
        "  menu = \"on\"\n"
        "\n"
        "[object \"ram0\"]\n"
        "  qom-type = \"memory-backend-ram\"\n"
        "  size = \"32M\"\n"
        "  share = \"on\"\n"
        "\n"
        "[name]\n"
        "  guest = \"from a file\"\n"
        "\n"
        "[chardev \"line0\"]\n"
        "  backend = \"null\"\n"
        "\n"
        "[netdev \"net0\"]\n"
        "  type = \"hubport\"\n"
        "  hubid = \"0\"\n"
        "\n"
        "[device \"nic0\"]\n"
        "  driver = \"virtio-net-pci\"\n"
        "  netdev = \"net0\"\n"
        "  addr = \"5\"\n"
        "  mac = \"52:54:00:01:02:03\"\n"
        "\n"
        "[device \"com1\"]\n"
        "  driver = \"isa-serial\"\n"
        "  chardev = \"line0\"\n"
        "\n"
        "[global]\n"
        "  driver = \"isa-serial\"\n"
        "  property = \"index\"\n"
        "  value = \"1\"");
    QDict *rsp;

    assert_property(qts, "/machine", "type", "pc-i440fx-7.2-machine");
    assert_property(qts, "/machine/peripheral/nic0", "mac",
                    "52:54:00:01:02:03");
    assert_property(qts, "/machine/peripheral/nic0", "netdev", "net0");
    assert_property(qts, "/machine/peripheral/com1", "chardev", "line0");
    g_assert_false(qtest_qom_get_bool(qts, "/machine", "dump-guest-core"));
    g_assert_true(qtest_qom_get_bool(qts, "/objects/ram0", "share"));

    rsp = qtest_qmp(qts, "{'execute': 'query-name'}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "name"), ==,
                    "from a file");
    qobject_unref(rsp);

    /* COM2, as its global says; and the PCI slot. */
    qtest_outb(qts, 0x2f8 + 7, 0x5a);
    g_assert_cmphex(qtest_inb(qts, 0x2f8 + 7), ==, 0x5a);
    qtest_outl(qts, 0xcf8, 0x80000000 | 5 << 11);
    g_assert_cmphex(qtest_inl(qts, 0xcfc), ==, 0x10001af4);
    qtest_quit(qts);
}

/* Several files, and the command line after them, are one description. */
static void test_several(void)
{
    g_autofree char *first = config_file("[machine]\n  type = \"none\"\n"
                                         "[chardev \"a\"]\n"
                                         "  backend = \"null\"\n");
    g_autofree char *second = config_file("[machine]\n  type = \"pc\"\n");
    QTestState *qts = qtest_initf("-nodefaults -readconfig %s -readconfig %s "
                                  "-machine mem-merge=off "
                                  "-device isa-serial,id=s,chardev=a",
                                  first, second);

    assert_property(qts, "/machine", "type", "pc-i440fx-7.2-machine");
    g_assert_false(qtest_qom_get_bool(qts, "/machine", "mem-merge"));
    assert_property(qts, "/machine/peripheral/s", "chardev", "a");
    qtest_quit(qts);
    unlink(first);
    unlink(second);
}

/* A device that is there in a file is no default any more. */
static void test_default(void)
{
    g_autofree char *path = config_file("[device]\n"
                                        "  driver = \"isa-serial\"\n"
                                        "  index = \"1\"\n");
    QTestState *qts = qtest_initf("-machine pc -readconfig %s", path);

    g_assert_cmphex(qtest_inb(qts, 0x3f8 + 5), ==, 0xff);
    g_assert_cmphex(qtest_inb(qts, 0x2f8 + 5), ==, 0x60);
    qtest_quit(qts);
    unlink(path);
}

/* Files that are wrong */

typedef struct WrongCase {
    const char *name;
    const char *text;
    const char *message;        /* from the line number on */
} WrongCase;

static const WrongCase wrong_cases[] = {
    { "no-group", "colour = \"red\"\n", ":1: no group defined" },
    { "no-such-group", "# c\n\n[fruit]\n  colour = \"red\"\n",
      ":4: There is no option group 'fruit'" },
    { "no-such-device", "[device \"d\"]\n  driver = \"nope\"\n",
      ":2: 'nope' is not a valid device model name" },
    { "no-driver", "[device \"d\"]\n  a = \"2\"\n",
      ":2: Parameter 'driver' is missing" },
    { "device-fails", "[device]\n  driver = \"isa-serial\"\n  index = \"9\"\n",
      ":3: Max. supported number of ISA serial ports is 4." },
    { "duplicate",
      "[chardev \"a\"]\n  backend = \"null\"\n"
      "[chardev \"a\"]\n  backend = \"null\"\n",
      ":4: Duplicate ID 'a' for chardev" },
    { "no-such-option", "[name]\n  guest = \"x\"\n  foo = \"y\"\n",
      ":3: Invalid parameter 'foo'" },
    { "not-a-bool", "[msg]\n  timestamp = \"perhaps\"\n",
      ":2: Parameter 'timestamp' expects 'on' or 'off'" },
    { "not-a-size",
      "[object \"m\"]\n  qom-type = \"memory-backend-ram\"\n  size = \"x\"\n",
      ":3: Parameter 'size' expects size" },
    { "no-type", "[object \"m\"]\n  size = \"16M\"\n",
      ":2: Parameter 'qom-type' is missing" },
    { "mixed", "[machine]\n  a.b = \"1\"\n  a = \"2\"\n",
      ":3: Cannot mix scalar and non-scalar keys" },
    { "list", "[machine]\n  0 = \"1\"\n",
      ":2: Lists cannot be at top level of a configuration section" },
    { "netdev", "[netdev \"n\"]\n  type = \"nope\"\n",
      ":2: Parameter 'type' does not accept value 'nope'" },
    { "monitor", "[mon]\n  chardev = \"nope\"\n",
      ":2: chardev \"nope\" not found" },
    { "fw_cfg", "[fw_cfg]\n  name = \"opt/x\"\n",
      ":2: name, plus exactly one of file, string and gen_id, are needed" },
    /* Here QEMU takes what it can make of the line. */
    { "nonsense", "[machine]\n  type\n", ":2: parse error" },
    { "no-quote", "[machine]\n  type = \"pc\n", ":2: parse error" },
    /* The machine's properties are set when the file is long read. */
    { "machine", "[machine]\n  foo = \"1\"\n",
      ": Property 'pc-i440fx-7.2-machine.foo' not found" },
    { "smp", "[smp-opts]\n  cpus = \"x\"\n",
      ": Parameter 'smp.cpus' expects integer" },
    { "boot", "[boot-opts]\n  order = \"zz\"\n", ": Invalid boot device 'z'" },
};

static void test_wrong(gconstpointer data)
{
    const WrongCase *c = data;
    g_autofree char *path = config_file(c->text);
    g_autofree char *prgname =
        g_path_get_basename(g_getenv("QTEST_QEMU_BINARY"));
    g_autofree char *binary =
        g_canonicalize_filename(g_getenv("QTEST_QEMU_BINARY"), NULL);
    bool has_line = g_ascii_isdigit(c->message[1]);
    g_autofree char *want = g_strdup_printf("%s%s%s%s\n", prgname,
                                            has_line ? ":" : "",
                                            has_line ? path : "", c->message);
    g_autofree char *err = NULL;
    char *argv[] = { binary, (char *)"-accel", (char *)"qtest",
                     (char *)"-display", (char *)"none",
                     (char *)"-nodefaults", (char *)"-readconfig", path,
                     NULL };
    int status;

    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL,
                               NULL, NULL, NULL, &err, &status, NULL));
    g_assert_cmpstr(err, ==, want);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/readconfig/machine", test_machine);
    qtest_add_func("/readconfig/several", test_several);
    qtest_add_func("/readconfig/default", test_default);
    for (int i = 0; i < ARRAY_SIZE(wrong_cases); i++) {
        g_autofree char *path = g_strdup_printf("/readconfig/wrong/%s",
                                                wrong_cases[i].name);

        qtest_add_data_func(path, &wrong_cases[i], test_wrong);
    }
    return g_test_run();
}
