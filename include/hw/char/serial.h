/*
 * The 16550 serial port: one UART, and the cards that have it.
 *
 * The UART is a device without a bus; whoever puts it somewhere owns it as a
 * child, shows its properties as its own, maps serial_io_ops over its eight
 * registers, and connects its one interrupt:
 *
 *     isa-serial        /serial (serial)       ports 3f8, 2f8, 3e8, 2e8
 *     pci-serial        /serial (serial)       BAR 0, 8 ports, INTA
 *     pci-serial-2x     /serial[0], [1]        BAR 0, 8 ports each, INTA for all
 *     serial-mm         /serial (serial)       memory, registers 1 << regshift
 *                                              apart
 *
 *     offset  reads                    writes
 *       0     RBR received byte        THR byte to send       DLAB: divisor, low
 *       1     IER enabled interrupts   IER                    DLAB: divisor, high
 *       2     IIR pending interrupt    FCR FIFOs
 *       3     LCR frame, break, DLAB   LCR
 *       4     MCR modem control        MCR
 *       5     LSR line status          -
 *       6     MSR modem status         -
 *       7     SCR scratch              SCR
 *
 * What the guest sends goes to a CharBackend at once, not at the speed of a
 * line; only where that refuses to take more, the UART waits.  What it receives
 * comes when the FIFO has room.  The frame's length is used for one thing: the
 * interrupt that tells of bytes that lie in the FIFO and are too few.
 *
 * The data sheet is National Semiconductor's PC16550D.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_SERIAL_H
#define HW_SERIAL_H

#include "chardev/char-fe.h"
#include "exec/memory.h"
#include "hw/qdev-core.h"
#include "hw/sysbus.h"
#include "qemu/fifo8.h"
#include "qom/object.h"

#define UART_FIFO_LENGTH    16      /* bytes, each way */

struct SerialState {
    DeviceState parent;

    /* Properties */
    CharBackend chr;
    uint32_t baudbase;              /* bits per second at divisor 1 */
    bool wakeup;                    /* a byte that comes wakes the machine */

    /* Registers */
    uint16_t divider;
    uint8_t rbr;                    /* received, if the FIFOs are off */
    uint8_t thr;                    /* to be sent, if the FIFOs are off */
    uint8_t tsr;                    /* being sent */
    uint8_t ier;
    uint8_t iir;
    uint8_t lcr;
    uint8_t mcr;
    uint8_t lsr;
    uint8_t msr;
    uint8_t scr;
    uint8_t fcr;
    uint8_t fcr_vmstate;            /* the same, as it migrates */
    Fifo8 recv_fifo;
    Fifo8 xmit_fifo;
    uint8_t recv_fifo_itl;          /* how many bytes are worth an interrupt */

    /* Behind the registers */
    int thr_ipending;               /* THR has run empty, and was not told */
    int timeout_ipending;           /* bytes have waited for too long */
    int last_break_enable;          /* what the back end was told */
    uint32_t tsr_retry;             /* how often it refused tsr; 0: none waits */
    guint watch_tag;                /* waits until it takes more; 0: does not */
    uint64_t char_transmit_time;    /* of one frame, in ns */
    int poll_msl;                   /* modem lines: -1 none, 0 asked, 1 polled */

    /* From realize to unrealize */
    qemu_irq irq;                   /* the owner's */
    QEMUTimer *fifo_timeout_timer;
    QEMUTimer *modem_status_poll;
    MemoryRegion io;                /* the owner maps it */
};
typedef struct SerialState SerialState;

#define TYPE_SERIAL "serial"
OBJECT_DECLARE_SIMPLE_TYPE(SerialState, SERIAL)

extern const VMStateDescription vmstate_serial;

/* The eight registers, a byte each; the opaque is the SerialState. */
extern const MemoryRegionOps serial_io_ops;

/* The crystal's frequency divided by 16, after realize too. */
void serial_set_frequency(SerialState *s, uint32_t frequency);

/* In memory, for boards: no bus, no user. */
struct SerialMM {
    SysBusDevice parent;

    SerialState serial;

    uint8_t regshift;
    uint8_t endianness;             /* enum device_endian */
};

#define TYPE_SERIAL_MM "serial-mm"
OBJECT_DECLARE_SIMPLE_TYPE(SerialMM, SERIAL_MM)

/*
 * serial_mm_init: make one at @base of @address_space.
 * @regshift: registers are 1 << @regshift bytes apart
 * @irq: where its interrupt leads
 * @chr: what it sends to, or NULL
 */
SerialMM *serial_mm_init(MemoryRegion *address_space,
                         hwaddr base, int regshift,
                         qemu_irq irq, int baudbase,
                         Chardev *chr, enum device_endian end);

/* On the ISA bus: COM1 to COM4. */
#define MAX_ISA_SERIAL_PORTS 4

#define TYPE_ISA_SERIAL "isa-serial"

/* One for each -serial numbered @from up to, not including, @to. */
void serial_hds_isa_init(ISABus *bus, int from, int to);

#endif
