/*
 * A disk that boots: what it finds, a line for each thing, on the serial port.
 *
 *     boot first: drive 80, 2048 sectors of 512, EDD 30
 *     data: 1a2b3c4d
 *     geometry 2/16/63: 1a2b3c4d
 *     write: done
 *     disks: first second
 *
 * The sums are of what there is at DATA, read by logical block (INT 13h, AH=42h)
 * and, its first part, by cylinder, head and sector (AH=02h); "write" is what a
 * sector at SCRATCH says afterwards.  A service that fails gives its status
 * instead.  Then it ends the machine through isa-debug-exit, or halts.
 *
 * Read start.S first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdbool.h>
#include <stdint.h>
#include "boot.h"

#define COM1            0x3f8
#define COM_LSR         5
#define LSR_THRE        0x20
#define DEBUG_EXIT      0xf4

#define FIRST_DISK      0x80
#define SUCCESS         -1              /* of int13() */

struct int13_regs {
    uint32_t eax, ebx, ecx, edx, esi, edi;
};

int int13(struct int13_regs *r);

/* A disk address packet (EDD 3). */
struct packet {
    uint8_t size;
    uint8_t zero;
    uint16_t sectors;
    uint16_t offset;
    uint16_t segment;
    uint64_t lba;
};

/* What AH=48h says of a drive. */
struct parameters {
    uint16_t size;
    uint16_t flags;
    uint32_t cylinders;
    uint32_t heads;
    uint32_t sectors_per_track;
    uint64_t sectors;
    uint16_t sector_size;
} __attribute__((packed));

static uint8_t *const buffer = (uint8_t *)BUFFER;

/* The serial port */

static void outb(uint16_t port, uint8_t value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
    uint8_t value;

    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void print_char(char c)
{
    while (!(inb(COM1 + COM_LSR) & LSR_THRE)) {
    }
    outb(COM1, c);
}

static void print(const char *s)
{
    while (*s) {
        print_char(*s++);
    }
}

static void print_hex(uint32_t value, int digits)
{
    while (digits-- > 0) {
        print_char("0123456789abcdef"[value >> (digits * 4) & 15]);
    }
}

static void print_decimal(uint32_t value)
{
    char digits[11];
    char *p = digits + sizeof(digits) - 1;

    *p = '\0';
    do {
        *--p = '0' + value % 10;
        value /= 10;
    } while (value);
    print(p);
}

static void print_status(int status)
{
    print("status ");
    print_hex(status, 2);
}

/* The firmware's services */

/* @ah is 42h to read @sectors, 43h to write them. */
static int transfer(uint8_t ah, uint8_t drive, uint32_t lba, uint16_t sectors)
{
    struct packet packet = {
        .size = sizeof(packet),
        .sectors = sectors,
        .offset = BUFFER,
        .lba = lba,
    };
    struct int13_regs r = {
        .eax = ah << 8,
        .edx = drive,
        .esi = (uint32_t)&packet,
    };

    return int13(&r);
}

static int get_parameters(uint8_t drive, struct parameters *p)
{
    struct int13_regs r = {
        .eax = 0x4800,
        .edx = drive,
        .esi = (uint32_t)p,
    };

    *p = (struct parameters) { .size = sizeof(*p) };
    return int13(&r);
}

static uint32_t sum_of(uint32_t sum, uint32_t size)
{
    const uint32_t *p = (const uint32_t *)buffer;

    for (; size; size -= 4) {
        sum = (sum << 1 | sum >> 31) ^ *p++;
    }
    return sum;
}

/* The lines */

static void tell_drive(uint8_t drive, struct parameters *p)
{
    struct int13_regs r = { .eax = 0x4100, .ebx = 0x55aa, .edx = drive };
    int status = int13(&r);

    print("boot ");
    print((const char *)0x7e00 + LABEL);
    print(": drive ");
    print_hex(drive, 2);
    if (status != SUCCESS || (r.ebx & 0xffff) != 0xaa55) {
        print(", no EDD\n");
        return;
    }
    print(", EDD ");
    print_hex(r.eax >> 8, 2);
    print(", ");
    status = get_parameters(drive, p);
    if (status != SUCCESS) {
        print_status(status);
    } else {
        print_decimal(p->sectors);
        print(" sectors of ");
        print_decimal(p->sector_size);
    }
    print("\n");
}

static void tell_data(uint8_t drive, uint32_t sector_size)
{
    uint32_t sum = 0;
    int status;

    print("data: ");
    for (uint32_t at = DATA; at < DATA + DATA_SIZE; at += BUFFER_SIZE) {
        status = transfer(0x42, drive, at / sector_size,
                          BUFFER_SIZE / sector_size);
        if (status != SUCCESS) {
            print_status(status);
            print("\n");
            return;
        }
        sum = sum_of(sum, BUFFER_SIZE);
    }
    print_hex(sum, 8);
    print("\n");
}

static void tell_geometry(uint8_t drive)
{
    struct int13_regs r = { .eax = 0x0800, .edx = drive };
    int status = int13(&r);
    uint32_t cylinders, heads, sectors, lba = DATA / 512, cylinder;

    print("geometry ");
    if (status != SUCCESS) {
        print_status(status);
        print("\n");
        return;
    }
    cylinders = ((r.ecx >> 8 & 0xff) | (r.ecx & 0xc0) << 2) + 1;
    heads = (r.edx >> 8 & 0xff) + 1;
    sectors = r.ecx & 0x3f;
    print_decimal(cylinders);
    print("/");
    print_decimal(heads);
    print("/");
    print_decimal(sectors);
    print(": ");
    if (!sectors) {
        print("none\n");
        return;
    }

    cylinder = lba / (heads * sectors);
    r = (struct int13_regs) {
        .eax = 0x0200 | 8,
        .ebx = BUFFER,
        .ecx = (cylinder & 0xff) << 8 | (cylinder >> 8) << 6 |
               (lba % sectors + 1),
        .edx = lba / sectors % heads << 8 | drive,
    };
    status = int13(&r);
    if (status != SUCCESS) {
        print_status(status);
    } else {
        print_hex(sum_of(0, 8 * 512), 8);
    }
    print("\n");
}

/* A sector of SCRATCH says how often this disk was booted. */
static void tell_write(uint8_t drive, uint32_t sector_size)
{
    int status = transfer(0x42, drive, SCRATCH / sector_size, 1);
    uint32_t count = *(uint32_t *)buffer + 1;

    print("write: ");
    if (status == SUCCESS) {
        *(uint32_t *)buffer = count;
        status = transfer(0x43, drive, SCRATCH / sector_size, 1);
    }
    if (status == SUCCESS) {
        *(uint32_t *)buffer = 0;
        status = transfer(0x42, drive, SCRATCH / sector_size, 1);
    }
    if (status == SUCCESS) {
        print_decimal(*(uint32_t *)buffer);
    } else {
        print_status(status);
    }
    print("\n");
}

/* Those that the firmware calls hard disks, in its order. */
static void tell_disks(void)
{
    struct int13_regs r = { .eax = 0x0800, .edx = FIRST_DISK };
    uint32_t count = int13(&r) == SUCCESS ? r.edx & 0xff : 0;

    print("disks:");
    for (uint32_t i = 0; i < count; i++) {
        int status = transfer(0x42, FIRST_DISK + i, 1, 1);

        print(" ");
        if (status == SUCCESS) {
            print((const char *)buffer + LABEL);
        } else {
            print_status(status);
        }
    }
    print("\n");
}

void boot_main(uint32_t drive)
{
    struct parameters p = { .sector_size = 512 };

    tell_drive(drive, &p);
    tell_data(drive, p.sector_size);
    tell_geometry(drive);
    tell_write(drive, p.sector_size);
    tell_disks();
    outb(DEBUG_EXIT, 0);
}
