/*
 * qdev: devices, and the buses that they are plugged into.
 *
 * A device is a QOM object with a second birth.  After object_new() it only
 * has default values; properties are set; then *realize* makes it a part of
 * the machine, for which it may take files, memory regions and threads.
 * Unrealize is the way back.
 *
 *     qdev_new ── set properties ── qdev_realize ──────── qdev_unrealize
 *        │                              │                       │
 *     instance_init              bus, realize hook,       unrealize hook
 *     (cannot fail)              children, reset
 *                                (can fail)
 *
 * Two trees confuse everybody.  Who owns whom is the composition tree (child
 * properties; `info qom-tree`); who is plugged into what is the bus tree:
 *
 *     /machine/peripheral                      bus pci.0
 *       nic0 (virtio-net-pci)                    virtio-net-pci "nic0"
 *         virtio-bus (virtio-pci-bus)              bus virtio-bus
 *         virtio-backend (virtio-net-device)         virtio-net-device
 *
 * In the bus tree a device has any number of buses (child_bus) and a bus any
 * number of devices (children).  A device holds a reference to its bus while
 * it is plugged, and the bus one to the device.
 *
 * All functions here want the big lock, unless they say otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QDEV_CORE_H
#define QDEV_CORE_H

#include "qemu/atomic.h"
#include "qemu/queue.h"
#include "qemu/bitmap.h"
#include "qemu/rcu.h"
#include "qemu/rcu_queue.h"
#include "qom/object.h"
#include "hw/clock.h"
#include "hw/hotplug.h"
#include "hw/resettable.h"

enum {
    DEV_NVECTORS_UNSPECIFIED = -1,
};

#define TYPE_DEVICE "device"
OBJECT_DECLARE_TYPE(DeviceState, DeviceClass, DEVICE)

/* The headings of `-device help`, in the order in which they are printed. */
typedef enum DeviceCategory {
    DEVICE_CATEGORY_BRIDGE,
    DEVICE_CATEGORY_USB,
    DEVICE_CATEGORY_STORAGE,
    DEVICE_CATEGORY_NETWORK,
    DEVICE_CATEGORY_INPUT,
    DEVICE_CATEGORY_DISPLAY,
    DEVICE_CATEGORY_SOUND,
    DEVICE_CATEGORY_MISC,
    DEVICE_CATEGORY_CPU,
    DEVICE_CATEGORY_WATCHDOG,
    DEVICE_CATEGORY_MAX
} DeviceCategory;

typedef void (*DeviceRealize)(DeviceState *dev, Error **errp);
typedef void (*DeviceUnrealize)(DeviceState *dev);
typedef void (*DeviceReset)(DeviceState *dev);
typedef void (*BusRealize)(BusState *bus, Error **errp);
typedef void (*BusUnrealize)(BusState *bus);

/*
 * What a type of device fills in, in its class_init.
 *
 * @categories: under which headings `-device help` lists it (set_bit()).
 * @fw_name: its name in firmware device paths; the type name if NULL.
 * @desc: one line for `-device help`.
 * @props_: set with device_class_set_props() only.
 * @user_creatable: may -device and device_add make one?
 * @hotpluggable: may one come and go while the machine runs?
 * @reset: the old-fashioned reset function; see hw/resettable.h.
 * @realize, @unrealize: the hooks.  A realize that fails has given back
 *     everything; unrealize is its mirror image and cannot fail.  A type
 *     whose parent has hooks too calls them through what
 *     device_class_set_parent_realize() saved.
 * @vmsd: how its state migrates; registered from realize to unrealize.
 * @bus_type: the type of bus it needs; NULL for none.
 */
struct DeviceClass {
    ObjectClass parent_class;

    DECLARE_BITMAP(categories, DEVICE_CATEGORY_MAX);
    const char *fw_name;
    const char *desc;

    Property *props_;

    bool user_creatable;
    bool hotpluggable;

    DeviceReset reset;
    DeviceRealize realize;
    DeviceUnrealize unrealize;

    const VMStateDescription *vmsd;

    const char *bus_type;
};

typedef struct NamedGPIOList NamedGPIOList;

/* The GPIO lines of a device that share a name; NULL is a name as well. */
struct NamedGPIOList {
    char *name;
    qemu_irq *in;
    int num_in;
    int num_out;
    QLIST_ENTRY(NamedGPIOList) node;
};

typedef struct NamedClockList NamedClockList;

/* A clock of the device, or one of another device that it shows (@alias). */
struct NamedClockList {
    char *name;
    Clock *clock;
    bool output;
    bool alias;
    QLIST_ENTRY(NamedClockList) node;
};

/*
 * Set while one of the device's I/O handlers, DMA callbacks or BHs runs.  A
 * guest that makes the device write to its own registers finds it set, and
 * the second access is refused.
 */
struct MemReentrancyGuard {
    bool engaged_in_io;
};

/*
 * @id: the user's name for it, NULL if none; set by qdev_set_id().
 * @canonical_path: kept while realized, because unparented devices have none.
 * @realized: read with qdev_is_realized() or under the big lock.
 * @pending_deleted_event: unplugged by somebody who waits for DEVICE_DELETED.
 * @pending_deleted_expires_ms: a second device_del before this point of the
 *     virtual clock is refused; 0 is never.
 * @opts: what -device or device_add was given; ours.
 * @hotplugged: came after the machine was ready.
 * @parent_bus: NULL for a device without.
 * @instance_id_alias, @alias_required_for_version: for incoming streams of
 *     old versions, see qdev_set_legacy_instance_id().
 */
struct DeviceState {
    Object parent_obj;

    char *id;
    char *canonical_path;
    bool realized;
    bool pending_deleted_event;
    int64_t pending_deleted_expires_ms;
    QDict *opts;
    int hotplugged;
    bool allow_unplug_during_migration;
    BusState *parent_bus;
    QLIST_HEAD(, NamedGPIOList) gpios;
    QLIST_HEAD(, NamedClockList) clocks;
    QLIST_HEAD(, BusState) child_bus;
    int num_child_bus;
    int instance_id_alias;
    int alias_required_for_version;
    ResettableState reset;
    GSList *unplug_blockers;
    MemReentrancyGuard mem_reentrancy_guard;
};

/*
 * For those who want to hear of every device.  realize runs after the
 * device's own hook, unrealize before it.  hide_device may keep a device of
 * the command line from being made: @device_opts is what the user said, and
 * it is true if the listener wants to make that device itself, later.
 */
struct DeviceListener {
    void (*realize)(DeviceListener *listener, DeviceState *dev);
    void (*unrealize)(DeviceListener *listener, DeviceState *dev);
    bool (*hide_device)(DeviceListener *listener, const QDict *device_opts,
                        bool from_json, Error **errp);
    QTAILQ_ENTRY(DeviceListener) link;
};

#define TYPE_BUS "bus"
DECLARE_OBJ_CHECKERS(BusState, BusClass,
                     BUS, TYPE_BUS)

/*
 * @print_dev: the bus's own lines about @dev in `info qtree`.
 * @get_dev_path: where on the bus @dev is, as a string that stays the same
 *     over migration; the caller frees it.
 * @get_fw_dev_path: the same as firmware spells it (OpenFirmware paths).
 * @reset: old-fashioned; see hw/resettable.h.
 * @check_address: is the place @dev asks for free?
 * @max_dev: so many devices at most; 0 is no limit.
 * @automatic_ids: number of buses of this type so far, for their names.
 */
struct BusClass {
    ObjectClass parent_class;

    void (*print_dev)(Monitor *mon, DeviceState *dev, int indent);
    char *(*get_dev_path)(DeviceState *dev);
    char *(*get_fw_dev_path)(DeviceState *dev);
    void (*reset)(BusState *bus);
    bool (*check_address)(BusState *bus, DeviceState *dev, Error **errp);

    BusRealize realize;
    BusUnrealize unrealize;

    int max_dev;
    int automatic_ids;
};

/* A device on a bus.  Freed after an RCU grace period. */
typedef struct BusChild {
    struct rcu_head rcu;
    DeviceState *child;
    int index;
    QTAILQ_ENTRY(BusChild) sibling;
} BusChild;

#define QDEV_HOTPLUG_HANDLER_PROPERTY "hotplug-handler"

typedef QTAILQ_HEAD(, BusChild) BusChildHead;
typedef QLIST_ENTRY(BusState) BusStateEntry;

/*
 * @parent: the device that the bus belongs to; NULL for the main system bus.
 * @max_index: how many devices there were ever; the next child[] number.
 * @full: no more devices, whatever max_dev says.
 * @children: newest first.  Readers under RCU or the big lock, writers under
 *     the big lock.
 */
struct BusState {
    Object obj;

    DeviceState *parent;
    char *name;
    HotplugHandler *hotplug_handler;
    int max_index;
    bool realized;
    bool full;
    int num_children;
    BusChildHead children;
    BusStateEntry sibling;
    ResettableState reset;
};

/*
 * One -global, or one line of a machine's compat_props: objects of type
 * @driver (or of a type below it) get @value for @property when they are
 * made, unless the user sets it.
 *
 * @used: some object took it; for the warning at the end.
 * @optional: no error if there is no such property.
 */
typedef struct GlobalProperty {
    const char *driver;
    const char *property;
    const char *value;
    bool used;
    bool optional;
} GlobalProperty;

/* For a machine's compat_props (see hw/boards.h): the entries are not copied. */
static inline void
compat_props_add(GPtrArray *arr,
                 GlobalProperty props[], size_t nelem)
{
    for (size_t i = 0; i < nelem; i++) {
        g_ptr_array_add(arr, (void *)&props[i]);
    }
}

/* Life of a device */

/*
 * A new device of type @name with one reference, which is the caller's.
 * Aborts if there is no such type: a user's choice goes through
 * qdev_try_new() or qdev_device_add().
 */
DeviceState *qdev_new(const char *name);

/* Like qdev_new(), but NULL if there is no such type. */
DeviceState *qdev_try_new(const char *name);

/*
 * Without the big lock: once this is true, everything that realize wrote is
 * visible to the caller.
 */
static inline bool qdev_is_realized(DeviceState *dev)
{
    return qatomic_load_acquire(&dev->realized);
}

/*
 * Plug @dev into @bus (NULL for a device without) and realize it.  False and
 * @errp if that fails; then the device holds nothing, and leaves the bus when
 * its owner unparents it (one without an owner leaves at once).
 */
bool qdev_realize(DeviceState *dev, BusState *bus, Error **errp);

/*
 * Like qdev_realize(), and drop the caller's reference in any case.  The
 * usual thing after qdev_new(): the bus and the composition tree keep the
 * device alive.
 */
bool qdev_realize_and_unref(DeviceState *dev, BusState *bus, Error **errp);

/* The way back from qdev_realize(), but for the bus: see object_unparent(). */
void qdev_unrealize(DeviceState *dev);

/*
 * For streams of versions that numbered the device themselves: up to
 * @required_for_version the number on the wire is @alias_id.
 */
void qdev_set_legacy_instance_id(DeviceState *dev, int alias_id,
                                 int required_for_version);

HotplugHandler *qdev_get_bus_hotplug_handler(DeviceState *dev);
HotplugHandler *qdev_get_machine_hotplug_handler(DeviceState *dev);

/* Does the machine let @dev come now?  If not, says why. */
bool qdev_hotplug_allowed(DeviceState *dev, Error **errp);

/* The machine's handler for @dev if it claims one, else that of its bus. */
HotplugHandler *qdev_get_hotplug_handler(DeviceState *dev);

/* Start taking @dev away, as device_del does. */
void qdev_unplug(DeviceState *dev, Error **errp);

/* A hook for HotplugHandlerClass.unplug where there is nothing to tell. */
void qdev_simple_device_unplug_cb(HotplugHandler *hotplug_dev,
                                  DeviceState *dev, Error **errp);

/* From now on a new device is a hotplugged one. */
void qdev_machine_creation_done(void);

/* Was a device added or removed since the machine was ready? */
bool qdev_machine_modified(void);

/*
 * While @reason is in place, @dev cannot be unplugged: qdev_unplug() fails
 * with a copy of it.  @reason stays the caller's.
 */
void qdev_add_unplug_blocker(DeviceState *dev, Error *reason);
void qdev_del_unplug_blocker(DeviceState *dev, Error *reason);

/* True, and a copy of the newest reason in @errp, if there is a blocker. */
bool qdev_unplug_blocked(DeviceState *dev, Error **errp);

/* GPIO: wires between devices */

/*
 * Wires are described from the device's side: an input is a qemu_irq that
 * others may set, an output a place in the device where a qemu_irq is put.
 * Groups of wires have names; the functions without _named mean the group
 * without a name.
 */

/* Input @n.  It must exist. */
qemu_irq qdev_get_gpio_in(DeviceState *dev, int n);
qemu_irq qdev_get_gpio_in_named(DeviceState *dev, const char *name, int n);

/* Solder @pin to output @n; NULL leaves it open. */
void qdev_connect_gpio_out(DeviceState *dev, int n, qemu_irq pin);
void qdev_connect_gpio_out_named(DeviceState *dev, const char *name, int n,
                                 qemu_irq input_pin);

/* What output @n leads to; NULL if nothing. */
qemu_irq qdev_get_gpio_out_connector(DeviceState *dev, const char *name, int n);

/* Put @icpt in the place of output @n and give back what was there. */
qemu_irq qdev_intercept_gpio_out(DeviceState *dev, qemu_irq icpt,
                                 const char *name, int n);

BusState *qdev_get_child_bus(DeviceState *dev, const char *name);

/* For the device's instance_init or realize: @n inputs, handled with @dev. */
void qdev_init_gpio_in(DeviceState *dev, qemu_irq_handler handler, int n);

/* @n outputs; @pins is the device's array, NULL is an open one. */
void qdev_init_gpio_out(DeviceState *dev, qemu_irq *pins, int n);
void qdev_init_gpio_out_named(DeviceState *dev, qemu_irq *pins,
                              const char *name, int n);

void qdev_init_gpio_in_named_with_opaque(DeviceState *dev,
                                         qemu_irq_handler handler,
                                         void *opaque,
                                         const char *name, int n);

static inline void qdev_init_gpio_in_named(DeviceState *dev,
                                           qemu_irq_handler handler,
                                           const char *name, int n)
{
    qdev_init_gpio_in_named_with_opaque(dev, handler, dev, name, n);
}

/* The group @name of @container is the one of @dev, which it contains. */
void qdev_pass_gpios(DeviceState *dev, DeviceState *container,
                     const char *name);

BusState *qdev_get_parent_bus(DeviceState *dev);

/* Buses */

/* DeviceState.id of the device below @parent's buses, or NULL. */
DeviceState *qdev_find_recursive(BusState *bus, const char *id);

/*
 * Hooks for the walkers below.  0 goes on; less than 0 ends the whole walk,
 * which gives it back; more than 0 from a pre_ hook goes on, but not into what
 * is below.
 */
typedef int (qbus_walkerfn)(BusState *bus, void *opaque);
typedef int (qdev_walkerfn)(DeviceState *dev, void *opaque);

/*
 * Make a bus of type @typename in @bus, which is @size bytes.  It becomes a
 * child property of @parent under its name.  Without @name, it is called
 * after the parent's id ("nic0.0") or after the type ("pci.0").
 */
void qbus_init(void *bus, size_t size, const char *typename,
               DeviceState *parent, const char *name);

/* The same on the heap; the parent owns it, or the caller if there is none. */
BusState *qbus_new(const char *typename, DeviceState *parent, const char *name);

bool qbus_realize(BusState *bus, Error **errp);
void qbus_unrealize(BusState *bus);

/*
 * Walk the bus tree: below @bus or @dev, each device and bus gets its pre_
 * hook, then what is below it is walked, then it gets its post_ hook.  Any of
 * the hooks may be NULL.
 */
int qbus_walk_children(BusState *bus,
                       qdev_walkerfn *pre_devfn, qbus_walkerfn *pre_busfn,
                       qdev_walkerfn *post_devfn, qbus_walkerfn *post_busfn,
                       void *opaque);
int qdev_walk_children(DeviceState *dev,
                       qdev_walkerfn *pre_devfn, qbus_walkerfn *pre_busfn,
                       qdev_walkerfn *post_devfn, qbus_walkerfn *post_busfn,
                       void *opaque);

/* Reset the device, or the bus, and all below it, as at power on. */
void device_cold_reset(DeviceState *dev);
void bus_cold_reset(BusState *bus);

bool device_is_in_reset(DeviceState *dev);
bool bus_is_in_reset(BusState *bus);

/* The bus of all that has no other; made at the first call. */
BusState *sysbus_get_default(void);

/* Where the device is, as firmware spells it; the caller frees it. */
char *qdev_get_fw_dev_path(DeviceState *dev);
char *qdev_get_own_fw_dev_path_from_handler(BusState *bus, DeviceState *dev);

/*
 * The machine object, or, before there is one, a container in its place
 * (so it must not be called before the machine is made, but for tests).
 */
Object *qdev_get_machine(void);

/* A path that stays the same over migration; NULL if the bus has none. */
char *qdev_get_dev_path(DeviceState *dev);

/* For class_init. */
void device_class_set_props(DeviceClass *dc, Property *props);

/*
 * For class_init: set the hook, and keep the parent's in *@parent_… to be
 * called from it.
 */
void device_class_set_parent_reset(DeviceClass *dc,
                                   DeviceReset dev_reset,
                                   DeviceReset *parent_reset);
void device_class_set_parent_realize(DeviceClass *dc,
                                     DeviceRealize dev_realize,
                                     DeviceRealize *parent_realize);
void device_class_set_parent_unrealize(DeviceClass *dc,
                                       DeviceUnrealize dev_unrealize,
                                       DeviceUnrealize *parent_unrealize);

const VMStateDescription *qdev_get_vmsd(DeviceState *dev);

const char *qdev_fw_name(DeviceState *dev);

/* Aborts if there is a device in the composition tree that is not realized. */
void qdev_assert_realized_properly(void);

/* dev->parent_bus becomes @bus; the bus's checks can refuse. */
bool qdev_set_parent_bus(DeviceState *dev, BusState *bus, Error **errp);

/* Was a device removed since the machine was ready? */
extern bool qdev_hot_removed;

void qbus_set_hotplug_handler(BusState *bus, Object *handler);

/* The bus asks itself: its class implements HotplugHandler. */
void qbus_set_bus_hotplug_handler(BusState *bus);

/* May devices come and go on @bus while the machine runs? */
static inline bool qbus_is_hotpluggable(BusState *bus)
{
   return bus->hotplug_handler;
}

/*
 * No more devices on the bus, or room again: for the guest's firmware, and
 * for the search of a bus that -device does.
 */
static inline void qbus_mark_full(BusState *bus)
{
    bus->full = true;
}

void device_listener_register(DeviceListener *listener);
void device_listener_unregister(DeviceListener *listener);

/*
 * Ask the listeners whether the device that @opts describes is to be hidden
 * (see DeviceListener).  A listener's complaint goes into @errp.
 */
bool qdev_should_hide_device(const QDict *opts, bool from_json, Error **errp);

/*
 * Where the machine's creation is.  Backends, devices and the monitor become
 * possible one after the other.
 */
typedef enum MachineInitPhase {
    /* current_machine is NULL. */
    PHASE_NO_MACHINE,

    /* current_machine is there, its accelerator not chosen yet. */
    PHASE_MACHINE_CREATED,

    /* The accelerator works; its compat properties count. */
    PHASE_ACCEL_CREATED,

    /* Machine init is done: no -object that the machine uses after this. */
    PHASE_MACHINE_INITIALIZED,

    /* -device is done too: from now on, what comes is hotplugged. */
    PHASE_MACHINE_READY,
} MachineInitPhase;

extern bool phase_check(MachineInitPhase phase);
extern void phase_advance(MachineInitPhase phase);

#endif
