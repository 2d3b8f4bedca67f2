/*
 * Figures: what the parts of the benchmark share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "libqtest.h"

/* A VMM under test: ours, or a QEMU to compare with. */
typedef struct Vmm {
    const char *name;
    const char *binary;
    char *extra;        /* options that only this one needs */
} Vmm;

/* How many are compared at most. */
#define BENCH_VMMS 2

/* Seconds, from a clock that only goes forward. */
double bench_now(void);
/* Processor time that @pid has used so far, in seconds. */
double bench_cpu(pid_t pid);
/* Starts @vmm with "@vmm->extra @args". */
QTestState *bench_start(const Vmm *vmm, const char *args);

/* One line of the table: a figure of each VMM, and the last as a ratio. */
typedef struct Figure {
    const char *what;
    const char *unit;
    double value[BENCH_VMMS];
    bool less_is_better;
} Figure;

/* Adds @value to the row called @what, for the VMM number @vmm. */
void bench_report(int vmm, const char *what, const char *unit, double value,
                  bool less_is_better);

/* The median of @n values, which it sorts. */
double bench_median(double *values, int n);

/* bench-boot.c: a guest under KVM, if there is one. */
void bench_boot(int index, const Vmm *vmm);
/* bench-disk.c: requests of 4 KiB at random places, to @count VMMs in turns. */
void bench_disk(int count, const Vmm *vmms);
/* bench-net.c: packets through a tap. */
void bench_net(int index, const Vmm *vmm);
/* The same tap without a VMM: what a loop of writev() makes of it. */
void bench_writev(int index);

#endif
