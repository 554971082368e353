"""The IP header: RFC 791 section 3.1, RFC 8200 section 3, and octets that are neither."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.core.packet.ip_header import TCP, MalformedPacket, Packet, decode_packet, encode_packet


def test_ipv4_header_octet_by_octet() -> None:
    octets = encode_packet(Packet("10.0.0.1", "10.0.0.2", TCP, b"abc"), identification=7)
    assert octets[:10] == bytes((0x45, 0, 0, 23, 0, 7, 0x40, 0, 64, 6))
    assert octets[12:] == bytes((10, 0, 0, 1, 10, 0, 0, 2)) + b"abc"
    # RFC 791: the ones' complement sum of the header, checksum included, is all ones.
    total = sum(int.from_bytes(octets[at : at + 2], "big") for at in range(0, 20, 2))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


@pytest.mark.parametrize(("src", "dst"), [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")])
def test_a_packet_survives_the_way_there_and_back(src: str, dst: str) -> None:
    packet = Packet(src, dst, TCP, b"segment")
    assert decode_packet(encode_packet(packet)) == packet
    assert decode_packet(encode_packet(packet) + b"padding") == packet


@given(st.binary(max_size=80))
def test_any_octets_are_a_packet_or_malformed(octets: bytes) -> None:
    with suppress(MalformedPacket):
        packet = decode_packet(octets)
        assert len(packet.payload) < len(octets)


def test_a_wrong_checksum_a_fragment_and_two_versions_are_refused() -> None:
    good = encode_packet(Packet("10.0.0.1", "10.0.0.2", TCP, b""))
    with pytest.raises(MalformedPacket, match="checksum"):
        decode_packet(good[:8] + b"\x01" + good[9:])
    fragment = bytearray(good)
    fragment[6:8] = b"\x20\x00"
    fragment[10:12] = b"\x00\x00"
    fragment[10:12] = (-int.from_bytes(fragment, "big") % 0xFFFF).to_bytes(2, "big")
    with pytest.raises(MalformedPacket, match="fragment"):
        decode_packet(bytes(fragment))
    with pytest.raises(ValueError, match="two IP versions"):
        encode_packet(Packet("10.0.0.1", "2001:db8::2", TCP, b""))
