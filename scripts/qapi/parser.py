"""From schema files to expressions.

The language is JSON with three changes: strings stand in single quotes,
there are comments from '#' to the end of the line, and a block of comment
lines between two lines '##' documents the expression that follows.  There
are no numbers.  A file is a sequence of objects.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import os
import re

from .source import QAPIParseError, QAPISemError, SourceInfo


class Doc:
    """What a '##' block says.

    symbol    what it documents, from a first line '@symbol:'; None for text
              that stands between definitions
    body      the text before the first section
    args      member name -> text, of the '@member:' sections
    features  feature name -> text, of those under 'Features:'
    sections  (name, text), of 'Returns:', 'Since:', 'Note:', 'Example:' ...
    required  each member has to be among args
    """

    TAGS = ('Returns', 'Since', 'Note', 'Notes', 'Example', 'Examples', 'TODO')

    def __init__(self, info):
        self.info = info
        self.symbol = None
        self.body = ''
        self.args = {}
        self.features = {}
        self.sections = []
        self.required = False

    def parse(self, lines):
        store, in_features, first = self._to_body, False, True
        for info, line in lines:
            match = re.match(r'@(\S*?):(?:\s+(.*))?$', line)
            tag = re.match(r'(\w+):(?:\s+(.*))?$', line)
            if match and first:
                self.symbol = match.group(1)
                if not self.symbol:
                    raise QAPIParseError(info, "name required after '@'")
                if match.group(2):
                    raise QAPIParseError(
                        info, "text must begin on a line after '@%s:'"
                        % self.symbol)
            elif match and self.symbol:
                name = match.group(1)
                where = self.features if in_features else self.args
                if name in where:
                    raise QAPIParseError(
                        info, "'%s' is documented twice" % name)
                where[name] = match.group(2) or ''
                store = self._to_member(where, name)
            elif tag and self.symbol and tag.group(1) == 'Features':
                in_features, store = True, self._to_body
            elif tag and self.symbol and tag.group(1) in self.TAGS:
                in_features = False
                if (tag.group(1) in ('Returns', 'Since')
                        and tag.group(1) in [s[0] for s in self.sections]):
                    raise QAPIParseError(info, "section '%s' is there twice"
                                         % tag.group(1))
                self.sections.append((tag.group(1), tag.group(2) or ''))
                store = self._to_section
            else:
                store(line)
            first = first and not line
        self.body = self.body.strip()
        for name, text in self.sections:
            if not text:
                raise QAPIParseError(self.info, "section '%s' is empty" % name)

    def _to_body(self, line):
        self.body += line + '\n'

    def _to_section(self, line):
        name, text = self.sections[-1]
        self.sections[-1] = (name, (text + '\n' + line).strip())

    @staticmethod
    def _to_member(where, name):
        def store(line):
            where[name] = (where[name] + '\n' + line).strip()
        return store

    def check_expr(self, expr):
        """Does the block fit the definition that follows it?"""
        if self.symbol != expr.name:
            raise QAPISemError(
                self.info, "documentation is for '%s', but '%s' follows"
                % (self.symbol, expr.name))


class Expr:
    """One top-level expression: a definition, an include or a pragma."""

    META = ('enum', 'struct', 'union', 'alternate', 'command', 'event')

    def __init__(self, data, info, doc=None):
        self.data = data
        self.info = info
        self.doc = doc
        self.meta = None
        self.name = None
        for meta in self.META:
            if meta in data:
                if self.meta:
                    raise QAPISemError(
                        info, "expression is both '%s' and '%s'"
                        % (self.meta, meta))
                self.meta = meta
        if not self.meta:
            raise QAPISemError(info, 'expression is missing one of %s'
                               % ', '.join("'%s'" % m for m in self.META))
        self.name = data[self.meta]
        if not isinstance(self.name, str):
            raise QAPISemError(info, "'%s' requires a string" % self.meta)
        info.set_defn(self.meta, self.name)


class Pragma:
    """What 'pragma' expressions have said; one for the whole schema."""

    LISTS = ('command-name-exceptions', 'command-returns-exceptions',
             'documentation-exceptions', 'member-name-exceptions')

    def __init__(self):
        self.doc_required = False
        self.lists = {name: [] for name in self.LISTS}

    def set(self, data, info):
        if not isinstance(data, dict):
            raise QAPISemError(info, "'pragma' requires an object")
        for name, value in data.items():
            if name == 'doc-required':
                if not isinstance(value, bool):
                    raise QAPISemError(
                        info, "pragma 'doc-required' requires a boolean")
                self.doc_required = value
            elif name in self.lists:
                if (not isinstance(value, list)
                        or not all(isinstance(v, str) for v in value)):
                    raise QAPISemError(
                        info, "pragma '%s' requires a list of strings" % name)
                self.lists[name] += value
            else:
                raise QAPISemError(info, "unknown pragma '%s'" % name)


class SchemaParser:
    """Parses one file, and those that it includes the first time.

    exprs     the definitions, in the order in which they were met
    texts     the '##' blocks that document none of them
    includes  file name -> names of the files it includes
    """

    def __init__(self, fname, pragma=None, seen=None, includes=None,
                 parent=None):
        self.fname = fname
        self.pragma = pragma or Pragma()
        self.exprs = []
        self.texts = []
        self.includes = {} if includes is None else includes
        self.includes[fname] = []
        self._seen = seen if seen is not None else set()
        self._seen.add(os.path.abspath(fname))
        self._top = SourceInfo(fname, parent)
        try:
            with open(fname, encoding='utf-8') as fp:
                self._src = fp.read()
        except OSError as err:
            raise QAPIError_open(fname, err, parent) from err
        if not self._src.endswith('\n'):
            self._src += '\n'
        self._pos = 0
        self._line = 1
        self._line_pos = 0
        self._parse_file()

    # Tokens

    def _info(self):
        return self._top.at_line(self._line)

    def _error(self, msg):
        raise QAPIParseError(self._info(), msg,
                             self._tok_pos - self._line_pos + 1)

    def _next(self, want_comments=False):
        """Step to the next token: (kind, value) in self._tok."""
        while True:
            self._tok_pos = self._pos
            if self._pos >= len(self._src):
                self._tok = ('end', None)
                return
            char = self._src[self._pos]
            if char == '\n':
                self._pos += 1
                self._line += 1
                self._line_pos = self._pos
            elif char in ' \t':
                self._pos += 1
            elif char == '#':
                end = self._src.index('\n', self._pos)
                text = self._src[self._pos:end]
                self._pos = end
                if text.startswith('##') and not want_comments:
                    if text != '##':
                        self._error("junk after '##' of a documentation "
                                    "comment")
                    self._tok = ('doc', None)
                    return
                if want_comments:
                    self._tok = ('comment', text)
                    return
            elif char in '{}[]:,':
                self._pos += 1
                self._tok = (char, char)
                return
            elif char == "'":
                self._tok = ('string', self._string())
                return
            else:
                match = re.compile(r'[^][{}:,\s\'"#]+').match(
                    self._src, self._pos)
                word = match.group(0) if match else char
                if word not in ('true', 'false'):
                    self._error("stray '%s'" % word)
                self._pos += len(word)
                self._tok = ('bool', word == 'true')
                return

    def _string(self):
        end = self._src.index('\n', self._pos)
        close = self._src.find("'", self._pos + 1, end)
        if close < 0:
            self._error("missing terminating \"'\"")
        text = self._src[self._pos + 1:close]
        if not re.fullmatch(r'[ -&(-\[\]-~]*', text):
            self._error('a string may only have printable ASCII characters, '
                        'and no backslash')
        self._pos = close + 1
        return text

    # Expressions

    def _parse_file(self):
        doc = None
        self._next()
        while self._tok[0] != 'end':
            if self._tok[0] == 'doc':
                if doc and doc.symbol:
                    raise QAPISemError(
                        doc.info, "documentation for '%s' is not followed by "
                        "its definition" % doc.symbol)
                doc = self._doc()
                if not doc.symbol:
                    self.texts.append(doc)
                continue
            info = self._info()
            if self._tok[0] != '{':
                self._error("expected '{'")
            data = self._value()
            if 'include' in data or 'pragma' in data:
                if doc and doc.symbol:
                    raise QAPISemError(
                        doc.info, "documentation for '%s' is not followed by "
                        "its definition" % doc.symbol)
                self._directive(data, info)
            else:
                if doc and not doc.symbol:
                    doc = None
                expr = Expr(data, info, doc)
                if doc:
                    doc.check_expr(expr)
                    doc.required = (
                        self.pragma.doc_required and expr.name not in
                        self.pragma.lists['documentation-exceptions'])
                elif (self.pragma.doc_required and expr.name not in
                      self.pragma.lists['documentation-exceptions']):
                    raise QAPISemError(info, 'documentation is missing')
                self.exprs.append(expr)
            doc = None
        if doc and doc.symbol:
            raise QAPISemError(
                doc.info, "documentation for '%s' is not followed by its "
                "definition" % doc.symbol)

    def _directive(self, data, info):
        name = 'include' if 'include' in data else 'pragma'
        if len(data) != 1:
            raise QAPISemError(info, "invalid '%s' directive" % name)
        if name == 'pragma':
            self.pragma.set(data['pragma'], info)
            return
        if not isinstance(data['include'], str):
            raise QAPISemError(info, "value of 'include' must be a string")
        path = os.path.join(os.path.dirname(self.fname), data['include'])
        parent = info
        while parent:
            if os.path.abspath(parent.fname) == os.path.abspath(path):
                raise QAPISemError(
                    info, "inclusion loop for %s" % data['include'])
            parent = parent.parent
        self.includes[self.fname].append(path)
        if os.path.abspath(path) not in self._seen:
            sub = SchemaParser(path, self.pragma, self._seen, self.includes,
                               info)
            self.exprs += sub.exprs
            self.texts += sub.texts

    def _value(self):
        kind, value = self._tok
        if kind == '{':
            return self._object()
        if kind == '[':
            return self._array()
        if kind in ('string', 'bool'):
            self._next()
            return value
        return self._error("expected '{', '[', string, or boolean")

    def _object(self):
        result = {}
        self._next()
        if self._tok[0] == '}':
            self._next()
            return result
        while True:
            kind, key = self._tok
            if kind != 'string':
                self._error("expected string or '}'")
            if key in result:
                self._error("duplicate key '%s'" % key)
            self._next()
            if self._tok[0] != ':':
                self._error("expected ':'")
            self._next()
            result[key] = self._value()
            if self._tok[0] == '}':
                self._next()
                return result
            if self._tok[0] != ',':
                self._error("expected ',' or '}'")
            self._next()

    def _array(self):
        result = []
        self._next()
        if self._tok[0] == ']':
            self._next()
            return result
        while True:
            result.append(self._value())
            if self._tok[0] == ']':
                self._next()
                return result
            if self._tok[0] != ',':
                self._error("expected ',' or ']'")
            self._next()

    def _doc(self):
        doc = Doc(self._info())
        lines = []
        while True:
            self._next(want_comments=True)
            kind, text = self._tok
            if kind != 'comment':
                self._error("documentation comment must end with '##'")
            if text == '##':
                break
            if text != '#' and not text.startswith('# '):
                self._error("missing space after '#'")
            lines.append((self._info(), text[2:].rstrip()))
        doc.parse(lines)
        self._next()
        return doc


class QAPIError_open(QAPIParseError):
    """A schema file that cannot be opened."""

    def __init__(self, fname, err, parent):
        super().__init__(parent or SourceInfo(fname),
                         "can't read schema file '%s': %s"
                         % (fname, err.strerror))
