"""What the two ends agree on in the handshake, as `ss` tells it and as the segments show it.

The room for text is the MSS less the options of every segment (MUST-16).
"""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from tcptui.core.packet.options import TIMESTAMPS_SPACE
from tcptui.core.packet.segment import OPTION_SACK, OPTION_TIMESTAMPS
from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Ecn, Profile
from tcptui.core.rules import Rule
from tcptui.core.tcp.calls import Send
from tests.kernel.adapter import Core, Passage
from tests.kernel.links import KERNEL, Link
from tests.kernel.namespace import Namespace
from tests.kernel.pair import KERNEL_PORT, Pair

TEXT = random.Random(5).randbytes(200_000)

OFFERS = {
    "ts": (LINUX._replace(timestamps=False), "ipv4/tcp_timestamps"),
    "sack": (LINUX._replace(sack=False), "ipv4/tcp_sack"),
    "wscale": (LINUX._replace(window_scale=None), "ipv4/tcp_window_scaling"),
}
"""By `ss`'s word for an option: a core that does not offer it, and what forbids it to the kernel."""

who_opens = pytest.mark.parametrize("kernel_is_client", [True, False], ids=["kernel opens", "core opens"])


def agreed(pair: Pair) -> dict[str, str]:
    """The options of the connection in `ss`'s words; what stands behind the colon by what stands before."""
    lines = pair.namespace.ss(KERNEL_PORT, "-io")
    return dict(word.partition(":")[::2] for word in lines.split())


@who_opens
@pytest.mark.parametrize("kernel_offers", [True, False], ids=["kernel offers", "kernel does not"])
@pytest.mark.parametrize("core_offers", [True, False], ids=["core offers", "core does not"])
@pytest.mark.parametrize("option", OFFERS)
def test_an_option_holds_if_both_offer_it(
    namespace: Namespace,
    link: Link,
    option: str,
    core_offers: bool,
    kernel_offers: bool,
    kernel_is_client: bool,
) -> None:
    without, sysctl = OFFERS[option]
    namespace.sysctl(sysctl, int(kernel_offers))
    with closing(Pair(namespace, Core(link, LINUX if core_offers else without))) as pair:
        pair.established(kernel_is_client)
        both = core_offers and kernel_offers
        words, tcb = agreed(pair), pair.core.tcb(1)
        assert {word: word in words for word in OFFERS} == {word: word != option or both for word in OFFERS}
        assert {"ts": tcb.timestamps, "sack": tcb.sack, "wscale": tcb.scaling}[option] == both
        if "wscale" in words:
            # ss(8): first the shift of what the kernel sends to, then of what it receives.
            assert words["wscale"] == f"{tcb.rcv_shift},{tcb.snd_shift}"
        pair.exchange(b"to the core", b"to the kernel")
        stamped = [OPTION_TIMESTAMPS in dict(p.segment.options) for p in pair.core.wire[3:]]
        assert set(stamped) == {tcb.timestamps}


@pytest.mark.parametrize(
    ("kernel_is_client", "core", "kernel", "holds"),
    [
        (True, "granted", 1, True),
        (True, "granted", 2, False),
        (True, "off", 1, False),
        (False, "asked", 2, True),
        (False, "asked", 0, False),
        (False, "granted", 1, False),
    ],
)
def test_ecn_holds_if_the_client_asks_and_the_server_grants(
    namespace: Namespace, link: Link, kernel_is_client: bool, core: Ecn, kernel: int, holds: bool
) -> None:
    """Of Linux's tcp_ecn, 1 asks and grants, 2 only grants."""
    namespace.sysctl("ipv4/tcp_ecn", kernel)
    with closing(Pair(namespace, Core(link, LINUX._replace(ecn=core)))) as pair:
        pair.established(kernel_is_client)
        assert ("ecn" in agreed(pair)) == pair.core.tcb(1).ecn == holds
        pair.exchange(TEXT[:20_000], TEXT[:20_000])


@who_opens
@pytest.mark.parametrize("timestamps", [True, False], ids=["timestamps", "no timestamps"])
def test_the_kernel_heeds_the_cores_mss(
    namespace: Namespace, link: Link, timestamps: bool, kernel_is_client: bool
) -> None:
    """The option counts fixed headers only: a sender takes its own options off (RFC 6691)."""
    with closing(Pair(namespace, Core(link, LINUX._replace(mss=500, timestamps=timestamps)))) as pair:
        pair.established(kernel_is_client)
        pair.exchange(TEXT[:20_000], b"")
        longest = max(len(p.segment.data) for p in pair.core.wire if not p.from_core)
        assert longest == 500 - (TIMESTAMPS_SPACE if timestamps else 0)


@who_opens
@pytest.mark.parametrize("timestamps", [True, False], ids=["timestamps", "no timestamps"])
def test_the_core_heeds_the_kernels_mss(
    namespace: Namespace, link: Link, timestamps: bool, kernel_is_client: bool
) -> None:
    namespace.run("ip", "route", "change", "10.9.0.0/24", "dev", KERNEL, "advmss", "700")
    with closing(Pair(namespace, Core(link, LINUX._replace(timestamps=timestamps)))) as pair:
        pair.established(kernel_is_client)
        pair.exchange(b"", TEXT[:20_000])
        longest = max(len(p.segment.data) for p in pair.core.wire if p.from_core)
        assert longest == 700 - (TIMESTAMPS_SPACE if timestamps else 0)


@pytest.mark.parametrize("profile", [LINUX._replace(receive_buffer=500_000)], ids=["500,000 octets"])
def test_the_kernel_fills_a_scaled_window(pair: Pair, profile: Profile) -> None:
    """More than 65,535 octets are in the core's buffer while its application reads nothing."""
    pair.established()
    unsent = TEXT

    def all_there() -> bool:
        nonlocal unsent
        unsent = unsent[pair.write(unsent) :]
        return pair.core.tcb(1).receive_buffer == TEXT

    pair.core.until(all_there)


def test_the_core_fills_a_scaled_window(namespace: Namespace, link: Link) -> None:
    """More than 65,535 octets are in the kernel's buffer while its program reads nothing."""
    namespace.sysctl("ipv4/tcp_rmem", "4096 2000000 2000000")
    with closing(Pair(namespace, Core(link))) as pair:
        pair.established()
        pair.core.call(Send(1, TEXT))
        tcb = pair.core.tcb(1)
        pair.core.until(lambda: not tcb.send_buffer and tcb.snd_una == tcb.snd_nxt)
        assert pair.read() == TEXT


class Fifth:
    """Loses the fifth segment with text of one sender, and remembers its number."""

    def __init__(self, from_core: bool) -> None:
        self._from_core = from_core
        self._seen = 0
        self.seq: int | None = None

    def __call__(self, passage: Passage) -> bool:
        if passage.from_core != self._from_core or not passage.segment.data:
            return False
        self._seen += 1
        if self._seen == 5:
            self.seq = passage.segment.seq
        return self._seen == 5


@pytest.mark.parametrize("from_core", [True, False], ids=["the core's", "the kernel's"])
def test_what_sack_shows_to_be_lost_goes_again(pair: Pair, from_core: bool) -> None:
    text = TEXT[:15_000]
    pair.established()
    pair.core.lose = loss = Fifth(from_core)
    pair.exchange(b"" if from_core else text, text if from_core else b"")
    segments = [p.segment for p in pair.core.wire if p.from_core == from_core]
    answers = [p.segment for p in pair.core.wire if p.from_core != from_core]
    assert any(OPTION_SACK in dict(answer.options) for answer in answers)
    numbers = [segment.seq for segment in segments if segment.data]
    again = {seq for seq in numbers if numbers.count(seq) > 1}
    # Linux may probe for a lost tail with the last segment (RFC 8985), if the machine is slow to answer.
    assert loss.seq in again
    assert len(again) <= 2
    if from_core:
        assert Rule.FAST_RETRANSMIT in pair.core.rules(1)
