#!/usr/bin/env python3
#
# What `make dropin` says of a source that needs what is not here, and which
# headers it makes for a source's trace events.
#
#   dropin-test.py scripts/dropin.py compile_commands.json
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import importlib.util
import io
import json
import os
import shlex
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('dropin', sys.argv.pop(1))
dropin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dropin)
with open(sys.argv.pop(1)) as f:
    COMMANDS = json.load(f)

WANTING = '''\
#include "qemu/osdep.h"
#include "hw/nosuch/bus.h"
#include "hw/pci/pci.h"
#include "hw/nosuch/chip.h"

typedef struct WantingState {
    PCIDevice parent_obj;
    NoSuchBus bus;
} WantingState;

void wanting_reset(WantingState *s);
void wanting_reset(WantingState *s)
{
    s->parent_obj.no_such_member = 1;
    no_such_function(NO_SUCH_NUMBER);
    pci_set_word(s->parent_obj.config + PCI_STATUS, 0);
}
'''

EVENTS = '''\
# ours, and the tree's
wanting_poke(unsigned val) "val %u"
disable wanting_peek(void) "peek"
virtio_notify(void *vdev, void *vq) "vdev %p vq %p"
'''


class DropinTest(unittest.TestCase):
    """Each test has a folder with a source, and one to build in."""

    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.addCleanup(self.tmp.cleanup)
        self.build = os.path.join(self.tmp.name, 'build')
        self.source = self.write('hw/wanting.c', WANTING)

    def write(self, name, text):
        path = os.path.join(self.tmp.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as f:
            f.write(text)
        return path

    def made(self, name):
        return dropin.read(os.path.join(self.build, 'dropin', name))

    def command(self):
        """How the tree compiles, without headers that are compiled before."""
        command = next(c for c in COMMANDS if 'libstubs' in c['output'])
        args = [a for a in shlex.split(command['command'])
                if a != command['file']]
        return dict(command, command=shlex.join(args + [self.source]))

    def test_missing(self):
        headers, text = dropin.complaints(self.source, self.command(),
                                          self.build)
        self.assertEqual(headers, ['hw/nosuch/bus.h', 'hw/nosuch/chip.h'])
        self.assertEqual(dropin.missing_names(text), {
            'function': {'no_such_function'},
            'member': {'PCIDevice.no_such_member'},
            'name': {'NO_SUCH_NUMBER'},
            'type': {'NoSuchBus'},
        })

    def test_again(self):
        """A header that was missing is missing still."""
        for _ in range(2):
            headers, _ = dropin.complaints(self.source, self.command(),
                                           self.build)
            self.assertEqual(len(headers), 2)

    def test_nothing_missing(self):
        self.write('hw/wanting.c', '#include "qemu/osdep.h"\n')
        self.assertEqual(dropin.complaints(self.source, self.command(),
                                           self.build), ([], ''))

    def test_kinds(self):
        self.assertFalse(dropin.is_test(WANTING))
        self.assertTrue(dropin.is_test('int main(int argc, char **argv)\n{'))

    def trace(self, *includes):
        self.write('hw/wanting.c', '\n'.join('#include "%s"' % i
                                             for i in includes))
        events = self.write('hw/trace-events', EVENTS)
        return dropin.trace_headers(self.build, [self.source], events)

    def test_trace_events(self):
        """The tree's events are not declared once more."""
        self.assertEqual(self.trace('trace.h'),
                         os.path.join(self.build, 'dropin/trace-events'))
        events = self.made('trace-events')
        self.assertIn('wanting_poke(', events)
        self.assertIn('disable wanting_peek(', events)
        self.assertNotIn('virtio_notify', events)
        header = self.made('include/trace.h')
        self.assertIn('/trace/trace-dropin.h"', header)
        self.assertIn('/trace/trace-hw_virtio.h"', header)

    def test_trace_headers(self):
        """A folder's header leads on, and the tree's own stays in sight."""
        self.write('hw/trace.h', '#include "trace/trace-hw_wanting.h"\n')
        self.trace('trace.h', 'hw/virtio/trace.h')
        self.assertIn('/trace/trace-dropin.h"',
                      self.made('include/trace/trace-hw_wanting.h'))
        self.assertIn('/hw/virtio/trace.h"',
                      self.made('include/hw/virtio/trace.h'))

    def test_events_beside(self):
        """Of a folder's events those that the source, or its header, names."""
        self.write('hw/trace-events', EVENTS)
        self.write('hw/wanting.h', 'trace_virtio_notify(0, 0);\n')
        self.write('hw/wanting.c', '#include "wanting.h"\n'
                   'if (trace_event_get_state_backends(TRACE_WANTING_POKE)) {}')
        text = dropin.read(dropin.events_beside(self.build, [self.source]))
        self.assertIn('wanting_poke(', text)
        self.assertIn('virtio_notify(', text)
        self.assertNotIn('wanting_peek', text)

    def test_no_events_beside(self):
        self.assertIsNone(dropin.events_beside(self.build, [self.source]))

    def own(self, source, *includes):
        source = self.write(source, '\n'.join('#include "%s"' % i
                                              for i in includes))
        with contextlib.redirect_stdout(io.StringIO()) as said:
            dropin.own_headers(self.build, [source], None)
        return said.getvalue()

    def test_header_of_the_folder(self):
        """In a tree: the device's own, not those of other subsystems."""
        self.write('include/hw/misc/dial.h', '#include "hw/misc/knob.h"\n')
        self.write('include/hw/misc/knob.h', '')
        self.write('include/hw/nosuch/bus.h', '')
        said = self.own('hw/misc/dial.c', 'hw/misc/dial.h', 'hw/nosuch/bus.h',
                        'hw/pci/pci.h')
        self.assertIn('include/hw/misc/dial.h"',
                      self.made('include/hw/misc/dial.h'))
        self.assertIn('hw/misc/dial.h is the one at', said)
        for name in ('nosuch/bus.h', 'pci/pci.h'):
            self.assertFalse(os.path.exists(os.path.join(
                self.build, 'dropin/include/hw', name)))

    def test_header_beside(self):
        """Brought along without its folders."""
        self.write('cards/dial.h', '')
        self.own('cards/dial.c', 'hw/misc/dial.h', 'dial.h')
        self.assertIn('/cards/dial.h"', self.made('include/hw/misc/dial.h'))
        self.assertFalse(os.path.exists(os.path.join(
            self.build, 'dropin/include/dial.h')))

    def test_linker(self):
        """What ld and mold say."""
        self.assertEqual(dropin.NO_SYMBOL.findall(
            "x.c: undefined reference to `usb_wakeup'\n"
            "mold: error: undefined symbol: aud_open\n"),
            ['usb_wakeup', 'aud_open'])
        self.assertEqual(
            [a or b for a, b in dropin.TWICE.findall(
                "x.c: multiple definition of `edu_read'; y.c: first\n"
                "mold: error: duplicate symbol: a.o: b.o: dial_read\n")],
            ['edu_read', 'dial_read'])

    def test_no_trace_events(self):
        self.assertEqual(dropin.trace_headers(self.build, [self.source], None),
                         '')


if __name__ == '__main__':
    unittest.main()
