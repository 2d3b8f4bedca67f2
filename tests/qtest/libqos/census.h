/*
 * libqos: what a program has, so that a test can see that nothing is left of
 * what came and went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LIBQOS_CENSUS_H
#define LIBQOS_CENSUS_H

#include "../libqtest.h"

/*
 * @trees: what the human monitor's `info` says of objects, devices, regions and
 * back ends
 */
typedef struct Census {
    char *trees;
    unsigned fds;
    unsigned threads;
} Census;

Census *census_take(QTestState *qts);
void census_free(Census *c);

/* How many pages of memory the program uses; no comparison looks at it. */
unsigned long census_rss(QTestState *qts);

/* The program has what it had at @before, which is freed. */
void census_check(QTestState *qts, Census *before);

/* Wait for the event that the device with this id is gone, all of it. */
void census_wait_deleted(QTestState *qts, const char *id);

#endif
