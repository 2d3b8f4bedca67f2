/*
 * SHPC, the standard hot plug controller: its registers, its commands, and the
 * hooks by which devices come and go.
 *
 * Read include/hw/pci/shpc.h first; the registers are in shpc-regs.h.
 *
 * There is no person here who watches lamps and pulls cards, so this file does
 * it: a slot that is disabled and has its power lamp off is emptied at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/range.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "hw/pci/shpc.h"
#include "migration/qemu-file-types.h"
#include "shpc-regs.h"
#include "trace.h"

/* Fields of a slot's status */

static uint8_t shpc_get_status(SHPCDevice *shpc, int slot, uint16_t mask)
{
    return pci_get_word_by_mask(shpc->config + SHPC_SLOT_STATUS(slot), mask);
}

static void shpc_set_status(SHPCDevice *shpc, int slot, uint8_t value,
                            uint16_t mask)
{
    pci_set_word_by_mask(shpc->config + SHPC_SLOT_STATUS(slot), mask, value);
}

/* A card is in the slot, and the latch is closed; or neither. */
static void shpc_set_present(SHPCDevice *shpc, int slot, bool present)
{
    shpc_set_status(shpc, slot, !present, SHPC_SLOT_STATUS_MRL_OPEN);
    shpc_set_status(shpc, slot, present ? SHPC_SLOT_STATUS_PRSNT_7_5W
                                        : SHPC_SLOT_STATUS_PRSNT_EMPTY,
                    SHPC_SLOT_STATUS_PRSNT_MASK);
}

static void shpc_latch_events(SHPCDevice *shpc, int slot, uint8_t events)
{
    shpc->config[SHPC_SLOT_EVENT_LATCH(slot)] |= events;
}

/* The way of an event to the guest */

/* The capability shows the register that was chosen, as it is now. */
static void shpc_cap_update_dword(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;
    uint8_t *cap = d->config + shpc->cap;
    unsigned addr = cap[SHPC_CAP_DWORD_SELECT] * 4;

    pci_set_long(cap + SHPC_CAP_DWORD_DATA,
                 addr < SHPC_SIZEOF(shpc->nslots)
                 ? pci_get_long(shpc->config + addr) : 0);
}

/* Called after each change of the registers. */
static void shpc_interrupt_update(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;
    uint32_t locator = 0, serr_int;
    int slot, level;

    for (slot = 0; slot < shpc->nslots; ++slot) {
        uint8_t event = shpc->config[SHPC_SLOT_EVENT_LATCH(slot)];
        uint8_t disable = shpc->config[SHPC_SLOT_EVENT_SERR_INT_DIS(slot)];

        if (event & ~disable) {
            locator |= 1U << SHPC_IDX_TO_LOGICAL(slot);
        }
    }
    serr_int = pci_get_long(shpc->config + SHPC_SERR_INT);
    if ((serr_int & SHPC_CMD_DETECTED) && !(serr_int & SHPC_CMD_INT_DIS)) {
        locator |= SHPC_INT_COMMAND;
    }
    pci_set_long(shpc->config + SHPC_INT_LOCATOR, locator);
    shpc_cap_update_dword(d);

    level = locator && !(serr_int & SHPC_INT_DIS);
    trace_shpc_interrupt(d->name, locator, level);
    if (!msi_enabled(d)) {
        pci_set_irq(d, level);
    } else if (level && !shpc->msi_requested) {
        msi_notify(d, 0);
    }
    shpc->msi_requested = level;
}

/* Taking a card out */

/* True if the slot is empty now: what is soldered in stays, whoever asks. */
static bool shpc_free_devices_in_slot(SHPCDevice *shpc, int slot)
{
    int pci_slot = SHPC_IDX_TO_PCI(slot);
    bool empty = true;
    int func;

    for (func = 0; func < PCI_FUNC_MAX; ++func) {
        PCIDevice *dev = shpc->sec_bus->devices[PCI_DEVFN(pci_slot, func)];

        if (dev && !DEVICE_GET_CLASS(dev)->hotpluggable) {
            empty = false;
        } else if (dev) {
            HotplugHandler *hotplug_ctrl =
                qdev_get_hotplug_handler(DEVICE(dev));

            hotplug_handler_unplug(hotplug_ctrl, DEVICE(dev), &error_abort);
            object_unparent(OBJECT(dev));
        }
    }
    return empty;
}

/* Does the guest say that a card may be pulled out? */
static bool shpc_slot_is_off(SHPCDevice *shpc, int slot)
{
    return shpc_get_status(shpc, slot, SHPC_SLOT_STATE_MASK) ==
               SHPC_STATE_DISABLED &&
           shpc_get_status(shpc, slot, SHPC_SLOT_PWR_LED_MASK) ==
               SHPC_LED_OFF;
}

/* Empty @slot, if it is off: the latch opens and the card goes. */
static void shpc_eject(PCIDevice *d, int slot)
{
    SHPCDevice *shpc = d->shpc;

    if (!shpc_slot_is_off(shpc, slot)) {
        return;
    }
    trace_shpc_eject(d->name, SHPC_IDX_TO_PCI(slot));
    if (shpc_free_devices_in_slot(shpc, slot)) {
        shpc_set_present(shpc, slot, false);
        shpc_latch_events(shpc, slot, SHPC_SLOT_EVENT_MRL |
                                      SHPC_SLOT_EVENT_PRESENCE);
    }
}

/*
 * The registers are memory, so a command may come from the very device that is
 * to go, by DMA: it must have returned from that first.
 */
static void shpc_eject_bh(void *opaque)
{
    PCIDevice *d = opaque;
    SHPCDevice *shpc = d->shpc;

    while (shpc->ejecting) {
        int slot = ctz32(shpc->ejecting);

        shpc->ejecting &= ~(1U << slot);
        shpc_eject(d, slot);
    }
    shpc_interrupt_update(d);
}

/* Commands */

static void shpc_command_error(SHPCDevice *shpc, uint16_t error)
{
    pci_word_test_and_set_mask(shpc->config + SHPC_CMD_STATUS, error);
}

/* Conventional PCI has one speed. */
static void shpc_set_sec_bus_speed(SHPCDevice *shpc, uint8_t speed)
{
    if (speed != SHPC_SEC_BUS_33) {
        shpc_command_error(shpc, SHPC_CMD_STATUS_INVALID_MODE);
        return;
    }
    shpc->config[SHPC_SEC_BUS] &= ~SHPC_SEC_BUS_MASK;
    shpc->config[SHPC_SEC_BUS] |= speed;
}

/* Each of @state, @power and @attn may be 0: as it is. */
static void shpc_slot_command(SHPCDevice *shpc, uint8_t target,
                              uint8_t state, uint8_t power, uint8_t attn)
{
    int slot = SHPC_LOGICAL_TO_IDX(target);
    bool was_off;

    if (target < SHPC_CMD_TRGT_MIN || slot >= shpc->nslots) {
        shpc_command_error(shpc, SHPC_CMD_STATUS_INVALID_CMD);
        return;
    }
    /* Who is on the bus has to leave it before it can be isolated. */
    if (state == SHPC_STATE_PWRONLY &&
        shpc_get_status(shpc, slot, SHPC_SLOT_STATE_MASK) ==
            SHPC_STATE_ENABLED) {
        shpc_command_error(shpc, SHPC_CMD_STATUS_INVALID_CMD);
        return;
    }

    was_off = shpc_slot_is_off(shpc, slot);
    if (power != SHPC_LED_NO) {
        shpc_set_status(shpc, slot, power, SHPC_SLOT_PWR_LED_MASK);
    }
    if (attn != SHPC_LED_NO) {
        shpc_set_status(shpc, slot, attn, SHPC_SLOT_ATTN_LED_MASK);
    }
    if (state != SHPC_STATE_NO) {
        shpc_set_status(shpc, slot, state, SHPC_SLOT_STATE_MASK);
    }
    if (!was_off && shpc_slot_is_off(shpc, slot)) {
        shpc->ejecting |= 1U << slot;
        qemu_bh_schedule(shpc->eject_bh);
    }
}

/* Power or enable all that have a card; no slot may be in use yet. */
static void shpc_command_all(SHPCDevice *shpc, uint8_t state)
{
    int slot;

    for (slot = 0; slot < shpc->nslots; ++slot) {
        if (shpc_get_status(shpc, slot, SHPC_SLOT_STATE_MASK) ==
            SHPC_STATE_ENABLED) {
            shpc_command_error(shpc, SHPC_CMD_STATUS_INVALID_CMD);
            return;
        }
    }
    for (slot = 0; slot < shpc->nslots; ++slot) {
        bool open = shpc_get_status(shpc, slot, SHPC_SLOT_STATUS_MRL_OPEN);

        shpc_slot_command(shpc, SHPC_IDX_TO_LOGICAL(slot),
                          open ? SHPC_STATE_NO : state,
                          open ? SHPC_LED_OFF : SHPC_LED_ON, SHPC_LED_NO);
    }
}

static void shpc_command(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;
    uint8_t code = shpc->config[SHPC_CMD_CODE];
    uint8_t target = shpc->config[SHPC_CMD_TRGT] & SHPC_CMD_TRGT_MAX;

    trace_shpc_command(d->name, code, target);
    pci_set_word(shpc->config + SHPC_CMD_STATUS, 0);
    switch (code) {
    case 0 ... SHPC_CMD_SLOT_MAX:
        shpc_slot_command(shpc, target,
                          pci_get_byte_by_mask(&code, SHPC_SLOT_STATE_MASK),
                          pci_get_byte_by_mask(&code, SHPC_SLOT_PWR_LED_MASK),
                          pci_get_byte_by_mask(&code,
                                               SHPC_SLOT_ATTN_LED_MASK));
        break;
    case SHPC_CMD_SPEED ... SHPC_CMD_SPEED_MAX:
        shpc_set_sec_bus_speed(shpc, code & SHPC_SEC_BUS_MASK);
        break;
    case SHPC_CMD_PWRONLY_ALL:
        shpc_command_all(shpc, SHPC_STATE_PWRONLY);
        break;
    case SHPC_CMD_ENABLE_ALL:
        shpc_command_all(shpc, SHPC_STATE_ENABLED);
        break;
    default:
        shpc_command_error(shpc, SHPC_CMD_STATUS_INVALID_CMD);
    }
    /* It never takes time, so that nobody sees it busy. */
    pci_long_test_and_set_mask(shpc->config + SHPC_SERR_INT,
                               SHPC_CMD_DETECTED);
}

/* Guest access: the BAR, and the capability */

static void shpc_write(PCIDevice *d, unsigned addr, uint64_t val, int l)
{
    SHPCDevice *shpc = d->shpc;
    int i;

    if (addr >= SHPC_SIZEOF(shpc->nslots)) {
        return;
    }
    l = MIN(l, SHPC_SIZEOF(shpc->nslots) - addr);

    for (i = 0; i < l; val >>= 8, ++i) {
        unsigned a = addr + i;
        uint8_t wmask = shpc->wmask[a];
        uint8_t w1cmask = shpc->w1cmask[a];

        assert(!(wmask & w1cmask));
        shpc->config[a] = (shpc->config[a] & ~wmask) | (val & wmask);
        shpc->config[a] &= ~(val & w1cmask);
    }
    if (ranges_overlap(addr, l, SHPC_CMD_CODE, 2)) {
        shpc_command(d);
    }
    shpc_interrupt_update(d);
}

static uint64_t shpc_mmio_read(void *opaque, hwaddr addr, unsigned size)
{
    PCIDevice *d = opaque;
    SHPCDevice *shpc = d->shpc;
    uint32_t val = 0;

    if (addr < SHPC_SIZEOF(shpc->nslots)) {
        memcpy(&val, shpc->config + addr,
               MIN(size, SHPC_SIZEOF(shpc->nslots) - addr));
    }
    return le32_to_cpu(val);
}

static void shpc_mmio_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    shpc_write(opaque, addr, val, size);
}

static const MemoryRegionOps shpc_mmio_ops = {
    .read = shpc_mmio_read,
    .write = shpc_mmio_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = {
        .min_access_size = 1,
        .max_access_size = 4,
    },
};

void shpc_cap_write_config(PCIDevice *d, uint32_t addr, uint32_t val, int l)
{
    uint8_t *cap = d->config + d->shpc->cap;
    uint32_t data = d->shpc->cap + SHPC_CAP_DWORD_DATA;
    uint32_t first = MAX(addr, data);
    uint32_t end = MIN(addr + l, data + 4);

    if (!ranges_overlap(addr, l, d->shpc->cap, SHPC_CAP_LENGTH)) {
        return;
    }
    /* Those bytes of the register that were written, and no others. */
    if (first < end) {
        shpc_write(d, cap[SHPC_CAP_DWORD_SELECT] * 4 + (first - data),
                   val >> (first - addr) * 8, end - first);
    }
    /* Another register may have been chosen. */
    shpc_cap_update_dword(d);
}

/* Life */

void shpc_reset(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;
    int nslots = shpc->nslots;
    int slot;

    qemu_bh_cancel(shpc->eject_bh);
    shpc->ejecting = 0;

    memset(shpc->config, 0, SHPC_SIZEOF(nslots));
    pci_set_byte(shpc->config + SHPC_NSLOTS, nslots);
    pci_set_long(shpc->config + SHPC_SLOTS_33, nslots);
    pci_set_long(shpc->config + SHPC_SLOTS_66, 0);
    pci_set_byte(shpc->config + SHPC_FIRST_DEV, SHPC_IDX_TO_PCI(0));
    pci_set_word(shpc->config + SHPC_PHYS_SLOT,
                 SHPC_IDX_TO_PCI(0) | SHPC_PHYS_NUM_UP | SHPC_PHYS_MRL |
                 SHPC_PHYS_BUTTON);
    pci_set_long(shpc->config + SHPC_SERR_INT,
                 SHPC_INT_DIS | SHPC_SERR_DIS | SHPC_CMD_INT_DIS |
                 SHPC_ARB_SERR_DIS);
    pci_set_byte(shpc->config + SHPC_PROG_IFC, SHPC_PROG_IFC_1_0);
    pci_set_word(shpc->config + SHPC_SEC_BUS, SHPC_SEC_BUS_33);

    for (slot = 0; slot < nslots; ++slot) {
        int devfn = PCI_DEVFN(SHPC_IDX_TO_PCI(slot), 0);
        bool present = shpc->sec_bus->devices[devfn];

        pci_set_byte(shpc->config + SHPC_SLOT_EVENT_SERR_INT_DIS(slot),
                     SHPC_SLOT_EVENT_PRESENCE |
                     SHPC_SLOT_EVENT_ISOLATED_FAULT |
                     SHPC_SLOT_EVENT_BUTTON |
                     SHPC_SLOT_EVENT_MRL |
                     SHPC_SLOT_EVENT_CONNECTED_FAULT |
                     SHPC_SLOT_EVENT_MRL_SERR_DIS |
                     SHPC_SLOT_EVENT_CONNECTED_FAULT_SERR_DIS);
        /* What is there, is in use. */
        shpc_set_status(shpc, slot,
                        present ? SHPC_STATE_ENABLED : SHPC_STATE_DISABLED,
                        SHPC_SLOT_STATE_MASK);
        shpc_set_status(shpc, slot, present ? SHPC_LED_ON : SHPC_LED_OFF,
                        SHPC_SLOT_PWR_LED_MASK);
        shpc_set_present(shpc, slot, present);
        shpc_set_status(shpc, slot, 0, SHPC_SLOT_STATUS_66);
    }
    shpc->msi_requested = 0;
    shpc_interrupt_update(d);
}

int shpc_bar_size(PCIDevice *d)
{
    return pow2roundup32(SHPC_SIZEOF(SHPC_MAX_SLOTS));
}

static int shpc_cap_add_config(PCIDevice *d, Error **errp)
{
    int cap = pci_add_capability(d, PCI_CAP_ID_SHPC, 0, SHPC_CAP_LENGTH, errp);

    if (cap < 0) {
        return cap;
    }
    d->shpc->cap = cap;
    pci_set_byte(d->wmask + cap + SHPC_CAP_DWORD_SELECT, 0xff);
    /* The register that is chosen has masks of its own. */
    pci_set_long(d->cmask + cap + SHPC_CAP_DWORD_DATA, 0);
    return 0;
}

/* Which of its registers the guest may write. */
static void shpc_init_masks(SHPCDevice *shpc)
{
    int slot;

    shpc->wmask[SHPC_CMD_CODE] = 0xff;
    shpc->wmask[SHPC_CMD_TRGT] = SHPC_CMD_TRGT_MAX;
    pci_set_long(shpc->wmask + SHPC_SERR_INT,
                 SHPC_INT_DIS | SHPC_SERR_DIS | SHPC_CMD_INT_DIS |
                 SHPC_ARB_SERR_DIS);
    pci_set_long(shpc->w1cmask + SHPC_SERR_INT,
                 SHPC_CMD_DETECTED | SHPC_ARB_DETECTED);
    for (slot = 0; slot < shpc->nslots; ++slot) {
        shpc->wmask[SHPC_SLOT_EVENT_SERR_INT_DIS(slot)] =
            SHPC_SLOT_EVENT_PRESENCE |
            SHPC_SLOT_EVENT_ISOLATED_FAULT |
            SHPC_SLOT_EVENT_BUTTON |
            SHPC_SLOT_EVENT_MRL |
            SHPC_SLOT_EVENT_CONNECTED_FAULT |
            SHPC_SLOT_EVENT_MRL_SERR_DIS |
            SHPC_SLOT_EVENT_CONNECTED_FAULT_SERR_DIS;
        shpc->w1cmask[SHPC_SLOT_EVENT_LATCH(slot)] =
            SHPC_SLOT_EVENT_PRESENCE |
            SHPC_SLOT_EVENT_ISOLATED_FAULT |
            SHPC_SLOT_EVENT_BUTTON |
            SHPC_SLOT_EVENT_MRL |
            SHPC_SLOT_EVENT_CONNECTED_FAULT;
    }
}

int shpc_init(PCIDevice *d, PCIBus *sec_bus, MemoryRegion *bar,
              unsigned offset, Error **errp)
{
    SHPCDevice *shpc = g_new0(SHPCDevice, 1);
    int ret;

    d->shpc = shpc;
    ret = shpc_cap_add_config(d, errp);
    if (ret < 0) {
        g_clear_pointer(&d->shpc, g_free);
        return ret;
    }
    shpc->sec_bus = sec_bus;
    shpc->nslots = SHPC_MAX_SLOTS;
    shpc->config = g_malloc0(SHPC_SIZEOF(shpc->nslots));
    shpc->cmask = g_malloc0(SHPC_SIZEOF(shpc->nslots));
    shpc->wmask = g_malloc0(SHPC_SIZEOF(shpc->nslots));
    shpc->w1cmask = g_malloc0(SHPC_SIZEOF(shpc->nslots));
    shpc_init_masks(shpc);

    shpc->eject_bh = qemu_bh_new_guarded(shpc_eject_bh, d,
                                         &DEVICE(d)->mem_reentrancy_guard);
    shpc_reset(d);

    memory_region_init_io(&shpc->mmio, OBJECT(d), &shpc_mmio_ops,
                          d, "shpc-mmio", SHPC_SIZEOF(shpc->nslots));
    memory_region_add_subregion(bar, offset, &shpc->mmio);

    qbus_set_hotplug_handler(BUS(sec_bus), OBJECT(d));
    d->cap_present |= QEMU_PCI_CAP_SHPC;
    return 0;
}

void shpc_cleanup(PCIDevice *d, MemoryRegion *bar)
{
    SHPCDevice *shpc = d->shpc;

    d->cap_present &= ~QEMU_PCI_CAP_SHPC;
    memory_region_del_subregion(bar, &shpc->mmio);
    g_clear_pointer(&shpc->eject_bh, qemu_bh_delete);
}

void shpc_free(PCIDevice *d)
{
    SHPCDevice *shpc = d->shpc;

    if (!shpc) {
        return;
    }
    object_unparent(OBJECT(&shpc->mmio));
    g_free(shpc->config);
    g_free(shpc->cmask);
    g_free(shpc->wmask);
    g_free(shpc->w1cmask);
    g_clear_pointer(&d->shpc, g_free);
}

/* The hotplug handler's hooks */

/* The slot of @affected_dev in the registers; false with @errp set: none. */
static bool shpc_device_get_slot(PCIDevice *affected_dev, int *slot,
                                 SHPCDevice *shpc, Error **errp)
{
    int pci_slot = PCI_SLOT(affected_dev->devfn);

    *slot = SHPC_PCI_TO_IDX(pci_slot);
    if (pci_slot < SHPC_IDX_TO_PCI(0) || *slot >= shpc->nslots) {
        error_setg(errp, "Unsupported PCI slot %d for standard hotplug "
                   "controller. Valid slots are between %d and %d.",
                   pci_slot, SHPC_IDX_TO_PCI(0),
                   SHPC_IDX_TO_PCI(shpc->nslots) - 1);
        return false;
    }
    return true;
}

void shpc_device_plug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                         Error **errp)
{
    PCIDevice *d = PCI_DEVICE(hotplug_dev);
    SHPCDevice *shpc = d->shpc;
    int slot;

    if (!shpc_device_get_slot(PCI_DEVICE(dev), &slot, shpc, errp)) {
        return;
    }
    /* The guest will find what is there from the start. */
    if (!dev->hotplugged) {
        shpc_set_present(shpc, slot, true);
        return;
    }

    /*
     * A slot with a closed latch has a card already, and this is one more
     * function; a button that is pressed again means: leave it as it is.
     */
    shpc_latch_events(shpc, slot, SHPC_SLOT_EVENT_BUTTON);
    if (shpc_get_status(shpc, slot, SHPC_SLOT_STATUS_MRL_OPEN)) {
        shpc_set_present(shpc, slot, true);
        shpc_latch_events(shpc, slot, SHPC_SLOT_EVENT_MRL |
                                      SHPC_SLOT_EVENT_PRESENCE);
    }
    shpc_set_status(shpc, slot, 0, SHPC_SLOT_STATUS_66);
    shpc_interrupt_update(d);
}

void shpc_device_unplug_cb(HotplugHandler *hotplug_dev, DeviceState *dev,
                           Error **errp)
{
    qdev_unrealize(dev);
}

void shpc_device_unplug_request_cb(HotplugHandler *hotplug_dev,
                                   DeviceState *dev, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(hotplug_dev);
    SHPCDevice *shpc = d->shpc;
    int slot;

    if (!shpc_device_get_slot(PCI_DEVICE(dev), &slot, shpc, errp)) {
        return;
    }
    shpc_latch_events(shpc, slot, SHPC_SLOT_EVENT_BUTTON);
    /* Nobody has switched it on, so nobody needs to be asked. */
    shpc_eject(d, slot);
    shpc_set_status(shpc, slot, 0, SHPC_SLOT_STATUS_66);
    shpc_interrupt_update(d);
}

/* Migration: the registers, as they are */

static int shpc_save(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    PCIDevice *d = container_of(pv, PCIDevice, shpc);

    qemu_put_buffer(f, d->shpc->config, SHPC_SIZEOF(d->shpc->nslots));
    return 0;
}

static int shpc_load(QEMUFile *f, void *pv, size_t size,
                     const VMStateField *field)
{
    PCIDevice *d = container_of(pv, PCIDevice, shpc);
    size_t len = SHPC_SIZEOF(d->shpc->nslots);

    if (qemu_get_buffer(f, d->shpc->config, len) != len) {
        return -EINVAL;
    }
    shpc_interrupt_update(d);
    return 0;
}

const VMStateInfo shpc_vmstate_info = {
    .name = "shpc",
    .get = shpc_load,
    .put = shpc_save,
};
