/*
 * Strings and numbers: parsing that says what is wrong, copies that know the
 * size of the buffer.
 *
 * The qemu_strto* family replaces strtol() and its like, whose errors are
 * easily missed.  They return 0, or
 *
 *     -EINVAL   no number there (*result is 0), or, when @endptr is NULL,
 *               something behind it
 *     -ERANGE   a number that does not fit (*result is the limit)
 *
 * and *@endptr is set to the first character not used, as long as @nptr is
 * not NULL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CUTILS_H
#define QEMU_CUTILS_H

/*
 * Copy to a buffer of @buf_size bytes, cut off if need be; the result always
 * ends in a NUL.  strpadcpy() fills up with @pad instead and has no NUL.
 */
void strpadcpy(char *buf, int buf_size, const char *str, char pad);
void pstrcpy(char *buf, int buf_size, const char *str);
char *pstrcat(char *buf, int buf_size, const char *s);

/*
 * Whether @str starts with @val; if so and @ptr is not NULL, *@ptr is what
 * follows.  stristart() ignores case.
 */
int strstart(const char *str, const char *val, const char **ptr);
int stristart(const char *str, const char *val, const char **ptr);

/* strlen() that looks at no more than @max_len bytes. */
int qemu_strnlen(const char *s, int max_len);

/*
 * Cut *@input at the first character of @delim and step behind it; returns the
 * piece in front, or NULL at the end.  Empty pieces count.
 */
char *qemu_strsep(char **input, const char *delim);

/* The first @c in @s, or the end of it. */
static inline const char *qemu_strchrnul(const char *s, int c)
{
    return strchrnul(s, c);
}

/* Seconds since 1970 of a struct tm that is in UTC. */
time_t mktimegm(struct tm *tm);

/* Numbers; see above */

int qemu_strtoi(const char *nptr, const char **endptr, int base,
                int *result);
int qemu_strtoui(const char *nptr, const char **endptr, int base,
                 unsigned int *result);
int qemu_strtol(const char *nptr, const char **endptr, int base,
                long *result);
int qemu_strtoul(const char *nptr, const char **endptr, int base,
                 unsigned long *result);
int qemu_strtoi64(const char *nptr, const char **endptr, int base,
                  int64_t *result);
int qemu_strtou64(const char *nptr, const char **endptr, int base,
                  uint64_t *result);

/* The second refuses infinity and NaN with -EINVAL. */
int qemu_strtod(const char *nptr, const char **endptr, double *result);
int qemu_strtod_finite(const char *nptr, const char **endptr, double *result);

/* An unsigned number without a sign; the second takes the whole string. */
int parse_uint(const char *s, unsigned long long *value, char **endptr,
               int base);
int parse_uint_full(const char *s, unsigned long long *value, int base);

/*
 * Sizes such as "512M", "1.5G" or "0x100": bytes, or with a suffix B, K, M, G,
 * T, P or E of either case.  Without a suffix, qemu_strtosz() means bytes,
 * _MiB mebibytes; _metric's factors are powers of 1000.
 */
int qemu_strtosz(const char *nptr, const char **end, uint64_t *result);
int qemu_strtosz_MiB(const char *nptr, const char **end, uint64_t *result);
int qemu_strtosz_metric(const char *nptr, const char **end, uint64_t *result);

/* "1.5 KiB" and "1.5 KHz"; the caller frees. */
char *size_to_str(uint64_t val);

/*
 * The letters in front of a unit that mean 10 to the power of @exponent, from
 * "a" for -18 to "E" for 18, or 2 to that power, up to "Ei" for 60.  @exponent
 * must be a multiple of 3, or of 10.
 */
const char *si_prefix(unsigned int exponent);
const char *iec_binary_prefix(unsigned int exponent);
char *freq_to_str(uint64_t freq_hz);

/* The number in environment variable @name, or @initial; at most @max. */
int parse_debug_env(const char *name, int max, int initial);

/* The bytes as hex, 16 a line, offset in front and text behind. */
#define QEMU_HEXDUMP_LINE_BYTES 16
#define QEMU_HEXDUMP_LINE_LEN 75
void qemu_hexdump_line(char *line, unsigned int b, const void *bufptr,
                       unsigned int len, bool ascii);
void qemu_hexdump(FILE *fp, const char *prefix, const void *bufptr,
                  size_t size);

/* Whether all @len bytes are zero. */
bool buffer_is_zero(const void *buf, size_t len);

/*
 * Numbers below 2^14, seven bits a byte, the top bit meaning "more".  Return
 * how many bytes there are, or -1 for input that is not in this form.
 */
int uleb128_encode_small(uint8_t *out, uint32_t n);
int uleb128_decode_small(const uint8_t *in, uint32_t *n);

/* g_strcmp0() in the form that g_ptr_array_sort() and qsort() want. */
int qemu_pstrcmp0(const char **str1, const char **str2);

/*
 * The path @dir of the installation as it is from where the program really
 * is: so that a build directory, or a moved installation, finds its data.
 * The caller frees.
 */
char *get_relocated_path(const char *dir);

/* For people. */
static inline const char *yes_no(bool b)
{
    return b ? "yes" : "no";
}

#endif
