"""Runs in which anything may happen: other profiles, faults, untimely calls, a third party's segments."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tcptui import library
from tcptui.core.packet.segment import ACK, FIN, PSH, RST, SYN
from tcptui.core.packet.seq import seq_add
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.moves import NEXT, Delay, Do, Duplicate, Lose, Move, Reorder, Wait
from tcptui.lab.prelude import begin
from tcptui.lab.program import CallName
from tcptui.lab.scenario import Scenario
from tcptui.lab.state import WorldState
from tcptui.lab.third_party import Inject
from tcptui.lab.wire import SIDES, BadMove, Transmission

MOST_MOVES = 40
CALLS: tuple[CallName, ...] = (
    *("send",) * 3, *("connect", "listen") * 2, "close", "abort", "reboot",
)  # fmt: skip
TEXTS = (b"x", b"hello", b"y" * 3_000)


def random_run(seed: int) -> tuple[Scenario, list[Move]]:
    """A scenario of the library with other profiles, and moves that can be made in it; always the same."""
    dice = Random(seed)
    scenario = library.load_named(dice.choice(library.names()))
    # Given numbers for all that may open, so that a run does not depend on the hosts' addresses.
    isns = [tuple(dice.getrandbits(32) for _ in range(MOST_MOVES)) for _ in scenario.hosts]
    a, b = (
        host._replace(profile=_profile(dice), isns=(*host.isns, *more))
        for host, more in zip(scenario.hosts, isns, strict=True)
        if isinstance(host, HostSetup)
    )
    try:
        world = begin(scenario._replace(hosts=(a, b)))[0]
    except BadMove:  # The prelude is not one for these profiles.
        world = begin(scenario)[0]
    start = world.scenario
    moves: list[Move] = []
    for _ in range(MOST_MOVES):
        move = dice.choice(_KINDS)(world, dice)
        try:
            world.apply(move)
        except BadMove:
            continue
        moves.append(move)
    return start, moves


def _profile(dice: Random) -> Profile:
    profile = dice.choice(tuple(PRESETS.values()))
    if dice.random() < 0.3:
        profile = profile._replace(receive_buffer=dice.choice((1, 5, 1_000, 3_000, 100_000)))
    if dice.random() < 0.3:
        profile = profile._replace(window_scale=dice.choice((None, 0, 2, 14)))
    if dice.random() < 0.3:
        profile = profile._replace(sack=True, timestamps=dice.choice((True, False)))
    if dice.random() < 0.3:
        profile = profile._replace(delayed_ack=dice.choice((0, 40_000)), nagle=False)
    return profile


def _step(_world: WorldState, _dice: Random) -> Move:
    return NEXT


def _fault(world: WorldState, dice: Random) -> Move:
    number = _any((*world.wire.transmissions, *world.wire.past), dice)
    return dice.choice(
        (
            Lose(number),
            Delay(number, dice.choice((500, 20_000, 100_000, 1_500_000))),
            Duplicate(number, dice.choice((0, 500, 10_000, 200_000))),
            Reorder(number),
        )
    )


def _call(_world: WorldState, dice: Random) -> Move:
    side = dice.choice(SIDES)
    call = dice.choice(CALLS)
    return Do(side, call, dice.choice(TEXTS) if call == "send" else b"")


def _third_party(world: WorldState, dice: Random) -> Move:
    side = dice.choice(SIDES)
    tcb = world.host(side).tcb
    seq, ack = (1_000, 1_000) if tcb is None else (tcb.rcv_nxt, tcb.snd_nxt)
    return Inject(
        side,
        dice.choice((ACK, ACK | PSH, SYN, SYN | ACK, FIN | ACK, RST)),
        seq_add(seq, dice.choice((0, 0, 1, -1, 7))),
        seq_add(ack, dice.choice((0, 0, 1, -1, 5))),
        dice.choice((0, 100, 65_535)),
        dice.choice((b"", b"", b"z", b"evil")),
    )


def _wait(_world: WorldState, dice: Random) -> Move:
    return Wait(dice.choice((10, 1_000, 30_000)))


def _any(transmissions: tuple[Transmission, ...], dice: Random) -> int:
    return dice.choice(transmissions).number if transmissions else 1


_KINDS: tuple[Callable[[WorldState, Random], Move], ...] = (
    *(_step,) * 10,
    *(_fault,) * 4,
    *(_call,) * 3,
    _third_party,
    _wait,
)
