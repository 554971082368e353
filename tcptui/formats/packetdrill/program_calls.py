"""The calls of programs on sockets, as lines of a script: what they made, with what it returned.

A script is one process, and so all programs of a host are one there: which descriptor of the script stands
for which of a program's is known here. exit() and kill() are the close() calls that the kernel makes for
them.

A call that blocked stands where it was made, with the time at which it returned. packetdrill lets only one
call block at a time; of several the others stand where they returned: recv() and accept() return at once
there, and connect() is made on a non-blocking socket. Such a call that never returned has done nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcptui.formats.packetdrill.socket_calls import FIRST_DESCRIPTOR, CallLine, Unwritable
from tcptui.formats.packetdrill.written_calls import CallWriter
from tcptui.lab.calls import READS, Name, SocketCall
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.program import HOST_EVENTS
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Done

_MUST_BLOCK = ("send", "write", "close")
"""Those that do something before they return, of which a script can say nothing but when that is."""
_RANKS = {**dict.fromkeys(_MUST_BLOCK, 0), **dict.fromkeys(READS, 1)}
"""Which of several calls may block, the lowest first; 2 for the others."""
_GIVE_A_DESCRIPTOR = ("socket", "accept", "dup")
_NONE = -1
"""A descriptor that no socket has."""


class _Returned(NamedTuple):
    """How a call that had blocked ended."""

    at: int
    """In the script's time."""
    done: Done


class ProgramCalls:
    """The programs of one host. `steps` are all steps of the host, each at its time of the script; they are
    then asked for one by one."""

    def __init__(self, setup: HostSetup, writer: CallWriter, steps: Sequence[tuple[int, Report]]) -> None:
        self._first = setup.programs[0].name if len(setup.programs) > 1 else ""
        self._writer = writer
        self._blocking = _that_may_block(steps)
        self._step = -1
        self._variables: dict[tuple[str, str], int | bytes] = {}
        self._descriptors: dict[tuple[str, int], int] = {}
        """The script's, by a program's name and its own."""
        self._later: set[int] = set()
        """The calls that block and that stand where they return, by number."""

    def calls(self, report: Report) -> list[CallLine]:
        """The call that is made in a step, which is the next one."""
        self._step += 1
        if report.cause != "call" or report.call in HOST_EVENTS:
            return []
        made = report.results[-1]  # Calls that it lets return have done so before.
        call = made.call
        if call is None:
            raise Unwritable("error.unwritable.mixed", call=report.call)
        if isinstance(made.done, Done):
            return [CallLine(text, None, comment) for text, comment in self._made(made, call, made.done)]
        returns = self._blocking.get(self._step)
        if returns is not None:
            self._later.discard(made.number)
            ((text, _),) = self._made(made, call, returns.done)
            return [CallLine(text, returns.at)]
        if call.name in _MUST_BLOCK:
            raise Unwritable("error.unwritable.blocks", call=call.name)
        self._later.add(made.number)
        if call.name != "connect":
            return []
        return [CallLine(text) for text in self._writer.begins_to_connect(self._descriptor(made, call), call)]

    def read(self, report: Report) -> list[CallLine]:
        """What was read in a step by calls that had blocked: a segment may follow that tells of the room."""
        return self._completed(report, reads=True)

    def told(self, report: Report) -> list[CallLine]:
        """What the others have returned in a step."""
        return self._completed(report, reads=False)

    def _completed(self, report: Report, *, reads: bool) -> list[CallLine]:
        lines: list[CallLine] = []
        for result, call, done in _completed(report):
            if result.number in self._later and (call.name in READS) == reads:
                self._later.discard(result.number)
                if call.name == "connect":
                    fd = self._descriptor(result, call)
                    lines += [CallLine(text) for text in self._writer.has_connected(fd, done)]
                    self._note(result, call, done)
                else:
                    lines += [CallLine(text) for text, _ in self._made(result, call, done)]
        return lines

    def _made(self, result: CallResult, call: SocketCall, done: Done) -> list[tuple[str, str]]:
        """A call that returns, and a comment on it."""
        program = self._program(result)
        match call.name:
            case "fork":
                raise Unwritable("error.unwritable.fork")
            case "exit":
                return self._ended(program, "exit()")
            case "kill":
                return self._ended(call.names[0], f"kill({call.names[0]})")
        fd = self._descriptor(result, call)
        value = done.value
        if call.name in _GIVE_A_DESCRIPTOR and not done.errno:
            value = self._descriptors[program, done.value] = self._free()
        elif call.name == "close" and not done.errno:
            del self._descriptors[program, self._own_descriptor(program, call)]
        self._note(result, call, done)
        return [(self._writer.call(call, fd, done._replace(value=value)), "")]

    def _ended(self, program: str, by: str) -> list[tuple[str, str]]:
        """The kernel closes what descriptors a program has, the lowest first."""
        mine = sorted(pair for pair in self._descriptors if pair[0] == program)
        return [(f"close({self._descriptors.pop(pair)}) = 0", by) for pair in mine]

    def _program(self, result: CallResult) -> str:
        """What somebody at the keyboard calls is called in the name of the first program."""
        return result.program or self._first

    def _note(self, result: CallResult, call: SocketCall, done: Done) -> None:
        if call.into:
            self._variables[self._program(result), call.into] = call.noted(done)

    def _own_descriptor(self, program: str, call: SocketCall) -> int:
        """The descriptor that a call is about, as the program has it."""
        first = call.arguments[0] if call.arguments else None
        value = self._variables.get((program, first.name)) if isinstance(first, Name) else first
        return value if isinstance(value, int) else _NONE

    def _descriptor(self, result: CallResult, call: SocketCall) -> int:
        """The same as the script has it."""
        program = self._program(result)
        return self._descriptors.get((program, self._own_descriptor(program, call)), _NONE)

    def _free(self) -> int:
        """The lowest that is free, as POSIX has it."""
        fd = FIRST_DESCRIPTOR
        while fd in self._descriptors.values():
            fd += 1
        return fd


def _completed(report: Report) -> Iterator[tuple[CallResult, SocketCall, Done]]:
    """The calls that had blocked and returned in a step."""
    for result in report.results:
        if result.number and result.call is not None and isinstance(result.done, Done):
            yield result, result.call, result.done


def _that_may_block(steps: Sequence[tuple[int, Report]]) -> dict[int, _Returned]:
    """The calls that may block in a script, no two at a time, by the place of the step in which they are
    made, and how they end."""
    begun: dict[int, int] = {}
    intervals: list[tuple[int, int, int, _Returned]] = []
    for place, (at, report) in enumerate(steps):
        for result, call, done in _completed(report):
            start = begun.pop(result.number, None)
            if start is None or not (at > steps[start][0] or call.name in _MUST_BLOCK):
                continue
            intervals.append((_RANKS.get(call.name, 2), start, place, _Returned(at, done)))
        for result in report.results:
            if not isinstance(result.done, Done):
                begun[result.number] = place
    chosen: list[tuple[int, int]] = []
    found: dict[int, _Returned] = {}
    for _, start, end, returned in sorted(intervals, key=lambda one: one[:2]):
        if all(end <= other[0] or other[1] <= start for other in chosen):
            chosen.append((start, end))
            found[start] = returned
    return found
