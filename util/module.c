/*
 * Functions noted before main, called when their phase of startup comes.
 *
 * Read include/qemu/module.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/queue.h"

typedef struct ModuleEntry {
    void (*init)(void);
    QTAILQ_ENTRY(ModuleEntry) node;
} ModuleEntry;

typedef QTAILQ_HEAD(, ModuleEntry) ModuleTypeList;

static ModuleTypeList init_type_list[MODULE_INIT_MAX];
static bool modules_init_done[MODULE_INIT_MAX];

/* Constructors run in no particular order, so each makes sure of the lists. */
static ModuleTypeList *find_module_type(module_init_type type)
{
    static bool inited;

    if (!inited) {
        for (int i = 0; i < MODULE_INIT_MAX; i++) {
            QTAILQ_INIT(&init_type_list[i]);
        }
        inited = true;
    }
    return &init_type_list[type];
}

void register_module_init(void (*fn)(void), module_init_type type)
{
    ModuleEntry *e = g_new0(ModuleEntry, 1);

    e->init = fn;
    QTAILQ_INSERT_TAIL(find_module_type(type), e, node);
}

void module_call_init(module_init_type type)
{
    ModuleEntry *e;

    if (modules_init_done[type]) {
        return;
    }
    modules_init_done[type] = true;
    QTAILQ_FOREACH(e, find_module_type(type), node) {
        e->init();
    }
}

int module_load(const char *prefix, const char *name, Error **errp)
{
    return 0;
}

int module_load_qom(const char *type, Error **errp)
{
    return 0;
}

void module_load_qom_all(void)
{
}

void module_allow_arch(const char *arch)
{
}
