/*
 * The human monitor looks at memory and ports: x, xp, print, sum, i, o, and
 * where an address of the guest is in the host.
 *
 * What is a virtual address depends on the guest's processor: those commands
 * take the one that `cpu` has chosen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/address-spaces.h"
#include "exec/cpu-all.h"
#include "exec/ioport.h"
#include "exec/memory.h"
#include "monitor-internal.h"
#include "monitor/hmp-target.h"
#include "monitor/hmp.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qemu/bswap.h"

/* Bytes that `sum` reads at a time. */
#define SUM_CHUNK 4096

#define IOPORTS_MASK 0xffff

/* A character as C writes it. */
static void monitor_printc(Monitor *mon, int c)
{
    switch (c) {
    case '\'':
        monitor_printf(mon, "'\\''");
        break;
    case '\\':
        monitor_printf(mon, "'\\\\'");
        break;
    case '\n':
        monitor_printf(mon, "'\\n'");
        break;
    case '\r':
        monitor_printf(mon, "'\\r'");
        break;
    default:
        monitor_printf(mon, c >= 32 && c <= 126 ? "'%c'" : "'\\x%02x'", c);
        break;
    }
}

void hmp_print(Monitor *mon, const QDict *qdict)
{
    int64_t val = qdict_get_int(qdict, "val");

    switch (qdict_get_int(qdict, "format")) {
    case 'o':
        monitor_printf(mon, "%#" PRIo64, val);
        break;
    case 'x':
        monitor_printf(mon, "%#" PRIx64, val);
        break;
    case 'u':
        monitor_printf(mon, "%" PRIu64, val);
        break;
    case 'c':
        monitor_printc(mon, val);
        break;
    default:
        monitor_printf(mon, "%" PRId64, val);
        break;
    }
    monitor_printf(mon, "\n");
}

/* Dumps */

/* How many characters the largest number of @size bytes has. */
static int dump_width(int format, int size)
{
    int bits = size * 8;

    switch (format) {
    case 'o':
        return (bits + 2) / 3;
    case 'x':
        return bits / 4;
    default:
        return (bits * 10 + 32) / 33;
    }
}

static void dump_item(Monitor *mon, int format, int size, uint64_t val)
{
    int width = dump_width(format, size);

    monitor_printf(mon, " ");
    switch (format) {
    case 'o':
        monitor_printf(mon, "%#*" PRIo64, width, val);
        break;
    case 'x':
        monitor_printf(mon, "0x%0*" PRIx64, width, val);
        break;
    case 'u':
        monitor_printf(mon, "%*" PRIu64, width, val);
        break;
    case 'd':
        monitor_printf(mon, "%*" PRId64, width, val);
        break;
    default:
        monitor_printc(mon, val);
        break;
    }
}

static bool dump_read(CPUState *cpu, uint64_t addr, uint8_t *buf, int len)
{
    if (cpu) {
        return cpu_memory_rw_debug(cpu, addr, buf, len, false) >= 0;
    }
    return address_space_read(&address_space_memory, addr,
                              MEMTXATTRS_UNSPECIFIED, buf, len) == MEMTX_OK;
}

/* @cpu: whose addresses they are; NULL if they are physical. */
static void memory_dump(Monitor *mon, const QDict *qdict, CPUState *cpu)
{
    int format = qdict_get_int(qdict, "format");
    int size = qdict_get_int(qdict, "size");
    uint64_t addr = qdict_get_int(qdict, "addr");
    uint64_t left = qdict_get_int(qdict, "count") * size;
    int line = size == 1 ? 8 : 16;

    if (format == 'i') {
        /* Nobody here takes instructions apart. */
        monitor_printf(mon, "0x%08" PRIx64
                       ": Asm output not supported on this arch\n", addr);
        return;
    }
    /* So many bytes, but one by one. */
    size = format == 'c' ? 1 : size;
    while (left > 0) {
        int len = MIN(left, line);
        uint8_t buf[16];

        monitor_printf(mon, "%016" PRIx64 ":", addr);
        if (!dump_read(cpu, addr, buf, len)) {
            monitor_printf(mon, " Cannot access memory\n");
            return;
        }
        for (int i = 0; i < len; i += size) {
            dump_item(mon, format, size, ldn_le_p(buf + i, size));
        }
        monitor_printf(mon, "\n");
        addr += len;
        left -= len;
    }
}

void hmp_memory_dump(Monitor *mon, const QDict *qdict)
{
    CPUState *cpu = mon_get_cpu(mon);

    if (!cpu) {
        monitor_printf(mon, "Can not dump without CPU\n");
        return;
    }
    memory_dump(mon, qdict, cpu);
}

void hmp_physical_memory_dump(Monitor *mon, const QDict *qdict)
{
    if (qdict_get_int(qdict, "format") == 'i' && !mon_get_cpu(mon)) {
        monitor_printf(mon, "Can not dump without CPU\n");
        return;
    }
    memory_dump(mon, qdict, NULL);
}

/* The checksum of BSD's sum(1) */
void hmp_sum(Monitor *mon, const QDict *qdict)
{
    uint64_t addr = qdict_get_int(qdict, "start");
    uint64_t left = qdict_get_int(qdict, "size");
    uint16_t sum = 0;

    while (left > 0) {
        uint8_t buf[SUM_CHUNK];
        int len = MIN(left, sizeof(buf));

        /* What is not there, counts as 0. */
        memset(buf, 0, len);
        address_space_read(&address_space_memory, addr,
                           MEMTXATTRS_UNSPECIFIED, buf, len);
        for (int i = 0; i < len; i++) {
            sum = (sum >> 1) | (sum << 15);
            sum += buf[i];
        }
        addr += len;
        left -= len;
    }
    monitor_printf(mon, "%05d\n", sum);
}

/* Ports */

/* Some devices have an index port and, behind it, one for the data. */
void hmp_ioport_read(Monitor *mon, const QDict *qdict)
{
    int size = qdict_get_int(qdict, "size");
    uint32_t addr = qdict_get_int(qdict, "addr") & IOPORTS_MASK;
    uint32_t val;
    char suffix;

    if (qdict_haskey(qdict, "index")) {
        cpu_outb(addr, qdict_get_int(qdict, "index"));
        addr = (addr + 1) & IOPORTS_MASK;
    }
    switch (size) {
    case 2:
        val = cpu_inw(addr);
        suffix = 'w';
        break;
    case 4:
        val = cpu_inl(addr);
        suffix = 'l';
        break;
    default:
        val = cpu_inb(addr);
        suffix = 'b';
        break;
    }
    monitor_printf(mon, "port%c[0x%04x] = 0x%0*x\n", suffix, addr,
                   MAX(size, 0) * 2, val);
}

void hmp_ioport_write(Monitor *mon, const QDict *qdict)
{
    uint32_t addr = qdict_get_int(qdict, "addr") & IOPORTS_MASK;
    uint32_t val = qdict_get_int(qdict, "val");

    switch (qdict_get_int(qdict, "size")) {
    case 2:
        cpu_outw(addr, val);
        break;
    case 4:
        cpu_outl(addr, val);
        break;
    default:
        cpu_outb(addr, val);
        break;
    }
}

/* Addresses */

void hmp_gva2gpa(Monitor *mon, const QDict *qdict)
{
    vaddr addr = qdict_get_int(qdict, "addr");
    CPUState *cpu = mon_get_cpu(mon);
    MemTxAttrs attrs;
    hwaddr gpa;

    if (!cpu) {
        monitor_printf(mon, "No cpu\n");
        return;
    }
    gpa = cpu_get_phys_page_attrs_debug(cpu, addr & TARGET_PAGE_MASK, &attrs);
    if (gpa == -1) {
        monitor_printf(mon, "Unmapped\n");
    } else {
        monitor_printf(mon, "gpa: %#" HWADDR_PRIx "\n",
                       gpa + (addr & ~TARGET_PAGE_MASK));
    }
}

/*
 * Where the RAM at @addr is in our own address space; *@p_mr has it, with a
 * reference for the caller.  NULL with @errp set.
 */
static void *gpa2hva(MemoryRegion **p_mr, hwaddr addr, Error **errp)
{
    MemoryRegionSection mrs = memory_region_find(get_system_memory(), addr, 1);

    if (!mrs.mr) {
        error_setg(errp, "No memory is mapped at address 0x%" HWADDR_PRIx,
                   addr);
        return NULL;
    }
    if (!memory_region_is_ram(mrs.mr) && !memory_region_is_romd(mrs.mr)) {
        error_setg(errp, "Memory at address 0x%" HWADDR_PRIx " is not RAM",
                   addr);
        memory_region_unref(mrs.mr);
        return NULL;
    }
    *p_mr = mrs.mr;
    return qemu_map_ram_ptr(mrs.mr->ram_block, mrs.offset_within_region);
}

void hmp_gpa2hva(Monitor *mon, const QDict *qdict)
{
    hwaddr addr = qdict_get_int(qdict, "addr");
    Error *local_err = NULL;
    MemoryRegion *mr = NULL;
    void *ptr = gpa2hva(&mr, addr, &local_err);

    if (!ptr) {
        error_report_err(local_err);
        return;
    }
    monitor_printf(mon, "Host virtual address for 0x%" HWADDR_PRIx
                   " (%s) is %p\n", addr, mr->name, ptr);
    memory_region_unref(mr);
}

/* Linux tells where a page of ours is, to those who may know. */
static bool vtop(void *ptr, uint64_t *phys, Error **errp)
{
    uintptr_t addr = (uintptr_t)ptr, pagesize = qemu_real_host_page_size();
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    uint64_t info;
    bool ok = false;

    if (fd < 0) {
        error_setg_errno(errp, errno, "Cannot open /proc/self/pagemap");
        return false;
    }
    /* Bit 63: the page is there.  Bits 0 to 54: which one it is. */
    if (pread(fd, &info, sizeof(info), addr / pagesize * sizeof(info))
        != sizeof(info)) {
        error_setg_errno(errp, errno, "Cannot read pagemap");
    } else if (!(info >> 63)) {
        error_setg(errp, "Page not present");
    } else {
        *phys = (info & ((UINT64_C(1) << 55) - 1)) * pagesize
                | (addr & (pagesize - 1));
        ok = true;
    }
    close(fd);
    return ok;
}

void hmp_gpa2hpa(Monitor *mon, const QDict *qdict)
{
    hwaddr addr = qdict_get_int(qdict, "addr");
    Error *local_err = NULL;
    MemoryRegion *mr = NULL;
    uint64_t phys;
    void *ptr = gpa2hva(&mr, addr, &local_err);

    if (ptr && vtop(ptr, &phys, &local_err)) {
        monitor_printf(mon, "Host physical address for 0x%" HWADDR_PRIx
                       " (%s) is 0x%" PRIx64 "\n", addr, mr->name, phys);
    } else {
        error_report_err(local_err);
    }
    if (ptr) {
        memory_region_unref(mr);
    }
}
