/*
 * Tests of ivshmem-plain: two guests and one memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "libqos/pci-pc.h"
#include "qapi/qmp/qdict.h"

#define INTRMASK        0
#define INTRSTATUS      4
#define IVPOSITION      8
#define DOORBELL        12

#define MEM_SIZE        (1024 * 1024)

static char *mem_path;

typedef struct Ivshmem {
    QTestState *qts;
    QPCIBus *bus;
    QPCIDevice *dev;
    QPCIBar regs, mem;
    uint64_t mem_size;
} Ivshmem;

static void ivshmem_start(Ivshmem *t)
{
    t->qts = qtest_initf("-machine pc "
        "-object memory-backend-file,id=m,mem-path=%s,size=1M,share=on "
        "-device ivshmem-plain,memdev=m,addr=04.0,id=s", mem_path);
    t->bus = qpci_new_pc(t->qts, NULL);
    t->dev = qpci_device_find(t->bus, QPCI_DEVFN(4, 0));
    g_assert_nonnull(t->dev);
    qpci_device_enable(t->dev);
    t->regs = qpci_iomap(t->dev, 0, NULL);
    t->mem = qpci_iomap(t->dev, 2, &t->mem_size);
}

static void ivshmem_stop(Ivshmem *t)
{
    g_free(t->dev);
    qpci_free_pc(t->bus);
    qtest_quit(t->qts);
}

static void test_shared(void)
{
    Ivshmem a, b;

    ivshmem_start(&a);
    ivshmem_start(&b);
    g_assert_cmpuint(a.mem_size, ==, MEM_SIZE);
    qpci_io_writel(a.dev, a.mem, 0, 0xc0ffee);
    g_assert_cmphex(qpci_io_readl(b.dev, b.mem, 0), ==, 0xc0ffee);
    qpci_io_writel(b.dev, b.mem, MEM_SIZE - 4, 0xbeef);
    g_assert_cmphex(qpci_io_readl(a.dev, a.mem, MEM_SIZE - 4), ==, 0xbeef);
    ivshmem_stop(&a);

    /* It outlives one of them. */
    g_assert_cmphex(qpci_io_readl(b.dev, b.mem, 0), ==, 0xc0ffee);
    ivshmem_stop(&b);
}

static void test_registers(void)
{
    Ivshmem t;

    ivshmem_start(&t);
    g_assert_cmphex(qpci_io_readl(t.dev, t.regs, IVPOSITION), ==, 0);
    qpci_io_writel(t.dev, t.regs, INTRMASK, 0xffffffff);
    g_assert_cmphex(qpci_io_readl(t.dev, t.regs, INTRMASK), ==, 0xffffffff);
    qpci_io_writel(t.dev, t.regs, INTRSTATUS, 5);
    g_assert_cmphex(qpci_io_readl(t.dev, t.regs, INTRSTATUS), ==, 5);
    g_assert_cmphex(qpci_io_readl(t.dev, t.regs, INTRSTATUS), ==, 0);
    qpci_io_writel(t.dev, t.regs, DOORBELL, 0x00010001);
    g_assert_cmphex(qpci_io_readl(t.dev, t.regs, DOORBELL), ==, 0);

    qtest_outb(t.qts, 0xcf9, 6);
    qtest_qmp_eventwait(t.qts, "RESET");
    qpci_device_enable(t.dev);
    t.regs = qpci_iomap(t.dev, 0, NULL);
    g_assert_cmphex(qpci_io_readl(t.dev, t.regs, INTRMASK), ==, 0);
    ivshmem_stop(&t);
}

static void expect_error(QTestState *qts, const char *memdev, const char *desc)
{
    QDict *args = qdict_new();
    QDict *rsp;

    qdict_put_str(args, "driver", "ivshmem-plain");
    if (memdev) {
        qdict_put_str(args, "memdev", memdev);
    }
    rsp = qtest_qmp(qts, "{'execute': 'device_add', 'arguments': %p}", args);
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    desc);
    qobject_unref(rsp);
}

static void test_errors(void)
{
    QTestState *qts = qtest_init("-machine pc "
        "-object memory-backend-ram,id=m,size=1M "
        "-object memory-backend-ram,id=odd,size=3M "
        "-device ivshmem-plain,memdev=m");

    expect_error(qts, NULL, "You must specify a 'memdev'");
    expect_error(qts, "nope", "Device 'nope' not found");
    expect_error(qts, "m", "can't use already busy memdev: m");
    expect_error(qts, "odd", "the size of memdev 'odd' is no power of 2, as "
                             "that of a BAR must be");
    qtest_quit(qts);
}

/* Unplugged, the memory is free for another. */
static void test_unplug(void)
{
    Ivshmem t;

    ivshmem_start(&t);
    qtest_qmp_device_del_send(t.qts, "s");
    qtest_outl(t.qts, 0xae08, 1 << 4);
    qtest_qmp_eventwait(t.qts, "DEVICE_DELETED");
    qtest_qmp_assert_success(t.qts, "{'execute': 'device_add', 'arguments':"
                             " {'driver': 'ivshmem-plain', 'memdev': 'm'}}");
    ivshmem_stop(&t);
}

int main(int argc, char **argv)
{
    int fd, ret;

    g_test_init(&argc, &argv, NULL);
    fd = g_file_open_tmp("ivshmem-XXXXXX", &mem_path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, MEM_SIZE), ==, 0);
    close(fd);

    qtest_add_func("/ivshmem/shared", test_shared);
    qtest_add_func("/ivshmem/registers", test_registers);
    qtest_add_func("/ivshmem/errors", test_errors);
    qtest_add_func("/ivshmem/unplug", test_unplug);
    ret = g_test_run();

    unlink(mem_path);
    g_free(mem_path);
    return ret;
}
