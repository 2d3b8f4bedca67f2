/*
 * PCI Express registers that the kernel's pci_regs.h has no names for.
 * See PCI Express Base Specification, chapter 7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_PCIE_REGS_H
#define QEMU_PCIE_REGS_H

/* The PCI Express capability: its versions and their sizes in bytes */

#define PCI_EXP_VER1_SIZEOF             0x14
#define PCI_EXP_VER2_SIZEOF             0x3c
#define PCI_EXT_CAP_VER_SHIFT           16
#define PCI_EXT_CAP_NEXT_SHIFT          20
#define PCI_EXT_CAP_NEXT_MASK           (0xffc << PCI_EXT_CAP_NEXT_SHIFT)

#define PCI_EXT_CAP(id, ver, next)      \
    ((id) |                             \
     ((ver) << PCI_EXT_CAP_VER_SHIFT) | \
     ((next) << PCI_EXT_CAP_NEXT_SHIFT))

#define PCI_EXT_CAP_ALIGN               4
#define PCI_EXT_CAP_ALIGNUP(x)          \
    (((x) + PCI_EXT_CAP_ALIGN - 1) & ~(PCI_EXT_CAP_ALIGN - 1))

/* Fields of the capability's registers */

#define PCI_EXP_FLAGS_VER1              1
#define PCI_EXP_FLAGS_VER2              2
#define PCI_EXP_FLAGS_IRQ_SHIFT         ctz32(PCI_EXP_FLAGS_IRQ)
#define PCI_EXP_FLAGS_TYPE_SHIFT        ctz32(PCI_EXP_FLAGS_TYPE)

typedef enum PCIExpLinkWidth {
    QEMU_PCI_EXP_LNK_X1 = 1,
    QEMU_PCI_EXP_LNK_X2 = 2,
    QEMU_PCI_EXP_LNK_X4 = 4,
    QEMU_PCI_EXP_LNK_X8 = 8,
    QEMU_PCI_EXP_LNK_X12 = 12,
    QEMU_PCI_EXP_LNK_X16 = 16,
    QEMU_PCI_EXP_LNK_X32 = 32,
} PCIExpLinkWidth;

#define QEMU_PCI_EXP_LNKCAP_MLW(width)  (width << PCI_EXP_LNKCAP_MLW_SHIFT)
#define QEMU_PCI_EXP_LNKSTA_NLW(width)  (width << PCI_EXP_LNKSTA_NLW_SHIFT)

typedef enum PCIExpLinkSpeed {
    QEMU_PCI_EXP_LNK_2_5GT = 1,
    QEMU_PCI_EXP_LNK_5GT,
    QEMU_PCI_EXP_LNK_8GT,
    QEMU_PCI_EXP_LNK_16GT,
} PCIExpLinkSpeed;

#define QEMU_PCI_EXP_LNKCAP_MLS(speed)  (speed)
#define QEMU_PCI_EXP_LNKSTA_CLS         QEMU_PCI_EXP_LNKCAP_MLS

#define PCI_EXP_LNKCAP_MLW_SHIFT        ctz32(PCI_EXP_LNKCAP_MLW)
#define PCI_EXP_LNKCAP_PN_SHIFT         ctz32(PCI_EXP_LNKCAP_PN)

#define PCI_EXP_SLTCAP_PSN_SHIFT        ctz32(PCI_EXP_SLTCAP_PSN)
#define PCI_EXP_SLTCTL_IND_RESERVED     0x0
#define PCI_EXP_SLTCTL_IND_ON           0x1
#define PCI_EXP_SLTCTL_IND_BLINK        0x2
#define PCI_EXP_SLTCTL_IND_OFF          0x3
#define PCI_EXP_SLTCTL_AIC_SHIFT        ctz32(PCI_EXP_SLTCTL_AIC)
#define PCI_EXP_SLTCTL_PIC_SHIFT        ctz32(PCI_EXP_SLTCTL_PIC)

#define PCI_EXP_DEVCAP2_EFF             0x100000
#define PCI_EXP_DEVCAP2_EETLPP          0x200000
#define PCI_EXP_DEVCTL2_EETLPPB         0x8000

/* Extended capabilities: alternative routing, serial number, ATS */

#define PCI_ARI_VER                     1
#define PCI_ARI_SIZEOF                  8

#define PCI_EXT_CAP_DSN_VER             1
#define PCI_EXT_CAP_DSN_SIZEOF          12

#define PCI_ATS_VER                     1

/* Extended capability: advanced error reporting */

#define PCI_ERR_VER                     2
#define PCI_ERR_SIZEOF                  0x48

#define PCI_ERR_UNC_SDN                 0x00000020  /* surprise down */
#define PCI_ERR_UNC_INTN                0x00400000  /* internal error */
#define PCI_ERR_UNC_MCBTLP              0x00800000  /* blocked TLP */
#define PCI_ERR_UNC_ATOP_EBLOCKED       0x01000000  /* egress blocked */
#define PCI_ERR_UNC_TLP_PRF_BLOCKED     0x02000000  /* prefix blocked */
#define PCI_ERR_COR_ADV_NONFATAL        0x00002000
#define PCI_ERR_COR_INTERNAL            0x00004000
#define PCI_ERR_COR_HL_OVERFLOW         0x00008000
#define PCI_ERR_CAP_FEP_MASK            0x0000001f
#define PCI_ERR_CAP_MHRC                0x00000200
#define PCI_ERR_CAP_MHRE                0x00000400
#define PCI_ERR_CAP_TLP                 0x00000800
#define PCI_ERR_HEADER_LOG_SIZE         16
#define PCI_ERR_TLP_PREFIX_LOG          0x38
#define PCI_ERR_TLP_PREFIX_LOG_SIZE     16

#define PCI_SEC_STATUS_RCV_SYSTEM_ERROR 0x4000

#endif
