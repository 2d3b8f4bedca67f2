/*
 * libqos: a driver of virtio-serial.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <poll.h>
#include <sys/socket.h>
#include "virtio-serial.h"
#include "hw/pci/pci_regs.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_ids.h"
#include "standard-headers/linux/virtio_pci.h"

/* So long nothing must come that is not to come. */
#define SILENCE_MS      10

/* Life */

QVirtioSerial *qvirtio_serial_boot(QVirtioSerialDrive drive, const char *props,
                                   int wires, const char *more)
{
    QPCIAddress addr = { .devfn = QPCI_DEVFN(QVSERIAL_SLOT, 0) };
    QVirtioSerial *s = g_new0(QVirtioSerial, 1);
    g_autoptr(GString) chardevs = g_string_new("");
    int theirs[QVSERIAL_MAX_WIRES];

    g_assert_cmpint(wires, <=, QVSERIAL_MAX_WIRES);
    for (int i = 0; i < wires; i++) {
        int sv[2];

        g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
        fcntl(sv[0], F_SETFD, FD_CLOEXEC);
        s->wire[i] = sv[0];
        theirs[i] = sv[1];
        g_string_append_printf(chardevs, "-chardev socket,id=c%d,fd=%d ", i,
                               sv[1]);
    }
    s->drive = drive;
    s->wires = wires;
    s->qs = qtest_pc_boot("-nodefaults -m 64M %s -device virtio-serial-pci,"
                          "id=vs0,addr=%d.0,packed=%s%s %s", chardevs->str,
                          QVSERIAL_SLOT,
                          drive & QVSERIAL_PACKED ? "on" : "off", props, more);
    for (int i = 0; i < wires; i++) {
        close(theirs[i]);
    }
    s->qts = s->qs->qts;
    s->pci = virtio_pci_new(s->qs->pcibus, &addr);
    s->vdev = &s->pci->vdev;
    qvirtio_pci_set_legacy(s->pci, drive & QVSERIAL_LEGACY);
    qvirtio_pci_device_enable(s->pci);
    g_assert_cmphex(qpci_config_readw(s->pci->pdev, PCI_DEVICE_ID), ==,
                    0x1000 + VIRTIO_ID_CONSOLE);
    if (drive & QVSERIAL_MSIX) {
        qpci_msix_enable(s->pci->pdev);
    }
    return s;
}

static void qvirtio_serial_free(QVirtioSerial *s)
{
    qtest_shutdown(s->qs);
    for (int i = 0; i < s->wires; i++) {
        close(s->wire[i]);
    }
    g_free(s);
}

void qvirtio_serial_shutdown(QVirtioSerial *s)
{
    qvirtio_serial_forget(s);
    if (s->drive & QVSERIAL_MSIX) {
        qpci_msix_disable(s->pci->pdev);
    }
    qvirtio_pci_device_free(s->pci);
    qvirtio_serial_free(s);
}

void qvirtio_serial_shutdown_unplugged(QVirtioSerial *s)
{
    qvirtio_serial_forget(s);
    g_free(s->pci->pdev);
    g_free(s->pci);
    qvirtio_serial_free(s);
}

void qvirtio_serial_unplug(QVirtioSerial *s)
{
    qtest_qmp_device_del_send(s->qts, "vs0");
    qtest_outl(s->qts, 0xae08, 1 << QVSERIAL_SLOT);
}

/* Queues */

static QVirtQueue *setup_queue(QVirtioSerial *s, unsigned n)
{
    QVirtQueue *vq = qvirtqueue_setup(s->vdev, &s->qs->alloc, n);

    g_assert_true(vq->packed == !!(s->drive & QVSERIAL_PACKED));
    if (s->drive & QVSERIAL_MSIX) {
        unsigned last = qpci_msix_table_size(s->pci->pdev) - 1;

        if (n < last) {
            qvirtqueue_pci_msix_setup(s->pci,
                                      container_of(vq, QVirtQueuePCI, vq),
                                      &s->qs->alloc, n + 1);
        }
    }
    return vq;
}

void qvirtio_serial_setup(QVirtioSerial *s)
{
    uint64_t wanted = 1ull << VIRTIO_F_VERSION_1 |
                      1ull << VIRTIO_F_RING_PACKED |
                      1ull << VIRTIO_F_RING_RESET |
                      1ull << VIRTIO_CONSOLE_F_EMERG_WRITE;
    uint64_t offset = offsetof(struct virtio_console_config, max_nr_ports);

    if (s->drive & QVSERIAL_EVENT_IDX) {
        wanted |= 1ull << VIRTIO_RING_F_EVENT_IDX;
    }
    if (s->drive & QVSERIAL_INDIRECT) {
        wanted |= 1ull << VIRTIO_RING_F_INDIRECT_DESC;
    }
    if (!(s->drive & QVSERIAL_ONE_PORT)) {
        wanted |= 1ull << VIRTIO_CONSOLE_F_MULTIPORT;
    }
    qvirtio_serial_forget(s);
    qvirtio_start_device(s->vdev);
    qvirtio_set_features(s->vdev, qvirtio_get_features(s->vdev) & wanted);
    if (s->drive & QVSERIAL_MSIX) {
        qvirtio_pci_set_msix_configuration_vector(s->pci, &s->qs->alloc, 0);
    }

    s->ports = s->drive & QVSERIAL_ONE_PORT
               ? 1 : qvirtio_config_readl(s->vdev, offset);
    g_assert_cmpuint(s->ports, <=, QVSERIAL_MAX_PORTS);
    /* Tests use the first few; each queue costs time. */
    if (s->ports <= 31) {
        s->ports = MIN(s->ports, 4);
    }
    for (unsigned i = 0; i < s->ports; i++) {
        unsigned n = i ? 2 + 2 * i : 0;

        s->in[i] = setup_queue(s, n);
        s->out[i] = setup_queue(s, n + 1);
        g_assert_cmpint(s->in[i]->size, ==, 128);
        if (i == 0 && !(s->drive & QVSERIAL_ONE_PORT)) {
            s->c_in = setup_queue(s, 2);
            s->c_out = setup_queue(s, 3);
            g_assert_cmpint(s->c_in->size, ==, QVSERIAL_CONTROL);
        }
    }
    if (!s->c_bufs) {
        s->c_bufs = guest_alloc(&s->qs->alloc,
                                QVSERIAL_CONTROL * QVSERIAL_CONTROL_SIZE);
        s->c_buf = guest_alloc(&s->qs->alloc, QVSERIAL_CONTROL_SIZE);
        s->out_buf = guest_alloc(&s->qs->alloc, QVSERIAL_OUT_SIZE);
    }
}

void qvirtio_serial_start(QVirtioSerial *s)
{
    qvirtio_serial_setup(s);
    qvirtio_set_driver_ok(s->vdev);
    if (s->c_in) {
        qvirtio_serial_control_give(s, QVSERIAL_CONTROL);
    }
}

void qvirtio_serial_forget(QVirtioSerial *s)
{
    QGuestAllocator *alloc = &s->qs->alloc;

    for (unsigned i = 0; i < s->ports; i++) {
        qvirtqueue_cleanup(s->vdev->bus, s->in[i], alloc);
        qvirtqueue_cleanup(s->vdev->bus, s->out[i], alloc);
    }
    if (s->c_in) {
        qvirtqueue_cleanup(s->vdev->bus, s->c_in, alloc);
        qvirtqueue_cleanup(s->vdev->bus, s->c_out, alloc);
    }
    s->ports = 0;
    s->c_in = s->c_out = NULL;
}

static bool queue_next(QVirtioSerial *s, QVirtQueue *vq, uint32_t *head,
                       uint32_t *len)
{
    if (!qvirtqueue_get_buf(s->qts, vq, head, len)) {
        return false;
    }
    /* Every chain of this driver is one descriptor. */
    vq->num_free++;
    if (vq->event) {
        qvirtqueue_set_used_event(s->qts, vq, vq->packed ? vq->used_head
                                                         : vq->last_used_idx);
    }
    return true;
}

uint32_t qvirtio_serial_wait_used(QVirtioSerial *s, QVirtQueue *vq,
                                  uint32_t *len)
{
    gint64 end = g_get_monotonic_time() + QVSERIAL_TIMEOUT_US;
    uint32_t head;

    while (!queue_next(s, vq, &head, len)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    return head;
}

/* Control */

void qvirtio_serial_control_give(QVirtioSerial *s, unsigned count)
{
    while (count--) {
        uint32_t head = s->c_in->free_head % s->c_in->size;

        qvirtqueue_add(s->qts, s->c_in, s->c_bufs +
                       head * QVSERIAL_CONTROL_SIZE, QVSERIAL_CONTROL_SIZE,
                       true, false);
        qvirtqueue_kick(s->qts, s->vdev, s->c_in, head);
    }
}

void qvirtio_serial_control_raw(QVirtioSerial *s, const void *data,
                                size_t len)
{
    uint32_t head, written;

    qtest_memwrite(s->qts, s->c_buf, data, len);
    head = qvirtqueue_add(s->qts, s->c_out, s->c_buf, len, false, false);
    qvirtqueue_kick(s->qts, s->vdev, s->c_out, head);
    g_assert_cmpuint(qvirtio_serial_wait_used(s, s->c_out, &written), ==,
                     head);
    g_assert_cmpuint(written, ==, 0);
}

void qvirtio_serial_control(QVirtioSerial *s, uint32_t id, uint16_t event,
                            uint16_t value)
{
    struct virtio_console_control msg = {
        .id = cpu_to_le32(id),
        .event = cpu_to_le16(event),
        .value = cpu_to_le16(value),
    };

    qvirtio_serial_control_raw(s, &msg, sizeof(msg));
}

bool qvirtio_serial_control_next(QVirtioSerial *s, QVirtioSerialMsg *msg)
{
    struct virtio_console_control cpkt;
    uint64_t where;
    uint32_t head;

    if (!queue_next(s, s->c_in, &head, &msg->len)) {
        return false;
    }
    g_assert_cmpuint(msg->len, >=, sizeof(cpkt));
    g_assert_cmpuint(msg->len, <=, QVSERIAL_CONTROL_SIZE);
    where = s->c_bufs + head * QVSERIAL_CONTROL_SIZE;
    qtest_memread(s->qts, where, &cpkt, sizeof(cpkt));
    msg->id = le32_to_cpu(cpkt.id);
    msg->event = le16_to_cpu(cpkt.event);
    msg->value = le16_to_cpu(cpkt.value);
    memset(msg->name, 0, sizeof(msg->name));
    if (msg->len > sizeof(cpkt)) {
        qtest_memread(s->qts, where + sizeof(cpkt), msg->name,
                      msg->len - sizeof(cpkt));
    }
    qvirtio_serial_control_give(s, 1);
    return true;
}

static void control_wait(QVirtioSerial *s, QVirtioSerialMsg *msg)
{
    gint64 end = g_get_monotonic_time() + QVSERIAL_TIMEOUT_US;

    while (!qvirtio_serial_control_next(s, msg)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

void qvirtio_serial_expect(QVirtioSerial *s, uint32_t id, uint16_t event,
                           uint16_t value)
{
    QVirtioSerialMsg msg;

    control_wait(s, &msg);
    g_assert_cmpuint(msg.event, ==, event);
    g_assert_cmpuint(msg.id, ==, id);
    g_assert_cmpuint(msg.value, ==, value);
    g_assert_cmpuint(msg.len, ==, sizeof(struct virtio_console_control));
}

void qvirtio_serial_expect_name(QVirtioSerial *s, uint32_t id,
                                const char *name)
{
    QVirtioSerialMsg msg;

    control_wait(s, &msg);
    g_assert_cmpuint(msg.event, ==, VIRTIO_CONSOLE_PORT_NAME);
    g_assert_cmpuint(msg.id, ==, id);
    g_assert_cmpuint(msg.value, ==, 1);
    g_assert_cmpstr(msg.name, ==, name);
    /* The end of the string counts. */
    g_assert_cmpuint(msg.len, ==, sizeof(struct virtio_console_control) +
                                  strlen(name) + 1);
}

void qvirtio_serial_expect_none(QVirtioSerial *s)
{
    g_usleep(SILENCE_MS * 1000);
    g_assert_true(qvirtqueue_idle(s->qts, s->c_in));
}

void qvirtio_serial_ready(QVirtioSerial *s)
{
    qvirtio_serial_control(s, VIRTIO_CONSOLE_BAD_ID,
                           VIRTIO_CONSOLE_DEVICE_READY, 1);
}

void qvirtio_serial_open(QVirtioSerial *s, uint32_t port)
{
    QVirtioSerialMsg msg;

    qvirtio_serial_control(s, port, VIRTIO_CONSOLE_PORT_READY, 1);
    while (qvirtio_serial_control_next(s, &msg)) {
        g_assert_cmpuint(msg.id, ==, port);
    }
    qvirtio_serial_control(s, port, VIRTIO_CONSOLE_PORT_OPEN, 1);
}

void qvirtio_serial_begin(QVirtioSerial *s, uint32_t port)
{
    qvirtio_serial_start(s);
    qvirtio_serial_ready(s);
    qvirtio_serial_expect(s, port, VIRTIO_CONSOLE_PORT_ADD, 1);
    qvirtio_serial_open(s, port);
}

/* Data */

uint32_t qvirtio_serial_offer(QVirtioSerial *s, uint32_t port,
                              const void *data, size_t len)
{
    QVirtQueue *vq = s->out[port];
    uint32_t head;

    g_assert_cmpuint(len, <=, QVSERIAL_OUT_SIZE);
    qtest_bufwrite(s->qts, s->out_buf, data, len);
    head = qvirtqueue_add(s->qts, vq, s->out_buf, len, false, false);
    qvirtqueue_kick(s->qts, s->vdev, vq, head);
    return head;
}

void qvirtio_serial_send(QVirtioSerial *s, uint32_t port, const void *data,
                         size_t len)
{
    uint32_t head = qvirtio_serial_offer(s, port, data, len);
    uint32_t written;

    g_assert_cmpuint(qvirtio_serial_wait_used(s, s->out[port], &written), ==,
                     head);
    g_assert_cmpuint(written, ==, 0);
}

void qvirtio_serial_give(QVirtioSerial *s, uint32_t port, unsigned count,
                         uint32_t len)
{
    QVirtQueue *vq = s->in[port];

    while (count--) {
        uint64_t addr = guest_alloc(&s->qs->alloc, len);
        uint32_t head = qvirtqueue_add(s->qts, vq, addr, len, true, false);

        s->in_buf[port][head].addr = addr;
        s->in_buf[port][head].len = len;
        qvirtqueue_kick(s->qts, s->vdev, vq, head);
    }
}

uint32_t qvirtio_serial_recv(QVirtioSerial *s, uint32_t port, void *data)
{
    uint32_t len;
    uint32_t head = qvirtio_serial_wait_used(s, s->in[port], &len);

    g_assert_cmpuint(len, <=, s->in_buf[port][head].len);
    qtest_bufread(s->qts, s->in_buf[port][head].addr, data, len);
    guest_free(&s->qs->alloc, s->in_buf[port][head].addr);
    return len;
}

/* The wire */

void qvirtio_serial_wire_send(QVirtioSerial *s, int n, const void *data,
                              size_t len)
{
    g_assert_cmpint(send(s->wire[n], data, len, MSG_NOSIGNAL), ==, len);
}

void qvirtio_serial_wire_recv(QVirtioSerial *s, int n, void *data, size_t len)
{
    while (len) {
        struct pollfd pfd = { .fd = s->wire[n], .events = POLLIN };
        ssize_t got;

        g_assert_cmpint(poll(&pfd, 1, QVSERIAL_TIMEOUT_US / 1000), ==, 1);
        got = recv(s->wire[n], data, len, 0);
        g_assert_cmpint(got, >, 0);
        data += got;
        len -= got;
    }
}

void qvirtio_serial_wire_expect_none(QVirtioSerial *s, int n)
{
    struct pollfd pfd = { .fd = s->wire[n], .events = POLLIN };

    g_assert_cmpint(poll(&pfd, 1, SILENCE_MS), ==, 0);
}

void qvirtio_serial_wire_expect(QVirtioSerial *s, int n, const char *text)
{
    char got[256];

    g_assert_cmpuint(strlen(text), <, sizeof(got));
    qvirtio_serial_wire_recv(s, n, got, strlen(text));
    g_assert_cmpmem(got, strlen(text), text, strlen(text));
}

/* Configuration */

void qvirtio_serial_config_write(QVirtioSerial *s, uint64_t offset,
                                 unsigned size, uint32_t value)
{
    QPCIDevice *pdev = s->pci->pdev;

    offset += qvirtio_pci_is_legacy(s->pci)
              ? VIRTIO_PCI_CONFIG_OFF(pdev->msix_enabled)
              : s->pci->device_cfg_offset;
    switch (size) {
    case 1:
        qpci_io_writeb(pdev, s->pci->bar, offset, value);
        break;
    case 2:
        qpci_io_writew(pdev, s->pci->bar, offset, value);
        break;
    default:
        qpci_io_writel(pdev, s->pci->bar, offset, value);
    }
}
