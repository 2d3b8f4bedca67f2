/*
 * Error: how a function tells its caller what went wrong.
 *
 * A function that can fail takes `Error **errp` as its last parameter.  The
 * caller decides what a failure means by what it passes:
 *
 *     &err            tell me, I will handle it (then err != NULL on failure)
 *     errp            tell my caller
 *     NULL            I do not care
 *     &error_fatal    print it and exit(1): for main and its options
 *     &error_abort    print it and abort(): cannot fail, a bug if it does
 *
 * Who finds the fault describes it, once:
 *
 *     if (!nc) {
 *         error_setg(errp, "netdev '%s' not found", name);
 *         return false;
 *     }
 *
 * and who called passes failure on, looking at the return value:
 *
 *     if (!find_netdev(name, errp)) {
 *         return false;
 *     }
 *
 * A function that returns void leaves the caller no value to look at, and
 * `*errp` may not be read, as errp may be NULL or &error_fatal.
 * ERRP_GUARD() makes reading it safe:
 *
 *     void pci_thing_realize(PCIDevice *dev, Error **errp)
 *     {
 *         ERRP_GUARD();
 *
 *         parent_realize(dev, errp);
 *         if (*errp) {
 *             return;
 *         }
 *     }
 *
 * It is needed as well to add to an error that is already set
 * (error_prepend(), error_append_hint()): without it, error_fatal would exit
 * before the addition.
 *
 * An Error is set at most once; setting it over another is a bug that
 * aborts.  The outermost caller prints (error_report_err()) or drops
 * (error_free()) it.  A hint is a line for a human on the command line, and
 * never goes out over QMP.
 *
 * A message is a phrase: no capital needed, no period, no newline, and it
 * names the thing that is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ERROR_H
#define ERROR_H

#include "qapi/qapi-types-error.h"

/*
 * The classes that QMP clients can tell apart.  All errors but a handful of
 * old ones are GenericError: clients should not have to know more.  The order
 * is that of QapiErrorClass in qapi/error.json.
 */
typedef enum ErrorClass {
    ERROR_CLASS_GENERIC_ERROR,
    ERROR_CLASS_COMMAND_NOT_FOUND,
    ERROR_CLASS_DEVICE_NOT_ACTIVE,
    ERROR_CLASS_DEVICE_NOT_FOUND,
    ERROR_CLASS_KVM_MISSING_CAP,
} ErrorClass;

/* The message, valid as long as @err. */
const char *error_get_pretty(const Error *err);
ErrorClass error_get_class(const Error *err);

/*
 * error_setg: create an error object and store it in *@errp.
 *
 * Does nothing if @errp is NULL; exits or aborts for &error_fatal and
 * &error_abort.  *@errp must be NULL.  The remaining arguments are as for
 * printf.
 */
#define error_setg(errp, fmt, ...)                                      \
    error_setg_internal((errp), __FILE__, __LINE__, __func__,           \
                        (fmt), ## __VA_ARGS__)
void error_setg_internal(Error **errp, const char *src, int line,
                         const char *func, const char *fmt, ...)
    G_GNUC_PRINTF(5, 6);

/* error_setg() with ": " and the text of @os_error (an errno) behind it. */
#define error_setg_errno(errp, os_error, fmt, ...)                      \
    error_setg_errno_internal((errp), __FILE__, __LINE__, __func__,     \
                              (os_error), (fmt), ## __VA_ARGS__)
void error_setg_errno_internal(Error **errp, const char *fname, int line,
                               const char *func, int os_error,
                               const char *fmt, ...)
    G_GNUC_PRINTF(6, 7);

/* "Could not open 'FILENAME': " and the text of @os_errno. */
#define error_setg_file_open(errp, os_errno, filename)                  \
    error_setg_file_open_internal((errp), __FILE__, __LINE__, __func__, \
                                  (os_errno), (filename))
void error_setg_file_open_internal(Error **errp, const char *src, int line,
                                   const char *func, int os_errno,
                                   const char *filename);

/* error_setg() with a class of its own; only where QEMU has one. */
#define error_set(errp, err_class, fmt, ...)                            \
    error_set_internal((errp), __FILE__, __LINE__, __func__,            \
                       (err_class), (fmt), ## __VA_ARGS__)
void error_set_internal(Error **errp, const char *src, int line,
                        const char *func, ErrorClass err_class,
                        const char *fmt, ...)
    G_GNUC_PRINTF(6, 7);

/*
 * error_propagate: hand @local_err on to *@dst_errp.
 *
 * Takes the reference.  If @dst_errp is NULL or already set, @local_err is
 * freed: the first error wins.  @local_err may be NULL.
 */
void error_propagate(Error **dst_errp, Error *local_err);
void error_propagate_prepend(Error **dst_errp, Error *local_err,
                             const char *fmt, ...)
    G_GNUC_PRINTF(3, 4);

/* Put text before the message of *@errp, or a hint behind it; see above. */
void error_vprepend(Error *const *errp, const char *fmt, va_list ap)
    G_GNUC_PRINTF(2, 0);
void error_prepend(Error *const *errp, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
void error_append_hint(Error *const *errp, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

Error *error_copy(const Error *err);
void error_free(Error *err);

/* For tests: *@errp must be set; it is freed and cleared. */
void error_free_or_abort(Error **errp);

/*
 * Print the error (with location and hint, see error-report.h) and free it.
 * The f-variants put formatted text before the message.
 */
void warn_report_err(Error *err);
void error_report_err(Error *err);
void warn_reportf_err(Error *err, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);
void error_reportf_err(Error *err, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

typedef struct ErrorPropagator {
    Error *local_err;
    Error **errp;
} ErrorPropagator;

static inline void error_propagator_cleanup(ErrorPropagator *prop)
{
    if (prop->local_err) {
        error_propagate(prop->errp, prop->local_err);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ErrorPropagator, error_propagator_cleanup);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Error, error_free)

/*
 * ERRP_GUARD: first line of a function that looks at *errp.
 *
 * If the caller gave NULL or &error_fatal, errp is bent to a local variable,
 * and on leaving the function its content is propagated.  &error_abort stays
 * as it is, so that the abort happens where the fault is.
 */
#define ERRP_GUARD()                                                    \
    g_auto(ErrorPropagator) _auto_errp_prop = { .errp = errp };         \
    do {                                                                \
        if (!errp || errp == &error_fatal) {                            \
            errp = &_auto_errp_prop.local_err;                          \
        }                                                               \
    } while (0)

extern Error *error_abort;
extern Error *error_fatal;

#endif
