"""Every transition of Figure 5, every rule, timer and knob that is on or off is shown by a story."""

from __future__ import annotations

import pytest

from tcptui.cli import main
from tcptui.commands.coverage import stories
from tcptui.explain.coverage import Coverage, coverage
from tcptui.library import SHIPPED

NOT_SHOWN = frozenset(
    {
        "LISTEN > SYN-SENT",
        "FIN-WAIT-1 > TIME-WAIT",
        "OPEN_TURNS_ACTIVE",
        "SEND_OPENS",
        "SEND_QUEUED",
        "CLOSE_DELETES_HALF_OPEN",
        "CLOSE_WAITS_FOR_WINDOW",
        "STATUS_REFUSED",
        "CONFIGURE_REFUSED",
        "ACCEPT_REFUSED",
        "ACCEPT_OF_RESET",
        "NOT_A_SINGLE_HOST",
        "ACCEPT_QUEUE_FULL_RESETS",
        "LISTEN_SYN_ACK_IGNORED",
        "LISTEN_SYN_FIN_DROPPED",
        "LISTEN_OTHER",
        "DATA_ON_SYN_ACK_IGNORED",
        "SYN_SENT_BAD_RST",
        "ECHO_OF_NO_SYN",
        "SYN_SENT_BLIND_RST",
        "TIMESTAMP_MISSING",
        "ECHO_OF_NO_SYN_ACK",
        "RST_OUTSIDE",
        "RST_REFUSES",
        "HALF_OPEN_DROPS",
        "SYN_ACK_AGAIN",
        "ACK_MISSING",
        "ACK_TOO_OLD",
        "ACK_DEFERRED",
        "ACK_UNSENT_IGNORED",
        "UNREAD_DELETED",
        "DATA_BEYOND_WINDOW",
        "FIN_AGAIN",
        "FIN_COUNTED_TWICE",
        "TIME_WAIT_GOES_ON",
        "CORK_OVERRIDDEN",
        "ACK_AFTER_READING",
        "QUICKACK_SET",
        "ACK_SOON_DUE",
        "SYN_ACK_ACKED_LATER",
        "LOSS_PROBE_OF_NEW_DATA",
        "LOSS_PROBE_WAITS",
        "LOSS_PROBE_NEEDLESS",
        "LOSS_PROBE_REPAIRED",
        "LOSS_PROBE_SACKED",
        "ERROR_NOT_OURS",
        "ERROR_IGNORED",
        "SOURCE_QUENCH_IGNORED",
        "HARD_ERROR_NOTED",
        "PATH_MTU",
        "SYN_ACK_NOT_AGAIN",
        "BROKEN_ACCEPT_ANY_ACK",
        "UDP_ERROR_UNCLAIMED",
        "UDP_GROUP_EMPTY",
        "missing_timestamp_drops",
        "cwnd_validation",
        "cwnd_stops_at_window",
        "restart_after_idle",
        "limited_transmit",
        "user_timeout_ends_keep_alive",
        "refused_in_syn_received",
        "data_on_syn_ack",
        "drop_syn_fin",
        "rfc5961_ack",
    }
)
"""What no story shows yet, by name: each is to go."""


@pytest.fixture(scope="module")
def shown() -> Coverage:
    return coverage(stories(SHIPPED))


def test_everything_is_shown_by_a_story(shown: Coverage) -> None:
    assert set(shown.missing) <= NOT_SHOWN


def test_without_a_story_nothing_is_shown() -> None:
    none = coverage([])
    assert len(none.missing) == sum(len(things) for things in none)


def test_a_knob_is_shown_where_it_changes_the_run(shown: Coverage) -> None:
    assert shown.knobs["rfc1337"] is not None
    handshake = coverage([SHIPPED.find("handshake")])
    assert handshake.knobs["two_way_handshake"] == ("handshake", "")
    assert handshake.knobs["rfc1337"] is None, "nothing comes in TIME-WAIT"


def test_the_command_says_what_is_shown_and_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["list", "--coverage"])
    told = capsys.readouterr().out
    assert status == (1 if NOT_SHOWN else 0)
    assert "  CLOSED > LISTEN " in told
    rows = [line for line in told.splitlines() if line.endswith(" -")]
    assert {line.strip().split("  ")[0] for line in rows} <= NOT_SHOWN
