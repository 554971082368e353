"""The calls that a script can make, and whether they returned what it expects.

Each is turned into a request of `sockets`. What stands for a result is compared by number or by name.
"""

from __future__ import annotations

from collections.abc import Callable

from tcptui.core.message import Message
from tcptui.core.units import MILLISECOND
from tcptui.formats.packetdrill.call_arguments import Addresses, Arguments
from tcptui.formats.packetdrill.constants import SAME_ERRNOS, Constants
from tcptui.formats.packetdrill.outcome import NO_DIFFERENCE, NotSupported
from tcptui.formats.packetdrill.syntax import (
    BitOr,
    CallEvent,
    Expression,
    Mark,
    Name,
    Number,
    String,
    Struct,
)
from tcptui.named_tuple import NamedTuple
from tcptui.sockets import requests
from tcptui.sockets.answers import Done, Linger
from tcptui.sockets.options import READABLE, SETTABLE
from tcptui.sockets.requests import How, Watched

_READ_FLAGS = ("MSG_PEEK", "MSG_DONTWAIT", "MSG_WAITALL", "MSG_NOSIGNAL")
_WRITE_FLAGS = ("MSG_DONTWAIT", "MSG_NOSIGNAL", "MSG_OOB", "MSG_MORE")


class Difference(NamedTuple):
    """What a call should have returned and what it has: its result, or a value that it handed over."""

    expected: str
    """As the script writes it."""
    got: str
    kind: Message = NO_DIFFERENCE
    """`outcome.Failed.difference`"""


Answer = Callable[[Done], Difference | None]
"""What is wrong with what a call handed over; None: nothing."""


class Prepared(NamedTuple):
    """A call that is ready to be made."""

    request: requests.Request
    answer: Answer = lambda done: None
    value: Callable[[Done], int] = lambda done: done.value
    inq: int | None = None
    """What TCP_CM_INQ is to tell of; None: nothing is asked."""


def prepare_call(event: CallEvent, constants: Constants, addresses: Addresses) -> Prepared:
    """Raises NotSupported."""
    make = _CALLS.get(event.name)
    if make is None:
        raise NotSupported("needs.call", call=event.name)
    return make(Arguments(event, constants, addresses))


def wrong_result(event: CallEvent, prepared: Prepared, constants: Constants, done: Done) -> Difference | None:
    """What a call has returned, if the script expects something else; else None. Raises NotSupported."""
    result, errno = event.result, event.errno
    if isinstance(result, Mark):
        return None
    value = prepared.value(done)
    same = errno is None or SAME_ERRNOS.get(errno, errno) == done.errno
    if constants.number(result) != value or not same:
        kind = Message.of("difference.result", call=event.name)
        return Difference(call_text(event), f"{value} {done.errno}".rstrip(), kind)
    wrong = prepared.answer(done) if value >= 0 else None
    if wrong is None:
        return None
    kind = Message.of("difference.value", call=event.name)
    return Difference(f"{call_text(event)}, {wrong.expected}", wrong.got, kind)


def call_text(event: CallEvent) -> str:
    """``read() = -1 EAGAIN``"""
    return f"{event.name}() = {expression_text(event.result)} {event.errno or ''}".rstrip()


def expression_text(expression: Expression) -> str:
    """A number, or the names that stand for one; ``...`` for all else."""
    match expression:
        case Number(value):
            return str(value)
        case Name(name):
            return name
        case BitOr(operands):
            return "|".join(map(expression_text, operands))
        case _:
            return "..."


def _socket(args: Arguments) -> Prepared:
    if args.number(1) & 0xF != args.value(Name("SOCK_STREAM")) or args.number(2, 0) not in (0, 6):
        raise NotSupported("needs.other_sockets")
    nonblocking = "SOCK_NONBLOCK" in args.names(1, ("SOCK_NONBLOCK", "SOCK_CLOEXEC", "SOCK_STREAM"))
    return Prepared(requests.NewSocket(nonblocking, args.new_descriptor()))


def _bind(args: Arguments) -> Prepared:
    return Prepared(requests.Bind(args.number(0), args.local(1)))


def _listen(args: Arguments) -> Prepared:
    return Prepared(requests.Listen(args.number(0), args.number(1)))


def _accept(args: Arguments) -> Prepared:
    return Prepared(requests.Accept(args.number(0), number=args.new_descriptor()))


def _accept4(args: Arguments) -> Prepared:
    nonblocking = "SOCK_NONBLOCK" in args.names(3, ("SOCK_NONBLOCK", "SOCK_CLOEXEC"))
    return Prepared(requests.Accept(args.number(0), nonblocking, args.new_descriptor()))


def _connect(args: Arguments) -> Prepared:
    return Prepared(requests.Connect(args.number(0), args.remote(1)))


def _read(args: Arguments) -> Prepared:
    return _receive(args, args.octets(2), 3)


def _readv(args: Arguments) -> Prepared:
    return Prepared(requests.Read(args.number(0), args.vector(1)))


def _recvmsg(args: Arguments) -> Prepared:
    return _receive(args, args.vector(1), 2)._replace(inq=args.inq(1))


def _receive(args: Arguments, octets: int, flags_at: int) -> Prepared:
    flags = args.names(flags_at, _READ_FLAGS)
    request = requests.Read(
        args.number(0), octets, "MSG_PEEK" in flags, "MSG_DONTWAIT" in flags, "MSG_WAITALL" in flags
    )
    expected = args.at(1)

    def answer(done: Done) -> Difference | None:
        if not isinstance(expected, String) or not isinstance(done.answer, bytes):
            return None
        wanted = expected.octets[: len(done.answer)]
        if done.answer.startswith(wanted):
            return None
        return Difference(_octets_text(wanted), _octets_text(done.answer[: len(wanted)]))

    return Prepared(request, answer)


def _write(args: Arguments) -> Prepared:
    return _send(args, args.text(1, args.octets(2)), 3)


def _writev(args: Arguments) -> Prepared:
    return Prepared(requests.Write(args.number(0), bytes(args.vector(1))))


def _sendmsg(args: Arguments) -> Prepared:
    return _send(args, bytes(args.vector(1)), 2)


def _send(args: Arguments, data: bytes, flags_at: int) -> Prepared:
    flags = args.names(flags_at, _WRITE_FLAGS)
    names = ("MSG_DONTWAIT", "MSG_OOB", "MSG_MORE")
    return Prepared(requests.Write(args.number(0), data, *[name in flags for name in names]))


def _shutdown(args: Arguments) -> Prepared:
    how = args.number(1)
    if not 0 <= how < len(How):
        raise NotSupported("needs.call_with", call="shutdown", what=how)
    return Prepared(requests.Shutdown(args.number(0), tuple(How)[how]))


def _close(args: Arguments) -> Prepared:
    return Prepared(requests.CloseDescriptor(args.number(0)))


def _dup(args: Arguments) -> Prepared:
    return Prepared(requests.Duplicate(args.number(0), args.new_descriptor()))


def _fcntl(args: Arguments) -> Prepared:
    read_write, nonblocking = args.value(Name("O_RDWR")), args.value(Name("O_NONBLOCK"))
    match args.name(1):
        case "F_GETFL":
            return Prepared(
                requests.GetFlags(args.number(0)),
                value=lambda done: (
                    done.value if done.errno else read_write | (nonblocking * bool(done.answer))
                ),
            )
        case "F_SETFL":
            flags = args.names(2, ("O_RDWR", "O_NONBLOCK"))
            return Prepared(requests.SetFlags(args.number(0), "O_NONBLOCK" in flags))
        case name:
            raise NotSupported("needs.subcall", call="fcntl", name=name)


def _ioctl(args: Arguments) -> Prepared:
    name = args.name(1)
    if name not in ("FIONREAD", "SIOCINQ", "FIONWRITE", "SIOCOUTQ", "SIOCOUTQNSD"):
        raise NotSupported("needs.subcall", call="ioctl", name=name)
    unsent = name == "SIOCOUTQNSD"
    request = requests.QueueLength(args.number(0), unsent or name in ("FIONWRITE", "SIOCOUTQ"), unsent)
    return Prepared(request, _number_answer(args, args.item(2)))


def _setsockopt(args: Arguments) -> Prepared:
    fd, name = args.number(0), args.name(2)
    struct = args.struct(3)
    if name not in SETTABLE:
        raise NotSupported("needs.subcall", call="setsockopt", name=name)
    if name in _CHOOSES_CODE:
        return Prepared(requests.SetOption(fd, name, _chosen(args, name)))
    if name == "SO_LINGER" and struct is not None:
        linger = _linger(args, struct)
        return Prepared(requests.SetOption(fd, name, linger))
    if name == "SO_LINGER":
        raise NotSupported("needs.struct_linger")
    value = args.value(args.item(3))
    if name == "TCP_LINGER2" and value < 0:
        raise NotSupported("needs.linger2")
    return Prepared(requests.SetOption(fd, name, value))


def _getsockopt(args: Arguments) -> Prepared:
    name = args.name(2)
    if name not in READABLE:
        raise NotSupported("needs.subcall", call="getsockopt", name=name)
    request = requests.GetOption(args.number(0), name)
    expected = args.item(3)
    if expected is Mark.NOT_GIVEN:
        return Prepared(request)
    if name == "SO_ERROR":
        return Prepared(request, _error_answer(args, expected))
    if isinstance(expected, Struct):
        answer = _linger_answer if name == "SO_LINGER" else _info_answer
        return Prepared(request, answer(args, expected))
    return Prepared(request, _number_answer(args, expected))


def _chosen(args: Arguments, name: str) -> int:
    """The place of the code that is chosen in `_CHOOSES_CODE`."""
    expression = args.item(3)
    if isinstance(expression, Struct) and expression.fields:
        expression = expression.fields[0].value
    known = _CHOOSES_CODE[name]
    wanted = expression.octets.decode("latin-1") if isinstance(expression, String) else ""
    if wanted not in known:
        chosen: str | Message = wanted or Message.of("needs.no_name")
        raise NotSupported("needs.code", name=name, wanted=chosen, allowed=known)
    return known.index(wanted)


def _linger(args: Arguments, struct: Struct) -> Linger:
    on = args.field(struct, ("onoff", "l_onoff"), 0)
    return Linger(bool(on), max(0, args.field(struct, ("linger", "l_linger"), 1)))


def _linger_answer(args: Arguments, expected: Struct) -> Answer:
    linger = _linger(args, expected)

    def text(one: Linger) -> str:
        return f"{{onoff={one.on:d}, linger={one.seconds}}}"

    def answer(done: Done) -> Difference | None:
        got = done.answer
        return None if got == linger or not isinstance(got, Linger) else Difference(text(linger), text(got))

    return answer


def _number_answer(args: Arguments, expected: Expression) -> Answer:
    if expected is Mark.NOT_GIVEN:
        return lambda done: None
    number = args.value(expected)
    written = expression_text(expected)

    def answer(done: Done) -> Difference | None:
        return None if done.answer == number else Difference(f"[{written}]", f"[{done.answer!r}]")

    return answer


def _error_answer(args: Arguments, expected: Expression) -> Answer:
    named = SAME_ERRNOS.get(expected.name, expected.name) if isinstance(expected, Name) else None
    number = None if named else args.value(expected)

    def answer(done: Done) -> Difference | None:
        if named:
            same = done.answer == named
        else:
            same = number == (args.value(Name(str(done.answer))) if done.answer else 0)
        return None if same else Difference(f"[{expression_text(expected)}]", f"[{_error(done)}]")

    return answer


def _error(done: Done) -> str:
    return str(done.answer or 0)


def _info_answer(args: Arguments, expected: Struct) -> Answer:
    """TCP_INFO: the fields that the script names."""
    wanted = {field.name or "": field.value for field in expected.fields if field.value is not Mark.NOT_GIVEN}

    def answer(done: Done) -> Difference | None:
        assert isinstance(done.answer, dict)
        for name, value in wanted.items():
            if name not in done.answer:
                raise NotSupported("needs.tcp_info", name=name)
            if done.answer[name] != args.value(value):
                return Difference(f"{{{name}={expression_text(value)}}}", f"{{{name}={done.answer[name]}}}")
        return None

    return answer


def _poll(args: Arguments) -> Prepared:
    watched: list[Watched] = []
    expected: list[Expression] = []
    for entry in args.array(0):
        if not isinstance(entry, Struct):
            raise NotSupported("needs.poll")
        fd = args.field(entry, ("fd",), 0)
        watched.append(Watched(fd, args.field(entry, ("events",), 1)))
        revents = [field.value for field in entry.fields if field.name == "revents"]
        expected.append(revents[0] if revents else Mark.NOT_GIVEN)
    timeout = args.number(2)

    def answer(done: Done) -> Difference | None:
        assert isinstance(done.answer, tuple)
        for one, bits, wanted in zip(watched, done.answer, expected, strict=True):
            if wanted is not Mark.NOT_GIVEN and args.value(wanted) != bits:
                asked, found = expression_text(wanted), _events_text(args, bits)
                return Difference(
                    f"[{{fd={one.fd}, revents={asked}}}]", f"[{{fd={one.fd}, revents={found}}}]"
                )
        return None

    return Prepared(requests.Poll(tuple(watched), timeout * MILLISECOND if timeout >= 0 else None), answer)


def _events_text(args: Arguments, bits: object) -> str:
    """``POLLIN|POLLHUP``"""
    assert isinstance(bits, int)
    names = [name for name in _EVENTS if bits & args.value(Name(name))]
    return "|".join(names) or "0"


def _octets_text(octets: bytes) -> str:
    return f'"{repr(octets[:40])[2:-1]}"'


_EVENTS = ("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP")
_CHOOSES_CODE = {
    "TCP_FUNCTION_BLK": ("freebsd", "default"),
    "TCP_CONGESTION": ("reno", "newreno", "cubic"),
}
"""Options that choose a part of the kernel by its name, and the names whose ways are the core's: for the
congestion window those of RFC 5681, which CUBIC has too while little is sent."""
_CALLS: dict[str, Callable[[Arguments], Prepared]] = {
    "socket": _socket,
    "bind": _bind,
    "listen": _listen,
    "accept": _accept,
    "accept4": _accept4,
    "connect": _connect,
    "read": _read,
    "recv": _read,
    "recvfrom": _read,
    "readv": _readv,
    "recvmsg": _recvmsg,
    "write": _write,
    "send": _write,
    "sendto": _write,
    "writev": _writev,
    "sendmsg": _sendmsg,
    "shutdown": _shutdown,
    "close": _close,
    "dup": _dup,
    "fcntl": _fcntl,
    "ioctl": _ioctl,
    "setsockopt": _setsockopt,
    "getsockopt": _getsockopt,
    "poll": _poll,
}
