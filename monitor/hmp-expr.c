/*
 * Arithmetic in a line of the human monitor: `p ($eip + 4) * 2`.
 *
 * A recursive descent with one function for each level of precedence, from
 * weak to strong:
 *
 *     expr_sum     +  -
 *     expr_logic   &  |  ^
 *     expr_prod    *  /  %
 *     expr_unary   a number, 'c', $register, (sum), and + - ~ before one
 *
 * All is 64 bits wide and wraps.  The first error is said to the user by who
 * finds it; after that everybody returns false.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor-internal.h"
#include "monitor/hmp-target.h"
#include "qemu/ctype.h"

/* A line can come from a program and have a million parentheses. */
#define EXPR_MAX_DEPTH 64

typedef struct MonitorExpr {
    Monitor *mon;
    const char *p;              /* what is still to be read, no space first */
    int depth;
} MonitorExpr;

static bool expr_sum(MonitorExpr *e, int64_t *val);
static bool expr_unary(MonitorExpr *e, int64_t *val);

static bool expr_fail(MonitorExpr *e, const char *text)
{
    monitor_printf(e->mon, "%s\n", text);
    return false;
}

static void expr_skip_space(MonitorExpr *e)
{
    while (qemu_isspace(*e->p)) {
        e->p++;
    }
}

static void expr_next(MonitorExpr *e)
{
    if (*e->p) {
        e->p++;
        expr_skip_space(e);
    }
}

static bool expr_char(MonitorExpr *e, int64_t *val)
{
    e->p++;
    if (!*e->p) {
        return expr_fail(e, "character constant expected");
    }
    *val = *e->p++;
    if (*e->p != '\'') {
        return expr_fail(e, "missing terminating \' character");
    }
    expr_next(e);
    return true;
}

static bool expr_register(MonitorExpr *e, int64_t *val)
{
    size_t len = 0;
    g_autofree char *name = NULL;

    e->p++;
    while (qemu_isalnum(e->p[len]) || (e->p[len] && strchr("_.:", e->p[len]))) {
        len++;
    }
    name = g_strndup(e->p, len);
    e->p += len;
    expr_skip_space(e);
    if (get_monitor_def(e->mon, val, name) < 0) {
        return expr_fail(e, "unknown register");
    }
    return true;
}

static bool expr_number(MonitorExpr *e, int64_t *val)
{
    char *end;

    errno = 0;
    *val = strtoull(e->p, &end, 0);
    if (errno == ERANGE) {
        return expr_fail(e, "number too large");
    }
    if (end == e->p) {
        monitor_printf(e->mon, "invalid char '%c' in expression\n", *e->p);
        return false;
    }
    e->p = end;
    expr_skip_space(e);
    return true;
}

static bool expr_unary_level(MonitorExpr *e, int64_t *val)
{
    char op = *e->p;

    switch (op) {
    case '+':
    case '-':
    case '~':
        expr_next(e);
        if (!expr_unary(e, val)) {
            return false;
        }
        *val = op == '-' ? -(uint64_t)*val : op == '~' ? ~*val : *val;
        return true;
    case '(':
        expr_next(e);
        if (!expr_sum(e, val)) {
            return false;
        }
        if (*e->p != ')') {
            return expr_fail(e, "')' expected");
        }
        expr_next(e);
        return true;
    case '\'':
        return expr_char(e, val);
    case '$':
        return expr_register(e, val);
    case '\0':
        return expr_fail(e, "unexpected end of expression");
    default:
        return expr_number(e, val);
    }
}

static bool expr_unary(MonitorExpr *e, int64_t *val)
{
    bool ok;

    if (e->depth == EXPR_MAX_DEPTH) {
        return expr_fail(e, "expression is nested too deeply");
    }
    e->depth++;
    ok = expr_unary_level(e, val);
    e->depth--;
    return ok;
}

static bool expr_prod(MonitorExpr *e, int64_t *val)
{
    int64_t val2;

    if (!expr_unary(e, val)) {
        return false;
    }
    while (*e->p == '*' || *e->p == '/' || *e->p == '%') {
        char op = *e->p;

        expr_next(e);
        if (!expr_unary(e, &val2)) {
            return false;
        }
        if (op == '*') {
            *val *= val2;
        } else if (!val2) {
            return expr_fail(e, "division by zero");
        } else if (val2 == -1) {
            /* The smallest number has no negative: the CPU would trap. */
            *val = op == '/' ? -(uint64_t)*val : 0;
        } else if (op == '/') {
            *val /= val2;
        } else {
            *val %= val2;
        }
    }
    return true;
}

static bool expr_logic(MonitorExpr *e, int64_t *val)
{
    int64_t val2;

    if (!expr_prod(e, val)) {
        return false;
    }
    while (*e->p == '&' || *e->p == '|' || *e->p == '^') {
        char op = *e->p;

        expr_next(e);
        if (!expr_prod(e, &val2)) {
            return false;
        }
        if (op == '&') {
            *val &= val2;
        } else if (op == '|') {
            *val |= val2;
        } else {
            *val ^= val2;
        }
    }
    return true;
}

static bool expr_sum(MonitorExpr *e, int64_t *val)
{
    int64_t val2;

    if (!expr_logic(e, val)) {
        return false;
    }
    while (*e->p == '+' || *e->p == '-') {
        char op = *e->p;

        expr_next(e);
        if (!expr_logic(e, &val2)) {
            return false;
        }
        *val += op == '+' ? val2 : -(uint64_t)val2;
    }
    return true;
}

bool hmp_get_expr(Monitor *mon, const char **pp, int64_t *val)
{
    MonitorExpr e = { .mon = mon, .p = *pp };

    expr_skip_space(&e);
    if (!expr_sum(&e, val)) {
        return false;
    }
    *pp = e.p;
    return true;
}
