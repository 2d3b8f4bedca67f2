/*
 * Caches that CPUID tells of.
 *
 * Real caches are the host's business; guests want to see some, and some sizes
 * that fit the model.  Old models say different things in different leaves,
 * and have to for ever ("legacy-cache"); later ones come with tables.
 *
 * Specification: SDM volume 2, CPUID leaves 2 and 4; APM volume 3, appendix
 * E, leaves 0x8000_0005, 0x8000_0006 and 0x8000_001d.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "cpu-internal.h"
#include "qemu/units.h"

/* What is the same in all of these */

#define CACHE(lvl, kind, bytes, ways, line, ...) \
    &(CPUCacheInfo) { \
        .level = (lvl), .type = (kind), .size = (bytes), \
        .associativity = (ways), .line_size = (line), .partitions = 1, \
        .sets = (bytes) / ((ways) * (line)), __VA_ARGS__ \
    }

#define FULL_ASSOC 0xff

const CPUCaches x86_legacy_cache_info_cpuid2 = {
    .l1d_cache = CACHE(1, DATA_CACHE, 32 * KiB, 8, 64),
    .l1i_cache = CACHE(1, INSTRUCTION_CACHE, 32 * KiB, 8, 64),
    .l2_cache = CACHE(2, UNIFIED_CACHE, 2 * MiB, 8, 64),
    .l3_cache = CACHE(3, UNIFIED_CACHE, 16 * MiB, 16, 64, .lines_per_tag = 1,
                      .self_init = true, .inclusive = true,
                      .complex_indexing = true),
};

const CPUCaches x86_legacy_cache_info_cpuid4 = {
    .l1d_cache = CACHE(1, DATA_CACHE, 32 * KiB, 8, 64, .self_init = true,
                       .no_invd_sharing = true),
    .l1i_cache = CACHE(1, INSTRUCTION_CACHE, 32 * KiB, 8, 64,
                       .self_init = true, .no_invd_sharing = true),
    .l2_cache = CACHE(2, UNIFIED_CACHE, 4 * MiB, 16, 64, .self_init = true,
                      .no_invd_sharing = true),
    .l3_cache = CACHE(3, UNIFIED_CACHE, 16 * MiB, 16, 64, .lines_per_tag = 1,
                      .self_init = true, .inclusive = true,
                      .complex_indexing = true),
};

const CPUCaches x86_legacy_cache_info_amd = {
    .l1d_cache = CACHE(1, DATA_CACHE, 64 * KiB, 2, 64, .lines_per_tag = 1,
                       .self_init = true, .no_invd_sharing = true),
    .l1i_cache = CACHE(1, INSTRUCTION_CACHE, 64 * KiB, 2, 64,
                       .lines_per_tag = 1, .self_init = true,
                       .no_invd_sharing = true),
    .l2_cache = CACHE(2, UNIFIED_CACHE, 512 * KiB, 16, 64,
                      .lines_per_tag = 1),
    .l3_cache = CACHE(3, UNIFIED_CACHE, 16 * MiB, 16, 64, .lines_per_tag = 1,
                      .self_init = true, .inclusive = true,
                      .complex_indexing = true),
};

const CPUCaches epyc_cache_info = {
    .l1d_cache = CACHE(1, DATA_CACHE, 32 * KiB, 8, 64, .lines_per_tag = 1,
                       .self_init = true, .no_invd_sharing = true),
    .l1i_cache = CACHE(1, INSTRUCTION_CACHE, 64 * KiB, 4, 64,
                       .lines_per_tag = 1, .self_init = true,
                       .no_invd_sharing = true),
    .l2_cache = CACHE(2, UNIFIED_CACHE, 512 * KiB, 8, 64, .lines_per_tag = 1),
    .l3_cache = CACHE(3, UNIFIED_CACHE, 8 * MiB, 16, 64, .lines_per_tag = 1,
                      .self_init = true, .inclusive = true,
                      .complex_indexing = true),
};

const CPUCaches epyc_rome_cache_info = {
    .l1d_cache = CACHE(1, DATA_CACHE, 32 * KiB, 8, 64, .lines_per_tag = 1,
                       .self_init = true, .no_invd_sharing = true),
    .l1i_cache = CACHE(1, INSTRUCTION_CACHE, 32 * KiB, 8, 64,
                       .lines_per_tag = 1, .self_init = true,
                       .no_invd_sharing = true),
    .l2_cache = CACHE(2, UNIFIED_CACHE, 512 * KiB, 8, 64, .lines_per_tag = 1),
    .l3_cache = CACHE(3, UNIFIED_CACHE, 16 * MiB, 16, 64, .lines_per_tag = 1,
                      .self_init = true, .inclusive = true,
                      .complex_indexing = true),
};

const CPUCaches epyc_milan_cache_info = {
    .l1d_cache = CACHE(1, DATA_CACHE, 32 * KiB, 8, 64, .lines_per_tag = 1,
                       .self_init = true, .no_invd_sharing = true),
    .l1i_cache = CACHE(1, INSTRUCTION_CACHE, 32 * KiB, 8, 64,
                       .lines_per_tag = 1, .self_init = true,
                       .no_invd_sharing = true),
    .l2_cache = CACHE(2, UNIFIED_CACHE, 512 * KiB, 8, 64, .lines_per_tag = 1),
    .l3_cache = CACHE(3, UNIFIED_CACHE, 32 * MiB, 16, 64, .lines_per_tag = 1,
                      .self_init = true, .inclusive = true,
                      .complex_indexing = true),
};

/* Leaf 2: one byte stands for a kind of cache */

/* SDM volume 2, table 3-12; of two for the same cache, the one in use. */
static const struct {
    uint8_t byte;
    enum CacheType type;
    uint8_t level;
    uint32_t size;
    uint8_t associativity;
} cpuid2_cache_descriptors[] = {
    { 0x06, INSTRUCTION_CACHE, 1, 8 * KiB, 4 },
    { 0x08, INSTRUCTION_CACHE, 1, 16 * KiB, 4 },
    { 0x0a, DATA_CACHE, 1, 8 * KiB, 2 },
    { 0x0c, DATA_CACHE, 1, 16 * KiB, 4 },
    { 0x0e, DATA_CACHE, 1, 24 * KiB, 6 },
    { 0x1d, UNIFIED_CACHE, 2, 128 * KiB, 2 },
    { 0x21, UNIFIED_CACHE, 2, 256 * KiB, 8 },
    { 0x24, UNIFIED_CACHE, 2, 1 * MiB, 16 },
    { 0x2c, DATA_CACHE, 1, 32 * KiB, 8 },
    { 0x30, INSTRUCTION_CACHE, 1, 32 * KiB, 8 },
    { 0x46, UNIFIED_CACHE, 3, 4 * MiB, 4 },
    { 0x47, UNIFIED_CACHE, 3, 8 * MiB, 8 },
    { 0x48, UNIFIED_CACHE, 2, 3 * MiB, 12 },
    { 0x4a, UNIFIED_CACHE, 3, 6 * MiB, 12 },
    { 0x4b, UNIFIED_CACHE, 3, 8 * MiB, 16 },
    { 0x4c, UNIFIED_CACHE, 3, 12 * MiB, 12 },
    { 0x4d, UNIFIED_CACHE, 3, 16 * MiB, 16 },
    { 0x4e, UNIFIED_CACHE, 2, 6 * MiB, 24 },
    { 0x60, DATA_CACHE, 1, 16 * KiB, 8 },
    { 0x66, DATA_CACHE, 1, 8 * KiB, 4 },
    { 0x68, DATA_CACHE, 1, 32 * KiB, 4 },
    { 0x78, UNIFIED_CACHE, 2, 1 * MiB, 4 },
    { 0x7c, UNIFIED_CACHE, 2, 1 * MiB, 8 },
    { 0x7d, UNIFIED_CACHE, 2, 2 * MiB, 8 },
    { 0x7f, UNIFIED_CACHE, 2, 512 * KiB, 2 },
    { 0x80, UNIFIED_CACHE, 2, 512 * KiB, 8 },
    { 0x86, UNIFIED_CACHE, 2, 512 * KiB, 4 },
    { 0xd0, UNIFIED_CACHE, 3, 512 * KiB, 4 },
    { 0xd1, UNIFIED_CACHE, 3, 1 * MiB, 4 },
    { 0xd2, UNIFIED_CACHE, 3, 2 * MiB, 4 },
    { 0xd6, UNIFIED_CACHE, 3, 1 * MiB, 8 },
    { 0xd7, UNIFIED_CACHE, 3, 2 * MiB, 8 },
    { 0xd8, UNIFIED_CACHE, 3, 4 * MiB, 8 },
    { 0xe2, UNIFIED_CACHE, 3, 2 * MiB, 16 },
    { 0xe3, UNIFIED_CACHE, 3, 4 * MiB, 16 },
    { 0xea, UNIFIED_CACHE, 3, 12 * MiB, 24 },
    { 0xeb, UNIFIED_CACHE, 3, 18 * MiB, 24 },
    { 0xec, UNIFIED_CACHE, 3, 24 * MiB, 24 },
};

/* "Leaf 4 has it", for what has no byte. */
#define CACHE_DESCRIPTOR_UNAVAILABLE 0xff

uint32_t cpuid2_cache_descriptor(const CPUCacheInfo *cache)
{
    for (size_t i = 0; i < ARRAY_SIZE(cpuid2_cache_descriptors); i++) {
        if (cpuid2_cache_descriptors[i].level == cache->level &&
            cpuid2_cache_descriptors[i].type == cache->type &&
            cpuid2_cache_descriptors[i].size == cache->size &&
            cpuid2_cache_descriptors[i].associativity ==
            cache->associativity) {
            return cpuid2_cache_descriptors[i].byte;
        }
    }
    return CACHE_DESCRIPTOR_UNAVAILABLE;
}

/* Leaf 4, and 0x8000_001d, which has the same form */

void encode_cache_cpuid4(const CPUCacheInfo *cache, int num_apic_ids,
                         int num_cores, uint32_t *eax, uint32_t *ebx,
                         uint32_t *ecx, uint32_t *edx)
{
    static const uint8_t types[] = {
        [DATA_CACHE] = 1, [INSTRUCTION_CACHE] = 2, [UNIFIED_CACHE] = 3,
    };

    assert(num_apic_ids > 0);
    *eax = types[cache->type] | cache->level << 5 |
           (cache->self_init ? 1 << 8 : 0) |
           (num_cores ? (num_cores - 1) << 26 : 0) |
           (num_apic_ids - 1) << 14;
    *ebx = (cache->line_size - 1) | (cache->partitions - 1) << 12 |
           (cache->associativity - 1) << 22;
    *ecx = cache->sets - 1;
    *edx = (cache->no_invd_sharing ? 1 << 0 : 0) |
           (cache->inclusive ? 1 << 1 : 0) |
           (cache->complex_indexing ? 1 << 2 : 0);
}

/* AMD's leaves 0x8000_0005 and 0x8000_0006 */

uint32_t encode_cache_cpuid80000005(const CPUCacheInfo *cache)
{
    return (cache->size / 1024) << 24 | cache->associativity << 16 |
           cache->lines_per_tag << 8 | cache->line_size;
}

/* APM volume 3, appendix E.4.5: four bits for the associativity. */
static uint32_t amd_enc_assoc(int ways)
{
    switch (ways) {
    case 0: case 1: case 2:
        return ways;
    case 4:
        return 0x4;
    case 8:
        return 0x6;
    case 16:
        return 0x8;
    case 32:
        return 0xa;
    case 48:
        return 0xb;
    case 64:
        return 0xc;
    case 96:
        return 0xd;
    case 128:
        return 0xe;
    case FULL_ASSOC:
        return 0xf;
    default:
        return 0;
    }
}

void encode_cache_cpuid80000006(const CPUCacheInfo *l2, const CPUCacheInfo *l3,
                                uint32_t *ecx, uint32_t *edx)
{
    *ecx = (l2->size / 1024) << 16 | amd_enc_assoc(l2->associativity) << 12 |
           l2->lines_per_tag << 8 | l2->line_size;
    *edx = 0;
    if (l3) {
        *edx = (l3->size / (512 * 1024)) << 18 |
               amd_enc_assoc(l3->associativity) << 12 |
               l3->lines_per_tag << 8 | l3->line_size;
    }
}
