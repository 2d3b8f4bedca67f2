/*
 * chardev-serial: a serial line of the host, /dev/ttyS0.
 *
 * The guest's UART is programmed for a speed and a format, and so is the
 * host's: the front end says so by qemu_chr_fe_ioctl().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/ioctl.h>
#include <termios.h>
#include "chardev/char-fd.h"
#include "chardev/char-serial.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/option.h"

/* Speeds that have a name, lowest first. */
static const struct {
    int speed;
    speed_t code;
} tty_speeds[] = {
    { 50, B50 }, { 75, B75 }, { 110, B110 }, { 134, B134 }, { 150, B150 },
    { 200, B200 }, { 300, B300 }, { 600, B600 }, { 1200, B1200 },
    { 1800, B1800 }, { 2400, B2400 }, { 4800, B4800 }, { 9600, B9600 },
    { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 },
    { 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
    { 500000, B500000 }, { 576000, B576000 }, { 921600, B921600 },
    { 1000000, B1000000 }, { 1152000, B1152000 }, { 1500000, B1500000 },
    { 2000000, B2000000 }, { 2500000, B2500000 }, { 3000000, B3000000 },
    { 3500000, B3500000 }, { 4000000, B4000000 },
};

/* The name of the nearest; a divisor of a UART rarely hits one exactly. */
static speed_t tty_speed_code(int speed)
{
    int best = 0;

    for (int i = 1; i < ARRAY_SIZE(tty_speeds); i++) {
        if (ABS((int64_t)tty_speeds[i].speed - speed) <
            ABS((int64_t)tty_speeds[best].speed - speed)) {
            best = i;
        }
    }
    return tty_speeds[best].code;
}

/* What is no terminal stays as it is: "serial" on a file is allowed. */
static void tty_serial_init(int fd, int speed, int parity, int data_bits,
                            int stop_bits)
{
    static const tcflag_t sizes[] = { CS5, CS6, CS7, CS8 };
    struct termios tty = { };
    speed_t code = tty_speed_code(speed);

    tcgetattr(fd, &tty);
    cfsetispeed(&tty, code);
    cfsetospeed(&tty, code);
    cfmakeraw(&tty);
    tty.c_oflag |= OPOST;
    tty.c_cflag &= ~(CSIZE | PARENB | PARODD | CRTSCTS | CSTOPB);
    tty.c_cflag |= sizes[data_bits >= 5 && data_bits <= 8 ? data_bits - 5 : 3];
    if (parity == 'E' || parity == 'O') {
        tty.c_cflag |= PARENB | (parity == 'O' ? PARODD : 0);
    }
    if (stop_bits == 2) {
        tty.c_cflag |= CSTOPB;
    }
    tcsetattr(fd, TCSANOW, &tty);
}

/* CHR_TIOCM_* and the host's names of the same lines. */
static const struct {
    int chr;
    int host;
} modem_lines[] = {
    { CHR_TIOCM_CTS, TIOCM_CTS },
    { CHR_TIOCM_CAR, TIOCM_CAR },
    { CHR_TIOCM_DSR, TIOCM_DSR },
    { CHR_TIOCM_RI, TIOCM_RI },
    { CHR_TIOCM_DTR, TIOCM_DTR },
    { CHR_TIOCM_RTS, TIOCM_RTS },
};

static void tty_get_modem_lines(int fd, int *lines)
{
    int sarg = 0;

    *lines = 0;
    ioctl(fd, TIOCMGET, &sarg);
    for (int i = 0; i < ARRAY_SIZE(modem_lines); i++) {
        if (sarg & modem_lines[i].host) {
            *lines |= modem_lines[i].chr;
        }
    }
}

/* Two of them are outputs. */
static void tty_set_modem_lines(int fd, int lines)
{
    int sarg = 0;

    ioctl(fd, TIOCMGET, &sarg);
    sarg &= ~(TIOCM_DTR | TIOCM_RTS);
    if (lines & CHR_TIOCM_DTR) {
        sarg |= TIOCM_DTR;
    }
    if (lines & CHR_TIOCM_RTS) {
        sarg |= TIOCM_RTS;
    }
    ioctl(fd, TIOCMSET, &sarg);
}

static int tty_serial_ioctl(Chardev *chr, int cmd, void *arg)
{
    int fd = CHARDEV_FD(chr)->fd_in;

    switch (cmd) {
    case CHR_IOCTL_SERIAL_SET_PARAMS: {
        QEMUSerialSetParams *ssp = arg;

        tty_serial_init(fd, ssp->speed, ssp->parity, ssp->data_bits,
                        ssp->stop_bits);
        return 0;
    }
    case CHR_IOCTL_SERIAL_SET_BREAK:
        if (*(int *)arg) {
            tcsendbreak(fd, 1);
        }
        return 0;
    case CHR_IOCTL_SERIAL_GET_TIOCM:
        tty_get_modem_lines(fd, arg);
        return 0;
    case CHR_IOCTL_SERIAL_SET_TIOCM:
        tty_set_modem_lines(fd, *(int *)arg);
        return 0;
    default:
        return -ENOTSUP;
    }
}

static void qmp_chardev_open_serial(Chardev *chr, ChardevBackend *backend,
                                    bool *be_opened, Error **errp)
{
    ChardevHostdev *serial = backend->u.serial.data;
    /*
     * Otherwise open() waits until the line has a carrier; and the line may
     * become our terminal, whose hangup is meant for us.
     */
    int fd = qmp_chardev_open_file_source(serial->device,
                                          O_RDWR | O_NONBLOCK | O_NOCTTY,
                                          errp);

    if (fd < 0) {
        return;
    }
    tty_serial_init(fd, 115200, 'N', 8, 1);
    qemu_chr_open_fd(chr, fd, fd);
}

static void qemu_chr_parse_serial(QemuOpts *opts, ChardevBackend *backend,
                                  Error **errp)
{
    const char *device = qemu_opt_get(opts, "path");
    ChardevHostdev *serial;

    backend->type = CHARDEV_BACKEND_KIND_SERIAL;
    if (device == NULL) {
        error_setg(errp, "chardev: serial/tty: no device path given");
        return;
    }
    serial = backend->u.serial.data = g_new0(ChardevHostdev, 1);
    qemu_chr_parse_common(opts, qapi_ChardevHostdev_base(serial));
    serial->device = g_strdup(device);
}

static void char_serial_class_init(ObjectClass *oc, void *data)
{
    ChardevClass *cc = CHARDEV_CLASS(oc);

    cc->parse = qemu_chr_parse_serial;
    cc->open = qmp_chardev_open_serial;
    cc->chr_ioctl = tty_serial_ioctl;
}

static const TypeInfo char_serial_type_info = {
    .name = TYPE_CHARDEV_SERIAL,
    .parent = TYPE_CHARDEV_FD,
    .class_init = char_serial_class_init,
};

static void char_serial_register_types(void)
{
    type_register_static(&char_serial_type_info);
}

type_init(char_serial_register_types)
