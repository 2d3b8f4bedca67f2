/*
 * Character devices at the human monitor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "monitor/hmp.h"
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-char.h"
#include "qapi/qmp/qdict.h"
#include "qemu/config-file.h"
#include "qemu/option.h"

void hmp_info_chardev(Monitor *mon, const QDict *qdict)
{
    ChardevInfoList *list = qmp_query_chardev(NULL);

    for (ChardevInfoList *elt = list; elt; elt = elt->next) {
        monitor_printf(mon, "%s: filename=%s\n", elt->value->label,
                       elt->value->filename);
    }
    qapi_free_ChardevInfoList(list);
}

void hmp_chardev_add(Monitor *mon, const QDict *qdict)
{
    QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("chardev"),
                                             qdict_get_str(qdict, "args"),
                                             true);
    Error *err = NULL;

    if (!opts) {
        error_setg(&err, "Parsing chardev args failed");
    } else {
        qemu_chr_new_from_opts(opts, NULL, &err);
        qemu_opts_del(opts);
    }
    hmp_handle_error(mon, err);
}

static void chardev_change_from_opts(const char *id, QemuOpts *opts,
                                     Error **errp)
{
    ChardevBackend *backend;

    if (qemu_opts_id(opts)) {
        error_setg(errp, "Unexpected 'id' parameter");
        return;
    }
    backend = qemu_chr_parse_opts(opts, errp);
    if (backend) {
        qapi_free_ChardevReturn(qmp_chardev_change(id, backend, errp));
        qapi_free_ChardevBackend(backend);
    }
}

void hmp_chardev_change(Monitor *mon, const QDict *qdict)
{
    QemuOpts *opts = qemu_opts_parse_noisily(qemu_find_opts("chardev"),
                                             qdict_get_str(qdict, "args"),
                                             true);
    Error *err = NULL;

    if (!opts) {
        error_setg(&err, "Parsing chardev args failed");
    } else {
        chardev_change_from_opts(qdict_get_str(qdict, "id"), opts, &err);
        qemu_opts_del(opts);
    }
    hmp_handle_error(mon, err);
}

void hmp_chardev_remove(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_chardev_remove(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

void hmp_chardev_send_break(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_chardev_send_break(qdict_get_str(qdict, "id"), &err);
    hmp_handle_error(mon, err);
}

void hmp_ringbuf_write(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;

    qmp_ringbuf_write(qdict_get_str(qdict, "device"),
                      qdict_get_str(qdict, "data"), false, 0, &err);
    hmp_handle_error(mon, err);
}

/* What would do something to the terminal is shown as a number. */
void hmp_ringbuf_read(Monitor *mon, const QDict *qdict)
{
    Error *err = NULL;
    g_autofree char *data = qmp_ringbuf_read(qdict_get_str(qdict, "device"),
                                             qdict_get_int(qdict, "size"),
                                             false, 0, &err);

    if (hmp_handle_error(mon, err)) {
        return;
    }
    for (const char *p = data; *p; p++) {
        unsigned char ch = *p;

        if (ch == '\\') {
            monitor_printf(mon, "\\\\");
        } else if ((ch < 0x20 && ch != '\n') || ch == 0x7f) {
            monitor_printf(mon, "\\%03o", ch);
        } else {
            monitor_printf(mon, "%c", ch);
        }
    }
    monitor_printf(mon, "\n");
}
