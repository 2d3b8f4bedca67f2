/*
 * ROM images: what is put into the machine's memory, or handed to its firmware.
 *
 * An image is not written when it is added, as memory may not be there yet, and
 * a reset must bring it back anyway: rom_reset() writes all of them.  What lies
 * in true ROM is written once and then forgotten, as no guest can change it.
 * Images from a file stay in the file's pages, which the kernel can drop.
 *
 * Read include/hw/loader.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/mman.h>
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/boards.h"
#include "hw/loader.h"
#include "hw/nvram/fw_cfg.h"
#include "migration/vmstate.h"
#include "qapi/error.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/type-helpers.h"
#include "qemu/cutils.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"

/*
 * @data, @datasize: what to write; NULL after it went into ROM for good
 * @romsize: what it takes up; the rest is zeroes
 * @mapped_file: holds @data; otherwise it is the heap's
 * @mr, @as, @addr: where to; for option ROMs @fw_dir instead
 */
typedef struct Rom {
    char *name;
    char *path;
    size_t romsize;
    size_t datasize;
    uint8_t *data;
    GMappedFile *mapped_file;
    MemoryRegion *mr;
    AddressSpace *as;
    hwaddr addr;
    bool isrom;
    char *fw_dir;
    char *fw_file;
    QTAILQ_ENTRY(Rom) next;
} Rom;

static QTAILQ_HEAD(, Rom) roms = QTAILQ_HEAD_INITIALIZER(roms);
static FWCfgState *rom_fw_cfg;

static bool rom_is_fixed(const Rom *rom)
{
    return !rom->fw_file && !rom->mr;
}

/* By address, so that neighbours that overlap are neighbours in the list. */
static void rom_insert(Rom *rom)
{
    Rom *item;

    if (!rom->as) {
        rom->as = &address_space_memory;
    }
    QTAILQ_FOREACH(item, &roms, next) {
        if (rom->addr < item->addr) {
            QTAILQ_INSERT_BEFORE(item, rom, next);
            return;
        }
    }
    QTAILQ_INSERT_TAIL(&roms, rom, next);
}

static void rom_drop_data(Rom *rom)
{
    if (rom->mapped_file) {
        g_mapped_file_unref(rom->mapped_file);
        rom->mapped_file = NULL;
    } else {
        g_free(rom->data);
    }
    rom->data = NULL;
}

static void rom_free(Rom *rom)
{
    rom_drop_data(rom);
    g_free(rom->name);
    g_free(rom->path);
    g_free(rom->fw_dir);
    g_free(rom->fw_file);
    g_free(rom);
}

/* Adding */

/* The bytes of an option ROM are fw_cfg's from here on. */
static void rom_give_to_fw_cfg(Rom *rom, int32_t bootindex)
{
    g_autofree char *base = g_path_get_basename(rom->fw_file);
    g_autofree char *fw_name = g_strdup_printf("%s/%s", rom->fw_dir, base);
    char *data = g_memdup2(rom->data, rom->datasize);

    fw_cfg_add_file(rom_fw_cfg, fw_name, data, rom->datasize);
    fw_cfg_own_file(rom_fw_cfg, fw_name);
    rom_drop_data(rom);
    if (bootindex >= 0) {
        g_autofree char *devpath = g_strdup_printf("/rom@%s", fw_name);

        add_boot_device_path(bootindex, NULL, devpath);
    }
}

/* The file in memory, or NULL and errno. */
static GMappedFile *rom_map_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    GMappedFile *file;

    if (fd < 0) {
        return NULL;
    }
    file = g_mapped_file_new_from_fd(fd, false, NULL);
    close(fd);
    errno = file ? 0 : EINVAL;
    return file;
}

ssize_t rom_add_file(const char *file, const char *fw_dir, hwaddr addr,
                     int32_t bootindex, bool option_rom, MemoryRegion *mr,
                     AddressSpace *as)
{
    g_autofree char *found = qemu_find_file(QEMU_FILE_TYPE_BIOS, file);
    Rom *rom = g_new0(Rom, 1);

    assert(!(mr && as));
    rom->name = g_strdup(file);
    rom->path = g_strdup(found ?: file);
    rom->mapped_file = rom_map_file(rom->path);
    if (!rom->mapped_file) {
        error_printf("Could not open option rom '%s': %s\n", rom->path,
                     strerror(errno));
        goto err;
    }
    rom->data = (uint8_t *)g_mapped_file_get_contents(rom->mapped_file);
    rom->datasize = rom->romsize = g_mapped_file_get_length(rom->mapped_file);
    rom->addr = addr;
    rom->mr = mr;
    rom->as = as;

    if (fw_dir) {
        if (!rom_fw_cfg) {
            error_report("rom: %s: this machine has no fw_cfg", file);
            goto err;
        }
        rom->fw_dir = g_strdup(fw_dir);
        rom->fw_file = g_strdup(file);
        rom_give_to_fw_cfg(rom, bootindex);
    }
    rom_insert(rom);
    return 0;

err:
    rom_free(rom);
    return -1;
}

/* Whose RAM has grown is a longer file; @id is the region's name. */
static void fw_cfg_resized(const char *id, uint64_t length, void *host)
{
    if (rom_fw_cfg) {
        fw_cfg_modify_file(rom_fw_cfg, id + strlen("/rom@"), host, length);
    }
}

/* The image in RAM that only the device shows, as a file. */
static void rom_set_mr(Rom *rom, const void *blob, const char *name,
                       bool read_only)
{
    Object *owner = OBJECT(rom_fw_cfg);

    rom->mr = g_new0(MemoryRegion, 1);
    memory_region_init_resizeable_ram(rom->mr, owner, name, rom->datasize,
                                      rom->romsize, fw_cfg_resized,
                                      &error_fatal);
    memory_region_set_readonly(rom->mr, read_only);
    vmstate_register_ram_global(rom->mr);
    /* The device has the only reference, and so its end is the region's. */
    OBJECT(rom->mr)->free = g_free;
    /* Room for later takes no pages until then: new RAM is zero. */
    if (!buffer_is_zero(blob, rom->datasize)) {
        memcpy(memory_region_get_ram_ptr(rom->mr), blob, rom->datasize);
    }
}

MemoryRegion *rom_add_blob(const char *name, const void *blob, size_t len,
                           size_t max_len, hwaddr addr,
                           const char *fw_file_name, FWCfgCallback fw_callback,
                           void *callback_opaque, AddressSpace *as,
                           bool read_only)
{
    Rom *rom = g_new0(Rom, 1);

    rom->name = g_strdup(name);
    rom->addr = addr;
    rom->as = as;
    rom->datasize = len;
    rom->romsize = max_len ?: len;
    rom_insert(rom);
    if (fw_file_name && rom_fw_cfg) {
        g_autofree char *mr_name = g_strdup_printf("/rom@%s", fw_file_name);

        rom_set_mr(rom, blob, mr_name, read_only);
        fw_cfg_add_file_callback(rom_fw_cfg, fw_file_name, fw_callback, NULL,
                                 callback_opaque,
                                 memory_region_get_ram_ptr(rom->mr), len,
                                 read_only);
    } else {
        rom->data = g_memdup2(blob, len);
    }
    return rom->mr;
}

int rom_add_elf_program(const char *name, GMappedFile *mapped_file, void *data,
                        size_t datasize, size_t romsize, hwaddr addr,
                        AddressSpace *as)
{
    Rom *rom = g_new0(Rom, 1);

    rom->name = g_strdup(name);
    rom->addr = addr;
    rom->as = as;
    rom->datasize = datasize;
    rom->romsize = romsize;
    rom->data = data;
    if (mapped_file && data) {
        rom->mapped_file = g_mapped_file_ref(mapped_file);
    }
    rom_insert(rom);
    return 0;
}

int rom_add_vga(const char *file)
{
    return rom_add_file(file, "vgaroms", 0, -1, true, NULL, NULL);
}

int rom_add_option(const char *file, int32_t bootindex)
{
    return rom_add_file(file, "genroms", 0, bootindex, true, NULL, NULL);
}

void rom_set_fw(FWCfgState *f)
{
    rom_fw_cfg = f;
}

/* Writing */

/*
 * A piece at a time, and the file's pages go as soon as they have been copied:
 * a kernel of a hundred megabytes does not make us larger by as much.
 */
static void rom_write(Rom *rom)
{
    const size_t piece = 1 * 1024 * 1024;

    for (size_t done = 0; done < rom->datasize; done += piece) {
        size_t len = MIN(piece, rom->datasize - done);

        address_space_write_rom(rom->as, rom->addr + done,
                                MEMTXATTRS_UNSPECIFIED, rom->data + done, len);
        if (rom->mapped_file) {
            uintptr_t start = ROUND_UP((uintptr_t)rom->data + done,
                                       qemu_real_host_page_size());
            uintptr_t end = ROUND_DOWN((uintptr_t)rom->data + done + len,
                                       qemu_real_host_page_size());

            if (end > start) {
                madvise((void *)start, end - start, MADV_DONTNEED);
            }
        }
    }
    if (rom->romsize > rom->datasize) {
        address_space_set(rom->as, rom->addr + rom->datasize, 0,
                          rom->romsize - rom->datasize,
                          MEMTXATTRS_UNSPECIFIED);
    }
}

static void rom_reset(void *unused)
{
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        if (rom->fw_file || !rom->data) {
            continue;
        }
        if (rom->mr) {
            void *host = memory_region_get_ram_ptr(rom->mr);

            memcpy(host, rom->data, rom->datasize);
            memset(host + rom->datasize, 0, rom->romsize - rom->datasize);
        } else {
            rom_write(rom);
        }
        if (rom->isrom) {
            rom_drop_data(rom);
        }
    }
}

/* Two images at one place: the second would win, and nobody would know why. */
static bool rom_overlaps(const Rom *rom, const Rom *last, hwaddr end)
{
    return last && last->as == rom->as && end > rom->addr;
}

int rom_check_and_register_reset(void)
{
    const Rom *last = NULL;
    hwaddr end = 0;
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        MemoryRegionSection section;

        if (!rom_is_fixed(rom)) {
            if (rom->mr) {
                rom->isrom = memory_region_is_rom(rom->mr);
            }
            continue;
        }
        if (rom_overlaps(rom, last, end)) {
            error_report("rom: requested regions overlap "
                         "(rom %s. free=0x%016" HWADDR_PRIx
                         ", addr=0x%016" HWADDR_PRIx ")",
                         rom->name, end, rom->addr);
            return -1;
        }
        last = rom;
        end = rom->addr + rom->romsize;
        section = memory_region_find(rom->as->root, rom->addr, 1);
        rom->isrom = int128_nz(section.size) &&
                     memory_region_is_rom(section.mr);
        memory_region_unref(section.mr);
    }
    qemu_register_reset(rom_reset, NULL);
    return 0;
}

void rom_cleanup(void)
{
    Rom *rom;

    qemu_unregister_reset(rom_reset, NULL);
    while ((rom = QTAILQ_FIRST(&roms))) {
        QTAILQ_REMOVE(&roms, rom, next);
        rom_free(rom);
    }
    rom_fw_cfg = NULL;
}

/* Looking */

void *rom_ptr(hwaddr addr, size_t size)
{
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        if (rom_is_fixed(rom) && rom->data && addr >= rom->addr &&
            size <= rom->datasize &&
            addr - rom->addr <= rom->datasize - size) {
            return rom->data + (addr - rom->addr);
        }
    }
    return NULL;
}

HumanReadableText *qmp_x_query_roms(Error **errp)
{
    g_autoptr(GString) buf = g_string_new("");
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        if (rom->mr) {
            g_string_append_printf(buf, "%s size=0x%06zx name=\"%s\"\n",
                                   memory_region_name(rom->mr), rom->romsize,
                                   rom->name);
        } else if (!rom->fw_file) {
            g_string_append_printf(buf, "addr=%016" HWADDR_PRIx
                                   " size=0x%06zx mem=%s name=\"%s\"\n",
                                   rom->addr, rom->romsize,
                                   rom->isrom ? "rom" : "ram", rom->name);
        } else {
            g_string_append_printf(buf, "fw=%s/%s size=0x%06zx name=\"%s\"\n",
                                   rom->fw_dir, rom->fw_file, rom->romsize,
                                   rom->name);
        }
    }
    return human_readable_text_from_str(buf);
}
