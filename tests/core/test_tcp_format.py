"""Segments to octets and back: vectors, the checksum, options, and whatever else may arrive."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.core.packet.options import mss_option, read_offer
from tcptui.core.packet.segment import ACK, OPTION_END, OPTION_NOP, PSH, SYN, Option, Segment, Socket
from tcptui.core.packet.seq import MASK
from tcptui.core.packet.tcp_format import MAX_OPTIONS, MAX_SEGMENT, MalformedSegment, checksum, decode, encode

V4 = ("10.0.0.1", "10.0.0.2")
V6 = ("2001:db8::1", "2001:db8::2")
HOSTS = (V4, V6)
NOP = Option(OPTION_NOP)
EOL = Option(OPTION_END)


def segment(hosts: tuple[str, str] = V4, **fields: object) -> Segment:
    """An ACK between `hosts`, with `fields` in place of the defaults."""
    src, dst = Socket(hosts[0], 49152), Socket(hosts[1], 80)
    return Segment(src, dst, seq=1, ack=2, flags=ACK, wnd=65535)._replace(**fields)  # type: ignore[arg-type]


def octets_with(area: bytes, data: bytes = b"") -> bytes:
    """A header with the option area `area` (a multiple of 4 octets) and no checksum."""
    offset = (20 + len(area)) // 4
    return struct.pack("!HHIIBBHHH", 49152, 80, 1, 2, offset << 4, ACK, 65535, 0, 0) + area + data


def options_of(area: bytes) -> tuple[Option, ...]:
    return decode(octets_with(area), *V4, verify=False).options


def rfc1071(octets: bytes, src: str, dst: str) -> int:
    """The checksum as RFC 1071 section 4.1 writes it, word by word, apart from the module's own."""
    if ":" in src:
        family, tail = socket.AF_INET6, len(octets).to_bytes(4, "big") + b"\0\0\0\x06"
    else:
        family, tail = socket.AF_INET, b"\0\x06" + len(octets).to_bytes(2, "big")
    summed = socket.inet_pton(family, src) + socket.inet_pton(family, dst) + tail + octets
    total = 0
    for high, low in zip(summed[::2], summed[1::2] + b"\0", strict=False):
        total += high << 8 | low
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, MASK)
hosts = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)),
    st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6)),
).map(lambda pair: (str(pair[0]), str(pair[1])))
option = st.one_of(st.just(NOP), st.builds(Option, st.integers(2, 255), st.binary(max_size=MAX_OPTIONS - 2)))


def fit(options: list[Option]) -> tuple[Option, ...]:
    """As many of `options`, from the first, as the option area has room for."""
    room, fitting = MAX_OPTIONS, []
    for each in options:
        room -= 1 if each.kind == OPTION_NOP else 2 + len(each.data)
        if room < 0:
            break
        fitting.append(each)
    return tuple(fitting)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    src, dst = draw(hosts)
    return Segment(
        Socket(src, draw(u16)),
        Socket(dst, draw(u16)),
        seq=draw(u32),
        ack=draw(u32),
        flags=draw(st.integers(0, 255)),
        wnd=draw(u16),
        data=draw(st.binary(max_size=100)),
        options=fit(draw(st.lists(option, max_size=12))),
        up=draw(u16),
    )


class TestVectors:
    """Octets that were worked out by hand."""

    def test_syn_over_ipv4(self) -> None:
        """The sum, in words: 0a00+0001+0a00+0002+0006+0018 (pseudo-header) = 1421;
        +c000+0050+1234+5678+0000+0000+6002+ffff+0000 = 29d1e; +0204+05b4 = 2a4d6; folded a4d8; ~ is 5b27."""
        syn = segment(seq=0x12345678, ack=0, flags=SYN, options=(mss_option(1460),))
        octets = bytes.fromhex("c0000050 12345678 00000000 6002ffff 5b270000 020405b4")
        assert encode(syn) == octets
        assert decode(octets, *V4) == syn
        assert read_offer(decode(octets, *V4)).mss == 1460

    def test_odd_text_over_ipv6(self) -> None:
        """The sum, in words: 2 x (2001+0db8)+0001+0002 (addresses)+0000+0017+0000+0006 = 5b92;
        +c000+0050+0000+0001+0000+0002+5018+ffff+0000 = 26bfc; +6162+6300 = 3305e; folded 3061; ~ is cf9e."""
        text = segment(V6, flags=PSH | ACK, data=b"abc")
        octets = bytes.fromhex("c0000050 00000001 00000002 5018ffff cf9e0000 616263")
        assert encode(text) == octets
        assert decode(octets, *V6) == text


class TestChecksum:
    @given(st.binary(max_size=200), hosts)
    def test_is_rfc_1071s(self, octets: bytes, pair: tuple[str, str]) -> None:
        assert checksum(octets, *pair) == rfc1071(octets, *pair)

    @pytest.mark.parametrize("pair", HOSTS)
    def test_of_the_longest_segment(self, pair: tuple[str, str]) -> None:
        octets = bytes(range(1, 256)) * 257
        assert len(octets) == MAX_SEGMENT
        assert checksum(octets, *pair) == rfc1071(octets, *pair)

    @given(segments())
    def test_over_its_own_value_is_zero(self, sent: Segment) -> None:
        """MUST-2."""
        assert checksum(encode(sent), sent.src.host, sent.dst.host) == 0

    def test_both_zeros_of_ones_complement_are_right(self) -> None:
        right = checksum(encode(segment(up=0))[:16] + bytes(4), *V4)
        sent = segment(up=right)
        octets = encode(sent)
        assert octets[16:18] == b"\0\0"
        assert decode(octets[:16] + b"\xff\xff" + octets[18:], *V4) == sent

    @pytest.mark.parametrize("pair", HOSTS)
    def test_every_flipped_bit_is_found(self, pair: tuple[str, str]) -> None:
        octets = encode(segment(pair, options=(mss_option(1460), NOP), data=b"Hello, odd text"))
        for bit in range(len(octets) * 8):
            damaged = bytearray(octets)
            damaged[bit // 8] ^= 0x80 >> bit % 8
            with pytest.raises(MalformedSegment):
                decode(bytes(damaged), *pair)

    def test_a_misrouted_segment_is_found(self) -> None:
        with pytest.raises(MalformedSegment, match=r"^checksum 0x"):
            decode(encode(segment()), "10.0.0.1", "10.0.0.3")

    @pytest.mark.parametrize(
        ("src", "dst", "message"),
        [
            ("10.0.0.1", "::1", "10.0.0.1 and ::1 are addresses of two IP versions"),
            ("here", "10.0.0.2", "'here' does not appear to be an IPv4 or IPv6 address"),
        ],
    )
    def test_needs_two_addresses_of_one_version(self, src: str, dst: str, message: str) -> None:
        octets = encode(segment())
        for call in (lambda: checksum(octets, src, dst), lambda: decode(octets, src, dst)):
            with pytest.raises(ValueError) as caught:  # noqa: PT011
                call()
            assert str(caught.value) == message
            assert not isinstance(caught.value, MalformedSegment)
        assert decode(octets, src, dst, verify=False).src.host == src


class TestRoundTrip:
    @given(segments())
    def test_decode_undoes_encode(self, sent: Segment) -> None:
        assert decode(encode(sent), sent.src.host, sent.dst.host) == sent

    @given(segments())
    def test_the_header_is_whole_words(self, sent: Segment) -> None:
        octets = encode(sent)
        assert len(octets) - len(sent.data) == (octets[12] >> 4) * 4

    def test_reserved_bits_are_ignored(self) -> None:
        octets = bytearray(octets_with(b""))
        octets[12] |= 0x0F
        assert decode(bytes(octets), *V4, verify=False) == segment()

    @pytest.mark.parametrize("options", [(NOP,) * MAX_OPTIONS, (Option(9, bytes(MAX_OPTIONS - 2)),)])
    def test_a_full_option_area(self, options: tuple[Option, ...]) -> None:
        sent = segment(options=options, data=b"text")
        assert encode(sent)[12] >> 4 == 15
        assert decode(encode(sent), *V4) == sent

    def test_the_longest_segment(self) -> None:
        sent = segment(data=bytes(MAX_SEGMENT - 20))
        assert decode(encode(sent), *V4) == sent


class TestEncodeRefuses:
    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"src": Socket(V4[0], 65536)}, "source port 65536 does not fit in 16 bits"),
            ({"dst": Socket(V4[1], -1)}, "destination port -1 does not fit in 16 bits"),
            ({"seq": MASK + 1}, "sequence number 4294967296 does not fit in 32 bits"),
            ({"ack": -1}, "acknowledgment number -1 does not fit in 32 bits"),
            ({"flags": 256}, "control bits 256 does not fit in 8 bits"),
            ({"wnd": 65536}, "window 65536 does not fit in 16 bits"),
            ({"up": 65536}, "urgent pointer 65536 does not fit in 16 bits"),
            ({"options": (Option(256),)}, "option kind 256 does not fit in 8 bits"),
            ({"options": (NOP,) * 41}, "options of 41 octets are longer than 40"),
            ({"options": (Option(9, bytes(39)),)}, "options of 41 octets are longer than 40"),
            ({"options": (Option(9, bytes(300)),)}, "options of 302 octets are longer than 40"),
            ({"options": (Option(1, b"x"),)}, "option kind 1 has no data, but 1 octets are given"),
            ({"options": (EOL, NOP)}, "option kind 1 stands behind the End of Option List"),
            ({"data": bytes(65516)}, "a segment of 65536 octets is longer than 65535"),
        ],
    )
    def test_what_no_header_can_say(self, fields: dict[str, object], message: str) -> None:
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            encode(segment(**fields))  # type: ignore[arg-type]
        assert str(caught.value) == message


class TestDecodeRefuses:
    @pytest.mark.parametrize("verify", [True, False])
    @pytest.mark.parametrize(
        ("octets", "message"),
        [
            (b"", "0 octets are too few for a TCP header of 20"),
            (bytes(19), "19 octets are too few for a TCP header of 20"),
            (bytes(MAX_SEGMENT + 1), "65536 octets are more than a TCP segment's 65535"),
            (bytes(12) + b"\x40" + bytes(7), "data offset 4 is less than 5 words"),
            (bytes(12) + b"\x60" + bytes(10), "data offset 6 is 24 octets, beyond the end at 23"),
        ],
    )
    def test_what_has_no_header(self, octets: bytes, message: str, verify: bool) -> None:
        with pytest.raises(MalformedSegment) as caught:
            decode(octets, *V4, verify)
        assert str(caught.value) == message

    def test_a_wrong_checksum(self) -> None:
        """MUST-3."""
        octets = bytes.fromhex("c0000050 12345678 00000000 6002ffff 5b280000 020405b4")
        with pytest.raises(MalformedSegment) as caught:
            decode(octets, *V4)
        assert str(caught.value) == "checksum 0x5b28 is wrong, 0x5b27 is right"
        assert read_offer(decode(octets, *V4, verify=False)).mss == 1460

    @given(st.binary(max_size=120), st.sampled_from(HOSTS), st.booleans())
    def test_nothing_else(self, octets: bytes, pair: tuple[str, str], verify: bool) -> None:
        survives(octets, pair, verify)

    @given(st.binary(max_size=40).map(lambda area: area + bytes(-len(area) % 4)), st.binary(max_size=9))
    def test_nothing_for_any_option_area(self, area: bytes, data: bytes) -> None:
        """What is read can be written, and read again as the same."""
        got = decode(octets_with(area, data), *V4, verify=False)
        assert got.data == data
        assert decode(encode(got), *V4) == got


def survives(octets: bytes, pair: tuple[str, str], verify: bool) -> None:
    """Decoding gives a segment, or a `MalformedSegment` of one line."""
    message = "fine"
    try:
        decode(octets, *pair, verify)
    except MalformedSegment as malformed:
        message = str(malformed)
    assert len(message.splitlines()) == 1


class TestOptions:
    def test_padding_is_zeros(self) -> None:
        """MUST-69, and EOL is not returned: it is padding too."""
        octets = encode(segment(options=(Option(3, b"\x07"),)))
        assert octets[20:] == bytes((3, 3, 7, 0))
        assert decode(octets, *V4).options == (Option(3, b"\x07"),)

    def test_a_given_eol_is_written(self) -> None:
        """MUST-4, MUST-68: an option without data still has its length; EOL has none."""
        octets = encode(segment(options=(Option(4), EOL, EOL)))
        assert octets[20:] == bytes((4, 2, 0, 0))
        assert decode(octets, *V4).options == (Option(4),)

    def test_what_stands_behind_eol_is_not_read(self) -> None:
        assert options_of(bytes((1, 0, 2, 4, 5, 180, 1, 1))) == (NOP,)

    def test_any_alignment(self) -> None:
        """MUST-64: the MSS begins on an odd octet."""
        got = decode(octets_with(bytes((1, 2, 4, 5, 180, 1, 1, 1))), *V4, verify=False)
        assert got.options == (NOP, mss_option(1460), NOP, NOP, NOP)
        assert read_offer(got).mss == 1460

    def test_in_any_segment(self) -> None:
        """MUST-5: here on a bare ACK; also 40 octets of them."""
        assert options_of(bytes([1] * MAX_OPTIONS)) == (NOP,) * MAX_OPTIONS

    def test_unknown_kinds_are_kept(self) -> None:
        """MUST-6."""
        assert options_of(bytes((253, 4, 0xBE, 0xEF, 77, 2, 1, 0))) == (
            Option(253, b"\xbe\xef"),
            Option(77),
            NOP,
        )

    def test_an_mss_of_another_length_is_no_mss(self) -> None:
        got = decode(octets_with(bytes((2, 3, 5, 1))), *V4, verify=False)
        assert got.options == (Option(2, b"\x05"), NOP)
        assert read_offer(got).mss is None

    @pytest.mark.parametrize(
        "bad",
        [
            pytest.param((8, 0, 1, 1), id="zero"),
            pytest.param((8, 1, 1, 1), id="one"),
            pytest.param((8, 5, 1, 1), id="one past the header"),
            pytest.param((8, 255, 1, 1), id="far past the header"),
            pytest.param((1, 1, 1, 8), id="no length at all"),
        ],
    )
    def test_an_illegal_length_ends_the_list(self, bad: tuple[int, ...]) -> None:
        """MUST-7: those before are kept, and the text is not touched."""
        got = decode(octets_with(bytes((2, 4, 5, 180, *bad)), b"\x03\x03\x07"), *V4, verify=False)
        before = (NOP,) * bad.index(8)
        assert got.options == (mss_option(1460), *before)
        assert got.data == b"\x03\x03\x07"
