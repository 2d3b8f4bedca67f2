/*
 * -chardev, and the short forms of -serial and its like.
 *
 * Both become a QemuOpts, that becomes a ChardevBackend (qapi/char.json), and
 * that the open hook of a class takes:
 *
 *     "unix:/tmp/x,server=on"          -chardev socket,id=a,path=/tmp/x,server=on
 *              | qemu_chr_parse_compat()        | qemu_opts_parse()
 *              +------------> QemuOpts <--------+
 *                                | qemu_chr_parse_opts(), ChardevClass.parse
 *                         ChardevBackend
 *                                | qemu_chardev_new(), ChardevClass.open
 *                             Chardev
 *
 * In QEMU all this is in chardev/char.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"

/* Host and port of "tcp:HOST:PORT,…"; *@rest is the comma or the end. */
static bool split_host_port(const char *p, char *host, size_t host_size,
                            char *port, size_t port_size, const char **rest)
{
    const char *colon = strchr(p, ':');
    size_t host_len, port_len;

    if (!colon) {
        return false;
    }
    host_len = colon - p;
    port_len = strcspn(colon + 1, ",");
    if (host_len >= host_size || !port_len || port_len >= port_size) {
        return false;
    }
    pstrcpy(host, host_len + 1, p);
    pstrcpy(port, port_len + 1, colon + 1);
    *rest = colon + 1 + port_len;
    return true;
}

/* False without an error: the caller quotes what it cannot parse. */
static bool parse_compat_tcp(QemuOpts *opts, const char *p, Error **errp)
{
    char host[65], port[33];
    const char *rest;

    if (!split_host_port(p, host, sizeof(host), port, sizeof(port), &rest)) {
        return false;
    }
    if (!qemu_opt_set(opts, "backend", "socket", errp) ||
        !qemu_opt_set(opts, "host", host, errp) ||
        !qemu_opt_set(opts, "port", port, errp)) {
        return false;
    }
    return *rest != ',' || qemu_opts_do_parse(opts, rest + 1, NULL, errp);
}

/* What may stand alone, and what a path follows. */
static const char *const compat_plain[] = { "null", "pty", "stdio", "testdev" };
static const char *const compat_path[][2] = {
    { "file:", "file" },
    { "pipe:", "pipe" },
};

static bool parse_compat_into(QemuOpts *opts, const char *filename,
                              Error **errp)
{
    const char *p;

    for (int i = 0; i < ARRAY_SIZE(compat_plain); i++) {
        if (strcmp(filename, compat_plain[i]) == 0) {
            return qemu_opt_set(opts, "backend", filename, errp);
        }
    }
    for (int i = 0; i < ARRAY_SIZE(compat_path); i++) {
        if (strstart(filename, compat_path[i][0], &p)) {
            return qemu_opt_set(opts, "backend", compat_path[i][1], errp) &&
                   qemu_opt_set(opts, "path", p, errp);
        }
    }
    if (strstart(filename, "tcp:", &p)) {
        return parse_compat_tcp(opts, p, errp);
    }
    if (strstart(filename, "telnet:", &p)) {
        return parse_compat_tcp(opts, p, errp) &&
               qemu_opt_set(opts, "telnet", "on", errp);
    }
    if (strstart(filename, "unix:", &p)) {
        return qemu_opt_set(opts, "backend", "socket", errp) &&
               qemu_opts_do_parse(opts, p, "path", errp);
    }
    if (strstart(filename, "/dev/", NULL)) {
        return qemu_opt_set(opts, "backend", "serial", errp) &&
               qemu_opt_set(opts, "path", filename, errp);
    }
    error_setg(errp, "'%s' is not a valid char driver", filename);
    return false;
}

QemuOpts *qemu_chr_parse_compat(const char *label, const char *filename,
                                bool permit_mux_mon)
{
    Error *local_err = NULL;
    QemuOpts *opts;
    const char *p;

    opts = qemu_opts_create(qemu_find_opts("chardev"), label, 1, &local_err);
    if (local_err) {
        error_report_err(local_err);
        return NULL;
    }
    if (strstart(filename, "mon:", &p)) {
        if (!permit_mux_mon) {
            error_report("mon: isn't supported in this context");
            qemu_opts_del(opts);
            return NULL;
        }
        filename = p;
        qemu_opt_set(opts, "mux", "on", &error_abort);
    }
    if (!parse_compat_into(opts, filename, &local_err)) {
        if (local_err) {
            error_report_err(local_err);
        }
        qemu_opts_del(opts);
        return NULL;
    }
    return opts;
}

void qemu_chr_parse_common(QemuOpts *opts, ChardevCommon *backend)
{
    const char *logfile = qemu_opt_get(opts, "logfile");

    backend->has_logfile = logfile != NULL;
    backend->logfile = g_strdup(logfile);
    backend->has_logappend = true;
    backend->logappend = qemu_opt_get_bool(opts, "logappend", false);
}

static const ChardevClass *char_get_class(const char *driver, Error **errp)
{
    g_autofree char *typename = g_strdup_printf("chardev-%s", driver);
    ObjectClass *oc = module_object_class_by_name(typename);
    const ChardevClass *cc;

    if (!oc || !object_class_dynamic_cast(oc, TYPE_CHARDEV)) {
        error_setg(errp, "'%s' is not a valid char driver name", driver);
        return NULL;
    }
    if (object_class_is_abstract(oc)) {
        error_setg(errp, QERR_INVALID_PARAMETER_VALUE, "driver",
                   "a non-abstract device type");
        return NULL;
    }
    cc = CHARDEV_CLASS(oc);
    if (cc->internal) {
        error_setg(errp, "'%s' is not a valid char driver name", driver);
        return NULL;
    }
    return cc;
}

/* Old names of back ends. */
static const char *chardev_alias_translate(const char *name)
{
    if (strcmp(name, "tty") == 0) {
        return "serial";
    }
    if (strcmp(name, "parport") == 0) {
        return "parallel";
    }
    return name;
}

ChardevBackend *qemu_chr_parse_opts(QemuOpts *opts, Error **errp)
{
    ERRP_GUARD();
    const char *name = qemu_opt_get(opts, "backend");
    ChardevBackend *backend;
    const ChardevClass *cc;

    if (name == NULL) {
        error_setg(errp, "chardev: \"%s\" missing backend",
                   qemu_opts_id(opts));
        return NULL;
    }
    cc = char_get_class(chardev_alias_translate(name), errp);
    if (cc == NULL) {
        return NULL;
    }
    backend = g_new0(ChardevBackend, 1);
    backend->type = CHARDEV_BACKEND_KIND_NULL;
    if (cc->parse) {
        cc->parse(opts, backend, errp);
        if (*errp) {
            qapi_free_ChardevBackend(backend);
            return NULL;
        }
    } else {
        ChardevCommon *common = g_new0(ChardevCommon, 1);

        qemu_chr_parse_common(opts, common);
        backend->u.null.data = common;
    }
    return backend;
}

static void print_backend_name(ObjectClass *klass, void *opaque)
{
    if (!CHARDEV_CLASS(klass)->internal) {
        qemu_printf("  %s\n", object_class_get_name(klass) +
                              strlen("chardev-"));
    }
}

Chardev *qemu_chr_new_from_opts(QemuOpts *opts, GMainContext *context,
                                Error **errp)
{
    const char *name = qemu_opt_get(opts, "backend");
    const char *id = qemu_opts_id(opts);
    g_autoptr(ChardevBackend) backend = NULL;
    g_autofree char *typename = NULL;

    if (name && is_help_option(name)) {
        qemu_printf("Available chardev backend types: \n");
        object_class_foreach(print_backend_name, TYPE_CHARDEV, false, NULL);
        return NULL;
    }
    if (id == NULL) {
        error_setg(errp, "chardev: no id specified");
        return NULL;
    }
    if (qemu_opt_get_bool(opts, "mux", false)) {
        error_setg(errp, "'mux' is not a valid char driver name");
        return NULL;
    }
    backend = qemu_chr_parse_opts(opts, errp);
    if (backend == NULL) {
        return NULL;
    }
    typename = g_strdup_printf("chardev-%s", chardev_alias_translate(name));
    return qemu_chardev_new(id, typename, backend, context, errp);
}

Chardev *qemu_chr_new_noreplay(const char *label, const char *filename,
                               bool permit_mux_mon, GMainContext *context)
{
    Error *err = NULL;
    const char *p;
    QemuOpts *opts;
    Chardev *chr;

    if (strstart(filename, "chardev:", &p)) {
        return qemu_chr_find(p);
    }
    opts = qemu_chr_parse_compat(label, filename, permit_mux_mon);
    if (!opts) {
        return NULL;
    }
    chr = qemu_chr_new_from_opts(opts, context, &err);
    if (!chr && err) {
        error_report_err(err);
    }
    qemu_opts_del(opts);
    return chr;
}

Chardev *qemu_chr_new(const char *label, const char *filename,
                      GMainContext *context)
{
    return qemu_chr_new_noreplay(label, filename, false, context);
}

Chardev *qemu_chr_new_mux_mon(const char *label, const char *filename,
                              GMainContext *context)
{
    return qemu_chr_new_noreplay(label, filename, true, context);
}

QemuOptsList qemu_chardev_opts = {
    .name = "chardev",
    .implied_opt_name = "backend",
    .head = QTAILQ_HEAD_INITIALIZER(qemu_chardev_opts.head),
    .desc = {
        { .name = "backend", .type = QEMU_OPT_STRING },
        { .name = "path", .type = QEMU_OPT_STRING },
        { .name = "input-path", .type = QEMU_OPT_STRING },
        { .name = "host", .type = QEMU_OPT_STRING },
        { .name = "port", .type = QEMU_OPT_STRING },
        { .name = "fd", .type = QEMU_OPT_STRING },
        { .name = "to", .type = QEMU_OPT_NUMBER },
        { .name = "ipv4", .type = QEMU_OPT_BOOL },
        { .name = "ipv6", .type = QEMU_OPT_BOOL },
        { .name = "wait", .type = QEMU_OPT_BOOL },
        { .name = "server", .type = QEMU_OPT_BOOL },
        { .name = "delay", .type = QEMU_OPT_BOOL },
        { .name = "nodelay", .type = QEMU_OPT_BOOL },
        { .name = "reconnect", .type = QEMU_OPT_NUMBER },
        { .name = "telnet", .type = QEMU_OPT_BOOL },
        { .name = "tn3270", .type = QEMU_OPT_BOOL },
        { .name = "tls-creds", .type = QEMU_OPT_STRING },
        { .name = "tls-authz", .type = QEMU_OPT_STRING },
        { .name = "websocket", .type = QEMU_OPT_BOOL },
        { .name = "mux", .type = QEMU_OPT_BOOL },
        { .name = "signal", .type = QEMU_OPT_BOOL },
        { .name = "size", .type = QEMU_OPT_SIZE },
        { .name = "append", .type = QEMU_OPT_BOOL },
        { .name = "logfile", .type = QEMU_OPT_STRING },
        { .name = "logappend", .type = QEMU_OPT_BOOL },
        { .name = "abstract", .type = QEMU_OPT_BOOL },
        { .name = "tight", .type = QEMU_OPT_BOOL },
        { /* end of list */ }
    },
};
