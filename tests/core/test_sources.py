"""Where a rule is written: each stack cites an RFC or what is its own, never another stack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tcptui.core.events import Event, RuleApplied
from tcptui.core.packet.segment import ACK, FIN, RST, SYN
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.core.rules import Rule
from tcptui.core.state import State as S
from tcptui.core.tcp.calls import Abort, Close, Open
from tcptui.core.tcp.icmp import IcmpError
from tcptui.core.tcp.unreachable import Unreachable
from tcptui.core.units import SECOND
from tests.core.build import PEER, US, Site, reach


def test_what_no_rfc_says_is_cited_by_what_says_it() -> None:
    """RFC 9293 has neither ACCEPT nor a timeout of FIN-WAIT-2."""
    cited = {rule.name: rule.source for rule in Rule if rule.rfc is None}
    assert cited == {
        "CLOSE_DELETES_HALF_OPEN": "FreeBSD tcp_disconnect()",
        "CLOSE_WAITS_FOR_CWND": "Linux tcp_cwnd_test()",
        "ABORT_DELETES_HALF_OPEN": "FreeBSD tcp_drop()",
        "CONFIGURE_REFUSED": "POSIX setsockopt()",
        "ACCEPT_REFUSED": "POSIX accept()",
        "ACCEPTED": "POSIX accept()",
        "ACCEPT_OF_RESET": "POSIX accept()",
        "BLACKHOLE": "FreeBSD net.inet.tcp.blackhole",
        "ACCEPT_QUEUE_FULL": "POSIX listen()",
        "ACCEPT_QUEUE_FULL_FOR_ACK": "POSIX listen()",
        "SYN_RESENT_SOON": "Linux tcp_rcv_synsent_state_process()",
        "ACCEPT_QUEUE_FULL_RESETS": "POSIX listen()",
        "LISTEN_SYN_ACK_IGNORED": "FreeBSD tcp_input()",
        "DATA_ON_SYN_ACK_IGNORED": "Linux tcp_rcv_synsent_state_process()",
        "OLD_SEGMENT_TRIMMED": "FreeBSD tcp_do_segment()",
        "HALF_OPEN_DROPS": "FreeBSD tcp_input()",
        "SYN_ACK_AGAIN": "FreeBSD tcp_output()",
        "ERROR_IGNORED": "FreeBSD tcp_ctlinput()",
        "SYN_RESETS_HALF_OPEN": "Linux tcp_check_req()",
        "ECHO_OF_NO_SYN": "Linux tcp_rcv_synsent_state_process()",
        "ECHO_OF_NO_SYN_ACK": "Linux tcp_check_req()",
        "ACK_AFTER_READING": "Linux __tcp_cleanup_rbuf()",
        "QUICKACK_SET": "Linux __tcp_sock_set_quickack()",
        "ACK_SOON_DUE": "Linux tcp_send_delayed_ack()",
        "SYN_ACK_ACKED_LATER": "Linux tcp_rcv_synsent_state_process()",
        "DATA_OLD": "Linux tcp_data_queue()",
        "DATA_BEYOND_WINDOW": "Linux tcp_data_queue()",
        "FIN_COUNTED_TWICE": "Linux tcp_queue_rcv()",
        "OPEN_ENDS_TIME_WAIT": "Linux tcp_twsk_unique()",
        "TIME_WAIT_RESTARTED": "Linux tcp_timewait_state_process()",
        "SOFT_ERROR_ENDS_OPEN": "Linux tcp_v4_err()",
        "HARD_ERROR_NOTED": "Linux tcp_v4_err()",
        "FIN_WAIT_2_OVER": "Linux tcp_fin_timeout",
        "CONNECT_TIMEOUT": "FreeBSD net.inet.tcp.keepinit",
        "GIVE_UP_ON_ORPHAN": "Linux tcp_probe_timer()",
        "ACK_DEFERRED": "Linux tcp_check_req()",
        "SYN_ACK_NOT_AGAIN": "Linux syn_ack_recalc()",
        "CORKED": "Linux tcp_nagle_check()",
        "CORK_OVERRIDDEN": "Linux tcp_write_wakeup()",
    }


SYSTEMS = {"rfc9293": "RFC", "linux": "Linux", "freebsd": "FreeBSD"}


def test_a_rule_that_two_stacks_have_is_cited_by_each_of_them() -> None:
    for rule in Rule:
        for stack, system in SYSTEMS.items():
            own = rule.source_of(stack)
            assert own == rule.source or own.split()[0] == system, (rule, stack)
    closed = [Rule.LISTENER_CLOSED_RESETS.source_of(stack) for stack in SYSTEMS]
    assert closed == ["RFC 9293 3.10.5", "Linux inet_csk_listen_stop()", "FreeBSD soclose()"]
    assert Rule.FIN_WAIT_2_OVER.source_of("freebsd") == "FreeBSD tcp_timer_2msl()"


def storm(profile: Profile) -> Iterator[Event]:
    """Every state meets segments of all kinds, CLOSE, ABORT and the end of its timers."""
    for state in S:
        if state is S.CLOSED:
            continue
        site = reach(state, profile)
        listener = Site(profile)
        listener.call(Open(US, passive=True, backlog=1))
        for flags in (ACK, FIN | ACK, RST, RST | ACK, SYN, SYN | ACK, SYN | FIN, 0):
            for seq, ack, data in (
                (0, 1, b""),
                (1, 2, b"ab"),
                (2, 2, b""),
                (50, 1, b"x"),
                (9_999_999, 9, b""),
            ):
                arrives = reach(state, profile)
                yield from arrives.receives(arrives.peer(flags, seq, ack, data))
                yield from arrives.receives(arrives.peer(flags, seq, ack, data))
                yield from listener.receives(listener.peer(flags, seq, ack, data))
        for call in (Close(1), Close(1, half_duplex=True), Abort(1)):
            ends = reach(state, profile)
            yield from ends.call(call)
            yield from ends.receives(ends.peer(ACK, 1, 2))
            yield from ends.wait(3_600 * SECOND)
        yield from listener.call(Close(1))
        for kind in Unreachable:
            fails = reach(state, profile, b"abc")
            if (tcb := fails.stack.tcb(1)) is not None:
                yield from fails.stack.error(IcmpError(kind, US, PEER, tcb.snd_una), fails.now)
        yield from site.wait(3_600 * SECOND)


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_preset_applies_a_rule_that_cites_another_stack(name: str) -> None:
    applied = {event.rule for event in storm(PRESETS[name]) if isinstance(event, RuleApplied)}
    assert len(applied) > 50
    others = {system for stack, system in SYSTEMS.items() if stack not in (name, "rfc9293")}
    foreign = {rule.name: rule.source_of(name) for rule in applied
               if rule.source_of(name).split()[0] in others}  # fmt: skip
    assert foreign == {}
