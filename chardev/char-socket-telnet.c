/*
 * Telnet on a chardev-socket: what is said first, and what is not data.
 *
 * The server offers to echo, and both ways of binary transfer without "go
 * ahead", so that a client sends each key as it is typed (RFC 854 to 858).
 * What the client answers is taken out of the input and not argued about.
 * tn3270 (RFC 1576) asks for records and the terminal's type instead; its
 * front end reads the marks itself, so they pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "chardev/char-socket-int.h"

#define IAC_WILL 251
#define IAC_DONT 254
#define IAC_DO 253

#define TELOPT_BINARY 0
#define TELOPT_ECHO 1
#define TELOPT_SGA 3
#define TELOPT_TTYPE 24
#define TELOPT_EOR 25
#define TELQUAL_SEND 1

static const uint8_t telnet_hello[] = {
    IAC, IAC_WILL, TELOPT_ECHO,
    IAC, IAC_WILL, TELOPT_SGA,
    IAC, IAC_WILL, TELOPT_BINARY,
    IAC, IAC_DO, TELOPT_BINARY,
};

static const uint8_t tn3270_hello[] = {
    IAC, IAC_DO, TELOPT_EOR,
    IAC, IAC_WILL, TELOPT_EOR,
    IAC, IAC_DO, TELOPT_BINARY,
    IAC, IAC_WILL, TELOPT_BINARY,
    IAC, IAC_DO, TELOPT_TTYPE,
    IAC, IAC_SB, TELOPT_TTYPE, TELQUAL_SEND, IAC, IAC_SE,
};

/* A new connection takes so little at once, or it is broken already. */
bool tcp_chr_telnet_init(SocketChardev *s)
{
    const uint8_t *hello = s->is_tn3270 ? tn3270_hello : telnet_hello;
    size_t len = s->is_tn3270 ? sizeof(tn3270_hello) : sizeof(telnet_hello);

    s->telnet_state = TELNET_DATA;
    return RETRY_ON_EINTR(send(s->fd, hello, len, MSG_NOSIGNAL)) == len;
}

/* The byte after IAC. */
static int telnet_command(SocketChardev *s, uint8_t *out, int n, uint8_t ch)
{
    s->telnet_state = TELNET_DATA;
    if (ch == IAC) {
        out[n++] = ch;
    } else if (ch >= IAC_WILL && ch <= IAC_DONT) {
        s->telnet_state = TELNET_OPTION;
    } else if (s->is_tn3270 && (ch == IAC_EOR || ch == IAC_SB ||
                                ch == IAC_SE || ch == IAC_IP)) {
        out[n++] = IAC;
        out[n++] = ch;
    } else if (ch == IAC_SB) {
        s->telnet_state = TELNET_SUB;
    } else if (ch == IAC_BREAK) {
        qemu_chr_be_event(CHARDEV(s), CHR_EVENT_BREAK);
    }
    return n;
}

/*
 * The buffer is written from its start.  A mark that passes is two bytes, and
 * its first may have come at the end of the last read; hence @out, which has
 * room for one more.
 */
int tcp_chr_process_IAC_bytes(SocketChardev *s, const uint8_t *buf, int size,
                              uint8_t *out)
{
    int n = 0;

    for (int i = 0; i < size; i++) {
        uint8_t ch = buf[i];

        switch (s->telnet_state) {
        case TELNET_DATA:
            if (ch == IAC) {
                s->telnet_state = TELNET_IAC;
            } else {
                out[n++] = ch;
            }
            break;
        case TELNET_IAC:
            n = telnet_command(s, out, n, ch);
            break;
        case TELNET_OPTION:
            s->telnet_state = TELNET_DATA;
            break;
        case TELNET_SUB:
            if (ch == IAC) {
                s->telnet_state = TELNET_SUB_IAC;
            }
            break;
        case TELNET_SUB_IAC:
            s->telnet_state = ch == IAC_SE ? TELNET_DATA : TELNET_SUB;
            break;
        }
    }
    return n;
}
