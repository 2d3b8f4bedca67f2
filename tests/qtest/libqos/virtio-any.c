/*
 * libqos: a driver of any virtio device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "virtio-any.h"
#include "hw/i386/microvm.h"
#include "hw/pci/pci_regs.h"
#include "qapi/qmp/qdict.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

/* The ports of ACPI's PCI hotplug: eject (hw/acpi/pcihp.c). */
#define PCI_EJ_PORT     0xae08

const char *const qvirtio_any_drives[QVIRTIO_ANY_DRIVES] = {
    [QVIRTIO_ANY_SPLIT] = "split",
    [QVIRTIO_ANY_PACKED] = "packed",
    [QVIRTIO_ANY_LEGACY] = "legacy",
};

void qvirtio_any_add(const char *prefix, const char *name,
                     void (*test)(gconstpointer), unsigned drives,
                     bool iothread)
{
    for (int i = 0; i < QVIRTIO_ANY_DRIVES; i++) {
        for (int io = 0; io <= iothread; io++) {
            g_autofree char *path =
                g_strdup_printf("/%s/%s%s/%s", prefix, qvirtio_any_drives[i],
                                io ? "-iothread" : "", name);

            if (drives & 1 << i) {
                qtest_add_data_func(path, GINT_TO_POINTER(
                    i | (io ? QVIRTIO_ANY_IOTHREAD : 0)), test);
            }
        }
    }
}

static char *any_args(const QVirtioAnyType *type, int fd)
{
    g_auto(GStrv) parts = g_strsplit(type->args ?: "", "@FD@", -1);
    g_autofree char *number = g_strdup_printf("%d", fd);

    return g_strjoinv(number, parts);
}

static QOSState *any_boot_pci(QVirtioAny *d, const char *args,
                              const char *props)
{
    d->device = g_strdup_printf("%s,id=%s,addr=%d.0%s", d->type->device,
                                QVIRTIO_ANY_ID, QVIRTIO_ANY_SLOT, props);
    return qtest_pc_boot("-nodefaults -m %llu %s -device %s 2>/dev/null",
                         QVIRTIO_ANY_RAM >> 20, args, d->device);
}

static QOSState *any_boot_mmio(QVirtioAny *d, const char *args,
                               const char *props)
{
    g_auto(GStrv) parts = g_strsplit(d->type->device, "-pci-transitional", 2);
    g_autofree char *device = g_strjoinv("-device", parts);

    d->device = g_strdup_printf("%s,id=%s,bus=virtio-mmio-bus.%d%s", device,
                                QVIRTIO_ANY_ID, QVIRTIO_ANY_TRANSPORT, props);
    return qtest_microvm_boot("-machine microvm,acpi=off -nodefaults "
                              "-global virtio-mmio.force-legacy=%s -m %llu "
                              "%s -device %s 2>/dev/null",
                              qvirtio_any_is_modern(d) ? "off" : "on",
                              QVIRTIO_ANY_RAM >> 20, args, d->device);
}

QVirtioAny *qvirtio_any_boot(const QVirtioAnyType *type, QVirtioAnyDrive drive,
                             const char *props)
{
    QVirtioAny *d = g_new0(QVirtioAny, 1);
    g_autofree char *args = NULL, *all_props = NULL;
    int sv[2] = { -1, -1 };

    d->type = type;
    d->drive = drive & ~QVIRTIO_ANY_MMIO;
    d->over_mmio = drive & QVIRTIO_ANY_MMIO;
    if (type->peer) {
        g_assert_cmpint(socketpair(AF_UNIX, type->peer, 0, sv), ==, 0);
        /* Only the other end is for the program. */
        fcntl(sv[0], F_SETFD, FD_CLOEXEC);
    }
    args = any_args(type, sv[1]);
    d->peer = sv[0];
    all_props = g_strdup_printf(",packed=%s%s", d->drive == QVIRTIO_ANY_PACKED
                                ? "on" : "off", props);
    /* Standard error is for the device's complaints: one line a lie. */
    d->qs = d->over_mmio ? any_boot_mmio(d, args, all_props)
                         : any_boot_pci(d, args, all_props);
    if (sv[1] >= 0) {
        close(sv[1]);
    }
    d->qts = d->qs->qts;
    d->alloc = &d->qs->alloc;
    qvirtio_any_enable(d);
    return d;
}

static void any_forget_queues(QVirtioAny *d)
{
    for (int i = 0; i < QVIRTIO_ANY_QUEUES; i++) {
        if (d->vq[i]) {
            qvirtqueue_cleanup(d->vdev->bus, d->vq[i], d->alloc);
            d->vq[i] = NULL;
        }
    }
    guest_free(d->alloc, d->buf);
    d->buf = 0;
}

static void any_forget_device(QVirtioAny *d)
{
    any_forget_queues(d);
    if (d->pci) {
        g_free(d->pci->pdev);
        g_free(d->pci);
        d->pci = NULL;
    }
    d->vdev = NULL;
}

void qvirtio_any_shutdown(QVirtioAny *d)
{
    any_forget_device(d);
    qtest_shutdown(d->qs);
    if (d->peer >= 0) {
        close(d->peer);
    }
    g_free(d->device);
    g_free(d);
}

void qvirtio_any_enable(QVirtioAny *d)
{
    QPCIAddress addr = { .devfn = QPCI_DEVFN(QVIRTIO_ANY_SLOT, 0) };

    any_forget_device(d);
    if (d->over_mmio) {
        qvirtio_mmio_init_device(&d->mmio, d->qts, VIRTIO_MMIO_BASE +
                                 QVIRTIO_ANY_TRANSPORT *
                                 MICROVM_TRANSPORT_SIZE, 4096);
        d->vdev = &d->mmio.vdev;
        return;
    }
    d->pci = virtio_pci_new(d->qs->pcibus, &addr);
    d->vdev = &d->pci->vdev;
    qvirtio_pci_set_legacy(d->pci, !qvirtio_any_is_modern(d));
    qvirtio_pci_device_enable(d->pci);
}

void qvirtio_any_unplug(QVirtioAny *d)
{
    qtest_qmp_device_del_send(d->qts, QVIRTIO_ANY_ID);
    qtest_outl(d->qts, PCI_EJ_PORT, 1 << QVIRTIO_ANY_SLOT);
    qtest_qmp_eventwait(d->qts, "DEVICE_DELETED");
    any_forget_device(d);
}

void qvirtio_any_plug(QVirtioAny *d)
{
    g_autofree char *said = qtest_hmp(d->qts, "device_add %s", d->device);

    g_assert_cmpstr(said, ==, "");
    qvirtio_any_enable(d);
}

/* From reset to DRIVER_OK */

void qvirtio_any_stop(QVirtioAny *d)
{
    qvirtio_reset(d->vdev);
    any_forget_queues(d);
}

static void any_set_ring_size(QVirtioAny *d, unsigned queue)
{
    uint64_t common;

    if (d->over_mmio) {
        d->mmio.ring_size = d->ring_size;
        return;
    }
    g_assert_true(qvirtio_any_is_modern(d));
    common = d->pci->common_cfg_offset;
    qpci_io_writew(d->pci->pdev, d->pci->bar,
                   common + VIRTIO_PCI_COMMON_Q_SELECT, queue);
    qpci_io_writew(d->pci->pdev, d->pci->bar,
                   common + VIRTIO_PCI_COMMON_Q_SIZE, d->ring_size);
}

void qvirtio_any_start(QVirtioAny *d)
{
    uint64_t features;

    qvirtio_any_stop(d);
    qvirtio_start_device(d->vdev);
    features = qvirtio_get_features(d->vdev);
    qvirtio_set_features(d->vdev, features & ~QVIRTIO_F_BAD_FEATURE);
    for (unsigned i = 0; i < d->type->queues; i++) {
        if (d->ring_size) {
            any_set_ring_size(d, i);
        }
        d->vq[i] = qvirtqueue_setup(d->vdev, d->alloc, i);
        g_assert_true(d->vq[i]->packed == (d->drive == QVIRTIO_ANY_PACKED));
    }
    d->buf = guest_alloc(d->alloc, QVIRTIO_ANY_BUF_SIZE);
    qtest_memset(d->qts, d->buf, 0, QVIRTIO_ANY_BUF_SIZE);
    qvirtio_set_driver_ok(d->vdev);
}

/* Requests */

void qvirtio_any_host(QVirtioAny *d)
{
    if (d->type->host) {
        d->type->host(d);
    }
    /* Timers come due, and what was left for later is done. */
    qtest_clock_step(d->qts, 100);
}

uint32_t qvirtio_any_ask(QVirtioAny *d, QVirtQueue *vq, uint64_t addr,
                         uint32_t len, bool write)
{
    uint32_t head = qvirtqueue_add(d->qts, vq, addr, len, write, false);

    qvirtqueue_kick(d->qts, d->vdev, vq, head);
    return head;
}

uint32_t qvirtio_any_wait_next(QVirtioAny *d, QVirtQueue *vq, uint32_t *len)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;
    uint32_t got;

    while (!qvirtqueue_get_buf(d->qts, vq, &got, len)) {
        qvirtio_any_host(d);
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    vq->num_free++;
    return got;
}

uint32_t qvirtio_any_wait(QVirtioAny *d, QVirtQueue *vq, uint32_t head)
{
    uint32_t len, got = qvirtio_any_wait_next(d, vq, &len);

    g_assert_cmpuint(got, ==, head);
    return len;
}

uint32_t qvirtio_any_request(QVirtioAny *d, QVirtQueue *vq, uint64_t addr,
                             uint32_t len, bool write)
{
    return qvirtio_any_wait(d, vq, qvirtio_any_ask(d, vq, addr, len, write));
}
