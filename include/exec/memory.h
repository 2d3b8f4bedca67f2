/*
 * The memory API: who answers at which address
 *
 * A board is a tree of MemoryRegions.  Leaves do something (RAM, ROM, the
 * registers of a device); containers only hold other regions at offsets; an
 * alias shows a part of another region in a second place.  Where two regions
 * overlap, the one with the higher priority wins.
 *
 *     system (container, 2^64 bytes)
 *       +-- 0x0           ram-below-4g (alias of pc.ram)    priority 0
 *       +-- 0x0           pci (container)                   priority -1
 *       |     +-- 0xa0000     vga (io)
 *       |     +-- 0xfe000000  virtio-net-pci's BAR 4 (container)
 *       |            +-- 0x3000  notify (io)
 *       +-- 0x100000000   ram-above-4g (alias of pc.ram)
 *
 * Nobody walks that tree for an access.  It is rendered into a FlatView: the
 * sorted list of what is visible where, without overlaps.
 *
 *       AddressSpace "memory" --current_map--> FlatView
 *         root: system                           0..9ffff      pc.ram
 *                                                a0000..bffff  vga
 *                                                c0000..       pc.ram + c0000
 *
 * Changes to the tree happen in a transaction, under the big lock.  When the
 * outermost transaction commits, each address space whose tree changed gets
 * a new FlatView at once, and the old one is freed when the last reader left
 * (RCU).  So a reader sees the topology before or after, never half of it.
 * MemoryListeners (KVM, vhost, virtio's caches) hear the difference.
 *
 * A region belongs to a device, its owner, and is a QOM child of it.  Taking
 * a reference to a region takes one to its owner: while anybody may still call
 * into the region, the device's memory is there.
 *
 * system/memory.c is the tree, memory-flatview.c the rendering,
 * memory-dispatch.c what happens when an access arrives, and physmem.c how an
 * address finds its region; docs/guest-write.md follows one write all the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MEMORY_H
#define MEMORY_H

#ifndef CONFIG_USER_ONLY

#include "exec/cpu-common.h"
#include "exec/hwaddr.h"
#include "exec/memattrs.h"
#include "exec/memop.h"
#include "exec/ramlist.h"
#include "qemu/bswap.h"
#include "qemu/queue.h"
#include "qemu/int128.h"
#include "qemu/notify.h"
#include "qom/object.h"
#include "qemu/rcu.h"


#define MAX_PHYS_ADDR_SPACE_BITS 62
#define MAX_PHYS_ADDR (((hwaddr)1 << MAX_PHYS_ADDR_SPACE_BITS) - 1)

#define TYPE_MEMORY_REGION "memory-region"
DECLARE_INSTANCE_CHECKER(MemoryRegion, MEMORY_REGION, TYPE_MEMORY_REGION)

#define TYPE_IOMMU_MEMORY_REGION "iommu-memory-region"
typedef struct IOMMUMemoryRegionClass IOMMUMemoryRegionClass;
DECLARE_OBJ_CHECKERS(IOMMUMemoryRegion, IOMMUMemoryRegionClass,
                     IOMMU_MEMORY_REGION, TYPE_IOMMU_MEMORY_REGION)

#define TYPE_RAM_DISCARD_MANAGER "qemu:ram-discard-manager"
typedef struct RamDiscardManagerClass RamDiscardManagerClass;
typedef struct RamDiscardManager RamDiscardManager;
DECLARE_OBJ_CHECKERS(RamDiscardManager, RamDiscardManagerClass,
                     RAM_DISCARD_MANAGER, TYPE_RAM_DISCARD_MANAGER);

/* Why pages are logged as dirty: bits of one global mask */
#define GLOBAL_DIRTY_MIGRATION  (1U << 0)
#define GLOBAL_DIRTY_DIRTY_RATE (1U << 1)
#define GLOBAL_DIRTY_LIMIT      (1U << 2)
#define GLOBAL_DIRTY_MASK       0x7
extern unsigned int global_dirty_tracking;

typedef struct MemoryRegionOps MemoryRegionOps;


/* [low, high] of an IOMMU's input that is not for mappings: MSI doorbells. */
struct ReservedRegion {
    hwaddr low;
    hwaddr high;
    unsigned type;
};

/*
 * A part of a region, and where it is seen
 *
 * @size:  a part may be 2^64 bytes long, or 0: then nothing was found
 * @fv:  the flat view that it was found in
 * @readonly, @nonvolatile:  as seen there; an alias may be read-only although
 *     its target is not
 */
struct MemoryRegionSection {
    Int128 size;
    MemoryRegion *mr;
    FlatView *fv;
    hwaddr offset_within_region;
    hwaddr offset_within_address_space;
    bool readonly;
    bool nonvolatile;
};

/* IOMMUs */

typedef struct IOMMUTLBEntry IOMMUTLBEntry;

typedef enum {
    IOMMU_NONE = 0,
    IOMMU_RO   = 1,
    IOMMU_WO   = 2,
    IOMMU_RW   = 3,
} IOMMUAccessFlags;

#define IOMMU_ACCESS_FLAG(r, w) (((r) ? IOMMU_RO : 0) | ((w) ? IOMMU_WO : 0))

/*
 * One answer of an IOMMU: [iova, iova | addr_mask] is translated_addr in
 * target_as, with @perm.  addr_mask is 0xfff for a page of 4 KiB.
 */
struct IOMMUTLBEntry {
    AddressSpace *target_as;
    hwaddr iova;
    hwaddr translated_addr;
    hwaddr addr_mask;
    IOMMUAccessFlags perm;
};

typedef enum {
    IOMMU_NOTIFIER_NONE         = 0,
    IOMMU_NOTIFIER_UNMAP        = 0x1,
    IOMMU_NOTIFIER_MAP          = 0x2,
    /* Invalidation of a device's own cache of translations. */
    IOMMU_NOTIFIER_DEVIOTLB_UNMAP = 0x04,
} IOMMUNotifierFlag;

#define IOMMU_NOTIFIER_IOTLB_EVENTS (IOMMU_NOTIFIER_MAP | IOMMU_NOTIFIER_UNMAP)
#define IOMMU_NOTIFIER_DEVIOTLB_EVENTS IOMMU_NOTIFIER_DEVIOTLB_UNMAP
#define IOMMU_NOTIFIER_ALL (IOMMU_NOTIFIER_IOTLB_EVENTS | \
                            IOMMU_NOTIFIER_DEVIOTLB_EVENTS)

struct IOMMUNotifier;
typedef void (*IOMMUNotify)(struct IOMMUNotifier *notifier,
                            IOMMUTLBEntry *data);

/* Hears of changes of translations in [start, end]. */
struct IOMMUNotifier {
    IOMMUNotify notify;
    IOMMUNotifierFlag notifier_flags;
    hwaddr start;
    hwaddr end;
    int iommu_idx;
    QLIST_ENTRY(IOMMUNotifier) node;
};
typedef struct IOMMUNotifier IOMMUNotifier;

typedef struct IOMMUTLBEvent {
    IOMMUNotifierFlag type;
    IOMMUTLBEntry entry;
} IOMMUTLBEvent;

/*
 * What a RAMBlock is, as flags for memory_region_init_ram_*()
 */

/* Host memory that the caller gave, and frees. */
#define RAM_PREALLOC          (1 << 0)
/* Writes reach the file: mapped with MAP_SHARED. */
#define RAM_SHARED            (1 << 1)
/* used_length may become any value up to max_length. */
#define RAM_RESIZEABLE        (1 << 2)
/* Migration may have the missing pages filled with zeroes. */
#define RAM_UF_ZEROPAGE       (1 << 3)
/* Migration sends it. */
#define RAM_MIGRATABLE        (1 << 4)
/* The file is on persistent memory. */
#define RAM_PMEM              (1 << 5)
#define RAM_UF_WRITEPROTECT   (1 << 6)
/* Do not reserve swap space. */
#define RAM_NORESERVE         (1 << 7)
/* Cannot be used for anything but plain access: not DMA by the host. */
#define RAM_PROTECTED         (1 << 8)

static inline void iommu_notifier_init(IOMMUNotifier *n, IOMMUNotify fn,
                                       IOMMUNotifierFlag flags,
                                       hwaddr start, hwaddr end,
                                       int iommu_idx)
{
    n->notify = fn;
    n->notifier_flags = flags;
    n->start = start;
    n->end = end;
    n->iommu_idx = iommu_idx;
}

/*
 * What a region of registers does
 *
 * A device writes its callbacks for the sizes that it likes (@impl) and says
 * which sizes its guest may use (@valid).  The memory API stands between: it
 * refuses what is not valid, and makes several small accesses, or one that is
 * larger than asked for, out of what is not implemented.  A guest's 4-byte
 * read of a device with impl.max_access_size = 1 calls @read four times.
 *
 * Callbacks get the offset into the region, and a size in bytes; data is a
 * number, already in the host's byte order.
 */
struct MemoryRegionOps {
    uint64_t (*read)(void *opaque, hwaddr addr, unsigned size);
    void (*write)(void *opaque, hwaddr addr, uint64_t data, unsigned size);

    /* In place of the two above, for a device that can fail an access. */
    MemTxResult (*read_with_attrs)(void *opaque, hwaddr addr, uint64_t *data,
                                   unsigned size, MemTxAttrs attrs);
    MemTxResult (*write_with_attrs)(void *opaque, hwaddr addr, uint64_t data,
                                    unsigned size, MemTxAttrs attrs);

    enum device_endian endianness;
    /* What the guest may do. */
    struct {
        /* In bytes.  A maximum of 0 means that every size is fine; a longer
         * access still arrives in pieces of 4. */
        unsigned min_access_size;
        unsigned max_access_size;
        /* If false, an address must be a multiple of the size. */
        bool unaligned;
        /* The device's own say, asked first; may be NULL. */
        bool (*accepts)(void *opaque, hwaddr addr, unsigned size,
                        bool is_write, MemTxAttrs attrs);
    } valid;
    /* What the callbacks can do. */
    struct {
        /* In bytes.  0 means 1. */
        unsigned min_access_size;
        /* 0 means 4. */
        unsigned max_access_size;
        /* If true, an unaligned access is not cut at multiples of its size. */
        bool unaligned;
    } impl;
};

typedef struct MemoryRegionClass {
    ObjectClass parent_class;
} MemoryRegionClass;

/*
 * Questions about an IOMMU that only its user can ask.
 */
enum IOMMUMemoryRegionAttr {
    IOMMU_ATTR_SPAPR_TCE_FD
};

/*
 * An IOMMU is a region without contents: an access to it is translated, and
 * goes on in another address space.
 */
struct IOMMUMemoryRegionClass {
    MemoryRegionClass parent_class;

    /*
     * Translates @addr for an access of kind @flag (IOMMU_NONE: somebody only
     * asks).  @iommu_idx selects one of several sets of tables, and comes from
     * attrs_to_index().  Called in an RCU read section without the big lock.
     * Required.
     */
    IOMMUTLBEntry (*translate)(IOMMUMemoryRegion *iommu, hwaddr addr,
                               IOMMUAccessFlags flag, int iommu_idx);
    /* The smallest page in bytes; without it, the guest's page size. */
    uint64_t (*get_min_page_size)(IOMMUMemoryRegion *iommu);
    /* The flags of all notifiers taken together changed.  0 or -errno. */
    int (*notify_flag_changed)(IOMMUMemoryRegion *iommu,
                               IOMMUNotifierFlag old_flags,
                               IOMMUNotifierFlag new_flags, Error **errp);
    /* Tells a new notifier all mappings; without it, each page is asked for. */
    void (*replay)(IOMMUMemoryRegion *iommu, IOMMUNotifier *notifier);
    int (*get_attr)(IOMMUMemoryRegion *iommu, enum IOMMUMemoryRegionAttr attr,
                    void *data);
    int (*attrs_to_index)(IOMMUMemoryRegion *iommu, MemTxAttrs attrs);
    int (*num_indexes)(IOMMUMemoryRegion *iommu);
    /* Restricts the page sizes in use to those of @page_size_mask. */
    int (*iommu_set_page_size_mask)(IOMMUMemoryRegion *iommu,
                                    uint64_t page_size_mask, Error **errp);
};

/* RAM of which the guest may use only parts at a time (virtio-mem) */

typedef struct RamDiscardListener RamDiscardListener;
typedef int (*NotifyRamPopulate)(RamDiscardListener *rdl,
                                 MemoryRegionSection *section);
typedef void (*NotifyRamDiscard)(RamDiscardListener *rdl,
                                 MemoryRegionSection *section);

/*
 * @notify_populate may fail: then what was populated is discarded again.
 * @double_discard_supported:  may be told twice of a discarded part
 * @section:  a copy made on registration
 */
struct RamDiscardListener {
    NotifyRamPopulate notify_populate;
    NotifyRamDiscard notify_discard;
    bool double_discard_supported;
    MemoryRegionSection *section;
    QLIST_ENTRY(RamDiscardListener) next;
};

static inline void ram_discard_listener_init(RamDiscardListener *rdl,
                                             NotifyRamPopulate populate_fn,
                                             NotifyRamDiscard discard_fn,
                                             bool double_discard_supported)
{
    rdl->notify_populate = populate_fn;
    rdl->notify_discard = discard_fn;
    rdl->double_discard_supported = double_discard_supported;
}

typedef int (*ReplayRamPopulate)(MemoryRegionSection *section, void *opaque);
typedef void (*ReplayRamDiscard)(MemoryRegionSection *section, void *opaque);

/* An interface of the device that manages the RAM.  All hooks: BQL held. */
struct RamDiscardManagerClass {
    InterfaceClass parent_class;

    uint64_t (*get_min_granularity)(const RamDiscardManager *rdm,
                                    const MemoryRegion *mr);
    bool (*is_populated)(const RamDiscardManager *rdm,
                         const MemoryRegionSection *section);
    int (*replay_populated)(const RamDiscardManager *rdm,
                            MemoryRegionSection *section,
                            ReplayRamPopulate replay_fn, void *opaque);
    void (*replay_discarded)(const RamDiscardManager *rdm,
                             MemoryRegionSection *section,
                             ReplayRamDiscard replay_fn, void *opaque);
    void (*register_listener)(RamDiscardManager *rdm,
                              RamDiscardListener *rdl,
                              MemoryRegionSection *section);
    void (*unregister_listener)(RamDiscardManager *rdm,
                                RamDiscardListener *rdl);
};

uint64_t ram_discard_manager_get_min_granularity(const RamDiscardManager *rdm,
                                                 const MemoryRegion *mr);
bool ram_discard_manager_is_populated(const RamDiscardManager *rdm,
                                      const MemoryRegionSection *section);
int ram_discard_manager_replay_populated(const RamDiscardManager *rdm,
                                         MemoryRegionSection *section,
                                         ReplayRamPopulate replay_fn,
                                         void *opaque);
void ram_discard_manager_replay_discarded(const RamDiscardManager *rdm,
                                          MemoryRegionSection *section,
                                          ReplayRamDiscard replay_fn,
                                          void *opaque);
void ram_discard_manager_register_listener(RamDiscardManager *rdm,
                                           RamDiscardListener *rdl,
                                           MemoryRegionSection *section);
void ram_discard_manager_unregister_listener(RamDiscardManager *rdm,
                                             RamDiscardListener *rdl);

typedef struct CoalescedMemoryRange CoalescedMemoryRange;
typedef struct MemoryRegionIoeventfd MemoryRegionIoeventfd;

/*
 * A node of the tree.  Embedded in the struct of its device; the fields
 * belong to the memory API.
 */
struct MemoryRegion {
    Object parent_obj;

    /* What an access looks at first, together in one cache line. */
    bool romd_mode;
    bool ram;
    bool subpage;
    bool readonly;      /* for RAM */
    bool nonvolatile;
    bool rom_device;
    bool flush_coalesced_mmio;
    uint8_t dirty_log_mask;
    bool is_iommu;
    RAMBlock *ram_block;
    Object *owner;
    /* The owner if it is a device: it holds the re-entrancy guard. */
    DeviceState *dev;
    const MemoryRegionOps *ops;
    void *opaque;

    /* Who holds it, and in how many aliases' targets it is. */
    MemoryRegion *container;
    int mapped_via_alias;
    Int128 size;
    hwaddr addr;
    void (*destructor)(MemoryRegion *mr);
    uint64_t align;
    /* A leaf that answers; containers and aliases do not terminate. */
    bool terminates;
    bool ram_device;
    bool enabled;
    bool warning_printed;
    uint8_t vga_logging_count;
    MemoryRegion *alias;
    hwaddr alias_offset;
    int32_t priority;
    /* Sorted: the highest priority first, later additions first among equals. */
    QTAILQ_HEAD(, MemoryRegion) subregions;
    QTAILQ_ENTRY(MemoryRegion) subregions_link;
    QTAILQ_HEAD(, CoalescedMemoryRange) coalesced;
    const char *name;
    unsigned ioeventfd_nb;
    /* Sorted. */
    MemoryRegionIoeventfd *ioeventfds;
    RamDiscardManager *rdm;

    /* Of how many address spaces it is the root, and whether they are stale. */
    unsigned root_of;
    bool tree_changed;

    /* The device is written to bear accesses from inside its own accesses. */
    bool disable_reentrancy_guard;
};

struct IOMMUMemoryRegion {
    MemoryRegion parent_obj;

    QLIST_HEAD(, IOMMUNotifier) iommu_notify;
    IOMMUNotifierFlag iommu_notify_flags;
};

#define IOMMU_NOTIFIER_FOREACH(n, mr) \
    QLIST_FOREACH((n), &(mr)->iommu_notify, node)

#define MEMORY_LISTENER_PRIORITY_MIN         0
#define MEMORY_LISTENER_PRIORITY_ACCEL       10
#define MEMORY_LISTENER_PRIORITY_DEV_BACKEND 10

/*
 * Hears of changes of an address space
 *
 * A commit that changes the topology calls, on each listener,
 *
 *     begin
 *       region_del   for each section that went
 *       region_add   for each that came, and
 *       region_nop   for each that stayed, with log_start or log_stop if
 *                    somebody else watches it now
 *       eventfd_del, eventfd_add
 *     commit
 *
 * with sections from low to high addresses.  Where things come, listeners run
 * by rising priority; where things go, by falling priority.  Coalesced ranges
 * go before their section (coalesced_io_del) and come after it.  All hooks are
 * optional and run under the big lock.
 */
struct MemoryListener {
    void (*begin)(MemoryListener *listener);
    void (*commit)(MemoryListener *listener);
    void (*region_add)(MemoryListener *listener, MemoryRegionSection *section);
    void (*region_del)(MemoryListener *listener, MemoryRegionSection *section);
    void (*region_nop)(MemoryListener *listener, MemoryRegionSection *section);

    /* The set of clients that want to know of dirty pages (@old, @new:
     * bits 1 << DIRTY_MEMORY_*) grew or shrank. */
    void (*log_start)(MemoryListener *listener, MemoryRegionSection *section,
                      int old, int new);
    void (*log_stop)(MemoryListener *listener, MemoryRegionSection *section,
                     int old, int new);
    /* Bring what you know of dirty pages into the bitmaps. */
    void (*log_sync)(MemoryListener *listener, MemoryRegionSection *section);
    /* The same for everything at once; exclusive with log_sync. */
    void (*log_sync_global)(MemoryListener *listener);
    void (*log_clear)(MemoryListener *listener, MemoryRegionSection *section);
    void (*log_global_start)(MemoryListener *listener);
    void (*log_global_stop)(MemoryListener *listener);
    void (*log_global_after_sync)(MemoryListener *listener);

    /* @match_data: signal @e only when @data is what was written. */
    void (*eventfd_add)(MemoryListener *listener, MemoryRegionSection *section,
                        bool match_data, uint64_t data, EventNotifier *e);
    void (*eventfd_del)(MemoryListener *listener, MemoryRegionSection *section,
                        bool match_data, uint64_t data, EventNotifier *e);

    void (*coalesced_io_add)(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr addr,
                             hwaddr len);
    void (*coalesced_io_del)(MemoryListener *listener,
                             MemoryRegionSection *section, hwaddr addr,
                             hwaddr len);

    unsigned priority;
    const char *name;

    /* private: */
    AddressSpace *address_space;
    QTAILQ_ENTRY(MemoryListener) link;
    QTAILQ_ENTRY(MemoryListener) link_as;
};

/*
 * A view on a tree: what one kind of master (the CPU, one PCI device) sees
 *
 * @root:  holds a reference
 * @current_map:  read in an RCU read section
 */
struct AddressSpace {
    struct rcu_head rcu;
    char *name;
    MemoryRegion *root;

    struct FlatView *current_map;

    int ioeventfd_nb;
    struct MemoryRegionIoeventfd *ioeventfds;
    QTAILQ_HEAD(, MemoryListener) listeners;
    QTAILQ_ENTRY(AddressSpace) address_spaces_link;
};

typedef struct AddressSpaceDispatch AddressSpaceDispatch;
typedef struct FlatRange FlatRange;

/*
 * A rendered tree: ranges sorted by address that do not overlap
 *
 * Address spaces that lead to the same root share one: all PCI devices with
 * bus mastering on see the CPU's view.
 */
struct FlatView {
    struct rcu_head rcu;
    unsigned ref;
    FlatRange *ranges;
    unsigned nr;
    unsigned nr_allocated;
    struct AddressSpaceDispatch *dispatch;
    MemoryRegion *root;
};

/* In an RCU read section; valid until its end. */
static inline FlatView *address_space_to_flatview(AddressSpace *as)
{
    return qatomic_rcu_read(&as->current_map);
}

/* Return true to stop.  @offset_in_region is where @mr begins to be seen. */
typedef bool (*flatview_cb)(Int128 start, Int128 len, const MemoryRegion *mr,
                            hwaddr offset_in_region, void *opaque);
void flatview_for_each_range(FlatView *fv, flatview_cb cb, void *opaque);

/* Whether two sections describe the same; @fv is part of it. */
static inline bool MemoryRegionSection_eq(MemoryRegionSection *a,
                                          MemoryRegionSection *b)
{
    return a->mr == b->mr &&
           a->fv == b->fv &&
           a->offset_within_region == b->offset_within_region &&
           a->offset_within_address_space == b->offset_within_address_space &&
           int128_eq(a->size, b->size) &&
           a->readonly == b->readonly &&
           a->nonvolatile == b->nonvolatile;
}

/* A copy that holds references to its region and its view. */
MemoryRegionSection *memory_region_section_new_copy(MemoryRegionSection *s);
void memory_region_section_free_copy(MemoryRegionSection *s);

/*
 * Making regions
 *
 * @mr is memory of the caller, usually inside the struct of the device @owner.
 * The new region becomes a child of @owner under @name, with "[*]" appended so
 * that names need not be unique; from then on it lives as long as @owner, and
 * the caller only removes it from its container, if it put it into one.
 * Without an owner it is a child of /unattached.
 * @name is for people and paths; with RAM it is also what migration calls it.
 * A @size of UINT64_MAX means 2^64.
 */

/* A container: holds others, and answers nowhere itself. */
void memory_region_init(MemoryRegion *mr, Object *owner, const char *name,
                        uint64_t size);

/* One reference more, or less, to the region's owner. */
void memory_region_ref(MemoryRegion *mr);
void memory_region_unref(MemoryRegion *mr);

/*
 * Registers: accesses call @ops with @opaque.  @ops must stay; NULL means
 * that nobody answers.
 */
void memory_region_init_io(MemoryRegion *mr, Object *owner,
                           const MemoryRegionOps *ops, void *opaque,
                           const char *name, uint64_t size);

/* RAM that migration does not send, unless the caller sees to it. */
void memory_region_init_ram_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp);
/* @ram_flags: RAM_SHARED, RAM_NORESERVE */
void memory_region_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                            const char *name, uint64_t size,
                                            uint32_t ram_flags, Error **errp);
/*
 * RAM that may be resized up to @max_size by memory_region_ram_resize() or
 * by an incoming migration; @resized is told.
 */
void memory_region_init_resizeable_ram(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       uint64_t max_size,
                                       void (*resized)(const char *,
                                                       uint64_t length,
                                                       void *host),
                                       Error **errp);
/*
 * RAM in the file @path, which is created if it is not there (in a directory:
 * a file without a name).  @align: of the host's address, 0 for its page size.
 */
void memory_region_init_ram_from_file(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      uint64_t align, uint32_t ram_flags,
                                      const char *path, bool readonly,
                                      Error **errp);
/* RAM in an open file, which the region closes in the end. */
void memory_region_init_ram_from_fd(MemoryRegion *mr, Object *owner,
                                    const char *name, uint64_t size,
                                    uint32_t ram_flags, int fd,
                                    ram_addr_t offset, Error **errp);
/* RAM at @ptr, which the caller frees after the region is gone. */
void memory_region_init_ram_ptr(MemoryRegion *mr, Object *owner,
                                const char *name, uint64_t size, void *ptr);
/*
 * The same for memory of a device of the host: it is accessed with loads and
 * stores of the guest's size, never with memcpy.
 */
void memory_region_init_ram_device_ptr(MemoryRegion *mr, Object *owner,
                                       const char *name, uint64_t size,
                                       void *ptr);

/* [@offset, @offset + @size) of @orig, seen in a second place. */
void memory_region_init_alias(MemoryRegion *mr, Object *owner,
                              const char *name, MemoryRegion *orig,
                              hwaddr offset, uint64_t size);

/* ROM: RAM that guests cannot write to. */
void memory_region_init_rom_nomigrate(MemoryRegion *mr, Object *owner,
                                      const char *name, uint64_t size,
                                      Error **errp);
/* Flash: read like RAM while in ROMD mode, written through @ops. */
void memory_region_init_rom_device_nomigrate(MemoryRegion *mr, Object *owner,
                                             const MemoryRegionOps *ops,
                                             void *opaque, const char *name,
                                             uint64_t size, Error **errp);
/*
 * An IOMMU.  @_iommu_mr is memory of @instance_size bytes for an object of
 * the type @mrtypename.
 */
void memory_region_init_iommu(void *_iommu_mr, size_t instance_size,
                              const char *mrtypename, Object *owner,
                              const char *name, uint64_t size);

/*
 * The three that most devices want: registered with migration under the
 * owner's path.  @owner must be a device or NULL.
 */
void memory_region_init_ram(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp);
void memory_region_init_rom(MemoryRegion *mr, Object *owner, const char *name,
                            uint64_t size, Error **errp);
void memory_region_init_rom_device(MemoryRegion *mr, Object *owner,
                                   const MemoryRegionOps *ops, void *opaque,
                                   const char *name, uint64_t size,
                                   Error **errp);

/* What a region is */

Object *memory_region_owner(MemoryRegion *mr);

/* In bytes; a region of 2^64 bytes says UINT64_MAX. */
uint64_t memory_region_size(MemoryRegion *mr);

static inline bool memory_region_is_ram(MemoryRegion *mr)
{
    return mr->ram;
}

bool memory_region_is_ram_device(MemoryRegion *mr);

static inline bool memory_region_is_romd(MemoryRegion *mr)
{
    return mr->rom_device && mr->romd_mode;
}

bool memory_region_is_protected(MemoryRegion *mr);

static inline IOMMUMemoryRegion *memory_region_get_iommu(MemoryRegion *mr)
{
    if (mr->alias) {
        return memory_region_get_iommu(mr->alias);
    }
    return mr->is_iommu ? (IOMMUMemoryRegion *)mr : NULL;
}

#define memory_region_is_iommu(mr) (memory_region_get_iommu(mr) != NULL)

/* The class without the cost of a checked cast, for every translation. */
static inline IOMMUMemoryRegionClass *memory_region_get_iommu_class_nocheck(
    IOMMUMemoryRegion *iommu_mr)
{
    return (IOMMUMemoryRegionClass *)(((Object *)iommu_mr)->class);
}

uint64_t memory_region_iommu_get_min_page_size(IOMMUMemoryRegion *iommu_mr);
/* Tells the notifiers of @iommu_mr that have @iommu_idx. */
void memory_region_notify_iommu(IOMMUMemoryRegion *iommu_mr, int iommu_idx,
                                IOMMUTLBEvent event);
void memory_region_notify_iommu_one(IOMMUNotifier *notifier,
                                    IOMMUTLBEvent *event);
void memory_region_unmap_iommu_notifier_range(IOMMUNotifier *n);
/* Returns 0, or -errno with @errp set. */
int memory_region_register_iommu_notifier(MemoryRegion *mr, IOMMUNotifier *n,
                                          Error **errp);
void memory_region_unregister_iommu_notifier(MemoryRegion *mr,
                                             IOMMUNotifier *n);
/* Tells @n all mappings that exist, as if they were made now. */
void memory_region_iommu_replay(IOMMUMemoryRegion *iommu_mr, IOMMUNotifier *n);
int memory_region_iommu_get_attr(IOMMUMemoryRegion *iommu_mr,
                                 enum IOMMUMemoryRegionAttr attr, void *data);
int memory_region_iommu_attrs_to_index(IOMMUMemoryRegion *iommu_mr,
                                       MemTxAttrs attrs);
int memory_region_iommu_num_indexes(IOMMUMemoryRegion *iommu_mr);
int memory_region_iommu_set_page_size_mask(IOMMUMemoryRegion *iommu_mr,
                                           uint64_t page_size_mask,
                                           Error **errp);

const char *memory_region_name(const MemoryRegion *mr);

/* Whether @client (DIRTY_MEMORY_*) is told of writes to @mr. */
bool memory_region_is_logging(MemoryRegion *mr, uint8_t client);
/* All of them, as bits. */
uint8_t memory_region_get_dirty_log_mask(MemoryRegion *mr);

static inline bool memory_region_is_rom(MemoryRegion *mr)
{
    return mr->ram && mr->readonly;
}

static inline bool memory_region_is_nonvolatile(MemoryRegion *mr)
{
    return mr->nonvolatile;
}

/* The file behind a RAM region, or -1. */
int memory_region_get_fd(MemoryRegion *mr);
/*
 * The RAM region that holds the host address @ptr and the place in it, or
 * NULL.  In an RCU read section, or with a reference to the region.
 */
MemoryRegion *memory_region_from_host(void *ptr, ram_addr_t *offset);
/*
 * The host's memory of a RAM region, also through aliases.  In an RCU read
 * section, or with a reference to the region.
 */
void *memory_region_get_ram_ptr(MemoryRegion *mr);
/* Needs RAM_RESIZEABLE and BQL. */
void memory_region_ram_resize(MemoryRegion *mr, ram_addr_t newsize,
                              Error **errp);
/* Writes to the file what is in memory. */
void memory_region_msync(MemoryRegion *mr, hwaddr addr, hwaddr size);
void memory_region_writeback(MemoryRegion *mr, hwaddr addr, hwaddr size);

/* Pages that changed */

/* The display wants (@log) or no longer wants to know; @client is
 * DIRTY_MEMORY_VGA.  Calls nest. */
void memory_region_set_log(MemoryRegion *mr, bool log, unsigned client);
/* Marks [@addr, @addr + @size) of @mr as changed. */
void memory_region_set_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size);
void memory_region_clear_dirty_bitmap(MemoryRegion *mr, hwaddr start,
                                      hwaddr len);
/* Takes a copy of the bits and clears them; the caller frees it (g_free). */
DirtyBitmapSnapshot *memory_region_snapshot_and_clear_dirty(MemoryRegion *mr,
                                                            hwaddr addr,
                                                            hwaddr size,
                                                            unsigned client);
bool memory_region_snapshot_get_dirty(MemoryRegion *mr,
                                      DirtyBitmapSnapshot *snap,
                                      hwaddr addr, hwaddr size);
void memory_region_reset_dirty(MemoryRegion *mr, hwaddr addr, hwaddr size,
                               unsigned client);
/* For a device that executes its own ROM: drops what was derived from it. */
void memory_region_flush_rom_device(MemoryRegion *mr, hwaddr addr,
                                    hwaddr size);

/* Properties that may change while the region is in use; BQL held */

void memory_region_set_readonly(MemoryRegion *mr, bool readonly);
void memory_region_set_nonvolatile(MemoryRegion *mr, bool nonvolatile);
void memory_region_rom_device_set_romd(MemoryRegion *mr, bool romd_mode);
/* KVM may collect writes to this region and send them later, together. */
void memory_region_set_coalescing(MemoryRegion *mr);
void memory_region_add_coalescing(MemoryRegion *mr, hwaddr offset,
                                  uint64_t size);
void memory_region_clear_coalescing(MemoryRegion *mr);
/* An access to this region first sends what was collected elsewhere. */
void memory_region_set_flush_coalesced(MemoryRegion *mr);
void memory_region_clear_flush_coalesced(MemoryRegion *mr);

/*
 * A write of @size bytes (0: of any size) to @addr of @mr signals @e instead
 * of calling the device; with @match_data only if the value is @data.  KVM
 * does so without leaving the kernel.
 */
void memory_region_add_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e);
void memory_region_del_eventfd(MemoryRegion *mr, hwaddr addr, unsigned size,
                               bool match_data, uint64_t data,
                               EventNotifier *e);

/* The tree; BQL held */

/* @subregion appears at @offset of @mr.  It may be in one container only;
 * use an alias for a second place. */
void memory_region_add_subregion(MemoryRegion *mr, hwaddr offset,
                                 MemoryRegion *subregion);
/* The same where others are already: the higher @priority is seen. */
void memory_region_add_subregion_overlap(MemoryRegion *mr, hwaddr offset,
                                         MemoryRegion *subregion,
                                         int priority);
ram_addr_t memory_region_get_ram_addr(MemoryRegion *mr);
uint64_t memory_region_get_alignment(const MemoryRegion *mr);
/* @subregion must be in @mr. */
void memory_region_del_subregion(MemoryRegion *mr, MemoryRegion *subregion);
/* A disabled region is not seen, nor is what it contains. */
void memory_region_set_enabled(MemoryRegion *mr, bool enabled);
void memory_region_set_address(MemoryRegion *mr, hwaddr addr);
void memory_region_set_size(MemoryRegion *mr, uint64_t size);
void memory_region_set_alias_offset(MemoryRegion *mr, hwaddr offset);

/* Whether any enabled part of @container is seen at @addr. */
bool memory_region_present(MemoryRegion *container, hwaddr addr);
/* Whether it is in a container, directly or through an alias. */
bool memory_region_is_mapped(MemoryRegion *mr);

RamDiscardManager *memory_region_get_ram_discard_manager(MemoryRegion *mr);
static inline bool memory_region_has_ram_discard_manager(MemoryRegion *mr)
{
    return mr->rdm;
}
void memory_region_set_ram_discard_manager(MemoryRegion *mr,
                                           RamDiscardManager *rdm);

/*
 * The first leaf that is seen in [@addr, @addr + @size) of @mr.  If there is
 * none, .mr is NULL and .size 0.  Otherwise the caller has a reference and
 * gives it back with memory_region_unref(result.mr).
 */
MemoryRegionSection memory_region_find(MemoryRegion *mr, hwaddr addr,
                                       uint64_t size);

/* Everybody brings what he knows of dirty pages into the bitmaps. */
void memory_global_dirty_log_sync(void);
void memory_global_after_dirty_log_sync(void);

/*
 * Changes between begin and commit are seen all at once.  Calls nest; the
 * outermost commit does the work, and one without changes costs nothing.
 */
void memory_region_transaction_begin(void);
void memory_region_transaction_commit(void);

/* Listeners; BQL held */

/* Calls the hooks for everything that is in @filter now. */
void memory_listener_register(MemoryListener *listener, AddressSpace *filter);
void memory_listener_unregister(MemoryListener *listener);

void memory_global_dirty_log_start(unsigned int flags);
void memory_global_dirty_log_stop(unsigned int flags);

/* The answer of `info mtree`, with its options -f, -d, -o, -D */
void mtree_info(bool flatview, bool dispatch_tree, bool owner, bool disabled);

/* What dispatch is made of */

/*
 * One access of at most 8 bytes to registers: checks .valid, converts the
 * byte order, cuts by .impl.  *@pval is in the order of the host and @op.
 */
MemTxResult memory_region_dispatch_read(MemoryRegion *mr, hwaddr addr,
                                        uint64_t *pval, MemOp op,
                                        MemTxAttrs attrs);
MemTxResult memory_region_dispatch_write(MemoryRegion *mr, hwaddr addr,
                                         uint64_t data, MemOp op,
                                         MemTxAttrs attrs);

/* Address spaces */

/* Makes @as a view on @root, to which it takes a reference.  BQL held. */
void address_space_init(AddressSpace *as, MemoryRegion *root,
                        const char *name);
/* No reader starts after this; what is left is freed by RCU. */
void address_space_destroy(AddressSpace *as);
void address_space_remove_listeners(AddressSpace *as);

/*
 * Reads or writes @len bytes, through as many regions as it takes.  Bytes
 * go to registers in pieces that the region allows, in memory's order.
 * Returns MEMTX_OK or what went wrong; the rest is done nevertheless.
 */
MemTxResult address_space_rw(AddressSpace *as, hwaddr addr, MemTxAttrs attrs,
                             void *buf, hwaddr len, bool is_write);
MemTxResult address_space_write(AddressSpace *as, hwaddr addr,
                                MemTxAttrs attrs, const void *buf,
                                hwaddr len);
/* Writes to RAM and to the contents of ROM; registers are left alone. */
MemTxResult address_space_write_rom(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, const void *buf,
                                    hwaddr len);

/* address_space_ldl_le(as, addr, attrs, result), ldl_le_phys(as, addr), … */
#define SUFFIX
#define ARG1      as
#define ARG1_DECL AddressSpace *as
#include "exec/memory_ldst.h.inc"

#define SUFFIX
#define ARG1      as
#define ARG1_DECL AddressSpace *as
#include "exec/memory_ldst_phys.h.inc"

/* In the byte order of the guest's CPU: address_space_ldl(), ldl_phys(), … */
#define TARGET_ENDIANNESS
#define SUFFIX
#define ARG1      as
#define ARG1_DECL AddressSpace *as
#include "exec/memory_ldst.h.inc"

#define TARGET_ENDIANNESS
#define SUFFIX
#define ARG1      as
#define ARG1_DECL AddressSpace *as
#include "exec/memory_ldst_phys.h.inc"

/*
 * A piece of an address space that is looked up once and used often: the
 * rings of a virtqueue.
 *
 * @ptr:  the host's memory if the whole piece is RAM, else NULL
 * @xlat:  where it begins in mrs.mr
 * @len:  what is cached; less than asked for at the end of a region
 * @fv, @mrs.mr:  referenced
 *
 * It stays valid for what it was, not for what is there now: who keeps one
 * renews it in the commit hook of a MemoryListener.
 */
struct MemoryRegionCache {
    uint8_t *ptr;
    hwaddr xlat;
    hwaddr len;
    FlatView *fv;
    MemoryRegionSection mrs;
    bool is_write;
};

/* A cache of nothing, which address_space_cache_destroy() accepts. */
#define MEMORY_REGION_CACHE_INVALID ((MemoryRegionCache) { .mrs.mr = NULL })

#define SUFFIX    _cached_slow
#define ARG1      cache
#define ARG1_DECL MemoryRegionCache *cache
#include "exec/memory_ldst.h.inc"

#include "exec/memory_ldst_cached.h.inc"

#define SUFFIX    _cached
#define ARG1      cache
#define ARG1_DECL MemoryRegionCache *cache
#include "exec/memory_ldst_phys.h.inc"

/*
 * Returns how many bytes are cached from @addr on, at most @len, or a
 * negative errno.
 */
int64_t address_space_cache_init(MemoryRegionCache *cache, AddressSpace *as,
                                 hwaddr addr, hwaddr len, bool is_write);

static inline void address_space_cache_init_empty(MemoryRegionCache *cache)
{
    cache->mrs.mr = NULL;
    cache->fv = NULL;
}

/*
 * After writes to [@addr, @addr + @access_len) of the cached piece: marks the
 * pages as changed.
 */
void address_space_cache_invalidate(MemoryRegionCache *cache, hwaddr addr,
                                    hwaddr access_len);
void address_space_cache_destroy(MemoryRegionCache *cache);

/*
 * What an IOMMU says of @addr, for a caller that caches translations itself
 * (vhost).  target_as is NULL if there is no translation.  RCU read section.
 */
IOMMUTLBEntry address_space_get_iotlb_entry(AddressSpace *as, hwaddr addr,
                                            bool is_write, MemTxAttrs attrs);

/*
 * Who answers at @addr of @fv, and where in it (*@xlat).  *@len becomes what
 * can be accessed there at once, at most what it was.  RCU read section.
 */
MemoryRegion *flatview_translate(FlatView *fv, hwaddr addr, hwaddr *xlat,
                                 hwaddr *len, bool is_write,
                                 MemTxAttrs attrs);

static inline MemoryRegion *address_space_translate(AddressSpace *as,
                                                    hwaddr addr, hwaddr *xlat,
                                                    hwaddr *len,
                                                    bool is_write,
                                                    MemTxAttrs attrs)
{
    return flatview_translate(address_space_to_flatview(as), addr, xlat, len,
                              is_write, attrs);
}

/* Whether an access would be accepted all the way. */
bool address_space_access_valid(AddressSpace *as, hwaddr addr, hwaddr len,
                                bool is_write, MemTxAttrs attrs);

/*
 * The host's memory at @addr, for zero-copy access until
 * address_space_unmap().  *@plen becomes what is there in one piece.  If it is
 * not RAM, the one bounce buffer is used; if that is taken, returns NULL, and
 * cpu_register_map_client() tells when to try again.
 */
void *address_space_map(AddressSpace *as, hwaddr addr, hwaddr *plen,
                        bool is_write, MemTxAttrs attrs);
/* @access_len: what was really used; @len and @is_write as for the map. */
void address_space_unmap(AddressSpace *as, void *buffer, hwaddr len,
                         bool is_write, hwaddr access_len);

/* Inside of the functions below; not for devices. */
MemTxResult address_space_read_full(AddressSpace *as, hwaddr addr,
                                    MemTxAttrs attrs, void *buf, hwaddr len);
MemTxResult flatview_read_continue(FlatView *fv, hwaddr addr,
                                   MemTxAttrs attrs, void *buf, hwaddr len,
                                   hwaddr addr1, hwaddr l, MemoryRegion *mr);
void *qemu_map_ram_ptr(RAMBlock *ram_block, ram_addr_t addr);
MemTxResult address_space_read_cached_slow(MemoryRegionCache *cache,
                                           hwaddr addr, void *buf, hwaddr len);
MemTxResult address_space_write_cached_slow(MemoryRegionCache *cache,
                                            hwaddr addr, const void *buf,
                                            hwaddr len);

int memory_access_size(MemoryRegion *mr, unsigned l, hwaddr addr);
bool prepare_mmio_access(MemoryRegion *mr);

/* Whether memcpy will do, without a call into a device. */
static inline bool memory_access_is_direct(MemoryRegion *mr, bool is_write)
{
    if (is_write) {
        return memory_region_is_ram(mr) && !mr->readonly &&
               !mr->rom_device && !memory_region_is_ram_device(mr);
    }
    return (memory_region_is_ram(mr) && !memory_region_is_ram_device(mr)) ||
           memory_region_is_romd(mr);
}

/* Reads @len bytes; see address_space_rw(). */
static inline __attribute__((__always_inline__))
MemTxResult address_space_read(AddressSpace *as, hwaddr addr,
                               MemTxAttrs attrs, void *buf, hwaddr len)
{
    return address_space_read_full(as, addr, attrs, buf, len);
}

static inline MemTxResult address_space_read_cached(MemoryRegionCache *cache,
                                                    hwaddr addr, void *buf,
                                                    hwaddr len)
{
    assert(addr < cache->len && len <= cache->len - addr);
    if (likely(cache->ptr)) {
        memcpy(buf, cache->ptr + addr, len);
        return MEMTX_OK;
    }
    return address_space_read_cached_slow(cache, addr, buf, len);
}

static inline MemTxResult address_space_write_cached(MemoryRegionCache *cache,
                                                     hwaddr addr,
                                                     const void *buf,
                                                     hwaddr len)
{
    assert(addr < cache->len && len <= cache->len - addr);
    if (likely(cache->ptr)) {
        memcpy(cache->ptr + addr, buf, len);
        return MEMTX_OK;
    }
    return address_space_write_cached_slow(cache, addr, buf, len);
}

/* Fills [@addr, @addr + @len) with @c. */
MemTxResult address_space_set(AddressSpace *as, hwaddr addr, uint8_t c,
                              hwaddr len, MemTxAttrs attrs);

/*
 * What a region's wires mean for a number on the bus: MO_BSWAP if the device
 * has the other byte order than the host.
 */
static inline MemOp devend_memop(enum device_endian end)
{
    if (end == DEVICE_BIG_ENDIAN) {
        return MO_BE;
    }
    return end == DEVICE_NATIVE_ENDIAN ? MO_TE : MO_LE;
}

#endif /* CONFIG_USER_ONLY */

#endif
