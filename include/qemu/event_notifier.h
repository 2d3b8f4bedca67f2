/*
 * EventNotifier: a bell that rings in a file descriptor.
 *
 * An eventfd.  event_notifier_set() rings it from
 * any thread, from another process or, as an ioeventfd, from the kernel; rings
 * that nobody has answered yet count as one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_EVENT_NOTIFIER_H
#define QEMU_EVENT_NOTIFIER_H

struct EventNotifier {
    int rfd;
    int wfd;             /* the same eventfd as rfd */
    bool initialized;
};

typedef void EventNotifierHandler(EventNotifier *);

/* Make one, already rung if @active.  0 or a negative errno. */
int event_notifier_init(EventNotifier *e, int active);
/* Close it.  Doing so twice, or with one that never was, does nothing. */
void event_notifier_cleanup(EventNotifier *e);
/* Ring.  0 or a negative errno. */
int event_notifier_set(EventNotifier *e);
/* Silence it; nonzero if it had been rung. */
int event_notifier_test_and_clear(EventNotifier *e);

/* Take over the eventfd @fd. */
void event_notifier_init_fd(EventNotifier *e, int fd);
/* What to poll for readability, and what to give to somebody who will ring. */
int event_notifier_get_fd(const EventNotifier *e);
int event_notifier_get_wfd(const EventNotifier *e);

#endif
