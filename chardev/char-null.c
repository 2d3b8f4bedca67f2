/*
 * chardev-null: takes everything, says nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char.h"
#include "qemu/module.h"

/* Nobody is ever at the other end. */
static void null_chr_open(Chardev *chr, ChardevBackend *backend,
                          bool *be_opened, Error **errp)
{
    *be_opened = false;
}

static void char_null_class_init(ObjectClass *oc, void *data)
{
    CHARDEV_CLASS(oc)->open = null_chr_open;
}

static const TypeInfo char_null_type_info = {
    .name = TYPE_CHARDEV_NULL,
    .parent = TYPE_CHARDEV,
    .class_init = char_null_class_init,
};

static void char_null_register_types(void)
{
    type_register_static(&char_null_type_info);
}

type_init(char_null_register_types)
