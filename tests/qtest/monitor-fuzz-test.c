/*
 * Clients that talk nonsense: mutated QMP and HMP, in pieces of any size.
 *
 * Samples are the good commands: for QMP made from query-qmp-schema, so that
 * none is missing, and for HMP the lines below and a guess for each command of
 * `help` that is not among them.  A sample is changed here and there, and sent
 * in pieces.  After each round a good command has to be answered; a program
 * that crashed or hangs, cannot.
 *
 * A round that says "quit" is no fault: the program is started again, and its
 * exit status has to be 0.
 *
 *     FUZZ_SEED=7 FUZZ_INPUTS=1000000 build/tests/qtest/monitor-fuzz-test
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "libqmp-schema.h"
#include "libqtest.h"
#include "qapi/qmp/qbool.h"
#include "qapi/qmp/qjson.h"
#include "qapi/qmp/qnum.h"
#include "qapi/qmp/qstring.h"

#define INPUTS 100000
#define PIECES 2000             /* bytes, the largest */
#define ROUND 400               /* inputs between two questions */
#define ANSWER_SECONDS 60
#define MAX_DEPTH 6

typedef struct FuzzTest {
    GRand *rand;
    QTestState *qts;
    char *dir;
    int fd;
    bool is_qmp;
    GPtrArray *samples;
    GString *line;              /* begun, and not ended */
    GString *seen;              /* what came since the last question */
    unsigned questions;
    unsigned restarts;
} FuzzTest;

static const char *const hmp_samples[] = {
    "announce_self h0 id1",
    "balloon 64",
    "boot_set c",
    "chardev-add ringbuf,id=r1,size=64",
    "chardev-add null,id=n1",
    "chardev-change n1 ringbuf",
    "chardev-remove r1",
    "chardev-send-break n1",
    "closefd fd1",
    "cont",
    "cpu 0",
    "device_add virtio-net-pci,id=d1,netdev=h0,mac=52:54:00:00:00:07",
    "device_add virtio-rng-pci,id=d2,addr=9.0",
    "device_add tally,help",
    "device_del d1",
    "exit_preconfig",
    "getfd fd1",
    "gpa2hpa 0x1000",
    "gpa2hva 0xf0000",
    "gva2gpa 0",
    "help info mtree",
    "i/b 0x70 .2",
    "info mtree -f -d -o",
    "info qom-tree /machine/peripheral",
    "info registers -a",
    "info stats vm * kvm",
    "info trace-events virtio*",
    "info virtio-queue-element /machine/peripheral/nic0/virtio-backend 0 1",
    "info virtio-queue-status /machine/peripheral/nic0/virtio-backend 0",
    "info virtio-status /machine/peripheral/nic0/virtio-backend",
    "log int,guest_errors",
    "logfile log.txt",
    "memsave 0 16 \"mem\"",
    "netdev_add hubport,id=h1,hubid=1",
    "netdev_add hubport,id=h0,hubid=0",
    "netdev_del h1",
    "nmi",
    "o/w 0xcf8 0x80000000",
    "object_add iothread,id=io1",
    "object_add qom-type=memory-backend-ram,id=m1,size=1M",
    "object_add {\"qom-type\":\"filter-dump\",\"id\":\"f\",\"netdev\":\"h0\"}",
    "object_del m1",
    "pmemsave 0 16 \"pmem\"",
    "print/x ($eax+0x10)*'a' - ~3 & 5 | 7 ^ 1 % 2 / 1",
    "p -9223372036854775808/-1",
    "qom-get /machine/peripheral/nic0 mac",
    "qom-list /machine/peripheral/nic0/virtio-backend",
    "qom-set /machine/peripheral/nic0 mac 52:54:00:00:00:01",
    "qom-set -j /machine/unattached realized false",
    "ringbuf_read r1 5",
    "ringbuf_write r1 \"hello\\n\"",
    "set_link nic0 off",
    "stop",
    "sum 0 64",
    "system_powerdown",
    "system_reset",
    "system_wakeup",
    "trace-event virtio_notify on",
    "watchdog_action none",
    "x/4xg 0",
    "xp/20cb 0xf0000",
};

static const char *const words[] = {
    "nic0", "h0", "d1", "r1", "n1", "io1", "virtio-net-pci", "help", "on",
    "/machine", "/machine/peripheral/nic0", "/machine/unattached/device[0]",
    "type", "realized", "hotplugged", "parent_bus", "netdev", "tally",
    "iothread", "memory-backend-ram", "*", "", "virtio_notify", "device",
    "object", "null", "ringbuf", "qom-list", "info qtree", "pc",
};

static const char *const numbers[] = {
    "0", "-1", "1", "7", "255", "65536", "4294967295", "4294967296",
    "9223372036854775807", "-9223372036854775808", "18446744073709551615",
    "18446744073709551616", "1e9", "0.5", "0x", "08", "1e999",
};

#define PICK(t, array) ((array)[g_rand_int_range((t)->rand, 0, \
                                                 ARRAY_SIZE(array))])

/* Up to @max, small ones more often. */
static int fuzz_upto(FuzzTest *t, int max)
{
    return g_rand_int_range(t->rand, 0, g_rand_int_range(t->rand, 0, max) + 1);
}

/* Good values */

static QObject *fuzz_value(FuzzTest *t, const QmpSchema *schema,
                           const char *type, int depth);

static void fuzz_members(FuzzTest *t, const QmpSchema *schema, QDict *to,
                         const QDict *info, int depth)
{
    QList *members = qdict_get_qlist(info, "members");
    const char *tag = qdict_get_try_str(info, "tag");
    QListEntry *entry;

    QLIST_FOREACH_ENTRY(members, entry) {
        QDict *member = qobject_to(QDict, qlist_entry_obj(entry));
        const char *name = qdict_get_str(member, "name");

        if (qdict_haskey(member, "default")
            && g_rand_int_range(t->rand, 0, depth + 2)) {
            continue;
        }
        qdict_put_obj(to, name,
                      fuzz_value(t, schema, qdict_get_str(member, "type"),
                                 depth + 1));
    }
    if (!tag) {
        return;
    }
    QLIST_FOREACH_ENTRY(qdict_get_qlist(info, "variants"), entry) {
        QDict *variant = qobject_to(QDict, qlist_entry_obj(entry));

        if (!g_strcmp0(qdict_get_try_str(to, tag),
                       qdict_get_str(variant, "case"))) {
            fuzz_members(t, schema, to,
                         qmp_schema_lookup(schema,
                                           qdict_get_str(variant, "type")),
                         depth + 1);
        }
    }
}

/* One element of @list, or NULL. */
static QObject *fuzz_one_of(FuzzTest *t, QList *list)
{
    int n = g_rand_int_range(t->rand, 0, MAX(1, qlist_size(list)));
    QListEntry *entry;

    QLIST_FOREACH_ENTRY(list, entry) {
        if (n-- == 0) {
            return qlist_entry_obj(entry);
        }
    }
    return NULL;
}

static QObject *fuzz_builtin(FuzzTest *t, const char *json_type)
{
    if (g_str_equal(json_type, "int") || g_str_equal(json_type, "number")) {
        return QOBJECT(qnum_from_int(fuzz_upto(t, 1000)));
    }
    if (g_str_equal(json_type, "boolean")) {
        return QOBJECT(qbool_from_bool(g_rand_boolean(t->rand)));
    }
    return QOBJECT(qstring_from_str(PICK(t, words)));
}

static QObject *fuzz_value(FuzzTest *t, const QmpSchema *schema,
                           const char *type, int depth)
{
    const QDict *info = qmp_schema_lookup(schema, type);
    const char *meta = qdict_get_str(info, "meta-type");

    if (g_str_equal(meta, "builtin") || depth > MAX_DEPTH) {
        return fuzz_builtin(t, qdict_get_try_str(info, "json-type") ?: "int");
    }
    if (g_str_equal(meta, "enum")) {
        QObject *one = fuzz_one_of(t, qdict_get_qlist(info, "members"));

        return QOBJECT(qstring_from_str(
                           qdict_get_str(qobject_to(QDict, one), "name")));
    }
    if (g_str_equal(meta, "array")) {
        QList *list = qlist_new();

        for (int n = fuzz_upto(t, 3); n > 0; n--) {
            qlist_append_obj(list, fuzz_value(t, schema,
                             qdict_get_str(info, "element-type"), depth + 1));
        }
        return QOBJECT(list);
    }
    if (g_str_equal(meta, "alternate")) {
        QObject *one = fuzz_one_of(t, qdict_get_qlist(info, "members"));

        return fuzz_value(t, schema,
                          qdict_get_str(qobject_to(QDict, one), "type"),
                          depth + 1);
    }
    {
        QDict *dict = qdict_new();

        fuzz_members(t, schema, dict, info, depth);
        return QOBJECT(dict);
    }
}

/* Samples */

static bool fuzz_is_end(const char *name)
{
    return g_str_equal(name, "quit") || g_str_has_prefix(name, "quit|");
}

static void fuzz_qmp_sample(const QDict *info, void *opaque)
{
    FuzzTest *t = opaque;
    const QmpSchema *schema = qtest_qmp_schema();
    const char *name = qdict_get_str(info, "name");
    /* Files and sockets are not for garbage to make. */
    static const char *const none[] = {
        "chardev-add", "chardev-change", "netdev_add", "memsave", "pmemsave",
        "object-add", NULL
    };

    for (int i = 0; i < 4 && !fuzz_is_end(name); i++) {
        QDict *command = qdict_new();
        GString *text;

        qdict_put_str(command, "execute", name);
        if (!g_strv_contains(none, name)) {
            qdict_put(command, "arguments", fuzz_value(t, schema,
                      qdict_get_str(info, "arg-type"), 0));
        }
        text = qobject_to_json(QOBJECT(command));
        g_ptr_array_add(t->samples, g_string_free(text, false));
        qobject_unref(command);
    }
}

/* By hand: those whose arguments have to be chosen. */
static const char *const qmp_samples[] = {
    "{\"execute\":\"chardev-add\",\"arguments\":{\"id\":\"r1\",\"backend\":"
    "{\"type\":\"ringbuf\",\"data\":{\"size\":64}}}}",
    "{\"execute\":\"chardev-change\",\"arguments\":{\"id\":\"r1\",\"backend\":"
    "{\"type\":\"null\",\"data\":{}}}}",
    "{\"execute\":\"netdev_add\",\"arguments\":{\"type\":\"hubport\","
    "\"id\":\"h1\",\"hubid\":3}}",
    "{\"execute\":\"memsave\",\"arguments\":{\"val\":0,\"size\":16,"
    "\"filename\":\"mem\"}}",
    "{\"execute\":\"pmemsave\",\"arguments\":{\"val\":0,\"size\":16,"
    "\"filename\":\"pmem\"}}",
    "{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":"
    "\"memory-backend-ram\",\"id\":\"m1\",\"size\":4096}}",
    "{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"virtio-net-pci\","
    "\"id\":\"d1\",\"netdev\":\"h0\"}}",
    "{\"exec-oob\":\"query-name\",\"id\":{\"a\":[1,2,null,true]}}",
    "{\"execute\":\"human-monitor-command\",\"arguments\":"
    "{\"command-line\":\"info qtree\"}}",
    "[[[[[[[[{\"a\":{\"b\":{\"c\":[]}}}]]]]]]]]",
    "'single' -0.0e1 \"\\u0000\\ud800\\udc00\"",
};

static void fuzz_hmp_samples_of(FuzzTest *t, const char *prefix)
{
    g_autofree char *help = qtest_hmp(t->qts, "help %s", prefix);
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

    for (char **line = lines; *line; line++) {
        char *dashes = strstr(*line, " -- ");
        g_auto(GStrv) parts = NULL;
        g_autofree char *name = NULL;

        if (!dashes || g_ascii_isspace(**line)) {
            continue;
        }
        *dashes = '\0';
        if (strlen(*line) < strlen(prefix)
            || fuzz_is_end(*line)) {
            continue;
        }
        parts = g_strsplit(*line, "|", 2);
        name = g_strstrip(g_strdup(parts[0]));
        g_ptr_array_add(t->samples, g_strdup_printf("%s\n", name));
        g_ptr_array_add(t->samples,
                        g_strdup_printf("%s %s\n", name, PICK(t, words)));
    }
}

static void fuzz_make_samples(FuzzTest *t)
{
    if (t->is_qmp) {
        for (int i = 0; i < ARRAY_SIZE(qmp_samples); i++) {
            g_ptr_array_add(t->samples, g_strdup(qmp_samples[i]));
        }
        qmp_schema_foreach(qtest_qmp_schema(), "command",
                           fuzz_qmp_sample, t);
        return;
    }
    for (int i = 0; i < ARRAY_SIZE(hmp_samples); i++) {
        g_ptr_array_add(t->samples, g_strdup_printf("%s\n", hmp_samples[i]));
    }
    fuzz_hmp_samples_of(t, "");
    fuzz_hmp_samples_of(t, "info");
}

/* Mutation */

static void fuzz_replace(GString *s, size_t pos, size_t len, const char *with)
{
    g_string_erase(s, pos, len);
    g_string_insert(s, pos, with);
}

static void fuzz_mutate_once(FuzzTest *t, GString *s)
{
    static const char keys[] = "\t\t\t\001\005\013\025\027\b\177\020\016\033\004";
    size_t pos = g_rand_int_range(t->rand, 0, s->len + 1);
    size_t len = MIN(s->len - pos, fuzz_upto(t, 8) + 1);
    size_t digits = strspn(s->str + pos, "0123456789");
    const char *other;

    switch (g_rand_int_range(t->rand, 0, 9)) {
    case 0:
        if (pos < s->len) {
            s->str[pos] ^= 1 << g_rand_int_range(t->rand, 0, 8);
        }
        break;
    case 1:
        g_string_insert_c(s, pos, g_rand_int_range(t->rand, 1, 256));
        break;
    case 2:
        g_string_erase(s, pos, len);
        break;
    case 3: {
        g_autofree char *copy = g_strndup(s->str + pos, len);

        g_string_insert(s, pos, copy);
        break;
    }
    case 4:
        other = t->samples->pdata[g_rand_int_range(t->rand, 0,
                                                   t->samples->len)];
        fuzz_replace(s, pos, len, other + fuzz_upto(t, strlen(other) + 1));
        break;
    case 5:
        if (digits) {
            fuzz_replace(s, pos, digits, PICK(t, numbers));
        } else {
            fuzz_replace(s, pos, len, PICK(t, numbers));
        }
        break;
    case 6:
        fuzz_replace(s, pos, len, PICK(t, words));
        break;
    case 7:
        g_string_truncate(s, pos);
        break;
    case 8:
        g_string_insert_c(s, pos, t->is_qmp ? "{}[]\",:\\'"[fuzz_upto(t, 9)]
                          : keys[g_rand_int_range(t->rand, 0,
                                                  sizeof(keys) - 1)]);
        break;
    }
}

/*
 * Gigabytes to sum up or to save: asked for, but slow.  What says so with small
 * numbers only is let through; and what may yet come to say so, by completion,
 * from the history or by editing, is treated the same.
 */
static bool fuzz_is_too_much(FuzzTest *t, const GString *s)
{
    /* It goes on where the input before it has stopped. */
    g_autoptr(GString) line = g_string_new_len(t->line->str, t->line->len);
    bool slow = false, large = false;
    int digits = 0;

    g_string_append_len(line, s->str, s->len);
    for (size_t i = 0; i < line->len; i++) {
        char c = line->str[i];

        slow |= !g_ascii_isprint(c) && c != '\n';
        digits = g_ascii_isxdigit(c) ? digits + 1 : 0;
        large |= digits > 4 || (c && strchr("-~*+<$", c));
    }
    slow |= strstr(line->str, "sum") || strstr(line->str, "save")
            || strstr(line->str, "x/") || strstr(line->str, "xp");
    return slow && large;
}

/* What the next input goes on with: nothing after the end of a line. */
static void fuzz_keep_line(FuzzTest *t, const GString *s)
{
    size_t start = s->len;

    while (start > 0 && s->str[start - 1] != '\r'
           && s->str[start - 1] != '\n') {
        start--;
    }
    if (start > 0 || t->is_qmp) {
        g_string_truncate(t->line, 0);
    }
    if (!t->is_qmp) {
        g_string_append_len(t->line, s->str + start, s->len - start);
    }
}

static GString *fuzz_input(FuzzTest *t)
{
    for (;;) {
        GString *s = g_string_new(t->samples->pdata[
                         g_rand_int_range(t->rand, 0, t->samples->len)]);

        for (int n = fuzz_upto(t, 6); n > 0; n--) {
            fuzz_mutate_once(t, s);
        }
        if (!fuzz_is_too_much(t, s)) {
            /* Nothing is written but in the folder of this test. */
            for (size_t i = 0; strstr(s->str, "save") && i < s->len; i++) {
                s->str[i] = s->str[i] == '/' ? '_' : s->str[i];
            }
            fuzz_keep_line(t, s);
            return s;
        }
        g_string_free(s, true);
    }
}

/* The connection */

static int fuzz_connect(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
    g_assert_cmpint(connect(fd, (struct sockaddr *)&addr, sizeof(addr)),
                    ==, 0);
    return fd;
}

/* Read what is there.  False at the end of the stream. */
static bool fuzz_drain(FuzzTest *t)
{
    char buf[16384];
    ssize_t n;

    while ((n = recv(t->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
        g_string_append_len(t->seen, buf, n);
        /* Only the end is looked at. */
        if (t->seen->len > 2 * sizeof(buf)) {
            g_string_erase(t->seen, 0, t->seen->len - sizeof(buf));
        }
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Send it all, reading meanwhile.  False if nobody is there any more. */
static bool fuzz_send(FuzzTest *t, const char *data, size_t size)
{
    while (size > 0) {
        struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };
        ssize_t n = 0;

        g_assert_cmpint(poll(&pfd, 1, ANSWER_SECONDS * 1000), ==, 1);
        if (pfd.revents & (POLLIN | POLLHUP) && !fuzz_drain(t)) {
            return false;
        }
        if (pfd.revents & POLLOUT) {
            n = send(t->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0 && errno != EAGAIN) {
                return false;
            }
        }
        data += MAX(n, 0);
        size -= MAX(n, 0);
    }
    return true;
}

/*
 * Send @data in pieces of any size, which may be the end of an input and the
 * beginning of another, until at most @keep bytes are left.  False if nobody
 * is there any more.
 */
static bool fuzz_send_pieces(FuzzTest *t, GString *data, size_t keep)
{
    while (data->len > keep) {
        size_t n = MIN(fuzz_upto(t, PIECES) + 1, data->len);

        if (!fuzz_send(t, data->str, n)) {
            return false;
        }
        g_string_erase(data, 0, n);
    }
    return true;
}

/* Ask something good.  False if the program has ended. */
static bool fuzz_ask(FuzzTest *t)
{
    unsigned number = ++t->questions;
    g_autofree char *question = NULL, *answer = NULL;
    gint64 heard = g_get_monotonic_time();
    size_t len = t->seen->len;

    if (t->is_qmp) {
        /* 0xff puts the parser back to the start. */
        question = g_strdup_printf("\xff\n{\"execute\":\"query-name\","
                                   "\"id\":\"ask%u\"}\n", number);
        answer = g_strdup_printf("\"id\": \"ask%u\"", number);
    } else {
        /* The end of an escape sequence; and the line is emptied. */
        question = g_strdup_printf(" \001\013\np/x 0xa5000000+%u\n", number);
        answer = g_strdup_printf("\n0x%x\r\n(qemu) ", 0xa5000000 + number);
    }
    g_string_truncate(t->line, 0);
    if (!fuzz_send(t, question, strlen(question))) {
        return false;
    }
    for (;;) {
        struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
        bool alive = fuzz_drain(t);

        if (memmem(t->seen->str, t->seen->len, answer, strlen(answer))) {
            g_string_truncate(t->seen, 0);
            return true;
        }
        if (!alive) {
            return false;
        }
        /* As long as it talks it has not hung. */
        if (len != t->seen->len) {
            len = t->seen->len;
            heard = g_get_monotonic_time();
        }
        if (g_get_monotonic_time() - heard > ANSWER_SECONDS * G_USEC_PER_SEC) {
            size_t tail = MIN(t->seen->len, 400);
            g_autofree char *shown = g_strescape(t->seen->str + t->seen->len
                                                 - tail, NULL);

            g_error("no answer to question %u; the last was: %s", number,
                    shown);
        }
        poll(&pfd, 1, 1000);
    }
}

static void fuzz_start(FuzzTest *t)
{
    g_autofree char *path = g_build_filename(t->dir, "mon", NULL);

    t->qts = qtest_initf("-m 4 -D /dev/null -netdev hubport,id=h0,hubid=0 "
                         "-device virtio-net-pci,netdev=h0,id=nic0 "
                         "-chardev socket,id=mon0,path=%s,server=on,wait=off "
                         "-mon chardev=mon0,mode=%s", path,
                         t->is_qmp ? "control" : "readline");
    t->fd = fuzz_connect(path);
    if (t->is_qmp) {
        g_assert_true(fuzz_send(t, "{\"execute\":\"qmp_capabilities\"}", 30));
    }
    g_assert_true(fuzz_ask(t));
}

/* The program may have ended because it was told to, and only so. */
static void fuzz_restart(FuzzTest *t)
{
    close(t->fd);
    qtest_wait_qemu(t->qts);
    qtest_quit(t->qts);
    g_string_truncate(t->seen, 0);
    t->restarts++;
    fuzz_start(t);
}

static void fuzz_remove_dir(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_unlink(file);
    }
    g_dir_close(dir);
    g_assert_cmpint(g_rmdir(path), ==, 0);
}

static guint64 fuzz_env(const char *name, guint64 otherwise)
{
    const char *value = g_getenv(name);

    return value ? g_ascii_strtoull(value, NULL, 0) : otherwise;
}

static void test_fuzz(const void *opaque)
{
    FuzzTest t = { .is_qmp = opaque != NULL };
    guint64 inputs = fuzz_env("FUZZ_INPUTS", INPUTS) / 2;
    guint32 seed = fuzz_env("FUZZ_SEED", 20221213);
    g_autofree char *cwd = g_get_current_dir();
    g_autoptr(GString) pieces = g_string_new(NULL);

    g_test_message("FUZZ_SEED=%u FUZZ_INPUTS=%" G_GUINT64_FORMAT, seed,
                   inputs * 2);
    t.rand = g_rand_new_with_seed(seed);
    t.samples = g_ptr_array_new_with_free_func(g_free);
    t.seen = g_string_new(NULL);
    t.line = g_string_new(NULL);
    t.dir = g_dir_make_tmp("fuzz-XXXXXX", NULL);
    g_assert_cmpint(g_chdir(t.dir), ==, 0);
    fuzz_start(&t);
    fuzz_make_samples(&t);
    g_assert_cmpint(t.samples->len, >, 100);

    for (guint64 i = 0; i < inputs; i += ROUND) {
        bool alive = true;

        for (int j = 0; j < ROUND && alive; j++) {
            GString *s = fuzz_input(&t);

            if (g_getenv("FUZZ_SHOW")) {
                g_autofree char *shown = g_strescape(s->str, NULL);

                fprintf(stderr, "%s\n", shown);
            }
            g_string_append_len(pieces, s->str, s->len);
            g_string_free(s, true);
            alive = fuzz_send_pieces(&t, pieces, PIECES);
        }
        if (!alive || !fuzz_send_pieces(&t, pieces, 0) || !fuzz_ask(&t)) {
            fuzz_restart(&t);
        }
        g_string_truncate(pieces, 0);
    }
    g_test_message("%u times it was told to end", t.restarts);

    close(t.fd);
    qtest_quit(t.qts);
    g_assert_cmpint(g_chdir(cwd), ==, 0);
    fuzz_remove_dir(t.dir);
    g_free(t.dir);
    g_string_free(t.seen, true);
    g_string_free(t.line, true);
    g_ptr_array_free(t.samples, true);
    g_rand_free(t.rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_data_func("/fuzz/hmp", NULL, test_fuzz);
    qtest_add_data_func("/fuzz/qmp", "qmp", test_fuzz);
    return g_test_run();
}
