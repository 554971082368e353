"""epoll in a script: an interest list, and poll() of it."""

from __future__ import annotations

import pytest

from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Failed, Outcome, Passed, Unsupported

OPEN = """// profile: linux
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 9000 <mss 900>
+0 > S. 0:0(0) ack 1 <...>
+0 < . 1:1(0) ack 1 win 9000
+0 accept(3, ..., ...) = 4
+0 epoll_create(1) = 5
"""


def outcome_of(text: str) -> Outcome:
    return check_script(text, "x.pkt")


def test_what_is_ready_is_handed_back_with_its_data() -> None:
    text = OPEN + "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, u64=9}) = 0\n"
    assert isinstance(outcome_of(text + "+0 epoll_wait(5, {events=EPOLLOUT, u64=9}, 1, 0) = 1\n"), Passed)
    failed = outcome_of(text + "+0 epoll_wait(5, {events=EPOLLIN, u64=9}, 1, 0) = 1\n")
    assert isinstance(failed, Failed)
    assert "[{events=0x1, fd=9}]" in str(failed)
    assert "[{events=0x4, fd=9}]" in str(failed)


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_are_told_than_there_is_room_for(most: int) -> None:
    text = OPEN + (
        "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, fd=4}) = 0\n"
        "+0 dup(4) = 6\n"
        "+0 epoll_ctl(5, EPOLL_CTL_ADD, 6, {events=EPOLLOUT, fd=6}) = 0\n"
    )
    assert isinstance(outcome_of(f"{text}+0 epoll_wait(5, ..., {most}, 0) = {most}\n"), Passed)


WATCH = "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=%s, fd=4}) = 0\n"
TOLD = "+0 epoll_wait(5, {events=%s, fd=4}, 1, 0) = 1\n"
NOTHING = "+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 0\n"


def test_an_edge_is_told_once_and_again_when_more_has_come() -> None:
    """Also if what had come before was not read; and if all was read, not again."""
    told = TOLD % "EPOLLIN"
    text = OPEN + WATCH % "EPOLLIN|EPOLLET" + NOTHING + "+0 < P. 1:101(100) ack 1 win 9000\n"
    text += "+0 > . 1:1(0) ack 101\n" + told + NOTHING
    text += "+.1 < P. 101:201(100) ack 1 win 9000\n* > . 1:1(0) ack 201\n" + told + NOTHING
    outcome = outcome_of(text + "+0 read(4, ..., 200) = 200\n" + NOTHING)
    assert isinstance(outcome, Passed), str(outcome)


def test_room_is_an_edge_once_a_write_has_found_none() -> None:
    told = TOLD % "EPOLLOUT"
    text = OPEN + "+0 setsockopt(4, SOL_SOCKET, SO_SNDBUF, [5000], 4) = 0\n"
    text += "+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n" + WATCH % "EPOLLOUT|EPOLLET" + told + NOTHING
    text += "+0 write(4, ..., 900) = 900\n+0 > P. 1:901(900) ack 1\n+.1 < . 1:1(0) ack 901 win 9000\n"
    text += NOTHING + "+0 write(4, ..., 60000) = ?\n" + NOTHING
    text += "* > . 901:9001(8100) ack 1\n+.1 < . 1:1(0) ack 9001 win 9000\n" + NOTHING
    text += "* > P. 9001:13501(4500) ack 1\n+.1 < . 1:1(0) ack 13501 win 9000\n"
    outcome = outcome_of(text + told + NOTHING)
    assert isinstance(outcome, Passed), str(outcome)


def test_one_shot_is_told_once_until_it_is_asked_for_again() -> None:
    told = TOLD % "EPOLLOUT"
    again = (WATCH % "EPOLLOUT|EPOLLONESHOT").replace("ADD", "MOD")
    outcome = outcome_of(OPEN + WATCH % "EPOLLOUT|EPOLLONESHOT" + told + NOTHING + again + told + NOTHING)
    assert isinstance(outcome, Passed), str(outcome)
    text = OPEN + WATCH % "EPOLLOUT|EPOLLONESHOT" + told + "+0 < F. 1:1(0) ack 1 win 9000\n"
    outcome = outcome_of(text + "* > . 1:1(0) ack 2\n" + NOTHING)
    assert isinstance(outcome, Passed), str(outcome)


def test_the_end_of_a_connection_is_an_edge() -> None:
    text = OPEN + WATCH % "EPOLLIN|EPOLLET" + "+0 < P. 1:101(100) ack 1 win 9000\n* > . 1:1(0) ack 101\n"
    text += TOLD % "EPOLLIN" + NOTHING + "+0 < R. 101:101(0) ack 1 win 0\n"
    outcome = outcome_of(text + TOLD % "EPOLLIN|EPOLLERR|EPOLLHUP")
    assert isinstance(outcome, Passed), str(outcome)


def test_a_new_state_is_an_edge_whatever_is_watched() -> None:
    text = OPEN + WATCH % "EPOLLOUT|EPOLLET" + TOLD % "EPOLLOUT" + NOTHING
    outcome = outcome_of(text + "+0 < F. 1:1(0) ack 1 win 9000\n* > . 1:1(0) ack 2\n" + TOLD % "EPOLLOUT")
    assert isinstance(outcome, Passed), str(outcome)


def test_an_edge_that_was_told_is_not_waited_for() -> None:
    text = OPEN + WATCH % "EPOLLOUT|EPOLLET" + TOLD % "EPOLLOUT"
    outcome = outcome_of(text + "+0...0.1 epoll_wait(5, ..., 1, 100) = 0\n")
    assert isinstance(outcome, Unsupported)


def test_a_descriptor_that_is_not_open_cannot_be_watched() -> None:
    text = OPEN + "+0 epoll_ctl(5, EPOLL_CTL_ADD, 7, {events=EPOLLIN, fd=7}) = -1 EBADF\n"
    assert isinstance(outcome_of(text), Passed)
