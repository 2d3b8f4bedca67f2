/*
 * virtconsole and virtserialport: bytes between a guest's rings and a chardev.
 *
 * Either side may be slow, or away: the guest gives no buffers, the chardev
 * does not read, closes, is exchanged; the machine stands still; and a request
 * that is half done ends by a reset or an unplug.
 *
 * The tests run on split and packed rings, as a driver before virtio 1, with
 * and without MSI-X and the event index.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include <sys/un.h>
#include <glib/gstdio.h>
#include "libqos/virtio-serial.h"
#include "qapi/qmp/qdict.h"
#include "qemu/cutils.h"
#include "qmp-expect.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

#define PORT    "-device virtserialport,nr=1,chardev=c0,id=p1"
#define CONSOLE "-device virtconsole,chardev=c0,id=con0"

#define BIG     (1024 * 1024)

/* @open for the guest: what the client is told, once a second at most. */
static void expect_change(QVirtioSerial *s, const char *id, bool open)
{
    QDict *event = qtest_qmp_eventwait_ref(s->qts, "VSERPORT_CHANGE");
    QDict *data = qdict_get_qdict(event, "data");

    g_assert_cmpstr(qdict_get_str(data, "id"), ==, id);
    g_assert_true(qdict_get_bool(data, "open") == open);
    qobject_unref(event);
}

/* Have both rings of port @port interrupted?  As INTx they share one. */
static void expect_interrupt(QVirtioSerial *s, QVirtQueue *vq)
{
    gint64 end = g_get_monotonic_time() + QVSERIAL_TIMEOUT_US;

    while (!s->vdev->bus->get_queue_isr_status(s->vdev, vq)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

static void test_port(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive),
                                           ",vectors=8", 1, PORT);
    char got[64];

    qvirtio_serial_begin(s, 1);
    expect_change(s, "p1", true);

    qvirtio_serial_send(s, 1, "to the host", 11);
    expect_interrupt(s, s->out[1]);
    qvirtio_serial_wire_expect(s, 0, "to the host");

    /* No byte is read from the wire before there is room for it. */
    qvirtio_serial_wire_send(s, 0, "to the guest", 12);
    qvirtio_serial_give(s, 1, 3, 8);
    g_assert_cmpuint(qvirtio_serial_recv(s, 1, got), ==, 8);
    g_assert_cmpmem(got, 8, "to the g", 8);
    g_assert_cmpuint(qvirtio_serial_recv(s, 1, got), ==, 4);
    g_assert_cmpmem(got, 4, "uest", 4);
    expect_interrupt(s, s->in[1]);

    qvirtio_serial_wire_send(s, 0, "more", 4);
    g_assert_cmpuint(qvirtio_serial_recv(s, 1, got), ==, 4);
    qvirtio_serial_shutdown(s);
}

/* Several pieces of each direction make one stream. */
static void test_pieces(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    uint32_t head, len;
    uint64_t buf;
    char got[11];

    qvirtio_serial_begin(s, 1);
    buf = guest_alloc(&s->qs->alloc, 4096);
    qtest_memwrite(s->qts, buf, "one, two, three", 15);
    head = qvirtqueue_add(s->qts, s->out[1], buf, 5, false, true);
    qvirtqueue_add(s->qts, s->out[1], buf + 5, 5, false, true);
    qvirtqueue_add(s->qts, s->out[1], buf + 10, 5, false, true);
    /* A piece to write is none of its business. */
    qvirtqueue_add(s->qts, s->out[1], buf + 100, 5, true, false);
    qvirtqueue_kick(s->qts, s->vdev, s->out[1], head);
    g_assert_cmpuint(qvirtio_serial_wait_used(s, s->out[1], &len), ==, head);
    g_assert_cmpuint(len, ==, 0);
    qvirtio_serial_wire_expect(s, 0, "one, two, three");

    head = qvirtqueue_add(s->qts, s->in[1], buf, 4, true, true);
    qvirtqueue_add(s->qts, s->in[1], buf + 100, 4, true, true);
    qvirtqueue_add(s->qts, s->in[1], buf + 200, 4, true, false);
    qvirtqueue_kick(s->qts, s->vdev, s->in[1], head);
    qvirtio_serial_wire_send(s, 0, "abcdefghijk", 11);
    g_assert_cmpuint(qvirtio_serial_wait_used(s, s->in[1], &len), ==, head);
    g_assert_cmpuint(len, ==, 11);
    qtest_memread(s->qts, buf, got, 4);
    qtest_memread(s->qts, buf + 100, got + 4, 4);
    qtest_memread(s->qts, buf + 200, got + 8, 3);
    g_assert_cmpmem(got, 11, "abcdefghijk", 11);

    if (s->in[1]->indirect) {
        QVRingIndirectDesc *table =
            qvring_indirect_desc_setup(s->qts, s->vdev, &s->qs->alloc, 2);

        qvring_indirect_desc_add(s->vdev, s->qts, table, buf, 2, false);
        qvring_indirect_desc_add(s->vdev, s->qts, table, buf + 1, 3, false);
        head = qvirtqueue_add_indirect(s->qts, s->out[1], table);
        qvirtqueue_kick(s->qts, s->vdev, s->out[1], head);
        g_assert_cmpuint(qvirtio_serial_wait_used(s, s->out[1], NULL), ==,
                         head);
        qvirtio_serial_wire_expect(s, 0, "abbcd");
        g_free(table);
    }
    qvirtio_serial_shutdown(s);
}

/* A console has no end that opens; and its chardev's is always open. */
static void test_console(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           CONSOLE);
    char got[64];

    qvirtio_serial_start(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, 0, VIRTIO_CONSOLE_PORT_ADD, 1);
    qvirtio_serial_control(s, 0, VIRTIO_CONSOLE_PORT_READY, 1);
    qvirtio_serial_expect(s, 0, VIRTIO_CONSOLE_CONSOLE_PORT, 1);
    qvirtio_serial_expect(s, 0, VIRTIO_CONSOLE_PORT_OPEN, 1);
    qvirtio_serial_expect_none(s);

    /* Even before it is opened; Linux writes as soon as there is an hvc. */
    qvirtio_serial_send(s, 0, "early", 5);
    qvirtio_serial_wire_expect(s, 0, "early");
    qvirtio_serial_control(s, 0, VIRTIO_CONSOLE_PORT_OPEN, 1);
    expect_change(s, "con0", true);
    qvirtio_serial_give(s, 0, 1, 64);
    qvirtio_serial_wire_send(s, 0, "login", 5);
    g_assert_cmpuint(qvirtio_serial_recv(s, 0, got), ==, 5);
    g_assert_cmpmem(got, 5, "login", 5);
    qvirtio_serial_shutdown(s);
}

/* A driver that never heard of MULTIPORT has one console, and it is open. */
static void test_one_port(gconstpointer data)
{
    QVirtioSerialDrive drive = GPOINTER_TO_INT(data) | QVSERIAL_ONE_PORT;
    QVirtioSerial *s = qvirtio_serial_boot(drive, "", 1, CONSOLE);
    char got[64];

    qvirtio_serial_start(s);
    qvirtio_serial_send(s, 0, "hello", 5);
    qvirtio_serial_wire_expect(s, 0, "hello");
    qvirtio_serial_wire_send(s, 0, "login", 5);
    qvirtio_serial_give(s, 0, 1, 64);
    g_assert_cmpuint(qvirtio_serial_recv(s, 0, got), ==, 5);

    /* Another one in its place is open as well. */
    qvirtio_serial_give(s, 0, 1, 64);
    qtest_qmp_device_del(s->qts, "con0");
    qvirtio_serial_wire_send(s, 0, "again", 5);
    qtest_qmp_device_add(s->qts, "virtconsole", "con1", "{'chardev': 'c0'}");
    g_assert_cmpuint(qvirtio_serial_recv(s, 0, got), ==, 5);
    qvirtio_serial_send(s, 0, "hello", 5);
    qvirtio_serial_wire_expect(s, 0, "hello");
    qvirtio_serial_shutdown(s);

    /* A device that is made for no more does not offer it. */
    s = qvirtio_serial_boot(drive & ~QVSERIAL_ONE_PORT, ",max_ports=1", 1,
                            CONSOLE);
    g_assert_false(qvirtio_get_features(s->vdev) >>
                   VIRTIO_CONSOLE_F_MULTIPORT & 1);
    qvirtio_serial_shutdown(s);
}

/* One side waits for the other */

/* The port has tried to write, and has to wait for the one who reads. */
static void wait_throttled(QVirtioSerial *s)
{
    gint64 end = g_get_monotonic_time() + QVSERIAL_TIMEOUT_US;
    bool throttled;

    do {
        g_autofree char *tree = hmp_answer(s->qts, "info qtree");

        throttled = strstr(tree, "port 1, guest on, host on, throttle on\n");
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    } while (!throttled);
}

/* The wire is full: the guest's buffers stay, and nothing is lost. */
static void test_wire_does_not_read(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc(BIG);
    g_autofree uint8_t *got = g_malloc(BIG);

    generate_pattern(data, BIG, 251);
    qvirtio_serial_begin(s, 1);
    qvirtio_serial_offer(s, 1, data, BIG);
    wait_throttled(s);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));

    qvirtio_serial_wire_recv(s, 0, got, BIG);
    g_assert_cmpmem(got, BIG, data, BIG);
    qvirtio_serial_wait_used(s, s->out[1], NULL);
    qvirtio_serial_send(s, 1, "again", 5);
    qvirtio_serial_wire_expect(s, 0, "again");
    qvirtio_serial_shutdown(s);
}

/* A console's driver must not wait: what does not fit is lost. */
static void test_console_does_not_wait(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           CONSOLE);
    g_autofree uint8_t *data = g_malloc0(BIG);
    g_autofree uint8_t *got = g_malloc(BIG);
    ssize_t n;

    qvirtio_serial_begin(s, 0);
    qvirtio_serial_send(s, 0, data, BIG);
    n = recv(s->wire[0], got, BIG, MSG_DONTWAIT);
    g_assert_cmpint(n, >, 4096);
    while (recv(s->wire[0], got, BIG, MSG_DONTWAIT) > 0) {
        /* all that there was */
    }
    qvirtio_serial_send(s, 0, "now", 3);
    qvirtio_serial_wire_expect(s, 0, "now");
    qvirtio_serial_shutdown(s);
}

/* The guest gives no buffers: bytes wait in the socket. */
static void test_guest_does_not_read(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    static const uint32_t sizes[] = { 100, 1, 4096, 4000, 333 };
    uint8_t data[20000], got[20000 + 4096], big[4096];
    size_t n = 0;

    generate_pattern(data, sizeof(data), 251);
    qvirtio_serial_begin(s, 1);
    qvirtio_serial_wire_send(s, 0, data, sizeof(data));
    for (int i = 0; n < sizeof(data); i++) {
        uint32_t size = sizes[i % ARRAY_SIZE(sizes)];
        uint32_t len;

        qvirtio_serial_give(s, 1, 1, size);
        len = qvirtio_serial_recv(s, 1, got + n);
        n += len;
        g_assert_true(len == size || n == sizeof(data));
    }
    g_assert_cmpmem(got, n, data, sizeof(data));

    /* The guest closes: it still has buffers there, and gets nothing. */
    qvirtio_serial_give(s, 1, 1, 4096);
    qvirtio_serial_control(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 0);
    expect_change(s, "p1", true);
    qtest_clock_step(s->qts, 1000000000);
    expect_change(s, "p1", false);
    qvirtio_serial_wire_send(s, 0, "later", 5);
    g_usleep(10 * 1000);
    g_assert_true(qvirtqueue_idle(s->qts, s->in[1]));
    qvirtio_serial_control(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 1);
    g_assert_cmpuint(qvirtio_serial_recv(s, 1, big), ==, 5);
    g_assert_cmpmem(big, 5, "later", 5);
    qvirtio_serial_shutdown(s);
}

/* While the machine stands still its memory does not change. */
static void test_stopped(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc0(BIG);
    char got[64];

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_give(s, 1, 1, 64);
    qvirtio_serial_offer(s, 1, data, BIG);
    wait_throttled(s);
    qtest_qmp_assert_success(s->qts, "{'execute': 'stop'}");
    qvirtio_serial_wire_send(s, 0, "x", 1);
    /* As much as was in the socket; the rest is in the guest's memory. */
    while (recv(s->wire[0], data, BIG, MSG_DONTWAIT) > 0) {
    }
    g_usleep(10 * 1000);
    g_assert_true(qvirtqueue_idle(s->qts, s->in[1]));
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));

    qtest_qmp_assert_success(s->qts, "{'execute': 'cont'}");
    g_assert_cmpuint(qvirtio_serial_recv(s, 1, got), ==, 1);
    while (qvirtqueue_idle(s->qts, s->out[1])) {
        recv(s->wire[0], data, BIG, MSG_DONTWAIT);
    }
    qvirtio_serial_shutdown(s);
}

/* The other end comes and goes */

static int wire_connect(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    pstrcpy(addr.sun_path, sizeof(addr.sun_path), path);
    g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    return fd;
}

/* The guest of a port is told; what it wrote for nobody comes back. */
static void test_hang_up(gconstpointer drive)
{
    g_autofree char *dir = g_dir_make_tmp("virtio-console-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL);
    g_autofree char *opts = g_strdup_printf(
        "-chardev socket,id=s,path=%s,server=on,wait=off "
        "-device virtserialport,nr=2,chardev=s", path);
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 0,
                                           opts);
    g_autofree uint8_t *data = g_malloc0(BIG);

    s->wires = 1;
    qvirtio_serial_start(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, 2, VIRTIO_CONSOLE_PORT_ADD, 1);
    qvirtio_serial_control(s, 2, VIRTIO_CONSOLE_PORT_READY, 1);
    qvirtio_serial_expect_none(s);
    qvirtio_serial_control(s, 2, VIRTIO_CONSOLE_PORT_OPEN, 1);
    qvirtio_serial_send(s, 2, "nobody", 6);

    for (int i = 0; i < 2; i++) {
        s->wire[0] = wire_connect(path);
        qvirtio_serial_expect(s, 2, VIRTIO_CONSOLE_PORT_OPEN, 1);
        qvirtio_serial_send(s, 2, "hello", 5);
        qvirtio_serial_wire_expect(s, 0, "hello");
        /* It goes away in the middle of what it does not read. */
        qvirtio_serial_offer(s, 2, data, BIG);
        qvirtio_serial_offer(s, 2, data, BIG);
        g_assert_true(qvirtqueue_idle(s->qts, s->out[2]));
        close(s->wire[0]);
        qvirtio_serial_expect(s, 2, VIRTIO_CONSOLE_PORT_OPEN, 0);
        qvirtio_serial_wait_used(s, s->out[2], NULL);
        qvirtio_serial_wait_used(s, s->out[2], NULL);
    }
    s->wires = 0;
    qvirtio_serial_shutdown(s);
    g_unlink(path);
    g_rmdir(dir);
}

/* It goes when the machine stands still, and is missed afterwards. */
static void test_hang_up_stopped(void)
{
    QVirtioSerial *s = qvirtio_serial_boot(0, "", 1, PORT);

    qvirtio_serial_begin(s, 1);
    qtest_qmp_assert_success(s->qts, "{'execute': 'stop'}");
    shutdown(s->wire[0], SHUT_RDWR);
    g_usleep(10 * 1000);
    qtest_qmp_assert_success(s->qts, "{'execute': 'cont'}");
    qvirtio_serial_expect(s, 1, VIRTIO_CONSOLE_PORT_OPEN, 0);
    qvirtio_serial_send(s, 1, "nobody", 6);
    qvirtio_serial_shutdown(s);
}

/* A pipe that is full, until somebody reads. */
static void test_full_pipe(void)
{
    g_autofree char *dir = g_dir_make_tmp("virtio-console-XXXXXX", NULL);
    g_autofree char *in = g_build_filename(dir, "p.in", NULL);
    g_autofree char *out = g_build_filename(dir, "p.out", NULL);
    g_autofree char *opts = g_strdup_printf(
        "-chardev pipe,id=p,path=%s/p -device virtserialport,nr=1,chardev=p",
        dir);
    g_autofree uint8_t *data = g_malloc0(BIG);
    QVirtioSerial *s;
    int ours;

    g_assert_cmpint(mkfifo(in, 0600), ==, 0);
    g_assert_cmpint(mkfifo(out, 0600), ==, 0);
    ours = open(out, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    s = qvirtio_serial_boot(0, "", 0, opts);
    qvirtio_serial_begin(s, 1);
    qvirtio_serial_offer(s, 1, data, BIG);
    wait_throttled(s);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));
    while (qvirtqueue_idle(s->qts, s->out[1])) {
        if (read(ours, data, BIG) < 0) {
            g_assert_cmpint(errno, ==, EAGAIN);
        }
    }
    qvirtio_serial_shutdown(s);
    close(ours);
    g_unlink(in);
    g_unlink(out);
    g_rmdir(dir);
}

/* A full disk takes nothing, and will not take more for waiting. */
static void test_full_disk(void)
{
    QVirtioSerial *s = qvirtio_serial_boot(0, "", 0,
        "-chardev file,id=f,path=/dev/full "
        "-device virtserialport,nr=1,chardev=f");

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_send(s, 1, "lost", 4);
    qvirtio_serial_send(s, 1, "too", 3);
    qvirtio_serial_shutdown(s);
}

/* chardev-change, also in the middle of a request. */
static void test_change(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc0(BIG);

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_offer(s, 1, data, BIG);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));
    qtest_qmp_assert_success(s->qts, "{'execute': 'chardev-change',"
                             " 'arguments': {'id': 'c0', 'backend':"
                             " {'type': 'ringbuf', 'data':"
                             "  {'size': 16}}}}");
    qvirtio_serial_wait_used(s, s->out[1], NULL);
    qvirtio_serial_send(s, 1, "new", 3);
    qvirtio_serial_shutdown(s);
}

/* The middle of a request is the end */

/* Nothing of the old request is seen by the new driver. */
static void test_reset(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc0(BIG);

    qvirtio_serial_begin(s, 1);
    expect_change(s, "p1", true);
    qvirtio_serial_offer(s, 1, data, BIG);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));
    qvirtio_reset(s->vdev);
    qtest_clock_step(s->qts, 1000000000);
    expect_change(s, "p1", false);
    while (recv(s->wire[0], data, BIG, MSG_DONTWAIT) > 0) {
    }
    qvirtio_serial_wire_expect_none(s, 0);

    qvirtio_serial_begin(s, 1);
    qtest_clock_step(s->qts, 1000000000);
    expect_change(s, "p1", true);
    qvirtio_serial_send(s, 1, "new", 3);
    qvirtio_serial_wire_expect(s, 0, "new");
    qvirtio_serial_wire_expect_none(s, 0);
    qvirtio_serial_shutdown(s);
}

/* VIRTIO_F_RING_RESET: one queue starts anew. */
static void test_queue_reset(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc0(BIG);
    QPCIDevice *pdev = s->pci->pdev;
    uint64_t common = s->pci->common_cfg_offset;

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_offer(s, 1, data, BIG);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));
    s->vdev->bus->queue_select(s->vdev, s->out[1]->index);
    qpci_io_writew(pdev, s->pci->bar, common + 58, 1);
    g_assert_cmpuint(qpci_io_readw(pdev, s->pci->bar, common + 58), ==, 0);
    while (recv(s->wire[0], data, BIG, MSG_DONTWAIT) > 0) {
    }
    qvirtio_serial_wire_expect_none(s, 0);

    qvirtqueue_cleanup(s->vdev->bus, s->out[1], &s->qs->alloc);
    s->out[1] = qvirtqueue_setup(s->vdev, &s->qs->alloc, 5);
    qvirtio_serial_send(s, 1, "new", 3);
    qvirtio_serial_wire_expect(s, 0, "new");
    qvirtio_serial_shutdown(s);
}

/* The port goes in the middle: its buffers come back. */
static void test_unplug_port(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc0(BIG);

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_offer(s, 1, data, BIG);
    qvirtio_serial_offer(s, 1, data, BIG);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));
    qtest_qmp_device_del(s->qts, "p1");
    qvirtio_serial_wait_used(s, s->out[1], NULL);
    qvirtio_serial_wait_used(s, s->out[1], NULL);
    qvirtio_serial_expect(s, 1, VIRTIO_CONSOLE_PORT_REMOVE, 1);

    /* Queues of no port take what is given, and say nothing. */
    qvirtio_serial_send(s, 1, "nobody", 6);
    qvirtio_serial_give(s, 1, 1, 64);
    g_assert_true(qvirtqueue_idle(s->qts, s->in[1]));

    /* The next one finds the guest's buffers there. */
    qtest_qmp_device_add(s->qts, "virtserialport", "p2",
                         "{'nr': 1, 'chardev': 'c0'}");
    qvirtio_serial_shutdown(s);
}

/* The whole device goes in the middle, with port and chardev in use. */
static void test_unplug_device(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
                                           PORT);
    g_autofree uint8_t *data = g_malloc0(BIG);

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_offer(s, 1, data, BIG);
    g_assert_true(qvirtqueue_idle(s->qts, s->out[1]));
    qvirtio_serial_unplug(s);
    qtest_qmp_eventwait(s->qts, "DEVICE_DELETED");
    qtest_qmp_eventwait(s->qts, "DEVICE_DELETED");
    while (recv(s->wire[0], data, BIG, MSG_DONTWAIT) > 0) {
    }
    qvirtio_serial_wire_send(s, 0, "nobody", 6);
    qtest_qmp_assert_success(s->qts, "{'execute': 'chardev-remove',"
                             " 'arguments': {'id': 'c0'}}");
    qvirtio_serial_shutdown_unplugged(s);
}

/* The emergency write (virtio 1.2, 5.3.4): no driver is needed for it. */
static void test_emergency(gconstpointer drive)
{
    uint64_t emerg_wr = offsetof(struct virtio_console_config, emerg_wr);
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 2,
        "-device virtserialport,nr=1,chardev=c1 " CONSOLE);

    g_assert_true(qvirtio_get_features(s->vdev) >>
                  VIRTIO_CONSOLE_F_EMERG_WRITE & 1);
    qvirtio_serial_config_write(s, emerg_wr, 4, 'A');
    qvirtio_serial_config_write(s, emerg_wr, 4, 0xffffff42);
    qvirtio_serial_config_write(s, emerg_wr, 2, 'C');
    qvirtio_serial_config_write(s, emerg_wr, 1, 'D');
    qvirtio_serial_config_write(s, emerg_wr, 4, 0);
    qvirtio_serial_wire_expect(s, 0, "ABCD");
    g_assert_cmphex(qvirtio_config_readl(s->vdev, emerg_wr), ==, 0);

    /* The other fields are not to be written, and the next is not there. */
    qvirtio_serial_config_write(s, 0, 4, 0x11112222);
    qvirtio_serial_config_write(s, 4, 4, 1);
    qvirtio_serial_config_write(s, 12, 4, 'X');
    g_assert_cmphex(qvirtio_config_readl(s->vdev, 0), ==, 0);
    g_assert_cmphex(qvirtio_config_readl(s->vdev, 4), ==, 31);
    g_assert_cmphex(qvirtio_config_readb(s->vdev, 4), ==, 31);
    g_assert_cmphex(qvirtio_config_readw(s->vdev, 5), ==, 0);
    g_assert_cmphex(qvirtio_config_readl(s->vdev, 12), ==, 0xffffffff);
    qvirtio_serial_wire_expect_none(s, 0);
    qvirtio_serial_wire_expect_none(s, 1);
    qvirtio_serial_shutdown(s);

    /* Without the feature the field is not there either. */
    s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), ",emergency-write=off", 1,
                            CONSOLE);
    g_assert_false(qvirtio_get_features(s->vdev) >>
                   VIRTIO_CONSOLE_F_EMERG_WRITE & 1);
    g_assert_cmphex(qvirtio_config_readl(s->vdev, emerg_wr), ==, 0xffffffff);
    qvirtio_serial_config_write(s, emerg_wr, 4, 'A');
    qvirtio_serial_wire_expect_none(s, 0);
    qvirtio_serial_shutdown(s);
}

/* A console that shares its chardev with a monitor. */
static void test_mux(void)
{
    QVirtioSerial *s = qvirtio_serial_boot(0, "", 1,
        "-chardev null,id=n,mux=on -mon chardev=n "
        "-device virtconsole,chardev=n -device virtserialport,chardev=c0");

    qvirtio_serial_start(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, 0, VIRTIO_CONSOLE_PORT_ADD, 1);
    qvirtio_serial_expect(s, 1, VIRTIO_CONSOLE_PORT_ADD, 1);
    qvirtio_serial_open(s, 0);
    qvirtio_serial_send(s, 0, "text", 4);
    qvirtio_serial_shutdown(s);
}

#define SPLIT   0

static const struct {
    const char *name;
    QVirtioSerialDrive drive;
} drives[] = {
    { "split", SPLIT },
    { "split-msix", QVSERIAL_MSIX | QVSERIAL_EVENT_IDX | QVSERIAL_INDIRECT },
    { "packed", QVSERIAL_PACKED },
    { "packed-msix", QVSERIAL_PACKED | QVSERIAL_MSIX | QVSERIAL_EVENT_IDX |
      QVSERIAL_INDIRECT },
    { "legacy", QVSERIAL_LEGACY },
    { "legacy-msix", QVSERIAL_LEGACY | QVSERIAL_MSIX },
};

/* @all: with the drives that have another way to interrupt as well */
static void add_drives(const char *name, void (*test)(gconstpointer), bool all)
{
    for (int i = 0; i < ARRAY_SIZE(drives); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-console/%s/%s",
                                                drives[i].name, name);

        if (all || !(drives[i].drive & QVSERIAL_MSIX)) {
            qtest_add_data_func(path, GINT_TO_POINTER(drives[i].drive), test);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_drives("port", test_port, true);
    add_drives("pieces", test_pieces, true);
    add_drives("console", test_console, false);
    add_drives("one-port", test_one_port, false);
    add_drives("wire-does-not-read", test_wire_does_not_read, false);
    add_drives("console-does-not-wait", test_console_does_not_wait, false);
    add_drives("guest-does-not-read", test_guest_does_not_read, false);
    add_drives("stopped", test_stopped, false);
    add_drives("hang-up", test_hang_up, false);
    add_drives("change", test_change, false);
    add_drives("reset", test_reset, false);
    add_drives("unplug-port", test_unplug_port, false);
    add_drives("unplug-device", test_unplug_device, false);
    add_drives("emergency", test_emergency, false);
    qtest_add_data_func("/virtio-console/split/queue-reset",
                        GINT_TO_POINTER(SPLIT), test_queue_reset);
    qtest_add_data_func("/virtio-console/packed/queue-reset",
                        GINT_TO_POINTER(QVSERIAL_PACKED), test_queue_reset);
    qtest_add_func("/virtio-console/hang-up-stopped", test_hang_up_stopped);
    qtest_add_func("/virtio-console/full-pipe", test_full_pipe);
    qtest_add_func("/virtio-console/full-disk", test_full_disk);
    qtest_add_func("/virtio-console/mux", test_mux);
    return g_test_run();
}
