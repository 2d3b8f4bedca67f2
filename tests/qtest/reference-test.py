#!/usr/bin/env python3
#
# reference-test: what do clients see here that is not as in QEMU 7.2?
#
#   reference-test.py QEMINI DIFFERENCES [REFERENCE]
#
# Asks this program and a QEMU the same questions and compares the answers:
#
#   schema    query-qmp-schema, for every command and event that both have,
#             down through all types; the names of types mean nothing
#   types     qom-list-types: who is whose parent, what is abstract, which
#             types implement which, and names that QEMU does not know
#   props     device-list-properties and qom-list-properties of every type
#             that both have: names, types, defaults, who has a description
#   object    qom-get, and qom-set to the same, of what both have on `none`
#   help      -device TYPE,help, -object TYPE,help and -machine TYPE,help
#
# DIFFERENCES is docs/differences.md, with those that are known; see
# differences.py.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import subprocess
import sys

from differences import REFERENCE, check, known_differences, start_reference
from qmp_client import Died, Qmp, QmpError


# The schema

class Schemas:
    """Walks both schemas side by side, from one command or event on."""

    def __init__(self, ours, theirs):
        self.ours = {t['name']: t for t in ours}
        self.theirs = {t['name']: t for t in theirs}
        self.found = []
        self._seen = set()

    def compare(self):
        for name, ours in sorted(self.ours.items()):
            meta = ours['meta-type']
            if meta not in ('command', 'event'):
                continue
            theirs = self.theirs.get(name)
            if not theirs:
                self._say(name, '%s only here' % meta)
                continue
            self._features(name, ours, theirs)
            if ours.get('allow-oob') != theirs.get('allow-oob'):
                self._say(name, 'allow-oob is %s here'
                          % ours.get('allow-oob', False))
            self._type(name, ours['arg-type'], theirs['arg-type'])
            if meta == 'command':
                self._type(name + '()', ours['ret-type'], theirs['ret-type'])
        return self.found

    def _say(self, path, what):
        self.found.append('schema %s: %s' % (path, what))

    def _features(self, path, ours, theirs):
        ours = set(ours.get('features', []))
        theirs = set(theirs.get('features', []))
        for name in sorted(theirs - ours):
            self._say(path, 'no feature %s' % name)
        for name in sorted(ours - theirs):
            self._say(path, 'feature %s only here' % name)

    def _pairs(self, path, ours, theirs, key):
        """What both have, by name; says what only one of them has."""
        ours = {one[key]: one for one in ours}
        theirs = {one[key]: one for one in theirs}
        for name in sorted(set(ours) ^ set(theirs)):
            self._say(path % name,
                      'only here' if name in ours else 'not here')
        for name in sorted(set(ours) & set(theirs)):
            yield path % name, ours[name], theirs[name]

    def _type(self, path, ours, theirs):
        # A pair of types is compared where it is met first.
        if (ours, theirs) in self._seen:
            return
        self._seen.add((ours, theirs))
        ours, theirs = self.ours[ours], self.theirs[theirs]
        if ours['meta-type'] != theirs['meta-type']:
            self._say(path, '%s here, %s there' % (ours['meta-type'],
                                                   theirs['meta-type']))
            return
        self._features(path, ours, theirs)
        getattr(self, '_' + ours['meta-type'])(path, ours, theirs)

    def _builtin(self, path, ours, theirs):
        if ours['json-type'] != theirs['json-type']:
            self._say(path, '%s here, %s there' % (ours['json-type'],
                                                   theirs['json-type']))

    def _array(self, path, ours, theirs):
        self._type(path + '[]', ours['element-type'], theirs['element-type'])

    def _enum(self, path, ours, theirs):
        for value, one, other in self._pairs(path + '=%s', ours['members'],
                                             theirs['members'], 'name'):
            self._features(value, one, other)
        if sorted(ours['values']) != sorted(
                m['name'] for m in ours['members']):
            self._say(path, 'values are not the members')

    def _alternate(self, path, ours, theirs):
        def by_kind(schema, members):
            types = [schema[m['type']] for m in members]
            return [{'kind': t.get('json-type', t['meta-type']),
                     'type': t['name']} for t in types]

        for branch, one, other in self._pairs(
                path + '|%s', by_kind(self.ours, ours['members']),
                by_kind(self.theirs, theirs['members']), 'kind'):
            self._type(branch, one['type'], other['type'])

    def _object(self, path, ours, theirs):
        for member, one, other in self._pairs(
                path + '.%s', ours['members'], theirs['members'], 'name'):
            self._features(member, one, other)
            if ('default' in one) != ('default' in other):
                self._say(member, 'optional here' if 'default' in one
                          else 'not optional here')
            self._type(member, one['type'], other['type'])
        if ours.get('tag') != theirs.get('tag'):
            self._say(path, 'its tag is %s here' % ours.get('tag'))
        for case, one, other in self._pairs(
                path + '<%s>', ours.get('variants', []),
                theirs.get('variants', []), 'case'):
            self._type(case, one['type'], other['type'])


def compare_schema(ours, theirs):
    return Schemas(ours.command('query-qmp-schema'),
                   theirs.command('query-qmp-schema')).compare()


# Types

def all_types(qmp):
    return {t['name']: t
            for t in qmp.command('qom-list-types', abstract=True)}


def compare_types(ours, theirs):
    our_types, their_types = all_types(ours), all_types(theirs)
    both = set(our_types) & set(their_types)
    for name in sorted(set(our_types) - both):
        yield 'type %s: only here' % name
    for name in sorted(both):
        one, other = our_types[name], their_types[name]
        if one.get('parent') != other.get('parent'):
            yield 'type %s: parent is %s here, %s there' % (
                name, one.get('parent'), other.get('parent'))
        if one.get('abstract', False) != other.get('abstract', False):
            yield 'type %s: abstract in one only' % name
        one, other = [
            {t['name'] for t in qmp.command(
                'qom-list-types', implements=name, abstract=True)} & both
            for qmp in (ours, theirs)]
        for kind in sorted(other - one):
            yield 'type %s: does not implement %s' % (kind, name)
        for kind in sorted(one - other):
            yield 'type %s: implements %s only here' % (kind, name)


# Properties

def ask(qmp, command, **arguments):
    """The answer; what failed as a text; None where the program dies of it."""
    for _ in range(2):
        try:
            return qmp.command(command, arguments)
        except QmpError as err:
            return 'fails with %s' % err
        except Died:
            # Once more: the question before may have been what it died of.
            qmp.restart()
    return None


def property_differences(ours, theirs, is_device):
    ours = {p['name']: p for p in ours}
    theirs = {p['name']: p for p in theirs}
    for name in sorted(set(ours) | set(theirs)):
        if name not in theirs or name not in ours:
            yield name, 'only here' if name in ours else 'not here'
            continue
        one, other = ours[name], theirs[name]
        for key in ('type', 'default-value'):
            if one.get(key) != other.get(key):
                yield name, '%s is %s here, %s there' % (
                    key, one.get(key), other.get(key))
        # What it says about a device's property goes with the property's
        # kind; everywhere else the words are our own.
        one, other = one.get('description'), other.get('description')
        if (one != other) if is_device else (not one) != (not other):
            yield name, 'description is "%s" here, "%s" there' % (one, other)


CPU_SAMPLES = ['%s-x86_64-cpu' % model for model in (
    'base', 'host', 'max', 'qemu64', 'EPYC-v2')]


def compare_properties(ours, theirs):
    both = set(all_types(ours)) & set(all_types(theirs))
    # Models of CPUs have their properties from a class that they share.
    both = {t for t in both
            if not t.endswith('-x86_64-cpu') or t in CPU_SAMPLES}
    devices = {t['name'] for t in ours.command(
        'qom-list-types', implements='device', abstract=True)}
    found = set()
    for name in sorted(both):
        for command in ('device-list-properties', 'qom-list-properties'):
            one = ask(ours, command, typename=name)
            other = ask(theirs, command, typename=name)
            if one is None:
                yield 'property %s: it crashes' % name
            elif other is None:
                pass        # QEMU's own fault
            elif isinstance(one, str) or isinstance(other, str):
                if one != other:
                    yield 'property %s: %s' % (name, one if isinstance(
                        one, str) else 'can be listed only here')
            else:
                found |= {'property %s.%s: %s' % (name, prop, what)
                          for prop, what in property_differences(
                              one, other, name in devices)}
    yield from sorted(found)


# Help texts

def options(qmp, what):
    """What `PROGRAM -device TYPE,help` prints, or -object, or -machine.
    None: a signal ended it, as -device acpi-ged,help does in QEMU 7.2."""
    done = subprocess.run(qmp.argv[:3] + what, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120, text=True)
    if done.returncode < 0:
        return None
    done.check_returncode()
    return [line for line in done.stdout.splitlines() if line]


def before_dash(lines):
    """What stands before the sentence about a property: name and type."""
    return [line.split(' - ')[0].rstrip() for line in lines]


def compare_help(ours, theirs):
    both = set(all_types(ours)) & set(all_types(theirs))
    for option, kind in (('-device', 'device'), ('-object', 'user-creatable'),
                         ('-machine', 'machine')):
        for name in sorted(both & {t['name'] for t in ours.command(
                'qom-list-types', implements=kind)}):
            if option == '-machine':
                name = name[:-len('-machine')]
            one, other = [options(qmp, [option, name + ',help'])
                          for qmp in (ours, theirs)]
            if one is None:
                yield 'help %s: it ends the program' % name
            if one is None or other is None:
                continue
            # What only one of them has is known to compare_properties().
            shared = [line for line in before_dash(one)
                      if line in before_dash(other)]
            if shared != [line for line in before_dash(other)
                          if line in before_dash(one)]:
                yield 'help %s: lines in another order' % name
            if one and (not shared or shared[0] != before_dash(one)[0]):
                yield 'help %s: begins with "%s"' % (name, one[0])
            if option != '-device':
                continue
            for line in one:
                if before_dash([line])[0] in shared and line not in other:
                    yield 'help %s: "%s"' % (name, line.strip())


# The objects that there are

def walk(qmp, path='/'):
    """(path, property) of all that are not objects themselves."""
    for prop in qmp.command('qom-list', path=path):
        if prop['type'].startswith('child<'):
            yield from walk(qmp, path.rstrip('/') + '/' + prop['name'])
        else:
            yield path, prop['name']


def refusals(qmp, path, prop):
    """What is said when it is read, and set to what it is; None: nothing."""
    value = ask(qmp, 'qom-get', path=path, property=prop)
    if isinstance(value, str) and value.startswith('fails with'):
        return value, None
    result = ask(qmp, 'qom-set', path=path, property=prop, value=value)
    return None, result if isinstance(result, str) else None


def compare_objects(ours, theirs):
    """The machine 'none' of both: what refuses to be read or written?"""
    there = set(walk(theirs))
    for path, prop in walk(ours):
        if (path, prop) not in there:
            continue
        one, other = refusals(ours, path, prop), refusals(theirs, path, prop)
        for act, mine, his in zip(('read', 'written'), one, other):
            if mine != his:
                yield 'object %s.%s %s: "%s" here, "%s" there' % (
                    path, prop, act, mine, his)


CHECKS = [
    ('schema', 'members of commands and events', compare_schema),
    ('type', 'types and their parents', compare_types),
    ('property', 'properties of types', compare_properties),
    ('object', 'which properties can be read and written', compare_objects),
    ('help', 'help about devices, objects and machines', compare_help),
]


def run_checks(ours, theirs, known):
    print('1..%d' % len(CHECKS))
    for number, (kind, name, compare) in enumerate(CHECKS, 1):
        found = list(compare(ours, theirs))
        if os.environ.get('REFERENCE_SHOW'):
            print('\n'.join('# ' + line for line in found))
        notes = list(check(kind, found, known))
        print('%s %d - %s' % ('not ok' if notes else 'ok', number, name),
              flush=True)
        for note in notes:
            print('# ' + note, file=sys.stderr)


def main():
    qemini, page = sys.argv[1:3]
    theirs, missing = start_reference(
        sys.argv[3] if len(sys.argv) > 3 else REFERENCE)
    if not theirs:
        print('1..0 # SKIP ' + missing)
        return
    ours = Qmp([qemini, '-accel', 'qtest', '-S', '-nodefaults', '-display',
                'none', '-M', 'none'])
    # QEMU would go on without us, and keep a processor busy.
    try:
        run_checks(ours, theirs, known_differences(page))
    finally:
        ours.stop()
        theirs.stop()


if __name__ == '__main__':
    main()
