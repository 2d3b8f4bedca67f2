/*
 * Reading images from files.  Read include/hw/loader.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "exec/memory.h"
#include "hw/loader.h"

int64_t get_image_size(const char *filename)
{
    int fd = open(filename, O_RDONLY | O_CLOEXEC);
    int64_t size;

    if (fd < 0) {
        return -1;
    }
    size = lseek(fd, 0, SEEK_END);
    close(fd);
    return size;
}

ssize_t load_image_size(const char *filename, void *addr, size_t size)
{
    ssize_t done = 0, n;
    int fd = open(filename, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        return -1;
    }
    while (done < size && (n = read(fd, addr + done, size - done)) != 0) {
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            done = -1;
            break;
        }
        done += n;
    }
    close(fd);
    return done;
}

/* @max_sz is what fits at the address: a larger file is not loaded in part. */
ssize_t load_image_targphys_as(const char *filename, hwaddr addr,
                               uint64_t max_sz, AddressSpace *as)
{
    int64_t size = get_image_size(filename);

    if (size < 0 || size > max_sz) {
        return -1;
    }
    if (size > 0 && rom_add_file_fixed_as(filename, addr, -1, as) < 0) {
        return -1;
    }
    return size;
}

ssize_t load_image_targphys(const char *filename, hwaddr addr, uint64_t max_sz)
{
    return load_image_targphys_as(filename, addr, max_sz, NULL);
}

ssize_t load_image_mr(const char *filename, MemoryRegion *mr)
{
    int64_t size = get_image_size(filename);

    if (!memory_access_is_direct(mr, false) || size < 0 ||
        size > memory_region_size(mr)) {
        return -1;
    }
    if (size > 0 && rom_add_file_mr(filename, mr, -1) < 0) {
        return -1;
    }
    return size;
}
