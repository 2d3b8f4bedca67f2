/*
 * libqos: what a driver needs that lies to a virtio device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "virtio-liar.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

uint16_t liar_flags(QVirtioAny *d)
{
    return d->type->in ? WRITE : 0;
}

void liar_set_desc(QVirtioAny *d, uint64_t table, unsigned i, uint64_t addr,
                   uint32_t len, uint16_t flags, uint16_t next)
{
    struct vring_desc desc = {
        .addr = addr,
        .len = len,
        .flags = flags,
        .next = next,
    };

    qtest_memwrite(d->qts, table + i * sizeof(desc), &desc, sizeof(desc));
}

void liar_set_packed(QVirtioAny *d, uint64_t table, unsigned i, uint64_t addr,
                     uint32_t len, uint16_t flags)
{
    struct vring_packed_desc desc = {
        .addr = addr,
        .len = len,
        .id = i,
        .flags = flags,
    };

    qtest_memwrite(d->qts, table + i * sizeof(desc), &desc, sizeof(desc));
}

void liar_kick(QVirtioAny *d)
{
    d->vdev->bus->virtqueue_kick(d->vdev, qvirtio_any_victim(d));
}

void liar_put(QVirtioAny *d, unsigned i, uint64_t addr, uint32_t len,
              uint16_t flags, uint16_t next)
{
    QVirtQueue *vq = qvirtio_any_victim(d);

    if (vq->packed) {
        liar_set_packed(d, vq->desc, i, addr, len, flags | AVAIL);
    } else {
        liar_set_desc(d, vq->desc, i, addr, len, flags, next);
    }
}

void liar_offer(QVirtioAny *d, uint16_t head, uint16_t idx)
{
    QVirtQueue *vq = qvirtio_any_victim(d);

    if (!vq->packed) {
        qtest_writew(d->qts, vq->avail + 4, head);
        qtest_writew(d->qts, vq->avail + 2, idx);
    }
    liar_kick(d);
}

void liar_offer_one(QVirtioAny *d, uint64_t addr, uint32_t len,
                    uint16_t flags)
{
    liar_put(d, 0, addr, len, flags, 0);
    liar_offer(d, 0, 1);
}

/* Registers of virtio 1 */

void liar_set_common(QVirtioAny *d, unsigned reg, unsigned size, uint32_t val)
{
    uint64_t where = d->pci->common_cfg_offset + reg;

    switch (size) {
    case 1:
        qpci_io_writeb(d->pci->pdev, d->pci->bar, where, val);
        break;
    case 2:
        qpci_io_writew(d->pci->pdev, d->pci->bar, where, val);
        break;
    default:
        qpci_io_writel(d->pci->pdev, d->pci->bar, where, val);
        break;
    }
}

void liar_place_ring(QVirtioAny *d, unsigned reg, uint64_t addr)
{
    d->vdev->bus->queue_select(d->vdev, d->type->victim);
    liar_set_common(d, reg, 4, addr);
    liar_set_common(d, reg + 4, 4, addr >> 32);
    liar_set_common(d, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
}

bool liar_needs_reset(QVirtioAny *d)
{
    return d->vdev->bus->get_status(d->vdev) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

void liar_wait_broken(QVirtioAny *d)
{
    gint64 end = g_get_monotonic_time() + QVIRTIO_ANY_TIMEOUT_US;

    while (!liar_needs_reset(d)) {
        qvirtio_any_host(d);
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    g_assert_true(d->vdev->bus->get_config_isr_status(d->vdev));
}

void liar_let_happen(QVirtioAny *d)
{
    for (int i = 0; i < 5; i++) {
        qvirtio_any_host(d);
    }
}

/* The tests */

typedef struct LiarCase {
    const QVirtioAnyType *type;
    QVirtioAnyDrive drive;
    void (*run)(QVirtioAny *d);
} LiarCase;

static void liar_run(const void *data)
{
    const LiarCase *c = data;
    QVirtioAny *d = qvirtio_any_boot(c->type, c->drive, "");

    qvirtio_any_start(d);
    d->type->work(d);
    c->run(d);
    g_assert_true(qtest_probe_child(d->qts));
    qvirtio_any_shutdown(d);
}

static void liar_add(const char *prefix, const QVirtioAnyType *type,
                     QVirtioAnyDrive drive, const LiarTest *test)
{
    LiarCase c = { type, drive, test->run };
    g_autofree char *path = g_strdup_printf("/%s/%s/%s/%s", prefix,
                                            type->name,
                                            qvirtio_any_drives[drive],
                                            test->name);

    qtest_add_data_func_full(path, g_memdup2(&c, sizeof(c)), liar_run, g_free);
}

int liar_main(int argc, char **argv, const char *prefix, const LiarTest *tests)
{
    g_test_init(&argc, &argv, NULL);
    for (const QVirtioAnyType *type = qvirtio_any_types; type->name; type++) {
        for (int drive = 0; drive < QVIRTIO_ANY_DRIVES; drive++) {
            for (const LiarTest *test = tests; test->name; test++) {
                if (test->drives & 1u << drive) {
                    liar_add(prefix, type, drive, test);
                }
            }
        }
    }
    return g_test_run();
}
