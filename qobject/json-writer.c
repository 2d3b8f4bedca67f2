/*
 * JSON text, written one value at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/qmp/json-writer.h"

struct JSONWriter {
    GString *contents;
    bool pretty;
    bool need_comma;
    GByteArray *nesting;        /* the brackets that are open */
};

JSONWriter *json_writer_new(bool pretty)
{
    JSONWriter *writer = g_new0(JSONWriter, 1);

    writer->contents = g_string_new(NULL);
    writer->pretty = pretty;
    writer->nesting = g_byte_array_new();
    return writer;
}

const char *json_writer_get(JSONWriter *writer)
{
    g_assert(!writer->nesting->len);
    return writer->contents->str;
}

GString *json_writer_get_and_free(JSONWriter *writer)
{
    GString *contents = writer->contents;

    writer->contents = NULL;
    g_byte_array_free(writer->nesting, true);
    g_free(writer);
    return contents;
}

void json_writer_free(JSONWriter *writer)
{
    if (writer) {
        g_string_free(json_writer_get_and_free(writer), true);
    }
}

static void json_writer_newline(JSONWriter *writer)
{
    g_string_append_c(writer->contents, '\n');
    for (guint i = 0; i < writer->nesting->len; i++) {
        g_string_append(writer->contents, "    ");
    }
}

/* ASCII only, so that no terminal or log in between can spoil it. */
static void json_writer_quoted(JSONWriter *writer, const char *str)
{
    GString *out = writer->contents;
    const char *end;

    g_string_append_c(out, '"');
    for (; *str; str = end) {
        gunichar ch = g_utf8_get_char_validated(str, -1);

        if (g_str_has_prefix(str, "\xC0\x80")) {
            /* How json-streamer.c keeps U+0000 in a C string. */
            ch = 0;
            end = str + 2;
        } else if (ch == (gunichar)-1 || ch == (gunichar)-2) {
            /* QStrings can have any bytes; JSON text cannot. */
            ch = 0xFFFD;
            end = str + 1;
        } else {
            end = g_utf8_next_char(str);
        }
        switch (ch) {
        case '"':
        case '\\':
            g_string_append_c(out, '\\');
            g_string_append_c(out, ch);
            break;
        case '\b':
            g_string_append(out, "\\b");
            break;
        case '\f':
            g_string_append(out, "\\f");
            break;
        case '\n':
            g_string_append(out, "\\n");
            break;
        case '\r':
            g_string_append(out, "\\r");
            break;
        case '\t':
            g_string_append(out, "\\t");
            break;
        default:
            if (ch > 0xFFFF) {
                ch -= 0x10000;
                g_string_append_printf(out, "\\u%04X\\u%04X",
                                       0xD800 | ch >> 10,
                                       0xDC00 | (ch & 0x3FF));
            } else if (ch < 0x20 || ch >= 0x7F) {
                g_string_append_printf(out, "\\u%04X", ch);
            } else {
                g_string_append_c(out, ch);
            }
        }
    }
    g_string_append_c(out, '"');
}

/* What stands before a value: comma, line break, key. */
static void json_writer_begin_value(JSONWriter *writer, const char *name)
{
    guint depth = writer->nesting->len;
    bool in_object = depth && writer->nesting->data[depth - 1] == '{';

    assert(in_object == !!name);
    if (writer->need_comma) {
        g_string_append(writer->contents, writer->pretty ? "," : ", ");
    }
    if (writer->pretty && depth) {
        json_writer_newline(writer);
    }
    if (name) {
        json_writer_quoted(writer, name);
        g_string_append(writer->contents, ": ");
    }
    writer->need_comma = true;
}

static void json_writer_open(JSONWriter *writer, const char *name,
                             uint8_t bracket)
{
    json_writer_begin_value(writer, name);
    g_string_append_c(writer->contents, bracket);
    g_byte_array_append(writer->nesting, &bracket, 1);
    writer->need_comma = false;
}

static void json_writer_close(JSONWriter *writer, char bracket)
{
    g_byte_array_set_size(writer->nesting, writer->nesting->len - 1);
    if (writer->pretty) {
        json_writer_newline(writer);
    }
    g_string_append_c(writer->contents, bracket);
    writer->need_comma = true;
}

void json_writer_start_object(JSONWriter *writer, const char *name)
{
    json_writer_open(writer, name, '{');
}

void json_writer_end_object(JSONWriter *writer)
{
    json_writer_close(writer, '}');
}

void json_writer_start_array(JSONWriter *writer, const char *name)
{
    json_writer_open(writer, name, '[');
}

void json_writer_end_array(JSONWriter *writer)
{
    json_writer_close(writer, ']');
}

void json_writer_bool(JSONWriter *writer, const char *name, bool val)
{
    json_writer_begin_value(writer, name);
    g_string_append(writer->contents, val ? "true" : "false");
}

void json_writer_null(JSONWriter *writer, const char *name)
{
    json_writer_begin_value(writer, name);
    g_string_append(writer->contents, "null");
}

void json_writer_int64(JSONWriter *writer, const char *name, int64_t val)
{
    json_writer_begin_value(writer, name);
    g_string_append_printf(writer->contents, "%" PRId64, val);
}

void json_writer_uint64(JSONWriter *writer, const char *name, uint64_t val)
{
    json_writer_begin_value(writer, name);
    g_string_append_printf(writer->contents, "%" PRIu64, val);
}

void json_writer_double(JSONWriter *writer, const char *name, double val)
{
    char buf[G_ASCII_DTOSTR_BUF_SIZE];

    json_writer_begin_value(writer, name);
    g_string_append(writer->contents,
                    g_ascii_formatd(buf, sizeof(buf), "%.17g", val));
}

void json_writer_str(JSONWriter *writer, const char *name, const char *str)
{
    json_writer_begin_value(writer, name);
    json_writer_quoted(writer, str);
}
