/*
 * JSON from a stream: text in as it arrives, values out as they end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QAPI_QMP_JSON_PARSER_H
#define QAPI_QMP_JSON_PARSER_H

/*
 * A QMP client's bytes come in pieces that know nothing of values:
 *
 *     feed("{\"execute\":")                       nothing yet
 *     feed(" \"stop\"}\n{\"execu")                emit({"execute": "stop"})
 *     feed("oops")                                nothing yet
 *     feed("\xff")                                emit(error): start anew
 *
 * The lexer (qobject/json-lexer.c) cuts bytes into tokens, knows when the
 * brackets balance, and that is the end of a value; then json-c parses the
 * tokens gathered.  After an error the parser drops what it has and begins
 * again.  A byte that cannot occur in JSON, such as 0xff, always makes it do
 * so; a client that does not know where the stream stands sends one.
 *
 * A client cannot make it use memory without end: a value may have at most
 * JSON_MAX_TOKEN_SIZE bytes, JSON_MAX_TOKEN_COUNT tokens and brackets nested
 * JSON_MAX_NESTING deep.
 */
#define JSON_MAX_TOKEN_SIZE  (64 * MiB)
#define JSON_MAX_TOKEN_COUNT (2 * MiB)
#define JSON_MAX_NESTING     1024

typedef struct JSONLexer {
    int state;
    GString *token;         /* the text of the token that is not over yet */
    int x, y;               /* column and line */
} JSONLexer;

typedef struct JSONMessageParser {
    void (*emit)(void *opaque, QObject *json, Error *err);
    void *opaque;
    va_list *ap;
    JSONLexer lexer;
    int brace_count;        /* open braces, less those closed */
    int bracket_count;
    size_t token_count;
    size_t member_count;    /* how many ':' there were */
    GString *text;          /* the tokens of this value, for json-c */
    GPtrArray *objects;     /* what %p stands for, by number */
    Error *err;             /* the first thing wrong with this value */
} JSONMessageParser;

/*
 * @emit is called for each value and for each error, with @opaque and
 * either a QObject whose reference it takes over or an Error that it frees.
 * With @ap, the text is a template as in qapi/qmp/qjson.h.
 */
void json_message_parser_init(JSONMessageParser *parser,
                              void (*emit)(void *opaque, QObject *json,
                                           Error *err),
                              void *opaque, va_list *ap);

void json_message_parser_feed(JSONMessageParser *parser,
                              const char *buffer, size_t size);

/* The stream has ended: a value that is complete so far is emitted. */
void json_message_parser_flush(JSONMessageParser *parser);

void json_message_parser_destroy(JSONMessageParser *parser);

#endif
