"""What the wire does of itself is told with the rule, the box or the address that it comes from."""

from __future__ import annotations

import pytest

from tcptui.explain.catalogue import paragraph
from tcptui.explain.happened import happened
from tcptui.lab.history import History
from tests.lab.worlds import OPEN, scenario

LISTENS = "B.isn = 5000\nB.script = [{ call = 'listen', backlog = 4 }]\n"
TWICE = """A.isn = [1000, 2000]
B.isn = [5000, 6000]
prelude = "b:listen a:connect s3 b:reboot a:abort s b:listen a:connect s3"
"""


def told(toml: str, moves: str, steps: int = 1) -> str:
    """What the last of the steps after the moves says."""
    from tcptui.lab.moves_text import parse_moves

    history = History(scenario(toml))
    for move in parse_moves(moves):
        history.apply(move)
    report = history.report
    for _ in range(steps):
        report = history.apply()
    assert report is not None
    return paragraph(happened(report, history.world, history.transmissions()), False)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("lose A DATA 1", "The wire loses #1 (fault: lose A DATA 1)."),
        ("delay A DATA by 5ms", "The wire delays #1 by 5 ms (fault: delay A DATA by 5ms)."),
        ("duplicate A DATA", "The wire duplicates #1 (fault: duplicate A DATA)."),
    ],
)
def test_a_fault_by_description_is_told_with_its_rule(fault: str, says: str) -> None:
    assert says in told(f'wire.faults = "{fault}"\n{OPEN}', "a:send:x", 0)


def test_what_overtakes_is_told_when_it_leaves() -> None:
    says = told(f'wire.faults = "reorder A DATA 1"\n{OPEN}', "a:send:x a:send:y", 0)
    assert "#2 overtakes #1 (fault: reorder A DATA 1)." in says


@pytest.mark.parametrize(
    ("toml", "moves", "says"),
    [
        (LISTENS, "s x>b:SYN:seq=1:from=203.0.113.1:9", "A third party at 203.0.113.1:9 sends #1 SYN to B."),
        (OPEN, "x>b:RST:seq=9", "A third party sends #1 RST to B, in A's name."),
        (TWICE, "x>a:ACK:seq=+1:old=1", "An old segment of B's first connection comes to A: #1 ACK."),
        (TWICE, "x>b:ACK:seq=+1:old=2", "An old segment of A's second connection comes to B: #1 ACK."),
        (TWICE, "x>b:ACK:seq=+1:of=1", "A third party sends #1 ACK to B, in A's name."),
    ],
)
def test_who_sends_a_third_partys_segment_is_told(toml: str, moves: str, says: str) -> None:
    assert told(toml, moves, 0) == says


def test_that_nobody_is_at_an_address_is_told() -> None:
    says = told(LISTENS, "s x>b:SYN:seq=1:from=203.0.113.1:9")
    assert "#2 is lost: there is no host at 203.0.113.1." in says


def test_a_segment_of_no_connection_is_told_not_to_be_sent() -> None:
    story = "third_party = [{ segment = 'x>b:ACK:seq=+1', of = 2 }]\n"
    says = told(story, "")
    assert says.endswith("The third party's segment is not sent: there is no connection 2 yet.")


@pytest.mark.parametrize(
    ("box", "moves", "says"),
    [
        (
            "kind = 'router', hops = 3",
            "x>b:RST:seq=+1:ttl=2",
            "#1's Time to Live ends at 192.0.2.2: the router discards it.",
        ),
        ("kind = 'firewall', drop = 'A DATA'", "a:send:x", "The firewall drops #1 (A DATA)."),
        ("kind = 'firewall', refuse = 'A DATA'", "a:send:x", "The firewall refuses #1 (A DATA)."),
        ("kind = 'firewall', refuse = 'A DATA'", "a:send:x s", "The firewall sends #2 RST to A."),
        (
            "kind = 'firewall', refuse = 'A DATA', with = 'icmp'",
            "a:send:x s",
            "The firewall sends #2 ICMP administratively prohibited to A.",
        ),
        (
            "kind = 'nat', idle = '1s'",
            "w2s a:send:x",
            "The NAT has no mapping for this connection: #1 gets a new source, 198.51.100.1:40001.",
        ),
        (
            "kind = 'nat', idle = '1s'",
            "w2s b:send:x",
            "The NAT has no mapping for 198.51.100.1:40000: #1 is discarded.",
        ),
    ],
)
def test_what_a_box_does_is_told(box: str, moves: str, says: str) -> None:
    assert says in told(f"{OPEN}wire.box = [{{ {box} }}]\n", moves, 0)
