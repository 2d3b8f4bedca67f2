"""A QMP client that is just large enough for the tests written in Python.

The program runs with `-qmp stdio` as a child; its standard error is kept in
a file, because a test may want to see that nothing was said there.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import subprocess
import tempfile


class Died(Exception):
    """The program ended before it answered."""


class QmpError(Exception):
    """The command failed; error is what the answer has as 'error'."""

    def __init__(self, error):
        super().__init__('%s: %s' % (error['class'], error['desc']))
        self.error = error


class Qmp:
    """One program and the conversation with it.

    argv      the program and its options; '-qmp stdio' is added
    pass_fds  descriptors that the program inherits
    greeting  what it said first
    """

    def __init__(self, argv, pass_fds=()):
        self.argv = list(argv)
        self.pass_fds = pass_fds
        self.start()

    def start(self):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.argv + ['-qmp', 'stdio'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log, pass_fds=self.pass_fds)
        self.greeting = self._read()['QMP']
        self.command('qmp_capabilities')

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Died('%s: %s' % (self.argv[0], self.stderr().strip()))
        return json.loads(line)

    def command(self, name, arguments=None, **kwargs):
        """What the command returns; events that come meanwhile are lost."""
        request = {'execute': name, 'arguments': arguments or kwargs}
        try:
            self.process.stdin.write(json.dumps(request).encode() + b'\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Died(self.argv[0]) from None
        while True:
            answer = self._read()
            if 'error' in answer:
                raise QmpError(answer['error'])
            if 'return' in answer:
                return answer['return']

    def hmp(self, line):
        return self.command('human-monitor-command',
                            {'command-line': line}).replace('\r', '')

    def stderr(self):
        """All that it has written to its standard error so far."""
        self.log.seek(0)
        return self.log.read().decode(errors='replace')

    def restart(self):
        """Begin anew, after it has died."""
        self.stop()
        self.start()

    def stop(self):
        """End it; what it returned to its parent."""
        self.process.kill()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.stdout.close()
        self.log.close()
        return self.process.wait()
