/*
 * The qtest server: a line in, an answer out.
 *
 * Read include/sysemu/qtest.h first: it has the protocol.  A client is a test
 * program with bugs of its own, so a line that makes no sense is answered with
 * FAIL and changes nothing.
 *
 *     qtest_read              bytes from the chardev
 *       qtest_process_inbuf   lines
 *         qtest_process_command   words, a row of qtest_commands[]
 *           qtest_cmd_*       does it and answers
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "chardev/char-fe.h"
#include "exec/address-spaces.h"
#include "exec/cpu-common.h"
#include "exec/ioport.h"
#include "exec/memory.h"
#include "hw/irq.h"
#include "hw/qdev-core.h"
#include "qemu/bswap.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "sysemu/qtest.h"

#define TYPE_QTEST "qtest"

OBJECT_DECLARE_SIMPLE_TYPE(QTest, QTEST)

struct QTest {
    Object parent;

    /* Properties: set before complete, fixed after it. */
    char *chr_name;
    char *log;

    /* Held from complete on. */
    Chardev *chr;
    CharBackend qtest_chr;
};

bool qtest_allowed;

static QTest *qtest;            /* the one that serves */
static FILE *qtest_log_fp;
static GString *inbuf;
static GTimer *timer;
static bool qtest_opened;
static bool (*process_command_cb)(CharBackend *chr, gchar **words);

/* Answers and the log */

#define FMT_timeval "%.06f"

static double qtest_elapsed(void)
{
    return timer ? g_timer_elapsed(timer, NULL) : 0;
}

void qtest_send_prefix(CharBackend *chr)
{
    if (qtest_log_fp && qtest_opened) {
        fprintf(qtest_log_fp, "[S +" FMT_timeval "] ", qtest_elapsed());
    }
}

static void G_GNUC_PRINTF(1, 2) qtest_log_send(const char *fmt, ...)
{
    va_list ap;

    if (!qtest_log_fp || !qtest_opened) {
        return;
    }
    qtest_send_prefix(NULL);
    va_start(ap, fmt);
    vfprintf(qtest_log_fp, fmt, ap);
    va_end(ap);
}

/* @str may be a part of a line. */
static void qtest_send(CharBackend *chr, const char *str, size_t len)
{
    qemu_chr_fe_write_all(chr, (const uint8_t *)str, len);
    if (qtest_log_fp && qtest_opened) {
        fwrite(str, 1, len, qtest_log_fp);
    }
}

void qtest_sendf(CharBackend *chr, const char *fmt, ...)
{
    char line[256];
    g_autofree char *longer = NULL;
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    if (len >= sizeof(line)) {
        va_start(ap, fmt);
        longer = g_strdup_vprintf(fmt, ap);
        va_end(ap);
    }
    qtest_send(chr, longer ? longer : line, len);
}

static void qtest_ok(CharBackend *chr)
{
    qtest_send_prefix(chr);
    qtest_send(chr, "OK\n", 3);
}

static void G_GNUC_PRINTF(2, 3) qtest_fail(CharBackend *chr,
                                           const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qtest_send_prefix(chr);
    qtest_sendf(chr, "FAIL %s\n", text);
}

/* The commands.  words[0] is the name; a row's nargs says how many follow. */

typedef struct QTestCommand QTestCommand;
struct QTestCommand {
    const char *name;
    int nargs;
    void (*fn)(CharBackend *chr, const QTestCommand *cmd, char **words);
    int size;                   /* of an access, in bytes */
};

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

/* Interrupts */

#define MAX_IRQ 256

static DeviceState *irq_intercept_dev;
static int irq_levels[MAX_IRQ];
/* In place of output pins, for as long as the program runs. */
static GPtrArray *irq_intercept_out;

/* Instead of a pin's handler: @opaque is where it led to, or NULL. */
static void qtest_irq_handler(void *opaque, int n, int level)
{
    qemu_irq *old_irq = opaque;

    if (old_irq && *old_irq) {
        qemu_set_irq(*old_irq, level);
    }
    if (n < MAX_IRQ && irq_levels[n] != level) {
        CharBackend *chr = &qtest->qtest_chr;

        irq_levels[n] = level;
        qtest_send_prefix(chr);
        qtest_sendf(chr, "IRQ %s %d\n", level ? "raise" : "lower", n);
    }
}

static DeviceState *qtest_device(CharBackend *chr, const char *path)
{
    Object *obj = object_resolve_path(path, NULL);

    obj = obj ? object_dynamic_cast(obj, TYPE_DEVICE) : NULL;
    if (!obj) {
        qtest_fail(chr, "Unknown device");
        return NULL;
    }
    return DEVICE(obj);
}

/* Pins that have no name; the named ones would share their numbers. */
static void qtest_intercept(DeviceState *dev, bool out)
{
    NamedGPIOList *ngl;

    QLIST_FOREACH(ngl, &dev->gpios, node) {
        if (ngl->name) {
            continue;
        }
        if (!out) {
            qemu_irq_intercept_in(ngl->in, qtest_irq_handler, ngl->num_in);
            continue;
        }
        for (int i = 0; i < ngl->num_out; i++) {
            qemu_irq *disconnected = g_new0(qemu_irq, 1);
            qemu_irq icpt = qemu_allocate_irq(qtest_irq_handler,
                                              disconnected, i);

            *disconnected = qdev_intercept_gpio_out(dev, icpt, ngl->name, i);
            if (!irq_intercept_out) {
                irq_intercept_out = g_ptr_array_new();
            }
            g_ptr_array_add(irq_intercept_out, icpt);
        }
    }
    irq_intercept_dev = dev;
}

static void qtest_cmd_irq_intercept(CharBackend *chr, const QTestCommand *cmd,
                                    char **words)
{
    DeviceState *dev = qtest_device(chr, words[1]);

    if (!dev) {
        return;
    }
    if (irq_intercept_dev && irq_intercept_dev != dev) {
        qtest_fail(chr, "IRQ intercept already enabled");
        return;
    }
    if (!irq_intercept_dev) {
        qtest_intercept(dev, g_str_equal(words[0], "irq_intercept_out"));
    }
    qtest_ok(chr);
}

static void qtest_cmd_set_irq_in(CharBackend *chr, const QTestCommand *cmd,
                                 char **words)
{
    DeviceState *dev = qtest_device(chr, words[1]);
    const char *name = g_str_equal(words[2], "unnamed-gpio-in") ?
                       NULL : words[2];
    NamedGPIOList *ngl;
    int num, level;

    if (!dev) {
        return;
    }
    if (qemu_strtoi(words[3], NULL, 0, &num) < 0 ||
        qemu_strtoi(words[4], NULL, 0, &level) < 0) {
        qtest_fail(chr, "invalid number");
        return;
    }
    QLIST_FOREACH(ngl, &dev->gpios, node) {
        if (g_strcmp0(ngl->name, name) == 0 && num >= 0 && num < ngl->num_in) {
            qemu_set_irq(ngl->in[num], level);
            qtest_ok(chr);
            return;
        }
    }
    qtest_fail(chr, "Unknown GPIO input '%s' %d", words[2], num);
}

/* Time */

static int64_t qtest_clock_counter;

int64_t qtest_get_virtual_clock(void)
{
    return qatomic_read_i64(&qtest_clock_counter);
}

static void qtest_set_virtual_clock(int64_t count)
{
    qatomic_set_i64(&qtest_clock_counter, count);
}

/*
 * Move to @dest in steps from timer to timer: each callback sees the time that
 * it was set for.
 */
static void qtest_clock_warp(int64_t dest)
{
    int64_t clock = qtest_get_virtual_clock();
    AioContext *aio_context = qemu_get_aio_context();

    while (clock < dest) {
        int64_t deadline = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                                      QEMU_TIMER_ATTR_ALL);
        int64_t warp = qemu_soonest_timeout(dest - clock, deadline);

        qtest_set_virtual_clock(clock + warp);
        qemu_clock_run_timers(QEMU_CLOCK_VIRTUAL);
        timerlist_run_timers(aio_context->tlg.tl[QEMU_CLOCK_VIRTUAL]);
        clock = qtest_get_virtual_clock();
    }
    qemu_clock_notify(QEMU_CLOCK_VIRTUAL);
}

static void qtest_send_time(CharBackend *chr)
{
    qtest_send_prefix(chr);
    qtest_sendf(chr, "OK %" PRIi64 "\n",
                qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
}

static void qtest_cmd_clock_step(CharBackend *chr, const QTestCommand *cmd,
                                 char **words)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    int64_t ns;

    if (words[1]) {
        if (qemu_strtoi64(words[1], NULL, 0, &ns) < 0 ||
            ns > INT64_MAX - now) {
            qtest_fail(chr, "invalid number '%s'", words[1]);
            return;
        }
    } else {
        ns = qemu_clock_deadline_ns_all(QEMU_CLOCK_VIRTUAL,
                                        QEMU_TIMER_ATTR_ALL);
    }
    qtest_clock_warp(now + ns);
    qtest_send_time(chr);
}

static void qtest_cmd_clock_set(CharBackend *chr, const QTestCommand *cmd,
                                char **words)
{
    int64_t ns;

    if (qemu_strtoi64(words[1], NULL, 0, &ns) < 0) {
        qtest_fail(chr, "invalid number '%s'", words[1]);
        return;
    }
    qtest_clock_warp(ns);
    qtest_send_time(chr);
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

void qtest_set_command_cb(bool (*pc_cb)(CharBackend *chr, gchar **words))
{
    assert(!process_command_cb);
    process_command_cb = pc_cb;
}

static const QTestCommand *qtest_find_command(const char *name)
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

static void qtest_process_command(CharBackend *chr, gchar **words, int nwords)
{
    const QTestCommand *cmd;

    if (qtest_log_fp) {
        fprintf(qtest_log_fp, "[R +" FMT_timeval "]", qtest_elapsed());
        for (int i = 0; i < nwords; i++) {
            fprintf(qtest_log_fp, " %s", words[i]);
        }
        fprintf(qtest_log_fp, "\n");
    }

    cmd = nwords > 0 ? qtest_find_command(words[0]) : NULL;
    if (!cmd) {
        if (nwords == 0 ||
            !process_command_cb || !process_command_cb(chr, words)) {
            qtest_fail(chr, "Unknown command '%s'", nwords ? words[0] : "");
        }
    } else if (nwords - 1 < cmd->nargs) {
        qtest_fail(chr, "command '%s' takes %d argument%s", cmd->name,
                   cmd->nargs, cmd->nargs == 1 ? "" : "s");
    } else {
        cmd->fn(chr, cmd, words);
    }
}

/* Lines */

#define QTEST_MAX_WORDS 8

/* Cut @line into words in place; further ones are nobody's arguments. */
static int qtest_split(char *line, char *words[QTEST_MAX_WORDS + 1])
{
    int n = 0;

    while (n < QTEST_MAX_WORDS) {
        line += strspn(line, " ");
        if (!*line) {
            break;
        }
        words[n++] = line;
        line += strcspn(line, " ");
        if (*line) {
            *line++ = '\0';
        }
    }
    words[n] = NULL;
    return n;
}

static void qtest_process_inbuf(CharBackend *chr, GString *buf)
{
    char *line = buf->str;
    char *end;

    while ((end = memchr(line, '\n', buf->str + buf->len - line)) != NULL) {
        char *words[QTEST_MAX_WORDS + 1];
        int nwords;

        *end = '\0';
        if (end > line && end[-1] == '\r') {
            end[-1] = '\0';
        }
        nwords = qtest_split(line, words);
        qtest_process_command(chr, words, nwords);
        line = end + 1;
    }
    g_string_erase(buf, 0, line - buf->str);
}

static void qtest_read(void *opaque, const uint8_t *buf, int size)
{
    CharBackend *chr = opaque;

    g_string_append_len(inbuf, (const gchar *)buf, size);
    qtest_process_inbuf(chr, inbuf);
}

static int qtest_can_read(void *opaque)
{
    return 64 * KiB;
}

static void qtest_event(void *opaque, QEMUChrEvent event)
{
    switch (event) {
    case CHR_EVENT_OPENED:
        /*
         * A new client knows nothing of the levels: those that are raised
         * would otherwise never be told.
         */
        memset(irq_levels, 0, sizeof(irq_levels));
        g_clear_pointer(&timer, g_timer_destroy);
        timer = g_timer_new();
        qtest_opened = true;
        if (qtest_log_fp) {
            fprintf(qtest_log_fp, "[I " FMT_timeval "] OPENED\n",
                    qtest_elapsed());
        }
        break;
    case CHR_EVENT_CLOSED:
        if (!qtest_opened) {
            break;              /* the end of a chardev that was closed */
        }
        qtest_opened = false;
        if (qtest_log_fp) {
            fprintf(qtest_log_fp, "[I +" FMT_timeval "] CLOSED\n",
                    qtest_elapsed());
        }
        g_clear_pointer(&timer, g_timer_destroy);
        /* Half a line of the last client is no part of the next one's. */
        g_string_truncate(inbuf, 0);
        break;
    default:
        break;
    }
}

/* Life: -qtest, or -object qtest,chardev=ID */

bool qtest_driver(void)
{
    return qtest && qtest->qtest_chr.chr != NULL;
}

void qtest_server_init(const char *qtest_chrdev, const char *qtest_log,
                       Error **errp)
{
    ERRP_GUARD();
    Chardev *chr;
    Object *obj;

    chr = qemu_chr_new("qtest", qtest_chrdev, NULL);
    if (chr == NULL) {
        error_setg(errp, "Failed to initialize device for qtest: \"%s\"",
                   qtest_chrdev);
        return;
    }

    obj = object_new(TYPE_QTEST);
    object_property_set_str(obj, "chardev", chr->label, &error_abort);
    if (qtest_log) {
        object_property_set_str(obj, "log", qtest_log, &error_abort);
    }
    object_property_add_child(qdev_get_machine(), "qtest", obj);
    user_creatable_complete(USER_CREATABLE(obj), errp);
    if (*errp) {
        object_unparent(obj);
    }
    object_unref(obj);
}

static bool qtest_open_log(const char *log, Error **errp)
{
    if (!log) {
        qtest_log_fp = stderr;
    } else if (!g_str_equal(log, "none")) {
        qtest_log_fp = fopen(log, "w+");
        if (!qtest_log_fp) {
            error_setg_errno(errp, errno, "Could not open '%s'", log);
            return false;
        }
    }
    return true;
}

static void qtest_close_log(void)
{
    if (qtest_log_fp && qtest_log_fp != stderr) {
        fclose(qtest_log_fp);
    }
    qtest_log_fp = NULL;
}

static void qtest_complete(UserCreatable *uc, Error **errp)
{
    QTest *q = QTEST(uc);

    if (qtest) {
        error_setg(errp, "Only one instance of qtest can be created");
        return;
    }
    if (!q->chr_name) {
        error_setg(errp, "No backend specified");
        return;
    }
    q->chr = qemu_chr_find(q->chr_name);
    if (!q->chr) {
        error_setg(errp, "Cannot find character device '%s'", q->chr_name);
        return;
    }
    if (!qtest_open_log(q->log, errp)) {
        return;
    }
    if (!qemu_chr_fe_init(&q->qtest_chr, q->chr, errp)) {
        qtest_close_log();
        return;
    }

    object_ref(OBJECT(q->chr));
    qtest = q;
    inbuf = g_string_new("");
    /* A connected chardev tells of its opening from in here. */
    qemu_chr_fe_set_handlers(&q->qtest_chr, qtest_can_read, qtest_read,
                             qtest_event, NULL, &q->qtest_chr, NULL, true);
    qemu_chr_fe_set_echo(&q->qtest_chr, true);
}

/* The mirror image of complete. */
static void qtest_finalize(Object *obj)
{
    QTest *q = QTEST(obj);

    if (qtest == q) {
        qemu_chr_fe_deinit(&q->qtest_chr, false);
        g_string_free(inbuf, true);
        inbuf = NULL;
        g_clear_pointer(&timer, g_timer_destroy);
        qtest_opened = false;
        qtest_close_log();
        qtest = NULL;
        object_unref(OBJECT(q->chr));
    }
    g_free(q->chr_name);
    g_free(q->log);
}

/* Type: what QOM knows about a qtest server */

static bool qtest_may_be_set(QTest *q, Error **errp)
{
    if (qtest == q) {
        error_setg(errp, QERR_PERMISSION_DENIED);
        return false;
    }
    return true;
}

static void qtest_set_log(Object *obj, const char *value, Error **errp)
{
    QTest *q = QTEST(obj);

    if (qtest_may_be_set(q, errp)) {
        g_free(q->log);
        q->log = g_strdup(value);
    }
}

static char *qtest_get_log(Object *obj, Error **errp)
{
    return g_strdup(QTEST(obj)->log);
}

static void qtest_set_chardev(Object *obj, const char *value, Error **errp)
{
    QTest *q = QTEST(obj);

    if (qtest_may_be_set(q, errp)) {
        g_free(q->chr_name);
        q->chr_name = g_strdup(value);
    }
}

static char *qtest_get_chardev(Object *obj, Error **errp)
{
    return g_strdup(QTEST(obj)->chr_name);
}

static void qtest_class_init(ObjectClass *oc, void *data)
{
    UserCreatableClass *ucc = USER_CREATABLE_CLASS(oc);

    ucc->complete = qtest_complete;

    object_class_property_add_str(oc, "chardev",
                                  qtest_get_chardev, qtest_set_chardev);
    object_class_property_add_str(oc, "log",
                                  qtest_get_log, qtest_set_log);
}

static const TypeInfo qtest_info = {
    .name = TYPE_QTEST,
    .parent = TYPE_OBJECT,
    .class_init = qtest_class_init,
    .instance_size = sizeof(QTest),
    .instance_finalize = qtest_finalize,
    .interfaces = (InterfaceInfo[]) {
        { TYPE_USER_CREATABLE },
        { }
    },
};

static void qtest_server_register_types(void)
{
    type_register_static(&qtest_info);
}

type_init(qtest_server_register_types)
