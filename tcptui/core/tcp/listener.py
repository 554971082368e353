"""A listener with a backlog: it stays in LISTEN, and every peer gets a block of its own.

Half-open connections and those that wait for ACCEPT are counted here; what overflows is dropped, refused, or
answered with a cookie (RFC 4987), as the profile says. A passive OPEN without a backlog is `arrives`'.
"""

from __future__ import annotations

from tcptui.core.events import Response, Sent
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import add as seq_add
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import syn_cookies as cookies
from tcptui.core.tcp.handshake import learn_from_syn, learn_window, offered_mss, own_mss, prepare
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.window import first_window


def takes(listener: Tcb, segment: Segment, step: Step) -> Tcb | None:
    """The block that `segment` to a listener is for: a new one for a SYN that there is room for, one restored
    from a cookie, or the listener itself for all that only needs an answer. None: it has been dealt with."""
    profile = step.profile
    if segment.flags & (SYN | RST | ACK) == SYN and not (segment.flags & FIN and profile.drop_syn_fin):
        return _block_for_syn(listener, segment, step)
    if segment.flags & (SYN | RST | ACK) == ACK and listener.cookies_sent_at is not None:
        return _block_for_cookie(listener, segment, step)
    return listener


def queue_has_room(tcb: Tcb, step: Step) -> bool:
    """Whether one more connection may wait for ACCEPT at the listener of `tcb`."""
    listener = step.host.tcb(tcb.listener)
    return listener is not None and _room(listener, step.profile)


def queue_is_full(tcb: Tcb, segment: Segment, step: Step) -> None:
    """The last ACK of a handshake finds no room: the peer believes that it is connected."""
    _no_room(tcb, segment, step)
    if step.profile.accept_overflow_resets:
        step.delete(tcb, Response.RESOURCES)


def _no_room(tcb: Tcb, segment: Segment, step: Step) -> None:
    step.rule(tcb, Rule.ACCEPT_QUEUE_FULL)
    if step.profile.accept_overflow_resets:
        step.send_reset_for(segment, tcb)


def _room(listener: Tcb, profile: Profile) -> bool:
    assert listener.backlog is not None
    slack = {"none": 0, "one": 1, "half": listener.backlog // 2 + 1}[profile.backlog_slack]
    return len(listener.accept_queue) < max(1, listener.backlog + slack)


def _block_for_syn(listener: Tcb, segment: Segment, step: Step) -> Tcb | None:
    profile = step.profile
    if profile.full_queue_drops_syn and not _room(listener, profile):
        step.rule(listener, Rule.ACCEPT_QUEUE_FULL)
        step.drop(listener, segment)
        return None
    full = step.host.half_open(listener) >= profile.syn_queue
    if profile.syn_cookies == "always" or (full and profile.syn_cookies == "overflow"):
        _send_cookie(listener, segment, step)
        return None
    if full:
        step.rule(listener, Rule.SYN_QUEUE_FULL, most=profile.syn_queue)
        step.drop(listener, segment)
        return None
    return step.host.spawn(listener, segment.src)


def _send_cookie(listener: Tcb, syn: Segment, step: Step) -> None:
    """A SYN,ACK whose number says all that will be remembered: nothing is kept (RFC 4987 3.6)."""
    listener.cookies_sent_at = step.now
    iss = cookies.make(syn, offered_mss(syn, step.profile), step.now, step.host.secret)
    options = (mss_option(own_mss(listener, step.profile)),)
    listener.rcv_buff = listener.settings.receive_buffer or step.profile.receive_buffer
    window = first_window(listener, step.profile, own_mss(listener, step.profile))
    step.rule(listener, Rule.COOKIE_SENT, iss=iss)
    answer = Segment(syn.dst, syn.src, iss, seq_add(syn.seq, 1), SYN | ACK, window, b"", options)
    step.events.append(Sent(listener.connection, answer))


def _block_for_cookie(listener: Tcb, segment: Segment, step: Step) -> Tcb | None:
    """The block that a cookie's SYN would have made, if the ACK brings one back."""
    assert listener.cookies_sent_at is not None
    mss = cookies.check(segment, step.now, step.host.secret)
    if mss is None or step.now - listener.cookies_sent_at > cookies.LIFETIME:
        return listener
    if not _room(listener, step.profile):
        _no_room(listener, segment, step)
        step.drop(listener, segment)
        return None  # As if it had been lost: the peer may bring the cookie again.
    tcb = step.host.spawn(listener, segment.src)
    syn = Segment(
        segment.src, segment.dst, seq_add(segment.seq, -1), 0, SYN, segment.wnd, b"", (mss_option(mss),)
    )
    step.rule(tcb, Rule.COOKIE_GOOD, mss=mss)
    learn_from_syn(tcb, syn, step)
    learn_window(tcb, syn)
    prepare(tcb, step, iss=seq_add(segment.ack, -1))
    tcb.snd_nxt = segment.ack
    step.set_state(tcb, State.SYN_RECEIVED)
    return tcb
