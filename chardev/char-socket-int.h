/*
 * What the files of chardev-socket share; see char-socket.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CHAR_SOCKET_INT_H
#define CHAR_SOCKET_INT_H

#include "chardev/char.h"
#include "qapi/qapi-types-sockets.h"

/* How many descriptors a message may bring. */
#define TCP_MAX_FDS 16

typedef enum {
    TCP_CHARDEV_STATE_DISCONNECTED,
    TCP_CHARDEV_STATE_CONNECTING,
    TCP_CHARDEV_STATE_CONNECTED,
} TCPChardevState;

typedef enum {
    TELNET_DATA,
    TELNET_IAC,             /* after IAC: a command */
    TELNET_OPTION,          /* after IAC WILL and its kind: an option */
    TELNET_SUB,             /* in IAC SB ... IAC SE */
    TELNET_SUB_IAC,
} TelnetState;

typedef struct TCPConnect TCPConnect;

/*
 * @hup_source: hears that the peer is gone while the front end reads nothing
 * @accept_source: waits for a client, unless there is one
 * @reconnect_time: seconds; 0 if it is not wanted
 * @connect: the attempt that a thread is making, or NULL
 * @telnet_state: what the next byte of input belongs to
 * @connect_err_reported: the first failure is told, not each of a long row
 */
struct SocketChardev {
    Chardev parent;

    SocketAddress *addr;
    bool is_listen;
    bool is_telnet;
    bool is_tn3270;
    bool do_nodelay;
    int64_t reconnect_time;

    TCPChardevState state;
    int listen_fd;
    int fd;
    int max_size;
    GSource *hup_source;
    GSource *accept_source;
    GSource *reconnect_timer;
    bool connect_err_reported;
    TCPConnect *connect;
    TelnetState telnet_state;
    bool registered_yank;

    int *read_msgfds;
    size_t read_msgfds_num;
    int *write_msgfds;
    size_t write_msgfds_num;
};

typedef struct SocketChardev SocketChardev;
DECLARE_INSTANCE_CHECKER(SocketChardev, SOCKET_CHARDEV, TYPE_CHARDEV_SOCKET)

/* char-socket-opts.c */
char *qemu_chr_socket_address(SocketChardev *s, const char *prefix);
char *qemu_chr_compute_filename(SocketChardev *s);
bool qmp_chardev_validate_socket(ChardevSocket *sock, SocketAddress *addr,
                                 Error **errp);
void qemu_chr_parse_socket(QemuOpts *opts, ChardevBackend *backend,
                           Error **errp);

/* char-socket-fds.c */
void close_msgfds(int **fds, size_t *num);
int tcp_get_msgfds(Chardev *chr, int *fds, int num);
int tcp_set_msgfds(Chardev *chr, int *fds, int num);
/* Read, and keep the descriptors that came along. */
ssize_t tcp_chr_recv(Chardev *chr, void *buf, size_t len);

/* char-socket-telnet.c */

/* Say hello.  False if the connection is no good. */
bool tcp_chr_telnet_init(SocketChardev *s);
/* Copy what is data to @out, which has room for @size + 1; how many bytes. */
int tcp_chr_process_IAC_bytes(SocketChardev *s, const uint8_t *buf, int size,
                              uint8_t *out);

#endif
