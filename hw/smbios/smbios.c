/*
 * SMBIOS: which structures the machine has, in which order, and their anchor.
 *
 * Read first: include/hw/firmware/smbios.h.  Read next: smbios-tables.c,
 * smbios-opts.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/error.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "sysemu/sysemu.h"
#include "smbios_build.h"

#define SMBIOS_21_MAX_TABLES_LEN UINT16_MAX

/* Memory is told in pieces of this size, as if there were so many DIMMs. */
#define SMBIOS_MAX_DIMM_SIZE (16 * GiB)

#define SMBIOS_DEFAULT_CPU_SPEED 2000

SmbiosFields smbios_fields = {
    .ep_type = SMBIOS_ENTRY_POINT_TYPE_32,
    .type4.max_speed = SMBIOS_DEFAULT_CPU_SPEED,
    .type4.current_speed = SMBIOS_DEFAULT_CPU_SPEED,
    .type8 = QTAILQ_HEAD_INITIALIZER(smbios_fields.type8),
    .type41 = QTAILQ_HEAD_INITIALIZER(smbios_fields.type41),
};

void smbios_set_cpuid(uint32_t version, uint32_t features)
{
    smbios_fields.cpuid_version = version;
    smbios_fields.cpuid_features = features;
}

static void smbios_set_default(const char **field, const char *value)
{
    if (!*field) {
        *field = value;
    }
}

void smbios_set_defaults(const char *manufacturer, const char *product,
                         const char *version, bool legacy_mode,
                         bool uuid_encoded, SmbiosEntryPointType ep_type)
{
    SmbiosFields *f = &smbios_fields;

    assert(!legacy_mode);
    f->uuid_encoded = uuid_encoded;
    f->ep_type = ep_type;

    smbios_set_default(&f->type1.manufacturer, manufacturer);
    smbios_set_default(&f->type1.product, product);
    smbios_set_default(&f->type1.version, version);
    smbios_set_default(&f->type2.manufacturer, manufacturer);
    smbios_set_default(&f->type2.product, product);
    smbios_set_default(&f->type2.version, version);
    smbios_set_default(&f->type3.manufacturer, manufacturer);
    smbios_set_default(&f->type3.version, version);
    smbios_set_default(&f->type4.sock_pfx, "CPU");
    smbios_set_default(&f->type4.manufacturer, manufacturer);
    smbios_set_default(&f->type4.version, version);
    smbios_set_default(&f->type17.loc_pfx, "DIMM");
    smbios_set_default(&f->type17.manufacturer, manufacturer);
}

/* Is it ours to build?  Types 0 and 2 only if the user said something. */
static bool smbios_builds(unsigned type, bool required)
{
    return !test_bit(type, smbios_fields.have_binfile) &&
           (required || test_bit(type, smbios_fields.have_fields));
}

static void smbios_build_system(SmbiosChain *chain)
{
    if (smbios_builds(0, false)) {
        smbios_build_type_0(chain);
    }
    if (smbios_builds(1, true)) {
        smbios_build_type_1(chain);
    }
    if (smbios_builds(2, false)) {
        smbios_build_type_2(chain);
    }
    if (smbios_builds(3, true)) {
        smbios_build_type_3(chain);
    }
}

/* Operating systems count sockets by type 4: a file may not change that. */
static bool smbios_build_cpus(SmbiosChain *chain, const MachineState *ms,
                              Error **errp)
{
    unsigned count = smbios_fields.files_type4;

    if (smbios_builds(4, true)) {
        for (count = 0; count < ms->smp.sockets; count++) {
            smbios_build_type_4(chain, ms, count);
        }
    }
    if (count != ms->smp.sockets) {
        error_setg(errp, "Expected %d SMBIOS Type 4 tables, got %d instead",
                   ms->smp.sockets, count);
        return false;
    }
    return true;
}

static void smbios_build_memory(SmbiosChain *chain, const MachineState *ms,
                                const struct smbios_phys_mem_area *areas,
                                unsigned nr_areas)
{
    unsigned dimms = DIV_ROUND_UP(ms->ram_size, SMBIOS_MAX_DIMM_SIZE);
    unsigned room = SMBIOS_T19_BASE - SMBIOS_T17_BASE;
    unsigned offset = dimms > room ? dimms - room : 0;

    if (smbios_builds(16, true)) {
        smbios_build_type_16(chain, ms->ram_size, dimms);
    }
    if (smbios_builds(17, true)) {
        for (unsigned i = 0; i < dimms; i++) {
            uint64_t left = ms->ram_size - i * SMBIOS_MAX_DIMM_SIZE;

            smbios_build_type_17(chain, i, MIN(left, SMBIOS_MAX_DIMM_SIZE));
        }
    }
    if (smbios_builds(19, true)) {
        for (unsigned i = 0; i < nr_areas; i++) {
            smbios_build_type_19(chain, i, offset, &areas[i]);
        }
    }
}

static bool smbios_build_chain(SmbiosChain *chain, const MachineState *ms,
                               const struct smbios_phys_mem_area *mem_array,
                               unsigned mem_array_size, Error **errp)
{
    smbios_build_system(chain);
    if (!smbios_build_cpus(chain, ms, errp)) {
        return false;
    }
    if (smbios_builds(8, false)) {
        smbios_build_type_8(chain);
    }
    if (smbios_builds(11, false) && !smbios_build_type_11(chain, errp)) {
        return false;
    }
    smbios_build_memory(chain, ms, mem_array, mem_array_size);
    if (smbios_builds(32, true)) {
        smbios_build_type_32(chain);
    }
    if (smbios_builds(41, false) && !smbios_build_type_41(chain, errp)) {
        return false;
    }
    if (smbios_builds(127, true)) {
        smbios_build_type_127(chain);
    }
    if (smbios_fields.ep_type == SMBIOS_ENTRY_POINT_TYPE_32 &&
        chain->tables->len > SMBIOS_21_MAX_TABLES_LEN) {
        error_setg(errp, "SMBIOS 2.1 table length %u exceeds %d",
                   chain->tables->len, SMBIOS_21_MAX_TABLES_LEN);
        return false;
    }
    return true;
}

static size_t smbios_build_entry_point(const SmbiosChain *chain,
                                       SmbiosEntryPoint *ep)
{
    if (smbios_fields.ep_type == SMBIOS_ENTRY_POINT_TYPE_64) {
        ep->ep30 = (struct smbios_30_entry_point) {
            .anchor_string = { '_', 'S', 'M', '3', '_' },
            .length = sizeof(ep->ep30),
            .smbios_major_version = 3,
            .smbios_minor_version = 0,
            .entry_point_revision = 1,
            .structure_table_max_size = cpu_to_le32(chain->tables->len),
        };
        return sizeof(ep->ep30);
    }
    ep->ep21 = (struct smbios_21_entry_point) {
        .anchor_string = { '_', 'S', 'M', '_' },
        .length = sizeof(ep->ep21),
        .smbios_major_version = 2,
        .smbios_minor_version = 8,
        .max_structure_size = cpu_to_le16(chain->max),
        .intermediate_anchor_string = { '_', 'D', 'M', 'I', '_' },
        .structure_table_length = cpu_to_le16(chain->tables->len),
        .number_of_structures = cpu_to_le16(chain->count),
        .smbios_bcd_revision = 0x28,
    };
    return sizeof(ep->ep21);
}

void smbios_get_tables(MachineState *ms,
                       const struct smbios_phys_mem_area *mem_array,
                       const unsigned int mem_array_size,
                       uint8_t **tables, size_t *tables_len,
                       uint8_t **anchor, size_t *anchor_len,
                       Error **errp)
{
    SmbiosChain chain = {
        .tables = g_byte_array_new(),
        .max = smbios_fields.files_max,
        .count = smbios_fields.files_count,
    };
    SmbiosEntryPoint ep;

    *tables = *anchor = NULL;
    *tables_len = *anchor_len = 0;

    /* The user's structures come first. */
    if (smbios_fields.files) {
        g_byte_array_append(chain.tables, smbios_fields.files->data,
                            smbios_fields.files->len);
    }
    if (!smbios_build_chain(&chain, ms, mem_array, mem_array_size, errp)) {
        g_byte_array_unref(chain.tables);
        return;
    }
    *anchor_len = smbios_build_entry_point(&chain, &ep);
    *anchor = g_memdup2(&ep, *anchor_len);
    *tables_len = chain.tables->len;
    *tables = g_byte_array_free(chain.tables, false);
}
