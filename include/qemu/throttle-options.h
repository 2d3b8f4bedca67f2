/*
 * Limits as options, "throttling.bps-read" and the like.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef THROTTLE_OPTIONS_H
#define THROTTLE_OPTIONS_H

#define THROTTLE_OPT_PREFIX "throttling."

#define THROTTLE_OPT(limit, text)                                           \
    {                                                                       \
        .name = THROTTLE_OPT_PREFIX limit,                                  \
        .type = QEMU_OPT_NUMBER,                                            \
        .help = text,                                                       \
    }

#define THROTTLE_OPTS_OF(limit, text)                                       \
    THROTTLE_OPT(limit, text " a second"),                                  \
    THROTTLE_OPT(limit "-max", text " a second in a burst"),                \
    THROTTLE_OPT(limit "-max-length", "seconds that a burst may last")

/* Entries of a QemuOptDesc table. */
#define THROTTLE_OPTS                                                       \
    THROTTLE_OPTS_OF("iops-total", "requests"),                             \
    THROTTLE_OPTS_OF("iops-read", "reads"),                                 \
    THROTTLE_OPTS_OF("iops-write", "writes"),                               \
    THROTTLE_OPTS_OF("bps-total", "bytes"),                                 \
    THROTTLE_OPTS_OF("bps-read", "bytes read"),                             \
    THROTTLE_OPTS_OF("bps-write", "bytes written"),                         \
    THROTTLE_OPT("iops-size", "a request counts for each so many bytes")

#endif
