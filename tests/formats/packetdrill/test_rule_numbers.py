"""The numbers in what ``check`` says of a mismatch are the script's: relative, whoever they are of."""

from __future__ import annotations

from pathlib import Path

from tests.command import tcptui

OPENING = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 10000 <mss 1000>
+0 > S. 0:0(0) ack 1 <...>
+0 < . 1:1(0) ack 1 win 10000
+0 accept(3, ..., ...) = 4
"""


def test_the_number_of_an_error_about_something_never_sent(tmp_path: Path) -> None:
    """An ICMP error quotes a segment of ours (RFC 9293 3.9.2.2): its SEQ counts from our ISN."""
    script = OPENING + "+0 < icmp unreachable host_unreachable [5000:5100(100)]\n+0 > R. 1:1(0) ack 1\n"
    (tmp_path / "a.pkt").write_text(script)
    result = tcptui("check", "a.pkt", cwd=tmp_path)
    assert "why: ERROR_NOT_OURS, RFC 9293 3.9.2.2, seq 5000, snd_una 1, snd_nxt 1" in result.stdout
