/*
 * Files that are put into a machine: firmware, kernels, option ROMs.
 *
 * An image either has an address, or it is handed to firmware as a file of the
 * fw_cfg device, in a folder that tells what to do with it:
 *
 *     vgaroms/    run first, so that there is something to see
 *     genroms/    run later, as a BIOS extension
 *
 * Images with an address are written at each reset, as the guest may have used
 * that memory for something else:
 *
 *     board's init:     rom_add_file_fixed(), load_elf(), …   nothing is written
 *     machine is done:  rom_check_and_register_reset()        do any overlap?
 *     each reset:       all images go to where they belong
 *
 * Everything here is called by the main thread with the BQL held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LOADER_H
#define LOADER_H

#include "exec/hwaddr.h"
#include "hw/nvram/fw_cfg.h"

/* The size of file @filename in bytes, or -1. */
int64_t get_image_size(const char *filename);

/*
 * Read file @filename, of at most @size bytes, to @addr.  Returns how many they
 * were, or -1.
 */
ssize_t load_image_size(const char *filename, void *addr, size_t size);

/*
 * Have file @filename at guest-physical @addr (in @as; NULL: the CPU's).
 * Returns its size, or -1 if it cannot be read or is larger than @max_sz.
 */
ssize_t load_image_targphys_as(const char *filename, hwaddr addr,
                               uint64_t max_sz, AddressSpace *as);
ssize_t load_image_targphys(const char *filename, hwaddr addr, uint64_t max_sz);
/* The same at the beginning of region @mr, which it must fit. */
ssize_t load_image_mr(const char *filename, MemoryRegion *mr);

/* Why a file is not an ELF image that can be loaded; all negative. */
#define ELF_LOAD_FAILED       -1
#define ELF_LOAD_NOT_ELF      -2
#define ELF_LOAD_WRONG_ARCH   -3
#define ELF_LOAD_WRONG_ENDIAN -4
#define ELF_LOAD_TOO_BIG      -5
const char *load_elf_strerror(ssize_t error);

/*
 * load_elf_as: have the segments of ELF file @filename at their physical
 * addresses.  Little-endian files of 32 and of 64 bits can be loaded.
 *
 * @elf_note_fn: sees each note; its arguments are the note's header (an
 *     Elf64_Nhdr), its alignment, and whether the file has 64 bits.  May be NULL
 * @translate_fn: changes an address, called with @translate_opaque; may be NULL
 * @pentry: becomes the entry point
 * @lowaddr, @highaddr: become the first address used, and the one after the
 *     last
 * @pflags: becomes the header's e_flags.  All four may be NULL
 * @big_endian, @data_swap: must be 0
 * @elf_machine: the EM_* that it must have; EM_NONE takes any
 * @clear_lsb: nonzero: clear the entry point's lowest bit
 *
 * Returns the size of what was loaded, or ELF_LOAD_*.
 */
ssize_t load_elf_as(const char *filename,
                    uint64_t (*elf_note_fn)(void *, void *, bool),
                    uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque, uint64_t *pentry,
                    uint64_t *lowaddr, uint64_t *highaddr, uint32_t *pflags,
                    int big_endian, int elf_machine, int clear_lsb,
                    int data_swap, AddressSpace *as);
ssize_t load_elf(const char *filename,
                 uint64_t (*elf_note_fn)(void *, void *, bool),
                 uint64_t (*translate_fn)(void *, uint64_t),
                 void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                 uint64_t *highaddr, uint32_t *pflags, int big_endian,
                 int elf_machine, int clear_lsb, int data_swap);

/*
 * rom_add_file: add an image from @file (a name among the firmware files, or a
 * path): to fw_cfg's folder @fw_dir, or to the beginning of @mr, or to @addr in
 * @as.  @bootindex is an option ROM's place in the boot order, or -1.
 * Returns 0, or -1 after a message.
 */
ssize_t rom_add_file(const char *file, const char *fw_dir, hwaddr addr,
                     int32_t bootindex, bool option_rom, MemoryRegion *mr,
                     AddressSpace *as);
#define rom_add_file_fixed(_f, _a, _i) \
    rom_add_file(_f, NULL, _a, _i, false, NULL, NULL)
#define rom_add_file_fixed_as(_f, _a, _i, _as) \
    rom_add_file(_f, NULL, _a, _i, false, NULL, _as)
#define rom_add_file_mr(_f, _mr, _i) \
    rom_add_file(_f, NULL, 0, _i, false, _mr, NULL)

/*
 * rom_add_blob: add an image of @len bytes from memory, which are copied: to
 * @addr in @as, or, if @fw_file_name is given, as a file of fw_cfg.
 *
 * Such a file is in RAM of its own, which may grow to @max_len: it is a part of
 * the machine's state, as a guest may have read half of it.  @fw_callback (NULL:
 * none) is called with @callback_opaque whenever the guest selects the file;
 * @read_only keeps the guest's DMA from writing to it.  Returns the RAM, which is
 * fw_cfg's; NULL for an image with an address.
 */
MemoryRegion *rom_add_blob(const char *name, const void *blob, size_t len,
                           size_t max_len, hwaddr addr,
                           const char *fw_file_name, FWCfgCallback fw_callback,
                           void *callback_opaque, AddressSpace *as,
                           bool read_only);
#define rom_add_blob_fixed(_f, _b, _l, _a) \
    rom_add_blob(_f, _b, _l, _l, _a, NULL, NULL, NULL, NULL, true)
#define rom_add_blob_fixed_as(_f, _b, _l, _a, _as) \
    rom_add_blob(_f, _b, _l, _l, _a, NULL, NULL, NULL, _as, true)

/*
 * @datasize bytes at @data, which is in @mapped_file (it is kept) or, if that
 * is NULL, becomes ours; the rest of @romsize is zeroes.  Returns 0.
 */
int rom_add_elf_program(const char *name, GMappedFile *mapped_file, void *data,
                        size_t datasize, size_t romsize, hwaddr addr,
                        AddressSpace *as);

/*
 * Hand option ROM @file to the guest's firmware.  Returns 0, or -1 after a
 * message if there is no such file or no fw_cfg.
 */
int rom_add_vga(const char *file);
int rom_add_option(const char *file, int32_t bootindex);

/* The board's fw_cfg, for option ROMs. */
void rom_set_fw(FWCfgState *f);

/*
 * The machine is complete: no image overlaps another (-1 after a message), and
 * resets write them.
 */
int rom_check_and_register_reset(void);
/* The machine ends. */
void rom_cleanup(void);

/* The @size bytes that an image will put at @addr, to be changed; or NULL. */
void *rom_ptr(hwaddr addr, size_t size);

#endif
