"""A QMP client that is just large enough for the tests written in Python.

Conversation is the protocol; Qmp holds one with a program that runs with
`-qmp stdio` as a child, and whose standard error is kept, because a test may
want to see that nothing was said there.  tests/lab has another way to hold one.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import json
import os
import subprocess


class Died(Exception):
    """The program ended before it answered."""


class QmpError(Exception):
    """The command failed; error is what the answer has as 'error'."""

    def __init__(self, error):
        super().__init__('%s: %s' % (error['class'], error['desc']))
        self.error = error


class Conversation:
    """What is said over one monitor, whatever carries it.

    A subclass has _send(), which takes one message as bytes, and _read(),
    which waits for the next one and returns it as a dictionary.

    greeting  what the monitor said first
    events    those that came, in order, and that nobody has taken
    """

    def greet(self):
        self.events = []
        self.greeting = self._read()['QMP']
        self.command('qmp_capabilities')

    def command(self, name, arguments=None, **kwargs):
        """What the command returns."""
        request = {'execute': name, 'arguments': arguments or kwargs}
        self._send(json.dumps(request).encode() + b'\n')
        while True:
            answer = self._read()
            if 'error' in answer:
                raise QmpError(answer['error'])
            if 'return' in answer:
                return answer['return']
            self.events.append(answer)

    def event(self, name):
        """Take the first event of that name out of those that came or come."""
        while True:
            for i, event in enumerate(self.events):
                if event['event'] == name:
                    return self.events.pop(i)
            self.events.append(self._read())

    def hmp(self, line):
        return self.command('human-monitor-command',
                            {'command-line': line}).replace('\r', '')


class Qmp(Conversation):
    """One program and the conversation with it.

    argv      the program and its options; '-qmp stdio' is added
    pass_fds  descriptors that the program inherits
    """

    def __init__(self, argv, pass_fds=()):
        self.argv = list(argv)
        self.pass_fds = pass_fds
        self.start()

    def start(self):
        self.log = os.fdopen(os.memfd_create('stderr'), 'w+b')
        self.process = subprocess.Popen(
            self.argv + ['-qmp', 'stdio'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.log, pass_fds=self.pass_fds)
        self.greet()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Died('%s: %s' % (self.argv[0], self.stderr().strip()))
        return json.loads(line)

    def _send(self, message):
        try:
            self.process.stdin.write(message)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Died(self.argv[0]) from None

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
