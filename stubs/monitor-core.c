/*
 * No monitor: what unit tests link instead of monitor/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "monitor/monitor.h"
#include "qapi/error.h"

Monitor *monitor_cur(void)
{
    return NULL;
}

Monitor *monitor_set_cur(struct Coroutine *co, Monitor *mon)
{
    return NULL;
}

/* Nobody sends descriptors. */
int monitor_get_fd(Monitor *mon, const char *fdname, Error **errp)
{
    abort();
}

bool monitor_cur_is_qmp(void)
{
    return false;
}

/* Without a monitor nobody has one to print to. */
int monitor_vprintf(Monitor *mon, const char *fmt, va_list ap)
{
    abort();
}

int monitor_printf(Monitor *mon, const char *fmt, ...)
{
    abort();
}

void monitor_init_hmp(Chardev *chr, bool use_readline, Error **errp)
{
    error_setg(errp, "there is no monitor");
}
