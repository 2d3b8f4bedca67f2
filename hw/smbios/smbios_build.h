/*
 * What the files of hw/smbios share: the user's fields, and the chain while it
 * is built.
 *
 *     smbios-opts.c     -smbios: fills in smbios_fields
 *     smbios-tables.c   smbios_fields and the machine: the structures
 *     smbios.c          which of them, in which order, and the anchor
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_SMBIOS_BUILD_H
#define QEMU_SMBIOS_BUILD_H

#include "hw/boards.h"
#include "hw/firmware/smbios.h"
#include "qemu/bitmap.h"

/* Type 8, 11 and 41 may be given several times: a list, in that order. */

struct type8_instance {
    const char *internal_reference, *external_reference;
    uint8_t connector_type, port_type;
    QTAILQ_ENTRY(type8_instance) next;
};

struct type41_instance {
    const char *designation, *pcidev;
    uint8_t kind, instance;
    QTAILQ_ENTRY(type41_instance) next;
};

/*
 * Strings that are NULL or empty are not there.
 * @have_binfile, @have_fields: by type: given by a file, by fields
 * @files: the structures of the files, as they were
 * @files_max, @files_count: the longest of them, and how many
 */
typedef struct SmbiosFields {
    DECLARE_BITMAP(have_binfile, SMBIOS_MAX_TYPE + 1);
    DECLARE_BITMAP(have_fields, SMBIOS_MAX_TYPE + 1);
    GByteArray *files;
    unsigned files_max, files_count, files_type4;

    SmbiosEntryPointType ep_type;
    bool uuid_encoded;
    uint32_t cpuid_version, cpuid_features;

    struct {
        const char *vendor, *version, *date;
        bool uefi;
        uint8_t major, minor;
    } type0;
    struct {
        const char *manufacturer, *product, *version, *serial, *sku, *family;
    } type1;
    struct {
        const char *manufacturer, *product, *version, *serial, *asset,
                   *location;
    } type2;
    struct {
        const char *manufacturer, *version, *serial, *asset, *sku;
    } type3;
    struct {
        const char *sock_pfx, *manufacturer, *version, *serial, *asset, *part;
        uint64_t max_speed, current_speed, processor_id;
    } type4;
    GPtrArray *type11;
    struct {
        const char *loc_pfx, *bank, *manufacturer, *serial, *asset, *part;
        uint16_t speed;
    } type17;
    QTAILQ_HEAD(, type8_instance) type8;
    QTAILQ_HEAD(, type41_instance) type41;
} SmbiosFields;

extern SmbiosFields smbios_fields;

/* The chain: @max is the length of the longest structure, with its strings. */
typedef struct SmbiosChain {
    GByteArray *tables;
    unsigned max, count;
} SmbiosChain;

/*
 * smbios-tables.c: append structures.  @instance counts from 0 and is part of
 * the handle.
 */
void smbios_build_type_0(SmbiosChain *chain);
void smbios_build_type_1(SmbiosChain *chain);
void smbios_build_type_2(SmbiosChain *chain);
void smbios_build_type_3(SmbiosChain *chain);
void smbios_build_type_4(SmbiosChain *chain, const MachineState *ms,
                         unsigned instance);
void smbios_build_type_8(SmbiosChain *chain);
bool smbios_build_type_11(SmbiosChain *chain, Error **errp);
void smbios_build_type_16(SmbiosChain *chain, uint64_t ram_size,
                          unsigned dimms);
void smbios_build_type_17(SmbiosChain *chain, unsigned instance, uint64_t size);
void smbios_build_type_19(SmbiosChain *chain, unsigned instance,
                          unsigned offset,
                          const struct smbios_phys_mem_area *area);
void smbios_build_type_32(SmbiosChain *chain);
bool smbios_build_type_41(SmbiosChain *chain, Error **errp);
void smbios_build_type_127(SmbiosChain *chain);

/* Memory devices and ranges: the handles of the one end where the other's are. */
#define SMBIOS_T17_BASE 0x1100
#define SMBIOS_T19_BASE 0x1300

#endif
