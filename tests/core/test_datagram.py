"""Datagrams to octets and back (RFC 768), the message that answers one (RFC 792, RFC 4443), the checksums."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.core.packet.checksum import checksum, checksum_with_pseudo_header
from tcptui.core.packet.datagram import Datagram, PortUnreachable
from tcptui.core.packet.icmp_format import encode_port_unreachable
from tcptui.core.packet.ip_header import UDP, Packet, encode_packet
from tcptui.core.packet.segment import Socket
from tcptui.core.packet.udp_format import MAX_DATAGRAM, MalformedDatagram, decode_datagram, encode_datagram

V4 = ("10.0.0.1", "10.0.0.2")
V6 = ("2001:db8::1", "2001:db8::2")
HOSTS = (V4, V6)

u16 = st.integers(0, 0xFFFF)
hosts = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)),
    st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6)),
).map(lambda pair: (str(pair[0]), str(pair[1])))


def datagram(
    hosts: tuple[str, str] = V4, data: bytes = b"", ports: tuple[int, int] = (49152, 80)
) -> Datagram:
    src, dst = (Socket(host, port) for host, port in zip(hosts, ports, strict=True))
    return Datagram(src, dst, data)


datagrams = st.builds(datagram, hosts, st.binary(max_size=100), st.tuples(u16, u16))


class TestVectors:
    """Octets that were worked out by hand: ports c000 and 0050, length, checksum, data."""

    def test_without_data_over_ipv4(self) -> None:
        """Pseudo-header 0a00+0001+0a00+0002+0011+0008 = 141c; header c000+0050+0008 = c058; together d474;
        its complement is 2b8b."""
        octets = bytes.fromhex("c000 0050 0008 2b8b")
        assert encode_datagram(datagram()) == octets
        assert decode_datagram(octets, *V4) == datagram()

    def test_odd_text_over_ipv6(self) -> None:
        """Pseudo-header 2 x (2001+0db8)+0001+0002 + 0000+000b + 0000+0011 = 5b91; header c000+0050+000b =
        c05b; data 6162+6300 = c462; together 1e04e; folded e04f; its complement is 1fb0."""
        octets = bytes.fromhex("c000 0050 000b 1fb0 616263")
        assert encode_datagram(datagram(V6, b"abc")) == octets
        assert decode_datagram(octets, *V6) == datagram(V6, b"abc")

    def test_a_checksum_of_0_is_sent_as_ffff(self) -> None:
        """The first vector's sum, with both lengths 2 more, is d474+0002+0002 = d478. Data of 2b87 makes ffff
        of it, whose complement is 0."""
        sent = datagram(data=bytes.fromhex("2b87"))
        octets = bytes.fromhex("c000 0050 000a ffff 2b87")
        assert encode_datagram(sent) == octets
        assert decode_datagram(octets, *V4) == sent


class TestChecksum:
    @pytest.mark.parametrize("pair", HOSTS)
    def test_every_flipped_bit_is_found(self, pair: tuple[str, str]) -> None:
        octets = encode_datagram(datagram(pair, b"odd text!"))
        for bit in range(len(octets) * 8):
            damaged = bytearray(octets)
            damaged[bit // 8] ^= 0x80 >> bit % 8
            with pytest.raises(MalformedDatagram):
                decode_datagram(bytes(damaged), *pair)

    def test_a_wrong_one_is_named_with_the_right_one(self) -> None:
        octets = bytes.fromhex("c000 0050 0008 2b8c")
        with pytest.raises(MalformedDatagram, match=r"^checksum 0x2b8c is wrong, 0x2b8b is right$"):
            decode_datagram(octets, *V4)
        assert decode_datagram(octets, *V4, verify=False) == datagram()

    def test_the_right_one_is_never_said_to_be_0(self) -> None:
        octets = bytes.fromhex("c000 0050 000a 0001 2b87")
        with pytest.raises(MalformedDatagram, match=r"0xffff is right$"):
            decode_datagram(octets, *V4)

    def test_none_is_allowed_over_ipv4_only(self) -> None:
        octets = bytes.fromhex("c000 0050 000b 0000 616263")
        assert decode_datagram(octets, *V4) == datagram(data=b"abc")
        with pytest.raises(MalformedDatagram, match=r"^no checksum, which IPv6 does not allow$"):
            decode_datagram(octets, *V6)
        assert decode_datagram(octets, *V6, verify=False) == datagram(V6, b"abc")

    def test_a_misrouted_datagram_is_found(self) -> None:
        with pytest.raises(MalformedDatagram, match=r"^checksum 0x"):
            decode_datagram(encode_datagram(datagram()), "10.0.0.1", "10.0.0.3")

    @pytest.mark.parametrize(
        "octets", [bytes.fromhex("c000 0050 0008 0000"), bytes.fromhex("c000 0050 0008 2b8b")]
    )
    def test_needs_two_addresses_of_one_version(self, octets: bytes) -> None:
        message = "^10.0.0.1 and ::1 are addresses of two IP versions$"
        with pytest.raises(ValueError, match=message) as caught:
            decode_datagram(octets, "10.0.0.1", "::1")
        assert not isinstance(caught.value, MalformedDatagram)
        with pytest.raises(ValueError, match=message):
            encode_datagram(datagram(("10.0.0.1", "::1")))


class TestRoundTrip:
    @given(datagrams)
    def test_decode_undoes_encode(self, sent: Datagram) -> None:
        octets = encode_datagram(sent)
        assert octets[6:8] != bytes(2)
        assert decode_datagram(octets, sent.src.host, sent.dst.host) == sent

    @given(datagrams, st.binary(max_size=9))
    def test_what_stands_behind_the_length_is_not_the_datagrams(self, sent: Datagram, more: bytes) -> None:
        assert decode_datagram(encode_datagram(sent) + more, sent.src.host, sent.dst.host) == sent

    @pytest.mark.parametrize("pair", HOSTS)
    def test_the_longest(self, pair: tuple[str, str]) -> None:
        sent = datagram(pair, bytes(MAX_DATAGRAM - 8))
        octets = encode_datagram(sent)
        assert octets[4:6] == b"\xff\xff"
        assert decode_datagram(octets, *pair) == sent


class TestRefuses:
    @pytest.mark.parametrize(
        ("sent", "message"),
        [
            (datagram(ports=(65536, 80)), "source port 65536 does not fit in 16 bits"),
            (datagram(ports=(1, -1)), "destination port -1 does not fit in 16 bits"),
            (datagram(data=bytes(65528)), "a datagram of 65536 octets is longer than 65535"),
        ],
    )
    def test_what_no_header_can_say(self, sent: Datagram, message: str) -> None:
        with pytest.raises(ValueError, match=f"^{message}$"):
            encode_datagram(sent)

    @pytest.mark.parametrize("verify", [True, False])
    @pytest.mark.parametrize(
        ("octets", "message"),
        [
            (b"", "0 octets are too few for a UDP header of 8"),
            (bytes(7), "7 octets are too few for a UDP header of 8"),
            (struct.pack("!HHHH", 1, 2, 7, 0), "length 7 is less than the header's 8"),
            (struct.pack("!HHHH", 1, 2, 0, 0), "length 0 is less than the header's 8"),
            (struct.pack("!HHHHx", 1, 2, 10, 0), "length 10 is beyond the end at 9"),
        ],
    )
    def test_what_has_no_header(self, octets: bytes, message: str, verify: bool) -> None:
        with pytest.raises(MalformedDatagram, match=f"^{message}$"):
            decode_datagram(octets, *V4, verify)

    @given(st.binary(max_size=60), st.sampled_from(HOSTS), st.booleans())
    def test_nothing_else(self, octets: bytes, pair: tuple[str, str], verify: bool) -> None:
        with suppress(MalformedDatagram):
            got = decode_datagram(octets, *pair, verify)
            assert got.data == octets[8 : int.from_bytes(octets[4:6], "big")]

    @given(st.binary(max_size=20), u16)
    def test_nothing_for_any_ports_and_text(self, data: bytes, port: int) -> None:
        octets = struct.pack("!HHHH", port, 80, 8 + len(data), 0) + data
        assert decode_datagram(octets, *V4) == datagram(data=data, ports=(port, 80))


class TestPortUnreachable:
    def test_over_ipv4_octet_by_octet(self) -> None:
        """Type 3, code 3, and the datagram's IP header and first 8 octets (RFC 792). The sum of it all is
        ffff."""
        sent = datagram(data=b"abc")
        octets = encode_port_unreachable(PortUnreachable(sent))
        packet = encode_packet(Packet(*V4, UDP, encode_datagram(sent)))
        assert (octets[:2], octets[4:]) == (b"\x03\x03", bytes(4) + packet[:28])
        total = sum(int.from_bytes(octets[at : at + 2], "big") for at in range(0, 36, 2))
        assert (total & 0xFFFF) + (total >> 16) == 0xFFFF

    @pytest.mark.parametrize(("length", "quoted"), [(3, 40 + 8 + 3), (1500, 1280 - 40 - 8)])
    def test_over_ipv6_as_much_is_quoted_as_fits(self, length: int, quoted: int) -> None:
        """Type 1, code 4 (RFC 4443 section 3.1), and no more than the minimum MTU of 1280 takes (2.4 (c)).
        The checksum is over a pseudo-header whose next header is 58 (2.3)."""
        sent = datagram(V6, bytes(length))
        octets = encode_port_unreachable(PortUnreachable(sent))
        packet = encode_packet(Packet(*V6, UDP, encode_datagram(sent)))
        assert (octets[:2], octets[4:]) == (b"\x01\x04", bytes(4) + packet[:quoted])
        assert len(octets) == 8 + quoted
        assert checksum_with_pseudo_header(octets, V6[1], V6[0], 58) == 0


def test_the_checksum_is_rfc_1071s_example() -> None:
    """RFC 1071 section 3: the sum of 0001, f203, f4f5 and f6f7 is ddf2."""
    assert checksum(bytes.fromhex("0001 f203 f4f5 f6f7")) == 0xFFFF - 0xDDF2
    assert checksum(bytes.fromhex("0001 f2")) == checksum(bytes.fromhex("0001 f200"))
