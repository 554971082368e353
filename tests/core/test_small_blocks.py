"""TIME-WAIT and Linux's FIN-WAIT-2 without a program, as the stacks' own checks have them, branch by branch:
tcp_timewait_state_process() of Linux, tcp_twcheck() of FreeBSD."""

from __future__ import annotations

import pytest

from tcptui.core.events import Sent
from tcptui.core.packet.options import read_timestamps, timestamps_option
from tcptui.core.packet.segment import ACK, FIN, RST, SYN
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp.calls import Close, Open
from tcptui.core.units import SECOND
from tests.core.build import IRS, ISS, PEER, US, Site, briefs, connected, reach, rules
from tests.core.stamps import STAMPS, stamped, with_stamps

S = State
ANSWER = [("ACK", ISS + 2, IRS + 2)]
LATER = 7 * SECOND


def arrival(
    profile: Profile, flags: int, seq: int, ack: int, data: bytes
) -> tuple[list[object], bool, State]:
    """A segment that comes in TIME-WAIT, where IRS+2 and ISS+2 are expected: what answers it, whether the
    timeout begins anew, and the state after it."""
    site = reach(S.TIME_WAIT, profile)
    site.now += LATER
    answers = briefs(site.receives(site.peer(flags, seq, ack, data)))
    if site.state() is S.CLOSED:
        return [*answers], False, S.CLOSED
    timer = site.tcb.time_wait_timer
    assert timer is not None
    return [*answers], timer.set_at == LATER, site.state()


@pytest.mark.parametrize(
    ("flags", "seq", "data", "answers", "restarts"),
    [
        (ACK, 2, b"", [], True),
        (ACK, 1, b"", ANSWER, True),
        (ACK, 3, b"", ANSWER, True),
        (ACK, 2, b"x", ANSWER, True),
        (FIN | ACK, 1, b"", ANSWER, True),
        (FIN | ACK, 2, b"", ANSWER, True),
        (SYN, 1, b"", ANSWER, False),
        (SYN | ACK, 1, b"", ANSWER, True),
        (RST, 1, b"", [], False),
        (RST, 3, b"", [], False),
        (0, 1, b"x", ANSWER, False),
    ],
)
def test_linux_in_time_wait(flags: int, seq: int, data: bytes, answers: list[object], restarts: bool) -> None:
    """ "In window segment, it may be only reset or bare ack"; "All the segments are ACKed immediately", and
    the timeout begins anew unless it is a "ACKless SYN", or anything without ACK."""
    assert arrival(LINUX, flags, seq, 2, data) == (answers, restarts, S.TIME_WAIT)


@pytest.mark.parametrize("data", [b"", b"why"])
def test_linux_ends_time_wait_with_a_reset_that_is_expected(data: bytes) -> None:
    """ "This is TIME_WAIT assassination": unless tcp_rfc1337 is set, the block goes."""
    assert arrival(LINUX, RST, 2, 0, data) == ([], False, S.CLOSED)
    assert arrival(LINUX._replace(rfc1337=True), RST, 2, 0, data) == ([], False, S.TIME_WAIT)


@pytest.mark.parametrize(
    ("flags", "seq", "ack", "data", "answers", "restarts"),
    [
        (ACK, 2, 2, b"", [], False),
        (ACK, 2, 1, b"", ANSWER, False),
        (ACK, 1, 2, b"", ANSWER, False),
        (ACK, 2, 2, b"x", ANSWER, False),
        (FIN | ACK, 1, 2, b"", ANSWER, True),
        (FIN | ACK, 2, 2, b"", ANSWER, False),
        (SYN | ACK, 1, 2, b"", ANSWER, False),
        (SYN, 1, 0, b"", [], False),
        (FIN, 1, 0, b"", [], False),
        (RST, 2, 0, b"", [], False),
    ],
)
def test_freebsd_in_time_wait(
    flags: int, seq: int, ack: int, data: bytes, answers: list[object], restarts: bool
) -> None:
    """tcp_twcheck(): without ACK a segment is dropped; a FIN on the number of the peer's own restarts 2MSL;
    "Acknowledge the segment if it has data or is not a duplicate ACK"."""
    assert arrival(FREEBSD, flags, seq, ack, data) == (answers, restarts, S.TIME_WAIT)


@pytest.mark.parametrize(("seq", "state"), [(1, S.TIME_WAIT), (2, S.CLOSED), (3, S.TIME_WAIT)])
def test_freebsd_without_rfc1337_ends_time_wait_with_the_reset_that_is_expected(
    seq: int, state: State
) -> None:
    assert arrival(FREEBSD._replace(rfc1337=False), RST, seq, 0, b"") == ([], False, state)


def time_wait_with_stamps(profile: Profile) -> Site:
    site = with_stamps(profile)
    site.call(Close(1))
    site.receives(stamped(site.peer(FIN | ACK, 1, 2), STAMPS))
    assert site.state() is S.TIME_WAIT
    return site


@pytest.mark.parametrize(("value", "restarts"), [(STAMPS, False), (STAMPS - 1, True)])
def test_linux_restarts_time_wait_for_an_old_timestamp_even_without_an_ack(
    value: int, restarts: bool
) -> None:
    """ "if (paws_reject || th->ack) inet_twsk_reschedule()"."""
    site = time_wait_with_stamps(LINUX)
    site.now += LATER
    assert len(briefs(site.receives(stamped(site.peer(0, 1, 0, b"x"), value)))) == 1
    timer = site.tcb.time_wait_timer
    assert timer is not None
    assert (timer.set_at == LATER) == restarts


@pytest.mark.parametrize(("value", "answered"), [(STAMPS, False), (STAMPS - 1, True)])
def test_linux_answers_even_the_expected_ack_in_time_wait_if_its_timestamp_is_old(
    value: int, answered: bool
) -> None:
    """ "if (!paws_reject && ...)": what PAWS rejects is not the bare ACK in the window."""
    site = time_wait_with_stamps(LINUX)
    assert bool(briefs(site.receives(stamped(site.peer(ACK, 2, 2), value)))) == answered


@pytest.mark.parametrize(("profile", "answered"), [(LINUX, True), (FREEBSD, False)])
def test_a_segment_without_the_timestamp_in_time_wait(profile: Profile, answered: bool) -> None:
    """FreeBSD: "If timestamps were negotiated during SYN/ACK and a segment without a timestamp is received,
    silently drop the segment"; where they were not, there is nothing to miss."""
    site = time_wait_with_stamps(profile)
    assert bool(briefs(site.receives(site.peer(ACK, 1, 2)))) == answered
    site = reach(S.TIME_WAIT, profile)
    assert briefs(site.receives(site.peer(ACK, 1, 2))) == ANSWER


@pytest.mark.parametrize(("value", "reopens"), [(29, False), (31, True)])
def test_an_ack_in_linux_time_wait_brings_the_timestamp_on(value: int, reopens: bool) -> None:
    """ "tcptw->tw_ts_recent = tmp_opt.rcv_tsval": what tells a new SYN from an old one is the latest seen."""
    site = time_wait_with_stamps(LINUX)
    site.call(Open(US, passive=True, backlog=1))
    site.receives(stamped(site.peer(ACK, 2, 2), 30))
    (answer,) = briefs(site.receives(stamped(site.peer(SYN, 1), value)))
    assert answer[0] == ("SYN,ACK" if reopens else "ACK")


@pytest.mark.parametrize("stamps", [True, False])
@pytest.mark.parametrize(("beyond", "reopens"), [(-1, False), (0, False), (1, True)])
def test_with_equal_timestamps_the_number_tells_a_new_syn(stamps: bool, beyond: int, reopens: bool) -> None:
    """RFC 6191 section 2: where the timestamp is the same, as where there is none, the SYN's number must be
    larger than the last of the old connection. Linux and FreeBSD compare with RCV.NXT."""
    site = time_wait_with_stamps(LINUX) if stamps else reach(S.TIME_WAIT, LINUX)
    site.call(Open(US, passive=True, backlog=1))
    syn = site.peer(SYN, 2 + beyond)
    (answer,) = briefs(site.receives(stamped(syn, STAMPS) if stamps else syn))
    assert answer[0] == ("SYN,ACK" if reopens else "ACK")


# Linux's FIN-WAIT-2 whose program has closed


def alone() -> Site:
    """FIN-WAIT-2 after a close() of both halves: 65,535 octets from IRS+1 are in the window."""
    site = reach(S.FIN_WAIT_1, LINUX)
    site.call(Close(1, half_duplex=True))
    site.receives(site.peer(ACK, 1, 2))
    assert site.state() is S.FIN_WAIT_2
    assert site.tcb.fin_wait_2_timer is not None
    return site


ACKED = [("ACK", ISS + 2, IRS + 1)]
RESET = [("RST", ISS + 2, 0)]
EDGE = "edge"
"""The number after the window."""


@pytest.mark.parametrize(
    ("flags", "seq", "data", "answers", "state"),
    [
        (ACK, 1, b"", [], S.FIN_WAIT_2),
        (ACK, 5, b"", [], S.FIN_WAIT_2),
        (ACK, 0, b"", ACKED, S.FIN_WAIT_2),
        (ACK, 0, b"x", ACKED, S.FIN_WAIT_2),
        (ACK, 0, b"xy", RESET, S.CLOSED),
        (ACK, 1, b"x", RESET, S.CLOSED),
        (ACK, EDGE, b"", [], S.FIN_WAIT_2),
        (ACK, EDGE, b"x", ACKED, S.FIN_WAIT_2),
        (0, 1, b"x", [], S.FIN_WAIT_2),
        (FIN, 1, b"", [], S.FIN_WAIT_2),
        (FIN | ACK, 1, b"", [("ACK", ISS + 2, IRS + 2)], S.TIME_WAIT),
        (FIN | ACK, 2, b"", RESET, S.CLOSED),
        (FIN | ACK, 1, b"x", RESET, S.CLOSED),
        (SYN, 0, b"", ACKED, S.FIN_WAIT_2),
        (SYN | ACK, 1, b"", RESET, S.CLOSED),
        (SYN, 1, b"", [("RST,ACK", 0, IRS + 2)], S.CLOSED),
        (SYN | ACK, 0, b"xy", RESET, S.CLOSED),
        (RST, 1, b"", [], S.CLOSED),
        (RST, 5, b"", [], S.CLOSED),
        (RST, 0, b"", ACKED, S.FIN_WAIT_2),
    ],
)
def test_linux_in_fin_wait_2_without_a_program(
    flags: int, seq: int | str, data: bytes, answers: list[object], state: State
) -> None:
    """ "Out of window, send ACK", tcp_in_window(); "Dup ACK?" is without effect; "If new data arrive after
    half-duplex close, reset"; "FIN arrived, enter true time-wait state"."""
    site = alone()
    number = site.tcb.rcv_nxt + site.tcb.rcv_wnd - IRS if isinstance(seq, str) else seq
    events = site.receives(site.peer(flags, number, 2, data))
    assert ([*briefs(events)], site.state()) == (answers, state)


def test_a_half_that_the_program_still_reads_is_served_by_the_eight_checks() -> None:
    """Only an orphan gets the small block: tcp_time_wait() is called from tcp_close()."""
    site = reach(S.FIN_WAIT_2, LINUX)
    assert site.tcb.fin_wait_2_timer is None
    site.receives(site.peer(ACK, 1, 2, b"text"))
    assert (site.state(), site.tcb.receive_buffer) == (S.FIN_WAIT_2, b"text")


def test_freebsd_has_no_small_block_for_fin_wait_2() -> None:
    """tcp_twstart() is called in TIME-WAIT only: a RST in the window that is not RCV.NXT is challenged."""
    site = reach(S.FIN_WAIT_1, FREEBSD)
    site.call(Close(1, half_duplex=True))
    site.receives(site.peer(ACK, 1, 2))
    assert site.tcb.fin_wait_2_timer is not None
    assert briefs(site.receives(site.peer(RST, 5))) == [("ACK", ISS + 2, IRS + 1)]
    assert site.state() is S.FIN_WAIT_2


def test_the_fin_that_ends_linux_fin_wait_2_brings_the_timestamp_on() -> None:
    site = with_stamps(LINUX)
    site.call(Close(1))
    site.call(Close(1, half_duplex=True))
    site.receives(stamped(site.peer(ACK, 1, 2), STAMPS))
    assert site.tcb.fin_wait_2_timer is not None
    site.receives(stamped(site.peer(FIN | ACK, 1, 2), 40))
    assert (site.state(), site.tcb.ts_recent) == (S.TIME_WAIT, 40)


@pytest.mark.parametrize(("echo", "state"), [(0, S.ESTABLISHED), (1, S.SYN_RECEIVED)])
def test_an_echo_of_nothing_opens_a_half_open_connection_of_linux(echo: int, state: State) -> None:
    """tcp_check_req(): "if (tmp_opt.rcv_tsecr) tsecr_reject = !between(...)"."""
    site = reach(S.LISTEN, LINUX)
    site.now = SECOND
    site.receives(stamped(site.peer(SYN, 0), STAMPS))
    ack = site.peer(ACK, 1, 1)._replace(options=(timestamps_option(STAMPS, echo),))
    site.receives(ack)
    assert site.state() is state


def opens_again(profile: Profile, state: State) -> Site:
    """The same OPEN again, 7 s after a connection with timestamps has come to this state."""
    site = with_stamps(profile) if profile.timestamps else connected(profile)
    site.call(Close(1, half_duplex=True))
    end = FIN | ACK if state is S.TIME_WAIT else ACK
    site.receives(stamped(site.peer(end, 1, 2), STAMPS + 5))
    assert site.state() is state
    site.now += LATER
    site.call(Open(US, PEER))
    return site


@pytest.mark.parametrize("state", [S.TIME_WAIT, S.FIN_WAIT_2])
def test_an_open_takes_the_place_of_linux_time_wait_with_timestamps(state: State) -> None:
    """tcp_twsk_unique(): "write_seq = tcptw->tw_snd_nxt + 65535 + 2"."""
    site = opens_again(LINUX, state)
    assert (site.state(), site.stack.state(2)) == (S.CLOSED, S.SYN_SENT)
    syns = [event.segment for _, event in site.log if isinstance(event, Sent) and event.segment.flags == SYN]
    assert syns[-1].seq == ISS + 2 + 65_537
    assert read_timestamps(syns[-1]) == (LATER // 1_000, STAMPS + 5)
    assert syns[-1].wnd == 45 * 1_448
    assert Rule.OPEN_ENDS_TIME_WAIT in rules(event for _, event in site.log)


@pytest.mark.parametrize("profile", [LINUX._replace(timestamps=False), FREEBSD, RFC9293])
def test_an_open_in_time_wait_is_else_refused(profile: Profile) -> None:
    site = opens_again(profile, S.TIME_WAIT)
    assert (site.state(), site.stack.state(2)) == (S.TIME_WAIT, S.CLOSED)
