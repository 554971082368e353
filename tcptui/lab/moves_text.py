"""The text of moves: ``s3 l2 s d4+200ms b:send:hello s5``.

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
| ``a:read:100``, ``a:send+urgent:hello`` | it reads 100 octets at most; the data up to its end is urgent |
| ``b:listen:2`` | it listens with a backlog of 2, for ``b:accept`` |
| ``a:s=socket()``, ``a:send(s,'x',MSG_OOB)`` | a call to a socket (`calls`), percent-encoded |
| ``b:[{loop=['c=accept(s)','close(c)']}]`` | a program starts: what stands in a file (`program_text`) |
| ``b:{fork=['close(s)']}`` | one item of it alone; both percent-encoded |
| ``b:bind``, ``a:sendto:hello`` | the same for UDP; an address may follow: ``b:bind:239.0.0.1:80`` |
| ``lose:B:ACK:2``, ``delay:A:DATA:1:by:50ms`` | a fault by description (`faults`), of what is to come |
| ``box:firewall:drop=A+DATA`` | a box is put on the wire, next to B (`box_text`) |
| ``x>b:SYN,ACK:seq=90:ack=1`` | a third party puts a segment on the wire, in the other end's name |
| ``x>b:SYN:seq=1:mss=1460:from=203.0.113.1:1024`` | the same in its own; `third_party_text` has all fields |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes

from tcptui.core.message import Message, MessageError, brief
from tcptui.lab.addresses import parse_socket
from tcptui.lab.durations import exact_duration, parse_duration
from tcptui.lab.faults import FaultRule, fault_word, is_fault, parse_fault_word
from tcptui.lab.moves import NEXT, AddBox, Delay, Do, Duplicate, Line, Lose, Move, Next, Reorder, Start, Wait
from tcptui.lab.program import CALLS, MOST_BACKLOG, MOST_OCTETS, CallName, takes
from tcptui.lab.third_party import LONGEST_DATA, Inject
from tcptui.lab.wire import COPY_AFTER, BadMove, Side

MOST_STEPS = 100_000
"""What one ``s`` may count up to."""
MOST_MOVES = 1_000_000
"""What one text may tell: that of a long run on the screen can be read back."""


ALLOWED = (
    "s, s5, l2, d4+200ms, u2, u2+50ms, r3, w20ms, a:connect, b:send:hello, a:s=socket(), a:['exit()'],"
    " x>b:SYN:seq=90, lose:B:ACK:2, box:nat"
)
URGENT = "+urgent"
"""Follows the name of a SEND whose data is urgent."""

_SAFE = "()=,'+|:.!$&*;<>?@[]^{}~/-"
"""What a call to a socket may have that is not percent-encoded."""
_SAFE_IN_PROGRAM = f'{_SAFE}"'
_IN_BRACKETS = re.compile(r"[abAB]:\s*([\[{]|([a-z_][a-z0-9_]*\s*=\s*)?[a-z_][a-z0-9_]*\s*\()", re.ASCII)
_WORD = re.compile(r"\s*(\S+)")
_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\s+|[^\s'"()\[\]{}]+|.""", re.DOTALL)
"""Of what stands in brackets: a text in quotes, blanks, brackets, and what is between them."""
_NUMBERED = re.compile(r"([sldur])(\d{0,9})(?:\+(\S+))?", re.ASCII)


def parse_moves(text: str) -> list[Move]:
    """The moves of a text; BadMove names the word that is none and what is allowed."""
    moves: list[Move] = []
    for move, times in _counted(text):
        moves += [move] * times
    return moves


def parse_line(text: str) -> Line:
    """The same as a line, which takes no longer for more steps. Raises BadMove."""
    others: dict[int, Move] = {}
    length = 0
    for move, times in _counted(text):
        if move != NEXT:
            others[length] = move
        length += times
    return Line(others, length)


def _counted(text: str) -> Iterator[tuple[Move, int]]:
    """The moves of a text, and how many times each is made."""
    count = 0
    for word in _words(text):
        try:
            word.encode()  # A word that is no UTF-8 has lone surrogates in it (PEP 383).
            move, times = _parse_word(word)
        except (MessageError, UnicodeError) as error:
            why = error.message if isinstance(error, MessageError) else Message.of("error.move.no_utf8")
            raise BadMove("error.move.word", word=brief(word), why=why) from None
        count += times
        if count > MOST_MOVES:
            raise BadMove("error.move.too_many", most=MOST_MOVES)
        yield move, times


def _words(text: str) -> Iterator[str]:
    """The words of a text. Blanks within the brackets of a call or a program do not end one."""
    if not any(bracket in text for bracket in "([{"):
        yield from text.split()
        return
    at = 0
    while match := _WORD.match(text, at):
        end = _end_of_brackets(text, match.start(1)) or match.end()
        yield text[match.start(1) : end]
        at = end


def _end_of_brackets(text: str, start: int) -> int:
    """Where a call or a program ends that begins there; 0: none does, or it has no end."""
    match, depth = _IN_BRACKETS.match(text, start), 1
    if match is None:
        return 0
    for token in _TOKEN.finditer(text, match.end()):
        if not depth and token[0].isspace():
            return token.start()
        depth += (token[0] in "([{") - (token[0] in ")]}")
    return len(text) if not depth else 0


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


def line_text(line: Line) -> str:
    """The text that `parse_line` reads back as the same line."""
    words: list[str] = []
    begin = 0
    for at in sorted(line.others):
        words += [*_steps_words(at - begin), _word(line.others[at])]
        begin = at + 1
    return " ".join(words + _steps_words(line.length - begin))


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
        case Do(side, call, data, address, backlog, written, octets, urgent):
            if written is not None:
                return f"{side.lower()}:{quote(written.text(''), safe=_SAFE)}"
            count = octets if backlog is None else backlog
            if count is not None:
                return f"{side.lower()}:{call}:{count}"
            text = f":{quote_from_bytes(data)}" if data or (address and call == "sendto") else ""
            where = f":{address}" if address is not None else ""
            return f"{side.lower()}:{call}{URGENT if urgent else ''}{text}{where}"
        case Start(side, text):
            return f"{side.lower()}:{quote(text, safe=_SAFE_IN_PROGRAM)}"
        case Inject():
            from tcptui.lab.third_party_text import inject_word

            return inject_word(move)
        case FaultRule():
            return fault_word(move)
        case AddBox():
            from tcptui.lab.box_text import box_word

            return box_word(*move)
    return "s"


def _parse_word(word: str) -> tuple[Move, int]:
    """The move, and how many times it is made."""
    match = _NUMBERED.fullmatch(word)
    if match is None or match[1] != "s":
        return _parse_move(word, match), 1
    _, digits, duration = match.groups()
    count = int(digits or 1)
    if duration or not 1 <= count <= MOST_STEPS:
        raise BadMove("error.move.steps", most=MOST_STEPS)
    return NEXT, count


def _parse_move(word: str, match: re.Match[str] | None) -> Move:
    """Any but a step; `match` is of a verb and a number."""
    lower = word.lower()
    if lower.startswith(("a:", "b:")):
        return _parse_call(word)
    if lower.startswith(("x>a:", "x>b:")):
        from tcptui.lab.third_party_text import parse_inject

        return parse_inject(word)
    if word.startswith("box:"):
        from tcptui.lab.box_text import parse_box_word

        return AddBox(*parse_box_word(word))
    if is_fault(word):
        return parse_fault_word(word)
    if lower.startswith("w") and len(word) > 1:
        return Wait(parse_duration(word[1:]))
    if match is None:
        raise BadMove("error.move.unknown", allowed=ALLOWED)
    verb, digits, duration = match.groups()
    if not digits:
        raise BadMove("error.move.number_missing", example=f"{verb}2")
    return _numbered_move(verb, int(digits), duration)


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


def _parse_call(word: str) -> Move:
    side: Side = "A" if word[0] in "aA" else "B"
    if "(" in word or word[2:3] in ("[", "{"):
        text = unquote_to_bytes(word[2:]).decode()
        if _IN_BRACKETS.match(f"{word[:2]}{text}"):
            return written_move(side, text)
    _, call, *rest = word.split(":", 2)
    name = call.removesuffix(URGENT)
    for known in CALLS:
        if known == name and (name == call or name == "send"):
            return _call_of(side, known, rest[0] if rest else None, name != call)
    raise BadMove("error.move.no_call", call=call[:20], allowed=tuple(CALLS))


def _call_of(side: Side, call: CallName, arguments: str | None, urgent: bool) -> Do:
    if call == "listen" and arguments is not None:
        backlog = _number(arguments, 0, MOST_BACKLOG)
        if backlog is None:
            raise BadMove("error.move.backlog", text=arguments[:20], most=MOST_BACKLOG)
        return Do(side, call, backlog=backlog)
    if call == "read" and arguments is not None:
        octets = _number(arguments, 1, MOST_OCTETS)
        if octets is None:
            raise BadMove("error.move.octets", text=arguments[:20], most=MOST_OCTETS)
        return Do(side, call, octets=octets)
    text, where = _arguments(call, arguments or "")
    data = unquote_to_bytes(text)
    if not takes(call, data):
        raise BadMove("error.move.send_data")
    if len(data) > LONGEST_DATA:
        raise BadMove("error.move.data_too_long", octets=len(data), most=LONGEST_DATA)
    return Do(side, call, data, parse_socket(where) if where else None, urgent=urgent)


def written_move(side: Side, text: str) -> Move:
    """The call to a socket, or the start of a program, that a text without percent-encoding writes. Raises
    BadMove, and others of its kind."""
    if text.lstrip().startswith(("[", "{")):
        from tcptui.lab.program_text import typed_program_of
        from tcptui.lab.toml import without_blanks

        text = without_blanks(text)
        return Start(side, text, typed_program_of(text))
    from tcptui.lab.calls import BadCall, parse_call

    try:
        return Do(side, "written", written=parse_call(text))
    except BadCall as error:
        raise BadMove("error.move.call", why=error.message) from None


def _number(text: str, least: int, most: int) -> int | None:
    """None: it is none, or out of range."""
    number = int(text) if re.fullmatch(r"[0-9]{1,7}", text) else -1
    return number if least <= number <= most else None


def _arguments(call: CallName, text: str) -> tuple[str, str]:
    """A call's text and its address; only UDP's calls have one."""
    if call == "bind":
        return "", text
    if call == "sendto":
        data, _, address = text.partition(":")
        return data, address
    return text, ""
