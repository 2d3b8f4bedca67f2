/*
 * Reading ROM images from files.  Read include/hw/loader.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-commands-machine.h"
#include "qapi/type-helpers.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "hw/loader.h"
#include "hw/nvram/fw_cfg.h"
#include "sysemu/sysemu.h"

int64_t get_image_size(const char *filename)
{
    int fd = open(filename, O_RDONLY | O_CLOEXEC);
    int64_t size;

    if (fd < 0) {
        return -1;
    }
    size = lseek(fd, 0, SEEK_END);
    close(fd);
    return size;
}

ssize_t load_image_size(const char *filename, void *addr, size_t size)
{
    ssize_t done = 0, n;
    int fd = open(filename, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    while (done < size && (n = read(fd, addr + done, size - done)) != 0) {
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            done = -1;
            break;
        }
        done += n;
    }
    close(fd);
    return done;
}

/* What was given to the machine, for `info roms`. */
typedef struct Rom {
    char *name;                 /* the file, as it was given */
    char *fw_dir;               /* where fw_cfg has it */
    size_t romsize;
    QTAILQ_ENTRY(Rom) next;
} Rom;

static QTAILQ_HEAD(, Rom) roms = QTAILQ_HEAD_INITIALIZER(roms);

static void rom_insert(const char *name, const char *fw_dir, size_t size)
{
    Rom *rom = g_new0(Rom, 1);

    rom->name = g_strdup(name);
    rom->fw_dir = g_strdup(fw_dir);
    rom->romsize = size;
    QTAILQ_INSERT_TAIL(&roms, rom, next);
}

HumanReadableText *qmp_x_query_roms(Error **errp)
{
    g_autoptr(GString) buf = g_string_new("");
    Rom *rom;

    QTAILQ_FOREACH(rom, &roms, next) {
        g_string_append_printf(buf, "fw=%s/%s size=0x%06zx name=\"%s\"\n",
                               rom->fw_dir, rom->name, rom->romsize,
                               rom->name);
    }
    return human_readable_text_from_str(buf);
}

/* The machine keeps the bytes until the process ends: fw_cfg points to them. */
static int rom_add_fw_file(const char *dir, const char *file)
{
    g_autofree char *found = qemu_find_file(QEMU_FILE_TYPE_BIOS, file);
    const char *path = found ?: file;
    g_autofree char *name = g_path_get_basename(file);
    g_autofree char *fw_name = g_strdup_printf("%s/%s", dir, name);
    g_autoptr(GError) gerr = NULL;
    FWCfgState *fw_cfg = fw_cfg_find();
    char *data;
    gsize size;

    if (!fw_cfg) {
        error_report("rom: %s: this machine has no fw_cfg", file);
        return -1;
    }
    if (!g_file_get_contents(path, &data, &size, &gerr)) {
        error_report("Could not open option rom '%s': %s", path,
                     gerr->message);
        return -1;
    }
    fw_cfg_add_file(fw_cfg, fw_name, data, size);
    fw_cfg_own_file(fw_cfg, fw_name);
    rom_insert(file, dir, size);
    return 0;
}

int rom_add_vga(const char *file)
{
    return rom_add_fw_file("vgaroms", file);
}

int rom_add_option(const char *file, int32_t bootindex)
{
    int ret = rom_add_fw_file("genroms", file);

    if (ret == 0 && bootindex >= 0) {
        g_autofree char *name = g_path_get_basename(file);
        g_autofree char *path = g_strdup_printf("/rom@genroms/%s", name);

        add_boot_device_path(bootindex, NULL, path);
    }
    return ret;
}
