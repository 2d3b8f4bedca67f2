/*
 * Data directories.  Read include/qemu/datadir.h first.
 *
 * In QEMU this is softmmu/datadir.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/datadir.h"

static char *data_dir[16];
static int data_dir_idx;

char *qemu_find_file(int type, const char *name)
{
    const char *subdir;

    /* A path, or a file of the directory we are in. */
    if (access(name, R_OK) == 0) {
        return g_strdup(name);
    }
    switch (type) {
    case QEMU_FILE_TYPE_BIOS:
        subdir = "";
        break;
    case QEMU_FILE_TYPE_KEYMAP:
        subdir = "keymaps/";
        break;
    default:
        g_assert_not_reached();
    }
    for (int i = 0; i < data_dir_idx; i++) {
        g_autofree char *buf = g_strdup_printf("%s/%s%s", data_dir[i], subdir,
                                               name);

        if (access(buf, R_OK) == 0) {
            return g_steal_pointer(&buf);
        }
    }
    return NULL;
}

/* Known and superfluous directories are dropped. */
void qemu_add_data_dir(char *path)
{
    if (path == NULL) {
        return;
    }
    for (int i = 0; i < data_dir_idx; i++) {
        if (strcmp(data_dir[i], path) == 0) {
            g_free(path);
            return;
        }
    }
    if (data_dir_idx == ARRAY_SIZE(data_dir)) {
        g_free(path);
        return;
    }
    data_dir[data_dir_idx++] = path;
}

/* -L comes first, then where a package puts SeaBIOS and option ROMs. */
void qemu_add_default_firmwarepath(void)
{
    g_auto(GStrv) dirs = g_strsplit(CONFIG_QEMU_FIRMWAREPATH,
                                    G_SEARCHPATH_SEPARATOR_S, 0);

    for (int i = 0; dirs[i]; i++) {
        qemu_add_data_dir(get_relocated_path(dirs[i]));
    }
}

void qemu_list_data_dirs(void)
{
    for (int i = 0; i < data_dir_idx; i++) {
        printf("%s\n", data_dir[i]);
    }
}
