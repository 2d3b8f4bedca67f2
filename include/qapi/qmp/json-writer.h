/*
 * JSON text, written one value at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef JSON_WRITER_H
#define JSON_WRITER_H

/*
 * The calls follow the text: json_writer_start_object(), one call for each
 * member, json_writer_end_object().  @name is the member's key inside an
 * object, and NULL inside an array and at the top.
 */
typedef struct JSONWriter JSONWriter;

JSONWriter *json_writer_new(bool pretty);

/* The text so far; it belongs to the writer. */
const char *json_writer_get(JSONWriter *writer);

/* Free the writer and give the text to the caller. */
GString *json_writer_get_and_free(JSONWriter *writer);
void json_writer_free(JSONWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(JSONWriter, json_writer_free)

void json_writer_start_object(JSONWriter *writer, const char *name);
void json_writer_end_object(JSONWriter *writer);
void json_writer_start_array(JSONWriter *writer, const char *name);
void json_writer_end_array(JSONWriter *writer);
void json_writer_bool(JSONWriter *writer, const char *name, bool val);
void json_writer_null(JSONWriter *writer, const char *name);
void json_writer_int64(JSONWriter *writer, const char *name, int64_t val);
void json_writer_uint64(JSONWriter *writer, const char *name, uint64_t val);
void json_writer_double(JSONWriter *writer, const char *name, double val);
void json_writer_str(JSONWriter *writer, const char *name, const char *str);

#endif
