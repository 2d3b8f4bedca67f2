/*
 * Parts of the program that announce themselves.
 *
 * A device file ends in type_init(pinger_register_types).  That makes a
 * constructor, a function that runs before main, which does nothing but note
 * down pinger_register_types.  Later, at its phase of startup, main says
 * module_call_init(MODULE_INIT_QOM), and all that was noted for that kind is
 * called:
 *
 *     before main        main, phase by phase
 *     -----------        --------------------
 *     register_module_init(pinger_register_types, MODULE_INIT_QOM)
 *     register_module_init(…)
 *                        module_call_init(MODULE_INIT_TRACE)
 *                        module_call_init(MODULE_INIT_QOM)
 *                            pinger_register_types()
 *                                type_register_static(&pinger_info)
 *
 * So no list of devices exists anywhere: linking the file is enough.  (And an
 * archive must be linked whole: nobody calls into such a file by name.)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MODULE_H
#define QEMU_MODULE_H


/* One per line at most: the name of the constructor is made of @function. */
#define module_init(function, type)                                     \
static void __attribute__((constructor)) do_qemu_init_ ## function(void) \
{                                                                       \
    register_module_init(function, type);                               \
}

/* The kinds, each called in one place; see the phases in system/vl.c. */
typedef enum {
    MODULE_INIT_MIGRATION,
    MODULE_INIT_BLOCK,
    MODULE_INIT_OPTS,
    MODULE_INIT_QOM,
    MODULE_INIT_TRACE,
    MODULE_INIT_XEN_BACKEND,
    MODULE_INIT_LIBQOS,
    MODULE_INIT_FUZZ_TARGET,
    MODULE_INIT_MAX
} module_init_type;

#define block_init(function) module_init(function, MODULE_INIT_BLOCK)
#define opts_init(function) module_init(function, MODULE_INIT_OPTS)
#define type_init(function) module_init(function, MODULE_INIT_QOM)
#define trace_init(function) module_init(function, MODULE_INIT_TRACE)
#define migration_init(function) module_init(function, MODULE_INIT_MIGRATION)
#define libqos_init(function) module_init(function, MODULE_INIT_LIBQOS)
#define fuzz_target_init(function) \
    module_init(function, MODULE_INIT_FUZZ_TARGET)

/* Note down @fn for @type.  Called before main, so nothing is set up yet. */
void register_module_init(void (*fn)(void), module_init_type type);

/* Call what was noted for @type, in the order noted, the first time only. */
void module_call_init(module_init_type type);

/*
 * Loadable modules.  qemini is one piece, so nothing is ever loaded: a type
 * or object that is not linked does not exist.  0 says "there is no such
 * module, and that is no error"; -1 (with @errp) is never returned.
 */
int module_load(const char *prefix, const char *name, Error **errp);
int module_load_qom(const char *type, Error **errp);
void module_load_qom_all(void);
void module_allow_arch(const char *arch);

/* What a source file would tell a module loader; nothing to do with it. */
#define modinfo(kind, value)
#define module_obj(name) modinfo(obj, name)
#define module_dep(name) modinfo(dep, name)
#define module_arch(name) modinfo(arch, name)
#define module_opts(name) modinfo(opts, name)
#define module_kconfig(name) modinfo(kconfig, name)

#endif
