/*
 * Building ACPI's tables, and the byte code (AML) in two of them.
 *
 * A term of AML is an Aml: aml_int(5), aml_method("_STA", ...).  What is built
 * from others is made by appending them, and ends with one append to the table:
 *
 *     Aml *dev = aml_device("COM1");
 *     aml_append(dev, aml_name_decl("_HID", aml_eisaid("PNP0501")));
 *     aml_append(scope, dev);
 *
 * An append copies, so that a child has to be complete by then, and may be
 * appended to several parents.  Nobody frees an Aml: all that was made since
 * init_aml_allocator() goes with free_aml_allocator().
 *
 * A table is a header and bytes, in a GArray of them: build_append_*().  A table
 * that has another's address cannot know it: firmware puts the tables somewhere
 * and then fills in addresses and checksums, by a script that is written
 * along with them (hw/acpi/bios-linker-loader.h).
 *
 *     who            builds                             calls
 *     hw/i386/       this board's tables and devices    aml_*, build_*
 *     aml-build.c    named objects, encodings
 *     aml-expr.c     operators, statements
 *     aml-resource.c what _CRS says
 *     acpi-tables.c  headers, RSDT, RSDP, FADT
 *
 * All of this belongs to the main thread, with the BQL held.
 *
 * ACPI specification 6.3: chapter 20 (AML), 6.4 (resources), 5.2 (tables).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ACPI_AML_BUILD_H
#define HW_ACPI_AML_BUILD_H

#include "hw/acpi/acpi-defs.h"
#include "hw/acpi/bios-linker-loader.h"

/* Who made the tables, unless the user says something else. */
#define ACPI_BUILD_APPNAME6 "BOCHS "
#define ACPI_BUILD_APPNAME8 "BXPC    "

/* The files in which firmware finds them. */
#define ACPI_BUILD_TABLE_FILE  "etc/acpi/tables"
#define ACPI_BUILD_RSDP_FILE   "etc/acpi/rsdp"
#define ACPI_BUILD_LOADER_FILE "etc/table-loader"

/* What aml_append() has to put around a term's bytes. */
typedef enum {
    AML_NO_OPCODE = 0,      /* nothing */
    AML_OPCODE,             /* the opcode */
    AML_PACKAGE,            /* the opcode and the length */
    AML_EXT_PACKAGE,        /* the same for an opcode of two bytes */
    AML_BUFFER,             /* the same, and the number of bytes */
    AML_RES_TEMPLATE,       /* the same, and the end tag */
} AmlBlockFlags;

struct Aml {
    GArray *buf;

    /*< private >*/
    uint8_t op;
    AmlBlockFlags block_flags;
};

typedef enum {
    AML_DECODE10 = 0,
    AML_DECODE16 = 1,
} AmlIODecode;

typedef enum {
    AML_ANY_ACC = 0,
    AML_BYTE_ACC = 1,
    AML_WORD_ACC = 2,
    AML_DWORD_ACC = 3,
    AML_QWORD_ACC = 4,
    AML_BUFFER_ACC = 5,
} AmlAccessType;

typedef enum {
    AML_NOLOCK = 0,
    AML_LOCK = 1,
} AmlLockRule;

typedef enum {
    AML_PRESERVE = 0,
    AML_WRITE_AS_ONES = 1,
    AML_WRITE_AS_ZEROS = 2,
} AmlUpdateRule;

typedef enum {
    AML_SYSTEM_MEMORY = 0,
    AML_SYSTEM_IO = 1,
    AML_PCI_CONFIG = 2,
} AmlRegionSpace;

typedef enum {
    AML_NOTSERIALIZED = 0,
    AML_SERIALIZED = 1,
} AmlSerializeFlag;

/* Of the general flags of an address space resource, 6.4.3.5. */
typedef enum {
    AML_MIN_FIXED = 1 << 2,
} AmlMinFixed;

typedef enum {
    AML_MAX_FIXED = 1 << 3,
} AmlMaxFixed;

typedef enum {
    AML_POS_DECODE = 0,
    AML_SUB_DECODE = 1 << 1,
} AmlDecode;

typedef enum {
    AML_PRODUCER = 0,
    AML_CONSUMER = 1,
} AmlConsumerAndProducer;

/* Which ports of a range a bridge hands on. */
typedef enum {
    AML_NON_ISA_ONLY = 1,
    AML_ISA_ONLY = 2,
    AML_ENTIRE_RANGE = 3,
} AmlISARanges;

typedef enum {
    AML_NON_CACHEABLE = 0,
    AML_CACHEABLE = 1,
    AML_WRITE_COMBINING = 2,
    AML_PREFETCHABLE = 3,
} AmlCacheable;

typedef enum {
    AML_READ_ONLY = 0,
    AML_READ_WRITE = 1,
} AmlReadAndWrite;

/* Of an interrupt, 6.4.3.6. */
typedef enum {
    AML_LEVEL = 0,
    AML_EDGE = 1,
} AmlLevelAndEdge;

typedef enum {
    AML_ACTIVE_HIGH = 0,
    AML_ACTIVE_LOW = 1,
} AmlActiveHighAndLow;

typedef enum {
    AML_EXCLUSIVE = 0,
    AML_SHARED = 1,
    AML_EXCLUSIVE_AND_WAKE = 2,
    AML_SHARED_AND_WAKE = 3,
} AmlShared;

/*
 * init_aml_allocator: begin to build.  Returns what to append to the DSDT: it
 * has no bytes of its own.
 */
Aml *init_aml_allocator(void);
/* free_aml_allocator: end it; every Aml is gone. */
void free_aml_allocator(void);

/* aml_append: put what @child is now behind all that @parent_ctx has. */
void aml_append(Aml *parent_ctx, Aml *child);

/*
 * Values.  Names are as in ASL, "\\_SB.PCI0" or "PRQ0": segments of up to four
 * characters.
 */
Aml *aml_name(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
Aml *aml_int(const uint64_t val);
Aml *aml_string(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
/* "PNP0C0F" as a number. */
Aml *aml_eisaid(const char *str);
/* "e5c937d0-3553-4d7a-9117-ea4d19c3434d" as a buffer. */
Aml *aml_touuid(const char *uuid);
/* @byte_list: @buffer_size bytes, or NULL: zeroes */
Aml *aml_buffer(int buffer_size, uint8_t *byte_list);
/* An array of @num_elements; what is appended fills it from the start. */
Aml *aml_package(uint8_t num_elements);
Aml *aml_arg(int pos);
Aml *aml_local(int num);

/* Named objects */
Aml *aml_name_decl(const char *name, Aml *val);
Aml *aml_scope(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
Aml *aml_device(const char *name_format, ...) G_GNUC_PRINTF(1, 2);
/* @pblk_addr, @pblk_len: the ports for its power states, if it has any */
Aml *aml_processor(uint8_t proc_id, uint32_t pblk_addr, uint8_t pblk_len,
                   const char *name_format, ...) G_GNUC_PRINTF(4, 5);
/* @arg_count: 0 to 7 */
Aml *aml_method(const char *name, int arg_count, AmlSerializeFlag sflag);
Aml *aml_mutex(const char *name, uint8_t sync_level);
/* @len: bytes from @offset on */
Aml *aml_operation_region(const char *name, AmlRegionSpace rs,
                          Aml *offset, uint32_t len);
/* The fields of region @name; append aml_named_field(), aml_reserved_field(). */
Aml *aml_field(const char *name, AmlAccessType type, AmlLockRule lock,
               AmlUpdateRule rule);
Aml *aml_named_field(const char *name, unsigned length_bits);
Aml *aml_reserved_field(unsigned length_bits);
/* @name is 32 bits of the buffer @srcbuf from byte @index on. */
Aml *aml_create_dword_field(Aml *srcbuf, Aml *index, const char *name);

/* Operators; @dst, if there is one, may be NULL. */
Aml *aml_store(Aml *val, Aml *target);
Aml *aml_add(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_subtract(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_and(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_or(Aml *arg1, Aml *arg2, Aml *dst);
Aml *aml_shiftleft(Aml *arg1, Aml *count);
Aml *aml_shiftright(Aml *arg1, Aml *count, Aml *dst);
Aml *aml_increment(Aml *arg);
Aml *aml_decrement(Aml *arg);
Aml *aml_land(Aml *arg1, Aml *arg2);
Aml *aml_lor(Aml *arg1, Aml *arg2);
Aml *aml_lnot(Aml *arg);
Aml *aml_equal(Aml *arg1, Aml *arg2);
Aml *aml_lgreater(Aml *arg1, Aml *arg2);
Aml *aml_lless(Aml *arg1, Aml *arg2);
Aml *aml_index(Aml *arg1, Aml *idx);
Aml *aml_derefof(Aml *arg);
Aml *aml_sizeof(Aml *arg);
Aml *aml_tobuffer(Aml *src, Aml *dst);
Aml *aml_tohexstring(Aml *src, Aml *dst);

/* Statements */
Aml *aml_if(Aml *predicate);
Aml *aml_else(void);            /* right behind an aml_if() */
Aml *aml_while(Aml *predicate);
Aml *aml_return(Aml *val);
Aml *aml_notify(Aml *arg1, Aml *arg2);
/* @timeout: in ms; 0xffff: for ever */
Aml *aml_acquire(Aml *mutex, uint16_t timeout);
Aml *aml_release(Aml *mutex);
Aml *aml_call0(const char *method);
Aml *aml_call1(const char *method, Aml *arg1);
Aml *aml_call2(const char *method, Aml *arg1, Aml *arg2);
Aml *aml_call4(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4);
Aml *aml_call5(const char *method, Aml *arg1, Aml *arg2, Aml *arg3, Aml *arg4,
               Aml *arg5);

/* Resources: append them to an aml_resource_template(). */
Aml *aml_resource_template(void);
Aml *aml_io(AmlIODecode dec, uint16_t min_base, uint16_t max_base,
            uint8_t aln, uint8_t len);
/* An ISA interrupt: edge triggered, active high, not shared. */
Aml *aml_irq_no_flags(uint8_t irq);
Aml *aml_interrupt(AmlConsumerAndProducer con_and_pro,
                   AmlLevelAndEdge level_and_edge,
                   AmlActiveHighAndLow high_and_low, AmlShared shared,
                   uint32_t *irq_list, uint8_t irq_count);
Aml *aml_memory32_fixed(uint32_t addr, uint32_t size,
                        AmlReadAndWrite read_and_write);
/* What a bridge hands on: from @addr_min to @addr_max, @len of them. */
Aml *aml_word_bus_number(AmlMinFixed min_fixed, AmlMaxFixed max_fixed,
                         AmlDecode dec, uint16_t addr_gran,
                         uint16_t addr_min, uint16_t addr_max,
                         uint16_t addr_trans, uint16_t len);
Aml *aml_word_io(AmlMinFixed min_fixed, AmlMaxFixed max_fixed,
                 AmlDecode dec, AmlISARanges isa_ranges,
                 uint16_t addr_gran, uint16_t addr_min,
                 uint16_t addr_max, uint16_t addr_trans,
                 uint16_t len);
Aml *aml_dword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write,
                      uint32_t addr_gran, uint32_t addr_min,
                      uint32_t addr_max, uint32_t addr_trans,
                      uint32_t len);
Aml *aml_qword_memory(AmlDecode dec, AmlMinFixed min_fixed,
                      AmlMaxFixed max_fixed, AmlCacheable cacheable,
                      AmlReadAndWrite read_and_write,
                      uint64_t addr_gran, uint64_t addr_min,
                      uint64_t addr_max, uint64_t addr_trans,
                      uint64_t len);

/* Tables */

/*
 * @table_data: all tables but the RSDP, which is @rsdp
 * @linker: the script that puts addresses and checksums into them
 */
typedef struct AcpiBuildTables {
    GArray *table_data;
    GArray *rsdp;
    BIOSLinker *linker;
} AcpiBuildTables;

/*
 * One table while it is built:
 *
 *     AcpiTable table = { .sig = "WAET", .rev = 1, .oem_id = ...,
 *                         .oem_table_id = ... };
 *     acpi_table_begin(&table, table_data);
 *     build_append_int_noprefix(table_data, ..., 4);
 *     acpi_table_end(linker, &table);
 */
typedef struct AcpiTable {
    const char *sig;
    const uint8_t rev;
    const char *oem_id;
    const char *oem_table_id;
    /* private */
    GArray *array;
    unsigned table_offset;
} AcpiTable;

/* Bytes, without any prefix of AML. */
void build_append_byte(GArray *array, uint8_t val);
/* @size bytes of @value, the lowest first. */
void build_append_int_noprefix(GArray *table, uint64_t value, int size);
/* An address of 12 bytes, 5.2.3.2. */
void build_append_gas(GArray *table, AmlAddressSpace as,
                      uint8_t bit_width, uint8_t bit_offset,
                      uint8_t access_width, uint64_t address);
static inline void
build_append_gas_from_struct(GArray *table, const struct AcpiGenericAddress *s)
{
    build_append_gas(table, s->space_id, s->bit_width, s->bit_offset,
                     s->access_width, s->address);
}

/* acpi_table_begin: a header; what follows is appended to @array. */
void acpi_table_begin(AcpiTable *desc, GArray *array);
/* acpi_table_end: now its length is known; the script does the checksum. */
void acpi_table_end(BIOSLinker *linker, AcpiTable *table);

/* How many bytes @table has. */
unsigned acpi_data_len(GArray *table);
/* Fill up with zeroes to a multiple of @align. */
void acpi_align_size(GArray *blob, unsigned align);
/* Remember in @table_offsets, of uint32_t, that a table begins here. */
void acpi_add_table(GArray *table_offsets, GArray *table_data);

void acpi_build_tables_init(AcpiBuildTables *tables);
/* @mfre: whether the bytes go, too */
void acpi_build_tables_cleanup(AcpiBuildTables *tables, bool mfre);

/*
 * The root: RSDP points to RSDT or XSDT, and that to the tables at
 * @table_offsets.
 */
void build_rsdp(GArray *tbl, BIOSLinker *linker, AcpiRsdpData *rsdp_data);
void build_rsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id);
/* The same with addresses of 64 bits. */
void build_xsdt(GArray *table_data, BIOSLinker *linker, GArray *table_offsets,
                const char *oem_id, const char *oem_table_id);
/* The fixed description: where the registers of hw/acpi/acpi.h are. */
void build_fadt(GArray *tbl, BIOSLinker *linker, const AcpiFadtData *f,
                const char *oem_id, const char *oem_table_id);

#endif
