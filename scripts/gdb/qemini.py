#
# qemini.py: what a debugger should know about qemini.
#
#   (gdb) source scripts/gdb/qemini.py
#
#   qemini chain             the backtrace, outermost first, with the object
#                            that each function is about
#   qemini qom-path OBJ      where an object is in the composition tree
#   qemini mtree [AS]        the tree of memory regions of an address space
#
# qom-path calls a function of the program; the others only read its memory.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import gdb

# Parameters that name what a function is about, most telling first.
SUBJECTS = ('vdev', 'vpci_dev', 'pci_dev', 'dev', 'qdev', 'bus', 'obj', 'd')


def type_of(pointer):
    """The QOM type's name of the object that a pointer points to, or None."""
    try:
        obj = pointer.cast(gdb.lookup_type('Object').pointer())
        klass = obj['class']
        if int(obj) == 0 or int(klass) == 0:
            return None
        return klass['type']['name'].string()
    except (gdb.error, gdb.MemoryError, UnicodeDecodeError):
        return None


def subject_of(frame):
    """(name, QOM type) of the parameter that a function is about, or None."""
    try:
        block = frame.block()
    except RuntimeError:
        return None
    while block and not block.function:
        block = block.superblock
    args = {sym.name: sym for sym in block or () if sym.is_argument}
    for name in SUBJECTS:
        if name in args:
            value = frame.read_var(args[name])
            if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
                found = type_of(value)
                if found:
                    return name, found
    return None


def frames():
    """The frames of the selected thread that have a name, outermost first."""
    found = []
    frame = gdb.newest_frame()
    while frame:
        if frame.name():
            found.append(frame)
        frame = frame.older()
    return found[::-1]


class QeminiCommand(gdb.Command):
    """Commands that know qemini's objects; see `help qemini chain` and so on."""

    def __init__(self):
        super().__init__('qemini', gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class QeminiChain(gdb.Command):
    """The backtrace from main inwards: function, place, and what it is about."""

    def __init__(self):
        super().__init__('qemini chain', gdb.COMMAND_STACK)

    def invoke(self, arg, from_tty):
        for frame in frames():
            sal = frame.find_sal()
            place = ''
            if sal.symtab:
                place = '%s:%d' % (sal.symtab.filename.lstrip('./'), sal.line)
            subject = subject_of(frame)
            about = '%s: %s' % subject if subject else ''
            print('%-34s %-36s %s' % (frame.name(), place, about))


class QeminiQomPath(gdb.Command):
    """qemini qom-path OBJ: the canonical path of an object.

OBJ is an expression: a pointer to an Object or to anything that begins
with one, such as a DeviceState."""

    def __init__(self):
        super().__init__('qemini qom-path', gdb.COMMAND_DATA,
                         gdb.COMPLETE_EXPRESSION)

    def invoke(self, arg, from_tty):
        if not arg:
            raise gdb.GdbError('usage: qemini qom-path OBJ')
        if not type_of(gdb.parse_and_eval(arg)):
            raise gdb.GdbError('%s is not a pointer to an object' % arg)
        try:
            path = gdb.parse_and_eval(
                '(char *)object_get_canonical_path((Object *)(%s))' % arg)
        except gdb.error as err:
            raise gdb.GdbError('gdb cannot call functions of the program '
                               'here: %s' % err)
        # NULL: nobody has adopted it yet.
        print(path.string() if int(path) else '(not in the tree)')
        gdb.parse_and_eval('(void)g_free((void *)%d)' % int(path))


class QeminiMtree(gdb.Command):
    """qemini mtree [AS]: the regions of an address space, by priority.

AS is an expression, address_space_memory if left out.  A region that is
switched off stands in parentheses; -> leads to what an alias shows."""

    def __init__(self):
        super().__init__('qemini mtree', gdb.COMMAND_DATA,
                         gdb.COMPLETE_EXPRESSION)

    def show(self, mr, base, level):
        start = base + int(mr['addr'])
        name = mr['name'].string() if int(mr['name']) else '?'
        if int(mr['alias']):
            name += ' -> %s' % mr['alias']['name'].string()
        if not mr['enabled']:
            name = '(%s)' % name
        print('%s%016x-%016x  %s' % ('  ' * level, start,
                                     start + self.size(mr) - 1, name))
        sub = mr['subregions']['tqh_first']
        while int(sub):
            self.show(sub, start, level + 1)
            sub = sub['subregions_link']['tqe_next']

    @staticmethod
    def size(mr):
        size = mr['size']
        if size.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
            return int(size['lo']) + (int(size['hi']) << 64)
        # All 128 bits: gdb's own numbers may be shorter.
        raw = gdb.selected_inferior().read_memory(int(size.address), 16)
        return int.from_bytes(bytes(raw), 'little')

    def invoke(self, arg, from_tty):
        space = gdb.parse_and_eval(arg or 'address_space_memory')
        self.show(space['root'], 0, 0)


QeminiCommand()
QeminiChain()
QeminiQomPath()
QeminiMtree()
