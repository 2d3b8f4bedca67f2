/*
 * What ACPI's tables contain, as far as several files have to agree on it.
 *
 * ACPI specification 6.3, chapter 5.2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_ACPI_DEFS_H
#define QEMU_ACPI_DEFS_H

/* Bits of the FADT's flags, 5.2.9. */
enum {
    ACPI_FADT_F_WBINVD = 0,
    ACPI_FADT_F_WBINVD_FLUSH,
    ACPI_FADT_F_PROC_C1,
    ACPI_FADT_F_P_LVL2_UP,
    ACPI_FADT_F_PWR_BUTTON,         /* no fixed button: a device has it */
    ACPI_FADT_F_SLP_BUTTON,
    ACPI_FADT_F_FIX_RTC,
    ACPI_FADT_F_RTC_S4,
    ACPI_FADT_F_TMR_VAL_EXT,        /* the PM timer has 32 bits */
    ACPI_FADT_F_DCK_CAP,
    ACPI_FADT_F_RESET_REG_SUP,
    ACPI_FADT_F_SEALED_CASE,
    ACPI_FADT_F_HEADLESS,
    ACPI_FADT_F_CPU_SW_SLP,
    ACPI_FADT_F_PCI_EXP_WAK,
    ACPI_FADT_F_USE_PLATFORM_CLOCK, /* rather than the CPUs' clocks */
    ACPI_FADT_F_S4_RTC_STS_VALID,
    ACPI_FADT_F_REMOTE_POWER_ON_CAPABLE,
    ACPI_FADT_F_FORCE_APIC_CLUSTER_MODEL,
    ACPI_FADT_F_FORCE_APIC_PHYSICAL_DESTINATION_MODE,
    ACPI_FADT_F_HW_REDUCED_ACPI,    /* none of the registers of PM1 and GPE */
    ACPI_FADT_F_LOW_POWER_S0_IDLE_CAPABLE,
};

typedef enum {
    AML_AS_SYSTEM_MEMORY = 0x00,
    AML_AS_SYSTEM_IO = 0x01,
    AML_AS_PCI_CONFIG = 0x02,
} AmlAddressSpace;

/* Where a register is, 5.2.3.2. */
struct AcpiGenericAddress {
    uint8_t space_id;           /* AmlAddressSpace */
    uint8_t bit_width;
    uint8_t bit_offset;
    uint8_t access_width;       /* 1: bytes, 2: words ... */
    uint64_t address;
};

typedef struct AcpiRsdpData {
    char *oem_id;               /* 6 bytes */
    uint8_t revision;           /* 0: with an RSDT; 2: with an XSDT */
    unsigned *rsdt_tbl_offset;  /* where it is in the tables' file */
    unsigned *xsdt_tbl_offset;
} AcpiRsdpData;

/* What the FADT tells; registers of hw/acpi/acpi.h. */
typedef struct AcpiFadtData {
    struct AcpiGenericAddress pm1a_cnt;
    struct AcpiGenericAddress pm1a_evt;
    struct AcpiGenericAddress pm_tmr;
    struct AcpiGenericAddress gpe0_blk;
    struct AcpiGenericAddress reset_reg;    /* from here on: revision 5 */
    struct AcpiGenericAddress sleep_ctl;    /* hw/acpi/generic_event_device.h */
    struct AcpiGenericAddress sleep_sts;
    uint8_t reset_val;
    uint32_t flags;             /* bits ACPI_FADT_F_* */
    uint32_t smi_cmd;           /* port for the two commands */
    uint16_t sci_int;
    uint8_t int_model;          /* 1: the PC has both kinds of controllers */
    uint8_t acpi_enable_cmd;
    uint8_t acpi_disable_cmd;
    uint8_t rtc_century;        /* index of this byte in CMOS; 0: none */
    uint16_t plvl2_lat;         /* us to leave C2; above 100: there is no C2 */
    uint16_t plvl3_lat;         /* above 1000: no C3 */
    uint8_t rev;                /* 1 or 5 */

    /* Where these tables are in the tables' file, NULL: there is none. */
    unsigned *facs_tbl_offset;
    unsigned *dsdt_tbl_offset;
    unsigned *xdsdt_tbl_offset; /* revision 5: the same in 64 bits */
} AcpiFadtData;

#endif
