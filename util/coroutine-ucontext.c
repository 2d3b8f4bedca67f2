/*
 * Switching stacks.
 *
 * makecontext() and swapcontext() start a coroutine on its stack; from then on
 * sigsetjmp() and siglongjmp() go from one to the other, because swapcontext()
 * saves the signal mask with a system call each time.
 *
 * AddressSanitizer has a stack of its own behind each stack, and must be told
 * of each switch: start_switch_fiber() before, finish_switch_fiber() after, in
 * the one that was switched to.
 *
 * Read include/qemu/coroutine.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* It takes a jump to another stack for an accident. */
#undef _FORTIFY_SOURCE
#define _FORTIFY_SOURCE 0

#include "qemu/osdep.h"
#include "qemu/coroutine_int.h"
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define COROUTINE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COROUTINE_ASAN 1
#endif
#endif

#ifdef COROUTINE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

typedef struct {
    Coroutine base;
    void *stack;
    size_t stack_size;
    sigjmp_buf env;             /* where it goes on */
    void *fake_stack;           /* AddressSanitizer's */
} CoroutineUContext;

/* The way back to who makes one. */
typedef struct {
    CoroutineUContext *creator;
    sigjmp_buf env;
} CoroutineBirth;

/* Pointers through makecontext(), which hands over ints. */
typedef union {
    void *p;
    int i[2];
} CoroutineArg;

/*
 * A thread's own stack is a coroutine, too: the one that is left first.  A
 * coroutine may go on in another thread, so that a function that switches must
 * not keep the address of these: they are asked for anew each time.
 */
static __thread CoroutineUContext leader;
static __thread Coroutine *current;

static __attribute__((noinline)) Coroutine *coroutine_current(void)
{
    asm volatile("");
    return current;
}

static __attribute__((noinline)) void coroutine_set_current(Coroutine *co)
{
    asm volatile("");
    current = co;
}

static __attribute__((noinline)) CoroutineUContext *coroutine_leader(void)
{
    asm volatile("");
    return &leader;
}

#ifdef COROUTINE_ASAN

static void start_switch_fiber(void **fake_stack_save,
                               const void *bottom, size_t size)
{
    __sanitizer_start_switch_fiber(fake_stack_save, bottom, size);
}

static void finish_switch_fiber(void *fake_stack_save)
{
    CoroutineUContext *l = coroutine_leader();
    const void *bottom_old;
    size_t size_old;

    __sanitizer_finish_switch_fiber(fake_stack_save, &bottom_old, &size_old);
    if (!l->stack) {
        /* The first switch of a thread tells where its own stack is. */
        l->stack = (void *)bottom_old;
        l->stack_size = size_old;
    }
}

#else

static void start_switch_fiber(void **fake_stack_save,
                               const void *bottom, size_t size)
{
}

static void finish_switch_fiber(void *fake_stack_save)
{
}

#endif

static void coroutine_trampoline(int i0, int i1)
{
    CoroutineArg arg = { .i = { i0, i1 } };
    CoroutineUContext *self = arg.p;
    Coroutine *co = &self->base;

    finish_switch_fiber(NULL);

    /* Born: back to qemu_coroutine_new(), until it is entered. */
    if (!sigsetjmp(self->env, 0)) {
        CoroutineBirth *birth = co->entry_arg;

        start_switch_fiber(&self->fake_stack, birth->creator->stack,
                           birth->creator->stack_size);
        siglongjmp(birth->env, 1);
    }
    finish_switch_fiber(self->fake_stack);

    /* One life after the other, see qemu_coroutine_create(). */
    for (;;) {
        co->entry(co->entry_arg);
        qemu_coroutine_switch(co, co->caller, COROUTINE_TERMINATE);
    }
}

Coroutine *qemu_coroutine_new(void)
{
    CoroutineUContext *co = g_new0(CoroutineUContext, 1);
    void *fake_stack = NULL;
    CoroutineBirth birth;
    ucontext_t old_uc, uc;
    CoroutineArg arg = { .p = co };

    birth.creator = DO_UPCAST(CoroutineUContext, base, qemu_coroutine_self());
    if (getcontext(&uc) < 0) {
        abort();
    }
    co->stack_size = COROUTINE_STACK_SIZE;
    co->stack = qemu_alloc_stack(&co->stack_size);
    co->base.entry_arg = &birth;
    uc.uc_link = NULL;
    uc.uc_stack.ss_sp = co->stack;
    uc.uc_stack.ss_size = co->stack_size;
    uc.uc_stack.ss_flags = 0;
    makecontext(&uc, (void (*)(void))coroutine_trampoline, 2,
                arg.i[0], arg.i[1]);

    if (!sigsetjmp(birth.env, 0)) {
        start_switch_fiber(&fake_stack, co->stack, co->stack_size);
        swapcontext(&old_uc, &uc);
    }
    finish_switch_fiber(fake_stack);
    return &co->base;
}

void qemu_coroutine_delete(Coroutine *co_)
{
    CoroutineUContext *co = DO_UPCAST(CoroutineUContext, base, co_);

    qemu_free_stack(co->stack, co->stack_size);
    g_free(co);
}

/* Not inlined: see coroutine_current(). */
__attribute__((noinline))
CoroutineAction qemu_coroutine_switch(Coroutine *from_, Coroutine *to_,
                                      CoroutineAction action)
{
    CoroutineUContext *from = DO_UPCAST(CoroutineUContext, base, from_);
    CoroutineUContext *to = DO_UPCAST(CoroutineUContext, base, to_);
    int ret;

    coroutine_set_current(to_);

    ret = sigsetjmp(from->env, 0);
    if (ret == 0) {
        start_switch_fiber(&from->fake_stack, to->stack, to->stack_size);
        siglongjmp(to->env, action);
    }
    finish_switch_fiber(from->fake_stack);
    return ret;
}

Coroutine *qemu_coroutine_self(void)
{
    if (!coroutine_current()) {
        coroutine_set_current(&coroutine_leader()->base);
    }
    return coroutine_current();
}

bool qemu_in_coroutine(void)
{
    Coroutine *co = coroutine_current();

    return co && co->caller;
}
