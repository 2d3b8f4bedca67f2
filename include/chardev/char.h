/*
 * Character devices: streams of bytes between the VM and the world.
 *
 * A Chardev is the world's end: a socket, a file, the terminal.  A CharBackend
 * (see chardev/char-fe.h) is the VM's end, embedded in who uses it: a UART, a
 * monitor, the qtest server.
 *
 *       front end                              back end
 *     (UART, monitor)                     (Chardev, a QOM object
 *                                          below /chardevs)
 *     +---------------+   chr             +----------------+
 *     | CharBackend be|------------------>| SocketChardev  |<--- fd --->
 *     | chr_read, ... |<------------------|                |
 *     +---------------+   be              +----------------+
 *
 *       qemu_chr_fe_write(&be, …)  ---->  ChardevClass.chr_write
 *       be.chr_can_read, chr_read  <----  qemu_chr_be_write()
 *       be.chr_event               <----  qemu_chr_be_event()
 *
 * The front end says how much it can take (chr_can_read) before anything is
 * read from the world, so bytes wait in the socket rather than in memory of
 * ours.  It says qemu_chr_fe_accept_input() when it can take more again.
 *
 * Back ends are classes: "-chardev socket,…" makes an object of type
 * chardev-socket.  Options become a ChardevBackend of QAPI (parse), and that
 * an open device (open).
 *
 * Reading happens in the GMainContext that the front end chose.  Writing may
 * be done from any thread: chr_write_lock keeps messages in one piece.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QEMU_CHAR_H
#define QEMU_CHAR_H

#include "qapi/qapi-types-char.h"
#include "qemu/bitmap.h"
#include "qemu/thread.h"
#include "qom/object.h"

/* Telnet commands, RFC 854 */
#define IAC_EOR 239
#define IAC_SE 240
#define IAC_NOP 241
#define IAC_BREAK 243
#define IAC_IP 244
#define IAC_SB 250
#define IAC 255

typedef struct CharBackend CharBackend;

typedef enum {
    CHR_EVENT_BREAK,    /* serial break */
    CHR_EVENT_OPENED,   /* new connection */
    CHR_EVENT_MUX_IN,   /* another front end loses the focus to this one */
    CHR_EVENT_MUX_OUT,  /* mux-focus was lost */
    CHR_EVENT_CLOSED,   /* the connection is gone */
} QEMUChrEvent;

/* How much a back end reads at a time. */
#define CHR_READ_BUF_LEN 4096

typedef enum {
    /* The device can be disconnected and connect again. */
    QEMU_CHAR_FEATURE_RECONNECTABLE,
    /* File descriptors can be sent and received. */
    QEMU_CHAR_FEATURE_FD_PASS,
    /* Input is recorded for replay. */
    QEMU_CHAR_FEATURE_REPLAY,
    /* The GMainContext can be chosen by the front end. */
    QEMU_CHAR_FEATURE_GCONTEXT,

    QEMU_CHAR_FEATURE_LAST,
} ChardevFeature;

#define qemu_chr_replay(chr) qemu_chr_has_feature(chr, QEMU_CHAR_FEATURE_REPLAY)

/*
 * @be: the front end; NULL if nobody uses it
 * @label: the id
 * @filename: for people: what `info chardev` shows, "unix:/tmp/x,server=on"
 * @logfd: a copy of all output goes here (logfile=); -1 if not
 * @be_open: between CHR_EVENT_OPENED and CHR_EVENT_CLOSED
 * @gsource: waits for input, while the front end wants some
 * @gcontext: where it waits; NULL is the main loop
 */
struct Chardev {
    Object parent_obj;

    QemuMutex chr_write_lock;
    CharBackend *be;
    char *label;
    char *filename;
    int logfd;
    int be_open;
    /* Set while qemu_chr_change() puts another back end in its place. */
    bool handover_yank_instance;
    GSource *gsource;
    GMainContext *gcontext;
    DECLARE_BITMAP(features, QEMU_CHAR_FEATURE_LAST);
};

/*
 * qemu_chr_new_from_opts: make what a -chardev option says.
 * @context: where it may wait for connections; NULL is the main loop
 *
 * The object is owned by /chardevs.  NULL with @errp set; NULL without if the
 * option asked for help and got it.
 */
Chardev *qemu_chr_new_from_opts(QemuOpts *opts, GMainContext *context,
                                Error **errp);

/* For the parse hooks: the options that all back ends have. */
void qemu_chr_parse_common(QemuOpts *opts, ChardevCommon *backend);

/* The options as QAPI has them; the caller frees. */
ChardevBackend *qemu_chr_parse_opts(QemuOpts *opts, Error **errp);

/*
 * qemu_chr_new: make a device from the short form of -serial, -monitor and
 * -qtest: "stdio", "unix:/tmp/x,server=on", "file:log", "null"…, or
 * "chardev:ID" for one there is already.
 *
 * Reports errors itself; the result is NULL then.  The mux_mon form allows
 * "mon:" in front, which gives a monitor on the same stream.
 */
Chardev *qemu_chr_new(const char *label, const char *filename,
                      GMainContext *context);
Chardev *qemu_chr_new_mux_mon(const char *label, const char *filename,
                              GMainContext *context);
Chardev *qemu_chr_new_noreplay(const char *label, const char *filename,
                               bool permit_mux_mon, GMainContext *context);

/* Delete all devices; at the end of main. */
void qemu_chr_cleanup(void);

/* For back ends: pass input on, at most what qemu_chr_be_can_write() says. */
int qemu_chr_be_can_write(Chardev *s);
void qemu_chr_be_write(Chardev *s, const uint8_t *buf, int len);
void qemu_chr_be_write_impl(Chardev *s, const uint8_t *buf, int len);

/* The handlers of the front end have changed, and perhaps its context. */
void qemu_chr_be_update_read_handlers(Chardev *s, GMainContext *context);

/* Pass an event on; OPENED and CLOSED set be_open. */
void qemu_chr_be_event(Chardev *s, QEMUChrEvent event);

/* The device with this id, or NULL. */
Chardev *qemu_chr_find(const char *name);

bool qemu_chr_has_feature(Chardev *chr, ChardevFeature feature);
void qemu_chr_set_feature(Chardev *chr, ChardevFeature feature);

/* The short form as options; reports errors and gives NULL. */
QemuOpts *qemu_chr_parse_compat(const char *label, const char *filename,
                                bool permit_mux_mon);

/*
 * Write up to @len bytes, or with @write_all all of them, waiting if need be.
 * Returns how many, or -1 with errno set.
 */
int qemu_chr_write(Chardev *s, const uint8_t *buf, int len, bool write_all);
#define qemu_chr_write_all(s, buf, len) qemu_chr_write(s, buf, len, true)

/* Wait until there is somebody at the other end.  0, or -1 with @errp set. */
int qemu_chr_wait_connected(Chardev *chr, Error **errp);

#define TYPE_CHARDEV "chardev"
OBJECT_DECLARE_TYPE(Chardev, ChardevClass, CHARDEV)

#define TYPE_CHARDEV_NULL "chardev-null"
#define TYPE_CHARDEV_MUX "chardev-mux"
#define TYPE_CHARDEV_RINGBUF "chardev-ringbuf"
#define TYPE_CHARDEV_PTY "chardev-pty"
#define TYPE_CHARDEV_CONSOLE "chardev-console"
#define TYPE_CHARDEV_STDIO "chardev-stdio"
#define TYPE_CHARDEV_PIPE "chardev-pipe"
#define TYPE_CHARDEV_MEMORY "chardev-memory"
#define TYPE_CHARDEV_PARALLEL "chardev-parallel"
#define TYPE_CHARDEV_FILE "chardev-file"
#define TYPE_CHARDEV_SERIAL "chardev-serial"
#define TYPE_CHARDEV_SOCKET "chardev-socket"
#define TYPE_CHARDEV_UDP "chardev-udp"
#define TYPE_CHARDEV_GDB "chardev-gdb"

#define CHARDEV_IS_RINGBUF(chr) \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_RINGBUF)
#define CHARDEV_IS_PTY(chr) \
    object_dynamic_cast(OBJECT(chr), TYPE_CHARDEV_PTY)

struct ChardevClass {
    ObjectClass parent_class;

    bool internal;      /* cannot be made by the user */
    bool supports_yank;

    /* Fill in @backend from options. */
    void (*parse)(QemuOpts *opts, ChardevBackend *backend, Error **errp);

    /*
     * Open it.  *@be_opened is true; a back end that has nobody at the other
     * end yet sets it to false, and says CHR_EVENT_OPENED itself, later.
     */
    void (*open)(Chardev *chr, ChardevBackend *backend,
                 bool *be_opened, Error **errp);

    /* Write without waiting: how many bytes, or -1 with errno (EAGAIN). */
    int (*chr_write)(Chardev *s, const uint8_t *buf, int len);

    /* Read without a main loop: how many bytes, 0 at the end, or -1. */
    int (*chr_sync_read)(Chardev *s, const uint8_t *buf, int len);

    /* A source that is ready when writing is possible; not attached yet. */
    GSource *(*chr_add_watch)(Chardev *s, GIOCondition cond);

    /* The front end's handlers or s->gcontext have changed. */
    void (*chr_update_read_handler)(Chardev *s);

    int (*chr_ioctl)(Chardev *s, int cmd, void *arg);

    /* Descriptors that came with the data, and those that go with the next. */
    int (*get_msgfds)(Chardev *s, int *fds, int num);
    int (*set_msgfds)(Chardev *s, int *fds, int num);

    /* A connection that somebody else accepted. */
    int (*chr_add_client)(Chardev *chr, int fd);

    int (*chr_wait_connected)(Chardev *chr, Error **errp);
    void (*chr_disconnect)(Chardev *chr);

    /* The front end can take input again. */
    void (*chr_accept_input)(Chardev *chr);

    void (*chr_set_echo)(Chardev *chr, bool echo);
    void (*chr_set_fe_open)(Chardev *chr, int fe_open);

    /* An event is about to go to the front end. */
    void (*chr_be_event)(Chardev *s, QEMUChrEvent event);
};

/*
 * qemu_chardev_new: make a device of a type, without options.
 * @id: NULL to have one made up
 * @backend: what its open hook takes, or NULL
 */
Chardev *qemu_chardev_new(const char *id, const char *typename,
                          ChardevBackend *backend, GMainContext *context,
                          Error **errp);

/* The key that leads to the menu of a chardev-mux: -echr. */
extern int term_escape_char;

/*
 * Between the two, front ends of a chardev-mux are not told that it is open;
 * the second tells all of them.  For main().
 */
void suspend_mux_open(void);
void resume_mux_open(void);

extern QemuOptsList qemu_chardev_opts;

/* A timer in the device's context; the caller owns a reference. */
GSource *qemu_chr_timeout_add_ms(Chardev *chr, guint ms,
                                 GSourceFunc func, void *private);

#endif
