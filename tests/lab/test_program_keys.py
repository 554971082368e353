"""Programs in copies and keys: two positions are equal if their futures are."""

from __future__ import annotations

import pytest

from tcptui.explain.catalogue import text as text_of
from tcptui.lab.history import History
from tcptui.lab.moves_text import moves_text, parse_moves
from tcptui.lab.state import WorldState
from tcptui.lab.wire import SIDES, BadMove
from tests.fields import shared
from tests.lab.search import alike, explore
from tests.lab.told import results_of, run_of
from tests.lab.worlds import everything, history_of, scenario, to_the_end, world

SERVER = '"s = socket()", "bind(s)", "listen(s, 5)"'
ECHO = f"""
A.isn = [1000, 3000]
B.isn = [5000, 7000]
A.program = ["s = socket()", "connect(s)", {{ call = "send(s, 'x')", times = 2, every = "10ms" }}, "close(s)"]
B.program = [{SERVER}, {{ loop = ["c = accept(s)", "d = recv(c, 9)", "send(c, d)", "close(c)"] }}]
"""
FORKS = f"""
A.isn = [1000, 3000]
B.isn = [5000, 7000]
A.program = ["s = socket()", "connect(s)", "send(s, 'x')", "recv(s, 9)"]
B.program = [{SERVER}, {{ loop = ["c = accept(s)", {{ fork = ["recv(c, 9)", "send(c, 'y')", "exit()"] }},
    "close(c)"] }}]
"""
PATTERNS = f"""
A.isn = [1000, 3000]
B.isn = [5000, 7000]
A.program = ["s = socket()", "connect(s)", {{ call = "send(s, 'x')", when = "B SYN,ACK 2 arrives" }}]
B.program = [{SERVER}, {{ call = "c = accept(s)", when = "waiting" }},
    {{ call = "recv(c, 9)", when = "readable c" }}]
"""


@pytest.mark.parametrize("toml", [ECHO, FORKS, PATTERNS], ids=["echo", "forks", "patterns"])
def test_states_with_equal_keys_have_the_same_future(toml: str) -> None:
    met: list[int] = []

    def same(one: WorldState, other: WorldState) -> None:
        met.append(1)
        alike(one, other)

    assert explore(scenario(toml), 17, 1, same) > 70
    assert met


def test_a_loop_to_come_may_open_more_connections_than_there_are_numbers_for() -> None:
    """From the second on their initial sequence numbers come from the clock."""
    calls = '"s = socket()", "connect(s)", "close(s)"'

    def key(*steps: str, moves: str) -> object:
        waits = '{ call = "t = socket()", when = "B enters LISTEN" }'
        return world(f"A.isn = [7]\nA.program = [{', '.join((waits, *steps))}]\n", moves).key()

    for loop in (
        f'{{ loop = [{calls}], every = "1s" }}',
        f'{{ fork = [{{ loop = [{calls}], every = "1s" }}] }}',
    ):
        assert key(loop, moves="w10ms") != key(loop, moves="w20ms")
    assert key(calls, moves="w10ms") == key(calls, moves="w20ms"), "one number is enough"


@pytest.mark.parametrize("toml", [ECHO, FORKS, PATTERNS], ids=["echo", "forks", "patterns"])
def test_a_copy_goes_on_by_itself_from_every_position(toml: str) -> None:
    history = History(scenario(toml))
    for _ in range(40):
        if history.world.next_event() is None:
            break
        copy, before = history.world.copy(), everything(history.world)
        assert copy == history.world
        for _ in range(6):
            copy.step()
        assert everything(history.world) == before
        history.apply()


@pytest.mark.parametrize(
    ("isn", "call", "counts"),
    [
        ("", "connect(s)", True),
        ("A.isn = 1\n", "connect(s)", False),
        ("A.isn = 1\n", "listen(s, 1)", True),
        ("", "bind(s)", False),
    ],
)
def test_the_clock_counts_where_a_program_still_to_be_forked_opens_a_connection(
    isn: str, call: str, counts: bool
) -> None:
    """Its initial sequence number comes from the clock (RFC 6528), unless it is given."""
    toml = f'{isn}A.program = [{{ fork = ["s = socket()", "{call}"], when = "B enters LISTEN" }}]\n'
    assert (world(toml, "w1s") == world(toml)) is not counts


def test_how_often_a_loop_is_still_gone_through_counts_and_how_often_it_was_does_not() -> None:
    def at(times: str, moves: str) -> WorldState:
        loop = f'{{ call = "s = socket()"{times}, every = "10ms" }}, {{ call = "close(s)" }}'
        return world(
            f"A.program = [{{ loop = [{loop}] }}]".replace("{ loop = [", "").replace("] }]", "]"), moves
        )

    assert at(", times = 3", "s") != at(", times = 3", "s2")
    assert at(", times = 9", "s") != at(", times = 3", "s")


def test_an_endless_loop_comes_back_to_the_state_in_which_it_began() -> None:
    toml = 'A.program = [{ loop = ["s = socket()", { call = "close(s)", after = "5ms" }], every = "10ms" }]'
    assert world(toml, "s2") == world(toml, "s4") == world(toml, "s20")
    assert world(toml, "s2") != world(toml, "s3")


def test_what_a_variable_stands_for_counts_while_a_call_to_come_reads_it() -> None:
    toml = 'A.program = ["s = socket()", "t = socket()", {{ call = "close({})", at = "1s" }}]'
    one, other = world(toml.format("s"), "s2"), world(toml.format("s"), "s2")
    assert one == other
    first, *more = other.host("A").programs
    other.host("A").programs = (first.with_variable("t", 9), *more)
    assert one == other, "nobody reads t any more"
    other.host("A").programs = (first.with_variable("s", 9), *more)
    assert one != other


# The keyboard.

TYPED = (
    "b:s=socket() b:bind(s) b:listen(s,2) b:c=accept(s) a:s=socket() a:connect(s) s3 "
    "a:send(s,'hello%20world',MSG_OOB) s b:d=recv(c,5) b:send(c,'got%20'+d) b:close(c)"
)


def test_who_sits_at_the_keyboard_calls_sockets_as_a_program_does() -> None:
    assert moves_text(parse_moves(TYPED)) == TYPED
    assert results_of(run_of("", TYPED))[-4:] == [
        "send(s, 'hello world', MSG_OOB) = 11", "recv(c, 'hello', 5) = 5", "send(c, 'got hello') = 9",
        "close(c) = 0",
    ]  # fmt: skip
    history = history_of(scenario(), TYPED)
    assert history.text() == TYPED


def test_a_move_to_a_socket_that_is_none_is_told_and_changes_nothing() -> None:
    for move, why in (
        ("a:send(q,'x')", "q stands for nothing yet"),
        ("a:kill(web)", "no program 'web'"),
    ):
        made = world("")
        before = everything(made)
        with pytest.raises(BadMove) as raised:
            made.apply(parse_moves(move)[0])
        assert why in text_of(raised.value.message)
        assert everything(made) == before
    for text in ("a:foo(s)", "a:send(s)", "a:send(s,'x", "a:setsockopt(s,SO_FOO,1)", "a:s=close(s)"):
        with pytest.raises(BadMove):
            parse_moves(text)


def test_names_at_the_keyboard_are_those_of_the_first_program_and_the_preludes_too() -> None:
    talk = f'A.program = ["s = socket()", "connect(s)"]\nB.program = [{SERVER}, "c = accept(s)"]'
    assert results_of(run_of(talk, "s9 b:send(c,'typed')"), "B")[-1] == "send(c, 'typed') = 5"
    before = """
    prelude = "b:s=socket() b:bind(s) b:listen(s,2) b:c=accept(s) a:s=socket() a:connect(s) s3"
    A.program = ["send(s, 'x')", "close(s)"]
    B.program = ["recv(c, 9)", "recv(c, 9)"]
    """
    assert results_of(run_of(before), "B") == ["recv(c, 'x', 9) = 1", "recv(c, '', 9) = 0"]


def test_a_typed_call_that_blocks_is_part_of_the_state_until_it_returns() -> None:
    moves = "b:s=socket() b:bind(s) b:listen(s,2) b:c=accept(s)"
    waits, other = world("", moves), world("", moves.replace("c=", "e="))
    assert waits != other
    copy = waits.copy()
    assert copy == waits
    for _ in to_the_end(copy):
        pass
    assert copy.host("B").typed


def test_a_reboot_ends_programs_that_have_begun() -> None:
    run = run_of(
        f"""
        A.program = ["s = socket()", "connect(s)", "recv(s, 9)"]
        B.programs.web = [{SERVER}, "c = accept(s)", {{ call = "send(c, 'x')", at = "3s" }}]
        B.programs.init = [{{ call = "reboot", at = "1s" }}, {{ call = "t = socket()", at = "2s" }}]
        """
    )
    assert results_of(run, "B")[-1] == "socket() = 3"
    assert run.waiting == ()


def test_a_program_that_goes_on_after_its_reboot_has_descriptors_of_nothing() -> None:
    run = run_of('A.program = ["s = socket()", "reboot", "close(s)", "s = socket()", "close(s)"]')
    assert results_of(run, "A") == ["socket() = 3", "close(s) = -1 EBADF", "socket() = 3", "close(s) = 0"]


def test_a_name_that_somebody_has_given_another_meaning_is_a_bad_descriptor() -> None:
    talk = f"""
    A.program = ["s = socket()", "connect(s)", "send(s, 'x')"]
    B.program = [{SERVER}, "c = accept(s)", {{ call = "close(c)", at = "1s" }}]
    """
    typed = "b:c=recv(c,9)"
    run = run_of(talk, f"s11 {typed}")
    assert results_of(run, "B")[-2:] == ["recv(c, 'x', 9) = 1", "close(c) = -1 EBADF"]


def test_blanks_of_a_typed_call_may_be_percent_encoded() -> None:
    (move,) = parse_moves("a:s%20=%20socket()")
    assert [move] == parse_moves("a:s=socket()")
    assert moves_text([move]) == "a:s=socket()"


ALL = f"""
{FORKS}
third_party = [{{ at = "80ms", segment = "x>b:ACK,PSH:seq=+1:ack=+1:data=z", times = 3, every = "30ms" }}]
[wire]
faults = ["duplicate A SYN", "lose B DATA 1"]
box = [{{ kind = "router", hops = 2 }}, {{ kind = "nat", idle = "100ms" }},
    {{ kind = "firewall", refuse = "A FIN", with = "icmp" }}]
"""


def test_a_history_comes_back_to_every_state_with_blocked_calls_forks_boxes_and_third_parties() -> None:
    history = History(scenario(ALL))
    states = [history.world.copy()]
    for _ in range(40):
        if history.world.next_event() is None:
            break
        history.apply()
        states.append(history.world.copy())
    assert len(states) > 20
    assert any(state.host("B").sockets.table.blocked for state in states)
    for position in (*range(len(states)), *range(len(states) - 1, -1, -3)):
        history.go_to(position)
        assert everything(history.world) == everything(states[position]), position
    copy = states[10].copy()
    for side in SIDES:
        copy._to_change(side)
    assert shared(states[10], copy) == []
