"""A script on the screen is the script that `check` runs: the same calls, the same segments, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptui.core.events import Sent
from tcptui.core.packet.segment import OPTION_TIMESTAMPS, Segment
from tcptui.core.tcp.stack import Stack
from tcptui.formats.packetdrill.checking import prepare
from tcptui.formats.packetdrill.outcome import NotSupported
from tcptui.formats.packetdrill.parser import parse_script
from tcptui.formats.packetdrill.runner import START, Runner
from tcptui.formats.packetdrill.staging import DELAY, stage
from tcptui.lab.ends.script import ScriptLine, ScriptSetup
from tcptui.lab.prelude import begin
from tcptui.lab.scenario import Scenario

CONFORMANCE = sorted((Path(__file__).parents[2] / "conformance").glob("*.pkt"))
CLOSE_ENOUGH = 1_000
"""Microseconds by which a call may come later than in the script: where several stand at one moment."""

REFUSED = """\
0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  connect(3, ..., ...) = -1 ECONNREFUSED (refused)
"""


def _plain(segment: Segment) -> Segment:
    """Without timestamps: the world's clock is another than the script's."""
    options = tuple(option for option in segment.options if option.kind != OPTION_TIMESTAMPS)
    return segment._replace(options=options)


class _Listening(Runner):
    """A runner that keeps what the stack sends, and when."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.sent: list[tuple[int, Segment]] = []

    def _sent(self, sent: Sent, why: str) -> None:
        self.sent.append((self.now, _plain(sent.segment)))
        super()._sent(sent, why)


@pytest.mark.parametrize("path", CONFORMANCE, ids=lambda path: path.stem)
def test_the_world_sends_what_the_script_sees(path: Path) -> None:
    text = path.read_text("utf-8")
    script = parse_script(text, path.name)
    ready = prepare(script, text)
    runner = _Listening(script, ready.setup, Stack(ready.profile))
    runner.run()
    scenario = stage(text, path.name, path.stem)
    assert scenario.answer == "The script passes."
    assert len(lines_of(scenario)) == len(script.events)
    world = begin(scenario)[0]
    sent: list[tuple[int, Segment]] = []
    while len(sent) < len(runner.sent):
        report = world.step()
        assert report is not None, "nothing more happens"
        if report.side != "B":
            events = (event for event in report.events if isinstance(event, Sent))
            sent += [(report.at - DELAY, _plain(event.segment)) for event in events]
    assert [segment for _, segment in sent] == [segment for _, segment in runner.sent]
    for (at, _), (expected, _) in zip(sent, runner.sent, strict=True):
        assert abs(at - expected) < CLOSE_ENOUGH


def lines_of(scenario: Scenario) -> tuple[ScriptLine, ...]:
    script = scenario.hosts[1]
    assert isinstance(script, ScriptSetup)
    return script.lines


def test_a_script_that_fails_says_so_and_marks_its_line() -> None:
    scenario = stage(REFUSED, "x.pkt", "x")
    assert scenario.answer.startswith("x.pkt:2: expected connect() = -1 ECONNREFUSED; got")
    assert [line.text[:9] for line in lines_of(scenario)] == ["0 socket(", "✗ +0 conn"]


def test_what_there_is_not_is_said_with_its_line() -> None:
    with pytest.raises(NotSupported) as missing:
        stage(f"{REFUSED.splitlines()[0]}\n+0 < udp (100)\n", "x.pkt", "x")
    assert missing.value.line == 2
    assert START > 0
