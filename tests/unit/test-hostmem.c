/*
 * A memory back end belongs to one user at a time.
 *
 * The machine is the program's own, `pc`, with a back end as its RAM; how back
 * ends look from outside is in tests/qtest/hostmem-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qom/object_interfaces.h"
#include "sysemu/hostmem.h"
#include "sysemu/runstate.h"

static HostMemoryBackend *backend_find(const char *id)
{
    return MEMORY_BACKEND(object_resolve_path_component(
        object_get_objects_root(), id));
}

/* The back end's region is the machine's RAM, and the back end knows it. */
static void test_used(void)
{
    HostMemoryBackend *backend = backend_find("used");

    g_assert_true(host_memory_backend_is_mapped(backend));
    g_assert_true(current_machine->ram ==
                  host_memory_backend_get_memory(backend));
    g_assert_cmpuint(current_machine->ram_size, ==, 16 * 1024 * 1024);
}

/* Who comes second is told, and it is the end. */
static void test_used_twice(void)
{
    if (g_test_subprocess()) {
        machine_consume_memdev(current_machine, backend_find("used"));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*memory backend used can't be used multiple "
                              "times.\n*");
}

/* Only one that nobody uses can be deleted. */
static void test_delete(void)
{
    Error *err = NULL;

    g_assert_false(user_creatable_del("used", &err));
    g_assert_cmpstr(error_get_pretty(err), ==,
                    "object 'used' is in use, can not be deleted");
    error_free(err);
    g_assert_true(user_creatable_del("spare", &error_abort));
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-accel", (char *)"qtest",
        (char *)"-display", (char *)"none", (char *)"-nodefaults",
        (char *)"-object", (char *)"memory-backend-ram,id=used,size=16M",
        (char *)"-object", (char *)"memory-backend-ram,id=spare,size=16M",
        (char *)"-machine", (char *)"pc,memory-backend=used", NULL
    };
    int status;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    g_test_add_func("/hostmem/used", test_used);
    g_test_add_func("/hostmem/used/twice", test_used_twice);
    g_test_add_func("/hostmem/delete", test_delete);
    status = g_test_run();
    qemu_cleanup();
    return status;
}
