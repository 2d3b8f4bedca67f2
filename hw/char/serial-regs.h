/*
 * The bits of a 16550's registers, for the device and its driver in a test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_CHAR_SERIAL_REGS_H
#define HW_CHAR_SERIAL_REGS_H

/* Interrupt enable; each has an id in IIR. */
#define UART_IER_RDI        0x01    /* bytes received, and the timeout */
#define UART_IER_THRI       0x02    /* nothing left to send */
#define UART_IER_RLSI       0x04    /* errors and breaks */
#define UART_IER_MSI        0x08    /* modem lines */

/* Interrupt identification */
#define UART_IIR_NO_INT     0x01
#define UART_IIR_ID         0x0e
#define UART_IIR_MSI        0x00
#define UART_IIR_THRI       0x02
#define UART_IIR_RDI        0x04
#define UART_IIR_RLSI       0x06
#define UART_IIR_CTI        0x0c
#define UART_IIR_FE         0xc0    /* the FIFOs are on */

/* FIFO control; bits 6 and 7 are the level */
#define UART_FCR_FE         0x01    /* FIFOs on */
#define UART_FCR_RFR        0x02    /* empty the receiver's */
#define UART_FCR_XFR        0x04    /* empty the transmitter's */
#define UART_FCR_DMS        0x08
#define UART_FCR_ITL_1      0x00
#define UART_FCR_ITL_2      0x40
#define UART_FCR_ITL_3      0x80
#define UART_FCR_ITL_4      0xc0

/* Line control */
#define UART_LCR_BREAK      0x40    /* hold the line low */
#define UART_LCR_DLAB       0x80    /* registers 0 and 1 are the divisor */

/* Modem control */
#define UART_MCR_DTR        0x01
#define UART_MCR_RTS        0x02
#define UART_MCR_OUT1       0x04
#define UART_MCR_OUT2       0x08
#define UART_MCR_LOOP       0x10    /* what is sent is received */

/* Line status */
#define UART_LSR_DR         0x01    /* a byte is there */
#define UART_LSR_OE         0x02    /* one was lost */
#define UART_LSR_PE         0x04
#define UART_LSR_FE         0x08
#define UART_LSR_BI         0x10    /* a break */
#define UART_LSR_THRE       0x20    /* room for one to send */
#define UART_LSR_TEMT       0x40    /* all is sent */
#define UART_LSR_INT_ANY    0x1e    /* those that UART_IER_RLSI is for */

/* Modem status: four lines, and below each whether it has changed */
#define UART_MSR_DCTS       0x01
#define UART_MSR_DDSR       0x02
#define UART_MSR_TERI       0x04
#define UART_MSR_DDCD       0x08
#define UART_MSR_ANY_DELTA  0x0f
#define UART_MSR_CTS        0x10
#define UART_MSR_DSR        0x20
#define UART_MSR_RI         0x40
#define UART_MSR_DCD        0x80

#endif
