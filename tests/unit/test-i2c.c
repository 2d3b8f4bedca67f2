/*
 * I2C and SMBus: what a slave hears of what a master does, on the bus and on
 * two pins.  PIIX4's controller is in smbus-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "hw/i2c/bitbang_i2c.h"
#include "hw/i2c/i2c.h"
#include "hw/i2c/smbus_master.h"
#include "hw/i2c/smbus_slave.h"
#include "hw/irq.h"
#include "hw/sysbus.h"
#include "sysemu/cpus.h"

/* A slave that writes down what it hears, and answers 1, 2, 3 … */

#define TYPE_EAR "ear"
OBJECT_DECLARE_SIMPLE_TYPE(EarState, EAR)

struct EarState {
    I2CSlave parent_obj;

    GString *heard;
    uint8_t next;
    bool refuse;
};

static int ear_event(I2CSlave *i2c, enum i2c_event event)
{
    static const char *const names[] = {
        [I2C_START_RECV] = "read", [I2C_START_SEND] = "write",
        [I2C_START_SEND_ASYNC] = "async", [I2C_FINISH] = "stop",
        [I2C_NACK] = "nack",
    };
    EarState *s = EAR(i2c);

    g_string_append_printf(s->heard, "%s ", names[event]);
    return s->refuse && event != I2C_FINISH ? -1 : 0;
}

static int ear_send(I2CSlave *i2c, uint8_t data)
{
    g_string_append_printf(EAR(i2c)->heard, "%02x ", data);
    return data == 0xee;
}

static void ear_send_async(I2CSlave *i2c, uint8_t data)
{
    g_string_append_printf(EAR(i2c)->heard, "(%02x) ", data);
    i2c_ack(I2C_BUS(qdev_get_parent_bus(DEVICE(i2c))));
}

static uint8_t ear_recv(I2CSlave *i2c)
{
    return ++EAR(i2c)->next;
}

static void ear_init(Object *obj)
{
    EAR(obj)->heard = g_string_new("");
}

static void ear_finalize(Object *obj)
{
    g_string_free(EAR(obj)->heard, true);
}

static void ear_class_init(ObjectClass *klass, void *data)
{
    I2CSlaveClass *k = I2C_SLAVE_CLASS(klass);

    k->event = ear_event;
    k->send = ear_send;
    k->send_async = ear_send_async;
    k->recv = ear_recv;
}

static const TypeInfo ear_info = {
    .name = TYPE_EAR,
    .parent = TYPE_I2C_SLAVE,
    .instance_size = sizeof(EarState),
    .instance_init = ear_init,
    .instance_finalize = ear_finalize,
    .class_init = ear_class_init,
};

/* 256 bytes behind an address counter, as SMBus has it; and quick commands. */

#define TYPE_DRAWER "drawer"
OBJECT_DECLARE_SIMPLE_TYPE(DrawerState, DRAWER)

struct DrawerState {
    SMBusDevice parent_obj;

    uint8_t bytes[256];
    uint8_t at;
    GString *quick;
};

static void drawer_quick(SMBusDevice *dev, uint8_t read)
{
    g_string_append_c(DRAWER(dev)->quick, read ? 'r' : 'w');
}

static int drawer_write(SMBusDevice *dev, uint8_t *buf, uint8_t len)
{
    DrawerState *s = DRAWER(dev);

    s->at = buf[0];
    for (int i = 1; i < len; i++) {
        s->bytes[s->at++] = buf[i];
    }
    return 0;
}

static uint8_t drawer_receive(SMBusDevice *dev)
{
    DrawerState *s = DRAWER(dev);

    return s->bytes[s->at++];
}

static void drawer_init(Object *obj)
{
    DRAWER(obj)->quick = g_string_new("");
}

static void drawer_finalize(Object *obj)
{
    g_string_free(DRAWER(obj)->quick, true);
}

static void drawer_class_init(ObjectClass *klass, void *data)
{
    SMBusDeviceClass *k = SMBUS_DEVICE_CLASS(klass);

    k->quick_cmd = drawer_quick;
    k->write_data = drawer_write;
    k->receive_byte = drawer_receive;
}

static const TypeInfo drawer_info = {
    .name = TYPE_DRAWER,
    .parent = TYPE_SMBUS_DEVICE,
    .instance_size = sizeof(DrawerState),
    .instance_init = drawer_init,
    .instance_finalize = drawer_finalize,
    .class_init = drawer_class_init,
};

/* One bus, for each test anew */

static DeviceState *bridge;
static I2CBus *bus;

static void i2c_start(void)
{
    bridge = qdev_new(TYPE_GPIO_I2C);
    sysbus_realize(SYS_BUS_DEVICE(bridge), &error_fatal);
    bus = I2C_BUS(qdev_get_child_bus(bridge, "i2c"));
}

static void i2c_end(void)
{
    object_unparent(OBJECT(bridge));
    object_unref(OBJECT(bridge));
}

static const char *heard(EarState *s)
{
    static char text[200];

    g_strlcpy(text, s->heard->str, sizeof(text));
    g_string_truncate(s->heard, 0);
    return text;
}

static EarState *ear_new(uint8_t addr)
{
    return EAR(i2c_slave_create_simple(bus, TYPE_EAR, addr));
}

static void test_transfer(void)
{
    EarState *a, *b;

    i2c_start();
    a = ear_new(0x10);
    b = ear_new(0x11);

    /* Nobody is there. */
    g_assert_cmpint(i2c_start_send(bus, 0x12), !=, 0);
    g_assert_false(i2c_bus_busy(bus));
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);

    g_assert_cmpint(i2c_start_send(bus, 0x10), ==, 0);
    g_assert_true(i2c_bus_busy(bus));
    g_assert_cmpint(i2c_send(bus, 0xaa), ==, 0);
    g_assert_cmpint(i2c_send(bus, 0xee), ==, -1);
    g_assert_cmpint(i2c_start_recv(bus, 0x10), ==, 0);
    g_assert_cmphex(i2c_recv(bus), ==, 1);
    i2c_nack(bus);
    i2c_end_transfer(bus);
    g_assert_false(i2c_bus_busy(bus));
    g_assert_cmpstr(heard(a), ==, "write aa ee read nack stop ");
    g_assert_cmpstr(heard(b), ==, "");

    /* A general call is for all, and nobody refuses or answers it. */
    a->refuse = true;
    g_assert_cmpint(i2c_start_send(bus, 0), ==, 0);
    i2c_send(bus, 0x06);
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);
    i2c_end_transfer(bus);
    g_assert_cmpstr(heard(a), ==, "write 06 stop ");
    g_assert_cmpstr(heard(b), ==, "write 06 stop ");

    /* One that refuses is as good as gone. */
    g_assert_cmpint(i2c_start_recv(bus, 0x10), !=, 0);
    g_assert_false(i2c_bus_busy(bus));

    i2c_slave_set_address(I2C_SLAVE(b), 0x20);
    g_assert_cmpint(i2c_start_send(bus, 0x11), !=, 0);
    g_assert_cmpint(i2c_start_send(bus, 0x20), ==, 0);
    i2c_end_transfer(bus);
    i2c_end();
}

/* Two devices want to be master: the second waits for the first. */

typedef struct Master {
    QEMUBH *bh;
    uint8_t byte;
    int step;
} Master;

static void master_bh(void *opaque)
{
    Master *m = opaque;

    switch (m->step++) {
    case 0:
        g_assert_cmpint(i2c_start_send_async(bus, 0x10), ==, 0);
        i2c_send_async(bus, m->byte);
        break;
    default:
        i2c_end_transfer(bus);
        i2c_bus_release(bus);
        break;
    }
}

static void test_masters(void)
{
    Master m[2] = { { .byte = 1 }, { .byte = 2 } };
    EarState *ear;

    i2c_start();
    ear = ear_new(0x10);
    for (int i = 0; i < 2; i++) {
        m[i].bh = qemu_bh_new(master_bh, &m[i]);
        i2c_bus_master(bus, m[i].bh);
    }
    g_assert_true(i2c_bus_busy(bus));
    for (int i = 0; i < 20 && m[1].step < 2; i++) {
        main_loop_wait(true);
    }
    g_assert_cmpstr(heard(ear), ==, "async (01) stop async (02) stop ");
    g_assert_false(i2c_bus_busy(bus));
    qemu_bh_delete(m[0].bh);
    qemu_bh_delete(m[1].bh);
    i2c_end();
}

static void test_smbus(void)
{
    uint8_t block[40] = { 3, 'a', 'b', 'c' };
    DrawerState *s;

    i2c_start();
    s = DRAWER(i2c_slave_create_simple(bus, TYPE_DRAWER, 0x30));

    g_assert_cmpint(smbus_quick_command(bus, 0x31, 0), ==, -1);
    g_assert_cmpint(smbus_read_byte(bus, 0x31, 0), ==, -1);
    smbus_quick_command(bus, 0x30, 0);
    smbus_quick_command(bus, 0x30, 1);
    g_assert_cmpstr(s->quick->str, ==, "wr");

    g_assert_cmpint(smbus_write_word(bus, 0x30, 0x10, 0xbeef), ==, 0);
    g_assert_cmphex(smbus_read_byte(bus, 0x30, 0x10), ==, 0xef);
    g_assert_cmphex(smbus_receive_byte(bus, 0x30), ==, 0xbe);
    g_assert_cmphex(smbus_read_word(bus, 0x30, 0x10), ==, 0xbeef);
    smbus_send_byte(bus, 0x30, 0x11);
    g_assert_cmphex(smbus_receive_byte(bus, 0x30), ==, 0xbe);

    /* The length is the first byte; one that is too long is no block. */
    g_assert_cmpint(smbus_write_block(bus, 0x30, 0x40, block + 1, 3, true), ==,
                    0);
    g_assert_cmpmem(s->bytes + 0x40, 4, block, 4);
    memset(block, 0, sizeof(block));
    g_assert_cmpint(smbus_read_block(bus, 0x30, 0x40, block, 32, true, true),
                    ==, 3);
    g_assert_cmpmem(block, 4, "abc", 4);
    g_assert_cmpint(smbus_read_block(bus, 0x30, 0x40, block, 2, true, true),
                    ==, 0);

    /* More than a transfer can have, and a read in the middle of nothing. */
    g_assert_cmpint(i2c_start_send(bus, 0x30), ==, 0);
    for (int i = 0; i < 100; i++) {
        i2c_send(bus, 0xff);
    }
    g_assert_cmphex(i2c_recv(bus), ==, 0xff);
    i2c_end_transfer(bus);
    g_assert_cmphex(s->bytes[0xff], ==, 0);
    g_assert_cmphex(smbus_read_word(bus, 0x30, 0x10), ==, 0xbeef);
    i2c_end();
}

/* Two pins */

static int wire_level = 1;

static void note_wire(void *opaque, int n, int level)
{
    wire_level = level;
}

static void pin(int line, int level)
{
    qemu_set_irq(qdev_get_gpio_in(bridge, line), level);
}

static int clock_bit(int out)
{
    int in;

    pin(BITBANG_I2C_SDA, out);
    pin(BITBANG_I2C_SCL, 1);
    in = wire_level;
    pin(BITBANG_I2C_SCL, 0);
    return in;
}

static void bang_start(void)
{
    pin(BITBANG_I2C_SDA, 1);
    pin(BITBANG_I2C_SCL, 1);
    pin(BITBANG_I2C_SDA, 0);
    pin(BITBANG_I2C_SCL, 0);
}

static void bang_stop(void)
{
    pin(BITBANG_I2C_SDA, 0);
    pin(BITBANG_I2C_SCL, 1);
    pin(BITBANG_I2C_SDA, 1);
}

/* True if it was acknowledged. */
static bool bang_send(uint8_t byte)
{
    for (int i = 7; i >= 0; i--) {
        clock_bit(byte >> i & 1);
    }
    return clock_bit(1) == 0;
}

static uint8_t bang_recv(bool ack)
{
    uint8_t byte = 0;

    for (int i = 0; i < 8; i++) {
        byte = byte << 1 | clock_bit(1);
    }
    clock_bit(!ack);
    return byte;
}

static void test_bitbang(void)
{
    qemu_irq wire = qemu_allocate_irq(note_wire, NULL, 0);
    EarState *ear, *other;

    i2c_start();
    qdev_connect_gpio_out(bridge, 0, wire);
    ear = ear_new(0x10);
    other = ear_new(0x11);

    bang_start();
    g_assert_false(bang_send(0x40));
    bang_stop();
    bang_start();
    g_assert_true(bang_send(0x20));
    g_assert_true(bang_send(0x5a));
    g_assert_false(bang_send(0xee));
    bang_start();
    g_assert_true(bang_send(0x21));
    g_assert_cmphex(bang_recv(true), ==, 1);
    g_assert_cmphex(bang_recv(false), ==, 2);
    /* After the master's NACK nobody drives the wire. */
    g_assert_cmphex(bang_recv(false), ==, 0xff);
    bang_stop();
    g_assert_cmpstr(heard(ear), ==, "write 5a ee read nack stop ");

    /* A repeated start with another address is another transfer. */
    bang_start();
    g_assert_true(bang_send(0x20));
    bang_start();
    g_assert_true(bang_send(0x22));
    g_assert_true(bang_send(0x77));
    bang_stop();
    g_assert_cmpstr(heard(ear), ==, "write stop ");
    g_assert_cmpstr(heard(other), ==, "write 77 stop ");
    g_assert_false(i2c_bus_busy(bus));
    i2c_end();
    qemu_free_irq(wire);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    module_call_init(MODULE_INIT_QOM);
    qemu_init_main_loop(&error_abort);
    type_register_static(&ear_info);
    type_register_static(&drawer_info);
    qemu_init_cpu_loop();
    qemu_mutex_lock_iothread();

    g_test_add_func("/i2c/transfer", test_transfer);
    g_test_add_func("/i2c/masters", test_masters);
    g_test_add_func("/i2c/smbus", test_smbus);
    g_test_add_func("/i2c/bitbang", test_bitbang);
    return g_test_run();
}
