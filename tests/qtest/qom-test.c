/*
 * A walk over everything that there is.
 *
 * On every machine, and on a PC full of devices and back ends: each object is
 * listed, each property read, and each that can be written is set to what it
 * is.  What refuses that must do so for a reason that is QEMU's, too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qstring.h"

typedef struct QomWalk {
    QTestState *qts;
    int objects;
    int read;
    int written;
} QomWalk;

/* Why a property may not be set to what it is; '*' is anything. */
static const char *const refusals[] = {
    "Property '*' is not writable",
    "Insufficient permission to perform this operation",
    /* fixed, once the device or the memory is there */
    "Attempt to set property '*' on *device* (type '*') after it was "
    "realized",
    "Attempt to set link property '*' on device '*' (type '*') after it was "
    "realized",
    "cannot change property size of memory-backend-*",
    "cannot change property value",
    NULL
};

/* Why one may not be read. */
static const char *const secrets[] = {
    "Property '*' is not readable",
    "No crash occurred",
    NULL
};

static bool matches_any(const char *text, const char *const *patterns)
{
    for (; *patterns; patterns++) {
        if (g_pattern_match_simple(*patterns, text)) {
            return true;
        }
    }
    return false;
}

/* The answer is an error, and one of these; or the test fails. */
static void qom_check_refusal(QDict *answer, const char *path,
                              const char *property,
                              const char *const *patterns)
{
    const char *desc = qdict_get_str(qdict_get_qdict(answer, "error"), "desc");

    if (!matches_any(desc, patterns)) {
        g_error("%s of %s: %s", property, path, desc);
    }
}

static void qom_walk_property(QomWalk *walk, const char *path,
                              const char *property)
{
    QDict *answer = qtest_qmp(walk->qts, "{'execute': 'qom-get', 'arguments':"
                              " {'path': %s, 'property': %s}}",
                              path, property);
    QObject *value = qdict_get(answer, "return");
    QDict *set;

    if (!value) {
        qom_check_refusal(answer, path, property, secrets);
        qobject_unref(answer);
        return;
    }
    walk->read++;
    set = qtest_qmp(walk->qts, "{'execute': 'qom-set', 'arguments':"
                    " {'path': %s, 'property': %s, 'value': %p}}",
                    path, property, qobject_ref(value));
    if (qdict_haskey(set, "return")) {
        walk->written++;
    } else {
        qom_check_refusal(set, path, property, refusals);
    }
    qobject_unref(set);
    qobject_unref(answer);
}

static void qom_walk(QomWalk *walk, const char *path)
{
    QDict *answer = qtest_qmp(walk->qts, "{'execute': 'qom-list', 'arguments':"
                              " {'path': %s}}", path);
    QList *list = qdict_get_qlist(answer, "return");
    const QListEntry *e;

    g_assert_nonnull(list);
    walk->objects++;
    QLIST_FOREACH_ENTRY(list, e) {
        QDict *info = qobject_to(QDict, qlist_entry_obj(e));
        const char *name = qdict_get_str(info, "name");
        const char *type = qdict_get_str(info, "type");

        if (g_str_has_prefix(type, "child<")) {
            g_autofree char *child = g_strdup_printf(
                "%s/%s", g_str_equal(path, "/") ? "" : path, name);

            qom_walk(walk, child);
        } else {
            qom_walk_property(walk, path, name);
        }
    }
    qobject_unref(answer);
}

static void qom_walk_all(const char *options)
{
    QomWalk walk = { .qts = qtest_init(options) };

    qom_walk(&walk, "/");
    g_test_message("%d objects, %d properties read, %d written",
                   walk.objects, walk.read, walk.written);
    g_assert_cmpint(walk.read, >, walk.objects);
    g_assert_cmpint(walk.written, >, 0);
    /* It is still there, and in order. */
    qtest_qmp_assert_success(walk.qts, "{'execute': 'query-status'}");
    qtest_quit(walk.qts);
}

static void test_machine(const void *machine)
{
    g_autofree char *options = g_strdup_printf("-machine %s", (char *)machine);

    qom_walk_all(options);
}

static void test_full(void)
{
    qom_walk_all("-machine pc,memory-backend=ram -m 32M -nodefaults"
                 " -object memory-backend-memfd,id=ram,size=32M,share=on"
                 " -object memory-backend-ram,id=spare,size=1M,"
                 "policy=bind,host-nodes=0"
                 " -object iothread,id=io0"
                 " -netdev hubport,hubid=0,id=net0"
                 " -netdev hubport,hubid=0,id=net1"
                 " -object filter-dump,id=dump,netdev=net0,file=/dev/null"
                 " -chardev null,id=c0 -chardev ringbuf,id=c1"
                 " -device virtio-net-pci,netdev=net0,id=nic0"
                 " -device virtio-net-pci-transitional,netdev=net1"
                 " -device pci-serial,chardev=c0"
                 " -device isa-serial,chardev=c1"
                 " -device isa-debug-exit"
                 " -device tally,id=tally0");
}

static void add_machine(const char *machine)
{
    g_autofree char *path = g_strdup_printf("/qom/walk/%s", machine);

    qtest_add_data_func_full(path, g_strdup(machine), test_machine, g_free);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_cb_for_every_machine(add_machine, false);
    qtest_add_func("/qom/walk/full", test_full);
    return g_test_run();
}
