/*
 * Locks that unlock themselves.
 *
 *     QEMU_LOCK_GUARD(&s->lock);            held until the end of the block
 *
 *     WITH_QEMU_LOCK_GUARD(&s->lock) {      held inside, also on return, break
 *         …                                 and goto out of it
 *     }
 *
 * Any of QemuMutex, QemuRecMutex, CoMutex and QemuSpin will do; QemuLockable is the
 * interface which they share, a pointer and two methods.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_LOCKABLE_H
#define QEMU_LOCKABLE_H

#include "qemu/coroutine.h"
#include "qemu/thread.h"

typedef void QemuLockUnlockFunc(void *);

struct QemuLockable {
    void *object;
    QemuLockUnlockFunc *lock;
    QemuLockUnlockFunc *unlock;
};


#define QML_FUNC_(name)                                                     \
    static inline void qemu_lockable_lock_##name(void *x)                   \
    {                                                                       \
        qemu_##name##_lock(x);                                              \
    }                                                                       \
    static inline void qemu_lockable_unlock_##name(void *x)                 \
    {                                                                       \
        qemu_##name##_unlock(x);                                            \
    }
QML_FUNC_(mutex)
QML_FUNC_(rec_mutex)
QML_FUNC_(co_mutex)
QML_FUNC_(spin)
#undef QML_FUNC_

#define QML_OBJ_(x, name) (&(QemuLockable) {                                \
        .object = (x),                                                      \
        .lock = qemu_lockable_lock_##name,                                  \
        .unlock = qemu_lockable_unlock_##name,                              \
    })

/* A QemuLockable * for the lock @x, living as long as the block around it. */
#define QEMU_MAKE_LOCKABLE_NONNULL(x)                                       \
    _Generic((x),                                                           \
        QemuLockable *: (void *)(x),                                        \
        QemuMutex *: (void *)QML_OBJ_((void *)(x), mutex),                  \
        QemuRecMutex *: (void *)QML_OBJ_((void *)(x), rec_mutex),           \
        CoMutex *: (void *)QML_OBJ_((void *)(x), co_mutex),                 \
        QemuSpin *: (void *)QML_OBJ_((void *)(x), spin))

/* The same; a NULL, of any of the types, stays NULL. */
#define QEMU_MAKE_LOCKABLE(x)                                               \
    ((QemuLockable *)((x) ? _Generic((x),                                   \
        void *: NULL,                                                       \
        QemuLockable *: (void *)(x),                                        \
        QemuMutex *: (void *)QML_OBJ_((void *)(x), mutex),                  \
        QemuRecMutex *: (void *)QML_OBJ_((void *)(x), rec_mutex),           \
        CoMutex *: (void *)QML_OBJ_((void *)(x), co_mutex),                 \
        QemuSpin *: (void *)QML_OBJ_((void *)(x), spin)) : NULL))

static inline void qemu_lockable_lock(QemuLockable *x)
{
    x->lock(x->object);
}

static inline void qemu_lockable_unlock(QemuLockable *x)
{
    x->unlock(x->object);
}

static inline QemuLockable *qemu_lockable_auto_lock(QemuLockable *x)
{
    qemu_lockable_lock(x);
    return x;
}

static inline void qemu_lockable_auto_unlock(QemuLockable *x)
{
    if (x) {
        qemu_lockable_unlock(x);
    }
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(QemuLockable, qemu_lockable_auto_unlock)

#define WITH_QEMU_LOCK_GUARD_(x, var)                                       \
    for (g_autoptr(QemuLockable) var =                                      \
             qemu_lockable_auto_lock(QEMU_MAKE_LOCKABLE_NONNULL((x)));      \
         var;                                                               \
         qemu_lockable_auto_unlock(var), var = NULL)

#define WITH_QEMU_LOCK_GUARD(x)                                             \
    WITH_QEMU_LOCK_GUARD_((x), glue(qemu_lockable_auto, __COUNTER__))

#define QEMU_LOCK_GUARD(x)                                                  \
    g_autoptr(QemuLockable)                                                 \
    glue(qemu_lockable_auto, __COUNTER__) G_GNUC_UNUSED =                   \
        qemu_lockable_auto_lock(QEMU_MAKE_LOCKABLE_NONNULL((x)))

#endif
