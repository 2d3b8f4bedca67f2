/*
 * Base64 that comes from outside and must be checked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_BASE64_H
#define QEMU_BASE64_H

/*
 * Decode @input, @in_len characters, or up to its NUL if @in_len is -1.  The
 * result is the caller's to free and has a NUL behind its *@out_len bytes;
 * NULL with @errp set if there is anything that is not base64.
 */
uint8_t *qbase64_decode(const char *input, size_t in_len, size_t *out_len,
                        Error **errp);

#endif
