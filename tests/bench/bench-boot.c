/*
 * Figures: from exec to a guest that runs, and from its end to ours.
 *
 * first.S, under the host's KVM: the time until its first character comes, which
 * is also the first instruction that somebody can see, and from then on until
 * the process is gone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/wait.h>
#include "bench.h"

#define BOOT_RUNS       21
#define BOOT_SECONDS    15.0        /* for one that takes long: fewer runs */

static double boot_once(const char *command, double *exit_time)
{
    g_auto(GStrv) argv = NULL;
    double start = bench_now(), ready;
    GPid pid;
    int out;
    char c;

    g_assert_true(g_shell_parse_argv(command, NULL, &argv, NULL));
    g_assert_true(g_spawn_async_with_pipes(
        NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
        NULL, &out, NULL, NULL));
    /* QEMU's firmware talks before. */
    do {
        g_assert_cmpint(read(out, &c, 1), ==, 1);
    } while (c != '!');
    ready = bench_now();
    waitpid(pid, NULL, 0);
    *exit_time = bench_now() - ready;
    close(out);
    return ready - start;
}

void bench_boot(int index, const Vmm *vmm)
{
    g_autofree char *command = g_strdup_printf(
        "%s -accel kvm -m 256 -nodefaults -display none -serial stdio "
        "-device isa-debug-exit,iobase=0xf4 -kernel %s",
        vmm->binary, BENCH_FIRST);
    double ready[BOOT_RUNS], gone[BOOT_RUNS], end = bench_now() + BOOT_SECONDS;
    int n = 0;

    if (access("/dev/kvm", R_OK | W_OK) < 0) {
        return;
    }
    while (n < BOOT_RUNS && (n == 0 || bench_now() < end)) {
        ready[n] = boot_once(command, &gone[n]);
        n++;
    }
    bench_report(index, "exec to the guest's first instruction", "ms",
                 bench_median(ready, n) * 1e3, true);
    bench_report(index, "the guest's end to exit", "ms",
                 bench_median(gone, n) * 1e3, true);
}
