/*
 * Options that are a character device with a device of the board on it:
 * -serial, -parallel and -debugcon; and what a machine has when the command
 * line does not say.
 *
 *     -serial unix:/tmp/s       chardev "serial0"    serial_hd(0), the board's
 *     -debugcon file:log        chardev "debugcon"   -device isa-debugcon
 *
 * They are read with the command line (add_device_config), and made when there
 * is a main loop (create_device_configs).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEM_DEVICE_CONFIG_H
#define SYSTEM_DEVICE_CONFIG_H

typedef enum {
    DEV_SERIAL,
    DEV_PARALLEL,
    DEV_DEBUGCON,
    DEV_GDB,
} DeviceConfigType;

/* Keep @arg, which must live on, and where it is said. */
void add_device_config(DeviceConfigType type, const char *arg);

/* Make all of them, or end the program with a message. */
void create_device_configs(void);

/* The same for -gdb and -s, when there is a machine. */
void create_gdbservers(void);

/*
 * Which devices the machine gets though nobody asked for them.  An option that
 * asks for one of its own turns the default off, and -nodefaults all of them.
 */
typedef struct DefaultDevices {
    bool serial;
    bool parallel;
    bool monitor;
} DefaultDevices;

extern DefaultDevices default_devices;

/* -device and -global may name what would be a default. */
void qemu_disable_default_devices(void);

/* Say what is missing as if the command line had said it. */
void qemu_create_default_devices(void);

#endif
