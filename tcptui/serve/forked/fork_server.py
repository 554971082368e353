"""The fork server: a process that has all that a session needs, and forks one for each request.

It is started by `python -m tcptui.serve.forked.warm DESCRIPTOR`, where the descriptor is its end of a pair
of sockets that keep messages apart (SOCK_SEQPACKET): the first message to it is the settings, JSON; then
"fork NUMBER", with the socket of a child beside it, and "kill NUMBER". It tells "ready", and "ended NUMBER
CODE" of each child, with the code that `os.waitstatus_to_exitcode` has for it: below zero, a signal. When
the other end is closed it kills its children, and ends.

Signals for the whole group or unit (SIGTERM of systemd, SIGINT of a terminal) are the server's: it says
good-bye to its readers first. The fork server and the children ignore them.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from select import POLLIN, poll
from socket import socket, socketpair
from typing import Any, NoReturn

from tcptui.serve.forked.child import run_child
from tcptui.serve.forked.confinement import die_first, die_with, give_up_root
from tcptui.serve.forked.control import receive
from tcptui.serve.forked.immortal import make_immortal
from tcptui.serve.forked.session import MakeReader


class ForkServer:
    """Forks, kills and reaps; `control` leads to the server."""

    def __init__(self, control: socket, run_child: Callable[[int], NoReturn]) -> None:
        """`run_child` is what a child does with its socket."""
        self._control, self._run_child = control, run_child
        self._children: dict[int, int] = {}
        """Their numbers, by process."""
        self._pid = os.getpid()

    def run(self) -> None:
        """Until the server closes its end."""
        waking, woken = socketpair()
        waking.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        polled = poll()
        polled.register(self._control, POLLIN)
        polled.register(woken, POLLIN)
        self._tell("ready")
        try:
            while True:
                ready = [descriptor for descriptor, _ in polled.poll()]
                if woken.fileno() in ready:
                    woken.recv(4096)
                    self._reap()
                if self._control.fileno() in ready and not self._take():
                    return
        finally:
            self._kill_all()

    def _take(self) -> bool:
        """Does what one message wants; whether the other end is still open."""
        message, descriptors = receive(self._control)
        if not message:
            return False
        what, number = message.split()
        if what == "fork":
            self._fork(int(number), descriptors[0])
        else:
            self._kill(int(number))
        return True

    def _fork(self, number: int, descriptor: int) -> None:
        try:
            child = os.fork()
        except OSError as error:  # Too many processes, or too little memory: its socket is closed.
            self._tell(f"ended {number} {error.errno or 1}")
        else:
            if child == 0:
                self._begin_child(descriptor)
            self._children[child] = number
        os.close(descriptor)

    def _begin_child(self, descriptor: int) -> None:
        try:
            die_with(self._pid)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._run_child(descriptor)
        finally:
            os._exit(1)

    def _kill(self, number: int) -> None:
        """Only what has not been reaped: the number of a process that was is another's."""
        for child, its in self._children.items():
            if its == number:
                os.kill(child, signal.SIGKILL)

    def _kill_all(self) -> None:
        for child in self._children:
            os.kill(child, signal.SIGKILL)
        for child in self._children:
            os.waitpid(child, 0)

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self._tell(f"ended {self._children.pop(child)} {os.waitstatus_to_exitcode(status)}")

    def _tell(self, message: str) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # It ends: the next message from it is none.
            self._control.send(message.encode())


def main(make: Callable[[Any], MakeReader]) -> None:
    """Gets warm, and forks. `make` makes of the settings what makes readers."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    control = socket(fileno=int(sys.argv[1]))
    settings = json.loads(receive(control)[0])
    run = partial(run_child, make_reader=make(settings), shared=settings["shared"])
    # What is there by now stays: a collection, or a count of references, would write into its pages, which
    # would then be shared no more.
    gc.collect()
    make_immortal()
    gc.freeze()
    die_first()
    give_up_root()
    ForkServer(control, run).run()
