"""pcapng read by another reader than the program has: block by block, option by option, nothing left over."""

from __future__ import annotations

from typing import NamedTuple

Options = dict[int, bytes]


class Block(NamedTuple):
    kind: int
    body: bytes


class CapturedPacket(NamedTuple):
    at: int
    octets: bytes
    comment: str


class Section(NamedTuple):
    comment: str
    link_type: int
    interface: str
    packets: list[CapturedPacket]


def blocks(octets: bytes) -> list[Block]:
    """Every block; the length before it and the one after it are the same, and a multiple of four."""
    found = []
    while octets:
        length = number(octets[4:8])
        assert length % 4 == 0
        assert 12 <= length <= len(octets)
        assert number(octets[length - 4 : length]) == length
        found.append(Block(number(octets[:4]), octets[8 : length - 4]))
        octets = octets[length:]
    return found


def options(octets: bytes) -> Options:
    """The options up to their end, which is the end of `octets` too; none twice."""
    found: Options = {}
    while (code := number(octets[:2])) != 0:
        length = number(octets[2:4])
        padded = -(-length // 4) * 4
        assert octets[4 + length : 4 + padded] == bytes(padded - length)
        assert code not in found
        found[code] = octets[4 : 4 + length]
        octets = octets[4 + padded :]
    assert octets == bytes(4)
    return found


def section(octets: bytes) -> Section:
    """A file of one section and one interface."""
    head, interface, *packets = blocks(octets)
    assert head.kind == 0x0A0D0D0A
    assert head.body[:8] == bytes.fromhex("4d3c2b1a 0100 0000"), "little-endian, version 1.0"
    assert head.body[8:16] == b"\xff" * 8, "of no stated length"
    assert interface.kind == 1
    names = options(interface.body[8:])
    assert names[9] == b"\x06", "times in microseconds"
    return Section(
        options(head.body[16:])[1].decode(),
        number(interface.body[:2]),
        names[2].decode(),
        [_packet(block) for block in packets],
    )


def number(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


def _packet(block: Block) -> CapturedPacket:
    assert block.kind == 6
    interface, high, low, captured, original = (number(block.body[at : at + 4]) for at in range(0, 20, 4))
    assert interface == 0
    assert captured == original
    rest = 20 + -(-captured // 4) * 4
    return CapturedPacket(
        (high << 32) + low, block.body[20 : 20 + captured], options(block.body[rest:])[1].decode()
    )
