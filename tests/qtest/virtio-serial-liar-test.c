/*
 * virtio-serial and a driver that lies about its rings.
 *
 * Each lie is told on each of the four kinds of queues: of a port and of
 * control, from the guest and to it.  The device breaks, a reset mends it, and
 * the machine goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_regs.h"
#include "libqos/virtio-serial.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

#define PORT_READY      VIRTIO_CONSOLE_PORT_READY
#define PORT_OPEN       VIRTIO_CONSOLE_PORT_OPEN

#define RAM_SIZE        (64 * 1024 * 1024ull)
#define INDIRECT        VRING_DESC_F_INDIRECT
#define NEXT            VRING_DESC_F_NEXT
#define WRITE           VRING_DESC_F_WRITE

typedef enum Target { OUT, IN, C_OUT, C_IN, TARGETS } Target;

static QVirtQueue *target_queue(QVirtioSerial *s, Target target)
{
    QVirtQueue *queues[] = { s->out[1], s->in[1], s->c_out, s->c_in };

    return queues[target];
}

/* Have the device look into the queue. */
static void poke(QVirtioSerial *s, Target target)
{
    QVirtQueue *vq = target_queue(s, target);

    if (target == C_IN) {
        static const struct virtio_console_control ready = {
            .id = const_le32(1),
            .event = const_le16(PORT_READY),
            .value = const_le16(1),
        };

        /* Its answer breaks the device before the question comes back. */
        qtest_memwrite(s->qts, s->c_buf, &ready, sizeof(ready));
        qvirtqueue_kick(s->qts, s->vdev, s->c_out,
                        qvirtqueue_add(s->qts, s->c_out, s->c_buf,
                                       sizeof(ready), false, false));
        return;
    }
    if (target == IN) {
        qvirtio_serial_wire_send(s, 0, "x", 1);
    }
    s->vdev->bus->virtqueue_kick(s->vdev, vq);
}

static void set_desc(QVirtioSerial *s, uint64_t table, unsigned i,
                     uint64_t addr, uint32_t len, uint16_t flags,
                     uint16_t next)
{
    struct vring_desc desc = {
        .addr = addr,
        .len = len,
        .flags = flags,
        .next = next,
    };

    qtest_memwrite(s->qts, table + i * sizeof(desc), &desc, sizeof(desc));
}

static void put_packed(QVirtioSerial *s, QVirtQueue *vq, unsigned i,
                       uint64_t addr, uint32_t len, uint16_t flags)
{
    struct vring_packed_desc desc = {
        .addr = addr,
        .len = len,
        .id = i,
        .flags = flags | 1 << VRING_PACKED_DESC_F_AVAIL,
    };

    qtest_memwrite(s->qts, vq->desc + i * sizeof(desc), &desc, sizeof(desc));
}

/*
 * @no_room: a queue to receive has no byte of room, and is not looked into
 * @harmless: it is taken for something else, as in QEMU
 */
typedef struct Lie {
    const char *name;
    struct {
        uint64_t addr;
        uint32_t len;
        uint16_t flags;
        uint16_t next;
    } desc[2], table[2];
    uint16_t head, idx;         /* split; idx 0 is 1 */
    bool no_room;
    bool harmless;
} Lie;

/* A place in the test's buffer; the table is at its beginning. */
#define BUF     (1ull << 62)
#define DATA    (BUF + 4096)

static const Lie split_lies[] = {
    { "loop", { { DATA, 4, NEXT, 1 }, { DATA, 4, NEXT, 0 } } },
    { "itself", { { DATA, 4, NEXT, 0 } } },
    { "next beyond", { { DATA, 4, NEXT, 128 } } },
    { "head beyond", { { DATA, 4 } }, .head = 128 },
    { "index jumps", { { DATA, 4 } }, .idx = 129 },
    { "zero length", { { DATA, 0 } }, .no_room = true },
    { "zero length to write", { { DATA, 0, WRITE } }, .no_room = true },
    { "past memory", { { 1ull << 40, 4, NEXT, 1 }, { 1ull << 41, 4 } },
      .no_room = true },
    { "past memory to write", { { 1ull << 40, 4, WRITE | NEXT, 1 },
                                { 1ull << 41, 4, WRITE } } },
    { "length past memory", { { RAM_SIZE - 16, 0x7fffffff, WRITE | NEXT, 1 },
                              { 1ull << 41, 4, WRITE } } },
    { "order", { { DATA, 4, WRITE | NEXT, 1 }, { DATA, 4 } } },
    { "indirect, odd length", { { BUF, 17, INDIRECT } } },
    { "indirect, none", { { BUF, 0, INDIRECT } } },
    { "indirect loop", { { BUF, 32, INDIRECT } },
      { { DATA, 4, NEXT, 1 }, { DATA, 4, NEXT, 0 } } },
    { "indirect inside", { { BUF, 32, INDIRECT } },
      { { BUF, 32, INDIRECT }, { DATA, 4 } }, .harmless = true },
    { "indirect beyond", { { BUF, 32, INDIRECT } },
      { { DATA, 4, NEXT, 2 } } },
    { "indirect past memory", { { RAM_SIZE - 16, 64, INDIRECT } } },
};

static const Lie packed_lies[] = {
    { "loop", { { DATA, 4, NEXT }, { DATA, 4, NEXT } } },
    { "zero length", { { DATA, 0 } }, .no_room = true },
    { "zero length to write", { { DATA, 0, WRITE } }, .no_room = true },
    { "past memory", { { 1ull << 40, 4, NEXT }, { 1ull << 41, 4 } },
      .no_room = true },
    { "past memory to write", { { 1ull << 40, 4, WRITE | NEXT },
                                { 1ull << 41, 4, WRITE } } },
    { "length past memory", { { RAM_SIZE - 16, 0x7fffffff, WRITE | NEXT },
                              { 1ull << 41, 4, WRITE } } },
    { "order", { { DATA, 4, WRITE | NEXT }, { DATA, 4 } } },
    { "indirect, odd length", { { BUF, 17, INDIRECT } } },
    { "indirect, none", { { BUF, 0, INDIRECT } } },
    { "indirect past memory", { { RAM_SIZE - 16, 64, INDIRECT } } },
    { "indirect inside", { { BUF, 32, INDIRECT } },
      { { BUF, 32, 0, INDIRECT }, { DATA, 4 } }, .harmless = true },
};

static uint64_t lie_addr(QVirtioSerial *s, uint64_t addr)
{
    return addr & BUF ? addr - BUF + s->out_buf : addr;
}

static void tell_lie(QVirtioSerial *s, const Lie *lie, QVirtQueue *vq)
{
    for (int i = 0; i < 2; i++) {
        set_desc(s, s->out_buf, i, lie_addr(s, lie->table[i].addr),
                 lie->table[i].len, lie->table[i].flags, lie->table[i].next);
    }
    if (!vq->packed) {
        for (int i = 0; i < 2; i++) {
            set_desc(s, vq->desc, i, lie_addr(s, lie->desc[i].addr),
                     lie->desc[i].len, lie->desc[i].flags, lie->desc[i].next);
        }
        qtest_writew(s->qts, vq->avail + 4, lie->head);
        qtest_writew(s->qts, vq->avail + 2, lie->idx ?: 1);
        return;
    }
    if (g_str_equal(lie->name, "loop")) {
        for (unsigned i = 2; i < vq->size; i++) {
            put_packed(s, vq, i, s->out_buf, 4, NEXT);
        }
    }
    for (int i = 1; i >= 0; i--) {
        put_packed(s, vq, i, lie_addr(s, lie->desc[i].addr),
                   lie->desc[i].len, lie->desc[i].flags);
    }
}

static bool needs_reset(QVirtioSerial *s)
{
    return s->vdev->bus->get_status(s->vdev) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

/* From a reset to an open port; the ring of @target is untouched. */
static void lie_start(QVirtioSerial *s, Target target)
{
    qvirtio_serial_setup(s);
    qvirtio_set_driver_ok(s->vdev);
    if (target != C_IN) {
        qvirtio_serial_control_give(s, 4);
    }
    if (target != C_OUT) {
        qvirtio_serial_control(s, 1, PORT_OPEN, 1);
    }
}

static void lies(QVirtioSerialDrive drive, const Lie *list, int count)
{
    QVirtioSerial *s = qvirtio_serial_boot(drive, "", 1,
        "-device virtserialport,nr=1,chardev=c0 2>/dev/null");
    char got[64];

    for (int i = 0; i < count; i++) {
        for (Target target = 0; target < TARGETS; target++) {
            gint64 end = g_get_monotonic_time() + QVSERIAL_TIMEOUT_US;

            g_test_message("%s, queue %d", list[i].name, target);
            lie_start(s, target);
            tell_lie(s, &list[i], target_queue(s, target));
            poke(s, target);
            while (!needs_reset(s) && !list[i].harmless &&
                   !(list[i].no_room && target == IN)) {
                g_assert_cmpint(g_get_monotonic_time(), <, end);
            }
            /* If it had not looked for the byte, that is the next driver's. */
            if (target == IN) {
                uint32_t len;

                qvirtio_serial_begin(s, 1);
                qvirtio_serial_wire_send(s, 0, "y", 1);
                do {
                    qvirtio_serial_give(s, 1, 1, 8);
                    len = qvirtio_serial_recv(s, 1, got);
                } while (got[len - 1] != 'y');
            }
        }
    }
    qvirtio_serial_begin(s, 1);
    qvirtio_serial_send(s, 1, "hello", 5);
    do {
        qvirtio_serial_wire_recv(s, 0, got, 1);
    } while (got[0] != 'h');
    qvirtio_serial_wire_expect(s, 0, "ello");
    qvirtio_serial_shutdown(s);
}

static void test_split_lies(void)
{
    lies(0, split_lies, ARRAY_SIZE(split_lies));
}

static void test_packed_lies(void)
{
    lies(QVSERIAL_PACKED, packed_lies, ARRAY_SIZE(packed_lies));
}

/* Buffers to receive that cannot be written to: they come back empty. */
static void test_read_only_buffers(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
        "-device virtserialport,nr=1,chardev=c0");
    uint32_t head[2], len;
    char got;

    qvirtio_serial_begin(s, 1);
    qvirtio_serial_wire_send(s, 0, "x", 1);
    head[0] = qvirtqueue_add(s->qts, s->in[1], s->out_buf, 4, false, false);
    qvirtqueue_kick(s->qts, s->vdev, s->in[1], head[0]);
    head[1] = qvirtqueue_add(s->qts, s->in[1], s->out_buf, 4, true, false);
    qvirtqueue_kick(s->qts, s->vdev, s->in[1], head[1]);
    g_assert_cmpuint(qvirtio_serial_wait_used(s, s->in[1], &len), ==, head[0]);
    g_assert_cmpuint(len, ==, 0);
    g_assert_cmpuint(qvirtio_serial_wait_used(s, s->in[1], &len), ==, head[1]);
    g_assert_cmpuint(len, ==, 1);
    qtest_memread(s->qts, s->out_buf, &got, 1);
    g_assert_cmpint(got, ==, 'x');
    qvirtio_serial_shutdown(s);
}

/*
 * Buffers and rings in the device's own registers.  The byte from the wire is
 * written to its status: that is a reset in the middle of a request.
 */
static void test_own_registers(gconstpointer drive)
{
    QVirtioSerial *s = qvirtio_serial_boot(GPOINTER_TO_INT(drive), "", 1,
        "-device virtserialport,nr=1,chardev=c0 2>/dev/null");
    uint64_t status = s->pci->bar.addr + s->pci->common_cfg_offset +
                      VIRTIO_PCI_COMMON_STATUS;
    gint64 end = g_get_monotonic_time() + QVSERIAL_TIMEOUT_US;
    QPCIDevice *pdev = s->pci->pdev;
    uint32_t head;

    qpci_config_writew(pdev, PCI_COMMAND,
                       qpci_config_readw(pdev, PCI_COMMAND) |
                       PCI_COMMAND_MASTER);
    qvirtio_serial_begin(s, 1);
    head = qvirtqueue_add(s->qts, s->in[1], status, 1, true, false);
    qvirtqueue_kick(s->qts, s->vdev, s->in[1], head);
    qvirtio_serial_wire_send(s, 0, "\0", 1);
    while (s->vdev->bus->get_status(s->vdev)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }

    /* What it sends is a register. */
    qvirtio_serial_begin(s, 1);
    head = qvirtqueue_add(s->qts, s->out[1], status, 1, false, false);
    qvirtqueue_kick(s->qts, s->vdev, s->out[1], head);
    qvirtio_serial_wait_used(s, s->out[1], NULL);

    /* Its used rings are registers. */
    for (Target target = 0; target < TARGETS; target++) {
        uint64_t common = s->pci->common_cfg_offset;
        QVirtQueue *vq;

        lie_start(s, target);
        vq = target_queue(s, target);
        s->vdev->bus->queue_select(s->vdev, vq->index);
        qpci_io_writel(pdev, s->pci->bar, common + VIRTIO_PCI_COMMON_Q_USEDLO,
                       s->pci->bar.addr);
        qpci_io_writel(pdev, s->pci->bar, common + VIRTIO_PCI_COMMON_Q_USEDHI,
                       0);
        qpci_io_writew(pdev, s->pci->bar, common + VIRTIO_PCI_COMMON_Q_ENABLE,
                       1);
        if (vq->packed) {
            put_packed(s, vq, 0, s->out_buf, 8,
                       target == IN || target == C_IN ? WRITE : 0);
        } else {
            set_desc(s, vq->desc, 0, s->out_buf, 8,
                     target == IN || target == C_IN ? WRITE : 0, 0);
            qtest_writew(s->qts, vq->avail + 4, 0);
            qtest_writew(s->qts, vq->avail + 2, 1);
        }
        poke(s, target);
        g_usleep(1000);
        qtest_inb(s->qts, 0);
    }
    qvirtio_serial_begin(s, 1);
    qvirtio_serial_send(s, 1, "hello", 5);
    qvirtio_serial_shutdown(s);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/virtio-serial-liar/split/lies", test_split_lies);
    qtest_add_func("/virtio-serial-liar/packed/lies", test_packed_lies);
    qtest_add_data_func("/virtio-serial-liar/split/read-only-buffers",
                        GINT_TO_POINTER(0), test_read_only_buffers);
    qtest_add_data_func("/virtio-serial-liar/packed/read-only-buffers",
                        GINT_TO_POINTER(QVSERIAL_PACKED),
                        test_read_only_buffers);
    qtest_add_data_func("/virtio-serial-liar/split/own-registers",
                        GINT_TO_POINTER(0), test_own_registers);
    qtest_add_data_func("/virtio-serial-liar/packed/own-registers",
                        GINT_TO_POINTER(QVSERIAL_PACKED), test_own_registers);
    return g_test_run();
}
