/*
 * Numbers in text, for include/qemu/cutils.h.
 *
 * strtol() and its kin say what is wrong in three different ways: errno, an
 * end pointer that did not move, and a value that can also be right.  Here
 * each becomes one return value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <math.h>
#include "qemu/ctype.h"
#include "qemu/cutils.h"

/*
 * The common end of all conversions: @ep is where the library stopped and
 * @libc_errno what it said.
 */
static int check_strtox_error(const char *nptr, char *ep,
                              const char **endptr, int libc_errno)
{
    if (endptr) {
        *endptr = ep;
    }
    /* Nothing there; or something behind the number, and nobody to look. */
    if (libc_errno == 0 && ep == nptr) {
        return -EINVAL;
    }
    if (!endptr && *ep) {
        return -EINVAL;
    }
    return -libc_errno;
}

/* Before a conversion: without a string there is no number. */
static int no_number(const char **endptr, const char *nptr)
{
    if (endptr) {
        *endptr = nptr;
    }
    return -EINVAL;
}

int qemu_strtoi64(const char *nptr, const char **endptr, int base,
                  int64_t *result)
{
    char *ep;

    assert((unsigned)base <= 36 && base != 1);
    if (!nptr) {
        *result = 0;
        return no_number(endptr, nptr);
    }
    QEMU_BUILD_BUG_ON(sizeof(int64_t) != sizeof(long long));
    errno = 0;
    *result = strtoll(nptr, &ep, base);
    return check_strtox_error(nptr, ep, endptr, errno);
}

/* A minus sign negates modulo 2^64, as strtoull() does. */
int qemu_strtou64(const char *nptr, const char **endptr, int base,
                  uint64_t *result)
{
    char *ep;

    assert((unsigned)base <= 36 && base != 1);
    if (!nptr) {
        *result = 0;
        return no_number(endptr, nptr);
    }
    errno = 0;
    *result = strtoull(nptr, &ep, base);
    /* -1 on a number out of range is not the negated limit. */
    if (errno == ERANGE) {
        *result = UINT64_MAX;
    }
    return check_strtox_error(nptr, ep, endptr, errno);
}

int qemu_strtol(const char *nptr, const char **endptr, int base,
                long *result)
{
    int64_t wide;
    int ret = qemu_strtoi64(nptr, endptr, base, &wide);

    QEMU_BUILD_BUG_ON(sizeof(long) != sizeof(int64_t));
    *result = wide;
    return ret;
}

int qemu_strtoul(const char *nptr, const char **endptr, int base,
                 unsigned long *result)
{
    uint64_t wide;
    int ret = qemu_strtou64(nptr, endptr, base, &wide);

    *result = wide;
    return ret;
}

int qemu_strtoi(const char *nptr, const char **endptr, int base, int *result)
{
    int64_t wide;
    int ret = qemu_strtoi64(nptr, endptr, base, &wide);

    if (wide < INT_MIN || wide > INT_MAX) {
        *result = wide < 0 ? INT_MIN : INT_MAX;
        return ret == -EINVAL ? ret : -ERANGE;
    }
    *result = wide;
    return ret;
}

/* What -UINT_MAX to UINT_MAX says fits; the sign wraps as in strtoul(). */
int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result)
{
    uint64_t wide;
    int ret = qemu_strtou64(nptr, endptr, base, &wide);

    if (wide > UINT_MAX && -wide > UINT_MAX) {
        *result = UINT_MAX;
        return ret == -EINVAL ? ret : -ERANGE;
    }
    *result = wide;
    return ret;
}

int qemu_strtod(const char *nptr, const char **endptr, double *result)
{
    char *ep;

    if (!nptr) {
        *result = 0.0;
        return no_number(endptr, nptr);
    }
    errno = 0;
    *result = strtod(nptr, &ep);
    return check_strtox_error(nptr, ep, endptr, errno);
}

int qemu_strtod_finite(const char *nptr, const char **endptr, double *result)
{
    double value;
    int ret = qemu_strtod(nptr, endptr, &value);

    if (!ret && !isfinite(value)) {
        if (endptr) {
            *endptr = nptr;
        }
        return -EINVAL;
    }
    if (ret != -EINVAL) {
        *result = value;
    }
    return ret;
}

int parse_uint(const char *s, unsigned long long *value, char **endptr,
               int base)
{
    char *endp = (char *)s;
    unsigned long long val = 0;
    const char *p = s;
    int ret = 0;

    assert((unsigned)base <= 36 && base != 1);
    if (!s) {
        ret = -EINVAL;
        goto out;
    }
    while (qemu_isspace(*p)) {
        p++;
    }
    if (*p == '-') {
        ret = -EINVAL;
        goto out;
    }
    errno = 0;
    val = strtoull(s, &endp, base);
    if (errno) {
        ret = -errno;
    } else if (endp == s) {
        ret = -EINVAL;
    }
out:
    *value = val;
    *endptr = endp;
    return ret;
}

int parse_uint_full(const char *s, unsigned long long *value, int base)
{
    char *endp;
    int ret = parse_uint(s, value, &endp, base);

    if (ret < 0) {
        return ret;
    }
    if (*endp) {
        *value = 0;
        return -EINVAL;
    }
    return 0;
}

/* Sizes */

static int64_t suffix_mul(char suffix, int64_t unit)
{
    switch (qemu_toupper(suffix)) {
    case 'B':
        return 1;
    case 'K':
        return unit;
    case 'M':
        return unit * unit;
    case 'G':
        return unit * unit * unit;
    case 'T':
        return unit * unit * unit * unit;
    case 'P':
        return unit * unit * unit * unit * unit;
    case 'E':
        return unit * unit * unit * unit * unit * unit;
    }
    return -1;
}

/* The digits behind "1." as a fraction of 2^64; false if there is none. */
static bool parse_fraction(const char *p, const char **end, uint64_t *fraction)
{
    double f = 0.0, digit = 0.1;

    for (; qemu_isdigit(*p); p++, digit /= 10) {
        f += (*p - '0') * digit;
    }
    *end = p;
    *fraction = f >= 1.0 ? UINT64_MAX : (uint64_t)(f * 0x1p64);
    return f != 0.0;
}

/*
 * The number before the point is exact in 64 bits.  A fraction needs a suffix
 * bigger than bytes, and neither goes with hexadecimal.  No exponents: 'e' is
 * a suffix.
 */
static int do_strtosz(const char *nptr, const char **end, char default_suffix,
                      int64_t unit, uint64_t *result)
{
    const char *endptr, *p;
    uint64_t val = 0, fraction = 0;
    __uint128_t total;
    int64_t mul;
    bool hex, has_fraction = false;
    int ret;

    *result = 0;
    endptr = nptr;
    if (!nptr) {
        ret = -EINVAL;
        goto out;
    }
    for (p = nptr; qemu_isspace(*p); p++) {
    }
    if (*p == '-') {
        ret = -EINVAL;
        goto out;
    }
    hex = g_ascii_strncasecmp(p + (*p == '+'), "0x", 2) == 0;
    if (*p == '.') {
        /* ".5k": no digits before the point. */
        if (!qemu_isdigit(p[1])) {
            ret = -EINVAL;
            goto out;
        }
        endptr = p;
    } else {
        ret = qemu_strtou64(nptr, &endptr, hex ? 16 : 10, &val);
        if (ret < 0) {
            goto out;
        }
    }
    if (*endptr == '.') {
        if (hex) {
            ret = -EINVAL;
            endptr = nptr;
            goto out;
        }
        has_fraction = parse_fraction(endptr + 1, &endptr, &fraction);
    }

    mul = suffix_mul(*endptr, unit);
    if (mul > 0) {
        endptr++;
    } else {
        mul = suffix_mul(default_suffix, unit);
        assert(mul > 0);
    }
    if (mul == 1 && has_fraction) {
        ret = -EINVAL;
        endptr = nptr;
        goto out;
    }

    total = (__uint128_t)val * mul;
    if (has_fraction) {
        __uint128_t part = (__uint128_t)fraction * mul;

        /* To the nearest byte. */
        total += (uint64_t)(part >> 64) + ((part >> 63) & 1);
    }
    if (total > UINT64_MAX) {
        ret = -ERANGE;
        goto out;
    }
    *result = total;
    ret = 0;

out:
    if (end) {
        *end = endptr;
    } else if (ret == 0 && *endptr) {
        *result = 0;
        ret = -EINVAL;
    }
    return ret;
}

int qemu_strtosz(const char *nptr, const char **end, uint64_t *result)
{
    return do_strtosz(nptr, end, 'B', 1024, result);
}

int qemu_strtosz_MiB(const char *nptr, const char **end, uint64_t *result)
{
    return do_strtosz(nptr, end, 'M', 1024, result);
}

int qemu_strtosz_metric(const char *nptr, const char **end, uint64_t *result)
{
    return do_strtosz(nptr, end, 'B', 1000, result);
}
