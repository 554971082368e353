"""SEGMENT ARRIVES: every state x every kind of segment, against RFC 9293 section 3.10.7 written down again.

The expectation is computed by `by_the_rfc`: a second reading of the text, in plain integers (the numbers
of these connections don't wrap), with a segment as the list of the numbers it occupies. It knows nothing of
the core. `by_linux` and `by_freebsd` say where the two stacks depart from it, each with the kernel function
that it was read from. The presets are walked as they ship.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tcptui.core.events import Event, Signal
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment, flag_text
from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.core.profile.record import Profile
from tcptui.core.state import SYNCHRONIZED, State
from tests.core.build import IRS, ISS, WINDOW, Brief, Site, briefs, reach, show, signals

S = State
TEXT = b"0123456789"
"""Sent and not acknowledged where the state allows it; the peer's window of 100 is also MAX.SND.WND."""


class Start(NamedTuple):
    """A state, and what section 3.3.1's variables must be in it after `reach`."""

    state: State
    snd_una: int
    snd_nxt: int
    rcv_nxt: int
    simultaneous: bool = False
    rcv_wnd: int = 65_535
    """RCV.WND, which is the whole receive buffer: nothing has been received."""

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
RCV_WND = {"rfc9293": 65_535, "linux": 64_240, "freebsd": 65_535}
"""What is announced of a buffer of 64 KiB without a window scale; by Linux in whole segments of 1460."""


def rcv_wnd(start: Start, profile: Profile) -> int:
    """RCV.WND of a start: of Linux's the FIN has taken one (tcp_receive_window())."""
    return RCV_WND[profile.name] - (profile is LINUX and start.rcv_nxt == 5002)


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
    seqs = (nxt - 20, nxt - 1, nxt, nxt + 7, nxt + start.rcv_wnd)
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
    """3.10.7, with RFC 5961 and the choices of the knobs that are named here."""
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
        return rcv_nxt <= number < rcv_nxt + start.rcv_wnd

    # Knob simultaneous_open_trims_syn (A.2): the SYN that is known already is taken off.
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
    """net/ipv4/tcp_input.c and tcp_minisocks.c; all else is as in the RFC."""
    if start.state is S.LISTEN and segment.flags & (SYN | ACK | RST | FIN) == SYN | FIN:
        return Seen(S.LISTEN)  # tcp_rcv_state_process(), TCP_LISTEN: "if (th->fin) goto discard".
    if start.state is S.SYN_SENT and segment.flags & SYN:
        # tcp_rcv_synsent_state_process() acknowledges the SYN and discards what is behind it.
        return by_the_rfc(start, segment._replace(data=b"", flags=segment.flags & ~FIN))
    if start.state in (S.CLOSED, S.LISTEN, S.SYN_SENT):
        return by_the_rfc(start, segment)
    if start.state is S.SYN_RECEIVED:
        return _linux_syn_received(start, segment)
    if start.state is S.TIME_WAIT:
        return _linux_time_wait(start, segment)
    return _linux_synchronized(start, segment)


def _linux_syn_received(start: Start, segment: Segment) -> Seen:
    plain_ack = ("ACK", start.snd_nxt, start.rcv_nxt)
    if not start.simultaneous:
        return _linux_request(start, segment)
    bits = segment.flags & (SYN | ACK | RST)
    if not bits:
        return Seen(S.SYN_RECEIVED)
    if bits == SYN | ACK and segment.seq == IRS:
        # tcp_validate_incoming(), step4: only the bare one that acknowledges all passes, and is acknowledged.
        if segment.ack == start.snd_nxt and _length(segment) == 1:
            return Seen(S.ESTABLISHED, (plain_ack,))
        return Seen(S.SYN_RECEIVED, (plain_ack,))
    # tcp_ack(): an ACK of SND.UNA, our SYN, is good, too.
    acks = segment.ack in (ISS, start.snd_nxt)
    if _ends_at_the_edge(start, segment):
        # tcp_sequence(): not before the window. tcp_rcv_state_process(), TCP_SYN_RECV: "send one RST".
        if not acks:
            return Seen(S.SYN_RECEIVED, (_reset(segment),))
        return Seen(S.ESTABLISHED, (plain_ack,))
    if _at_right_edge(start, segment) and bits == ACK:
        if not acks:
            return Seen(S.SYN_RECEIVED, (_reset(segment),))
        return Seen(S.ESTABLISHED, (plain_ack,) if _length(segment) else ())
    if bits == ACK and segment.ack == ISS:
        return by_the_rfc(start, segment._replace(ack=start.snd_nxt))
    if bits & RST and _linux_challenges(start, segment):
        return Seen(S.SYN_RECEIVED, (plain_ack,))
    wanted = by_the_rfc(start, segment)
    if Signal.REFUSED in wanted.signals:
        return wanted._replace(signals=frozenset({Signal.RESET}))  # tcp_reset(): ECONNRESET.
    return wanted


def _linux_request(start: Start, segment: Segment) -> Seen:
    """tcp_check_req(): its questions, in its order."""
    flags, unchanged = segment.flags, Seen(S.SYN_RECEIVED)
    acked = unchanged._replace(replies=(("ACK", start.snd_nxt, start.rcv_nxt),))
    length = _length(segment)
    end, edge = segment.seq + length, start.rcv_nxt + start.rcv_wnd
    inside = segment.seq == start.rcv_nxt or (end > start.rcv_nxt and segment.seq < edge)
    inside = inside or (segment.seq == edge and not length)  # tcp_in_window()
    # "Check for pure retransmitted SYN."
    if flags & (SYN | ACK | RST) == SYN and segment.seq == IRS:
        return unchanged._replace(replies=(("SYN,ACK", ISS, IRS + 1),))
    # RFC 5961 3.2, for a RST that is not at RCV.NXT. No ACK of a RST is looked at.
    if flags & RST and segment.seq != start.rcv_nxt:
        return acked if inside else unchanged
    # "Invalid ACK: reset will be sent by listening socket."
    if flags & (RST | ACK) == ACK and segment.ack != start.snd_nxt:
        return unchanged._replace(replies=(_reset(segment),))
    # "RFC793: "first check sequence number"."
    if not inside:
        return acked
    # "RFC793: "second check the RST bit" and "fourth, check the SYN bit"": "embryonic_reset".
    if flags & RST:
        return Seen(S.LISTEN)
    if flags & SYN:
        # "Truncate SYN": the new socket still sees the bit, and tcp_validate_incoming() challenges it.
        return acked if segment.seq == IRS else Seen(S.LISTEN, (_reset(segment),))
    if segment.seq == edge:
        return Seen(S.ESTABLISHED) if flags & ACK else unchanged
    return by_the_rfc(start, segment)


def _ends_at_the_edge(start: Start, segment: Segment) -> bool:
    """Whether a segment with an ACK begins left of RCV.NXT and ends there."""
    end = segment.seq + _length(segment)
    return segment.flags & (SYN | ACK | RST) == ACK and segment.seq < end == start.rcv_nxt


def _at_right_edge(start: Start, segment: Segment) -> bool:
    return segment.seq == start.rcv_nxt + start.rcv_wnd


def _linux_challenges(start: Start, segment: Segment) -> bool:
    """Whether a RST passes tcp_sequence() and is not at RCV.NXT: tcp_validate_incoming()."""
    end = segment.seq + _length(segment)
    passes = end >= start.rcv_nxt and segment.seq <= start.rcv_nxt + start.rcv_wnd
    return passes and segment.seq != start.rcv_nxt and not _meets_fin_unread(start, segment)


def _meets_fin_unread(start: Start, segment: Segment) -> bool:
    """tcp_sequence(): nothing may go beyond the right edge while something is unread, be it a FIN."""
    end = segment.seq + _length(segment) - bool(segment.flags & FIN)
    fin_has_come = start.state in (S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK)
    return fin_has_come and end > start.rcv_nxt + start.rcv_wnd


def _linux_synchronized(start: Start, segment: Segment) -> Seen:
    bits, end = segment.flags & (SYN | ACK | RST), segment.seq + _length(segment)
    unchanged = Seen(start.state)
    acked = Seen(start.state, (("ACK", start.snd_nxt, start.rcv_nxt),))
    fin_has_come = start.state in (S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK)
    # tcp_rcv_established(), tcp_rcv_state_process(): "if (!th->ack && !th->rst && !th->syn) goto discard".
    if not bits:
        return unchanged
    if bits & RST:
        if fin_has_come and segment.seq == start.rcv_nxt - 1:  # tcp_reset_check()
            segment = segment._replace(seq=start.rcv_nxt)
        if end >= start.rcv_nxt and _linux_challenges(start, segment):
            return acked
        return by_the_rfc(start, segment)
    if bits & SYN:
        return acked  # tcp_validate_incoming(): a challenge ACK, in the window and outside.
    # tcp_sequence(): what ends at RCV.NXT, or begins at the right edge, is acceptable.
    if end < start.rcv_nxt or segment.seq > start.rcv_nxt + start.rcv_wnd:
        return acked
    if _meets_fin_unread(start, segment):
        return acked
    # tcp_ack(): max_window is at most bytes_acked, of which the SYN is one.
    oldest = start.snd_una - min(WINDOW, start.snd_una - ISS)
    if not oldest <= segment.ack <= start.snd_nxt:
        return acked
    if _ends_at_the_edge(start, segment) or _at_right_edge(start, segment):
        # Only the ACK is of use. tcp_data_queue(): "Force an immediate ack" for what has data or FIN, unless
        # step 5 has left for TIME-WAIT or CLOSED, or step 7 "breaks" behind the FIN.
        wanted = by_the_rfc(start, segment._replace(seq=start.rcv_nxt, flags=ACK, data=b""))
        ended = wanted.state in (S.CLOSED, S.TIME_WAIT)
        silent = ended or not _length(segment) or (fin_has_come and segment.seq >= start.rcv_nxt)
        return wanted if silent else wanted._replace(replies=acked.replies)
    wanted = by_the_rfc(start, segment)
    if not fin_has_come or wanted.state in (S.CLOSED, S.TIME_WAIT):
        return wanted._replace(replies=()) if fin_has_come else wanted
    # Step 7: from RCV.NXT on nothing is queued; what begins before it, with RCV_SHUTDOWN, resets.
    if segment.seq < start.rcv_nxt < segment.seq + len(segment.data):
        return Seen(S.CLOSED, (_reset(segment),), frozenset({Signal.RESET}))
    return wanted._replace(replies=())


def _linux_time_wait(start: Start, segment: Segment) -> Seen:
    """tcp_timewait_state_process(), "Now real TIME-WAIT state"."""
    unchanged = Seen(S.TIME_WAIT)
    if segment.seq == start.rcv_nxt and segment.flags & RST:
        return Seen(S.CLOSED)
    if segment.flags & RST or (segment.seq == start.rcv_nxt and not _length(segment)):
        return unchanged
    # "Out of window segment. All the segments are ACKed immediately."
    return Seen(S.TIME_WAIT, (("ACK", start.snd_nxt, start.rcv_nxt),))


def by_freebsd(start: Start, segment: Segment) -> Seen:
    """sys/netinet/tcp_input.c, tcp_syncache.c and tcp_timewait.c, read in their own order."""
    bits = segment.flags & (SYN | ACK | RST)
    if start.state is S.LISTEN and bits == SYN | ACK:
        return Seen(S.LISTEN)  # tcp_input(): "the SYN|ACK is bogus on a listen socket", no RST.
    if start.state in (S.CLOSED, S.LISTEN, S.SYN_SENT):
        return by_the_rfc(start, segment)
    if start.state is S.TIME_WAIT:
        return _freebsd_time_wait(start, segment)
    if start.state is S.SYN_RECEIVED and not start.simultaneous:
        return _freebsd_syncache(start, segment)
    return _freebsd_segment(start, segment)


def _freebsd_syncache(start: Start, segment: Segment) -> Seen:
    """tcp_input(), with syncache_expand(), syncache_chkrst() and syncache_add()."""
    bits, unchanged = segment.flags & (SYN | ACK | RST), Seen(S.SYN_RECEIVED)
    if bits == ACK:
        # "ACK must match our initial sequence number + 1"; "the SEQ must fall in the window".
        if segment.ack != ISS + 1 or not IRS < segment.seq <= IRS + 65_535:
            return unchanged._replace(replies=(_reset(segment),))
        return _freebsd_segment(start, segment)
    if bits & RST:
        if segment.seq == IRS + 1:
            return Seen(S.LISTEN)
        inside = IRS + 1 < segment.seq < IRS + 1 + 65_535
        return unchanged._replace(replies=(("ACK", ISS + 1, IRS + 1),) if inside else ())
    # "We do not check the sequence number to see if this is a real retransmit".
    return unchanged._replace(replies=(("SYN,ACK", ISS, IRS + 1),) if bits == SYN else ())


def _freebsd_segment(start: Start, segment: Segment) -> Seen:
    """tcp_do_segment(), from TCPS_SYN_RECEIVED on."""
    state, flags, seq, data = start.state, segment.flags, segment.seq, len(segment.data)
    ack, una, rcv_nxt = segment.ack, start.snd_una, start.rcv_nxt
    right = rcv_nxt + 65_536  # sbspace(): the buffer, which is more than what is announced.
    challenge = Seen(state, (("ACK", start.snd_nxt, rcv_nxt),))
    opening = state is S.SYN_RECEIVED
    if opening and not flags & RST and flags & ACK and not una < ack <= start.snd_nxt:
        return Seen(state, (_reset(segment),))
    if flags & RST:
        if seq == rcv_nxt:
            signal = Signal.REFUSED if opening else Signal.RESET
            closing = state in (S.CLOSING, S.LAST_ACK)  # What the user is told: test_traps.
            return Seen(S.CLOSED, (), frozenset() if closing else frozenset({signal}))
        return challenge if rcv_nxt < seq < right else Seen(state)
    if flags & SYN and not opening:
        return challenge
    if opening and seq < IRS:
        return Seen(state, (_reset(segment),))
    ack_now = False
    if seq < rcv_nxt:  # "todrop"
        if flags & SYN:
            flags, seq = flags & ~SYN, seq + 1
        if rcv_nxt - seq > data or (rcv_nxt - seq == data and not flags & FIN):
            flags, ack_now = flags & ~FIN, True
            seq, data = seq + data, 0
        else:
            seq, data = rcv_nxt, data - (rcv_nxt - seq)
    if seq + data > right and seq >= right:
        return _freebsd_output(start, state, rcv_nxt)  # dropafterack
    if not flags & ACK and not opening:
        return _freebsd_output(start, state, rcv_nxt) if ack_now else Seen(state)
    if flags & ACK:
        if not opening and ack > start.snd_nxt:
            return _freebsd_output(start, state, rcv_nxt)
        if not opening and ack < max(ISS + 1, una - WINDOW):
            return challenge
        our_fin_acked = ack == start.snd_nxt
        if opening:
            state = S.ESTABLISHED
        elif state is S.FIN_WAIT_1 and our_fin_acked:
            state = S.FIN_WAIT_2
        elif state is S.CLOSING and our_fin_acked:
            return _freebsd_output(start, S.TIME_WAIT, rcv_nxt) if ack_now else Seen(S.TIME_WAIT)
        elif state is S.LAST_ACK and our_fin_acked:
            return Seen(S.CLOSED)
    told: frozenset[Signal] = frozenset()
    if (data or flags & FIN) and state not in (S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK):
        ack_now = True
        if state is not S.SYN_RECEIVED and seq == rcv_nxt:
            rcv_nxt += data
            if flags & FIN:
                rcv_nxt += 1
                state = {S.ESTABLISHED: S.CLOSE_WAIT, S.FIN_WAIT_1: S.CLOSING, S.FIN_WAIT_2: S.TIME_WAIT}[
                    state
                ]
                told = frozenset({Signal.CLOSING})
    wanted = _freebsd_output(start, state, rcv_nxt) if ack_now else Seen(state)
    return wanted._replace(signals=told)


def _freebsd_output(start: Start, state: State, rcv_nxt: int) -> Seen:
    """tcp_output() with TF_ACKNOW: SYN and FIN by tcp_outflags[], as long as they are not acknowledged."""
    if state is S.SYN_RECEIVED:
        return Seen(state, (("SYN,ACK", ISS, rcv_nxt),))
    if state in (S.FIN_WAIT_1, S.CLOSING, S.LAST_ACK):
        return Seen(state, (("FIN,ACK", start.snd_nxt - 1, rcv_nxt),))
    return Seen(state, (("ACK", start.snd_nxt, rcv_nxt),))


def _freebsd_time_wait(start: Start, segment: Segment) -> Seen:
    """tcp_twcheck()"""
    bits = segment.flags & (SYN | ACK | RST)
    if bits & RST or (bits == SYN and segment.seq <= start.rcv_nxt) or not bits & (ACK | SYN):
        return Seen(S.TIME_WAIT)
    if bits == SYN:
        return Seen(S.CLOSED, (_reset(segment),))  # tcp_close(), and findpcb finds nobody who listens.
    expected = (segment.flags, segment.seq, segment.ack, segment.data)
    if expected == (ACK, start.rcv_nxt, start.snd_nxt, b""):
        return Seen(S.TIME_WAIT)
    return Seen(S.TIME_WAIT, (("ACK", start.snd_nxt, start.rcv_nxt),))


def seen(site: Site, events: list[Event]) -> Seen:
    telling = {Signal.RESET, Signal.REFUSED, Signal.CLOSING}
    return Seen(site.state(), tuple(briefs(events)), frozenset(telling.intersection(signals(events))))


def receives(site: Site, segment: Segment) -> list[Event]:
    """What a segment draws, at once or as a delayed ACK."""
    events = site.receives(segment)
    tcb = site.stack.tcb(1)
    if tcb is not None and tcb.delayed_ack_timer is not None:
        events = events + site.wait(tcb.delayed_ack_timer.due - site.now)
    return events


PRESETS_AS_THEY_SHIP = pytest.mark.parametrize(
    ("profile", "oracle"),
    [(RFC9293, by_the_rfc), (LINUX, by_linux), (FREEBSD, by_freebsd)],
    ids=("rfc9293", "linux", "freebsd"),
)


@PRESETS_AS_THEY_SHIP
@pytest.mark.parametrize("start", WITH_BLOCK, ids=lambda start: start.name)
def test_reach_arrives_at_the_numbers_that_the_oracle_takes_for_granted(
    profile: Profile, oracle: object, start: Start
) -> None:
    tcb = start.site(profile).tcb
    assert tcb.state is start.state
    assert (tcb.snd_una, tcb.snd_nxt, tcb.rcv_nxt) == (start.snd_una, start.snd_nxt, start.rcv_nxt)
    assert (tcb.iss, tcb.irs, tcb.rcv_wnd) == (ISS, IRS, rcv_wnd(start, profile))
    assert tcb.state not in SYNCHRONIZED or (tcb.snd_wnd, tcb.max_snd_wnd) == (WINDOW, WINDOW)


@pytest.mark.parametrize("kind", KINDS, ids=flag_text)
@pytest.mark.parametrize("start", STARTS, ids=lambda start: start.name)
@PRESETS_AS_THEY_SHIP
def test_a_segment_does_what_the_text_says(
    profile: Profile, oracle: Callable[[Start, Segment], Seen], start: Start, kind: int
) -> None:
    start = start._replace(rcv_wnd=rcv_wnd(start, profile))
    at_first = start.site(profile)
    wrong = []
    for segment in segments(start, kind):
        site = Site(profile)
        site.stack, site.now = at_first.stack.copy(), at_first.now
        got = seen(site, receives(site, segment))
        wanted = oracle(start, segment)
        if segment.flags & RST and start.state in (S.CLOSING, S.LAST_ACK, S.TIME_WAIT):
            got = got._replace(signals=frozenset())  # See test_traps.
        if got != wanted:
            wrong.append(f"{show(segment)}\n    is {got}\nwanted {wanted}")
    assert not wrong, "\n".join([f"{len(wrong)} rows differ", *wrong])
