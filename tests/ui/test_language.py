"""In another language nothing on any screen stays English but protocol words, names and keys, and each line
is exactly as wide as the screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tcptui import library
from tcptui.core.events import TimerKind
from tcptui.core.packet.datagram import Datagram
from tcptui.core.packet.segment import Segment
from tcptui.core.state import TRANSITIONS
from tcptui.formats.packetdrill.scenario import script_scenario
from tcptui.lab.scenario import Scenario
from tcptui.trace.sequence_analysis import Label
from tcptui.ui.actions import ACTIONS, key_names
from tcptui.ui.app import TcptuiApp
from tcptui.ui.screens.run_screen import RunScreen
from tcptui.ui.session import Session
from tests.explain.wide import PROTOCOL, read_wide, words

SIZES = ((80, 24), (120, 36), (200, 50))
SCRIPT = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 connect(3, ..., ...) = 0\n+0 > S 0:0(0)\n"
KEYS = {"esc"} | words(" ".join(name for action in ACTIONS for name in key_names(action)))
"""What stands on the keys of a keyboard."""
FIELDS = words(
    "seq ack len win ISS UNA NXT WND IRS TSval TSecr NOP EOL UNCONN Wireshark TCP RTT RTO cwnd ssthresh MSS"
    " RTOmin Nagle"
    " State Recv Send Local Address Port Peer ESTAB RECV UNCONN timer on persist keepalive timewait sec"
    " ISN SEQ SND RCV CEUAPRSF SACK TS ECN Seq Ack Len Win Urg PERM SLE SRE Destination Port unreachable"
    f" {' '.join(timer.label for timer in TimerKind)} {' '.join(label.value for label in Label)}"
    f" {' '.join(one.cause for one in TRANSITIONS)}"
)
"""Variables, fields, timers, Wireshark's labels, and the words of RFC 9293 Figure 5 and of ss(8)."""
KNOBS = words("rfc9293 delayed_ack=0us nagle=false granted")
"""The preset, the knobs in which the hosts of scenarios depart from it, and a value of one."""
MOVES = words(
    "s5 l2 d4+200ms a:send:hello b:['exit()'] x>b:SYN:seq=90 lose:B:ACK:2 box:nat zz tcptui"
    " send+urgent {call='send',text='hello',times=3}"
)
"""Moves, as they are typed."""
RUNS: tuple[tuple[str, str, Sequence[str]], ...] = (
    ("handshake", "", ("b", "v", "i", "l", "n")),
    ("life", "s8", ("v", "i", "i", "up", "l", "n")),
    ("life", "s18", ("space", "end", "right")),
    ("life", "s5 u3+30ms d4+60ms s4", ("i", "i", "down")),
    ("lost-syn-ack", "s6", ("i", "i", "up", "p", "p")),
    ("late-syn", "s15", ("i",)),
    ("udp", "s13", ("up", "i", "i")),
    ("udp-no-port", "s3", ("i",)),
    ("handshake", "s5 a:unplug a:send:x", ("space",)),
    ("handshake", "s5 a:send:hello b:abort s x>b:RST:seq=5", ("space", "i", "i")),
    ("handshake", "b:listen:1 s2", ("space", "i")),
    ("lost-syn", "s3", ("end",)),
)
DIALOGS: tuple[tuple[str, ...], ...] = (
    ("a",),
    ("z",),
    ("a", "enter"),
    ("m",),
    ("m", "z", "z", "enter"),
    ("question_mark",),
    ("question_mark", "end"),
    ("colon",),
    ("colon", "end"),
)


class Seen(NamedTuple):
    """What a screen shows after some keys."""

    after: str
    widths: set[int]
    """In cells, of its lines."""
    foreign: set[str]
    """Words that are not in the reader's language, and need be in none other."""


def look(app: TcptuiApp, after: str, known: set[str]) -> Seen:
    """The screen in front; of the words only those of a dialog, if it is one: it covers others in part."""
    strips = app.screen._compositor.render_strips()
    widths = {cell_len(strip.text) for strip in strips}
    box = app.screen.query("#box")
    if box:
        region = box.first().region
        strips = [strip.crop(region.x, region.right) for strip in strips[region.y : region.bottom]]
    text = "\n".join(strip.text for strip in strips)
    for no_words in (
        r"0x[0-9a-f]+",
        r"│  [0-9a-f]{2}( [0-9a-f]{2}){3}",
        r" 00[0-9a-f]{2}  [0-9a-f ]+",
        "[CEUAPRSF·]{8}",
        r"\S+…",
    ):
        text = re.sub(no_words, "", text)
    return Seen(after, widths, words(text) - PROTOCOL - FIELDS - KNOBS - known)


def of_scenario(scenario: Scenario) -> set[str]:
    """The words of its own."""
    roles = " ".join(host.role for host in scenario.hosts)
    texts = (scenario.name, scenario.title, scenario.chapter, scenario.question, scenario.answer, roles)
    claims = (text for one in scenario.claims for text in (one.text, one.why, one.source))
    more = (*(one.text for one in scenario.say), *claims, *(one.name for one in scenario.variants))
    return words(" ".join((*texts, *more)))


def of_data(session: Session) -> set[str]:
    """The words of what was sent, as they stand between quotes, and of a script; panes may cut them."""
    payloads = [transmission.payload for transmission in session.history.transmissions()]
    data = [payload.data for payload in payloads if isinstance(payload, Segment | Datagram)]
    whole = words(" ".join((SCRIPT, *(ascii(octets.decode()) for octets in data))))
    return {word[:end] for word in whole for end in range(2, len(word) + 1)}


async def see_runs(pilot: Pilot[None], app: TcptuiApp) -> list[Seen]:
    seen = []
    screen = app.screen
    assert isinstance(screen, RunScreen)
    for name, moves, keys in (*RUNS, ("a script", "", ("space", "space", "z", "i"))):
        scenario = script_scenario(SCRIPT, "a.pkt", "a") if name == "a script" else library.find(name)
        session = Session(scenario, moves)
        screen.open(session)
        for number in range(len(keys) + 1):
            if number:
                await pilot.press(keys[number - 1])
            await pilot.pause()
            known = of_scenario(scenario) | of_data(session)
            seen.append(look(app, f"{name} {moves} {keys[:number]}", known | KEYS | {"tcptui"}))
    return seen


async def see_dialogs(pilot: Pilot[None], app: TcptuiApp) -> list[Seen]:
    seen = []
    screen = app.screen
    assert isinstance(screen, RunScreen)
    screen.open(Session(library.find("handshake"), "s5"))
    for keys in DIALOGS:
        await pilot.press(*keys)
        await pilot.pause()
        seen.append(look(app, " ".join(keys), KEYS | MOVES | words("lose")))
        await pilot.press("escape")
    await pilot.press("o")
    await pilot.pause()
    names = set().union(*(of_scenario(one.load()) for one in library.all_scenarios()))
    seen.append(look(app, "o", names | KEYS | {"tcptui"}))
    return seen


def see(size: tuple[int, int]) -> list[Seen]:
    """Every screen at that size."""

    async def run() -> list[Seen]:
        app = TcptuiApp(Session(library.find("handshake")), library.Library().all_scenarios)
        async with app.run_test(size=size) as pilot:
            return [*await see_runs(pilot, app), *await see_dialogs(pilot, app)]

    return asyncio.run(run())


def see_too_small() -> Seen:
    async def run() -> Seen:
        app = TcptuiApp(Session(library.find("handshake")), library.Library().all_scenarios)
        async with app.run_test(size=(60, 20)) as pilot:
            await pilot.pause()
            return look(app, "", {"tcptui"})

    return asyncio.run(run())


@pytest.mark.parametrize("size", SIZES)
def test_every_screen_is_in_the_readers_language(size: tuple[int, int]) -> None:
    for screen in read_wide(lambda: see(size)):
        assert screen.foreign == set(), screen.after
        assert screen.widths == {size[0]}, screen.after


def test_the_notice_that_the_terminal_is_too_small_is_in_the_readers_language() -> None:
    notice = read_wide(see_too_small)
    assert (notice.foreign, notice.widths) == (set(), {60})


def test_in_english_every_screen_has_english_words() -> None:
    for screen in (*see((120, 36)), see_too_small()):
        assert screen.foreign, screen.after
