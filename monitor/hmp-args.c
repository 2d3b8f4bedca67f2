/*
 * The arguments of a line of the human monitor, by the command's args_type.
 *
 * The letters of args_type are explained in monitor-internal.h.  What is wrong
 * is said to the user at once; nothing of the line is done then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qnum.h"
#include "qemu/config-file.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "qemu/option.h"
#include "qemu/units.h"

/* The parts of one line, while it is taken apart. */
typedef struct HmpLine {
    Monitor *mon;
    const HMPCommand *cmd;
    const char *p;              /* what is still to be read */
    QDict *qdict;
} HmpLine;

/* What the last x, xp, print or i was given: the next one's default. */
static int default_fmt_format = 'x';
static int default_fmt_size = 4;

static void hmp_skip_space(HmpLine *l)
{
    while (qemu_isspace(*l->p)) {
        l->p++;
    }
}

/* Type letters start with one of these; what follows it, modifies it. */
const char *hmp_next_arg_type(const char *type)
{
    const char *comma = strchr(type, ',');

    type = comma ? comma + 1 : type + strlen(type);
    return *type ? strchr(type, ':') + 1 : type;
}

char *hmp_get_str(Monitor *mon, const char **pp)
{
    const char *p = *pp;
    GString *str = g_string_new(NULL);

    while (qemu_isspace(*p)) {
        p++;
    }
    if (!*p) {
        goto fail;
    }
    if (*p != '"') {
        while (*p && !qemu_isspace(*p)) {
            g_string_append_c(str, *p++);
        }
        *pp = p;
        return g_string_free(str, false);
    }
    for (p++; *p && *p != '"'; p++) {
        if (*p != '\\') {
            g_string_append_c(str, *p);
            continue;
        }
        p++;
        switch (*p) {
        case 'n':
            g_string_append_c(str, '\n');
            break;
        case 'r':
            g_string_append_c(str, '\r');
            break;
        case '\\':
        case '\'':
        case '"':
            g_string_append_c(str, *p);
            break;
        default:
            monitor_printf(mon, "unsupported escape code: '\\%c'\n", *p);
            goto fail;
        }
    }
    if (*p != '"') {
        monitor_printf(mon, "unterminated string\n");
        goto fail;
    }
    *pp = p + 1;
    return g_string_free(str, false);

fail:
    g_string_free(str, true);
    return NULL;
}

/* s, F, B: a word */
static bool hmp_arg_word(HmpLine *l, const char *key, char type)
{
    g_autofree char *str = hmp_get_str(l->mon, &l->p);

    if (!str) {
        monitor_printf(l->mon, "%s: %s expected\n", l->cmd->name,
                       type == 'F' ? "filename"
                       : type == 'B' ? "block device name" : "string");
        return false;
    }
    qdict_put_str(l->qdict, key, str);
    return true;
}

/* O: options as on the command line, of the QemuOptsList named @key */
static bool hmp_arg_opts(HmpLine *l, const char *key)
{
    g_autofree char *str = NULL;
    QemuOpts *opts;

    hmp_skip_space(l);
    if (!*l->p) {
        return true;
    }
    str = hmp_get_str(l->mon, &l->p);
    opts = str ? qemu_opts_parse_noisily(qemu_find_opts(key), str, true)
               : NULL;
    if (!opts) {
        return false;
    }
    qemu_opts_to_qdict(opts, l->qdict);
    qemu_opts_del(opts);
    return true;
}

/* The letters behind a '/', how many and which; to "count", "format", "size" */
static bool hmp_arg_format(HmpLine *l)
{
    int64_t count = 1;
    int format = -1, size = -1;

    hmp_skip_space(l);
    if (*l->p == '/') {
        l->p++;
        if (qemu_isdigit(*l->p)) {
            for (count = 0; qemu_isdigit(*l->p); l->p++) {
                count = MIN(count * 10 + *l->p - '0', INT_MAX);
            }
        }
        for (; *l->p && !qemu_isspace(*l->p); l->p++) {
            switch (*l->p) {
            case 'o':
            case 'd':
            case 'u':
            case 'x':
            case 'i':
            case 'c':
                format = *l->p;
                break;
            case 'b':
                size = 1;
                break;
            case 'h':
                size = 2;
                break;
            case 'w':
                size = 4;
                break;
            case 'g':
            case 'L':
                size = 8;
                break;
            default:
                monitor_printf(l->mon, "invalid char in format: '%c'\n",
                               *l->p);
                return false;
            }
        }
    }
    if (format < 0) {
        format = default_fmt_format;
    }
    if (format != 'i') {
        if (size < 0) {
            size = default_fmt_size;
        }
        default_fmt_size = size;
    }
    default_fmt_format = format;
    qdict_put_int(l->qdict, "count", count);
    qdict_put_int(l->qdict, "format", format);
    qdict_put_int(l->qdict, "size", size);
    return true;
}

/* i, l, M: the value of an expression, of 32 bits, of 64, or in MiB */
static bool hmp_arg_number(HmpLine *l, const char *key, char type)
{
    int64_t val;

    if (!hmp_get_expr(l->mon, &l->p, &val)) {
        return false;
    }
    if (type == 'i' && (uint64_t)val > UINT32_MAX) {
        monitor_printf(l->mon, "\'%s\' has failed: ", l->cmd->name);
        monitor_printf(l->mon, "integer is for 32-bit values\n");
        return false;
    }
    if (type == 'M') {
        if (val < 0) {
            monitor_printf(l->mon, "enter a positive value\n");
            return false;
        }
        val = MIN(val, INT64_MAX / MiB) * MiB;
    }
    qdict_put_int(l->qdict, key, val);
    return true;
}

/* o: a size with a unit; MiB if there is none */
static bool hmp_arg_size(HmpLine *l, const char *key)
{
    const char *end;
    uint64_t val;

    hmp_skip_space(l);
    if (qemu_strtosz_MiB(l->p, &end, &val) || val > INT64_MAX) {
        monitor_printf(l->mon, "invalid size\n");
        return false;
    }
    l->p = end;
    qdict_put_int(l->qdict, key, val);
    return true;
}

/* T: a time, in seconds unless a unit follows */
static bool hmp_arg_time(HmpLine *l, const char *key)
{
    const char *end;
    double val;

    hmp_skip_space(l);
    if (qemu_strtod_finite(l->p, &end, &val)) {
        monitor_printf(l->mon, "Number expected\n");
        return false;
    }
    if (*end && end[1] == 's') {
        switch (*end) {
        case 'm':
            val /= 1e3;
            end += 2;
            break;
        case 'u':
            val /= 1e6;
            end += 2;
            break;
        case 'n':
            val /= 1e9;
            end += 2;
            break;
        }
    }
    if (*end && !qemu_isspace(*end)) {
        monitor_printf(l->mon, "Unknown unit suffix\n");
        return false;
    }
    l->p = end;
    qdict_put(l->qdict, key, qnum_from_double(val));
    return true;
}

static bool hmp_arg_bool(HmpLine *l, const char *key)
{
    size_t len = 0;
    bool on;

    hmp_skip_space(l);
    while (l->p[len] && !qemu_isspace(l->p[len])) {
        len++;
    }
    on = len == 2 && !memcmp(l->p, "on", len);
    if (!on && !(len == 3 && !memcmp(l->p, "off", len))) {
        monitor_printf(l->mon, "Expected 'on' or 'off'\n");
        return false;
    }
    l->p += len;
    qdict_put_bool(l->qdict, key, on);
    return true;
}

/* Is @option one of those that follow, from @type on? */
static bool hmp_is_later_option(char option, const char *type)
{
    for (; *type; type = hmp_next_arg_type(type)) {
        if (type[0] == '-' && type[1] == option) {
            return true;
        }
    }
    return false;
}

/* -x: an option, with a word of its own behind it if 's' follows in @type */
static bool hmp_arg_option(HmpLine *l, const char *key, const char *type)
{
    g_autofree char *str = NULL;
    char option = type[1];

    hmp_skip_space(l);
    if (*l->p != '-') {
        return true;
    }
    if (l->p[1] != option) {
        if (l->p[1] && hmp_is_later_option(l->p[1], type)) {
            return true;
        }
        monitor_printf(l->mon, "%s: unsupported option -%.1s\n", l->cmd->name,
                       l->p + 1);
        return false;
    }
    l->p += 2;
    if (type[2] != 's') {
        qdict_put_bool(l->qdict, key, true);
        return true;
    }
    str = hmp_get_str(l->mon, &l->p);
    if (!str) {
        monitor_printf(l->mon, "%s: value expected for -%c\n", l->cmd->name,
                       option);
        return false;
    }
    qdict_put_str(l->qdict, key, str);
    return true;
}

/* S: the rest of the line */
static bool hmp_arg_rest(HmpLine *l, const char *key)
{
    hmp_skip_space(l);
    if (!*l->p) {
        monitor_printf(l->mon, "%s: string expected\n", l->cmd->name);
        return false;
    }
    qdict_put_str(l->qdict, key, l->p);
    l->p += strlen(l->p);
    return true;
}

/*
 * Is the optional argument of @type not there?  '?' asks for the end of the
 * line; '.' for a point before what is there.
 */
static bool hmp_arg_left_out(HmpLine *l, const char *type)
{
    hmp_skip_space(l);
    if (type[1] == '?') {
        return !*l->p;
    }
    if (type[1] == '.') {
        if (*l->p != '.') {
            return true;
        }
        l->p++;
        hmp_skip_space(l);
    }
    return false;
}

static bool hmp_parse_arg(HmpLine *l, const char *key, const char *type)
{
    if (type[0] != '-' && type[0] != '/' && hmp_arg_left_out(l, type)) {
        return true;
    }
    switch (type[0]) {
    case 'F':
    case 'B':
    case 's':
        return hmp_arg_word(l, key, type[0]);
    case 'O':
        return hmp_arg_opts(l, key);
    case '/':
        return hmp_arg_format(l);
    case 'i':
    case 'l':
    case 'M':
        return hmp_arg_number(l, key, type[0]);
    case 'o':
        return hmp_arg_size(l, key);
    case 'T':
        return hmp_arg_time(l, key);
    case 'b':
        return hmp_arg_bool(l, key);
    case '-':
        return hmp_arg_option(l, key, type);
    case 'S':
        return hmp_arg_rest(l, key);
    default:
        g_assert_not_reached();
    }
}

QDict *monitor_parse_arguments(Monitor *mon, const char **endp,
                               const HMPCommand *cmd)
{
    HmpLine l = { .mon = mon, .cmd = cmd, .p = *endp, .qdict = qdict_new() };
    const char *type = strchr(cmd->args_type, ':');
    const char *name = cmd->args_type;

    for (type = type ? type + 1 : ""; *type; type = hmp_next_arg_type(type)) {
        g_autofree char *key = g_strndup(name, type - 1 - name);

        if (!hmp_parse_arg(&l, key, type)) {
            goto fail;
        }
        name = type + strcspn(type, ",") + 1;
    }
    hmp_skip_space(&l);
    if (*l.p) {
        monitor_printf(mon, "%s: extraneous characters at the end of line\n",
                       cmd->name);
        goto fail;
    }
    return l.qdict;

fail:
    qobject_unref(l.qdict);
    return NULL;
}
