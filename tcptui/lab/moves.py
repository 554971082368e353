"""The moves of a run, and the text that tells them: ``s3 l2 s d4+200ms b:send:hello s5``.

A run is fully told by its scenario and this text; the same text gives the same run on every machine.

| text | move |
|---|---|
| ``s``, ``s5`` | the next thing happens; five times |
| ``l2`` | segment #2 is lost |
| ``d4+200ms`` | segment #4 arrives 200 ms later |
| ``u2``, ``u2+50ms`` | segment #2 is duplicated; the copy arrives 10 ms (50 ms) after it |
| ``r3`` | segment #3 is overtaken by the next one in its direction |
| ``w20ms`` | 20 ms pass, in which nothing happens |
| ``a:connect``, ``b:send:hello`` | a program makes a call; its text is percent-encoded |
| ``b:listen:2`` | it listens with a backlog of 2, for ``b:accept`` |
| ``a:s=socket()``, ``a:send(s,'x',MSG_OOB)`` | a call to a socket (`calls`), percent-encoded |
| ``b:bind``, ``a:sendto:hello`` | the same for UDP; an address may follow: ``b:bind:239.0.0.1:80`` |
| ``lose:B:ACK:2``, ``delay:A:DATA:1:by:50ms`` | a fault by description (`faults`), of what is to come |
| ``box:firewall:drop=A+DATA`` | a box is put on the wire, next to B (`box_text`) |
| ``x>b:SYN,ACK:seq=90:ack=1`` | a third party puts a segment on the wire, in the other end's name |
| ``x>b:SYN:seq=1:mss=1460:from=203.0.113.1:1024`` | the same in its own; `third_party_text` has all fields |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from tcptui.core.message import Message, MessageError, brief
from tcptui.core.packet.segment import Socket
from tcptui.lab.addresses import parse_socket
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.faults import FaultRule, fault_word, is_fault, parse_fault_word
from tcptui.lab.program import CALLS, CallName, takes
from tcptui.lab.third_party import LONGEST_DATA, Inject
from tcptui.lab.wire import COPY_AFTER, BadMove, Side

if TYPE_CHECKING:
    from tcptui.lab.calls import SocketCall

MOST_STEPS = 100_000
"""What one ``s`` may count up to."""
MOST_MOVES = 1_000_000
"""What one text may tell: that of a long run on the screen can be read back."""
MOST_BACKLOG = 99_999


class Next(NamedTuple):
    """The next thing happens."""


class Lose(NamedTuple):
    number: int


class Delay(NamedTuple):
    number: int
    by: int


class Duplicate(NamedTuple):
    number: int
    after: int = COPY_AFTER


class Reorder(NamedTuple):
    number: int


class Wait(NamedTuple):
    by: int


class Do(NamedTuple):
    """A program makes a call now."""

    side: Side
    call: CallName | Literal["written"]
    data: bytes = b""
    address: Socket | None = None
    """For UDP's calls, as in `program.ScriptedCall`."""
    backlog: int | None = None
    """For "listen"."""
    written: SocketCall | None = None
    """For "written", the call to a socket, whose names are those of the host's first program."""


class AddBox(NamedTuple):
    """A box is put on the wire, next to B."""

    kind: str
    fields: tuple[tuple[str, str], ...] = ()
    """As `box_text` has them."""


Move: TypeAlias = Next | Lose | Delay | Duplicate | Reorder | Wait | Do | Inject | FaultRule | AddBox
"""A `FaultRule` is made of what leaves from then on."""

NEXT = Next()
ALLOWED = "s, s5, l2, d4+200ms, u2, u2+50ms, r3, w20ms, a:connect, b:send:hello, x>b:SYN:seq=90, lose:B:ACK:2"

_SAFE = "()=,'+|:.!$&*;<>?@[]^{}~/-"
"""What a call to a socket may have that is not percent-encoded."""
_SOCKET_CALL = re.compile(r"\s*([a-z_][a-z0-9_]*\s*=\s*)?[a-z_][a-z0-9_]*\s*\(", re.ASCII)
_NUMBERED = re.compile(r"([sldur])(\d{0,9})(?:\+(\S+))?", re.ASCII)


def parse_moves(text: str) -> list[Move]:
    """The moves of a text; BadMove names the word that is none and what is allowed."""
    moves: list[Move] = []
    for word in text.split():
        try:
            word.encode()  # A word that is no UTF-8 has lone surrogates in it (PEP 383).
            moves += _parse_word(word)
        except (MessageError, UnicodeError) as error:
            why = error.message if isinstance(error, MessageError) else Message.of("error.move.no_utf8")
            raise BadMove("error.move.word", word=brief(word), why=why) from None
        if len(moves) > MOST_MOVES:
            raise BadMove("error.move.too_many", most=MOST_MOVES)
    return moves


def moves_text(moves: Iterable[Move]) -> str:
    """The text that `parse_moves` reads back as the same moves."""
    words: list[str] = []
    steps = 0
    for move in moves:
        if isinstance(move, Next):
            steps += 1
            continue
        words += _steps_words(steps)
        steps = 0
        words.append(_word(move))
    return " ".join(words + _steps_words(steps))


def _steps_words(steps: int) -> list[str]:
    full, rest = divmod(steps, MOST_STEPS)
    return [f"s{MOST_STEPS}"] * full + ([] if rest == 0 else ["s"] if rest == 1 else [f"s{rest}"])


def _word(move: Move) -> str:
    match move:
        case Lose(number):
            return f"l{number}"
        case Delay(number, by):
            return f"d{number}+{exact_duration(by)}"
        case Duplicate(number, after):
            return f"u{number}" if after == COPY_AFTER else f"u{number}+{exact_duration(after)}"
        case Reorder(number):
            return f"r{number}"
        case Wait(by):
            return f"w{exact_duration(by)}"
        case Do(side, call, data, address, backlog, written):
            if written is not None:
                return f"{side.lower()}:{quote(written.text(''), safe=_SAFE)}"
            if backlog is not None:
                return f"{side.lower()}:{call}:{backlog}"
            text = f":{quote_from_bytes(data)}" if data or (address and call == "sendto") else ""
            where = f":{address}" if address is not None else ""
            return f"{side.lower()}:{call}{text}{where}"
        case Inject():
            from tcptui.lab.third_party_text import inject_word

            return inject_word(move)
        case FaultRule():
            return fault_word(move)
        case AddBox():
            from tcptui.lab.box_text import box_word

            return box_word(*move)
    return "s"


def _parse_word(word: str) -> list[Move]:
    lower = word.lower()
    if lower.startswith(("a:", "b:")):
        return [_parse_call(word)]
    if lower.startswith(("x>a:", "x>b:")):
        from tcptui.lab.third_party_text import parse_inject

        return [parse_inject(word)]
    if word.startswith("box:"):
        from tcptui.lab.box_text import parse_box_word

        return [AddBox(*parse_box_word(word))]
    if is_fault(word):
        return [parse_fault_word(word)]
    if lower.startswith("w") and len(word) > 1:
        return [Wait(parse_duration(word[1:]))]
    match = _NUMBERED.fullmatch(word)
    if match is None:
        raise BadMove("error.move.unknown", allowed=ALLOWED)
    verb, digits, duration = match.groups()
    if verb == "s":
        count = int(digits or 1)
        if duration or not 1 <= count <= MOST_STEPS:
            raise BadMove("error.move.steps", most=MOST_STEPS)
        return [NEXT] * count
    if not digits:
        raise BadMove("error.move.number_missing", example=f"{verb}2")
    return [_numbered_move(verb, int(digits), duration)]


def _numbered_move(verb: str, number: int, duration: str | None) -> Move:
    if verb == "d":
        if duration is None:
            raise BadMove("error.move.delay_missing")
        return Delay(number, parse_duration(duration))
    if verb == "u":
        return Duplicate(number, COPY_AFTER if duration is None else parse_duration(duration))
    if duration is not None:
        raise BadMove("error.move.no_duration")
    return Lose(number) if verb == "l" else Reorder(number)


def _parse_call(word: str) -> Do:
    if "(" in word and _SOCKET_CALL.match(unquote_to_bytes(word[2:]).decode(errors="replace")):
        return _parse_socket_call(word)
    side, call, *rest = word.split(":", 2)
    for known in CALLS:
        if known == call:
            if known == "listen" and rest:
                return Do("A" if side in "aA" else "B", known, backlog=_backlog(rest[0]))
            text, where = _arguments(known, rest[0] if rest else "")
            data = unquote_to_bytes(text)
            if not takes(known, data):
                raise BadMove("error.move.send_data")
            if len(data) > LONGEST_DATA:
                raise BadMove("error.move.data_too_long", octets=len(data), most=LONGEST_DATA)
            return Do("A" if side in "aA" else "B", known, data, parse_socket(where) if where else None)
    raise BadMove("error.move.no_call", call=call[:20], allowed=tuple(CALLS))


def _parse_socket_call(word: str) -> Do:
    from tcptui.lab.calls import BadCall, parse_call

    try:
        call = parse_call(unquote_to_bytes(word[2:]).decode(errors="surrogateescape"))
    except BadCall as error:
        raise BadMove("error.move.call", why=error.message) from None
    return Do("A" if word[0] in "aA" else "B", "written", written=call)


def _backlog(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise BadMove("error.move.backlog", text=text[:20], most=MOST_BACKLOG)
    return int(text)


def _arguments(call: CallName, text: str) -> tuple[str, str]:
    """A call's text and its address; only UDP's calls have one."""
    if call == "bind":
        return "", text
    if call == "sendto":
        data, _, address = text.partition(":")
        return data, address
    return text, ""
