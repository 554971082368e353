"""Questions before a step: what is right is what the run does, and the choices are fair."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tcptui import library
from tcptui.core.events import TimerKind
from tcptui.core.profile.presets import PRESETS
from tcptui.explain.catalogue import say, text
from tcptui.explain.predict import Question, question_of
from tcptui.explain.predict_choices import MOST
from tcptui.lab.facts import Fact
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.prelude import begin
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.variant import variant
from tests.lab.worlds import scenario

MOST_STEPS = 150
PLAYED = (
    "delays", "prelude", "prelude_length", "faults", "fault_rules", "injections", "boxes", "until",
    "raw_numbers",
)  # fmt: skip
"""What a run depends on, with the hosts; all else of a scenario is words."""
SOCKETS = """
A.profile = "linux"
B.profile = "linux"
A.program = ["s = socket()", "connect(s)", "send(s, 'hello')", "close(s)"]
B.program = ["s = socket()", "bind(s, 80)", "listen(s, 1)", "c = accept(s)", "recv(c, 9)",
             "recv(c, 9)", "close(c)"]
"""


def told(scenario: Scenario) -> Iterator[Scenario]:
    """A story in all its variants, and over each preset; of those that are played alike the first."""
    seen = []
    for name in ("", *(one.name for one in scenario.variants)):
        told_so = scenario_of_variant(scenario, name)
        for one in (told_so, *(variant(told_so, preset, []) for preset in PRESETS.values())):
            played = (*one.hosts, *(getattr(one, name) for name in PLAYED))
            if played not in seen:
                seen.append(played)
                yield one


def asked(world: WorldState) -> Iterator[tuple[Question, list[Fact], tuple[str, str]]]:
    """Each question of a run, with the facts of the step that it is about and the states after it."""
    for _ in range(MOST_STEPS):
        before = world.key()
        question = question_of(world)
        assert world.key() == before, "asking changes nothing"
        report = world.step()
        if report is None:
            assert question is None
            return
        if question is not None:
            a, b = world.states
            yield question, list(world.facts_of(report)), (a.value, b.value)


def is_so(question: Question, choice: str, facts: list[Fact], states: tuple[str, str]) -> bool:
    """Whether a choice is true of a step, judged by its facts."""
    side = re.search(r"\b([AB])('s)?\b", text(question.words).rsplit(". ", 1)[-1])
    leaving = [fact for fact in facts if fact.verb == "leaves" and not dict(fact.fields).get("copy")]
    match question.kind:
        case "state":
            entered = {fact.name for fact in facts if fact.verb == "enters"}
            if choice.startswith("still "):
                return not entered and choice.removeprefix("still ") in states
            return choice in entered
        case "flags":
            assert side is not None
            mine = [fact for fact in leaving if fact.who == side[1]]
            if choice == "nothing":
                return not mine
            bits, _, data = choice.partition(" with ")
            return bool(mine) and all(
                fact.name == bits and ("len" in dict(fact.fields)) == bool(data) for fact in mine
            )
        case "ack" | "seq":
            number = int(re.findall(r"#(\d+)", text(question.words))[-1])
            return any(
                fact.number == number and dict(fact.fields).get(question.kind) == choice for fact in leaving
            )
        case "timer":
            fired = next(fact for fact in facts if fact.verb == "fires")
            return choice == f"{fired.who}'s {say(TimerKind[fired.name].words)}"
    return returned(question, choice, facts)


def returned(question: Question, choice: str, facts: list[Fact]) -> bool:
    done = [fact for fact in facts if fact.verb == "returns"]
    if choice.startswith("error: ") or choice == "ok":
        return any(dict(fact.fields)["value"] == choice for fact in done)
    call = re.findall(r"(\w+)\(", text(question.words))[-1]
    mine = [dict(fact.fields) for fact in done if fact.name == call]
    if choice.startswith("nothing yet"):
        return not mine
    value, errno = mine[-1].get("value", "") if mine else "", mine[-1].get("errno", "") if mine else ""
    if choice.startswith("an error: "):
        return errno == choice.removeprefix("an error: ")
    if choice.startswith("0: "):
        return value == "0"
    return bool(mine) and not errno and int(value) > 0


@pytest.mark.parametrize("name", library.names())
def test_one_choice_is_right_and_it_is_what_the_run_does(name: str) -> None:
    for story in told(library.find(name)):
        for question, facts, states in asked(begin(story)[0]):
            texts = [text(one, raw=story.raw_numbers) for one in question.choices]
            assert 2 <= len(texts) <= MOST
            assert len(set(texts)) == len(texts), texts
            assert len({text(one, raw=True) for one in question.choices}) == len(texts)
            assert not [one for one in texts if re.search(r"-\d", one) and "WAIT" not in one], texts
            right = [is_so(question, one, facts, states) for one in texts]
            assert right == [place == question.right for place in range(len(texts))], (
                story.variant, text(question.words), texts, right, list(map(str, facts)),
            )  # fmt: skip


def test_the_same_question_is_asked_again_and_the_right_answer_has_no_place_of_its_own() -> None:
    places: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    for name in ("handshake", "life", "half-close", "lost-syn-ack", "slow-reader", "restart"):
        run = [one[0] for one in asked(begin(library.find(name))[0])]
        assert run == [one[0] for one in asked(begin(library.find(name))[0])]
        places.update(one.right for one in run)
        kinds.update(one.kind for one in run)
    assert max(places.values()) < sum(places.values()) / 2
    assert set(kinds) >= {"state", "flags", "ack", "return"}


def questions(toml: str) -> list[str]:
    return [
        f"{text(one.words)} {text(one.answer)}" for one, _, _ in asked(begin(scenario(toml))[0])
    ]  # fmt: skip


def test_each_kind_of_step_has_its_questions() -> None:
    found = questions(SOCKETS)
    assert "#1 SYN reaches B. B's connection is in LISTEN. In which state is it then? SYN-RECEIVED" in found
    assert "A answers #7 FIN,ACK with #8 ACK. Which acknowledgment number does it have? 2" in found
    assert "A's program calls close(s). What does A send? FIN,ACK" in found
    later = questions(SOCKETS.replace('"connect(s)"', '"connect(s)", "setsockopt(s, SO_KEEPALIVE, 0)"'))
    told = (
        "#5 FIN,ACK reaches B. B's program waits in recv(c, 9). What does the call return? 0: the end of the"
    )
    assert f"{told} data" in later, "a step later the other question has its turn"
    assert (
        "#7 FIN,ACK reaches A. A's connection is in FIN-WAIT-1. In which state is it then? TIME-WAIT" in later
    )


def test_the_timer_that_fires_is_one_of_those_that_run() -> None:
    found = questions(
        'A.set = { user_timeout = "10s" }\nA.script = [{ call = "connect" }]\n[wire]\nfaults = "l1 l2 l3"\n'
    )
    assert (
        "No segment arrives first, and no program calls. Which timer fires? A's retransmission timer" in found
    )


def test_a_step_that_tells_nothing_has_no_question() -> None:
    run = begin(library.find("handshake"))[0]
    asked_at = [question_of(run) is not None]
    while run.step() is not None:
        asked_at.append(question_of(run) is not None)
    assert asked_at[-1] is False, "there is no step any more"
    assert question_of(begin(library.find("udp"))[0]) is None
