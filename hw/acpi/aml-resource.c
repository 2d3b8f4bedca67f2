/*
 * Building AML: resource descriptors, what a device's _CRS and _PRS return.
 *
 * Read include/hw/acpi/aml-build.h first.
 *
 * ACPI specification 6.3, chapter 6.4.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "aml-internal.h"

/* Small ones have their length in the tag, large ones (bit 7) behind it. */
enum {
    TAG_IRQ             = 0x22,
    TAG_IO              = 0x47,
    TAG_MEMORY32_FIXED  = 0x86,
    TAG_DWORD_ADDRESS   = 0x87,
    TAG_WORD_ADDRESS    = 0x88,
    TAG_EXT_INTERRUPT   = 0x89,
    TAG_QWORD_ADDRESS   = 0x8a,
};

enum {
    RESOURCE_MEMORY     = 0,
    RESOURCE_IO         = 1,
    RESOURCE_BUS_NUMBER = 2,
};

Aml *aml_resource_template(void)
{
    /* A buffer. */
    return aml_bundle(0x11, AML_RES_TEMPLATE);
}

Aml *aml_io(AmlIODecode dec, uint16_t min_base, uint16_t max_base,
            uint8_t aln, uint8_t len)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, TAG_IO);
    build_append_byte(var->buf, dec);
    build_append_int_noprefix(var->buf, min_base, 2);
    build_append_int_noprefix(var->buf, max_base, 2);
    build_append_byte(var->buf, aln);
    build_append_byte(var->buf, len);
    return var;
}

Aml *aml_irq_no_flags(uint8_t irq)
{
    Aml *var = aml_alloc();

    assert(irq < 16);
    build_append_byte(var->buf, TAG_IRQ);
    build_append_int_noprefix(var->buf, 1U << irq, 2);
    return var;
}

Aml *aml_interrupt(AmlConsumerAndProducer con_and_pro,
                   AmlLevelAndEdge level_and_edge,
                   AmlActiveHighAndLow high_and_low, AmlShared shared,
                   uint32_t *irq_list, uint8_t irq_count)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, TAG_EXT_INTERRUPT);
    build_append_int_noprefix(var->buf, 2 + irq_count * sizeof(uint32_t), 2);
    build_append_byte(var->buf, con_and_pro | level_and_edge << 1 |
                                high_and_low << 2 | shared << 3);
    build_append_byte(var->buf, irq_count);
    for (int i = 0; i < irq_count; i++) {
        build_append_int_noprefix(var->buf, irq_list[i], 4);
    }
    return var;
}

Aml *aml_memory32_fixed(uint32_t addr, uint32_t size,
                        AmlReadAndWrite read_and_write)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, TAG_MEMORY32_FIXED);
    build_append_int_noprefix(var->buf, 9, 2);
    build_append_byte(var->buf, read_and_write);
    build_append_int_noprefix(var->buf, addr, 4);
    build_append_int_noprefix(var->buf, size, 4);
    return var;
}

/*
 * An address range in numbers of @width bytes, 6.4.3.5: type, flags, flags of
 * the type; granularity, first, last, what to add on the other side, length.
 */
static Aml *aml_address_space(uint8_t tag, int width, uint8_t type,
                              uint8_t flags, uint8_t type_flags,
                              uint64_t gran, uint64_t min, uint64_t max,
                              uint64_t trans, uint64_t len)
{
    Aml *var = aml_alloc();

    build_append_byte(var->buf, tag);
    build_append_int_noprefix(var->buf, 3 + 5 * width, 2);
    build_append_byte(var->buf, type);
    build_append_byte(var->buf, flags);
    build_append_byte(var->buf, type_flags);
    build_append_int_noprefix(var->buf, gran, width);
    build_append_int_noprefix(var->buf, min, width);
    build_append_int_noprefix(var->buf, max, width);
    build_append_int_noprefix(var->buf, trans, width);
    build_append_int_noprefix(var->buf, len, width);
    return var;
}

Aml *aml_word_bus_number(AmlMinFixed min_fixed, AmlMaxFixed max_fixed,
                         AmlDecode dec, uint16_t addr_gran,
                         uint16_t addr_min, uint16_t addr_max,
                         uint16_t addr_trans, uint16_t len)
{
    return aml_address_space(TAG_WORD_ADDRESS, 2, RESOURCE_BUS_NUMBER,
                             min_fixed | max_fixed | dec, 0, addr_gran,
                             addr_min, addr_max, addr_trans, len);
}

Aml *aml_word_io(AmlMinFixed min_fixed, AmlMaxFixed max_fixed,
                 AmlDecode dec, AmlISARanges isa_ranges,
                 uint16_t addr_gran, uint16_t addr_min,
                 uint16_t addr_max, uint16_t addr_trans,
                 uint16_t len)
{
    return aml_address_space(TAG_WORD_ADDRESS, 2, RESOURCE_IO,
                             min_fixed | max_fixed | dec, isa_ranges,
                             addr_gran, addr_min, addr_max, addr_trans, len);
}

Aml *aml_dword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write,
                      uint32_t addr_gran, uint32_t addr_min,
                      uint32_t addr_max, uint32_t addr_trans,
                      uint32_t len)
{
    return aml_address_space(TAG_DWORD_ADDRESS, 4, RESOURCE_MEMORY,
                             min_fixed | max_fixed | dec,
                             read_and_write | cacheable << 1, addr_gran,
                             addr_min, addr_max, addr_trans, len);
}

Aml *aml_qword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write,
                      uint64_t addr_gran, uint64_t addr_min,
                      uint64_t addr_max, uint64_t addr_trans,
                      uint64_t len)
{
    return aml_address_space(TAG_QWORD_ADDRESS, 8, RESOURCE_MEMORY,
                             min_fixed | max_fixed | dec,
                             read_and_write | cacheable << 1, addr_gran,
                             addr_min, addr_max, addr_trans, len);
}
