"""SEGMENT ARRIVES: every state x every kind of segment, against RFC 9293 section 3.10.7 written down again.

The expectation is computed by `by_the_rfc`: a second reading of the text, in plain integers (the numbers
of these connections don't wrap), with a segment as the list of the numbers it occupies. It knows nothing of
the core. `by_linux` says where Linux departs from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tcptui.core.events import Event, Signal
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment, flag_text
from tcptui.core.profile.presets import FREEBSD, LINUX
from tcptui.core.profile.record import Profile
from tcptui.core.state import SYNCHRONIZED, State
from tests.core.build import IRS, ISS, SIX_HUNDRED, WINDOW, Brief, Site, briefs, reach, show, signals

S = State
RCV_WND = SIX_HUNDRED.receive_buffer
TEXT = b"0123456789"
"""Sent and not acknowledged where the state allows it; the peer's window of 100 is also MAX.SND.WND."""


class Start(NamedTuple):
    """A state, and what section 3.3.1's variables must be in it after `reach`."""

    state: State
    snd_una: int
    snd_nxt: int
    rcv_nxt: int
    simultaneous: bool = False

    @property
    def name(self) -> str:
        return f"{self.state} (simultaneous)" if self.simultaneous else str(self.state)

    def site(self, profile: Profile) -> Site:
        return reach(self.state, profile, TEXT, self.simultaneous)


# Our SYN is 1000, the text 1001 to 1010, our FIN 1011; the peer's SYN is 5000, its FIN 5001.
STARTS = (
    Start(S.CLOSED, 1000, 1001, 5001),
    Start(S.LISTEN, 1000, 1001, 5001),
    Start(S.SYN_SENT, 1000, 1001, 5001),
    Start(S.SYN_RECEIVED, 1000, 1001, 5001),
    Start(S.SYN_RECEIVED, 1000, 1001, 5001, simultaneous=True),
    Start(S.ESTABLISHED, 1001, 1011, 5001),
    Start(S.FIN_WAIT_1, 1001, 1012, 5001),
    Start(S.FIN_WAIT_2, 1012, 1012, 5001),
    Start(S.CLOSE_WAIT, 1001, 1011, 5002),
    Start(S.CLOSING, 1001, 1012, 5002),
    Start(S.LAST_ACK, 1001, 1012, 5002),
    Start(S.TIME_WAIT, 1012, 1012, 5002),
)
LINUX_600, FREEBSD_600 = (
    profile._replace(
        receive_buffer=RCV_WND,
        delayed_ack=0,
        window_scale=None,
        receive_buffer_whole_segments=False,
        # What reference/decisions.md does not tell has its tests in test_knobs.
        stack="rfc9293",
        data_on_syn_ack=True,
    )
    for profile in (LINUX, FREEBSD)
)
ORACLES = ("rfc9293", "linux", "freebsd")
WITH_BLOCK = STARTS[3:]
"""The starts in which the numbers of both ends are known."""

KINDS = (SYN, SYN | ACK, SYN | FIN, SYN | FIN | ACK, ACK, FIN, FIN | ACK, RST, RST | ACK)


class Seen(NamedTuple):
    """What one segment brought about."""

    state: State
    replies: tuple[Brief, ...] = ()
    signals: frozenset[Signal] = frozenset()
    """Of RESET, REFUSED and CLOSING, those given."""


def segments(start: Start, kind: int) -> Iterator[Segment]:
    """Every segment of a kind: left of the window, over its left edge, at it, inside, right of the window;
    with an ACK of everything, of a part, of nothing new, an old one, one too old (RFC 5961), one never sent.
    """
    nxt = start.rcv_nxt
    seqs = (nxt - 20, nxt - 1, nxt, nxt + 7, nxt + RCV_WND)
    una = start.snd_una
    acks = (
        (start.snd_nxt, una + 4, una, una - 50, una - WINDOW - 1, start.snd_nxt + 1) if kind & ACK else (0,)
    )
    plain = Site()
    for seq in seqs:
        for ack in acks:
            for data in (b"", b"abc"):
                yield plain.peer(kind, seq - IRS, ack - ISS, data)


def by_the_rfc(start: Start, segment: Segment) -> Seen:
    """3.10.7, with RFC 5961 and the choices that reference/decisions.md lists."""
    if start.state is S.CLOSED:
        return _closed(segment)
    if start.state is S.LISTEN:
        return _listen(segment)
    if start.state is S.SYN_SENT:
        return _syn_sent(start, segment)
    return _other_states(start, segment)


def _length(segment: Segment) -> int:
    # 3.4: "counting SYN and FIN".
    return len(segment.data) + bool(segment.flags & SYN) + bool(segment.flags & FIN)


def _reset(segment: Segment) -> Brief:
    # 3.5.2: "the reset takes its sequence number from the ACK field of the segment; otherwise, the reset
    # has sequence number zero and the ACK field is set to the sum of the sequence number and segment length".
    if segment.flags & ACK:
        return "RST", segment.ack, 0
    return "RST,ACK", 0, segment.seq + _length(segment)


def _closed(segment: Segment) -> Seen:
    # 3.10.7.1: "An incoming segment containing a RST is discarded."
    return Seen(S.CLOSED, () if segment.flags & RST else (_reset(segment),))


def _listen(segment: Segment) -> Seen:
    # 3.10.7.2, first: "An incoming RST should be ignored."
    if segment.flags & RST:
        return Seen(S.LISTEN)
    # Second: "Any acknowledgment is bad if it arrives on a connection still in the LISTEN state."
    if segment.flags & ACK:
        return Seen(S.LISTEN, (_reset(segment),))
    # Third: "any other control or text should be queued", "<SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>".
    if segment.flags & SYN:
        return Seen(S.SYN_RECEIVED, (("SYN,ACK", ISS, segment.seq + 1),))
    # Fourth: "Drop the segment and return."
    return Seen(S.LISTEN)


def _syn_sent(start: Start, segment: Segment) -> Seen:
    has_ack = bool(segment.flags & ACK)
    # 3.10.7.3, first: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit is set ...)".
    if has_ack and not ISS < segment.ack <= start.snd_nxt:
        return Seen(S.SYN_SENT, () if segment.flags & RST else (_reset(segment),))
    # Second: "If the ACK was acceptable, then signal ... "error: connection reset" ... Otherwise, drop".
    if segment.flags & RST:
        return Seen(S.CLOSED, (), frozenset({Signal.RESET})) if has_ack else Seen(S.SYN_SENT)
    # Fifth: "if neither of the SYN or RST bits is set, then drop the segment".
    if not segment.flags & SYN:
        return Seen(S.SYN_SENT)
    # Fourth: "Otherwise, enter SYN-RECEIVED, form a SYN,ACK segment ... queue them for processing after the
    # ESTABLISHED state has been reached".
    if not has_ack:
        return Seen(S.SYN_RECEIVED, (("SYN,ACK", ISS, segment.seq + 1),))
    # "change the connection state to ESTABLISHED, form an ACK segment ... If there are other controls or text
    # in the segment, then continue processing at the sixth step": one ACK is enough for both.
    acknowledged = ("ACK", start.snd_nxt, segment.seq + _length(segment))
    if segment.flags & FIN:
        return Seen(S.CLOSE_WAIT, (acknowledged,), frozenset({Signal.CLOSING}))
    return Seen(S.ESTABLISHED, (acknowledged,))


def _other_states(start: Start, segment: Segment) -> Seen:
    state, rcv_nxt = start.state, start.rcv_nxt
    plain_ack = ("ACK", start.snd_nxt, rcv_nxt)
    unchanged = Seen(state)
    acked = Seen(state, (plain_ack,))

    def in_window(number: int) -> bool:
        return rcv_nxt <= number < rcv_nxt + RCV_WND

    # decisions.md, knob simultaneous_open_trims_syn (A.2): the SYN that is known already is taken off.
    if start.simultaneous and segment.flags & (SYN | ACK) == SYN | ACK and segment.seq == IRS:
        segment = segment._replace(seq=segment.seq + 1, flags=segment.flags & ~SYN)

    # First, Table 6, for a window that is not zero.
    length = _length(segment)
    if not in_window(segment.seq) and not (length and in_window(segment.seq + length - 1)):
        # "an acknowledgment should be sent in reply (unless the RST bit is set ...)".
        return unchanged if segment.flags & RST else acked
    # "the idealized segment that begins at RCV.NXT and does not exceed the window ... trimming off any
    # portions that lie outside the window (including SYN and FIN)".
    controls = [
        (segment.flags & SYN, "SYN"),
        *((1, "text") for _ in segment.data),
        (segment.flags & FIN, "FIN"),
    ]
    occupied = enumerate((what for there, what in controls if there), segment.seq)
    ideal = [(number, what) for number, what in occupied if in_window(number)]

    # Second, RST.
    if segment.flags & RST:
        if not in_window(segment.seq):
            return unchanged  # 1) "outside the current receive window, silently drop the segment".
        if segment.seq != rcv_nxt:
            return acked  # 3) "yet is within the current receive window ... (challenge ACK)".
        # 2) "exactly matches the next expected sequence number": by state.
        if state is S.SYN_RECEIVED and not start.simultaneous:
            return Seen(
                S.LISTEN
            )  # "return this connection to LISTEN state ... The user need not be informed."
        if state is S.SYN_RECEIVED:
            return Seen(S.CLOSED, (), frozenset({Signal.REFUSED}))
        if state in (S.CLOSING, S.LAST_ACK, S.TIME_WAIT):
            return Seen(S.CLOSED)  # What the user is told: test_traps.
        return Seen(S.CLOSED, (), frozenset({Signal.RESET}))

    # Fourth, SYN.
    if state is S.SYN_RECEIVED and not start.simultaneous:
        if any(what == "SYN" for _, what in ideal):
            return Seen(S.LISTEN)  # "return this connection to the LISTEN state and return".
    elif segment.flags & SYN:
        return acked  # "irrespective of the sequence number, TCP endpoints MUST send a "challenge ACK"".

    # Fifth, ACK.
    if not segment.flags & ACK:
        return unchanged  # "if the ACK bit is off, drop the segment and return".
    una = start.snd_una
    if state is S.SYN_RECEIVED:
        if not una < segment.ack <= start.snd_nxt:
            return Seen(state, (_reset(segment),))
        state = S.ESTABLISHED
    elif not una - WINDOW <= segment.ack <= start.snd_nxt:
        return acked  # "MUST be discarded and an ACK sent back"; "send an ACK, drop the segment, and return".
    our_fin_acked = segment.ack == start.snd_nxt
    if state is S.FIN_WAIT_1 and our_fin_acked:
        state = S.FIN_WAIT_2  # "then enter FIN-WAIT-2 and continue processing in that state".
    elif state is S.CLOSING:
        if not our_fin_acked:
            return unchanged  # "otherwise, ignore the segment".
        state = S.TIME_WAIT
    elif state is S.LAST_ACK and our_fin_acked:
        return Seen(S.CLOSED)

    # Seventh and eighth, text and FIN.
    has_text = any(what == "text" for _, what in ideal)
    has_fin = any(what == "FIN" for _, what in ideal)
    if state in (S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT):
        # "Ignore the segment text." A second FIN: "Remain in the ... state", "send an acknowledgment for the
        # FIN"; RCV.NXT has advanced over the one FIN there is.
        return Seen(state, (plain_ack,) if has_fin else ())
    if not has_text and not has_fin:
        return Seen(state)
    if ideal[0][0] != rcv_nxt:
        # "Segments with higher beginning sequence numbers SHOULD be held"; "MAY send an ACK" (MAY-13).
        return Seen(state, (plain_ack,))
    acknowledged = ("ACK", start.snd_nxt, ideal[-1][0] + 1)
    if not has_fin:
        return Seen(state, (acknowledged,))
    after_fin = {S.ESTABLISHED: S.CLOSE_WAIT, S.FIN_WAIT_1: S.CLOSING, S.FIN_WAIT_2: S.TIME_WAIT}
    return Seen(after_fin[state], (acknowledged,), frozenset({Signal.CLOSING}))


def by_linux(start: Start, segment: Segment) -> Seen:
    """decisions.md, the column of Linux, for the rows that one segment shows; all else is as in the RFC."""
    bits = segment.flags & (SYN | ACK | RST)
    if start.state is S.LISTEN and bits == SYN and segment.flags & FIN:
        return Seen(S.LISTEN)  # "SYN+FIN in LISTEN: drop".
    wanted = by_the_rfc(start, segment)
    if start.state is not S.SYN_RECEIVED:
        return wanted
    if bits == SYN and segment.seq == IRS and not start.simultaneous:
        # "repeated SYN in SYN-RECEIVED (passive): the same SYN,ACK again".
        return Seen(S.SYN_RECEIVED, (("SYN,ACK", ISS, IRS + 1),))
    if bits & SYN and not start.simultaneous:
        # "in-window SYN in SYN-RECEIVED after passive open: challenge ACK"; outside it draws the same.
        return Seen(S.SYN_RECEIVED, (("ACK", start.snd_nxt, start.rcv_nxt),))
    if Signal.REFUSED in wanted.signals:
        return wanted._replace(signals=frozenset({Signal.RESET}))  # "active: ECONNRESET".
    return wanted


def _is_old(start: Start, segment: Segment) -> bool:
    known = start.state in SYNCHRONIZED and start.state is not S.TIME_WAIT
    left = segment.seq < start.rcv_nxt and segment.seq + _length(segment) <= start.rcv_nxt
    return known and left and segment.flags & (SYN | ACK | RST) == ACK


def by_freebsd(start: Start, segment: Segment) -> Seen:
    """decisions.md, the column of FreeBSD; where that is empty, as in the RFC."""
    bits = segment.flags & (SYN | ACK | RST)
    if start.state is S.LISTEN and bits == SYN | ACK:
        return Seen(S.LISTEN)  # "SYN,ACK arrives in LISTEN: silence".
    if start.state is S.SYN_RECEIVED and not start.simultaneous and bits & SYN:
        return by_linux(start, segment)  # It keeps half-open connections as Linux does.
    wanted = by_the_rfc(start, segment)
    if _is_old(start, segment):
        # Its tcp_input() cuts off what it has already, FIN too, owes an ACK, and goes on with the ACK field.
        trimmed = segment._replace(seq=start.rcv_nxt, flags=segment.flags & ~FIN, data=b"")
        wanted = by_the_rfc(start, trimmed)
        if wanted.state is not S.CLOSED:
            wanted = wanted._replace(replies=(("ACK", start.snd_nxt, start.rcv_nxt),))
    inside = start.rcv_nxt <= segment.seq < start.rcv_nxt + RCV_WND
    if start.state is S.TIME_WAIT and segment.flags & RST and inside:
        return Seen(S.TIME_WAIT)  # "RST in TIME-WAIT: ignored (RFC 1337)".
    # "FIN while our FIN is unacknowledged: FreeBSD sends its FIN again", and so on every ACK but a challenge.
    waits = start.state in (S.FIN_WAIT_1, S.CLOSING, S.LAST_ACK)
    if waits and (not segment.flags & (SYN | RST) or not inside) and wanted.replies:
        [(name, seq, ack)] = wanted.replies
        challenged = segment.flags & SYN and wanted == Seen(start.state, ((name, seq, ack),))
        fin_acked = wanted.state in (S.FIN_WAIT_2, S.TIME_WAIT, S.CLOSED)
        fits = segment.seq < start.rcv_nxt + RCV_WND
        too_old = fits and segment.flags & ACK and segment.ack < start.snd_una - WINDOW  # RFC 5961 5.
        if name == "ACK" and not fin_acked and not challenged and not too_old:
            return wanted._replace(replies=(("FIN,ACK", seq - 1, ack),))
    return wanted


def seen(site: Site, events: list[Event]) -> Seen:
    telling = {Signal.RESET, Signal.REFUSED, Signal.CLOSING}
    return Seen(site.state(), tuple(briefs(events)), frozenset(telling.intersection(signals(events))))


@pytest.mark.parametrize("start", WITH_BLOCK, ids=lambda start: start.name)
def test_reach_arrives_at_the_numbers_that_the_oracle_takes_for_granted(start: Start) -> None:
    tcb = start.site(SIX_HUNDRED).tcb
    assert tcb.state is start.state
    assert (tcb.snd_una, tcb.snd_nxt, tcb.rcv_nxt) == (start.snd_una, start.snd_nxt, start.rcv_nxt)
    assert (tcb.iss, tcb.irs, tcb.rcv_wnd) == (ISS, IRS, RCV_WND)
    assert tcb.state not in SYNCHRONIZED or (tcb.snd_wnd, tcb.max_snd_wnd) == (WINDOW, WINDOW)


@pytest.mark.parametrize("kind", KINDS, ids=flag_text)
@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.name)
@pytest.mark.parametrize(
    ("profile", "oracle"),
    [(SIX_HUNDRED, by_the_rfc), (LINUX_600, by_linux), (FREEBSD_600, by_freebsd)],
    ids=ORACLES,
)
def test_a_segment_does_what_the_text_says(
    profile: Profile, oracle: Callable[[Start, Segment], Seen], start: Start, kind: int
) -> None:
    at_first = start.site(profile)
    wrong = []
    for segment in segments(start, kind):
        site = Site(profile)
        site.stack = at_first.stack.copy()
        got = seen(site, site.receives(segment))
        wanted = oracle(start, segment)
        if segment.flags & RST and start.state in (S.CLOSING, S.LAST_ACK, S.TIME_WAIT):
            got = got._replace(signals=frozenset())  # See test_traps.
        if got != wanted:
            wrong.append(f"{show(segment)}\n    is {got}\nwanted {wanted}")
    assert not wrong, "\n".join([f"{len(wrong)} rows differ", *wrong])
