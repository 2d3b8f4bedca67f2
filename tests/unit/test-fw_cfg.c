/*
 * fw_cfg as devices use it: files with hooks, and files that firmware writes.
 *
 * The machine is the program's own, `pc`; its fw_cfg gets a few files before
 * the tests begin.  What there is from outside is in tests/qtest/fw_cfg-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/ioport.h"
#include "hw/nvram/fw_cfg.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "sysemu/runstate.h"

#define SELECTOR    0x510
#define DATA        0x511
#define DMA_HIGH    0x514
#define DMA_LOW     0x518

/* Where the guest has its request, and its buffer. */
#define REQUEST     0x10000
#define BUFFER      0x20000

static FWCfgState *fw_cfg;

/* A file, what is in it, and what its hooks were told. */
typedef struct TestFile {
    const char *name;
    uint8_t data[16];
    GString *told;
} TestFile;

static TestFile writable = { .name = "test/writable" };
static TestFile fixed = { .name = "test/fixed" };
static TestFile hookless = { .name = "test/hookless" };

static void file_selected(void *opaque)
{
    TestFile *file = opaque;

    g_string_append(file->told, "selected ");
    /* In time for the guest: this is what it reads. */
    file->data[0]++;
}

static void file_written(void *opaque, off_t start, size_t len)
{
    TestFile *file = opaque;

    g_string_append_printf(file->told, "written %d+%zu ", (int)start, len);
}

static void file_add(TestFile *file, bool hooks, bool read_only)
{
    file->told = g_string_new(NULL);
    fw_cfg_add_file_callback(fw_cfg, file->name,
                             hooks ? file_selected : NULL,
                             hooks ? file_written : NULL, file, file->data,
                             sizeof(file->data), read_only);
}

static void file_start(TestFile *file)
{
    for (int i = 0; i < sizeof(file->data); i++) {
        file->data[i] = 'a' + i;
    }
    g_string_truncate(file->told, 0);
}

static void file_expect_told(TestFile *file, const char *told)
{
    g_assert_cmpstr(file->told->str, ==, told);
    g_string_truncate(file->told, 0);
}

/* The guest */

/* The key of a file, from the directory. */
static uint16_t guest_find(TestFile *file)
{
    uint32_t count = 0;

    cpu_outw(SELECTOR, FW_CFG_FILE_DIR);
    for (int i = 0; i < 4; i++) {
        count = count << 8 | cpu_inb(DATA);
    }
    while (count--) {
        FWCfgFile entry;

        for (int i = 0; i < sizeof(entry); i++) {
            ((uint8_t *)&entry)[i] = cpu_inb(DATA);
        }
        if (!strcmp(entry.name, file->name)) {
            g_assert_cmpuint(be32_to_cpu(entry.size), ==, sizeof(file->data));
            return be16_to_cpu(entry.select);
        }
    }
    g_assert_not_reached();
}

/* Returns what the device leaves in the request: 0, or the error bit. */
static uint32_t guest_dma(uint32_t control, uint32_t len)
{
    stl_be_phys(&address_space_memory, REQUEST, control);
    stl_be_phys(&address_space_memory, REQUEST + 4, len);
    stq_be_phys(&address_space_memory, REQUEST + 8, BUFFER);
    cpu_outl(DMA_HIGH, 0);
    cpu_outl(DMA_LOW, bswap32(REQUEST));
    return ldl_be_phys(&address_space_memory, REQUEST);
}

static uint32_t guest_select(TestFile *file, uint32_t op, uint32_t len)
{
    return guest_dma(FW_CFG_DMA_CTL_SELECT | op |
                     (uint32_t)guest_find(file) << 16, len);
}

static void guest_fill(const char *text)
{
    cpu_physical_memory_write(BUFFER, text, strlen(text));
}

static void guest_expect(const char *text)
{
    char buf[64];

    cpu_physical_memory_read(BUFFER, buf, strlen(text));
    g_assert_cmpmem(buf, strlen(text), text, strlen(text));
}

/* What the guest writes is in the file, and its owner hears of it. */
static void test_write(void)
{
    file_start(&writable);
    guest_fill("0123456789ABCDEF");
    g_assert_cmphex(guest_select(&writable, FW_CFG_DMA_CTL_WRITE, 16), ==, 0);
    g_assert_cmpmem(writable.data, 16, "0123456789ABCDEF", 16);
    file_expect_told(&writable, "selected written 0+16 ");
}

/* One request goes on where the last one ended. */
static void test_chain(void)
{
    file_start(&writable);
    guest_fill("WXYZ");
    g_assert_cmphex(guest_select(&writable, FW_CFG_DMA_CTL_SKIP, 4), ==, 0);
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_WRITE, 2), ==, 0);
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_SKIP, 3), ==, 0);
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_READ, 3), ==, 0);
    guest_expect("jkl");
    guest_fill("WXYZ");
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_WRITE, 4), ==, 0);
    g_assert_cmpmem(writable.data, 16, "bbcdWXghijklWXYZ", 16);
    file_expect_told(&writable, "selected written 4+2 written 12+4 ");

    /* The data port reads from the same place. */
    g_assert_cmphex(guest_select(&writable, FW_CFG_DMA_CTL_SKIP, 12), ==, 0);
    g_assert_cmphex(cpu_inb(DATA), ==, 'W');
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_READ, 1), ==, 0);
    guest_expect("X");
    g_assert_cmphex(cpu_inb(DATA), ==, 'Y');
}

/* A write that does not fit writes nothing; a read ends in zeroes. */
static void test_end(void)
{
    file_start(&writable);
    guest_fill("0123456789ABCDEFG");
    g_assert_cmphex(guest_select(&writable, FW_CFG_DMA_CTL_WRITE, 17), ==,
                    FW_CFG_DMA_CTL_ERROR);
    g_assert_cmpmem(writable.data + 1, 15, "bcdefghijklmnop", 15);
    file_expect_told(&writable, "selected ");

    g_assert_cmphex(guest_select(&writable, FW_CFG_DMA_CTL_SKIP, 14), ==, 0);
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_READ, 4), ==, 0);
    g_assert_cmphex(ldl_be_phys(&address_space_memory, BUFFER), ==,
                    'o' << 24 | 'p' << 16);
    g_assert_cmphex(guest_dma(FW_CFG_DMA_CTL_WRITE, 1), ==,
                    FW_CFG_DMA_CTL_ERROR);
    file_expect_told(&writable, "selected ");
}

/* Who did not ask for it is not written to. */
static void test_read_only(void)
{
    file_start(&fixed);
    guest_fill("0123");
    g_assert_cmphex(guest_select(&fixed, FW_CFG_DMA_CTL_WRITE, 4), ==,
                    FW_CFG_DMA_CTL_ERROR);
    g_assert_cmpmem(fixed.data + 1, 3, "bcd", 3);
    file_expect_told(&fixed, "selected ");
    g_assert_cmphex(guest_select(&fixed, FW_CFG_DMA_CTL_READ, 4), ==, 0);
    guest_expect("cbcd");                   /* selected twice */

    file_start(&hookless);
    g_assert_cmphex(guest_select(&hookless, FW_CFG_DMA_CTL_WRITE, 4), ==, 0);
    g_assert_cmpmem(hookless.data, 8, "cbcdefgh", 8);
}

/* Nothing is where the buffer is said to be. */
static void test_bad_buffer(void)
{
    file_start(&writable);
    stl_be_phys(&address_space_memory, REQUEST, FW_CFG_DMA_CTL_WRITE |
                FW_CFG_DMA_CTL_SELECT | (uint32_t)guest_find(&writable) << 16);
    stl_be_phys(&address_space_memory, REQUEST + 4, 4);
    stq_be_phys(&address_space_memory, REQUEST + 8, 1ULL << 40);
    cpu_outl(DMA_HIGH, 0);
    cpu_outl(DMA_LOW, bswap32(REQUEST));
    g_assert_cmphex(ldl_be_phys(&address_space_memory, REQUEST), ==,
                    FW_CFG_DMA_CTL_ERROR);
    file_expect_told(&writable, "selected ");
}

/* New content: the old one is handed back, and the key stays. */
static void test_modify(void)
{
    static uint8_t more[16] = "new content";
    uint16_t key = guest_find(&hookless);

    file_start(&hookless);
    g_assert_true(fw_cfg_modify_file(fw_cfg, hookless.name, more,
                                     sizeof(more)) == hookless.data);
    g_assert_cmpuint(guest_find(&hookless), ==, key);
    g_assert_cmphex(guest_select(&hookless, FW_CFG_DMA_CTL_READ, 12), ==, 0);
    guest_expect("new content");
    /* It is no longer the guest's to write. */
    g_assert_cmphex(guest_select(&hookless, FW_CFG_DMA_CTL_WRITE, 4), ==,
                    FW_CFG_DMA_CTL_ERROR);
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"pc",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        (char *)"-nodefaults", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    fw_cfg = fw_cfg_find();
    file_add(&writable, true, false);
    file_add(&fixed, true, true);
    file_add(&hookless, false, false);

    g_test_add_func("/fw_cfg/write", test_write);
    g_test_add_func("/fw_cfg/chain", test_chain);
    g_test_add_func("/fw_cfg/end", test_end);
    g_test_add_func("/fw_cfg/read-only", test_read_only);
    g_test_add_func("/fw_cfg/bad-buffer", test_bad_buffer);
    g_test_add_func("/fw_cfg/modify", test_modify);
    status = g_test_run();
    qemu_cleanup();
    g_string_free(writable.told, true);
    g_string_free(fixed.told, true);
    g_string_free(hookless.told, true);
    return status;
}
