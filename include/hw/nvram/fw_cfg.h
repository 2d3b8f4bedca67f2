/*
 * fw_cfg: what the machine tells the firmware.
 *
 * A table of blobs, each with a 16-bit key.  The guest writes a key to the
 * selector register, then reads the blob byte by byte from the data register;
 * or it writes the address of a request to the DMA register, and has all of it
 * copied at once.  Keys below FW_CFG_FILE_FIRST have fixed meanings; those
 * from there on are "files", and the directory (key FW_CFG_FILE_DIR) tells
 * their names:
 *
 *                      selector  data   DMA
 *     I/O ports (pc)   0x510     0x511  0x514, 64 bits big endian
 *     memory           +8        +0     +16
 *
 *     0x0000 signature "QEMU"      0x0020 "etc/e820"  |
 *     0x0001 features              0x0021 "etc/..."   |  sorted by name
 *     0x0005 number of CPUs        ...                |
 *     0x0019 file directory  ----> name, size, key ---+
 *
 * Numbers under fixed keys are little endian, the directory and the DMA
 * request big endian.
 *
 * Specification: docs/specs/fw_cfg.txt of QEMU.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FW_CFG_H
#define FW_CFG_H

#include "exec/hwaddr.h"
#include "standard-headers/linux/qemu_fw_cfg.h"
#include "hw/sysbus.h"
#include "sysemu/dma.h"
#include "qom/object.h"

#define TYPE_FW_CFG     "fw_cfg"
#define TYPE_FW_CFG_IO  "fw_cfg_io"
#define TYPE_FW_CFG_MEM "fw_cfg_mem"
#define TYPE_FW_CFG_DATA_GENERATOR_INTERFACE "fw_cfg-data-generator"

typedef struct FWCfgState FWCfgState;
typedef struct FWCfgIoState FWCfgIoState;
typedef struct FWCfgMemState FWCfgMemState;

DECLARE_INSTANCE_CHECKER(FWCfgState, FW_CFG, TYPE_FW_CFG)
DECLARE_INSTANCE_CHECKER(FWCfgIoState, FW_CFG_IO, TYPE_FW_CFG_IO)
DECLARE_INSTANCE_CHECKER(FWCfgMemState, FW_CFG_MEM, TYPE_FW_CFG_MEM)

typedef struct FWCfgDataGeneratorClass FWCfgDataGeneratorClass;
DECLARE_CLASS_CHECKERS(FWCfgDataGeneratorClass, FW_CFG_DATA_GENERATOR,
                       TYPE_FW_CFG_DATA_GENERATOR_INTERFACE)

/* An object of the user's that makes the content of a file. */
struct FWCfgDataGeneratorClass {
    InterfaceClass parent_class;

    /* Returns the content, the caller's; NULL after an error. */
    GByteArray *(*get_data)(Object *obj, Error **errp);
};

typedef struct fw_cfg_file FWCfgFile;
typedef struct fw_cfg_dma_access FWCfgDmaAccess;

/*
 * Where old machine types put files of one kind, while
 * fw_cfg_set_order_override() is in force.
 */
#define FW_CFG_ORDER_OVERRIDE_VGA    70
#define FW_CFG_ORDER_OVERRIDE_NIC    80
#define FW_CFG_ORDER_OVERRIDE_USER   100
#define FW_CFG_ORDER_OVERRIDE_DEVICE 110

/* The directory as the guest reads it: a count, then the files; big endian. */
typedef struct FWCfgFiles {
    uint32_t  count;
    FWCfgFile f[];
} FWCfgFiles;

/* Called when the guest selects the key, before it can read anything. */
typedef void (*FWCfgCallback)(void *opaque);
/* Called when the guest has written @len bytes from @start on. */
typedef void (*FWCfgWriteCallback)(void *opaque, off_t start, size_t len);

typedef struct FWCfgEntry FWCfgEntry;

struct FWCfgState {
    SysBusDevice parent_obj;

    /* Properties. */
    uint16_t file_slots;            /* how many files there may be */
    bool dma_enabled;
    bool acpi_mr_restore;

    /* The table: [0] for all machines, [1] for FW_CFG_ARCH_LOCAL keys. */
    FWCfgEntry *entries[2];
    int *entry_order;
    FWCfgFiles *files;
    int fw_cfg_order_override;
    Notifier machine_ready;

    /* What the guest can change. */
    uint16_t cur_entry;
    uint32_t cur_offset;
    dma_addr_t dma_addr;

    /* For migration: the sizes of regions that firmware may have changed. */
    uint64_t table_mr_size;
    uint64_t linker_mr_size;
    uint64_t rsdp_mr_size;

    AddressSpace *dma_as;
    MemoryRegion dma_iomem;
};

struct FWCfgIoState {
    FWCfgState parent_obj;

    MemoryRegion comb_iomem;
};

struct FWCfgMemState {
    FWCfgState parent_obj;

    MemoryRegion ctl_iomem, data_iomem;
    uint32_t data_width;
    MemoryRegionOps wide_data_ops;
};

/*
 * fw_cfg_add_bytes: put a blob under a key.
 * @data: not copied; must live as long as the device
 * A key that has a blob already is a bug and aborts.
 */
void fw_cfg_add_bytes(FWCfgState *s, uint16_t key,
                      void *data, size_t len);

/* fw_cfg_own: the device frees the key's blob, when it is itself freed. */
void fw_cfg_own(FWCfgState *s, uint16_t key);

/* The same for copies: of a string with its NUL, of a little endian number. */
void fw_cfg_add_string(FWCfgState *s, uint16_t key, const char *value);
void fw_cfg_add_i16(FWCfgState *s, uint16_t key, uint16_t value);
void fw_cfg_add_i32(FWCfgState *s, uint16_t key, uint32_t value);
void fw_cfg_add_i64(FWCfgState *s, uint16_t key, uint64_t value);

/* Put another value under a key that has one. */
void fw_cfg_modify_string(FWCfgState *s, uint16_t key, const char *value);
void fw_cfg_modify_i16(FWCfgState *s, uint16_t key, uint16_t value);
void fw_cfg_modify_i32(FWCfgState *s, uint16_t key, uint32_t value);
void fw_cfg_modify_i64(FWCfgState *s, uint16_t key, uint64_t value);

/*
 * fw_cfg_add_file: add a file.
 * @filename: at most 55 characters; copied
 * @data: not copied
 * A name that is there already, or no free slot, ends the program.
 */
void fw_cfg_add_file(FWCfgState *s, const char *filename, void *data,
                     size_t len);

/*
 * fw_cfg_add_file_callback: the same with hooks, either of which may be NULL.
 * @read_only: the guest's DMA cannot write to it
 */
void fw_cfg_add_file_callback(FWCfgState *s, const char *filename,
                              FWCfgCallback select_cb,
                              FWCfgWriteCallback write_cb,
                              void *callback_opaque,
                              void *data, size_t len, bool read_only);

/* fw_cfg_own_file: the device frees the file's data, see fw_cfg_own(). */
void fw_cfg_own_file(FWCfgState *s, const char *filename);

/*
 * fw_cfg_modify_file: give a file new content, or add it.
 * Returns the old data for its owner to free, or NULL.
 */
void *fw_cfg_modify_file(FWCfgState *s, const char *filename, void *data,
                         size_t len);

/*
 * fw_cfg_add_from_generator: add a file that the object /objects/@gen_id
 * makes.  Returns false after an error.
 */
bool fw_cfg_add_from_generator(FWCfgState *s, const char *filename,
                               const char *gen_id, Error **errp);

/* Until _reset_: files added get this order, see above. */
void fw_cfg_set_order_override(FWCfgState *fw_cfg, int order);
void fw_cfg_reset_order_override(FWCfgState *fw_cfg);

/*
 * fw_cfg_init_io_dma: make the device with its ports, and plug it.
 * @iobase: the selector's port; data is the next
 * @dma_iobase: the DMA register's; 0: none
 * @dma_as: where DMA requests are; NULL: none
 */
FWCfgState *fw_cfg_init_io_dma(uint32_t iobase, uint32_t dma_iobase,
                                AddressSpace *dma_as);
FWCfgState *fw_cfg_init_io(uint32_t iobase);
/* The same in memory. */
FWCfgState *fw_cfg_init_mem(hwaddr ctl_addr, hwaddr data_addr);
FWCfgState *fw_cfg_init_mem_wide(hwaddr ctl_addr,
                                 hwaddr data_addr, uint32_t data_width,
                                 hwaddr dma_addr, AddressSpace *dma_as);

/* fw_cfg_find: the machine's, or NULL if it has none, or several. */
FWCfgState *fw_cfg_find(void);
bool fw_cfg_dma_enabled(void *opaque);

/*
 * fw_cfg_arch_key_name: the name of a FW_CFG_ARCH_LOCAL key, for traces; the
 * board's architecture has it.  NULL: unknown.
 */
const char *fw_cfg_arch_key_name(uint16_t key);

#endif
