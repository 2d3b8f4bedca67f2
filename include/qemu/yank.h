/*
 * Yank: cut a connection that something may hang on.
 *
 * A client that stops reading, or a network that stops carrying, can hold up
 * whoever writes to it, and with that the main thread and QMP.  So who has
 * a connection registers it, with a function that breaks it off; QMP's yank,
 * out of band, calls that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef YANK_H
#define YANK_H

#include "qapi/qapi-types-yank.h"

typedef void (YankFn)(void *opaque);

/*
 * Instances are known by value.  To register one is an error if it is there
 * already; to unregister it, it must have no functions left.
 */
bool yank_register_instance(const YankInstance *instance, Error **errp);
void yank_unregister_instance(const YankInstance *instance);

/*
 * @func runs in any thread, under a lock that yank_unregister_function() takes:
 * after that it does not run.  It must not block.
 */
void yank_register_function(const YankInstance *instance,
                            YankFn *func, void *opaque);
void yank_unregister_function(const YankInstance *instance,
                              YankFn *func, void *opaque);

#define CHARDEV_YANK_INSTANCE(the_id) (&(YankInstance) { \
        .type = YANK_INSTANCE_TYPE_CHARDEV, \
        .u.chardev.id = (the_id) })

#endif
