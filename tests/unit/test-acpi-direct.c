/*
 * ACPI's tables in memory without firmware: what a kernel that is booted
 * directly finds there; and what AML's lengths and names look like.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/address-spaces.h"
#include "hw/acpi/aml-build.h"
#include "../../hw/i386/acpi-build.h"
#include "../../hw/i386/acpi-direct.h"
#include "qemu/bswap.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

#define TABLES      0x7fe0000
#define TABLES_SIZE 0x20000
#define RSDP        0x9fc00

static uint8_t guest_sum(hwaddr addr, uint32_t length)
{
    g_autofree uint8_t *data = g_malloc(length);
    uint8_t sum = 0;

    address_space_read(&address_space_memory, addr, MEMTXATTRS_UNSPECIFIED,
                       data, length);
    for (uint32_t i = 0; i < length; i++) {
        sum += data[i];
    }
    return sum;
}

static uint32_t guest_readl(hwaddr addr)
{
    return address_space_ldl_le(&address_space_memory, addr,
                                MEMTXATTRS_UNSPECIFIED, NULL);
}

static void check_placed_table(hwaddr addr, const char *sig)
{
    g_assert_cmphex(addr, >=, TABLES);
    g_assert_cmphex(addr, <, TABLES + TABLES_SIZE);
    g_assert_cmphex(guest_readl(addr), ==, ldl_le_p(sig));
    g_assert_cmphex(guest_sum(addr, guest_readl(addr + 4)), ==, 0);
}

/* From RSDP on all is there, and at the addresses that it says. */
static void test_place(void)
{
    hwaddr rsdt, fadt;

    g_assert_true(acpi_place_tables(acpi_build, TABLES, TABLES_SIZE, RSDP));
    g_assert_cmphex(guest_readl(RSDP), ==, ldl_le_p("RSD "));
    g_assert_cmphex(guest_sum(RSDP, 20), ==, 0);

    rsdt = guest_readl(RSDP + 16);
    check_placed_table(rsdt, "RSDT");
    fadt = guest_readl(rsdt + 36);
    check_placed_table(fadt, "FACP");
    check_placed_table(guest_readl(rsdt + 40), "APIC");
    check_placed_table(guest_readl(fadt + 40), "DSDT");
    g_assert_cmphex(guest_readl(guest_readl(fadt + 36)), ==, ldl_le_p("FACS"));
}

/* What does not fit is not written in part. */
static void test_too_small(void)
{
    uint32_t zero = 0;

    address_space_write(&address_space_memory, RSDP, MEMTXATTRS_UNSPECIFIED,
                        &zero, sizeof(zero));
    g_assert_false(acpi_place_tables(acpi_build, TABLES, 0x1000, RSDP));
    g_assert_cmphex(guest_readl(RSDP), ==, 0);
}

/* A term's bytes. */
static void check_aml(Aml *term, const char *bytes, size_t size)
{
    Aml *parent = aml_resource_template();

    aml_append(parent, term);
    g_assert_cmpmem(parent->buf->data, parent->buf->len, bytes, size);
}

static void test_aml_encoding(void)
{
    uint32_t irq = 9;
    Aml *term, *parent;

    init_aml_allocator();
    check_aml(aml_int(0), "\x00", 1);
    check_aml(aml_int(1), "\x01", 1);
    check_aml(aml_int(0xff), "\x0a\xff", 2);
    check_aml(aml_int(0x100), "\x0b\x00\x01", 3);
    check_aml(aml_int(0x12345678), "\x0c\x78\x56\x34\x12", 5);
    check_aml(aml_int(0x100000000), "\x0e\0\0\0\0\1\0\0\0", 9);

    check_aml(aml_name("\\"), "\\\0", 2);
    check_aml(aml_name("^S1"), "^S1__", 5);
    check_aml(aml_name("_SB.PCI0"), "\x2e_SB_PCI0", 9);
    check_aml(aml_name("\\_SB.PCI0.S08"), "\\\x2f\x03_SB_PCI0S08_", 15);
    check_aml(aml_eisaid("PNP0A03"), "\x0c\x41\xd0\x0a\x03", 5);

    /* The length counts itself; one byte says up to 63. */
    check_aml(aml_package(0), "\x12\x02\x00", 3);
    parent = aml_scope("A");
    for (int i = 0; i < 58; i++) {
        aml_append(parent, aml_int(0));
    }
    term = aml_resource_template();
    aml_append(term, parent);
    g_assert_cmphex((uint8_t)term->buf->data[1], ==, 63);
    aml_append(parent, aml_int(0));
    term = aml_resource_template();
    aml_append(term, parent);
    /* 65, in two bytes: 63 and they themselves. */
    g_assert_cmphex((uint8_t)term->buf->data[1], ==, 0x41);
    g_assert_cmphex((uint8_t)term->buf->data[2], ==, 0x04);

    /* A number of bits does not. */
    check_aml(aml_named_field("F", 63), "F___\x3f", 5);
    check_aml(aml_named_field("F", 64), "F___\x40\x04", 6);
    check_aml(aml_reserved_field(32), "\x00\x20", 2);

    check_aml(aml_interrupt(AML_CONSUMER, AML_LEVEL, AML_ACTIVE_HIGH,
                            AML_SHARED, &irq, 1),
              "\x89\x06\x00\x09\x01\x09\0\0\0", 9);
    check_aml(aml_memory32_fixed(0xfed00000, 0x400, AML_READ_ONLY),
              "\x86\x09\x00\x00\x00\x00\xd0\xfe\x00\x04\x00\x00", 12);
    free_aml_allocator();
}

int main(int argc, char **argv)
{
    static char *args[] = {
        (char *)"qemini", (char *)"-machine", (char *)"pc",
        (char *)"-accel", (char *)"qtest", (char *)"-nodefaults",
        (char *)"-display", (char *)"none", NULL
    };
    int ret;

    g_test_init(&argc, &argv, NULL);
    qemu_init(ARRAY_SIZE(args) - 1, args);
    g_test_add_func("/acpi-direct/place", test_place);
    g_test_add_func("/acpi-direct/too-small", test_too_small);
    g_test_add_func("/aml/encoding", test_aml_encoding);
    ret = g_test_run();
    qemu_cleanup();
    return ret;
}
