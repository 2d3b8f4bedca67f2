/*
 * Sorted lists of ranges.  Read include/qemu/range.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/range.h"

/* -1: @a ends before @b, with a gap; 1: the other way; 0: they can be one. */
static int range_compare(Range *a, Range *b)
{
    assert(!range_is_empty(a) && !range_is_empty(b));

    /* The bounds are inclusive; + 1 wraps only where nothing is beyond. */
    if (a->upb + 1 && a->upb + 1 < b->lob) {
        return -1;
    }
    if (b->upb + 1 && b->upb + 1 < a->lob) {
        return 1;
    }
    return 0;
}

GList *range_list_insert(GList *list, Range *data)
{
    GList *l = list, *next;

    while (l && range_compare(l->data, data) < 0) {
        l = l->next;
    }
    if (!l || range_compare(l->data, data) > 0) {
        return g_list_insert_before(list, l, data);
    }

    /* It touches @l, and with that perhaps those behind @l. */
    range_extend(l->data, data);
    g_free(data);
    while ((next = l->next) && range_compare(l->data, next->data) == 0) {
        range_extend(l->data, next->data);
        g_free(next->data);
        list = g_list_delete_link(list, next);
    }
    return list;
}
