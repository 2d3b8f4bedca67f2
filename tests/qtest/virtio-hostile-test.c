/*
 * virtio-net against a guest that means harm.
 *
 * Ten thousand random writes to config space, registers, rings and the buffers
 * behind them.  Pure noise would be turned away at the door, so the dice are
 * loaded: mostly it is a field that exists, a value that is nearly right, an
 * address that is close to RAM.  Whatever the device makes of it, the program
 * must neither crash nor hang, and after a reset the device must work.
 *
 * The seed is printed; HOSTILE_SEED=n, or --seed as for any GLib test, runs
 * one again.  HOSTILE_STEPS=n changes how many writes there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "libqtest.h"
#include "libqos/pci-pc.h"
#include "libqos/virtio-net.h"
#include "hw/pci/pci_regs.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

#define STEPS 10000

/* Rings and buffers of the hostile guest are all in here. */
#define ARENA       0x400000ull
#define ARENA_SIZE  0x10000ull
#define RAM_SIZE    (128 * 1024 * 1024ull)

/* Commands not yet answered: enough to keep the program busy. */
#define PIPELINE    64

typedef struct Hostile {
    QVirtioNet *net;
    QPCIDevice *pdev;
    GRand *rand;
    QPCIBar bars[6];            /* .addr is 0 if there is none */
    uint64_t bar_size[6];
    unsigned pending;
} Hostile;

static uint32_t below(Hostile *h, uint32_t n)
{
    return g_rand_int_range(h->rand, 0, n);
}

static bool one_in(Hostile *h, uint32_t n)
{
    return below(h, n) == 0;
}

/* A command is sent now, and its answer, an OK, looked at later. */

static void hostile_drain(Hostile *h, unsigned keep)
{
    while (h->pending > keep) {
        g_autofree char *line = qtest_recv_line(h->net->qts);

        if (g_str_has_prefix(line, "IRQ ")) {
            continue;
        }
        g_assert_true(g_str_has_prefix(line, "OK"));
        h->pending--;
    }
}

static void G_GNUC_PRINTF(2, 3) hostile_say(Hostile *h, const char *fmt, ...)
{
    g_autofree char *line = NULL;
    va_list ap;

    va_start(ap, fmt);
    line = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qtest_send_line(h->net->qts, line);
    h->pending++;
    hostile_drain(h, PIPELINE);
}

static char width_name(unsigned size)
{
    return size == 1 ? 'b' : size == 2 ? 'w' : size == 4 ? 'l' : 'q';
}

/* Numbers that programs get wrong */

static uint64_t evil_number(Hostile *h)
{
    static const uint64_t favourites[] = {
        0, 1, 2, 3, 4, 15, 16, 17, 63, 64, 255, 256, 257, 1023, 1024, 1025,
        4095, 4096, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
        0xffffffff, 0x100000000, UINT64_MAX,
    };

    if (one_in(h, 4)) {
        return (uint64_t)g_rand_int(h->rand) << 32 | g_rand_int(h->rand);
    }
    return favourites[below(h, ARRAY_SIZE(favourites))];
}

static uint64_t evil_address(Hostile *h)
{
    switch (below(h, 8)) {
    case 0:
        return RAM_SIZE - below(h, 64);
    case 1:
        return 0xfee00000 + below(h, 4096);         /* the local APICs */
    case 2:
        return h->bars[4].addr + below(h, 0x4000);  /* our own registers */
    case 3:
        return evil_number(h);
    default:
        return ARENA + below(h, ARENA_SIZE);
    }
}

/* Each kind of attack is one write, or a few */

static void attack_config_space(Hostile *h)
{
    static const uint8_t places[] = {
        PCI_COMMAND, PCI_STATUS, PCI_INTERRUPT_LINE, 0x40, 0x50, 0x60, 0x70,
        0x84, 0x94, 0x98, 0x9a,
    };
    unsigned size = 1 << below(h, 3);
    uint32_t where = one_in(h, 3) ? places[below(h, ARRAY_SIZE(places))]
                                  : 0x40 + below(h, 0xc0);

    /* The BARs stay where they are, or the rest would miss them. */
    where &= ~(size - 1);
    hostile_say(h, "outl 0xcf8 0x%x",
                0x80000000 | h->pdev->devfn << 8 | (where & ~3u));
    hostile_say(h, "out%c 0x%x 0x%" PRIx64, width_name(size),
                0xcfc + (where & 3), evil_number(h) & 0xffffffff);
    if (one_in(h, 2)) {
        hostile_say(h, "in%c 0x%x", width_name(size), 0xcfc + (where & 3));
    }
}

static void attack_bar(Hostile *h)
{
    int n = below(h, 6);
    unsigned size = 1 << below(h, 4);
    uint64_t addr;

    if (!h->bars[n].addr) {
        return;
    }
    addr = h->bars[n].addr + below(h, h->bar_size[n]);
    if (h->bars[n].is_io) {
        size = MIN(size, 4);
        if (one_in(h, 4)) {
            hostile_say(h, "in%c 0x%" PRIx64, width_name(size), addr);
        } else {
            hostile_say(h, "out%c 0x%" PRIx64 " 0x%" PRIx64, width_name(size),
                        addr, evil_number(h) & 0xffffffff);
        }
    } else if (one_in(h, 4)) {
        hostile_say(h, "read%c 0x%" PRIx64, width_name(size), addr);
    } else {
        hostile_say(h, "write%c 0x%" PRIx64 " 0x%" PRIx64, width_name(size),
                    addr, evil_number(h));
    }
}

static void set_common(Hostile *h, unsigned reg, unsigned size, uint64_t val)
{
    hostile_say(h, "write%c 0x%" PRIx64 " 0x%" PRIx64, width_name(size),
                h->bars[4].addr + reg, val);
}

/* A register of virtio 1 that exists, and a value that might be meant. */
static void attack_common(Hostile *h)
{
    static const struct {
        uint8_t reg, size;
    } regs[] = {
        { VIRTIO_PCI_COMMON_DFSELECT, 4 }, { VIRTIO_PCI_COMMON_GFSELECT, 4 },
        { VIRTIO_PCI_COMMON_GF, 4 },       { VIRTIO_PCI_COMMON_MSIX, 2 },
        { VIRTIO_PCI_COMMON_STATUS, 1 },   { VIRTIO_PCI_COMMON_Q_SELECT, 2 },
        { VIRTIO_PCI_COMMON_Q_SIZE, 2 },   { VIRTIO_PCI_COMMON_Q_MSIX, 2 },
        { VIRTIO_PCI_COMMON_Q_ENABLE, 2 }, { VIRTIO_PCI_COMMON_Q_RESET, 2 },
    };
    int i = below(h, ARRAY_SIZE(regs));

    if (!h->bars[4].addr) {
        return;
    }
    set_common(h, regs[i].reg, regs[i].size,
               one_in(h, 2) ? below(h, 5) : evil_number(h));
}

/* A queue with rings somewhere, enabled. */
static void attack_queue(Hostile *h)
{
    static const uint8_t addrs[] = {
        VIRTIO_PCI_COMMON_Q_DESCLO, VIRTIO_PCI_COMMON_Q_AVAILLO,
        VIRTIO_PCI_COMMON_Q_USEDLO,
    };
    bool sane = !one_in(h, 3);

    if (!h->bars[4].addr) {
        return;
    }
    set_common(h, VIRTIO_PCI_COMMON_Q_SELECT, 2, below(h, 4));
    set_common(h, VIRTIO_PCI_COMMON_Q_SIZE, 2,
               sane ? 1 << below(h, 9) : evil_number(h));
    for (int i = 0; i < 3; i++) {
        uint64_t addr = sane ? ARENA + below(h, ARENA_SIZE / 4096) * 4096
                             : evil_address(h);

        set_common(h, addrs[i], 4, addr & 0xffffffff);
        set_common(h, addrs[i] + 4, 4, addr >> 32);
    }
    set_common(h, VIRTIO_PCI_COMMON_Q_ENABLE, 2, 1);
}

/* From reset to DRIVER_OK with whatever features, and queues as they come. */
static void attack_bring_up(Hostile *h)
{
    set_common(h, VIRTIO_PCI_COMMON_STATUS, 1, 0);
    hostile_say(h, "outl 0xcf8 0x%x",
                0x80000000 | h->pdev->devfn << 8 | PCI_COMMAND);
    hostile_say(h, "outw 0xcfc 0x7");
    set_common(h, VIRTIO_PCI_COMMON_STATUS, 1, 3);
    set_common(h, VIRTIO_PCI_COMMON_GFSELECT, 4, 0);
    set_common(h, VIRTIO_PCI_COMMON_GF, 4, g_rand_int(h->rand));
    set_common(h, VIRTIO_PCI_COMMON_GFSELECT, 4, 1);
    set_common(h, VIRTIO_PCI_COMMON_GF, 4, 1 | g_rand_int(h->rand));
    set_common(h, VIRTIO_PCI_COMMON_STATUS, 1, 0xb);
    for (int i = 0; i < 3; i++) {
        attack_queue(h);
    }
    set_common(h, VIRTIO_PCI_COMMON_STATUS, 1, 0xf);
}

/* Something that looks like a descriptor, or an index, in the arena. */
static void attack_ring(Hostile *h)
{
    /* The bits that make a descriptor of a packed ring available, or not. */
    static const uint16_t owner[] = {
        0, 0x80, 0x8000, 0x8080, 0x80, 0x8000,
    };
    uint64_t page = ARENA + below(h, ARENA_SIZE / 4096) * 4096;

    switch (below(h, 4)) {
    case 0:
        hostile_say(h, "writeq 0x%" PRIx64 " 0x%" PRIx64,
                    page + 16 * below(h, 16), evil_address(h));
        break;
    case 2:
        hostile_say(h, "writew 0x%" PRIx64 " 0x%x",
                    page + 16 * below(h, 16) + 14,
                    owner[below(h, ARRAY_SIZE(owner))] | below(h, 8));
        break;
    case 1:
        hostile_say(h, "writeq 0x%" PRIx64 " 0x%" PRIx64,
                    page + 16 * below(h, 16) + 8,
                    (evil_number(h) & 0xffffffff) |
                    (uint64_t)below(h, 8) << 32 |
                    (uint64_t)(one_in(h, 8) ? below(h, 65536) : below(h, 16))
                    << 48);
        break;
    default:
        hostile_say(h, "writew 0x%" PRIx64 " 0x%x", page + 2 * below(h, 8),
                    one_in(h, 8) ? below(h, 65536) : below(h, 8));
        break;
    }
}

static void attack_doorbell(Hostile *h)
{
    if (h->bars[4].addr) {
        hostile_say(h, "writew 0x%" PRIx64 " 0x0",
                    h->bars[4].addr + 0x3000 + 4 * below(h, 4));
    }
    if (h->bars[0].addr && h->bars[0].is_io && one_in(h, 4)) {
        hostile_say(h, "outw 0x%" PRIx64 " 0x%x",
                    h->bars[0].addr + VIRTIO_PCI_QUEUE_NOTIFY, below(h, 5));
    }
}

/* The network does not stand still meanwhile. */
static void attack_wire(Hostile *h)
{
    uint8_t buf[2048];

    for (unsigned i = 0; i < sizeof(buf); i++) {
        buf[i] = g_rand_int(h->rand);
    }
    /* It may be full: nobody says that the guest takes packets. */
    send(h->net->wire, buf, 1 + below(h, sizeof(buf)), MSG_DONTWAIT);
    while (recv(h->net->wire, buf, sizeof(buf), MSG_DONTWAIT) > 0) {
        /* What it sends interests nobody. */
    }
}

static void hostile_step(Hostile *h)
{
    unsigned dice = below(h, 100);

    if (dice < 1) {
        attack_bring_up(h);
    } else if (dice < 10) {
        attack_config_space(h);
    } else if (dice < 20) {
        attack_bar(h);
    } else if (dice < 30) {
        attack_common(h);
    } else if (dice < 35) {
        attack_queue(h);
    } else if (dice < 75) {
        attack_ring(h);
    } else if (dice < 97) {
        attack_doorbell(h);
    } else {
        attack_wire(h);
    }
}

/* Life */

static void hostile_map(Hostile *h)
{
    qpci_device_enable(h->pdev);
    for (int i = 0; i < 6; i++) {
        uint8_t reg = PCI_BASE_ADDRESS_0 + 4 * i;

        /* Not the upper half of a 64-bit BAR. */
        h->bars[i].addr = 0;
        if (i == 5) {
            continue;
        }
        qpci_config_writel(h->pdev, reg, ~0u);
        if (qpci_config_readl(h->pdev, reg)) {
            h->bars[i] = qpci_iomap(h->pdev, i, &h->bar_size[i]);
        }
    }
}

/* Reset the machine as a user would, and send a packet each way. */
static void assert_works_after_reset(Hostile *h)
{
    QVirtioNet *net = h->net;
    uint8_t out[100], in[4096];

    qtest_outb(net->qts, 0xcf9, 0x06);
    /* Low memory is as the attack left it: rings go to clean pages. */
    qvirtio_pci_device_enable(net->pci);
    qvirtio_net_start(net, QVIRTIO_NET_ALL);
    while (qvirtio_net_wire_poll(net, in, sizeof(in), 0) >= 0) {
        /* the attack's last packets */
    }
    qvirtio_net_frame(out, sizeof(out), qvirtio_net_mac, 1);
    qvirtio_net_send(net, out, sizeof(out));
    g_assert_cmpint(qvirtio_net_wire_recv(net, in, sizeof(in)), ==,
                    sizeof(out));
}

static void test_hostile(const void *data)
{
    const char *props = data;
    const char *type = g_str_has_prefix(props, "virtio") ? props
                                                         : "virtio-net-pci";
    const char *env = getenv("HOSTILE_SEED");
    const char *steps = getenv("HOSTILE_STEPS");
    Hostile h = { };
    uint32_t seed = env ? g_ascii_strtoull(env, NULL, 0) : g_test_rand_int();

    g_test_message("HOSTILE_SEED=%" PRIu32, seed);
    h.rand = g_rand_new_with_seed(seed);
    /* Standard error is for the device's complaints: one line a lie. */
    h.net = qvirtio_net_boot_with(type, type == props ? "" : props,
                                  "2>/dev/null");
    h.pdev = h.net->pci->pdev;
    hostile_map(&h);

    for (int i = 0; i < (steps ? atoi(steps) : STEPS); i++) {
        hostile_step(&h);
    }
    hostile_drain(&h, 0);
    g_assert_true(qtest_probe_child(h.net->qts));
    assert_works_after_reset(&h);

    qvirtio_net_shutdown(h.net);
    g_rand_free(h.rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_data_func("/virtio-hostile/generic", "virtio-net-pci",
                        test_hostile);
    qtest_add_data_func("/virtio-hostile/transitional",
                        "virtio-net-pci-transitional", test_hostile);
    qtest_add_data_func("/virtio-hostile/non-transitional",
                        "virtio-net-pci-non-transitional", test_hostile);
    qtest_add_data_func("/virtio-hostile/no-ioeventfd", "ioeventfd=off",
                        test_hostile);
    qtest_add_data_func("/virtio-hostile/multiqueue", "mq=on,tx=timer",
                        test_hostile);
    qtest_add_data_func("/virtio-hostile/packed", "packed=on", test_hostile);
    qtest_add_data_func("/virtio-hostile/packed,in-order",
                        "packed=on,in_order=on", test_hostile);
    return g_test_run();
}
