/*
 * QemuOpts: groups of key=value options.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_OPTION_H
#define QEMU_OPTION_H

#include "qemu/queue.h"
#include "qapi/qmp/qdict.h"

/*
 * The command line's older way with options.  Three levels:
 *
 *     -netdev tap,id=a,ifname=x -netdev user,id=b
 *
 *     QemuOptsList "netdev"        what may be said: one per kind of option
 *     |-- QemuOpts id "a"          one per use on the command line
 *     |   |-- QemuOpt type=tap     (implied_opt_name gave "type")
 *     |   `-- QemuOpt ifname=x
 *     `-- QemuOpts id "b"
 *         `-- QemuOpt type=user
 *
 * In "key=value,flag,key=value" a comma ends a value unless it is doubled.
 * A key alone means key=on, "nokey" alone means key=off.  A list whose @desc
 * names no keys takes any, and whoever uses them checks; a list with keys
 * checks them, and converts numbers and sizes at once.
 *
 * Newer options use keyval_parse() (qemu/keyval.h), which knows structure.
 */

/*
 * Parse a comma separated value at @p up to its end, a single comma.  *@value
 * is a new string in which doubled commas are single.  Returns the position
 * of the comma, or of the end of @p.
 */
const char *get_opt_value(const char *p, char **value);

/*
 * Parse @value as a size: a number with an optional fraction and suffix
 * (B, K, M, G, T, P, E), bytes without one.
 */
bool parse_option_size(const char *name, const char *value,
                       uint64_t *ret, Error **errp);

/* Does the option string @param ask for help, by "help" or "?" among it? */
bool has_help_option(const char *param);

enum QemuOptType {
    QEMU_OPT_STRING = 0,  /* no parsing (use string as-is)                  */
    QEMU_OPT_BOOL,        /* on/off                                         */
    QEMU_OPT_NUMBER,      /* simple number                                  */
    QEMU_OPT_SIZE,        /* size, accepts (K)ilo, (M)ega, (G)iga, (T)era   */
};

/* A key that a list knows. */
typedef struct QemuOptDesc {
    const char *name;
    enum QemuOptType type;
    const char *help;
    const char *def_value_str;
} QemuOptDesc;

struct QemuOptsList {
    const char *name;
    const char *implied_opt_name;   /* key of a first value without a key */
    bool merge_lists;               /* uses of the option add up to one */
    QTAILQ_HEAD(, QemuOpts) head;
    QemuOptDesc desc[];             /* ends with a NULL name */
};

/* The value of @name that was set last, or @def_value_str, or NULL. */
const char *qemu_opt_get(QemuOpts *opts, const char *name);

/* As qemu_opt_get(), but the option is removed; g_free() the result. */
char *qemu_opt_get_del(QemuOpts *opts, const char *name);

/* Is there a key that asks for help? */
bool qemu_opt_has_help_opt(QemuOpts *opts);
QemuOpt *qemu_opt_find(QemuOpts *opts, const char *name);

/*
 * The value converted, or @defval if @name is not set.  In a list with
 * descriptions, @name's type there must be this one.
 */
bool qemu_opt_get_bool(QemuOpts *opts, const char *name, bool defval);
uint64_t qemu_opt_get_number(QemuOpts *opts, const char *name,
                             uint64_t defval);
uint64_t qemu_opt_get_size(QemuOpts *opts, const char *name, uint64_t defval);

/* The same, and the option is removed. */
bool qemu_opt_get_bool_del(QemuOpts *opts, const char *name, bool defval);
uint64_t qemu_opt_get_number_del(QemuOpts *opts, const char *name,
                                 uint64_t defval);
uint64_t qemu_opt_get_size_del(QemuOpts *opts, const char *name,
                               uint64_t defval);

/* Remove @name, in all its occurrences.  Returns 0, or 1 if there was none. */
int qemu_opt_unset(QemuOpts *opts, const char *name);

/* Add a value; a former one of the same key stays behind it. */
bool qemu_opt_set(QemuOpts *opts, const char *name, const char *value,
                  Error **errp);
bool qemu_opt_set_bool(QemuOpts *opts, const char *name, bool val,
                       Error **errp);
bool qemu_opt_set_number(QemuOpts *opts, const char *name, int64_t val,
                         Error **errp);

/* Called for each option.  Non-zero ends the loop, and is its result. */
typedef int (*qemu_opt_loopfunc)(void *opaque,
                                 const char *name, const char *value,
                                 Error **errp);
int qemu_opt_foreach(QemuOpts *opts, qemu_opt_loopfunc func, void *opaque,
                     Error **errp);

/* Walk all values of one key, oldest first. */
typedef struct {
    QemuOpts *opts;
    QemuOpt *opt;
    const char *name;
} QemuOptsIter;

void qemu_opt_iter_init(QemuOptsIter *iter, QemuOpts *opts, const char *name);
const char *qemu_opt_iter_next(QemuOptsIter *iter);

/* The group with @id; NULL finds the one that was given none. */
QemuOpts *qemu_opts_find(QemuOptsList *list, const char *id);

/*
 * A new group.  @id must be well-formed.  If it is taken: that group in a
 * list with merge_lists, an error if @fail_if_exists, else that group.
 */
QemuOpts *qemu_opts_create(QemuOptsList *list, const char *id,
                           int fail_if_exists, Error **errp);
void qemu_opts_reset(QemuOptsList *list);

/* Remember where the options came from, so that errors can say it. */
void qemu_opts_loc_restore(QemuOpts *opts);

const char *qemu_opts_id(QemuOpts *opts);
void qemu_opts_set_id(QemuOpts *opts, char *id);

/* Free the group and take it off its list.  NULL is fine. */
void qemu_opts_del(QemuOpts *opts);

/* Check options taken as they came against @desc, and convert them. */
bool qemu_opts_validate(QemuOpts *opts, const QemuOptDesc *desc, Error **errp);

/* Parse @params into @opts, behind what is there. */
bool qemu_opts_do_parse(QemuOpts *opts, const char *params,
                        const char *firstname, Error **errp);

/*
 * Parse @params into a new group.  With @permit_abbrev, a first value without
 * a key is the list's implied one.  NULL with an error reported.
 */
QemuOpts *qemu_opts_parse_noisily(QemuOptsList *list, const char *params,
                                  bool permit_abbrev);
QemuOpts *qemu_opts_parse(QemuOptsList *list, const char *params,
                          bool permit_abbrev, Error **errp);

/* From and to a QDict; "id" is the group's id.  Values become strings. */
QemuOpts *qemu_opts_from_qdict(QemuOptsList *list, const QDict *qdict,
                               Error **errp);
QDict *qemu_opts_to_qdict_filtered(QemuOpts *opts, QDict *qdict,
                                   QemuOptsList *list, bool del);
QDict *qemu_opts_to_qdict(QemuOpts *opts, QDict *qdict);

/* Move what @opts knows from @qdict to @opts. */
bool qemu_opts_absorb_qdict(QemuOpts *opts, QDict *qdict, Error **errp);

/* Called for each group.  Non-zero ends the loop, and is its result. */
typedef int (*qemu_opts_loopfunc)(void *opaque, QemuOpts *opts, Error **errp);
int qemu_opts_foreach(QemuOptsList *list, qemu_opts_loopfunc func,
                      void *opaque, Error **errp);

/* Print the options as they would be typed, with @separator between them. */
void qemu_opts_print(QemuOpts *opts, const char *sep);

/* List what @list knows: name, type, help. */
void qemu_opts_print_help(QemuOptsList *list, bool print_caption);
void qemu_opts_free(QemuOptsList *list);
QemuOptsList *qemu_opts_append(QemuOptsList *dst, QemuOptsList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuOpts, qemu_opts_del)

#endif
