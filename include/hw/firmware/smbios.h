/*
 * SMBIOS: what the machine says it is made of.
 *
 * A chain of structures, each with a type, its length and a handle by which
 * others refer to it, followed by the strings that it names by number, and a
 * NUL more:
 *
 *     +------+--------+--------+--------------------+----------------+---+
 *     | type | length | handle | the type's fields  | "QEMU\0pc...\0"| 0 |
 *     +------+--------+--------+--------------------+----------------+---+
 *                                 a string field holds 1, 2, ... or 0: none
 *
 * An anchor, the entry point, says where the chain is and how long; operating
 * systems look for it between 0xf0000 and 0xfffff.  Firmware gets both by
 * fw_cfg, "etc/smbios/smbios-tables" and "etc/smbios/smbios-anchor", places
 * them, and puts address and checksums into the anchor.
 *
 * The board says what it is (smbios_set_defaults), the user something else
 * (-smbios), and when all devices are there the chain is built
 * (smbios_get_tables).
 *
 * Specification: DMTF DSP0134, System Management BIOS 2.8 and 3.0; the numbers
 * of sections below are those of its chapter 7, by type.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_SMBIOS_H
#define QEMU_SMBIOS_H

#include "qapi/qapi-types-machine.h"
#include "qemu/option.h"

#define SMBIOS_MAX_TYPE 127     /* what is beyond belongs to the makers */

/* A range of RAM, in bytes. */
struct smbios_phys_mem_area {
    uint64_t address;
    uint64_t length;
};

/* Entry points, section 5.2.  Checksums and the address are firmware's. */

struct smbios_21_entry_point {
    uint8_t anchor_string[4];
    uint8_t checksum;
    uint8_t length;
    uint8_t smbios_major_version;
    uint8_t smbios_minor_version;
    uint16_t max_structure_size;
    uint8_t entry_point_revision;
    uint8_t formatted_area[5];
    uint8_t intermediate_anchor_string[5];
    uint8_t intermediate_checksum;
    uint16_t structure_table_length;
    uint32_t structure_table_address;
    uint16_t number_of_structures;
    uint8_t smbios_bcd_revision;
} QEMU_PACKED;

struct smbios_30_entry_point {
    uint8_t anchor_string[5];
    uint8_t checksum;
    uint8_t length;
    uint8_t smbios_major_version;
    uint8_t smbios_minor_version;
    uint8_t smbios_doc_rev;
    uint8_t entry_point_revision;
    uint8_t reserved;
    uint32_t structure_table_max_size;
    uint64_t structure_table_address;
} QEMU_PACKED;

typedef union SmbiosEntryPoint {
    struct smbios_21_entry_point ep21;
    struct smbios_30_entry_point ep30;
} QEMU_PACKED SmbiosEntryPoint;

/* Structures; all numbers little endian, strings by their number. */

struct smbios_structure_header {
    uint8_t type;
    uint8_t length;             /* without the strings */
    uint16_t handle;
} QEMU_PACKED;

/* BIOS information */
struct smbios_type_0 {
    struct smbios_structure_header header;
    uint8_t vendor_str;
    uint8_t bios_version_str;
    uint16_t bios_starting_address_segment;
    uint8_t bios_release_date_str;
    uint8_t bios_rom_size;
    uint64_t bios_characteristics;
    uint8_t bios_characteristics_extension_bytes[2];
    uint8_t system_bios_major_release;
    uint8_t system_bios_minor_release;
    uint8_t embedded_controller_major_release;
    uint8_t embedded_controller_minor_release;
} QEMU_PACKED;

/* The first three fields of @uuid are little endian since version 2.6. */
struct smbios_uuid {
    uint32_t time_low;
    uint16_t time_mid;
    uint16_t time_hi_and_version;
    uint8_t clock_seq_hi_and_reserved;
    uint8_t clock_seq_low;
    uint8_t node[6];
} QEMU_PACKED;

/* System information */
struct smbios_type_1 {
    struct smbios_structure_header header;
    uint8_t manufacturer_str;
    uint8_t product_name_str;
    uint8_t version_str;
    uint8_t serial_number_str;
    struct smbios_uuid uuid;
    uint8_t wake_up_type;
    uint8_t sku_number_str;
    uint8_t family_str;
} QEMU_PACKED;

/* Baseboard information */
struct smbios_type_2 {
    struct smbios_structure_header header;
    uint8_t manufacturer_str;
    uint8_t product_str;
    uint8_t version_str;
    uint8_t serial_number_str;
    uint8_t asset_tag_number_str;
    uint8_t feature_flags;
    uint8_t location_str;
    uint16_t chassis_handle;
    uint8_t board_type;
    uint8_t contained_element_count;
} QEMU_PACKED;

/* System enclosure or chassis */
struct smbios_type_3 {
    struct smbios_structure_header header;
    uint8_t manufacturer_str;
    uint8_t type;
    uint8_t version_str;
    uint8_t serial_number_str;
    uint8_t asset_tag_number_str;
    uint8_t boot_up_state;
    uint8_t power_supply_state;
    uint8_t thermal_state;
    uint8_t security_status;
    uint32_t oem_defined;
    uint8_t height;
    uint8_t number_of_power_cords;
    uint8_t contained_element_count;
    uint8_t contained_element_record_length;
    uint8_t sku_number_str;
} QEMU_PACKED;

/* Processor information; the last three fields are version 3.0's. */
struct smbios_type_4 {
    struct smbios_structure_header header;
    uint8_t socket_designation_str;
    uint8_t processor_type;
    uint8_t processor_family;
    uint8_t processor_manufacturer_str;
    uint32_t processor_id[2];
    uint8_t processor_version_str;
    uint8_t voltage;
    uint16_t external_clock;
    uint16_t max_speed;
    uint16_t current_speed;
    uint8_t status;
    uint8_t processor_upgrade;
    uint16_t l1_cache_handle;
    uint16_t l2_cache_handle;
    uint16_t l3_cache_handle;
    uint8_t serial_number_str;
    uint8_t asset_tag_number_str;
    uint8_t part_number_str;
    uint8_t core_count;
    uint8_t core_enabled;
    uint8_t thread_count;
    uint16_t processor_characteristics;
    uint16_t processor_family2;
    uint16_t core_count2;
    uint16_t core_enabled2;
    uint16_t thread_count2;
} QEMU_PACKED;

/* Port connector information */
struct smbios_type_8 {
    struct smbios_structure_header header;
    uint8_t internal_reference_str;
    uint8_t internal_connector_type;
    uint8_t external_reference_str;
    uint8_t external_connector_type;
    uint8_t port_type;
} QEMU_PACKED;

/* OEM strings */
struct smbios_type_11 {
    struct smbios_structure_header header;
    uint8_t count;
} QEMU_PACKED;

/* Physical memory array */
struct smbios_type_16 {
    struct smbios_structure_header header;
    uint8_t location;
    uint8_t use;
    uint8_t error_correction;
    uint32_t maximum_capacity;          /* KiB */
    uint16_t memory_error_information_handle;
    uint16_t number_of_memory_devices;
    uint64_t extended_maximum_capacity; /* bytes */
} QEMU_PACKED;

/* Memory device */
struct smbios_type_17 {
    struct smbios_structure_header header;
    uint16_t physical_memory_array_handle;
    uint16_t memory_error_information_handle;
    uint16_t total_width;
    uint16_t data_width;
    uint16_t size;                      /* MiB */
    uint8_t form_factor;
    uint8_t device_set;
    uint8_t device_locator_str;
    uint8_t bank_locator_str;
    uint8_t memory_type;
    uint16_t type_detail;
    uint16_t speed;
    uint8_t manufacturer_str;
    uint8_t serial_number_str;
    uint8_t asset_tag_number_str;
    uint8_t part_number_str;
    uint8_t attributes;
    uint32_t extended_size;
    uint16_t configured_clock_speed;
    uint16_t minimum_voltage;
    uint16_t maximum_voltage;
    uint16_t configured_voltage;
} QEMU_PACKED;

/* Memory array mapped address */
struct smbios_type_19 {
    struct smbios_structure_header header;
    uint32_t starting_address;          /* KiB */
    uint32_t ending_address;
    uint16_t memory_array_handle;
    uint8_t partition_width;
    uint64_t extended_starting_address; /* bytes */
    uint64_t extended_ending_address;
} QEMU_PACKED;

/* System boot information */
struct smbios_type_32 {
    struct smbios_structure_header header;
    uint8_t reserved[6];
    uint8_t boot_status;
} QEMU_PACKED;

/* Onboard devices extended information */
struct smbios_type_41 {
    struct smbios_structure_header header;
    uint8_t reference_designation_str;
    uint8_t device_type;
    uint8_t device_type_instance;
    uint16_t segment_group_number;
    uint8_t bus_number;
    uint8_t device_number;              /* with the function */
} QEMU_PACKED;

/* End of the chain */
struct smbios_type_127 {
    struct smbios_structure_header header;
} QEMU_PACKED;

/*
 * smbios_entry_add: take one -smbios option, a file or the fields of a type.
 * With an error nothing is taken.
 */
void smbios_entry_add(QemuOpts *opts, Error **errp);

/* smbios_set_cpuid: leaf 1 of the CPUs, EAX and EDX, for type 4. */
void smbios_set_cpuid(uint32_t version, uint32_t features);

/*
 * smbios_set_defaults: what the board is called, where the user is silent.
 * The strings must stay.
 * @legacy_mode: hand firmware fields instead of tables; no board here does
 * @uuid_encoded: the UUID's first fields are little endian
 */
void smbios_set_defaults(const char *manufacturer, const char *product,
                         const char *version, bool legacy_mode,
                         bool uuid_encoded, SmbiosEntryPointType ep_type);

/*
 * smbios_get_tables: build the chain and its anchor.
 * @mem_array: where RAM is
 * @tables, @anchor: the caller's, to free with g_free(); NULL after an error
 *
 * To be called when all CPUs and devices of the command line are there.
 */
void smbios_get_tables(MachineState *ms,
                       const struct smbios_phys_mem_area *mem_array,
                       const unsigned int mem_array_size,
                       uint8_t **tables, size_t *tables_len,
                       uint8_t **anchor, size_t *anchor_len,
                       Error **errp);

#endif
