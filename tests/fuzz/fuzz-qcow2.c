/*
 * libFuzzer damages qcow2 images, and uses them.
 *
 * An input chooses an image, writes over some of its words (most of them in its
 * first clusters, where the header and the tables are; most of what it writes
 * looks like an entry of a table), opens it, and reads, writes, discards and
 * checks.  Errors are right; whatever is damaged, qemini lives, and an image that
 * could be repaired has no errors left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/resource.h>
#include "block/block.h"
#include "fuzz.h"
#include "fuzz-virtio.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "sysemu/block-backend.h"

#define SIZE        (256 * 1024)
#define MAX_REQUEST 65536

typedef struct Template {
    const char *options;
    bool backing;
    char *data;
    size_t size;
} Template;

static Template templates[] = {
    { "cluster_size=512" },
    { "cluster_size=4k,compat=v2", true },
    { "cluster_size=512,refcount_bits=1,lazy_refcounts=on" },
    { "cluster_size=2k,refcount_bits=64,preallocation=metadata" },
    { "cluster_size=1k,refcount_bits=8", true },
};

static int image_fd;
static char *image;             /* its name, by the descriptor */
static uint8_t buf[MAX_REQUEST];

static BlockBackend *open_image(const char *name)
{
    QDict *options = qdict_new();

    qdict_put_str(options, "driver", "qcow2");
    qdict_put_str(options, "file.driver", "file");
    qdict_put_str(options, "file.filename", name);
    return blk_new_open(NULL, NULL, options,
                        BDRV_O_RDWR | BDRV_O_RESIZE | BDRV_O_UNMAP, NULL);
}

/* An image with some data, zeroes, and nothing in between. */
static void make_template(Template *t)
{
    g_autofree char *options = g_strdup(t->options);
    BlockBackend *blk;

    bdrv_img_create("template.qcow2", "qcow2", t->backing ? "base.raw" : NULL,
                    t->backing ? "raw" : NULL, options, SIZE, BDRV_O_RDWR,
                    true, &error_abort);
    blk = open_image("template.qcow2");
    memset(buf, 0x5a, sizeof(buf));
    for (int64_t at = 0; at < SIZE; at += 24 * 1024) {
        g_assert_cmpint(blk_pwrite(blk, at, 3000, buf, 0), ==, 0);
        g_assert_cmpint(blk_pwrite_zeroes(blk, at + 8192, 4096, 0), ==, 0);
    }
    blk_unref(blk);
    g_assert_true(g_file_get_contents("template.qcow2", &t->data, &t->size,
                                      NULL));
    unlink("template.qcow2");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const struct rlimit most = { 256 * MiB, 256 * MiB };

    fuzz_init((const char *const[]){ NULL });
    memset(buf, 0xb5, sizeof(buf));
    g_assert_true(g_file_set_contents("base.raw", (char *)buf, sizeof(buf),
                                      NULL));
    for (int i = 0; i < ARRAY_SIZE(templates); i++) {
        make_template(&templates[i]);
    }
    image_fd = qemu_memfd_create("image", 0, false, 0, 0, &error_abort);
    image = g_strdup_printf("/proc/self/fd/%d", image_fd);
    /* Entries point far away: a disk that is full bounds the time it takes. */
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &most), ==, 0);
    /* What is found to be corrupt is said, thousands of times a second. */
    stderr = fopen("/dev/null", "w");
    return 0;
}

/* Where it is, and what: bytes, or what looks like an entry of a table. */
static void op_damage(Input *in, const Template *t)
{
    uint8_t how = input_byte(in);
    size_t where = input_word(in) % (how & 1 ? 128 : t->size - 8);
    uint64_t value = (uint64_t)input_word(in) << (how & 2 ? 9 : 0);

    if (how & 4) {
        value |= (uint64_t)input_byte(in) << 56;
    }
    if (how & 8) {
        value |= (uint64_t)input_word(in) << 40;
    }
    if (how & 1) {
        /* Fields of the header. */
        where &= ~3;
    } else if (!(how & 16)) {
        where &= ~7;
    }
    if (how & 32) {
        uint32_t word = cpu_to_be32(value);

        g_assert_cmpint(pwrite(image_fd, &word, 4, where), ==, 4);
    } else {
        value = cpu_to_be64(value);
        g_assert_cmpint(pwrite(image_fd, &value, 8, where), ==, 8);
    }
}

static void op_check(BlockDriverState *bs)
{
    BdrvCheckResult result = { }, again = { };

    if (bdrv_check(bs, &result, BDRV_FIX_LEAKS | BDRV_FIX_ERRORS) < 0 ||
        result.check_errors || result.corruptions) {
        return;
    }
    g_assert_cmpint(bdrv_check(bs, &again, 0), ==, 0);
    g_assert_cmpint(again.corruptions, ==, 0);
    g_assert_cmpint(again.leaks, ==, 0);
}

static void run_op(Input *in, BlockBackend *blk)
{
    uint8_t op = input_byte(in);
    int64_t offset = input_word(in) * 16ll;
    int64_t bytes = input_word(in);

    if (op & 0x80) {
        /* Whole sectors are what guests have. */
        offset &= ~511;
        bytes &= ~511;
    }
    switch (op % 10) {
    case 0:
    case 1:
        blk_pread(blk, offset, bytes, buf, 0);
        break;
    case 2:
    case 3:
        memset(buf, op, bytes);
        blk_pwrite(blk, offset, bytes, buf, op & 0x40 ? BDRV_REQ_FUA : 0);
        break;
    case 4:
        blk_pwrite_zeroes(blk, offset, bytes,
                          op & 0x40 ? BDRV_REQ_MAY_UNMAP : 0);
        break;
    case 5:
        blk_pdiscard(blk, offset, bytes);
        break;
    case 6:
        blk_flush(blk);
        break;
    case 7:
        blk_truncate(blk, offset, false, op & 0x40 ? PREALLOC_MODE_METADATA
                                                   : PREALLOC_MODE_OFF,
                     0, NULL);
        break;
    case 8:
        bdrv_block_status_above(blk_bs(blk), NULL, offset, bytes,
                                &(int64_t){ 0 }, NULL, NULL);
        break;
    default:
        op_check(blk_bs(blk));
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input in = { data, size };
    uint8_t choice = input_byte(&in);
    const Template *t = &templates[choice % ARRAY_SIZE(templates)];
    BlockBackend *blk;

    g_assert_cmpint(ftruncate(image_fd, 0), ==, 0);
    g_assert_cmpint(pwrite(image_fd, t->data, t->size, 0), ==, t->size);
    for (int i = choice / ARRAY_SIZE(templates) % 8; i > 0; i--) {
        op_damage(&in, t);
    }
    blk = open_image(image);
    if (!blk) {
        return 0;
    }
    while (in.size && blk_is_available(blk)) {
        run_op(&in, blk);
    }
    blk_unref(blk);
    return 0;
}
