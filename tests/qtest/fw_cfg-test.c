/*
 * Tests of fw_cfg: what firmware reads, byte by byte and by DMA.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/fw_cfg.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/qemu_fw_cfg.h"
#include "pc-test.h"

#define FW_CFG_SELECTOR 0x510
#define FW_CFG_DATA     0x511
#define FW_CFG_DMA_HIGH 0x514
#define FW_CFG_DMA_LOW  0x518

/* Where this test keeps its request, and where the data go. */
#define REQUEST         0x100000
#define BUFFER          0x101000
#define NOWHERE         0x7000000000

typedef struct FwCfgTest {
    QTestState *qts;
    QFWCFG *fw_cfg;
} FwCfgTest;

static void fw_cfg_start(FwCfgTest *t, const char *opts)
{
    t->qts = qtest_initf("-machine pc -nodefaults %s", opts);
    t->fw_cfg = pc_fw_cfg_init(t->qts);
}

static void fw_cfg_stop(FwCfgTest *t)
{
    pc_fw_cfg_uninit(t->fw_cfg);
    qtest_quit(t->qts);
}

/* Keys */

static void test_signature(void)
{
    FwCfgTest t;
    char sig[5] = "";

    fw_cfg_start(&t, "");
    /* After a reset the signature is selected. */
    for (int i = 0; i < 4; i++) {
        sig[i] = qtest_inb(t.qts, FW_CFG_DATA);
    }
    g_assert_cmpstr(sig, ==, "QEMU");
    /* Behind the end all is zero. */
    g_assert_cmphex(qtest_inb(t.qts, FW_CFG_DATA), ==, 0);
    fw_cfg_stop(&t);
}

static void test_keys(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "-m 64 -smp 2,maxcpus=3");
    g_assert_cmphex(qfw_cfg_get_u32(t.fw_cfg, FW_CFG_ID), ==,
                    FW_CFG_VERSION | FW_CFG_VERSION_DMA);
    g_assert_cmphex(qfw_cfg_get_u64(t.fw_cfg, FW_CFG_RAM_SIZE), ==, 64 << 20);
    g_assert_cmphex(qfw_cfg_get_u16(t.fw_cfg, FW_CFG_NB_CPUS), ==, 2);
    g_assert_cmphex(qfw_cfg_get_u16(t.fw_cfg, FW_CFG_MAX_CPUS), ==, 3);
    fw_cfg_stop(&t);
}

/* A key that does not exist is empty. */
static void test_no_such_key(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    g_assert_cmphex(qfw_cfg_get_u32(t.fw_cfg, 0x3fff), ==, 0);
    g_assert_cmphex(qfw_cfg_get_u32(t.fw_cfg, FW_CFG_INVALID), ==, 0);
    g_assert_cmphex(qfw_cfg_get_u32(t.fw_cfg, 0xffef), ==, 0);
    fw_cfg_stop(&t);
}

/* Writing the data port is of an age gone by, and changes nothing. */
static void test_data_port_is_read_only(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    qfw_cfg_select(t.fw_cfg, FW_CFG_SIGNATURE);
    qtest_outb(t.qts, FW_CFG_DATA, 'X');
    g_assert_cmphex(qfw_cfg_get_u32(t.fw_cfg, FW_CFG_SIGNATURE), ==,
                    0x554d4551);
    fw_cfg_stop(&t);
}

/* Files */

/* The directory is in alphabetic order, and so are the keys. */
static void test_directory(void)
{
    FwCfgTest t;
    struct fw_cfg_file file, last = { };
    uint32_t count;

    fw_cfg_start(&t, "-fw_cfg name=opt/z,string=1 "
                     "-fw_cfg name=opt/a,string=22");
    qfw_cfg_get(t.fw_cfg, FW_CFG_FILE_DIR, &count, sizeof(count));
    count = be32_to_cpu(count);
    g_assert_cmpuint(count, >=, 3);
    for (uint32_t i = 0; i < count; i++) {
        qfw_cfg_read_data(t.fw_cfg, &file, sizeof(file));
        g_assert_cmpstr(last.name, <, file.name);
        g_assert_cmphex(be16_to_cpu(file.select), ==, FW_CFG_FILE_FIRST + i);
        last = file;
    }
    g_assert_cmpstr(last.name, ==, "opt/z");
    g_assert_cmpuint(be32_to_cpu(last.size), ==, 1);
    fw_cfg_stop(&t);
}

/* A string is there without its NUL, a file as it is. */
static void test_contents(void)
{
    g_autofree char *path = NULL, *opts = NULL;
    char buf[16] = "";
    FwCfgTest t;
    int fd;

    fd = g_file_open_tmp("fw_cfg-XXXXXX", &path, NULL);
    g_assert_cmpint(write(fd, "a\0b", 3), ==, 3);
    close(fd);
    opts = g_strdup_printf("-fw_cfg name=opt/s,string=hello "
                           "-fw_cfg name=opt/f,file=%s", path);
    fw_cfg_start(&t, opts);
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "opt/s", buf, 16), ==, 5);
    g_assert_cmpstr(buf, ==, "hello");
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "opt/f", buf, 16), ==, 3);
    g_assert_cmpmem(buf, 3, "a\0b", 3);
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "opt/none", buf, 16), ==, 0);
    fw_cfg_stop(&t);
    unlink(path);
}

/* What -boot says, beside the menu's own key. */
static void test_boot(void)
{
    static const uint8_t jpeg[30] = { 0xff, 0xd8, 0xff, 0xe0 };
    g_autofree char *path = NULL, *opts = NULL;
    char buf[64] = "";
    FwCfgTest t;
    int fd;

    fw_cfg_start(&t, "");
    g_assert_cmpuint(qfw_cfg_get_u16(t.fw_cfg, FW_CFG_BOOT_MENU), ==, 0);
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "etc/boot-fail-wait", buf, 4),
                     ==, 4);
    g_assert_cmpint((int32_t)ldl_le_p(buf), ==, -1);
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "etc/boot-menu-wait", buf, 2),
                     ==, 0);
    fw_cfg_stop(&t);

    fd = g_file_open_tmp("fw_cfg-XXXXXX", &path, NULL);
    g_assert_cmpint(write(fd, jpeg, sizeof(jpeg)), ==, sizeof(jpeg));
    close(fd);
    opts = g_strdup_printf("-boot menu=on,strict=on,splash-time=1234,"
                           "reboot-timeout=5000,splash=%s "
                           "-device virtio-net-pci,addr=5,bootindex=0", path);
    fw_cfg_start(&t, opts);
    g_assert_cmpuint(qfw_cfg_get_u16(t.fw_cfg, FW_CFG_BOOT_MENU), ==, 1);
    qfw_cfg_get_file(t.fw_cfg, "etc/boot-fail-wait", buf, 4);
    g_assert_cmpuint(ldl_le_p(buf), ==, 5000);
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "etc/boot-menu-wait", buf, 2),
                     ==, 2);
    g_assert_cmpuint(lduw_le_p(buf), ==, 1234);
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "bootsplash.jpg", buf, 30),
                     ==, 30);
    g_assert_cmpmem(buf, 30, jpeg, 30);
    memset(buf, 0, sizeof(buf));
    qfw_cfg_get_file(t.fw_cfg, "bootorder", buf, sizeof(buf));
    g_assert_cmpstr(buf, ==, "/pci@i0cf8/ethernet@5/ethernet-phy@0\nHALT");
    fw_cfg_stop(&t);
    unlink(path);
}

/* The CMOS register with the first two devices of -boot order= and once=. */
static unsigned boot_nibbles(QTestState *qts)
{
    qtest_outb(qts, 0x70, 0x3d);
    return qtest_inb(qts, 0x71);
}

static void fw_cfg_reset(FwCfgTest *t)
{
    qtest_qmp_assert_success(t->qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t->qts, "RESET");
}

/* Until the first reset, whose firmware goes by the order again. */
static void test_boot_once(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "-boot order=dn,once=c");
    g_assert_cmphex(boot_nibbles(t.qts), ==, 0x02);
    for (int i = 0; i < 2; i++) {
        fw_cfg_reset(&t);
        g_assert_cmphex(boot_nibbles(t.qts), ==, 0x43);
    }
    fw_cfg_stop(&t);
}

/* What was unplugged is not in the boot order, and its index is free. */
static void test_boot_unplugged(void)
{
    FwCfgTest t;
    char buf[4096] = "";

    fw_cfg_start(&t, "-device virtio-scsi-pci,addr=4 "
                     "-device scsi-cd,id=a,bootindex=1 "
                     "-device scsi-cd,id=b,scsi-id=2,bootindex=2");
    qtest_qmp_device_del(t.qts, "a");
    qtest_qmp_device_add(t.qts, "scsi-cd", "c",
                         "{'scsi-id': 3, 'bootindex': 1}");
    qtest_qmp_device_del(t.qts, "b");
    fw_cfg_reset(&t);
    qfw_cfg_get_file(t.fw_cfg, "bootorder", buf, sizeof(buf));
    g_assert_cmpstr(buf, ==, "/pci@i0cf8/scsi@4/channel@0/disk@3,0");
    fw_cfg_stop(&t);
}

/* RAM below and above 4 GiB. */
static void test_e820(void)
{
    struct {
        uint64_t address;
        uint64_t length;
        uint32_t type;
    } QEMU_PACKED e820[3];
    FwCfgTest t;

    fw_cfg_start(&t, "-m 5G -object memory-backend-ram,id=r,size=5G,"
                     "reserve=off -machine memory-backend=r");
    g_assert_cmpuint(qfw_cfg_get_file(t.fw_cfg, "etc/e820", e820,
                                      sizeof(e820)), ==, sizeof(e820));
    /* The CPUs are AMD's, and so the end of the first TiB is not for RAM. */
    g_assert_cmphex(le64_to_cpu(e820[0].address), ==, 0xfd00000000);
    g_assert_cmphex(le64_to_cpu(e820[0].length), ==, 0x300000000);
    g_assert_cmphex(le32_to_cpu(e820[0].type), ==, 2);
    g_assert_cmphex(le64_to_cpu(e820[1].address), ==, 0);
    g_assert_cmphex(le64_to_cpu(e820[1].length), ==, 0xc0000000);
    g_assert_cmphex(le64_to_cpu(e820[2].address), ==, 0x100000000);
    g_assert_cmphex(le64_to_cpu(e820[2].length), ==, 0x80000000);
    g_assert_cmphex(le32_to_cpu(e820[2].type), ==, 1);
    fw_cfg_stop(&t);
}

/* DMA */

/* Writes the request, starts it, gives what became of its control field. */
static uint32_t fw_cfg_dma(FwCfgTest *t, uint32_t control, uint32_t length,
                           uint64_t address)
{
    struct fw_cfg_dma_access req = {
        .control = cpu_to_be32(control),
        .length = cpu_to_be32(length),
        .address = cpu_to_be64(address),
    };

    qtest_memwrite(t->qts, REQUEST, &req, sizeof(req));
    /* The register is big endian: the high half is first. */
    qtest_outl(t->qts, FW_CFG_DMA_HIGH, 0);
    qtest_outl(t->qts, FW_CFG_DMA_LOW, bswap32(REQUEST));
    qtest_memread(t->qts, REQUEST, &req, sizeof(req));
    return be32_to_cpu(req.control);
}

static uint32_t fw_cfg_dma_select(uint16_t key)
{
    return key << 16 | FW_CFG_DMA_CTL_SELECT;
}

/* Reading the register says that it is there. */
static void test_dma_signature(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    g_assert_cmphex(bswap32(qtest_inl(t.qts, FW_CFG_DMA_HIGH)), ==,
                    0x51454d55);                /* "QEMU" */
    g_assert_cmphex(bswap32(qtest_inl(t.qts, FW_CFG_DMA_LOW)), ==,
                    0x20434647);                /* " CFG" */
    fw_cfg_stop(&t);
}

/* Select and read at once; then go on; then beyond the end. */
static void test_dma_read(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    qtest_memset(t.qts, BUFFER, 0xee, 8);
    g_assert_cmphex(fw_cfg_dma(&t, fw_cfg_dma_select(FW_CFG_SIGNATURE) |
                               FW_CFG_DMA_CTL_READ, 3, BUFFER), ==, 0);
    g_assert_cmphex(qtest_readq(t.qts, BUFFER), ==, 0xeeeeeeeeee4d4551);
    g_assert_cmphex(fw_cfg_dma(&t, FW_CFG_DMA_CTL_READ, 3, BUFFER), ==, 0);
    g_assert_cmphex(qtest_readq(t.qts, BUFFER), ==, 0xeeeeeeeeee000055);
    fw_cfg_stop(&t);
}

static void test_dma_skip(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    g_assert_cmphex(fw_cfg_dma(&t, fw_cfg_dma_select(FW_CFG_SIGNATURE) |
                               FW_CFG_DMA_CTL_SKIP, 2, 0), ==, 0);
    g_assert_cmphex(qtest_inb(t.qts, FW_CFG_DATA), ==, 'M');
    /* Beyond the end is as good as at the end, however far. */
    g_assert_cmphex(fw_cfg_dma(&t, FW_CFG_DMA_CTL_SKIP, UINT32_MAX, 0), ==, 0);
    g_assert_cmphex(qtest_inb(t.qts, FW_CFG_DATA), ==, 0);
    fw_cfg_stop(&t);
}

/* What the firmware may not write, stays; it is told. */
static void test_dma_write_read_only(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    g_assert_cmphex(fw_cfg_dma(&t, fw_cfg_dma_select(FW_CFG_SIGNATURE) |
                               FW_CFG_DMA_CTL_WRITE, 4, BUFFER), ==,
                    FW_CFG_DMA_CTL_ERROR);
    g_assert_cmphex(qfw_cfg_get_u32(t.fw_cfg, FW_CFG_SIGNATURE), ==,
                    0x554d4551);
    fw_cfg_stop(&t);
}

/* Data for an address where nothing is. */
static void test_dma_bad_buffer(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    g_assert_cmphex(fw_cfg_dma(&t, fw_cfg_dma_select(FW_CFG_SIGNATURE) |
                               FW_CFG_DMA_CTL_READ, 4, NOWHERE), ==,
                    FW_CFG_DMA_CTL_ERROR);
    fw_cfg_stop(&t);
}

/* A request that is not there, one that asks for nothing: nobody is hurt. */
static void test_dma_bad_request(void)
{
    FwCfgTest t;

    fw_cfg_start(&t, "");
    qtest_outl(t.qts, FW_CFG_DMA_HIGH, bswap32(NOWHERE >> 32));
    qtest_outl(t.qts, FW_CFG_DMA_LOW, 0);
    g_assert_cmphex(fw_cfg_dma(&t, 0, 100, BUFFER), ==, 0);

    /* A key that is not there reads as zeroes. */
    qtest_memset(t.qts, BUFFER, 0xee, 4);
    g_assert_cmphex(fw_cfg_dma(&t, fw_cfg_dma_select(0x3fff) |
                               FW_CFG_DMA_CTL_READ, 4, BUFFER), ==, 0);
    g_assert_cmphex(qtest_readl(t.qts, BUFFER), ==, 0);
    fw_cfg_stop(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/fw_cfg/signature", test_signature);
    qtest_add_func("/fw_cfg/keys", test_keys);
    qtest_add_func("/fw_cfg/no-such-key", test_no_such_key);
    qtest_add_func("/fw_cfg/data-port-is-read-only",
                   test_data_port_is_read_only);
    qtest_add_func("/fw_cfg/files/directory", test_directory);
    qtest_add_func("/fw_cfg/files/contents", test_contents);
    qtest_add_func("/fw_cfg/files/boot", test_boot);
    qtest_add_func("/fw_cfg/files/boot-once", test_boot_once);
    qtest_add_func("/fw_cfg/files/boot-unplugged", test_boot_unplugged);
    qtest_add_func("/fw_cfg/files/e820", test_e820);
    qtest_add_func("/fw_cfg/dma/signature", test_dma_signature);
    qtest_add_func("/fw_cfg/dma/read", test_dma_read);
    qtest_add_func("/fw_cfg/dma/skip", test_dma_skip);
    qtest_add_func("/fw_cfg/dma/write-read-only", test_dma_write_read_only);
    qtest_add_func("/fw_cfg/dma/bad-buffer", test_dma_bad_buffer);
    qtest_add_func("/fw_cfg/dma/bad-request", test_dma_bad_request);
    return g_test_run();
}
