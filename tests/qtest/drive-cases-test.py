#!/usr/bin/env python3
#
# drive-cases-test: do -drive, -blockdev and the monitor's commands of disks
# answer as QEMU 7.2's do?
#
#   drive-cases-test.py BINARY CASES                is all as CASES says?
#   drive-cases-test.py --record BINARY [OPTION…] <CASES >NEW
#
# CASES (drive-cases.txt) is a list of conversations.  A line without indent has
# the program's options; indented below it, what is said and what comes back:
#
#     -drive if=none,id=d,file=disk.raw,format=raw
#         > info block                    to the human monitor
#         d: disk.raw (raw)
#         > q query-block                 to QMP, with arguments as JSON
#         {"return": …}
#         > {"execute": …}                the same, in full
#         > $ ls                          to a shell, among the images
#         ! text                          on standard error, at the end
#         (ends with 1)                   if that is not with 0
#
# Each conversation has images of its own (make_images() below).  With --record
# the answers are BINARY's; the file was recorded from QEMU 7.2:
#
#     drive-cases-test.py --record qemu-system-x86_64 -accel tcg
#
# Where qemu-img is, it checks at the end what was written to.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

QEMU_IMG = shutil.which('qemu-img')
CLUSTER = 65536
# A session that takes longer is stuck.
PATIENCE_S = 100


def make_raw(name, size):
    with open(name, 'wb') as f:
        f.truncate(size)


def make_qcow2(name, size, backing=None, fmt='qcow2', version=3,
               snapshots=()):
    """An image without data: header, reference counts, L1 table.

    @snapshots: entries of the table of snapshots, which is behind it; the tables
    that they name follow, a cluster each.
    """
    table, block, l1 = CLUSTER, 2 * CLUSTER, 3 * CLUSTER
    clusters = 4 + (1 + len(snapshots) if snapshots else 0)
    header_len = 104 if version == 3 else 72
    extensions = b''
    if backing:
        extensions = struct.pack('>II8s', 0xe2792aca, len(fmt),
                                 fmt.encode())
    extensions += bytes(8)
    name_at = header_len + len(extensions) if backing else 0
    header = struct.pack('>IIQIIQIIQQIIQ', 0x514649fb, version, name_at,
                         len(backing or ''), 16, size, 0, 1, l1, table, 1,
                         len(snapshots), 4 * CLUSTER if snapshots else 0)
    if version == 3:
        header += struct.pack('>QQQII', 0, 0, 0, 4, header_len)
    with open(name, 'wb') as f:
        f.write(header + extensions + (backing or '').encode())
        f.seek(table)
        f.write(struct.pack('>Q', block))
        f.seek(block)
        f.write(struct.pack('>H', 1) * clusters)
        f.seek(4 * CLUSTER)
        f.write(b''.join(snapshots))
        f.truncate(clusters * CLUSTER)


def snapshot(number, name, vm_clock, vm_state, *extra):
    """An entry of a table of snapshots."""
    entry = struct.pack('>QIHHIIQII', (4 + number) * CLUSTER, 1,
                        len(str(number)), len(name), 1700000000 + number,
                        number, vm_clock, vm_state, 8 * len(extra))
    entry += struct.pack(f'>{len(extra)}Q', *extra)
    entry += str(number).encode() + name.encode()
    return entry + bytes(-len(entry) % 8)


def make_images(folder):
    """What each conversation finds in its folder."""
    os.mkdir(f'{folder}/tmp')
    for name, size in (('disk.raw', 1 << 20), ('other.raw', 2 << 20),
                       ('empty.raw', 0), ('cd.iso', 65536),
                       ('cd2.iso', 131072)):
        make_raw(f'{folder}/{name}', size)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(f'{folder}/socket')
    os.symlink('loop', f'{folder}/loop')
    for name, text in (('rules', '[inject-error]\nevent = "read_aio"\n'),
                       ('bad.rules', '[inject-error]\nevnt = "read_aio"\n'),
                       ('other.rules', '[nothing]\nevent = "read_aio"\n')):
        with open(f'{folder}/{name}', 'w', encoding='utf-8') as f:
            f.write(text)
    make_qcow2(f'{folder}/disk.qcow2', 1 << 20)
    make_qcow2(f'{folder}/big.qcow2', 4 << 20)
    make_qcow2(f'{folder}/v2.qcow2', 1 << 20, version=2)
    make_qcow2(f'{folder}/kept.qcow2', 1 << 20, snapshots=(
        snapshot(1, 'of an old program', 3 * 10**9 + 5, 5000),
        snapshot(2, 'x' * 20, 400000 * 10**9, 7, 3 << 30, 1 << 20),
        snapshot(3, '', 0, 0, 0, 1 << 20, 12345678901234)))
    make_qcow2(f'{folder}/kept2.qcow2', 1 << 20, 'kept.qcow2', snapshots=(
        snapshot(1, 'one', 0, 0, 0, 1 << 20, 2**64 - 1),))
    make_qcow2(f'{folder}/kept-odd.qcow2', 1 << 20, snapshots=(
        snapshot(1, 'one', 0, 0, *[0] * 129),))
    make_qcow2(f'{folder}/over.qcow2', 1 << 20, 'disk.qcow2')
    make_qcow2(f'{folder}/over2.qcow2', 1 << 20, 'over.qcow2')
    make_qcow2(f'{folder}/overraw.qcow2', 1 << 20, 'disk.raw', 'raw')
    make_qcow2(f'{folder}/orphan.qcow2', 1 << 20, 'gone.qcow2')


def sorted_names(text):
    """'json:{…}' is a name whatever the order in it."""
    result, at = '', 0
    while True:
        found = text.find('json:{', at)
        if found < 0:
            return result + text[at:]
        try:
            value, length = json.JSONDecoder().raw_decode(text[found + 5:])
        except json.JSONDecodeError:
            return result + text[at:]
        result += text[at:found] + 'json:' + json.dumps(comparable(value))
        at = found + 5 + length


def sorted_specifics(lines):
    """What is specific to a format, whatever the order in it."""
    result = []
    for line in lines:
        result.append(line)
        at = len(result)
        while at > 1 and result[at - 1].startswith('    '):
            at -= 1
        if at and result[at - 1] == 'Format specific information:':
            result[at:] = sorted(result[at:])
    return result


def comparable(value):
    """@value without what differs from time to time."""
    if isinstance(value, dict):
        return {k: comparable(v) for k, v in sorted(value.items())
                if k not in ('timestamp', 'actual-size')}
    if isinstance(value, list):
        return [comparable(v) for v in value]
    return sorted_names(value) if isinstance(value, str) else value


class Session:
    """One run of the program, in a folder of its own."""

    def __init__(self, program, args):
        self.folder = tempfile.mkdtemp(prefix='drive-')
        make_images(self.folder)
        self.made = self.images()
        self.name = os.path.basename(program[0])
        env = dict(os.environ, TMPDIR=f'{self.folder}/tmp', TZ='UTC')
        self.process = subprocess.Popen(
            program + ['-display', 'none', '-nodefaults', '-S',
                       '-qmp', 'stdio'] + shlex.split(args),
            cwd=self.folder, env=env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.watchdog = threading.Timer(PATIENCE_S, self.process.kill)
        self.watchdog.start()
        self.alive = self.read() is not None
        if self.alive:
            self.ask('q qmp_capabilities')

    def images(self):
        """All qcow2 images, with what changes when they are written to."""
        return {(entry.name, entry.stat().st_mtime_ns)
                for entry in os.scandir(self.folder)
                if entry.name.endswith('.qcow2')}

    def read(self):
        """The next message; None at the end.  QEMU says other things, too."""
        for line in self.process.stdout:
            if line.startswith(b'{'):
                return json.loads(line)
        return None

    def lines(self, text):
        text = sorted_names(text).replace(self.folder, '@DIR@')
        text = re.sub(r'#block\d+', '#block', text)
        text = re.sub(r'vl\.\w{6}', 'vl.XXXXXX', text)
        text = re.sub(r'disk size: .*', 'disk size: @', text.replace('\r', ''))
        return sorted_specifics([line for line in text.splitlines() if line])

    def ask(self, request):
        """The lines of the answer, events before it included."""
        request = request.replace('@DIR@', self.folder)
        if request.startswith('$ '):
            return self.lines(subprocess.run(
                request[2:], shell=True, cwd=self.folder, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                encoding='utf-8').stdout)
        if request.startswith('q '):
            words = request.split(None, 2)
            request = '{"execute": "%s", "arguments": %s}' % (
                words[1], words[2] if len(words) > 2 else '{}')
        elif not request.startswith('{'):
            request = json.dumps({
                'execute': 'human-monitor-command',
                'arguments': {'command-line': request}})
        try:
            self.process.stdin.write(request.encode() + b'\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        answer = []
        while True:
            message = self.read()
            if message is None:
                self.alive = False
                return answer + ['(died)']
            value = message.get('return')
            if isinstance(value, str):
                return answer + self.lines(value)
            answer += self.lines(json.dumps(comparable(message)))
            if 'return' in message or 'error' in message:
                return answer

    def end(self):
        """What is left to be said."""
        if self.alive:
            self.process.stdin.write(b'{"execute": "quit"}\n')
            self.process.stdin.flush()
        _, err = self.process.communicate()
        self.watchdog.cancel()
        # What a distribution's QEMU says about parts that are not installed,
        # and the address sanitizer about coroutines.
        text = err.decode().replace(self.name + ': ', '')
        answer = ['! ' + line for line in self.lines(text)
                  if 'ui-' not in line and 'swapcontext' not in line]
        if self.process.returncode:
            answer.append('(ends with %d)' % self.process.returncode)
        for name, _ in sorted(self.images() - self.made):
            if QEMU_IMG and subprocess.run(
                    [QEMU_IMG, 'check', '-q', name], cwd=self.folder,
                    stderr=subprocess.DEVNULL, check=False).returncode:
                answer.append('(%s is damaged)' % name)
        shutil.rmtree(self.folder)
        return answer


def read_cases(lines):
    """Lists of lines, with the options first."""
    cases = []
    for line in lines:
        line = line.rstrip('\n')
        if line and line[0] not in ' #':
            cases.append([line])
        elif line.strip() and line[0] == ' ':
            cases[-1].append(line[4:])
    return cases


def play(program, case):
    """The case as @program has it."""
    session = Session(program, case[0])
    result = case[:1]
    for line in case[1:]:
        if line.startswith('> ') and session.alive:
            result.append(line)
            result += session.ask(line[2:])
    return result + session.end()


def record(program):
    for line in sys.stdin:
        line = line.rstrip('\n')
        if line.startswith('#') or not line:
            print(line)
            continue
        break
    else:
        return
    # Comments and empty lines stay in front of what they are in front of.
    pending, case = [], [line]

    def finish():
        played = play(program, case)
        print(played[0])
        for answer in played[1:]:
            print('    ' + answer)
        for other in pending:
            print(other)

    for line in sys.stdin:
        line = line.rstrip('\n')
        if line.startswith('    '):
            case.append(line[4:])
        elif line.startswith('#') or not line:
            pending.append(line)
        else:
            finish()
            pending, case = [], [line]
    finish()


def main():
    if sys.argv[1] == '--record':
        record(sys.argv[2:])
        return 0
    with open(sys.argv[2], encoding='utf-8') as f:
        cases = read_cases(f)
    print(f'1..{len(cases)}')
    failed = 0
    for number, case in enumerate(cases, 1):
        played = play([os.path.abspath(sys.argv[1]), '-accel', 'qtest'], case)
        good = played == case
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} {case[0]}")
        if not good:
            for mark, lines in (('expected', case), ('got', played)):
                print(f'# {mark}:')
                for line in lines:
                    print('#   ' + line)
        sys.stdout.flush()
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
