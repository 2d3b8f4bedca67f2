/*
 * libqtest: the client of the qtest protocol.
 *
 * Read libqtest.h first.  What is about QMP is in libqtest-qmp.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest-internal.h"
#include <poll.h>
#include <sys/socket.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <sys/wait.h>

/* Whatever happens to the test, the program it started ends with it. */

static GHookList abrt_hooks;
static struct sigaction sigact_old;

static void sigabrt_handler(int signo)
{
    g_hook_list_invoke(&abrt_hooks, FALSE);
}

static void setup_sigabrt_handler(void)
{
    struct sigaction sigact = {
        .sa_handler = sigabrt_handler,
        .sa_flags = SA_RESETHAND,
    };

    sigemptyset(&sigact.sa_mask);
    sigaction(SIGABRT, &sigact, &sigact_old);
}

static void cleanup_sigabrt_handler(void)
{
    sigaction(SIGABRT, &sigact_old, NULL);
}

static bool hook_list_is_empty(GHookList *hook_list)
{
    GHook *hook = g_hook_first_valid(hook_list, TRUE);

    if (hook) {
        g_hook_unref(hook_list, hook);
    }
    return hook == NULL;
}

void qtest_add_abrt_handler(GHookFunc fn, const void *data)
{
    GHook *hook;

    if (!abrt_hooks.is_setup) {
        g_hook_list_init(&abrt_hooks, sizeof(GHook));
    }
    if (hook_list_is_empty(&abrt_hooks)) {
        setup_sigabrt_handler();
    }
    hook = g_hook_alloc(&abrt_hooks);
    hook->func = fn;
    hook->data = (void *)data;
    g_hook_prepend(&abrt_hooks, hook);
}

void qtest_remove_abrt_handler(void *data)
{
    GHook *hook = g_hook_find_data(&abrt_hooks, TRUE, data);

    g_hook_destroy_link(&abrt_hooks, hook);
    if (hook_list_is_empty(&abrt_hooks)) {
        cleanup_sigabrt_handler();
    }
}

/* From the SIGABRT handler: the test has failed already, so no questions. */
static void kill_qemu_hook_func(void *opaque)
{
    QTestState *s = opaque;

    if (s->qemu_pid > 0) {
        kill(s->qemu_pid, SIGKILL);
        waitpid(s->qemu_pid, NULL, 0);
    }
}

/* Start and end */

static const char *qtest_qemu_binary(void)
{
    const char *qemu_bin = getenv("QTEST_QEMU_BINARY");

    if (!qemu_bin) {
        fprintf(stderr, "Environment variable QTEST_QEMU_BINARY required\n");
        exit(0);
    }
    return qemu_bin;
}

/* What is left of a program that has ended must not look like a live one. */
static void qtest_reap(QTestState *s)
{
    pid_t pid;

    if (s->qemu_pid == -1) {
        return;
    }
    do {
        pid = waitpid(s->qemu_pid, &s->wstatus, 0);
    } while (pid < 0 && errno == EINTR);
    assert(pid == s->qemu_pid);
    s->qemu_pid = -1;
}

/* Ended as expected?  If not, say how, and end the test. */
static void qtest_check_status(QTestState *s)
{
    if (WIFEXITED(s->wstatus) &&
        WEXITSTATUS(s->wstatus) == s->expected_status) {
        return;
    }
    if (WIFSIGNALED(s->wstatus)) {
        fprintf(stderr, "%s:%d: QEMU death from signal %d (%s)%s\n",
                __FILE__, __LINE__, WTERMSIG(s->wstatus),
                strsignal(WTERMSIG(s->wstatus)),
                WCOREDUMP(s->wstatus) ? " (core dumped)" : "");
    } else {
        fprintf(stderr, "%s:%d: QEMU exited with status %d, expected %d\n",
                __FILE__, __LINE__, WEXITSTATUS(s->wstatus),
                s->expected_status);
    }
    abort();
}

bool qtest_probe_child(QTestState *s)
{
    if (s->qemu_pid != -1 &&
        waitpid(s->qemu_pid, &s->wstatus, WNOHANG) == s->qemu_pid) {
        s->qemu_pid = -1;
    }
    return s->qemu_pid != -1;
}

pid_t qtest_pid(QTestState *s)
{
    return s->qemu_pid;
}

void qtest_set_expected_status(QTestState *s, int status)
{
    s->expected_status = status;
}

void qtest_wait_qemu(QTestState *s)
{
    qtest_reap(s);
    qtest_check_status(s);
}

void qtest_kill_qemu(QTestState *s)
{
    if (s->qemu_pid != -1) {
        kill(s->qemu_pid, SIGTERM);
        qtest_reap(s);
    }
    qtest_check_status(s);
}

void qtest_cut_power(QTestState *s)
{
    struct ucred peer;
    socklen_t len = sizeof(peer);

    /* The child may be a script that has started it. */
    g_assert_cmpint(getsockopt(s->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len),
                    ==, 0);
    kill(peer.pid, SIGKILL);
    qtest_reap(s);
    s->wstatus = 0;
    s->expected_status = 0;
}

void qtest_quit(QTestState *s)
{
    qtest_remove_abrt_handler(s);
    qtest_kill_qemu(s);
    close(s->fd);
    qtest_qmp_end(s);
    g_string_free(s->rx, true);
    g_free(s);
}

int qtest_socket_server(const char *socket_path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int sock = socket(PF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(sock, >=, 0);
    g_assert_cmpuint(strlen(socket_path), <, sizeof(addr.sun_path));
    strcpy(addr.sun_path, socket_path);
    g_assert_cmpint(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    g_assert_cmpint(listen(sock, 1), ==, 0);
    return sock;
}

/* The program connects to us, or dies trying. */
static int qtest_accept(QTestState *s, int sock)
{
    struct pollfd pfd = { .fd = sock, .events = POLLIN };

    while (poll(&pfd, 1, 100) <= 0) {
        if (!qtest_probe_child(s)) {
            return -1;
        }
    }
    return accept4(sock, NULL, NULL, SOCK_CLOEXEC);
}

QTestState *qtest_init_without_qmp_handshake(const char *extra_args)
{
    QTestState *s = g_new0(QTestState, 1);
    char dir[] = "/tmp/qtest-XXXXXX";
    g_autofree char *socket_path = NULL, *qmp_socket_path = NULL;
    g_autofree char *command = NULL;
    int sock, qmpsock;

    g_assert_nonnull(g_mkdtemp(dir));
    socket_path = g_strdup_printf("%s/qtest.sock", dir);
    qmp_socket_path = g_strdup_printf("%s/qtest.qmp", dir);
    sock = qtest_socket_server(socket_path);
    qmpsock = qtest_socket_server(qmp_socket_path);
    command = g_strdup_printf(
        "exec %s -qtest unix:%s -qtest-log %s "
        "-chardev socket,path=%s,id=char0 -mon chardev=char0,mode=control "
        "-display none -accel qtest %s",
        qtest_qemu_binary(), socket_path,
        getenv("QTEST_LOG") ? "/dev/fd/2" : "/dev/null", qmp_socket_path,
        extra_args ? extra_args : "");
    g_test_message("starting QEMU: %s", command);

    qtest_add_abrt_handler(kill_qemu_hook_func, s);
    s->qemu_pid = fork();
    if (s->qemu_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execlp("/bin/sh", "sh", "-c", command, NULL);
        _exit(1);
    }
    g_assert_cmpint(s->qemu_pid, >, 0);

    s->rx = g_string_new("");
    s->fd = qtest_accept(s, sock);
    s->qmp_fd = s->fd < 0 ? -1 : qtest_accept(s, qmpsock);
    close(sock);
    close(qmpsock);
    unlink(socket_path);
    unlink(qmp_socket_path);
    rmdir(dir);
    if (s->qmp_fd < 0) {
        fprintf(stderr, "QEMU ended before it connected: %s\n", command);
        qtest_remove_abrt_handler(s);
        abort();
    }
    qtest_qmp_start(s);
    return s;
}

QTestState *qtest_init(const char *extra_args)
{
    QTestState *s = qtest_init_without_qmp_handshake(extra_args);

    qtest_qmp_handshake(s);
    return s;
}

QTestState *qtest_init_with_serial(const char *extra_args, int *sock_fd)
{
    char dir[] = "/tmp/qtest-serial-XXXXXX";
    g_autofree char *path = NULL;
    QTestState *s;
    int sock;

    g_assert_nonnull(g_mkdtemp(dir));
    path = g_strdup_printf("%s/sock", dir);
    sock = qtest_socket_server(path);
    s = qtest_initf("-chardev socket,id=s0,path=%s -serial chardev:s0 %s",
                    path, extra_args);
    *sock_fd = qtest_accept(s, sock);
    g_assert_cmpint(*sock_fd, >=, 0);
    close(sock);
    unlink(path);
    rmdir(dir);
    return s;
}

QTestState *qtest_vinitf(const char *fmt, va_list ap)
{
    g_autofree char *args = g_strdup_vprintf(fmt, ap);

    return qtest_init(args);
}

QTestState *qtest_initf(const char *fmt, ...)
{
    QTestState *s;
    va_list ap;

    va_start(ap, fmt);
    s = qtest_vinitf(fmt, ap);
    va_end(ap);
    return s;
}

/* Lines */

static void socket_send(int fd, const char *buf, size_t size)
{
    while (size > 0) {
        ssize_t n = send(fd, buf, size, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        g_assert_cmpint(n, >, 0);
        buf += n;
        size -= n;
    }
}

static void G_GNUC_PRINTF(2, 3) qtest_sendf(QTestState *s, const char *fmt, ...)
{
    char buf[256];
    g_autofree char *longer = NULL;
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(buf, sizeof(buf), fmt, ap);
    va_end(ap);
    if (len >= sizeof(buf)) {
        va_start(ap, fmt);
        longer = g_strdup_vprintf(fmt, ap);
        va_end(ap);
    }
    socket_send(s->fd, longer ? longer : buf, len);
}

void qtest_send_line(QTestState *s, const char *line)
{
    qtest_sendf(s, "%s\n", line);
}

gchar *qtest_recv_line(QTestState *s)
{
    char *start, *eol;

    for (;;) {
        char buffer[4096];
        ssize_t len;

        start = s->rx->str + s->rx_used;
        eol = memchr(start, '\n', s->rx->len - s->rx_used);
        if (eol) {
            break;
        }
        g_string_erase(s->rx, 0, s->rx_used);
        s->rx_used = 0;

        len = read(s->fd, buffer, sizeof(buffer));
        if (len < 0 && errno == EINTR) {
            continue;
        }
        if (len <= 0) {
            fprintf(stderr, "Broken pipe\n");
            abort();
        }
        g_string_append_len(s->rx, buffer, len);
    }
    s->rx_used += eol + 1 - start;
    return g_strndup(start, eol - start);
}

/* An IRQ line may come at any time before the answer. */
static bool qtest_take_irq(QTestState *s, const char *line)
{
    bool raise = g_str_has_prefix(line, "IRQ raise ");
    int irq;

    if (!raise && !g_str_has_prefix(line, "IRQ lower ")) {
        return false;
    }
    irq = atoi(line + 10);
    g_assert_cmpint(irq, >=, 0);
    g_assert_cmpint(irq, <, MAX_IRQ);
    s->irq_level[irq] = raise;
    return true;
}

/* The words of an answer, which must be OK; the caller frees them. */
static gchar **qtest_rsp_args(QTestState *s, int expected_args)
{
    g_autofree char *line = qtest_recv_line(s);
    gchar **words;

    while (qtest_take_irq(s, line)) {
        g_free(line);
        line = qtest_recv_line(s);
    }
    words = g_strsplit(line, " ", 0);
    g_assert_cmpstr(words[0], ==, "OK");
    g_assert_cmpint(g_strv_length(words), >=, expected_args);
    return words;
}

static void qtest_rsp(QTestState *s)
{
    g_strfreev(qtest_rsp_args(s, 1));
}

static uint64_t qtest_rsp_number(QTestState *s)
{
    gchar **words = qtest_rsp_args(s, 2);
    char *end;
    uint64_t value = g_ascii_strtoull(words[1], &end, 0);

    g_assert_cmpint(*end, ==, '\0');
    g_strfreev(words);
    return value;
}

/* Interrupts */

void qtest_irq_intercept_in(QTestState *s, const char *qom_path)
{
    qtest_sendf(s, "irq_intercept_in %s\n", qom_path);
    qtest_rsp(s);
}

void qtest_irq_intercept_out(QTestState *s, const char *qom_path)
{
    qtest_sendf(s, "irq_intercept_out %s\n", qom_path);
    qtest_rsp(s);
}

void qtest_set_irq_in(QTestState *s, const char *qom_path, const char *name,
                      int num, int level)
{
    qtest_sendf(s, "set_irq_in %s %s %d %d\n", qom_path,
                name ? name : "unnamed-gpio-in", num, level);
    qtest_rsp(s);
}

bool qtest_get_irq(QTestState *s, int num)
{
    /* A round trip brings in what was sent before it. */
    qtest_inb(s, 0);
    return s->irq_level[num];
}

/* I/O ports */

static void qtest_out(QTestState *s, const char *cmd, uint16_t addr,
                      uint32_t value)
{
    qtest_sendf(s, "%s 0x%x 0x%x\n", cmd, addr, value);
    qtest_rsp(s);
}

void qtest_outb(QTestState *s, uint16_t addr, uint8_t value)
{
    qtest_out(s, "outb", addr, value);
}

void qtest_outw(QTestState *s, uint16_t addr, uint16_t value)
{
    qtest_out(s, "outw", addr, value);
}

void qtest_outl(QTestState *s, uint16_t addr, uint32_t value)
{
    qtest_out(s, "outl", addr, value);
}

static uint32_t qtest_in(QTestState *s, const char *cmd, uint16_t addr)
{
    qtest_sendf(s, "%s 0x%x\n", cmd, addr);
    return qtest_rsp_number(s);
}

uint8_t qtest_inb(QTestState *s, uint16_t addr)
{
    return qtest_in(s, "inb", addr);
}

uint16_t qtest_inw(QTestState *s, uint16_t addr)
{
    return qtest_in(s, "inw", addr);
}

uint32_t qtest_inl(QTestState *s, uint16_t addr)
{
    return qtest_in(s, "inl", addr);
}

/* Memory */

static void qtest_write(QTestState *s, const char *cmd, uint64_t addr,
                        uint64_t value)
{
    qtest_sendf(s, "%s 0x%" PRIx64 " 0x%" PRIx64 "\n", cmd, addr, value);
    qtest_rsp(s);
}

void qtest_writeb(QTestState *s, uint64_t addr, uint8_t value)
{
    qtest_write(s, "writeb", addr, value);
}

void qtest_writew(QTestState *s, uint64_t addr, uint16_t value)
{
    qtest_write(s, "writew", addr, value);
}

void qtest_writel(QTestState *s, uint64_t addr, uint32_t value)
{
    qtest_write(s, "writel", addr, value);
}

void qtest_writeq(QTestState *s, uint64_t addr, uint64_t value)
{
    qtest_write(s, "writeq", addr, value);
}

static uint64_t qtest_read(QTestState *s, const char *cmd, uint64_t addr)
{
    qtest_sendf(s, "%s 0x%" PRIx64 "\n", cmd, addr);
    return qtest_rsp_number(s);
}

uint8_t qtest_readb(QTestState *s, uint64_t addr)
{
    return qtest_read(s, "readb", addr);
}

uint16_t qtest_readw(QTestState *s, uint64_t addr)
{
    return qtest_read(s, "readw", addr);
}

uint32_t qtest_readl(QTestState *s, uint64_t addr)
{
    return qtest_read(s, "readl", addr);
}

uint64_t qtest_readq(QTestState *s, uint64_t addr)
{
    return qtest_read(s, "readq", addr);
}

void qtest_memread(QTestState *s, uint64_t addr, void *data, size_t size)
{
    uint8_t *ptr = data;
    gchar **args;

    if (!size) {
        return;
    }
    qtest_sendf(s, "read 0x%" PRIx64 " 0x%zx\n", addr, size);
    args = qtest_rsp_args(s, 2);
    g_assert_cmpint(strlen(args[1]), ==, 2 + 2 * size);
    for (size_t i = 0; i < size; i++) {
        const char *hex = args[1] + 2 + 2 * i;

        ptr[i] = g_ascii_xdigit_value(hex[0]) << 4 |
                 g_ascii_xdigit_value(hex[1]);
    }
    g_strfreev(args);
}

void qtest_memwrite(QTestState *s, uint64_t addr, const void *data, size_t size)
{
    const uint8_t *ptr = data;
    g_autoptr(GString) enc = g_string_sized_new(2 * size);

    if (!size) {
        return;
    }
    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(enc, "%02x", ptr[i]);
    }
    qtest_sendf(s, "write 0x%" PRIx64 " 0x%zx 0x%s\n", addr, size, enc->str);
    qtest_rsp(s);
}

void qtest_bufread(QTestState *s, uint64_t addr, void *data, size_t size)
{
    gchar **args;
    gsize len;

    if (!size) {
        return;
    }
    qtest_sendf(s, "b64read 0x%" PRIx64 " 0x%zx\n", addr, size);
    args = qtest_rsp_args(s, 2);
    g_base64_decode_inplace(args[1], &len);
    g_assert_cmpuint(len, ==, size);
    memcpy(data, args[1], len);
    g_strfreev(args);
}

void qtest_bufwrite(QTestState *s, uint64_t addr, const void *data, size_t size)
{
    g_autofree gchar *bdata = g_base64_encode(data, size);

    if (!size) {
        return;
    }
    qtest_sendf(s, "b64write 0x%" PRIx64 " 0x%zx %s\n", addr, size, bdata);
    qtest_rsp(s);
}

void qtest_memset(QTestState *s, uint64_t addr, uint8_t pattern, size_t size)
{
    qtest_sendf(s, "memset 0x%" PRIx64 " 0x%zx 0x%02x\n", addr, size, pattern);
    qtest_rsp(s);
}

/* Time */

int64_t qtest_clock_step_next(QTestState *s)
{
    qtest_sendf(s, "clock_step\n");
    return qtest_rsp_number(s);
}

int64_t qtest_clock_step(QTestState *s, int64_t step)
{
    qtest_sendf(s, "clock_step %" PRIi64 "\n", step);
    return qtest_rsp_number(s);
}

int64_t qtest_clock_set(QTestState *s, int64_t val)
{
    qtest_sendf(s, "clock_set %" PRIi64 "\n", val);
    return qtest_rsp_number(s);
}

/* About the target */

bool qtest_big_endian(QTestState *s)
{
    gchar **args;
    bool big;

    qtest_sendf(s, "endianness\n");
    args = qtest_rsp_args(s, 2);
    big = g_str_equal(args[1], "big");
    g_assert_true(big || g_str_equal(args[1], "little"));
    g_strfreev(args);
    return big;
}

const char *qtest_get_arch(void)
{
    const char *dash = strrchr(qtest_qemu_binary(), '-');

    g_assert_nonnull(dash);
    return dash + 1;
}

bool qtest_has_accel(const char *accel_name)
{
    if (g_str_equal(accel_name, "kvm")) {
        return access("/dev/kvm", R_OK | W_OK) == 0;
    }
    return g_str_equal(accel_name, "qtest");
}

void qtest_add_func(const char *str, void (*fn)(void))
{
    g_autofree char *path = g_strdup_printf("/%s%s", qtest_get_arch(), str);

    g_test_add_func(path, fn);
}

void qtest_add_data_func(const char *str, const void *data,
                         void (*fn)(const void *))
{
    g_autofree char *path = g_strdup_printf("/%s%s", qtest_get_arch(), str);

    g_test_add_data_func(path, data, fn);
}

void qtest_add_data_func_full(const char *str, void *data,
                              void (*fn)(const void *),
                              GDestroyNotify data_free_func)
{
    g_autofree char *path = g_strdup_printf("/%s%s", qtest_get_arch(), str);

    g_test_add_data_func_full(path, data, fn, data_free_func);
}
