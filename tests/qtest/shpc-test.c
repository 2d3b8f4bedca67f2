/*
 * Tests of the standard hot plug controller of pci-bridge, by a driver as the
 * specification has it in mind: it watches buttons, and switches slots.
 *
 * What registers have in them, and which events come when, was read from QEMU
 * 7.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "libqos/census.h"
#include "libqos/pci-pc.h"
#include "pci-bridge-test.h"
#include "edu.h"
#include "qapi/qmp/qdict.h"
#include "shpc-regs.h"

#define BRIDGE          PC_BDF(0, 4, 0)
#define SHPC            0xd0000000      /* where its registers are */
#define SLOT            5
#define DEV             PC_BDF(1, SLOT, 0)

#define CAP             0x40            /* in the bridge's config space */
#define MSI             0x4c
#define MSI_ADDR        0x200000
#define MSI_DATA        0x4321

/* Commands to a slot: state, power lamp, attention lamp */
#define SLOT_CMD(state, power, attn) \
    (SHPC_STATE_##state | SHPC_LED_##power << 2 | SHPC_LED_##attn << 4)
#define SLOT_POWER      SLOT_CMD(PWRONLY, BLINK, NO)
#define SLOT_ON         SLOT_CMD(ENABLED, ON, OFF)
#define SLOT_OFF        SLOT_CMD(DISABLED, OFF, OFF)

/* A slot's status with a card, and without, after reset. */
#define STATUS_CARD     SLOT_CMD(ENABLED, ON, NO)
#define STATUS_EMPTY    (SLOT_CMD(DISABLED, OFF, NO) | \
                         SHPC_SLOT_STATUS_MRL_OPEN | SHPC_SLOT_STATUS_PRSNT_MASK)

static QTestState *shpc_start(const char *args)
{
    QTestState *qts = qtest_initf("-machine pc -nodefaults -global PIIX4_PM."
        "acpi-pci-hotplug-with-bridge-support=off "
        "-device pci-bridge,id=br1,chassis_nr=1,addr=4 %s", args);

    bridge_setup(qts, BRIDGE, 1, 1);
    pc_config_writel(qts, BRIDGE, PCI_BASE_ADDRESS_0, SHPC);
    return qts;
}

static uint32_t slot_reg(int slot)
{
    return SHPC + SHPC_SLOT_REG(slot - 1);
}

static uint16_t slot_status(QTestState *qts, int slot)
{
    return qtest_readw(qts, SHPC + SHPC_SLOT_STATUS(slot - 1));
}

static uint8_t slot_events(QTestState *qts, int slot)
{
    return qtest_readb(qts, SHPC + SHPC_SLOT_EVENT_LATCH(slot - 1));
}

static void slot_ack(QTestState *qts, int slot)
{
    qtest_writeb(qts, SHPC + SHPC_SLOT_EVENT_LATCH(slot - 1), 0x1f);
}

/* All interrupts on. */
static void shpc_enable(QTestState *qts)
{
    for (int slot = 1; slot <= SHPC_MAX_SLOTS; slot++) {
        qtest_writeb(qts, SHPC + SHPC_SLOT_EVENT_SERR_INT_DIS(slot - 1), 0);
    }
    qtest_writel(qts, SHPC + SHPC_SERR_INT, SHPC_SERR_DIS | SHPC_ARB_SERR_DIS);
}

/* Gives the status of the command, and acknowledges its end. */
static uint16_t shpc_command(QTestState *qts, uint8_t code, uint8_t slot)
{
    uint32_t serr;

    qtest_writew(qts, SHPC + SHPC_CMD_CODE, slot << 8 | code);
    serr = qtest_readl(qts, SHPC + SHPC_SERR_INT);
    g_assert_true(serr & SHPC_CMD_DETECTED);
    qtest_writel(qts, SHPC + SHPC_SERR_INT, serr);
    return qtest_readw(qts, SHPC + SHPC_CMD_STATUS);
}

static bool shpc_intx(QTestState *qts)
{
    return pc_config_readl(qts, BRIDGE, PCI_COMMAND) >> 16 &
           PCI_STATUS_INTERRUPT;
}

static uint32_t locator(QTestState *qts)
{
    return qtest_readl(qts, SHPC + SHPC_INT_LOCATOR);
}

static uint16_t vendor(QTestState *qts, uint16_t bdf)
{
    return pc_config_readl(qts, bdf, PCI_VENDOR_ID);
}

/* Registers */

static void test_registers(void)
{
    QTestState *qts = shpc_start("-device edu,bus=br1,addr=3");

    for (int round = 0; round < 2; round++) {
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_BASE_OFFSET), ==, 0);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_SLOTS_33), ==, 31);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_SLOTS_66), ==, 0);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_NSLOTS), ==, 0xe001011f);
        g_assert_cmphex(qtest_readw(qts, SHPC + SHPC_PHYS_SLOT), ==, 0xe001);
        g_assert_cmphex(qtest_readb(qts, SHPC + SHPC_FIRST_DEV), ==, 1);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_SEC_BUS), ==, 0x01000000);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_CMD_CODE), ==, 0);
        g_assert_cmphex(locator(qts), ==, 0);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_SERR_LOCATOR), ==, 0);
        g_assert_cmphex(qtest_readl(qts, SHPC + SHPC_SERR_INT), ==, 0xf);
        for (int slot = 1; slot <= SHPC_MAX_SLOTS; slot++) {
            g_assert_cmphex(qtest_readl(qts, slot_reg(slot)), ==,
                            0x7f000000 |
                            (slot == 3 ? STATUS_CARD : STATUS_EMPTY));
        }
        /* Behind the last slot is nothing. */
        g_assert_cmphex(qtest_readl(qts, slot_reg(32)), ==, 0);
        qtest_writel(qts, slot_reg(32), 0xffffffff);

        /* A reset brings everything back. */
        shpc_enable(qts);
        shpc_command(qts, SLOT_ON, SLOT);
        qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
        qtest_qmp_eventwait(qts, "RESET");
        bridge_setup(qts, BRIDGE, 1, 1);
        pc_config_writel(qts, BRIDGE, PCI_BASE_ADDRESS_0, SHPC);
    }
    qtest_quit(qts);
}

/* What is not a command, a switch or an acknowledgement, stays as it is. */
static void test_write_masks(void)
{
    QTestState *qts = shpc_start("");

    for (int addr = 0; addr < SHPC_SIZEOF(SHPC_MAX_SLOTS); addr += 4) {
        uint32_t was = qtest_readl(qts, SHPC + addr), writable = 0;

        if (addr == SHPC_CMD_CODE) {
            continue;
        } else if (addr == SHPC_SERR_INT) {
            writable = 0xf;
        } else if (addr >= SHPC_SLOT_REG(0)) {
            writable = 0x7f000000;
        }
        qtest_writel(qts, SHPC + addr, 0xffffffff);
        g_assert_cmphex(qtest_readl(qts, SHPC + addr), ==, was | writable);
        qtest_writel(qts, SHPC + addr, 0);
        g_assert_cmphex(qtest_readl(qts, SHPC + addr), ==, was & ~writable);
    }
    /* A byte or a word is as good. */
    g_assert_cmphex(qtest_readb(qts, SHPC + SHPC_PHYS_SLOT + 1), ==, 0xe0);
    g_assert_cmphex(qtest_readw(qts, SHPC + SHPC_NSLOTS + 1), ==, 0x0101);
    qtest_quit(qts);
}

/* The same registers through config space: a number, and four bytes. */
static void test_capability(void)
{
    QTestState *qts = shpc_start("-device edu,id=e0,bus=br1,addr=5");
    uint32_t reg = SHPC_SLOT_REG(SLOT - 1) / 4;

    g_assert_cmphex(pc_config_readl(qts, BRIDGE, CAP) & 0xff, ==,
                    PCI_CAP_ID_SHPC);
    pc_config_writel(qts, BRIDGE, CAP, SHPC_NSLOTS / 4 << 16);
    g_assert_cmphex(pc_config_readl(qts, BRIDGE, CAP + 4), ==, 0xe001011f);
    pc_config_writel(qts, BRIDGE, CAP + 4, 0xffffffff);
    g_assert_cmphex(pc_config_readl(qts, BRIDGE, CAP + 4), ==, 0xe001011f);

    /* A command, by its two bytes alone. */
    pc_config_writel(qts, BRIDGE, CAP, SHPC_CMD_CODE / 4 << 16);
    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(BRIDGE, CAP + 4));
    qtest_outw(qts, PC_CONFIG_DATA,
               SLOT << 8 | SLOT_CMD(DISABLED, BLINK, ON));
    g_assert_cmphex(slot_status(qts, SLOT), ==, SLOT_CMD(DISABLED, BLINK, ON));

    /* What changes by itself is seen here, too; one byte acknowledges it. */
    pc_config_writel(qts, BRIDGE, CAP, reg << 16);
    qtest_qmp_device_del_send(qts, "e0");
    g_assert_cmphex(pc_config_readl(qts, BRIDGE, CAP + 4) >> 16 & 0xff, ==,
                    SHPC_SLOT_EVENT_BUTTON);
    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(BRIDGE, CAP + 4));
    qtest_outb(qts, PC_CONFIG_DATA + 2, SHPC_SLOT_EVENT_BUTTON);
    g_assert_cmphex(pc_config_readl(qts, BRIDGE, CAP + 4), ==,
                    0x7f000000 | SLOT_CMD(DISABLED, BLINK, ON));
    g_assert_cmphex(slot_events(qts, SLOT), ==, 0);

    /* Registers that are not there. */
    for (int n = SHPC_SIZEOF(SHPC_MAX_SLOTS) / 4; n < 256; n++) {
        pc_config_writel(qts, BRIDGE, CAP, n << 16);
        pc_config_writel(qts, BRIDGE, CAP + 4, 0xffffffff);
        g_assert_cmphex(pc_config_readl(qts, BRIDGE, CAP + 4), ==, 0);
    }
    /* An access from before the number to behind the data. */
    qtest_outl(qts, PC_CONFIG_ADDRESS, pc_config_address(BRIDGE, CAP));
    qtest_outl(qts, PC_CONFIG_DATA + 2, 0xffffffff);
    qtest_outw(qts, PC_CONFIG_DATA + 3, 0xffff);
    qtest_quit(qts);
}

/* Coming and going */

/* device_add presses the button; the driver switches the slot on. */
static void test_plug(void)
{
    QTestState *qts = shpc_start("");

    shpc_enable(qts);
    qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br1', 'addr': '5'}");
    g_assert_cmphex(slot_events(qts, SLOT), ==, SHPC_SLOT_EVENT_BUTTON |
                    SHPC_SLOT_EVENT_MRL | SHPC_SLOT_EVENT_PRESENCE);
    /* Closed, a card of 7.5 W; not in use yet. */
    g_assert_cmphex(slot_status(qts, SLOT), ==, SLOT_CMD(DISABLED, OFF, NO));
    g_assert_cmphex(locator(qts), ==, 1 << SLOT);
    g_assert_true(shpc_intx(qts));
    slot_ack(qts, SLOT);
    g_assert_cmphex(locator(qts), ==, 0);
    g_assert_false(shpc_intx(qts));

    /* By way of power alone, as drivers do. */
    g_assert_cmphex(shpc_command(qts, SLOT_POWER, SLOT), ==, 0);
    g_assert_cmphex(slot_status(qts, SLOT), ==, SLOT_CMD(PWRONLY, BLINK, NO));
    g_assert_cmphex(shpc_command(qts, SHPC_CMD_SPEED, 0), ==, 0);
    g_assert_cmphex(shpc_command(qts, SLOT_ON, SLOT), ==, 0);
    g_assert_cmphex(slot_status(qts, SLOT), ==, SLOT_CMD(ENABLED, ON, OFF));
    g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);
    qtest_quit(qts);
}

/* device_del presses it as well; the card goes when the lamp goes out. */
static void test_unplug(void)
{
    QTestState *qts = shpc_start("");
    Census *before = census_take(qts);

    shpc_enable(qts);
    for (int i = 0; i < 2; i++) {
        qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br1', 'addr': '5'}");
        slot_ack(qts, SLOT);
        shpc_command(qts, SLOT_ON, SLOT);

        qtest_qmp_device_del_send(qts, "e0");
        g_assert_cmphex(slot_events(qts, SLOT), ==, SHPC_SLOT_EVENT_BUTTON);
        g_assert_cmphex(locator(qts), ==, 1 << SLOT);
        slot_ack(qts, SLOT);
        /* It blinks: the user may think again, and press once more. */
        shpc_command(qts, SLOT_CMD(NO, BLINK, NO), SLOT);
        qtest_qmp_device_del_send(qts, "e0");
        g_assert_cmphex(slot_events(qts, SLOT), ==, SHPC_SLOT_EVENT_BUTTON);
        slot_ack(qts, SLOT);
        g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);

        g_assert_cmphex(shpc_command(qts, SLOT_OFF, SLOT), ==, 0);
        census_wait_deleted(qts, "e0");
        g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
        g_assert_cmphex(slot_events(qts, SLOT), ==, SHPC_SLOT_EVENT_MRL |
                        SHPC_SLOT_EVENT_PRESENCE);
        g_assert_cmphex(slot_status(qts, SLOT), ==,
                        SLOT_CMD(DISABLED, OFF, OFF) |
                        SHPC_SLOT_STATUS_MRL_OPEN |
                        SHPC_SLOT_STATUS_PRSNT_MASK);
        slot_ack(qts, SLOT);
    }
    census_check(qts, before);
    qtest_quit(qts);
}

/* In whatever order the slot and its lamp are switched off. */
static void test_lamp(void)
{
    QTestState *qts = shpc_start("-device edu,id=e0,bus=br1,addr=5 "
                                 "-device edu,id=e1,bus=br1,addr=6");

    shpc_command(qts, SLOT_CMD(NO, OFF, NO), 5);
    shpc_command(qts, SLOT_CMD(DISABLED, BLINK, NO), 6);
    g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);
    g_assert_cmphex(vendor(qts, PC_BDF(1, 6, 0)), ==, 0x1234);
    shpc_command(qts, SLOT_CMD(DISABLED, NO, NO), 5);
    census_wait_deleted(qts, "e0");
    shpc_command(qts, SLOT_CMD(NO, OFF, NO), 6);
    census_wait_deleted(qts, "e1");
    g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
    g_assert_cmphex(vendor(qts, PC_BDF(1, 6, 0)), ==, 0xffff);
    qtest_quit(qts);
}

/* A card that nobody has switched on yet goes at once. */
static void test_unplug_unused(void)
{
    QTestState *qts = shpc_start("");

    qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br1', 'addr': '5'}");
    qtest_qmp_device_del_send(qts, "e0");
    census_wait_deleted(qts, "e0");
    g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
    g_assert_cmphex(slot_events(qts, SLOT), ==, SHPC_SLOT_EVENT_BUTTON |
                    SHPC_SLOT_EVENT_MRL | SHPC_SLOT_EVENT_PRESENCE);
    /* A switch that was off already does not throw the next one out. */
    qtest_qmp_device_add(qts, "edu", "e1", "{'bus': 'br1', 'addr': '5'}");
    shpc_command(qts, SLOT_OFF, SLOT);
    g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);
    qtest_quit(qts);
}

/* All functions of a card come as one, and go as one. */
static void test_functions(void)
{
    QTestState *qts = shpc_start("");

    qtest_qmp_device_add(qts, "edu", "f1", "{'bus': 'br1', 'addr': '5.1'}");
    slot_ack(qts, SLOT);
    g_assert_cmphex(vendor(qts, DEV + 1), ==, 0xffff);
    qtest_qmp_device_add(qts, "edu", "f0", "{'bus': 'br1', 'addr': '5.0',"
                                           " 'multifunction': true}");
    g_assert_cmphex(slot_events(qts, SLOT), ==, SHPC_SLOT_EVENT_BUTTON);
    g_assert_cmphex(vendor(qts, DEV + 1), ==, 0x1234);
    shpc_command(qts, SLOT_ON, SLOT);
    qtest_qmp_device_del_send(qts, "f1");
    shpc_command(qts, SLOT_OFF, SLOT);
    census_wait_deleted(qts, "f0");
    g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
    qtest_quit(qts);
}

/* Commands */

static void test_commands(void)
{
    QTestState *qts = shpc_start("-device edu,bus=br1,addr=3");

    /* There is no slot 0, and no 32nd. */
    g_assert_cmphex(shpc_command(qts, SLOT_ON, 0), ==,
                    SHPC_CMD_STATUS_INVALID_CMD);
    g_assert_cmphex(shpc_command(qts, SLOT_ON, 32), ==,
                    SHPC_CMD_STATUS_INVALID_CMD);
    g_assert_cmphex(shpc_command(qts, SLOT_ON, 31), ==, 0);
    g_assert_cmphex(slot_status(qts, 31) & 0xf, ==, SLOT_CMD(ENABLED, ON, NO));
    g_assert_cmphex(shpc_command(qts, SLOT_OFF, 31), ==, 0);

    /* What is in use cannot be isolated but by switching it off. */
    g_assert_cmphex(shpc_command(qts, SLOT_POWER, 3), ==,
                    SHPC_CMD_STATUS_INVALID_CMD);
    g_assert_cmphex(slot_status(qts, 3), ==, STATUS_CARD);

    /* One speed. */
    g_assert_cmphex(shpc_command(qts, SHPC_CMD_SPEED, 0), ==, 0);
    for (int speed = 1; speed < 8; speed++) {
        g_assert_cmphex(shpc_command(qts, SHPC_CMD_SPEED + speed, 0), ==,
                        SHPC_CMD_STATUS_INVALID_MODE);
    }

    /* All slots, if none is in use: those with a card. */
    g_assert_cmphex(shpc_command(qts, SHPC_CMD_PWRONLY_ALL, 0), ==,
                    SHPC_CMD_STATUS_INVALID_CMD);
    g_assert_cmphex(shpc_command(qts, SHPC_CMD_ENABLE_ALL, 0), ==,
                    SHPC_CMD_STATUS_INVALID_CMD);
    shpc_command(qts, SLOT_CMD(DISABLED, BLINK, NO), 3);
    g_assert_cmphex(shpc_command(qts, SHPC_CMD_PWRONLY_ALL, 0), ==, 0);
    g_assert_cmphex(slot_status(qts, 3), ==, SLOT_CMD(PWRONLY, ON, NO));
    g_assert_cmphex(slot_status(qts, 4), ==, STATUS_EMPTY);
    g_assert_cmphex(shpc_command(qts, SHPC_CMD_ENABLE_ALL, 0), ==, 0);
    g_assert_cmphex(slot_status(qts, 3), ==, STATUS_CARD);

    for (int code = SHPC_CMD_ENABLE_ALL + 1; code < 256; code++) {
        g_assert_cmphex(shpc_command(qts, code, 3), ==,
                        SHPC_CMD_STATUS_INVALID_CMD);
    }
    g_assert_cmphex(vendor(qts, PC_BDF(1, 3, 0)), ==, 0x1234);
    qtest_quit(qts);
}

/* Interrupts */

/* The end of a command is an interrupt of its own, if one asks for it. */
static void test_intx(void)
{
    QTestState *qts = shpc_start("");

    qtest_irq_intercept_in(qts, PC_IOAPIC);
    pc_config_writel(qts, PC_BDF(0, 1, 0), 0x60, 0x0b0a0605);
    qtest_writew(qts, SHPC + SHPC_CMD_CODE, SLOT << 8 | SLOT_ON);
    g_assert_cmphex(locator(qts), ==, 0);
    qtest_writel(qts, SHPC + SHPC_SERR_INT, SHPC_INT_DIS);
    g_assert_cmphex(locator(qts), ==, SHPC_INT_COMMAND);
    g_assert_false(shpc_intx(qts));
    qtest_writel(qts, SHPC + SHPC_SERR_INT, 0);
    g_assert_true(shpc_intx(qts));
    /* INTA of slot 4 is PIRQD. */
    g_assert_true(qtest_get_irq(qts, 11));
    qtest_writel(qts, SHPC + SHPC_SERR_INT, SHPC_CMD_DETECTED);
    g_assert_false(shpc_intx(qts));
    g_assert_false(qtest_get_irq(qts, 11));
    qtest_quit(qts);
}

static bool msi_came(QTestState *qts)
{
    bool came = qtest_readl(qts, MSI_ADDR) == MSI_DATA;

    qtest_writel(qts, MSI_ADDR, 0);
    return came;
}

/* A message for each time that there is something new. */
static void test_msi(void)
{
    QTestState *qts = shpc_start("");

    pc_config_writel(qts, BRIDGE, MSI + PCI_MSI_ADDRESS_LO, MSI_ADDR);
    pc_config_writel(qts, BRIDGE, MSI + PCI_MSI_ADDRESS_HI, 0);
    pc_config_writel(qts, BRIDGE, MSI + PCI_MSI_DATA_64, MSI_DATA);
    pc_config_writel(qts, BRIDGE, MSI, PCI_MSI_FLAGS_ENABLE << 16);
    shpc_enable(qts);
    g_assert_false(msi_came(qts));

    qtest_qmp_device_add(qts, "edu", "e0", "{'bus': 'br1', 'addr': '5'}");
    g_assert_true(msi_came(qts));
    g_assert_false(shpc_intx(qts));
    /* Another event while the first has not been looked at. */
    qtest_qmp_device_add(qts, "edu", "e1", "{'bus': 'br1', 'addr': '6'}");
    g_assert_cmphex(locator(qts), ==, 1 << 5 | 1 << 6);
    g_assert_false(msi_came(qts));
    g_assert_false(shpc_intx(qts));

    /* Drivers switch off and on again when they have seen to all they know. */
    slot_ack(qts, 5);
    qtest_writel(qts, SHPC + SHPC_SERR_INT, SHPC_INT_DIS);
    g_assert_false(msi_came(qts));
    qtest_writel(qts, SHPC + SHPC_SERR_INT, 0);
    g_assert_true(msi_came(qts));
    slot_ack(qts, 6);
    g_assert_false(msi_came(qts));
    shpc_command(qts, SLOT_ON, 5);
    g_assert_true(msi_came(qts));
    qtest_quit(qts);
}

/* A guest that lies */

/*
 * The command that takes a card out comes from the card itself, which goes on
 * with its interrupt.
 */
static void test_suicide(void)
{
    QTestState *qts = shpc_start("-device edu,id=e0,bus=br1,addr=5,"
                                 "dma_mask=0xffffffff");
    const uint64_t buf = 0x100000, reg = BRIDGE_MEM_BASE;

    pc_config_writel(qts, DEV, PCI_BASE_ADDRESS_0, BRIDGE_MEM_BASE);
    pc_config_writel(qts, DEV, PCI_COMMAND,
                     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    qtest_writew(qts, buf, SLOT << 8 | SLOT_OFF);
    qtest_writeq(qts, reg + EDU_REG_DMA_SRC, buf);
    qtest_writeq(qts, reg + EDU_REG_DMA_DST, EDU_DMA_START);
    qtest_writeq(qts, reg + EDU_REG_DMA_CNT, 2);
    qtest_writeq(qts, reg + EDU_REG_DMA_CMD, EDU_DMA_RUN);
    qtest_clock_step(qts, 100 * 1000 * 1000);

    qtest_writeq(qts, reg + EDU_REG_DMA_SRC, EDU_DMA_START);
    qtest_writeq(qts, reg + EDU_REG_DMA_DST, SHPC + SHPC_CMD_CODE);
    qtest_writeq(qts, reg + EDU_REG_DMA_CMD,
                 EDU_DMA_RUN | EDU_DMA_TO_PCI | EDU_DMA_IRQ);
    qtest_clock_step(qts, 100 * 1000 * 1000);
    census_wait_deleted(qts, "e0");
    g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
    g_assert_cmphex(slot_status(qts, SLOT) & 0xf, ==,
                    SLOT_CMD(DISABLED, OFF, NO));
    qtest_quit(qts);
}

/* A slot's card is a bridge, and behind it is somebody who does DMA. */
static void test_bridge_in_slot(void)
{
    QTestState *qts = shpc_start("-device pci-bridge,id=br2,bus=br1,addr=5,"
        "chassis_nr=2 -device edu,id=e0,bus=br2,addr=3");

    bridge_number(qts, BRIDGE, 1, 2);
    bridge_setup(qts, DEV, 2, 2);
    pc_config_writel(qts, PC_BDF(2, 3, 0), PCI_BASE_ADDRESS_0,
                     BRIDGE_MEM_BASE);
    pc_config_writel(qts, PC_BDF(2, 3, 0), PCI_COMMAND,
                     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    qtest_writel(qts, BRIDGE_MEM_BASE + EDU_REG_IRQ_RAISE, 1);
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_SRC, EDU_DMA_START);
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_CNT, 4);
    qtest_writeq(qts, BRIDGE_MEM_BASE + EDU_REG_DMA_CMD,
                 EDU_DMA_RUN | EDU_DMA_TO_PCI);
    shpc_command(qts, SLOT_OFF, SLOT);
    census_wait_deleted(qts, "e0");
    census_wait_deleted(qts, "br2");
    qtest_clock_step(qts, 100 * 1000 * 1000);
    g_assert_cmphex(vendor(qts, DEV), ==, 0xffff);
    g_assert_cmphex(vendor(qts, PC_BDF(2, 3, 0)), ==, 0xffff);
    qtest_quit(qts);
}

/* The bridge is reset, or goes, before the card that was switched off. */
static void test_reset_between(void)
{
    QTestState *qts = shpc_start("-device edu,id=e0,bus=br1,addr=5");

    shpc_command(qts, SLOT_OFF, SLOT);
    pc_config_writel(qts, BRIDGE, PCI_INTERRUPT_LINE,
                     PCI_BRIDGE_CTL_BUS_RESET << 16);
    pc_config_writel(qts, BRIDGE, PCI_INTERRUPT_LINE, 0);
    census_wait_deleted(qts, "e0");
    qtest_qmp_device_add(qts, "edu", "e1", "{'bus': 'br1', 'addr': '5'}");
    shpc_command(qts, SLOT_ON, SLOT);
    qtest_qmp_device_del_send(qts, "e1");
    qtest_qmp_assert_success(qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(qts, "RESET");
    bridge_setup(qts, BRIDGE, 1, 1);
    pc_config_writel(qts, BRIDGE, PCI_BASE_ADDRESS_0, SHPC);
    /* It had not been let go. */
    g_assert_cmphex(vendor(qts, DEV), ==, 0x1234);
    g_assert_cmphex(slot_status(qts, SLOT), ==, STATUS_CARD);
    g_assert_cmphex(slot_events(qts, SLOT), ==, 0);
    qtest_quit(qts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    qtest_add_func("/shpc/registers", test_registers);
    qtest_add_func("/shpc/write-masks", test_write_masks);
    qtest_add_func("/shpc/capability", test_capability);
    qtest_add_func("/shpc/plug", test_plug);
    qtest_add_func("/shpc/unplug", test_unplug);
    qtest_add_func("/shpc/unplug-unused", test_unplug_unused);
    qtest_add_func("/shpc/lamp", test_lamp);
    qtest_add_func("/shpc/functions", test_functions);
    qtest_add_func("/shpc/commands", test_commands);
    qtest_add_func("/shpc/intx", test_intx);
    qtest_add_func("/shpc/msi", test_msi);
    qtest_add_func("/shpc/lies/suicide", test_suicide);
    qtest_add_func("/shpc/lies/bridge-in-slot", test_bridge_in_slot);
    qtest_add_func("/shpc/reset-between", test_reset_between);
    return g_test_run();
}
