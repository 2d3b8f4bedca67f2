/*
 * The UART 16550A.
 *
 *     front end                 this file                     guest
 *     chr_read  -> recv_fifo -> RBR, LSR.DR  -> serial_ioport_read
 *     chr_write <- tsr <- xmit_fifo <- THR   <- serial_ioport_write
 *                        serial_update_irq() -> irq
 *
 * Whatever may change the pending interrupt calls serial_update_irq(), which
 * works IIR and the line out from the other registers: nothing else touches
 * either.  What there is beyond bytes, the speed and the modem's lines, is in
 * serial-line.c.
 *
 * Read first: hw/char/serial.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-serial.h"
#include "hw/char/serial.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/reset.h"
#include "sysemu/runstate.h"
#include "serial-internal.h"
#include "trace.h"

/* Interrupts */

/* The most important one that is pending and enabled, as IIR names it. */
static uint8_t serial_pending_id(SerialState *s)
{
    bool fifo = s->fcr & UART_FCR_FE;

    if ((s->ier & UART_IER_RLSI) && (s->lsr & UART_LSR_INT_ANY)) {
        return UART_IIR_RLSI;
    }
    if ((s->ier & UART_IER_RDI) && s->timeout_ipending) {
        return UART_IIR_CTI;
    }
    if ((s->ier & UART_IER_RDI) && (s->lsr & UART_LSR_DR) &&
        (!fifo || fifo8_num_used(&s->recv_fifo) >= s->recv_fifo_itl)) {
        return UART_IIR_RDI;
    }
    if ((s->ier & UART_IER_THRI) && s->thr_ipending) {
        return UART_IIR_THRI;
    }
    if ((s->ier & UART_IER_MSI) && (s->msr & UART_MSR_ANY_DELTA)) {
        return UART_IIR_MSI;
    }
    return UART_IIR_NO_INT;
}

void serial_update_irq(SerialState *s)
{
    uint8_t id = serial_pending_id(s);

    s->iir = id | (s->iir & UART_IIR_FE);
    qemu_set_irq(s->irq, id != UART_IIR_NO_INT);
}

/* In a loop, the four outputs are the four inputs. */
static uint8_t serial_looped_msr(SerialState *s)
{
    return (s->mcr & UART_MCR_OUT2 ? UART_MSR_DCD : 0) |
           (s->mcr & UART_MCR_OUT1 ? UART_MSR_RI : 0) |
           (s->mcr & UART_MCR_DTR ? UART_MSR_DSR : 0) |
           (s->mcr & UART_MCR_RTS ? UART_MSR_CTS : 0);
}

/* Receiving */

static void recv_fifo_put(SerialState *s, uint8_t chr)
{
    if (fifo8_is_full(&s->recv_fifo)) {
        s->lsr |= UART_LSR_OE;
    } else {
        fifo8_push(&s->recv_fifo, chr);
    }
}

/* Four frames without a byte in or out, and the FIFO asks to be looked at. */
static void serial_restart_timeout(SerialState *s)
{
    timer_mod(s->fifo_timeout_timer,
              qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
              s->char_transmit_time * 4);
}

static void fifo_timeout_int(void *opaque)
{
    SerialState *s = opaque;

    if (fifo8_num_used(&s->recv_fifo)) {
        s->timeout_ipending = 1;
        serial_update_irq(s);
    }
}

/*
 * Up to the level that the guest wants to hear of: a full FIFO would leave it
 * no time to react.  The rest waits in the back end until it has read.
 */
static int serial_can_receive(SerialState *s)
{
    uint32_t used = fifo8_num_used(&s->recv_fifo);

    if (!(s->fcr & UART_FCR_FE)) {
        return !(s->lsr & UART_LSR_DR);
    }
    if (used >= UART_FIFO_LENGTH) {
        return 0;
    }
    return used <= s->recv_fifo_itl ? s->recv_fifo_itl - used : 1;
}

static void serial_receive_bytes(SerialState *s, const uint8_t *buf, int size)
{
    if (s->fcr & UART_FCR_FE) {
        for (int i = 0; i < size; i++) {
            recv_fifo_put(s, buf[i]);
        }
        serial_restart_timeout(s);
    } else {
        if (s->lsr & UART_LSR_DR) {
            s->lsr |= UART_LSR_OE;
        }
        s->rbr = buf[0];
    }
    s->lsr |= UART_LSR_DR;
    serial_update_irq(s);
}

/* A break is a zero that has no end. */
static void serial_receive_break(SerialState *s)
{
    s->rbr = 0;
    recv_fifo_put(s, 0);
    s->lsr |= UART_LSR_BI | UART_LSR_DR;
    serial_update_irq(s);
}

static uint8_t serial_read_rbr(SerialState *s)
{
    uint8_t ret = s->rbr;

    if (s->fcr & UART_FCR_FE) {
        ret = fifo8_is_empty(&s->recv_fifo) ? 0 : fifo8_pop(&s->recv_fifo);
        s->timeout_ipending = 0;
        if (fifo8_is_empty(&s->recv_fifo)) {
            s->lsr &= ~(UART_LSR_DR | UART_LSR_BI);
        } else {
            serial_restart_timeout(s);
        }
    } else {
        s->lsr &= ~(UART_LSR_DR | UART_LSR_BI);
    }
    serial_update_irq(s);
    if (!(s->mcr & UART_MCR_LOOP)) {
        /* There is room again. */
        qemu_chr_fe_accept_input(&s->chr);
    }
    return ret;
}

/* Transmitting */

static void serial_thr_empty(SerialState *s)
{
    s->lsr |= UART_LSR_THRE;
    s->thr_ipending = 1;
    serial_update_irq(s);
}

/* The next byte goes into tsr.  False: there is none. */
static bool serial_next_to_send(SerialState *s)
{
    if (!(s->fcr & UART_FCR_FE)) {
        if (s->lsr & UART_LSR_THRE) {
            return false;
        }
        s->tsr = s->thr;
        serial_thr_empty(s);
        return true;
    }
    if (fifo8_is_empty(&s->xmit_fifo)) {
        return false;
    }
    s->tsr = fifo8_pop(&s->xmit_fifo);
    if (fifo8_is_empty(&s->xmit_fifo)) {
        serial_thr_empty(s);
    }
    return true;
}

static gboolean serial_watch_cb(void *do_not_use, GIOCondition cond,
                                void *opaque)
{
    SerialState *s = opaque;

    s->watch_tag = 0;
    serial_xmit(s);
    return G_SOURCE_REMOVE;
}

bool serial_watch(SerialState *s)
{
    if (s->watch_tag == 0) {
        s->watch_tag = qemu_chr_fe_add_watch(&s->chr, G_IO_OUT | G_IO_HUP,
                                             serial_watch_cb, s);
    }
    return s->watch_tag != 0;
}

/* tsr leaves.  False: it could not, and serial_watch_cb() will come. */
static bool serial_send_tsr(SerialState *s)
{
    int rc;

    if (s->mcr & UART_MCR_LOOP) {
        serial_receive_bytes(s, &s->tsr, 1);
        return true;
    }
    rc = qemu_chr_fe_write(&s->chr, &s->tsr, 1);
    if ((rc == 0 || (rc == -1 && errno == EAGAIN)) &&
        s->tsr_retry < MAX_XMIT_RETRY && serial_watch(s)) {
        s->tsr_retry++;
        return false;
    }
    return true;                /* or it is lost, as on a line that is cut */
}

void serial_xmit(SerialState *s)
{
    while (s->tsr_retry || serial_next_to_send(s)) {
        if (!serial_send_tsr(s)) {
            return;
        }
        s->tsr_retry = 0;
    }
    s->lsr |= UART_LSR_TEMT;
}

static void serial_write_thr(SerialState *s, uint8_t val)
{
    s->thr = val;
    if (s->fcr & UART_FCR_FE) {
        /* One too many takes the oldest one's place. */
        if (fifo8_is_full(&s->xmit_fifo)) {
            fifo8_pop(&s->xmit_fifo);
        }
        fifo8_push(&s->xmit_fifo, val);
    }
    s->thr_ipending = 0;
    s->lsr &= ~(UART_LSR_THRE | UART_LSR_TEMT);
    serial_update_irq(s);
    if (s->tsr_retry == 0) {
        serial_xmit(s);
    }
}

/* Control registers */

/*
 * To listen for an empty THR when it is empty is worth an interrupt, even if
 * the same emptiness was told before: drivers start sending that way.
 */
static void serial_write_ier(SerialState *s, uint8_t val)
{
    uint8_t changed = (s->ier ^ val) & 0x0f;

    s->ier = val & 0x0f;
    if ((changed & UART_IER_MSI) && s->poll_msl >= 0) {
        if (s->ier & UART_IER_MSI) {
            s->poll_msl = 1;
            serial_update_msl(s);
        } else {
            timer_del(s->modem_status_poll);
            s->poll_msl = 0;
        }
    }
    if (changed & UART_IER_THRI) {
        s->thr_ipending = (s->ier & UART_IER_THRI) &&
                          (s->lsr & UART_LSR_THRE);
    }
    if (changed) {
        serial_update_irq(s);
    }
}

void serial_set_fcr(SerialState *s, uint8_t val)
{
    static const uint8_t levels[] = { 1, 4, 8, 14 };

    s->fcr = val & 0xc9;
    if (s->fcr & UART_FCR_FE) {
        s->iir |= UART_IIR_FE;
        s->recv_fifo_itl = levels[s->fcr >> 6];
    } else {
        s->iir &= ~UART_IIR_FE;
    }
}

static void serial_write_fcr(SerialState *s, uint8_t val)
{
    /* FIFOs that are turned on or off are empty. */
    if ((val ^ s->fcr) & UART_FCR_FE) {
        val |= UART_FCR_XFR | UART_FCR_RFR;
    }
    if (val & UART_FCR_RFR) {
        s->lsr &= ~(UART_LSR_DR | UART_LSR_BI);
        timer_del(s->fifo_timeout_timer);
        s->timeout_ipending = 0;
        fifo8_reset(&s->recv_fifo);
    }
    if (val & UART_FCR_XFR) {
        s->lsr |= UART_LSR_THRE;
        s->thr_ipending = 1;
        fifo8_reset(&s->xmit_fifo);
    }
    serial_set_fcr(s, val);
    serial_update_irq(s);
}

static void serial_write_lcr(SerialState *s, uint8_t val)
{
    int break_enable = (val & UART_LCR_BREAK) != 0;

    s->lcr = val;
    serial_update_parameters(s);
    if (break_enable != s->last_break_enable) {
        s->last_break_enable = break_enable;
        qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_BREAK,
                          &break_enable);
    }
}

static void serial_write_mcr(SerialState *s, uint8_t val)
{
    uint8_t old_mcr = s->mcr;

    s->mcr = val & 0x1f;
    if ((s->mcr & UART_MCR_LOOP) || s->poll_msl < 0 || s->mcr == old_mcr) {
        return;
    }
    serial_update_tiocm(s);
    timer_mod(s->modem_status_poll, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                    s->char_transmit_time);
}

/* Registers */

static void serial_ioport_write(void *opaque, hwaddr addr, uint64_t val,
                                unsigned size)
{
    SerialState *s = opaque;
    bool dlab = s->lcr & UART_LCR_DLAB;

    trace_serial_write(addr, val);
    switch (addr) {
    case 0:
        if (dlab) {
            s->divider = (s->divider & 0xff00) | val;
            serial_update_parameters(s);
        } else {
            serial_write_thr(s, val);
        }
        break;
    case 1:
        if (dlab) {
            s->divider = (s->divider & 0x00ff) | val << 8;
            serial_update_parameters(s);
        } else {
            serial_write_ier(s, val);
        }
        break;
    case 2:
        serial_write_fcr(s, val);
        break;
    case 3:
        serial_write_lcr(s, val);
        break;
    case 4:
        serial_write_mcr(s, val);
        break;
    case 7:
        s->scr = val;
        break;
    default:
        /* The status registers are not for writing. */
        break;
    }
}

static uint8_t serial_read_iir(SerialState *s)
{
    uint8_t ret = s->iir;

    /* Of all interrupts, this one is over when it has been seen. */
    if ((ret & UART_IIR_ID) == UART_IIR_THRI) {
        s->thr_ipending = 0;
        serial_update_irq(s);
    }
    return ret;
}

static uint8_t serial_read_lsr(SerialState *s)
{
    uint8_t ret = s->lsr;

    if (s->lsr & (UART_LSR_BI | UART_LSR_OE)) {
        s->lsr &= ~(UART_LSR_BI | UART_LSR_OE);
        serial_update_irq(s);
    }
    return ret;
}

static uint8_t serial_read_msr(SerialState *s)
{
    uint8_t ret;

    if (s->mcr & UART_MCR_LOOP) {
        return serial_looped_msr(s);
    }
    if (s->poll_msl >= 0) {
        serial_update_msl(s);
    }
    ret = s->msr;
    if (s->msr & UART_MSR_ANY_DELTA) {
        s->msr &= ~UART_MSR_ANY_DELTA;
        serial_update_irq(s);
    }
    return ret;
}

static uint8_t serial_read_register(SerialState *s, hwaddr addr)
{
    bool dlab = s->lcr & UART_LCR_DLAB;

    switch (addr) {
    case 0:
        return dlab ? s->divider & 0xff : serial_read_rbr(s);
    case 1:
        return dlab ? s->divider >> 8 : s->ier;
    case 2:
        return serial_read_iir(s);
    case 3:
        return s->lcr;
    case 4:
        return s->mcr;
    case 5:
        return serial_read_lsr(s);
    case 6:
        return serial_read_msr(s);
    default:
        return s->scr;
    }
}

static uint64_t serial_ioport_read(void *opaque, hwaddr addr, unsigned size)
{
    SerialState *s = opaque;
    uint8_t ret = serial_read_register(s, addr);

    trace_serial_read(addr, ret);
    return ret;
}

const MemoryRegionOps serial_io_ops = {
    .read = serial_ioport_read,
    .write = serial_ioport_write,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

/* Called by the back end */

static int serial_can_receive1(void *opaque)
{
    return serial_can_receive(opaque);
}

static void serial_receive1(void *opaque, const uint8_t *buf, int size)
{
    SerialState *s = opaque;

    if (s->wakeup) {
        /* If it is awake, that is fine as well. */
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    }
    serial_receive_bytes(s, buf, size);
}

static void serial_event(void *opaque, QEMUChrEvent event)
{
    if (event == CHR_EVENT_BREAK) {
        serial_receive_break(opaque);
    }
}

static void serial_set_handlers(SerialState *s);

/* There is another back end.  It knows nothing of the line yet. */
static int serial_be_change(void *opaque)
{
    SerialState *s = opaque;

    serial_set_handlers(s);
    serial_update_parameters(s);
    qemu_chr_fe_ioctl(&s->chr, CHR_IOCTL_SERIAL_SET_BREAK,
                      &s->last_break_enable);

    s->poll_msl = s->ier & UART_IER_MSI ? 1 : 0;
    serial_update_msl(s);
    if (s->poll_msl >= 0 && !(s->mcr & UART_MCR_LOOP)) {
        serial_update_tiocm(s);
    }

    /* What the old one would not take is the new one's. */
    if (s->watch_tag) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
        serial_xmit(s);
    }
    return 0;
}

static void serial_set_handlers(SerialState *s)
{
    qemu_chr_fe_set_handlers(&s->chr, serial_can_receive1, serial_receive1,
                             serial_event, serial_be_change, s, NULL, true);
}

/* Life */

/* The device is on no bus, so nobody else tells it of a reset. */
static void serial_reset(void *opaque)
{
    SerialState *s = opaque;

    if (s->watch_tag) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
    }
    timer_del(s->fifo_timeout_timer);
    timer_del(s->modem_status_poll);

    s->rbr = 0;
    s->ier = 0;
    s->iir = UART_IIR_NO_INT;
    s->lcr = 0;
    s->lsr = UART_LSR_TEMT | UART_LSR_THRE;
    s->msr = UART_MSR_DCD | UART_MSR_DSR | UART_MSR_CTS;
    s->divider = 0x0c;                  /* 9600 at the usual clock */
    s->mcr = UART_MCR_OUT2;
    s->scr = 0;
    s->tsr_retry = 0;
    s->char_transmit_time = (NANOSECONDS_PER_SECOND / 9600) * 10;
    s->poll_msl = 0;
    s->thr_ipending = 0;
    s->timeout_ipending = 0;
    s->last_break_enable = 0;
    serial_set_fcr(s, 0);
    fifo8_reset(&s->recv_fifo);
    fifo8_reset(&s->xmit_fifo);
    qemu_irq_lower(s->irq);

    /* Lines that are as they are have not changed. */
    serial_update_msl(s);
    s->msr &= ~UART_MSR_ANY_DELTA;
}

static void serial_realize(DeviceState *dev, Error **errp)
{
    SerialState *s = SERIAL(dev);

    fifo8_create(&s->recv_fifo, UART_FIFO_LENGTH);
    fifo8_create(&s->xmit_fifo, UART_FIFO_LENGTH);
    s->modem_status_poll = timer_new_ns(QEMU_CLOCK_VIRTUAL, serial_update_msl,
                                        s);
    s->fifo_timeout_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, fifo_timeout_int,
                                         s);
    qemu_register_reset(serial_reset, s);
    serial_reset(s);
    serial_set_handlers(s);
}

static void serial_unrealize(DeviceState *dev)
{
    SerialState *s = SERIAL(dev);

    if (s->watch_tag) {
        g_source_remove(s->watch_tag);
        s->watch_tag = 0;
    }
    qemu_chr_fe_deinit(&s->chr, false);
    qemu_unregister_reset(serial_reset, s);
    timer_free(s->fifo_timeout_timer);
    timer_free(s->modem_status_poll);
    fifo8_destroy(&s->xmit_fifo);
    fifo8_destroy(&s->recv_fifo);
}

/* Type */

static Property serial_properties[] = {
    DEFINE_PROP_CHR("chardev", SerialState, chr),
    DEFINE_PROP_UINT32("baudbase", SerialState, baudbase, 115200),
    DEFINE_PROP_BOOL("wakeup", SerialState, wakeup, false),
    DEFINE_PROP_END_OF_LIST(),
};

static void serial_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    /* A part of a card, not one of its own. */
    dc->user_creatable = false;
    dc->realize = serial_realize;
    dc->unrealize = serial_unrealize;
    device_class_set_props(dc, serial_properties);
}

static const TypeInfo serial_info = {
    .name = TYPE_SERIAL,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(SerialState),
    .class_init = serial_class_init,
};

static void serial_register_types(void)
{
    type_register_static(&serial_info);
}

type_init(serial_register_types)
