/*
 * -readconfig: a file whose sections are options.
 *
 *     [device "nic0"]              -device virtio-net-pci,id=nic0
 *       driver = "virtio-net-pci"
 *
 *     [machine]                    -machine pc,smp.cpus=2
 *       type = "pc"
 *       smp.cpus = "2"
 *
 * Most sections are a QemuOpts of the group that they name.  Four are not:
 * they are properties of an object, and may have structure ("a.b").
 *
 * Read first: include/qemu/config-file.h.  In QEMU this is in softmmu/vl.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qobject-input-visitor.h"
#include "qapi/visitor.h"
#include "qemu/config-file.h"
#include "qemu/keyval.h"
#include "qemu/option.h"
#include "cmdline.h"

static bool is_qemuopts_group(const char *group)
{
    return strcmp(group, "object") != 0 && strcmp(group, "machine") != 0 &&
           strcmp(group, "smp-opts") != 0 && strcmp(group, "boot-opts") != 0;
}

static void qemu_record_config_group(const char *group, QDict *dict,
                                     Error **errp)
{
    if (strcmp(group, "object") == 0) {
        Visitor *v = qobject_input_visitor_new_keyval(QOBJECT(dict));

        object_option_add_visitor(v, errp);
        visit_free(v);
    } else if (strcmp(group, "machine") == 0) {
        keyval_merge(cmdline.machine_opts, dict, errp);
    } else {
        /* smp-opts, boot-opts */
        g_autofree char *propname = g_strndup(group, strcspn(group, "-"));

        qobject_ref(dict);
        machine_merge_property(propname, dict);
    }
}

/* One section; its keys are those of the file, and @qdict the caller's. */
static void qemu_parse_config_group(const char *group, QDict *qdict,
                                    void *opaque, Error **errp)
{
    QObject *crumpled;
    QDict *dict;

    if (is_qemuopts_group(group)) {
        QemuOptsList *list = qemu_find_opts_err(group, errp);

        if (list) {
            qemu_opts_from_qdict(list, qdict, errp);
        }
        return;
    }

    crumpled = qdict_crumple(qdict, errp);
    if (!crumpled) {
        return;
    }
    dict = qobject_to(QDict, crumpled);
    if (dict) {
        qemu_record_config_group(group, dict, errp);
    } else {
        error_setg(errp, "Lists cannot be at top level of a "
                   "configuration section");
    }
    qobject_unref(crumpled);
}

void qemu_readconfig(const char *filename)
{
    qemu_read_config_file(filename, qemu_parse_config_group, &error_fatal);
}
