/*
 * Memory regions: the tree, its changes, and the address spaces on it
 *
 * Read the lecture of include/exec/memory.h first.  system/memory_int.h says
 * where the other parts of the memory API are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/qdev-core.h"
#include "exec/address-spaces.h"
#include "memory_int.h"

static unsigned memory_region_transaction_depth;
static bool memory_region_update_pending;
static bool ioeventfd_update_pending;
static bool every_view_stale;

AddressSpaceList address_spaces = QTAILQ_HEAD_INITIALIZER(address_spaces);

/* Transactions */

/*
 * Most regions are filled before they are put where a guest can see them, and
 * rendering is the expensive part.  So a change is followed upwards: it
 * matters only if it arrives at the root of an address space, and then only
 * to that one.  Where an alias leads into the path, all views count as
 * touched, because a region does not know who shows it.
 */
void memory_region_note_change(MemoryRegion *mr)
{
    for (; mr && mr->enabled; mr = mr->container) {
        if (mr->root_of) {
            mr->tree_changed = true;
            memory_region_update_pending = true;
        }
        if (mr->mapped_via_alias) {
            memory_region_note_change_everywhere();
            return;
        }
    }
}

void memory_region_note_change_everywhere(void)
{
    every_view_stale = true;
    memory_region_update_pending = true;
}

void memory_region_note_ioeventfd_change(MemoryRegion *mr)
{
    ioeventfd_update_pending |= mr->enabled;
}

bool address_space_is_stale(AddressSpace *as)
{
    return every_view_stale || !as->current_map || !as->root ||
           as->root->tree_changed;
}

void memory_region_transaction_begin(void)
{
    /* What was written to a region is for it, where it still is. */
    qemu_flush_coalesced_mmio_buffer();
    ++memory_region_transaction_depth;
}

void memory_region_transaction_commit(void)
{
    AddressSpace *as;

    assert(memory_region_transaction_depth);
    assert(qemu_mutex_iothread_locked());

    if (--memory_region_transaction_depth) {
        return;
    }
    if (memory_region_update_pending) {
        flatviews_reset();

        MEMORY_LISTENER_CALL_GLOBAL(begin, Forward);
        QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
            address_space_set_flatview(as);
            address_space_update_ioeventfds(as);
        }
        QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
            if (as->root) {
                as->root->tree_changed = false;
            }
        }
        every_view_stale = false;
        memory_region_update_pending = false;
        ioeventfd_update_pending = false;
        MEMORY_LISTENER_CALL_GLOBAL(commit, Forward);
    } else if (ioeventfd_update_pending) {
        QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
            address_space_update_ioeventfds(as);
        }
        ioeventfd_update_pending = false;
    }
}

/* Birth and death of a region */

static void memory_region_destructor_none(MemoryRegion *mr)
{
}

/* '/' ends a component of a QOM path, and '[' starts the number of "[*]". */
static bool memory_region_need_escape(char c)
{
    return c == '/' || c == '[' || c == '\\' || c == ']';
}

static char *memory_region_escape_name(const char *name)
{
    GString *escaped = g_string_new(NULL);

    for (; *name; name++) {
        if (memory_region_need_escape(*name)) {
            g_string_append_printf(escaped, "\\x%02x", *name);
        } else {
            g_string_append_c(escaped, *name);
        }
    }
    return g_string_free(escaped, FALSE);
}

static void memory_region_do_init(MemoryRegion *mr, Object *owner,
                                  const char *name, uint64_t size)
{
    mr->size = size == UINT64_MAX ? int128_2_64() : int128_make64(size);
    mr->name = g_strdup(name);
    mr->owner = owner;
    mr->dev = (DeviceState *)object_dynamic_cast(owner, TYPE_DEVICE);
    mr->ram_block = NULL;

    if (name) {
        g_autofree char *escaped_name = memory_region_escape_name(name);
        g_autofree char *name_array = g_strdup_printf("%s[*]", escaped_name);

        if (!owner) {
            owner = container_get(qdev_get_machine(), "/unattached");
        }
        object_property_add_child(owner, name_array, OBJECT(mr));
        object_unref(OBJECT(mr));
    }
}

void memory_region_init(MemoryRegion *mr, Object *owner, const char *name,
                        uint64_t size)
{
    object_initialize(mr, sizeof(*mr), TYPE_MEMORY_REGION);
    memory_region_do_init(mr, owner, name, size);
}

void memory_region_init_io(MemoryRegion *mr, Object *owner,
                           const MemoryRegionOps *ops, void *opaque,
                           const char *name, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->ops = ops ? ops : &unassigned_mem_ops;
    mr->opaque = opaque;
    mr->terminates = true;
}

void memory_region_init_alias(MemoryRegion *mr, Object *owner,
                              const char *name, MemoryRegion *orig,
                              hwaddr offset, uint64_t size)
{
    memory_region_init(mr, owner, name, size);
    mr->alias = orig;
    mr->alias_offset = offset;
}

void memory_region_init_iommu(void *_iommu_mr, size_t instance_size,
                              const char *mrtypename, Object *owner,
                              const char *name, uint64_t size)
{
    IOMMUMemoryRegion *iommu_mr;
    MemoryRegion *mr;

    object_initialize(_iommu_mr, instance_size, mrtypename);
    mr = MEMORY_REGION(_iommu_mr);
    memory_region_do_init(mr, owner, name, size);
    iommu_mr = IOMMU_MEMORY_REGION(mr);
    mr->terminates = true;
    QLIST_INIT(&iommu_mr->iommu_notify);
    iommu_mr->iommu_notify_flags = IOMMU_NOTIFIER_NONE;
}

static void memory_region_initfn(Object *obj)
{
    MemoryRegion *mr = MEMORY_REGION(obj);

    mr->ops = &unassigned_mem_ops;
    mr->enabled = true;
    mr->romd_mode = true;
    mr->destructor = memory_region_destructor_none;
    QTAILQ_INIT(&mr->subregions);
    QTAILQ_INIT(&mr->coalesced);
}

static void iommu_memory_region_initfn(Object *obj)
{
    MEMORY_REGION(obj)->is_iommu = true;
}

/*
 * Nobody sees the region any more: whoever did held a reference.  Its
 * children may live on, in another device.
 */
static void memory_region_finalize(Object *obj)
{
    MemoryRegion *mr = MEMORY_REGION(obj);

    /* What holds it goes with the same owner, else it would not be here. */
    assert(!mr->container || mr->container->owner == mr->owner);
    if (mr->container) {
        memory_region_del_subregion(mr->container, mr);
    }

    /* Not memory_region_set_enabled(): there is nothing left to render. */
    mr->enabled = false;
    memory_region_transaction_begin();
    while (!QTAILQ_EMPTY(&mr->subregions)) {
        memory_region_del_subregion(mr, QTAILQ_FIRST(&mr->subregions));
    }
    memory_region_transaction_commit();

    mr->destructor(mr);
    memory_region_clear_coalescing(mr);
    g_free((char *)mr->name);
    g_free(mr->ioeventfds);
}

/*
 * Callbacks use the state of the device, so it is the device that has to stay
 * while somebody may call into its region.
 */
void memory_region_ref(MemoryRegion *mr)
{
    if (mr && mr->owner) {
        object_ref(mr->owner);
    }
}

void memory_region_unref(MemoryRegion *mr)
{
    if (mr && mr->owner) {
        object_unref(mr->owner);
    }
}

/* What a region is */

Object *memory_region_owner(MemoryRegion *mr)
{
    return OBJECT(mr)->parent;
}

uint64_t memory_region_size(MemoryRegion *mr)
{
    if (int128_eq(mr->size, int128_2_64())) {
        return UINT64_MAX;
    }
    return int128_get64(mr->size);
}

const char *memory_region_name(const MemoryRegion *mr)
{
    if (!mr->name) {
        ((MemoryRegion *)mr)->name =
            g_strdup(object_get_canonical_path_component(OBJECT(mr)));
    }
    return mr->name;
}

bool memory_region_is_mapped(MemoryRegion *mr)
{
    return mr->container || mr->mapped_via_alias;
}

/* The tree */

/*
 * A region in a container keeps its owner alive; but where both are of one
 * owner, who would let go?  QEMU 7.2 counts these too, so that a device that
 * does not take its regions apart stays for ever.
 */
static bool memory_region_keeps_owner(const MemoryRegion *container,
                                      const MemoryRegion *subregion)
{
    return container->owner != subregion->owner;
}

static void memory_region_update_container_subregions(MemoryRegion *subregion)
{
    MemoryRegion *mr = subregion->container;
    MemoryRegion *other;

    memory_region_transaction_begin();

    if (memory_region_keeps_owner(mr, subregion)) {
        memory_region_ref(subregion);
    }
    QTAILQ_FOREACH(other, &mr->subregions, subregions_link) {
        if (subregion->priority >= other->priority) {
            QTAILQ_INSERT_BEFORE(other, subregion, subregions_link);
            goto done;
        }
    }
    QTAILQ_INSERT_TAIL(&mr->subregions, subregion, subregions_link);
done:
    if (subregion->enabled) {
        memory_region_note_change(mr);
    }
    memory_region_transaction_commit();
}

static void memory_region_add_subregion_common(MemoryRegion *mr,
                                               hwaddr offset,
                                               MemoryRegion *subregion)
{
    MemoryRegion *alias;

    assert(!subregion->container);
    subregion->container = mr;
    for (alias = subregion->alias; alias; alias = alias->alias) {
        alias->mapped_via_alias++;
    }
    subregion->addr = offset;
    memory_region_update_container_subregions(subregion);
}

void memory_region_add_subregion(MemoryRegion *mr, hwaddr offset,
                                 MemoryRegion *subregion)
{
    subregion->priority = 0;
    memory_region_add_subregion_common(mr, offset, subregion);
}

void memory_region_add_subregion_overlap(MemoryRegion *mr, hwaddr offset,
                                         MemoryRegion *subregion,
                                         int priority)
{
    subregion->priority = priority;
    memory_region_add_subregion_common(mr, offset, subregion);
}

void memory_region_del_subregion(MemoryRegion *mr, MemoryRegion *subregion)
{
    MemoryRegion *alias;

    memory_region_transaction_begin();
    assert(subregion->container == mr);
    subregion->container = NULL;
    for (alias = subregion->alias; alias; alias = alias->alias) {
        alias->mapped_via_alias--;
        assert(alias->mapped_via_alias >= 0);
    }
    QTAILQ_REMOVE(&mr->subregions, subregion, subregions_link);
    if (subregion->enabled) {
        memory_region_note_change(mr);
    }
    if (memory_region_keeps_owner(mr, subregion)) {
        memory_region_unref(subregion);
    }
    memory_region_transaction_commit();
}

void memory_region_set_enabled(MemoryRegion *mr, bool enabled)
{
    if (enabled == mr->enabled) {
        return;
    }
    memory_region_transaction_begin();
    /* The change is seen from an enabled region on: now, or until now. */
    mr->enabled = true;
    memory_region_note_change(mr);
    mr->enabled = enabled;
    memory_region_transaction_commit();
}

void memory_region_set_size(MemoryRegion *mr, uint64_t size)
{
    Int128 s = size == UINT64_MAX ? int128_2_64() : int128_make64(size);

    if (int128_eq(s, mr->size)) {
        return;
    }
    memory_region_transaction_begin();
    mr->size = s;
    memory_region_note_change(mr);
    memory_region_transaction_commit();
}

/* To be sorted in again: the last one to come is first among equals. */
static void memory_region_readd_subregion(MemoryRegion *mr)
{
    MemoryRegion *container = mr->container;

    if (!container) {
        return;
    }
    memory_region_transaction_begin();
    memory_region_ref(mr);
    memory_region_del_subregion(container, mr);
    memory_region_add_subregion_common(container, mr->addr, mr);
    memory_region_unref(mr);
    memory_region_transaction_commit();
}

void memory_region_set_address(MemoryRegion *mr, hwaddr addr)
{
    if (addr != mr->addr) {
        mr->addr = addr;
        memory_region_readd_subregion(mr);
    }
}

void memory_region_set_alias_offset(MemoryRegion *mr, hwaddr offset)
{
    assert(mr->alias);

    if (offset == mr->alias_offset) {
        return;
    }
    memory_region_transaction_begin();
    mr->alias_offset = offset;
    memory_region_note_change(mr);
    memory_region_transaction_commit();
}

void memory_region_set_readonly(MemoryRegion *mr, bool readonly)
{
    if (mr->readonly != readonly) {
        memory_region_transaction_begin();
        mr->readonly = readonly;
        memory_region_note_change(mr);
        memory_region_transaction_commit();
    }
}

void memory_region_set_nonvolatile(MemoryRegion *mr, bool nonvolatile)
{
    if (mr->nonvolatile != nonvolatile) {
        memory_region_transaction_begin();
        mr->nonvolatile = nonvolatile;
        memory_region_note_change(mr);
        memory_region_transaction_commit();
    }
}

void memory_region_rom_device_set_romd(MemoryRegion *mr, bool romd_mode)
{
    if (mr->romd_mode != romd_mode) {
        memory_region_transaction_begin();
        mr->romd_mode = romd_mode;
        memory_region_note_change(mr);
        memory_region_transaction_commit();
    }
}

/* Looking from a region into its address space */

static AddressSpace *memory_region_to_address_space(MemoryRegion *mr)
{
    AddressSpace *as;

    while (mr->container) {
        mr = mr->container;
    }
    QTAILQ_FOREACH(as, &address_spaces, address_spaces_link) {
        if (mr == as->root) {
            return as;
        }
    }
    return NULL;
}

static int cmp_flatrange_addr(const void *addr_, const void *fr_)
{
    const AddrRange *addr = addr_;
    const FlatRange *fr = fr_;

    if (int128_le(addrrange_end(*addr), fr->addr.start)) {
        return -1;
    }
    return int128_ge(addr->start, addrrange_end(fr->addr));
}

static FlatRange *flatview_lookup(FlatView *view, AddrRange addr)
{
    /* A view of nothing has no array, and bsearch() wants one all the same. */
    if (!view->nr) {
        return NULL;
    }
    return bsearch(&addr, view->ranges, view->nr, sizeof(FlatRange),
                   cmp_flatrange_addr);
}

static MemoryRegionSection memory_region_find_rcu(MemoryRegion *mr,
                                                  hwaddr addr, uint64_t size)
{
    MemoryRegionSection ret = { .mr = NULL };
    MemoryRegion *root = mr;
    AddressSpace *as;
    AddrRange range;
    FlatView *view;
    FlatRange *fr;

    addr += mr->addr;
    while (root->container) {
        root = root->container;
        addr += root->addr;
    }

    as = memory_region_to_address_space(root);
    if (!as) {
        return ret;
    }
    range = addrrange_make(int128_make64(addr), int128_make64(size));
    view = address_space_to_flatview(as);
    fr = flatview_lookup(view, range);
    if (!fr) {
        return ret;
    }
    /* bsearch() found some range that overlaps; the first is asked for. */
    while (fr > view->ranges && addrrange_intersects(fr[-1].addr, range)) {
        --fr;
    }

    ret.mr = fr->mr;
    ret.fv = view;
    range = addrrange_intersection(range, fr->addr);
    ret.offset_within_region = fr->offset_in_region +
        int128_get64(int128_sub(range.start, fr->addr.start));
    ret.size = range.size;
    ret.offset_within_address_space = int128_get64(range.start);
    ret.readonly = fr->readonly;
    ret.nonvolatile = fr->nonvolatile;
    return ret;
}

MemoryRegionSection memory_region_find(MemoryRegion *mr, hwaddr addr,
                                       uint64_t size)
{
    MemoryRegionSection ret;

    RCU_READ_LOCK_GUARD();
    ret = memory_region_find_rcu(mr, addr, size);
    memory_region_ref(ret.mr);
    return ret;
}

bool memory_region_present(MemoryRegion *container, hwaddr addr)
{
    MemoryRegion *mr;

    RCU_READ_LOCK_GUARD();
    mr = memory_region_find_rcu(container, addr, 1).mr;
    return mr && mr != container;
}

MemoryRegionSection *memory_region_section_new_copy(MemoryRegionSection *s)
{
    MemoryRegionSection *copy = g_new(MemoryRegionSection, 1);

    *copy = *s;
    memory_region_ref(copy->mr);
    if (copy->fv) {
        bool alive = flatview_ref(copy->fv);

        assert(alive);
    }
    return copy;
}

void memory_region_section_free_copy(MemoryRegionSection *s)
{
    if (s->fv) {
        flatview_unref(s->fv);
    }
    memory_region_unref(s->mr);
    g_free(s);
}

/* Address spaces */

/* An alias as the root shows its target, as an alias in a container does. */
static void address_space_count_root(MemoryRegion *root, int delta)
{
    MemoryRegion *alias;

    root->root_of += delta;
    for (alias = root->alias; alias; alias = alias->alias) {
        alias->mapped_via_alias += delta;
    }
}

void address_space_init(AddressSpace *as, MemoryRegion *root,
                        const char *name)
{
    memory_region_ref(root);
    as->root = root;
    as->current_map = NULL;
    as->ioeventfd_nb = 0;
    as->ioeventfds = NULL;
    QTAILQ_INIT(&as->listeners);
    QTAILQ_INSERT_TAIL(&address_spaces, as, address_spaces_link);
    as->name = g_strdup(name ? name : "anonymous");
    address_space_count_root(root, 1);

    flatviews_reset();
    address_space_set_flatview(as);
    address_space_update_ioeventfds(as);
}

static void do_address_space_destroy(AddressSpace *as)
{
    assert(QTAILQ_EMPTY(&as->listeners));

    flatview_unref(as->current_map);
    g_free(as->name);
    g_free(as->ioeventfds);
    memory_region_unref(as->root);
}

void address_space_destroy(AddressSpace *as)
{
    MemoryRegion *root = as->root;

    /* Without a root the view is empty: who comes now finds nobody. */
    address_space_count_root(root, -1);
    as->root = NULL;
    memory_region_transaction_begin();
    memory_region_update_pending = true;
    memory_region_transaction_commit();
    QTAILQ_REMOVE(&address_spaces, as, address_spaces_link);

    /* Readers that came before may still be there. */
    as->root = root;
    call_rcu(as, do_address_space_destroy, rcu);
}

/* Properties: where a region is, for `qom-get` */

static void memory_region_get_container(Object *obj, Visitor *v,
                                        const char *name, void *opaque,
                                        Error **errp)
{
    MemoryRegion *mr = MEMORY_REGION(obj);
    g_autofree char *path = g_strdup("");
    char *value;

    if (mr->container) {
        g_free(path);
        path = object_get_canonical_path(OBJECT(mr->container));
    }
    value = path;
    visit_type_str(v, name, &value, errp);
}

static Object *memory_region_resolve_container(Object *obj, void *opaque,
                                               const char *part)
{
    return OBJECT(MEMORY_REGION(obj)->container);
}

static void memory_region_get_addr(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint64_t value = MEMORY_REGION(obj)->addr;

    visit_type_uint64(v, name, &value, errp);
}

static void memory_region_get_priority(Object *obj, Visitor *v,
                                       const char *name, void *opaque,
                                       Error **errp)
{
    int32_t value = MEMORY_REGION(obj)->priority;

    visit_type_int32(v, name, &value, errp);
}

static void memory_region_get_size(Object *obj, Visitor *v, const char *name,
                                   void *opaque, Error **errp)
{
    uint64_t value = memory_region_size(MEMORY_REGION(obj));

    visit_type_uint64(v, name, &value, errp);
}

/*
 * Properties of the class, where QEMU adds them to each object: there are
 * hundreds of regions, and the client of QMP cannot tell.
 */
static void memory_region_class_init(ObjectClass *klass, void *data)
{
    ObjectProperty *op;

    op = object_class_property_add(klass, "container",
                                   "link<" TYPE_MEMORY_REGION ">",
                                   memory_region_get_container, NULL, NULL,
                                   NULL);
    op->resolve = memory_region_resolve_container;
    object_class_property_add(klass, "addr", "uint64",
                              memory_region_get_addr, NULL, NULL, NULL);
    object_class_property_add(klass, "priority", "uint32",
                              memory_region_get_priority, NULL, NULL, NULL);
    object_class_property_add(klass, "size", "uint64",
                              memory_region_get_size, NULL, NULL, NULL);
}

static const TypeInfo memory_region_info = {
    .parent            = TYPE_OBJECT,
    .name              = TYPE_MEMORY_REGION,
    .class_size        = sizeof(MemoryRegionClass),
    .class_init        = memory_region_class_init,
    .instance_size     = sizeof(MemoryRegion),
    .instance_init     = memory_region_initfn,
    .instance_finalize = memory_region_finalize,
};

static const TypeInfo iommu_memory_region_info = {
    .parent            = TYPE_MEMORY_REGION,
    .name              = TYPE_IOMMU_MEMORY_REGION,
    .class_size        = sizeof(IOMMUMemoryRegionClass),
    .instance_size     = sizeof(IOMMUMemoryRegion),
    .instance_init     = iommu_memory_region_initfn,
    .abstract          = true,
};

static const TypeInfo ram_discard_manager_info = {
    .parent            = TYPE_INTERFACE,
    .name              = TYPE_RAM_DISCARD_MANAGER,
    .class_size        = sizeof(RamDiscardManagerClass),
};

static void memory_register_types(void)
{
    type_register_static(&memory_region_info);
    type_register_static(&iommu_memory_region_info);
    type_register_static(&ram_discard_manager_info);
}

type_init(memory_register_types)
