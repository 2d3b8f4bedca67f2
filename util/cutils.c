/*
 * Strings.  Read include/qemu/cutils.h first; numbers are in util/strnum.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"

void strpadcpy(char *buf, int buf_size, const char *str, char pad)
{
    int len = qemu_strnlen(str, buf_size);

    memcpy(buf, str, len);
    memset(buf + len, pad, buf_size - len);
}

void pstrcpy(char *buf, int buf_size, const char *str)
{
    int len;

    if (buf_size <= 0) {
        return;
    }
    len = qemu_strnlen(str, buf_size - 1);
    memcpy(buf, str, len);
    buf[len] = '\0';
}

char *pstrcat(char *buf, int buf_size, const char *s)
{
    int len = strlen(buf);

    if (len < buf_size) {
        pstrcpy(buf + len, buf_size - len, s);
    }
    return buf;
}

int strstart(const char *str, const char *val, const char **ptr)
{
    size_t len = strlen(val);

    if (strncmp(str, val, len) != 0) {
        return 0;
    }
    if (ptr) {
        *ptr = str + len;
    }
    return 1;
}

int stristart(const char *str, const char *val, const char **ptr)
{
    size_t len = strlen(val);

    if (g_ascii_strncasecmp(str, val, len) != 0) {
        return 0;
    }
    if (ptr) {
        *ptr = str + len;
    }
    return 1;
}

int qemu_strnlen(const char *s, int max_len)
{
    return strnlen(s, max_len);
}

char *qemu_strsep(char **input, const char *delim)
{
    char *piece = *input;

    if (piece) {
        char *end = piece + strcspn(piece, delim);

        *input = *end ? end + 1 : NULL;
        *end = '\0';
    }
    return piece;
}

time_t mktimegm(struct tm *tm)
{
    return timegm(tm);
}

int parse_debug_env(const char *name, int max, int initial)
{
    const char *text = getenv(name);
    long debug;

    if (!text || qemu_strtol(text, NULL, 10, &debug) < 0 || debug < 0) {
        return initial;
    }
    return MIN(debug, max);
}

/* Lengths below 2^14 */

int uleb128_encode_small(uint8_t *out, uint32_t n)
{
    g_assert(n <= 0x3fff);
    if (n < 0x80) {
        *out = n;
        return 1;
    }
    *out++ = (n & 0x7f) | 0x80;
    *out = n >> 7;
    return 2;
}

int uleb128_decode_small(const uint8_t *in, uint32_t *n)
{
    if (!(*in & 0x80)) {
        *n = *in;
        return 1;
    }
    *n = *in++ & 0x7f;
    if (*in & 0x80) {
        return -1;
    }
    *n |= *in << 7;
    return 2;
}

/* For people */

/* Three digits and the unit that leaves the number below 1000. */
static char *number_with_unit(double val, double step,
                              const char *const *units)
{
    while (val >= 1000 && units[1]) {
        val /= step;
        units++;
    }
    return g_strdup_printf("%0.3g %s", val, *units);
}

char *size_to_str(uint64_t val)
{
    static const char *const units[] = {
        "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", NULL
    };

    return number_with_unit(val, 1024, units);
}

char *freq_to_str(uint64_t freq_hz)
{
    static const char *const units[] = {
        "Hz", "KHz", "MHz", "GHz", "THz", "PHz", "EHz", NULL
    };

    return number_with_unit(freq_hz, 1000, units);
}

const char *si_prefix(unsigned int exponent)
{
    static const char *const prefixes[] = {
        "a", "f", "p", "n", "u", "m", "", "K", "M", "G", "T", "P", "E"
    };

    exponent += 18;
    assert(exponent % 3 == 0 && exponent / 3 < ARRAY_SIZE(prefixes));
    return prefixes[exponent / 3];
}

const char *iec_binary_prefix(unsigned int exponent)
{
    static const char *const prefixes[] = {
        "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"
    };

    assert(exponent % 10 == 0 && exponent / 10 < ARRAY_SIZE(prefixes));
    return prefixes[exponent / 10];
}

int qemu_pstrcmp0(const char **str1, const char **str2)
{
    return g_strcmp0(*str1, *str2);
}

/* Where the program is installed */

static char *exec_dir;

/*
 * /proc knows best; otherwise the directory of @argv0.  Called once by main.
 */
void qemu_init_exec_dir(const char *argv0)
{
    g_autofree char *exe = NULL;

    if (exec_dir) {
        return;
    }
    exe = g_file_read_link("/proc/self/exe", NULL);
    if (!exe) {
        exe = realpath(argv0, NULL);
    }
    exec_dir = exe ? g_path_get_dirname(exe) : g_strdup("");
}

const char *qemu_get_exec_dir(void)
{
    return exec_dir ? exec_dir : "";
}

/*
 * qemini is run from where it was built; a path is good as it is if it is
 * absolute, and otherwise starts where the program is.
 */
char *get_relocated_path(const char *dir)
{
    if (g_path_is_absolute(dir) || !exec_dir || !*exec_dir) {
        return g_strdup(dir);
    }
    return g_build_filename(exec_dir, dir, NULL);
}
