/*
 * Tests of the i8042, and of the keyboard and mouse behind it: what a driver
 * may rely on.
 *
 * All answers were read from QEMU 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqtest.h"
#include "pc-test.h"
#include "qapi/qmp/qdict.h"

#define DATA    0x60
#define STATUS  0x64        /* read */
#define COMMAND 0x64        /* write */

#define OBF     0x01
#define AUX_OBF 0x20

#define ACK     0xfa

/* The lines of the IOAPIC, which irq_intercept_in() watches. */
#define KBD_IRQ 1
#define AUX_IRQ 12

static QTestState *i8042_start(const char *opts)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults %s", opts);

    qtest_irq_intercept_in(qts, PC_IOAPIC);
    return qts;
}

static void i8042_set_mode(QTestState *qts, uint8_t mode)
{
    qtest_outb(qts, COMMAND, 0x60);
    qtest_outb(qts, DATA, mode);
}

static void aux_write(QTestState *qts, uint8_t val)
{
    qtest_outb(qts, COMMAND, 0xd4);
    qtest_outb(qts, DATA, val);
}

/* All that waits, as "fa ab 83", and '*' behind what is of the mouse. */
static char *i8042_drain(QTestState *qts)
{
    GString *all = g_string_new(NULL);
    uint8_t status;

    while ((status = qtest_inb(qts, STATUS)) & OBF) {
        g_string_append_printf(all, "%s%02x%s", all->len ? " " : "",
                               qtest_inb(qts, DATA),
                               status & AUX_OBF ? "*" : "");
    }
    return g_string_free(all, false);
}

#define assert_reads(qts, want)                         \
    do {                                                \
        g_autofree char *got_ = i8042_drain(qts);       \
        g_assert_cmpstr(got_, ==, want);                \
    } while (0)

static void kbd_write(QTestState *qts, uint8_t val, const char *want)
{
    qtest_outb(qts, DATA, val);
    assert_reads(qts, want);
}

static void key(QTestState *qts, const char *qcode, bool down)
{
    qtest_qmp_assert_success(qts, "{'execute': 'input-send-event',"
        "'arguments': {'events': [{'type': 'key', 'data': {'down': %i,"
        "'key': {'type': 'qcode', 'data': %s}}}]}}", down, qcode);
}

static void button(QTestState *qts, const char *name, bool down)
{
    qtest_qmp_assert_success(qts, "{'execute': 'input-send-event',"
        "'arguments': {'events': [{'type': 'btn', 'data': {'down': %i,"
        "'button': %s}}]}}", down, name);
}

static void move(QTestState *qts, int64_t dx, int64_t dy)
{
    qtest_qmp_assert_success(qts, "{'execute': 'input-send-event',"
        "'arguments': {'events': ["
        "{'type': 'rel', 'data': {'axis': 'x', 'value': %" PRId64 "}},"
        "{'type': 'rel', 'data': {'axis': 'y', 'value': %" PRId64 "}}]}}",
        dx, dy);
}

/* The controller */

static void test_controller(void)
{
    static const struct {
        uint8_t command;
        const char *answer;
    } commands[] = {
        { 0x20, "03" },         /* the mode */
        { 0xaa, "55" }, { 0xab, "00" }, { 0xa9, "00" },     /* tests */
        { 0xc0, "80" }, { 0xd0, "cf" },                     /* ports */
        { 0x21, "" }, { 0xff, "" }, { 0xf1, "" },           /* nothing */
    };
    QTestState *qts = i8042_start("");

    g_assert_cmphex(qtest_inb(qts, STATUS), ==, 0x18);
    for (int i = 0; i < ARRAY_SIZE(commands); i++) {
        qtest_outb(qts, COMMAND, commands[i].command);
        assert_reads(qts, commands[i].answer);
    }
    /* The self test has passed. */
    g_assert_cmphex(qtest_inb(qts, STATUS), ==, 0x1c);
    /* What was read last can be read again. */
    g_assert_cmphex(qtest_inb(qts, DATA), ==, 0xcf);

    qtest_outb(qts, COMMAND, 0xd2);
    qtest_outb(qts, DATA, 0x12);
    assert_reads(qts, "12");
    qtest_outb(qts, COMMAND, 0xd3);
    qtest_outb(qts, DATA, 0x34);
    assert_reads(qts, "34*");
    qtest_quit(qts);
}

/* A byte interrupts if its owner's bit of the mode says so. */
static void test_interrupts(void)
{
    QTestState *qts = i8042_start("");

    qtest_outb(qts, DATA, 0xee);
    g_assert_true(qtest_get_irq(qts, KBD_IRQ));
    g_assert_false(qtest_get_irq(qts, AUX_IRQ));
    i8042_set_mode(qts, 0x02);
    g_assert_false(qtest_get_irq(qts, KBD_IRQ));
    i8042_set_mode(qts, 0x03);
    g_assert_true(qtest_get_irq(qts, KBD_IRQ));
    assert_reads(qts, "ee");
    g_assert_false(qtest_get_irq(qts, KBD_IRQ));

    aux_write(qts, 0xe6);
    g_assert_true(qtest_get_irq(qts, AUX_IRQ));
    g_assert_false(qtest_get_irq(qts, KBD_IRQ));
    assert_reads(qts, "fa*");
    g_assert_false(qtest_get_irq(qts, AUX_IRQ));
    qtest_quit(qts);
}

/* A device that is disabled keeps what it has to say. */
static void test_disable(void)
{
    QTestState *qts = i8042_start("");

    qtest_outb(qts, COMMAND, 0xad);
    key(qts, "a", true);
    assert_reads(qts, "");
    qtest_outb(qts, COMMAND, 0xae);
    assert_reads(qts, "1c");

    /* Talking to it connects it. */
    qtest_outb(qts, COMMAND, 0xad);
    key(qts, "a", false);
    assert_reads(qts, "");
    qtest_outb(qts, DATA, 0xee);
    assert_reads(qts, "ee f0 1c");
    qtest_quit(qts);
}

/* Both gates of A20 are ports; the CPU's line is not looked at here. */
static void test_outport(void)
{
    QTestState *qts = i8042_start("");

    qtest_outb(qts, COMMAND, 0xdd);
    qtest_outb(qts, COMMAND, 0xd0);
    assert_reads(qts, "cd");
    qtest_outb(qts, COMMAND, 0xdf);
    qtest_outb(qts, COMMAND, 0xd0);
    assert_reads(qts, "cf");
    qtest_outb(qts, COMMAND, 0xd1);
    qtest_outb(qts, DATA, 0xdd);
    qtest_outb(qts, COMMAND, 0xd0);
    assert_reads(qts, "dd");
    qtest_quit(qts);
}

/* Throttled, the keyboard's next byte comes a millisecond later. */
static void test_throttle(void)
{
    QTestState *qts = i8042_start("-global i8042.kbd-throttle=on");

    key(qts, "home", true);
    assert_reads(qts, "e0");
    qtest_clock_step(qts, 999 * 1000);
    assert_reads(qts, "");
    qtest_clock_step(qts, 2 * 1000);
    assert_reads(qts, "6c");
    qtest_quit(qts);
}

/* The keyboard */

static void test_keyboard_commands(void)
{
    QTestState *qts = i8042_start("");

    kbd_write(qts, 0xff, "fa aa");
    kbd_write(qts, 0xf2, "fa ab 83");
    kbd_write(qts, 0xed, "fa");
    kbd_write(qts, 0x07, "fa");
    kbd_write(qts, 0xf3, "fa");
    kbd_write(qts, 0x20, "fa");
    kbd_write(qts, 0xf0, "fa");
    kbd_write(qts, 0x00, "fa 02");
    kbd_write(qts, 0xf0, "fa");
    kbd_write(qts, 0x04, "fe");
    kbd_write(qts, 0xfe, "fe");

    /* Translated: the identity, and the set. */
    i8042_set_mode(qts, 0x43);
    kbd_write(qts, 0xf2, "fa ab 41");
    kbd_write(qts, 0xf0, "fa");
    kbd_write(qts, 0x00, "fa 41");
    qtest_quit(qts);
}

/* A command cuts the last answer short, and goes before keys that wait. */
static void test_answer_first(void)
{
    QTestState *qts = i8042_start("");

    key(qts, "a", true);
    qtest_outb(qts, DATA, 0xf2);
    g_assert_cmphex(qtest_inb(qts, DATA), ==, ACK);
    qtest_outb(qts, DATA, 0xee);
    assert_reads(qts, "ee 1c");
    qtest_quit(qts);
}

/* The three sets, and set 2 as the controller translates it. */
static void test_sets(void)
{
    static const struct {
        const char *qcode;
        const char *down[4];
        const char *up[4];
    } keys[] = {
        { "a", { "1e", "1c", "1c", "1e" }, { "9e", "f0 1c", "f0 1c", "9e" } },
        { "f7", { "41", "83", "37", "41" }, { "c1", "f0 83", "f0 37", "c1" } },
        { "home", { "e0 47", "e0 6c", "6e", "e0 47" },
          { "e0 c7", "e0 f0 6c", "f0 6e", "e0 c7" } },
        { "kp_enter", { "e0 1c", "e0 5a", "79", "e0 1c" },
          { "e0 9c", "e0 f0 5a", "f0 79", "e0 9c" } },
        { "print", { "e0 2a e0 37", "e0 12 e0 7c", "57", "e0 2a e0 37" },
          { "e0 b7 e0 aa", "e0 f0 7c e0 f0 12", "f0 57", "e0 b7 e0 aa" } },
        { "pause", { "e1 1d 45 e1 9d c5", "e1 14 77 e1 f0 14 f0 77", "62",
                     "e1 1d 45 e1 9d c5" },
          { "", "", "f0 62", "" } },
        { "unmapped", { "", "", "", "" }, { "", "", "", "" } },
    };
    QTestState *qts = i8042_start("");

    for (int set = 0; set < 4; set++) {
        i8042_set_mode(qts, set == 3 ? 0x43 : 0x03);
        kbd_write(qts, 0xf0, "fa");
        kbd_write(qts, set == 3 ? 2 : set + 1, "fa");
        for (int i = 0; i < ARRAY_SIZE(keys); i++) {
            key(qts, keys[i].qcode, true);
            assert_reads(qts, keys[i].down[set]);
            key(qts, keys[i].qcode, false);
            assert_reads(qts, keys[i].up[set]);
        }
    }
    qtest_quit(qts);
}

/* Print Screen and Pause are other keys with Alt, Shift and Ctrl. */
static void test_modifiers(void)
{
    static const struct {
        const char *modifier, *qcode, *down, *up;
    } keys[] = {
        { "alt", "print", "f0 11 11 84", "f0 84 f0 11 11" },
        { "alt_r", "sysrq", "e0 f0 11 e0 11 84", "f0 84 e0 f0 11 e0 11" },
        { "shift", "print", "e0 7c", "e0 f0 7c" },
        { "ctrl_r", "pause", "e0 7e e0 f0 7e", "" },
        { "shift_r", "pause", "e1 14 77 e1 f0 14 f0 77", "" },
    };
    QTestState *qts = i8042_start("");

    for (int i = 0; i < ARRAY_SIZE(keys); i++) {
        key(qts, keys[i].modifier, true);
        g_free(i8042_drain(qts));
        key(qts, keys[i].qcode, true);
        assert_reads(qts, keys[i].down);
        key(qts, keys[i].qcode, false);
        assert_reads(qts, keys[i].up);
        key(qts, keys[i].modifier, false);
        g_free(i8042_drain(qts));
    }
    qtest_quit(qts);
}

/* What nobody reads is lost, but never a part of a key. */
static void test_overflow(void)
{
    QTestState *qts = i8042_start("");

    for (int i = 0; i < 20; i++) {
        key(qts, "pause", true);
        key(qts, "home", false);
    }
    assert_reads(qts, "e1 14 77 e1 f0 14 f0 77 e0 f0 6c e0 f0 6c");
    kbd_write(qts, 0xf5, "fa");
    key(qts, "a", true);
    assert_reads(qts, "");
    kbd_write(qts, 0xf4, "fa");
    qtest_quit(qts);
}

/* send-key: down in order, up in reverse, each after the hold time. */
static void test_send_key(void)
{
    QTestState *qts = i8042_start("");

    qtest_qmp_assert_success(qts, "{'execute': 'send-key', 'arguments': {"
        "'keys': [{'type': 'qcode', 'data': 'ctrl'},"
                 "{'type': 'number', 'data': 30}], 'hold-time': 100}}");
    assert_reads(qts, "14");
    qtest_clock_step(qts, 99 * 1000000);
    assert_reads(qts, "");
    qtest_clock_step(qts, 1 * 1000000);
    assert_reads(qts, "1c");
    qtest_clock_step(qts, 100 * 1000000);
    assert_reads(qts, "f0 1c");
    qtest_clock_step(qts, 100 * 1000000);
    assert_reads(qts, "f0 14");
    qtest_clock_step(qts, 100 * 1000000);

    /* Without a time 10 ms; and a negative one is none. */
    qtest_qmp_assert_success(qts, "{'execute': 'send-key', 'arguments': {"
        "'keys': [{'type': 'qcode', 'data': 'b'}], 'hold-time': -1}}");
    assert_reads(qts, "32");
    qtest_clock_step(qts, 10 * 1000000);
    assert_reads(qts, "f0 32");
    qtest_quit(qts);
}

/* A machine that stands still has no input. */
static void test_stopped(void)
{
    QTestState *qts = i8042_start("");
    QDict *rsp;

    qtest_qmp_assert_success(qts, "{'execute': 'stop'}");
    rsp = qtest_qmp(qts, "{'execute': 'input-send-event', 'arguments': {"
                    "'events': []}}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "VM not running");
    qobject_unref(rsp);
    g_free(qtest_hmp(qts, "sendkey a"));
    qtest_qmp_assert_success(qts, "{'execute': 'cont'}");
    assert_reads(qts, "");
    qtest_quit(qts);
}

/* The mouse */

static void test_mouse_commands(void)
{
    QTestState *qts = i8042_start("");

    aux_write(qts, 0xff);
    assert_reads(qts, "fa* aa* 00*");
    aux_write(qts, 0xf4);
    aux_write(qts, 0xe7);
    aux_write(qts, 0xe8);
    aux_write(qts, 3);
    assert_reads(qts, "fa* fa* fa* fa*");
    aux_write(qts, 0xe9);
    assert_reads(qts, "fa* 30* 03* 64*");

    /* What is wrapped comes back. */
    aux_write(qts, 0xee);
    aux_write(qts, 0x12);
    aux_write(qts, 0xec);
    assert_reads(qts, "fa* 12* fa*");
    /* Not a command: no answer. */
    aux_write(qts, 0xe1);
    assert_reads(qts, "");
    qtest_quit(qts);
}

static void mouse_set_rates(QTestState *qts, uint8_t a, uint8_t b, uint8_t c)
{
    const uint8_t rates[] = { a, b, c };

    for (int i = 0; i < ARRAY_SIZE(rates); i++) {
        aux_write(qts, 0xf3);
        aux_write(qts, rates[i]);
    }
    aux_write(qts, 0xf2);
}

static void test_mouse_packets(void)
{
    QTestState *qts = i8042_start("");

    /* Until it is told to, it says nothing. */
    move(qts, 1, 1);
    assert_reads(qts, "");
    aux_write(qts, 0xf4);
    assert_reads(qts, "fa*");

    move(qts, 3, 5);            /* y is upwards for a mouse */
    assert_reads(qts, "28* 03* fb*");
    button(qts, "left", true);
    assert_reads(qts, "09* 00* 00*");
    button(qts, "wheel-up", true);
    assert_reads(qts, "09* 00* 00*");

    /* With a wheel; without, what it does is forgotten. */
    mouse_set_rates(qts, 200, 100, 80);
    assert_reads(qts, "fa* fa* fa* fa* fa* fa* fa* 03*");
    button(qts, "left", false);
    assert_reads(qts, "08* 00* 00* 00*");
    button(qts, "wheel-down", true);
    assert_reads(qts, "08* 00* 00* 01*");

    /* Five buttons. */
    mouse_set_rates(qts, 200, 200, 80);
    assert_reads(qts, "fa* fa* fa* fa* fa* fa* fa* 04*");
    button(qts, "extra", true);
    assert_reads(qts, "08* 00* 00* 20*");
    button(qts, "wheel-left", true);
    assert_reads(qts, "08* 00* 00* 41*");

    /* Asked. */
    aux_write(qts, 0xf0);
    move(qts, -2, 0);
    assert_reads(qts, "fa*");
    aux_write(qts, 0xeb);
    assert_reads(qts, "fa* 18* fe* 00* 20*");
    qtest_quit(qts);
}

/* A long way takes several packets, as many as there is room for. */
static void test_mouse_far(void)
{
    QTestState *qts = i8042_start("");

    aux_write(qts, 0xf4);
    assert_reads(qts, "fa*");
    move(qts, 300, 0);
    assert_reads(qts, "08* 7f* 00* 08* 7f* 00* 08* 2e* 00*");

    /* No distance that a client may ask for is too long. */
    move(qts, INT64_MAX, INT64_MIN + 1);
    assert_reads(qts, "08* 7f* 7f* 08* 7f* 7f* 08* 7f* 7f* 08* 7f* 7f* "
                      "08* 7f* 7f*");
    qtest_quit(qts);
}

/* The board's part */

/* Without it there is no keyboard, no mouse, and no port 0x92. */
static void test_absent(void)
{
    QTestState *qts = qtest_init("-machine pc,i8042=off -nodefaults");
    g_autofree char *mice = qtest_hmp(qts, "info mice");
    QDict *rsp;

    g_assert_cmphex(qtest_inb(qts, STATUS), ==, 0xff);
    g_assert_cmphex(qtest_inb(qts, 0x92), ==, 0xff);
    g_assert_nonnull(strstr(mice, "No mouse devices connected"));
    rsp = qtest_qmp(qts, "{'execute': 'input-send-event', 'arguments': {"
        "'events': [{'type': 'key', 'data': {'down': true,"
        "'key': {'type': 'qcode', 'data': 'a'}}}]}}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "error"), "desc"), ==,
                    "Input handler not found for event type key");
    qobject_unref(rsp);
    qtest_quit(qts);
}

/* A second one: its mouse is chosen by number. */
static void test_second(void)
{
    QTestState *qts = i8042_start("-device i8042,kbd-irq=3,mouse-irq=5");
    g_autofree char *before = qtest_hmp(qts, "info mice");
    g_autofree char *set = qtest_hmp(qts, "mouse_set 4");
    g_autofree char *after = qtest_hmp(qts, "info mice");

    g_assert_cmpstr(before, ==, "  Mouse #4: QEMU PS/2 Mouse\r\n"
                                "* Mouse #2: QEMU PS/2 Mouse\r\n");
    g_assert_cmpstr(set, ==, "");
    g_assert_cmpstr(after, ==, "  Mouse #2: QEMU PS/2 Mouse\r\n"
                               "* Mouse #4: QEMU PS/2 Mouse\r\n");
    qtest_quit(qts);
}

/* A reset of the machine is one of the devices, too. */
static void test_reset(void)
{
    QTestState *qts = i8042_start("");

    i8042_set_mode(qts, 0x40);
    aux_write(qts, 0xf4);
    key(qts, "a", true);
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    g_assert_cmphex(qtest_inb(qts, STATUS), ==, 0x18);
    g_assert_false(qtest_get_irq(qts, AUX_IRQ));
    move(qts, 1, 1);
    key(qts, "a", false);
    assert_reads(qts, "f0 1c");
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/i8042/controller", test_controller);
    qtest_add_func("/i8042/interrupts", test_interrupts);
    qtest_add_func("/i8042/disable", test_disable);
    qtest_add_func("/i8042/outport", test_outport);
    qtest_add_func("/i8042/throttle", test_throttle);
    qtest_add_func("/i8042/keyboard/commands", test_keyboard_commands);
    qtest_add_func("/i8042/keyboard/answer-first", test_answer_first);
    qtest_add_func("/i8042/keyboard/sets", test_sets);
    qtest_add_func("/i8042/keyboard/modifiers", test_modifiers);
    qtest_add_func("/i8042/keyboard/overflow", test_overflow);
    qtest_add_func("/i8042/keyboard/send-key", test_send_key);
    qtest_add_func("/i8042/keyboard/stopped", test_stopped);
    qtest_add_func("/i8042/mouse/commands", test_mouse_commands);
    qtest_add_func("/i8042/mouse/packets", test_mouse_packets);
    qtest_add_func("/i8042/mouse/far", test_mouse_far);
    qtest_add_func("/i8042/absent", test_absent);
    qtest_add_func("/i8042/second", test_second);
    qtest_add_func("/i8042/reset", test_reset);
    return g_test_run();
}
