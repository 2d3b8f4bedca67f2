/*
 * What a PC's CMOS tells its firmware: memory, boot order, CPUs.
 *
 * The map is as old as the AT, and firmware for QEMU goes by it: sizes in kilo-
 * bytes where memory was small, in 64 KiB where it was not, 16 bits at most, so
 * there are several of them. Boot devices are nibbles in the order of -boot.
 *
 * Read first: include/hw/rtc/mc146818rtc.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/i386/pc.h"
#include "hw/rtc/mc146818rtc.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "sysemu/sysemu.h"

#define CMOS_EQUIPMENT      0x14
#define CMOS_BASE_MEM       0x15    /* KiB, 16 bits */
#define CMOS_EXT_MEM        0x17    /* KiB above 1 MiB */
#define CMOS_EXT_MEM2       0x30    /* the same */
#define CMOS_MEM_ABOVE_16M  0x34    /* 64 KiB, 16 bits */
#define CMOS_BOOT_3RD       0x38
#define CMOS_BOOT_1ST_2ND   0x3d
#define CMOS_MEM_ABOVE_4G   0x5b    /* 64 KiB, 24 bits */

#define EQUIPMENT_FPU       0x02
#define EQUIPMENT_PS2_MOUSE 0x04

static void cmos_set16(ISADevice *rtc, int addr, uint64_t val)
{
    uint16_t v = MIN(val, UINT16_MAX);

    rtc_set_memory(rtc, addr, v);
    rtc_set_memory(rtc, addr + 1, v >> 8);
}

static int boot_device2nibble(char boot_device)
{
    switch (boot_device) {
    case 'a':
    case 'b':
        return 0x01;    /* floppy */
    case 'c':
        return 0x02;    /* hard disk */
    case 'd':
        return 0x03;    /* CD-ROM */
    case 'n':
        return 0x04;    /* network */
    default:
        return 0;
    }
}

#define PC_MAX_BOOT_DEVICES 3

static void set_boot_dev(ISADevice *s, const char *boot_device, Error **errp)
{
    int nbds = strlen(boot_device);
    int bds[PC_MAX_BOOT_DEVICES] = { 0 };

    if (nbds > PC_MAX_BOOT_DEVICES) {
        error_setg(errp, "Too many boot devices for PC");
        return;
    }
    for (int i = 0; i < nbds; i++) {
        bds[i] = boot_device2nibble(boot_device[i]);
        if (bds[i] == 0) {
            error_setg(errp, "Invalid boot device for PC: '%c'",
                       boot_device[i]);
            return;
        }
    }
    rtc_set_memory(s, CMOS_BOOT_1ST_2ND, bds[1] << 4 | bds[0]);
    rtc_set_memory(s, CMOS_BOOT_3RD, bds[2] << 4);
}

static void pc_boot_set(void *opaque, const char *boot_device, Error **errp)
{
    set_boot_dev(opaque, boot_device, errp);
}

void pc_cmos_init(PCMachineState *pcms, ISADevice *rtc)
{
    MachineState *ms = MACHINE(pcms);
    X86MachineState *x86ms = X86_MACHINE(pcms);
    uint64_t low = x86ms->below_4g_mem_size;

    cmos_set16(rtc, CMOS_BASE_MEM, MIN(low / KiB, 640));
    cmos_set16(rtc, CMOS_EXT_MEM, low > 1 * MiB ? (low - 1 * MiB) / KiB : 0);
    cmos_set16(rtc, CMOS_EXT_MEM2, low > 1 * MiB ? (low - 1 * MiB) / KiB : 0);
    cmos_set16(rtc, CMOS_MEM_ABOVE_16M,
               low > 16 * MiB ? (low - 16 * MiB) / (64 * KiB) : 0);
    for (int i = 0; i < 3; i++) {
        rtc_set_memory(rtc, CMOS_MEM_ABOVE_4G + i,
                       x86ms->above_4g_mem_size / (64 * KiB) >> (i * 8));
    }
    rtc_set_cpus_count(rtc, x86ms->boot_cpus);
    rtc_set_memory(rtc, CMOS_EQUIPMENT, EQUIPMENT_FPU | EQUIPMENT_PS2_MOUSE);

    set_boot_dev(rtc, ms->boot_config.order, &error_fatal);
    qemu_register_boot_set(pc_boot_set, rtc);
}
