/*
 * Messages to the person who runs the program.
 *
 *     qemini-system-x86_64: -device tally,limit=0: 'limit' must be at least 1
 *     `------- who -------' `------- where -----'  `-------- what ----------'
 *
 * "Where" is the current location, a stack that the parser of options and
 * configuration files keeps.  Whoever parses pushes a Location, sets it to an
 * option or to a line of a file, and pops it; who reports an error need not
 * know.  A Location that must survive (a drive that is opened later) is saved
 * with loc_save() and pushed again with loc_push_restore().
 *
 * A message goes to the monitor, if a human monitor command is running
 * (monitor_cur()), and to stderr otherwise.  "Who" is left out in a monitor.
 *
 * Code that can return an Error should; see qapi/error.h.  These functions
 * are for the outermost caller, and for threads and handlers that have none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_ERROR_REPORT_H
#define QEMU_ERROR_REPORT_H

typedef struct Location {
    /* All members are private to util/error-report.c. */
    enum { LOC_NONE, LOC_CMDLINE, LOC_FILE } kind;
    int num;
    const void *ptr;
    struct Location *prev;
} Location;

/*
 * Push and pop.  @loc belongs to the caller, is usually on its stack and must
 * be popped before it goes away.  A pushed location starts as "none".
 */
Location *loc_push_restore(Location *loc);
Location *loc_push_none(Location *loc);
Location *loc_pop(Location *loc);
Location *loc_save(Location *loc);
void loc_restore(Location *loc);

/* Set the current location: none, @cnt arguments from argv[@idx], or a line. */
void loc_set_none(void);
void loc_set_cmdline(char **argv, int idx, int cnt);
void loc_set_file(const char *fname, int lno);

/* Write to the current monitor or else to stderr; no newline is added. */
int error_vprintf(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
int error_printf(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/* One line each, with who and where, and "warning: " or "info: ". */
void error_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void warn_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);
void info_vreport(const char *fmt, va_list ap) G_GNUC_PRINTF(1, 0);

void error_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void warn_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void info_report(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/*
 * Only the first time, as told by *@printed.  Return whether it printed.
 */
bool error_report_once_cond(bool *printed, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
bool warn_report_once_cond(bool *printed, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

/* Route GLib's own messages through here.  @argv0 names the program. */
void error_init(const char *argv0);

/* Once per place in the source: for what a guest could make us say for ever. */
#define error_report_once(fmt, ...)                                     \
    ({                                                                  \
        static bool print_once_;                                        \
        error_report_once_cond(&print_once_, fmt, ##__VA_ARGS__);       \
    })
#define warn_report_once(fmt, ...)                                      \
    ({                                                                  \
        static bool print_once_;                                        \
        warn_report_once_cond(&print_once_, fmt, ##__VA_ARGS__);        \
    })

/* -msg timestamp=on and -msg guest-name=on */
extern bool message_with_timestamp;
extern bool error_with_guestname;
extern const char *error_guest_name;

#endif
