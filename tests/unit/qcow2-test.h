/*
 * What the tests of images share: making them, opening them, doing at random what
 * can be done with a disk, and asking qemu-img what it thinks of the result.
 *
 * Images are in a folder of the test's own: in $TMPDIR, or in memory where there
 * is room, so that thousands of small flushes do not wait for a disk.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_QCOW2_TEST_H
#define TESTS_QCOW2_TEST_H

#include "block/block_int.h"
#include "sysemu/block-backend.h"

#define SECTOR BDRV_SECTOR_SIZE

/* The block layer and the folder; then g_test_add_…(). */
void image_test_init(int *argc, char ***argv);
/* g_test_run(), and the folder goes. */
int image_test_run(void);

/* A file in the folder; g_free() it. */
char *image_path(const char *name);

/* By qemini: @options as -o takes them; @backing (or NULL) is raw. */
void image_create(const char *path, int64_t size, const char *options,
                  const char *backing);
/*
 * A qcow2 image in @path, on protocol driver @protocol, to be read and written.
 * @more: an option that is set to on, or NULL.
 */
BlockBackend *image_open(const char *path, const char *protocol,
                         const char *more, Error **errp);
/* The same, by its name alone, to be read. */
BlockBackend *image_open_to_read(const char *path);

/* What a guest does: all of it must succeed, and @content keeps up. */
void image_random_ops(BlockBackend *blk, uint8_t *content, size_t size,
                      int count);
/* All of it is @content, and no longer. */
void image_expect_reads(BlockBackend *blk, const uint8_t *content,
                        size_t size);
/* @bytes of @value, big endian, into the file. */
void image_poke(const char *path, uint64_t offset, uint64_t value, int bytes);

/* Was this built with zstd? */
bool image_has_zstd(void);
/* A test in the place of those for which it was not. */
void image_test_without_zstd(void);
/* False, and the test is skipped by name, without qemu-img. */
bool image_needs_qemu_img(void);
bool have_qemu_img(void);
/*
 * Run @program with arguments until NULL; false if it fails.  What it says goes
 * into *@said (g_free() it) unless that is NULL.
 */
bool image_run(char **said, const char *program, ...) G_GNUC_NULL_TERMINATED;
/* The same for one that must succeed. */
void image_must_run(const char *program, ...) G_GNUC_NULL_TERMINATED;
/*
 * Neither errors nor leaks; these bytes.  By our own judgement, and by qemu-img's
 * where there is one.  Nobody may have the image open.
 */
void image_expect_clean(const char *path);
void image_expect_content(const char *path, const uint8_t *content,
                          size_t size);

#endif
