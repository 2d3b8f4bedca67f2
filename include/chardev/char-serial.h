/*
 * What a serial port asks of its device: qemu_chr_fe_ioctl().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHAR_SERIAL_H
#define CHAR_SERIAL_H

/* Argument: QEMUSerialSetParams */
#define CHR_IOCTL_SERIAL_SET_PARAMS   1

typedef struct {
    int speed;          /* bits per second */
    int parity;         /* 'N', 'E' or 'O' */
    int data_bits;
    int stop_bits;
} QEMUSerialSetParams;

/* Argument: int, whether the line is held low */
#define CHR_IOCTL_SERIAL_SET_BREAK    2

/* Argument: int, a combination of CHR_TIOCM_* */
#define CHR_IOCTL_SERIAL_SET_TIOCM   13
#define CHR_IOCTL_SERIAL_GET_TIOCM   14

#define CHR_TIOCM_CTS   0x020
#define CHR_TIOCM_CAR   0x040
#define CHR_TIOCM_DSR   0x100
#define CHR_TIOCM_RI    0x080
#define CHR_TIOCM_DTR   0x002
#define CHR_TIOCM_RTS   0x004

#endif
