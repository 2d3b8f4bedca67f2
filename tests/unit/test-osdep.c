/*
 * Files, memory from the kernel, and the small things: FIFOs, lists, ids,
 * UUIDs, modules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/base64.h"
#include "qemu/crc32c.h"
#include "qemu/fifo8.h"
#include "qemu/id.h"
#include "qemu/memalign.h"
#include "qemu/memfd.h"
#include "qemu/module.h"
#include "qemu/notify.h"
#include "qemu/queue.h"
#include "qemu/units.h"
#include "qemu/uuid.h"

static int modules_called;

static void count_module(void)
{
    modules_called++;
}

module_init(count_module, MODULE_INIT_FUZZ_TARGET)

/* Before main a function is only noted; then it is called once. */
static void test_module(void)
{
    g_assert_cmpint(modules_called, ==, 0);
    module_call_init(MODULE_INIT_FUZZ_TARGET);
    module_call_init(MODULE_INIT_FUZZ_TARGET);
    g_assert_cmpint(modules_called, ==, 1);
}

static void test_open(void)
{
    Error *err = NULL;
    int fd = qemu_open("/dev/null", O_RDWR, &error_abort);

    g_assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    g_assert_cmpint(qemu_write_full(fd, "x", 1), ==, 1);
    qemu_close(fd);

    g_assert_cmpint(qemu_open("/no/such/file", O_RDONLY, &err), ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
        "Could not open '/no/such/file': No such file or directory");
    error_free(err);
    g_assert_cmpint(qemu_parse_fd("12"), ==, 12);
    g_assert_cmpint(qemu_parse_fd("12x"), ==, -1);
}

/* RAM is aligned for huge pages, zeroed, and ends in a page that faults. */
static void test_ram(void)
{
    size_t size = 4 * MiB;
    uint64_t align;
    char *ram = qemu_anon_ram_alloc(size, &align, false, false);

    g_assert_nonnull(ram);
    g_assert_true(QEMU_PTR_IS_ALIGNED(ram, align));
    g_assert_cmpint(ram[size - 1], ==, 0);
    qemu_prealloc_mem(-1, ram, size, 4, NULL, &error_abort);
    if (g_test_subprocess()) {
        ram[size] = 1;
    }
    qemu_anon_ram_free(ram, size);
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_memfd(void)
{
    Error *err = NULL;
    char *a, *b;
    int fd;

    a = qemu_memfd_alloc("test", 8192, F_SEAL_GROW | F_SEAL_SHRINK, &fd,
                         &error_abort);
    b = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
    a[5000] = 7;
    g_assert_cmpint(b[5000], ==, 7);
    g_assert_cmpint(ftruncate(fd, 0), ==, -1);
    munmap(b, 8192);
    qemu_memfd_free(a, 8192, fd);

    fd = qemu_memfd_create("test", 4096, true, 12345, 0, &err);
    g_assert_cmpint(fd, ==, -1);
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Hugepage size must be a power of 2");
    error_free(err);
}

static void test_memalign(void)
{
    QEMU_AUTO_VFREE void *p = qemu_memalign(4096, 10);

    g_assert_true(QEMU_PTR_IS_ALIGNED(p, 4096));
}

static void test_fifo(void)
{
    const uint8_t *piece;
    uint32_t n;
    Fifo8 fifo;

    fifo8_create(&fifo, 4);
    g_assert_true(fifo8_is_empty(&fifo));
    fifo8_push_all(&fifo, (const uint8_t *)"abc", 3);
    g_assert_cmpint(fifo8_pop(&fifo), ==, 'a');
    fifo8_push_all(&fifo, (const uint8_t *)"de", 2);
    g_assert_true(fifo8_is_full(&fifo));

    /* The content wraps, so it comes in two pieces. */
    piece = fifo8_pop_buf(&fifo, 4, &n);
    g_assert_cmpmem(piece, n, "bcd", 3);
    piece = fifo8_pop_buf(&fifo, 1, &n);
    g_assert_cmpmem(piece, n, "e", 1);
    g_assert_cmpint(fifo8_num_free(&fifo), ==, 4);
    fifo8_destroy(&fifo);
}

typedef struct Item {
    int n;
    QTAILQ_ENTRY(Item) link;
    QSIMPLEQ_ENTRY(Item) next;
} Item;

static void test_tailq(void)
{
    QTAILQ_HEAD(, Item) list = QTAILQ_HEAD_INITIALIZER(list);
    Item items[4] = { { 0 }, { 1 }, { 2 }, { 3 } };
    Item *item, *next;
    int expect = 3;

    QTAILQ_INSERT_TAIL(&list, &items[1], link);
    QTAILQ_INSERT_HEAD(&list, &items[0], link);
    QTAILQ_INSERT_TAIL(&list, &items[3], link);
    QTAILQ_INSERT_BEFORE(&items[3], &items[2], link);
    QTAILQ_FOREACH_REVERSE(item, &list, link) {
        g_assert_cmpint(item->n, ==, expect--);
    }
    g_assert_true(QTAILQ_PREV(&items[2], link) == &items[1]);
    g_assert_null(QTAILQ_PREV(&items[0], link));
    QTAILQ_FOREACH_SAFE(item, &list, link, next) {
        QTAILQ_REMOVE(&list, item, link);
        g_assert_false(QTAILQ_IN_USE(item, link));
    }
    g_assert_true(QTAILQ_EMPTY(&list));
    g_assert_null(QTAILQ_LAST(&list));
}

static void test_simpleq(void)
{
    QSIMPLEQ_HEAD(, Item) queue = QSIMPLEQ_HEAD_INITIALIZER(queue);
    Item items[3] = { { 0 }, { 1 }, { 2 } };
    Item *item;
    int expect = 0;

    for (int i = 0; i < 3; i++) {
        QSIMPLEQ_INSERT_TAIL(&queue, &items[i], next);
    }
    QSIMPLEQ_REMOVE(&queue, &items[2], Item, next);
    QSIMPLEQ_INSERT_TAIL(&queue, &items[2], next);
    QSIMPLEQ_FOREACH(item, &queue, next) {
        g_assert_cmpint(item->n, ==, expect++);
    }
    g_assert_true(QSIMPLEQ_LAST(&queue, Item, next) == &items[2]);
}

static int notified;

static void note_and_remove(Notifier *n, void *data)
{
    notified += *(int *)data;
    notifier_remove(n);
}

/* A notifier may remove itself while it is called. */
static void test_notify(void)
{
    NotifierList list = NOTIFIER_LIST_INITIALIZER(list);
    Notifier a = { .notify = note_and_remove };
    Notifier b = { .notify = note_and_remove };
    int data = 5;

    notifier_list_add(&list, &a);
    notifier_list_add(&list, &b);
    notifier_list_notify(&list, &data);
    notifier_list_notify(&list, &data);
    g_assert_cmpint(notified, ==, 10);
    g_assert_true(notifier_list_empty(&list));
}

static void test_ids(void)
{
    g_autofree char *a = id_generate(ID_NET), *b = id_generate(ID_NET);

    g_assert_true(id_wellformed("nic-0.a_b"));
    g_assert_false(id_wellformed("0nic"));
    g_assert_false(id_wellformed("nic/0"));
    g_assert_cmpstr(a, !=, b);
    g_assert_true(g_str_has_prefix(a, "#net"));
    g_assert_false(id_wellformed(a));
}

static void test_uuid(void)
{
    static const char text[] = "12345678-9abc-4def-8123-456789abcdef";
    QemuUUID uuid, made;
    g_autofree char *back = NULL;

    g_assert_cmpint(qemu_uuid_parse(text, &uuid), ==, 0);
    g_assert_cmphex(uuid.data[0], ==, 0x12);
    g_assert_cmphex(qemu_uuid_bswap(uuid).data[0], ==, 0x78);
    back = qemu_uuid_unparse_strdup(&uuid);
    g_assert_cmpstr(back, ==, text);
    g_assert_cmpint(qemu_uuid_parse("12345678", &uuid), ==, -1);
    g_assert_cmpint(qemu_uuid_parse("12345678-9abc-4def-8123-456789abcdeg",
                                    &uuid), ==, -1);
    qemu_uuid_generate(&made);
    g_assert_cmphex(made.data[6] >> 4, ==, 4);
    g_assert_false(qemu_uuid_is_null(&made));
}

/* The check value of the CRC catalogue. */
static void test_crc32c(void)
{
    g_assert_cmphex(crc32c(0xffffffff, (const uint8_t *)"123456789", 9), ==,
                    0xe3069283);
}

static void test_base64(void)
{
    Error *err = NULL;
    size_t len;
    g_autofree uint8_t *data = qbase64_decode("aGVsbG8=", -1, &len,
                                              &error_abort);

    g_assert_cmpmem(data, len, "hello", 5);
    g_assert_null(qbase64_decode("a*b", -1, &len, &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "Base64 data contains invalid characters");
    error_free(err);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/osdep/module", test_module);
    g_test_add_func("/osdep/open", test_open);
    g_test_add_func("/osdep/ram", test_ram);
    g_test_add_func("/osdep/memfd", test_memfd);
    g_test_add_func("/osdep/memalign", test_memalign);
    g_test_add_func("/osdep/fifo", test_fifo);
    g_test_add_func("/osdep/tailq", test_tailq);
    g_test_add_func("/osdep/simpleq", test_simpleq);
    g_test_add_func("/osdep/notify", test_notify);
    g_test_add_func("/osdep/ids", test_ids);
    g_test_add_func("/osdep/uuid", test_uuid);
    g_test_add_func("/osdep/crc32c", test_crc32c);
    g_test_add_func("/osdep/base64", test_base64);
    return g_test_run();
}
