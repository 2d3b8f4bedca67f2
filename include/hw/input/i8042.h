/*
 * The i8042: the controller between a PC and its keyboard and mouse.
 *
 *     port 0x60   read: the byte that waits; write: a byte for the keyboard,
 *                 or the argument of a command to the controller
 *     port 0x64   read: status; write: a command to the controller
 *
 *     ps2kbd --ps2-kbd-input-irq---+                     +--> IRQ 1
 *     ps2mouse --ps2-mouse-input-irq--> pending -> OBF --+--> IRQ 12
 *     the controller's own answers -----^
 *
 * There is room for one byte only.  While it waits (OBF, output buffer full)
 * all others stay with whom they are of.
 *
 * Of old the controller also had the gate of address line A20 (output "a20")
 * and the CPU's reset line on its output port.
 *
 * QEMU interface: GPIO inputs "ps2-kbd-input-irq" and "ps2-mouse-input-irq",
 * one each; unnamed GPIO outputs I8042_KBD_IRQ and I8042_MOUSE_IRQ; named
 * output I8042_A20_LINE.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_INPUT_I8042_H
#define HW_INPUT_I8042_H

#include "hw/input/ps2.h"
#include "hw/isa/isa.h"
#include "qom/object.h"

#define I8042_KBD_IRQ   0
#define I8042_MOUSE_IRQ 1

/*
 * @write_cmd: the command whose argument comes next at port 0x60; 0: none
 * @pending: who has a byte
 * @obsrc: of whom the byte is that waits
 * @obdata: the byte that was read last
 * @cbdata: the byte that the controller has to say itself
 * @throttle_timer: the time that a driver is given between two bytes, or NULL
 */
typedef struct KBDState {
    uint8_t write_cmd;
    uint8_t status;
    uint8_t mode;
    uint8_t outport;
    uint32_t migration_flags;
    uint32_t obsrc;
    bool outport_present;
    bool extended_state;
    bool extended_state_loaded;
    uint8_t pending;
    uint8_t obdata;
    uint8_t cbdata;
    uint8_t pending_tmp;
    PS2KbdState ps2kbd;
    PS2MouseState ps2mouse;
    QEMUTimer *throttle_timer;

    qemu_irq irqs[2];
    qemu_irq a20_out;
} KBDState;

#define TYPE_I8042 "i8042"
OBJECT_DECLARE_SIMPLE_TYPE(ISAKBDState, I8042)

struct ISAKBDState {
    ISADevice parent_obj;

    KBDState kbd;
    bool kbd_throttle;          /* property */
    MemoryRegion io[2];
    uint8_t kbd_irq;            /* property */
    uint8_t mouse_irq;          /* property */
};

#define I8042_A20_LINE "a20"

/* Have the mouse say something that means nothing, to wake its driver. */
void i8042_isa_mouse_fake_event(ISAKBDState *isa);

#endif
