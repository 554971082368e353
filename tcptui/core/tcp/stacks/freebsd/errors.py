"""ICMP as FreeBSD has it: tcp_ctlinput() and tcp_notify() in sys/netinet/tcp_subr.c, with icmp_errmap() and
icmp6_errmap()."""

from __future__ import annotations

from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.core.tcp.stacks.verdict import ErrorEffect
from tcptui.core.tcp.tcb import Tcb
from tcptui.core.tcp.unreachable import Unreachable

_ENDS_SYN_SENT = (Unreachable.PROTOCOL, Unreachable.PORT, Unreachable.PROHIBITED, Unreachable.TIME_EXCEEDED)
"""ECONNREFUSED, and of EHOSTUNREACH what has type ICMP_TIMXCEED."""
_HOST_UNREACHABLE = (
    Unreachable.NETWORK, Unreachable.HOST, Unreachable.SOURCE_ROUTE, Unreachable.TIME_EXCEEDED,
)  # fmt: skip
_NO_ERROR = (Unreachable.REASSEMBLY, Unreachable.PRECEDENCE)
_MANY_TIMEOUTS = 3


def error_effect(tcb: Tcb, kind: Unreachable, profile: Profile) -> ErrorEffect:
    """By state; of a half-open connection syncache_unreach() only takes note."""
    if kind in _NO_ERROR or tcb.half_open:
        return ErrorEffect.NONE
    if kind in _ENDS_SYN_SENT and profile.hard_error_aborts != "never":
        return ErrorEffect.ENDS if tcb.state is State.SYN_SENT else ErrorEffect.NONE  # tcp_drop_syn_sent()
    return _notify(tcb, kind)


def _notify(tcb: Tcb, kind: Unreachable) -> ErrorEffect:
    """tcp_notify(): "Ignore some errors if we are hooked up. If connection hasn't completed, has
    retransmitted several times, and receives a second error, give up now"."""
    if tcb.state is State.ESTABLISHED and kind in _HOST_UNREACHABLE:
        return ErrorEffect.NONE
    opening = tcb.state in (State.SYN_SENT, State.SYN_RECEIVED)
    if opening and tcb.error and tcb.retransmission_queue[0].timeouts > _MANY_TIMEOUTS:
        return ErrorEffect.ENDS
    return ErrorEffect.NOTED
