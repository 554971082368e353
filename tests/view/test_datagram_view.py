"""UDP and ICMP as they are drawn: on the ladder, in the header, in the pane of an end, in the why."""

from __future__ import annotations

import pytest

from tcptui.explain.labels import label_of
from tcptui.explain.why import why
from tcptui.lab.history import History
from tcptui.lab.wire import Transmission
from tcptui.view.endpoint import EndView
from tcptui.view.lines import line_width, plain_text
from tcptui.view.status import next_text
from tests.lab.worlds import history_of, scenario, transmission
from tests.view.inspected import alone, inspector_of, shown
from tests.view.ladders import drawn

GROUP = "233.252.0.1:80"
V6 = 'A.address = "2001:db8::1"\nB.address = "2001:db8::2"\n'


def played(moves: str, toml: str = "") -> History:
    return history_of(scenario(toml), moves)


def label(moves: str, number: int, room: int) -> str:
    return label_of(transmission(played(moves).world, number), False, room)


def header(one: Transmission | None, width: int = 58) -> list[str]:
    return [line for line in shown("header", alone(one), width, 20) if line]


def pane(history: History, side: str = "B", width: int = 28, height: int = 30) -> list[str]:
    lines = EndView("A" if side == "A" else "B").lines(
        history.moment,
        history.moment_before,
        width,
        height,
        at=history.world.now,
        raw=False,
    )
    assert {line_width(line) for line in lines} == {width}
    return [plain_text(line) for line in lines]


@pytest.mark.parametrize(
    ("moves", "number", "room", "expected"),
    [
        ("a:sendto:hello", 1, 60, "#1 UDP len=5"),
        ("a:sendto:hello", 1, 11, "#1 UDP"),
        ("a:sendto:hello", 1, 4, "#1 U"),
        ("a:sendto:hello d1+60ms", 1, 60, "#1 UDP len=5 +60 ms"),
        ("a:sendto:hello u1", 2, 60, "#2 UDP len=5 copy of #1"),
        ("a:sendto:hello u1", 2, 17, "#2 UDP len=5 =#1"),
        ("a:sendto:hello u1", 2, 12, "#2 UDP =#1"),
        (f"a:sendto:hello:{GROUP}", 1, 60, f"#1 UDP len=5 → {GROUP}"),
        (f"a:sendto:hello:{GROUP}", 1, 20, "#1 UDP len=5"),
        ("a:sendto:hello s", 2, 60, "#2 ICMP port unreachable"),
        ("a:sendto:hello s", 2, 20, "#2 ICMP"),
    ],
)
def test_a_label_says_as_much_as_there_is_room_for(moves: str, number: int, room: int, expected: str) -> None:
    assert label(moves, number, room) == expected


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_datagram_is_drawn_on_the_ladder_and_no_state_beside_it(width: int) -> None:
    history = played("b:bind a:sendto:hello s")
    lines = [plain_text(line) for line in drawn(history, width).lines]
    assert len(lines) == 2
    assert "── #1 UDP len=5 ──" in lines[0]
    assert lines[1].endswith("▶┊")
    assert not any("CLOSED" in line for line in lines)


def test_the_states_of_a_connection_stand_beside_its_segments_as_before() -> None:
    history = played("b:listen a:connect a:sendto:x s5")
    (first, *_) = drawn(history, 110).lines
    assert "SYN-SENT" in plain_text(first)


def test_the_header_of_a_datagram_has_eight_octets() -> None:
    """The checksum by hand: pseudo-header 0a00+0001+0a00+0002+0011+000b = 141f; c000+0050+000b = c05b;
    data 6162+6300 = c462; together 198dc; folded 98dd; its complement is 6722."""
    assert header(transmission(played("a:sendto:abc").world, 1)) == [
        " 0                     16                 31",
        "┌─────────────────────┬─────────────────────┐",
        "│ source port 49152   │ destination port 80 │  c0 00 00 50",
        "├─────────────────────┼─────────────────────┤",
        "│ length 11           │ checksum 0x6722     │  00 0b 67 22",
        "└─────────────────────┴─────────────────────┘",
        " data 3 octets 'abc'",
        " on arrival    in 50 ms",
        " 0008  61 62 63",
    ]


def test_header_and_data_differ_in_style_among_the_octets() -> None:
    one = alone(transmission(played("a:sendto:abc").world, 1))
    (line,) = (
        line for line in inspector_of("header").lines(one, 50, 20) if plain_text(line).startswith(" 0000")
    )
    assert [(text.strip(), style) for text, style in line if text.strip()] == [
        ("0000", "dim"), ("c0 00 00 50 00 0b 67 22", "plain"),
    ]  # fmt: skip
    below = plain_text(inspector_of("header").lines(one, 50, 20)[-1])
    assert below == " 0008  61 62 63"


@pytest.mark.parametrize(
    ("toml", "kind", "code", "about"),
    [
        ("", 3, 3, "UDP 10.0.0.1:49152 → 10.0.0.2:80"),
        (V6, 1, 4, "UDP [2001:db8::1]:49152 → [2001:db8::2]:80"),
    ],
)
def test_the_header_of_an_icmp_message_names_the_datagram(
    toml: str, kind: int, code: int, about: str
) -> None:
    lines = header(transmission(played("a:sendto:abc s", toml).world, 2))
    assert f"│ type {kind} " in lines[2]
    assert f"│ code {code} " in lines[2]
    assert lines[2].split("│")[-1].startswith(f"  0{kind} 0{code} ")
    assert lines[6] == f" about {about}"


def test_where_there_is_little_room_the_ports_are_told() -> None:
    lines = header(transmission(played("a:sendto:abc s").world, 2), 38)
    assert " about UDP 49152 → 80" in lines


def test_a_pane_shows_sockets_and_under_each_what_it_received_in_that_order() -> None:
    history = played(f"b:bind b:bind:{GROUP} a:sendto:one a:sendto:two a:sendto:three:{GROUP} d1+1ms s3")
    lines = pane(history)
    assert lines[0] == " UDP UNCONN"
    assert lines[1] == " app   bind()"
    own, group = lines.index(" 10.0.0.2:80"), lines.index(f" {GROUP}")
    assert lines[own + 1] == "▸ 'two' 'one'"
    assert lines[group + 1] == "  'three'"


def test_a_pane_has_no_timer_and_no_number_to_show() -> None:
    lines = pane(played("b:bind a:sendto:x s"))
    words = {word for line in lines for word in line.split()}
    assert not words & {"RTX", "needs", "else", "UNA", "NXT", "WND", "send", "receive"}


def test_a_new_socket_is_marked() -> None:
    lines = pane(played("b:bind"))
    assert lines[0] == "▸UDP UNCONN"
    assert "▸10.0.0.2:80" in lines
    assert "▸told  waiting" in lines


def test_a_pane_with_a_connection_shows_that() -> None:
    assert pane(played("b:bind b:listen"))[0].split() == ["▸LISTEN", "since", "0.000"]


def test_what_was_received_cannot_draw_on_the_screen() -> None:
    assert any("'\\x1b[2J\\n'" in line for line in pane(played("b:bind a:sendto:%1B[2J%0A s")))


@pytest.mark.parametrize("width", [18, 28])
def test_more_than_a_pane_can_hold_is_cut(width: int) -> None:
    moves = "".join(f" b:bind:10.0.0.2:{port}" for port in range(1, 30)) + " a:sendto:" + "x" * 200 + " s"
    pane(played(f"b:bind{moves}"), width=width, height=18)


@pytest.mark.parametrize(
    ("moves", "opening", "rest"),
    [
        (
            "b:bind",
            "B calls bind(). A UDP socket at port 80, for datagrams from anybody.",
            "RFC 768 User Interface",
        ),
        ("b:bind b:bind", "B calls bind(). BIND: error: address already in use.", ""),
        (
            "a:sendto:abc",
            "A calls sendto(): #1 UDP. 3 octets at once behind a header of 8:",
            "RFC 768 Introduction",
        ),
        (
            "b:bind a:sendto:abc s",
            "#1 UDP reaches B. 3 octets for port 80: delivered",
            "RFC 768 Introduction",
        ),
        (
            "a:sendto:abc s",
            "#1 UDP reaches B. No socket is bound to port 80: ICMP says so.",
            "RFC 1122 4.1.3.1",
        ),
        (
            "a:sendto:abc s2",
            "#2 ICMP reaches A. Port 80 is unreachable, and",
            "RFC 1122 4.1.3.3",
        ),
        ("a:sendto:abc s a:reboot s", "#2 ICMP reaches A. The socket at port 49152", "RFC 1122 4.1.3.3"),
        ("a:sendto:abc l1", "The wire loses #1 UDP. Neither end is told.", ""),
        (f"a:sendto:abc:{GROUP} s", "#1 UDP reaches B. Nobody here is in the group:", "RFC 1112 7.2"),
        (
            f"b:bind:{GROUP} a:sendto:abc:{GROUP} s",
            "#1 UDP reaches B. Sockets in the group: 1.",
            "RFC 1112 7.1",
        ),
    ],
)
def test_the_sentence_of_why(moves: str, opening: str, rest: str) -> None:
    history = played(moves)
    told = why(history.report, history.world, history.transmissions(), raw=False)
    assert told.text.startswith(opening)
    assert told.source == rest


def test_what_comes_next_is_named() -> None:
    world = played("a:sendto:abc").world
    assert next_text(world, 0) == "next: #1 UDP reaches B in 50 ms"
