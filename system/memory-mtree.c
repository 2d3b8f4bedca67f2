/*
 * `info mtree`: the tree of regions, and what was made of it, as text
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qmp/qdict.h"
#include "qemu/accel.h"
#include "qemu/qemu-print.h"
#include "monitor/hmp.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "memory_int.h"

#define MTREE_INDENT "  "

/* The last offset of something of this size. */
#define MR_SIZE(size) (int128_nz(size) ? (hwaddr)int128_get64( \
                       int128_sub((size), int128_one())) : 0)

static const char *memory_region_type(MemoryRegion *mr)
{
    if (mr->alias) {
        return memory_region_type(mr->alias);
    }
    if (memory_region_is_ram_device(mr)) {
        return "ramd";
    } else if (memory_region_is_romd(mr)) {
        return "romd";
    } else if (memory_region_is_rom(mr)) {
        return "rom";
    } else if (memory_region_is_ram(mr)) {
        return "ram";
    } else {
        return "i/o";
    }
}

/* Owners */

static void mtree_expand_owner(const char *label, Object *obj)
{
    DeviceState *dev = (DeviceState *)object_dynamic_cast(obj, TYPE_DEVICE);

    qemu_printf(" %s:{%s", label, dev ? "dev" : "obj");
    if (dev && dev->id) {
        qemu_printf(" id=%s", dev->id);
    } else {
        g_autofree char *path = object_get_canonical_path(obj);

        if (path) {
            qemu_printf(" path=%s", path);
        } else {
            qemu_printf(" type=%s", object_get_typename(obj));
        }
    }
    qemu_printf("}");
}

static void mtree_print_mr_owner(const MemoryRegion *mr)
{
    Object *owner = mr->owner;
    Object *parent = memory_region_owner((MemoryRegion *)mr);

    if (!owner && !parent) {
        qemu_printf(" orphan");
        return;
    }
    if (owner) {
        mtree_expand_owner("owner", owner);
    }
    if (parent && parent != owner) {
        mtree_expand_owner("parent", parent);
    }
}

/* The tree */

static int mtree_compare_mr(const void *a, const void *b)
{
    const MemoryRegion *mr_a = *(MemoryRegion **)a;
    const MemoryRegion *mr_b = *(MemoryRegion **)b;

    if (mr_a->addr != mr_b->addr) {
        return mr_a->addr < mr_b->addr ? -1 : 1;
    }
    return (mr_a->priority < mr_b->priority) -
           (mr_a->priority > mr_b->priority);
}

/* @aliased collects what aliases lead to; it is printed once, in the end. */
static void mtree_print_mr(MemoryRegion *mr, unsigned level, hwaddr base,
                           GPtrArray *aliased, bool owner, bool disabled)
{
    g_autoptr(GPtrArray) children = NULL;
    MemoryRegion *child;
    hwaddr cur_start, cur_end;

    cur_start = base + mr->addr;
    cur_end = cur_start + MR_SIZE(mr->size);

    if (mr->alias && !g_ptr_array_find(aliased, mr->alias, NULL)) {
        g_ptr_array_add(aliased, mr->alias);
    }

    if (mr->enabled || disabled) {
        for (unsigned i = 0; i < level; i++) {
            qemu_printf(MTREE_INDENT);
        }
        if (cur_start < base || cur_end < cur_start) {
            qemu_printf("[DETECTED OVERFLOW!] ");
        }
        qemu_printf(HWADDR_FMT_plx "-" HWADDR_FMT_plx " (prio %d, %s%s): ",
                    cur_start, cur_end, mr->priority,
                    mr->nonvolatile ? "nv-" : "", memory_region_type(mr));
        if (mr->alias) {
            qemu_printf("alias %s @%s " HWADDR_FMT_plx "-" HWADDR_FMT_plx,
                        memory_region_name(mr),
                        memory_region_name(mr->alias), mr->alias_offset,
                        mr->alias_offset + MR_SIZE(mr->size));
        } else {
            qemu_printf("%s", memory_region_name(mr));
        }
        qemu_printf("%s", mr->enabled ? "" : " [disabled]");
        if (owner) {
            mtree_print_mr_owner(mr);
        }
        qemu_printf("\n");
    }

    children = g_ptr_array_new();
    QTAILQ_FOREACH(child, &mr->subregions, subregions_link) {
        g_ptr_array_add(children, child);
    }
    g_ptr_array_sort(children, mtree_compare_mr);
    for (unsigned i = 0; i < children->len; i++) {
        mtree_print_mr(g_ptr_array_index(children, i), level + 1, cur_start,
                       aliased, owner, disabled);
    }
}

static int mtree_compare_as_name(const void *a, const void *b)
{
    return g_strcmp0((*(AddressSpace **)a)->name,
                     (*(AddressSpace **)b)->name);
}

/* Address spaces on one root stand together above it. */
static void mtree_info_as(bool owner, bool disabled)
{
    g_autoptr(GPtrArray) aliased = g_ptr_array_new();
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    AddressSpace *as, *other;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        g_autoptr(GPtrArray) same = g_ptr_array_new();

        if (!g_hash_table_add(done, as->root)) {
            continue;
        }
        QTAILQ_FOREACH(other, &address_spaces, address_spaces_link) {
            if (other->root == as->root) {
                g_ptr_array_add(same, other);
            }
        }
        g_ptr_array_sort(same, mtree_compare_as_name);
        for (unsigned i = 0; i < same->len; i++) {
            other = g_ptr_array_index(same, i);
            qemu_printf("address-space: %s\n", other->name);
        }
        mtree_print_mr(as->root, 1, 0, aliased, owner, disabled);
        qemu_printf("\n");
    }

    /* The list grows while aliases of aliases turn up. */
    for (unsigned i = 0; i < aliased->len; i++) {
        MemoryRegion *mr = g_ptr_array_index(aliased, i);

        qemu_printf("memory-region: %s\n", memory_region_name(mr));
        mtree_print_mr(mr, 1, 0, aliased, owner, disabled);
        qemu_printf("\n");
    }
}

/* The flat views */

static void mtree_print_flatview(FlatView *view, unsigned number,
                                 GPtrArray *spaces, bool dispatch_tree,
                                 bool owner)
{
    AccelState *accel = current_accel();
    AccelClass *ac = accel ? ACCEL_GET_CLASS(accel) : NULL;
    FlatRange *range;

    qemu_printf("FlatView #%u\n", number);
    for (unsigned i = 0; i < spaces->len; i++) {
        AddressSpace *as = g_ptr_array_index(spaces, i);

        qemu_printf(" AS \"%s\", root: %s", as->name,
                    memory_region_name(as->root));
        if (as->root->alias) {
            qemu_printf(", alias %s", memory_region_name(as->root->alias));
        }
        qemu_printf("\n");
    }
    qemu_printf(" Root memory region: %s\n",
                view->root ? memory_region_name(view->root) : "(none)");

    if (!view->nr) {
        qemu_printf(MTREE_INDENT "No rendered FlatView\n\n");
        return;
    }

    FOR_EACH_FLAT_RANGE(range, view) {
        MemoryRegion *mr = range->mr;
        hwaddr start = int128_get64(range->addr.start);

        qemu_printf(MTREE_INDENT HWADDR_FMT_plx "-" HWADDR_FMT_plx
                    " (prio %d, %s%s): %s",
                    start, start + MR_SIZE(range->addr.size), mr->priority,
                    range->nonvolatile ? "nv-" : "",
                    range->readonly ? "rom" : memory_region_type(mr),
                    memory_region_name(mr));
        if (range->offset_in_region) {
            qemu_printf(" @" HWADDR_FMT_plx, range->offset_in_region);
        }
        if (owner) {
            mtree_print_mr_owner(mr);
        }
        if (ac && ac->has_memory) {
            for (unsigned i = 0; i < spaces->len; i++) {
                if (ac->has_memory(current_machine,
                                   g_ptr_array_index(spaces, i), start,
                                   MR_SIZE(range->addr.size) + 1)) {
                    qemu_printf(" %s", ac->name);
                }
            }
        }
        qemu_printf("\n");
    }

    if (dispatch_tree && view->root) {
        mtree_print_dispatch(view->dispatch, view->root);
    }
    qemu_printf("\n");
}

static void mtree_info_flatview(bool dispatch_tree, bool owner)
{
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    AddressSpace *as, *other;
    unsigned number = 0;

    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        g_autoptr(GPtrArray) same = g_ptr_array_new();
        FlatView *view;

        if (!g_hash_table_add(done, address_space_to_flatview(as))) {
            continue;
        }
        view = address_space_get_flatview(as);
        QTAILQ_FOREACH(other, &address_spaces, address_spaces_link) {
            if (address_space_to_flatview(other) == view) {
                g_ptr_array_add(same, other);
            }
        }
        mtree_print_flatview(view, number++, same, dispatch_tree, owner);
        flatview_unref(view);
    }
}

void mtree_info(bool flatview, bool dispatch_tree, bool owner, bool disabled)
{
    if (flatview) {
        mtree_info_flatview(dispatch_tree, owner);
    } else {
        mtree_info_as(owner, disabled);
    }
}

void hmp_info_mtree(Monitor *mon, const QDict *qdict)
{
    bool flatview = qdict_get_try_bool(qdict, "flatview", false);
    bool dispatch_tree = qdict_get_try_bool(qdict, "dispatch_tree", false);
    bool owner = qdict_get_try_bool(qdict, "owner", false);
    bool disabled = qdict_get_try_bool(qdict, "disabled", false);

    mtree_info(flatview, dispatch_tree, owner, disabled);
}
