/*
 * libFuzzer is a QMP client.
 *
 * It has one connection for ever.  After each input, whatever that was, a good
 * command has to be answered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>
#include "fuzz.h"
#include "../../monitor/monitor-internal.h"
#include "qemu/main-loop.h"

#define ANSWER_SECONDS 60

static int client;
static unsigned questions;

/* Give the monitor @data, and take away what it says, until it says @end. */
static void fuzz_talk(const char *data, size_t size, const char *end)
{
    gint64 timeout = g_get_monotonic_time() + ANSWER_SECONDS * G_USEC_PER_SEC;
    g_autoptr(GString) said = g_string_new(NULL);

    while (size > 0 || !strstr(said->str, end)) {
        char buf[4096];
        ssize_t n = send(client, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n > 0) {
            data += n;
            size -= n;
        }
        main_loop_wait(true);
        n = recv(client, buf, sizeof(buf), MSG_DONTWAIT);
        if (n > 0) {
            g_string_append_len(said, buf, n);
        } else if (g_get_monotonic_time() > timeout) {
            g_error("no answer: %s", said->str);
        }
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    /* What makes files and sockets, is for monitor-fuzz-test alone. */
    static const char *const disabled[] = {
        "chardev-add", "chardev-change", "memsave", "pmemsave", "netdev_add",
        "object-add", "human-monitor-command",
    };
    g_autofree char *chardev = NULL;
    int fds[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
    client = fds[0];
    chardev = g_strdup_printf("socket,id=mon0,fd=%d", fds[1]);
    fuzz_init((const char *const[]){ "-chardev", chardev, "-mon",
                                     "chardev=mon0,mode=control", NULL });
    for (int i = 0; i < ARRAY_SIZE(disabled); i++) {
        qmp_disable_command(&qmp_commands, disabled[i], NULL);
    }
    fuzz_talk("{\"execute\":\"qmp_capabilities\"}", 30, "\"return\"");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *question = NULL, *answer = NULL;

    questions++;
    question = g_strdup_printf("\xff\n{\"execute\":\"query-name\","
                               "\"id\":\"ask%u\"}\n", questions);
    answer = g_strdup_printf("\"id\": \"ask%u\"", questions);
    if (size) {
        fuzz_talk((const char *)data, size, "");
    }
    fuzz_talk(question, strlen(question), answer);
    return 0;
}
