/*
 * The console: COM1, polled; and the way out, isa-debug-exit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "lib.h"

#define COM1        0x3f8
#define UART_LCR    3
#define UART_LSR    5
#define LSR_THRE    0x20
#define DEBUG_EXIT  0xf4

void serial_init(void)
{
    outb(COM1 + 1, 0);          /* no interrupts */
    outb(COM1 + UART_LCR, 0x80);
    outb(COM1 + 0, 1);          /* 115,200 baud */
    outb(COM1 + 1, 0);
    outb(COM1 + UART_LCR, 0x03);
    outb(COM1 + 2, 0x07);       /* FIFOs on, and empty */
}

static void serial_putc(char c)
{
    while (!(inb(COM1 + UART_LSR) & LSR_THRE)) {
    }
    outb(COM1, c);
}

static void print_number(uint64_t v, unsigned base, bool negative, int width,
                         char pad)
{
    char digits[24];
    int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    if (negative) {
        digits[n++] = '-';
    }
    for (int i = n; i < width; i++) {
        serial_putc(pad);
    }
    while (n) {
        serial_putc(digits[--n]);
    }
}

void guest_printf(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    for (; *fmt; fmt++) {
        int width = 0, longs = 0;
        char pad = ' ';

        if (*fmt != '%') {
            serial_putc(*fmt);
            continue;
        }
        fmt++;
        if (*fmt == '0') {
            pad = '0';
        }
        while (*fmt >= '0' && *fmt <= '9') {
            width = width * 10 + *fmt++ - '0';
        }
        while (*fmt == 'l' || *fmt == 'z') {
            longs++;
            fmt++;
        }
        switch (*fmt) {
        case 'd': {
            int64_t v = longs ? va_arg(ap, int64_t) : va_arg(ap, int);

            print_number(v < 0 ? -(uint64_t)v : (uint64_t)v, 10, v < 0, width,
                         pad);
            break;
        }
        case 'u':
        case 'x':
            print_number(longs ? va_arg(ap, uint64_t) : va_arg(ap, unsigned),
                         *fmt == 'u' ? 10 : 16, false, width, pad);
            break;
        case 'p':
            print_number(va_arg(ap, uintptr_t), 16, false, 16, '0');
            break;
        case 'c':
            serial_putc(va_arg(ap, int));
            break;
        case 's':
            for (const char *s = va_arg(ap, const char *); *s; s++) {
                serial_putc(*s);
            }
            break;
        case '%':
            serial_putc('%');
            break;
        default:
            guest_printf("(bad format)");
            va_end(ap);
            return;
        }
    }
    va_end(ap);
}

/* isa-debug-exit makes 2 * status + 1 of it: 1 is success, 3 a failure. */
void guest_exit(int status)
{
    guest_printf(status ? "EXIT %d\n" : "OK\n", status);
    outl(DEBUG_EXIT, status);
    /* No such device: stay, so that somebody can look. */
    for (;;) {
        asm volatile("cli; hlt");
    }
}
