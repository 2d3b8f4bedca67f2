/*
 * Registers described by a table.  See include/hw/register.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/register.h"

/* The register's bytes are in the host's order, whatever its size. */
static uint64_t register_value(const RegisterInfo *reg)
{
    switch (reg->data_size) {
    case 1:
        return *(uint8_t *)reg->data;
    case 4:
        return *(uint32_t *)reg->data;
    case 8:
        return *(uint64_t *)reg->data;
    default:
        g_assert_not_reached();
    }
}

static void register_set_value(RegisterInfo *reg, uint64_t val)
{
    switch (reg->data_size) {
    case 1:
        *(uint8_t *)reg->data = val;
        break;
    case 4:
        *(uint32_t *)reg->data = val;
        break;
    case 8:
        *(uint64_t *)reg->data = val;
        break;
    default:
        g_assert_not_reached();
    }
}

void register_write(RegisterInfo *reg, uint64_t val, uint64_t we,
                    const char *prefix, bool debug)
{
    const RegisterAccessInfo *ac = reg->access;
    uint64_t old_val, new_val, keep, bits;

    if (!ac || !ac->name) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: write to undefined device state "
                      "(written value: 0x%" PRIx64 ")\n", prefix, val);
        return;
    }

    old_val = register_value(reg);

    bits = (old_val ^ val) & ac->rsvd & we;
    if (bits) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: change of value in reserved bit "
                      "fields: 0x%" PRIx64 "\n", prefix, bits);
    }
    bits = val & ac->unimp & we;
    if (bits) {
        qemu_log_mask(LOG_UNIMP, "%s:%s writing 0x%" PRIx64 " to unimplemented "
                      "bits: 0x%" PRIx64 "\n", prefix, ac->name, val, bits);
    }

    keep = ac->ro | ac->w1c | ac->rsvd | ~we;
    new_val = (val & ~keep) | (old_val & keep);
    new_val &= ~(val & ac->w1c & we);
    if (debug) {
        qemu_log("%s:%s: write of value 0x%" PRIx64 "\n", prefix, ac->name,
                 new_val);
    }

    if (ac->pre_write) {
        new_val = ac->pre_write(reg, new_val);
    }
    register_set_value(reg, new_val);
    if (ac->post_write) {
        ac->post_write(reg, new_val);
    }
}

uint64_t register_read(RegisterInfo *reg, uint64_t re, const char *prefix,
                       bool debug)
{
    const RegisterAccessInfo *ac = reg->access;
    uint64_t val;

    if (!ac || !ac->name) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: read from undefined device state\n",
                      prefix);
        return 0;
    }

    val = register_value(reg);
    register_set_value(reg, val & ~(ac->cor & re));
    val &= re;
    if (ac->post_read) {
        val = ac->post_read(reg, val);
    }
    if (debug) {
        qemu_log("%s:%s: read of value 0x%" PRIx64 "\n", prefix, ac->name, val);
    }
    return val;
}

void register_reset(RegisterInfo *reg)
{
    if (reg->data && reg->access) {
        register_set_value(reg, reg->access->reset);
    }
}

/* Of an access of @size bytes, the bits that the register has as well. */
static uint64_t register_enabled_mask(const RegisterInfo *reg, unsigned size)
{
    return MAKE_64BIT_MASK(0, MIN(size, reg->data_size) * 8);
}

static RegisterInfo *register_at(const RegisterInfoArray *array, hwaddr addr)
{
    for (int i = 0; i < array->num_elements; i++) {
        if (array->r[i]->access->addr == addr) {
            return array->r[i];
        }
    }
    return NULL;
}

void register_write_memory(void *opaque, hwaddr addr, uint64_t value,
                           unsigned size)
{
    RegisterInfoArray *array = opaque;
    RegisterInfo *reg = register_at(array, addr);

    if (!reg) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: write to unimplemented register "
                      "at address: 0x%" HWADDR_PRIx "\n", array->prefix, addr);
        return;
    }
    register_write(reg, value, register_enabled_mask(reg, size), array->prefix,
                   array->debug);
}

uint64_t register_read_memory(void *opaque, hwaddr addr, unsigned size)
{
    RegisterInfoArray *array = opaque;
    RegisterInfo *reg = register_at(array, addr);

    if (!reg) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: read to unimplemented register "
                      "at address: 0x%" HWADDR_PRIx "\n", array->prefix, addr);
        return 0;
    }
    return register_read(reg, register_enabled_mask(reg, size), array->prefix,
                         array->debug);
}

static RegisterInfoArray *register_init_block(DeviceState *owner,
                                              const RegisterAccessInfo *rae,
                                              int num, RegisterInfo *ri,
                                              void *data,
                                              const MemoryRegionOps *ops,
                                              bool debug_enabled,
                                              uint64_t memory_size,
                                              size_t data_size)
{
    const char *prefix = object_get_typename(OBJECT(owner));
    RegisterInfoArray *array = g_new0(RegisterInfoArray, 1);

    array->r = g_new0(RegisterInfo *, num);
    array->num_elements = num;
    array->debug = debug_enabled;
    array->prefix = prefix;

    for (int i = 0; i < num; i++) {
        size_t index = rae[i].addr / data_size;
        RegisterInfo *reg = &ri[index];

        object_initialize(reg, sizeof(*reg), TYPE_REGISTER);
        reg->data = (uint8_t *)data + data_size * index;
        reg->data_size = data_size;
        reg->access = &rae[i];
        reg->opaque = owner;
        array->r[i] = reg;
    }

    memory_region_init_io(&array->mem, OBJECT(owner), ops, array, prefix,
                          memory_size);
    return array;
}

RegisterInfoArray *register_init_block8(DeviceState *owner,
                                        const RegisterAccessInfo *rae,
                                        int num, RegisterInfo *ri,
                                        uint8_t *data,
                                        const MemoryRegionOps *ops,
                                        bool debug_enabled,
                                        uint64_t memory_size)
{
    return register_init_block(owner, rae, num, ri, data, ops, debug_enabled,
                               memory_size, sizeof(*data));
}

RegisterInfoArray *register_init_block32(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint32_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size)
{
    return register_init_block(owner, rae, num, ri, data, ops, debug_enabled,
                               memory_size, sizeof(*data));
}

RegisterInfoArray *register_init_block64(DeviceState *owner,
                                         const RegisterAccessInfo *rae,
                                         int num, RegisterInfo *ri,
                                         uint64_t *data,
                                         const MemoryRegionOps *ops,
                                         bool debug_enabled,
                                         uint64_t memory_size)
{
    return register_init_block(owner, rae, num, ri, data, ops, debug_enabled,
                               memory_size, sizeof(*data));
}

void register_finalize_block(RegisterInfoArray *array)
{
    object_unparent(OBJECT(&array->mem));
    for (int i = 0; i < array->num_elements; i++) {
        object_unref(OBJECT(array->r[i]));
    }
    g_free(array->r);
    g_free(array);
}

static void register_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);

    /* It is a part of a device, and nothing without it. */
    dc->user_creatable = false;
}

static const TypeInfo register_info = {
    .name = TYPE_REGISTER,
    .parent = TYPE_DEVICE,
    .class_init = register_class_init,
    .instance_size = sizeof(RegisterInfo),
};

static void register_register_types(void)
{
    type_register_static(&register_info);
}

type_init(register_register_types)
