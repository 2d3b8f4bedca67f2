/*
 * Devices that were not written for this tree (tests/dropin/): they are compiled
 * as `make dropin` compiles a source from elsewhere, and do their job.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "libqtest.h"
#include "libqos/acpi-guest.h"
#include "libqos/census.h"
#include "libqos/libqos.h"
#include "libqos/virtio-pci.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/virtio_config.h"

#define SLOT 4

static QPCIDevice *sample_find(QOSState *qs)
{
    QPCIDevice *dev = qpci_device_find(qs->pcibus, QPCI_DEVFN(SLOT, 0));

    g_assert_nonnull(dev);
    qpci_device_enable(dev);
    return dev;
}

/* The card on the network: rings, an interrupt that comes later, an EEPROM */

enum { CTRL, STATUS, ISR, IMR, RX_RING, TX_RING, RX_LEN, TX_LEN, KICK, EEPROM };

typedef struct NICTest {
    QOSState *qs;
    QPCIDevice *dev;
    QPCIBar bar;
    int wire;
} NICTest;

static void nic_write(NICTest *t, int reg, uint32_t val)
{
    qpci_io_writel(t->dev, t->bar, reg * 4, val);
}

static uint32_t nic_read(NICTest *t, int reg)
{
    return qpci_io_readl(t->dev, t->bar, reg * 4);
}

static void nic_desc(NICTest *t, uint64_t at, uint64_t addr, uint32_t len)
{
    qtest_writeq(t->qs->qts, at, addr);
    qtest_writel(t->qs->qts, at + 8, len);
    qtest_writel(t->qs->qts, at + 12, 1);
}

static int nic_eeprom_bit(NICTest *t, int out)
{
    nic_write(t, EEPROM, 1 | out << 2);
    nic_write(t, EEPROM, 3 | out << 2);
    return nic_read(t, EEPROM) >> 3 & 1;
}

static uint16_t nic_eeprom_word(NICTest *t, unsigned addr)
{
    uint16_t word = 0;

    nic_write(t, EEPROM, 0);
    nic_write(t, EEPROM, 1);
    for (int i = 8; i >= 0; i--) {
        nic_eeprom_bit(t, (6 << 6 | addr) >> i & 1);
    }
    for (int i = 0; i < 16; i++) {
        word = word << 1 | nic_eeprom_bit(t, 0);
    }
    return word;
}

static void test_ring_nic(void)
{
    static const char hello[] = "\xff\xff\xff\xff\xff\xff......\x08\x00hello";
    const uint64_t ring = 0x100000, buf = 0x101000;
    char got[64];
    uint32_t len;
    NICTest t;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    t.qs = qtest_pc_boot("-nodefaults -netdev socket,id=n0,fd=%d -device "
                         "ring-nic,netdev=n0,addr=%d.0,mac=52:54:00:01:02:03",
                         sv[1], SLOT);
    close(sv[1]);
    t.wire = sv[0];
    t.dev = sample_find(t.qs);
    t.bar = qpci_iomap(t.dev, 0, NULL);

    g_assert_cmphex(nic_read(&t, STATUS), ==, 1);
    g_assert_cmphex(nic_eeprom_word(&t, 0), ==, 0x5452);
    g_assert_cmphex(nic_eeprom_word(&t, 2), ==, 0x0302);

    /* Sent; the interrupt comes 50 us later. */
    qtest_memwrite(t.qs->qts, buf, hello, sizeof(hello));
    nic_desc(&t, ring, buf, sizeof(hello));
    nic_write(&t, TX_RING, ring);
    nic_write(&t, TX_LEN, 2);
    nic_write(&t, CTRL, 2);
    nic_write(&t, KICK, 1);
    g_assert_cmpint(recv(t.wire, &len, 4, MSG_WAITALL), ==, 4);
    g_assert_cmpuint(be32_to_cpu(len), ==, sizeof(hello));
    g_assert_cmpint(recv(t.wire, got, sizeof(hello), MSG_WAITALL), ==,
                    sizeof(hello));
    g_assert_cmpmem(got, sizeof(hello), hello, sizeof(hello));
    g_assert_cmphex(qtest_readl(t.qs->qts, ring + 12), ==, 0);
    g_assert_cmphex(nic_read(&t, ISR), ==, 2);
    nic_write(&t, IMR, 7);
    nic_write(&t, ISR, 7);
    qtest_clock_step(t.qs->qts, 100000);
    g_assert_cmphex(qpci_config_readw(t.dev, 0x06) & 8, ==, 0);

    /* Received. */
    nic_desc(&t, ring + 0x100, buf + 0x800, 64);
    nic_write(&t, RX_RING, ring + 0x100);
    nic_write(&t, RX_LEN, 1);
    nic_write(&t, CTRL, 3);
    len = cpu_to_be32(sizeof(hello));
    g_assert_cmpint(send(t.wire, &len, 4, 0), ==, 4);
    g_assert_cmpint(send(t.wire, hello, sizeof(hello), 0), ==, sizeof(hello));
    while (!(nic_read(&t, ISR) & 1)) {
        g_usleep(1000);
    }
    qtest_memread(t.qs->qts, buf + 0x800, got, sizeof(hello));
    g_assert_cmpmem(got, sizeof(hello), hello, sizeof(hello));
    qtest_clock_step(t.qs->qts, 100000);
    g_assert_cmphex(qpci_config_readw(t.dev, 0x06) & 8, ==, 8);

    close(t.wire);
    g_free(t.dev);
    qtest_shutdown(t.qs);
}

/* The card on the ISA bus: the DMA controller, scattered ports */

static void player_channel(QTestState *qts, uint32_t addr, uint16_t len,
                           uint8_t mode)
{
    qtest_outb(qts, 0x0a, 4 | 1);
    qtest_outb(qts, 0x0b, mode | 1);
    qtest_outb(qts, 0x0c, 0);
    qtest_outb(qts, 0x02, addr);
    qtest_outb(qts, 0x02, addr >> 8);
    qtest_outb(qts, 0x83, addr >> 16);
    qtest_outb(qts, 0x03, len - 1);
    qtest_outb(qts, 0x03, (len - 1) >> 8);
    qtest_outb(qts, 0x0a, 1);
}

static void player_wait(QTestState *qts)
{
    while (!(qtest_inb(qts, 0x221) & 2)) {
        g_usleep(1000);
    }
}

static void test_isa_player(void)
{
    static const char song[] = "abcdefghij";
    char got[16];
    QTestState *qts;
    int sv[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), ==, 0);
    qts = qtest_initf("-machine pc -nodefaults -chardev socket,id=c0,fd=%d "
                      "-device isa-player,chardev=c0", sv[1]);
    close(sv[1]);
    qtest_irq_intercept_in(qts, "/machine/i440fx/ioapic");

    /* Upwards: addresses of a channel count in its page. */
    qtest_memwrite(qts, 0x12fff8, song, 10);
    player_channel(qts, 0x12fff8, 8, 0x48);
    qtest_outb(qts, 0x220, 3);
    player_wait(qts);
    g_assert_cmpint(recv(sv[0], got, 8, MSG_WAITALL), ==, 8);
    g_assert_cmpmem(got, 8, song, 8);
    g_assert_cmpuint(qtest_inw(qts, 0x224), ==, 8);
    /* The channel has reached its count, which its status says once. */
    g_assert_cmphex(qtest_inb(qts, 0x08), ==, 0x02);
    g_assert_cmphex(qtest_inb(qts, 0x08), ==, 0x00);

    /* Downwards, five bytes below an address, last first. */
    player_channel(qts, 0x12fffd, 5, 0x68);
    qtest_outb(qts, 0x220, 3);
    player_wait(qts);
    g_assert_cmpint(recv(sv[0], got, 5, MSG_WAITALL), ==, 5);
    g_assert_cmpmem(got, 5, "edcba", 5);

    /* Round and round, until the driver masks the channel. */
    player_channel(qts, 0x12fff8, 4, 0x58);
    qtest_outb(qts, 0x220, 1);
    player_wait(qts);
    player_wait(qts);
    qtest_outb(qts, 0x0a, 4 | 1);
    g_assert_cmpint(recv(sv[0], got, 8, MSG_WAITALL), ==, 8);
    g_assert_cmpmem(got, 8, "abcdabcd", 8);

    close(sv[0]);
    qtest_quit(qts);
}

/* The display: memory that is watched, a monitor, a console */

static void test_frame_display(void)
{
    QOSState *qs = qtest_pc_boot("-nodefaults -device frame-display,id=d0,"
                                 "xres=800,yres=600,addr=%d.0", SLOT);
    QPCIDevice *dev = sample_find(qs);
    QPCIBar vram = qpci_iomap(dev, 0, NULL), mmio = qpci_iomap(dev, 2, NULL);
    QDict *rsp;

    g_assert_cmphex(qpci_io_readl(dev, mmio, 0), ==, 0xffffff00);
    /* The monitor's first mode: 1080 x 620 with blanks, at 75 Hz. */
    g_assert_cmphex(qpci_io_readw(dev, mmio, 0x36), ==,
                    1080 * 621 * 75 / 10000);
    qpci_io_writel(dev, vram, 0, 0x00ffffff);
    qpci_io_writew(dev, mmio, 0x400, 64);
    qpci_io_writew(dev, mmio, 0x402, 16);
    qpci_io_writew(dev, mmio, 0x404, 1);
    g_assert_cmphex(qpci_io_readw(dev, mmio, 0x402), ==, 16);
    /* Larger than its memory: it shows what it did. */
    qpci_io_writew(dev, mmio, 0x402, 0xffff);
    qpci_io_writew(dev, mmio, 0x400, 0xffff);

    rsp = qtest_qmp(qs->qts, "{'execute': 'qom-get', 'arguments': {"
                    "'path': '/backend/console[0]', 'property': 'device'}}");
    g_assert_cmpstr(qdict_get_str(rsp, "return"), ==,
                    "/machine/peripheral/d0");
    qobject_unref(rsp);

    g_free(dev);
    qtest_shutdown(qs);
}

/* virtio: a queue, configuration, a request that is too long */

static void test_virtio_echo(void)
{
    QPCIAddress addr = { .devfn = QPCI_DEVFN(SLOT, 0) };
    QOSState *qs = qtest_pc_boot("-nodefaults -device virtio-echo-pci,"
                                 "limit=100,addr=%d.0", SLOT);
    QVirtioPCIDevice *pci = virtio_pci_new(qs->pcibus, &addr);
    QVirtioDevice *vdev = &pci->vdev;
    QVirtQueue *vq;
    uint64_t buf;
    uint32_t head, len;
    char got[6];

    qvirtio_pci_device_enable(pci);
    qvirtio_start_device(vdev);
    qvirtio_set_features(vdev, 1ull << VIRTIO_F_VERSION_1);
    vq = qvirtqueue_setup(vdev, &qs->alloc, 0);
    qvirtio_set_driver_ok(vdev);

    buf = guest_alloc(&qs->alloc, 512);
    qtest_memwrite(qs->qts, buf, "hello", 5);
    head = qvirtqueue_add(qs->qts, vq, buf, 5, false, true);
    qvirtqueue_add(qs->qts, vq, buf + 256, 6, true, false);
    qvirtqueue_kick(qs->qts, vdev, vq, head);
    qvirtio_wait_used_elem(qs->qts, vdev, vq, head, &len, 120 * G_USEC_PER_SEC);
    g_assert_cmpuint(len, ==, 5);
    qtest_memread(qs->qts, buf + 256, got, 5);
    g_assert_cmpmem(got, 5, "olleh", 5);
    g_assert_cmpuint(qvirtio_config_readl(vdev, 0), ==, 5);

    head = qvirtqueue_add(qs->qts, vq, buf, 101, false, true);
    qvirtqueue_add(qs->qts, vq, buf + 256, 101, true, false);
    qvirtqueue_kick(qs->qts, vdev, vq, head);
    while (!(vdev->bus->get_status(vdev) & VIRTIO_CONFIG_S_NEEDS_RESET)) {
        g_usleep(1000);
    }

    guest_free(&qs->alloc, buf);
    qvirtqueue_cleanup(vdev->bus, vq, &qs->alloc);
    qvirtio_pci_device_free(pci);
    qtest_shutdown(qs);
}

/* They come and go while the machine runs, and leave nothing behind. */
static void sample_cycle(QTestState *qts, const char *driver)
{
    qtest_qmp_device_add(qts, driver, "dev0", "{'addr': '7'}");
    acpi_guest_answer(qts);
    qtest_qmp_device_del_send(qts, "dev0");
    acpi_guest_answer(qts);
    census_wait_deleted(qts, "dev0");
}

static void test_hotplug(void)
{
    static const char *const drivers[] = {
        "ring-nic", "frame-display", "virtio-echo-pci"
    };
    QTestState *qts = qtest_init("-machine pc -nodefaults");

    acpi_guest_boot(qts);
    for (int i = 0; i < ARRAY_SIZE(drivers); i++) {
        Census *before;

        /* A console stays for the next card. */
        sample_cycle(qts, drivers[i]);
        before = census_take(qts);
        sample_cycle(qts, drivers[i]);
        census_check(qts, before);
    }
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/dropin/ring-nic", test_ring_nic);
    qtest_add_func("/dropin/isa-player", test_isa_player);
    qtest_add_func("/dropin/frame-display", test_frame_display);
    qtest_add_func("/dropin/virtio-echo", test_virtio_echo);
    qtest_add_func("/dropin/hotplug", test_hotplug);
    return g_test_run();
}
