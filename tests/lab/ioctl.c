/*
 * ioctl FILE REQUEST [NUMBER]: one ioctl(2) for the guest's shell.
 *
 * busybox has no eject(1) and no resize2fs(8); what those would ask of the
 * kernel is one call each.  NUMBER is passed as a pointer to 64 bits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "use: %s FILE REQUEST [NUMBER]\n", argv[0]);
        return 2;
    }

    uint64_t number = argc == 4 ? strtoull(argv[3], NULL, 0) : 0;
    /* O_NONBLOCK: a drive opens without a medium in it. */
    int fd = open(argv[1], O_RDONLY | O_NONBLOCK);

    if (fd < 0 || ioctl(fd, strtoul(argv[2], NULL, 0),
                        argc == 4 ? &number : NULL) < 0) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
