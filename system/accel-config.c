/*
 * -accel, and the older -machine accel=: which accelerator runs the machine.
 *
 * Read first: include/qemu/accel.h, vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-core.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/accel.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/option.h"
#include "cmdline.h"
#include "phases.h"

static int accelerator_set_property(void *opaque, const char *name,
                                    const char *value, Error **errp)
{
    if (!strcmp(name, "accel")) {
        return 0;
    }
    return object_property_parse(opaque, name, value, errp) ? 0 : -1;
}

/* Returns 1 once an accelerator works, which ends the search. */
static int do_configure_accelerator(void *opaque, QemuOpts *opts, Error **errp)
{
    bool *p_init_failed = opaque;
    const char *acc = qemu_opt_get(opts, "accel");
    AccelClass *ac = accel_find(acc);
    AccelState *accel;
    int ret;

    if (!ac) {
        *p_init_failed = true;
        error_report("invalid accelerator %s", acc);
        return 0;
    }

    accel = ACCEL(object_new_with_class(OBJECT_CLASS(ac)));
    object_apply_compat_props(OBJECT(accel));
    qemu_opt_foreach(opts, accelerator_set_property, accel, &error_fatal);

    ret = accel_init_machine(accel, current_machine);
    if (ret < 0) {
        *p_init_failed = true;
        error_report("failed to initialize %s: %s", acc, strerror(-ret));
        return 0;
    }
    return 1;
}

void configure_accelerators(const char *progname)
{
    bool init_failed = false;

    if (QTAILQ_EMPTY(&qemu_find_opts("accel")->head)) {
        qemu_opts_parse_noisily(qemu_find_opts("accel"), "kvm", true);
    }
    if (!qemu_opts_foreach(qemu_find_opts("accel"), do_configure_accelerator,
                           &init_failed, &error_fatal)) {
        if (!init_failed) {
            error_report("No accelerator selected and"
                         " no default accelerator available");
        }
        exit(1);
    }
    if (init_failed && !cmdline.qtest_chrdev) {
        error_report("falling back to %s",
                     ACCEL_GET_CLASS(current_accel())->name);
    }
}

/* Once a property of the machine, now of KVM: another does not have it. */
static void qemu_machine_option_for_kvm(QDict *qdict, const char *name)
{
    const char *value = qdict_get_try_str(qdict, name);

    if (value) {
        object_register_sugar_prop(ACCEL_CLASS_NAME("kvm"), name, value,
                                   false);
        qdict_del(qdict, name);
    }
}

/* -machine accel=a:b is the short form of -accel a -accel b. */
void qemu_apply_legacy_machine_options(QDict *qdict)
{
    const char *value = qdict_get_try_str(qdict, "accel");

    qemu_machine_option_for_kvm(qdict, "kernel-irqchip");
    qemu_machine_option_for_kvm(qdict, "kvm-shadow-mem");
    if (value) {
        g_auto(GStrv) accel_list = NULL;

        if (qemu_find_opts("accel")->head.tqh_first) {
            error_report("The -accel and \"-machine accel=\" options are "
                         "incompatible");
            exit(1);
        }
        accel_list = g_strsplit(value, ":", 0);
        for (char **acc = accel_list; *acc; acc++) {
            opts_parse_or_exit("accel", *acc, true);
        }
        qdict_del(qdict, "accel");
    }
}
