"""What a process that runs a session can no longer do: open, make, reach or signal anything.

Why it is so. Nothing in a session wants a file, another socket or a process, so that all of them can be
refused without a list of exceptions. Each of these is refused twice where the kernel can: by a limit of
resources, which every Unix has and any user may lower, and by Landlock (Linux 5.13, landlock(7)), which
refuses paths, TCP and signals also to a process in which a stranger's code runs. What is missing in a
kernel is left out.

- RLIMIT_NOFILE 0: no descriptor above those that are open (getrlimit(2)): no file, not even to read, no
  socket. A process of many sessions receives a socket for each, which needs a descriptor: there it is the
  soft limit that is 0, but for the moment in which it receives one (`may_receive`). So an error in the
  program opens as little; but a stranger's code could raise the limit again, and make what Landlock knows
  nothing of: a socket for UDP, or one that leads to a path.
- RLIMIT_FSIZE 0 and RLIMIT_CORE 0: no octet into a file, no core dump.
- RLIMIT_NPROC 0: no process and no thread; root is exempt from it. A process of many sessions has one thread,
  so that nobody's key waits for a copy of another's run: it is begun when Landlock, which is each thread's
  own and that of those which it begins, refuses already.
- RLIMIT_AS: what the process has now and `MOST_MEMORY` more, and where it has many sessions
  `MEMORY_OF_EACH` for each. What does not fit raises MemoryError.
- No RLIMIT_CPU: it counts a whole life, and a session may be long. A turn of the event loop is limited
  instead (`watched_loop`): a turn that takes as long as `MOST_TURN` ends the process.
- PR_SET_NO_NEW_PRIVS, and a process group of its own.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import resource
import signal
import struct
import sys
from asyncio import Future, SelectorEventLoop
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from selectors import DefaultSelector, SelectorKey
from typing import Any

MOST_MEMORY = 128 << 20
"""Octets of address space that a process may have beyond what it begins with."""
MEMORY_OF_EACH = 4 << 20
"""And for each of its sessions, where it has many: some four times what one takes at first."""
MOST_TURN = 5.0
"""Seconds of processor time that one turn of the event loop may take; all of it is meant to take
milliseconds."""
OOM_SCORE_ADJ = "500"
NOBODY = 65534
"""User and group of those who own nothing."""

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38  # linux/prctl.h
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446  # asm-generic/unistd.h
_LANDLOCK_VERSION = 1
_PATHS = ((1, 13), (2, 14), (3, 15), (5, 16))
"""Rights to paths by version of Landlock: how many bits there are since then (linux/landlock.h)."""


def die_first() -> None:
    """Where the machine has too little memory, this process and those that it forks end before the server
    does (oom_score_adj, proc_pid_oom_score_adj(5))."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(OOM_SCORE_ADJ)


def give_up_root() -> None:
    """Where the process is root's, it is nobody's from here on, and can't be root's again."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


def die_with(parent: int) -> None:
    """Ends the process when its parent ends; at once, if it has another by now. After `give_up_root`: a
    change of the user takes that back (commit_creds)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def confine(shared: int = 0) -> None:
    """Refuses from here on what the head of this module tells, in the process of one session, or in one
    that is `shared` by as many as that. What is open stays open."""
    with suppress(OSError):
        os.setpgid(0, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    with _address_space() as octets:
        _restrict_by_landlock()
        if shared:
            loop = asyncio.get_running_loop()
            assert isinstance(loop, _WatchedLoop)
            loop.begin_thread()
        memory = octets() + MOST_MEMORY + shared * MEMORY_OF_EACH
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    _, descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, descriptors if shared else 0))
    if shared:
        gc.callbacks.append(_leave_out_collections)


@contextmanager
def may_receive() -> Iterator[None]:
    """In a process that is shared: descriptors can be received (SCM_RIGHTS, unix(7)), and made."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, most))


def watched_loop() -> SelectorEventLoop:
    """An event loop of which no turn takes long: SIGPROF (setitimer(2), ITIMER_PROF) ends the process."""
    return _WatchedLoop(_WatchedSelector())


class _WatchedLoop(SelectorEventLoop):
    """What is for a thread (`asyncio.to_thread`) is done by the one that there is, or at once: nobody else is
    in a process of one session, and waits."""

    _thread: ThreadPoolExecutor | None = None

    def begin_thread(self) -> None:
        """From here on there is one."""
        self._thread = ThreadPoolExecutor(1)
        # Once it works it has what the C library gives each thread: address space of 64 MiB and more.
        self._thread.submit(bytearray, 1000).result()

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Future[Any]:
        if self._thread is not None:
            return super().run_in_executor(self._thread, func, *args)
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class _WatchedSelector(DefaultSelector):
    """Winds the timer up before each turn. It counts processor time: a process that waits needs it no more
    than one that has ended."""

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        ready = super().select(timeout)
        signal.setitimer(signal.ITIMER_PROF, MOST_TURN)
        return ready


def _leave_out_collections(phase: str, _: dict[str, int]) -> None:
    """Of the time of a turn: with a thousand sessions a collection of garbage takes seconds, and ends by
    itself. Not where Python collects by itself, as in an endless loop that makes objects."""
    signal.setitimer(signal.ITIMER_PROF, 0 if phase == "start" else MOST_TURN)


@contextmanager
def _address_space() -> Iterator[Callable[[], int]]:
    """What tells how many octets of it the process has, also when no file can be opened any more."""
    try:
        sizes = os.open("/proc/self/statm", os.O_RDONLY)  # proc_pid_statm(5)
    except OSError:
        yield lambda: 1 << 30
        return
    try:
        yield lambda: int(os.pread(sizes, 100, 0).split()[0]) * resource.getpagesize()
    finally:
        os.close(sizes)


def _restrict_by_landlock() -> None:
    """A set of rules that handles all and allows nothing."""
    version = _syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION)
    bits = max((count for since, count in _PATHS if version >= since), default=0)
    if not bits:
        return
    tcp = 0b11 if version >= 4 else 0  # To bind and to connect.
    outside = 0b11 if version >= 6 else 0  # Abstract Unix sockets, and signals.
    handled = struct.pack("QQQ", (1 << bits) - 1, tcp, outside)
    length = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _syscall(_LANDLOCK_CREATE_RULESET, handled, length, 0)
    if rules >= 0:
        _syscall(_LANDLOCK_RESTRICT_SELF, rules, 0)
        os.close(rules)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))


def _syscall(number: int, first: bytes | int | None, *more: int) -> int:
    """What it returns; below 0, if the kernel does not have it."""
    if sys.platform != "linux":
        return -1
    one = ctypes.c_long(first) if isinstance(first, int) else ctypes.c_char_p(first)
    return int(ctypes.CDLL(None).syscall(ctypes.c_long(number), one, *map(ctypes.c_ulong, more)))
