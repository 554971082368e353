"""Numbers of a run in the texts of its story."""

from __future__ import annotations

import pytest

from tcptui.core.message import MessageError
from tcptui.explain.filled import UNKNOWN, answer_text, filled, unknown
from tcptui.lab.history import History
from tcptui.lab.loader import load_scenario
from tcptui.lab.run_numbers import parse_text

STORY = """
title = "t"
question = "q"
answer = "{answer}"
[wire]
faults = "l1"
[A]
isn = 1000
set = {{ msl = "30s" }}
script = [{{ call = "connect", at = "100ms" }}, {{ call = "send", when = "established", text = "hello" }}]
[B]
isn = 5000
script = [{{ call = "listen" }}]
[[say]]
when = "A enters ESTABLISHED"
text = "{said}"
"""


def story(answer: str, said: str = "-") -> History:
    return History(load_scenario(STORY.format(answer=answer, said=said), "t", "t.toml"))


def at_the_end(text: str) -> str:
    return answer_text(story(text).scenario)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{A SYN count} SYNs", "2 SYNs"),
        ("{A SYN 1 .. A SYN 2}", "1 s"),  # RFC 6298: the first RTO.
        ("{A SYN 1 at} {A SYN 2 at}", "100 ms 1.1 s"),
        ("{A SYN 2 .. A enters ESTABLISHED}", "100 ms"),  # A round trip.
        ("{#1 seq} {B SYN,ACK ack}", "0 1"),
        ("{A DATA len}", "5"),
        ("{A sets RETRANSMISSION for}", "1 s"),
        ("{A.msl} {2 * A.msl}", "30 s 60 s"),
        ("{B unread} {A unacknowledged}", "0 0"),  # The program has read it.
        ("{B SYN,ACK ack - A SYN seq}", "1"),
        ("{A DATA len - A SYN count}", "3"),
        ("{{as it is}}", "{as it is}"),
        ("{A RST seq}", UNKNOWN),
        ("{A RST count}", "0"),
    ],
)
def test_a_number_is_that_of_the_run(text: str, told: str) -> None:
    assert at_the_end(text) == told


def test_a_number_is_that_of_its_moment() -> None:
    """At the end A has sent five octets more, which B has acknowledged."""
    history = story(
        "{A unacknowledged}", "{A unacknowledged} {A DATA count} {A SYN 1 ..} {A enters SYN-SENT ..}"
    )
    while history.world.next_event() is not None and not (history.narration and history.narration.now):
        history.apply()
    assert history.narration is not None
    said = filled(history.narration.now[0].text, history.narration, history.world)
    # ESTABLISHED, the data goes in the next step: 100 ms after the second SYN, which left after 1 s.
    assert said == "0 0 1.1 s 1.1 s"


def test_going_back_forgets_what_was_seen() -> None:
    history = story("{A SYN count}")
    for _ in range(4):
        history.apply()
    assert filled("{A SYN count}", history.narration, history.world) == "2"
    history.go_to(2)  # listen, connect
    assert filled("{A SYN count}", history.narration, history.world) == "1"


def test_what_is_not_known_at_its_moment_is_noticed() -> None:
    history = story("{B RST seq}", "{A DATA len}")
    assert unknown("{B RST seq}", history.narration, history.world)
    assert not unknown("{A.msl} and no more", history.narration, history.world)


@pytest.mark.parametrize("text", ["{", "}", "a {A SYN", "{}", "{A}", "{A.no_such_knob}", "{A SYN}",
    "{A.name}", "{A enters NOWHERE at}", "{.. A SYN}", "{A SYN ..  nothing}", "{0 * A.msl}", "{A SYN seq - }",
])  # fmt: skip
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(MessageError):
        parse_text(text)
