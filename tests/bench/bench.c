/*
 * Figures of qemini, and of a QEMU beside it in the same run.
 *
 *   tests/bench/bench.sh BUILD       makes the network namespace, then runs
 *   bench QEMINI [QEMU [PART...]]    this program; parts: start qtest net disk
 *
 * Times on a shared machine wander; compare figures of one run only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/wait.h>
#include "bench.h"

#define READY_RUNS      20
#define ROUND_TRIPS     50000

static Figure figures[96];
static int nfigures;

double bench_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* All threads: a process's clock is read like any other. */
double bench_cpu(pid_t pid)
{
    struct timespec ts;
    clockid_t clock;

    g_assert_cmpint(clock_getcpuclockid(pid, &clock), ==, 0);
    g_assert_cmpint(clock_gettime(clock, &ts), ==, 0);
    return ts.tv_sec + ts.tv_nsec / 1e9;
}

QTestState *bench_start(const Vmm *vmm, const char *args)
{
    g_setenv("QTEST_QEMU_BINARY", vmm->binary, true);
    return qtest_initf("%s %s", vmm->extra, args);
}

void bench_report(int vmm, const char *what, const char *unit, double value,
                  bool less_is_better)
{
    int i;

    for (i = 0; i < nfigures; i++) {
        if (!strcmp(figures[i].what, what)) {
            break;
        }
    }
    g_assert_cmpint(i, <, ARRAY_SIZE(figures));
    if (i == nfigures) {
        nfigures++;
        figures[i].what = g_strdup(what);
        figures[i].unit = unit;
        figures[i].less_is_better = less_is_better;
    }
    figures[i].value[vmm] = value;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_median(double *values, int n)
{
    qsort(values, n, sizeof(values[0]), compare_doubles);
    return values[n / 2];
}

/* From fork to the first answer, and the memory it took to get there. */
static void bench_ready(int index, const Vmm *vmm)
{
    double times[READY_RUNS];
    g_autofree char *path = NULL, *status = NULL;
    const char *line;
    QTestState *qts;

    for (int i = 0; i < READY_RUNS; i++) {
        double start = bench_now();

        qts = bench_start(vmm, "-nodefaults");
        qtest_inb(qts, 0x80);
        times[i] = bench_now() - start;
        if (i == READY_RUNS - 1) {
            path = g_strdup_printf("/proc/%d/status", qtest_pid(qts));
            g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
            line = strstr(status, "VmHWM:");
            g_assert_nonnull(line);
            bench_report(index, "peak resident memory", "MB",
                         atol(line + 6) / 1024.0, true);
        }
        qtest_quit(qts);
    }
    bench_report(index, "exec to first qtest answer", "ms",
                 bench_median(times, READY_RUNS) * 1e3, true);
}

/* A client's view: from exec to QMP's greeting, and what is resident then. */
static void bench_greeting(int index, const Vmm *vmm)
{
    g_autofree char *command = g_strdup_printf(
        "%s %s -nodefaults -display none -S -qmp stdio", vmm->binary,
        *vmm->extra ? vmm->extra : "-accel qtest");
    double times[READY_RUNS];

    for (int i = 0; i < READY_RUNS; i++) {
        g_auto(GStrv) argv = NULL;
        double start = bench_now();
        GPid pid;
        int in, out;
        char c;

        g_assert_true(g_shell_parse_argv(command, NULL, &argv, NULL));
        g_assert_true(g_spawn_async_with_pipes(
            NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
            &in, &out, NULL, NULL));
        do {
            g_assert_cmpint(read(out, &c, 1), ==, 1);
        } while (c != '\n');
        times[i] = bench_now() - start;
        if (i == READY_RUNS - 1) {
            g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
            g_autofree char *status = NULL;
            const char *line;

            g_assert_true(g_file_get_contents(path, &status, NULL, NULL));
            line = strstr(status, "VmRSS:");
            g_assert_nonnull(line);
            bench_report(index, "resident at the QMP greeting", "MB",
                         atol(line + 6) / 1024.0, true);
        }
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        close(in);
        close(out);
    }
    bench_report(index, "exec to QMP greeting", "ms",
                 bench_median(times, READY_RUNS) * 1e3, true);
}

static void bench_qtest(int index, const Vmm *vmm)
{
    QTestState *qts = bench_start(vmm, "-nodefaults");
    double start = bench_now();

    for (int i = 0; i < ROUND_TRIPS; i++) {
        qtest_inl(qts, 0xcf8);
    }
    bench_report(index, "qtest round trips", "k/s",
                 ROUND_TRIPS / (bench_now() - start) / 1e3, false);
    qtest_quit(qts);
}

/*
 * A distribution's QEMU may come without its qtest accelerator.  Its own
 * emulator does as well, with firmware that sleeps: hlt, jump back.
 */
static char *peer_options(void)
{
    static const uint8_t sleeper[] = { 0xf4, 0xeb, 0xfd };
    g_autofree char *path = g_strdup_printf("%s/qemini-bench-%d.bin",
                                            g_get_tmp_dir(), getpid());
    g_autofree uint8_t *rom = g_malloc(64 * 1024);
    bool ok;

    memset(rom, 0x90, 64 * 1024);
    memcpy(rom + 64 * 1024 - 16, sleeper, sizeof(sleeper));
    ok = g_file_set_contents(path, (char *)rom, 64 * 1024, NULL);
    g_assert_true(ok);
    return g_strdup_printf("-accel tcg -bios %s", path);
}

static void print_table(FILE *out, bool compare)
{
    fprintf(out, "\n%-44s %12s%s\n", "", "qemini",
            compare ? "         QEMU   better by" : "");
    for (int i = 0; i < nfigures; i++) {
        Figure *f = &figures[i];

        fprintf(out, "%-44s %8.2f %-5s", f->what, f->value[0], f->unit);
        if (compare && f->value[1]) {
            fprintf(out, "%7.2f %-5s %6.2fx", f->value[1], f->unit,
                    f->less_is_better ? f->value[1] / f->value[0]
                                      : f->value[0] / f->value[1]);
        }
        fprintf(out, "\n");
    }
}

static void bench_start_up(int index, const Vmm *vmm)
{
    bench_ready(index, vmm);
    bench_greeting(index, vmm);
    bench_boot(index, vmm);
}

/* One VMM after the other, or all of them in turns. */
static const struct {
    const char *name;
    void (*run)(int index, const Vmm *vmm);
    void (*run_in_turns)(int count, const Vmm *vmms);
} parts[] = {
    { "start", .run = bench_start_up },
    { "qtest", .run = bench_qtest },
    { "net", .run = bench_net },
    { "disk", .run_in_turns = bench_disk },
};

/* All of them, if none is named. */
static bool is_wanted(const char *part, int n, char **names)
{
    for (int i = 0; i < n; i++) {
        if (!strcmp(names[i], part)) {
            return true;
        }
    }
    return n <= 0;
}

int main(int argc, char **argv)
{
    bool compare = argc > 2 && argv[2][0];
    FILE *out;
    Vmm vmms[BENCH_VMMS] = {
        { "qemini", argv[1], g_strdup("") },
        { "QEMU", compare ? argv[2] : NULL, NULL },
    };

    if (argc < 2) {
        fprintf(stderr, "usage: bench QEMINI [QEMU [PART...]]\n");
        return 2;
    }
    if (compare) {
        vmms[1].extra = peer_options();
    }

    /* What libqtest says of each start is not for the table. */
    out = fdopen(dup(STDOUT_FILENO), "w");
    dup2(STDERR_FILENO, STDOUT_FILENO);

    if (is_wanted("net", argc - 3, argv + 3)) {
        bench_writev(0);
    }
    for (int p = 0; p < ARRAY_SIZE(parts); p++) {
        if (!is_wanted(parts[p].name, argc - 3, argv + 3)) {
            continue;
        }
        if (parts[p].run_in_turns) {
            parts[p].run_in_turns(1 + compare, vmms);
            continue;
        }
        for (int i = 0; i < 1 + compare; i++) {
            parts[p].run(i, &vmms[i]);
        }
    }
    print_table(out, compare);
    fclose(out);

    for (int i = 0; i < BENCH_VMMS; i++) {
        g_free(vmms[i].extra);
    }
    return 0;
}
