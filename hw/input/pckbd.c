/*
 * The i8042 of a PC, at ports 0x60 and 0x64.
 *
 * Read include/hw/input/i8042.h first.  Read next: hw/input/ps2-kbd.c.
 *
 * IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary
 * Device Controller".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/acpi/acpi_aml_interface.h"
#include "hw/input/i8042.h"
#include "hw/input/ps2.h"
#include "hw/irq.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "pckbd-internal.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/runstate.h"
#include "trace.h"

/* Commands to the controller, at port 0x64. */
#define KBD_CCMD_READ_MODE      0x20
#define KBD_CCMD_WRITE_MODE     0x60
#define KBD_CCMD_MOUSE_DISABLE  0xa7
#define KBD_CCMD_MOUSE_ENABLE   0xa8
#define KBD_CCMD_TEST_MOUSE     0xa9
#define KBD_CCMD_SELF_TEST      0xaa
#define KBD_CCMD_KBD_TEST       0xab
#define KBD_CCMD_KBD_DISABLE    0xad
#define KBD_CCMD_KBD_ENABLE     0xae
#define KBD_CCMD_READ_INPORT    0xc0
#define KBD_CCMD_READ_OUTPORT   0xd0
#define KBD_CCMD_WRITE_OUTPORT  0xd1
#define KBD_CCMD_WRITE_OBUF     0xd2    /* as if of the keyboard */
#define KBD_CCMD_WRITE_AUX_OBUF 0xd3    /* as if of the mouse */
#define KBD_CCMD_WRITE_MOUSE    0xd4
#define KBD_CCMD_DISABLE_A20    0xdd
#define KBD_CCMD_ENABLE_A20     0xdf
#define KBD_CCMD_PULSE          0xf0    /* pull those of bits 0-3 that are 0 */
#define KBD_CCMD_PULSE_RESET    0x01

#define KBD_THROTTLE_US         1000

/* The byte that waits */

static void kbd_update_irq_lines(KBDState *s)
{
    bool full = s->status & KBD_STAT_OBF;
    bool aux = s->status & KBD_STAT_MOUSE_OBF;
    bool kbd_int = (s->mode & KBD_MODE_KBD_INT) &&
                   !(s->mode & KBD_MODE_DISABLE_KBD);

    qemu_set_irq(s->irqs[I8042_KBD_IRQ], full && !aux && kbd_int);
    qemu_set_irq(s->irqs[I8042_MOUSE_IRQ],
                 full && aux && (s->mode & KBD_MODE_MOUSE_INT));
}

static void kbd_deassert_irq(KBDState *s)
{
    s->status &= ~(KBD_STAT_OBF | KBD_STAT_MOUSE_OBF);
    s->outport &= ~(KBD_OUT_OBF | KBD_OUT_MOUSE_OBF);
    kbd_update_irq_lines(s);
}

/* Of devices that are disabled nothing is taken. */
static uint8_t kbd_pending(KBDState *s)
{
    return s->pending &
           ~(s->mode & (KBD_MODE_DISABLE_KBD | KBD_MODE_DISABLE_MOUSE));
}

/* The buffer is empty: whose byte is the next? */
static void kbd_update_irq(KBDState *s)
{
    uint8_t pending = kbd_pending(s);
    bool aux = false;

    s->status &= ~(KBD_STAT_OBF | KBD_STAT_MOUSE_OBF);
    s->outport &= ~(KBD_OUT_OBF | KBD_OUT_MOUSE_OBF);
    if (pending) {
        if (pending & KBD_PENDING_CTRL) {
            s->obsrc = KBD_OBSRC_CTRL;
            aux = !(pending & KBD_PENDING_CTRL_KBD);
        } else if (pending & KBD_PENDING_KBD) {
            s->obsrc = KBD_OBSRC_KBD;
        } else {
            s->obsrc = KBD_OBSRC_MOUSE;
            aux = true;
        }
        s->status |= KBD_STAT_OBF | (aux ? KBD_STAT_MOUSE_OBF : 0);
        s->outport |= KBD_OUT_OBF | (aux ? KBD_OUT_MOUSE_OBF : 0);
    }
    kbd_update_irq_lines(s);
}

/* Somebody has a byte, or has none any more; if one waits, it waits on. */
static void kbd_safe_update_irq(KBDState *s)
{
    if (s->status & KBD_STAT_OBF) {
        return;
    }
    if (s->throttle_timer && timer_pending(s->throttle_timer)) {
        return;
    }
    if (kbd_pending(s)) {
        kbd_update_irq(s);
    }
}

void kbd_throttle_timeout(void *opaque)
{
    KBDState *s = opaque;

    if (kbd_pending(s)) {
        kbd_update_irq(s);
    }
}

static void kbd_set_pending(KBDState *s, uint8_t who, int level)
{
    if (level) {
        s->pending |= who;
    } else {
        s->pending &= ~who;
    }
    kbd_safe_update_irq(s);
}

/* The handlers of the GPIO inputs, to which the devices are connected. */
static void i8042_set_kbd_irq(void *opaque, int n, int level)
{
    kbd_set_pending(&I8042(opaque)->kbd, KBD_PENDING_KBD, level);
}

static void i8042_set_mouse_irq(void *opaque, int n, int level)
{
    kbd_set_pending(&I8042(opaque)->kbd, KBD_PENDING_AUX, level);
}

/* The controller has something to say itself. */
static void kbd_queue(KBDState *s, int b, bool aux)
{
    if (s->extended_state) {
        s->cbdata = b;
        s->pending &= ~KBD_PENDING_CTRL;
        kbd_set_pending(s, aux ? KBD_PENDING_CTRL_AUX : KBD_PENDING_CTRL_KBD,
                        1);
    } else {
        ps2_queue(aux ? PS2_DEVICE(&s->ps2mouse) : PS2_DEVICE(&s->ps2kbd), b);
    }
}

static uint8_t kbd_dequeue(KBDState *s)
{
    s->pending &= ~KBD_PENDING_CTRL;
    if (kbd_pending(s)) {
        kbd_update_irq(s);
    }
    return s->cbdata;
}

/* Ports */

static uint64_t kbd_read_status(void *opaque, hwaddr addr, unsigned size)
{
    KBDState *s = opaque;

    trace_pckbd_kbd_read_status(s->status);
    return s->status;
}

static void outport_write(KBDState *s, uint32_t val)
{
    trace_pckbd_outport_write(val);
    s->outport = val;
    qemu_set_irq(s->a20_out, (val >> 1) & 1);
    if (!(val & KBD_OUT_RESET)) {
        qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
    }
}

static void kbd_set_mode(KBDState *s, uint8_t mode)
{
    s->mode = mode;
    kbd_safe_update_irq(s);
}

static void kbd_write_command(void *opaque, hwaddr addr, uint64_t val,
                              unsigned size)
{
    KBDState *s = opaque;

    trace_pckbd_kbd_write_command(val);

    /* Of the lines that can be pulled, only one is connected. */
    if (val >= KBD_CCMD_PULSE) {
        if (!(val & KBD_CCMD_PULSE_RESET)) {
            qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
        }
        return;
    }
    switch (val) {
    case KBD_CCMD_READ_MODE:
        kbd_queue(s, s->mode, false);
        break;
    case KBD_CCMD_WRITE_MODE:
    case KBD_CCMD_WRITE_OBUF:
    case KBD_CCMD_WRITE_AUX_OBUF:
    case KBD_CCMD_WRITE_MOUSE:
    case KBD_CCMD_WRITE_OUTPORT:
        s->write_cmd = val;
        break;
    case KBD_CCMD_MOUSE_DISABLE:
        s->mode |= KBD_MODE_DISABLE_MOUSE;
        break;
    case KBD_CCMD_MOUSE_ENABLE:
        kbd_set_mode(s, s->mode & ~KBD_MODE_DISABLE_MOUSE);
        break;
    case KBD_CCMD_TEST_MOUSE:
    case KBD_CCMD_KBD_TEST:
        kbd_queue(s, 0, false);
        break;
    case KBD_CCMD_SELF_TEST:
        s->status |= KBD_STAT_SELFTEST;
        kbd_queue(s, KBD_SELF_TEST_OK, false);
        break;
    case KBD_CCMD_KBD_DISABLE:
        s->mode |= KBD_MODE_DISABLE_KBD;
        break;
    case KBD_CCMD_KBD_ENABLE:
        kbd_set_mode(s, s->mode & ~KBD_MODE_DISABLE_KBD);
        break;
    case KBD_CCMD_READ_INPORT:
        kbd_queue(s, KBD_INPORT, false);
        break;
    case KBD_CCMD_READ_OUTPORT:
        kbd_queue(s, s->outport, false);
        break;
    case KBD_CCMD_ENABLE_A20:
        qemu_irq_raise(s->a20_out);
        s->outport |= KBD_OUT_A20;
        break;
    case KBD_CCMD_DISABLE_A20:
        qemu_irq_lower(s->a20_out);
        s->outport &= ~KBD_OUT_A20;
        break;
    default:
        qemu_log_mask(LOG_GUEST_ERROR,
                      "i8042: unknown command 0x%02" PRIx64 "\n", val);
        break;
    }
}

static uint64_t kbd_read_data(void *opaque, hwaddr addr, unsigned size)
{
    KBDState *s = opaque;

    if (s->status & KBD_STAT_OBF) {
        kbd_deassert_irq(s);
        if (s->obsrc & KBD_OBSRC_KBD) {
            if (s->throttle_timer) {
                timer_mod(s->throttle_timer,
                          qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) +
                          KBD_THROTTLE_US);
            }
            s->obdata = ps2_read_data(PS2_DEVICE(&s->ps2kbd));
        } else if (s->obsrc & KBD_OBSRC_MOUSE) {
            s->obdata = ps2_read_data(PS2_DEVICE(&s->ps2mouse));
        } else if (s->obsrc & KBD_OBSRC_CTRL) {
            s->obdata = kbd_dequeue(s);
        }
    }
    trace_pckbd_kbd_read_data(s->obdata);
    return s->obdata;
}

static void kbd_write_data(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    KBDState *s = opaque;

    trace_pckbd_kbd_write_data(val);

    switch (s->write_cmd) {
    case 0:
        /* Who talks to a device, connects it. */
        ps2_write_keyboard(&s->ps2kbd, val);
        kbd_set_mode(s, s->mode & ~KBD_MODE_DISABLE_KBD);
        break;
    case KBD_CCMD_WRITE_MODE:
        s->mode = val;
        ps2_keyboard_set_translation(&s->ps2kbd,
                                     (s->mode & KBD_MODE_KCC) != 0);
        /* A byte that waits may interrupt now, or no more; and one may come. */
        kbd_update_irq_lines(s);
        kbd_safe_update_irq(s);
        break;
    case KBD_CCMD_WRITE_OBUF:
        kbd_queue(s, val, false);
        break;
    case KBD_CCMD_WRITE_AUX_OBUF:
        kbd_queue(s, val, true);
        break;
    case KBD_CCMD_WRITE_OUTPORT:
        outport_write(s, val);
        break;
    case KBD_CCMD_WRITE_MOUSE:
        ps2_write_mouse(&s->ps2mouse, val);
        kbd_set_mode(s, s->mode & ~KBD_MODE_DISABLE_MOUSE);
        break;
    }
    s->write_cmd = 0;
}

void i8042_isa_mouse_fake_event(ISAKBDState *isa)
{
    ps2_mouse_fake_event(&isa->kbd.ps2mouse);
}

static const MemoryRegionOps i8042_data_ops = {
    .read = kbd_read_data,
    .write = kbd_write_data,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static const MemoryRegionOps i8042_cmd_ops = {
    .read = kbd_read_status,
    .write = kbd_write_command,
    .impl = {
        .min_access_size = 1,
        .max_access_size = 1,
    },
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static const VMStateDescription vmstate_kbd_isa = {
    .name = "pckbd",
    .version_id = 3,
    .minimum_version_id = 3,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT(kbd, ISAKBDState, 0, vmstate_kbd, KBDState),
        VMSTATE_END_OF_LIST()
    }
};

/* Life */

/* Called after the devices' own reset, or before: a byte of theirs is gone. */
static void i8042_reset(DeviceState *dev)
{
    KBDState *s = &I8042(dev)->kbd;

    s->mode = KBD_MODE_KBD_INT | KBD_MODE_MOUSE_INT;
    s->status = KBD_STAT_CMD | KBD_STAT_UNLOCKED;
    s->outport = KBD_OUT_RESET | KBD_OUT_A20 | KBD_OUT_ONES;
    s->write_cmd = 0;
    s->pending = 0;
    s->obsrc = 0;
    if (s->throttle_timer) {
        timer_del(s->throttle_timer);
    }
    kbd_update_irq_lines(s);
}

static void i8042_initfn(Object *obj)
{
    ISAKBDState *isa_s = I8042(obj);
    DeviceState *dev = DEVICE(obj);
    KBDState *s = &isa_s->kbd;

    memory_region_init_io(&isa_s->io[0], obj, &i8042_data_ops, s,
                          "i8042-data", 1);
    memory_region_init_io(&isa_s->io[1], obj, &i8042_cmd_ops, s,
                          "i8042-cmd", 1);

    object_initialize_child(obj, "ps2kbd", &s->ps2kbd, TYPE_PS2_KBD_DEVICE);
    object_initialize_child(obj, "ps2mouse", &s->ps2mouse,
                            TYPE_PS2_MOUSE_DEVICE);

    qdev_init_gpio_out_named(dev, &s->a20_out, I8042_A20_LINE, 1);
    qdev_init_gpio_out(dev, s->irqs, 2);
    qdev_init_gpio_in_named(dev, i8042_set_kbd_irq, "ps2-kbd-input-irq", 1);
    qdev_init_gpio_in_named(dev, i8042_set_mouse_irq, "ps2-mouse-input-irq",
                            1);
}

static bool i8042_realize_ps2(ISAKBDState *isa_s, PS2State *ps2,
                              const char *gpio, Error **errp)
{
    if (!sysbus_realize(SYS_BUS_DEVICE(ps2), errp)) {
        return false;
    }
    qdev_connect_gpio_out(DEVICE(ps2), PS2_DEVICE_IRQ,
                          qdev_get_gpio_in_named(DEVICE(isa_s), gpio, 0));
    return true;
}

static void i8042_realizefn(DeviceState *dev, Error **errp)
{
    ISADevice *isadev = ISA_DEVICE(dev);
    ISAKBDState *isa_s = I8042(dev);
    KBDState *s = &isa_s->kbd;

    if (isa_s->kbd_irq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"kbd-irq\" is: %u",
                   ISA_NUM_IRQS - 1);
        return;
    }
    if (isa_s->mouse_irq >= ISA_NUM_IRQS) {
        error_setg(errp, "Maximum value for \"mouse-irq\" is: %u",
                   ISA_NUM_IRQS - 1);
        return;
    }
    if (!i8042_realize_ps2(isa_s, PS2_DEVICE(&s->ps2kbd), "ps2-kbd-input-irq",
                           errp)) {
        return;
    }
    if (!i8042_realize_ps2(isa_s, PS2_DEVICE(&s->ps2mouse),
                           "ps2-mouse-input-irq", errp)) {
        qdev_unrealize(DEVICE(&s->ps2kbd));
        return;
    }
    isa_connect_gpio_out(isadev, I8042_KBD_IRQ, isa_s->kbd_irq);
    isa_connect_gpio_out(isadev, I8042_MOUSE_IRQ, isa_s->mouse_irq);

    isa_register_ioport(isadev, &isa_s->io[0], 0x60);
    isa_register_ioport(isadev, &isa_s->io[1], 0x64);

    if (isa_s->kbd_throttle && !s->extended_state) {
        warn_report(TYPE_I8042 ": can't enable kbd-throttle without "
                    "extended-state, disabling kbd-throttle");
    } else if (isa_s->kbd_throttle) {
        s->throttle_timer = timer_new_us(QEMU_CLOCK_VIRTUAL,
                                         kbd_throttle_timeout, s);
    }
}

static void i8042_unrealizefn(DeviceState *dev)
{
    KBDState *s = &I8042(dev)->kbd;

    timer_free(s->throttle_timer);
    s->throttle_timer = NULL;
    /*
     * They are inside us, and their bus lets go of them after a grace period:
     * it must not be a later one than that for us.
     */
    object_unparent(OBJECT(&s->ps2mouse));
    object_unparent(OBJECT(&s->ps2kbd));
}

/* How the operating system is told of them: two devices on the same ports. */
static void i8042_build_aml(AcpiDevAmlIf *adev, Aml *scope)
{
    ISAKBDState *isa_s = I8042(adev);
    Aml *kbd = aml_device("KBD");
    Aml *mou = aml_device("MOU");
    Aml *crs = aml_resource_template();

    aml_append(crs, aml_io(AML_DECODE16, 0x60, 0x60, 1, 1));
    aml_append(crs, aml_io(AML_DECODE16, 0x64, 0x64, 1, 1));
    aml_append(crs, aml_irq_no_flags(isa_s->kbd_irq));
    aml_append(kbd, aml_name_decl("_HID", aml_eisaid("PNP0303")));
    aml_append(kbd, aml_name_decl("_STA", aml_int(0xf)));
    aml_append(kbd, aml_name_decl("_CRS", crs));

    crs = aml_resource_template();
    aml_append(crs, aml_irq_no_flags(isa_s->mouse_irq));
    aml_append(mou, aml_name_decl("_HID", aml_eisaid("PNP0F13")));
    aml_append(mou, aml_name_decl("_STA", aml_int(0xf)));
    aml_append(mou, aml_name_decl("_CRS", crs));

    aml_append(scope, kbd);
    aml_append(scope, mou);
}

static Property i8042_properties[] = {
    DEFINE_PROP_BOOL("extended-state", ISAKBDState, kbd.extended_state, true),
    DEFINE_PROP_BOOL("kbd-throttle", ISAKBDState, kbd_throttle, false),
    DEFINE_PROP_UINT8("kbd-irq", ISAKBDState, kbd_irq, 1),
    DEFINE_PROP_UINT8("mouse-irq", ISAKBDState, mouse_irq, 12),
    DEFINE_PROP_END_OF_LIST(),
};

static void i8042_class_initfn(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    AcpiDevAmlIfClass *adevc = ACPI_DEV_AML_IF_CLASS(klass);

    adevc->build_dev_aml = i8042_build_aml;
    dc->reset = i8042_reset;
    dc->realize = i8042_realizefn;
    dc->unrealize = i8042_unrealizefn;
    dc->vmsd = &vmstate_kbd_isa;
    device_class_set_props(dc, i8042_properties);
    set_bit(DEVICE_CATEGORY_INPUT, dc->categories);
}

static const TypeInfo i8042_info = {
    .name          = TYPE_I8042,
    .parent        = TYPE_ISA_DEVICE,
    .instance_size = sizeof(ISAKBDState),
    .instance_init = i8042_initfn,
    .class_init    = i8042_class_initfn,
    .interfaces    = (InterfaceInfo[]) {
        { TYPE_ACPI_DEV_AML_IF },
        { }
    },
};

static void i8042_register_types(void)
{
    type_register_static(&i8042_info);
}

type_init(i8042_register_types)
