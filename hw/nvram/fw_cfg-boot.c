/*
 * fw_cfg: what -boot and `bootindex` say to the firmware.
 *
 *     bootorder            the devices with a bootindex, one a line
 *     bios-geometry        the disks whose geometry somebody gave
 *     etc/boot-fail-wait   ms until the next try to boot; -1: no next one
 *     etc/boot-menu-wait   ms that menu and picture are shown
 *     bootsplash.jpg/.bmp  the picture
 *
 * Whether there is a menu at all has a key of its own (FW_CFG_BOOT_MENU), and
 * the letters of -boot order= are in the CMOS.
 *
 * Read first: hw/nvram/fw_cfg.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/nvram/fw_cfg.h"
#include "qemu/bswap.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "fw_cfg-int.h"

/* A picture's first bytes, as far as they are looked at. */
#define SPLASH_MIN_SIZE 30
#define BMP_DEPTH       28

static void fw_cfg_add_number_file(FWCfgState *s, const char *name,
                                   const void *le, size_t size)
{
    fw_cfg_add_file(s, name, g_memdup2(le, size), size);
    fw_cfg_own_file(s, name);
}

/* The name that firmware looks for, by what is in the file; NULL: neither. */
static const char *fw_cfg_splash_name(const void *data, size_t size)
{
    if (size < SPLASH_MIN_SIZE) {
        return NULL;
    }
    if (lduw_be_p(data) == 0xffd8) {
        return "bootsplash.jpg";
    }
    if (!memcmp(data, "BM", 2) &&
        lduw_le_p((const uint8_t *)data + BMP_DEPTH) == 24) {
        return "bootsplash.bmp";
    }
    return NULL;
}

/* A picture is no reason not to start. */
static void fw_cfg_add_splash(FWCfgState *s, const char *file)
{
    g_autofree char *path = qemu_find_file(QEMU_FILE_TYPE_BIOS, file);
    g_autoptr(GError) err = NULL;
    const char *name;
    gchar *data;
    gsize size;

    if (!path) {
        error_report("failed to find file '%s'", file);
        return;
    }
    if (!g_file_get_contents(path, &data, &size, &err)) {
        error_report("failed to read splash file '%s': %s", path,
                     err->message);
        return;
    }
    name = fw_cfg_splash_name(data, size);
    if (!name) {
        error_report("splash file '%s' format not recognized; must be JPEG "
                     "or 24 bit BMP", path);
        g_free(data);
        return;
    }
    g_free(boot_splash_filedata);
    boot_splash_filedata = (uint8_t *)data;
    fw_cfg_add_file(s, name, data, size);
}

static void fw_cfg_bootsplash(FWCfgState *s, const BootConfiguration *boot)
{
    if (boot->has_splash_time) {
        uint16_t le;

        if (boot->splash_time < 0 || boot->splash_time > 0xffff) {
            error_report("splash-time is invalid,"
                         "it should be a value between 0 and 65535");
            exit(1);
        }
        le = cpu_to_le16(boot->splash_time);
        fw_cfg_add_number_file(s, "etc/boot-menu-wait", &le, sizeof(le));
    }
    if (boot->has_splash && *boot->splash) {
        fw_cfg_add_splash(s, boot->splash);
    }
}

static void fw_cfg_reboot(FWCfgState *s, const BootConfiguration *boot)
{
    int64_t timeout = boot->has_reboot_timeout ? boot->reboot_timeout : -1;
    uint32_t le;

    if (timeout < -1 || timeout > 0xffff) {
        error_report("reboot timeout is invalid,"
                     "it should be a value between -1 and 65535");
        exit(1);
    }
    le = cpu_to_le32(timeout);
    fw_cfg_add_number_file(s, "etc/boot-fail-wait", &le, sizeof(le));
}

/* Devices may have been plugged, and boot indexes changed, in the meantime. */
static void fw_cfg_machine_reset(void *opaque)
{
    FWCfgState *s = opaque;
    size_t len;
    char *buf = get_boot_devices_list(&len);

    g_free(fw_cfg_modify_file(s, "bootorder", buf, len));
    fw_cfg_own_file(s, "bootorder");

    buf = get_boot_devices_lchs_list(&len);
    g_free(fw_cfg_modify_file(s, "bios-geometry", buf, len));
    fw_cfg_own_file(s, "bios-geometry");
}

static void fw_cfg_machine_ready(Notifier *n, void *data)
{
    FWCfgState *s = container_of(n, FWCfgState, machine_ready);

    qemu_register_reset(fw_cfg_machine_reset, s);
}

void fw_cfg_boot_realize(FWCfgState *s, MachineState *machine)
{
    const BootConfiguration *boot = &machine->boot_config;

    fw_cfg_add_i16(s, FW_CFG_BOOT_MENU, boot->has_menu && boot->menu);
    fw_cfg_bootsplash(s, boot);
    fw_cfg_reboot(s, boot);

    s->machine_ready.notify = fw_cfg_machine_ready;
    qemu_add_machine_init_done_notifier(&s->machine_ready);
}

void fw_cfg_boot_unrealize(FWCfgState *s)
{
    qemu_remove_machine_init_done_notifier(&s->machine_ready);
    qemu_unregister_reset(fw_cfg_machine_reset, s);
}
