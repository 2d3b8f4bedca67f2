/*
 * A device that comes and goes a thousand times leaves nothing behind: no
 * object in the tree, no file descriptor, no memory, and with that no region,
 * timer or bottom half.
 *
 * The whole program is linked and started as main() does, so this is also the
 * shortest way to see qemu_init() and qemu_cleanup() in a debugger.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <malloc.h>
#include "hw/qdev-core.h"
#include "monitor/qdev.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/main-loop.h"
#include "qemu/rcu.h"
#include "sysemu/runstate.h"

#define CYCLES 1000

typedef struct Census {
    unsigned fds;
    unsigned objects;
    size_t bytes;
} Census;

static int count_one(Object *obj, void *opaque)
{
    ++*(unsigned *)opaque;
    return 0;
}

static void census_take(Census *c)
{
    GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);

    memset(c, 0, sizeof(*c));
    while (g_dir_read_name(dir)) {
        c->fds++;
    }
    g_dir_close(dir);
    object_child_foreach_recursive(object_get_root(), count_one, &c->objects);
    c->bytes = mallinfo2().uordblks;
}

static void device_cycle(const char *driver)
{
    QDict *opts = qdict_new();
    DeviceState *dev;

    qdict_put_str(opts, "driver", driver);
    qdict_put_str(opts, "id", "dev0");
    dev = qdev_device_add_from_qdict(opts, false, &error_abort);
    qobject_unref(opts);

    /* What device_del does once the guest has agreed. */
    object_unparent(OBJECT(dev));
    object_unref(OBJECT(dev));
    /* The device's part in flat views, and its deleted bottom halves. */
    drain_call_rcu();
    main_loop_wait(true);
}

/*
 * Tables, and each thread's part of the heap, grow for a while.  What is lost
 * once a cycle makes it grow for ever.
 */
static void test_device_cycle(gconstpointer driver)
{
    Census before, after;
    int rounds = 0;

    device_cycle(driver);
    census_take(&after);
    do {
        before = after;
        for (int i = 0; i < CYCLES; i++) {
            device_cycle(driver);
        }
        census_take(&after);
        g_assert_cmpuint(after.fds, ==, before.fds);
        g_assert_cmpuint(after.objects, ==, before.objects);
        g_assert_cmpint(++rounds, <=, 8);
    } while (after.bytes >= before.bytes + CYCLES);
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"pc",
        (char *)"-accel", (char *)"qtest", (char *)"-display", (char *)"none",
        NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    g_test_add_data_func("/device/cycle/tally", "tally", test_device_cycle);
    g_test_add_data_func("/device/cycle/virtio-net-pci", "virtio-net-pci",
                         test_device_cycle);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
