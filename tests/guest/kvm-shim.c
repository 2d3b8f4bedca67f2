/*
 * A kernel that is worse than it is: a library to preload, which answers some
 * of qemini's calls of KVM otherwise than the kernel does.
 *
 *     KVM_SHIM=version:11       KVM_GET_API_VERSION
 *     KVM_SHIM=cap:N:VALUE      KVM_CHECK_EXTENSION of capability N
 *     KVM_SHIM=fail:NR:ERRNO    the ioctl of number NR (in its type) fails
 *     KVM_SHIM=exit:REASON:A:B  the first KVM_RUN ends so, A and B its data
 *     KVM_SHIM=debug:N:PC:DR6   the first one with KVM_SET_GUEST_DEBUG ends by
 *                               exception N; what is set is told
 *
 * Exits that no well-behaved kernel has on this machine, and kernels that one
 * does not meet any more, can be had this way alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

typedef int ioctl_fn(int fd, unsigned long request, ...);

/* The page that the kernel shares with whoever has the vCPU. */
static void set_exit(int vcpu, unsigned reason, uint64_t a, uint64_t b)
{
    struct kvm_run *run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
                               vcpu, 0);

    if (run == MAP_FAILED) {
        abort();
    }
    run->exit_reason = reason;
    switch (reason) {
    case KVM_EXIT_UNKNOWN:
        run->hw.hardware_exit_reason = a;
        break;
    case KVM_EXIT_FAIL_ENTRY:
        run->fail_entry.hardware_entry_failure_reason = a;
        break;
    case KVM_EXIT_EXCEPTION:
        run->ex.exception = a;
        run->ex.error_code = b;
        break;
    case KVM_EXIT_INTERNAL_ERROR:
        run->internal.suberror = a;
        run->internal.ndata = 1;
        run->internal.data[0] = b;
        break;
    case KVM_EXIT_SYSTEM_EVENT:
        run->system_event.type = a;
        break;
    }
    munmap(run, 4096);
}

static void set_debug_exit(int vcpu, unsigned exception, uint64_t pc,
                           uint64_t dr6)
{
    struct kvm_run *run = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
                               vcpu, 0);

    if (run == MAP_FAILED) {
        abort();
    }
    run->exit_reason = KVM_EXIT_DEBUG;
    run->debug.arch = (struct kvm_debug_exit_arch) {
        .exception = exception, .pc = pc, .dr6 = dr6,
    };
    munmap(run, 4096);
}

/* Is the guest debugged now? */
static bool tell_guest_debug(const struct kvm_guest_debug *dbg)
{
    fprintf(stderr, "guest debug: control %#x dr0 %#llx dr7 %#llx\n",
            dbg->control, (unsigned long long)dbg->arch.debugreg[0],
            (unsigned long long)dbg->arch.debugreg[7]);
    return dbg->control & KVM_GUESTDBG_ENABLE;
}

int ioctl(int fd, unsigned long request, ...)
{
    static ioctl_fn *real;
    static bool exited, debugged;
    const char *shim = getenv("KVM_SHIM");
    unsigned n = 0, value = 0;
    unsigned long long a = 0, b = 0;
    va_list ap;
    void *arg;

    if (!real) {
        real = (ioctl_fn *)dlsym(RTLD_NEXT, "ioctl");
    }
    va_start(ap, request);
    arg = va_arg(ap, void *);
    va_end(ap);
    /* Whoever holds it as an int has extended its sign. */
    request = (unsigned)request;

    if (!shim || _IOC_TYPE(request) != KVMIO) {
        return real(fd, request, arg);
    }
    if (request == KVM_GET_API_VERSION &&
        sscanf(shim, "version:%u", &value) == 1) {
        return value;
    }
    if (request == KVM_CHECK_EXTENSION &&
        sscanf(shim, "cap:%u:%u", &n, &value) == 2 &&
        (uintptr_t)arg == n) {
        return value;
    }
    if (sscanf(shim, "fail:%i:%u", (int *)&n, &value) == 2 &&
        _IOC_NR(request) == n) {
        errno = value;
        return -1;
    }
    if (request == KVM_RUN && !exited &&
        sscanf(shim, "exit:%u:%llu:%llu", &n, &a, &b) >= 1) {
        exited = true;
        set_exit(fd, n, a, b);
        return 0;
    }
    if (sscanf(shim, "debug:%u:%lli:%lli", &n, (long long *)&a,
               (long long *)&b) == 3) {
        if (request == KVM_SET_GUEST_DEBUG) {
            debugged = tell_guest_debug(arg);
        } else if (request == KVM_RUN && debugged && !exited) {
            exited = true;
            set_debug_exit(fd, n, a, b);
            return 0;
        }
    }
    return real(fd, request, arg);
}
