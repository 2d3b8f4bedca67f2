/*
 * edu: a PCI device to practise drivers on.
 *
 * It has one of everything that a driver meets: registers of both widths, an
 * interrupt (INTx or MSI) that is raised by hand, by a computation that takes
 * its time on a thread of its own, and by DMA that a timer carries out.
 *
 * Read hw/misc/tally.c first.  The registers are in hw/misc/edu.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/lockable.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "edu.h"

#define TYPE_PCI_EDU_DEVICE "edu"
typedef struct EduState EduState;
DECLARE_INSTANCE_CHECKER(EduState, EDU, TYPE_PCI_EDU_DEVICE)

/* DMA is as slow as this, so that a driver has to wait for it. */
#define EDU_DMA_MS          100

struct EduState {
    PCIDevice pdev;
    MemoryRegion mmio;

    /* The factorial: @thr_mutex guards @fact and @stopping. */
    QemuThread thread;
    QemuMutex thr_mutex;
    QemuCond thr_cond;
    bool stopping;
    uint32_t fact;
    uint32_t status;            /* EDU_STATUS_*, atomic */

    uint32_t addr4;             /* what EDU_REG_LIVE was told */
    uint32_t irq_status;        /* under the BQL, as is all below */

    struct {
        uint64_t src, dst, cnt, cmd;
    } dma;
    QEMUTimer dma_timer;
    char dma_buf[EDU_DMA_SIZE];

    /* Property: which bits of an address the device can put on the bus. */
    uint64_t dma_mask;
};

/* Interrupts */

static bool edu_msi_enabled(EduState *edu)
{
    return msi_enabled(&edu->pdev);
}

/* MSI is a message for each event; INTx a level, until all bits are cleared. */
static void edu_raise_irq(EduState *edu, uint32_t val)
{
    edu->irq_status |= val;
    if (!edu->irq_status) {
        return;
    }
    if (edu_msi_enabled(edu)) {
        msi_notify(&edu->pdev, 0);
    } else {
        pci_set_irq(&edu->pdev, 1);
    }
}

static void edu_lower_irq(EduState *edu, uint32_t val)
{
    edu->irq_status &= ~val;
    if (!edu->irq_status && !edu_msi_enabled(edu)) {
        pci_set_irq(&edu->pdev, 0);
    }
}

/* DMA */

/* The device's side of a transfer must be inside its buffer. */
static bool edu_check_range(EduState *edu, uint64_t addr)
{
    uint64_t size = edu->dma.cnt;

    if (size <= EDU_DMA_SIZE && addr >= EDU_DMA_START &&
        addr - EDU_DMA_START <= EDU_DMA_SIZE - size) {
        return true;
    }
    qemu_log_mask(LOG_GUEST_ERROR,
                  "EDU: DMA range 0x%016" PRIx64 "-0x%016" PRIx64
                  " out of bounds (0x%016" PRIx64 "-0x%016" PRIx64 ")\n",
                  addr, addr + size - 1, (uint64_t)EDU_DMA_START,
                  (uint64_t)EDU_DMA_START + EDU_DMA_SIZE - 1);
    return false;
}

static dma_addr_t edu_clamp_addr(const EduState *edu, dma_addr_t addr)
{
    dma_addr_t res = addr & edu->dma_mask;

    if (addr != res) {
        qemu_log_mask(LOG_GUEST_ERROR, "EDU: clamping DMA 0x%016" PRIx64
                      " to 0x%016" PRIx64 "\n", addr, res);
    }
    return res;
}

static void edu_dma_timer(void *opaque)
{
    EduState *edu = opaque;
    bool to_pci = edu->dma.cmd & EDU_DMA_TO_PCI;
    uint64_t ours = to_pci ? edu->dma.src : edu->dma.dst;
    uint64_t theirs = to_pci ? edu->dma.dst : edu->dma.src;

    if (!(edu->dma.cmd & EDU_DMA_RUN)) {
        return;
    }
    if (edu_check_range(edu, ours)) {
        char *buf = edu->dma_buf + (ours - EDU_DMA_START);
        dma_addr_t addr = edu_clamp_addr(edu, theirs);

        if (to_pci) {
            pci_dma_write(&edu->pdev, addr, buf, edu->dma.cnt);
        } else {
            pci_dma_read(&edu->pdev, addr, buf, edu->dma.cnt);
        }
    }
    edu->dma.cmd &= ~(uint64_t)EDU_DMA_RUN;
    if (edu->dma.cmd & EDU_DMA_IRQ) {
        edu_raise_irq(edu, EDU_DMA_DONE_IRQ);
    }
}

/* The registers stand still while a transfer runs. */
static void edu_dma_write(EduState *edu, uint64_t *reg, uint64_t val)
{
    if (!(edu->dma.cmd & EDU_DMA_RUN)) {
        *reg = val;
    }
}

static void edu_dma_command(EduState *edu, uint64_t val)
{
    if ((val & EDU_DMA_RUN) && !(edu->dma.cmd & EDU_DMA_RUN)) {
        edu->dma.cmd = val;
        timer_mod(&edu->dma_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + EDU_DMA_MS);
    }
}

/* The factorial */

/*
 * Raising an interrupt needs the BQL, and pci_edu_uninit() joins this thread while it
 * holds it: nobody may wait here for the BQL once he is told to stop.  So the
 * interrupt is left to a bottom half.
 */
static void edu_fact_done(void *opaque)
{
    EduState *edu = opaque;

    /* It may have been unplugged meanwhile. */
    if (DEVICE(edu)->realized &&
        (qatomic_read(&edu->status) & EDU_STATUS_IRQFACT)) {
        edu_raise_irq(edu, EDU_FACT_IRQ);
    }
    object_unref(OBJECT(edu));
}

static void *edu_fact_thread(void *opaque)
{
    EduState *edu = opaque;

    qemu_mutex_lock(&edu->thr_mutex);
    while (!edu->stopping) {
        uint32_t val, ret = 1;

        if (!(qatomic_read(&edu->status) & EDU_STATUS_COMPUTING)) {
            qemu_cond_wait(&edu->thr_cond, &edu->thr_mutex);
            continue;
        }
        val = edu->fact;
        qemu_mutex_unlock(&edu->thr_mutex);

        /* From 34! on the low 32 bits are zero, and stay so. */
        while (val > 0 && ret) {
            ret *= val--;
        }

        qemu_mutex_lock(&edu->thr_mutex);
        edu->fact = ret;
        qatomic_and(&edu->status, ~EDU_STATUS_COMPUTING);
        if (!edu->stopping) {
            object_ref(OBJECT(edu));
            aio_bh_schedule_oneshot(qemu_get_aio_context(), edu_fact_done, edu);
        }
    }
    qemu_mutex_unlock(&edu->thr_mutex);
    return NULL;
}

static void edu_fact_write(EduState *edu, uint32_t val)
{
    if (qatomic_read(&edu->status) & EDU_STATUS_COMPUTING) {
        return;
    }
    QEMU_LOCK_GUARD(&edu->thr_mutex);
    edu->fact = val;
    qatomic_or(&edu->status, EDU_STATUS_COMPUTING);
    qemu_cond_signal(&edu->thr_cond);
}

static uint32_t edu_fact_read(EduState *edu)
{
    QEMU_LOCK_GUARD(&edu->thr_mutex);
    return edu->fact;
}

/* Guest access */

static uint64_t edu_mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    EduState *edu = opaque;

    if (addr < 0x80 && size != 4) {
        return ~0ULL;
    }
    switch (addr) {
    case EDU_REG_ID:
        return EDU_ID;
    case EDU_REG_LIVE:
        return edu->addr4;
    case EDU_REG_FACT:
        return edu_fact_read(edu);
    case EDU_REG_STATUS:
        return qatomic_read(&edu->status);
    case EDU_REG_IRQ_STATUS:
        return edu->irq_status;
    case EDU_REG_DMA_SRC:
        return edu->dma.src;
    case EDU_REG_DMA_DST:
        return edu->dma.dst;
    case EDU_REG_DMA_CNT:
        return edu->dma.cnt;
    case EDU_REG_DMA_CMD:
        return edu->dma.cmd;
    default:
        return ~0ULL;
    }
}

static void edu_mmio_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    EduState *edu = opaque;

    if (addr < 0x80 && size != 4) {
        return;
    }
    switch (addr) {
    case EDU_REG_LIVE:
        edu->addr4 = ~val;
        break;
    case EDU_REG_FACT:
        edu_fact_write(edu, val);
        break;
    case EDU_REG_STATUS:
        if (val & EDU_STATUS_IRQFACT) {
            qatomic_or(&edu->status, EDU_STATUS_IRQFACT);
        } else {
            qatomic_and(&edu->status, ~EDU_STATUS_IRQFACT);
        }
        break;
    case EDU_REG_IRQ_RAISE:
        edu_raise_irq(edu, val);
        break;
    case EDU_REG_IRQ_ACK:
        edu_lower_irq(edu, val);
        break;
    case EDU_REG_DMA_SRC:
        edu_dma_write(edu, &edu->dma.src, val);
        break;
    case EDU_REG_DMA_DST:
        edu_dma_write(edu, &edu->dma.dst, val);
        break;
    case EDU_REG_DMA_CNT:
        edu_dma_write(edu, &edu->dma.cnt, val);
        break;
    case EDU_REG_DMA_CMD:
        edu_dma_command(edu, val);
        break;
    }
}

static const MemoryRegionOps edu_mmio_ops = {
    .read = edu_mmio_read,
    .write = edu_mmio_write,
    .endianness = DEVICE_NATIVE_ENDIAN,
    .valid = {
        .min_access_size = 4,
        .max_access_size = 8,
    },
    .impl = {
        .min_access_size = 4,
        .max_access_size = 8,
    },
};

/* Life */

static void pci_edu_realize(PCIDevice *pdev, Error **errp)
{
    EduState *edu = EDU(pdev);

    pci_config_set_interrupt_pin(pdev->config, 1);
    if (msi_init(pdev, 0, 1, true, false, errp)) {
        return;
    }
    timer_init_ms(&edu->dma_timer, QEMU_CLOCK_VIRTUAL, edu_dma_timer, edu);

    qemu_mutex_init(&edu->thr_mutex);
    qemu_cond_init(&edu->thr_cond);
    qemu_thread_create(&edu->thread, "edu", edu_fact_thread, edu,
                       QEMU_THREAD_JOINABLE);

    memory_region_init_io(&edu->mmio, OBJECT(edu), &edu_mmio_ops, edu,
                          "edu-mmio", 1 * MiB);
    pci_register_bar(pdev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &edu->mmio);
}

static void pci_edu_uninit(PCIDevice *pdev)
{
    EduState *edu = EDU(pdev);

    qemu_mutex_lock(&edu->thr_mutex);
    edu->stopping = true;
    qemu_cond_signal(&edu->thr_cond);
    qemu_mutex_unlock(&edu->thr_mutex);
    qemu_thread_join(&edu->thread);
    edu->stopping = false;

    qemu_cond_destroy(&edu->thr_cond);
    qemu_mutex_destroy(&edu->thr_mutex);

    timer_del(&edu->dma_timer);
    msi_uninit(pdev);
}

static void edu_instance_init(Object *obj)
{
    EduState *edu = EDU(obj);

    edu->dma_mask = (1ULL << 28) - 1;
    object_property_add_uint64_ptr(obj, "dma_mask", &edu->dma_mask,
                                   OBJ_PROP_FLAG_READWRITE);
}

static void edu_class_init(ObjectClass *class, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(class);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(class);

    k->realize = pci_edu_realize;
    k->exit = pci_edu_uninit;
    k->vendor_id = PCI_VENDOR_ID_QEMU;
    k->device_id = 0x11e8;
    k->revision = 0x10;
    k->class_id = PCI_CLASS_OTHERS;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo edu_info = {
    .name = TYPE_PCI_EDU_DEVICE,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(EduState),
    .instance_init = edu_instance_init,
    .class_init = edu_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void pci_edu_register_types(void)
{
    type_register_static(&edu_info);
}

type_init(pci_edu_register_types)
