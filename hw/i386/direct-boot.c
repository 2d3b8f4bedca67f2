/*
 * Booting a kernel without firmware: what both kinds of kernel share, and the
 * state in which they find the machine.
 *
 * Read first: hw/i386/direct-boot.h.  Read next: x86-linux.c, pvh.c,
 * reset-vector.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "acpi-direct.h"
#include "cpu.h"
#include "direct-boot.h"
#include "e820_memory_layout.h"
#include "fw_cfg.h"
#include "hw/boards.h"
#include "hw/firmware/smbios.h"
#include "hw/i386/apic_internal.h"
#include "hw/loader.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"

static DirectBoot direct_boot;
static const DirectBootBoard *direct_boot_board;

/* How much room the command line has, and how much of it the kernel takes. */
static struct {
    size_t room;
    uint32_t max;
} direct_boot_cmdline;

uint64_t direct_boot_rsdp(X86MachineState *x86ms)
{
    return x86_machine_is_acpi_enabled(x86ms) ? DIRECT_BOOT_EBDA : 0;
}

/*
 * RAM below 1 MiB ends where the extended BIOS data area begins, and the last
 * of low RAM holds the ACPI tables.  The rest is as the board says.
 */
int direct_boot_memory_map(X86MachineState *x86ms, size_t acpi_data_size,
                           struct e820_entry *map, int max)
{
    uint64_t acpi = x86ms->below_4g_mem_size - acpi_data_size;
    int n = 0;

    map[n++] = (struct e820_entry) { 0, DIRECT_BOOT_EBDA, E820_RAM };
    map[n++] = (struct e820_entry) {
        DIRECT_BOOT_EBDA, 0xa0000 - DIRECT_BOOT_EBDA, E820_RESERVED
    };
    map[n++] = (struct e820_entry) { 0xf0000, 0x10000, E820_RESERVED };
    map[n++] = (struct e820_entry) {
        DIRECT_BOOT_KERNEL, acpi - DIRECT_BOOT_KERNEL, E820_RAM
    };
    if (acpi_data_size) {
        map[n++] = (struct e820_entry) { acpi, acpi_data_size, E820_ACPI };
    }

    for (int i = 0; i < e820_get_num_entries() && n < max; i++) {
        if (e820_table[i].address == 0 && e820_table[i].type == E820_RAM) {
            continue;           /* told above */
        }
        map[n++] = e820_table[i];
    }
    return n;
}

/* The kernel's file in memory; ends the program if it is none. */
static GMappedFile *direct_boot_map_kernel(const char *filename)
{
    g_autoptr(GError) err = NULL;
    int fd = open(filename, O_RDONLY | O_CLOEXEC);
    GMappedFile *file;
    struct stat st;

    if (fd < 0) {
        error_printf("qemu: could not open kernel file '%s': %s\n", filename,
                     strerror(errno));
        exit(1);
    }
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        error_printf("qemu: could not load kernel '%s': %s\n", filename,
                     strerror(EISDIR));
        exit(1);
    }
    file = g_mapped_file_new_from_fd(fd, false, &err);
    close(fd);
    if (!file) {
        error_printf("qemu: could not load kernel '%s': %s\n", filename,
                     err->message);
        exit(1);
    }
    if (!g_mapped_file_get_length(file)) {
        error_printf("qemu: could not load kernel '%s': It is empty\n",
                     filename);
        exit(1);
    }
    return file;
}

uint64_t direct_boot_load_initrd(X86MachineState *x86ms, uint64_t limit,
                                 uint64_t kernel_end, size_t *size)
{
    const char *filename = MACHINE(x86ms)->initrd_filename;
    g_autoptr(GMappedFile) file = NULL;
    g_autoptr(GError) err = NULL;
    uint64_t addr;

    *size = 0;
    if (!filename) {
        return 0;
    }
    file = g_mapped_file_new(filename, false, &err);
    if (!file) {
        error_printf("qemu: error reading initrd %s: %s\n", filename,
                     err->message);
        exit(1);
    }
    *size = g_mapped_file_get_length(file);
    if (kernel_end > limit || *size > limit - kernel_end) {
        error_printf("qemu: initrd is too large, cannot support."
                     "(max: %" PRIu64 ", need %zu)\n",
                     kernel_end > limit ? 0 : limit - kernel_end, *size);
        exit(1);
    }
    addr = ROUND_DOWN(limit - *size, 4096);
    if (addr < kernel_end) {
        addr = limit - *size;
    }
    rom_add_elf_program(filename, file,
                        (uint8_t *)g_mapped_file_get_contents(file), *size,
                        *size, addr, NULL);
    return addr;
}

void direct_boot_load_cmdline(X86MachineState *x86ms, uint32_t max)
{
    const char *cmdline = MACHINE(x86ms)->kernel_cmdline ?: "";
    size_t len = strlen(cmdline);
    g_autofree char *blob = NULL;

    if (len > max) {
        error_report("-append: the kernel takes at most %" PRIu32
                     " characters, these are %zu", max, len);
        exit(1);
    }
    direct_boot_cmdline.max = MIN(max, len + direct_boot_cmdline.room);
    blob = g_malloc0(direct_boot_cmdline.max + 1);
    memcpy(blob, cmdline, len);
    rom_add_blob_fixed("cmdline", blob, direct_boot_cmdline.max + 1,
                       DIRECT_BOOT_CMDLINE);
}

bool direct_boot_append_cmdline(const char *more)
{
    char *cmdline = rom_ptr(DIRECT_BOOT_CMDLINE, 1);
    size_t len = strlen(cmdline);

    if (strlen(more) > direct_boot_cmdline.max - len) {
        return false;
    }
    strcpy(cmdline + len, more);
    return true;
}

/* Segments 2 and 3: code and data, 4 GiB from 0 (boot protocol, "boot GDT"). */
static void direct_boot_load_gdt(void)
{
    uint64_t gdt[4] = {
        [2] = cpu_to_le64(0x00cf9b000000ffffULL),
        [3] = cpu_to_le64(0x00cf93000000ffffULL),
    };

    rom_add_blob_fixed("boot gdt", gdt, sizeof(gdt), DIRECT_BOOT_GDT);
}

/* The first CPU, after its own reset: at the kernel's entry. */
static void direct_boot_reset_cpu(void *opaque)
{
    X86CPU *cpu = X86_CPU(first_cpu);
    CPUX86State *env = &cpu->env;
    const uint32_t code = DESC_P_MASK | DESC_S_MASK | DESC_CS_MASK |
                          DESC_R_MASK | DESC_A_MASK | DESC_G_MASK | DESC_B_MASK;
    const uint32_t data = DESC_P_MASK | DESC_S_MASK | DESC_W_MASK |
                          DESC_A_MASK | DESC_G_MASK | DESC_B_MASK;
    static const X86Seg data_segs[] = { R_DS, R_ES, R_FS, R_GS, R_SS };

    env->gdt.base = DIRECT_BOOT_GDT;
    env->gdt.limit = 4 * 8 - 1;
    cpu_x86_update_cr0(env, CR0_ET_MASK | CR0_PE_MASK);
    cpu_x86_load_seg_cache(env, R_CS, 0x10, 0, 0xffffffff, code);
    for (int i = 0; i < ARRAY_SIZE(data_segs); i++) {
        cpu_x86_load_seg_cache(env, data_segs[i], 0x18, 0, 0xffffffff, data);
    }
    memset(env->regs, 0, sizeof(env->regs));
    env->regs[R_EBX] = direct_boot.ebx;
    env->regs[R_ESI] = direct_boot.esi;
    env->eip = direct_boot.entry;
    env->eflags = 0x2;
}

static uint8_t direct_boot_sum(const void *data, size_t len)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < len; i++) {
        sum += ((const uint8_t *)data)[i];
    }
    return sum;
}

/* What firmware does to the entry point: where the tables are, and checksums */
static void direct_boot_patch_smbios(uint8_t *anchor, size_t len,
                                     uint32_t tables)
{
    SmbiosEntryPoint *ep = (SmbiosEntryPoint *)anchor;

    if (len == sizeof(ep->ep30)) {
        ep->ep30.structure_table_address = cpu_to_le64(tables);
        ep->ep30.checksum = -direct_boot_sum(anchor, len);
        return;
    }
    ep->ep21.structure_table_address = cpu_to_le32(tables);
    ep->ep21.intermediate_checksum =
        -direct_boot_sum(ep->ep21.intermediate_anchor_string,
                         len - offsetof(struct smbios_21_entry_point,
                                        intermediate_anchor_string));
    ep->ep21.checksum = -direct_boot_sum(anchor, len);
}

/*
 * Written at each reset, like the kernel.  The host bridge shows PCI there after
 * power on; but without firmware's ROM there is nothing, and RAM is seen.
 */
static void direct_boot_load_smbios(MachineState *machine)
{
    g_autofree uint8_t *tables = NULL, *anchor = NULL, *blob = NULL;
    size_t tables_len, anchor_len, offset;

    x86_get_smbios_tables(machine, &tables, &tables_len, &anchor, &anchor_len);
    offset = ROUND_UP(anchor_len, 16);
    if (tables_len > DIRECT_BOOT_SMBIOS_MAX - offset) {
        warn_report("the SMBIOS tables have %zu bytes, and only %zu fit: "
                    "a kernel without firmware gets none", tables_len,
                    DIRECT_BOOT_SMBIOS_MAX - offset);
        return;
    }
    direct_boot_patch_smbios(anchor, anchor_len, DIRECT_BOOT_SMBIOS + offset);
    blob = g_malloc0(offset + tables_len);
    memcpy(blob, anchor, anchor_len);
    memcpy(blob + offset, tables, tables_len);
    rom_add_blob_fixed("smbios", blob, offset + tables_len,
                       DIRECT_BOOT_SMBIOS);
}

/*
 * Caches (SDM volume 3, 12.11), as SeaBIOS leaves them: all is written back but
 * VGA's window, the area of ROMs, and the end of the first 4 GiB, where devices
 * are.  A range is a power of two: it begins at 2, 3 or 3.5 GiB (SeaBIOS leaves
 * one that is none if RAM ends between them).  All CPUs have to agree, so each
 * is told.
 */
static void direct_boot_reset_mtrrs(CPUX86State *env, unsigned phys_bits,
                                    uint64_t ram_end)
{
    const uint64_t write_back = 0x0606060606060606;
    const uint64_t write_protected = 0x0505050505050505;
    uint64_t devices = 2 * GiB;

    while (ram_end > devices && devices < 4 * GiB - 256 * MiB) {
        devices += (4 * GiB - devices) / 2;
    }

    if (!(env->features[FEAT_1_EDX] & CPUID_MTRR)) {
        return;
    }
    env->mtrr_fixed[0] = env->mtrr_fixed[1] = write_back;
    env->mtrr_fixed[2] = 0;                             /* uncacheable */
    for (int i = 3; i < ARRAY_SIZE(env->mtrr_fixed); i++) {
        env->mtrr_fixed[i] = write_protected;
    }
    env->mtrr_var[0].base = devices;                    /* uncacheable */
    env->mtrr_var[0].mask = (MAKE_64BIT_MASK(0, phys_bits) &
                             ~(4 * GiB - devices - 1)) | MTRR_PHYSMASK_VALID;
    env->mtrr_deftype = MTRR_DEFTYPE_ENABLE | MTRR_DEFTYPE_FIXED_ENABLE |
                        MTRR_TYPE_WRITE_BACK;
}

/*
 * Virtual wire mode (MultiProcessor Specification 3.6.2.2): until the guest
 * sets up its own, the first CPU's LINT0 has what the PICs have, and LINT1 the
 * NMIs.
 */
static void direct_boot_reset_apic(DeviceState *dev)
{
    APICCommonState *s;

    if (!dev) {
        return;
    }
    s = APIC_COMMON(dev);
    s->spurious_vec = APIC_SV_ENABLE | 0xff;
    if (!direct_boot_board->hw_reduced_acpi ||
        !x86_machine_is_acpi_enabled(X86_MACHINE(qdev_get_machine()))) {
        s->lvt[APIC_LVT_LINT0] = APIC_LVT_LEVEL_TRIGGER |
                                 APIC_DM_EXTINT << APIC_LVT_DELIV_MOD_SHIFT;
    }
    s->lvt[APIC_LVT_LINT1] = APIC_LVT_LEVEL_TRIGGER |
                             APIC_DM_NMI << APIC_LVT_DELIV_MOD_SHIFT;
    if (APIC_COMMON_GET_CLASS(s)->post_load) {
        APIC_COMMON_GET_CLASS(s)->post_load(s);
    }
}

void direct_boot_reset_cpus(MachineState *machine)
{
    uint64_t control = x86_feature_control(machine);
    CPUState *cs;

    if (!machine->kernel_filename) {
        return;
    }
    CPU_FOREACH(cs) {
        X86CPU *cpu = X86_CPU(cs);

        direct_boot_reset_mtrrs(&cpu->env, cpu->phys_bits,
                                X86_MACHINE(machine)->below_4g_mem_size);
        cpu->env.msr_ia32_feature_control = control;
    }
    direct_boot_reset_apic(X86_CPU(first_cpu)->apic_state);
}

static void direct_boot_reset_board(void *opaque)
{
    X86MachineState *x86ms = opaque;
    const DirectBootBoard *board = direct_boot_board;

    if (!x86ms->acpi_dev) {
        return;                 /* -machine acpi=off */
    }
    if (board->setup_chips) {
        board->setup_chips(x86ms);
    }
    acpi_place_tables(board->acpi_build,
                      x86ms->below_4g_mem_size - board->acpi_data_size,
                      board->acpi_data_size, DIRECT_BOOT_EBDA);
}

void direct_boot_machine_done(X86MachineState *x86ms,
                              const DirectBootBoard *board)
{
    MachineState *machine = MACHINE(x86ms);

    /* After the reset of all devices, which was registered just now. */
    if (machine->kernel_filename) {
        direct_boot_board = board;
        if (board->smbios) {
            direct_boot_load_smbios(machine);
        }
        qemu_register_reset(direct_boot_reset_board, x86ms);
    }
}

void x86_load_linux(X86MachineState *x86ms, size_t acpi_data_size,
                    size_t cmdline_room)
{
    const char *filename = MACHINE(x86ms)->kernel_filename;
    g_autoptr(GMappedFile) file = direct_boot_map_kernel(filename);

    if (!x86_machine_is_acpi_enabled(x86ms)) {
        acpi_data_size = 0;
    }
    direct_boot_cmdline.room = cmdline_room;
    if (!x86_load_bzimage(x86ms, file, acpi_data_size, &direct_boot) &&
        !x86_load_pvh(x86ms, filename, acpi_data_size, &direct_boot)) {
        error_printf("qemu: invalid kernel header\n");
        exit(1);
    }
    direct_boot_load_gdt();
    direct_boot_load_reset_vector();
    qemu_register_reset(direct_boot_reset_cpu, x86ms);
}
