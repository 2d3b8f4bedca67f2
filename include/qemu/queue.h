/*
 * Lists and queues whose links lie inside the elements.
 *
 * No allocation, no copy, and an element can be on several lists at once, each
 * with a link field of its own:
 *
 *     struct MemoryRegion {
 *         QTAILQ_HEAD(, MemoryRegion) subregions;        a list's head
 *         QTAILQ_ENTRY(MemoryRegion) subregions_link;    a place on a list
 *     };
 *
 * Four kinds, named as in BSD's <sys/queue.h> with a Q in front:
 *
 *              links    remove any   append   backwards   head
 *   QLIST      2        yes          no       no          1 pointer
 *   QSLIST     1        search       no       no          1 pointer
 *   QSIMPLEQ   1        search       yes      no          2 pointers
 *   QTAILQ     2        yes          yes      yes         2 pointers
 *
 * "Previous" is never a pointer to the previous element, but to whatever
 * points to this one, be it the head or an element's `next`.  So removing
 * needs no special case for the first:
 *
 *      head            A               B
 *     +-------+      +-------+      +-------+
 *     | first |----->| next  |----->| next  |-----> NULL
 *     +-------+      | prev  |      | prev  |
 *         ^          +---|---+      +---|---+
 *         |___________|  ^              |
 *                        |______________|   (to A's `next` field)
 *
 * A QTAILQ keeps in addition a pair of (first, pointer to last link) in the
 * head that looks exactly like an element's link: walking backwards reads the
 * previous link's own `tql_prev` through that overlay.
 *
 * FOREACH must not remove the element it is at; FOREACH_SAFE may.  An element
 * that is removed has its links cleared, which makes IN_USE() meaningful.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_SYS_QUEUE_H
#define QEMU_SYS_QUEUE_H

/* QLIST: doubly linked, no tail */

#define QLIST_HEAD(name, type)                                          \
struct name {                                                           \
    struct type *lh_first;                                              \
}

#define QLIST_HEAD_INITIALIZER(head) { NULL }

#define QLIST_ENTRY(type)                                               \
struct {                                                                \
    struct type *le_next;                                               \
    struct type **le_prev;                                              \
}

#define QLIST_INIT(head) do {                                           \
    (head)->lh_first = NULL;                                            \
} while (0)

/* Move a whole list to a head that is empty. */
#define QLIST_SWAP(dstlist, srclist, field) do {                        \
    void *tmplist__ = (srclist)->lh_first;                              \
    (srclist)->lh_first = (dstlist)->lh_first;                          \
    if ((srclist)->lh_first != NULL) {                                  \
        (srclist)->lh_first->field.le_prev = &(srclist)->lh_first;      \
    }                                                                   \
    (dstlist)->lh_first = tmplist__;                                    \
    if ((dstlist)->lh_first != NULL) {                                  \
        (dstlist)->lh_first->field.le_prev = &(dstlist)->lh_first;      \
    }                                                                   \
} while (0)

#define QLIST_INSERT_AFTER(listelm, elm, field) do {                    \
    (elm)->field.le_next = (listelm)->field.le_next;                    \
    if ((elm)->field.le_next != NULL) {                                 \
        (listelm)->field.le_next->field.le_prev =                       \
            &(elm)->field.le_next;                                      \
    }                                                                   \
    (listelm)->field.le_next = (elm);                                   \
    (elm)->field.le_prev = &(listelm)->field.le_next;                   \
} while (0)

#define QLIST_INSERT_BEFORE(listelm, elm, field) do {                   \
    (elm)->field.le_prev = (listelm)->field.le_prev;                    \
    (elm)->field.le_next = (listelm);                                   \
    *(listelm)->field.le_prev = (elm);                                  \
    (listelm)->field.le_prev = &(elm)->field.le_next;                   \
} while (0)

#define QLIST_INSERT_HEAD(head, elm, field) do {                        \
    (elm)->field.le_next = (head)->lh_first;                            \
    if ((elm)->field.le_next != NULL) {                                 \
        (head)->lh_first->field.le_prev = &(elm)->field.le_next;        \
    }                                                                   \
    (head)->lh_first = (elm);                                           \
    (elm)->field.le_prev = &(head)->lh_first;                           \
} while (0)

#define QLIST_REMOVE(elm, field) do {                                   \
    if ((elm)->field.le_next != NULL) {                                 \
        (elm)->field.le_next->field.le_prev = (elm)->field.le_prev;     \
    }                                                                   \
    *(elm)->field.le_prev = (elm)->field.le_next;                       \
    (elm)->field.le_next = NULL;                                        \
    (elm)->field.le_prev = NULL;                                        \
} while (0)

/* Like QLIST_REMOVE, for an element that may not be on a list. */
#define QLIST_SAFE_REMOVE(elm, field) do {                              \
    if ((elm)->field.le_prev != NULL) {                                 \
        if ((elm)->field.le_next != NULL) {                             \
            (elm)->field.le_next->field.le_prev =                       \
                (elm)->field.le_prev;                                   \
        }                                                               \
        *(elm)->field.le_prev = (elm)->field.le_next;                   \
        (elm)->field.le_next = NULL;                                    \
        (elm)->field.le_prev = NULL;                                    \
    }                                                                   \
} while (0)

/* Whether @elm is on a list; its links must have been zero to begin with. */
#define QLIST_IS_INSERTED(elm, field) ((elm)->field.le_prev != NULL)

#define QLIST_FOREACH(var, head, field)                                 \
    for ((var) = ((head)->lh_first);                                    \
         (var);                                                         \
         (var) = ((var)->field.le_next))

#define QLIST_FOREACH_SAFE(var, head, field, next_var)                  \
    for ((var) = ((head)->lh_first);                                    \
         (var) && ((next_var) = ((var)->field.le_next), 1);             \
         (var) = (next_var))

#define QLIST_EMPTY(head)                ((head)->lh_first == NULL)
#define QLIST_FIRST(head)                ((head)->lh_first)
#define QLIST_NEXT(elm, field)           ((elm)->field.le_next)

/* QSLIST: singly linked, no tail; can be filled by many threads */

#define QSLIST_HEAD(name, type)                                         \
struct name {                                                           \
    struct type *slh_first;                                             \
}

#define QSLIST_HEAD_INITIALIZER(head) { NULL }

#define QSLIST_ENTRY(type)                                              \
struct {                                                                \
    struct type *sle_next;                                              \
}

#define QSLIST_INIT(head) do {                                          \
    (head)->slh_first = NULL;                                           \
} while (0)

#define QSLIST_INSERT_AFTER(slistelm, elm, field) do {                  \
    (elm)->field.sle_next = (slistelm)->field.sle_next;                 \
    (slistelm)->field.sle_next = (elm);                                 \
} while (0)

#define QSLIST_INSERT_HEAD(head, elm, field) do {                       \
    (elm)->field.sle_next = (head)->slh_first;                          \
    (head)->slh_first = (elm);                                          \
} while (0)

/* Any number of threads may push at once; see QSLIST_MOVE_ATOMIC to take. */
#define QSLIST_INSERT_HEAD_ATOMIC(head, elm, field) do {                \
    typeof(elm) old_head__ = __atomic_load_n(&(head)->slh_first,        \
                                             __ATOMIC_RELAXED);         \
    do {                                                                \
        (elm)->field.sle_next = old_head__;                             \
    } while (!__atomic_compare_exchange_n(&(head)->slh_first,           \
                                          &old_head__, (elm), true,     \
                                          __ATOMIC_SEQ_CST,             \
                                          __ATOMIC_RELAXED));           \
} while (0)

/* Take all of @src, while others push, into @dest. */
#define QSLIST_MOVE_ATOMIC(dest, src) do {                              \
    (dest)->slh_first = __atomic_exchange_n(&(src)->slh_first, NULL,    \
                                            __ATOMIC_SEQ_CST);          \
} while (0)

#define QSLIST_REMOVE_HEAD(head, field) do {                            \
    typeof((head)->slh_first) elm__ = (head)->slh_first;                \
    (head)->slh_first = elm__->field.sle_next;                          \
    elm__->field.sle_next = NULL;                                       \
} while (0)

#define QSLIST_REMOVE_AFTER(slistelm, field) do {                       \
    typeof(slistelm) next__ = (slistelm)->field.sle_next;               \
    (slistelm)->field.sle_next = next__->field.sle_next;                \
    next__->field.sle_next = NULL;                                      \
} while (0)

#define QSLIST_REMOVE(head, elm, type, field) do {                      \
    struct type **link__ = &(head)->slh_first;                          \
    while (*link__ != (elm)) {                                          \
        link__ = &(*link__)->field.sle_next;                            \
    }                                                                   \
    *link__ = (elm)->field.sle_next;                                    \
    (elm)->field.sle_next = NULL;                                       \
} while (0)

#define QSLIST_FOREACH(var, head, field)                                \
    for ((var) = (head)->slh_first;                                     \
         (var);                                                         \
         (var) = (var)->field.sle_next)

#define QSLIST_FOREACH_SAFE(var, head, field, tvar)                     \
    for ((var) = QSLIST_FIRST((head));                                  \
         (var) && ((tvar) = QSLIST_NEXT((var), field), 1);              \
         (var) = (tvar))

#define QSLIST_EMPTY(head)               ((head)->slh_first == NULL)
#define QSLIST_FIRST(head)               ((head)->slh_first)
#define QSLIST_NEXT(elm, field)          ((elm)->field.sle_next)

/* QSIMPLEQ: singly linked with a tail; first in, first out */

#define QSIMPLEQ_HEAD(name, type)                                       \
struct name {                                                           \
    struct type *sqh_first;                                             \
    struct type **sqh_last;                                             \
}

#define QSIMPLEQ_HEAD_INITIALIZER(head)                                 \
    { NULL, &(head).sqh_first }

#define QSIMPLEQ_ENTRY(type)                                            \
struct {                                                                \
    struct type *sqe_next;                                              \
}

#define QSIMPLEQ_INIT(head) do {                                        \
    (head)->sqh_first = NULL;                                           \
    (head)->sqh_last = &(head)->sqh_first;                              \
} while (0)

#define QSIMPLEQ_INSERT_HEAD(head, elm, field) do {                     \
    (elm)->field.sqe_next = (head)->sqh_first;                          \
    if ((elm)->field.sqe_next == NULL) {                                \
        (head)->sqh_last = &(elm)->field.sqe_next;                      \
    }                                                                   \
    (head)->sqh_first = (elm);                                          \
} while (0)

#define QSIMPLEQ_INSERT_TAIL(head, elm, field) do {                     \
    (elm)->field.sqe_next = NULL;                                       \
    *(head)->sqh_last = (elm);                                          \
    (head)->sqh_last = &(elm)->field.sqe_next;                          \
} while (0)

#define QSIMPLEQ_INSERT_AFTER(head, listelm, elm, field) do {           \
    (elm)->field.sqe_next = (listelm)->field.sqe_next;                  \
    if ((elm)->field.sqe_next == NULL) {                                \
        (head)->sqh_last = &(elm)->field.sqe_next;                      \
    }                                                                   \
    (listelm)->field.sqe_next = (elm);                                  \
} while (0)

#define QSIMPLEQ_REMOVE_HEAD(head, field) do {                          \
    typeof((head)->sqh_first) elm__ = (head)->sqh_first;                \
    (head)->sqh_first = elm__->field.sqe_next;                          \
    if ((head)->sqh_first == NULL) {                                    \
        (head)->sqh_last = &(head)->sqh_first;                          \
    }                                                                   \
    elm__->field.sqe_next = NULL;                                       \
} while (0)

/* Cut off everything up to @elm and let the queue start behind it. */
#define QSIMPLEQ_SPLIT_AFTER(head, elm, field, removed) do {            \
    QSIMPLEQ_INIT(removed);                                             \
    if (((removed)->sqh_first = (head)->sqh_first) != NULL) {           \
        if (((head)->sqh_first = (elm)->field.sqe_next) == NULL) {      \
            (head)->sqh_last = &(head)->sqh_first;                      \
        }                                                               \
        (removed)->sqh_last = &(elm)->field.sqe_next;                   \
        (elm)->field.sqe_next = NULL;                                   \
    }                                                                   \
} while (0)

#define QSIMPLEQ_REMOVE(head, elm, type, field) do {                    \
    struct type **link__ = &(head)->sqh_first;                          \
    while (*link__ != (elm)) {                                          \
        link__ = &(*link__)->field.sqe_next;                            \
    }                                                                   \
    *link__ = (elm)->field.sqe_next;                                    \
    if (*link__ == NULL) {                                              \
        (head)->sqh_last = link__;                                      \
    }                                                                   \
    (elm)->field.sqe_next = NULL;                                       \
} while (0)

#define QSIMPLEQ_FOREACH(var, head, field)                              \
    for ((var) = ((head)->sqh_first);                                   \
         (var);                                                         \
         (var) = ((var)->field.sqe_next))

#define QSIMPLEQ_FOREACH_SAFE(var, head, field, next)                   \
    for ((var) = ((head)->sqh_first);                                   \
         (var) && ((next) = ((var)->field.sqe_next), 1);                \
         (var) = (next))

/* Append all of @head2 to @head1; @head2 is empty afterwards. */
#define QSIMPLEQ_CONCAT(head1, head2) do {                              \
    if (!QSIMPLEQ_EMPTY((head2))) {                                     \
        *(head1)->sqh_last = (head2)->sqh_first;                        \
        (head1)->sqh_last = (head2)->sqh_last;                          \
        QSIMPLEQ_INIT((head2));                                         \
    }                                                                   \
} while (0)

/* Put all of @head2 before @head1's elements; @head2 is empty afterwards. */
#define QSIMPLEQ_PREPEND(head1, head2) do {                             \
    if (!QSIMPLEQ_EMPTY((head2))) {                                     \
        *(head2)->sqh_last = (head1)->sqh_first;                        \
        if ((head1)->sqh_first == NULL) {                               \
            (head1)->sqh_last = (head2)->sqh_last;                      \
        }                                                               \
        (head1)->sqh_first = (head2)->sqh_first;                        \
        QSIMPLEQ_INIT((head2));                                         \
    }                                                                   \
} while (0)

#define QSIMPLEQ_LAST(head, type, field)                                \
    (QSIMPLEQ_EMPTY((head)) ? NULL :                                    \
     ((struct type *)(void *)                                           \
      ((char *)((head)->sqh_last) - offsetof(struct type, field))))

#define QSIMPLEQ_EMPTY_ATOMIC(head)                                     \
    (__atomic_load_n(&((head)->sqh_first), __ATOMIC_RELAXED) == NULL)
#define QSIMPLEQ_EMPTY(head)             ((head)->sqh_first == NULL)
#define QSIMPLEQ_FIRST(head)             ((head)->sqh_first)
#define QSIMPLEQ_NEXT(elm, field)        ((elm)->field.sqe_next)

/* QTAILQ: doubly linked with a tail */

typedef struct QTailQLink {
    void *tql_next;
    struct QTailQLink *tql_prev;
} QTailQLink;

/*
 * The head and each entry are a union: typed for walking forwards, and as a
 * QTailQLink, which is what all of them are to their neighbours.
 */
#define QTAILQ_HEAD(name, type)                                         \
union name {                                                            \
    struct type *tqh_first;                                             \
    QTailQLink tqh_circ;                                                \
}

#define QTAILQ_HEAD_INITIALIZER(head)                                   \
    { .tqh_circ = { NULL, &(head).tqh_circ } }

#define QTAILQ_ENTRY(type)                                              \
union {                                                                 \
    struct type *tqe_next;                                              \
    QTailQLink tqe_circ;                                                \
}

#define QTAILQ_INIT(head) do {                                          \
    (head)->tqh_first = NULL;                                           \
    (head)->tqh_circ.tql_prev = &(head)->tqh_circ;                      \
} while (0)

#define QTAILQ_INSERT_HEAD(head, elm, field) do {                       \
    (elm)->field.tqe_next = (head)->tqh_first;                          \
    if ((elm)->field.tqe_next != NULL) {                                \
        (head)->tqh_first->field.tqe_circ.tql_prev =                    \
            &(elm)->field.tqe_circ;                                     \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;             \
    }                                                                   \
    (head)->tqh_first = (elm);                                          \
    (elm)->field.tqe_circ.tql_prev = &(head)->tqh_circ;                 \
} while (0)

#define QTAILQ_INSERT_TAIL(head, elm, field) do {                       \
    (elm)->field.tqe_next = NULL;                                       \
    (elm)->field.tqe_circ.tql_prev = (head)->tqh_circ.tql_prev;         \
    (head)->tqh_circ.tql_prev->tql_next = (elm);                        \
    (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;                 \
} while (0)

#define QTAILQ_INSERT_AFTER(head, listelm, elm, field) do {             \
    (elm)->field.tqe_next = (listelm)->field.tqe_next;                  \
    if ((elm)->field.tqe_next != NULL) {                                \
        (elm)->field.tqe_next->field.tqe_circ.tql_prev =                \
            &(elm)->field.tqe_circ;                                     \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = &(elm)->field.tqe_circ;             \
    }                                                                   \
    (listelm)->field.tqe_next = (elm);                                  \
    (elm)->field.tqe_circ.tql_prev = &(listelm)->field.tqe_circ;        \
} while (0)

#define QTAILQ_INSERT_BEFORE(listelm, elm, field) do {                  \
    (elm)->field.tqe_circ.tql_prev = (listelm)->field.tqe_circ.tql_prev; \
    (elm)->field.tqe_next = (listelm);                                  \
    (listelm)->field.tqe_circ.tql_prev->tql_next = (elm);               \
    (listelm)->field.tqe_circ.tql_prev = &(elm)->field.tqe_circ;        \
} while (0)

#define QTAILQ_REMOVE(head, elm, field) do {                            \
    if ((elm)->field.tqe_next != NULL) {                                \
        (elm)->field.tqe_next->field.tqe_circ.tql_prev =                \
            (elm)->field.tqe_circ.tql_prev;                             \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = (elm)->field.tqe_circ.tql_prev;     \
    }                                                                   \
    (elm)->field.tqe_circ.tql_prev->tql_next = (elm)->field.tqe_next;   \
    (elm)->field.tqe_circ.tql_prev = NULL;                              \
    (elm)->field.tqe_circ.tql_next = NULL;                              \
    (elm)->field.tqe_next = NULL;                                       \
} while (0)

/* Remove from @left to @right, which must follow it or be the same. */
#define QTAILQ_REMOVE_SEVERAL(head, left, right, field) do {            \
    if ((right)->field.tqe_next != NULL) {                              \
        (right)->field.tqe_next->field.tqe_circ.tql_prev =              \
            (left)->field.tqe_circ.tql_prev;                            \
    } else {                                                            \
        (head)->tqh_circ.tql_prev = (left)->field.tqe_circ.tql_prev;    \
    }                                                                   \
    (left)->field.tqe_circ.tql_prev->tql_next = (right)->field.tqe_next; \
} while (0)

#define QTAILQ_FOREACH(var, head, field)                                \
    for ((var) = ((head)->tqh_first);                                   \
         (var);                                                         \
         (var) = ((var)->field.tqe_next))

#define QTAILQ_FOREACH_SAFE(var, head, field, next_var)                 \
    for ((var) = ((head)->tqh_first);                                   \
         (var) && ((next_var) = ((var)->field.tqe_next), 1);            \
         (var) = (next_var))

#define QTAILQ_FOREACH_REVERSE(var, head, field)                        \
    for ((var) = QTAILQ_LAST(head);                                     \
         (var);                                                         \
         (var) = QTAILQ_PREV(var, field))

#define QTAILQ_FOREACH_REVERSE_SAFE(var, head, field, prev_var)         \
    for ((var) = QTAILQ_LAST(head);                                     \
         (var) && ((prev_var) = QTAILQ_PREV(var, field), 1);            \
         (var) = (prev_var))

#define QTAILQ_EMPTY(head)               ((head)->tqh_first == NULL)
#define QTAILQ_FIRST(head)               ((head)->tqh_first)
#define QTAILQ_NEXT(elm, field)          ((elm)->field.tqe_next)
#define QTAILQ_IN_USE(elm, field)                                       \
    ((elm)->field.tqe_circ.tql_prev != NULL)

/*
 * The link two steps back points forward to the element one step back.  From
 * the head, "one step back" is the last element.
 */
#define QTAILQ_LINK_PREV(link)                                          \
    ((link).tql_prev->tql_prev->tql_next)
#define QTAILQ_LAST(head)                                               \
    ((typeof((head)->tqh_first))QTAILQ_LINK_PREV((head)->tqh_circ))
#define QTAILQ_PREV(elm, field)                                         \
    ((typeof((elm)->field.tqe_next))                                    \
     QTAILQ_LINK_PREV((elm)->field.tqe_circ))

/* The same for code that has only an offset: vmstate of lists. */
#define QTAILQ_RAW_FIRST(head) (*(void **)(head))
#define QTAILQ_RAW_TQH_CIRC(head) ((QTailQLink *)(head))
#define QTAILQ_RAW_TQE_CIRC(elm, entry)                                 \
    ((QTailQLink *)((char *)(elm) + (entry)))
#define QTAILQ_RAW_NEXT(elm, entry)                                     \
    (*(void **)((char *)(elm) + (entry)))
#define QTAILQ_RAW_FOREACH(elm, head, entry)                            \
    for ((elm) = QTAILQ_RAW_FIRST(head);                                \
         (elm);                                                         \
         (elm) = QTAILQ_RAW_NEXT(elm, entry))
#define QTAILQ_RAW_INSERT_TAIL(head, elm, entry) do {                   \
    QTAILQ_RAW_NEXT(elm, entry) = NULL;                                 \
    QTAILQ_RAW_TQE_CIRC(elm, entry)->tql_prev =                         \
        QTAILQ_RAW_TQH_CIRC(head)->tql_prev;                            \
    QTAILQ_RAW_TQH_CIRC(head)->tql_prev->tql_next = (elm);              \
    QTAILQ_RAW_TQH_CIRC(head)->tql_prev =                               \
        QTAILQ_RAW_TQE_CIRC(elm, entry);                                \
} while (0)

#endif
