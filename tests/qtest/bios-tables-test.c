/*
 * ACPI's tables, got as firmware gets them: by fw_cfg, with the script executed.
 *
 * The test is firmware first (firmware_load()), then the operating system,
 * which goes from RSDP to the tables, and through the names of the DSDT.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/bios-linker-script.h"
#include "libqos/acpi-guest.h"
#include "libqos/fw_cfg.h"
#include "pc-test.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/qemu_fw_cfg.h"

/* Where this firmware has the two files. */
#define TABLES_ADDR     0x7f00000
#define RSDP_ADDR       0xf0010

/* And what it needs to read them. */
#define DMA_REQUEST     0x100000
#define DMA_BUFFER      0x101000

/* PIIX4_PM, and where its ports are. */
#define PM_DEVFN        (1 << 3 | 3)
#define PM_BASE         0x40

/* The files are larger, and empty behind this. */
#define TABLES_MAX      0x5000
#define LOADER_MAX      0xa00
#define RSDP_SIZE       20

typedef struct AcpiTest {
    QTestState *qts;
    QFWCFG *fw_cfg;
    uint8_t tables[TABLES_MAX];
    uint8_t rsdp[RSDP_SIZE];
    uint8_t loader[LOADER_MAX];
    int allocated;
} AcpiTest;

/* Firmware */

static uint8_t *firmware_file(AcpiTest *t, const char *name, uint32_t *addr)
{
    if (!strcmp(name, "etc/acpi/tables")) {
        *addr = TABLES_ADDR;
        return t->tables;
    }
    g_assert_cmpstr(name, ==, "etc/acpi/rsdp");
    *addr = RSDP_ADDR;
    return t->rsdp;
}

static uint8_t sum(const uint8_t *data, uint32_t length)
{
    uint8_t total = 0;

    while (length--) {
        total += *data++;
    }
    return total;
}

static void firmware_execute(AcpiTest *t, const BiosLinkerLoaderEntry *e)
{
    uint32_t addr, offset;
    uint8_t *data;

    switch (le32_to_cpu(e->command)) {
    case 0:
        break;
    case BIOS_LINKER_LOADER_COMMAND_ALLOCATE:
        firmware_file(t, e->alloc.file, &addr);
        g_assert_cmphex(addr % le32_to_cpu(e->alloc.align), ==, 0);
        /* RSDP is looked for below 1 MiB. */
        g_assert_cmpint(e->alloc.zone, ==, addr < 1024 * 1024 ? 2 : 1);
        t->allocated++;
        break;
    case BIOS_LINKER_LOADER_COMMAND_ADD_POINTER:
        g_assert_cmpint(t->allocated, ==, 2);
        g_assert_cmpint(e->pointer.size, ==, 4);
        data = firmware_file(t, e->pointer.dest_file, &addr) +
               le32_to_cpu(e->pointer.offset);
        firmware_file(t, e->pointer.src_file, &addr);
        stl_le_p(data, ldl_le_p(data) + addr);
        break;
    case BIOS_LINKER_LOADER_COMMAND_ADD_CHECKSUM:
        data = firmware_file(t, e->cksum.file, &addr);
        offset = le32_to_cpu(e->cksum.offset);
        g_assert_cmphex(data[offset], ==, 0);
        data[offset] = -sum(data + le32_to_cpu(e->cksum.start),
                            le32_to_cpu(e->cksum.length));
        break;
    default:
        g_assert_not_reached();
    }
}

static void firmware_load(AcpiTest *t)
{
    size_t size;

    size = qfw_cfg_get_file(t->fw_cfg, "etc/table-loader", t->loader,
                            LOADER_MAX);
    g_assert_cmpint(size, ==, 0x1000);
    size = qfw_cfg_get_file(t->fw_cfg, "etc/acpi/rsdp", t->rsdp, RSDP_SIZE);
    g_assert_cmpint(size, ==, RSDP_SIZE);
    size = qfw_cfg_get_file(t->fw_cfg, "etc/acpi/tables", t->tables,
                            TABLES_MAX);
    g_assert_cmpint(size, ==, 0x20000);

    t->allocated = 0;
    for (int i = 0; i < LOADER_MAX; i += sizeof(BiosLinkerLoaderEntry)) {
        firmware_execute(t, (BiosLinkerLoaderEntry *)&t->loader[i]);
    }
    g_assert_cmpint(t->allocated, ==, 2);
}

/* In one go, by DMA: a byte at a time takes most of this test's time. */
static void firmware_read(QFWCFG *fw_cfg, void *data, size_t len)
{
    struct fw_cfg_dma_access req = {
        .control = cpu_to_be32(FW_CFG_DMA_CTL_READ),
        .length = cpu_to_be32(len),
        .address = cpu_to_be64(DMA_BUFFER),
    };

    qtest_memwrite(fw_cfg->qts, DMA_REQUEST, &req, sizeof(req));
    qtest_outl(fw_cfg->qts, fw_cfg->base + 8, cpu_to_be32(DMA_REQUEST));
    g_assert_cmphex(qtest_readl(fw_cfg->qts, DMA_REQUEST), ==, 0);
    qtest_bufread(fw_cfg->qts, DMA_BUFFER, data, len);
}

static void acpi_start(AcpiTest *t, const char *args)
{
    t->qts = qtest_initf("-machine pc -nodefaults %s", args);
    t->fw_cfg = pc_fw_cfg_init(t->qts);
    t->fw_cfg->read = firmware_read;
    acpi_guest_map_pm(t->qts);
    firmware_load(t);
}

static void acpi_stop(AcpiTest *t)
{
    pc_fw_cfg_uninit(t->fw_cfg);
    qtest_quit(t->qts);
}

/* The operating system */

/* The table that @pointer is the address of. */
static uint8_t *table_at(AcpiTest *t, const uint8_t *pointer)
{
    uint32_t offset = ldl_le_p(pointer) - TABLES_ADDR;

    g_assert_cmphex(offset, <, TABLES_MAX);
    g_assert_cmphex(ldl_le_p(&t->tables[offset] + 4), <=, TABLES_MAX - offset);
    return &t->tables[offset];
}

static uint32_t table_length(const uint8_t *table)
{
    return ldl_le_p(table + 4);
}

static void check_table(const uint8_t *table, const char *sig)
{
    g_assert_cmpmem(table, 4, sig, 4);
    g_assert_cmpint(table_length(table), >=, 36);
    g_assert_cmphex(sum(table, table_length(table)), ==, 0);
}

static uint8_t *find_table(AcpiTest *t, const char *sig)
{
    uint8_t *rsdt = table_at(t, t->rsdp + 16);

    for (uint32_t i = 36; i < table_length(rsdt); i += 4) {
        uint8_t *table = table_at(t, rsdt + i);

        if (!memcmp(table, sig, 4)) {
            return table;
        }
    }
    g_assert_not_reached();
}

static uint8_t *find_dsdt(AcpiTest *t)
{
    return table_at(t, find_table(t, "FACP") + 40);
}

/* From the root one gets to each table, and each is whole. */
static void test_tables(void)
{
    static const char *const sigs[] = { "FACP", "APIC", "HPET", "WAET" };
    uint8_t *rsdt, *facs;
    AcpiTest t;

    acpi_start(&t, "");
    g_assert_cmpmem(t.rsdp, 8, "RSD PTR ", 8);
    g_assert_cmphex(sum(t.rsdp, RSDP_SIZE), ==, 0);
    g_assert_cmpint(t.rsdp[15], ==, 0);

    rsdt = table_at(&t, t.rsdp + 16);
    check_table(rsdt, "RSDT");
    g_assert_cmpint(table_length(rsdt), ==, 36 + 4 * ARRAY_SIZE(sigs));
    for (int i = 0; i < ARRAY_SIZE(sigs); i++) {
        check_table(table_at(&t, rsdt + 36 + 4 * i), sigs[i]);
    }
    check_table(find_dsdt(&t), "DSDT");

    facs = table_at(&t, find_table(&t, "FACP") + 36);
    g_assert_cmpmem(facs, 4, "FACS", 4);
    g_assert_cmpint(table_length(facs), ==, 64);
    g_assert_cmphex((facs - t.tables) % 64, ==, 0);
    acpi_stop(&t);
}

/* Who made them can be said, and is filled up with spaces. */
static void test_oem(void)
{
    AcpiTest t;

    acpi_start(&t, "-machine x-oem-id=me,x-oem-table-id=mine");
    g_assert_cmpmem(t.rsdp + 9, 6, "me    ", 6);
    g_assert_cmpmem(find_dsdt(&t) + 10, 14, "me    mine    ", 14);
    acpi_stop(&t);

    acpi_start(&t, "");
    g_assert_cmpmem(find_dsdt(&t) + 10, 14, "BOCHS BXPC    ", 14);
    acpi_stop(&t);
}

/* What the FADT says of the registers, they do. */
static void test_fadt(void)
{
    uint8_t *fadt;
    uint16_t cnt;
    AcpiTest t;

    acpi_start(&t, "");
    fadt = find_table(&t, "FACP");
    g_assert_cmpint(table_length(fadt), ==, 116);
    g_assert_cmpint(fadt[8], ==, 1);
    g_assert_cmpint(lduw_le_p(fadt + 46), ==, 9);
    g_assert_cmphex(ldl_le_p(fadt + 56), ==, ACPI_PM1_STS);
    g_assert_cmphex(ldl_le_p(fadt + 76), ==, ACPI_PM_TMR);
    g_assert_cmphex(ldl_le_p(fadt + 80), ==, ACPI_GPE0_STS);
    g_assert_cmphex(fadt[92], ==, 2 * (ACPI_GPE0_EN - ACPI_GPE0_STS));
    g_assert_cmphex(ldl_le_p(fadt + 112), ==, 0x80a5);

    /* Its commands turn ACPI on and off. */
    cnt = ldl_le_p(fadt + 64);
    qtest_outb(t.qts, ldl_le_p(fadt + 48), fadt[52]);
    g_assert_cmphex(qtest_inw(t.qts, cnt) & 1, ==, 1);
    qtest_outb(t.qts, ldl_le_p(fadt + 48), fadt[53]);
    g_assert_cmphex(qtest_inw(t.qts, cnt) & 1, ==, 0);
    acpi_stop(&t);
}

/* The tables are made anew after a reset: the registers may be elsewhere. */
static void test_rebuilt(void)
{
    AcpiTest t;

    acpi_start(&t, "");
    g_assert_cmphex(ldl_le_p(find_table(&t, "FACP") + 56), ==, ACPI_PM_BASE);
    qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t.qts, "RESET");
    pc_config_writel(t.qts, PM_DEVFN, PM_BASE, 0x700 | 1);
    firmware_load(&t);
    g_assert_cmphex(ldl_le_p(find_table(&t, "FACP") + 56), ==, 0x700);

    /* But not while firmware reads them. */
    acpi_guest_map_pm(t.qts);
    firmware_load(&t);
    g_assert_cmphex(ldl_le_p(find_table(&t, "FACP") + 56), ==, 0x700);
    acpi_stop(&t);
}

/* The @n places for CPUs in the MADT; bit i of @enabled: there is one. */
static void check_madt_cpus(const char *args, int n, const uint8_t *apic_ids,
                            uint64_t enabled, bool cluster)
{
    uint8_t *madt, *p;
    uint32_t flags;
    AcpiTest t;

    acpi_start(&t, args);
    madt = find_table(&t, "APIC");
    p = madt + 44;
    for (int i = 0; i < n; i++, p += 8) {
        g_assert_cmpint(p[0], ==, 0);
        g_assert_cmpint(p[1], ==, 8);
        g_assert_cmpint(p[2], ==, i);
        g_assert_cmpint(p[3], ==, apic_ids[i]);
        g_assert_cmpint(ldl_le_p(p + 4), ==, enabled >> i & 1);
    }
    /* Then the IOAPIC, five overrides, the NMI. */
    g_assert_cmpint(p[0], ==, 1);
    g_assert_cmphex((uint32_t)ldl_le_p(p + 4), ==, 0xfec00000);
    p += 12;
    for (int i = 0; i < 5; i++, p += 10) {
        static const uint8_t source[] = { 0, 5, 9, 10, 11 };

        g_assert_cmpint(p[0], ==, 2);
        g_assert_cmpint(p[3], ==, source[i]);
        g_assert_cmpint(ldl_le_p(p + 4), ==, i ? source[i] : 2);
        g_assert_cmphex(lduw_le_p(p + 8), ==, i ? 0xd : 0);
    }
    g_assert_cmpint(p[0], ==, 4);
    g_assert_cmpint(p + 6 - madt, ==, table_length(madt));

    /* A mask of eight CPUs is not enough for all. */
    flags = ldl_le_p(find_table(&t, "FACP") + 112);
    g_assert_cmpint(flags >> 18 & 1, ==, cluster);
    acpi_stop(&t);
}

static void test_madt(void)
{
    static const uint8_t ids[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
    static const uint8_t with_hole[] = { 0, 1, 2, 4, 5, 6 };

    check_madt_cpus("", 1, ids, 0x1, false);
    check_madt_cpus("-smp 2,maxcpus=4", 4, ids, 0x3, false);
    check_madt_cpus("-smp 9", 9, ids, 0x1ff, true);
    check_madt_cpus("-smp 6,sockets=2,cores=3,threads=1", 6, with_hole, 0x3f,
                    false);
}

/* The names of the DSDT */

static const uint8_t *aml_package_end(const uint8_t *p, const uint8_t **body)
{
    int more = *p >> 6;
    uint32_t length = more ? *p & 0xf : *p & 0x3f;

    for (int i = 0; i < more; i++) {
        length |= p[1 + i] << (4 + 8 * i);
    }
    *body = p + 1 + more;
    return p + length;
}

/* One name: "\_SB_.PCI0" becomes "_SB_PCI0". */
static const uint8_t *aml_read_name(const uint8_t *p, GString *name)
{
    int segs = 1;

    if (*p == '\\') {
        g_string_truncate(name, 0);
        p++;
    } else if (*p == '^') {
        p++;
    }
    if (*p == 0x2e) {
        p++;
        segs = 2;
    } else if (*p == 0x2f) {
        segs = p[1];
        p += 2;
    } else if (*p == 0) {
        return p + 1;
    }
    g_string_append_len(name, (const char *)p, 4 * segs);
    return p + 4 * segs;
}

/* What a Name() or the bounds of an OperationRegion() may be, here. */
static const uint8_t *aml_skip_value(const uint8_t *p)
{
    const uint8_t *body;

    switch (*p) {
    case 0x00: case 0x01:       /* Zero, One */
        return p + 1;
    case 0x0a:
        return p + 2;
    case 0x0b:
        return p + 3;
    case 0x0c:
        return p + 5;
    case 0x0d:
        return p + 1 + strlen((const char *)p + 1) + 1;
    case 0x11: case 0x12:       /* Buffer, Package */
        return aml_package_end(p + 1, &body);
    default:
        g_assert_not_reached();
    }
}

/* @found becomes a list of all objects' names, each after a space. */
static void aml_walk(const uint8_t *p, const uint8_t *end, const char *scope,
                     GString *found)
{
    while (p < end) {
        g_autoptr(GString) name = g_string_new(scope);
        const uint8_t *next, *body = NULL;
        int op = *p++;

        if (op == 0x5b) {
            op = op << 8 | *p++;
        }
        switch (op) {
        case 0x08:              /* Name */
            next = aml_skip_value(aml_read_name(p, name));
            break;
        case 0x10:              /* Scope */
        case 0x5b82:            /* Device */
            next = aml_package_end(p, &body);
            body = aml_read_name(body, name);
            aml_walk(body, next, name->str, found);
            break;
        case 0x5b83:            /* Processor: number, block's address, length */
            next = aml_package_end(p, &body);
            body = aml_read_name(body, name) + 6;
            aml_walk(body, next, name->str, found);
            break;
        case 0x14:              /* Method */
            next = aml_package_end(p, &body);
            aml_read_name(body, name);
            break;
        case 0x5b01:            /* Mutex */
            next = aml_read_name(p, name) + 1;
            break;
        case 0x5b80:            /* OperationRegion */
            next = aml_read_name(p, name) + 1;
            next = aml_skip_value(aml_skip_value(next));
            break;
        case 0x5b81:            /* Field */
            next = aml_package_end(p, &body);
            break;
        default:
            g_test_message("opcode 0x%x in scope %s", op, scope);
            g_assert_not_reached();
        }
        g_string_append_printf(found, " %s", name->str);
        g_assert(next <= end);
        p = next;
    }
    g_assert(p == end);
}

static GString *dsdt_names(const char *args)
{
    GString *names = g_string_new("");
    uint8_t *dsdt;
    AcpiTest t;

    acpi_start(&t, args);
    dsdt = find_dsdt(&t);
    aml_walk(dsdt + 36, dsdt + table_length(dsdt), "", names);
    acpi_stop(&t);
    return names;
}

static bool has_slot_object(GString *names, int slot, const char *object)
{
    g_autofree char *name = g_strdup_printf(" _SB_PCI0S%02X_%s", slot << 3,
                                            object);

    return strstr(names->str, name) != NULL;
}

/* All slots but the chips' can be ejected; the slots are there beforehand. */
static void test_slots(void)
{
    g_autoptr(GString) names = dsdt_names("-device virtio-net-pci,addr=5");

    for (int slot = 0; slot < 32; slot++) {
        g_assert_true(has_slot_object(names, slot, "_DSM"));
        g_assert_cmpint(has_slot_object(names, slot, "_EJ0"), ==, slot >= 2);
        g_assert_cmpint(has_slot_object(names, slot, "_SUN"), ==, slot >= 2);
    }
    g_assert_nonnull(strstr(names->str, " _GPE_E01"));
    g_assert_nonnull(strstr(names->str, " _SB_PCI0PHPR_CRS"));
}

/* Each place has a CPU's name; all but the first can be ejected. */
static void test_cpus(void)
{
    g_autoptr(GString) names = dsdt_names("-smp 2,maxcpus=18");

    for (int i = 0; i < 19; i++) {
        g_autofree char *sta = g_strdup_printf(" _SB_CPUSC%03X_STA", i);
        g_autofree char *mat = g_strdup_printf(" _SB_CPUSC%03X_MAT", i);
        g_autofree char *ost = g_strdup_printf(" _SB_CPUSC%03X_OST", i);
        g_autofree char *ej0 = g_strdup_printf(" _SB_CPUSC%03X_EJ0", i);

        g_assert_cmpint(strstr(names->str, sta) != NULL, ==, i < 18);
        g_assert_cmpint(strstr(names->str, mat) != NULL, ==, i < 18);
        g_assert_cmpint(strstr(names->str, ost) != NULL, ==, i < 18);
        g_assert_cmpint(strstr(names->str, ej0) != NULL, ==, i > 0 && i < 18);
    }
    g_assert_nonnull(strstr(names->str, " _SB_PCI0PRES_CRS"));
    g_assert_nonnull(strstr(names->str, " _GPE_E02"));
}

/* Without hotplug only what is there has a slot. */
static void test_no_hotplug(void)
{
    g_autoptr(GString) names = NULL, bare = NULL;

    names = dsdt_names("-global PIIX4_PM.acpi-root-pci-hotplug=off"
                       " -device virtio-net-pci,addr=5");
    g_assert_true(has_slot_object(names, 5, "_ADR"));
    g_assert_false(has_slot_object(names, 6, "_ADR"));
    g_assert_null(strstr(names->str, "_EJ0"));
    g_assert_nonnull(strstr(names->str, " _SB_PCI0PCNT"));

    bare = dsdt_names("-global PIIX4_PM.acpi-root-pci-hotplug=off"
                      " -global PIIX4_PM.acpi-pci-hotplug-with-bridge-support"
                      "=off");
    g_assert_null(strstr(bare->str, "_E01"));
    g_assert_null(strstr(bare->str, "PHPR"));
}

/* Is the object @path below \_SB.PCI0 there? */
static bool has_pci_object(GString *names, const char *path)
{
    g_autofree char *name = g_strdup_printf(" _SB_PCI0%s ", path);
    g_autofree char *all = g_strdup_printf("%s ", names->str);

    return strstr(all, name) != NULL;
}

/*
 * Behind bridges slots are as on the root bus, wherever the bridge is; it stays
 * itself.
 */
static void test_bridges(void)
{
    static const char bridges[] =
        "-device pci-bridge,id=b1,chassis_nr=1,addr=4,multifunction=on "
        "-device pci-bridge,id=b2,chassis_nr=2,addr=4.1 "
        "-device pci-bridge,id=b3,chassis_nr=3,bus=b2,addr=7 ";
    g_autofree char *off = g_strconcat(bridges, "-global PIIX4_PM.acpi-pci-"
                               "hotplug-with-bridge-support=off", NULL);
    g_autofree char *root_off = g_strconcat(bridges, "-global PIIX4_PM."
                                    "acpi-root-pci-hotplug=off", NULL);
    g_autoptr(GString) names = dsdt_names(bridges);
    g_autoptr(GString) without = dsdt_names(off);
    g_autoptr(GString) below = dsdt_names(root_off);

    g_assert_true(has_pci_object(names, "S20_PCNT"));
    g_assert_true(has_pci_object(names, "S20_S18__EJ0"));
    g_assert_true(has_pci_object(names, "S21_S18__EJ0"));
    g_assert_true(has_pci_object(names, "S21_S38_PCNT"));
    g_assert_true(has_pci_object(names, "S21_S38_SF8__EJ0"));
    g_assert_true(has_pci_object(names, "S21_S38_BSEL"));
    g_assert_false(has_pci_object(names, "S20__EJ0"));
    g_assert_false(has_pci_object(names, "S21__EJ0"));
    g_assert_false(has_pci_object(names, "S21_S38__EJ0"));

    g_assert_true(has_pci_object(without, "S20__ADR"));
    g_assert_false(has_pci_object(without, "S20__EJ0"));
    g_assert_false(has_pci_object(without, "S20_PCNT"));
    g_assert_false(has_pci_object(without, "S21__ADR"));

    g_assert_false(has_pci_object(below, "S28__ADR"));
    g_assert_true(has_pci_object(below, "S21_S38_SF8__EJ0"));
}

/* The file with the tables grows with the number of bridges. */
static void test_many_bridges(void)
{
    static uint8_t tables[0x40000];
    g_autoptr(GString) args = g_string_new("-machine pc -nodefaults "
                                           "-smp 1,maxcpus=255");
    QTestState *qts;
    QFWCFG *fw_cfg;
    uint32_t addr, size;

    for (int i = 0; i < 44; i++) {
        g_string_append_printf(args, " -device pci-bridge,chassis_nr=1,"
                               "addr=%x.%x,multifunction=on",
                               2 + i / 8, i % 8);
    }
    qts = qtest_init(args->str);
    fw_cfg = pc_fw_cfg_init(qts);
    fw_cfg->read = firmware_read;
    size = qfw_cfg_get_file(fw_cfg, "etc/acpi/tables", tables, sizeof(tables));
    g_assert_cmphex(size, ==, sizeof(tables));
    /* It is all there: FACS, then DSDT, then the others up to RSDT. */
    for (addr = 0; ldl_le_p(tables + addr); addr += ldl_le_p(tables + addr + 4)) {
        g_assert_cmphex(addr, <, size - 36);
    }
    g_assert_cmphex(addr, >, 0x20000);
    pc_fw_cfg_uninit(fw_cfg);
    qtest_quit(qts);
}

/* One that came while the guest ran is a card like others, after a reset too. */
static void test_bridge_hotplugged(void)
{
    g_autoptr(GString) names = g_string_new("");
    uint8_t *dsdt;
    AcpiTest t;

    acpi_start(&t, "");
    qtest_qmp_device_add(t.qts, "pci-bridge", "b1",
                         "{'addr': '4', 'chassis_nr': 1}");
    qtest_qmp_assert_success(t.qts, "{'execute': 'system_reset'}");
    qtest_qmp_eventwait(t.qts, "RESET");
    acpi_guest_map_pm(t.qts);
    firmware_load(&t);
    dsdt = find_dsdt(&t);
    aml_walk(dsdt + 36, dsdt + table_length(dsdt), "", names);
    g_assert_true(has_pci_object(names, "S20__EJ0"));
    g_assert_false(has_pci_object(names, "S20_PCNT"));
    /* Nobody calls what is not there: ^S20.PCNT */
    g_assert_null(memmem(dsdt, table_length(dsdt), "^\x2eS20_PCNT", 10));
    acpi_stop(&t);
}

/* The ISA devices that are there, below their bridge. */
static void test_isa_devices(void)
{
    g_autoptr(GString) names = dsdt_names("-serial null -serial none"
                                          " -device isa-serial,iobase=0x2e8,"
                                          "irq=3");

    g_assert_nonnull(strstr(names->str, " _SB_PCI0S08_COM1_CRS"));
    g_assert_null(strstr(names->str, "COM2"));
    g_assert_nonnull(strstr(names->str, " _SB_PCI0S08_COM4_CRS"));
}

static void test_sleep_states(void)
{
    g_autoptr(GString) all = dsdt_names("");
    g_autoptr(GString) few = dsdt_names("-global PIIX4_PM.disable_s3=1"
                                        " -global PIIX4_PM.disable_s4=1");

    g_assert_nonnull(strstr(all->str, " _S3_"));
    g_assert_nonnull(strstr(all->str, " _S4_"));
    g_assert_null(strstr(few->str, " _S3_"));
    g_assert_null(strstr(few->str, " _S4_"));
    g_assert_nonnull(strstr(few->str, " _S5_"));
}

static void test_no_acpi(void)
{
    QTestState *qts = qtest_init("-machine pc,acpi=off -nodefaults");
    QFWCFG *fw_cfg = pc_fw_cfg_init(qts);
    uint8_t byte;

    g_assert_cmpint(qfw_cfg_get_file(fw_cfg, "etc/acpi/tables", &byte, 1), ==,
                    0);
    g_assert_cmpint(qfw_cfg_get_file(fw_cfg, "etc/table-loader", &byte, 1), ==,
                    0);
    pc_fw_cfg_uninit(fw_cfg);
    qtest_quit(qts);
}

/* Another reader of AML understands it, and can make it again. */
static void test_iasl(void)
{
    g_autofree char *iasl = g_find_program_in_path("iasl");
    g_autofree char *dir = NULL, *aml = NULL, *dsl = NULL, *out = NULL;
    g_autofree char *err = NULL, *command = NULL;
    int status;
    uint8_t *dsdt;
    AcpiTest t;

    if (!iasl) {
        g_test_skip("iasl is not installed");
        return;
    }
    dir = g_dir_make_tmp("bios-tables-XXXXXX", NULL);
    aml = g_strdup_printf("%s/dsdt.aml", dir);
    dsl = g_strdup_printf("%s/dsdt.dsl", dir);

    acpi_start(&t, "-serial null -device virtio-net-pci,addr=5");
    dsdt = find_dsdt(&t);
    g_assert_true(g_file_set_contents(aml, (char *)dsdt, table_length(dsdt),
                                      NULL));
    acpi_stop(&t);

    command = g_strdup_printf("sh -c \"%s -d %s && %s %s\"", iasl, aml, iasl,
                              dsl);
    g_assert_true(g_spawn_command_line_sync(command, &out, &err, &status,
                                            NULL));
    if (status != 0 || !strstr(out, " 0 Errors")) {
        g_test_message("%s%s", out, err);
        g_test_fail();
    }
    g_assert_null(strstr(err, "Incorrect checksum"));
    unlink(aml);
    unlink(dsl);
    rmdir(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/acpi/tables", test_tables);
    qtest_add_func("/acpi/oem", test_oem);
    qtest_add_func("/acpi/fadt", test_fadt);
    qtest_add_func("/acpi/rebuilt", test_rebuilt);
    qtest_add_func("/acpi/madt", test_madt);
    qtest_add_func("/acpi/dsdt/slots", test_slots);
    qtest_add_func("/acpi/dsdt/cpus", test_cpus);
    qtest_add_func("/acpi/dsdt/no-hotplug", test_no_hotplug);
    qtest_add_func("/acpi/dsdt/bridges", test_bridges);
    qtest_add_func("/acpi/dsdt/many-bridges", test_many_bridges);
    qtest_add_func("/acpi/dsdt/bridge-hotplugged", test_bridge_hotplugged);
    qtest_add_func("/acpi/dsdt/isa-devices", test_isa_devices);
    qtest_add_func("/acpi/dsdt/sleep-states", test_sleep_states);
    qtest_add_func("/acpi/dsdt/iasl", test_iasl);
    qtest_add_func("/acpi/no-acpi", test_no_acpi);
    return g_test_run();
}
