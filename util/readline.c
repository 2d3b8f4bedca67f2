/*
 * The line editor of the human monitor.
 *
 * Read include/qemu/readline.h first.  After each byte the whole line is
 * written again if it has changed: back to where it begins, the text, erase
 * the rest.  Scripts that read a monitor have come to know these bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/readline.h"

/* How far into an escape sequence the input is. */
enum {
    IS_NORM,
    IS_ESC,                     /* ESC */
    IS_CSI,                     /* ESC [ and perhaps digits */
    IS_SS3,                     /* ESC O */
};

#define CTRL(ch) ((ch) & 0x1f)
#define KEY_ESC 27
#define KEY_DEL 127
#define KEY_CSI 155             /* ESC [ in one byte */

void readline_show_prompt(ReadLineState *rs)
{
    rs->printf_func(rs->opaque, "%s", rs->prompt);
    rs->flush_func(rs->opaque);
    rs->shown_size = 0;
    rs->shown_index = 0;
    rs->esc_state = IS_NORM;
}

/* Many at a time: a long line would be slow to go back over otherwise. */
static void readline_move_left(ReadLineState *rs, int count)
{
    static const char left[] = "\033[D\033[D\033[D\033[D\033[D\033[D\033[D\033[D"
                               "\033[D\033[D\033[D\033[D\033[D\033[D\033[D\033[D";

    while (count > 0) {
        int n = MIN(count, (int)strlen(left) / 3);

        rs->printf_func(rs->opaque, "%.*s", n * 3, left);
        count -= n;
    }
}

/* Bring the screen up to date. */
static void readline_update(ReadLineState *rs)
{
    rs->cmd_buf[rs->cmd_buf_size] = '\0';
    if (rs->cmd_buf_size != rs->shown_size
        || memcmp(rs->cmd_buf, rs->shown, rs->cmd_buf_size)) {
        readline_move_left(rs, rs->shown_index);
        if (rs->read_password) {
            for (int i = 0; i < rs->cmd_buf_size; i++) {
                rs->printf_func(rs->opaque, "*");
            }
        } else {
            rs->printf_func(rs->opaque, "%s", rs->cmd_buf);
        }
        rs->printf_func(rs->opaque, "\033[K");
        memcpy(rs->shown, rs->cmd_buf, rs->cmd_buf_size);
        rs->shown_size = rs->cmd_buf_size;
        rs->shown_index = rs->cmd_buf_size;
    }
    while (rs->shown_index < rs->cmd_buf_index) {
        rs->printf_func(rs->opaque, "\033[C");
        rs->shown_index++;
    }
    readline_move_left(rs, rs->shown_index - rs->cmd_buf_index);
    rs->shown_index = rs->cmd_buf_index;
    rs->flush_func(rs->opaque);
}

/* Editing */

static void readline_insert_char(ReadLineState *rs, int ch)
{
    /* A longer line is cut: no command needs one. */
    if (rs->cmd_buf_size >= READLINE_CMD_BUF_SIZE) {
        return;
    }
    memmove(rs->cmd_buf + rs->cmd_buf_index + 1,
            rs->cmd_buf + rs->cmd_buf_index,
            rs->cmd_buf_size - rs->cmd_buf_index);
    rs->cmd_buf[rs->cmd_buf_index++] = ch;
    rs->cmd_buf_size++;
}

/* Remove the characters from @start up to, not including, @end. */
static void readline_remove(ReadLineState *rs, int start, int end)
{
    memmove(rs->cmd_buf + start, rs->cmd_buf + end, rs->cmd_buf_size - end);
    rs->cmd_buf_size -= end - start;
    rs->cmd_buf_index = start;
}

static void readline_delete_word(ReadLineState *rs)
{
    int start = rs->cmd_buf_index;

    while (start && rs->cmd_buf[start - 1] == ' ') {
        start--;
    }
    while (start && rs->cmd_buf[start - 1] != ' ') {
        start--;
    }
    readline_remove(rs, start, rs->cmd_buf_index);
}

static void readline_set_line(ReadLineState *rs, const char *str)
{
    g_strlcpy(rs->cmd_buf, str, sizeof(rs->cmd_buf));
    rs->cmd_buf_size = strlen(rs->cmd_buf);
    rs->cmd_buf_index = rs->cmd_buf_size;
}

/* History */

static void readline_up_char(ReadLineState *rs)
{
    if (rs->hist_entry == -1) {
        rs->hist_entry = rs->history->len;
    }
    if (rs->hist_entry > 0) {
        rs->hist_entry--;
        readline_set_line(rs, rs->history->pdata[rs->hist_entry]);
    }
}

static void readline_down_char(ReadLineState *rs)
{
    if (rs->hist_entry == -1) {
        return;
    }
    if (rs->hist_entry + 1 < rs->history->len) {
        readline_set_line(rs, rs->history->pdata[++rs->hist_entry]);
    } else {
        rs->hist_entry = -1;
        readline_set_line(rs, "");
    }
}

/* A line that was there before moves to the end. */
static void readline_hist_add(ReadLineState *rs, const char *line)
{
    if (!line[0]) {
        return;
    }
    for (guint i = 0; i < rs->history->len; i++) {
        if (g_str_equal(rs->history->pdata[i], line)) {
            g_ptr_array_remove_index(rs->history, i);
            break;
        }
    }
    if (rs->history->len == READLINE_MAX_CMDS) {
        g_ptr_array_remove_index(rs->history, 0);
    }
    g_ptr_array_add(rs->history, g_strdup(line));
}

const char *readline_get_history(ReadLineState *rs, unsigned int index)
{
    return index < rs->history->len ? rs->history->pdata[index] : NULL;
}

/* Completion */

void readline_set_completion_index(ReadLineState *rs, int index)
{
    rs->completion_index = index;
}

void readline_add_completion(ReadLineState *rs, const char *str)
{
    /* More than that nobody reads; the line editor of QEMU is silent too. */
    if (rs->completions->len < READLINE_MAX_COMPLETIONS) {
        g_ptr_array_add(rs->completions, g_strdup(str));
    }
}

static void readline_insert_str(ReadLineState *rs, const char *str, size_t len)
{
    for (size_t i = 0; i < len && str[i]; i++) {
        readline_insert_char(rs, (uint8_t)str[i]);
    }
}

static gint readline_compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Columns on 80 characters, at least two spaces apart. */
static void readline_show_completions(ReadLineState *rs, int max_width)
{
    int width = MIN(MAX(max_width + 2, 10), 80);
    int columns = 80 / width, column = 0;

    rs->printf_func(rs->opaque, "\n");
    for (guint i = 0; i < rs->completions->len; i++) {
        rs->printf_func(rs->opaque, "%-*s", width,
                        (char *)rs->completions->pdata[i]);
        if (++column == columns || i + 1 == rs->completions->len) {
            rs->printf_func(rs->opaque, "\n");
            column = 0;
        }
    }
    readline_show_prompt(rs);
}

/* One is put in and ended; of several what they share, and they are shown. */
static void readline_completion(ReadLineState *rs)
{
    char *cmdline = g_strndup(rs->cmd_buf, rs->cmd_buf_index);
    int prefix, max_width = 0;
    const char *first;

    g_ptr_array_set_size(rs->completions, 0);
    rs->completion_index = 0;
    rs->completion_finder(rs->opaque, cmdline);
    g_free(cmdline);
    if (!rs->completions->len) {
        return;
    }
    g_ptr_array_sort(rs->completions, readline_compare);
    for (guint i = 1; i < rs->completions->len; ) {
        if (g_str_equal(rs->completions->pdata[i - 1],
                        rs->completions->pdata[i])) {
            g_ptr_array_remove_index(rs->completions, i);
        } else {
            i++;
        }
    }
    first = rs->completions->pdata[0];
    prefix = strlen(first);
    for (guint i = 0; i < rs->completions->len; i++) {
        const char *str = rs->completions->pdata[i];
        int n = 0;

        while (n < prefix && str[n] == first[n]) {
            n++;
        }
        prefix = n;
        max_width = MAX(max_width, (int)strlen(str));
    }
    if (prefix > rs->completion_index) {
        readline_insert_str(rs, first + rs->completion_index,
                            prefix - rs->completion_index);
    }
    if (rs->completions->len > 1) {
        readline_show_completions(rs, max_width);
    } else if (!prefix || first[prefix - 1] != '/') {
        readline_insert_char(rs, ' ');
    }
}

/* Keys */

static void readline_enter(ReadLineState *rs)
{
    char *line = g_strndup(rs->cmd_buf, rs->cmd_buf_size);

    if (!rs->read_password) {
        readline_hist_add(rs, line);
    }
    rs->printf_func(rs->opaque, "\n");
    rs->cmd_buf_index = 0;
    rs->cmd_buf_size = 0;
    rs->shown_index = 0;
    rs->shown_size = 0;
    rs->hist_entry = -1;
    rs->readline_func(rs->opaque, line, rs->readline_opaque);
    g_free(line);
}

static void readline_escape(ReadLineState *rs, int ch)
{
    if (rs->esc_state == IS_CSI && g_ascii_isdigit(ch)) {
        rs->esc_param = MIN(rs->esc_param * 10 + ch - '0', 1000);
        return;
    }
    rs->esc_state = IS_NORM;
    if (ch == '~') {
        ch = rs->esc_param == 1 ? 'H' : rs->esc_param == 4 ? 'F'
             : rs->esc_param == 3 ? KEY_DEL : 0;
    }
    switch (ch) {
    case 'A':
        readline_up_char(rs);
        break;
    case 'B':
        readline_down_char(rs);
        break;
    case 'C':
        rs->cmd_buf_index = MIN(rs->cmd_buf_index + 1, rs->cmd_buf_size);
        break;
    case 'D':
        rs->cmd_buf_index = MAX(rs->cmd_buf_index - 1, 0);
        break;
    case 'H':
        rs->cmd_buf_index = 0;
        break;
    case 'F':
        rs->cmd_buf_index = rs->cmd_buf_size;
        break;
    case KEY_DEL:
        if (rs->cmd_buf_index < rs->cmd_buf_size) {
            readline_remove(rs, rs->cmd_buf_index, rs->cmd_buf_index + 1);
        }
        break;
    }
}

static void readline_normal(ReadLineState *rs, int ch)
{
    switch (ch) {
    case CTRL('A'):
        rs->cmd_buf_index = 0;
        break;
    case '\t':
        readline_completion(rs);
        break;
    case CTRL('L'):
        rs->printf_func(rs->opaque, "\033[2J\033[1;1H");
        readline_show_prompt(rs);
        break;
    case CTRL('D'):
        if (rs->cmd_buf_index < rs->cmd_buf_size) {
            readline_remove(rs, rs->cmd_buf_index, rs->cmd_buf_index + 1);
        }
        break;
    case CTRL('E'):
        rs->cmd_buf_index = rs->cmd_buf_size;
        break;
    case CTRL('K'):
        rs->cmd_buf_size = rs->cmd_buf_index;
        break;
    case CTRL('N'):
        readline_down_char(rs);
        break;
    case CTRL('P'):
        readline_up_char(rs);
        break;
    case CTRL('U'):
        readline_remove(rs, 0, rs->cmd_buf_index);
        break;
    case CTRL('W'):
        readline_delete_word(rs);
        break;
    case '\n':
    case '\r':
        readline_enter(rs);
        break;
    case CTRL('H'):
    case KEY_DEL:
        if (rs->cmd_buf_index > 0) {
            readline_remove(rs, rs->cmd_buf_index - 1, rs->cmd_buf_index);
        }
        break;
    case KEY_ESC:
        rs->esc_state = IS_ESC;
        rs->esc_param = 0;
        break;
    case KEY_CSI:
        rs->esc_state = IS_CSI;
        rs->esc_param = 0;
        break;
    default:
        if (ch >= 32) {
            readline_insert_char(rs, ch);
        }
        break;
    }
}

void readline_handle_byte(ReadLineState *rs, int ch)
{
    switch (rs->esc_state) {
    case IS_NORM:
        readline_normal(rs, ch);
        break;
    case IS_ESC:
        rs->esc_state = ch == '[' ? IS_CSI : ch == 'O' ? IS_SS3 : IS_NORM;
        break;
    default:
        readline_escape(rs, ch);
        break;
    }
    readline_update(rs);
}

/* Life */

void readline_start(ReadLineState *rs, const char *prompt, int read_password,
                    ReadLineFunc *readline_func, void *opaque)
{
    g_strlcpy(rs->prompt, prompt, sizeof(rs->prompt));
    rs->readline_func = readline_func;
    rs->readline_opaque = opaque;
    rs->read_password = read_password;
    readline_restart(rs);
}

void readline_restart(ReadLineState *rs)
{
    rs->cmd_buf_index = 0;
    rs->cmd_buf_size = 0;
}

ReadLineState *readline_init(ReadLinePrintfFunc *printf_func,
                             ReadLineFlushFunc *flush_func,
                             void *opaque,
                             ReadLineCompletionFunc *completion_finder)
{
    ReadLineState *rs = g_new0(ReadLineState, 1);

    rs->history = g_ptr_array_new_with_free_func(g_free);
    rs->completions = g_ptr_array_new_with_free_func(g_free);
    rs->hist_entry = -1;
    rs->opaque = opaque;
    rs->printf_func = printf_func;
    rs->flush_func = flush_func;
    rs->completion_finder = completion_finder;
    return rs;
}

void readline_free(ReadLineState *rs)
{
    if (rs) {
        g_ptr_array_free(rs->history, true);
        g_ptr_array_free(rs->completions, true);
        g_free(rs);
    }
}
