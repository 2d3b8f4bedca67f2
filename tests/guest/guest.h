/*
 * A guest of our own: a test program that runs with no operating system.
 *
 * A test is one C file with guest_main().  It is linked with lib/ to an ELF
 * image with a PVH entry, which `-kernel` boots (here and in QEMU), and finds
 * itself in 64-bit mode, all of the first 4 GiB mapped one to one, interrupts
 * off, with a console and an exit status:
 *
 *     qemini -kernel tests/guest/hello.elf
 *            -serial stdio                          what it prints
 *            -device isa-debug-exit,iobase=0xf4     how it ends
 *
 *     int guest_main(void)
 *     {
 *         struct pci_dev dev;
 *
 *         if (!pci_find(&dev, 0x1af4, 0x1041)) {
 *             return FAIL("no virtio-net");
 *         }
 *         ...
 *         return 0;                  the status: 0 is success
 *     }
 *
 * Interrupts are taken for true: irq_alloc() gives a vector, the handler runs in
 * the interrupt, and wait_until() sleeps (hlt) until a condition holds.
 *
 * The code is limited to what even the slowest KVM can emulate: no SSE, no
 * software interrupts (see start.S and meson.build).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The test itself. */
int guest_main(void);

/* Console: %d %u %x %s %c %p, with l and a width, zero-padded */

void guest_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Ends the VM with @status. */
void guest_exit(int status) __attribute__((noreturn));

/* Says what went wrong, and is a status. */
#define FAIL(fmt, ...)                                                 \
    (guest_printf("FAIL %s:%d: " fmt "\n", __FILE_NAME__, __LINE__,    \
                  ##__VA_ARGS__), 1)

/* Memory, as the compiler needs it, and pages (4 KiB, zeroed, never freed) */

void *memcpy(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
void *page_alloc(unsigned count);

/* What the boot loader says: Xen's hvm_start_info; addresses are physical. */
struct start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t nr_modules;
    uint64_t modlist_paddr;
    uint64_t cmdline_paddr;
    uint64_t rsdp_paddr;            /* ACPI; 0: there is none */
    uint64_t memmap_paddr;          /* an array of memmap_entries */
    uint32_t memmap_entries;
    uint32_t reserved;
};

struct start_memmap {
    uint64_t addr;
    uint64_t size;
    uint32_t type;                  /* as in the E820 map: 1 is RAM */
    uint32_t reserved;
};

const struct start_info *guest_start_info(void);
/* The kernel's command line, and the number of @name=NUMBER in it. */
const char *guest_cmdline(void);
unsigned guest_option(const char *name, unsigned otherwise);

/* Ports and memory-mapped registers */

static inline void outb(uint16_t port, uint8_t v)
{
    asm volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outw(uint16_t port, uint16_t v)
{
    asm volatile("outw %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outl(uint16_t port, uint32_t v)
{
    asm volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t v;

    asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline uint16_t inw(uint16_t port)
{
    uint16_t v;

    asm volatile("inw %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t v;

    asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
    return v;
}

#define MMIO_ACCESS(bits)                                                  \
    static inline uint##bits##_t mmio_read##bits(uintptr_t addr)           \
    {                                                                      \
        return *(volatile uint##bits##_t *)addr;                           \
    }                                                                      \
    static inline void mmio_write##bits(uintptr_t addr, uint##bits##_t v)  \
    {                                                                      \
        *(volatile uint##bits##_t *)addr = v;                              \
    }

MMIO_ACCESS(8)
MMIO_ACCESS(16)
MMIO_ACCESS(32)

/* No load or store moves across. */
static inline void barrier(void)
{
    asm volatile("mfence" : : : "memory");
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;

    asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t msr, uint64_t v)
{
    asm volatile("wrmsr" : : "c"(msr), "a"((uint32_t)v), "d"(v >> 32));
}

static inline uint64_t rdtsc(void)
{
    uint32_t lo, hi;

    asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

/* Interrupts */

typedef void irq_handler(void *opaque);

/*
 * A vector for @handler, to be told to a device; 0 if there is none left.  The
 * handler runs with interrupts off; the end of the interrupt is sent for it.
 */
uint8_t irq_alloc(irq_handler *handler, void *opaque);
/* The message (MSI) that raises @vector on this CPU. */
uint64_t irq_msi_address(void);
static inline uint32_t irq_msi_data(uint8_t vector)
{
    return vector;
}

/* Without one, an NMI ends the test as an exception does. */
void nmi_handler(irq_handler *handler);

/* How many interrupts were taken, of all vectors. */
extern volatile uint64_t irq_count;

/* How long to wait for what will come, on a host however slow. */
#define PATIENCE_MS 60000

/*
 * Sleep until interrupts have made @condition true; false after @ms
 * milliseconds.  The condition is looked at with interrupts off, so that none
 * is lost between the look and the hlt.
 */
bool irq_sleep(uint64_t deadline);
uint64_t time_ms(void);

#define wait_until(condition, ms)                                   \
    ({                                                              \
        uint64_t deadline_ = time_ms() + (ms);                      \
        bool in_time_ = true;                                       \
        asm volatile("cli");                                        \
        while (!(condition) && in_time_) {                          \
            in_time_ = irq_sleep(deadline_);                        \
        }                                                           \
        asm volatile("sti");                                        \
        !!(condition);                                              \
    })

/* CPUs, by their APIC IDs */

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;

    asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                 : "a"(leaf), "c"(subleaf));
    return r;
}

/* The one that runs this. */
uint32_t cpu_apic_id(void);
/*
 * Wake another one up: it runs @fn with interrupts off, and sleeps for ever
 * when that returns.  False if it did not come up within a second.
 */
bool cpu_start(uint32_t apic_id, void (*fn)(void *opaque), void *opaque);
/* An interrupt from this CPU to another. */
void cpu_send_ipi(uint32_t apic_id, uint8_t vector);

/* PCI */

struct pci_dev {
    uint8_t bus, devfn;
    uint16_t vendor, device;
    uint16_t msix_cap;          /* 0: it has none */
    uintptr_t msix_table, msix_pba;
    unsigned msix_size;
};

uint32_t pci_read(const struct pci_dev *dev, unsigned offset, unsigned size);
void pci_write(const struct pci_dev *dev, unsigned offset, unsigned size,
               uint32_t v);
/* Each function of bus 0: false ends the walk. */
void pci_for_each(bool (*fn)(struct pci_dev *dev, void *opaque), void *opaque);
bool pci_find(struct pci_dev *dev, uint16_t vendor, uint16_t device);
/*
 * Give every BAR an address that firmware left without one, and switch the
 * device's decoders and bus mastering on.
 */
void pci_enable(struct pci_dev *dev);
/* How many bytes BAR @n decodes, with the decoders off meanwhile; 0: none. */
uint32_t pci_bar_size(const struct pci_dev *dev, unsigned n);
/* Where memory or I/O BAR @n is. */
uint64_t pci_bar(const struct pci_dev *dev, unsigned n);
/* The capability @id after @start (0: the first); 0: there is none. */
uint8_t pci_find_cap(const struct pci_dev *dev, uint8_t id, uint8_t start);
/* Find the MSI-X table, and let entry @n raise @vector. */
bool pci_msix_enable(struct pci_dev *dev);
void pci_msix_disable(struct pci_dev *dev);
void pci_msix_set(struct pci_dev *dev, unsigned n, uint8_t vector);
/* Any message, for what else a write can do; leaves the mask as it is. */
void pci_msix_message(struct pci_dev *dev, unsigned n, uint64_t address,
                      uint32_t data);
/* Entry @n alone, and the function as a whole. */
void pci_msix_mask(struct pci_dev *dev, unsigned n, bool mask);
void pci_msix_mask_all(struct pci_dev *dev, bool mask);
bool pci_msix_pending(struct pci_dev *dev, unsigned n);
/*
 * The pin, INTA: through the board's router and the IOAPIC to @vector.  It is a
 * level: it comes again until the device takes it back.
 */
void pci_intx_enable(struct pci_dev *dev, uint8_t vector);
/* The function's own switch in its command register. */
void pci_intx_mask(struct pci_dev *dev, bool mask);
/* Does the function want the pin up, masked or not? */
bool pci_intx_pending(struct pci_dev *dev);

/* virtio over modern PCI (VIRTIO 1.2, 4.1), with split rings (2.7) */

#define VIRTQ_MAX 256

struct virtq_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
};

struct virtq {
    unsigned size, index;
    struct virtq_desc *desc;
    volatile uint16_t *avail;   /* flags, idx, ring[] */
    volatile uint16_t *used;    /* flags, idx, then pairs of 32 bits */
    uint16_t last_used;
    uint16_t added;
    bool held;                  /* what is added is seen with the next kick */
    uint16_t free_head, free_count;
    uint16_t next[VIRTQ_MAX];
    void *cookie[VIRTQ_MAX];
    uintptr_t notify;
};

struct virtio_dev {
    struct pci_dev pci;
    uintptr_t common, notify, isr, config;
    uint32_t notify_mult;
    uint64_t features;
};

/*
 * Reset the device and agree on those of @wanted that it has (and VERSION_1).
 * False, after a message, if it is not a modern one.
 */
bool virtio_init(struct virtio_dev *vdev, struct pci_dev *pci, uint64_t wanted);
/* Set up queue @index; MSI-X entry @msix, or -1. */
bool virtio_queue(struct virtio_dev *vdev, struct virtq *vq, unsigned index,
                  int msix);
/* Another MSI-X entry for @vq, or none (-1); false if the device says no. */
bool virtio_queue_msix(struct virtio_dev *vdev, struct virtq *vq, int msix);
/* Stop one queue alone, if F_RING_RESET was agreed on; virtio_queue() again. */
#define VIRTIO_F_RING_RESET (1ull << 40)
bool virtio_queue_reset(struct virtio_dev *vdev, struct virtq *vq);
/* What the interrupt status register says; reading it takes INTx back. */
uint8_t virtio_isr(struct virtio_dev *vdev);
/* All queues are set up: the driver is ready. */
void virtio_start(struct virtio_dev *vdev);
uint8_t virtio_status(struct virtio_dev *vdev);
/* Everything stops; virtio_init() starts again. */
void virtio_reset(struct virtio_dev *vdev);

/* A buffer in @n pieces, those that the device reads first; false: no room. */
struct virtq_part {
    void *buf;
    uint32_t len;
    bool device_writes;
};
bool virtq_add_parts(struct virtq *vq, const struct virtq_part *parts,
                     unsigned n, void *cookie);
/* A buffer in one piece; false if the ring is full. */
bool virtq_add(struct virtq *vq, void *buf, uint32_t len, bool device_writes,
               void *cookie);
/* A request that the device reads, and room for its answer. */
bool virtq_add_request(struct virtq *vq, const void *request, uint32_t len,
                       void *answer, uint32_t room, void *cookie);
void virtq_kick(struct virtio_dev *vdev, struct virtq *vq);
/* Have all buffers come back that the device was given? */
bool virtq_idle(struct virtq *vq);
/* The next buffer that came back, its @cookie and length; false: none. */
bool virtq_get(struct virtq *vq, void **cookie, uint32_t *len);

#endif
