"""SEGMENT ARRIVES, the state is LISTEN (RFC 9293 section 3.10.7.2).

A block in LISTEN becomes the connection itself; a `Listener` makes a block for each SYN that it has room for,
or answers with a cookie (RFC 4987) and makes the block when that comes back.
"""

from __future__ import annotations

from tcptui.core.events import Response
from tcptui.core.packet.options import mss_option
from tcptui.core.packet.segment import ACK, FIN, RST, SYN, Segment
from tcptui.core.packet.seq import seq_add
from tcptui.core.rules import Rule
from tcptui.core.state import State
from tcptui.core.tcp import broken, syn_cookies
from tcptui.core.tcp.handshake import (
    enter_established,
    learn_from_syn,
    learn_window,
    offered_mss,
    own_mss,
    prepare,
)
from tcptui.core.tcp.listener import Listener
from tcptui.core.tcp.reassembly import queue_data_on_syn
from tcptui.core.tcp.send import send_syn_ack
from tcptui.core.tcp.step import Step
from tcptui.core.tcp.tcb import Tcb


def listen(block: Tcb | Listener, segment: Segment, step: Step, newer: bool = False) -> None:
    """The four checks, in the RFC's order. Security is left out (Appendix A.1.2). `newer`: a SYN that is
    newer than a connection in TIME-WAIT."""
    flags = segment.flags
    # First, check for a RST.
    if flags & RST:
        step.rule(block, Rule.LISTEN_RST)
        step.drop(block, segment)
    # Second, check for an ACK.
    elif flags & ACK:
        if flags & SYN and step.profile.listen_ignores_syn_ack:
            step.rule(block, Rule.LISTEN_SYN_ACK_IGNORED)
        else:
            step.rule(block, Rule.LISTEN_ACK, ack=segment.ack)
            step.send_reset_for(segment, block)
        step.drop(block, segment)
    # Third, check for a SYN.
    elif flags & SYN:
        if flags & FIN and step.profile.drop_syn_fin:
            step.rule(block, Rule.LISTEN_SYN_FIN_DROPPED)
            step.drop(block, segment)
            return
        tcb = _block_for_syn(block, segment, step, newer) if isinstance(block, Listener) else block
        if tcb is not None:
            _answer_syn(tcb, segment, step)
    # Fourth, other data or control.
    else:
        step.rule(block, Rule.LISTEN_OTHER)
        step.drop(block, segment)


def _answer_syn(tcb: Tcb, syn: Segment, step: Step) -> None:
    """Third: "a SYN segment sent of the form <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>"."""
    tcb.remote = syn.src
    learn_from_syn(tcb, syn, step)
    learn_window(tcb, syn)
    step.rule(tcb, Rule.LISTEN_SYN, seq=syn.seq)
    send_syn_ack(tcb, step)
    step.set_state(tcb, State.SYN_RECEIVED)
    queue_data_on_syn(tcb, syn, step)
    if step.profile.two_way_handshake:
        broken.establish_on_syn(tcb, step)
        enter_established(tcb, step)


def _block_for_syn(listener: Listener, syn: Segment, step: Step, newer: bool) -> Tcb | None:
    """A new block in LISTEN for the peer; None: there is no room for one, and the SYN has been dropped or
    answered with a cookie. A `newer` SYN than all of a TIME-WAIT gets a block in its place whatever
    the SYN queue holds, and no cookie: its peer is evidently real. Linux: tcp_conn_request()."""
    profile = step.profile
    if profile.full_queue_drops_syn and not listener.has_room(profile):
        step.rule(listener, Rule.ACCEPT_QUEUE_FULL)
        step.drop(listener, syn)
        return None
    if newer:
        return step.host.spawn(listener, syn.src)
    most = listener.syn_places(profile)
    full = listener.half_open >= most
    if profile.syn_cookies == "always" or (full and profile.syn_cookies == "overflow"):
        _send_cookie(listener, syn, step)
        return None
    if full:
        step.rule(listener, Rule.SYN_QUEUE_FULL, most=most)
        step.drop(listener, syn)
        return None
    return step.host.spawn(listener, syn.src)


def _send_cookie(listener: Listener, syn: Segment, step: Step) -> None:
    """A SYN,ACK whose number says all that will be remembered: nothing is kept (RFC 4987 3.6)."""
    listener.cookies_sent_at = step.now
    profile, settings = step.profile, listener.settings
    iss = syn_cookies.make(syn, offered_mss(syn, profile), step.now, step.host.secret)
    mss = own_mss(listener.local, settings, profile)
    buffer = settings.receive_buffer or profile.receive_buffer
    window = step.hooks.initial_rcv_wnd(buffer, profile, mss)
    step.rule(listener, Rule.COOKIE_SENT, iss=iss)
    options = (mss_option(mss),)
    answer = Segment(syn.dst, syn.src, iss, seq_add(syn.seq, 1), SYN | ACK, window, b"", options)
    step.send_cookie(listener, answer)


def cookie_arrives(listener: Listener, segment: Segment, step: Step) -> Tcb | Listener | None:
    """What an ACK to a listener that has sent cookies is for: the block in SYN-RECEIVED that the cookie's SYN
    would have made, or, if it brings no good cookie back, the listener. None: there is no room; it has been
    dropped as if it had been lost, and the peer may bring the cookie again. Linux: cookie_v4_check()."""
    assert listener.cookies_sent_at is not None
    mss = syn_cookies.check(segment, step.now, step.host.secret)
    if mss is None or step.now - listener.cookies_sent_at > syn_cookies.LIFETIME:
        return listener
    if not listener.has_room(step.profile):
        _tell_no_room(listener, segment, step)
        step.drop(listener, segment)
        return None
    tcb = step.host.spawn(listener, segment.src)
    irs, options = seq_add(segment.seq, -1), (mss_option(mss),)
    syn = Segment(segment.src, segment.dst, irs, 0, SYN, segment.wnd, b"", options)
    step.rule(tcb, Rule.COOKIE_GOOD, mss=mss)
    learn_from_syn(tcb, syn, step)
    learn_window(tcb, syn)
    prepare(tcb, step, iss=seq_add(segment.ack, -1))
    tcb.snd_nxt = segment.ack
    step.set_state(tcb, State.SYN_RECEIVED)
    return tcb


def may_be_accepted(tcb: Tcb, segment: Segment, step: Step) -> bool:
    """Whether the last ACK of a handshake finds room in the accept queue of the block's listener. If not, the
    peer believes that it is connected: the ACK is ignored, or the profile has it reset."""
    listener = step.host.listener(tcb.listener)
    if listener is not None and listener.has_room(step.profile):
        return True
    _tell_no_room(tcb, segment, step)
    if step.profile.accept_overflow_resets:
        step.delete(tcb, Response.RESOURCES)
    return False


def _tell_no_room(block: Tcb | Listener, segment: Segment, step: Step) -> None:
    resets = step.profile.accept_overflow_resets
    step.rule(block, Rule.ACCEPT_QUEUE_FULL_RESETS if resets else Rule.ACCEPT_QUEUE_FULL_FOR_ACK)
    if resets:
        step.send_reset_for(segment, block)
