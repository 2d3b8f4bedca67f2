/*
 * Memory, descriptors and processes.  Read include/qemu/osdep.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include "qapi/error.h"
#include "qemu/mmap-alloc.h"
#include "qemu/units.h"

/* Memory */

void *qemu_anon_ram_alloc(size_t size, uint64_t *alignment, bool shared,
                          bool noreserve)
{
    const uint32_t qemu_map_flags = (shared ? QEMU_MAP_SHARED : 0) |
                                    (noreserve ? QEMU_MAP_NORESERVE : 0);
    size_t align = QEMU_VMALLOC_ALIGN;
    void *ptr = qemu_ram_mmap(-1, size, align, qemu_map_flags, 0);

    if (ptr == MAP_FAILED) {
        return NULL;
    }
    if (alignment) {
        *alignment = align;
    }
    return ptr;
}

void qemu_anon_ram_free(void *ptr, size_t size)
{
    qemu_ram_munmap(-1, ptr, size);
}

void *qemu_alloc_stack(size_t *sz)
{
    const size_t pagesz = qemu_real_host_page_size();
    uint8_t *ptr;

    *sz = ROUND_UP(MAX(*sz, sysconf(_SC_THREAD_STACK_MIN)), pagesz) + pagesz;
    ptr = mmap(NULL, *sz, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    /* The stack grows down, and an overrun hits the lowest page. */
    if (ptr == MAP_FAILED || mprotect(ptr, pagesz, PROT_NONE) != 0) {
        perror("failed to allocate memory for stack");
        abort();
    }
    return ptr;
}

void qemu_free_stack(void *stack, size_t sz)
{
    munmap(stack, sz);
}

size_t qemu_get_host_physmem(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);

    return pages > 0 ? pages * (size_t)qemu_real_host_page_size() : 0;
}

/* Descriptors */

void qemu_set_cloexec(int fd)
{
    int f = fcntl(fd, F_GETFD);

    assert(f != -1);
    f = fcntl(fd, F_SETFD, f | FD_CLOEXEC);
    assert(f != -1);
}

int qemu_pipe(int pipefd[2])
{
    return pipe2(pipefd, O_CLOEXEC);
}

int qemu_socketpair(int domain, int type, int protocol, int sv[2])
{
    return socketpair(domain, type | SOCK_CLOEXEC, protocol, sv);
}

/* Processes */

int qemu_get_thread_id(void)
{
    static __thread int tid;

    if (!tid) {
        tid = syscall(SYS_gettid);
    }
    return tid;
}

int qemu_kill_thread(int tid, int sig)
{
    return syscall(__NR_tgkill, getpid(), tid, sig);
}

int qemu_daemon(int nochdir, int noclose)
{
    return daemon(nochdir, noclose);
}

bool qemu_write_pidfile(const char *path, Error **errp)
{
    char pidstr[32];
    int fd;

    /*
     * Another process may remove the file between our open() and lock, so the
     * name must lead to what we locked; else once more.
     */
    while (true) {
        struct stat a, b;
        struct flock lock = {
            .l_type = F_WRLCK,
            .l_whence = SEEK_SET,
            .l_len = 0,
        };

        fd = qemu_create(path, O_WRONLY, S_IRUSR | S_IWUSR, errp);
        if (fd == -1) {
            return false;
        }
        if (fstat(fd, &b) < 0) {
            error_setg_errno(errp, errno, "Cannot stat file");
            goto fail_close;
        }
        if (fcntl(fd, F_SETLK, &lock)) {
            error_setg_errno(errp, errno, "Cannot lock pid file");
            goto fail_close;
        }
        if (stat(path, &a) == 0 && a.st_ino == b.st_ino) {
            break;
        }
        close(fd);
    }

    if (ftruncate(fd, 0) < 0) {
        error_setg_errno(errp, errno, "Failed to truncate pid file");
        goto fail_unlink;
    }
    snprintf(pidstr, sizeof(pidstr), "%d\n", getpid());
    if (qemu_write_full(fd, pidstr, strlen(pidstr)) != strlen(pidstr)) {
        error_setg(errp, "Failed to write pid file");
        goto fail_unlink;
    }
    /* It stays open, for with it the lock would go. */
    return true;

fail_unlink:
    unlink(path);
fail_close:
    close(fd);
    return false;
}

pid_t qemu_fork(Error **errp)
{
    sigset_t oldmask, newmask;
    struct sigaction sig_action = { .sa_handler = SIG_DFL };
    pid_t pid;

    /* No handler may run in the child before they are all reset. */
    sigfillset(&newmask);
    if (pthread_sigmask(SIG_SETMASK, &newmask, &oldmask) != 0) {
        error_setg_errno(errp, errno, "cannot block signals");
        return -1;
    }
    pid = fork();
    if (pid < 0) {
        int saved_errno = errno;

        error_setg_errno(errp, errno, "cannot fork child process");
        pthread_sigmask(SIG_SETMASK, &oldmask, NULL);
        errno = saved_errno;
        return -1;
    }
    if (pid == 0) {
        for (int i = 1; i < NSIG; i++) {
            /* Some cannot be set; they need not be. */
            (void)sigaction(i, &sig_action, NULL);
        }
        sigemptyset(&newmask);
        pthread_sigmask(SIG_SETMASK, &newmask, NULL);
    } else {
        pthread_sigmask(SIG_SETMASK, &oldmask, NULL);
    }
    return pid;
}

void sigaction_invoke(struct sigaction *action,
                      struct signalfd_siginfo *info)
{
    siginfo_t si = {
        .si_signo = info->ssi_signo,
        .si_errno = info->ssi_errno,
        .si_code = info->ssi_code,
    };

    /* What else there is depends on who sent the signal. */
    if (info->ssi_signo == SIGILL || info->ssi_signo == SIGFPE ||
        info->ssi_signo == SIGSEGV || info->ssi_signo == SIGBUS) {
        si.si_addr = (void *)(uintptr_t)info->ssi_addr;
        if (info->ssi_signo == SIGBUS &&
            (info->ssi_code == BUS_MCEERR_AR ||
             info->ssi_code == BUS_MCEERR_AO)) {
            si.si_addr_lsb = info->ssi_addr_lsb;
        }
    } else if (info->ssi_signo == SIGCHLD) {
        si.si_pid = info->ssi_pid;
        si.si_status = info->ssi_status;
        si.si_uid = info->ssi_uid;
    } else {
        si.si_pid = info->ssi_pid;
        si.si_uid = info->ssi_uid;
    }
    action->sa_sigaction(info->ssi_signo, &si, NULL);
}

char *qemu_get_local_state_dir(void)
{
    return g_strdup("/var");
}

char *qemu_get_host_name(Error **errp)
{
    char name[HOST_NAME_MAX + 1];

    if (gethostname(name, sizeof(name)) < 0) {
        error_setg_errno(errp, errno, "cannot get hostname");
        return NULL;
    }
    name[HOST_NAME_MAX] = '\0';
    return g_strdup(name);
}
