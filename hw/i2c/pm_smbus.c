/*
 * The SMBus controller of Intel's south bridges.  See include/hw/i2c/pm_smbus.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "hw/i2c/pm_smbus.h"
#include "hw/i2c/smbus_master.h"
#include "migration/vmstate.h"
#include "trace.h"

/* Registers */
#define SMBHSTSTS       0x00
#define SMBHSTCNT       0x02
#define SMBHSTCMD       0x03
#define SMBHSTADD       0x04
#define SMBHSTDAT0      0x05
#define SMBHSTDAT1      0x06
#define SMBBLKDAT       0x07
#define SMBAUXCTL       0x0d
#define SMB_PORTS       64

#define STS_HOST_BUSY   (1 << 0)
#define STS_INTR        (1 << 1)
#define STS_DEV_ERR     (1 << 2)
#define STS_BUS_ERR     (1 << 3)
#define STS_FAILED      (1 << 4)
#define STS_SMBALERT    (1 << 5)
#define STS_INUSE       (1 << 6)
#define STS_BYTE_DONE   (1 << 7)
/* What raises an interrupt, and is cleared by writing 1. */
#define STS_EVENTS      (STS_INTR | STS_DEV_ERR | STS_BUS_ERR | STS_FAILED | \
                         STS_SMBALERT | STS_BYTE_DONE)

#define CTL_INTREN      (1 << 0)
#define CTL_KILL        (1 << 1)
#define CTL_PROTOCOL(v) (((v) >> 2) & 7)
#define CTL_LAST_BYTE   (1 << 5)
#define CTL_START       (1 << 6)

#define PROT_QUICK          0
#define PROT_BYTE           1
#define PROT_BYTE_DATA      2
#define PROT_WORD_DATA      3
#define PROT_BLOCK_DATA     5
#define PROT_I2C_BLOCK_READ 6

#define AUX_AAC         (1 << 0)
#define AUX_BLK         (1 << 1)
#define AUX_MASK        (AUX_AAC | AUX_BLK)

static void smb_update_irq(PMSMBus *s)
{
    if (s->set_irq) {
        s->set_irq(s, (s->smb_ctl & CTL_INTREN) && (s->smb_stat & STS_EVENTS));
    }
}

static uint8_t smb_address(const PMSMBus *s)
{
    return s->smb_addr >> 1;
}

static bool smb_is_read(const PMSMBus *s)
{
    return s->smb_addr & 1;
}

/* The transfer is over: as it should, or because nobody was there. */
static void smb_done(PMSMBus *s, bool ok)
{
    s->op_done = true;
    s->in_i2c_block_read = false;
    s->smb_index = 0;
    s->smb_stat &= ~STS_HOST_BUSY;
    s->smb_stat |= ok ? STS_INTR : STS_DEV_ERR;
}

/* Blocks, byte by byte: the guest clears STS_BYTE_DONE for the next one */

static void smb_byte_done(PMSMBus *s)
{
    s->op_done = false;
    s->smb_stat |= STS_HOST_BUSY | STS_BYTE_DONE;
}

/* The I2C transfer goes on until the guest says that it wants the last byte. */
static void smb_i2c_block_next(PMSMBus *s)
{
    s->smb_blkdata = i2c_recv(s->smbus);
    if (s->smb_ctl & CTL_LAST_BYTE) {
        i2c_nack(s->smbus);
        i2c_end_transfer(s->smbus);
        smb_done(s, true);
        s->smb_stat |= STS_BYTE_DONE;
    } else {
        smb_byte_done(s);
    }
}

static void smb_i2c_block_start(PMSMBus *s)
{
    uint8_t addr = smb_address(s);

    if (i2c_start_send(s->smbus, addr)) {
        smb_done(s, false);
        return;
    }
    i2c_send(s->smbus, s->smb_data1);
    if (i2c_start_recv(s->smbus, addr)) {
        i2c_end_transfer(s->smbus);
        smb_done(s, false);
        return;
    }
    s->in_i2c_block_read = true;
    smb_i2c_block_next(s);
}

static void smb_write_block(PMSMBus *s)
{
    smb_done(s, smbus_write_block(s->smbus, smb_address(s), s->smb_cmd,
                                  s->smb_data, s->smb_data0,
                                  !s->i2c_enable) >= 0);
}

/* The guest may write to the length's register at any time. */
static uint32_t smb_block_length(const PMSMBus *s)
{
    return MIN(s->smb_data0, PM_SMBUS_MAX_MSG_SIZE);
}

/* What is written is collected; what is read has been read at the start. */
static void smb_block_next(PMSMBus *s)
{
    if (smb_is_read(s)) {
        if (s->smb_index >= smb_block_length(s)) {
            smb_done(s, true);
            return;
        }
        s->smb_blkdata = s->smb_data[s->smb_index++];
        smb_byte_done(s);
        return;
    }
    s->smb_data[s->smb_index++] = s->smb_blkdata;
    if (s->smb_index >= smb_block_length(s)) {
        smb_write_block(s);
        s->smb_stat |= STS_BYTE_DONE;
    } else {
        smb_byte_done(s);
    }
}

static void smb_block_start(PMSMBus *s)
{
    int len;

    s->smb_index = 0;
    if (smb_is_read(s)) {
        len = smbus_read_block(s->smbus, smb_address(s), s->smb_cmd,
                               s->smb_data, PM_SMBUS_MAX_MSG_SIZE,
                               !s->i2c_enable, !s->i2c_enable);
        if (len < 0) {
            smb_done(s, false);
            return;
        }
        s->smb_data0 = len;
    }
    if (!(s->smb_auxctl & AUX_BLK)) {
        smb_block_next(s);
        return;
    }
    if (smb_is_read(s)) {
        smb_done(s, true);
    } else {
        smb_write_block(s);
    }
    if (s->smb_stat & STS_INTR) {
        s->smb_stat |= STS_BYTE_DONE;
    }
}

/* The byte of the block that waits is dealt with. */
static void smb_byte_taken(PMSMBus *s)
{
    if (s->op_done) {
        return;
    }
    if (s->in_i2c_block_read) {
        smb_i2c_block_next(s);
    } else {
        smb_block_next(s);
    }
}

/* Everything else is done at once */

static void smb_result(PMSMBus *s, int ret, bool word)
{
    if (ret >= 0 && smb_is_read(s)) {
        s->smb_data0 = ret;
        if (word) {
            s->smb_data1 = ret >> 8;
        }
    }
    smb_done(s, ret >= 0);
}

static void smb_transaction(PMSMBus *s)
{
    uint8_t addr = smb_address(s);
    uint8_t prot = CTL_PROTOCOL(s->smb_ctl);
    bool read = smb_is_read(s);
    I2CBus *bus = s->smbus;

    trace_smbus_transaction(addr, prot);
    /* One that is started in the middle of another is another one. */
    if (s->in_i2c_block_read) {
        i2c_end_transfer(bus);
        s->in_i2c_block_read = false;
    }

    switch (prot) {
    case PROT_QUICK:
        smb_done(s, smbus_quick_command(bus, addr, read) >= 0);
        break;
    case PROT_BYTE:
        smb_result(s, read ? smbus_receive_byte(bus, addr)
                           : smbus_send_byte(bus, addr, s->smb_cmd), false);
        break;
    case PROT_BYTE_DATA:
        smb_result(s, read ? smbus_read_byte(bus, addr, s->smb_cmd)
                           : smbus_write_byte(bus, addr, s->smb_cmd,
                                              s->smb_data0), false);
        break;
    case PROT_WORD_DATA:
        smb_result(s, read ? smbus_read_word(bus, addr, s->smb_cmd)
                           : smbus_write_word(bus, addr, s->smb_cmd,
                                              s->smb_data1 << 8 | s->smb_data0),
                   true);
        break;
    case PROT_BLOCK_DATA:
        smb_block_start(s);
        break;
    case PROT_I2C_BLOCK_READ:
        smb_i2c_block_start(s);
        break;
    default:
        smb_done(s, false);
        break;
    }
}

/*
 * Without interrupts a transfer takes until the guest looks for the first time:
 * firmware waits to see the controller busy before it waits to see it done.
 */
static void smb_transaction_start(PMSMBus *s)
{
    if (s->smb_ctl & CTL_INTREN) {
        smb_transaction(s);
    } else {
        s->smb_stat |= STS_HOST_BUSY;
        s->start_transaction_on_status_read = true;
    }
}

static void smb_kill(PMSMBus *s)
{
    if (s->in_i2c_block_read) {
        i2c_end_transfer(s->smbus);
        s->in_i2c_block_read = false;
    }
    s->start_transaction_on_status_read = false;
    s->op_done = true;
    s->smb_index = 0;
    s->smb_stat &= ~STS_HOST_BUSY;
    s->smb_stat |= STS_FAILED;
}

/* Ports */

static void smb_ioport_writeb(void *opaque, hwaddr addr, uint64_t val,
                              unsigned width)
{
    PMSMBus *s = opaque;
    bool byte_taken;

    trace_smbus_ioport_writeb(addr, val);
    switch (addr) {
    case SMBHSTSTS:
        byte_taken = val & s->smb_stat & STS_BYTE_DONE;
        s->smb_stat &= ~(val & STS_EVENTS);
        if (byte_taken) {
            smb_byte_taken(s);
        }
        break;
    case SMBHSTCNT:
        s->smb_ctl = val & ~CTL_START;
        if (val & CTL_KILL) {
            smb_kill(s);
        } else if (val & CTL_START) {
            s->smb_index = 0;
            smb_transaction_start(s);
        }
        break;
    case SMBHSTCMD:
        s->smb_cmd = val;
        break;
    case SMBHSTADD:
        s->smb_addr = val;
        break;
    case SMBHSTDAT0:
        s->smb_data0 = val;
        break;
    case SMBHSTDAT1:
        s->smb_data1 = val;
        break;
    case SMBBLKDAT:
        if (s->smb_auxctl & AUX_BLK) {
            s->smb_data[s->smb_index] = val;
            s->smb_index = (s->smb_index + 1) % PM_SMBUS_MAX_MSG_SIZE;
        } else {
            s->smb_blkdata = val;
        }
        break;
    case SMBAUXCTL:
        s->smb_auxctl = val & AUX_MASK;
        break;
    default:
        break;
    }
    smb_update_irq(s);
}

static uint64_t smb_ioport_readb(void *opaque, hwaddr addr, unsigned width)
{
    PMSMBus *s = opaque;
    uint32_t val = 0;

    switch (addr) {
    case SMBHSTSTS:
        val = s->smb_stat;
        if (s->start_transaction_on_status_read) {
            s->start_transaction_on_status_read = false;
            s->smb_stat &= ~STS_HOST_BUSY;
            smb_transaction(s);
        }
        break;
    case SMBHSTCNT:
        val = s->smb_ctl;
        /* The way back to the buffer's start; not in the middle of a block. */
        if (s->op_done) {
            s->smb_index = 0;
        }
        break;
    case SMBHSTCMD:
        val = s->smb_cmd;
        break;
    case SMBHSTADD:
        val = s->smb_addr;
        break;
    case SMBHSTDAT0:
        val = s->smb_data0;
        break;
    case SMBHSTDAT1:
        val = s->smb_data1;
        break;
    case SMBBLKDAT:
        if (s->smb_auxctl & AUX_BLK) {
            val = s->smb_data[s->smb_index];
            s->smb_index = (s->smb_index + 1) % PM_SMBUS_MAX_MSG_SIZE;
        } else {
            val = s->smb_blkdata;
        }
        break;
    case SMBAUXCTL:
        val = s->smb_auxctl;
        break;
    default:
        break;
    }
    trace_smbus_ioport_readb(addr, val);
    smb_update_irq(s);
    return val;
}

static void pm_smbus_reset(PMSMBus *s)
{
    s->op_done = true;
    s->in_i2c_block_read = false;
    s->start_transaction_on_status_read = false;
    s->smb_index = 0;
    s->smb_stat = 0;
}

static const MemoryRegionOps pm_smbus_ops = {
    .read = smb_ioport_readb,
    .write = smb_ioport_writeb,
    .valid.min_access_size = 1,
    .valid.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

bool pm_smbus_vmstate_needed(void)
{
    MachineClass *mc = MACHINE_GET_CLASS(qdev_get_machine());

    return !mc->smbus_no_migration_support;
}

/* The index of the buffer comes from outside. */
static int pm_smbus_post_load(void *opaque, int version_id)
{
    PMSMBus *s = opaque;

    return s->smb_index < PM_SMBUS_MAX_MSG_SIZE ? 0 : -EINVAL;
}

const VMStateDescription pmsmb_vmstate = {
    .name = "pmsmb",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pm_smbus_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8(smb_stat, PMSMBus),
        VMSTATE_UINT8(smb_ctl, PMSMBus),
        VMSTATE_UINT8(smb_cmd, PMSMBus),
        VMSTATE_UINT8(smb_addr, PMSMBus),
        VMSTATE_UINT8(smb_data0, PMSMBus),
        VMSTATE_UINT8(smb_data1, PMSMBus),
        VMSTATE_UINT32(smb_index, PMSMBus),
        VMSTATE_UINT8_ARRAY(smb_data, PMSMBus, PM_SMBUS_MAX_MSG_SIZE),
        VMSTATE_UINT8(smb_auxctl, PMSMBus),
        VMSTATE_UINT8(smb_blkdata, PMSMBus),
        VMSTATE_BOOL(i2c_enable, PMSMBus),
        VMSTATE_BOOL(op_done, PMSMBus),
        VMSTATE_BOOL(in_i2c_block_read, PMSMBus),
        VMSTATE_BOOL(start_transaction_on_status_read, PMSMBus),
        VMSTATE_END_OF_LIST()
    }
};

void pm_smbus_init(DeviceState *parent, PMSMBus *smb, bool force_aux_blk)
{
    smb->op_done = true;
    smb->reset = pm_smbus_reset;
    smb->smbus = i2c_init_bus(parent, "i2c");
    if (force_aux_blk) {
        smb->smb_auxctl |= AUX_BLK;
    }
    memory_region_init_io(&smb->io, OBJECT(parent), &pm_smbus_ops, smb,
                          "pm-smbus", SMB_PORTS);
}
