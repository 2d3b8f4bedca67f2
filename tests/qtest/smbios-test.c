/*
 * SMBIOS: the tables that firmware gets by fw_cfg, walked as an operating system
 * does.
 *
 * Expected bytes were read from QEMU 7.2 by a guest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/firmware/smbios.h"
#include "libqos/fw_cfg.h"
#include "libqtest.h"
#include "qemu/bswap.h"

typedef struct SmbiosTest {
    QTestState *qts;
    SmbiosEntryPoint ep;
    size_t ep_len;
    uint8_t tables[4096];
    size_t len;
} SmbiosTest;

static void smbios_read(SmbiosTest *t)
{
    QFWCFG *fw_cfg = pc_fw_cfg_init(t->qts);

    t->ep_len = qfw_cfg_get_file(fw_cfg, "etc/smbios/smbios-anchor", &t->ep,
                                 sizeof(t->ep));
    t->len = qfw_cfg_get_file(fw_cfg, "etc/smbios/smbios-tables", t->tables,
                              sizeof(t->tables));
    g_assert_cmpuint(t->ep_len, >, 0);
    g_assert_cmpuint(t->len, <=, sizeof(t->tables));
    pc_fw_cfg_uninit(fw_cfg);
}

static void smbios_start(SmbiosTest *t, const char *args)
{
    memset(t, 0, sizeof(*t));
    t->qts = qtest_initf("-machine pc -nodefaults %s", args);
    smbios_read(t);
}

static void smbios_stop(SmbiosTest *t)
{
    qtest_quit(t->qts);
}

/* The strings end with an empty one; without any there are two NULs. */
static const uint8_t *smbios_next(const SmbiosTest *t, const uint8_t *p)
{
    const uint8_t *end = t->tables + t->len;

    p += p[1];
    while (p + 1 < end && (p[0] || p[1])) {
        p++;
    }
    g_assert_true(p + 2 <= end);
    return p + 2;
}

/* The @nth structure of @type, counted from 0; NULL: none. */
static const void *smbios_find(const SmbiosTest *t, uint8_t type, unsigned nth)
{
    const uint8_t *p = t->tables;

    while (p < t->tables + t->len) {
        if (p[0] == type && nth-- == 0) {
            return p;
        }
        p = smbios_next(t, p);
    }
    return NULL;
}

static void smbios_check_string(const void *structure, uint8_t n,
                                const char *want)
{
    const char *s = (const char *)structure + ((const uint8_t *)structure)[1];

    if (!want) {
        g_assert_cmpuint(n, ==, 0);
        return;
    }
    g_assert_cmpuint(n, >, 0);
    while (--n) {
        s += strlen(s) + 1;
    }
    g_assert_cmpstr(s, ==, want);
}

/* Which structures there are, in order, and that the anchor counts them. */
static void test_defaults(void)
{
    static const uint8_t types[] = { 1, 3, 4, 16, 17, 19, 32, 127 };
    const struct smbios_type_1 *t1;
    const struct smbios_21_entry_point *ep;
    const uint8_t *p;
    SmbiosTest t;
    size_t longest = 0;

    smbios_start(&t, "");
    p = t.tables;
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        const uint8_t *next = smbios_next(&t, p);

        g_assert_cmpuint(p[0], ==, types[i]);
        g_assert_cmphex(lduw_le_p(p + 2) & ~0xff, ==, types[i] << 8);
        longest = MAX(longest, next - p);
        p = next;
    }
    g_assert_true(p == t.tables + t.len);

    ep = &t.ep.ep21;
    g_assert_cmpuint(t.ep_len, ==, sizeof(*ep));
    g_assert_cmpmem(ep->anchor_string, 4, "_SM_", 4);
    g_assert_cmpmem(ep->intermediate_anchor_string, 5, "_DMI_", 5);
    g_assert_cmpuint(ep->length, ==, 0x1f);
    g_assert_cmpuint(ep->smbios_major_version, ==, 2);
    g_assert_cmpuint(ep->smbios_minor_version, ==, 8);
    g_assert_cmpuint(le16_to_cpu(ep->max_structure_size), ==, longest);
    g_assert_cmpuint(le16_to_cpu(ep->structure_table_length), ==, t.len);
    g_assert_cmpuint(le16_to_cpu(ep->number_of_structures), ==,
                     ARRAY_SIZE(types));
    /* Firmware's. */
    g_assert_cmpuint(ep->checksum, ==, 0);
    g_assert_cmpuint(ep->intermediate_checksum, ==, 0);
    g_assert_cmpuint(le32_to_cpu(ep->structure_table_address), ==, 0);

    t1 = smbios_find(&t, 1, 0);
    smbios_check_string(t1, t1->manufacturer_str, "QEMU");
    smbios_check_string(t1, t1->product_name_str,
                        "Standard PC (i440FX + PIIX, 1996)");
    smbios_check_string(t1, t1->version_str, "pc-i440fx-7.2");
    smbios_check_string(t1, t1->serial_number_str, NULL);
    smbios_stop(&t);
}

/* Version 3 has another anchor, and more of each processor. */
static void test_entry_point_64(void)
{
    const struct smbios_30_entry_point *ep;
    const struct smbios_type_4 *t4;
    SmbiosTest t;

    smbios_start(&t, "-machine smbios-entry-point-type=64 "
                     "-smp 4,sockets=1,cores=2,threads=2");
    ep = &t.ep.ep30;
    g_assert_cmpuint(t.ep_len, ==, sizeof(*ep));
    g_assert_cmpmem(ep->anchor_string, 5, "_SM3_", 5);
    g_assert_cmpuint(ep->length, ==, 0x18);
    g_assert_cmpuint(ep->smbios_major_version, ==, 3);
    g_assert_cmpuint(le32_to_cpu(ep->structure_table_max_size), ==, t.len);
    t4 = smbios_find(&t, 4, 0);
    g_assert_cmpuint(t4->header.length, ==, sizeof(*t4));
    g_assert_cmpuint(le16_to_cpu(t4->core_count2), ==, 2);
    g_assert_cmpuint(le16_to_cpu(t4->thread_count2), ==, 4);
    smbios_stop(&t);
}

static void test_processors(void)
{
    const struct smbios_type_4 *t4;
    SmbiosTest t;

    smbios_start(&t, "-smp 3,sockets=2,dies=2,cores=2,maxcpus=8 "
                     "-smbios type=4,serial=x,max-speed=3000");
    for (unsigned i = 0; i < 2; i++) {
        t4 = smbios_find(&t, 4, i);
        g_assert_nonnull(t4);
        g_assert_cmphex(le16_to_cpu(t4->header.handle), ==, 0x400 + i);
        g_assert_cmpuint(t4->header.length, ==, 0x2a);
        smbios_check_string(t4, t4->socket_designation_str,
                            i ? "CPU 1" : "CPU 0");
        smbios_check_string(t4, t4->serial_number_str, "x");
        g_assert_cmpuint(t4->core_count, ==, 4);
        g_assert_cmpuint(t4->thread_count, ==, 4);
        g_assert_cmpuint(le16_to_cpu(t4->max_speed), ==, 3000);
        g_assert_cmpuint(le16_to_cpu(t4->current_speed), ==, 2000);
    }
    g_assert_null(smbios_find(&t, 4, 2));
    smbios_stop(&t);
}

/* DIMMs of at most 16 GiB; the ranges are those of the map of memory. */
static void test_memory(void)
{
    const struct smbios_type_16 *t16;
    const struct smbios_type_17 *t17;
    const struct smbios_type_19 *t19;
    SmbiosTest t;

    smbios_start(&t, "-object memory-backend-memfd,id=ram,size=20G,"
                     "reserve=off -machine memory-backend=ram "
                     "-smbios type=17,loc_pfx=L,speed=1234");
    t16 = smbios_find(&t, 16, 0);
    g_assert_cmphex(le32_to_cpu(t16->maximum_capacity), ==, 20 << 20);
    g_assert_cmpuint(le16_to_cpu(t16->number_of_memory_devices), ==, 2);

    t17 = smbios_find(&t, 17, 0);
    g_assert_cmphex(le16_to_cpu(t17->size), ==, 0x4000);
    smbios_check_string(t17, t17->device_locator_str, "L 0");
    t17 = smbios_find(&t, 17, 1);
    g_assert_cmphex(le16_to_cpu(t17->size), ==, 0x1000);
    g_assert_cmphex(le16_to_cpu(t17->header.handle), ==, 0x1101);
    g_assert_cmpuint(le16_to_cpu(t17->speed), ==, 1234);
    smbios_check_string(t17, t17->device_locator_str, "L 1");

    t19 = smbios_find(&t, 19, 0);
    g_assert_cmphex(le32_to_cpu(t19->starting_address), ==, 0);
    g_assert_cmphex(le32_to_cpu(t19->ending_address), ==, 0x2fffff);
    t19 = smbios_find(&t, 19, 1);
    g_assert_cmphex(le32_to_cpu(t19->starting_address), ==, 0x400000);
    g_assert_cmphex(le32_to_cpu(t19->ending_address), ==, 0x14fffff);
    g_assert_null(smbios_find(&t, 19, 2));
    smbios_stop(&t);
}

/* What several options say adds up; types 0 and 2 come if they are named. */
static void test_fields(void)
{
    static const uint8_t uuid[16] = {
        0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
        0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
    };
    const struct smbios_type_0 *t0;
    const struct smbios_type_1 *t1;
    const struct smbios_type_2 *t2;
    SmbiosTest t;
    QDict *rsp;

    smbios_start(&t, "-smbios type=0,vendor=V,release=4.5,uefi=on "
                     "-smbios type=1,serial=a,sku=K -smbios type=1,serial=b,"
                     "uuid=00112233-4455-6677-8899-aabbccddeeff "
                     "-smbios type=2,location=L");
    t0 = smbios_find(&t, 0, 0);
    g_assert_true((const uint8_t *)t0 == t.tables);
    smbios_check_string(t0, t0->vendor_str, "V");
    smbios_check_string(t0, t0->bios_version_str, NULL);
    g_assert_cmpuint(t0->system_bios_major_release, ==, 4);
    g_assert_cmpuint(t0->system_bios_minor_release, ==, 5);
    g_assert_cmphex(t0->bios_characteristics_extension_bytes[1], ==, 0x1c);

    t1 = smbios_find(&t, 1, 0);
    smbios_check_string(t1, t1->serial_number_str, "b");
    smbios_check_string(t1, t1->sku_number_str, "K");
    g_assert_cmpmem(&t1->uuid, 16, uuid, 16);

    t2 = smbios_find(&t, 2, 0);
    smbios_check_string(t2, t2->manufacturer_str, "QEMU");
    smbios_check_string(t2, t2->location_str, "L");

    /* It is the machine's. */
    rsp = qtest_qmp(t.qts, "{'execute': 'query-uuid'}");
    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(rsp, "return"), "UUID"), ==,
                    "00112233-4455-6677-8899-aabbccddeeff");
    qobject_unref(rsp);
    smbios_stop(&t);
}

/* Those that may come several times. */
static void test_lists(void)
{
    const struct smbios_type_8 *t8;
    const struct smbios_type_11 *t11;
    const struct smbios_type_41 *t41;
    g_autofree char *path = NULL, *args = NULL;
    SmbiosTest t;
    int fd = g_file_open_tmp("smbios-XXXXXX", &path, NULL);

    g_assert_cmpint(write(fd, "two\nlines", 9), ==, 9);
    close(fd);
    args = g_strdup_printf("-device tally,id=dev,addr=5 "
        "-smbios type=8,internal_reference=I,external_reference=E,"
        "connector_type=3,port_type=4 -smbios type=8 "
        "-smbios type=11,value=a,path=%s,value=b -smbios type=11,value=c "
        "-smbios type=41,designation=D,kind=ethernet,instance=3,pcidev=dev "
        "-smbios type=41", path);
    smbios_start(&t, args);

    t8 = smbios_find(&t, 8, 0);
    smbios_check_string(t8, t8->internal_reference_str, "I");
    smbios_check_string(t8, t8->external_reference_str, "E");
    g_assert_cmpuint(t8->external_connector_type, ==, 3);
    g_assert_cmpuint(t8->port_type, ==, 4);
    t8 = smbios_find(&t, 8, 1);
    smbios_check_string(t8, t8->external_reference_str, NULL);

    t11 = smbios_find(&t, 11, 0);
    g_assert_cmpuint(t11->count, ==, 4);
    smbios_check_string(t11, 1, "a");
    smbios_check_string(t11, 2, "two\nlines");
    smbios_check_string(t11, 3, "b");
    smbios_check_string(t11, 4, "c");

    t41 = smbios_find(&t, 41, 0);
    smbios_check_string(t41, t41->reference_designation_str, "D");
    g_assert_cmphex(t41->device_type, ==, 0x85);
    g_assert_cmpuint(t41->device_type_instance, ==, 3);
    g_assert_cmphex(t41->device_number, ==, 5 << 3);
    t41 = smbios_find(&t, 41, 1);
    g_assert_cmphex(t41->device_type, ==, 0x81);
    g_assert_cmpuint(t41->device_type_instance, ==, 1);
    smbios_stop(&t);
    unlink(path);
}

/* A file's structure takes the place of ours, and comes first. */
static void test_file(void)
{
    static const uint8_t type1[] = {
        1, 27, 0, 1, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
        15, 16, 6, 0, 0, 'M', 'a', 'k', 'e', 'r', 0, 0,
    };
    g_autofree char *path = NULL, *args = NULL;
    SmbiosTest t;
    int fd = g_file_open_tmp("smbios-XXXXXX", &path, NULL);

    g_assert_cmpint(write(fd, type1, sizeof(type1)), ==, sizeof(type1));
    close(fd);
    args = g_strdup_printf("-smbios file=%s", path);
    smbios_start(&t, args);
    g_assert_cmpmem(t.tables, sizeof(type1), type1, sizeof(type1));
    g_assert_null(smbios_find(&t, 1, 1));
    g_assert_cmpuint(le16_to_cpu(t.ep.ep21.number_of_structures), ==, 8);
    smbios_stop(&t);
    unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);

    qtest_add_func("/smbios/defaults", test_defaults);
    qtest_add_func("/smbios/entry-point-64", test_entry_point_64);
    qtest_add_func("/smbios/processors", test_processors);
    qtest_add_func("/smbios/memory", test_memory);
    qtest_add_func("/smbios/fields", test_fields);
    qtest_add_func("/smbios/lists", test_lists);
    qtest_add_func("/smbios/file", test_file);

    return g_test_run();
}
