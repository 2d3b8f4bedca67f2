/*
 * Registers of the standard hot plug controller, by their offsets in its BAR;
 * little endian, in any access size.
 *
 * PCI Standard Hot-Plug Controller and Subsystem Specification 1.0, chapter 4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_PCI_SHPC_REGS_H
#define HW_PCI_SHPC_REGS_H

/* The capability in config space: a register's number, and its 32 bits. */
#define SHPC_CAP_LENGTH         8
#define SHPC_CAP_DWORD_SELECT   0x2     /* 1 byte */
#define SHPC_CAP_CxP            0x3     /* 1 byte: what is pending */
#define SHPC_CAP_DWORD_DATA     0x4     /* 4 bytes */

#define SHPC_BASE_OFFSET        0x00    /* 4 bytes: in BAR 0 */

/* How many slots can work at 33 MHz, and faster: 5 bits for each mode. */
#define SHPC_SLOTS_33           0x04    /* 4 bytes */
#define SHPC_SLOTS_66           0x08    /* 4 bytes */

/* Number of slots; the first one's device number and its physical number. */
#define SHPC_NSLOTS             0x0c    /* 1 byte */
#define SHPC_FIRST_DEV          0x0d    /* 1 byte */
#define SHPC_PHYS_SLOT          0x0e    /* 2 bytes */
#define  SHPC_PHYS_NUM_MAX      0x7ff
#define  SHPC_PHYS_NUM_UP       0x2000  /* they count upwards */
#define  SHPC_PHYS_MRL          0x4000  /* there are sensors of the latches */
#define  SHPC_PHYS_BUTTON       0x8000  /* and buttons */

#define SHPC_SEC_BUS            0x10    /* 2 bytes */
#define  SHPC_SEC_BUS_33        0x0
#define  SHPC_SEC_BUS_MASK      0x7
#define SHPC_MSI_CTL            0x12    /* 1 byte: number of the vector */
#define SHPC_PROG_IFC           0x13    /* 1 byte */
#define  SHPC_PROG_IFC_1_0      0x1

/* A write to these two starts a command; a slot's number counts from 1. */
#define SHPC_CMD_CODE           0x14    /* 1 byte */
#define  SHPC_CMD_SLOT_MAX      0x3f    /* up to here: slot operations */
#define  SHPC_CMD_SPEED         0x40    /* to 0x47 */
#define  SHPC_CMD_SPEED_MAX     0x47
#define  SHPC_CMD_PWRONLY_ALL   0x48
#define  SHPC_CMD_ENABLE_ALL    0x49
#define SHPC_CMD_TRGT           0x15    /* 1 byte */
#define  SHPC_CMD_TRGT_MIN      0x1
#define  SHPC_CMD_TRGT_MAX      0x1f
#define SHPC_CMD_STATUS         0x16    /* 2 bytes */
#define  SHPC_CMD_STATUS_BUSY          0x1
#define  SHPC_CMD_STATUS_MRL_OPEN      0x2
#define  SHPC_CMD_STATUS_INVALID_CMD   0x4
#define  SHPC_CMD_STATUS_INVALID_MODE  0x8

/* Who wants something: bit 0 a command that is done, bit n slot n. */
#define SHPC_INT_LOCATOR        0x18    /* 4 bytes */
#define  SHPC_INT_COMMAND       0x1
#define SHPC_SERR_LOCATOR       0x1c    /* 4 bytes */
#define SHPC_SERR_INT           0x20    /* 4 bytes */
#define  SHPC_INT_DIS           0x1
#define  SHPC_SERR_DIS          0x2
#define  SHPC_CMD_INT_DIS       0x4
#define  SHPC_ARB_SERR_DIS      0x8
#define  SHPC_CMD_DETECTED      0x10000 /* write 1 to clear */
#define  SHPC_ARB_DETECTED      0x20000 /* write 1 to clear */

/* 4 bytes for each slot, counted from 0. */
#define SHPC_SLOT_REG(s)        (0x24 + (s) * 4)
#define SHPC_SLOT_STATUS(s)     (SHPC_SLOT_REG(s) + 0)  /* 2 bytes */

/* The slot's state and lamps: in a command as in the status. */
#define  SHPC_SLOT_STATE_MASK       0x03
#define   SHPC_STATE_NO             0x0     /* as it is */
#define   SHPC_STATE_PWRONLY        0x1
#define   SHPC_STATE_ENABLED        0x2
#define   SHPC_STATE_DISABLED       0x3
#define  SHPC_SLOT_PWR_LED_MASK     0x0c
#define  SHPC_SLOT_ATTN_LED_MASK    0x30
#define   SHPC_LED_NO               0x0     /* as it is */
#define   SHPC_LED_ON               0x1
#define   SHPC_LED_BLINK            0x2
#define   SHPC_LED_OFF              0x3

/* The status alone. */
#define  SHPC_SLOT_STATUS_PWR_FAULT   0x40
#define  SHPC_SLOT_STATUS_BUTTON      0x80
#define  SHPC_SLOT_STATUS_MRL_OPEN    0x100
#define  SHPC_SLOT_STATUS_66          0x200
#define  SHPC_SLOT_STATUS_PRSNT_MASK  0xc00
#define   SHPC_SLOT_STATUS_PRSNT_7_5W   0x0
#define   SHPC_SLOT_STATUS_PRSNT_25W    0x1
#define   SHPC_SLOT_STATUS_PRSNT_15W    0x2
#define   SHPC_SLOT_STATUS_PRSNT_EMPTY  0x3
#define  SHPC_SLOT_STATUS_PRSNT_PCIX  0x3000

/* What has happened: write 1 to clear. */
#define SHPC_SLOT_EVENT_LATCH(s)        (SHPC_SLOT_REG(s) + 2)  /* 1 byte */
#define  SHPC_SLOT_EVENT_PRESENCE         0x01
#define  SHPC_SLOT_EVENT_ISOLATED_FAULT   0x02
#define  SHPC_SLOT_EVENT_BUTTON           0x04
#define  SHPC_SLOT_EVENT_MRL              0x08
#define  SHPC_SLOT_EVENT_CONNECTED_FAULT  0x10
/* Which of that is no interrupt, and which is no SERR#. */
#define SHPC_SLOT_EVENT_SERR_INT_DIS(s) (SHPC_SLOT_REG(s) + 3)  /* 1 byte */
#define  SHPC_SLOT_EVENT_MRL_SERR_DIS             0x20
#define  SHPC_SLOT_EVENT_CONNECTED_FAULT_SERR_DIS 0x40

#define SHPC_MAX_SLOTS          31
#define SHPC_SIZEOF(nslots)     SHPC_SLOT_REG(nslots)

/* Slot 0 of the registers is device 1 of the bus, and "1" of a command. */
#define SHPC_IDX_TO_PCI(slot)       ((slot) + 1)
#define SHPC_PCI_TO_IDX(pci_slot)   ((pci_slot) - 1)
#define SHPC_IDX_TO_LOGICAL(slot)   ((slot) + 1)
#define SHPC_LOGICAL_TO_IDX(target) ((target) - 1)

#endif
