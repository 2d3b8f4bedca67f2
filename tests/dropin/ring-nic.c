/*
 * A network card as people wrote them for QEMU: rings of descriptors in guest
 * memory, a serial memory with its address, an interrupt that waits a little.
 *
 * It exists to be compiled as any source from elsewhere is; samples-test.c drives
 * it.  Registers, all 32 bits, in BAR 0 (memory) and BAR 1 (ports):
 *
 *     0x00 CTRL     bit 0 receive, 1 transmit, 31 reset
 *     0x04 STATUS   bit 0 link
 *     0x08 ISR      1 received, 2 sent, 4 no descriptor; 1 clears
 *     0x0c IMR      which of them interrupt
 *     0x10 RX_RING  0x14 TX_RING: addresses; 0x18 RX_LEN, 0x1c TX_LEN: numbers
 *     0x20 TX_KICK  look at the ring now
 *     0x24 EEPROM   bit 0 CS, 1 SK, 2 DI, 3 DO
 *
 * A descriptor: address, 64 bits; length, 32; flags, 32 (1: the card's).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/irq.h"
#include "hw/net/mii.h"
#include "hw/nvram/eeprom93xx.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "net/eth.h"
#include "net/net.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "sysemu/dma.h"
#include "sysemu/sysemu.h"
#include "qom/object.h"

#define TYPE_RING_NIC "ring-nic"
OBJECT_DECLARE_SIMPLE_TYPE(RingNICState, RING_NIC)

enum {
    R_CTRL, R_STATUS, R_ISR, R_IMR, R_RX_RING, R_TX_RING, R_RX_LEN, R_TX_LEN,
    R_TX_KICK, R_EEPROM, RING_NIC_REGS
};

#define CTRL_RX         BIT(0)
#define CTRL_TX         BIT(1)
#define CTRL_RESET      BIT(31)
#define ISR_RX          BIT(0)
#define ISR_TX          BIT(1)
#define ISR_NO_DESC     BIT(2)
#define DESC_OWN        BIT(0)
#define RING_NIC_MAX    2048
#define RING_NIC_DELAY  (50 * SCALE_US)

typedef struct RingDesc {
    uint64_t addr;
    uint32_t len;
    uint32_t flags;
} QEMU_PACKED RingDesc;

struct RingNICState {
    PCIDevice parent_obj;

    NICConf conf;
    NICState *nic;
    MemoryRegion mmio;
    MemoryRegion io;
    QEMUTimer *irq_timer;
    eeprom_t *eeprom;
    uint32_t regs[RING_NIC_REGS];
    uint32_t rx_head;
    uint32_t tx_head;
};

static void ring_nic_update_irq(void *opaque)
{
    RingNICState *s = opaque;
    PCIDevice *d = PCI_DEVICE(s);
    bool level = s->regs[R_ISR] & s->regs[R_IMR];

    if (!msi_enabled(d)) {
        pci_set_irq(d, level);
    } else if (level) {
        msi_notify(d, 0);
    }
}

static void ring_nic_raise(RingNICState *s, uint32_t bits)
{
    s->regs[R_ISR] |= bits;
    if (!timer_pending(s->irq_timer)) {
        timer_mod(s->irq_timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                                RING_NIC_DELAY);
    }
}

static bool ring_nic_desc(RingNICState *s, dma_addr_t at, RingDesc *desc)
{
    if (pci_dma_read(PCI_DEVICE(s), at, desc, sizeof(*desc)) != MEMTX_OK) {
        return false;
    }
    desc->addr = le64_to_cpu(desc->addr);
    desc->len = le32_to_cpu(desc->len);
    desc->flags = le32_to_cpu(desc->flags);
    return desc->flags & DESC_OWN;
}

static void ring_nic_give_back(RingNICState *s, dma_addr_t at, uint32_t len)
{
    PCIDevice *d = PCI_DEVICE(s);
    const MemTxAttrs attrs = MEMTXATTRS_UNSPECIFIED;

    stl_le_pci_dma(d, at + offsetof(RingDesc, len), len, attrs);
    stl_le_pci_dma(d, at + offsetof(RingDesc, flags), 0, attrs);
}

static void ring_nic_transmit(RingNICState *s)
{
    uint8_t buf[RING_NIC_MAX];
    RingDesc desc;

    /* A ring that goes round is looked at once. */
    for (uint32_t i = 0; i < s->regs[R_TX_LEN]; i++) {
        dma_addr_t at = s->regs[R_TX_RING] + s->tx_head * sizeof(desc);

        if (!(s->regs[R_CTRL] & CTRL_TX) || !ring_nic_desc(s, at, &desc)) {
            break;
        }
        if (desc.len <= sizeof(buf)) {
            pci_dma_read(PCI_DEVICE(s), desc.addr, buf, desc.len);
            qemu_send_packet(qemu_get_queue(s->nic), buf, desc.len);
        } else {
            qemu_log_mask(LOG_GUEST_ERROR, "%s: frame of %u bytes\n",
                          TYPE_RING_NIC, desc.len);
        }
        ring_nic_give_back(s, at, desc.len);
        s->tx_head = (s->tx_head + 1) % s->regs[R_TX_LEN];
        ring_nic_raise(s, ISR_TX);
    }
}

static bool ring_nic_can_receive(NetClientState *nc)
{
    RingNICState *s = qemu_get_nic_opaque(nc);

    return (s->regs[R_CTRL] & CTRL_RX) && s->regs[R_RX_LEN];
}

static ssize_t ring_nic_receive(NetClientState *nc, const uint8_t *buf,
                                size_t size)
{
    RingNICState *s = qemu_get_nic_opaque(nc);
    dma_addr_t at = s->regs[R_RX_RING] + s->rx_head * sizeof(RingDesc);
    RingDesc desc;

    if (get_eth_packet_type(PKT_GET_ETH_HDR(buf)) == ETH_PKT_UCAST &&
        memcmp(buf, s->conf.macaddr.a, ETH_ALEN) != 0) {
        return size;
    }
    if (!ring_nic_desc(s, at, &desc) || desc.len < size) {
        ring_nic_raise(s, ISR_NO_DESC);
        return size;
    }
    pci_dma_write(PCI_DEVICE(s), desc.addr, buf, size);
    ring_nic_give_back(s, at, size);
    s->rx_head = (s->rx_head + 1) % s->regs[R_RX_LEN];
    ring_nic_raise(s, ISR_RX);
    return size;
}

static void ring_nic_set_link_status(NetClientState *nc)
{
    RingNICState *s = qemu_get_nic_opaque(nc);

    s->regs[R_STATUS] = !nc->link_down;
}

static NetClientInfo net_ring_nic_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = ring_nic_can_receive,
    .receive = ring_nic_receive,
    .link_status_changed = ring_nic_set_link_status,
};

static void ring_nic_reset(DeviceState *dev)
{
    RingNICState *s = RING_NIC(dev);

    memset(s->regs, 0, sizeof(s->regs));
    s->rx_head = s->tx_head = 0;
    timer_del(s->irq_timer);
    ring_nic_set_link_status(qemu_get_queue(s->nic));
    ring_nic_update_irq(s);
}

static uint64_t ring_nic_read(void *opaque, hwaddr addr, unsigned size)
{
    RingNICState *s = opaque;
    unsigned reg = addr >> 2;

    if (reg == R_EEPROM) {
        return eeprom93xx_read(s->eeprom) << 3;
    }
    return reg < RING_NIC_REGS ? s->regs[reg] : 0;
}

static void ring_nic_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned size)
{
    RingNICState *s = opaque;
    unsigned reg = addr >> 2;

    switch (reg) {
    case R_CTRL:
        if (val & CTRL_RESET) {
            device_cold_reset(DEVICE(s));
            break;
        }
        s->regs[R_CTRL] = val;
        if (ring_nic_can_receive(qemu_get_queue(s->nic))) {
            qemu_flush_queued_packets(qemu_get_queue(s->nic));
        }
        break;
    case R_ISR:
        s->regs[R_ISR] &= ~val;
        ring_nic_update_irq(s);
        break;
    case R_IMR:
        s->regs[R_IMR] = val;
        ring_nic_update_irq(s);
        break;
    case R_RX_RING ... R_TX_LEN:
        s->regs[reg] = val;
        s->rx_head = s->tx_head = 0;
        break;
    case R_TX_KICK:
        ring_nic_transmit(s);
        break;
    case R_EEPROM:
        eeprom93xx_write(s->eeprom, val & 1, val & 2, val & 4);
        break;
    default:
        break;
    }
}

static const MemoryRegionOps ring_nic_ops = {
    .read = ring_nic_read,
    .write = ring_nic_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = {
        .min_access_size = 4,
        .max_access_size = 4,
    },
};

static const VMStateDescription vmstate_ring_nic = {
    .name = TYPE_RING_NIC,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, RingNICState),
        VMSTATE_MACADDR(conf.macaddr, RingNICState),
        VMSTATE_TIMER_PTR(irq_timer, RingNICState),
        VMSTATE_UINT32_ARRAY(regs, RingNICState, RING_NIC_REGS),
        VMSTATE_UINT32(rx_head, RingNICState),
        VMSTATE_UINT32(tx_head, RingNICState),
        VMSTATE_END_OF_LIST()
    }
};

static void ring_nic_realize(PCIDevice *pci_dev, Error **errp)
{
    DeviceState *dev = DEVICE(pci_dev);
    RingNICState *s = RING_NIC(pci_dev);

    if (msi_init(pci_dev, 0, 1, true, false, errp)) {
        return;
    }
    pci_config_set_interrupt_pin(pci_dev->config, 1);

    memory_region_init_io(&s->mmio, OBJECT(s), &ring_nic_ops, s,
                          "ring-nic-mmio", 0x40);
    memory_region_init_io(&s->io, OBJECT(s), &ring_nic_ops, s,
                          "ring-nic-io", 0x40);
    pci_register_bar(pci_dev, 0, PCI_BASE_ADDRESS_SPACE_MEMORY, &s->mmio);
    pci_register_bar(pci_dev, 1, PCI_BASE_ADDRESS_SPACE_IO, &s->io);

    qemu_macaddr_default_if_unset(&s->conf.macaddr);
    s->nic = qemu_new_nic(&net_ring_nic_info, &s->conf,
                          object_get_typename(OBJECT(s)), dev->id,
                          &dev->mem_reentrancy_guard, s);
    qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);

    s->eeprom = eeprom93xx_new(dev, 64);
    for (int i = 0; i < 3; i++) {
        eeprom93xx_data(s->eeprom)[i] = lduw_le_p(&s->conf.macaddr.a[i * 2]);
    }
    eeprom93xx_data(s->eeprom)[3] = MII_BMSR_LINK_ST;
    s->irq_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, ring_nic_update_irq, s);
}

static void ring_nic_exit(PCIDevice *pci_dev)
{
    RingNICState *s = RING_NIC(pci_dev);

    timer_free(s->irq_timer);
    eeprom93xx_free(DEVICE(pci_dev), s->eeprom);
    qemu_del_nic(s->nic);
    msi_uninit(pci_dev);
}

static void ring_nic_instance_init(Object *obj)
{
    RingNICState *s = RING_NIC(obj);

    device_add_bootindex_property(obj, &s->conf.bootindex,
                                  "bootindex", "/ethernet-phy@0",
                                  DEVICE(obj));
}

static Property ring_nic_properties[] = {
    DEFINE_NIC_PROPERTIES(RingNICState, conf),
    DEFINE_PROP_END_OF_LIST(),
};

static void ring_nic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    k->realize = ring_nic_realize;
    k->exit = ring_nic_exit;
    k->vendor_id = PCI_VENDOR_ID_QEMU;
    k->device_id = 0x7a12;
    k->class_id = PCI_CLASS_NETWORK_ETHERNET;
    dc->reset = ring_nic_reset;
    dc->vmsd = &vmstate_ring_nic;
    device_class_set_props(dc, ring_nic_properties);
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
}

static const TypeInfo ring_nic_info = {
    .name = TYPE_RING_NIC,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(RingNICState),
    .instance_init = ring_nic_instance_init,
    .class_init = ring_nic_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void ring_nic_register_types(void)
{
    type_register_static(&ring_nic_info);
}

type_init(ring_nic_register_types)
