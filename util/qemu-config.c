/*
 * The program's option groups by name, and files of them (-readconfig).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block/qdict.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qapi/qmp/qerror.h"
#include "qemu/config-file.h"
#include "qemu/error-report.h"
#include "qemu/option.h"

/* All of them, up to a NULL; those who have options call qemu_add_opts(). */
static QemuOptsList *vm_config_groups[48];

void qemu_add_opts(QemuOptsList *list)
{
    for (int i = 0; i < ARRAY_SIZE(vm_config_groups) - 1; i++) {
        if (!vm_config_groups[i]) {
            vm_config_groups[i] = list;
            return;
        }
    }
    fprintf(stderr, "ran out of space in vm_config_groups");
    abort();
}

static QemuOptsList *find_list(QemuOptsList **lists, const char *group,
                               Error **errp)
{
    for (int i = 0; lists[i]; i++) {
        if (g_str_equal(lists[i]->name, group)) {
            return lists[i];
        }
    }
    error_setg(errp, "There is no option group '%s'", group);
    return NULL;
}

QemuOptsList *qemu_find_opts_err(const char *group, Error **errp)
{
    return find_list(vm_config_groups, group, errp);
}

QemuOptsList *qemu_find_opts(const char *group)
{
    Error *local_err = NULL;
    QemuOptsList *ret = qemu_find_opts_err(group, &local_err);

    if (local_err) {
        error_report_err(local_err);
    }
    return ret;
}

QemuOpts *qemu_find_opts_singleton(const char *group)
{
    QemuOptsList *list = qemu_find_opts(group);
    QemuOpts *opts;

    assert(list);
    opts = qemu_opts_find(list, NULL);
    if (!opts) {
        opts = qemu_opts_create(list, NULL, 0, &error_abort);
    }
    return opts;
}

bool qemu_set_option(const char *str, Error **errp)
{
    char group[64], id[64], arg[64];
    QemuOptsList *list;
    QemuOpts *opts;
    int rc, offset;

    rc = sscanf(str, "%63[^.].%63[^.].%63[^=]%n", group, id, arg, &offset);
    if (rc < 3 || str[offset] != '=') {
        error_setg(errp, "can't parse: \"%s\"", str);
        return false;
    }
    list = qemu_find_opts_err(group, errp);
    if (!list) {
        return false;
    }
    opts = qemu_opts_find(list, id);
    if (!opts) {
        error_setg(errp, "there is no %s \"%s\" defined", list->name, id);
        return false;
    }
    return qemu_opt_set(opts, arg, str + offset + 1, errp);
}

/* What a client may ask about them */

static CommandLineParameterInfo *describe_parameter(const QemuOptDesc *desc)
{
    static const CommandLineParameterType types[] = {
        [QEMU_OPT_STRING] = COMMAND_LINE_PARAMETER_TYPE_STRING,
        [QEMU_OPT_BOOL] = COMMAND_LINE_PARAMETER_TYPE_BOOLEAN,
        [QEMU_OPT_NUMBER] = COMMAND_LINE_PARAMETER_TYPE_NUMBER,
        [QEMU_OPT_SIZE] = COMMAND_LINE_PARAMETER_TYPE_SIZE,
    };
    CommandLineParameterInfo *info = g_new0(CommandLineParameterInfo, 1);

    info->name = g_strdup(desc->name);
    info->type = types[desc->type];
    info->has_help = desc->help != NULL;
    info->help = g_strdup(desc->help);
    info->has_q_default = desc->def_value_str != NULL;
    info->q_default = g_strdup(desc->def_value_str);
    return info;
}

static CommandLineOptionInfo *describe_option(const char *name,
                                              const QemuOptDesc *desc)
{
    CommandLineOptionInfo *info = g_new0(CommandLineOptionInfo, 1);

    info->option = g_strdup(name);
    for (; desc->name; desc++) {
        QAPI_LIST_PREPEND(info->parameters, describe_parameter(desc));
    }
    return info;
}

/* -machine has no list: these are the properties that every board has. */
static const QemuOptDesc machine_opts[] = {
    { .name = "type", .type = QEMU_OPT_STRING, .help = "type of the machine" },
    { .name = "accel", .type = QEMU_OPT_STRING,
      .help = "accelerators to try, separated by colons" },
    { .name = "kernel", .type = QEMU_OPT_STRING, .help = "kernel to boot" },
    { .name = "initrd", .type = QEMU_OPT_STRING, .help = "its initial disk" },
    { .name = "append", .type = QEMU_OPT_STRING, .help = "its command line" },
    { .name = "dump-guest-core", .type = QEMU_OPT_BOOL,
      .help = "put the guest's memory into core dumps" },
    { .name = "mem-merge", .type = QEMU_OPT_BOOL,
      .help = "let the host merge equal pages" },
    { .name = "firmware", .type = QEMU_OPT_STRING,
      .help = "firmware to start" },
    { /* end of list */ }
};

CommandLineOptionInfoList *qmp_query_command_line_options(bool has_option,
                                                          const char *option,
                                                          Error **errp)
{
    CommandLineOptionInfoList *list = NULL;

    for (int i = 0; vm_config_groups[i]; i++) {
        const QemuOptsList *opts = vm_config_groups[i];

        if (!has_option || !strcmp(option, opts->name)) {
            QAPI_LIST_PREPEND(list, describe_option(opts->name, opts->desc));
        }
    }
    if (!has_option || !strcmp(option, "machine")) {
        QAPI_LIST_PREPEND(list, describe_option("machine", machine_opts));
    }
    if (!list) {
        error_setg(errp, "invalid option name: %s", option);
    }
    return list;
}

/* A section of a file is complete; nothing is in @prev_qdict but its keys. */
static void config_parse_qdict_section(QEMUConfigCB *cb, void *opaque,
                                       const char *group, QDict *qdict,
                                       Error **errp)
{
    if (qdict) {
        cb(group, qdict, opaque, errp);
        qobject_unref(qdict);
    }
}

/*
 * One line of a file: a comment, [group], [group "id"] or key = "value".
 * False if it is none of them.
 */
static bool config_parse_line(const char *line, char *group, char *id,
                              char *arg, char *value)
{
    int end = -1;

    *group = *id = *arg = 0;
    if (*line == '#' || !*line) {
        return true;
    }
    if (sscanf(line, "[%63s \"%63[^\"]\"]%n", group, id, &end) == 2
        && end > 0) {
        return true;
    }
    *id = 0;
    end = -1;
    if (sscanf(line, "[%63[^]\"]]%n", group, &end) == 1 && end > 0) {
        return true;
    }
    *group = 0;
    end = -1;
    *value = 0;
    if (sscanf(line, " %63s = \"%1023[^\"]\"%n", arg, value, &end) == 2
        && end > 0) {
        return true;
    }
    end = -1;
    sscanf(line, " %63s = \"\"%n", arg, &end);
    return end > 0;
}

/* Calls @cb for each section.  How many there were, or -errno. */
static int qemu_config_foreach(FILE *fp, QEMUConfigCB *cb, void *opaque,
                               const char *fname, Error **errp)
{
    Error *err = NULL;
    char line[1024], group[64], prev_group[64] = "", id[64], arg[64];
    char value[1024];
    Location loc;
    QDict *qdict = NULL;
    int res = -EINVAL, lno = 0, count = 0;

    loc_push_none(&loc);
    while (fgets(line, sizeof(line), fp)) {
        ++lno;
        g_strstrip(line);
        loc_set_file(fname, lno);
        if (!config_parse_line(line, group, id, arg, value)) {
            error_setg(&err, "parse error");
            goto out;
        }
        if (group[0]) {
            config_parse_qdict_section(cb, opaque, prev_group, qdict, &err);
            qdict = NULL;
            if (err) {
                goto out;
            }
            g_strlcpy(prev_group, group, sizeof(prev_group));
            qdict = qdict_new();
            if (id[0]) {
                qdict_put_str(qdict, "id", id);
            }
            count++;
        } else if (arg[0]) {
            if (!qdict) {
                error_setg(&err, "no group defined");
                goto out;
            }
            qdict_put_str(qdict, arg, value);
        }
    }
    if (ferror(fp)) {
        error_setg_errno(&err, errno, "Cannot read config file");
        goto out_no_loc;        /* it is about no line */
    }
    config_parse_qdict_section(cb, opaque, prev_group, qdict, &err);
    qdict = NULL;
    if (!err) {
        res = count;
    }
out:
    qobject_unref(qdict);
    /* If it ends the program, the message has the file and its line. */
    error_propagate(errp, err);
    loc_pop(&loc);
    return res;

out_no_loc:
    qobject_unref(qdict);
    loc_pop(&loc);
    error_propagate(errp, err);
    return res;
}

static void qemu_config_do_parse(const char *group, QDict *qdict,
                                 void *opaque, Error **errp)
{
    QemuOptsList *list = find_list(opaque, group, errp);

    if (list) {
        qemu_opts_from_qdict(list, qdict, errp);
    }
}

int qemu_config_parse(FILE *fp, QemuOptsList **lists, const char *fname,
                      Error **errp)
{
    return qemu_config_foreach(fp, qemu_config_do_parse, lists, fname, errp);
}

/* Options for @list: @sub becomes empty.  @indexed: it is one of an array. */
static bool config_absorb_section(QemuOptsList *list, QDict *sub, bool indexed,
                                  Error **errp)
{
    const char *key;
    QemuOpts *opts = qemu_opts_create(list, NULL, 0, errp);

    if (!opts) {
        return false;
    }
    if (!qemu_opts_absorb_qdict(opts, sub, errp)) {
        qemu_opts_del(opts);
        return false;
    }
    if (qdict_size(sub)) {
        key = qdict_entry_key(qdict_first(sub));
        if (indexed) {
            error_setg(errp, "[%s] section doesn't support the option '%s'",
                       list->name, key);
        } else {
            error_setg(errp, "Unknown option '%s' for [%s]", key, list->name);
        }
        qemu_opts_del(opts);
        return false;
    }
    return true;
}

static bool config_has_option(const QemuOptsList *list, const QDict *dict)
{
    for (const QemuOptDesc *desc = list->desc; desc->name; desc++) {
        if (qdict_haskey(dict, desc->name)) {
            return true;
        }
    }
    return false;
}

/* "GROUP.KEY", or "GROUP.0.KEY" and so on for many sections of that group. */
static bool config_parse_qdict_group(QDict *options, QemuOptsList *list,
                                     Error **errp)
{
    g_autofree char *prefix = g_strdup_printf("%s.", list->name);
    g_autoptr(QDict) all = NULL;

    qdict_extract_subqdict(options, &all, prefix);
    if (config_has_option(list, all)) {
        return config_absorb_section(list, all, false, errp);
    }
    for (int i = 0; qdict_size(all); i++) {
        g_autofree char *index = g_strdup_printf("%d", i);
        g_autofree char *start = g_strdup_printf("%d.", i);
        g_autoptr(QDict) section = NULL;

        qdict_extract_subqdict(all, &section, start);
        if (qdict_size(section)) {
            if (!config_absorb_section(list, section, true, errp)) {
                return false;
            }
        } else {
            if (qdict_haskey(all, index)) {
                error_setg(errp, "[%s] section (index %d) does not consist of "
                           "keys", list->name, i);
            } else {
                error_setg(errp, "Unused option '%s' for [%s]",
                           qdict_entry_key(qdict_first(all)), list->name);
            }
            return false;
        }
    }
    return true;
}

bool qemu_config_parse_qdict(QDict *options, QemuOptsList **lists,
                             Error **errp)
{
    for (int i = 0; lists[i]; i++) {
        if (!config_parse_qdict_group(options, lists[i], errp)) {
            return false;
        }
    }
    return true;
}

int qemu_read_config_file(const char *filename, QEMUConfigCB *cb, Error **errp)
{
    FILE *f = fopen(filename, "r");
    int ret;

    if (!f) {
        error_setg_file_open(errp, errno, filename);
        return -errno;
    }
    ret = qemu_config_foreach(f, cb, (void *)filename, filename, errp);
    fclose(f);
    return ret;
}
