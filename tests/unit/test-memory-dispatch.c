/*
 * Dispatch: what a device's callbacks see of a guest's access
 *
 * The register file of these tests holds 16 bytes; it writes down each call.
 * Read include/exec/memory.h on MemoryRegionOps first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "memory-test.h"
#include "qemu/event_notifier.h"

typedef struct Registers {
    MemoryRegionOps ops;
    MemoryRegion mr;
    uint8_t bytes[16];
    GString *calls;
} Registers;

static uint64_t registers_read(void *opaque, hwaddr addr, unsigned size)
{
    Registers *r = opaque;

    g_string_append_printf(r->calls, "%sr%u@%" PRIx64, r->calls->len ? " " : "",
                           size, addr);
    return r->ops.endianness == DEVICE_BIG_ENDIAN
        ? ldn_be_p(r->bytes + addr, size) : ldn_le_p(r->bytes + addr, size);
}

static void registers_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    Registers *r = opaque;

    g_string_append_printf(r->calls, "%sw%u@%" PRIx64 "=%" PRIx64,
                           r->calls->len ? " " : "", size, addr, val);
    if (r->ops.endianness == DEVICE_BIG_ENDIAN) {
        stn_be_p(r->bytes + addr, size, val);
    } else {
        stn_le_p(r->bytes + addr, size, val);
    }
}

static void registers_start(Registers *r, MemoryTest *t,
                            enum device_endian endianness)
{
    memset(r, 0, sizeof(*r));
    r->ops.read = registers_read;
    r->ops.write = registers_write;
    r->ops.endianness = endianness;
    for (int i = 0; i < sizeof(r->bytes); i++) {
        r->bytes[i] = 0x10 + i;
    }
    r->calls = g_string_new("");
    memory_test_start(t);
    memory_region_init_io(&r->mr, NULL, &r->ops, r, "registers",
                          sizeof(r->bytes));
    memory_region_add_subregion(&t->root, 0x1000, &r->mr);
}

static void registers_stop(Registers *r, MemoryTest *t)
{
    memory_region_del_subregion(&t->root, &r->mr);
    memory_test_stop(t);
    memory_test_free(&r->mr);
    g_string_free(r->calls, TRUE);
}

static void registers_expect(Registers *r, const char *calls)
{
    g_assert_cmpstr(r->calls->str, ==, calls);
    g_string_truncate(r->calls, 0);
}

/* A device of 2-byte registers sees a 4-byte access as two of its own. */
static void test_split(void)
{
    MemoryTest t;
    Registers r;

    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    r.ops.impl.max_access_size = 2;
    g_assert_cmphex(ldl_le_phys(&t.as, 0x1004), ==, 0x17161514);
    registers_expect(&r, "r2@4 r2@6");
    stl_le_phys(&t.as, 0x1008, 0xaabbccdd);
    registers_expect(&r, "w2@8=ccdd w2@a=aabb");
    registers_stop(&r, &t);
}

/* A wider register is read once, and the bytes asked for are taken from it. */
static void test_widen(void)
{
    MemoryTest t;
    Registers r;

    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    r.ops.impl.min_access_size = 4;
    g_assert_cmphex(ldub_phys(&t.as, 0x1004), ==, 0x14);
    registers_expect(&r, "r4@4");
    stb_phys(&t.as, 0x1004, 0xee);
    registers_expect(&r, "w4@4=ee");
    registers_stop(&r, &t);
}

/*
 * All combinations: whatever the device implements and however it is wired,
 * memory order is memory order.
 */
static void test_split_table(void)
{
    static const enum device_endian wired[] = {
        DEVICE_NATIVE_ENDIAN, DEVICE_LITTLE_ENDIAN, DEVICE_BIG_ENDIAN,
    };

    for (int w = 0; w < ARRAY_SIZE(wired); w++) {
        for (unsigned max = 1; max <= 8; max *= 2) {
            for (unsigned size = 1; size <= 8; size *= 2) {
                MemoryTest t;
                Registers r;
                unsigned calls = MAX(1, size / max);
                uint8_t buf[8], want[8];
                unsigned spaces = 0;

                registers_start(&r, &t, wired[w]);
                r.ops.valid.min_access_size = 1;
                r.ops.valid.max_access_size = 8;
                r.ops.impl.max_access_size = max;

                address_space_read(&t.as, 0x1008, MEMTXATTRS_UNSPECIFIED,
                                   buf, size);
                g_assert_cmpmem(buf, size, r.bytes + 8, size);
                for (const char *c = r.calls->str; *c; c++) {
                    spaces += *c == ' ';
                }
                g_assert_cmpuint(spaces + 1, ==, calls);

                for (unsigned i = 0; i < size; i++) {
                    want[i] = 0xa0 + i;
                }
                address_space_write(&t.as, 0x1008, MEMTXATTRS_UNSPECIFIED,
                                    want, size);
                g_assert_cmpmem(r.bytes + 8, size, want, size);
                registers_stop(&r, &t);
            }
        }
    }
}

/* The number that a load gives depends on its own order and the device's. */
static void test_endianness(void)
{
    MemoryTest t;
    Registers r;

    registers_start(&r, &t, DEVICE_BIG_ENDIAN);
    g_assert_cmphex(ldl_be_phys(&t.as, 0x1000), ==, 0x10111213);
    g_assert_cmphex(ldl_le_phys(&t.as, 0x1000), ==, 0x13121110);
    g_assert_cmphex(lduw_be_phys(&t.as, 0x1002), ==, 0x1213);
    registers_stop(&r, &t);

    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    g_assert_cmphex(ldl_be_phys(&t.as, 0x1000), ==, 0x10111213);
    g_assert_cmphex(ldl_le_phys(&t.as, 0x1000), ==, 0x13121110);
    g_assert_cmphex(ldl_phys(&t.as, 0x1000), ==, 0x13121110);
    registers_stop(&r, &t);
}

/* What .valid does not allow never reaches the device; reads give zero. */
static void test_invalid(void)
{
    MemoryTest t;
    Registers r;
    MemTxResult res;

    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    r.ops.valid.min_access_size = 2;
    r.ops.valid.max_access_size = 4;

    g_assert_cmphex(address_space_ldub(&t.as, 0x1000, MEMTXATTRS_UNSPECIFIED,
                                       &res), ==, 0);
    g_assert_cmpuint(res, ==, MEMTX_DECODE_ERROR);
    address_space_stq_le(&t.as, 0x1000, 1, MEMTXATTRS_UNSPECIFIED, &res);
    g_assert_cmpuint(res, ==, MEMTX_DECODE_ERROR);
    address_space_ldl_le(&t.as, 0x1002, MEMTXATTRS_UNSPECIFIED, &res);
    g_assert_cmpuint(res, ==, MEMTX_DECODE_ERROR);
    registers_expect(&r, "");

    r.ops.valid.unaligned = true;
    r.ops.impl.unaligned = true;
    g_assert_cmphex(address_space_ldl_le(&t.as, 0x1002,
                                         MEMTXATTRS_UNSPECIFIED, &res),
                    ==, 0x15141312);
    g_assert_cmpuint(res, ==, MEMTX_OK);
    registers_expect(&r, "r4@2");
    registers_stop(&r, &t);
}

/*
 * .valid.unaligned says what a guest may do with one load, .impl.unaligned how
 * a longer transfer is cut.  A device with the second but not the first gets
 * pieces that it then refuses.
 */
static void test_unaligned(void)
{
    static const struct {
        bool valid, impl;
        const char *load, *transfer;
    } table[] = {
        { false, false, "", "r1@1 r2@2 r1@4" },
        { true, false, "r4@1", "r1@1 r2@2 r1@4" },
        { false, true, "", "" },
        { true, true, "r4@1", "r4@1" },
    };

    for (int i = 0; i < ARRAY_SIZE(table); i++) {
        MemTxResult res;
        uint8_t buf[4];
        MemoryTest t;
        Registers r;

        registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
        r.ops.valid.unaligned = table[i].valid;
        r.ops.impl.unaligned = table[i].impl;

        g_assert_cmphex(address_space_ldl_le(&t.as, 0x1001,
                                             MEMTXATTRS_UNSPECIFIED, &res),
                        ==, table[i].valid ? 0x14131211 : 0);
        g_assert_cmpuint(res, ==, table[i].valid ? MEMTX_OK
                                                 : MEMTX_DECODE_ERROR);
        registers_expect(&r, table[i].load);

        res = address_space_read(&t.as, 0x1001, MEMTXATTRS_UNSPECIFIED,
                                 buf, 4);
        g_assert_cmphex(ldl_le_p(buf), ==,
                        *table[i].transfer ? 0x14131211 : 0);
        g_assert_cmpuint(res, ==, *table[i].transfer ? MEMTX_OK
                                                     : MEMTX_DECODE_ERROR);
        registers_expect(&r, table[i].transfer);
        registers_stop(&r, &t);
    }
}

/* A long access goes in the largest pieces that the address allows. */
static void test_pieces(void)
{
    MemoryTest t;
    Registers r;
    uint8_t buf[7];

    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    address_space_read(&t.as, 0x1001, MEMTXATTRS_UNSPECIFIED, buf, 7);
    g_assert_cmpmem(buf, 7, r.bytes + 1, 7);
    registers_expect(&r, "r1@1 r2@2 r4@4");
    registers_stop(&r, &t);
}

static bool registers_accepts(void *opaque, hwaddr addr, unsigned size,
                              bool is_write, MemTxAttrs attrs)
{
    return !is_write && attrs.requester_id == 7;
}

/* A device may look at the access itself. */
static void test_accepts(void)
{
    MemTxAttrs seven = { .requester_id = 7 };
    MemoryTest t;
    Registers r;
    uint8_t byte;

    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    r.ops.valid.accepts = registers_accepts;
    g_assert_cmpuint(address_space_read(&t.as, 0x1000, seven, &byte, 1), ==,
                     MEMTX_OK);
    g_assert_cmpuint(address_space_write(&t.as, 0x1000, seven, &byte, 1), ==,
                     MEMTX_DECODE_ERROR);
    g_assert_cmpuint(address_space_read(&t.as, 0x1000, MEMTXATTRS_UNSPECIFIED,
                                        &byte, 1), ==, MEMTX_DECODE_ERROR);
    registers_stop(&r, &t);
}

static MemTxResult failing_read(void *opaque, hwaddr addr, uint64_t *data,
                                unsigned size, MemTxAttrs attrs)
{
    *data = addr;
    return addr == 2 ? MEMTX_ERROR : MEMTX_OK;
}

/* One part that fails makes the whole access fail; the others are done. */
static void test_with_attrs(void)
{
    static const MemoryRegionOps ops = {
        .read_with_attrs = failing_read,
        .endianness = DEVICE_LITTLE_ENDIAN,
        .impl.max_access_size = 1,
    };
    MemoryRegion mr;
    MemoryTest t;
    MemTxResult res;

    memory_test_start(&t);
    memory_region_init_io(&mr, NULL, &ops, NULL, "failing", 16);
    memory_region_add_subregion(&t.root, 0, &mr);
    g_assert_cmphex(address_space_ldl_le(&t.as, 0, MEMTXATTRS_UNSPECIFIED,
                                         &res), ==, 0x03020100);
    g_assert_cmpuint(res, ==, MEMTX_ERROR);
    g_assert_cmphex(address_space_ldl_le(&t.as, 4, MEMTXATTRS_UNSPECIFIED,
                                         &res), ==, 0x07060504);
    g_assert_cmpuint(res, ==, MEMTX_OK);
    memory_region_del_subregion(&t.root, &mr);
    memory_test_stop(&t);
    memory_test_free(&mr);
}

/* Where nobody is, reads give zero and a decode error. */
static void test_unassigned(void)
{
    MemoryTest t;
    uint32_t val = 0xffffffff;

    memory_test_start(&t);
    g_assert_cmpuint(address_space_read(&t.as, 0x123450, MEMTXATTRS_UNSPECIFIED,
                                        &val, 4), ==, MEMTX_DECODE_ERROR);
    g_assert_cmphex(val, ==, 0);
    g_assert_cmpuint(address_space_write(&t.as, UINT64_MAX - 3,
                                         MEMTXATTRS_UNSPECIFIED, &val, 4), ==,
                     MEMTX_DECODE_ERROR);
    memory_test_stop(&t);
}

/* An eventfd takes exactly the writes that it was registered for. */
static void test_eventfd(void)
{
    EventNotifier seven, any;
    MemoryTest t;
    Registers r;

    event_notifier_init(&seven, 0);
    event_notifier_init(&any, 0);
    registers_start(&r, &t, DEVICE_LITTLE_ENDIAN);
    memory_region_add_eventfd(&r.mr, 4, 2, true, 7, &seven);
    memory_region_add_eventfd(&r.mr, 8, 0, false, 0, &any);

    stw_le_phys(&t.as, 0x1004, 7);
    g_assert_true(event_notifier_test_and_clear(&seven));
    registers_expect(&r, "");

    stw_le_phys(&t.as, 0x1004, 8);          /* another value */
    stl_le_phys(&t.as, 0x1004, 7);          /* another size */
    registers_expect(&r, "w2@4=8 w4@4=7");
    g_assert_false(event_notifier_test_and_clear(&seven));

    stb_phys(&t.as, 0x1008, 1);             /* size 0: all sizes */
    stl_le_phys(&t.as, 0x1008, 2);
    registers_expect(&r, "");
    g_assert_true(event_notifier_test_and_clear(&any));

    memory_region_del_eventfd(&r.mr, 4, 2, true, 7, &seven);
    memory_region_del_eventfd(&r.mr, 8, 0, false, 0, &any);
    stw_le_phys(&t.as, 0x1004, 7);
    registers_expect(&r, "w2@4=7");
    registers_stop(&r, &t);
    event_notifier_cleanup(&seven);
    event_notifier_cleanup(&any);
}

/* A device whose DMA can be aimed at itself */

#define TYPE_OUROBOROS "test-ouroboros"
OBJECT_DECLARE_SIMPLE_TYPE(OuroborosState, OUROBOROS)

struct OuroborosState {
    DeviceState parent_obj;

    MemoryRegion mmio;
    AddressSpace *as;
    MemTxResult inner;
    unsigned depth;
    unsigned deepest;
};

static void ouroboros_write(void *opaque, hwaddr addr, uint64_t val,
                            unsigned size)
{
    OuroborosState *s = opaque;

    s->depth++;
    s->deepest = MAX(s->deepest, s->depth);
    if (s->depth < 3) {
        uint32_t word = 0;

        s->inner = address_space_write(s->as, val, MEMTXATTRS_UNSPECIFIED,
                                       &word, 4);
    }
    s->depth--;
}

static const MemoryRegionOps ouroboros_ops = {
    .write = ouroboros_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static const TypeInfo ouroboros_info = {
    .name = TYPE_OUROBOROS,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(OuroborosState),
};

/* Its second access, from inside the first, is refused and harmless. */
static void test_reentrancy(void)
{
    OuroborosState *s = OUROBOROS(qdev_new(TYPE_OUROBOROS));
    MemoryTest t;

    memory_test_start(&t);
    s->as = &t.as;
    memory_region_init_io(&s->mmio, OBJECT(s), &ouroboros_ops, s, "tail", 16);
    memory_region_add_subregion(&t.root, 0x1000, &s->mmio);

    stl_le_phys(&t.as, 0x1000, 0x1004);
    g_assert_cmpuint(s->inner, ==, MEMTX_ACCESS_ERROR);
    g_assert_cmpuint(s->deepest, ==, 1);

    /* The guard is off again, and a device may do without it. */
    s->deepest = 0;
    s->mmio.disable_reentrancy_guard = true;
    stl_le_phys(&t.as, 0x1000, 0x1004);
    g_assert_cmpuint(s->inner, ==, MEMTX_OK);
    g_assert_cmpuint(s->deepest, ==, 2);

    memory_region_del_subregion(&t.root, &s->mmio);
    memory_test_stop(&t);
    object_unref(OBJECT(s));
}

int main(int argc, char **argv)
{
    memory_test_init(&argc, &argv);
    type_register_static(&ouroboros_info);
    g_test_add_func("/memory/dispatch/split", test_split);
    g_test_add_func("/memory/dispatch/widen", test_widen);
    g_test_add_func("/memory/dispatch/split-table", test_split_table);
    g_test_add_func("/memory/dispatch/endianness", test_endianness);
    g_test_add_func("/memory/dispatch/invalid", test_invalid);
    g_test_add_func("/memory/dispatch/unaligned", test_unaligned);
    g_test_add_func("/memory/dispatch/pieces", test_pieces);
    g_test_add_func("/memory/dispatch/accepts", test_accepts);
    g_test_add_func("/memory/dispatch/with-attrs", test_with_attrs);
    g_test_add_func("/memory/dispatch/unassigned", test_unassigned);
    g_test_add_func("/memory/dispatch/eventfd", test_eventfd);
    g_test_add_func("/memory/dispatch/reentrancy", test_reentrancy);
    return g_test_run();
}
