/*
 * JSON's tokens: between the streamer and the lexer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QOBJECT_JSON_LEXER_H
#define QOBJECT_JSON_LEXER_H

#include "qapi/qmp/json-parser.h"

typedef enum JSONTokenType {
    JSON_MARK,              /* one of { } [ ] : , */
    JSON_STRING,            /* with its quotes, escapes as they came */
    JSON_WORD,              /* a number or a keyword, perhaps a wrong one */
    JSON_INTERP,            /* %d and its like */
    JSON_OVERLONG,          /* the begin of a token beyond all limits */
    JSON_ERROR,             /* what no token begins with or goes on with */
} JSONTokenType;

void json_lexer_init(JSONLexer *lexer);
void json_lexer_feed(JSONMessageParser *parser, const char *buf, size_t size);

/* The input has ended: so has a word. */
void json_lexer_flush(JSONMessageParser *parser);
void json_lexer_destroy(JSONLexer *lexer);

/* json-streamer.c; the text is parser->lexer.token. */
void json_message_process_token(JSONMessageParser *parser,
                                JSONTokenType type);

/*
 * json-parser.c: parse parser->text, which is well-formed token by token.
 * NULL with @errp set if the tokens do not make a value.
 */
QObject *json_parser_parse(JSONMessageParser *parser, Error **errp);

#endif
