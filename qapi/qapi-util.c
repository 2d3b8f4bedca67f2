/*
 * What generated code and its users share: enums by name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/compat-policy.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "qapi/util.h"

CompatPolicy compat_policy;

bool compat_policy_input_ok(unsigned special_features,
                            const CompatPolicy *policy,
                            ErrorClass error_class,
                            const char *kind, const char *name,
                            Error **errp)
{
    const struct {
        unsigned feature;
        const char *adjective;
        CompatPolicyInput input;
    } checks[] = {
        { 1u << QAPI_DEPRECATED, "Deprecated", policy->deprecated_input },
        { 1u << QAPI_UNSTABLE, "Unstable", policy->unstable_input },
    };

    for (int i = 0; i < ARRAY_SIZE(checks); i++) {
        if (!(special_features & checks[i].feature)) {
            continue;
        }
        switch (checks[i].input) {
        case COMPAT_POLICY_INPUT_ACCEPT:
            break;
        case COMPAT_POLICY_INPUT_REJECT:
            error_set(errp, error_class, "%s %s %s disabled by policy",
                      checks[i].adjective, kind, name);
            return false;
        case COMPAT_POLICY_INPUT_CRASH:
        default:
            abort();
        }
    }
    return true;
}

const char *qapi_enum_lookup(const QEnumLookup *lookup, int val)
{
    assert(val >= 0 && val < lookup->size);
    return lookup->array[val];
}

int qapi_enum_parse(const QEnumLookup *lookup, const char *buf,
                    int def, Error **errp)
{
    if (!buf) {
        return def;
    }
    for (int i = 0; i < lookup->size; i++) {
        if (g_str_equal(buf, lookup->array[i])) {
            return i;
        }
    }
    error_setg(errp, "invalid parameter value: %s", buf);
    return def;
}

bool qapi_bool_parse(const char *name, const char *value, bool *obj,
                     Error **errp)
{
    static const char *const words[] = {
        "on", "yes", "true", "y", "off", "no", "false", "n"
    };

    for (int i = 0; i < ARRAY_SIZE(words); i++) {
        if (g_str_equal(value, words[i])) {
            *obj = i < ARRAY_SIZE(words) / 2;
            return true;
        }
    }
    error_setg(errp, QERR_INVALID_PARAMETER_VALUE, name, "'on' or 'off'");
    return false;
}

int parse_qapi_name(const char *str, bool complete)
{
    const char *p = str;

    if (*p == '_') {
        /* A downstream prefix: __RFQDN_ */
        if (*++p != '_') {
            return -1;
        }
        p++;
        while (g_ascii_isalnum(*p) || *p == '-' || *p == '.') {
            p++;
        }
        if (*p++ != '_') {
            return -1;
        }
    }
    if (!g_ascii_isalpha(*p)) {
        return -1;
    }
    while (g_ascii_isalnum(*p) || *p == '-' || *p == '_') {
        p++;
    }
    return complete && *p ? -1 : p - str;
}
