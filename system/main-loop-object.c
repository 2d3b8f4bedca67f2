/*
 * main-loop: the settings of the main loop as an object, one at most.
 *
 * Read include/sysemu/event-loop-base.h first.  The loop itself was there before
 * (util/main-loop.c), and goes on without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"

static MainLoop *mloop;

static void main_loop_update_params(EventLoopBase *base, Error **errp)
{
    ERRP_GUARD();
    AioContext *ctx = qemu_get_aio_context();

    /* Before it is complete nobody has checked the settings together. */
    if (MAIN_LOOP(base) != mloop) {
        return;
    }
    aio_context_set_aio_params(ctx, base->aio_max_batch, errp);
    if (*errp) {
        return;
    }
    aio_context_set_thread_pool_params(ctx, base->thread_pool_min,
                                       base->thread_pool_max, errp);
}

/* EventLoopBase's init(): the object has all its properties. */
static void main_loop_init(EventLoopBase *base, Error **errp)
{
    ERRP_GUARD();

    if (mloop) {
        error_setg(errp, "only one main-loop instance allowed");
        return;
    }
    mloop = MAIN_LOOP(base);
    main_loop_update_params(base, errp);
    if (*errp) {
        mloop = NULL;
    }
}

static bool main_loop_can_be_deleted(EventLoopBase *base)
{
    return false;
}

static void main_loop_instance_finalize(Object *obj)
{
    if (mloop == MAIN_LOOP(obj)) {
        mloop = NULL;
    }
}

static void main_loop_class_init(ObjectClass *klass, void *class_data)
{
    EventLoopBaseClass *bc = EVENT_LOOP_BASE_CLASS(klass);

    bc->init = main_loop_init;
    bc->update_params = main_loop_update_params;
    bc->can_be_deleted = main_loop_can_be_deleted;
}

static const TypeInfo main_loop_info = {
    .name = TYPE_MAIN_LOOP,
    .parent = TYPE_EVENT_LOOP_BASE,
    .class_init = main_loop_class_init,
    .instance_size = sizeof(MainLoop),
    .instance_finalize = main_loop_instance_finalize,
};

static void main_loop_register_types(void)
{
    type_register_static(&main_loop_info);
}

type_init(main_loop_register_types)
