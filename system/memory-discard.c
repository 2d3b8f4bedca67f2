/*
 * RAM of which the guest may use only parts at a time
 *
 * A RamDiscardManager knows which parts; those who pin or copy RAM listen to
 * it.  The other way round, some cannot live with RAM that disappears under
 * them (a pass-through device has pinned it), and forbid it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/thread.h"
#include "qemu/lockable.h"
#include "memory_int.h"

/* The interface */

RamDiscardManager *memory_region_get_ram_discard_manager(MemoryRegion *mr)
{
    return memory_region_is_ram(mr) ? mr->rdm : NULL;
}

void memory_region_set_ram_discard_manager(MemoryRegion *mr,
                                           RamDiscardManager *rdm)
{
    assert(memory_region_is_ram(mr));
    assert(!rdm || !mr->rdm);
    mr->rdm = rdm;
}

uint64_t ram_discard_manager_get_min_granularity(const RamDiscardManager *rdm,
                                                 const MemoryRegion *mr)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_GET_CLASS(rdm);

    assert(rdmc->get_min_granularity);
    return rdmc->get_min_granularity(rdm, mr);
}

bool ram_discard_manager_is_populated(const RamDiscardManager *rdm,
                                      const MemoryRegionSection *section)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_GET_CLASS(rdm);

    assert(rdmc->is_populated);
    return rdmc->is_populated(rdm, section);
}

int ram_discard_manager_replay_populated(const RamDiscardManager *rdm,
                                         MemoryRegionSection *section,
                                         ReplayRamPopulate replay_fn,
                                         void *opaque)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_GET_CLASS(rdm);

    assert(rdmc->replay_populated);
    return rdmc->replay_populated(rdm, section, replay_fn, opaque);
}

void ram_discard_manager_replay_discarded(const RamDiscardManager *rdm,
                                          MemoryRegionSection *section,
                                          ReplayRamDiscard replay_fn,
                                          void *opaque)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_GET_CLASS(rdm);

    assert(rdmc->replay_discarded);
    rdmc->replay_discarded(rdm, section, replay_fn, opaque);
}

void ram_discard_manager_register_listener(RamDiscardManager *rdm,
                                           RamDiscardListener *rdl,
                                           MemoryRegionSection *section)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_GET_CLASS(rdm);

    assert(rdmc->register_listener);
    rdmc->register_listener(rdm, rdl, section);
}

void ram_discard_manager_unregister_listener(RamDiscardManager *rdm,
                                             RamDiscardListener *rdl)
{
    RamDiscardManagerClass *rdmc = RAM_DISCARD_MANAGER_GET_CLASS(rdm);

    assert(rdmc->unregister_listener);
    rdmc->unregister_listener(rdm, rdl);
}

/*
 * Who forbids and who requires.  "Uncoordinated" discards are those of which
 * nobody is told: somebody who follows a RamDiscardManager forbids only them.
 */

static QemuMutex ram_block_discard_mutex;
static unsigned ram_block_discard_disabled_cnt;
static unsigned ram_block_uncoordinated_discard_disabled_cnt;
static unsigned ram_block_discard_required_cnt;
static unsigned ram_block_coordinated_discard_required_cnt;

static void __attribute__((__constructor__)) ram_block_discard_mutex_init(void)
{
    qemu_mutex_init(&ram_block_discard_mutex);
}

/* Counts up or down; -EBUSY if it was to go up while @conflict. */
static int ram_block_discard_count(unsigned *count, bool up, bool conflict)
{
    if (!up) {
        assert(*count);
        qatomic_set(count, *count - 1);
    } else if (conflict) {
        return -EBUSY;
    } else {
        qatomic_set(count, *count + 1);
    }
    return 0;
}

int ram_block_discard_disable(bool state)
{
    QEMU_LOCK_GUARD(&ram_block_discard_mutex);
    return ram_block_discard_count(&ram_block_discard_disabled_cnt, state,
        ram_block_discard_required_cnt ||
        ram_block_coordinated_discard_required_cnt);
}

int ram_block_uncoordinated_discard_disable(bool state)
{
    QEMU_LOCK_GUARD(&ram_block_discard_mutex);
    return ram_block_discard_count(
        &ram_block_uncoordinated_discard_disabled_cnt, state,
        ram_block_discard_required_cnt);
}

int ram_block_discard_require(bool state)
{
    QEMU_LOCK_GUARD(&ram_block_discard_mutex);
    return ram_block_discard_count(&ram_block_discard_required_cnt, state,
        ram_block_discard_disabled_cnt ||
        ram_block_uncoordinated_discard_disabled_cnt);
}

int ram_block_coordinated_discard_require(bool state)
{
    QEMU_LOCK_GUARD(&ram_block_discard_mutex);
    return ram_block_discard_count(
        &ram_block_coordinated_discard_required_cnt, state,
        ram_block_discard_disabled_cnt);
}

bool ram_block_discard_is_disabled(void)
{
    return qatomic_read(&ram_block_discard_disabled_cnt) ||
           qatomic_read(&ram_block_uncoordinated_discard_disabled_cnt);
}

bool ram_block_discard_is_required(void)
{
    return qatomic_read(&ram_block_discard_required_cnt) ||
           qatomic_read(&ram_block_coordinated_discard_required_cnt);
}
