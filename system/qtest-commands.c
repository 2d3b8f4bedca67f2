/*
 * qtest: the commands that read and write ports and memory, and the tables of
 * all commands.
 *
 * Read first: include/sysemu/qtest.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/ioport.h"
#include "exec/memory.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "sysemu/qtest.h"
#include "qtest-int.h"

static bool qtest_number(CharBackend *chr, const char *word, uint64_t *value)
{
    if (qemu_strtou64(word, NULL, 0, value) == 0) {
        return true;
    }
    qtest_fail(chr, "invalid number '%s'", word);
    return false;
}

/* An address and a size which do not wrap around. */
static bool qtest_range(CharBackend *chr, char **words,
                        uint64_t *addr, uint64_t *len)
{
    if (!qtest_number(chr, words[1], addr) ||
        !qtest_number(chr, words[2], len)) {
        return false;
    }
    if (*len > 0 && *addr + (*len - 1) < *addr) {
        qtest_fail(chr, "range %s+%s is beyond the address space",
                   words[1], words[2]);
        return false;
    }
    return true;
}

static void qtest_cmd_in(CharBackend *chr, const QTestCommand *cmd,
                         char **words)
{
    uint32_t value;
    uint64_t addr;

    if (!qtest_number(chr, words[1], &addr)) {
        return;
    }
    value = cmd->size == 1 ? cpu_inb(addr) :
            cmd->size == 2 ? cpu_inw(addr) : cpu_inl(addr);
    qtest_send_prefix(chr);
    qtest_sendf(chr, "OK 0x%04x\n", value);
}

static void qtest_cmd_out(CharBackend *chr, const QTestCommand *cmd,
                          char **words)
{
    uint64_t addr, value;

    if (!qtest_number(chr, words[1], &addr) ||
        !qtest_number(chr, words[2], &value)) {
        return;
    }
    switch (cmd->size) {
    case 1:
        cpu_outb(addr, value);
        break;
    case 2:
        cpu_outw(addr, value);
        break;
    default:
        cpu_outl(addr, value);
        break;
    }
    qtest_ok(chr);
}

/* readb, readw, readl, readq: in the target's byte order */
static void qtest_cmd_readn(CharBackend *chr, const QTestCommand *cmd,
                            char **words)
{
    uint8_t buf[8] = { };
    uint64_t addr;

    if (!qtest_number(chr, words[1], &addr)) {
        return;
    }
    address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                       buf, cmd->size);
    qtest_send_prefix(chr);
    qtest_sendf(chr, "OK 0x%016" PRIx64 "\n",
                target_words_bigendian() ? ldn_be_p(buf, cmd->size) :
                                           ldn_le_p(buf, cmd->size));
}

static void qtest_cmd_writen(CharBackend *chr, const QTestCommand *cmd,
                             char **words)
{
    uint64_t addr, value;
    uint8_t buf[8];

    if (!qtest_number(chr, words[1], &addr) ||
        !qtest_number(chr, words[2], &value)) {
        return;
    }
    if (target_words_bigendian()) {
        stn_be_p(buf, cmd->size, value);
    } else {
        stn_le_p(buf, cmd->size, value);
    }
    address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                        buf, cmd->size);
    qtest_ok(chr);
}

/*
 * Blocks are moved in pieces: whatever size a client asks for, it costs us no
 * memory.  A multiple of 3, so that the pieces of base64 fit together.
 */
#define QTEST_PIECE 3072

static void qtest_cmd_read(CharBackend *chr, const QTestCommand *cmd,
                           char **words)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t data[QTEST_PIECE];
    char hex[QTEST_PIECE * 2];
    uint64_t addr, len;

    if (!qtest_range(chr, words, &addr, &len)) {
        return;
    }
    if (len == 0) {
        qtest_fail(chr, "invalid argument size");
        return;
    }

    qtest_send_prefix(chr);
    qtest_send(chr, "OK 0x", 5);
    while (len > 0) {
        size_t n = MIN(len, QTEST_PIECE);

        address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                           data, n);
        for (size_t i = 0; i < n; i++) {
            hex[2 * i] = digits[data[i] >> 4];
            hex[2 * i + 1] = digits[data[i] & 0xf];
        }
        qtest_send(chr, hex, n * 2);
        addr += n;
        len -= n;
    }
    qtest_send(chr, "\n", 1);
}

/* Digits that are missing at the end are zeros. */
static void qtest_cmd_write(CharBackend *chr, const QTestCommand *cmd,
                            char **words)
{
    const char *hex = words[3];
    size_t hex_len = strlen(hex);
    uint64_t addr, len;

    if (!qtest_range(chr, words, &addr, &len)) {
        return;
    }
    if (hex_len < 3 || !g_str_has_prefix(hex, "0x") ||
        strspn(hex + 2, "0123456789abcdefABCDEF") != hex_len - 2) {
        qtest_fail(chr, "invalid argument size");
        return;
    }
    hex += 2;
    hex_len -= 2;

    while (len > 0) {
        uint8_t data[QTEST_PIECE] = { };
        size_t n = MIN(len, QTEST_PIECE);

        for (size_t i = 0; i < n && hex_len >= 2; i++) {
            data[i] = g_ascii_xdigit_value(hex[0]) << 4 |
                      g_ascii_xdigit_value(hex[1]);
            hex += 2;
            hex_len -= 2;
        }
        address_space_write(&address_space_memory, addr,
                            MEMTXATTRS_UNSPECIFIED, data, n);
        addr += n;
        len -= n;
    }
    qtest_ok(chr);
}

static void qtest_cmd_memset(CharBackend *chr, const QTestCommand *cmd,
                             char **words)
{
    uint64_t addr, len, pattern;

    if (!qtest_range(chr, words, &addr, &len) ||
        !qtest_number(chr, words[3], &pattern)) {
        return;
    }
    if (len > 0) {
        address_space_set(&address_space_memory, addr, pattern, len,
                          MEMTXATTRS_UNSPECIFIED);
    }
    qtest_ok(chr);
}

static void qtest_cmd_b64read(CharBackend *chr, const QTestCommand *cmd,
                              char **words)
{
    uint8_t data[QTEST_PIECE];
    uint64_t addr, len;

    if (!qtest_range(chr, words, &addr, &len)) {
        return;
    }
    qtest_send_prefix(chr);
    qtest_send(chr, "OK ", 3);
    while (len > 0) {
        size_t n = MIN(len, QTEST_PIECE);
        g_autofree char *b64 = NULL;

        address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                           data, n);
        b64 = g_base64_encode(data, n);
        qtest_send(chr, b64, strlen(b64));
        addr += n;
        len -= n;
    }
    qtest_send(chr, "\n", 1);
}

static void qtest_cmd_b64write(CharBackend *chr, const QTestCommand *cmd,
                               char **words)
{
    uint64_t addr, len;
    gsize out_len;
    guchar *data;

    if (!qtest_range(chr, words, &addr, &len)) {
        return;
    }
    data = g_base64_decode_inplace(words[3], &out_len);
    if (out_len != len) {
        qtest_log_send("b64write: data length mismatch (told %" PRIu64
                       ", found %zu)\n", len, out_len);
        out_len = MIN(out_len, len);
    }
    address_space_write(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                        data, out_len);
    qtest_ok(chr);
}

static void qtest_cmd_endianness(CharBackend *chr, const QTestCommand *cmd,
                                 char **words)
{
    qtest_send_prefix(chr);
    qtest_sendf(chr, "OK %s\n", target_words_bigendian() ? "big" : "little");
}

/* Everything is built in, so everything can be loaded. */
static void qtest_cmd_module_load(CharBackend *chr, const QTestCommand *cmd,
                                  char **words)
{
    qtest_ok(chr);
}

static const QTestCommand qtest_commands[] = {
    { "readb", 1, qtest_cmd_readn, 1 },
    { "readw", 1, qtest_cmd_readn, 2 },
    { "readl", 1, qtest_cmd_readn, 4 },
    { "readq", 1, qtest_cmd_readn, 8 },
    { "writeb", 2, qtest_cmd_writen, 1 },
    { "writew", 2, qtest_cmd_writen, 2 },
    { "writel", 2, qtest_cmd_writen, 4 },
    { "writeq", 2, qtest_cmd_writen, 8 },
    { "inb", 1, qtest_cmd_in, 1 },
    { "inw", 1, qtest_cmd_in, 2 },
    { "inl", 1, qtest_cmd_in, 4 },
    { "outb", 2, qtest_cmd_out, 1 },
    { "outw", 2, qtest_cmd_out, 2 },
    { "outl", 2, qtest_cmd_out, 4 },
    { "read", 2, qtest_cmd_read },
    { "write", 3, qtest_cmd_write },
    { "b64read", 2, qtest_cmd_b64read },
    { "b64write", 3, qtest_cmd_b64write },
    { "memset", 3, qtest_cmd_memset },
    { "endianness", 0, qtest_cmd_endianness },
    { "irq_intercept_in", 1, qtest_cmd_irq_intercept },
    { "irq_intercept_out", 1, qtest_cmd_irq_intercept },
    { "set_irq_in", 4, qtest_cmd_set_irq_in },
    { "module_load", 2, qtest_cmd_module_load },
};

/* The guest's time is ours only under -accel qtest. */
static const QTestCommand qtest_clock_commands[] = {
    { "clock_step", 0, qtest_cmd_clock_step },
    { "clock_set", 1, qtest_cmd_clock_set },
};

const QTestCommand *qtest_find_command(const char *name)
{
    for (int i = 0; i < ARRAY_SIZE(qtest_commands); i++) {
        if (g_str_equal(name, qtest_commands[i].name)) {
            return &qtest_commands[i];
        }
    }
    for (int i = 0; qtest_enabled() && i < ARRAY_SIZE(qtest_clock_commands);
         i++) {
        if (g_str_equal(name, qtest_clock_commands[i].name)) {
            return &qtest_clock_commands[i];
        }
    }
    return NULL;
}
