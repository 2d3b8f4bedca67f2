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
 *           qtest_cmd_*       does it and answers: qtest-commands.c, -irq.c,
 *                             -clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qerror.h"
#include "chardev/char-fe.h"
#include "hw/qdev-core.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "qemu/units.h"
#include "qom/object_interfaces.h"
#include "sysemu/qtest.h"
#include "qtest-int.h"

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

void qtest_log_send(const char *fmt, ...)
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
void qtest_send(CharBackend *chr, const char *str, size_t len)
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

void qtest_ok(CharBackend *chr)
{
    qtest_send_prefix(chr);
    qtest_send(chr, "OK\n", 3);
}

void qtest_fail(CharBackend *chr, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    qtest_send_prefix(chr);
    qtest_sendf(chr, "FAIL %s\n", text);
}

/* Commands */

void qtest_set_command_cb(bool (*pc_cb)(CharBackend *chr, gchar **words))
{
    assert(!process_command_cb);
    process_command_cb = pc_cb;
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
        qtest_irq_forget(opaque);
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
        qtest_irq_forget(NULL);
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
