/*
 * Listeners, and readers that run while the topology changes
 *
 * A listener writes down each call; the tests compare the whole sequence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"
#include "qemu/event_notifier.h"
#include "qemu/thread.h"
#include "system/memory_int.h"

static GString *calls;

static void note(MemoryListener *l, const char *hook,
                 MemoryRegionSection *section)
{
    g_string_append_printf(calls, "%s%s.%s", calls->len ? "; " : "", l->name,
                           hook);
    if (section) {
        g_string_append_printf(calls, " %" PRIx64 "+%" PRIx64,
                               section->offset_within_address_space,
                               int128_get64(section->size));
        if (section->mr) {
            g_string_append_printf(calls, " %s@%" PRIx64,
                                   memory_region_name(section->mr),
                                   section->offset_within_region);
        }
    }
}

static void note_begin(MemoryListener *l)
{
    note(l, "begin", NULL);
}

static void note_commit(MemoryListener *l)
{
    note(l, "commit", NULL);
}

static void note_add(MemoryListener *l, MemoryRegionSection *section)
{
    note(l, "add", section);
}

static void note_del(MemoryListener *l, MemoryRegionSection *section)
{
    note(l, "del", section);
}

static void note_nop(MemoryListener *l, MemoryRegionSection *section)
{
    note(l, "nop", section);
}

static void note_log_start(MemoryListener *l, MemoryRegionSection *section,
                           int old, int new)
{
    note(l, "log_start", section);
    g_string_append_printf(calls, " %d>%d", old, new);
}

static void note_log_stop(MemoryListener *l, MemoryRegionSection *section,
                          int old, int new)
{
    note(l, "log_stop", section);
    g_string_append_printf(calls, " %d>%d", old, new);
}

static void note_eventfd_add(MemoryListener *l, MemoryRegionSection *section,
                             bool match_data, uint64_t data, EventNotifier *e)
{
    note(l, "eventfd_add", section);
    g_string_append_printf(calls, " %d:%" PRIx64, match_data, data);
}

static void note_eventfd_del(MemoryListener *l, MemoryRegionSection *section,
                             bool match_data, uint64_t data, EventNotifier *e)
{
    note(l, "eventfd_del", section);
    g_string_append_printf(calls, " %d:%" PRIx64, match_data, data);
}

static void note_coalesced_add(MemoryListener *l,
                               MemoryRegionSection *section, hwaddr addr,
                               hwaddr len)
{
    note(l, "coalesced_add", NULL);
    g_string_append_printf(calls, " %" PRIx64 "+%" PRIx64, addr, len);
}

static void note_coalesced_del(MemoryListener *l,
                               MemoryRegionSection *section, hwaddr addr,
                               hwaddr len)
{
    note(l, "coalesced_del", NULL);
    g_string_append_printf(calls, " %" PRIx64 "+%" PRIx64, addr, len);
}

#define NOTING_LISTENER(letter, prio) {     \
    .name = letter,                         \
    .priority = prio,                       \
    .begin = note_begin,                    \
    .commit = note_commit,                  \
    .region_add = note_add,                 \
    .region_del = note_del,                 \
    .region_nop = note_nop,                 \
    .log_start = note_log_start,            \
    .log_stop = note_log_stop,              \
    .eventfd_add = note_eventfd_add,        \
    .eventfd_del = note_eventfd_del,        \
    .coalesced_io_add = note_coalesced_add, \
    .coalesced_io_del = note_coalesced_del, \
}

static void expect_calls(const char *want)
{
    g_assert_cmpstr(calls->str, ==, want);
    g_string_truncate(calls, 0);
}

static void leaf(MemoryRegion *mr, const char *name, uint64_t size)
{
    memory_region_init_io(mr, NULL, NULL, NULL, name, size);
}

/* What is there when a listener comes, and what changes after that. */
static void test_sequence(void)
{
    MemoryListener l = NOTING_LISTENER("l", 0);
    MemoryRegion a, b;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&a, "a", 0x1000);
    leaf(&b, "b", 0x1000);
    memory_region_add_subregion(&t.root, 0x1000, &a);

    memory_listener_register(&l, &t.as);
    expect_calls("l.begin; l.add 1000+1000 a@0; l.commit");

    memory_region_add_subregion_overlap(&t.root, 0x1800, &b, 1);
    expect_calls("l.begin; l.del 1000+1000 a@0; l.add 1000+800 a@0; "
                 "l.add 1800+1000 b@0; l.commit");

    /* One transaction, one change: what goes, goes first. */
    memory_region_transaction_begin();
    memory_region_del_subregion(&t.root, &b);
    memory_region_add_subregion(&t.root, 0, &b);
    memory_region_transaction_commit();
    expect_calls("l.begin; l.del 1000+800 a@0; l.del 1800+1000 b@0; "
                 "l.add 0+1000 b@0; l.add 1000+1000 a@0; l.commit");

    memory_region_del_subregion(&t.root, &b);
    expect_calls("l.begin; l.del 0+1000 b@0; l.nop 1000+1000 a@0; l.commit");

    memory_listener_unregister(&l);
    expect_calls("l.begin; l.del 1000+1000 a@0; l.commit");
    memory_listener_unregister(&l);         /* once is enough */
    expect_calls("");

    memory_region_del_subregion(&t.root, &a);
    memory_test_stop(&t);
    memory_test_free(&a);
    memory_test_free(&b);
}

/* A transaction without a change, or out of sight, tells nobody anything. */
static void test_silence(void)
{
    MemoryListener l = NOTING_LISTENER("l", 0);
    MemoryRegion box, a;
    MemoryTest t;

    memory_test_start(&t);
    memory_listener_register(&l, &t.as);
    expect_calls("l.begin; l.commit");

    memory_region_transaction_begin();
    memory_region_transaction_commit();
    memory_region_init(&box, NULL, "box", 0x1000);
    leaf(&a, "a", 0x1000);
    memory_region_add_subregion(&box, 0, &a);
    memory_region_set_enabled(&a, false);
    memory_region_set_enabled(&a, true);
    expect_calls("");

    memory_region_del_subregion(&box, &a);
    memory_listener_unregister(&l);
    g_string_truncate(calls, 0);
    memory_test_stop(&t);
    memory_test_free(&a);
    memory_test_free(&box);
}

/* The lower priority hears first of what comes, and last of what goes. */
static void test_priorities(void)
{
    MemoryListener late = NOTING_LISTENER("late", 10);
    MemoryListener early = NOTING_LISTENER("early", 0);
    MemoryRegion a;
    MemoryTest t;

    memory_test_start(&t);
    leaf(&a, "a", 0x1000);
    memory_listener_register(&late, &t.as);
    memory_listener_register(&early, &t.as);
    g_string_truncate(calls, 0);

    memory_region_add_subregion(&t.root, 0, &a);
    expect_calls("early.begin; late.begin; early.add 0+1000 a@0; "
                 "late.add 0+1000 a@0; early.commit; late.commit");
    memory_region_del_subregion(&t.root, &a);
    expect_calls("early.begin; late.begin; late.del 0+1000 a@0; "
                 "early.del 0+1000 a@0; early.commit; late.commit");

    memory_listener_unregister(&early);
    memory_listener_unregister(&late);
    g_string_truncate(calls, 0);
    memory_test_stop(&t);
    memory_test_free(&a);
}

/* Eventfds follow their region, and so do coalesced ranges. */
static void test_follow(void)
{
    MemoryListener l = NOTING_LISTENER("l", 0);
    EventNotifier e;
    MemoryRegion a;
    MemoryTest t;

    event_notifier_init(&e, 0);
    memory_test_start(&t);
    leaf(&a, "a", 0x1000);
    memory_listener_register(&l, &t.as);
    memory_region_add_subregion(&t.root, 0x1000, &a);
    g_string_truncate(calls, 0);

    memory_region_add_eventfd(&a, 0x10, 2, true, 5, &e);
    expect_calls("l.eventfd_add 1010+2 1:5");
    memory_region_add_coalescing(&a, 0x20, 8);
    expect_calls("l.coalesced_add 1020+8");

    memory_region_set_address(&a, 0x3000);
    expect_calls("l.begin; l.coalesced_del 1020+8; l.del 1000+1000 a@0; "
                 "l.add 3000+1000 a@0; l.coalesced_add 3020+8; "
                 "l.eventfd_del 1010+2 1:5; l.eventfd_add 3010+2 1:5; "
                 "l.commit");

    memory_region_clear_coalescing(&a);
    expect_calls("l.coalesced_del 3020+8");
    memory_region_del_eventfd(&a, 0x10, 2, true, 5, &e);
    expect_calls("l.eventfd_del 3010+2 1:5");

    memory_listener_unregister(&l);
    g_string_truncate(calls, 0);
    memory_region_del_subregion(&t.root, &a);
    memory_test_stop(&t);
    memory_test_free(&a);
    event_notifier_cleanup(&e);
}

/* A display that watches a region does not move it. */
static void test_log(void)
{
    MemoryListener l = NOTING_LISTENER("l", 0);
    MemoryRegion ram;
    MemoryTest t;

    memory_test_start(&t);
    memory_region_init_ram_nomigrate(&ram, NULL, "vram", 0x1000,
                                     &error_abort);
    memory_region_add_subregion(&t.root, 0, &ram);
    memory_listener_register(&l, &t.as);
    g_string_truncate(calls, 0);

    memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
    expect_calls("l.begin; l.nop 0+1000 vram@0; "
                 "l.log_start 0+1000 vram@0 0>1; l.commit");
    memory_region_set_log(&ram, true, DIRTY_MEMORY_VGA);
    memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
    expect_calls("");                       /* calls nest */
    memory_region_set_log(&ram, false, DIRTY_MEMORY_VGA);
    expect_calls("l.begin; l.nop 0+1000 vram@0; "
                 "l.log_stop 0+1000 vram@0 1>0; l.commit");

    memory_listener_unregister(&l);
    g_string_truncate(calls, 0);
    memory_region_del_subregion(&t.root, &ram);
    memory_test_stop(&t);
    memory_test_free(&ram);
}

/* Two regions change places, again and again, while a thread looks. */

typedef struct Swap {
    MemoryTest t;
    MemoryRegion a, b;
    bool stop;
    unsigned long looks;
} Swap;

static void *swap_reader(void *opaque)
{
    Swap *s = opaque;

    rcu_register_thread();
    while (!qatomic_read(&s->stop)) {
        WITH_RCU_READ_LOCK_GUARD() {
            FlatView *view = address_space_to_flatview(&s->t.as);
            hwaddr len = 1, xlat;
            MemoryRegion *low, *high;

            low = flatview_translate(view, 0x10, &xlat, &len, false,
                                     MEMTXATTRS_UNSPECIFIED);
            g_assert_cmphex(xlat, ==, 0x10);
            high = flatview_translate(view, 0x1010, &xlat, &len, false,
                                      MEMTXATTRS_UNSPECIFIED);
            g_assert_cmphex(xlat, ==, 0x10);

            /* In one view there is never one of them twice, nor a gap. */
            g_assert_true((low == &s->a && high == &s->b) ||
                          (low == &s->b && high == &s->a));
        }
        qatomic_set(&s->looks, s->looks + 1);
    }
    rcu_unregister_thread();
    return NULL;
}

static void test_concurrent_reader(void)
{
    g_autofree Swap *s = g_new0(Swap, 1);
    QemuThread thread;

    memory_test_start(&s->t);
    leaf(&s->a, "a", 0x1000);
    leaf(&s->b, "b", 0x1000);
    memory_region_add_subregion(&s->t.root, 0, &s->a);
    memory_region_add_subregion(&s->t.root, 0x1000, &s->b);
    qemu_thread_create(&thread, "reader", swap_reader, s,
                       QEMU_THREAD_JOINABLE);

    for (int i = 0; i < 2000 || qatomic_read(&s->looks) < 2000; i++) {
        memory_region_transaction_begin();
        memory_region_set_address(&s->a, i & 1 ? 0 : 0x1000);
        memory_region_set_address(&s->b, i & 1 ? 0x1000 : 0);
        memory_region_transaction_commit();
    }
    qatomic_set(&s->stop, true);
    qemu_thread_join(&thread);

    memory_region_del_subregion(&s->t.root, &s->a);
    memory_region_del_subregion(&s->t.root, &s->b);
    memory_test_stop(&s->t);
    memory_test_free(&s->a);
    memory_test_free(&s->b);
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    calls = g_string_new(NULL);
    g_test_add_func("/memory/listener/sequence", test_sequence);
    g_test_add_func("/memory/listener/silence", test_silence);
    g_test_add_func("/memory/listener/priorities", test_priorities);
    g_test_add_func("/memory/listener/follow", test_follow);
    g_test_add_func("/memory/listener/log", test_log);
    g_test_add_func("/memory/listener/concurrent-reader",
                    test_concurrent_reader);
    return g_test_run();
}
