/*
 * What there is on this machine, a line for each thing.
 *
 * Every line is "KEY: VALUE", and no key comes twice.  inventory-test.py runs
 * this in two programs and compares the lines, so what is printed here is what
 * the hardware is, not what firmware has made of it: sizes of BARs but not
 * their addresses, what bits of a register can be written but not what is in
 * them.
 *
 * Read next: inventory-test.py.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"

/* PCI (PCI Local Bus Specification 3.0, chapter 6) */

#define PCI_CLASS       0x08
#define PCI_HEADER      0x0e
#define PCI_BAR0        0x10
#define PCI_SUBSYSTEM   0x2c
#define PCI_PIN         0x3d
#define CAP_VENDOR      0x09
#define CAP_MSIX        0x11

/* The beginning of each line about @dev. */
static void print_pci_key(const struct pci_dev *dev, const char *what)
{
    guest_printf("pci %02x.%x %s: ", dev->devfn >> 3, dev->devfn & 7, what);
}

static void print_bars(struct pci_dev *dev)
{
    unsigned command = pci_read(dev, 4, 2);

    pci_write(dev, 4, 2, command & ~3u);        /* nobody answers meanwhile */
    for (unsigned n = 0; n < 6; n++) {
        uint32_t bar = pci_read(dev, PCI_BAR0 + 4 * n, 4);
        uint32_t size = pci_bar_size(dev, n);
        char name[] = "bar0";

        if (size) {
            name[3] += n;
            print_pci_key(dev, name);
            guest_printf("%s of 0x%x bytes\n",
                         bar & 1 ? "ports" :
                         (bar & 6) == 4 ? bar & 8 ? "64-bit prefetchable memory"
                                                  : "64-bit memory"
                                        : bar & 8 ? "prefetchable memory"
                                                  : "memory", size);
            n += !(bar & 1) && (bar & 6) == 4;
        }
    }
    pci_write(dev, 4, 2, command);
}

static void print_capabilities(struct pci_dev *dev)
{
    uint8_t pos = pci_read(dev, 6, 2) & 0x10 ? pci_read(dev, 0x34, 1) : 0;

    for (; pos; pos = pci_read(dev, pos + 1, 1)) {
        uint8_t id = pci_read(dev, pos, 1);
        char name[] = "cap at 00";

        name[7] = "0123456789abcdef"[pos >> 4];
        name[8] = "0123456789abcdef"[pos & 15];
        print_pci_key(dev, name);
        if (id == CAP_VENDOR) {
            guest_printf("vendor's, type %u, bar %u, offset 0x%x, size 0x%x\n",
                         pci_read(dev, pos + 3, 1), pci_read(dev, pos + 4, 1),
                         pci_read(dev, pos + 8, 4), pci_read(dev, pos + 12, 4));
        } else if (id == CAP_MSIX) {
            guest_printf("MSI-X, %u vectors, table 0x%x, pending 0x%x\n",
                         (pci_read(dev, pos + 2, 2) & 0x7ff) + 1,
                         pci_read(dev, pos + 4, 4), pci_read(dev, pos + 8, 4));
        } else {
            guest_printf("0x%02x\n", id);
        }
    }
}

static void print_virtio(struct pci_dev *dev)
{
    struct virtio_dev vdev;
    struct virtq vq;
    unsigned queues = 0;

    if (!pci_find_cap(dev, CAP_VENDOR, 0)) {
        print_pci_key(dev, "virtio");
        guest_printf("legacy only\n");
        return;
    }
    if (!virtio_init(&vdev, dev, ~0ull)) {
        return;
    }
    print_pci_key(dev, "virtio features");
    guest_printf("0x%lx\n", vdev.features);
    while (queues < 64 && virtio_queue(&vdev, &vq, queues, -1)) {
        queues++;
    }
    print_pci_key(dev, "virtio queues");
    guest_printf("%u, the last of %u\n", queues, queues ? vq.size : 0);
    virtio_reset(&vdev);
}

static bool print_function(struct pci_dev *dev, void *opaque)
{
    uint32_t class = pci_read(dev, PCI_CLASS, 4);

    (*(unsigned *)opaque)++;
    print_pci_key(dev, "id");
    guest_printf("%04x:%04x\n", dev->vendor, dev->device);
    print_pci_key(dev, "class");
    guest_printf("%06x, revision %x, header %02x\n", class >> 8, class & 0xff,
                 pci_read(dev, PCI_HEADER, 1));
    print_pci_key(dev, "subsystem");
    guest_printf("%08x\n", pci_read(dev, PCI_SUBSYSTEM, 4));
    print_pci_key(dev, "pin");
    guest_printf("%u\n", pci_read(dev, PCI_PIN, 1));
    print_bars(dev);
    print_capabilities(dev);
    if (dev->vendor == 0x1af4) {
        print_virtio(dev);
    }
    return true;
}

/* CPUID (Intel SDM, volume 2) */

static void print_cpuid_leaf(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r = cpuid(leaf, subleaf);

    if (r.eax | r.ebx | r.ecx | r.edx) {
        guest_printf("cpuid %08x.%x: %08x %08x %08x %08x\n", leaf, subleaf,
                     r.eax, r.ebx, r.ecx, r.edx);
    }
}

static bool cpuid_has_subleaves(uint32_t leaf)
{
    return leaf == 4 || leaf == 7 || leaf == 0xb || leaf == 0xd ||
           leaf == 0x14 || leaf == 0x1f || leaf == 0x8000001d;
}

static void print_cpuid(void)
{
    static const uint32_t bases[] = { 0, 0x40000000, 0x80000000, 0xc0000000 };

    for (unsigned i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        uint32_t last = cpuid(bases[i], 0).eax;

        /* What is not there answers as something else. */
        if (last < bases[i] || last - bases[i] > 0x40) {
            continue;
        }
        for (uint32_t leaf = bases[i]; leaf <= last; leaf++) {
            for (unsigned n = 0; n < (cpuid_has_subleaves(leaf) ? 4 : 1); n++) {
                print_cpuid_leaf(leaf, n);
            }
        }
    }
}

/* What the boot loader says of memory, and ACPI's tables (ACPI 6.4, 5.2) */

static void print_memory(const struct start_info *info)
{
    const struct start_memmap *map = (void *)info->memmap_paddr;

    for (unsigned i = 0; i < info->memmap_entries; i++) {
        guest_printf("memory at 0x%lx: 0x%lx bytes, type %u\n", map[i].addr,
                     map[i].size, map[i].type);
    }
}

struct acpi_header {
    char signature[4];
    uint32_t length;
    uint8_t revision, checksum;
    char oem_id[6], oem_table_id[8];
    uint32_t oem_revision;
    char creator_id[4];
    uint32_t creator_revision;
} __attribute__((packed));

static void print_chars(const char *s, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        guest_printf("%c", s[i] >= ' ' && s[i] <= '~' ? s[i] : '.');
    }
}

static uint8_t sum(const void *p, unsigned n)
{
    const uint8_t *byte = p;
    uint8_t total = 0;

    while (n--) {
        total += *byte++;
    }
    return total;
}

static void print_table(const struct acpi_header *h)
{
    guest_printf("acpi ");
    print_chars(h->signature, 4);
    if (!memcmp(h->signature, "FACS", 4)) {
        guest_printf(": %u bytes\n", h->length);
        return;
    }
    guest_printf(": %u bytes, revision %u, \"", h->length, h->revision);
    print_chars(h->oem_id, 14);
    guest_printf("\", \"");
    print_chars(h->creator_id, 4);
    guest_printf("\", checksum %s\n",
                 sum(h, h->length) ? "wrong" : "right");
}

/* The FADT has addresses of two tables, and of registers. */
static void print_fadt(const struct acpi_header *h)
{
    static const struct {
        const char *name;
        uint8_t offset, size;
    } fields[] = {
        { "int_model", 44, 1 }, { "sci_int", 46, 2 }, { "smi_cmd", 48, 4 },
        { "acpi_enable", 52, 1 }, { "acpi_disable", 53, 1 },
        { "pm1a_evt", 56, 4 }, { "pm1a_cnt", 64, 4 }, { "pm_tmr", 76, 4 },
        { "gpe0", 80, 4 }, { "lengths", 88, 4 }, { "gpe0_len", 92, 1 },
        { "century", 108, 1 }, { "boot_arch", 109, 2 }, { "flags", 112, 4 },
    };
    const uint8_t *fadt = (const void *)h;

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        uint32_t v = 0;

        memcpy(&v, fadt + fields[i].offset, fields[i].size);
        guest_printf("acpi FACP %s: 0x%x\n", fields[i].name, v);
    }
    print_table((void *)(uintptr_t)*(uint32_t *)(fadt + 36));
    print_table((void *)(uintptr_t)*(uint32_t *)(fadt + 40));
}

static void print_madt(const struct acpi_header *h)
{
    const uint8_t *entry = (const uint8_t *)(h + 1) + 8;

    for (unsigned i = 0; entry < (const uint8_t *)h + h->length; i++) {
        guest_printf("acpi APIC entry %u:", i);
        for (unsigned n = 0; n < entry[1]; n++) {
            guest_printf(" %02x", entry[n]);
        }
        guest_printf("\n");
        entry += entry[1] ? entry[1] : 255;
    }
}

static void print_acpi(const struct start_info *info)
{
    const char *rsdp = (void *)info->rsdp_paddr;
    const struct acpi_header *rsdt;

    if (!rsdp) {
        guest_printf("acpi: none\n");
        return;
    }
    guest_printf("acpi rsdp: revision %u, checksum %s\n", rsdp[15],
                 sum(rsdp, 20) ? "wrong" : "right");
    rsdt = (void *)(uintptr_t)*(uint32_t *)(rsdp + 16);
    print_table(rsdt);
    for (unsigned at = sizeof(*rsdt); at < rsdt->length; at += 4) {
        const struct acpi_header *h =
            (void *)(uintptr_t)*(uint32_t *)((char *)rsdt + at);

        print_table(h);
        if (!memcmp(h->signature, "FACP", 4)) {
            print_fadt(h);
        } else if (!memcmp(h->signature, "APIC", 4)) {
            print_madt(h);
        }
    }
}

/* fw_cfg, the files that a VMM has for firmware */

#define FW_CFG_SELECT   0x510
#define FW_CFG_DATA     0x511

static void fw_cfg_read(void *buf, unsigned n)
{
    for (uint8_t *p = buf; n--; p++) {
        *p = inb(FW_CFG_DATA);
    }
}

static uint32_t fw_cfg_item(uint16_t key, unsigned size)
{
    uint32_t v = 0;

    outw(FW_CFG_SELECT, key);
    fw_cfg_read(&v, size);
    return v;
}

static void print_fw_cfg(void)
{
    uint32_t signature = fw_cfg_item(0x00, 4);
    uint32_t count;

    guest_printf("fw_cfg signature: ");
    print_chars((char *)&signature, 4);
    guest_printf("\nfw_cfg features: 0x%x\n", fw_cfg_item(0x01, 4));
    guest_printf("fw_cfg memory: 0x%x\n", fw_cfg_item(0x03, 4));
    guest_printf("fw_cfg no graphics: %u\n", fw_cfg_item(0x04, 2));
    guest_printf("fw_cfg CPUs: %u\n", fw_cfg_item(0x05, 2));
    guest_printf("fw_cfg most CPUs: %u\n", fw_cfg_item(0x0f, 2));
    count = __builtin_bswap32(fw_cfg_item(0x19, 4));
    while (count--) {
        struct {
            uint32_t size;
            uint16_t select, reserved;
            char name[56];
        } file;

        fw_cfg_read(&file, sizeof(file));
        guest_printf("fw_cfg file %s: %u bytes\n", file.name,
                     __builtin_bswap32(file.size));
    }
}

/* The chips of a PC */

/* Which of @bits stay as they are written to a port; it is as before then. */
static void print_writable(const char *name, uint16_t port, uint8_t bits)
{
    uint8_t old = inb(port), ones, zeroes;

    outb(port, old | bits);
    ones = inb(port);
    outb(port, old & ~bits);
    zeroes = inb(port);
    outb(port, old);
    guest_printf("%s: can write %02x\n", name, ones ^ zeroes);
}

static uint8_t cmos_read(uint8_t index)
{
    outb(0x70, index);
    return inb(0x71);
}

/* What the board writes there for firmware; 0x00 to 0x0d are the clock. */
static void print_cmos(void)
{
    guest_printf("rtc register a: %02x\n", cmos_read(0x0a) & 0x7f);
    guest_printf("rtc register b: %02x\n", cmos_read(0x0b));
    guest_printf("rtc register d: %02x\n", cmos_read(0x0d));
    for (unsigned i = 0x0e; i < 0x80; i++) {
        uint8_t v = cmos_read(i);

        /* The century moves on. */
        if (v && i != 0x32) {
            guest_printf("cmos %02x: %02x\n", i, v);
        }
    }
}

static uint32_t ioapic_read(uint8_t reg)
{
    mmio_write32(0xfec00000, reg);
    return mmio_read32(0xfec00010);
}

static uint8_t pit_status(unsigned counter)
{
    outb(0x43, 0xe0 | 2 << counter);            /* read back the status */
    /* Not the output and whether it has its count: they change. */
    return inb(0x40 + counter) & 0x3f;
}

static void print_chips(void)
{
    print_writable("pic 1 mask", 0x21, 0xff);
    print_writable("pic 2 mask", 0xa1, 0xff);
    print_writable("elcr 1", 0x4d0, 0xff);
    print_writable("elcr 2", 0x4d1, 0xff);
    outb(0x20, 0x0b);
    guest_printf("pic 1 in service: %02x\n", inb(0x20));
    print_writable("port 92", 0x92, 0xfe);     /* bit 0 resets */
    guest_printf("port 61: %02x\n", inb(0x61) & 0x0f);
    guest_printf("pit counter 2: %02x\n", pit_status(2));
    print_cmos();
    guest_printf("ioapic id: %08x\n", ioapic_read(0));
    guest_printf("ioapic version: %08x\n", ioapic_read(1));
    guest_printf("ioapic entry 2: %08x\n", ioapic_read(0x14));
    guest_printf("lapic id: %08x\n", mmio_read32(0xfee00020));
    guest_printf("lapic version: %08x\n", mmio_read32(0xfee00030));
    guest_printf("lapic base: %lx\n", rdmsr(0x1b));
    guest_printf("mtrr capabilities: %lx\n", rdmsr(0xfe));
    guest_printf("pat: %lx\n", rdmsr(0x277));
    guest_printf("efer: %lx\n", rdmsr(0xc0000080));
}

/* Ports at which somebody answers, of those that firmware need not move. */
static void print_ports(void)
{
    static const uint16_t ports[] = {
        0x00, 0x08, 0x20, 0x40, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x81, 0x92,
        0xa0, 0xb2, 0xb3, 0xc0, 0xd0, 0xf0, 0x170, 0x1f0, 0x278, 0x2e8, 0x2f8,
        0x376, 0x378, 0x3e8, 0x3f0, 0x3f4, 0x3f6, 0x3f8, 0x402, 0x4d0, 0x505,
        0x511, 0x5658, 0xae00, 0xae10, 0xaf00, 0xafe0, 0xcf8, 0xcf9,
    };

    for (unsigned i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        uint8_t all = 0xff;

        /* A counter of the PIT may be at 0xff, but does not stay there. */
        for (unsigned n = 0; n < 64 && all == 0xff; n++) {
            all = inb(ports[i]);
        }
        guest_printf("port %04x: %s\n", ports[i],
                     all != 0xff ? "somebody" : "nobody");
    }
}

/* Which memory may be cached, and how: the MTRRs, on all CPUs the same. */

#define CPUID_EDX_MTRR      (1u << 12)
#define MSR_MTRR_CAP        0xfe
#define MSR_MTRR_BASE(n)    (0x200 + 2 * (n))
#define MSR_MTRR_MASK(n)    (0x201 + 2 * (n))
#define MSR_PAT             0x277
#define MSR_MTRR_DEF_TYPE   0x2ff

static const uint32_t fixed_mtrrs[] = {
    0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f,
};

static void print_msr(unsigned cpu, uint32_t msr)
{
    guest_printf("cpu %u msr 0x%03x: 0x%lx\n", cpu, msr, rdmsr(msr));
}

static void print_mtrrs(unsigned cpu)
{
    if (!(cpuid(1, 0).edx & CPUID_EDX_MTRR)) {
        guest_printf("cpu %u MTRRs: none\n", cpu);
        return;
    }
    print_msr(cpu, MSR_MTRR_CAP);
    print_msr(cpu, MSR_MTRR_DEF_TYPE);
    print_msr(cpu, MSR_PAT);
    for (unsigned i = 0; i < sizeof(fixed_mtrrs) / sizeof(fixed_mtrrs[0]);
         i++) {
        print_msr(cpu, fixed_mtrrs[i]);
    }
    for (unsigned i = 0; i < (rdmsr(MSR_MTRR_CAP) & 0xff); i++) {
        print_msr(cpu, MSR_MTRR_BASE(i));
        print_msr(cpu, MSR_MTRR_MASK(i));
    }
}

static volatile bool other_cpu_done;

static void other_cpu(void *opaque)
{
    print_mtrrs(1);
    other_cpu_done = true;
}

static bool print_all_mtrrs(void)
{
    print_mtrrs(0);
    return cpu_start(1, other_cpu, NULL) &&
           wait_until(other_cpu_done, PATIENCE_MS);
}

int guest_main(void)
{
    const struct start_info *info = guest_start_info();
    unsigned functions = 0;

    guest_printf("\nINVENTORY\n");
    guest_printf("start info version: %u\n", info->version);
    guest_printf("command line: %s\n", guest_cmdline());
    print_memory(info);
    print_cpuid();
    print_acpi(info);
    print_fw_cfg();
    print_chips();
    print_ports();
    pci_for_each(print_function, &functions);
    if (!print_all_mtrrs()) {
        return FAIL("the second CPU does not start");
    }
    return functions ? 0 : FAIL("there is no PCI");
}
