/*
 * -device and its kin: making devices from what the user says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MONITOR_QDEV_H
#define MONITOR_QDEV_H

/* `info qtree`, `info qdm`. */
void hmp_info_qtree(Monitor *mon, const QDict *qdict);
void hmp_info_qdm(Monitor *mon, const QDict *qdict);

/* The QMP commands device_add and device_del. */
void qmp_device_add(QDict *qdict, QObject **ret_data, Error **errp);
void qmp_device_del(const char *id, Error **errp);

/*
 * Print help and give 1 if @opts asks for it ("help", or "TYPE,help"), else 0.
 */
int qdev_device_help(QemuOpts *opts);

/*
 * Make, configure and realize the device that @opts describes.  The device
 * with a reference for the caller, or NULL: then @errp says why, or is not
 * set, because a listener hides the device for now.
 */
DeviceState *qdev_device_add(QemuOpts *opts, Error **errp);

/* The same from a dictionary; @from_json: its values have JSON's types. */
DeviceState *qdev_device_add_from_qdict(const QDict *opts,
                                        bool from_json, Error **errp);

/*
 * Name @dev: it becomes /machine/peripheral/@id, or without an id a
 * /machine/peripheral-anon/device[n].  Takes @id over, also on failure.  The
 * id as the device keeps it, or NULL if it is taken.
 */
const char *qdev_set_id(DeviceState *dev, char *id, Error **errp);

#endif
