#!/usr/bin/env python3
#
# What tracetool makes of a folder's trace-events, and what it will not take.
#
#   tracetool-test.py scripts/tracetool.py
#
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import contextlib
import importlib.util
import io
import os
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('tracetool', sys.argv.pop(1))
tracetool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tracetool)

Result = collections.namedtuple('Result', 'status said')

GOOD = '''\
# who was asked for what

property_set(const char *type, const char *name) "%s.%s"
disable noisy(uint64_t addr, unsigned size) "0x%" PRIx64 " size %u"
plain(void) "nothing to say"
'''


class TracetoolTest(unittest.TestCase):
    """Each test has a source tree and a build folder of its own."""

    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.out = os.path.join(self.dir.name, 'out')
        os.mkdir(self.out)

    def write(self, folder, text):
        path = os.path.join(self.dir.name, folder, 'trace-events')
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return path

    def run_tool(self, *folders):
        """Its main(), in this process: starting Python takes much longer."""
        said = io.StringIO()
        status = 0
        argv = ['tracetool.py', self.dir.name, self.out, *folders]
        with unittest.mock.patch.object(sys, 'argv', argv):
            try:
                with contextlib.redirect_stdout(said):
                    tracetool.main()
            except SystemExit as err:
                # A text as the status is printed, and the status is 1.
                said.write('%s\n' % err.code)
                status = 1
        return Result(status, said.getvalue())

    def generate(self, *folders):
        done = self.run_tool(*folders)
        self.assertEqual((done.status, done.said), (0, ''))

    def read(self, name):
        with open(os.path.join(self.out, name), encoding='utf-8') as f:
            return f.read()

    def check_refused(self, line, message):
        """The second line is bad: its place is in front of the message."""
        path = self.write('dir', '# a comment\n%s\n' % line)
        done = self.run_tool('dir')
        self.assertEqual(done.status, 1)
        self.assertEqual(done.said, '%s:2: %s\n' % (path, message))
        self.assertEqual(os.listdir(self.out), [])


class GoodFiles(TracetoolTest):
    def test_header(self):
        self.write('hw/net', GOOD)
        self.generate('hw/net')
        text = self.read('trace-hw_net.h')
        self.assertIn('static inline void trace_property_set('
                      'const char *type, const char *name)\n', text)
        self.assertIn('trace_log("property_set", " " "%s.%s", type, name);',
                      text)
        self.assertIn('trace_log("noisy", " " "0x%" PRIx64 " size %u", '
                      'addr, size);', text)
        self.assertIn('static inline void trace_plain(void)\n', text)
        self.assertIn('trace_log("plain", " " "nothing to say");', text)

    def test_disable(self):
        self.write('dir', GOOD)
        self.generate('dir')
        text = self.read('trace-dir.h')
        self.assertIn('#define TRACE_NOISY_ENABLED 0\n', text)
        self.assertIn('#define TRACE_PLAIN_ENABLED 1\n', text)

    def test_source(self):
        self.write('a', 'one(void) "1"\n')
        self.write('b/c', 'two(void) "2"\n')
        self.generate('a', 'b/c')
        text = self.read('trace-events.c')
        for part in ('#include "trace/trace-a.h"',
                     '#include "trace/trace-b_c.h"',
                     '.name = "one",', '.name = "two",',
                     'trace_init(trace_a_register_events)',
                     'trace_init(trace_b_c_register_events)'):
            self.assertIn(part, text)

    def test_empty(self):
        self.write('dir', '# nothing yet\n\n')
        self.generate('dir')
        self.assertNotIn('extern', self.read('trace-dir.h'))

    def test_unchanged(self):
        """What stays the same keeps its time, and nothing is built again."""
        self.write('a', 'one(void) "1"\n')
        self.write('b', 'two(void) "2"\n')
        self.generate('a', 'b')
        names = ('trace-a.h', 'trace-b.h', 'trace-events.c')
        for name in names:
            os.utime(os.path.join(self.out, name), (1, 1))
        self.generate('a', 'b')
        self.write('b', 'two(void) "2"\nthree(void) "3"\n')
        self.generate('a', 'b')
        old = [name for name in names
               if os.stat(os.path.join(self.out, name)).st_mtime == 1]
        self.assertEqual(old, ['trace-a.h'])
        self.assertIn('trace_three', self.read('trace-b.h'))


class BadFiles(TracetoolTest):
    FORM = 'not of the form: name(type arg, ...) "format"'

    def test_form(self):
        for line in ('event', 'event()', 'event "format"', 'event(int a',
                     'event(int a) format', '(int a) "%d"',
                     'Disable event() "x"'):
            self.check_refused(line, self.FORM)

    def test_property(self):
        self.check_refused('tcg event(void) "x"', "unknown property 'tcg'")
        self.check_refused('disable vcpu event(void) "x"',
                           "unknown property 'vcpu'")

    def test_argument(self):
        self.check_refused('event(int) "%d"',
                           "argument 'int' needs a type and a name")
        self.check_refused('event(int a, char *) "%d"',
                           "argument ' char *' needs a type and a name")

    def test_type(self):
        self.check_refused("event(struct NetClient *nc) \"%p\"",
                           "type 'struct NetClient *' is not allowed; "
                           "pass a pointer as void *")
        self.check_refused('event(int a, hwaddr b) "%d"',
                           "type 'hwaddr' is not allowed; "
                           "pass a pointer as void *")

    def test_newline(self):
        self.check_refused(r'event(void) "text\n"',
                           'the format must not contain a newline')

    def test_twice(self):
        path = self.write('a', 'one(void) "1"\none(void) "2"\n')
        self.assertEqual(self.run_tool('a').said,
                         "%s:2: event 'one' is in a/trace-events already\n"
                         % path)

    def test_twice_in_two_folders(self):
        self.write('a', 'one(void) "1"\n')
        path = self.write('b', 'two(void) "2"\none(void) "1"\n')
        self.assertEqual(self.run_tool('a', 'b').said,
                         "%s:2: event 'one' is in a/trace-events already\n"
                         % path)

    def test_no_file(self):
        done = self.run_tool('nowhere')
        self.assertEqual(done.status, 1)
        self.assertEqual(done.said, '%s/nowhere/trace-events: '
                         'No such file or directory\n' % self.dir.name)

    def test_usage(self):
        done = self.run_tool()
        self.assertEqual(done.status, 1)
        self.assertEqual(done.said,
                         'usage: tracetool.py ROOT OUTDIR [GROUP=]FOLDER...\n')


if __name__ == '__main__':
    unittest.main()
