/*
 * Gather JSON's tokens until they are a whole value.
 *
 * Read include/qapi/qmp/json-parser.h first.  Each token is checked as it
 * comes and written to @text in plain JSON: single quotes become double
 * ones, and %d and its like become the value they stand for.  A mistake in a
 * token is remembered in @err, to be told when the value is over: a client
 * gets one answer for each thing it sends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qmp/qobject.h"
#include "qemu/units.h"
#include "json-lexer.h"

void json_message_parser_init(JSONMessageParser *parser,
                              void (*emit)(void *opaque, QObject *json,
                                           Error *err),
                              void *opaque, va_list *ap)
{
    memset(parser, 0, sizeof(*parser));
    parser->emit = emit;
    parser->opaque = opaque;
    parser->ap = ap;
    parser->text = g_string_new(NULL);
    parser->objects = g_ptr_array_new();
    json_lexer_init(&parser->lexer);
}

/* Forget the value so far. */
static void json_message_reset(JSONMessageParser *parser)
{
    parser->brace_count = 0;
    parser->bracket_count = 0;
    parser->token_count = 0;
    parser->member_count = 0;
    g_string_truncate(parser->text, 0);
    for (guint i = 0; i < parser->objects->len; i++) {
        qobject_unref((QObject *)parser->objects->pdata[i]);
    }
    g_ptr_array_set_size(parser->objects, 0);
    error_free(parser->err);
    parser->err = NULL;
}

void json_message_parser_destroy(JSONMessageParser *parser)
{
    json_message_reset(parser);
    json_lexer_destroy(&parser->lexer);
    g_string_free(parser->text, true);
    g_ptr_array_free(parser->objects, true);
}

/* Only the first mistake in a value is told. */
static void G_GNUC_PRINTF(2, 3)
json_parse_error(JSONMessageParser *parser, const char *fmt, ...)
{
    va_list ap;
    g_autofree char *msg = NULL;

    if (parser->err) {
        return;
    }
    va_start(ap, fmt);
    msg = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    error_setg(&parser->err, "JSON parse error, %s", msg);
}

/* Tokens */

/* Four hexadecimal digits at @p, or -1. */
static int json_hex4(const char *p)
{
    int val = 0;

    for (int i = 0; i < 4; i++) {
        if (!g_ascii_isxdigit(p[i])) {
            return -1;
        }
        val = val << 4 | g_ascii_xdigit_value(p[i]);
    }
    return val;
}

/*
 * The escape sequence at @p, just behind the backslash.  Returns its length,
 * or 0 after an error.
 */
static int json_put_escape(JSONMessageParser *parser, const char *p)
{
    GString *out = parser->text;
    int high, low;

    if (*p == '\'') {
        g_string_append_c(out, '\'');
        return 1;
    }
    if (strchr("\"\\/bfnrt", *p)) {
        g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
        return 1;
    }
    if (*p != 'u') {
        json_parse_error(parser, "invalid escape sequence in string");
        return 0;
    }
    high = json_hex4(p + 1);
    if (high < 0) {
        json_parse_error(parser, "\\%.5s is not a valid Unicode character",
                         p);
        return 0;
    }
    if (high == 0) {
        /* C strings end at a zero byte: a different encoding of U+0000. */
        g_string_append(out, "\xC0\x80");
        return 5;
    }
    if (high < 0xD800 || high > 0xDFFF) {
        g_string_append_printf(out, "\\u%04X", high);
        return 5;
    }
    low = p[5] == '\\' && p[6] == 'u' ? json_hex4(p + 7) : -1;
    if (high > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
        json_parse_error(parser, "\\%.5s is not a valid Unicode character",
                         p);
        return 0;
    }
    g_string_append_printf(out, "\\u%04X\\u%04X", high, low);
    return 11;
}

static void json_put_string(JSONMessageParser *parser, const GString *token)
{
    GString *out = parser->text;
    const char *p = token->str + 1, *end = token->str + token->len - 1;

    if (!g_utf8_validate(token->str, token->len, NULL)) {
        json_parse_error(parser, "invalid UTF-8 sequence in string");
        return;
    }
    g_string_append_c(out, '"');
    while (p < end) {
        char ch = *p++;

        if (ch == '\\') {
            int len = json_put_escape(parser, p);

            if (!len) {
                return;
            }
            p += len;
        } else if (ch == '%' && parser->ap) {
            if (*p++ != '%') {
                json_parse_error(parser, "can't interpolate into string");
                return;
            }
            g_string_append_c(out, '%');
        } else if (ch == '"') {
            g_string_append(out, "\\\"");
        } else {
            g_string_append_c(out, ch);
        }
    }
    g_string_append_c(out, '"');
}

/* Is @p a number?  *@integral: without fraction and exponent? */
static bool json_is_number(const char *p, bool *integral)
{
    *integral = true;
    if (*p == '-') {
        p++;
    }
    if (!g_ascii_isdigit(*p) || (p[0] == '0' && g_ascii_isdigit(p[1]))) {
        return false;
    }
    while (g_ascii_isdigit(*p)) {
        p++;
    }
    if (*p == '.') {
        *integral = false;
        if (!g_ascii_isdigit(*++p)) {
            return false;
        }
        while (g_ascii_isdigit(*p)) {
            p++;
        }
    }
    if (*p == 'e' || *p == 'E') {
        *integral = false;
        p++;
        if (*p == '+' || *p == '-') {
            p++;
        }
        if (!g_ascii_isdigit(*p)) {
            return false;
        }
        while (g_ascii_isdigit(*p)) {
            p++;
        }
    }
    return !*p;
}

/* False if the word is neither a number nor a keyword. */
static bool json_put_word(JSONMessageParser *parser, const char *word)
{
    bool integral;

    if (g_ascii_islower(word[0])) {
        for (const char *p = word; *p; p++) {
            if (!g_ascii_islower(*p)) {
                return false;
            }
        }
        if (!g_str_equal(word, "true") && !g_str_equal(word, "false")
            && !g_str_equal(word, "null")) {
            json_parse_error(parser, "invalid keyword '%s'", word);
            return true;
        }
        g_string_append(parser->text, word);
        return true;
    }
    if (!json_is_number(word, &integral)) {
        return false;
    }
    g_string_append(parser->text, word);
    if (integral) {
        errno = 0;
        if (word[0] == '-') {
            g_ascii_strtoll(word, NULL, 10);
        } else {
            g_ascii_strtoull(word, NULL, 10);
        }
        if (errno == ERANGE) {
            /* Too large for an integer: make it a double. */
            g_string_append(parser->text, "e0");
        }
    }
    return true;
}

static void json_put_c_string(GString *out, const char *str)
{
    g_string_append_c(out, '"');
    for (; *str; str++) {
        if (*str == '"' || *str == '\\') {
            g_string_append_c(out, '\\');
            g_string_append_c(out, *str);
        } else if ((unsigned char)*str < 0x20) {
            g_string_append_printf(out, "\\u%04X", *str);
        } else {
            g_string_append_c(out, *str);
        }
    }
    g_string_append_c(out, '"');
}

static void json_put_interp(JSONMessageParser *parser, const char *conv)
{
    GString *out = parser->text;
    char buf[G_ASCII_DTOSTR_BUF_SIZE];

    if (g_str_equal(conv, "%p")) {
        /* A string with a NUL in it cannot come from anywhere else. */
        g_string_append_printf(out, "\"\\u0000%u\"", parser->objects->len);
        g_ptr_array_add(parser->objects, va_arg(*parser->ap, QObject *));
    } else if (g_str_equal(conv, "%s")) {
        json_put_c_string(out, va_arg(*parser->ap, const char *));
    } else if (g_str_equal(conv, "%i")) {
        g_string_append(out, va_arg(*parser->ap, int) ? "true" : "false");
    } else if (g_str_equal(conv, "%d")) {
        g_string_append_printf(out, "%d", va_arg(*parser->ap, int));
    } else if (g_str_equal(conv, "%ld")) {
        g_string_append_printf(out, "%ld", va_arg(*parser->ap, long));
    } else if (g_str_equal(conv, "%lld")) {
        g_string_append_printf(out, "%lld",
                               va_arg(*parser->ap, long long));
    } else if (g_str_equal(conv, "%u")) {
        g_string_append_printf(out, "%u", va_arg(*parser->ap, unsigned));
    } else if (g_str_equal(conv, "%lu")) {
        g_string_append_printf(out, "%lu",
                               va_arg(*parser->ap, unsigned long));
    } else if (g_str_equal(conv, "%llu")) {
        g_string_append_printf(out, "%llu",
                               va_arg(*parser->ap, unsigned long long));
    } else if (g_str_equal(conv, "%f")) {
        g_ascii_formatd(buf, sizeof(buf), "%.17g",
                        va_arg(*parser->ap, double));
        g_string_append(out, buf);
        if (!strpbrk(buf, ".en")) {
            g_string_append(out, "e0");     /* stays a double */
        }
    } else {
        json_parse_error(parser, "invalid interpolation '%s'", conv);
    }
}

/* Values */

static void json_message_emit(JSONMessageParser *parser, Error *err)
{
    QObject *json = NULL;

    if (!err) {
        json = json_parser_parse(parser, &err);
    }
    /* The receiver may feed more, or destroy the parser: be done first. */
    json_message_reset(parser);
    parser->emit(parser->opaque, json, err);
}

void json_message_process_token(JSONMessageParser *parser,
                                JSONTokenType type)
{
    const GString *token = parser->lexer.token;
    Error *err = NULL;

    switch (type) {
    case JSON_MARK:
        g_string_append_c(parser->text, token->str[0]);
        parser->brace_count += token->str[0] == '{';
        parser->brace_count -= token->str[0] == '}';
        parser->bracket_count += token->str[0] == '[';
        parser->bracket_count -= token->str[0] == ']';
        parser->member_count += token->str[0] == ':';
        break;
    case JSON_STRING:
        json_put_string(parser, token);
        break;
    case JSON_WORD:
        if (!json_put_word(parser, token->str)) {
            type = JSON_ERROR;
        }
        break;
    case JSON_INTERP:
        json_put_interp(parser, token->str);
        break;
    case JSON_OVERLONG:
    case JSON_ERROR:
        break;
    }
    g_string_append_c(parser->text, ' ');
    parser->token_count++;

    if (type == JSON_ERROR) {
        error_setg(&err, "JSON parse error, stray '%s'", token->str);
    } else if (type == JSON_OVERLONG
               || parser->text->len > JSON_MAX_TOKEN_SIZE) {
        error_setg(&err, "JSON token size limit exceeded");
    } else if (parser->token_count > JSON_MAX_TOKEN_COUNT) {
        error_setg(&err, "JSON token count limit exceeded");
    } else if (parser->brace_count + parser->bracket_count
               > JSON_MAX_NESTING) {
        error_setg(&err, "JSON nesting depth limit exceeded");
    } else if (parser->brace_count >= 0 && parser->bracket_count >= 0
               && parser->brace_count + parser->bracket_count > 0) {
        return;                 /* there is more to come */
    }
    json_message_emit(parser, err);
}

void json_message_parser_feed(JSONMessageParser *parser,
                              const char *buffer, size_t size)
{
    json_lexer_feed(parser, buffer, size);
}

void json_message_parser_flush(JSONMessageParser *parser)
{
    json_lexer_flush(parser);
    if (parser->token_count) {
        json_message_emit(parser, NULL);
    }
}
