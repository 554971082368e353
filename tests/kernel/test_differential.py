"""Random scripts beside the running kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import pairwise

import pytest

from tcptui.core.packet.segment import ACK, PSH, SYN
from tcptui.core.profile.presets import LINUX
from tests.kernel.differential.comparison import Difference
from tests.kernel.differential.generator import script
from tests.kernel.differential.kernel_player import KernelPlayer
from tests.kernel.differential.laboratory import Outcome, settled, told
from tests.kernel.differential.not_modelled import NOT_MODELLED, name_of
from tests.kernel.differential.script import Do, Place, Put, Role, Script
from tests.kernel.differential.shrinking import shrink
from tests.kernel.namespace import Unavailable
from tests.skips import unavailable

SEEDS = 300
MOST_TIMES, MOST_LATE = 20, 50_000
"""How often a script is played until it is in time, and how many microseconds late a step of it may be: a
fourth of the least time after which the kernel sends again."""
SLOW_ACKS = LINUX._replace(delayed_ack=150_000, quickack=0)
SYN_STEP = Put(5_000, SYN, Place("irs"), mss=1460)
ACK_STEP = Put(5_000, ACK)
DATA = Put(20_000, ACK | PSH, length=100)


@pytest.fixture(scope="module")
def player() -> Iterator[KernelPlayer]:
    try:
        made = KernelPlayer()
    except (Unavailable, OSError) as reason:
        unavailable(f"no network namespace with a TUN device: {reason}")
    with closing(made):
        yield made


def test_what_differs_is_found_and_made_small(player: KernelPlayer) -> None:
    """A core that acknowledges later than the kernel: of eight steps, three are needed to see it."""
    steps = (SYN_STEP, ACK_STEP, Do(5_000, "accept"), ACK_STEP, DATA, Do(100_000, "read", 100), ACK_STEP)
    long = Script(Role.SERVER, steps, 300_000)

    def differences(scripts: Sequence[Script]) -> list[Difference | None]:
        return [outcome.difference for outcome in settled(player, scripts, profile=SLOW_ACKS)]

    (difference,) = differences([long])
    assert difference is not None
    small, still = shrink(long, difference, differences)
    assert still.kind == difference.kind
    assert [type(step) for step in small.steps] == [Put, Put, Put]


def test_a_seed_has_one_script() -> None:
    assert script(7) == script(7) != script(8)


def test_three_hundred_random_scripts(player: KernelPlayer) -> None:
    """All but two of a hundred are the same, but for what is left out by name; `python -m tests.bench kernel`
    tells of all others, with the smallest script of each kind."""
    outcomes = settled(player, [script(seed) for seed in range(SEEDS)])
    counted = [outcome for outcome in outcomes if outcome.left_out is None]
    differ = [outcome for outcome in counted if outcome.difference is not None]
    assert len(counted) > SEEDS * 0.95
    assert len(differ) < len(counted) * 0.02, "\n\n".join(map(told, differ))


def test_what_is_not_modelled_has_names_of_its_own() -> None:
    names = [one.name for one in NOT_MODELLED]
    assert len({*names}) == len(names)


WRITE = Do(5_000, "write", 2_000)
SACK_OFFER = SYN_STEP._replace(sack_permitted=True)
TIMED_OUT = ACK_STEP._replace(gap=400_000)
"""An ACK between the first timeout and the second: a loss probe after two round trips, and a RTO of one and
200 ms from that on, are over by then for a round trip that the machine makes of 5 ms up to 65."""
REPORT = ACK_STEP._replace(ack=Place("una"), sack=((Place("all", -540), Place("all")),))


def played_in_time(player: KernelPlayer, script: Script) -> Outcome:
    """Played until no step comes much later than it should: what the kernel's timers do meanwhile, on a busy
    machine, may bear another name."""
    for _ in range(MOST_TIMES):
        (outcome,) = settled(player, [script], times=0)
        gaps = [after - before for before, after in pairwise(outcome.kernel.begun)]
        late = [gap - step.gap for gap, step in zip(gaps, script.steps[1:], strict=True)]
        if not outcome.kernel.spoiled and max(late) < MOST_LATE:
            break
    return outcome


@pytest.mark.parametrize(
    ("name", "offer", "steps"),
    [
        ("buffers of the write queue", SYN_STEP._replace(window=1_000), (WRITE, WRITE, ACK_STEP)),
        ("RACK", SACK_OFFER, (WRITE, REPORT)),
        ("F-RTO", SACK_OFFER, (WRITE._replace(argument=5_000), TIMED_OUT)),
        ("F-RTO", SYN_STEP, (WRITE, WRITE, TIMED_OUT._replace(ack=Place("all", -1)))),
        (None, SYN_STEP, (WRITE, WRITE, ACK_STEP)),
        (None, SACK_OFFER, (WRITE, ACK_STEP)),
    ],
)
def test_the_name_of_what_is_not_modelled(
    player: KernelPlayer, name: str | None, offer: Put, steps: tuple[Put | Do, ...]
) -> None:
    """Asked of the script and of what the kernel did, whether the core differs or not."""
    window = ACK_STEP._replace(window=offer.window)
    script = Script(Role.SERVER, (offer, window, Do(5_000, "accept"), *steps), 60_000)
    outcome = played_in_time(player, script)
    assert name_of(script, outcome.kernel) == name, told(outcome)


def test_a_handshake_is_the_same(player: KernelPlayer) -> None:
    (outcome,) = settled(player, [Script(Role.SERVER, (SYN_STEP, ACK_STEP), 60_000)])
    assert outcome.difference is None, told(outcome)
