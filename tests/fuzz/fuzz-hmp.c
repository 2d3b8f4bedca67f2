/*
 * libFuzzer writes lines for the human monitor.
 *
 * They go where human-monitor-command sends them: past the line editor, which
 * monitor-fuzz-test types at.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fuzz.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-misc.h"
#include "qemu/main-loop.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    fuzz_init((const char *const[]){ NULL });
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = NULL;

    /* Long dumps, too, are no fault. */
    if (fuzz_leaves_process(data, size) || memmem(data, size, "x/", 2)
        || memmem(data, size, "xp", 2)) {
        return -1;
    }
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        g_free(qmp_human_monitor_command(*line, false, 0, &error_abort));
        main_loop_wait(true);
    }
    return 0;
}
