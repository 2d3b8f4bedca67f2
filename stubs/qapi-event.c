/*
 * Events happen, but nobody listens.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qapi-emit-events.h"

void qapi_event_emit(QAPIEvent event, QDict *qdict)
{
}
