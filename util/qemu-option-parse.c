/*
 * QemuOpts from text: "implied,key=value,flag,noflag".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/help_option.h"
#include "qemu/option_int.h"

const char *get_opt_value(const char *p, char **value)
{
    GString *str = g_string_new(NULL);

    for (;;) {
        size_t len = strcspn(p, ",");

        g_string_append_len(str, p, len);
        p += len;
        if (p[0] != ',' || p[1] != ',') {
            break;
        }
        g_string_append_c(str, ',');
        p += 2;
    }
    *value = g_string_free(str, false);
    return p;
}

/*
 * One option at @p: *@name and *@value are new strings.  @help_wanted is set
 * for a word that asks for help.  Returns where the next one begins.
 */
static const char *get_opt_name_value(const char *p, const char *firstname,
                                      bool warn_on_flag, bool *help_wanted,
                                      char **name, char **value)
{
    size_t len = strcspn(p, "=,");

    if (p[len] == '=') {
        *name = g_strndup(p, len);
        p = get_opt_value(p + len + 1, value);
    } else if (firstname) {
        *name = g_strdup(firstname);
        p = get_opt_value(p, value);
    } else {
        bool is_help = false;

        *name = g_strndup(p, len);
        p += len;
        if (g_str_has_prefix(*name, "no") && (*name)[2]) {
            memmove(*name, *name + 2, strlen(*name + 2) + 1);
            *value = g_strdup("off");
        } else {
            *value = g_strdup("on");
            is_help = is_help_option(*name);
        }
        if (is_help && help_wanted) {
            *help_wanted = true;
        } else if (!is_help && warn_on_flag) {
            warn_report("short-form boolean option '%s%s' deprecated",
                        g_str_equal(*value, "off") ? "no" : "", *name);
            if (g_str_equal(*name, "delay")) {
                /* Its name has the "no" (chardev-socket). */
                error_printf("Please use nodelay=%s instead\n",
                             g_str_equal(*value, "off") ? "on" : "off");
            } else {
                error_printf("Please use %s=%s instead\n", *name, *value);
            }
        }
    }
    assert(!*p || *p == ',');
    return *p ? p + 1 : p;
}

bool has_help_option(const char *params)
{
    const char *p;

    for (p = params; *p;) {
        g_autofree char *name = NULL, *value = NULL;
        bool help = false;

        p = get_opt_name_value(p, NULL, false, &help, &name, &value);
        if (help) {
            return true;
        }
    }
    return false;
}

static bool opts_do_parse(QemuOpts *opts, const char *params,
                          const char *firstname, bool warn_on_flag,
                          bool *help_wanted, Error **errp)
{
    const char *p;

    for (p = params; *p;) {
        g_autofree char *option = NULL, *value = NULL;

        p = get_opt_name_value(p, firstname, warn_on_flag, help_wanted,
                               &option, &value);
        if (help_wanted && *help_wanted) {
            return false;
        }
        firstname = NULL;
        /* It is the group's: opts_parse() has seen to it. */
        if (!g_str_equal(option, "id")
            && !qemu_opt_set(opts, option, value, errp)) {
            return false;
        }
    }
    return true;
}

bool qemu_opts_do_parse(QemuOpts *opts, const char *params,
                        const char *firstname, Error **errp)
{
    return opts_do_parse(opts, params, firstname, false, NULL, errp);
}

/* The value of "id=" in @params, or NULL; g_free() it. */
static char *opts_parse_id(const char *params)
{
    const char *p;
    char *name, *value;

    for (p = params; *p;) {
        p = get_opt_name_value(p, NULL, false, NULL, &name, &value);
        if (g_str_equal(name, "id")) {
            g_free(name);
            return value;
        }
        g_free(name);
        g_free(value);
    }
    return NULL;
}

static QemuOpts *opts_parse(QemuOptsList *list, const char *params,
                            bool permit_abbrev, bool warn_on_flag,
                            bool *help_wanted, Error **errp)
{
    const char *firstname = permit_abbrev ? list->implied_opt_name : NULL;
    g_autofree char *id = opts_parse_id(params);
    QemuOpts *opts;

    assert(!permit_abbrev || list->implied_opt_name);
    opts = qemu_opts_create(list, id, !list->merge_lists, errp);
    if (!opts) {
        return NULL;
    }
    if (!opts_do_parse(opts, params, firstname, warn_on_flag, help_wanted,
                       errp)) {
        qemu_opts_del(opts);
        return NULL;
    }
    return opts;
}

QemuOpts *qemu_opts_parse(QemuOptsList *list, const char *params,
                          bool permit_abbrev, Error **errp)
{
    return opts_parse(list, params, permit_abbrev, false, NULL, errp);
}

QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *params,
                                  bool permit_abbrev)
{
    Error *err = NULL;
    bool help_wanted = false;
    QemuOpts *opts = opts_parse(list, params, permit_abbrev, true,
                                list->desc[0].name ? &help_wanted : NULL,
                                &err);

    if (!opts) {
        assert(!!err + !!help_wanted == 1);
        if (help_wanted) {
            qemu_opts_print_help(list, true);
        } else {
            error_report_err(err);
        }
    }
    return opts;
}
