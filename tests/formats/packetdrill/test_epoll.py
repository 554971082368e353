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


@pytest.mark.parametrize("trigger", ["EPOLLET", "EPOLLONESHOT"])
def test_edges_are_not_supported(trigger: str) -> None:
    text = OPEN + f"+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {{events=EPOLLIN|{trigger}, fd=4}}) = 0\n"
    assert isinstance(outcome_of(text), Unsupported)


def test_a_descriptor_that_is_not_open_cannot_be_watched() -> None:
    text = OPEN + "+0 epoll_ctl(5, EPOLL_CTL_ADD, 7, {events=EPOLLIN, fd=7}) = -1 EBADF\n"
    assert isinstance(outcome_of(text), Passed)
