"""TIME-WAIT as FreeBSD has it: tcp_twcheck() in sys/netinet/tcp_timewait.c, without a block of its own since
14."""

from __future__ import annotations

from tcptui.core.packet.options import read_timestamps
from tcptui.core.packet.segment import ACK, FIN, RST, Segment
from tcptui.core.profile.record import Profile
from tcptui.core.tcp.stacks.verdict import Action, Verdict
from tcptui.core.tcp.tcb import Tcb


def time_wait(tcb: Tcb, segment: Segment, profile: Profile) -> Verdict:
    """What has no ACK is dropped, and only the ACK that is expected has no answer."""
    flags = segment.flags
    if flags & RST and profile.rfc1337:
        return Verdict(Action.IGNORE_RST)
    if flags & RST and segment.seq == tcb.rcv_nxt:
        return Verdict(Action.DELETE)
    if flags & RST or not flags & ACK:
        return Verdict(Action.IGNORE)
    if tcb.timestamps and profile.missing_timestamp_drops and read_timestamps(segment) is None:
        return Verdict(Action.NO_TIMESTAMP)
    fin_again = bool(flags & FIN) and segment.end == tcb.rcv_nxt
    expected = (ACK, tcb.rcv_nxt, tcb.snd_nxt, b"")
    met = (flags, segment.seq, segment.ack, segment.data) == expected
    return Verdict(Action.IGNORE if met else Action.ACK, fin_again, fin_again)
