/*
 * virtio-serial: ports, and the messages about them.
 *
 * Bytes through ports are in virtio-console-test.c, and a guest that lies about
 * its rings in virtio-serial-liar-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "libqos/census.h"
#include "libqos/virtio-serial.h"
#include "qapi/qmp/qdict.h"
#include "qmp-expect.h"
#include "standard-headers/linux/virtio_config.h"

#define PORT_ADD        VIRTIO_CONSOLE_PORT_ADD
#define PORT_REMOVE     VIRTIO_CONSOLE_PORT_REMOVE
#define PORT_READY      VIRTIO_CONSOLE_PORT_READY
#define PORT_OPEN       VIRTIO_CONSOLE_PORT_OPEN
#define CONSOLE_PORT    VIRTIO_CONSOLE_CONSOLE_PORT

#define VDEV            "/machine/peripheral/vs0/virtio-backend"

/* Messages */

/* What a driver hears when it comes, of ports of each kind. */
static void test_handshake(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 2,
        "-device virtserialport,nr=3,name=org.test.a,chardev=c0 "
        "-device virtconsole,chardev=c1,name=tty "
        "-device virtserialport");

    g_assert_cmpuint(qvirtio_config_readl(s->vdev,
        offsetof(struct virtio_console_config, max_nr_ports)), ==, 31);
    qvirtio_serial_start(s);
    qvirtio_serial_expect_none(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, 3, PORT_ADD, 1);
    qvirtio_serial_expect(s, 0, PORT_ADD, 1);
    qvirtio_serial_expect(s, 1, PORT_ADD, 1);
    qvirtio_serial_expect_none(s);

    qvirtio_serial_control(s, 3, PORT_READY, 1);
    qvirtio_serial_expect_name(s, 3, "org.test.a");
    qvirtio_serial_expect(s, 3, PORT_OPEN, 1);
    qvirtio_serial_control(s, 0, PORT_READY, 1);
    qvirtio_serial_expect(s, 0, CONSOLE_PORT, 1);
    qvirtio_serial_expect_name(s, 0, "tty");
    qvirtio_serial_expect(s, 0, PORT_OPEN, 1);
    qvirtio_serial_control(s, 1, PORT_READY, 1);
    qvirtio_serial_expect_none(s);

    /* Asked again, it says it again. */
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, 3, PORT_ADD, 1);
    qvirtio_serial_expect(s, 0, PORT_ADD, 1);
    qvirtio_serial_expect(s, 1, PORT_ADD, 1);
    qvirtio_serial_expect_none(s);
    qvirtio_serial_shutdown(s);
}

/* Ports come and go while the driver runs. */
static void test_hotplug(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1, "");

    qvirtio_serial_start(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect_none(s);
    for (int i = 0; i < 3; i++) {
        qtest_qmp_device_add(s->qts, "virtserialport", "p",
                             "{'chardev': 'c0', 'name': 'org.test'}");
        /* Its chardev is open before it is told of. */
        qvirtio_serial_expect(s, 1, PORT_OPEN, 1);
        qvirtio_serial_expect(s, 1, PORT_ADD, 1);
        qvirtio_serial_open(s, 1);
        qvirtio_serial_send(s, 1, "hello", 5);
        qvirtio_serial_wire_expect(s, 0, "hello");
        qtest_qmp_device_del(s->qts, "p");
        qvirtio_serial_expect(s, 1, PORT_REMOVE, 1);
    }
    /* Number 0 is for the first console, wherever it comes. */
    qtest_qmp_device_add(s->qts, "virtserialport", "p1", "{}");
    qvirtio_serial_expect(s, 1, PORT_ADD, 1);
    qtest_qmp_device_add(s->qts, "virtconsole", "con0", "{}");
    qvirtio_serial_expect(s, 0, PORT_ADD, 1);
    qtest_qmp_device_add(s->qts, "virtconsole", "con2", "{}");
    qvirtio_serial_expect(s, 2, PORT_ADD, 1);
    qtest_qmp_device_del_send(s->qts, "con0");
    qvirtio_serial_expect(s, 0, PORT_REMOVE, 1);
    qtest_qmp_device_del_send(s->qts, "p1");
    qvirtio_serial_expect(s, 1, PORT_REMOVE, 1);
    qtest_qmp_device_add(s->qts, "virtserialport", "p1", "{}");
    qvirtio_serial_expect(s, 1, PORT_ADD, 1);
    qtest_qmp_device_add(s->qts, "virtconsole", "con0", "{}");
    qvirtio_serial_expect(s, 0, PORT_ADD, 1);
    qvirtio_serial_shutdown(s);
}

/* More ports than the control queue has places: all are heard of. */
static void test_many_ports(gconstpointer drive)
{
    g_autoptr(GString) opts = g_string_new("");
    QVirtioSerial *s;

    for (int i = 0; i < 40; i++) {
        g_string_append(opts, "-device virtserialport ");
    }
    s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), ",max_ports=41", 0,
                            opts->str);
    qvirtio_serial_setup(s);
    qvirtio_set_driver_ok(s->vdev);
    qvirtio_serial_control_give(s, 8);
    qvirtio_serial_ready(s);
    for (int i = 1; i <= 40; i++) {
        qvirtio_serial_expect(s, i, PORT_ADD, 1);
    }
    qvirtio_serial_expect_none(s);
    qvirtio_serial_shutdown(s);
}

/* What waits for a buffer is the latest of each kind, and ends at a reset. */
static void test_messages_wait(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1, "");

    qvirtio_serial_setup(s);
    qvirtio_set_driver_ok(s->vdev);
    qvirtio_serial_ready(s);
    for (int i = 0; i < 50; i++) {
        qtest_qmp_device_add(s->qts, "virtserialport", "p", "{'nr': 7}");
        qtest_qmp_device_del_send(s->qts, "p");
    }
    qtest_qmp_device_add(s->qts, "virtserialport", "p",
                         "{'nr': 7, 'chardev': 'c0', 'name': 'org.test'}");
    qvirtio_serial_control(s, 7, PORT_READY, 1);
    qvirtio_serial_control_give(s, 1);
    qvirtio_serial_expect(s, 7, PORT_REMOVE, 1);
    qvirtio_serial_expect(s, 7, PORT_ADD, 1);
    qvirtio_serial_expect_name(s, 7, "org.test");
    qvirtio_serial_expect(s, 7, PORT_OPEN, 1);
    qvirtio_serial_expect_none(s);

    qvirtio_serial_setup(s);
    qvirtio_set_driver_ok(s->vdev);
    qvirtio_serial_ready(s);
    qvirtio_serial_start(s);
    qvirtio_serial_expect_none(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, 7, PORT_ADD, 1);
    qvirtio_serial_expect_none(s);
    qvirtio_serial_shutdown(s);
}

/* A reset of the machine closes everything. */
static void test_system_reset(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
        "-device virtserialport,nr=1,chardev=c0,id=p1");
    g_autofree char *before = NULL, *after = NULL;

    qvirtio_serial_begin(s, 1);
    before = hmp_answer(s->qts, "info qtree");
    g_assert_nonnull(strstr(before, "port 1, guest on, host on, throttle "));
    qtest_qmp_assert_success(s->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(s->qts, "RESET");
    after = hmp_answer(s->qts, "info qtree");
    g_assert_nonnull(strstr(after, "port 1, guest off, host on, throttle "));
    qvirtio_pci_device_enable(s->pci);
    qvirtio_serial_begin(s, 1);
    qvirtio_serial_send(s, 1, "hello", 5);
    qvirtio_serial_wire_expect(s, 0, "hello");
    qvirtio_serial_shutdown(s);
}

/* Wrong messages */

static void test_bad_messages(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
        "-device virtserialport,nr=1,chardev=c0 2>/dev/null");
    static const uint8_t ff[QVSERIAL_CONTROL_SIZE] = {
        [0 ... QVSERIAL_CONTROL_SIZE - 1] = 0xff };
    static const uint16_t events[] = {
        PORT_ADD, PORT_REMOVE, CONSOLE_PORT, VIRTIO_CONSOLE_RESIZE,
        VIRTIO_CONSOLE_PORT_NAME, 8, 99, 0xffff };
    uint32_t head;

    qvirtio_serial_begin(s, 1);
    for (int len = 1; len < 8; len++) {
        qvirtio_serial_control_raw(s, ff, len);
    }
    qvirtio_serial_control_raw(s, ff, 8);
    qvirtio_serial_control_raw(s, ff, sizeof(ff));
    for (int i = 0; i < ARRAY_SIZE(events); i++) {
        qvirtio_serial_control(s, 1, events[i], 1);
        qvirtio_serial_control(s, 2, events[i], 1);
    }
    /* Ports that are not there, and cannot be. */
    qvirtio_serial_control(s, 0, PORT_OPEN, 1);
    qvirtio_serial_control(s, 31, PORT_READY, 1);
    qvirtio_serial_control(s, UINT32_MAX, PORT_OPEN, 1);
    /* The guest failed, and the device can do nothing about it. */
    qvirtio_serial_control(s, 0, VIRTIO_CONSOLE_DEVICE_READY, 0);
    qvirtio_serial_control(s, 1, PORT_READY, 0);

    /* A message in two pieces; and one with nothing to read. */
    head = qvirtqueue_add(s->qts, s->c_out, s->c_buf, 3, false, true);
    qvirtqueue_add(s->qts, s->c_out, s->c_buf + 3, 5, false, false);
    qvirtqueue_kick(s->qts, s->vdev, s->c_out, head);
    qvirtio_serial_wait_used(s, s->c_out, NULL);
    head = qvirtqueue_add(s->qts, s->c_out, s->c_buf, 8, true, false);
    qvirtqueue_kick(s->qts, s->vdev, s->c_out, head);
    qvirtio_serial_wait_used(s, s->c_out, NULL);
    qvirtio_serial_expect_none(s);

    qvirtio_serial_send(s, 1, "hello", 5);
    qvirtio_serial_wire_expect(s, 0, "hello");
    qvirtio_serial_shutdown(s);
}

/* Buffers too small for what is to be said: the used length does not lie. */
static void test_small_buffers(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
        "-device virtserialport,nr=1,chardev=c0,name=org.test");
    static const struct {
        uint32_t size;
        bool write;
        uint32_t used;
    } bufs[] = {
        { 4, true, 4 }, { 64, false, 0 }, { 8, true, 8 }, { 12, true, 12 },
        { 17, true, 17 }, { 18, true, 17 },
    };
    uint8_t guard[64], got[64];
    uint64_t addr;

    memset(guard, 0xee, sizeof(guard));
    qvirtio_serial_setup(s);
    qvirtio_set_driver_ok(s->vdev);
    addr = guest_alloc(&s->qs->alloc, sizeof(guard));
    for (int i = 0; i < ARRAY_SIZE(bufs); i++) {
        uint32_t head, len;

        /* For the name, and then for PORT_OPEN. */
        qtest_memwrite(s->qts, addr, guard, sizeof(guard));
        head = qvirtqueue_add(s->qts, s->c_in, addr, bufs[i].size,
                              bufs[i].write, false);
        qvirtqueue_kick(s->qts, s->vdev, s->c_in, head);
        qvirtio_serial_control_give(s, 1);
        qvirtio_serial_control(s, 1, PORT_READY, 1);
        g_assert_cmpuint(qvirtio_serial_wait_used(s, s->c_in, &len), ==, head);
        g_assert_cmpuint(len, ==, bufs[i].used);
        qtest_memread(s->qts, addr, got, sizeof(got));
        for (int j = len; j < sizeof(got); j++) {
            g_assert_cmphex(got[j], ==, 0xee);
        }
        qvirtio_serial_wait_used(s, s->c_in, &len);
        g_assert_cmpuint(len, ==, 8);
    }
    qvirtio_serial_shutdown(s);
}

/* Clients */

/* What cannot be is refused, in QEMU's words, and changes nothing. */
static void test_errors(void)
{
    static const struct {
        const char *args, *desc;
    } bad[] = {
        { "{'driver': 'virtserialport', 'bus': 'a.0', 'nr': 0}",
          "Port number 0 on virtio-serial devices reserved for virtconsole "
          "devices for backward compatibility." },
        { "{'driver': 'virtserialport', 'bus': 'a.0', 'nr': 3}",
          "virtio-serial-bus: A port already exists at id 3" },
        { "{'driver': 'virtconsole', 'bus': 'a.0', 'nr': 3}",
          "virtio-serial-bus: A port already exists at id 3" },
        { "{'driver': 'virtserialport', 'bus': 'a.0', 'name': 'org.test'}",
          "virtio-serial-bus: A port already exists by name org.test" },
        { "{'driver': 'virtserialport', 'name': 'org.test', 'bus': 'b.0'}",
          "virtio-serial-bus: A port already exists by name org.test" },
        { "{'driver': 'virtserialport', 'bus': 'a.0', 'nr': 31}",
          "virtio-serial-bus: Out-of-range port id specified, max. allowed: "
          "30" },
        { "{'driver': 'virtserialport', 'bus': 'b.0'}",
          "virtio-serial-bus: Out-of-range port id specified, max. allowed: "
          "0" },
        { "{'driver': 'virtserialport', 'bus': 'full.0'}",
          "virtio-serial-bus: Maximum port limit for this device reached" },
        { "{'driver': 'virtserialport', 'bus': 'a.0', 'chardev': 'used'}",
          "Property 'virtserialport.chardev' can't take value 'used': Device "
          "'used' is in use" },
        { "{'driver': 'virtserialport', 'bus': 'a.0', 'chardev': 'foo'}",
          "Property 'virtserialport.chardev' can't find value 'foo'" },
        { "{'driver': 'virtserialport', 'bus': 'pci.0'}",
          "Device 'virtserialport' can't go on PCI bus" },
        { "{'driver': 'virtio-serial-port'}",
          "Parameter 'driver' expects a non-abstract device type" },
        { "{'driver': 'virtio-serial', 'max_ports': 0}",
          "Maximum number of serial ports not specified" },
        { "{'driver': 'virtio-serial', 'max_ports': 512}",
          "maximum ports supported: 511" },
    };
    g_autoptr(GString) full = g_string_new("");
    g_autofree char *before = NULL, *after = NULL;
    QTestState *qts;

    for (int i = 0; i < 31; i++) {
        g_string_append(full, "-device virtserialport,bus=full.0 ");
    }
    qts = qtest_initf("-machine pc -nodefaults -chardev null,id=used "
                      "-device virtio-serial,id=a "
                      "-device virtserialport,nr=3,name=org.test,chardev=used,"
                      "bus=a.0 "
                      "-device virtio-serial,id=b,max_ports=1 "
                      "-device virtio-serial,id=full,max_ports=32 %s",
                      full->str);
    before = hmp_answer(qts, "info qtree");
    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        QObject *args = qobject_from_json(bad[i].args, &error_abort);

        expect_error(qts, "GenericError", bad[i].desc,
                     "{'execute': 'device_add', 'arguments': %p}", args);
    }
    after = hmp_answer(qts, "info qtree");
    g_assert_cmpstr(after, ==, before);
    qtest_quit(qts);

    qts = qtest_init("-machine pc -nodefaults");
    expect_error(qts, "GenericError",
                 "No 'virtio-serial-bus' bus found for device 'virtconsole'",
                 "{'execute': 'device_add', 'arguments':"
                 " {'driver': 'virtconsole'}}");
    qtest_quit(qts);
}

/* The buses' names, the classes and vectors that a device can have. */
static void test_properties(void)
{
    static const struct {
        const char *props;
        uint16_t class, vectors;
        unsigned queues;
    } cases[] = {
        { "", 0x0780, 2, 64 },
        { ",class=0x380", 0x0380, 2, 64 },
        { ",class=0xff", 0x00ff, 2, 64 },
        { ",class=0x100", 0x0780, 2, 64 },
        { ",max_ports=1,vectors=3", 0x0780, 3, 4 },
        { ",max_ports=511,vectors=4294967295", 0x0780, 512, 1024 },
    };

    for (int i = 0; i < ARRAY_SIZE(cases); i++) {
        QVirtioSerial *s = qvirtio_serial_boot(0, cases[i].props, 0,
                                               "-device virtio-serial");
        QDict *rsp = qtest_qmp(s->qts, "{'execute': 'x-query-virtio-status',"
                               " 'arguments': {'path': %s}}", VDEV);
        QDict *status = qdict_get_qdict(rsp, "return");
        g_autofree char *tree = hmp_answer(s->qts, "info qtree");

        g_assert_cmpstr(qdict_get_str(status, "bus-name"), ==, "vs0.0");
        g_assert_cmpstr(qdict_get_str(status, "name"), ==, "virtio-serial");
        g_assert_cmpuint(qdict_get_int(status, "num-vqs"), ==,
                         cases[i].queues);
        g_assert_cmphex(qpci_config_readw(s->pci->pdev, PCI_CLASS_DEVICE), ==,
                        cases[i].class);
        qpci_msix_enable(s->pci->pdev);
        g_assert_cmpuint(qpci_msix_table_size(s->pci->pdev), ==,
                         cases[i].vectors);
        qpci_msix_disable(s->pci->pdev);
        g_assert_nonnull(strstr(tree, "bus: vs0.0\n"));
        g_assert_nonnull(strstr(tree, "bus: virtio-serial-bus.0\n"));
        qobject_unref(rsp);
        qvirtio_serial_shutdown(s);
    }
}

/* Nothing is left of ports and devices that came, were used, and went. */
static void test_leaves_nothing(void)
{
    QVirtioSerial *s = qvirtio_serial_boot(0, "", 1, "");
    Census *before = NULL;

    for (int i = 0; i < 6; i++) {
        if (i == 1) {
            before = census_take(s->qts);
        }
        qtest_qmp_device_add(s->qts, "virtserialport", "p1",
                             "{'nr': 1, 'name': 'n', 'chardev': 'c0'}");
        qvirtio_serial_start(s);
        qvirtio_serial_open(s, 1);
        qvirtio_serial_send(s, 1, "hello", 5);
        qvirtio_serial_wire_expect(s, 0, "hello");
        qtest_qmp_device_del(s->qts, "p1");

        /* A device goes with its ports. */
        qtest_qmp_device_add(s->qts, "virtio-serial-pci", "vs1",
                             "{'addr': '7'}");
        qtest_qmp_device_add(s->qts, "virtserialport", "p2",
                             "{'bus': 'vs1.0', 'name': 'n', 'chardev': 'c0'}");
        qtest_qmp_device_add(s->qts, "virtconsole", "p3", "{'bus': 'vs1.0'}");
        qtest_qmp_device_del_send(s->qts, "vs1");
        qtest_outl(s->qts, 0xae08, 1 << 7);
        census_wait_deleted(s->qts, "vs1");
        while (qtest_qmp_event_ref(s->qts, "DEVICE_DELETED")) {
            /* its ports */
        }
        qvirtio_reset(s->vdev);
    }
    census_check(s->qts, before);
    qvirtio_serial_shutdown(s);
}

static void add_drives(const char *name, void (*test)(gconstpointer))
{
    static const struct {
        const char *name;
        QVirtioSerialDrive drive;
    } drives[] = {
        { "split", 0 },
        { "packed", QVSERIAL_PACKED | QVSERIAL_MSIX | QVSERIAL_EVENT_IDX },
        { "legacy", QVSERIAL_LEGACY },
    };

    for (int i = 0; i < ARRAY_SIZE(drives); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-serial/%s/%s",
                                                drives[i].name, name);

        qtest_add_data_func(path, GINT_TO_POINTER(drives[i].drive), test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_drives("handshake", test_handshake);
    add_drives("hotplug", test_hotplug);
    add_drives("many-ports", test_many_ports);
    add_drives("messages-wait", test_messages_wait);
    add_drives("system-reset", test_system_reset);
    add_drives("bad-messages", test_bad_messages);
    add_drives("small-buffers", test_small_buffers);
    qtest_add_func("/virtio-serial/errors", test_errors);
    qtest_add_func("/virtio-serial/properties", test_properties);
    qtest_add_func("/virtio-serial/leaves-nothing", test_leaves_nothing);
    return g_test_run();
}
