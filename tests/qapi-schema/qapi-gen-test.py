#!/usr/bin/env python3
#
# What scripts/qapi/ makes of a schema.  What it says about a wrong one is
# test-qapi.py's matter.
#
# The C that it makes is compiled and run by tests/unit/test-qmp-cmds.c and
# test-qmp-event.c; here is what can be seen without a compiler.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'scripts'))
sys.dont_write_bytecode = True

from qapi.gen import gen_all                                # noqa: E402
from qapi.introspect import Introspection, to_qlit          # noqa: E402
from qapi.schema import QAPISchema                          # noqa: E402


def plain(value):
    """The introspection's tree without what only the C needs."""
    if hasattr(value, 'cond') and hasattr(value, 'value'):
        return plain(value.value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(val) for key, val in value.items()}
    return value


class SchemaTest(unittest.TestCase):
    def setUp(self):
        tmp = tempfile.TemporaryDirectory()
        self.addCleanup(tmp.cleanup)
        self.dir = tmp.name

    def schema(self, text):
        path = os.path.join(self.dir, 'schema.json')
        with open(path, 'w', encoding='utf-8') as fp:
            fp.write(text)
        return QAPISchema(path)

    def generate(self, text, prefix='t-'):
        """Generated files by name."""
        out = os.path.join(self.dir, 'out')
        gen_all(self.schema(text), out, prefix, False, False)
        files = {}
        for name in os.listdir(out):
            with open(os.path.join(out, name), encoding='utf-8') as fp:
                files[name] = fp.read()
        return files


class FilesTest(SchemaTest):
    def test_names(self):
        files = self.generate("{ 'command': 'nop' }")
        self.assertEqual(sorted(files), [
            't-qapi-commands.c', 't-qapi-commands.h', 't-qapi-doc.md',
            't-qapi-emit-events.h',
            't-qapi-events.c', 't-qapi-events.h', 't-qapi-init-commands.h',
            't-qapi-introspect.c', 't-qapi-introspect.h', 't-qapi-types.c',
            't-qapi-types.h', 't-qapi-visit.c', 't-qapi-visit.h'])

    def test_same_twice(self):
        text = "{ 'command': 'a' } { 'event': 'B', 'data': { 'c': 'int' } }"
        self.assertEqual(self.generate(text), self.generate(text))


class DocumentationTest(SchemaTest):
    def test_page(self):
        page = self.generate(
            "##\n# = Fruit\n##\n"
            "##\n# @Kind:\n#\n# @apple: round\n##\n"
            "{ 'enum': 'Kind', 'data': [ 'apple' ] }\n"
            "##\n# @peel:\n#\n# Takes the skin off.\n#\n"
            "# @kind: of @apple or other\n#\n# Features:\n"
            "# @unstable: it may change\n#\n# Since: 1.0\n##\n"
            "{ 'command': 'peel', 'data': { '*kind': [ 'Kind' ] },\n"
            "  'allow-oob': true, 'features': [ 'unstable' ],\n"
            "  'if': 'HAVE_KNIFE' }\n")['t-qapi-doc.md']
        for text in ('\n## Fruit\n', '\n### Kind (Enum)\n',
                     '\n- `apple` -- round\n', '\n### peel (Command)\n',
                     '\nIf HAVE_KNIFE.\n', '\nTakes the skin off.\n',
                     '\n- `kind`: list of [Kind](#q-Kind) (optional)'
                     ' -- of `apple` or other\n',
                     '\n- `unstable` -- it may change\n',
                     '\nIt may be sent out of band.\n', '\nSince: 1.0\n'):
            self.assertIn(text, page)
        self.assertLess(page.index('## Fruit'), page.index('### Kind'))


class CommandsTest(SchemaTest):
    def decl(self, text):
        return self.generate(text)['t-qapi-commands.h']

    def test_parameters(self):
        decl = self.decl(
            "{ 'command': 'do-it', 'data': { 'a': 'str', '*b': 'bool' } }")
        self.assertIn('void qmp_do_it(const char *a, bool has_b, bool b, '
                      'Error **errp);', decl)
        self.assertIn('void qmp_marshal_do_it(QDict *args, QObject **ret, '
                      'Error **errp);', decl)

    def test_boxed(self):
        decl = self.decl(
            "{ 'struct': 'Args', 'data': { 'a': 'str' } }"
            "{ 'command': 'do-it', 'data': 'Args', 'boxed': true,"
            "  'returns': [ 'Args' ] }")
        self.assertIn('ArgsList *qmp_do_it(Args *arg, Error **errp);', decl)

    def test_by_hand(self):
        files = self.generate("{ 'command': 'do-it', 'gen': false }")
        self.assertNotIn('do_it', files['t-qapi-commands.h'])
        self.assertNotIn('do-it', files['t-qapi-commands.c'])
        self.assertIn('do-it', files['t-qapi-introspect.c'])

    def test_options(self):
        code = self.generate(
            "{ 'command': 'a', 'allow-oob': true, 'allow-preconfig': true }"
            "{ 'command': 'b', 'success-response': false, 'coroutine': true,"
            "  'features': [ 'unstable' ] }")['t-qapi-commands.c']
        self.assertIn('QCO_ALLOW_OOB | QCO_ALLOW_PRECONFIG, 0);', code)
        self.assertIn('QCO_NO_SUCCESS_RESP | QCO_COROUTINE, '
                      '1u << QAPI_UNSTABLE);', code)

    def test_condition(self):
        files = self.generate("{ 'command': 'a', 'if': 'HAVE_A' }")
        for name in ('t-qapi-commands.h', 't-qapi-commands.c',
                     't-qapi-introspect.c'):
            self.assertIn('#if defined(HAVE_A)', files[name])


class EventsTest(SchemaTest):
    def test_declarations(self):
        files = self.generate(
            "{ 'event': 'A' }"
            "{ 'event': 'B_C', 'data': { 'd': 'str', '*e': 'int' } }")
        self.assertIn('void qapi_event_send_a(void);',
                      files['t-qapi-events.h'])
        self.assertIn('void qapi_event_send_b_c(const char *d, bool has_e, '
                      'int64_t e);', files['t-qapi-events.h'])
        self.assertIn('T_QAPI_EVENT_B_C,', files['t-qapi-emit-events.h'])
        self.assertIn('void t_qapi_event_emit(t_QAPIEvent event, '
                      'QDict *qdict);', files['t-qapi-emit-events.h'])


class IntrospectionTest(SchemaTest):
    def tree(self, text, unmask=False):
        return plain(Introspection(self.schema(text), unmask).tree)

    def test_nothing_in_nothing_out(self):
        self.assertEqual(self.tree("{ 'command': 'nop' }"), [
            {'name': 'nop', 'meta-type': 'command', 'arg-type': '0',
             'ret-type': '0'},
            {'name': '0', 'meta-type': 'object', 'members': []}])

    def test_masked(self):
        text = ("{ 'enum': 'Fruit', 'data': [ 'apple',"
                "  { 'name': 'pear', 'features': [ 'deprecated' ] } ] }"
                "{ 'command': 'a', 'allow-oob': true,"
                "  'data': { '*f': [ 'Fruit' ], 'n': 'uint8' } }")
        tree = self.tree(text)
        self.assertEqual(tree, [
            {'name': 'a', 'meta-type': 'command', 'arg-type': '0',
             'ret-type': '1', 'allow-oob': True},
            {'name': '0', 'meta-type': 'object', 'members': [
                {'name': 'f', 'type': '[2]', 'default': None},
                {'name': 'n', 'type': 'int'}]},
            {'name': '1', 'meta-type': 'object', 'members': []},
            {'name': '[2]', 'meta-type': 'array', 'element-type': '2'},
            {'name': '2', 'meta-type': 'enum', 'values': ['apple', 'pear'],
             'members': [{'name': 'apple'},
                         {'name': 'pear', 'features': ['deprecated']}]},
            {'name': 'int', 'meta-type': 'builtin', 'json-type': 'int'}])
        self.assertIn('Fruit', [t['name'] for t in self.tree(text, True)])

    def test_unused_types_are_not_shown(self):
        self.assertEqual(
            self.tree("{ 'struct': 'Unused', 'data': { 'a': 'int' } }"), [])

    def test_union(self):
        tree = self.tree(
            "{ 'enum': 'Kind', 'data': [ 'a', 'b' ] }"
            "{ 'struct': 'Sa', 'data': {} }"
            "{ 'union': 'Un', 'base': { 'k': 'Kind' }, 'discriminator': 'k',"
            "  'data': { 'a': 'Sa' } }"
            "{ 'event': 'E', 'data': 'Un', 'boxed': true }", True)
        union = [t for t in tree if t['name'] == 'Un']
        self.assertEqual(union, [
            {'name': 'Un', 'meta-type': 'object', 'tag': 'k',
             'members': [{'name': 'k', 'type': 'Kind'}],
             'variants': [{'case': 'a', 'type': 'Sa'},
                          {'case': 'b', 'type': 'q_empty'}]}])

    def test_alternate(self):
        tree = self.tree(
            "{ 'alternate': 'Alt', 'data': { 's': 'str', 'n': 'null' } }"
            "{ 'command': 'c', 'data': { 'a': 'Alt' } }", True)
        alternate = [t for t in tree if t['meta-type'] == 'alternate']
        self.assertEqual(alternate, [
            {'name': 'Alt', 'meta-type': 'alternate',
             'members': [{'type': 'str'}, {'type': 'null'}]}])

    def test_qlit(self):
        self.assertEqual(to_qlit(None), 'QLIT_QNULL')
        self.assertEqual(to_qlit(True), 'QLIT_QBOOL(true)')
        self.assertEqual(to_qlit(['a']), 'QLIT_QLIST(((QLitObject[]) {\n'
                         '    QLIT_QSTR("a"),\n    {}\n}))')


if __name__ == '__main__':
    unittest.main()
