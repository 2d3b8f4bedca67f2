/*
 * The UART 16550A and the line it is on: frames, and the modem's lines.
 *
 * Most back ends have neither; one that is a real serial port has both, and
 * then the guest's program for the modem works.
 *
 * Read first: hw/char/serial.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-serial.h"
#include "hw/char/serial.h"
#include "qemu/timer.h"
#include "serial-internal.h"
#include "trace.h"

/* While a guest listens for modem interrupts, look this often, in ns. */
#define MSL_POLL_NS         (NANOSECONDS_PER_SECOND / 100)

void serial_update_parameters(SerialState *s)
{
    QEMUSerialSetParams ssp = {
        .speed = s->divider ? MIN(s->baudbase / s->divider, INT_MAX) : 0,
        .parity = 'N',
        .data_bits = (s->lcr & 0x03) + 5,
        .stop_bits = s->lcr & 0x04 ? 2 : 1,
    };
    int frame_size = 1 + ssp.data_bits + ssp.stop_bits;

    if (s->lcr & 0x08) {
        frame_size++;
        ssp.parity = s->lcr & 0x10 ? 'E' : 'O';
    }
    if (ssp.speed == 0) {
        /* No divisor, or one larger than the clock: as slow as it gets. */
        ssp.speed = 3500;
    }
    s->char_transmit_time = NANOSECONDS_PER_SECOND / ssp.speed * frame_size;
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_PARAMS, &ssp);
    trace_serial_update_parameters(ssp.speed, ssp.parity, ssp.data_bits,
                                   ssp.stop_bits);
}

void serial_set_frequency(SerialState *s, uint32_t frequency)
{
    s->baudbase = frequency;
    serial_update_parameters(s);
}

/*
 * A back end without any lines says so once, and is not asked again: poll_msl
 * stays -1.
 */
void serial_update_msl(void *opaque)
{
    SerialState *s = opaque;
    uint8_t omsr = s->msr;
    uint8_t lines = 0, changed;
    int flags;

    timer_del(s->modem_status_poll);
    if (qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_GET_TIOCM, &flags) ==
        -ENOTSUP) {
        s->poll_msl = -1;
        return;
    }

    lines |= flags & CHR_TIOCM_CTS ? UART_MSR_CTS : 0;
    lines |= flags & CHR_TIOCM_DSR ? UART_MSR_DSR : 0;
    lines |= flags & CHR_TIOCM_CAR ? UART_MSR_DCD : 0;
    lines |= flags & CHR_TIOCM_RI ? UART_MSR_RI : 0;
    s->msr = lines | (omsr & UART_MSR_ANY_DELTA);

    changed = (omsr ^ lines) & 0xf0;
    if (changed) {
        /* A ring counts when it ends. */
        if (lines & UART_MSR_RI) {
            changed &= ~UART_MSR_RI;
        }
        /* Each delta bit is four below the line's own. */
        s->msr |= changed >> 4;
        serial_update_irq(s);
    }
    if (s->poll_msl) {
        timer_mod(s->modem_status_poll,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + MSL_POLL_NS);
    }
}

void serial_update_tiocm(SerialState *s)
{
    int flags = 0;

    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_GET_TIOCM, &flags);
    flags &= ~(CHR_TIOCM_RTS | CHR_TIOCM_DTR);
    if (s->mcr & UART_MCR_RTS) {
        flags |= CHR_TIOCM_RTS;
    }
    if (s->mcr & UART_MCR_DTR) {
        flags |= CHR_TIOCM_DTR;
    }
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_TIOCM, &flags);
}
