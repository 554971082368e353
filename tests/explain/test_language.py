"""In another language nothing stays English but protocol words, units, and what was typed."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tcptui import library
from tcptui.cli import main
from tcptui.core.events import Response, Signal
from tcptui.core.profile.knobs import all_knobs
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.sysctl import SYSCTLS
from tcptui.core.rules import Rule
from tcptui.explain.catalogue import paragraph, say
from tcptui.explain.happened import happened
from tcptui.explain.marks import marks
from tcptui.formats.frame_comment import FrameComments
from tcptui.formats.packetdrill.constants import LINUX
from tcptui.formats.packetdrill.options import ALLOWED as OPTIONS_ALLOWED
from tcptui.formats.packetdrill.writer import packetdrill_script
from tcptui.formats.registry import FORMATS
from tcptui.formats.rfc import rfc_figure
from tcptui.lab.calls import FUNCTIONS
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.history import History
from tcptui.lab.moves_text import ALLOWED as MOVES_ALLOWED
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.program import TRIGGERS
from tcptui.lab.program_text import EXAMPLE
from tcptui.lab.run import play
from tcptui.lab.wire import SIDES, Side
from tcptui.trace.capture import Point, capture_of
from tests.explain.wide import LANGUAGE, PROTOCOL, read_wide, wide, words
from tests.explain.wrong import command_lines
from tests.lab.worlds import OPEN, history_of, scenario

SYNTAX = words(
    " ".join(
        (
            "tcptui toml pkt NAME VALUE FILE format ladder rfc wireshark pcapng packetdrill ledger list play",
            "profile help us none off asked granted mem udcff",
            "chapter place moment numbers wire prelude third_party until say claim variant expect text",
            "answer",
            *(MOVES_ALLOWED, OPTIONS_ALLOWED, *all_knobs(), *PRESETS, *SYSCTLS, *library.names()),
            *(*Rule.__members__, *LINUX.errnos, *FORMATS),
            *(*TRIGGERS, EXAMPLE, *(function.usage for function in FUNCTIONS.values())),
        )
    )
)
"""Words of the program's own language, which a translation leaves as they are too."""
FOREIGN = words(
    f"{os.strerror(errno.ENOENT)} Expected '=' after a key in a key/value pair (at end of document)"
)
"""What the system and Python's TOML parser say, which is passed on as it comes."""


def test_a_sentence_is_made_wide_but_for_its_placeholders() -> None:
    assert wide("a {b!r} {{c}}") == "ａ {b!r} {{ｃ}}"
    assert wide("a {b!r} {{c}}").format(b="b") == "ａ 'b' {ｃ}"
    assert all(not words(one.format_map(_Blank())) for one in LANGUAGE.values())


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


@pytest.mark.parametrize("name", library.names())
def test_what_happens_is_told_in_the_readers_language(name: str) -> None:
    history = History(library.find(name))
    hosts = [host for host in history.scenario.hosts if isinstance(host, HostSetup)]
    typed = words(
        " ".join(
            (
                *(rule.text for rule in history.scenario.fault_rules),
                *(str(box) for box in history.scenario.boxes),
                *(program.name for host in hosts for program in host.programs),
            )
        )
    )
    in_english, translated = 0, 0
    while history.world.next_event() is not None:
        report = history.apply()
        told = [
            *happened(report, history.world, history.transmissions()),
            *marks(report, history.before, history.world),
        ]
        text = read_wide(lambda: paragraph(told))  # noqa: B023
        known = PROTOCOL | typed | words(" ".join(result.text for result in report.results))
        assert words(text) <= known, text
        # That a call succeeds is told by the call alone, as C has it.
        in_english += bool(words(paragraph(told)) - known)
        translated += cell_len(text) > len(text)
    assert in_english
    assert in_english == translated


@pytest.mark.parametrize(
    "moves",
    [
        "a:reboot", "a:unplug a:plug", "a:send:x d1+30ms", "a:send:x u1", "a:send:x l1 s", "w1s",
        "x>b:RST:seq=5", "a:send:x b:unplug s", "a:read", "a:shutdown", "a:abort a:close", "a:connect",
        "a:accept",
    ],
)  # fmt: skip
def test_moves_are_told_in_the_readers_language(moves: str) -> None:
    history = history_of(scenario(OPEN), moves)
    report = history.report
    assert report is not None
    text = read_wide(lambda: paragraph(happened(report, history.world, history.transmissions())))
    assert words(text) <= PROTOCOL, text


@pytest.mark.parametrize("response", [one for one in Response if one is not Response.QUEUED])
def test_a_response_is_told_in_the_cores_words(response: Response) -> None:
    assert say(f"response.{response.name.lower()}") == response.value


@pytest.mark.parametrize("one", [*(one for one in Response if one is not Response.OK), *Signal])
def test_a_pane_tells_responses_and_notifications_in_the_cores_words_without_the_first(
    one: Response | Signal,
) -> None:
    kind = "response.brief" if isinstance(one, Response) else "signal"
    brief = one.value.removeprefix("error: ").removeprefix("connection ")
    assert say(f"{kind}.{one.name.lower()}") == brief


@pytest.mark.parametrize("point", [*SIDES, "wire"])
def test_comments_on_frames_are_in_the_readers_language(point: Point) -> None:
    run = play(library.find("lost-syn-ack"), parse_moves("s s u1 x>b:RST:seq=5"))
    comments = FrameComments(run, point)
    for frame in capture_of(run, point):
        text = read_wide(lambda: comments.of(frame))  # noqa: B023
        assert words(text) <= PROTOCOL, text


@pytest.mark.parametrize("side", SIDES)
def test_comments_of_a_script_are_in_the_readers_language(side: Side) -> None:
    run = play(library.find("lost-syn-ack"), parse_moves("s s u1 x>b:ACK:seq=5"))
    written = read_wide(lambda: packetdrill_script(run, side))
    comments = "\n".join(line.partition("//")[2] for line in written.splitlines())
    known = words(f"{run.scenario.title} {run.scenario.question} {run.scenario.hosts}")
    assert words(comments) <= known | PROTOCOL | SYNTAX, comments
    assert cell_len(comments) > len(comments)


@pytest.mark.parametrize("moves", ["s2 l1", "s3 l2", "s2 u1", "s2 x>b:SYN:seq=9 d2+70ms"])
def test_a_figure_is_in_the_readers_language_and_its_columns_stay_in_line(moves: str) -> None:
    run = play(library.find("handshake"), parse_moves(moves))
    written, english = read_wide(lambda: rfc_figure(run)), rfc_figure(run)
    assert words(written) <= PROTOCOL | words("TCP Peer SEQ CTL")
    assert words(english) - words(written) <= words("lost duplicate third party")
    assert words(english) - words(written)
    arrows = [re.split("-->|<--|[.]{3}", line)[0] for line in written.splitlines() if "<SEQ" in line]
    assert len({cell_len(before) for before in arrows}) == 1


def test_errors_are_in_the_readers_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    english: dict[str, set[str]] = {}
    for line, typed in command_lines(folder):
        status = read_wide(lambda: main(line))  # noqa: B023
        told = "".join(capsys.readouterr())
        assert status, line
        assert told.isprintable() or told.endswith("\n")
        known = words(" ".join(line)) | words(typed) | PROTOCOL | SYNTAX | FOREIGN
        assert any(character > "\uff00" for character in told), told
        if words(told) - known:
            english[told] = words(told) - known
    assert english == {}
