/*
 * chardev-pipe: a pair of named pipes, PATH.in and PATH.out, or one PATH.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-fd.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

/* O_RDWR on a fifo: opening does not wait for the other side. */
static void qemu_chr_open_pipe(Chardev *chr, ChardevBackend *backend,
                               bool *be_opened, Error **errp)
{
    const char *filename = backend->u.pipe.data->device;
    g_autofree char *in_name = g_strdup_printf("%s.in", filename);
    g_autofree char *out_name = g_strdup_printf("%s.out", filename);
    int fd_in = RETRY_ON_EINTR(open(in_name, O_RDWR | O_CLOEXEC));
    int fd_out = RETRY_ON_EINTR(open(out_name, O_RDWR | O_CLOEXEC));

    if (fd_in < 0 || fd_out < 0) {
        if (fd_in >= 0) {
            qemu_close(fd_in);
        }
        if (fd_out >= 0) {
            qemu_close(fd_out);
        }
        fd_in = fd_out = RETRY_ON_EINTR(open(filename, O_RDWR | O_CLOEXEC));
        if (fd_in < 0) {
            error_setg_file_open(errp, errno, filename);
            return;
        }
    }
    qemu_chr_open_fd(chr, fd_in, fd_out);
}

static void qemu_chr_parse_pipe(QemuOpts *opts, ChardevBackend *backend,
                                Error **errp)
{
    const char *device = qemu_opt_get(opts, "path");
    ChardevHostdev *dev;

    backend->type = CHARDEV_BACKEND_KIND_PIPE;
    if (device == NULL) {
        error_setg(errp, "chardev: pipe: no device path given");
        return;
    }
    dev = backend->u.pipe.data = g_new0(ChardevHostdev, 1);
    qemu_chr_parse_common(opts, qapi_ChardevHostdev_base(dev));
    dev->device = g_strdup(device);
}

static void char_pipe_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_pipe;
    cc->open = qemu_chr_open_pipe;
}

static const TypeInfo char_pipe_type_info = {
    .name = TYPE_CHARDEV_PIPE,
    .parent = TYPE_CHARDEV_FD,
    .class_init = char_pipe_class_init,
};

static void char_pipe_register_types(void)
{
    type_register_static(&char_pipe_type_info);
}

type_init(char_pipe_register_types)
