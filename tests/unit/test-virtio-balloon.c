/*
 * What no guest under qtest can see of virtio-balloon: host pages that are
 * larger than the protocol's, discards that somebody forbids, and the steps of a
 * migration.
 *
 * The whole program is linked and started as main() does, with a file for RAM.
 * The test is the driver, and it is the migration, too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/ramblock.h"
#include "exec/target_page.h"
#include "hw/boards.h"
#include "hw/pci/pci.h"
#include "hw/virtio/virtio-balloon.h"
#include "migration/misc.h"
#include "qapi/error.h"
#include "qemu/bitmap.h"
#include "qemu/main-loop.h"
#include "qemu/units.h"
#include "sysemu/runstate.h"

#define PAGE            4096
#define HUGE_PAGE       (64 * KiB)
#define RAM_SIZE        (64 * MiB)

/* The guest's memory: rings, 64 KiB each; requests; what is lent. */
#define RINGS           (1 * MiB)
#define AVAIL           0x8000
#define USED            0xc000
#define REQUEST         (2 * MiB)
#define LENT            (32 * MiB)

enum { INFLATE, DEFLATE, STATS, HINT, REPORT, QUEUES };

static VirtIOBalloon *balloon;
static VirtIODevice *vdev;
static RAMBlock *block;
static uint8_t *mem;

static uint64_t ring(int queue)
{
    return RINGS + queue * 64 * KiB;
}

static void driver_start(void)
{
    uint8_t status = VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER;

    virtio_reset(vdev);
    virtio_set_features(vdev, vdev->host_features &
                        (1ull << VIRTIO_F_VERSION_1 | 0x3f));
    status |= VIRTIO_CONFIG_S_FEATURES_OK;
    virtio_set_status(vdev, status);
    memset(mem + RINGS, 0, QUEUES * 64 * KiB);
    for (int i = 0; i < QUEUES; i++) {
        virtio_queue_set_rings(vdev, i, ring(i), ring(i) + AVAIL,
                               ring(i) + USED);
    }
    virtio_set_status(vdev, status | VIRTIO_CONFIG_S_DRIVER_OK);
}

static uint16_t used_idx(int queue)
{
    return lduw_le_p(mem + ring(queue) + USED + 2);
}

/* A request and its answer; always in the first descriptor. */
static void request(int queue, uint64_t addr, uint32_t len, bool write)
{
    uint8_t *desc = mem + ring(queue), *avail = desc + AVAIL;
    uint16_t idx = lduw_le_p(avail + 2);
    gint64 end = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;

    stq_le_p(desc, addr);
    stl_le_p(desc + 8, len);
    stw_le_p(desc + 12, write ? VRING_DESC_F_WRITE : 0);
    stw_le_p(avail + 4 + 2 * (idx % virtio_queue_get_num(vdev, queue)), 0);
    stw_le_p(avail + 2, ++idx);
    virtio_queue_notify(vdev, queue);
    while (used_idx(queue) != idx) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
        main_loop_wait(true);
    }
}

/* Tell the @n pages from @first on, in one request. */
static void tell(int queue, uint64_t first, int n)
{
    for (int i = 0; i < n; i++) {
        stl_le_p(mem + REQUEST + 4 * i, first / PAGE + i);
    }
    request(queue, REQUEST, 4 * n, false);
}

static uint32_t config_cmd_id(void)
{
    struct virtio_balloon_config config;

    VIRTIO_DEVICE_GET_CLASS(vdev)->get_config(vdev, (uint8_t *)&config);
    return le32_to_cpu(config.free_page_hint_cmd_id);
}

/* Large pages */

static void test_huge_page(void)
{
    driver_start();
    block->page_size = HUGE_PAGE;
    memset(mem + LENT, 0xa5, 3 * HUGE_PAGE);

    /* All but one page of it, and then that one, which is too late. */
    tell(INFLATE, LENT, 15);
    tell(INFLATE, LENT + 15 * PAGE, 1);
    g_assert_cmphex(mem[LENT], ==, 0xa5);

    /* One page again and again is not sixteen. */
    for (int i = 0; i < 16; i++) {
        stl_le_p(mem + REQUEST + 4 * i, LENT / PAGE);
    }
    request(INFLATE, REQUEST, 64, false);
    g_assert_cmphex(mem[LENT], ==, 0xa5);

    /* The whole of the second one, with neighbours on both sides. */
    tell(INFLATE, LENT + HUGE_PAGE - PAGE, 18);
    g_assert_cmphex(mem[LENT + HUGE_PAGE - PAGE], ==, 0xa5);
    g_assert_cmphex(mem[LENT + HUGE_PAGE], ==, 0);
    g_assert_cmphex(mem[LENT + 2 * HUGE_PAGE - 1], ==, 0);
    g_assert_cmphex(mem[LENT + 2 * HUGE_PAGE], ==, 0xa5);

    /* In any order. */
    for (int i = 0; i < 16; i++) {
        stl_le_p(mem + REQUEST + 4 * i, LENT / PAGE + (i * 5) % 16);
    }
    request(INFLATE, REQUEST, 64, false);
    g_assert_cmphex(mem[LENT], ==, 0);
    g_assert_cmphex(mem[LENT + HUGE_PAGE - 1], ==, 0);

    tell(DEFLATE, LENT + PAGE, 1);
    block->page_size = qemu_real_host_page_size();
}

/* Reports are of whole pages of the host, too. */
static void test_huge_report(void)
{
    driver_start();
    block->page_size = HUGE_PAGE;
    memset(mem + LENT, 0xa5, 2 * HUGE_PAGE);
    request(REPORT, LENT, PAGE, true);
    request(REPORT, LENT + PAGE, HUGE_PAGE, true);
    g_assert_cmphex(mem[LENT], ==, 0xa5);
    g_assert_cmphex(mem[LENT + PAGE], ==, 0xa5);
    request(REPORT, LENT, HUGE_PAGE, true);
    g_assert_cmphex(mem[LENT], ==, 0);
    g_assert_cmphex(mem[LENT + HUGE_PAGE], ==, 0xa5);
    block->page_size = qemu_real_host_page_size();
}

/* Somebody has pinned the memory: requests are answered, and nothing goes. */
static void test_inhibited(void)
{
    driver_start();
    memset(mem + LENT, 0xa5, PAGE);
    g_assert_cmpint(ram_block_discard_disable(true), ==, 0);
    tell(INFLATE, LENT, 1);
    request(REPORT, LENT, PAGE, true);
    tell(DEFLATE, LENT, 1);
    g_assert_cmphex(mem[LENT], ==, 0xa5);
    g_assert_cmpint(ram_block_discard_disable(false), ==, 0);

    g_assert_cmpint(ram_block_uncoordinated_discard_disable(true), ==, 0);
    tell(INFLATE, LENT, 1);
    g_assert_cmphex(mem[LENT], ==, 0xa5);
    g_assert_cmpint(ram_block_uncoordinated_discard_disable(false), ==, 0);
    tell(INFLATE, LENT, 1);
    g_assert_cmphex(mem[LENT], ==, 0);
}

/* Migration */

static void send_cmd(uint32_t id)
{
    stl_le_p(mem + REQUEST, id);
    request(HINT, REQUEST, 4, false);
}

static bool page_is_dirty(uint64_t addr)
{
    return test_bit(addr / PAGE, block->bmap);
}

static void step(PrecopyNotifyReason reason)
{
    g_assert_cmpint(precopy_notify(reason, &error_abort), ==, 0);
}

static void migration_start(void)
{
    driver_start();
    block->bmap = bitmap_new(RAM_SIZE / PAGE);
    bitmap_set(block->bmap, 0, RAM_SIZE / PAGE);
    step(PRECOPY_NOTIFY_SETUP);
    g_assert_cmphex(config_cmd_id(), ==, VIRTIO_BALLOON_CMD_ID_STOP);
    step(PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC);
}

static void migration_end(void)
{
    step(PRECOPY_NOTIFY_CLEANUP);
    g_clear_pointer(&block->bmap, g_free);
}

static void test_hint(void)
{
    uint32_t id;

    migration_start();
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    id = config_cmd_id();
    g_assert_cmphex(id, >, VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN);

    /* Before the guest has said which question it answers, it is nothing. */
    request(HINT, LENT, 4 * PAGE, true);
    send_cmd(id - 1);
    request(HINT, LENT, 4 * PAGE, true);
    g_assert_true(page_is_dirty(LENT));

    /* Whole pages; what is only in part free must be sent. */
    send_cmd(id);
    request(HINT, LENT + 16, 3 * PAGE, true);
    g_assert_true(page_is_dirty(LENT));
    g_assert_false(page_is_dirty(LENT + PAGE));
    g_assert_false(page_is_dirty(LENT + 2 * PAGE));
    g_assert_true(page_is_dirty(LENT + 3 * PAGE));
    request(HINT, 0xfee00000, PAGE, true);

    /* The guest has no more. */
    send_cmd(VIRTIO_BALLOON_CMD_ID_STOP);
    request(HINT, LENT + 4 * PAGE, PAGE, true);
    g_assert_true(page_is_dirty(LENT + 4 * PAGE));

    /* The next round has a number of its own. */
    step(PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC);
    g_assert_cmphex(config_cmd_id(), ==, VIRTIO_BALLOON_CMD_ID_STOP);
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    g_assert_cmphex(config_cmd_id(), ==, id + 1);
    send_cmd(id);
    request(HINT, LENT + 4 * PAGE, PAGE, true);
    g_assert_true(page_is_dirty(LENT + 4 * PAGE));
    send_cmd(id + 1);
    request(HINT, LENT + 4 * PAGE, PAGE, true);
    g_assert_false(page_is_dirty(LENT + 4 * PAGE));

    /* Between the rounds nothing counts. */
    step(PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC);
    request(HINT, LENT + 5 * PAGE, PAGE, true);
    g_assert_true(page_is_dirty(LENT + 5 * PAGE));
    step(PRECOPY_NOTIFY_COMPLETE);
    migration_end();
    g_assert_cmphex(config_cmd_id(), ==, VIRTIO_BALLOON_CMD_ID_DONE);
}

/* The last round: the machine stands still, and is asked nothing. */
static void test_hint_stopped(void)
{
    migration_start();
    vm_stop(RUN_STATE_PAUSED);
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    g_assert_cmphex(config_cmd_id(), ==, VIRTIO_BALLOON_CMD_ID_DONE);
    vm_start();
    migration_end();
}

/* The guest starts anew in the middle of it. */
static void test_hint_reset(void)
{
    uint32_t id;

    migration_start();
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    id = config_cmd_id();
    send_cmd(id);
    driver_start();
    g_assert_cmphex(config_cmd_id(), ==, VIRTIO_BALLOON_CMD_ID_STOP);
    send_cmd(id);
    request(HINT, LENT, PAGE, true);
    g_assert_true(page_is_dirty(LENT));
    migration_end();
}

/* The numbers come to an end, and begin again. */
static void test_hint_wrap(void)
{
    balloon->free_page_hint_cmd_id = UINT32_MAX - 1;
    migration_start();
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    g_assert_cmphex(config_cmd_id(), ==, UINT32_MAX);
    step(PRECOPY_NOTIFY_BEFORE_BITMAP_SYNC);
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    g_assert_cmphex(config_cmd_id(), ==,
                    VIRTIO_BALLOON_FREE_PAGE_HINT_CMD_ID_MIN);
    migration_end();
}

/* A driver that does not know of hints is not asked. */
static void test_hint_unwanted(void)
{
    driver_start();
    virtio_reset(vdev);
    virtio_set_features(vdev, 1ull << VIRTIO_F_VERSION_1);
    step(PRECOPY_NOTIFY_AFTER_BITMAP_SYNC);
    g_assert_cmphex(config_cmd_id(), ==, VIRTIO_BALLOON_CMD_ID_STOP);
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-m", (char *)"64M",
        (char *)"-object", NULL,
        (char *)"-machine", (char *)"pc,memory-backend=mem",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        (char *)"-nodefaults", (char *)"-object", (char *)"iothread,id=io",
        (char *)"-device", (char *)"virtio-balloon-pci,id=b,free-page-hint=on,"
                                   "iothread=io,free-page-reporting=on",
        NULL
    };
    g_autofree char *path = NULL;
    g_autofree char *object = NULL;
    PCIDevice *pci;
    int status;

    g_test_init(&argc, &argv, NULL);
    /* A file, because memory can be had aligned then. */
    close(g_file_open_tmp("balloon-XXXXXX", &path, NULL));
    object = g_strdup_printf("memory-backend-file,id=mem,size=64M,share=on,"
                             "align=64K,mem-path=%s", path);
    args[4] = object;
    qemu_init(ARRAY_SIZE(args) - 1, args);
    unlink(path);
    pci = PCI_DEVICE(object_resolve_path("/machine/peripheral/b", NULL));
    pci->config_write(pci, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    vdev = VIRTIO_DEVICE(object_resolve_path("/machine/peripheral/b/"
                                             "virtio-backend", NULL));
    balloon = VIRTIO_BALLOON(vdev);
    block = current_machine->ram->ram_block;
    mem = memory_region_get_ram_ptr(current_machine->ram);

    g_test_add_func("/virtio-balloon/huge-page", test_huge_page);
    g_test_add_func("/virtio-balloon/huge-report", test_huge_report);
    g_test_add_func("/virtio-balloon/inhibited", test_inhibited);
    g_test_add_func("/virtio-balloon/hint", test_hint);
    g_test_add_func("/virtio-balloon/hint-stopped", test_hint_stopped);
    g_test_add_func("/virtio-balloon/hint-reset", test_hint_reset);
    g_test_add_func("/virtio-balloon/hint-wrap", test_hint_wrap);
    g_test_add_func("/virtio-balloon/hint-unwanted", test_hint_unwanted);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
