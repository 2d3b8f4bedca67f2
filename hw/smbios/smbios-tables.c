/*
 * SMBIOS: the structures, one function each.
 *
 * Read first: include/hw/firmware/smbios.h, smbios_build.h.
 *
 * DSP0134 2.8, chapter 7.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-core.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qemu/uuid.h"
#include "sysemu/sysemu.h"
#include "smbios_build.h"

/* Handles: the type in the upper byte, but for the types that are many. */
#define SMBIOS_T0_BASE   0x000
#define SMBIOS_T1_BASE   0x100
#define SMBIOS_T2_BASE   0x200
#define SMBIOS_T3_BASE   0x300
#define SMBIOS_T4_BASE   0x400
#define SMBIOS_T8_BASE   0x000
#define SMBIOS_T11_BASE  0xe00
#define SMBIOS_T16_BASE  0x1000
#define SMBIOS_T32_BASE  0x2000
#define SMBIOS_T41_BASE  0x2900
#define SMBIOS_T127_BASE 0x7f00

#define SMBIOS_NO_HANDLE     0xffff     /* of a cache that is not described */
#define SMBIOS_NO_ERROR_INFO 0xfffe
#define SMBIOS_UNKNOWN       2          /* in most enumerations */

/* A structure's strings while they are collected. */
typedef struct SmbiosStrings {
    GByteArray *bytes;
    unsigned count;
} SmbiosStrings;

static SmbiosStrings smbios_strings_new(void)
{
    return (SmbiosStrings) { .bytes = g_byte_array_new() };
}

/* Returns the string's number; 0 if there is none. */
static uint8_t smbios_add_string(SmbiosStrings *strings, const char *s)
{
    if (!s || !*s) {
        return 0;
    }
    g_byte_array_append(strings->bytes, (const uint8_t *)s, strlen(s) + 1);
    return ++strings->count;
}

static struct smbios_structure_header smbios_header(uint8_t type,
                                                    uint8_t length,
                                                    uint16_t handle)
{
    return (struct smbios_structure_header) {
        .type = type,
        .length = length,
        .handle = cpu_to_le16(handle),
    };
}

/* Append structure @t with its strings, which are gone then. */
static void smbios_append(SmbiosChain *chain, const void *t,
                          SmbiosStrings *strings)
{
    const struct smbios_structure_header *header = t;
    unsigned start = chain->tables->len;

    g_byte_array_append(chain->tables, t, header->length);
    g_byte_array_append(chain->tables, strings->bytes->data,
                        strings->bytes->len);
    /* The set of strings ends with a NUL, and an empty one has two. */
    g_byte_array_append(chain->tables, (const uint8_t *)"\0",
                        strings->count ? 1 : 2);
    g_byte_array_unref(strings->bytes);

    chain->max = MAX(chain->max, chain->tables->len - start);
    chain->count++;
}

void smbios_build_type_0(SmbiosChain *chain)
{
    SmbiosStrings strings = smbios_strings_new();
    struct smbios_type_0 t = {
        .header = smbios_header(0, sizeof(t), SMBIOS_T0_BASE),
        .bios_starting_address_segment = cpu_to_le16(0xe800),
        .bios_characteristics = cpu_to_le64(1 << 3),    /* none are told */
        .bios_characteristics_extension_bytes = {
            0,
            1 << 2 |                                    /* for network boot */
            smbios_fields.type0.uefi << 3 |
            1 << 4,                                     /* a virtual machine */
        },
        .system_bios_major_release = smbios_fields.type0.major,
        .system_bios_minor_release = smbios_fields.type0.minor,
        .embedded_controller_major_release = 0xff,      /* there is none */
        .embedded_controller_minor_release = 0xff,
    };

    t.vendor_str = smbios_add_string(&strings, smbios_fields.type0.vendor);
    t.bios_version_str = smbios_add_string(&strings,
                                           smbios_fields.type0.version);
    t.bios_release_date_str = smbios_add_string(&strings,
                                                smbios_fields.type0.date);
    smbios_append(chain, &t, &strings);
}

static struct smbios_uuid smbios_encode_uuid(const QemuUUID *in)
{
    QemuUUID encoded = smbios_fields.uuid_encoded ? qemu_uuid_bswap(*in) : *in;
    struct smbios_uuid out;

    QEMU_BUILD_BUG_ON(sizeof(out) != sizeof(encoded));
    memcpy(&out, &encoded, sizeof(out));
    return out;
}

void smbios_build_type_1(SmbiosChain *chain)
{
    SmbiosStrings strings = smbios_strings_new();
    struct smbios_type_1 t = {
        .header = smbios_header(1, sizeof(t), SMBIOS_T1_BASE),
        .wake_up_type = 6,      /* power switch */
    };

    t.manufacturer_str = smbios_add_string(&strings,
                                           smbios_fields.type1.manufacturer);
    t.product_name_str = smbios_add_string(&strings,
                                           smbios_fields.type1.product);
    t.version_str = smbios_add_string(&strings, smbios_fields.type1.version);
    t.serial_number_str = smbios_add_string(&strings,
                                            smbios_fields.type1.serial);
    if (qemu_uuid_set) {
        t.uuid = smbios_encode_uuid(&qemu_uuid);
    }
    t.sku_number_str = smbios_add_string(&strings, smbios_fields.type1.sku);
    t.family_str = smbios_add_string(&strings, smbios_fields.type1.family);
    smbios_append(chain, &t, &strings);
}

void smbios_build_type_2(SmbiosChain *chain)
{
    SmbiosStrings strings = smbios_strings_new();
    struct smbios_type_2 t = {
        .header = smbios_header(2, sizeof(t), SMBIOS_T2_BASE),
        .feature_flags = 1,     /* hosts processors */
        .chassis_handle = cpu_to_le16(SMBIOS_T3_BASE),
        .board_type = 0x0a,     /* a motherboard */
    };

    t.manufacturer_str = smbios_add_string(&strings,
                                           smbios_fields.type2.manufacturer);
    t.product_str = smbios_add_string(&strings, smbios_fields.type2.product);
    t.version_str = smbios_add_string(&strings, smbios_fields.type2.version);
    t.serial_number_str = smbios_add_string(&strings,
                                            smbios_fields.type2.serial);
    t.asset_tag_number_str = smbios_add_string(&strings,
                                               smbios_fields.type2.asset);
    t.location_str = smbios_add_string(&strings, smbios_fields.type2.location);
    smbios_append(chain, &t, &strings);
}

void smbios_build_type_3(SmbiosChain *chain)
{
    SmbiosStrings strings = smbios_strings_new();
    struct smbios_type_3 t = {
        .header = smbios_header(3, sizeof(t), SMBIOS_T3_BASE),
        .type = 1,              /* other */
        .boot_up_state = 3,     /* safe */
        .power_supply_state = 3,
        .thermal_state = 3,
        .security_status = SMBIOS_UNKNOWN,
    };

    t.manufacturer_str = smbios_add_string(&strings,
                                           smbios_fields.type3.manufacturer);
    t.version_str = smbios_add_string(&strings, smbios_fields.type3.version);
    t.serial_number_str = smbios_add_string(&strings,
                                            smbios_fields.type3.serial);
    t.asset_tag_number_str = smbios_add_string(&strings,
                                               smbios_fields.type3.asset);
    t.sku_number_str = smbios_add_string(&strings, smbios_fields.type3.sku);
    smbios_append(chain, &t, &strings);
}

/* One per socket.  Counts too large for a byte are 255 there. */
void smbios_build_type_4(SmbiosChain *chain, const MachineState *ms,
                         unsigned instance)
{
    SmbiosStrings strings = smbios_strings_new();
    unsigned threads = ms->smp.max_cpus / ms->smp.sockets;
    unsigned cores = threads / ms->smp.threads;
    uint64_t id = smbios_fields.type4.processor_id;
    g_autofree char *socket = g_strdup_printf("%s%2x",
                                              smbios_fields.type4.sock_pfx,
                                              instance);
    bool v3 = smbios_fields.ep_type == SMBIOS_ENTRY_POINT_TYPE_64;
    struct smbios_type_4 t = {
        .header = smbios_header(4, v3 ? sizeof(t)
                                      : offsetof(struct smbios_type_4,
                                                 core_count2),
                                SMBIOS_T4_BASE + instance),
        .processor_type = 3,    /* a central processor */
        .processor_family = 1,  /* other */
        .max_speed = cpu_to_le16(smbios_fields.type4.max_speed),
        .current_speed = cpu_to_le16(smbios_fields.type4.current_speed),
        .status = 0x41,         /* the socket is populated, the CPU enabled */
        .processor_upgrade = 1, /* other */
        .l1_cache_handle = cpu_to_le16(SMBIOS_NO_HANDLE),
        .l2_cache_handle = cpu_to_le16(SMBIOS_NO_HANDLE),
        .l3_cache_handle = cpu_to_le16(SMBIOS_NO_HANDLE),
        .core_count = MIN(cores, 255),
        .core_enabled = MIN(cores, 255),
        .thread_count = MIN(threads, 255),
        .processor_characteristics = cpu_to_le16(SMBIOS_UNKNOWN),
        .processor_family2 = cpu_to_le16(1),
        .core_count2 = cpu_to_le16(cores),
        .core_enabled2 = cpu_to_le16(cores),
        .thread_count2 = cpu_to_le16(threads),
    };

    t.socket_designation_str = smbios_add_string(&strings, socket);
    t.processor_manufacturer_str =
        smbios_add_string(&strings, smbios_fields.type4.manufacturer);
    t.processor_id[0] = cpu_to_le32(id ?: smbios_fields.cpuid_version);
    t.processor_id[1] = cpu_to_le32(id ? id >> 32
                                       : smbios_fields.cpuid_features);
    t.processor_version_str = smbios_add_string(&strings,
                                                smbios_fields.type4.version);
    t.serial_number_str = smbios_add_string(&strings,
                                            smbios_fields.type4.serial);
    t.asset_tag_number_str = smbios_add_string(&strings,
                                               smbios_fields.type4.asset);
    t.part_number_str = smbios_add_string(&strings, smbios_fields.type4.part);
    smbios_append(chain, &t, &strings);
}

/* Nothing is known of the connector inside but its name. */
void smbios_build_type_8(SmbiosChain *chain)
{
    struct type8_instance *t8;
    unsigned instance = 0;

    QTAILQ_FOREACH(t8, &smbios_fields.type8, next) {
        SmbiosStrings strings = smbios_strings_new();
        struct smbios_type_8 t = {
            .header = smbios_header(8, sizeof(t), SMBIOS_T8_BASE + instance++),
            .external_connector_type = t8->connector_type,
            .port_type = t8->port_type,
        };

        t.internal_reference_str = smbios_add_string(&strings,
                                                     t8->internal_reference);
        t.external_reference_str = smbios_add_string(&strings,
                                                     t8->external_reference);
        smbios_append(chain, &t, &strings);
    }
}

bool smbios_build_type_11(SmbiosChain *chain, Error **errp)
{
    SmbiosStrings strings;
    struct smbios_type_11 t = {
        .header = smbios_header(11, sizeof(t), SMBIOS_T11_BASE),
    };

    if (!smbios_fields.type11 || smbios_fields.type11->len == 0) {
        return true;
    }
    if (smbios_fields.type11->len > UINT8_MAX) {
        error_setg(errp, "SMBIOS type 11 holds at most %d strings, these are "
                   "%u", UINT8_MAX, smbios_fields.type11->len);
        return false;
    }
    strings = smbios_strings_new();
    for (unsigned i = 0; i < smbios_fields.type11->len; i++) {
        smbios_add_string(&strings,
                          g_ptr_array_index(smbios_fields.type11, i));
    }
    t.count = smbios_fields.type11->len;
    smbios_append(chain, &t, &strings);
    return true;
}

#define SMBIOS_MAX_CAPACITY (2 * TiB)   /* from here on, the extended one */

void smbios_build_type_16(SmbiosChain *chain, uint64_t ram_size,
                          unsigned dimms)
{
    SmbiosStrings strings = smbios_strings_new();
    bool extended = ram_size >= SMBIOS_MAX_CAPACITY;
    struct smbios_type_16 t = {
        .header = smbios_header(16, sizeof(t), SMBIOS_T16_BASE),
        .location = 1,          /* other */
        .use = 3,               /* system memory */
        .error_correction = 6,  /* of several bits */
        .maximum_capacity = cpu_to_le32(extended
                                        ? SMBIOS_MAX_CAPACITY / KiB
                                        : DIV_ROUND_UP(ram_size, KiB)),
        .memory_error_information_handle = cpu_to_le16(SMBIOS_NO_ERROR_INFO),
        .number_of_memory_devices = cpu_to_le16(dimms),
        .extended_maximum_capacity = cpu_to_le64(extended ? ram_size : 0),
    };

    smbios_append(chain, &t, &strings);
}

/* @size is far from what would need the extended field. */
void smbios_build_type_17(SmbiosChain *chain, unsigned instance, uint64_t size)
{
    SmbiosStrings strings = smbios_strings_new();
    g_autofree char *locator = g_strdup_printf("%s %d",
                                               smbios_fields.type17.loc_pfx,
                                               instance);
    struct smbios_type_17 t = {
        .header = smbios_header(17, sizeof(t), SMBIOS_T17_BASE + instance),
        .physical_memory_array_handle = cpu_to_le16(SMBIOS_T16_BASE),
        .memory_error_information_handle = cpu_to_le16(SMBIOS_NO_ERROR_INFO),
        .total_width = cpu_to_le16(0xffff),     /* unknown */
        .data_width = cpu_to_le16(0xffff),
        .size = cpu_to_le16(DIV_ROUND_UP(size, MiB)),
        .form_factor = 9,                       /* DIMM */
        .memory_type = 7,                       /* RAM */
        .type_detail = cpu_to_le16(1 << 1),     /* other */
        .speed = cpu_to_le16(smbios_fields.type17.speed),
        .configured_clock_speed = cpu_to_le16(smbios_fields.type17.speed),
    };

    t.device_locator_str = smbios_add_string(&strings, locator);
    t.bank_locator_str = smbios_add_string(&strings, smbios_fields.type17.bank);
    t.manufacturer_str = smbios_add_string(&strings,
                                           smbios_fields.type17.manufacturer);
    t.serial_number_str = smbios_add_string(&strings,
                                            smbios_fields.type17.serial);
    t.asset_tag_number_str = smbios_add_string(&strings,
                                               smbios_fields.type17.asset);
    t.part_number_str = smbios_add_string(&strings, smbios_fields.type17.part);
    smbios_append(chain, &t, &strings);
}

/* Addresses are in KiB as long as they fit, and both ends of one kind. */
void smbios_build_type_19(SmbiosChain *chain, unsigned instance,
                          unsigned offset,
                          const struct smbios_phys_mem_area *area)
{
    SmbiosStrings strings = smbios_strings_new();
    uint64_t end = area->address + area->length - 1;
    bool extended = end / KiB >= UINT32_MAX;
    struct smbios_type_19 t = {
        .header = smbios_header(19, sizeof(t),
                                SMBIOS_T19_BASE + offset + instance),
        .starting_address = cpu_to_le32(extended ? UINT32_MAX
                                                 : area->address / KiB),
        .ending_address = cpu_to_le32(extended ? UINT32_MAX : end / KiB),
        .memory_array_handle = cpu_to_le16(SMBIOS_T16_BASE),
        .partition_width = 1,
        .extended_starting_address = cpu_to_le64(extended ? area->address : 0),
        .extended_ending_address = cpu_to_le64(extended ? end : 0),
    };

    smbios_append(chain, &t, &strings);
}

void smbios_build_type_32(SmbiosChain *chain)
{
    SmbiosStrings strings = smbios_strings_new();
    struct smbios_type_32 t = {
        .header = smbios_header(32, sizeof(t), SMBIOS_T32_BASE),
        .boot_status = 0,       /* no error */
    };

    smbios_append(chain, &t, &strings);
}

static bool smbios_type_41_address(struct smbios_type_41 *t,
                                   const struct type41_instance *t41,
                                   Error **errp)
{
    PCIDevice *pdev = NULL;

    if (pci_qdev_find_device(t41->pcidev, &pdev) != 0) {
        error_setg(errp, "No PCI device %s for SMBIOS type 41 entry %s",
                   t41->pcidev, t41->designation);
        return false;
    }
    /* Firmware numbers the buses behind bridges, and that is yet to come. */
    if (!pci_bus_is_root(pci_get_bus(pdev))) {
        error_setg(errp, "Cannot create type 41 entry for PCI device %s: "
                   "not attached to the root bus", t41->pcidev);
        return false;
    }
    t->segment_group_number = cpu_to_le16(0);
    t->bus_number = pci_dev_bus_num(pdev);
    t->device_number = pdev->devfn;
    return true;
}

bool smbios_build_type_41(SmbiosChain *chain, Error **errp)
{
    struct type41_instance *t41;
    unsigned instance = 0;

    QTAILQ_FOREACH(t41, &smbios_fields.type41, next) {
        SmbiosStrings strings;
        struct smbios_type_41 t = {
            .header = smbios_header(41, sizeof(t),
                                    SMBIOS_T41_BASE + instance++),
            .device_type = 0x80 | t41->kind,    /* enabled */
            .device_type_instance = t41->instance,
        };

        if (t41->pcidev && *t41->pcidev &&
            !smbios_type_41_address(&t, t41, errp)) {
            return false;
        }
        strings = smbios_strings_new();
        t.reference_designation_str = smbios_add_string(&strings,
                                                        t41->designation);
        smbios_append(chain, &t, &strings);
    }
    return true;
}

void smbios_build_type_127(SmbiosChain *chain)
{
    SmbiosStrings strings = smbios_strings_new();
    struct smbios_type_127 t = {
        .header = smbios_header(127, sizeof(t), SMBIOS_T127_BASE),
    };

    smbios_append(chain, &t, &strings);
}
