/*
 * Statistics: numbers that a part of the program counts, for clients.
 *
 * A part that counts is a provider.  It registers two functions: one that
 * tells the numbers, one that tells what they mean.  query-stats and
 * query-stats-schemas call them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STATS_H
#define STATS_H

#include "qapi/qapi-types-stats.h"

/*
 * Add to *@result (by add_stats_entry()) what is known about @target.  @names
 * are the numbers that are asked for, @targets the paths of the CPUs; NULL
 * means all.
 */
typedef void StatRetrieveFunc(StatsResultList **result, StatsTarget target,
                              strList *names, strList *targets, Error **errp);
/* Add to *@result, by add_stats_schema(), what all numbers mean. */
typedef void SchemaRetrieveFunc(StatsSchemaList **result, Error **errp);

/* Make a provider known.  Once for each. */
void add_stats_callbacks(StatsProvider provider, StatRetrieveFunc *stats_fn,
                         SchemaRetrieveFunc *schemas_fn);

/*
 * One more result in front of *@result, which takes @stats_list; @qom_path,
 * of a CPU or NULL, is copied.  No numbers, no result.
 */
void add_stats_entry(StatsResultList **result, StatsProvider provider,
                     const char *qom_path, StatsList *stats_list);
/* One more schema at the front, which takes @list. */
void add_stats_schema(StatsSchemaList **schema_results,
                      StatsProvider provider, StatsTarget target,
                      StatsSchemaValueList *list);

/* True if @list contains @string, or is NULL: no filter. */
bool apply_str_list_filter(const char *string, strList *list);

#endif
