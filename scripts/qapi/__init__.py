"""The QAPI schema: its language, what it means, and the C made of it.

    source.py   where in the schema something was said
    parser.py   text to expressions and documentation
    expr.py     is each expression well-formed on its own?
    schema.py   the types they define, with all references resolved
    common.py   from the schema's names to C's
    gen.py      writing files
    types.py    C structs and enums
    visit.py    the visit functions
    commands.py functions that take commands from JSON to C and back
    events.py   functions that send events
    introspect.py  the schema as a constant, for clients
    doc.py      the schema as a page, for people

Read in this order.  docs: each file's first comment; the language is
described at the top of qapi/qapi-schema.json.

SPDX-License-Identifier: GPL-2.0-or-later
"""
