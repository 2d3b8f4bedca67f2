/*
 * Memory whose address is a multiple of something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MEMALIGN_H
#define QEMU_MEMALIGN_H

/*
 * @size bytes at a multiple of @alignment (a power of two).  The first returns
 * NULL if there is no memory, the second ends the program.  Free with
 * qemu_vfree(), which takes NULL.
 */
void *qemu_try_memalign(size_t alignment, size_t size);
void *qemu_memalign(size_t alignment, size_t size);
void qemu_vfree(void *ptr);

static inline void qemu_cleanup_generic_vfree(void *p)
{
    void **pptr = (void **)p;

    qemu_vfree(*pptr);
}

/* A pointer variable with this attribute is freed at the end of its scope. */
#define QEMU_AUTO_VFREE __attribute__((cleanup(qemu_cleanup_generic_vfree)))

#endif
