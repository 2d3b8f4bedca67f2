"""From names in the schema to names in C.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import re

# Members and functions must not be called like this in C or C++, nor like
# what compilers define on some host.
RESERVED = set('''
    auto break case char const continue default do double else enum extern
    float for goto if int long register return short signed sizeof static
    struct switch typedef union unsigned void volatile while
    inline restrict _Bool _Complex _Imaginary
    _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local
    asm typeof
    bool catch class const_cast delete dynamic_cast explicit false friend
    mutable namespace new operator private protected public reinterpret_cast
    static_cast template this throw true try typeid typename using virtual
    wchar_t and and_eq bitand bitor compl not not_eq or or_eq xor xor_eq
    errno mips sparc i386 linux unix
'''.split())


def c_name(name, protect=True):
    """'boot-index' -> boot_index; with protect, 'unix' -> q_unix."""
    cname = re.sub(r'[^A-Za-z0-9_]', '_', name)
    if protect and (cname in RESERVED or cname[0].isdigit()):
        return 'q_' + cname
    return cname


def camel_to_upper(name):
    """'NetClientDriver' -> NET_CLIENT_DRIVER, 'PCIBus' -> PCI_BUS."""
    out = ''
    name = c_name(name, False)
    for i, char in enumerate(name):
        if i and char.isupper() and name[i - 1] != '_':
            starts_word = i + 1 < len(name) and name[i + 1].islower()
            if starts_word or name[i - 1].isdigit():
                out += '_'
        out += char
    return out.upper().lstrip('_')


def c_enum_const(type_name, value, prefix=None):
    """The constant for a value: prefix, or the type's name, in front."""
    if prefix is not None:
        type_name = prefix
    else:
        type_name = camel_to_upper(type_name)
    return type_name + '_' + c_name(value, False).upper()


class Cond:
    """An 'if': a name, or {'all': [...]}, {'any': [...]}, {'not': ...}."""

    def __init__(self, spec=None):
        self.spec = spec

    def __bool__(self):
        return self.spec is not None

    def _c(self, spec):
        if isinstance(spec, str):
            return 'defined(%s)' % spec
        (oper, operand), = spec.items()
        if oper == 'not':
            return '!' + self._c(operand)
        return '(%s)' % {'all': ' && ', 'any': ' || '}[oper].join(
            self._c(s) for s in operand)

    def text(self):
        """The condition for people."""
        return re.sub(r'defined\((\w+)\)', r'\1', self._c(self.spec))

    def wrap(self, text):
        """The C text, but only under this condition."""
        if not self or not text:
            return text
        cond = self._c(self.spec)
        if cond[0] == '(' and cond[-1] == ')':
            cond = cond[1:-1]
        return '#if %s\n%s#endif\n' % (cond, text)
