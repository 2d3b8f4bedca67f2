/*
 * Anonymous files: memory that has a descriptor, so that another process
 * (a vhost-user back end, a test) can map it as well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_MEMFD_H
#define QEMU_MEMFD_H

#ifndef F_LINUX_SPECIFIC_BASE
#define F_LINUX_SPECIFIC_BASE 1024
#endif

#ifndef F_ADD_SEALS
#define F_ADD_SEALS (F_LINUX_SPECIFIC_BASE + 9)
#define F_GET_SEALS (F_LINUX_SPECIFIC_BASE + 10)
#define F_SEAL_SEAL     0x0001
#define F_SEAL_SHRINK   0x0002
#define F_SEAL_GROW     0x0004
#define F_SEAL_WRITE    0x0008
#endif

/*
 * A memfd of @size bytes, made of huge pages of @hugetlbsize bytes if @hugetlb
 * (0: the host's default), with the F_SEAL_* in @seals.  Returns the
 * descriptor, or -1 with @errp set.
 */
int qemu_memfd_create(const char *name, size_t size, bool hugetlb,
                      uint64_t hugetlbsize, unsigned int seals, Error **errp);

/* Whether memfd_create() with MFD_* @flags works on this host. */
bool qemu_memfd_alloc_check(void);
bool qemu_memfd_check(unsigned int flags);

/*
 * A mapped file of @size bytes: *@fd is its descriptor.  NULL with @errp set
 * if it cannot be made.
 */
void *qemu_memfd_alloc(const char *name, size_t size, unsigned int seals,
                       int *fd, Error **errp);
void qemu_memfd_free(void *ptr, size_t size, int fd);

#endif
