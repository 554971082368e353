"""The help: every key, and what every word and sign on the screen means, in sections of one line each.

The words are those that the panes show; where a pane takes a word from the catalogue, so does the help, and
both change together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptui.core.events import TimerKind
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.named_tuple import NamedTuple
from tcptui.view.cells import cell_len, fill, wrap
from tcptui.view.lines import EMPTY, MARK, Line, fit, line_width

TWO_COLUMNS = 104
"""The width from which on a section has two columns."""
LONGEST_TERM = 15
"""Cells of the column of words; a longer one has a line of its own."""


class Section(NamedTuple):
    """A title, and words with what they mean."""

    title: str
    entries: Sequence[tuple[str, str]]


_SPACE = (
    ("█", "done"), ("▓", "sent"), ("▒", "again"), ("│   │", "gap"), ("░", "unsent"), ("·", "window"),
    ("│", "bound"), ("▓▓(12)▓▓", "many"), ("●●○○", "tries"),
)  # fmt: skip
_END = (
    ("needs", ("needs",)), ("else", ("else", "or")), ("why", ("why",)), ("again", ("again",)),
    ("try", ("try",)), ("send", ("send",)), ("receive", ("receive", "receive_brief")),
    ("in_flight", ("in_flight", "sent_brief")),
    ("unsent", ("unsent",)), ("taken", ("taken",)), ("held", ("held",)), ("unread", ("unread",)),
    ("queue", ("syn_queue", "accept_queue")), ("app", ("app",)), ("told", ("told",)), ("got", ("got",)),
    ("waiting", ("waiting",)), ("scale", ("scale",)), ("duplicates", ("duplicates",)),
    ("recovery", ("recovery",)), ("script", ("script",)), ("next", ("next", "to_come")),
    ("when", ("at", "when")), ("was", ("was",)), ("begins_with", ("begins_with",)), ("stack", ("stack",)),
    ("buffer", ("buffer",)), ("times", ("try_syn", "try_data")), ("on", ("on", "off")), ("log", ("log",)),
    ("dropped", ("dropped",)),
)  # fmt: skip
"""What is explained, and the words for it in the catalogue, under ``ui.end``."""
_EXAMPLE: Mapping[str, int | str] = {
    "time": "0.100", "trigger": "closed", "name": "linux", "octets": 65535,
    "count": 2, "most": 6, "room": 9, "send": 7, "receive": 7, "seq": 1461,
}  # fmt: skip
"""The numbers that stand with them."""
_VARIABLES = ("ISS", "IRS", "UNA", "NXT", "WND", "cwnd", "ssthresh", "RTT", "RTO", "MSS")
_PREFIXES = (("SND. RCV.", "prefixes"),)
_SEGMENT = (
    "SYN", "ACK", "FIN", "RST", "PSH", "URG", "ack", "len", "win", "WS", "SACK", "D-SACK", "TS",
    "NOP", "ICMP", "UDP", "MTU", "MSL", "ISN", "PAWS", "RFC",
)  # fmt: skip
_PROOF = (
    "reaches", "reached", "peer_knows", "fin_reaches", "fin_reached", "before", "not_yet", "never", "unknown",
)  # fmt: skip


def glossary() -> list[Section]:
    """The words and signs, in the reader's language."""
    return [
        Section(say("glossary.ladder"), _ladder()),
        Section(say("glossary.space"), _signs("space", _SPACE)),
        Section(say("glossary.end"), _end()),
        Section(say("glossary.variable"), [*_named("variable", _VARIABLES), *_signs("variable", _PREFIXES)]),
        Section(say("glossary.timer"), _named("timer", [kind.label for kind in TimerKind])),
        Section(say("glossary.state"), _states()),
        Section(say("glossary.segment"), _segments()),
        Section(say("glossary.proof"), _proof()),
    ]  # fmt: skip


def _named(group: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """Words that are the same in every language."""
    return [(name, say(f"glossary.{group}.{name}")) for name in names]


def _signs(group: str, signs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each with what the catalogue says under the other name."""
    return [(sign, say(f"glossary.{group}.{name}")) for sign, name in signs]


def _ladder() -> list[tuple[str, str]]:
    copy = f"{say('label.copy_of', number=3)}, =#3"
    signs = (
        ("──▶", "segment"), ("┄┄┄", "to_go"), (f"✗ {say('ui.lost')}", "lost"), ("┼", "crossing"),
        ("+200 ms", "delayed"), (copy, "copy"), (say("label.again"), "again"), ("X", "third_party"),
        (MARK, "mark"), ("┊ │ ┃ ║", "life_line"), ("⋮", "quiet"), ("#18-#39", "place"), ("◆", "differs"),
        (f"{say('beside.here.short')}, {say('beside.there.short')}", "here_there"),
    )  # fmt: skip
    return _signs("ladder", signs)


def _end() -> list[tuple[str, str]]:
    words = [
        (", ".join(say(f"ui.end.{word}", **_EXAMPLE) for word in words), say(f"glossary.end.{name}"))
        for name, words in _END
    ]
    signs = _signs("end", (("━━━──", "bar"), ("OPEN SEND CLOSE ABORT", "calls"), ("1/3", "other_connection"),
                           ("+2", "more_timers")))  # fmt: skip
    return [*words, *signs]


def _states() -> list[tuple[str, str]]:
    of_ss = (("UNCONN", "UNCONN"), ("ESTAB, SYN-RECV", "ss"), ("Recv-Q, Send-Q", "queues"))
    return [*_named("state", [state.value for state in State]), *_signs("state", of_ss)]


def _proof() -> list[tuple[str, str]]:
    """What the inspector of who knows what says, and what stands before a claim."""
    told = [(say(f"ledger.{word}"), say(f"glossary.proof.{word}")) for word in _PROOF]
    claim = say("claim.head", verdict=say("claim.verdict.imprecise"))
    return [
        *told[:5], (say("ledger.by", number=3), say("glossary.proof.by")), *told[5:],
        (claim, say("glossary.proof.claim")),
    ]  # fmt: skip


def _segments() -> list[tuple[str, str]]:
    return [
        *_signs("segment", (("#3", "number"), ("CEUAPRSF", "letters"), ("seq, SEQ", "seq"))),
        *_named("segment", _SEGMENT),
        *_signs("segment", (("ECN, ECE, CWR", "ECN"), ("TSval, TSecr", "TSval"), ("SLE, SRE", "SLE"))),
    ]


def section_lines(section: Section, width: int) -> list[Line]:
    """The title and the words, in two columns where there is room."""
    title = fit((("── ", "dim"), (section.title, "title"), (f" {'─' * width}", "dim")), width)
    if width < TWO_COLUMNS:
        return [title, *_column(section.entries, width)]
    half = (width - 3) // 2
    whole = [_column([entry], half, _terms(section.entries)) for entry in section.entries]
    split = _half(list(map(len, whole)))
    left = [line for lines in whole[:split] for line in lines]
    right = [line for lines in whole[split:] for line in lines]
    right += [fit(EMPTY, half)] * (len(left) - len(right))
    left += [fit(EMPTY, half)] * (len(right) - len(left))
    rows = zip(left, right, strict=True)
    return [title, *(fit((*one, ("   ", "plain"), *other), width) for one, other in rows)]


def index_lines(titles: Sequence[str], width: int) -> list[Line]:
    """The titles with the digits that lead there, and how the help is left."""
    items: list[Line] = [
        ((f"{number} ", "key"), (f"{title}  ", "dim")) for number, title in enumerate(titles, 1)
    ]
    items.append(((say("glossary.closes"), "dim"),))
    lines: list[Line] = [EMPTY]
    for item in items:
        if lines[-1] and line_width(lines[-1]) + line_width(item) > width:
            lines.append(EMPTY)
        lines[-1] += item
    return [fit(line, width) for line in lines]


def _half(heights: Sequence[int]) -> int:
    """How many of them stand in the left of two columns, so that the higher column is lowest."""
    return min(range(len(heights) + 1), key=lambda at: (max(sum(heights[:at]), sum(heights[at:])), -at))


def _terms(entries: Sequence[tuple[str, str]]) -> int:
    widths = [cell_len(term) for term, _ in entries]
    return max((cells for cells in widths if cells <= LONGEST_TERM), default=LONGEST_TERM)


def _column(entries: Sequence[tuple[str, str]], width: int, terms: int = 0) -> list[Line]:
    terms = terms or _terms(entries)
    lines: list[Line] = []
    for term, meaning in entries:
        words = wrap(meaning, width - terms - 2)
        if cell_len(term) > terms:
            lines.append(fit(((term, "key"),), width))
            term = ""
        for place, part in enumerate(words):
            name = fill("" if place else term, terms)
            lines.append(fit(((name, "key"), (f"  {part}", "plain")), width))
    return lines
