/*
 * virtio-rng and its back ends: what a driver gets, how much of it and when.
 *
 * Tests that move data run with split and with packed rings, and as a driver
 * before virtio 1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include "hw/pci/pci_regs.h"
#include "libqtest.h"
#include "libqos/libqos.h"
#include "libqos/virtio-pci.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qjson.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ids.h"

#define TIMEOUT_US      (120 * G_USEC_PER_SEC)
#define MS              1000000LL
#define SLOT            4

typedef enum Drive {
    SPLIT,
    PACKED,
    LEGACY,
} Drive;

typedef struct RngTest {
    QOSState *qs;
    QTestState *qts;
    QVirtioPCIDevice *pci;
    QVirtioDevice *vdev;
    QVirtQueue *vq;
    int daemon;             /* the other end of chardev "egd" */
} RngTest;

/* @opts: back ends; @props: of the device */
static void rng_boot(RngTest *t, Drive drive, const char *opts,
                     const char *props)
{
    QPCIAddress addr = { .devfn = QPCI_DEVFN(SLOT, 0) };
    uint64_t wanted = 1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_F_RING_PACKED;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    t->qs = qtest_pc_boot("-nodefaults -chardev socket,id=egd,fd=%d %s "
                          "-device virtio-rng-pci,id=rng0,addr=%d.0,packed=%s%s",
                          sv[1], opts, SLOT, drive == PACKED ? "on" : "off",
                          props);
    close(sv[1]);
    t->daemon = sv[0];
    t->qts = t->qs->qts;
    t->pci = virtio_pci_new(t->qs->pcibus, &addr);
    t->vdev = &t->pci->vdev;
    qvirtio_pci_set_legacy(t->pci, drive == LEGACY);
    qvirtio_pci_device_enable(t->pci);
    g_assert_cmphex(qpci_config_readw(t->pci->pdev, PCI_DEVICE_ID), ==,
                    0x1000 + VIRTIO_ID_RNG + 1);

    qvirtio_start_device(t->vdev);
    qvirtio_set_features(t->vdev, qvirtio_get_features(t->vdev) & wanted);
    t->vq = qvirtqueue_setup(t->vdev, &t->qs->alloc, 0);
    g_assert_true(t->vq->packed == (drive == PACKED));
    g_assert_cmpint(t->vq->size, ==, 8);
    qvirtio_set_driver_ok(t->vdev);
}

static void rng_shutdown(RngTest *t)
{
    qvirtqueue_cleanup(t->vdev->bus, t->vq, &t->qs->alloc);
    qvirtio_pci_device_free(t->pci);
    qtest_shutdown(t->qs);
    close(t->daemon);
}

/* Ask for @len bytes: the buffer, whose number in the ring is *@head. */
static uint64_t rng_ask(RngTest *t, uint32_t len, uint32_t *head)
{
    uint64_t buf = guest_alloc(&t->qs->alloc, len);

    *head = qvirtqueue_add(t->qts, t->vq, buf, len, true, false);
    qvirtqueue_kick(t->qts, t->vdev, t->vq, *head);
    return buf;
}

/* They have come: how many. */
static uint32_t rng_wait(RngTest *t, uint32_t head)
{
    uint32_t len;

    qvirtio_wait_used_elem(t->qts, t->vdev, t->vq, head, &len, TIMEOUT_US);
    return len;
}

static void rng_expect_none(RngTest *t)
{
    g_usleep(20 * 1000);
    g_assert_true(qvirtqueue_idle(t->qts, t->vq));
}

/* With no back end the device has one of its own. */
static void test_default(gconstpointer drive)
{
    uint8_t a[64], b[64];
    uint64_t buf;
    uint32_t head;
    RngTest t;

    rng_boot(&t, GPOINTER_TO_INT(drive), "", "");
    buf = rng_ask(&t, sizeof(a), &head);
    g_assert_cmpuint(rng_wait(&t, head), ==, sizeof(a));
    qtest_memread(t.qts, buf, a, sizeof(a));
    buf = rng_ask(&t, sizeof(b), &head);
    g_assert_cmpuint(rng_wait(&t, head), ==, sizeof(b));
    qtest_memread(t.qts, buf, b, sizeof(b));
    g_assert_cmpint(memcmp(a, b, sizeof(a)), !=, 0);
    rng_shutdown(&t);
}

/* -seed makes it repeatable. */
static void test_seed(void)
{
    uint8_t got[2][16];

    for (int i = 0; i < 2; i++) {
        uint64_t buf;
        uint32_t head;
        RngTest t;

        rng_boot(&t, SPLIT, "-seed 4711", "");
        buf = rng_ask(&t, sizeof(got[i]), &head);
        g_assert_cmpuint(rng_wait(&t, head), ==, sizeof(got[i]));
        qtest_memread(t.qts, buf, got[i], sizeof(got[i]));
        rng_shutdown(&t);
    }
    g_assert_cmpmem(got[0], sizeof(got[0]), got[1], sizeof(got[1]));
}

/* Several buffers at once are filled one after the other. */
static void test_file(gconstpointer drive)
{
    static const char content[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    g_autofree char *path = NULL;
    g_autofree char *opts = NULL;
    char got[10];
    uint64_t buf[2];
    uint32_t head[2];
    RngTest t;
    int fd = g_file_open_tmp("rng-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, content, 20), ==, 20);
    close(fd);
    opts = g_strdup_printf("-object rng-random,id=r,filename=%s", path);
    rng_boot(&t, GPOINTER_TO_INT(drive), opts, ",rng=r");
    for (int i = 0; i < 2; i++) {
        buf[i] = rng_ask(&t, 10, &head[i]);
    }
    for (int i = 0; i < 2; i++) {
        g_assert_cmpuint(rng_wait(&t, head[i]), ==, 10);
        qtest_memread(t.qts, buf[i], got, 10);
        g_assert_cmpmem(got, 10, content + 10 * i, 10);
    }

    /* A file that has ended is no source; the guest waits, and we do not. */
    rng_ask(&t, 10, &head[0]);
    rng_expect_none(&t);
    rng_shutdown(&t);
    unlink(path);
}

/* The quota is for a period, which begins with the first request. */
static void test_rate_limit(gconstpointer drive)
{
    uint32_t head[3];
    RngTest t;

    rng_boot(&t, GPOINTER_TO_INT(drive), "", ",max-bytes=16,period=1000");
    head[0] = 0;
    rng_ask(&t, 12, &head[0]);
    g_assert_cmpuint(rng_wait(&t, head[0]), ==, 12);
    qtest_clock_step(t.qts, 600 * MS);
    rng_ask(&t, 12, &head[1]);
    g_assert_cmpuint(rng_wait(&t, head[1]), ==, 4);
    rng_ask(&t, 20, &head[2]);
    rng_expect_none(&t);
    qtest_clock_step(t.qts, 399 * MS);
    rng_expect_none(&t);
    qtest_clock_step(t.qts, 1 * MS);
    g_assert_cmpuint(rng_wait(&t, head[2]), ==, 16);
    rng_shutdown(&t);
}

/* rng-egd */

#define EGD_OPTS "-object rng-egd,id=r,chardev=egd"

static void egd_expect_request(RngTest *t, uint8_t len)
{
    struct pollfd pfd = { .fd = t->daemon, .events = POLLIN };
    uint8_t header[2];

    g_assert_cmpint(poll(&pfd, 1, TIMEOUT_US / 1000), ==, 1);
    g_assert_cmpint(recv(t->daemon, header, 2, MSG_WAITALL), ==, 2);
    g_assert_cmphex(header[0], ==, 0x02);
    g_assert_cmpuint(header[1], ==, len);
}

static void egd_expect_silence(RngTest *t)
{
    struct pollfd pfd = { .fd = t->daemon, .events = POLLIN };

    g_assert_cmpint(poll(&pfd, 1, 20), ==, 0);
}

static void egd_answer(RngTest *t, size_t len, int c)
{
    g_autofree char *data = g_malloc(len);

    memset(data, c, len);
    g_assert_cmpint(send(t->daemon, data, len, 0), ==, len);
}

static void test_egd(gconstpointer drive)
{
    uint8_t got[300];
    uint64_t buf;
    uint32_t head;
    RngTest t;

    rng_boot(&t, GPOINTER_TO_INT(drive), EGD_OPTS, ",rng=r");
    buf = rng_ask(&t, sizeof(got), &head);
    egd_expect_request(&t, 255);
    egd_expect_request(&t, 45);
    egd_answer(&t, 255, 'a');
    rng_expect_none(&t);
    egd_answer(&t, 45, 'b');
    g_assert_cmpuint(rng_wait(&t, head), ==, sizeof(got));
    qtest_memread(t.qts, buf, got, sizeof(got));
    g_assert_cmpint(got[0], ==, 'a');
    g_assert_cmpint(got[254], ==, 'a');
    g_assert_cmpint(got[255], ==, 'b');
    g_assert_cmpint(got[299], ==, 'b');
    rng_shutdown(&t);
}

/* One question at a time, however often the guest kicks. */
static void test_one_question(void)
{
    uint32_t head[4];
    RngTest t;

    rng_boot(&t, SPLIT, EGD_OPTS, ",rng=r");
    for (int i = 0; i < ARRAY_SIZE(head); i++) {
        rng_ask(&t, 8, &head[i]);
    }
    egd_expect_request(&t, 8);
    egd_expect_silence(&t);
    egd_answer(&t, 8, 'x');
    g_assert_cmpuint(rng_wait(&t, head[0]), ==, 8);
    egd_expect_request(&t, 24);
    egd_answer(&t, 24, 'y');
    for (int i = 1; i < ARRAY_SIZE(head); i++) {
        g_assert_cmpuint(rng_wait(&t, head[i]), ==, 8);
    }
    rng_shutdown(&t);
}

/* A guest that has room for 4 GiB is not given them at once. */
static void test_greedy(void)
{
    uint32_t head;
    RngTest t;

    rng_boot(&t, SPLIT, "-m 16M", "");
    for (int i = 0; i < 8; i++) {
        head = qvirtqueue_add(t.qts, t.vq, 0x100000, 0xe00000, true, false);
        if (i == 0) {
            qvirtqueue_kick(t.qts, t.vdev, t.vq, head);
        }
    }
    g_assert_cmpuint(rng_wait(&t, 0), ==, 64 * 1024);
    rng_shutdown(&t);
}

/* While the machine stands still nothing comes; afterwards it does. */
static void test_stopped(void)
{
    uint32_t head;
    RngTest t;

    rng_boot(&t, SPLIT, EGD_OPTS, ",rng=r");
    rng_ask(&t, 8, &head);
    egd_expect_request(&t, 8);
    qtest_qmp_assert_success(t.qts, "{'execute': 'stop'}");
    egd_answer(&t, 8, 'x');
    rng_expect_none(&t);
    qtest_qmp_assert_success(t.qts, "{'execute': 'cont'}");
    egd_expect_request(&t, 8);
    egd_answer(&t, 8, 'y');
    g_assert_cmpuint(rng_wait(&t, head), ==, 8);
    rng_shutdown(&t);
}

/* Buffers that are there before DRIVER_OK are filled after it. */
static void test_before_driver_ok(void)
{
    uint32_t head;
    RngTest t;

    rng_boot(&t, SPLIT, "", "");
    qvirtqueue_cleanup(t.vdev->bus, t.vq, &t.qs->alloc);
    qvirtio_start_device(t.vdev);
    qvirtio_set_features(t.vdev, 1ull << VIRTIO_F_VERSION_1);
    t.vq = qvirtqueue_setup(t.vdev, &t.qs->alloc, 0);
    rng_ask(&t, 8, &head);
    rng_expect_none(&t);
    qvirtio_set_driver_ok(t.vdev);
    g_assert_cmpuint(rng_wait(&t, head), ==, 8);
    rng_shutdown(&t);
}

/* The device goes while the daemon thinks; its answer finds nobody. */
static void test_unplug_asked(void)
{
    uint32_t head;
    RngTest t;

    rng_boot(&t, SPLIT, EGD_OPTS, ",rng=r");
    rng_ask(&t, 8, &head);
    egd_expect_request(&t, 8);
    qtest_qmp_device_del_send(t.qts, "rng0");
    qtest_outl(t.qts, 0xae08, 1 << SLOT);
    qtest_qmp_eventwait(t.qts, "DEVICE_DELETED");
    egd_answer(&t, 8, 'x');
    qtest_qmp_assert_success(t.qts, "{'execute': 'object-del',"
                             " 'arguments': {'id': 'r'}}");
    qvirtqueue_cleanup(t.vdev->bus, t.vq, &t.qs->alloc);
    g_free(t.pci->pdev);
    g_free(t.pci);
    qtest_shutdown(t.qs);
    close(t.daemon);
}

/* A reset forgets what was asked, and what comes then is for the next. */
static void test_reset_asked(void)
{
    uint32_t head;
    RngTest t;

    rng_boot(&t, SPLIT, EGD_OPTS, ",rng=r");
    rng_ask(&t, 8, &head);
    egd_expect_request(&t, 8);
    qvirtqueue_cleanup(t.vdev->bus, t.vq, &t.qs->alloc);
    qvirtio_start_device(t.vdev);
    qvirtio_set_features(t.vdev, 1ull << VIRTIO_F_VERSION_1);
    t.vq = qvirtqueue_setup(t.vdev, &t.qs->alloc, 0);
    qvirtio_set_driver_ok(t.vdev);
    egd_answer(&t, 8, 'x');
    rng_ask(&t, 4, &head);
    rng_shutdown(&t);
}

/* What cannot be is refused, in QEMU's words. */
static void test_errors(void)
{
    static const struct {
        const char *cmd, *args, *desc;
    } bad[] = {
        { "device_add", "{'driver': 'virtio-rng-pci', 'period': 0}",
          "'period' parameter expects a positive integer" },
        { "device_add",
          "{'driver': 'virtio-rng-pci', 'max-bytes': 9223372036854775808}",
          "'max-bytes' parameter must be non-negative, and less than 2^63" },
        { "device_add", "{'driver': 'virtio-rng-pci', 'rng': 'foo'}",
          "Device 'foo' not found" },
        { "object-add", "{'qom-type': 'rng-random', 'id': 'a',"
          " 'filename': '/nosuch'}",
          "Could not open '/nosuch': No such file or directory" },
        { "object-add", "{'qom-type': 'rng-egd', 'id': 'a', 'chardev': 'x'}",
          "Device 'x' not found" },
        { "object-add", "{'qom-type': 'rng-egd', 'id': 'a'}",
          "Parameter 'chardev' is missing" },
        { "object-add", "{'qom-type': 'rng-egd', 'id': 'a', 'chardev': 'c'}",
          "Device 'c' is in use" },
    };
    QTestState *qts = qtest_init("-machine pc -chardev null,id=c "
                                 "-object rng-egd,id=taken,chardev=c");

    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        QDict *rsp = qtest_qmp(qts, "{'execute': %s, 'arguments': %p}",
                               bad[i].cmd,
                               qobject_from_json(bad[i].args, &error_abort));

        g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"),
                        ==, bad[i].desc);
        qobject_unref(rsp);
    }
    qtest_quit(qts);
}

static void add_drives(const char *name, void (*test)(gconstpointer))
{
    static const char *const drives[] = { "split", "packed", "legacy" };

    for (int i = 0; i < ARRAY_SIZE(drives); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-rng/%s/%s", drives[i],
                                                name);

        qtest_add_data_func(path, GINT_TO_POINTER(i), test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_drives("default", test_default);
    add_drives("file", test_file);
    add_drives("rate-limit", test_rate_limit);
    add_drives("egd", test_egd);
    qtest_add_func("/virtio-rng/seed", test_seed);
    qtest_add_func("/virtio-rng/one-question", test_one_question);
    qtest_add_func("/virtio-rng/greedy", test_greedy);
    qtest_add_func("/virtio-rng/stopped", test_stopped);
    qtest_add_func("/virtio-rng/before-driver-ok", test_before_driver_ok);
    qtest_add_func("/virtio-rng/unplug-asked", test_unplug_asked);
    qtest_add_func("/virtio-rng/reset-asked", test_reset_asked);
    qtest_add_func("/virtio-rng/errors", test_errors);
    return g_test_run();
}
