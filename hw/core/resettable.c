/*
 * Three-phase reset.  Read include/hw/resettable.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/resettable.h"
#include "trace.h"

static void resettable_phase_enter(Object *obj, void *opaque, ResetType type);
static void resettable_phase_hold(Object *obj, void *opaque, ResetType type);
static void resettable_phase_exit(Object *obj, void *opaque, ResetType type);

/* Nobody starts a reset from within an enter hook: those are private. */
static bool enter_phase_in_progress;

/* An exit hook may start another object's reset, so exits nest. */
static unsigned exit_phase_in_progress;

/* More holders than this are a leak of resettable_assert_reset(). */
#define RESETTABLE_MAX_COUNT 50

/* The object's and its children's phases */

static ResettableTrFunction resettable_get_tr_func(ResettableClass *rc,
                                                   Object *obj)
{
    return rc->get_transitional_function ? rc->get_transitional_function(obj)
                                         : NULL;
}

static void resettable_child_foreach(ResettableClass *rc, Object *obj,
                                     ResettableChildCallback cb,
                                     void *opaque, ResetType type)
{
    if (rc->child_foreach) {
        rc->child_foreach(obj, cb, opaque, type);
    }
}

static void resettable_phase_enter(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = rc->get_state(obj);
    const char *obj_typename = object_get_typename(obj);
    bool first;

    trace_resettable_phase_enter_begin(obj, obj_typename, s->count, type);

    /* It would be half out of one reset and half in the next. */
    assert(!s->exit_phase_in_progress);

    first = s->count++ == 0;
    assert(s->count <= RESETTABLE_MAX_COUNT);

    /* The children count every holder too, also when this is not the first. */
    resettable_child_foreach(rc, obj, resettable_phase_enter, NULL, type);

    if (first) {
        bool has_method = rc->phases.enter && !resettable_get_tr_func(rc, obj);

        trace_resettable_phase_enter_exec(obj, obj_typename, type, has_method);
        if (has_method) {
            rc->phases.enter(obj, type);
        }
        s->hold_phase_pending = true;
    }
    trace_resettable_phase_enter_end(obj, obj_typename, s->count);
}

static void resettable_phase_hold(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = rc->get_state(obj);
    const char *obj_typename = object_get_typename(obj);

    trace_resettable_phase_hold_begin(obj, obj_typename, s->count, type);
    resettable_child_foreach(rc, obj, resettable_phase_hold, NULL, type);

    if (s->hold_phase_pending) {
        ResettableTrFunction tr_func = resettable_get_tr_func(rc, obj);

        s->hold_phase_pending = false;
        trace_resettable_phase_hold_exec(obj, obj_typename,
                                         rc->phases.hold != NULL);
        if (tr_func) {
            trace_resettable_transitional_function(obj, obj_typename);
            tr_func(obj);
        } else if (rc->phases.hold) {
            rc->phases.hold(obj);
        }
    }
    trace_resettable_phase_hold_end(obj, obj_typename, s->count);
}

static void resettable_phase_exit(Object *obj, void *opaque, ResetType type)
{
    ResettableClass *rc = RESETTABLE_GET_CLASS(obj);
    ResettableState *s = rc->get_state(obj);
    const char *obj_typename = object_get_typename(obj);

    assert(!s->exit_phase_in_progress);
    trace_resettable_phase_exit_begin(obj, obj_typename, s->count, type);

    s->exit_phase_in_progress = true;
    resettable_child_foreach(rc, obj, resettable_phase_exit, NULL, type);

    assert(s->count > 0);
    if (--s->count == 0) {
        bool has_method = rc->phases.exit && !resettable_get_tr_func(rc, obj);

        trace_resettable_phase_exit_exec(obj, obj_typename, has_method);
        if (has_method) {
            rc->phases.exit(obj);
        }
    }
    s->exit_phase_in_progress = false;
    trace_resettable_phase_exit_end(obj, obj_typename, s->count);
}

/* Public functions */

void resettable_assert_reset(Object *obj, ResetType type)
{
    assert(type == RESET_TYPE_COLD);
    assert(!enter_phase_in_progress);
    trace_resettable_reset_assert_begin(obj, type);

    enter_phase_in_progress = true;
    resettable_phase_enter(obj, NULL, type);
    enter_phase_in_progress = false;

    resettable_phase_hold(obj, NULL, type);
    trace_resettable_reset_assert_end(obj);
}

void resettable_release_reset(Object *obj, ResetType type)
{
    assert(type == RESET_TYPE_COLD);
    assert(!enter_phase_in_progress);
    trace_resettable_reset_release_begin(obj, type);

    exit_phase_in_progress++;
    resettable_phase_exit(obj, NULL, type);
    exit_phase_in_progress--;

    trace_resettable_reset_release_end(obj);
}

void resettable_reset(Object *obj, ResetType type)
{
    trace_resettable_reset(obj, type);
    resettable_assert_reset(obj, type);
    resettable_release_reset(obj, type);
}

bool resettable_is_in_reset(Object *obj)
{
    return RESETTABLE_GET_CLASS(obj)->get_state(obj)->count > 0;
}

static unsigned resettable_get_count(Object *obj)
{
    return obj ? RESETTABLE_GET_CLASS(obj)->get_state(obj)->count : 0;
}

void resettable_change_parent(Object *obj, Object *newp, Object *oldp)
{
    unsigned count = resettable_get_count(oldp);
    unsigned newp_count = resettable_get_count(newp);

    /* Half the tree would have seen the object, and half would not. */
    assert(!enter_phase_in_progress && !exit_phase_in_progress);
    trace_resettable_change_parent(obj, oldp, count, newp, newp_count);

    /* Each holder of the parent holds the child as well. */
    for (; count < newp_count; count++) {
        resettable_assert_reset(obj, RESET_TYPE_COLD);
    }
    for (; count > newp_count; count--) {
        resettable_release_reset(obj, RESET_TYPE_COLD);
    }
}

void resettable_cold_reset_fn(void *opaque)
{
    resettable_reset(opaque, RESET_TYPE_COLD);
}

void resettable_class_set_parent_phases(ResettableClass *rc,
                                        ResettableEnterPhase enter,
                                        ResettableHoldPhase hold,
                                        ResettableExitPhase exit,
                                        ResettablePhases *parent_phases)
{
    *parent_phases = rc->phases;
    if (enter) {
        rc->phases.enter = enter;
    }
    if (hold) {
        rc->phases.hold = hold;
    }
    if (exit) {
        rc->phases.exit = exit;
    }
}

static const TypeInfo resettable_interface_info = {
    .name       = TYPE_RESETTABLE_INTERFACE,
    .parent     = TYPE_INTERFACE,
    .class_size = sizeof(ResettableClass),
};

static void reset_register_types(void)
{
    type_register_static(&resettable_interface_info);
}

type_init(reset_register_types)
