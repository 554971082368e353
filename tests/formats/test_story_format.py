"""A run as the file of a scenario: the file plays the same run."""

from __future__ import annotations

import random
import tomllib

import pytest

from tcptui import library
from tcptui.explain.catalogue import text
from tcptui.formats.registry import export
from tcptui.formats.story import write
from tcptui.formats.unsuitable import Unsuitable
from tcptui.lab.loader import load_scenario, scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.record import Record
from tcptui.lab.run import play
from tcptui.lab.variant import variant
from tcptui.trace.facts import facts_of

EMPTY = load_scenario('title = "t"\nquestion = "q"\n', "t", "t.toml")


def again(run: Record) -> Record:
    return play(load_scenario(str(write(run, "wire")), "again", "again.toml"))


def happened(run: Record) -> list[str]:
    """All but rules, the moments of losses, and the order within an instant."""
    return sorted(f"{fact.at} {fact}" for fact in facts_of(run) if fact.verb not in ("rule", "lost"))


@pytest.mark.parametrize(
    "moves",
    [
        "b:listen a:connect s3",
        "b:listen a:connect l1 s w20ms s2 a:send:hello%20there s2 a:close s b:close",
        "b:listen a:connect u1 d1+70ms s5 a:send:one a:send:two",
        "b:listen:2 a:connect s3 b:accept a:send+urgent:x",
        "b:bind a:sendto:hello s x>b:SYN:seq=90:mss=1460",
        "b:[{call='listen'},{call='close',when='peer closed'}] a:connect s3 a:close",
        "b:['s=socket()','bind(s,80)','listen(s,4)',{loop=['c=accept(s)','close(c)']}] "
        "s4 a:s=socket() a:connect(s)",
        "box:router:hops=2 b:listen a:connect",
        "b:listen a:connect s3 b:unplug a:send:x s2 b:plug",
    ],
)
def test_what_was_done_in_an_empty_lab(moves: str) -> None:
    run = play(EMPTY, parse_moves(moves))
    assert len(facts_of(run)) > 5
    assert happened(again(run)) == happened(run)


def test_the_facts_are_a_draft_that_holds(tmp_path: object) -> None:
    run = play(EMPTY, parse_moves("b:listen a:connect l1"))
    text = str(export(run, "toml"))
    expect = tomllib.loads(text)["expect"]
    assert expect["draft"]
    assert any("A SYN seq=0" in event for event in expect["events"])
    from tcptui.explain.story import failures

    assert failures(load_scenario(text, "t", "t.toml")) == []


@pytest.mark.parametrize("name", library.names())
def test_every_story_is_written_and_plays_the_same(name: str) -> None:
    story = library.load_named(name)
    for one in (story, *(scenario_of_variant(story, other.name) for other in story.variants)):
        run = play(one)
        assert happened(again(run)) == happened(run)


def test_knobs_of_the_command_line_are_in_the_file() -> None:
    story = variant(library.load_named("handshake"), None, ["A.timestamps=true", "msl=5s"])
    text = str(write(play(story, parse_moves("s1")), "wire"))
    made = load_scenario(text, "t", "t.toml")
    assert [host.profile for host in made.hosts] == [host.profile for host in story.hosts]


def test_what_was_said_of_another_run_is_left_out() -> None:
    story = library.load_named("handshake")
    assert load_scenario(str(write(play(story), "wire")), "t", "t.toml").answer == story.answer
    changed = load_scenario(str(write(play(story, parse_moves("s2 d1+10ms")), "wire")), "t", "t.toml")
    assert (changed.answer, changed.say, changed.variants) == ("", (), ())


def test_what_a_file_has_no_words_for_is_refused() -> None:
    with pytest.raises(Unsuitable):
        write(play(EMPTY, parse_moves("b:listen a:connect u1 l2")), "wire")


@pytest.mark.parametrize("seed", range(40))
def test_random_runs_are_the_same_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    kinds = ("s", "s", "s", "a:send:hello", "b:send:x", "a:close", "w1ms", "l{}", "d{}", "u{}", "r{}")
    words = ["b:listen", "a:connect", *dice.choices(kinds, k=dice.randrange(3, 14))]
    made: list[str] = []
    run = play(EMPTY)
    for word in words:
        number = len(run.transmissions)
        text = " ".join([*made, word.format(number)])
        try:
            play(EMPTY, parse_moves(text))
        except Exception:
            continue
        made.append(word.format(number))
    run = play(EMPTY, parse_moves(" ".join(made)))
    try:
        other = again(run)
    except Unsuitable:
        return
    assert happened(other) == happened(run)


def test_a_call_of_the_rfc_beside_a_program_of_sockets_is_named() -> None:
    with pytest.raises(Unsuitable) as refused:
        write(play(library.find("late-syn"), parse_moves("s2 a:send:hello")), "wire")
    assert text(refused.value.message) == (
        "a scenario has no words for the move 'a:send:hello'; --moves plays it"
    )
    assert "unplug" in str(write(play(library.find("late-syn"), parse_moves("s2 a:unplug")), "wire"))
