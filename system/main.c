/*
 * The program, from its first line to its last.
 *
 *     qemu_init        the command line becomes a machine (vl.c)
 *     qemu_main_loop   it runs, until someone asks for its end (shutdown.c)
 *     qemu_cleanup     everything is given back (teardown.c)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "sysemu/runstate.h"
#include "sysemu/sysemu.h"

int main(int argc, char **argv)
{
    int status;

    qemu_init(argc, argv);
    status = qemu_main_loop();
    qemu_cleanup();

    return status;
}
