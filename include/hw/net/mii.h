/*
 * The management interface of Ethernet transceivers: registers that all have
 * (IEEE 802.3, clause 22), a few of one maker's, and what some are called.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MII_H
#define MII_H

/* Registers */
#define MII_BMCR            0   /* basic mode control */
#define MII_BMSR            1   /* basic mode status */
#define MII_PHYID1          2   /* identifier, high and low */
#define MII_PHYID2          3
#define MII_ANAR            4   /* what we advertise */
#define MII_ANLPAR          5   /* what the partner can */
#define MII_ANER            6   /* autonegotiation expansion */
#define MII_ANNP            7   /* next page, to send */
#define MII_ANLPRNP         8   /* and received */
#define MII_CTRL1000        9   /* 1000BASE-T control */
#define MII_STAT1000        10  /* and status */
#define MII_MDDACR          13  /* access to clause 45's registers */
#define MII_MDDAADR         14
#define MII_EXTSTAT         15  /* extended status */
#define MII_NSR             16
#define MII_LBREMR          17
#define MII_REC             18
#define MII_SNRDR           19
#define MII_TEST            25

/* MII_BMCR */
#define MII_BMCR_RESET      (1 << 15)
#define MII_BMCR_LOOPBACK   (1 << 14)
#define MII_BMCR_SPEED100   (1 << 13)  /* low bit of the speed */
#define MII_BMCR_SPEED      MII_BMCR_SPEED100
#define MII_BMCR_AUTOEN     (1 << 12)
#define MII_BMCR_PDOWN      (1 << 11)
#define MII_BMCR_ISOL       (1 << 10)
#define MII_BMCR_ANRESTART  (1 << 9)
#define MII_BMCR_FD         (1 << 8)
#define MII_BMCR_CTST       (1 << 7)
#define MII_BMCR_SPEED1000  (1 << 6)   /* high bit of the speed */

/* MII_BMSR */
#define MII_BMSR_100T4      (1 << 15)
#define MII_BMSR_100TX_FD   (1 << 14)
#define MII_BMSR_100TX_HD   (1 << 13)
#define MII_BMSR_10T_FD     (1 << 12)
#define MII_BMSR_10T_HD     (1 << 11)
#define MII_BMSR_100T2_FD   (1 << 10)
#define MII_BMSR_100T2_HD   (1 << 9)
#define MII_BMSR_EXTSTAT    (1 << 8)
#define MII_BMSR_MFPS       (1 << 6)
#define MII_BMSR_AN_COMP    (1 << 5)
#define MII_BMSR_RFAULT     (1 << 4)
#define MII_BMSR_AUTONEG    (1 << 3)
#define MII_BMSR_LINK_ST    (1 << 2)
#define MII_BMSR_JABBER     (1 << 1)
#define MII_BMSR_EXTCAP     (1 << 0)

/* MII_ANAR */
#define MII_ANAR_NP         (1 << 15)
#define MII_ANAR_RFAULT     (1 << 13)
#define MII_ANAR_PAUSE_ASYM (1 << 11)
#define MII_ANAR_PAUSE      (1 << 10)
#define MII_ANAR_TXFD       (1 << 8)
#define MII_ANAR_TX         (1 << 7)
#define MII_ANAR_10FD       (1 << 6)
#define MII_ANAR_10         (1 << 5)
#define MII_ANAR_CSMACD     (1 << 0)

/* MII_ANLPAR */
#define MII_ANLPAR_ACK      (1 << 14)
#define MII_ANLPAR_PAUSEASY (1 << 11)
#define MII_ANLPAR_PAUSE    (1 << 10)
#define MII_ANLPAR_TXFD     (1 << 8)
#define MII_ANLPAR_TX       (1 << 7)
#define MII_ANLPAR_10FD     (1 << 6)
#define MII_ANLPAR_10       (1 << 5)
#define MII_ANLPAR_CSMACD   (1 << 0)

/* MII_ANER */
#define MII_ANER_NP         (1 << 2)
#define MII_ANER_NWAY       (1 << 0)

/* MII_ANNP */
#define MII_ANNP_MP         (1 << 13)

/* MII_CTRL1000 */
#define MII_CTRL1000_MASTER (1 << 11)
#define MII_CTRL1000_PORT   (1 << 10)
#define MII_CTRL1000_FULL   (1 << 9)
#define MII_CTRL1000_HALF   (1 << 8)

/* MII_STAT1000 */
#define MII_STAT1000_LOK    (1 << 13)
#define MII_STAT1000_ROK    (1 << 12)
#define MII_STAT1000_FULL   (1 << 11)
#define MII_STAT1000_HALF   (1 << 10)

/* MII_EXTSTAT */
#define MII_EXTSTAT_1000T_FD (1 << 13)
#define MII_EXTSTAT_1000T_HD (1 << 12)

/* Identifiers */
/* RealTek 8201 */
#define RTL8201CP_PHYID1    0x0000
#define RTL8201CP_PHYID2    0x8201
/* RealTek 8211E */
#define RTL8211E_PHYID1     0x001c
#define RTL8211E_PHYID2     0xc915
/* National Semiconductor DP83840 */
#define DP83840_PHYID1      0x2000
#define DP83840_PHYID2      0x5c01
/* National Semiconductor DP83848 */
#define DP83848_PHYID1      0x2000
#define DP83848_PHYID2      0x5c90

#endif
