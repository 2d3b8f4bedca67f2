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
#include "monitor/monitor.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qemu/config-file.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/help_option.h"
#include "qemu/option.h"
#include "qemu/qemu-print.h"

/*
 * "HOST:PORT" at the start of @p, where HOST may be empty, into the options
 * @host_name and @port_name.  *@rest is what follows: one of @ends, or the end.
 */
static bool parse_compat_host_port(QemuOpts *opts, const char *p,
                                   const char *host_name,
                                   const char *port_name, const char *ends,
                                   const char **rest, Error **errp)
{
    char host[65], port[33];
    const char *colon = strchr(p, ':');
    size_t host_len, port_len;

    if (!colon) {
        return false;
    }
    host_len = colon - p;
    port_len = strcspn(colon + 1, ends);
    if (host_len >= sizeof(host) || !port_len || port_len >= sizeof(port)) {
        return false;
    }
    pstrcpy(host, host_len + 1, p);
    pstrcpy(port, port_len + 1, colon + 1);
    *rest = colon + 1 + port_len;
    return qemu_opt_set(opts, host_name, host, errp) &&
           qemu_opt_set(opts, port_name, port, errp);
}

/* "HOST:PORT[,OPTION...]".  False without an error: the caller says more. */
static bool parse_compat_tcp(QemuOpts *opts, const char *p, Error **errp)
{
    const char *rest;

    return qemu_opt_set(opts, "backend", "socket", errp) &&
           parse_compat_host_port(opts, p, "host", "port", ",", &rest, errp) &&
           (*rest != ',' || qemu_opts_do_parse(opts, rest + 1, NULL, errp));
}

/* "[HOST]:PORT[@[LOCALHOST]:LOCALPORT]" */
static bool parse_compat_udp(QemuOpts *opts, const char *p, Error **errp)
{
    const char *rest;

    return qemu_opt_set(opts, "backend", "udp", errp) &&
           parse_compat_host_port(opts, p, "host", "port", "@,", &rest,
                                  errp) &&
           (*rest != '@' ||
            parse_compat_host_port(opts, rest + 1, "localaddr", "localport",
                                   ",", &rest, errp));
}

/* What stands alone; a path that follows; a protocol on top of tcp:. */
static const char *const compat_plain[] = {
    "null", "pty", "msmouse", "wctablet", "braille", "testdev", "stdio", "vc",
};
static const char *const compat_path[][2] = {
    { "file:", "file" },
    { "pipe:", "pipe" },
};
static const char *const compat_tcp[][2] = {
    { "tcp:", NULL },
    { "telnet:", "telnet" },
    { "tn3270:", "tn3270" },
    { "websocket:", "websocket" },
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
    for (int i = 0; i < ARRAY_SIZE(compat_tcp); i++) {
        if (strstart(filename, compat_tcp[i][0], &p)) {
            return parse_compat_tcp(opts, p, errp) &&
                   (!compat_tcp[i][1] ||
                    qemu_opt_set(opts, compat_tcp[i][1], "on", errp));
        }
    }
    if (strstart(filename, "udp:", &p)) {
        return parse_compat_udp(opts, p, errp);
    }
    if (strstart(filename, "unix:", &p)) {
        return qemu_opt_set(opts, "backend", "socket", errp) &&
               qemu_opts_do_parse(opts, p, "path", errp);
    }
    if (strstart(filename, "/dev/parport", NULL) ||
        strstart(filename, "/dev/ppi", NULL)) {
        return qemu_opt_set(opts, "backend", "parallel", errp) &&
               qemu_opt_set(opts, "path", filename, errp);
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
        if (strcmp(filename, "stdio") == 0) {
            /* The menu has a key that ends the program; Ctrl-C goes through. */
            qemu_opt_set(opts, "signal", "off", &error_abort);
        }
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

/* Old names of back ends.  @warn: tell the user of the new one, once. */
static const char *chardev_alias_translate(const char *name, bool warn)
{
    static struct {
        const char *alias, *name;
        bool warned;
    } aliases[] = {
        { "tty", "serial" },
        { "parport", "parallel" },
    };

    for (int i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (strcmp(name, aliases[i].alias) == 0) {
            if (warn) {
                warn_report_once_cond(&aliases[i].warned,
                                      "The alias '%s' is deprecated, use "
                                      "'%s' instead", name, aliases[i].name);
            }
            return aliases[i].name;
        }
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
    cc = char_get_class(chardev_alias_translate(name, true), errp);
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

/* mux=on: the device is called "@id-base", and what has @id shares it. */
static Chardev *chardev_new_muxed(const char *id, const char *typename,
                                  ChardevBackend *backend,
                                  GMainContext *context, Error **errp)
{
    g_autofree char *base_id = g_strdup_printf("%s-base", id);
    ChardevMux mux = { .chardev = base_id };
    ChardevBackend mux_backend = {
        .type = CHARDEV_BACKEND_KIND_MUX,
        .u.mux.data = &mux,
    };
    Chardev *base, *chr;

    base = qemu_chardev_new(base_id, typename, backend, context, errp);
    if (!base) {
        return NULL;
    }
    chr = qemu_chardev_new(id, TYPE_CHARDEV_MUX, &mux_backend, context, errp);
    if (!chr) {
        object_unparent(OBJECT(base));
    }
    return chr;
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
    backend = qemu_chr_parse_opts(opts, errp);
    if (backend == NULL) {
        return NULL;
    }
    typename = g_strdup_printf("chardev-%s",
                               chardev_alias_translate(name, false));
    if (qemu_opt_get_bool(opts, "mux", false)) {
        return chardev_new_muxed(id, typename, backend, context, errp);
    }
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
    if (chr && qemu_opt_get_bool(opts, "mux", false)) {
        assert(permit_mux_mon);
        monitor_init_hmp(chr, true, &err);
        if (err) {
            object_unparent(OBJECT(chr));
            chr = NULL;
        }
    }
    if (err) {
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
        { .name = "host", .type = QEMU_OPT_STRING },
        { .name = "port", .type = QEMU_OPT_STRING },
        { .name = "fd", .type = QEMU_OPT_STRING },
        { .name = "localaddr", .type = QEMU_OPT_STRING },
        { .name = "localport", .type = QEMU_OPT_STRING },
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
        { .name = "chardev", .type = QEMU_OPT_STRING },
        { .name = "append", .type = QEMU_OPT_BOOL },
        { .name = "logfile", .type = QEMU_OPT_STRING },
        { .name = "logappend", .type = QEMU_OPT_BOOL },
        { .name = "abstract", .type = QEMU_OPT_BOOL },
        { .name = "tight", .type = QEMU_OPT_BOOL },
        { /* end of list */ }
    },
};
