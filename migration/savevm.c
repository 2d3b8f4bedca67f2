/*
 * The list of what is to be migrated.
 *
 * Each entry has a name and a number, and together they are unique.  A device
 * whose bus gives it a path is "PATH/NAME" with number 0; besides that it has
 * the name and number that versions without paths gave it ("compat").
 *
 *     0000:00:03.0/virtio-net    0      compat  virtio-net  0
 *     ram                        0
 *
 * Entries are in the order of their priority, the highest first, and those of
 * one priority in the order of registration.  See include/migration/vmstate.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/queue.h"
#include "exec/memory.h"
#include "exec/cpu-common.h"
#include "migration/vmstate.h"
#include "sysemu/sysemu.h"
#include "trace.h"

typedef struct CompatEntry {
    char idstr[256];
    uint32_t instance_id;
} CompatEntry;

typedef struct SaveStateEntry {
    QTAILQ_ENTRY(SaveStateEntry) entry;
    char idstr[256];
    uint32_t instance_id;
    int alias_id;
    int version_id;
    int section_id;
    const VMStateDescription *vmsd;
    void *opaque;
    CompatEntry *compat;
} SaveStateEntry;

typedef struct SaveState {
    QTAILQ_HEAD(, SaveStateEntry) handlers;
    int global_section_id;
} SaveState;

static SaveState savevm_state = {
    .handlers = QTAILQ_HEAD_INITIALIZER(savevm_state.handlers),
};

static MigrationPriority save_state_priority(const SaveStateEntry *se)
{
    return se->vmsd ? se->vmsd->priority : MIG_PRI_DEFAULT;
}

static void savevm_state_handler_insert(SaveStateEntry *nse)
{
    MigrationPriority priority = save_state_priority(nse);
    SaveStateEntry *se;

    QTAILQ_FOREACH(se, &savevm_state.handlers, entry) {
        if (save_state_priority(se) < priority) {
            QTAILQ_INSERT_BEFORE(se, nse, entry);
            return;
        }
    }
    QTAILQ_INSERT_TAIL(&savevm_state.handlers, nse, entry);
}

/* One more than the highest number in use under that name. */
static uint32_t calculate_new_instance_id(const char *idstr)
{
    uint32_t instance_id = 0;
    SaveStateEntry *se;

    QTAILQ_FOREACH(se, &savevm_state.handlers, entry) {
        if (!strcmp(idstr, se->idstr) && instance_id <= se->instance_id) {
            instance_id = se->instance_id + 1;
        }
    }
    assert(instance_id != VMSTATE_INSTANCE_ID_ANY);
    return instance_id;
}

static uint32_t calculate_compat_instance_id(const char *idstr)
{
    uint32_t instance_id = 0;
    SaveStateEntry *se;

    QTAILQ_FOREACH(se, &savevm_state.handlers, entry) {
        if (se->compat && !strcmp(idstr, se->compat->idstr) &&
            instance_id <= se->compat->instance_id) {
            instance_id = se->compat->instance_id + 1;
        }
    }
    return instance_id;
}

int vmstate_register_with_alias_id(VMStateIf *obj, uint32_t instance_id,
                                   const VMStateDescription *vmsd,
                                   void *opaque, int alias_id,
                                   int required_for_version,
                                   Error **errp)
{
    g_autofree char *path = vmstate_if_get_id(obj);
    g_autofree SaveStateEntry *se = g_new0(SaveStateEntry, 1);

    /* An alias for versions that cannot be loaded any more is of no use. */
    assert(alias_id == -1 || required_for_version >= vmsd->minimum_version_id);

    if (g_snprintf(se->idstr, sizeof(se->idstr), "%s%s%s", path ?: "",
                   path ? "/" : "", vmsd->name) >= sizeof(se->idstr)) {
        error_setg(errp, "Path too long for VMState (%s)", path ?: vmsd->name);
        return -1;
    }
    trace_vmstate_register_with_alias_id(se->idstr);

    if (path) {
        se->compat = g_new0(CompatEntry, 1);
        g_strlcpy(se->compat->idstr, vmsd->name, sizeof(se->compat->idstr));
        se->compat->instance_id = instance_id == VMSTATE_INSTANCE_ID_ANY
            ? calculate_compat_instance_id(vmsd->name) : instance_id;
        instance_id = VMSTATE_INSTANCE_ID_ANY;
    }
    se->instance_id = instance_id == VMSTATE_INSTANCE_ID_ANY
        ? calculate_new_instance_id(se->idstr) : instance_id;
    se->alias_id = alias_id;
    se->version_id = vmsd->version_id;
    se->section_id = savevm_state.global_section_id++;
    se->vmsd = vmsd;
    se->opaque = opaque;
    savevm_state_handler_insert(g_steal_pointer(&se));
    return 0;
}

void vmstate_unregister(VMStateIf *obj, const VMStateDescription *vmsd,
                        void *opaque)
{
    SaveStateEntry *se, *next;

    QTAILQ_FOREACH_SAFE(se, &savevm_state.handlers, entry, next) {
        if (se->vmsd == vmsd && se->opaque == opaque) {
            trace_vmstate_unregister(se->idstr);
            QTAILQ_REMOVE(&savevm_state.handlers, se, entry);
            g_free(se->compat);
            g_free(se);
        }
    }
}

bool vmstate_check_only_migratable(const VMStateDescription *vmsd)
{
    return !only_migratable || !vmsd || !vmsd->unmigratable;
}

void vmstate_register_ram(MemoryRegion *mr, DeviceState *dev)
{
    qemu_ram_set_idstr(mr->ram_block, memory_region_name(mr), dev);
    qemu_ram_set_migratable(mr->ram_block);
}

void vmstate_unregister_ram(MemoryRegion *mr, DeviceState *dev)
{
    qemu_ram_unset_idstr(mr->ram_block);
    qemu_ram_unset_migratable(mr->ram_block);
}

void vmstate_register_ram_global(MemoryRegion *mr)
{
    vmstate_register_ram(mr, NULL);
}
