/*
 * Random number generators: back ends that a virtio-rng takes entropy from.
 *
 *     virtio-rng  -- rng_backend_request_entropy(size, fn) -->  rng-random
 *                 <-- fn(data, some of them or all) ----------  (a file's fd)
 *
 * A request waits in the back end's queue until the back end has something.  It
 * may answer with less than was asked for, and then the request is done all the
 * same: who needs more asks again.
 *
 * All of this is under the BQL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_RNG_H
#define QEMU_RNG_H

#include "qemu/queue.h"
#include "qom/object.h"

#define TYPE_RNG_BACKEND "rng-backend"
OBJECT_DECLARE_TYPE(RngBackend, RngBackendClass, RNG_BACKEND)

#define TYPE_RNG_BUILTIN "rng-builtin"

typedef struct RngRequest RngRequest;

/* @data, @size bytes of it, is only there during the call. */
typedef void (EntropyReceiveFunc)(void *opaque, const void *data, size_t size);

struct RngRequest {
    EntropyReceiveFunc *receive_entropy;
    uint8_t *data;
    void *opaque;
    size_t offset;      /* so many are there */
    size_t size;        /* of so many */
    QSIMPLEQ_ENTRY(RngRequest) next;
};

/*
 * @request_entropy: a request has been made and is about to be queued
 * @opened: the object is complete; takes what it needs.  NULL: nothing
 */
struct RngBackendClass {
    ObjectClass parent_class;

    void (*request_entropy)(RngBackend *s, RngRequest *req);
    void (*opened)(RngBackend *s, Error **errp);
};

/* @requests: the oldest first */
struct RngBackend {
    Object parent;

    bool opened;
    QSIMPLEQ_HEAD(requests, RngRequest) requests;
};

/*
 * Ask for @size bytes.  @receive_entropy is called once, later, from the main
 * loop; never from inside this function.
 */
void rng_backend_request_entropy(RngBackend *s, size_t size,
                                 EntropyReceiveFunc *receive_entropy,
                                 void *opaque);

/* Forget @opaque: its requests are answered to nobody. */
void rng_backend_cancel_requests(RngBackend *s, void *opaque);

/* For back ends: @req, which is in the queue, is done.  Frees it. */
void rng_backend_free_request(RngBackend *s, RngRequest *req);

#endif
