/*
 * Bytes as hexadecimal, for people.
 *
 *     prefix: 0000: 48 65 6c 6c  6f 21 0a              Hello!.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"

/*
 * One line of up to QEMU_HEXDUMP_LINE_BYTES bytes, those from offset @b on of
 * @bufptr; @line holds QEMU_HEXDUMP_LINE_LEN characters.
 */
void qemu_hexdump_line(char *line, unsigned int b, const void *bufptr,
                       unsigned int len, bool ascii)
{
    const unsigned char *buf = bufptr;

    len = MIN(len, QEMU_HEXDUMP_LINE_BYTES);
    line += sprintf(line, "%04x:", b);
    for (unsigned int i = 0; i < QEMU_HEXDUMP_LINE_BYTES; i++) {
        if (i % 4 == 0) {
            *line++ = ' ';
        }
        if (i < len) {
            line += sprintf(line, " %02x", buf[b + i]);
        } else {
            line += sprintf(line, "   ");
        }
    }
    if (ascii) {
        *line++ = ' ';
        for (unsigned int i = 0; i < len; i++) {
            unsigned char c = buf[b + i];

            *line++ = c < ' ' || c > '~' ? '.' : c;
        }
    }
    *line = '\0';
}

void qemu_hexdump(FILE *fp, const char *prefix, const void *bufptr,
                  size_t size)
{
    char line[QEMU_HEXDUMP_LINE_LEN];

    for (size_t b = 0; b < size; b += QEMU_HEXDUMP_LINE_BYTES) {
        qemu_hexdump_line(line, b, bufptr, size - b, true);
        fprintf(fp, "%s: %s\n", prefix, line);
    }
}
