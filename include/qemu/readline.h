/*
 * The line editor of the human monitor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef READLINE_H
#define READLINE_H

/*
 * Bytes go in as they arrive; the editor prints what the user is to see and
 * calls back with each line.  It echoes to sockets and pipes as well: what
 * scripts read from a monitor has their own command in it.
 *
 * Known keys: return, backspace, Ctrl-A/D/E/K/L/N/P/U/W and the arrow, home,
 * end and delete sequences of ANSI terminals; up and down walk the history.
 *
 * On Tab, the owner's completion finder is called with the line up to the
 * cursor.  It offers whole words with readline_add_completion(), and says
 * with readline_set_completion_index() how many characters of such a word are
 * on the line already.
 */
#define READLINE_CMD_BUF_SIZE 4095
#define READLINE_MAX_CMDS 64
#define READLINE_MAX_COMPLETIONS 256

typedef void G_GNUC_PRINTF(2, 3) ReadLinePrintfFunc(void *opaque,
                                                    const char *fmt, ...);
typedef void ReadLineFlushFunc(void *opaque);

/* @readline_opaque is what readline_start() was given. */
typedef void ReadLineFunc(void *opaque, const char *str,
                          void *readline_opaque);
typedef void ReadLineCompletionFunc(void *opaque, const char *cmdline);

typedef struct ReadLineState {
    char cmd_buf[READLINE_CMD_BUF_SIZE + 1];
    int cmd_buf_index;          /* where the cursor is */
    int cmd_buf_size;

    char shown[READLINE_CMD_BUF_SIZE + 1];      /* what the screen has */
    int shown_index;
    int shown_size;

    int esc_state;              /* how far into an escape sequence */
    int esc_param;

    GPtrArray *history;         /* oldest first */
    int hist_entry;             /* the one shown, or -1 */

    ReadLineCompletionFunc *completion_finder;
    GPtrArray *completions;     /* what it has found */
    int completion_index;       /* how much of them is typed */

    ReadLineFunc *readline_func;
    void *readline_opaque;
    int read_password;          /* do not show what is typed */
    char prompt[256];

    ReadLinePrintfFunc *printf_func;
    ReadLineFlushFunc *flush_func;
    void *opaque;               /* for the callbacks */
} ReadLineState;

ReadLineState *readline_init(ReadLinePrintfFunc *printf_func,
                             ReadLineFlushFunc *flush_func,
                             void *opaque,
                             ReadLineCompletionFunc *completion_finder);
void readline_free(ReadLineState *rs);

/* Begin a line; @readline_func is called when it is complete. */
void readline_start(ReadLineState *rs, const char *prompt, int read_password,
                    ReadLineFunc *readline_func, void *readline_opaque);
void readline_show_prompt(ReadLineState *rs);
void readline_restart(ReadLineState *rs);
void readline_handle_byte(ReadLineState *rs, int ch);

/* For completion finders: see above.  @str is copied. */
void readline_add_completion(ReadLineState *rs, const char *str);
void readline_set_completion_index(ReadLineState *rs, int completion_index);

/* Line @index of the history, or NULL. */
const char *readline_get_history(ReadLineState *rs, unsigned int index);

#endif
