"""What a proxy says of a connection, in both versions of its protocol."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.serve.proxy_protocol import SIGNATURE, BadHeader, Header, header_of

FOUR = bytes((192, 0, 2, 7, 10, 0, 0, 1)) + (50000).to_bytes(2) + (22).to_bytes(2)
SIX = bytes.fromhex("20010db8000000000000000000000007") + bytes(16) + (50000).to_bytes(2) + (22).to_bytes(2)
HEADERS = {
    b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 22\r\n": ("192.0.2.7", 50000),
    b"PROXY TCP6 2001:db8::7 ::1 50000 22\r\n": ("2001:db8::7", 50000),
    b"PROXY UNKNOWN\r\n": ("", 0),
    b"PROXY UNKNOWN ffff::1 ffff::1 65535 65535\r\n": ("", 0),
    SIGNATURE + b"\x21\x11\x00\x0c" + FOUR: ("192.0.2.7", 50000),
    SIGNATURE + b"\x21\x11\x00\x13" + FOUR + b"\x04\x00\x04more": ("192.0.2.7", 50000),
    SIGNATURE + b"\x21\x21\x00\x24" + SIX: ("2001:db8::7", 50000),
    SIGNATURE + b"\x20\x00\x00\x00": ("", 0),
    SIGNATURE + b"\x20\x11\x00\x0c" + FOUR: ("", 0),
    SIGNATURE + b"\x21\x31\x00\x02ab": ("", 0),  # A Unix socket.
}
BAD = [
    b"SSH-2.0-OpenSSH_9.6\r\n", b"PROXY\r\n", b"PROXYTCP4", b"\0", b"\r\nx",
    b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", b"PROXY TCP4 ::1 ::1 1 2\r\n",
    b"PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
    b"PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n", b"PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
    b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", b"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n",
    b"PROXY TCP4 1.2.3.4 \xff 1 2\r\n", b"PROXY " + b"x" * 101, SIGNATURE + b"\x11\x11\x00\x0c" + FOUR,
    SIGNATURE + b"\x22\x11\x00\x0c" + FOUR, SIGNATURE + b"\x21\x11\x00\x0b" + FOUR,
    SIGNATURE + b"\x21\x11\xff\xff",
]  # fmt: skip


@pytest.mark.parametrize("octets", HEADERS, ids=range(len(HEADERS)))
def test_a_header_says_from_where_a_connection_comes(octets: bytes) -> None:
    """As soon as it is whole, whatever follows."""
    expected = Header(len(octets), *HEADERS[octets])
    assert [header_of(octets[:length]) for length in range(len(octets))] == [None] * len(octets)
    assert header_of(octets) == header_of(octets + b"SSH-2.0-x\r\n") == expected


@pytest.mark.parametrize("octets", BAD, ids=range(len(BAD)))
def test_another_is_refused(octets: bytes) -> None:
    with pytest.raises(BadHeader):
        header_of(octets)


@given(
    st.sampled_from([b"", b"PROXY ", b"PROXY TCP4 ", SIGNATURE, SIGNATURE + b"\x21"]), st.binary(max_size=300)
)
def test_whatever_comes_no_more_is_waited_for_than_a_header_can_have(begin: bytes, octets: bytes) -> None:
    try:
        header = header_of(begin + octets)
    except BadHeader:
        return
    assert header is None or 0 < header.length <= len(begin + octets)
    if header is None:
        assert len(begin + octets) < 16 + 2048
