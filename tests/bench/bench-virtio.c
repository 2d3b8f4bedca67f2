/*
 * Figures: a virtio driver whose rings are memory that it shares with the VMM.
 *
 * Read bench-virtio.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "bench-virtio.h"

#define BAR_ADDR        0xe0000000u

/* PCI config space through 0xcf8, as a driver that knows its slot. */

static uint32_t config_read(BenchDriver *d, int reg)
{
    qtest_outl(d->qts, 0xcf8, 0x80000000u | BENCH_SLOT << 11 | reg);
    return qtest_inl(d->qts, 0xcfc);
}

static void config_write(BenchDriver *d, int reg, uint32_t val)
{
    qtest_outl(d->qts, 0xcf8, 0x80000000u | BENCH_SLOT << 11 | reg);
    qtest_outl(d->qts, 0xcfc, val);
}

/* Where BAR 4's structures are: VIRTIO 1.2, 4.1.4. */
static uint64_t find_structure(BenchDriver *d, int cfg_type,
                               uint32_t *multiplier)
{
    int cap = config_read(d, 0x34) & 0xfc;

    while (cap) {
        uint32_t head = config_read(d, cap);

        if ((head & 0xff) == 0x09 && head >> 24 == cfg_type) {
            if (multiplier) {
                *multiplier = config_read(d, cap + 16);
            }
            return BAR_ADDR + config_read(d, cap + 8);
        }
        cap = (head >> 8) & 0xfc;
    }
    g_assert_not_reached();
}

#define COMMON(field) \
    (d->common + offsetof(struct virtio_pci_common_cfg, field))

uint64_t bench_driver_add_queue(BenchDriver *d, struct vring *vr, int index,
                                uint16_t num, uint64_t addr)
{
    uint64_t avail, used;

    vring_init(vr, num, d->ram + addr, 4096);
    avail = addr + ((uint8_t *)vr->avail - (d->ram + addr));
    used = addr + ((uint8_t *)vr->used - (d->ram + addr));

    qtest_writew(d->qts, COMMON(queue_select), index);
    qtest_writew(d->qts, COMMON(queue_size), num);
    qtest_writel(d->qts, COMMON(queue_desc_lo), addr);
    qtest_writel(d->qts, COMMON(queue_desc_hi), 0);
    qtest_writel(d->qts, COMMON(queue_avail_lo), avail);
    qtest_writel(d->qts, COMMON(queue_avail_hi), 0);
    qtest_writel(d->qts, COMMON(queue_used_lo), used);
    qtest_writel(d->qts, COMMON(queue_used_hi), 0);
    qtest_writew(d->qts, COMMON(queue_enable), 1);
    return d->notify + qtest_readw(d->qts, COMMON(queue_notify_off)) *
                       d->notify_multiplier;
}

void bench_driver_ok(BenchDriver *d)
{
    qtest_writeb(d->qts, COMMON(device_status), VIRTIO_CONFIG_S_ACKNOWLEDGE |
                 VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK |
                 VIRTIO_CONFIG_S_DRIVER_OK);
}

static void driver_negotiate(BenchDriver *d)
{
    config_write(d, 0x20, BAR_ADDR);
    config_write(d, 0x24, 0);
    config_write(d, 0x04, 0x6);         /* memory, bus master */
    d->common = find_structure(d, VIRTIO_PCI_CAP_COMMON_CFG, NULL);
    d->notify = find_structure(d, VIRTIO_PCI_CAP_NOTIFY_CFG,
                               &d->notify_multiplier);

    qtest_writeb(d->qts, COMMON(device_status), 0);
    qtest_writeb(d->qts, COMMON(device_status), VIRTIO_CONFIG_S_ACKNOWLEDGE |
                 VIRTIO_CONFIG_S_DRIVER);
    for (int i = 0; i < 2; i++) {
        qtest_writel(d->qts, COMMON(guest_feature_select), i);
        qtest_writel(d->qts, COMMON(guest_feature), d->features >> (32 * i));
    }
    qtest_writeb(d->qts, COMMON(device_status), VIRTIO_CONFIG_S_ACKNOWLEDGE |
                 VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_FEATURES_OK);
    g_assert_cmpint(qtest_readb(d->qts, COMMON(device_status)) &
                    VIRTIO_CONFIG_S_FEATURES_OK, !=, 0);
}

void bench_driver_start(BenchDriver *d, const Vmm *vmm, const char *device,
                        uint64_t features)
{
    g_autofree char *args = NULL;

    d->features = features | 1ull << VIRTIO_F_VERSION_1;
    d->ram_fd = memfd_create("bench-ram", 0);
    g_assert_cmpint(ftruncate(d->ram_fd, BENCH_RAM_SIZE), ==, 0);
    d->ram = mmap(NULL, BENCH_RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                  d->ram_fd, 0);
    g_assert_true(d->ram != MAP_FAILED);

    /* Ours stays open in the child: it is not close-on-exec. */
    args = g_strdup_printf(
        "-nodefaults -m 64 -object memory-backend-file,id=ram,size=64M,"
        "mem-path=/proc/self/fd/%d,share=on -machine pc,memory-backend=ram %s",
        d->ram_fd, device);
    d->qts = bench_start(vmm, args);
    driver_negotiate(d);
}

void bench_driver_stop(BenchDriver *d)
{
    qtest_quit(d->qts);
    munmap(d->ram, BENCH_RAM_SIZE);
    close(d->ram_fd);
}
