/*
 * Resettable: anything that can be reset, in three phases.
 *
 * One call of a reset function cannot do for a whole machine: while device A
 * lowers its interrupt line, device B, reset a moment ago, would notice and
 * react.  So a reset goes over the whole tree of things three times:
 *
 *     enter   every object puts its own state back; nobody talks to anybody
 *     hold    lines and signals take their reset level, so others are told
 *     exit    the reset ends: what starts by itself may start now
 *
 * Between hold and exit an object stays *in reset*.  Several may hold it
 * there at once (its bus, and the guest through a register), therefore there
 * is a count; the hooks run when it leaves 0 and when it is back at 0.
 *
 *      count   0 ---enter,hold--> 1 ---> 2 ---> 1 ---exit---> 0
 *
 * Children are visited first, then the object itself, in each phase.
 *
 * A class that has only an old-fashioned reset function says so with
 * get_transitional_function; that function runs in the hold phase.
 *
 * All of this is called with the big lock held.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_RESETTABLE_H
#define HW_RESETTABLE_H

#include "qom/object.h"

#define TYPE_RESETTABLE_INTERFACE "resettable"

typedef struct ResettableClass ResettableClass;
DECLARE_CLASS_CHECKERS(ResettableClass, RESETTABLE,
                       TYPE_RESETTABLE_INTERFACE)

typedef struct ResettableState ResettableState;

/* Why: RESET_TYPE_COLD is what happens at power on. */
typedef enum ResetType {
    RESET_TYPE_COLD,
} ResetType;

/* The phases, as methods.  Each may be NULL. */
typedef void (*ResettableEnterPhase)(Object *obj, ResetType type);
typedef void (*ResettableHoldPhase)(Object *obj);
typedef void (*ResettableExitPhase)(Object *obj);

/* Where the object keeps its ResettableState. */
typedef ResettableState * (*ResettableGetState)(Object *obj);

/* A reset function from before there were phases, and how to get at it. */
typedef void (*ResettableTrFunction)(Object *obj);
typedef ResettableTrFunction (*ResettableGetTrFunction)(Object *obj);

/* Call @cb for each child of @obj with @opaque and @type. */
typedef void (*ResettableChildCallback)(Object *, void *opaque,
                                        ResetType type);
typedef void (*ResettableChildForeach)(Object *obj,
                                       ResettableChildCallback cb,
                                       void *opaque, ResetType type);

typedef struct ResettablePhases {
    ResettableEnterPhase enter;
    ResettableHoldPhase hold;
    ResettableExitPhase exit;
} ResettablePhases;

struct ResettableClass {
    InterfaceClass parent_class;

    ResettablePhases phases;

    /* Must be there: every resettable object has a state. */
    ResettableGetState get_state;

    /* Only while there are classes without phases. */
    ResettableGetTrFunction get_transitional_function;

    /* NULL for an object that contains nothing resettable. */
    ResettableChildForeach child_foreach;
};

/*
 * Part of every resettable object; only resettable.c writes it.
 *
 * @count: how many hold it in reset.
 * @hold_phase_pending: enter was done in this reset, hold not yet.
 * @exit_phase_in_progress: so that a reset which starts inside an exit hook
 *     is noticed.
 */
struct ResettableState {
    unsigned count;
    bool hold_phase_pending;
    bool exit_phase_in_progress;
};

/* Back to "not in reset".  For the object's init function. */
static inline void resettable_state_clear(ResettableState *state)
{
    memset(state, 0, sizeof(ResettableState));
}

/* Into reset and out of it at once: enter, hold, exit. */
void resettable_reset(Object *obj, ResetType type);

/* Put @obj in reset and keep it there: enter and hold. */
void resettable_assert_reset(Object *obj, ResetType type);

/* The counterpart of resettable_assert_reset(): exit, if nobody else holds. */
void resettable_release_reset(Object *obj, ResetType type);

bool resettable_is_in_reset(Object *obj);

/*
 * @obj moves from @oldp to @newp (either may be NULL); when one of them is in
 * reset and the other is not, @obj goes in or out of reset with it.
 */
void resettable_change_parent(Object *obj, Object *newp, Object *oldp);

/* resettable_reset() with RESET_TYPE_COLD, for qemu_register_reset(). */
void resettable_cold_reset_fn(void *opaque);

/*
 * For class_init: set the phases given (NULL leaves the inherited one) and
 * keep all inherited ones in *@parent_phases, to be called from there.
 */
void resettable_class_set_parent_phases(ResettableClass *rc,
                                        ResettableEnterPhase enter,
                                        ResettableHoldPhase hold,
                                        ResettableExitPhase exit,
                                        ResettablePhases *parent_phases);

#endif
