/*
 * virtio over MMIO: the registers of both versions, data through both kinds of
 * rings, and drivers that lie.
 *
 * Everything that moves data runs in three drives: version 1, and version 2
 * with split and with packed rings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include "hw/i386/microvm.h"
#include "libqos/libqos-malloc.h"
#include "libqos/virtio-mmio.h"
#include "libqtest.h"
#include "qapi/qmp/qdict.h"
#include "qemu/units.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_mmio.h"
#include "standard-headers/linux/virtio_net.h"

#define TIMEOUT_US (120 * G_USEC_PER_SEC)
#define PAGE       4096

/* Without ACPI: 8 transports, with GSIs from 5 on. */
#define GSI(n)     (5 + (n))
#define ADDR(n)    (VIRTIO_MMIO_BASE + (n) * MICROVM_TRANSPORT_SIZE)

typedef enum Drive {
    LEGACY,
    SPLIT,
    PACKED,
} Drive;

typedef struct MMIOTest {
    QTestState *qts;
    QGuestAllocator alloc;
    QVirtioMMIODevice dev;
    QVirtioDevice *vdev;
    int wire;                   /* the other end of "wire", or of its netdev */
} MMIOTest;

/* @device is plugged into transport 2; @opts: back ends. */
static void mmio_boot(MMIOTest *t, Drive drive, const char *device,
                      const char *opts)
{
    int type = strstr(device, "net") ? SOCK_DGRAM : SOCK_STREAM;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, type, 0, sv), ==, 0);
    fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    t->qts = qtest_initf("-machine microvm,acpi=off -nodefaults "
                         "-global virtio-mmio.force-legacy=%s "
                         "%s%d %s "
                         "-device %s,id=dev,bus=virtio-mmio-bus.2,packed=%s",
                         drive == LEGACY ? "on" : "off",
                         type == SOCK_DGRAM ? "-netdev socket,id=n0,fd="
                                            : "-chardev socket,id=wire,fd=",
                         sv[1], opts, device, drive == PACKED ? "on" : "off");
    close(sv[1]);
    t->wire = sv[0];
    alloc_init(&t->alloc, ALLOC_NO_FLAGS, 1 * MiB, 128 * MiB, PAGE);
    qvirtio_mmio_init_device(&t->dev, t->qts, ADDR(2), PAGE);
    t->vdev = &t->dev.vdev;
    g_assert_cmpuint(t->dev.version, ==, drive == LEGACY ? 1 : 2);
}

static void mmio_stop(MMIOTest *t)
{
    alloc_destroy(&t->alloc);
    qtest_quit(t->qts);
    close(t->wire);
}

/* From reset to features, with what the drive means and of @more is offered. */
static void mmio_negotiate(MMIOTest *t, uint64_t more)
{
    qvirtio_start_device(t->vdev);
    qvirtio_set_features(t->vdev, qvirtio_get_features(t->vdev) &
                         (more | 1ull << VIRTIO_F_VERSION_1 |
                          1ull << VIRTIO_F_RING_PACKED));
}

static uint32_t reg_read(MMIOTest *t, uint32_t reg)
{
    return qvirtio_mmio_read(&t->dev, reg);
}

static void reg_write(MMIOTest *t, uint32_t reg, uint32_t value)
{
    qvirtio_mmio_write(&t->dev, reg, value);
}

/* A device that fills buffers: the shortest of all drivers. */

static QVirtQueue *rng_start(MMIOTest *t)
{
    QVirtQueue *vq;

    mmio_negotiate(t, 0);
    vq = qvirtqueue_setup(t->vdev, &t->alloc, 0);
    qvirtio_set_driver_ok(t->vdev);
    return vq;
}

static uint32_t rng_ask(MMIOTest *t, QVirtQueue *vq, uint32_t len)
{
    uint64_t buf = guest_alloc(&t->alloc, len);
    uint32_t head = qvirtqueue_add(t->qts, vq, buf, len, true, false);

    qvirtqueue_kick(t->qts, t->vdev, vq, head);
    return head;
}

/* It works, from reset on: what every lie has to end with. */
static void rng_check(MMIOTest *t)
{
    QVirtQueue *vq = rng_start(t);
    uint32_t head = rng_ask(t, vq, 64), len;

    qvirtio_wait_used_elem(t->qts, t->vdev, vq, head, &len, TIMEOUT_US);
    g_assert_cmpuint(len, ==, 64);
    qvirtqueue_cleanup(t->vdev->bus, vq, &t->alloc);
}

/* Registers */

/* A transport without a device says who it is, and that nobody is there. */
static void test_empty(gconstpointer drive)
{
    QVirtioMMIODevice empty;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    g_assert_cmpuint(t.vdev->device_type, ==, VIRTIO_ID_RNG);
    for (int i = 0; i < 8; i++) {
        if (i == 2) {
            continue;
        }
        qvirtio_mmio_init_device(&empty, t.qts, ADDR(i), PAGE);
        g_assert_cmpuint(empty.vdev.device_type, ==, 0);
        g_assert_cmpuint(empty.version, ==, t.dev.version);
        qvirtio_mmio_write(&empty, VIRTIO_MMIO_STATUS, 1);
        qvirtio_mmio_write(&empty, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
        g_assert_cmpuint(qvirtio_mmio_read(&empty, VIRTIO_MMIO_STATUS), ==, 0);
        g_assert_cmpuint(qvirtio_mmio_read(&empty, VIRTIO_MMIO_CONFIG), ==, 0);
    }
    mmio_stop(&t);
}

/* Registers have 32 bits; the configuration space has any size. */
static void test_sizes(gconstpointer drive)
{
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-net-device,netdev=n0,"
              "mac=52:54:00:12:34:56", "");
    for (int reg = 0; reg < VIRTIO_MMIO_CONFIG; reg += 4) {
        g_assert_cmpuint(qtest_readb(t.qts, ADDR(2) + reg), ==, 0);
        g_assert_cmpuint(qtest_readw(t.qts, ADDR(2) + reg), ==, 0);
    }
    qtest_writeb(t.qts, ADDR(2) + VIRTIO_MMIO_STATUS, 1);
    qtest_writew(t.qts, ADDR(2) + VIRTIO_MMIO_STATUS, 1);
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_STATUS), ==, 0);

    g_assert_cmphex(qvirtio_config_readb(t.vdev, 5), ==, 0x56);
    g_assert_cmphex(qvirtio_config_readw(t.vdev, 4), ==, 0x5634);
    g_assert_cmphex(qvirtio_config_readl(t.vdev, 0), ==, 0x12005452);
    g_assert_cmphex(qvirtio_config_readq(t.vdev, 0) & 0xffffffffffff, ==,
                    0x563412005452);
    /* Behind its end there is nothing. */
    g_assert_cmphex(qvirtio_config_readl(t.vdev, 0xfc), ==, 0xffffffff);
    qtest_writel(t.qts, ADDR(2) + VIRTIO_MMIO_CONFIG + 0xfc, 0);
    mmio_stop(&t);
}

/* A register that the other version has is none. */
static void test_other_version(gconstpointer drive)
{
    bool legacy = GPOINTER_TO_INT(drive) == LEGACY;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    g_assert_true(!(qvirtio_get_features(t.vdev) >> 32) == legacy);
    qvirtio_start_device(t.vdev);
    if (legacy) {
        reg_write(&t, VIRTIO_MMIO_QUEUE_DESC_LOW, 0x100000);
        reg_write(&t, VIRTIO_MMIO_QUEUE_READY, 1);
        g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_READY), ==, 0);
        g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_CONFIG_GENERATION), ==, 0);
    } else {
        reg_write(&t, VIRTIO_MMIO_GUEST_PAGE_SIZE, PAGE);
        reg_write(&t, VIRTIO_MMIO_QUEUE_ALIGN, PAGE);
        reg_write(&t, VIRTIO_MMIO_QUEUE_PFN, 0x100);
        g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_PFN), ==, 0);
    }
    /* No shared memory, and no register to reset one queue. */
    g_assert_cmphex(reg_read(&t, VIRTIO_MMIO_SHM_LEN_LOW), ==, 0xffffffff);
    g_assert_cmphex(reg_read(&t, VIRTIO_MMIO_SHM_LEN_HIGH), ==, 0xffffffff);
    reg_write(&t, 0x0c0, 1);
    g_assert_cmphex(reg_read(&t, 0x0c0), ==, 0);
    rng_check(&t);
    mmio_stop(&t);
}

/* Data */

static void test_rng(gconstpointer drive)
{
    uint8_t data[64], zero[64] = { };
    QVirtQueue *vq;
    uint64_t buf;
    uint32_t len;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    vq = rng_start(&t);
    g_assert_true(vq->packed == (GPOINTER_TO_INT(drive) == PACKED));
    for (int i = 0; i < 20; i++) {
        uint32_t head;

        buf = guest_alloc(&t.alloc, 64);
        qtest_memset(t.qts, buf, 0, 64);
        head = qvirtqueue_add(t.qts, vq, buf, 64, true, false);
        qvirtqueue_kick(t.qts, t.vdev, vq, head);
        qvirtio_wait_used_elem(t.qts, t.vdev, vq, head, &len, TIMEOUT_US);
        vq->num_free++;
        qtest_memread(t.qts, buf, data, 64);
        g_assert_cmpint(memcmp(data, zero, 64), !=, 0);
        guest_free(&t.alloc, buf);
    }
    qvirtqueue_cleanup(t.vdev->bus, vq, &t.alloc);
    mmio_stop(&t);
}

/* The line is up from the interrupt until its acknowledge. */
static void test_interrupt(gconstpointer drive)
{
    QVirtQueue *vq;
    uint32_t head, len;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    qtest_irq_intercept_in(t.qts, "/machine/ioapic");
    vq = rng_start(&t);
    g_assert_false(qtest_get_irq(t.qts, GSI(2)));
    head = rng_ask(&t, vq, 64);
    qvirtio_wait_used_elem(t.qts, t.vdev, vq, head, &len, TIMEOUT_US);
    g_assert_true(qtest_get_irq(t.qts, GSI(2)));
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 1);
    /* Another bit than the one that is set changes nothing. */
    reg_write(&t, VIRTIO_MMIO_INTERRUPT_ACK, 2);
    g_assert_true(qtest_get_irq(t.qts, GSI(2)));
    reg_write(&t, VIRTIO_MMIO_INTERRUPT_ACK, 1);
    g_assert_false(qtest_get_irq(t.qts, GSI(2)));

    /* A reset lowers it, too. */
    head = rng_ask(&t, vq, 64);
    qvirtio_wait_used_elem(t.qts, t.vdev, vq, head, &len, TIMEOUT_US);
    g_assert_true(qtest_get_irq(t.qts, GSI(2)));
    qvirtio_reset(t.vdev);
    g_assert_false(qtest_get_irq(t.qts, GSI(2)));
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 0);
    qvirtqueue_cleanup(t.vdev->bus, vq, &t.alloc);
    mmio_stop(&t);
}

static void test_net(gconstpointer drive)
{
    struct virtio_net_hdr_mrg_rxbuf hdr = { };
    size_t hdr_len = GPOINTER_TO_INT(drive) == LEGACY
        ? sizeof(struct virtio_net_hdr) : sizeof(hdr);
    uint8_t frame[60], got[2048];
    QVirtQueue *rx, *tx;
    uint32_t head, len;
    uint64_t buf;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-net-device,netdev=n0", "");
    g_assert_cmpuint(t.vdev->device_type, ==, VIRTIO_ID_NET);
    mmio_negotiate(&t, 0);
    rx = qvirtqueue_setup(t.vdev, &t.alloc, 0);
    tx = qvirtqueue_setup(t.vdev, &t.alloc, 1);
    qvirtio_set_driver_ok(t.vdev);
    memset(frame, 0xff, sizeof(frame));
    buf = guest_alloc(&t.alloc, PAGE);

    /* Out */
    qtest_memwrite(t.qts, buf, &hdr, hdr_len);
    qtest_memwrite(t.qts, buf + hdr_len, frame, sizeof(frame));
    head = qvirtqueue_add(t.qts, tx, buf, hdr_len + sizeof(frame), false,
                          false);
    qvirtqueue_kick(t.qts, t.vdev, tx, head);
    qvirtio_wait_used_elem(t.qts, t.vdev, tx, head, NULL, TIMEOUT_US);
    g_assert_cmpint(recv(t.wire, got, sizeof(got), 0), ==, sizeof(frame));
    g_assert_cmpmem(got, sizeof(frame), frame, sizeof(frame));

    /* In */
    head = qvirtqueue_add(t.qts, rx, buf, 2048, true, false);
    qvirtqueue_kick(t.qts, t.vdev, rx, head);
    g_assert_cmpint(send(t.wire, frame, sizeof(frame), 0), ==, sizeof(frame));
    qvirtio_wait_used_elem(t.qts, t.vdev, rx, head, &len, TIMEOUT_US);
    g_assert_cmpuint(len, ==, hdr_len + sizeof(frame));
    qtest_memread(t.qts, buf + hdr_len, got, sizeof(frame));
    g_assert_cmpmem(got, sizeof(frame), frame, sizeof(frame));

    qvirtqueue_cleanup(t.vdev->bus, rx, &t.alloc);
    qvirtqueue_cleanup(t.vdev->bus, tx, &t.alloc);
    mmio_stop(&t);
}

/* A new size is a change of the configuration: bit 1, another generation. */
static void test_balloon(gconstpointer drive)
{
    bool legacy = GPOINTER_TO_INT(drive) == LEGACY;
    uint32_t generation, head;
    QVirtQueue *inflate;
    uint64_t buf;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-balloon-device", "");
    mmio_negotiate(&t, 0);
    inflate = qvirtqueue_setup(t.vdev, &t.alloc, 0);
    qvirtio_set_driver_ok(t.vdev);
    generation = legacy ? 0 : reg_read(&t, VIRTIO_MMIO_CONFIG_GENERATION);
    qtest_qmp_assert_success(t.qts, "{'execute': 'balloon',"
                             " 'arguments': {'value': 67108864}}");
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_INTERRUPT_STATUS), ==, 3);
    g_assert_true(t.vdev->bus->get_config_isr_status(t.vdev));
    g_assert_cmpuint(qvirtio_config_readl(t.vdev, 0), ==, 64 * MiB / PAGE);
    if (!legacy) {
        g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_CONFIG_GENERATION), !=,
                         generation);
    }

    buf = guest_alloc(&t.alloc, PAGE);
    qtest_writel(t.qts, buf, 32 * MiB / PAGE);
    head = qvirtqueue_add(t.qts, inflate, buf, 4, false, false);
    qvirtqueue_kick(t.qts, t.vdev, inflate, head);
    qvirtio_wait_used_elem(t.qts, t.vdev, inflate, head, NULL, TIMEOUT_US);
    /* What the guest writes into the space, the device hears. */
    qtest_writel(t.qts, ADDR(2) + VIRTIO_MMIO_CONFIG + 4, 1);
    g_assert_cmpuint(qvirtio_config_readl(t.vdev, 4), ==, 1);
    qvirtqueue_cleanup(t.vdev->bus, inflate, &t.alloc);
    mmio_stop(&t);
}

/* The machine's reset, and the driver's, forget all that was said. */
static void test_reset(gconstpointer drive)
{
    bool legacy = GPOINTER_TO_INT(drive) == LEGACY;
    uint32_t where = legacy ? VIRTIO_MMIO_QUEUE_PFN : VIRTIO_MMIO_QUEUE_READY;
    QVirtQueue *vq;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    for (int i = 0; i < 3; i++) {
        vq = rng_start(&t);
        g_assert_cmpuint(reg_read(&t, where), !=, 0);
        if (i == 0) {
            qvirtio_reset(t.vdev);
        } else if (i == 1 && legacy) {
            reg_write(&t, VIRTIO_MMIO_QUEUE_PFN, 0);
        } else {
            qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
            qtest_qmp_eventwait(t.qts, "RESET");
        }
        g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_STATUS), ==, 0);
        g_assert_cmpuint(reg_read(&t, where), ==, 0);
        qvirtqueue_cleanup(t.vdev->bus, vq, &t.alloc);
        rng_check(&t);
    }
    mmio_stop(&t);
}

/* Reset while the back end thinks: its answer is for the next request. */
static void test_reset_asked(gconstpointer drive)
{
    struct pollfd pfd = { .events = POLLIN };
    uint8_t header[2];
    QVirtQueue *vq;
    uint32_t head, len;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device,rng=r",
              "-object rng-egd,id=r,chardev=wire");
    pfd.fd = t.wire;
    vq = rng_start(&t);
    rng_ask(&t, vq, 8);
    g_assert_cmpint(poll(&pfd, 1, TIMEOUT_US / 1000), ==, 1);
    g_assert_cmpint(recv(t.wire, header, 2, MSG_WAITALL), ==, 2);
    g_assert_cmpuint(header[1], ==, 8);
    qvirtio_reset(t.vdev);
    qvirtqueue_cleanup(t.vdev->bus, vq, &t.alloc);

    vq = rng_start(&t);
    head = rng_ask(&t, vq, 8);
    g_assert_cmpint(send(t.wire, "abcdefghabcdefgh", 16, 0), ==, 16);
    qvirtio_wait_used_elem(t.qts, t.vdev, vq, head, &len, TIMEOUT_US);
    g_assert_cmpuint(len, ==, 8);
    qvirtqueue_cleanup(t.vdev->bus, vq, &t.alloc);
    mmio_stop(&t);
}

/* Lies */

/* The register says what the device has; other sizes are refused. */
static void test_bad_sizes(gconstpointer drive)
{
    static const uint32_t bad[] = {
        0, 9, 16, 1024, 0x10000, 0x10008, 0x80000000, 0xffffffff,
    };
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    mmio_negotiate(&t, 0);
    reg_write(&t, VIRTIO_MMIO_QUEUE_SEL, 0);
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 8);
    for (int i = 0; i < ARRAY_SIZE(bad); i++) {
        reg_write(&t, VIRTIO_MMIO_QUEUE_NUM, bad[i]);
        reg_write(&t, VIRTIO_MMIO_QUEUE_DESC_LOW, 0x100000);
        reg_write(&t, VIRTIO_MMIO_QUEUE_READY, 1);
        reg_write(&t, VIRTIO_MMIO_QUEUE_PFN, 0x100);
        reg_write(&t, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
        g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 8);
    }
    /* There is no second queue, whatever is said of it. */
    reg_write(&t, VIRTIO_MMIO_QUEUE_SEL, 1);
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 0);
    reg_write(&t, VIRTIO_MMIO_QUEUE_NUM, 8);
    reg_write(&t, VIRTIO_MMIO_QUEUE_READY, 1);
    reg_write(&t, VIRTIO_MMIO_QUEUE_PFN, 0x100);
    reg_write(&t, VIRTIO_MMIO_QUEUE_ALIGN, 0x80000000);
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 0);
    /* One that cannot be selected is not. */
    reg_write(&t, VIRTIO_MMIO_QUEUE_SEL, 0);
    reg_write(&t, VIRTIO_MMIO_QUEUE_SEL, 1024);
    g_assert_cmpuint(reg_read(&t, VIRTIO_MMIO_QUEUE_NUM_MAX), ==, 8);
    rng_check(&t);
    mmio_stop(&t);
}

/* Ready before there is a ring; kicks of everything and nothing. */
static void test_bad_order(gconstpointer drive)
{
    QVirtQueue *vq;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    reg_write(&t, VIRTIO_MMIO_QUEUE_READY, 1);
    reg_write(&t, VIRTIO_MMIO_STATUS, 0xff);
    for (uint32_t n = 0; n <= 1024; n += 64) {
        reg_write(&t, VIRTIO_MMIO_QUEUE_NOTIFY, n);
    }
    reg_write(&t, VIRTIO_MMIO_QUEUE_NOTIFY, 0xffffffff);
    reg_write(&t, VIRTIO_MMIO_INTERRUPT_ACK, 0xffffffff);
    reg_write(&t, VIRTIO_MMIO_GUEST_PAGE_SIZE, 0);
    reg_write(&t, VIRTIO_MMIO_QUEUE_ALIGN, 0);
    reg_write(&t, VIRTIO_MMIO_QUEUE_PFN, 0xffffffff);
    reg_write(&t, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    reg_write(&t, VIRTIO_MMIO_STATUS, 0);
    rng_check(&t);

    /* In the middle of everything another size, and another place. */
    vq = rng_start(&t);
    reg_write(&t, VIRTIO_MMIO_QUEUE_NUM, 2);
    reg_write(&t, VIRTIO_MMIO_QUEUE_DESC_HIGH, 0xffffffff);
    reg_write(&t, VIRTIO_MMIO_QUEUE_USED_HIGH, 0xffffffff);
    reg_write(&t, VIRTIO_MMIO_QUEUE_READY, 1);
    reg_write(&t, VIRTIO_MMIO_QUEUE_PFN, 0xfffffff0);
    reg_write(&t, VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    qvirtqueue_cleanup(t.vdev->bus, vq, &t.alloc);
    rng_check(&t);
    mmio_stop(&t);
}

/* Features that are not on offer are not taken; nor any after FEATURES_OK. */
static void test_bad_features(gconstpointer drive)
{
    bool legacy = GPOINTER_TO_INT(drive) == LEGACY;
    uint32_t offered;
    MMIOTest t;

    mmio_boot(&t, GPOINTER_TO_INT(drive), "virtio-rng-device", "");
    qvirtio_start_device(t.vdev);
    offered = qvirtio_get_features(t.vdev);
    for (uint32_t sel = 0; sel < 3; sel++) {
        reg_write(&t, VIRTIO_MMIO_DRIVER_FEATURES_SEL, sel);
        reg_write(&t, VIRTIO_MMIO_DRIVER_FEATURES, 0xffffffff);
    }
    reg_write(&t, VIRTIO_MMIO_STATUS, 0xb);
    if (!legacy) {
        QDict *rsp = qtest_qmp(t.qts, "{'execute': 'x-query-virtio-status',"
                               " 'arguments': {'path':"
                               " '/machine/peripheral/dev'}}");
        QDict *status = qdict_get_qdict(rsp, "return");

        /* All that the device has, and nothing else. */
        g_assert_true(qobject_is_equal(qdict_get(status, "guest-features"),
                                       qdict_get(status, "host-features")));
        qobject_unref(rsp);
    }
    /* What the device offers does not change by what it is asked. */
    g_assert_cmphex((uint32_t)qvirtio_get_features(t.vdev), ==, offered);
    rng_check(&t);
    mmio_stop(&t);
}

/* The board's places */

static void test_buses(void)
{
    QTestState *qts = qtest_init("-machine microvm,acpi=off -nodefaults "
        "-device virtio-rng-device -device virtio-rng-device,id=r0,"
        "bus=virtio-mmio-bus.0 -device virtio-balloon-device");
    QVirtioMMIODevice dev;
    static const uint32_t types[] = {
        VIRTIO_ID_RNG, 0, 0, 0, 0, 0, VIRTIO_ID_BALLOON, VIRTIO_ID_RNG,
    };
    QDict *rsp;

    /* Who does not say where, comes into the last that is free. */
    for (int i = 0; i < ARRAY_SIZE(types); i++) {
        qvirtio_mmio_init_device(&dev, qts, ADDR(i), PAGE);
        g_assert_cmpuint(dev.vdev.device_type, ==, types[i]);
    }

    rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                    " {'driver': 'virtio-rng-device',"
                    "  'bus': 'virtio-mmio-bus.0'}}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "Bus 'virtio-mmio-bus.0' is full");
    qobject_unref(rsp);
    rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments':"
                    " {'driver': 'virtio-rng-device'}}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "Bus 'virtio-mmio-bus.5' does not support hotplugging");
    qobject_unref(rsp);
    rsp = qtest_qmp(qts, "{'execute': 'device_del', 'arguments':"
                    " {'id': 'r0'}}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "Bus 'virtio-mmio-bus.0' does not support hotplugging");
    qobject_unref(rsp);
    qtest_quit(qts);
}

static void add_drives(const char *name, void (*test)(gconstpointer))
{
    static const char *const drives[] = { "legacy", "split", "packed" };

    for (int i = 0; i < ARRAY_SIZE(drives); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-mmio/%s/%s",
                                                drives[i], name);

        qtest_add_data_func(path, GINT_TO_POINTER(i), test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_drives("empty", test_empty);
    add_drives("sizes", test_sizes);
    add_drives("other-version", test_other_version);
    add_drives("rng", test_rng);
    add_drives("interrupt", test_interrupt);
    add_drives("net", test_net);
    add_drives("balloon", test_balloon);
    add_drives("reset", test_reset);
    add_drives("reset-asked", test_reset_asked);
    add_drives("bad-sizes", test_bad_sizes);
    add_drives("bad-order", test_bad_order);
    add_drives("bad-features", test_bad_features);
    qtest_add_func("/virtio-mmio/buses", test_buses);
    return g_test_run();
}
