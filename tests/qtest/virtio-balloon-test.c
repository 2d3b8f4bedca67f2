/*
 * virtio-balloon: pages that go and come, figures about them, and a guest that
 * lies about both.
 *
 * That memory is given back is measured: the program's resident memory falls by
 * what is inflated, whatever is behind the guest's RAM.  Tests of what a driver
 * does run with split and with packed rings, and as a driver before virtio 1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/stat.h>
#include "hw/pci/pci_regs.h"
#include "libqos/census.h"
#include "libqos/libqos.h"
#include "libqos/virtio-pci.h"
#include "libqtest.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qnum.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qmp-expect.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "standard-headers/linux/virtio_config.h"
#include "standard-headers/linux/virtio_pci.h"

#define TIMEOUT_US      (120 * G_USEC_PER_SEC)
#define SECOND          1000000000LL
#define SLOT            4
#define RAM_SIZE        (64 * MiB)
#define PAGE            4096u

/* What is lent in these tests: the upper half of memory, or a part of it. */
#define LENT            (32 * MiB)
#define LENT_SIZE       (16 * MiB)
/* As Linux: so many pages in a request. */
#define PFNS            256
/* Resident memory that comes and goes for other reasons. */
#define NOISE           (2 * MiB)

#define BALLOON_FEATURES 0x3full

/* Offsets in the configuration */
#define NUM_PAGES       offsetof(struct virtio_balloon_config, num_pages)
#define ACTUAL          offsetof(struct virtio_balloon_config, actual)
#define CMD_ID          offsetof(struct virtio_balloon_config, \
                                 free_page_hint_cmd_id)
#define POISON_VAL      offsetof(struct virtio_balloon_config, poison_val)

typedef enum Drive {
    SPLIT,
    PACKED,
    LEGACY,
} Drive;

/* Queues, when all are on offer. */
enum { INFLATE, DEFLATE, STATS, HINT, REPORT, QUEUES };

typedef struct BalloonTest {
    QOSState *qs;
    QTestState *qts;
    QVirtioPCIDevice *pci;
    QVirtioDevice *vdev;
    uint64_t features;
    QVirtQueue *vq[QUEUES];
    uint64_t buf;               /* a page for requests */
} BalloonTest;

static bool has(const BalloonTest *t, unsigned bit)
{
    return t->features >> bit & 1;
}

/* What a driver does when it is loaded. */
static void balloon_drive(BalloonTest *t)
{
    uint64_t wanted = 1ull << VIRTIO_F_VERSION_1 |
                      1ull << VIRTIO_F_RING_PACKED |
                      1ull << VIRTIO_F_RING_RESET | BALLOON_FEATURES;
    int n = 0;

    qvirtio_start_device(t->vdev);
    t->features = qvirtio_get_features(t->vdev) & wanted;
    qvirtio_set_features(t->vdev, t->features);
    for (int i = 0; i < QUEUES; i++) {
        t->vq[i] = NULL;
        if ((i == HINT && !has(t, VIRTIO_BALLOON_F_FREE_PAGE_HINT)) ||
            (i == REPORT && !has(t, VIRTIO_BALLOON_F_REPORTING))) {
            continue;
        }
        t->vq[i] = qvirtqueue_setup(t->vdev, &t->qs->alloc, n++);
    }
    qvirtio_set_driver_ok(t->vdev);
}

static void balloon_boot(BalloonTest *t, Drive drive, const char *opts,
                         const char *props)
{
    QPCIAddress addr = { .devfn = QPCI_DEVFN(SLOT, 0) };

    t->qs = qtest_pc_boot("-nodefaults -m 64M %s "
                          "-device virtio-balloon-pci,id=b0,addr=%d.0,"
                          "packed=%s%s", opts, SLOT,
                          drive == PACKED ? "on" : "off", props);
    t->qts = t->qs->qts;
    t->pci = virtio_pci_new(t->qs->pcibus, &addr);
    t->vdev = &t->pci->vdev;
    qvirtio_pci_set_legacy(t->pci, drive == LEGACY);
    qvirtio_pci_device_enable(t->pci);
    g_assert_cmphex(qpci_config_readw(t->pci->pdev, PCI_DEVICE_ID), ==, 0x1002);
    balloon_drive(t);
    g_assert_true(t->vq[0]->packed == (drive == PACKED));
    t->buf = guest_alloc(&t->qs->alloc, PAGE);
}

static void balloon_forget_queues(BalloonTest *t)
{
    for (int i = 0; i < QUEUES; i++) {
        if (t->vq[i]) {
            qvirtqueue_cleanup(t->vdev->bus, t->vq[i], &t->qs->alloc);
        }
    }
}

static void balloon_shutdown(BalloonTest *t)
{
    balloon_forget_queues(t);
    qvirtio_pci_device_free(t->pci);
    qtest_shutdown(t->qs);
}

/* After device_del: what is left of it on our side. */
static void balloon_unplugged(BalloonTest *t)
{
    balloon_forget_queues(t);
    g_free(t->pci->pdev);
    g_free(t->pci);
    qtest_shutdown(t->qs);
}

static void balloon_unplug(BalloonTest *t)
{
    qtest_qmp_device_del_send(t->qts, "b0");
    qtest_outl(t->qts, 0xae08, 1 << SLOT);
    qtest_qmp_eventwait(t->qts, "DEVICE_DELETED");
}

static void config_writel(BalloonTest *t, uint64_t offset, uint32_t value)
{
    uint64_t where = qvirtio_pci_is_legacy(t->pci)
                     ? VIRTIO_PCI_CONFIG_OFF(t->pci->pdev->msix_enabled)
                     : t->pci->device_cfg_offset;

    qpci_io_writel(t->pci->pdev, t->pci->bar, where + offset, value);
}

static uint32_t config_readl(BalloonTest *t, uint64_t offset)
{
    return qvirtio_config_readl(t->vdev, offset);
}

/* A request and its answer. */
static void request(BalloonTest *t, int queue, uint64_t addr, uint32_t len,
                    bool write)
{
    QVirtQueue *vq = t->vq[queue];
    uint32_t head = qvirtqueue_add(t->qts, vq, addr, len, write, false);
    uint32_t written;

    qvirtqueue_kick(t->qts, t->vdev, vq, head);
    qvirtio_wait_used_elem(t->qts, t->vdev, vq, head, &written, TIMEOUT_US);
    g_assert_cmpuint(written, ==, 0);
}

/* Tell the numbers of the pages at @addr; @queue: INFLATE or DEFLATE */
static void tell_pages(BalloonTest *t, int queue, uint64_t addr, uint64_t size)
{
    uint32_t pfns[PFNS];

    for (uint64_t done = 0; done < size;) {
        int n;

        for (n = 0; n < PFNS && done < size; n++, done += PAGE) {
            pfns[n] = cpu_to_le32((addr + done) / PAGE);
        }
        qtest_bufwrite(t->qts, t->buf, pfns, n * sizeof(pfns[0]));
        request(t, queue, t->buf, n * sizeof(pfns[0]), false);
    }
}

static uint64_t resident(BalloonTest *t)
{
    return (uint64_t)census_rss(t->qts) * getpagesize();
}

static void check_page(BalloonTest *t, uint64_t addr, uint8_t value)
{
    uint8_t got[PAGE];

    qtest_bufread(t->qts, addr, got, sizeof(got));
    for (int i = 0; i < sizeof(got); i++) {
        g_assert_cmphex(got[i], ==, value);
    }
}

/* Pages */

static void inflate_and_deflate(BalloonTest *t)
{
    uint64_t before = resident(t), used, lent;

    qtest_memset(t->qts, LENT, 0xa5, LENT_SIZE);
    used = resident(t);
    g_assert_cmpuint(used, >=, before + LENT_SIZE - NOISE);

    tell_pages(t, INFLATE, LENT, LENT_SIZE);
    lent = resident(t);
    g_assert_cmpuint(lent + LENT_SIZE - NOISE, <=, used);
    check_page(t, LENT, 0);
    check_page(t, LENT + LENT_SIZE - PAGE, 0);

    /* They are the guest's again, who writes, and keeps what it writes. */
    tell_pages(t, DEFLATE, LENT, LENT_SIZE);
    qtest_memset(t->qts, LENT, 0x5a, LENT_SIZE);
    tell_pages(t, DEFLATE, LENT, LENT_SIZE);
    check_page(t, LENT, 0x5a);
    check_page(t, LENT + LENT_SIZE - PAGE, 0x5a);
    g_assert_cmpuint(resident(t), >=, lent + LENT_SIZE - NOISE);
}

static void test_pages(gconstpointer drive)
{
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    inflate_and_deflate(&t);
    balloon_shutdown(&t);
}

/* Only the pages that were told go. */
static void test_one_page(void)
{
    BalloonTest t;

    balloon_boot(&t, SPLIT, "", "");
    qtest_memset(t.qts, LENT, 0xa5, 3 * PAGE);
    tell_pages(&t, INFLATE, LENT + PAGE, PAGE);
    check_page(&t, LENT, 0xa5);
    check_page(&t, LENT + PAGE, 0);
    check_page(&t, LENT + 2 * PAGE, 0xa5);
    balloon_shutdown(&t);
}

static void test_backend(gconstpointer object)
{
    g_autofree char *opts = g_strdup_printf("-object %s,id=mem,size=64M "
                                            "-machine memory-backend=mem",
                                            (const char *)object);
    BalloonTest t;

    balloon_boot(&t, SPLIT, opts, "");
    inflate_and_deflate(&t);
    balloon_shutdown(&t);
}

/* The blocks of the file go, too. */
static void test_file(gconstpointer share)
{
    g_autofree char *path = NULL;
    g_autofree char *opts = NULL;
    struct stat used, lent;
    BalloonTest t;
    int fd = g_file_open_tmp("balloon-XXXXXX", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    opts = g_strdup_printf("-object memory-backend-file,id=mem,size=64M,"
                           "mem-path=%s,share=%s -machine memory-backend=mem",
                           path, (const char *)share);
    balloon_boot(&t, SPLIT, opts, "");
    inflate_and_deflate(&t);

    g_assert_cmpint(fstat(fd, &used), ==, 0);
    tell_pages(&t, INFLATE, LENT, LENT_SIZE);
    g_assert_cmpint(fstat(fd, &lent), ==, 0);
    if (g_str_equal(share, "on")) {
        g_assert_cmpint(lent.st_blocks + LENT_SIZE / 512, <=, used.st_blocks);
    }
    balloon_shutdown(&t);
    close(fd);
    unlink(path);
}

/* Reports */

static void test_report(gconstpointer drive)
{
    uint64_t used;
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", ",free-page-reporting=on");
    qtest_memset(t.qts, LENT, 0xa5, LENT_SIZE);
    used = resident(&t);
    request(&t, REPORT, LENT, LENT_SIZE / 2, true);
    g_assert_cmpuint(resident(&t) + LENT_SIZE / 2 - NOISE, <=, used);
    check_page(&t, LENT, 0);
    check_page(&t, LENT + LENT_SIZE / 2, 0xa5);

    /* Parts of pages, and what is no RAM, are nobody's loss. */
    qtest_memset(t.qts, LENT, 0xa5, 2 * PAGE);
    request(&t, REPORT, LENT + 16, PAGE, true);
    request(&t, REPORT, LENT, PAGE - 16, true);
    request(&t, REPORT, 0xf0000, PAGE, true);
    request(&t, REPORT, 0xfee00000, PAGE, true);
    check_page(&t, LENT, 0xa5);
    check_page(&t, LENT + PAGE, 0xa5);
    balloon_shutdown(&t);
}

/* A guest that poisons free pages wants to find its poison. */
static void test_poison(void)
{
    BalloonTest t;

    balloon_boot(&t, SPLIT, "", ",free-page-reporting=on");
    config_writel(&t, POISON_VAL, 0xaaaaaaaa);
    g_assert_cmphex(config_readl(&t, POISON_VAL), ==, 0xaaaaaaaa);
    qtest_memset(t.qts, LENT, 0xaa, PAGE);
    request(&t, REPORT, LENT, PAGE, true);
    check_page(&t, LENT, 0xaa);

    /* The next driver may do without. */
    balloon_forget_queues(&t);
    balloon_drive(&t);
    g_assert_cmphex(config_readl(&t, POISON_VAL), ==, 0);
    request(&t, REPORT, LENT, PAGE, true);
    check_page(&t, LENT, 0);
    balloon_shutdown(&t);
}

/* Configuration */

static void test_target(gconstpointer drive)
{
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    g_assert_cmpuint(config_readl(&t, NUM_PAGES), ==, 0);
    qtest_qmp_assert_success(t.qts, "{'execute': 'balloon', 'arguments':"
                             " {'value': 50331648}}");
    qvirtio_wait_config_isr(t.vdev, TIMEOUT_US);
    g_assert_cmpuint(config_readl(&t, NUM_PAGES), ==, 4096);

    /* The guest has given half of it so far. */
    expect_return(t.qts, "{'actual': 67108864}", "{'execute': 'query-balloon'}");
    config_writel(&t, ACTUAL, 2048);
    g_assert_cmpuint(config_readl(&t, ACTUAL), ==, 2048);
    expect_return(t.qts, "{'actual': 58720256}", "{'execute': 'query-balloon'}");

    /* It cannot have more than there is; and what it must not write it cannot. */
    qtest_qmp_assert_success(t.qts, "{'execute': 'balloon', 'arguments':"
                             " {'value': 1000000000000}}");
    g_assert_cmpuint(config_readl(&t, NUM_PAGES), ==, 0);
    config_writel(&t, NUM_PAGES, 77);
    g_assert_cmpuint(config_readl(&t, NUM_PAGES), ==, 0);
    balloon_shutdown(&t);
}

static int64_t change_actual(BalloonTest *t)
{
    QDict *event = qtest_qmp_eventwait_ref(t->qts, "BALLOON_CHANGE");
    int64_t actual = qdict_get_int(qdict_get_qdict(event, "data"), "actual");

    qobject_unref(event);
    return actual;
}

/* An event a second, and the last one is what counts. */
static void test_event_rate(void)
{
    BalloonTest t;
    QDict *event;

    balloon_boot(&t, SPLIT, "", "");
    config_writel(&t, ACTUAL, 1);
    g_assert_cmpint(change_actual(&t), ==, RAM_SIZE - PAGE);
    config_writel(&t, ACTUAL, 2);
    config_writel(&t, ACTUAL, 3);
    config_writel(&t, ACTUAL, 3);
    qtest_qmp_assert_success(t.qts, "{'execute': 'query-balloon'}");
    event = qtest_qmp_event_ref(t.qts, "BALLOON_CHANGE");
    g_assert_null(event);
    qtest_clock_step(t.qts, SECOND);
    g_assert_cmpint(change_actual(&t), ==, RAM_SIZE - 3 * PAGE);
    balloon_shutdown(&t);
}

/* How much configuration there is; beyond it is nothing. */
static void test_config_size(void)
{
    static const struct {
        const char *opts, *props;
        unsigned size;
    } sizes[] = {
        { "", "", 16 },
        { "", ",page-poison=off", 8 },
        { "", ",page-poison=off,qemu-4-0-config-size=on", 16 },
        { "-object iothread,id=io",
          ",page-poison=off,free-page-hint=on,iothread=io", 12 },
    };

    for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
        BalloonTest t;

        balloon_boot(&t, SPLIT, sizes[i].opts, sizes[i].props);
        for (unsigned at = 0; at < 32; at += 4) {
            uint32_t nothing = at < sizes[i].size ? 0 : UINT32_MAX;

            g_assert_cmphex(config_readl(&t, at), ==, nothing);
            if (at != ACTUAL && at != POISON_VAL) {
                config_writel(&t, at, 0x12345678);
                g_assert_cmphex(config_readl(&t, at), ==, nothing);
            }
        }
        balloon_shutdown(&t);
    }
}

/* Statistics */

static uint32_t stats_send(BalloonTest *t, const struct virtio_balloon_stat *s,
                           size_t len)
{
    uint32_t head;

    qtest_bufwrite(t->qts, t->buf, s, len);
    head = qvirtqueue_add(t->qts, t->vq[STATS], t->buf, len, false, false);
    qvirtqueue_kick(t->qts, t->vdev, t->vq[STATS], head);
    /* QMP, which has a thread of its own, might overtake the kick. */
    qtest_inb(t->qts, 0);
    return head;
}

static void stats_wait(BalloonTest *t, uint32_t head)
{
    uint32_t written;

    qvirtio_wait_used_elem(t->qts, t->vdev, t->vq[STATS], head, &written,
                           TIMEOUT_US);
    g_assert_cmpuint(written, ==, 0);
}

static uint64_t stats_get(BalloonTest *t, const char *name, int64_t *updated)
{
    QDict *rsp = qtest_qmp(t->qts, "{'execute': 'qom-get', 'arguments':"
                           " {'path': 'b0', 'property': 'guest-stats'}}");
    QDict *all = qdict_get_qdict(rsp, "return");
    uint64_t value;

    g_assert_nonnull(all);
    g_assert_cmpuint(qdict_size(qdict_get_qdict(all, "stats")), ==, 10);
    if (updated) {
        *updated = qdict_get_int(all, "last-update");
    }
    value = qnum_get_uint(qobject_to(QNum,
        qdict_get(qdict_get_qdict(all, "stats"), name)));
    qobject_unref(rsp);
    return value;
}

static void stats_poll(BalloonTest *t, int seconds)
{
    qtest_qmp_assert_success(t->qts, "{'execute': 'qom-set', 'arguments':"
                             " {'path': 'b0', 'property':"
                             " 'guest-stats-polling-interval',"
                             " 'value': %d}}", seconds);
}

static const struct virtio_balloon_stat some_stats[] = {
    { VIRTIO_BALLOON_S_MEMFREE, 0x123456789abcull },
    { VIRTIO_BALLOON_S_MEMTOT, RAM_SIZE },
    { 10, 1 },
    { 0xffff, 2 },
    { VIRTIO_BALLOON_S_SWAP_IN, 3 },
};

static void test_stats(gconstpointer drive)
{
    struct virtio_balloon_stat fewer = { VIRTIO_BALLOON_S_MEMFREE, 4 };
    int64_t updated;
    uint32_t head;
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    g_assert_cmphex(stats_get(&t, "stat-free-memory", &updated), ==, -1ull);
    g_assert_cmpint(updated, ==, 0);

    /* Tags that nobody knows, and half a figure, do no harm. */
    head = stats_send(&t, some_stats, sizeof(some_stats) - 1);
    g_assert_cmphex(stats_get(&t, "stat-free-memory", &updated), ==,
                    0x123456789abcull);
    g_assert_cmpint(updated, >, 0);
    g_assert_cmphex(stats_get(&t, "stat-total-memory", NULL), ==, RAM_SIZE);
    g_assert_cmphex(stats_get(&t, "stat-swap-in", NULL), ==, -1ull);

    /* The device keeps the buffer until somebody wants to know more. */
    g_assert_true(qvirtqueue_idle(t.qts, t.vq[STATS]));
    stats_poll(&t, 2);
    qtest_clock_step(t.qts, 1);
    stats_wait(&t, head);
    head = stats_send(&t, &fewer, sizeof(fewer));
    g_assert_cmphex(stats_get(&t, "stat-free-memory", NULL), ==, 4);
    g_assert_cmphex(stats_get(&t, "stat-total-memory", NULL), ==, -1ull);
    qtest_clock_step(t.qts, 2 * SECOND - 2000000);
    g_assert_true(qvirtqueue_idle(t.qts, t.vq[STATS]));
    qtest_clock_step(t.qts, 3000000);
    stats_wait(&t, head);

    /* And not when nobody does. */
    head = stats_send(&t, &fewer, sizeof(fewer));
    stats_poll(&t, 0);
    qtest_clock_step(t.qts, 10 * SECOND);
    g_assert_true(qvirtqueue_idle(t.qts, t.vq[STATS]));
    balloon_shutdown(&t);
}

/* A second buffer: the first goes back, and none is lost. */
static void test_stats_twice(gconstpointer drive)
{
    uint32_t head[2];
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    head[0] = stats_send(&t, some_stats, sizeof(some_stats));
    head[1] = stats_send(&t, some_stats, sizeof(some_stats));
    stats_wait(&t, head[0]);
    g_assert_true(qvirtqueue_idle(t.qts, t.vq[STATS]));
    stats_poll(&t, 1);
    qtest_clock_step(t.qts, SECOND);
    stats_wait(&t, head[1]);
    balloon_shutdown(&t);
}

/* The device has the buffer while its driver starts anew, or it goes. */
static void test_stats_reset(gconstpointer drive)
{
    uint32_t head;
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    stats_poll(&t, 1);
    stats_send(&t, some_stats, sizeof(some_stats));
    balloon_forget_queues(&t);
    balloon_drive(&t);
    qtest_clock_step(t.qts, 5 * SECOND);
    g_assert_true(qvirtqueue_idle(t.qts, t.vq[STATS]));
    head = stats_send(&t, some_stats, sizeof(some_stats));
    qtest_clock_step(t.qts, 5 * SECOND);
    stats_wait(&t, head);

    stats_send(&t, some_stats, sizeof(some_stats));
    balloon_unplug(&t);
    qtest_clock_step(t.qts, 5 * SECOND);
    balloon_unplugged(&t);
}

/* Only its queue is reset, and comes back. */
static void test_stats_ring_reset(void)
{
    uint64_t select, reset;
    BalloonTest t;

    balloon_boot(&t, SPLIT, "", "");
    stats_poll(&t, 1);
    stats_send(&t, some_stats, sizeof(some_stats));
    select = t.pci->common_cfg_offset + 0x16;
    reset = t.pci->common_cfg_offset + 0x3a;
    qpci_io_writew(t.pci->pdev, t.pci->bar, select, STATS);
    qpci_io_writew(t.pci->pdev, t.pci->bar, reset, 1);
    g_assert_cmpuint(qpci_io_readw(t.pci->pdev, t.pci->bar, reset), ==, 0);
    qtest_clock_step(t.qts, 5 * SECOND);
    expect_return(t.qts, "{}", "{'execute': 'cont'}");
    balloon_shutdown(&t);
}

/* A guest that lies */

/* Whatever a number means, it is no page of RAM: nothing happens. */
static void test_bad_pages(gconstpointer drive)
{
    static const uint32_t bad[] = {
        RAM_SIZE / PAGE, UINT32_MAX, INT32_MAX, 0xfec00, 0xfee00, 0xf0, 0xff,
        0xe0000, 0xfebf0, 0x100000, 0xfffff,
    };
    uint8_t rom[PAGE];
    uint32_t pfns[PFNS];
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    qtest_bufread(t.qts, 0xff000, rom, sizeof(rom));
    for (int queue = INFLATE; queue <= DEFLATE; queue++) {
        for (int i = 0; i < ARRAY_SIZE(bad); i++) {
            pfns[i] = cpu_to_le32(bad[i]);
        }
        qtest_bufwrite(t.qts, t.buf, pfns, sizeof(bad));
        request(&t, queue, t.buf, sizeof(bad), false);
    }
    for (uint64_t i = 0; i < sizeof(rom); i += 512) {
        g_assert_cmphex(qtest_readb(t.qts, 0xff000 + i), ==, rom[i]);
    }
    balloon_shutdown(&t);
}

/* Requests of no length, of half numbers, for us to write: all come back. */
static void test_bad_requests(gconstpointer drive)
{
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    qtest_memset(t.qts, LENT, 0xa5, 2 * PAGE);
    qtest_writel(t.qts, t.buf, LENT / PAGE);
    qtest_writel(t.qts, t.buf + 4, LENT / PAGE + 1);
    for (int queue = INFLATE; queue <= DEFLATE; queue++) {
        request(&t, queue, t.buf, 3, false);
        request(&t, queue, t.buf, PAGE, true);
    }
    check_page(&t, LENT, 0xa5);
    request(&t, INFLATE, t.buf, 7, false);
    check_page(&t, LENT, 0);
    check_page(&t, LENT + PAGE, 0xa5);
    balloon_shutdown(&t);
}

/* All of memory as one request: it has an end before the guest's patience. */
static void test_greedy(void)
{
    BalloonTest t;
    uint32_t head;

    balloon_boot(&t, SPLIT, "", "");
    request(&t, DEFLATE, 1 * MiB, RAM_SIZE - 1 * MiB, false);
    head = qvirtqueue_add(t.qts, t.vq[STATS], 1 * MiB, RAM_SIZE - 1 * MiB,
                          false, false);
    qvirtqueue_kick(t.qts, t.vdev, t.vq[STATS], head);
    stats_poll(&t, 1);
    qtest_clock_step(t.qts, SECOND);
    stats_wait(&t, head);
    balloon_shutdown(&t);
}

/* More than a go's worth at once, with one kick. */
static void test_many_requests(gconstpointer drive)
{
    enum { N = 20, LEN = 64 * 1024 };
    uint32_t heads[N];
    uint64_t buf;
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    buf = guest_alloc(&t.qs->alloc, LEN);
    qtest_memset(t.qts, buf, 0xff, LEN);
    qtest_qmp_assert_success(t.qts, "{'execute': 'stop'}");
    for (int i = 0; i < N; i++) {
        heads[i] = qvirtqueue_add(t.qts, t.vq[INFLATE], buf, LEN, false, false);
        if (i < N - 1) {
            qvirtqueue_publish(t.qts, t.vq[INFLATE], heads[i]);
        }
    }
    qtest_qmp_assert_success(t.qts, "{'execute': 'cont'}");
    qvirtqueue_kick(t.qts, t.vdev, t.vq[INFLATE], heads[N - 1]);
    for (int i = 0; i < N; i++) {
        qvirtio_wait_used_elem(t.qts, t.vdev, t.vq[INFLATE], heads[i], NULL,
                               TIMEOUT_US);
    }
    balloon_shutdown(&t);
}

/* The driver starts anew, and the device goes, when there is more to do. */
static void test_many_reset(gconstpointer drive)
{
    enum { N = 40, LEN = 64 * 1024 };
    uint64_t buf;
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    buf = guest_alloc(&t.qs->alloc, LEN);
    qtest_memset(t.qts, buf, 0xff, LEN);
    for (int round = 0; round < 2; round++) {
        uint32_t head = 0;

        for (int i = 0; i < N; i++) {
            head = qvirtqueue_add(t.qts, t.vq[INFLATE], buf, LEN, false, false);
            if (i < N - 1) {
                qvirtqueue_publish(t.qts, t.vq[INFLATE], head);
            }
        }
        qvirtqueue_kick(t.qts, t.vdev, t.vq[INFLATE], head);
        if (round == 0) {
            balloon_forget_queues(&t);
            balloon_drive(&t);
            qtest_memset(t.qts, LENT, 0xa5, PAGE);
            tell_pages(&t, INFLATE, LENT, PAGE);
            check_page(&t, LENT, 0);
        }
    }
    balloon_unplug(&t);
    balloon_unplugged(&t);
}

/* The guest lends the ring that it says so with. */
static void test_own_ring(gconstpointer drive)
{
    uint32_t head;
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), "", "");
    for (int i = 0; i < 2; i++) {
        qtest_writel(t.qts, t.buf, t.vq[INFLATE]->desc / PAGE);
        qtest_writel(t.qts, t.buf + 4, t.vq[INFLATE]->used / PAGE);
        qtest_writel(t.qts, t.buf + 8, t.buf / PAGE);
        head = qvirtqueue_add(t.qts, t.vq[INFLATE], t.buf, 12, false, false);
        qvirtqueue_kick(t.qts, t.vdev, t.vq[INFLATE], head);
        check_page(&t, t.buf, 0);
        /* What is there now is nothing, or a lie. */
        t.vdev->bus->virtqueue_kick(t.vdev, t.vq[INFLATE]);
        balloon_forget_queues(&t);
        balloon_drive(&t);
    }
    tell_pages(&t, INFLATE, LENT, PAGE);
    balloon_shutdown(&t);
}

/* Hints */

#define HINT_OPTS "-object iothread,id=io"
#define HINT_PROPS ",free-page-hint=on,iothread=io"

/* Nobody migrates: nothing is asked, and what comes goes back. */
static void test_hint(gconstpointer drive)
{
    uint32_t head[8];
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), HINT_OPTS, HINT_PROPS);
    g_assert_cmphex(config_readl(&t, CMD_ID), ==, VIRTIO_BALLOON_CMD_ID_STOP);
    qtest_memset(t.qts, LENT, 0xa5, PAGE);
    qtest_writel(t.qts, t.buf, 0x80000001);
    request(&t, HINT, t.buf, 4, false);
    request(&t, HINT, t.buf, 3, false);
    request(&t, HINT, LENT, PAGE, true);
    request(&t, HINT, 0xfee00000, PAGE, true);
    check_page(&t, LENT, 0xa5);

    /* What comes while the machine stands still waits. */
    qtest_qmp_assert_success(t.qts, "{'execute': 'stop'}");
    for (int i = 0; i < ARRAY_SIZE(head); i++) {
        head[i] = qvirtqueue_add(t.qts, t.vq[HINT], LENT + i * PAGE, PAGE,
                                 true, false);
        qvirtqueue_kick(t.qts, t.vdev, t.vq[HINT], head[i]);
    }
    g_usleep(20 * 1000);
    g_assert_true(qvirtqueue_idle(t.qts, t.vq[HINT]));
    qtest_qmp_assert_success(t.qts, "{'execute': 'cont'}");
    for (int i = 0; i < ARRAY_SIZE(head); i++) {
        qvirtio_wait_used_elem(t.qts, t.vdev, t.vq[HINT], head[i], NULL,
                               TIMEOUT_US);
    }
    balloon_shutdown(&t);
}

static void hint_in_flight(BalloonTest *t)
{
    for (int i = 0; i < 8; i++) {
        uint32_t head = qvirtqueue_add(t->qts, t->vq[HINT], LENT + i * PAGE,
                                       PAGE, true, false);
        qvirtqueue_kick(t->qts, t->vdev, t->vq[HINT], head);
    }
}

/* The device starts anew, and then goes, with hints in the IOThread. */
static void test_hint_reset(gconstpointer drive)
{
    BalloonTest t;

    balloon_boot(&t, GPOINTER_TO_INT(drive), HINT_OPTS, HINT_PROPS);
    for (int i = 0; i < 5; i++) {
        hint_in_flight(&t);
        /* The thread polls longer, or not at all, from now on. */
        expect_return(t.qts, "{}", "{'execute': 'qom-set', 'arguments':"
                      " {'path': '/objects/io', 'property': 'poll-max-ns',"
                      " 'value': %d}}", i % 2 * 100000);
        balloon_forget_queues(&t);
        balloon_drive(&t);
    }
    request(&t, HINT, LENT, PAGE, true);

    qtest_qmp_assert_success(t.qts, "{'execute': 'stop'}");
    hint_in_flight(&t);
    balloon_forget_queues(&t);
    balloon_drive(&t);
    hint_in_flight(&t);
    /* The device keeps the thread that it works in. */
    qtest_qmp_assert_success(t.qts, "{'execute': 'object-del', 'arguments':"
                             " {'id': 'io'}}");
    qtest_qmp_assert_success(t.qts, "{'execute': 'cont'}");
    balloon_unplug(&t);
    balloon_unplugged(&t);
}

/* What cannot be is refused, in QEMU's words, and nothing is left of it. */
static void test_errors(void)
{
    static const char *const only = "Only one balloon device is supported";
    static const char *const set_interval =
        "{'execute': 'qom-set', 'arguments': {'path': 'b1', 'property':"
        " 'guest-stats-polling-interval', 'value': %lld}}";
    QTestState *qts = qtest_init("-machine pc -nodefaults "
                                 "-object iothread,id=io");

    expect_error(qts, "GenericError",
                 "'free-page-hint' requires 'iothread' to be set",
                 "{'execute': 'device_add', 'arguments': {'driver':"
                 " 'virtio-balloon-pci', 'free-page-hint': true,"
                 " 'guest-stats-polling-interval': 1}}");
    expect_error(qts, "DeviceNotActive",
                 "No balloon device has been activated",
                 "{'execute': 'query-balloon'}");
    expect_error(qts, "DeviceNotFound", "Device 'x' not found",
                 "{'execute': 'device_add', 'arguments': {'driver':"
                 " 'virtio-balloon-pci', 'iothread': 'x'}}");
    qtest_clock_step(qts, 5 * SECOND);

    qtest_qmp_device_add(qts, "virtio-balloon-pci", "b1",
                         "{'guest-stats-polling-interval': 3}");
    expect_return(qts, "3", "{'execute': 'qom-get', 'arguments': {'path': 'b1',"
                  " 'property': 'guest-stats-polling-interval'}}");
    expect_error(qts, "GenericError", only,
                 "{'execute': 'device_add', 'arguments': {'driver':"
                 " 'virtio-balloon-pci'}}");
    expect_error(qts, "GenericError", only,
                 "{'execute': 'device_add', 'arguments': {'driver':"
                 " 'virtio-balloon-pci', 'free-page-hint': true}}");
    expect_error(qts, "GenericError", "timer value must be greater than zero",
                 set_interval, -1ll);
    expect_error(qts, "GenericError", "timer value is too big", set_interval,
                 1ll << 32);
    expect_return(qts, "{}", set_interval, 0xffffffffll);
    expect_return(qts, "{}", set_interval, 0ll);
    expect_error(qts, "GenericError",
                 "Property 'virtio-balloon-device.guest-stats' is not writable",
                 "{'execute': 'qom-set', 'arguments': {'path': 'b1',"
                 " 'property': 'guest-stats', 'value': {}}}");
    expect_hmp(qts, "info balloon", "balloon: actual=128\n");
    expect_hmp(qts, "balloon 64", "");
    qtest_quit(qts);
}

static void add_drives(const char *name, void (*test)(gconstpointer))
{
    static const char *const drives[] = { "split", "packed", "legacy" };

    for (int i = 0; i < ARRAY_SIZE(drives); i++) {
        g_autofree char *path = g_strdup_printf("/virtio-balloon/%s/%s",
                                                drives[i], name);

        qtest_add_data_func(path, GINT_TO_POINTER(i), test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_drives("pages", test_pages);
    add_drives("report", test_report);
    add_drives("target", test_target);
    add_drives("stats", test_stats);
    add_drives("stats-twice", test_stats_twice);
    add_drives("stats-reset", test_stats_reset);
    add_drives("bad-pages", test_bad_pages);
    add_drives("bad-requests", test_bad_requests);
    add_drives("many-requests", test_many_requests);
    add_drives("many-reset", test_many_reset);
    add_drives("own-ring", test_own_ring);
    add_drives("hint", test_hint);
    add_drives("hint-reset", test_hint_reset);
    qtest_add_func("/virtio-balloon/one-page", test_one_page);
    qtest_add_data_func("/virtio-balloon/backend/ram",
                        "memory-backend-ram,share=on", test_backend);
    qtest_add_data_func("/virtio-balloon/backend/memfd",
                        "memory-backend-memfd", test_backend);
    qtest_add_data_func("/virtio-balloon/backend/memfd-private",
                        "memory-backend-memfd,share=off", test_backend);
    qtest_add_data_func("/virtio-balloon/backend/file", "on", test_file);
    qtest_add_data_func("/virtio-balloon/backend/file-private", "off",
                        test_file);
    qtest_add_func("/virtio-balloon/poison", test_poison);
    qtest_add_func("/virtio-balloon/event-rate", test_event_rate);
    qtest_add_func("/virtio-balloon/config-size", test_config_size);
    qtest_add_func("/virtio-balloon/stats-ring-reset", test_stats_ring_reset);
    qtest_add_func("/virtio-balloon/greedy", test_greedy);
    qtest_add_func("/virtio-balloon/errors", test_errors);
    return g_test_run();
}
