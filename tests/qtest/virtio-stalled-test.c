/*
 * Every virtio device, with a request that it has taken and cannot finish: the
 * driver starts anew, the machine is reset or stands still, the device breaks,
 * or is pulled out.  Nothing is left of the request, and what comes next works.
 *
 * A new device joins by a row in libqos/virtio-any-types.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/resource.h>
#include "libqtest.h"
#include "libqos/virtio-liar.h"
#include "hw/pci/pci_regs.h"
#include "standard-headers/linux/virtio_pci.h"

static void stall(QVirtioAny *d)
{
    qvirtio_any_start(d);
    d->type->work(d);
    d->type->stall(d);
}

static void stalled_reset(QVirtioAny *d)
{
    /* qvirtio_any_start() begins with it. */
}

/* Only the queue that it is in starts anew (VIRTIO_F_RING_RESET). */
static void stalled_queue_reset(QVirtioAny *d)
{
    if (!qvirtio_any_is_modern(d)) {
        return;
    }
    for (unsigned i = 0; i < d->type->queues; i++) {
        d->vdev->bus->queue_select(d->vdev, i);
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_RESET, 2, 1);
        qvirtqueue_cleanup(d->vdev->bus, d->vq[i], d->alloc);
        d->vq[i] = qvirtqueue_setup(d->vdev, d->alloc, i);
    }
    g_assert_false(liar_needs_reset(d));
    d->type->work(d);
}

static void stalled_system_reset(QVirtioAny *d)
{
    qtest_outb(d->qts, 0xcf9, 0x06);
    qvirtio_any_enable(d);
}

static void stalled_bus_master(QVirtioAny *d)
{
    QPCIDevice *pdev = d->pci->pdev;
    uint16_t cmd = qpci_config_readw(pdev, PCI_COMMAND);

    qpci_config_writew(pdev, PCI_COMMAND, cmd & ~PCI_COMMAND_MASTER);
    qvirtio_any_host(d);
    qpci_config_writew(pdev, PCI_COMMAND, cmd);
}

/* The registers go, and what the device has begun goes on. */
static void stalled_bars_off(QVirtioAny *d)
{
    QPCIDevice *pdev = d->pci->pdev;
    uint16_t cmd = qpci_config_readw(pdev, PCI_COMMAND);

    qpci_config_writew(pdev, PCI_COMMAND, 0);
    qpci_config_writew(pdev, PCI_COMMAND, cmd);
    qvirtio_any_host(d);
}

/* The machine stands still, and the host's side does not. */
static void stalled_stop(QVirtioAny *d)
{
    qtest_qmp_assert_success(d->qts, "{'execute': 'stop'}");
    liar_let_happen(d);
    qvirtio_any_start(d);
    d->type->stall(d);
    qtest_qmp_assert_success(d->qts, "{'execute': 'cont'}");
}

/* Another lie breaks the device. */
static void stalled_broken(QVirtioAny *d)
{
    if (qvirtio_any_is_modern(d)) {
        /* An odd value, for a queue that is enabled. */
        liar_set_common(d, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 2);
        liar_wait_broken(d);
    }
    liar_kick(d);
    liar_let_happen(d);
}

/* It leaves, its back end stays, and another comes in its place. */
static void stalled_unplug(QVirtioAny *d)
{
    qvirtio_any_unplug(d);
    liar_let_happen(d);
    qvirtio_any_plug(d);
}

static void test_stalled(QVirtioAny *d)
{
    static const struct {
        const char *name;
        void (*then)(QVirtioAny *d);
    } events[] = {
        { "reset", stalled_reset },
        { "queue reset", stalled_queue_reset },
        { "system reset", stalled_system_reset },
        { "bus master off", stalled_bus_master },
        { "BARs off", stalled_bars_off },
        { "stop", stalled_stop },
        { "broken", stalled_broken },
        { "unplug", stalled_unplug },
    };

    for (int i = 0; i < ARRAY_SIZE(events); i++) {
        g_test_message("%s", events[i].name);
        stall(d);
        events[i].then(d);
        qvirtio_any_start(d);
        d->type->work(d);
    }
    /* And the program ends. */
    stall(d);
}

/* The program may open @limit files, or, at 0, as many as before. */
static void limit_files(QVirtioAny *d, rlim_t limit)
{
    pid_t pid = qtest_pid(d->qts);
    struct rlimit rlim;

    g_assert_cmpint(prlimit(pid, RLIMIT_NOFILE, NULL, &rlim), ==, 0);
    rlim.rlim_cur = limit ?: rlim.rlim_max;
    g_assert_cmpint(prlimit(pid, RLIMIT_NOFILE, &rlim, NULL), ==, 0);
}

/* No more than it has. */
static void no_more_files(QVirtioAny *d)
{
    rlim_t limit = 0;
    g_autofree char *path = NULL;

    do {
        g_free(path);
        path = g_strdup_printf("/proc/%d/fd/%d", (int)qtest_pid(d->qts),
                               (int)++limit);
    } while (g_file_test(path, G_FILE_TEST_IS_SYMLINK));
    limit_files(d, limit);
}

/*
 * The host has no eventfds for the doorbells.  Kicks take the long way, and the
 * next start tries again.
 */
static void test_no_eventfds(QVirtioAny *d)
{
    for (int i = 0; i < 2; i++) {
        qvirtio_any_start(d);
        d->type->work(d);
        qvirtio_any_stop(d);
        no_more_files(d);
        qvirtio_any_start(d);
        d->type->work(d);
        if (i == 0) {
            qtest_qmp_assert_success(d->qts, "{'execute': 'stop'}");
            qtest_qmp_assert_success(d->qts, "{'execute': 'cont'}");
            d->type->work(d);
        }
        /* The device is reset, and it fails again. */
        qvirtio_any_start(d);
        d->type->work(d);
        limit_files(d, 0);
        if (i == 0 && d->pci) {
            qvirtio_any_unplug(d);
            qvirtio_any_plug(d);
        }
    }
    qtest_qmp_assert_success(d->qts, "{'execute': 'stop'}");
    qtest_qmp_assert_success(d->qts, "{'execute': 'cont'}");
    d->type->work(d);
}

static const LiarTest stalled_tests[] = {
    { "events", test_stalled, IN_ALL },
    { "no-eventfds", test_no_eventfds, IN_ALL },
    { }
};

int main(int argc, char **argv)
{
    return liar_main(argc, argv, "virtio-stalled", stalled_tests);
}
