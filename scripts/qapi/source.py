"""Where in a schema something was said, and what was wrong with it.

SPDX-License-Identifier: GPL-2.0-or-later
"""


class SourceInfo:
    """A line of a schema file, and the line that included that file."""

    def __init__(self, fname, parent=None):
        self.fname = fname
        self.line = 1
        self.parent = parent        # the 'include' that led here
        self.defn_meta = None       # e.g. 'struct', of the definition ...
        self.defn_name = None       # ... that this line is part of

    def at_line(self, line):
        info = SourceInfo(self.fname, self.parent)
        info.line = line
        return info

    def set_defn(self, meta, name):
        self.defn_meta = meta
        self.defn_name = name

    def loc(self):
        return '%s:%d' % (self.fname, self.line)

    def __str__(self):
        text = ''
        parent = self.parent
        while parent:
            text = 'In file included from %s:\n' % parent.loc() + text
            parent = parent.parent
        if self.defn_meta:
            text += "%s: In %s '%s':\n" % (self.fname, self.defn_meta,
                                           self.defn_name)
        return text + self.loc()


class QAPIError(Exception):
    """A mistake in the schema; the text begins with its place."""

    def __init__(self, info, msg, col=None):
        super().__init__(msg)
        self.info = info
        self.msg = msg
        self.col = col

    def __str__(self):
        col = ':%d' % self.col if self.col else ''
        return '%s%s: %s' % (self.info, col, self.msg)


class QAPIParseError(QAPIError):
    """The text is not in the schema language."""


class QAPISemError(QAPIError):
    """The text can be read, but makes no sense."""
