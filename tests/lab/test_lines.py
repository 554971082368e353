"""Another history is brought to where a history is, by the line of its moves and its position."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.moves import NEXT, Line, Lose, Wait
from tcptui.lab.moves_text import line_text, parse_line, parse_moves
from tcptui.lab.wire import BadMove
from tests.lab.test_history import LONG
from tests.messages import refused

ACTS = st.one_of(
    st.tuples(st.just("apply"), st.sampled_from([NEXT, NEXT, NEXT, Wait(1_000), Lose(1), Lose(2)])),
    st.tuples(st.just("go to"), st.floats(0, 1)),
    st.tuples(st.just("branch"), st.integers(0, 5)),
)


def act(history: History, verb: str, argument: object) -> None:
    if verb == "apply":
        try:
            history.apply(argument)  # type: ignore[arg-type]
        except BadMove:
            return
    elif verb == "go to":
        history.go_to(round(argument * history.length))  # type: ignore[operator]
    else:
        history.switch(argument)  # type: ignore[arg-type]


@given(st.lists(ACTS, max_size=30), st.lists(ACTS, max_size=5), st.sampled_from([1, 3]))
def test_it_comes_to_the_same_state_after_whatever_was_done_in_either(
    acts: list[tuple[str, object]], own: list[tuple[str, object]], every: int
) -> None:
    one, other = (History(library.find("life")) for _ in range(2))
    for count, (verb, argument) in enumerate(acts):
        act(one, verb, argument)
        if count % every:
            continue
        line = parse_line(line_text(one.line))
        for _ in other.walk_on(line, one.position):
            pass
        assert other.world.key() == one.world.key()
        assert other.is_on(line, one.position)
    for verb, argument in own:
        act(other, verb, argument)
    for _ in other.walk_on(one.line, one.position):
        pass
    assert other.is_on(one.line, one.position)
    assert other.world.key() == one.world.key()


def test_a_step_takes_one_move_and_none_is_made_twice() -> None:
    one, other = History(LONG), History(LONG)
    for _ in range(3 * INTERVAL):
        one.apply()
        assert len(list(other.walk_on(one.line, one.position))) == 1
    assert (other.length, other.branches) == (one.length, 1)
    assert list(other.walk_on(one.line, one.position)) == []
    one.back()
    assert len(list(other.walk_on(one.line, one.position))) <= INTERVAL
    assert (other.position, other.length, other.branches) == (one.position, one.length, 1)
    one.forward()
    assert len(list(other.walk_on(one.line, one.position))) == 1


def test_a_long_way_on_what_is_known_is_replayed_from_the_last_checkpoint() -> None:
    one = History(LONG)
    for _ in range(3 * INTERVAL):
        one.apply()
    line = Line({}, one.length)
    one.go_to(0)
    assert len(list(one.walk_on(line, line.length))) <= INTERVAL


def test_a_line_stays_what_it_is_when_more_moves_are_made() -> None:
    history = History(library.find("life"))
    for move in parse_moves("s5 w1ms"):
        history.apply(move)
    line = history.line
    history.apply(Wait(2_000))
    assert line == Line({5: Wait(1_000)}, 6)
    assert history.line == Line({5: Wait(1_000), 6: Wait(2_000)}, 7)


def test_it_is_not_on_a_line_elsewhere_or_with_another_move() -> None:
    history = History(library.find("life"))
    for _ in range(4):
        history.apply()
    assert history.is_on(Line({}, 4), 4)
    assert history.is_on(Line({4: Lose(1)}, 9), 4)
    assert not history.is_on(Line({}, 4), 3)
    assert not history.is_on(Line({3: Lose(1)}, 4), 4)
    assert not history.is_on(Line({}, 3), 4)


def test_a_move_that_can_not_be_made_is_an_error_and_leaves_what_was_made() -> None:
    history = History(library.find("life"))
    with refused(BadMove):
        list(history.walk_on(Line({2: Lose(99)}, 5), 5))
    assert history.position == 2
