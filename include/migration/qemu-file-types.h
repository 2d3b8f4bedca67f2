/*
 * Bytes and numbers to and from a stream, for a device whose state no table
 * (migration/vmstate.h) can tell: VMStateInfo's get and put, a bus's save and
 * load.
 *
 * Numbers go most significant byte first.  A stream that has failed, or has
 * ended, reads as zeros; who reads does not have to look after each number,
 * because the end of the load does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_FILE_H
#define QEMU_FILE_H

void qemu_put_buffer(QEMUFile *f, const uint8_t *buf, size_t size);
void qemu_put_byte(QEMUFile *f, int v);

#define qemu_put_sbyte qemu_put_byte

void qemu_put_be16(QEMUFile *f, unsigned int v);
void qemu_put_be32(QEMUFile *f, unsigned int v);
void qemu_put_be64(QEMUFile *f, uint64_t v);

/* How many of @size bytes there were. */
size_t qemu_get_buffer(QEMUFile *f, uint8_t *buf, size_t size);
int qemu_get_byte(QEMUFile *f);

#define qemu_get_sbyte qemu_get_byte

unsigned int qemu_get_be16(QEMUFile *f);
unsigned int qemu_get_be32(QEMUFile *f);
uint64_t qemu_get_be64(QEMUFile *f);

/* The same with a pointer to the number. */

static inline void qemu_put_ubyte(QEMUFile *f, unsigned int v)
{
    qemu_put_byte(f, (int)v);
}

static inline unsigned int qemu_get_ubyte(QEMUFile *f)
{
    return (unsigned int)qemu_get_byte(f);
}

static inline void qemu_put_be64s(QEMUFile *f, const uint64_t *pv)
{
    qemu_put_be64(f, *pv);
}

static inline void qemu_put_be32s(QEMUFile *f, const uint32_t *pv)
{
    qemu_put_be32(f, *pv);
}

static inline void qemu_put_be16s(QEMUFile *f, const uint16_t *pv)
{
    qemu_put_be16(f, *pv);
}

static inline void qemu_put_8s(QEMUFile *f, const uint8_t *pv)
{
    qemu_put_byte(f, *pv);
}

static inline void qemu_get_be64s(QEMUFile *f, uint64_t *pv)
{
    *pv = qemu_get_be64(f);
}

static inline void qemu_get_be32s(QEMUFile *f, uint32_t *pv)
{
    *pv = qemu_get_be32(f);
}

static inline void qemu_get_be16s(QEMUFile *f, uint16_t *pv)
{
    *pv = qemu_get_be16(f);
}

static inline void qemu_get_8s(QEMUFile *f, uint8_t *pv)
{
    *pv = qemu_get_byte(f);
}

static inline void qemu_put_sbe64s(QEMUFile *f, const int64_t *pv)
{
    qemu_put_be64(f, *pv);
}

static inline void qemu_put_sbe32s(QEMUFile *f, const int32_t *pv)
{
    qemu_put_be32(f, *pv);
}

static inline void qemu_put_sbe16s(QEMUFile *f, const int16_t *pv)
{
    qemu_put_be16(f, *pv);
}

static inline void qemu_put_s8s(QEMUFile *f, const int8_t *pv)
{
    qemu_put_byte(f, *pv);
}

static inline void qemu_get_sbe64s(QEMUFile *f, int64_t *pv)
{
    *pv = qemu_get_be64(f);
}

static inline void qemu_get_sbe32s(QEMUFile *f, int32_t *pv)
{
    *pv = qemu_get_be32(f);
}

static inline void qemu_get_sbe16s(QEMUFile *f, int16_t *pv)
{
    *pv = qemu_get_be16(f);
}

static inline void qemu_get_s8s(QEMUFile *f, int8_t *pv)
{
    *pv = qemu_get_byte(f);
}

#endif
