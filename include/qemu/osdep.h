/*
 * The operating system, as every other file sees it.
 *
 * Every .c file includes this header first, and no header includes it.  So
 * everything below may be taken for granted anywhere: the C library, GLib,
 * the configuration, the typedefs, MIN() and friends.
 *
 *     config-host.h     what meson found out
 *     system headers    what all files would include anyway
 *     glib-compat.h     GLib
 *     qemu/typedefs.h   the names of structs
 *     below             small macros; then what an operating system does
 *                       differently from what we would like: open files that
 *                       never leak into children, whole writes, memory that
 *                       is aligned and guarded
 *
 * qemini knows one operating system, Linux, and still keeps to these
 * functions: they carry close-on-exec, EINTR and alignment, which are easily
 * forgotten.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_OSDEP_H
#define QEMU_OSDEP_H

#include "config-host.h"
#ifdef NEED_CPU_H
#include CONFIG_TARGET
#endif
#include "qemu/compiler.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>
#include <time.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <assert.h>
#include <setjmp.h>
#include <signal.h>

#include "glib-compat.h"
#include "sysemu/os-posix.h"
#include "qemu/typedefs.h"

/* Small macros */

#ifndef O_LARGEFILE
#define O_LARGEFILE 0
#endif
#ifndef O_BINARY
#define O_BINARY 0
#endif
#ifndef ENOTSUP
#define ENOTSUP 4096
#endif
#ifndef ENOMEDIUM
#define ENOMEDIUM ENODEV
#endif

/* A failed mmap(), as a value of type void pointer. */
#ifndef MAP_FAILED
#define MAP_FAILED ((void *)-1)
#endif

/* Two's complement limits of an integer type, also of an unnamed one. */
#define TYPE_SIGNED(t) (!((t)0 < (t)-1))
#define TYPE_WIDTH(t) (sizeof(t) * CHAR_BIT)
#define TYPE_MAXIMUM(t)                                                 \
    ((t)(!TYPE_SIGNED(t) ? (t)-1                                        \
         : ((((t)1 << (TYPE_WIDTH(t) - 2)) - 1) * 2 + 1)))

#ifndef TIME_MAX
#define TIME_MAX TYPE_MAXIMUM(time_t)
#endif

/*
 * Each argument is evaluated once.  Use MIN_CONST where the compiler wants a
 * constant (array sizes, initializers).
 */
#undef MIN
#define MIN(a, b) MIN_INTERNAL(MAKE_IDENTIFIER(_a), MAKE_IDENTIFIER(_b), a, b)
#define MIN_INTERNAL(va, vb, a, b) ({                                   \
        typeof(1 ? (a) : (b)) va = (a), vb = (b);                       \
        va < vb ? va : vb; })
#undef MAX
#define MAX(a, b) MAX_INTERNAL(MAKE_IDENTIFIER(_a), MAKE_IDENTIFIER(_b), a, b)
#define MAX_INTERNAL(va, vb, a, b) ({                                   \
        typeof(1 ? (a) : (b)) va = (a), vb = (b);                       \
        va > vb ? va : vb; })
#define MIN_CONST(a, b)                                                 \
    __builtin_choose_expr(__builtin_constant_p(a) &&                    \
                          __builtin_constant_p(b),                      \
                          (a) < (b) ? (a) : (b), (void)0)
#define MAX_CONST(a, b)                                                 \
    __builtin_choose_expr(__builtin_constant_p(a) &&                    \
                          __builtin_constant_p(b),                      \
                          (a) > (b) ? (a) : (b), (void)0)

/* The smaller of two numbers where 0 means "no limit". */
#define MIN_NON_ZERO(a, b)                                              \
    MIN_NON_ZERO_INTERNAL(MAKE_IDENTIFIER(_a), MAKE_IDENTIFIER(_b), a, b)
#define MIN_NON_ZERO_INTERNAL(va, vb, a, b) ({                          \
        typeof(1 ? (a) : (b)) va = (a), vb = (b);                       \
        va == 0 ? vb : (vb == 0 || vb > va) ? va : vb; })

/* Down and up to a multiple of @m; both go through a division. */
#define QEMU_ALIGN_DOWN(n, m) ((n) / (m) * (m))
#define QEMU_ALIGN_UP(n, m) QEMU_ALIGN_DOWN((n) + (m) - 1, (m))
#define QEMU_IS_ALIGNED(n, m) (((n) % (m)) == 0)

/* The same for pointers. */
#define QEMU_ALIGN_PTR_DOWN(p, n) \
    ((typeof(p))QEMU_ALIGN_DOWN((uintptr_t)(p), (n)))
#define QEMU_ALIGN_PTR_UP(p, n) \
    ((typeof(p))QEMU_ALIGN_UP((uintptr_t)(p), (n)))
#define QEMU_PTR_IS_ALIGNED(p, n) QEMU_IS_ALIGNED((uintptr_t)(p), n)

/* Up to a multiple of @d, which must be a power of two: a mask, no division. */
#ifndef ROUND_UP
#define ROUND_UP(n, d) (((n) + (d) - 1) & -(0 ? (n) : (d)))
#endif
#ifndef ROUND_DOWN
#define ROUND_DOWN(n, d) ((n) & -(0 ? (n) : (d)))
#endif
#ifndef DIV_ROUND_UP
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#endif

/* The number of elements of an array; a pointer does not compile. */
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x)                                                   \
    ((sizeof(x) / sizeof((x)[0])) +                                     \
     QEMU_BUILD_BUG_ON_ZERO(!QEMU_IS_ARRAY(x)))
#endif

/* Repeat a system call that a signal interrupted. */
#define TFR(expr) do { if ((expr) != -1) break; } while (errno == EINTR)
#define RETRY_ON_EINTR(expr)                                            \
    (__extension__ ({                                                   \
        typeof(expr) result__;                                          \
        do {                                                            \
            result__ = (expr);                                          \
        } while (result__ == -1 && errno == EINTR);                     \
        result__; }))

#ifndef WCOREDUMP
#define WCOREDUMP(status) 0
#endif

/* Memory of the host */

/* What the kernel maps at a time.  Constant while the program runs. */
static inline uintptr_t qemu_real_host_page_size(void)
{
    return getpagesize();
}

/* Keeps the page number and drops the offset; see REAL_HOST_PAGE_ALIGN. */
static inline intptr_t qemu_real_host_page_mask(void)
{
    return -(intptr_t)qemu_real_host_page_size();
}

#define REAL_HOST_PAGE_ALIGN(addr) ROUND_UP((addr), qemu_real_host_page_size())

/* Alignment of guest RAM that lets the kernel use huge pages (2 MiB). */
#define QEMU_VMALLOC_ALIGN (512 * 4096)

/*
 * qemu_anon_ram_alloc: map zeroed memory for guest RAM.
 *
 * @size is in bytes.  If @align is not NULL, it is set to the alignment that
 * the block has (at least QEMU_VMALLOC_ALIGN for big blocks).  @shared maps
 * it MAP_SHARED, so that a forked child sees our writes; @noreserve does not
 * take swap space for it.
 *
 * An inaccessible guard page follows the block: a device that runs over its
 * end crashes, instead of corrupting a neighbour.
 *
 * Returns NULL and sets errno if there is no memory.  Give it back with
 * qemu_anon_ram_free().
 */
void *qemu_anon_ram_alloc(size_t size, uint64_t *align, bool shared,
                          bool noreserve);
void qemu_anon_ram_free(void *ptr, size_t size);

/*
 * qemu_alloc_stack: an mmap'ed stack for a coroutine, with a guard page at
 * its low end.  *@sz is rounded up to pages, and includes the guard.
 */
void *qemu_alloc_stack(size_t *sz);
void qemu_free_stack(void *stack, size_t sz);

typedef struct ThreadContext ThreadContext;

/*
 * qemu_prealloc_mem: touch every page of @area, so that the host gives out
 * the memory now or fails now.
 *
 * @fd is the file behind the mapping or -1; @sz is in bytes; up to
 * @max_threads threads share the work (1 means the caller's alone); @tc may be
 * NULL.  A host without enough memory (SIGBUS) gives an error, not a crash.
 * Contents are left as they are.
 */
void qemu_prealloc_mem(int fd, char *area, size_t sz, int max_threads,
                       ThreadContext *tc, Error **errp);

/* The page size of the file system of @fd, which is bigger on hugetlbfs. */
size_t qemu_fd_getpagesize(int fd);
size_t qemu_mempath_getpagesize(const char *mem_path);

/* mprotect() in whole pages.  All return 0, or -1 with errno set. */
int qemu_mprotect_rw(void *addr, size_t size);
int qemu_mprotect_rwx(void *addr, size_t size);
int qemu_mprotect_none(void *addr, size_t size);

/* Bytes of memory in the host, or 0 if that cannot be found out. */
size_t qemu_get_host_physmem(void);

/* Files */

/*
 * qemu_open: open an existing file.  qemu_create: make one.
 *
 * The descriptor is close-on-exec.  "/dev/fdset/N" takes a descriptor out of
 * the set N that `add-fd` or -add-fd filled; qemu_close() gives it back.
 * Return -1 and set @errp ("Could not open 'NAME'") and errno.
 *
 * qemu_open_old is the same without an Error; O_CREAT takes a mode.
 */
int qemu_open(const char *name, int flags, Error **errp);
int qemu_create(const char *name, int flags, mode_t mode, Error **errp);
int qemu_open_old(const char *name, int flags, ...);
int qemu_close(int fd);
int qemu_unlink(const char *name);
int qemu_dup(int fd);

/*
 * Locks on bytes of a file that belong to the open file description, not to
 * the process (F_OFD_SETLK).  Return 0 or -errno; -EAGAIN if another holds it.
 */
int qemu_lock_fd(int fd, int64_t start, int64_t len, bool exclusive);
int qemu_unlock_fd(int fd, int64_t start, int64_t len);
int qemu_lock_fd_test(int fd, int64_t start, int64_t len, bool exclusive);
bool qemu_has_ofd_lock(void);

/*
 * Write or read all of @count bytes, whatever the kernel does in pieces.
 * Return how many were done; less than @count means an error (errno) or, when
 * reading, the end of the file.
 */
ssize_t qemu_write_full(int fd, const void *buf, size_t count)
    QEMU_WARN_UNUSED_RESULT;

void qemu_set_cloexec(int fd);
int qemu_pipe(int pipefd[2]);
int qemu_socketpair(int domain, int type, int protocol, int sv[2]);

/*
 * fdatasync(), and madvise() under QEMU's names of the advice (see
 * qemu/madvise.h).  Return 0, or -1 with errno set.
 */
int qemu_fdatasync(int fd);
int qemu_madvise(void *addr, size_t len, int advice);
int qemu_msync(void *addr, size_t length, int fd);

/* Make a file @path with the pid of this process in it, locked while we live. */
bool qemu_write_pidfile(const char *path, Error **errp);

/* The number of a descriptor given as text, or -1.  Parameters "fd=". */
int qemu_parse_fd(const char *param);

/* The process */

int qemu_get_thread_id(void);
int qemu_kill_thread(int tid, int sig);

/* Where this program was started from, and where its data may be. */
void qemu_init_exec_dir(const char *argv0);
const char *qemu_get_exec_dir(void);
char *qemu_get_local_state_dir(void);
char *qemu_get_host_name(Error **errp);

/* fork() whose child has no signal handlers or blocked signals of ours. */
pid_t qemu_fork(Error **errp);

/* daemon(), with the warning about its age kept in one place. */
int qemu_daemon(int nochdir, int noclose);

struct signalfd_siginfo;

/* Call the handler in @action as the kernel would have, for a signal that
 * signalfd() delivered. */
void sigaction_invoke(struct sigaction *action,
                      struct signalfd_siginfo *info);

/* The version that devices show to guests, e.g. in inquiry data: "2.5+". */
const char *qemu_hw_version(void);
void qemu_set_hw_version(const char *version);

#endif
