/*
 * Cut a stream of bytes into JSON's tokens.
 *
 * Read include/qapi/qmp/json-parser.h first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "json-lexer.h"

/* What the token so far is. */
enum {
    IN_START,               /* nothing */
    IN_DQ_STRING,
    IN_DQ_ESCAPE,           /* the backslash was the last */
    IN_SQ_STRING,
    IN_SQ_ESCAPE,
    IN_WORD,
    IN_INTERP,
    IN_RECOVERY,            /* after an error, up to where a token may begin */
};

void json_lexer_init(JSONLexer *lexer)
{
    lexer->state = IN_START;
    lexer->token = g_string_new(NULL);
    lexer->x = lexer->y = 0;
}

void json_lexer_destroy(JSONLexer *lexer)
{
    g_string_free(lexer->token, true);
    lexer->token = NULL;
}

static bool is_mark(char ch)
{
    return ch && strchr("{}[]:,", ch);
}

static void lexer_end_token(JSONMessageParser *parser, JSONTokenType type)
{
    parser->lexer.state = type == JSON_ERROR ? IN_RECOVERY : IN_START;
    json_message_process_token(parser, type);
    g_string_truncate(parser->lexer.token, 0);
}

static void lexer_error(JSONMessageParser *parser, char ch)
{
    g_string_append_c(parser->lexer.token, ch);
    lexer_end_token(parser, JSON_ERROR);
}

static void lexer_start(JSONMessageParser *parser, char ch)
{
    JSONLexer *lexer = &parser->lexer;

    if (ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n') {
        return;
    }
    if (is_mark(ch)) {
        g_string_append_c(lexer->token, ch);
        lexer_end_token(parser, JSON_MARK);
        return;
    }
    if (ch == '"') {
        lexer->state = IN_DQ_STRING;
    } else if (ch == '\'') {
        lexer->state = IN_SQ_STRING;
    } else if (g_ascii_isalnum(ch) || ch == '-') {
        lexer->state = IN_WORD;
    } else if (ch == '%' && parser->ap) {
        lexer->state = IN_INTERP;
    } else {
        lexer_error(parser, ch);
        return;
    }
    g_string_append_c(lexer->token, ch);
}

static void lexer_string(JSONMessageParser *parser, char ch, char quote,
                         int in_string, int in_escape)
{
    JSONLexer *lexer = &parser->lexer;

    if ((unsigned char)ch < 0x20 || (unsigned char)ch >= 0xFE) {
        lexer_error(parser, ch);
        return;
    }
    g_string_append_c(lexer->token, ch);
    if (lexer->state == in_escape) {
        lexer->state = in_string;
    } else if (ch == '\\') {
        lexer->state = in_escape;
    } else if (ch == quote) {
        lexer_end_token(parser, JSON_STRING);
    }
}

static void lexer_feed_char(JSONMessageParser *parser, char ch)
{
    JSONLexer *lexer = &parser->lexer;

    lexer->x++;
    if (ch == '\n') {
        lexer->x = 0;
        lexer->y++;
    }

    switch (lexer->state) {
    case IN_RECOVERY:
        if (is_mark(ch) ||
            (unsigned char)ch < 0x20 || (unsigned char)ch >= 0xFE) {
            lexer->state = IN_START;
            lexer_start(parser, ch);
        }
        break;
    case IN_START:
        lexer_start(parser, ch);
        break;
    case IN_DQ_STRING:
    case IN_DQ_ESCAPE:
        lexer_string(parser, ch, '"', IN_DQ_STRING, IN_DQ_ESCAPE);
        break;
    case IN_SQ_STRING:
    case IN_SQ_ESCAPE:
        lexer_string(parser, ch, '\'', IN_SQ_STRING, IN_SQ_ESCAPE);
        break;
    case IN_WORD:
        if (g_ascii_isalnum(ch) || (ch && strchr("+-.", ch))) {
            g_string_append_c(lexer->token, ch);
        } else {
            lexer_end_token(parser, JSON_WORD);
            lexer_feed_char(parser, ch);
        }
        break;
    case IN_INTERP:
        if (g_ascii_isalnum(ch)) {
            g_string_append_c(lexer->token, ch);
        } else {
            lexer_end_token(parser, JSON_INTERP);
            lexer_feed_char(parser, ch);
        }
        break;
    }
    if (lexer->token->len > JSON_MAX_TOKEN_SIZE) {
        /* Nobody is told what it was, and its rest is a token of its own. */
        lexer_end_token(parser, JSON_OVERLONG);
    }
}

void json_lexer_feed(JSONMessageParser *parser, const char *buf, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        lexer_feed_char(parser, buf[i]);
    }
}

void json_lexer_flush(JSONMessageParser *parser)
{
    switch (parser->lexer.state) {
    case IN_START:
        break;
    case IN_RECOVERY:
        parser->lexer.state = IN_START;
        break;
    case IN_WORD:
        lexer_end_token(parser, JSON_WORD);
        break;
    case IN_INTERP:
        lexer_end_token(parser, JSON_INTERP);
        break;
    default:
        lexer_end_token(parser, JSON_ERROR);
        parser->lexer.state = IN_START;
    }
}
