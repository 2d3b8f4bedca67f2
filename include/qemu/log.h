/*
 * The log: what a developer asks for with -d ITEM,... and -D FILE.
 *
 * Each message belongs to an item, and an item that is off costs one test of
 * a bit.  Devices have two of their own:
 *
 *     qemu_log_mask(LOG_GUEST_ERROR, …)   the guest did what hardware forbids
 *     qemu_log_mask(LOG_UNIMP, …)         hardware can do it, we cannot
 *
 * Neither is an error of ours, and the machine goes on.
 *
 * The log goes to stderr, or to the file given by -D; a %d in its name becomes
 * the pid, or with -d tid a file per thread.  A message of several pieces is
 * kept together by qemu_log_trylock().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_LOG_H
#define QEMU_LOG_H

#include "qemu/log-for-trace.h"

/* Whether anything can be logged; whether it goes to a file of its own. */
bool qemu_log_enabled(void);

/* Whether it goes into a file, not to standard error. */
bool qemu_log_is_file(void);
bool qemu_log_separate(void);

#define CPU_LOG_TB_OUT_ASM (1 << 0)
#define CPU_LOG_TB_IN_ASM  (1 << 1)
#define CPU_LOG_TB_OP      (1 << 2)
#define CPU_LOG_TB_OP_OPT  (1 << 3)
#define CPU_LOG_INT        (1 << 4)
#define CPU_LOG_EXEC       (1 << 5)
#define CPU_LOG_PCALL      (1 << 6)
#define CPU_LOG_TB_CPU     (1 << 8)
#define CPU_LOG_RESET      (1 << 9)
#define LOG_UNIMP          (1 << 10)
#define LOG_GUEST_ERROR    (1 << 11)
#define CPU_LOG_MMU        (1 << 12)
#define CPU_LOG_TB_NOCHAIN (1 << 13)
#define CPU_LOG_PAGE       (1 << 14)
/* LOG_TRACE (1 << 15) is in log-for-trace.h */
#define CPU_LOG_TB_OP_IND  (1 << 16)
#define CPU_LOG_TB_FPU     (1 << 17)
#define CPU_LOG_PLUGIN     (1 << 18)
#define LOG_STRACE         (1 << 19)
#define LOG_PER_THREAD     (1 << 20)

/*
 * Hold the log for several messages.  Returns the stream to write to, or NULL
 * if there is no log; give what you got to qemu_log_unlock().
 */
FILE *qemu_log_trylock(void) G_GNUC_WARN_UNUSED_RESULT;
void qemu_log_unlock(FILE *fd);

/* Log if any item of @MASK is on.  The arguments are not evaluated else. */
#define qemu_log_mask(MASK, FMT, ...)                                   \
    do {                                                                \
        if (unlikely(qemu_loglevel_mask(MASK))) {                       \
            qemu_log(FMT, ## __VA_ARGS__);                              \
        }                                                               \
    } while (0)

/* The same, if @ADDR is also within the ranges of -dfilter. */
#define qemu_log_mask_and_addr(MASK, ADDR, FMT, ...)                    \
    do {                                                                \
        if (unlikely(qemu_loglevel_mask(MASK)) &&                       \
            qemu_log_in_addr_range(ADDR)) {                             \
            qemu_log(FMT, ## __VA_ARGS__);                              \
        }                                                               \
    } while (0)

typedef struct QEMULogItem {
    int mask;
    const char *name;
    const char *help;
} QEMULogItem;

/* All items, up to one whose mask is 0. */
extern const QEMULogItem qemu_log_items[];

/*
 * Change the items, the file, or both.  @filename NULL means stderr.  Return
 * false and set @errp if the file cannot be opened or its name is bad.
 */
bool qemu_set_log(int log_flags, Error **errp);
bool qemu_set_log_filename(const char *filename, Error **errp);
bool qemu_set_log_filename_flags(const char *name, int flags, Error **errp);

/* -dfilter "0x8000..0x8fff,0xffffffc000080000+0x200" */
void qemu_set_dfilter_ranges(const char *ranges, Error **errp);
bool qemu_log_in_addr_range(uint64_t addr);

/*
 * The mask for "guest_errors,unimp" and the like; 0 if a word is unknown.
 * "trace:PATTERN" switches trace events on, as -trace does.
 */
int qemu_str_to_log_mask(const char *str);
void qemu_print_log_usage(FILE *f);

#endif
