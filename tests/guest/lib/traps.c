/*
 * Exceptions and interrupts: the IDT, the local APIC, and time.
 *
 * An exception ends the test with the registers.  Interrupts come as messages:
 * the PICs are masked, and a device is told a vector (MSI-X).
 *
 * Specification: Intel SDM, volume 3, chapters 6 and 11.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "guest.h"
#include "lib.h"

#define LAPIC           0xfee00000
#define LAPIC_ID        0x20
#define LAPIC_EOI       0xb0
#define LAPIC_SPURIOUS  0xf0
#define LAPIC_LVT_TIMER 0x320
#define LAPIC_TIMER_INIT 0x380
#define LAPIC_TIMER_DIV 0x3e0

#define NMI_VECTOR      2
#define FIRST_VECTOR    0x30
#define TIMER_VECTOR    0xf0
#define SPURIOUS_VECTOR 0xff

/* What start.S has pushed. */
struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

extern char trap_entries[];

static struct {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t flags;
    uint16_t offset_mid;
    uint32_t offset_high;
    uint32_t reserved;
} idt[256];

static struct {
    irq_handler *fn;
    void *opaque;
} handlers[256];

static uint8_t next_vector = FIRST_VECTOR;
volatile uint64_t irq_count;

void trap_handler(struct trap_frame *f);

void trap_handler(struct trap_frame *f)
{
    if (f->vector == NMI_VECTOR && handlers[NMI_VECTOR].fn) {
        handlers[NMI_VECTOR].fn(handlers[NMI_VECTOR].opaque);
        return;                 /* the APIC knows of no end of it */
    }
    if (f->vector < 32) {
        guest_printf("FAIL exception %lu, error 0x%lx, at rip 0x%lx\n",
                     f->vector, f->error, f->rip);
        guest_printf("rax %p rbx %p rcx %p rdx %p\n", (void *)f->rax,
                     (void *)f->rbx, (void *)f->rcx, (void *)f->rdx);
        guest_printf("rsi %p rdi %p rbp %p rsp %p\n", (void *)f->rsi,
                     (void *)f->rdi, (void *)f->rbp, (void *)f->rsp);
        guest_exit(2);
    }
    if (f->vector == SPURIOUS_VECTOR) {
        return;
    }
    if (f->vector != TIMER_VECTOR) {
        irq_count++;
    }
    if (handlers[f->vector].fn) {
        handlers[f->vector].fn(handlers[f->vector].opaque);
    }
    mmio_write32(LAPIC + LAPIC_EOI, 0);
}

uint8_t irq_alloc(irq_handler *handler, void *opaque)
{
    if (next_vector == TIMER_VECTOR) {
        return 0;
    }
    handlers[next_vector].fn = handler;
    handlers[next_vector].opaque = opaque;
    return next_vector++;
}

void nmi_handler(irq_handler *handler)
{
    handlers[NMI_VECTOR].fn = handler;
}

uint64_t irq_msi_address(void)
{
    return LAPIC | (mmio_read32(LAPIC + LAPIC_ID) >> 24) << 12;
}

/* On each CPU, before it takes interrupts. */
void traps_load(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) idtr = { sizeof(idt) - 1, (uintptr_t)idt };

    asm volatile("lidt %0" : : "m"(idtr));
    mmio_write32(LAPIC + LAPIC_SPURIOUS, 0x100 | SPURIOUS_VECTOR);
}

void traps_init(void)
{
    for (int i = 0; i < 256; i++) {
        uintptr_t entry = (uintptr_t)trap_entries + i * 16;

        idt[i].offset_low = entry;
        idt[i].offset_mid = entry >> 16;
        idt[i].offset_high = entry >> 32;
        idt[i].selector = 8;
        idt[i].flags = 0x8e00;          /* an interrupt gate */
    }
    traps_load();

    outb(0x21, 0xff);
    outb(0xa1, 0xff);
    mmio_write32(LAPIC + LAPIC_TIMER_DIV, 0x3);         /* by 16 */
    mmio_write32(LAPIC + LAPIC_LVT_TIMER, TIMER_VECTOR);
}

/*
 * A wake-up, so that a wait that nothing ends has an end.  How long it takes
 * depends on the bus's clock, which nobody told us: 1 GHz is the usual one.
 */
void lapic_timer(unsigned us)
{
    mmio_write32(LAPIC + LAPIC_TIMER_INIT, us * 1000 / 16);
}

/* Interrupts are off: sti lets them in only after the hlt has begun. */
bool irq_sleep(uint64_t deadline)
{
    lapic_timer(10000);
    asm volatile("sti; hlt; cli" : : : "memory");
    return time_ms() < deadline;
}
