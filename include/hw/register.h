/*
 * Registers described by a table, instead of by a switch.
 *
 *     static const RegisterAccessInfo dial_regs_info[] = {
 *         { .name = "CTRL", .addr = A_CTRL, .rsvd = 0xffffff00 },
 *         { .name = "STAT", .addr = A_STAT, .w1c = R_STAT_DONE_MASK,
 *           .post_write = dial_update_irq },
 *     };
 *
 *     static const MemoryRegionOps dial_ops = {
 *         .read = register_read_memory,
 *         .write = register_write_memory,
 *         …
 *     };
 *
 *     s->array = register_init_block32(DEVICE(s), dial_regs_info,
 *                                      ARRAY_SIZE(dial_regs_info),
 *                                      s->regs_info, s->regs, &dial_ops,
 *                                      false, DIAL_SIZE);
 *     memory_region_add_subregion(&s->iomem, 0, &s->array->mem);
 *
 * The values are in the device's own array (s->regs), where R_CTRL and kin of
 * hw/registerfields.h find them, and which VMState can send.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef REGISTER_H
#define REGISTER_H

#include "hw/qdev-core.h"
#include "exec/memory.h"
#include "hw/registerfields.h"
#include "qom/object.h"

typedef struct RegisterInfo RegisterInfo;
typedef struct RegisterAccessInfo RegisterAccessInfo;
typedef struct RegisterInfoArray RegisterInfoArray;

/*
 * What a guest may do with a register.  Masks are of bits.
 *
 * @ro: cannot be written.
 * @w1c: writing 1 clears the bit; writing 0 leaves it.
 * @reset: the value after a reset.
 * @cor: cleared by reading.
 * @rsvd: reserved; they keep their value, and a write that would change them
 *     is logged as the guest's error.
 * @unimp: the device should, but does not, implement them: a write that sets
 *     one is logged (LOG_UNIMP).
 * @pre_write: called before the register gets its value; returns the value.
 * @post_write: called with the value that it has got.
 * @post_read: called before the guest gets the value; returns what it gets.
 * @addr: in the block.
 */
struct RegisterAccessInfo {
    const char *name;
    uint64_t ro;
    uint64_t w1c;
    uint64_t reset;
    uint64_t cor;
    uint64_t rsvd;
    uint64_t unimp;

    uint64_t (*pre_write)(RegisterInfo *reg, uint64_t val);
    void (*post_write)(RegisterInfo *reg, uint64_t val);
    uint64_t (*post_read)(RegisterInfo *reg, uint64_t val);

    hwaddr addr;
};

/*
 * One register: where its value is (@data_size bytes at @data), what it may do
 * (@access; NULL for a hole in the block), and whose it is (@opaque).
 */
struct RegisterInfo {
    DeviceState parent_obj;

    void *data;
    int data_size;
    const RegisterAccessInfo *access;
    void *opaque;
};

#define TYPE_REGISTER "qemu-register"
DECLARE_INSTANCE_CHECKER(RegisterInfo, REGISTER,
                         TYPE_REGISTER)

/*
 * A block of them, with the memory region that leads to them.
 * @debug: log each access.  @prefix: of the messages, the device's type.
 */
struct RegisterInfoArray {
    MemoryRegion mem;

    int num_elements;
    RegisterInfo **r;

    bool debug;
    const char *prefix;
};

/* The guest writes the bits of @val that are set in @we. */
void register_write(RegisterInfo *reg, uint64_t val, uint64_t we,
                    const char *prefix, bool debug);
/* The guest reads the bits that are set in @re. */
uint64_t register_read(RegisterInfo *reg, uint64_t re, const char *prefix,
                       bool debug);
/* Back to the reset value; no hook is called. */
void register_reset(RegisterInfo *reg);

/* For MemoryRegionOps, with a RegisterInfoArray as opaque. */
void register_write_memory(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size);
uint64_t register_read_memory(void *opaque, hwaddr addr, unsigned size);

/*
 * A block of @num registers @rae of 8, 32 or 64 bits.  @ri and @data are arrays
 * of @owner's, indexed by address / size of a register, that are large enough
 * for the highest address; all of both is the block's.
 * register_finalize_block() gives the block back.
 */
RegisterInfoArray *register_init_block8(DeviceState *owner,
                                        const RegisterAccessInfo *rae,
                                        int num, RegisterInfo *ri,
                                        uint8_t *data,
                                        const MemoryRegionOps *ops,
                                        bool debug_enabled,
                                        uint64_t memory_size);
RegisterInfoArray *register_init_block32(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint32_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size);
RegisterInfoArray *register_init_block64(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint64_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size);

/* In instance_finalize.  The memory region is unparented. */
void register_finalize_block(RegisterInfoArray *r_array);

#endif
