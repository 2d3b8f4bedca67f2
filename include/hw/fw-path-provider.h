/*
 * FWPathProvider: a board that knows better how firmware names a device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FW_PATH_PROVIDER_H
#define FW_PATH_PROVIDER_H

#include "qemu/queue.h"
#include "qom/object.h"

#define TYPE_FW_PATH_PROVIDER "fw-path-provider"

typedef struct FWPathProviderClass FWPathProviderClass;
DECLARE_CLASS_CHECKERS(FWPathProviderClass, FW_PATH_PROVIDER,
                       TYPE_FW_PATH_PROVIDER)
#define FW_PATH_PROVIDER(obj) \
     INTERFACE_CHECK(FWPathProvider, (obj), TYPE_FW_PATH_PROVIDER)

typedef struct FWPathProvider FWPathProvider;

struct FWPathProviderClass {
    InterfaceClass parent_class;

    /* The part of the path for @dev on @bus, or NULL; the caller frees it. */
    char *(*get_dev_path)(FWPathProvider *p, BusState *bus, DeviceState *dev);
};

/* Ask @p, or, in the second, @provider if it is one (else NULL). */
char *fw_path_provider_get_dev_path(FWPathProvider *p, BusState *bus,
                                    DeviceState *dev);
char *fw_path_provider_try_get_dev_path(Object *provider, BusState *bus,
                                        DeviceState *dev);

#endif
