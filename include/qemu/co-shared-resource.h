/*
 * So much of something, to be shared by coroutines: one that wants more than
 * there is waits until others give back.
 *
 * Not for use by several threads.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CO_SHARED_RESOURCE_H
#define QEMU_CO_SHARED_RESOURCE_H

#include "qemu/coroutine.h"

typedef struct SharedResource SharedResource;

SharedResource *shres_create(uint64_t total);
/* Nothing of it may be out. */
void shres_destroy(SharedResource *s);

/* Take @n, at most the total; wait for it if need be. */
void coroutine_fn co_get_from_shres(SharedResource *s, uint64_t n);
/* Give @n back. */
void coroutine_fn co_put_to_shres(SharedResource *s, uint64_t n);

#endif
