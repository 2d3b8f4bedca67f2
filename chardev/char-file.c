/*
 * chardev-file: output to a file, and input from another.
 *
 *     -chardev file,id=a,path=out[,append=on]
 *
 * Only QMP's chardev-add can name the other ("in").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fd.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

static void qmp_chardev_open_file(Chardev *chr, ChardevBackend *backend,
                                  bool *be_opened, Error **errp)
{
    ChardevFile *file = backend->u.file.data;
    int flags = O_WRONLY | O_CREAT;
    int in = -1, out;

    flags |= file->has_append && file->append ? O_APPEND : O_TRUNC;
    out = qmp_chardev_open_file_source(file->out, flags, errp);
    if (out < 0) {
        return;
    }
    if (file->has_in) {
        in = qmp_chardev_open_file_source(file->in, O_RDONLY, errp);
        if (in < 0) {
            qemu_close(out);
            return;
        }
    }
    qemu_chr_open_fd(chr, in, out);
}

static void qemu_chr_parse_file_out(QemuOpts *opts, ChardevBackend *backend,
                                    Error **errp)
{
    const char *path = qemu_opt_get(opts, "path");
    ChardevFile *file;

    backend->type = CHARDEV_BACKEND_KIND_FILE;
    if (path == NULL) {
        error_setg(errp, "chardev: file: no filename given");
        return;
    }
    file = backend->u.file.data = g_new0(ChardevFile, 1);
    qemu_chr_parse_common(opts, qapi_ChardevFile_base(file));
    file->out = g_strdup(path);
    file->has_append = true;
    file->append = qemu_opt_get_bool(opts, "append", false);
}

static void char_file_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_file_out;
    cc->open = qmp_chardev_open_file;
}

static const TypeInfo char_file_type_info = {
    .name = TYPE_CHARDEV_FILE,
    .parent = TYPE_CHARDEV_FD,
    .class_init = char_file_class_init,
};

static void char_file_register_types(void)
{
    type_register_static(&char_file_type_info);
}

type_init(char_file_register_types)
