/*
 * The SMBus controller of Intel's south bridges (PIIX4, ICH), without the PCI
 * function around it.
 *
 * The guest writes address, command and data to registers, starts a transfer
 * with a bit of the control register, and polls the status, or gets an
 * interrupt.  Blocks go through one register byte by byte, or (auxiliary
 * control) through a buffer of 32 bytes.
 *
 * "Intel 82371AB (PIIX4)", 7.3, and "Intel 82801 I/O Controller Hub", chapter
 * on SMBus.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PM_SMBUS_H
#define PM_SMBUS_H

#include "exec/memory.h"
#include "hw/i2c/smbus_master.h"

#define PM_SMBUS_MAX_MSG_SIZE 32

/*
 * @io: 64 bytes of ports; the function around it maps them.
 * @reset, @set_irq, @opaque: of that function; @set_irq may be NULL.
 * @start_transaction_on_status_read: the guest started one, which is done when
 *     it looks for the first time, as some drivers want to see it busy.
 * @in_i2c_block_read, @op_done: where in a block byte by byte it is.
 */
typedef struct PMSMBus {
    I2CBus *smbus;
    MemoryRegion io;

    uint8_t smb_stat;
    uint8_t smb_ctl;
    uint8_t smb_cmd;
    uint8_t smb_addr;
    uint8_t smb_data0;
    uint8_t smb_data1;
    uint8_t smb_data[PM_SMBUS_MAX_MSG_SIZE];
    uint8_t smb_blkdata;
    uint8_t smb_auxctl;
    uint32_t smb_index;

    void (*reset)(struct PMSMBus *s);

    bool i2c_enable;
    void (*set_irq)(struct PMSMBus *s, bool enabled);
    void *opaque;

    bool in_i2c_block_read;
    bool op_done;
    bool start_transaction_on_status_read;
} PMSMBus;

/*
 * Make bus "i2c" and the ports below @parent.  @force_aux_blk: blocks go through
 * the buffer without the guest asking for it (PIIX4).
 */
void pm_smbus_init(DeviceState *parent, PMSMBus *smb, bool force_aux_blk);

/* For a `needed`: machines of before 4.1 did not send it. */
bool pm_smbus_vmstate_needed(void);

extern const VMStateDescription pmsmb_vmstate;

#endif
