/*
 * What accel-common.c needs of accel-softmmu.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ACCEL_SOFTMMU_H
#define ACCEL_SOFTMMU_H

/* Register the "-ops" twin of @ac with system/cpus.c. */
void accel_init_ops_interfaces(AccelClass *ac);

#endif
