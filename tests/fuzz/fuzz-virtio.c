/*
 * What the fuzzers of virtio devices share: see fuzz-virtio.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "fuzz-virtio.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/pci/pci.h"
#include "qemu/bswap.h"
#include "qemu/main-loop.h"
#include "sysemu/runstate.h"

VirtIODevice *fuzz_vdev;
uint8_t *fuzz_arena;

static int fuzz_queues;

uint8_t input_byte(Input *in)
{
    uint8_t byte = 0;

    if (in->size) {
        byte = *in->data++;
        in->size--;
    }
    return byte;
}

uint16_t input_word(Input *in)
{
    uint16_t word = input_byte(in);

    return word | input_byte(in) << 8;
}

void fuzz_virtio_init(const char *id, int queues)
{
    g_autofree char *card = g_strdup_printf("/machine/peripheral/%s", id);
    g_autofree char *device = g_strdup_printf("%s/virtio-backend", card);
    PCIDevice *pci_dev = PCI_DEVICE(object_resolve_path(card, NULL));

    pci_dev->config_write(pci_dev, PCI_COMMAND, PCI_COMMAND_MASTER, 2);
    fuzz_vdev = VIRTIO_DEVICE(object_resolve_path(device, NULL));
    fuzz_queues = queues;
    g_assert_cmpuint(current_machine->ram_size, >=, ARENA + ARENA_SIZE);
    fuzz_arena = (uint8_t *)memory_region_get_ram_ptr(current_machine->ram) +
                 ARENA;

    /* A line for each lie, thousands a second; ASan has its own way out. */
    stderr = fopen("/dev/null", "w");
}

static void set_rings(int q)
{
    virtio_queue_set_rings(fuzz_vdev, q, ARENA + RING(q),
                           ARENA + RING(q) + AVAIL, ARENA + RING(q) + USED);
}

void fuzz_start(uint64_t features, unsigned num)
{
    uint8_t status = VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER;

    virtio_reset(fuzz_vdev);
    memset(fuzz_arena, 0, ARENA_SIZE);
    virtio_set_features(fuzz_vdev, features);
    virtio_set_status(fuzz_vdev, status |= VIRTIO_CONFIG_S_FEATURES_OK);
    for (int q = 0; q < fuzz_queues; q++) {
        virtio_queue_set_num(fuzz_vdev, q, num);
        set_rings(q);
    }
    virtio_set_status(fuzz_vdev, status | VIRTIO_CONFIG_S_DRIVER_OK);
}

void fuzz_reset_queue(int q)
{
    virtio_queue_reset(fuzz_vdev, q);
    set_rings(q);
}

void fuzz_stop_or_go(void)
{
    if (runstate_is_running()) {
        vm_stop(RUN_STATE_PAUSED);
    } else {
        vm_start();
    }
}

uint64_t fuzz_features(const unsigned *bits, unsigned count, uint8_t choice)
{
    uint64_t features = 0;

    for (unsigned i = 0; i < count; i++) {
        features |= (uint64_t)(choice >> i & 1) << bits[i];
    }
    return features;
}

void fuzz_desc(Input *in, int q)
{
    uint8_t *desc = fuzz_arena + RING(q) + input_byte(in) % 64 * 16;
    uint8_t kind = input_byte(in);
    uint64_t addr = kind & 1 ? input_word(in) << 20
                             : ARENA + input_word(in) % ARENA_SIZE;

    stq_le_p(desc, addr);
    stl_le_p(desc + 8, kind & 2 ? input_word(in) << 16 : input_word(in));
    /* Flags and next, or the id and flags with a counter. */
    stw_le_p(desc + 12, input_byte(in) & (kind & 4 ? 0xff : 7));
    stw_le_p(desc + 14, (input_byte(in) & (kind & 4 ? 7 : 0x1f)) |
                        (kind & 8 ? 1 << VRING_PACKED_DESC_F_AVAIL : 0) |
                        (kind & 16 ? 1 << VRING_PACKED_DESC_F_USED : 0));
}

void fuzz_write(Input *in)
{
    unsigned where = input_word(in) % (ARENA_SIZE - 2);

    stw_le_p(fuzz_arena + where, input_word(in));
}

void fuzz_avail(Input *in, int q)
{
    uint8_t *avail = fuzz_arena + RING(q) + AVAIL;
    unsigned last = input_byte(in) % 32;

    stw_le_p(avail + 4 + 2 * last, input_byte(in));
    stw_le_p(avail + 2, last + 1);
}

void fuzz_offer(int q, unsigned offset, uint32_t len)
{
    uint8_t *ring = fuzz_arena + RING(q);

    stq_le_p(ring, ARENA + offset);
    stl_le_p(ring + 8, len);
    stw_le_p(ring + AVAIL + 2, 1);
    virtio_queue_notify(fuzz_vdev, q);
    for (int i = 0; i < 10 && !lduw_le_p(ring + USED + 2); i++) {
        main_loop_wait(true);
    }
    g_assert_cmpuint(lduw_le_p(ring + USED + 2), ==, 1);
}
