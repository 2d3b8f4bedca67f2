/*
 * Loading ELF files: kernels and test guests.
 *
 * Only what a loader needs of the format (System V ABI, chapters 4 and 5): the
 * header, the program headers, and of those the segments to load (PT_LOAD) and
 * the notes (PT_NOTE).  A file is a user's: every offset in it is checked.
 *
 * Files of 32 bits have the same structures with narrower members; they are
 * read into those of 64 bits first, and one loader does for both.
 *
 * Read include/hw/loader.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <elf.h>
#include "hw/loader.h"
#include "qemu/bswap.h"

const char *load_elf_strerror(ssize_t error)
{
    switch (error) {
    case 0:
        return "No error";
    case ELF_LOAD_FAILED:
        return "Failed to load ELF";
    case ELF_LOAD_NOT_ELF:
        return "The image is not ELF";
    case ELF_LOAD_WRONG_ARCH:
        return "The image is from incompatible architecture";
    case ELF_LOAD_WRONG_ENDIAN:
        return "The image has incorrect endianness";
    case ELF_LOAD_TOO_BIG:
        return "The image segments are too big to load";
    default:
        return "Unknown error";
    }
}

typedef struct ElfImage {
    uint8_t *bytes;
    size_t size;
    bool is64;
    uint64_t e_entry;
    uint64_t e_phoff;
    uint32_t e_flags;
    uint16_t e_machine;
    uint16_t e_phentsize;
    uint16_t e_phnum;
} ElfImage;

static bool elf_holds(const ElfImage *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

static ssize_t elf_read_header(ElfImage *elf)
{
    if (elf->size < EI_NIDENT || memcmp(elf->bytes, ELFMAG, SELFMAG)) {
        return ELF_LOAD_NOT_ELF;
    }
    if (elf->bytes[EI_DATA] != ELFDATA2LSB) {
        return ELF_LOAD_WRONG_ENDIAN;
    }
    elf->is64 = elf->bytes[EI_CLASS] == ELFCLASS64;

#define ELF_TAKE(type)                                      \
    do {                                                    \
        type ehdr;                                          \
        if (elf->size < sizeof(ehdr)) {                     \
            return ELF_LOAD_FAILED;                         \
        }                                                   \
        memcpy(&ehdr, elf->bytes, sizeof(ehdr));            \
        elf->e_entry = ehdr.e_entry;                        \
        elf->e_phoff = ehdr.e_phoff;                        \
        elf->e_flags = ehdr.e_flags;                        \
        elf->e_machine = ehdr.e_machine;                    \
        elf->e_phentsize = ehdr.e_phentsize;                \
        elf->e_phnum = ehdr.e_phnum;                        \
    } while (0)

    if (elf->is64) {
        ELF_TAKE(Elf64_Ehdr);
    } else if (elf->bytes[EI_CLASS] == ELFCLASS32) {
        ELF_TAKE(Elf32_Ehdr);
    } else {
        return ELF_LOAD_NOT_ELF;
    }
    return 0;
}

static bool elf_read_phdr(const ElfImage *elf, int n, Elf64_Phdr *ph)
{
    uint64_t offset = elf->e_phoff + (uint64_t)n * elf->e_phentsize;
    Elf32_Phdr ph32;

    if (elf->is64) {
        if (elf->e_phentsize < sizeof(*ph) ||
            !elf_holds(elf, offset, sizeof(*ph))) {
            return false;
        }
        memcpy(ph, elf->bytes + offset, sizeof(*ph));
        return true;
    }
    if (elf->e_phentsize < sizeof(ph32) ||
        !elf_holds(elf, offset, sizeof(ph32))) {
        return false;
    }
    memcpy(&ph32, elf->bytes + offset, sizeof(ph32));
    *ph = (Elf64_Phdr) {
        .p_type = ph32.p_type,
        .p_offset = ph32.p_offset,
        .p_paddr = ph32.p_paddr,
        .p_filesz = ph32.p_filesz,
        .p_memsz = ph32.p_memsz,
        .p_align = ph32.p_align,
    };
    return true;
}

/* A note: a header, a name and a descriptor, each rounded up. */
static void elf_read_notes(const ElfImage *elf, const Elf64_Phdr *ph,
                           uint64_t (*elf_note_fn)(void *, void *, bool))
{
    uint64_t align = ph->p_align == 8 ? 8 : 4;
    uint64_t pos = 0;

    if (!elf_holds(elf, ph->p_offset, ph->p_filesz)) {
        return;
    }
    while (ph->p_filesz - pos >= sizeof(Elf64_Nhdr)) {
        uint8_t *note = elf->bytes + ph->p_offset + pos;
        uint64_t len;
        Elf64_Nhdr nhdr;

        memcpy(&nhdr, note, sizeof(nhdr));
        len = ROUND_UP(sizeof(nhdr), align) +
              ROUND_UP((uint64_t)nhdr.n_namesz, align) +
              ROUND_UP((uint64_t)nhdr.n_descsz, align);
        if (len > ph->p_filesz - pos) {
            return;
        }
        elf_note_fn(note, &align, elf->is64);
        pos += len;
    }
}

ssize_t load_elf_as(const char *filename,
                    uint64_t (*elf_note_fn)(void *, void *, bool),
                    uint64_t (*translate_fn)(void *, uint64_t),
                    void *translate_opaque, uint64_t *pentry,
                    uint64_t *lowaddr, uint64_t *highaddr, uint32_t *pflags,
                    int big_endian, int elf_machine, int clear_lsb,
                    int data_swap, AddressSpace *as)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(filename, false, NULL);
    uint64_t low = UINT64_MAX, high = 0;
    ElfImage elf = { 0 };
    ssize_t total = 0, ret;
    Elf64_Phdr ph;

    assert(!big_endian && !data_swap);
    if (!file) {
        return ELF_LOAD_FAILED;
    }
    elf.bytes = (uint8_t *)g_mapped_file_get_contents(file);
    elf.size = g_mapped_file_get_length(file);
    ret = elf_read_header(&elf);
    if (ret < 0) {
        return ret;
    }
    if (elf_machine != EM_NONE && elf.e_machine != elf_machine) {
        return ELF_LOAD_WRONG_ARCH;
    }

    /* Nothing is added before all is known to be right. */
    for (int i = 0; i < elf.e_phnum; i++) {
        if (!elf_read_phdr(&elf, i, &ph)) {
            return ELF_LOAD_FAILED;
        }
        if (ph.p_type == PT_LOAD &&
            (!elf_holds(&elf, ph.p_offset, ph.p_filesz) ||
             ph.p_memsz < ph.p_filesz ||
             ph.p_paddr + ph.p_memsz < ph.p_paddr)) {
            return ELF_LOAD_FAILED;
        }
        if (ph.p_type == PT_LOAD && ph.p_memsz > INT64_MAX - total) {
            return ELF_LOAD_TOO_BIG;
        }
        total += ph.p_type == PT_LOAD ? ph.p_memsz : 0;
    }

    for (int i = 0; i < elf.e_phnum; i++) {
        elf_read_phdr(&elf, i, &ph);
        if (ph.p_type == PT_NOTE && elf_note_fn) {
            elf_read_notes(&elf, &ph, elf_note_fn);
        } else if (ph.p_type == PT_LOAD && ph.p_memsz) {
            g_autofree char *name =
                g_strdup_printf("%s ELF program header segment %d", filename,
                                i);
            uint64_t addr = translate_fn ?
                            translate_fn(translate_opaque, ph.p_paddr) :
                            ph.p_paddr;

            rom_add_elf_program(name, file, elf.bytes + ph.p_offset,
                                ph.p_filesz, ph.p_memsz, addr, as);
            low = MIN(low, addr);
            high = MAX(high, addr + ph.p_memsz);
        }
    }

    if (pentry) {
        *pentry = elf.e_entry & ~(uint64_t)(clear_lsb ? 1 : 0);
    }
    if (lowaddr) {
        *lowaddr = low;
    }
    if (highaddr) {
        *highaddr = high;
    }
    if (pflags) {
        *pflags = elf.e_flags;
    }
    return total;
}

ssize_t load_elf(const char *filename,
                 uint64_t (*elf_note_fn)(void *, void *, bool),
                 uint64_t (*translate_fn)(void *, uint64_t),
                 void *translate_opaque, uint64_t *pentry, uint64_t *lowaddr,
                 uint64_t *highaddr, uint32_t *pflags, int big_endian,
                 int elf_machine, int clear_lsb, int data_swap)
{
    return load_elf_as(filename, elf_note_fn, translate_fn, translate_opaque,
                       pentry, lowaddr, highaddr, pflags, big_endian,
                       elf_machine, clear_lsb, data_swap, NULL);
}
