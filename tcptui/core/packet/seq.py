"""Sequence number arithmetic modulo 2^32 (RFC 9293 section 3.4).

Every sequence and acknowledgment number in this package is an int from 0 to 2^32 - 1.
Order is only meaningful for numbers less than 2^31 apart; two numbers exactly 2^31
apart are in no order at all, so neither ``lt(a, b)`` nor ``lt(b, a)`` holds.
"""

MODULUS = 1 << 32
MASK = MODULUS - 1
HALF = 1 << 31


def seq_add(number: int, octets: int) -> int:
    """The sequence number `octets` after `number` (before it, if negative)."""
    return (number + octets) & MASK


def distance(start: int, end: int) -> int:
    """How many octets lie from `start` up to, not including, `end`: 0 to 2^32 - 1."""
    return (end - start) & MASK


def signed_distance(start: int, end: int) -> int:
    """As `distance`, but an `end` left of `start` gives a negative number."""
    octets = (end - start) & MASK
    return octets if octets < HALF else octets - MODULUS


def relative(number: int, base: int | None) -> int:
    """How far `number` comes after an initial number `base`, modulo 2^32; itself where there is none."""
    return number if base is None else distance(base, number)


def lt(left: int, right: int) -> bool:
    """RFC 9293's ``left < right``."""
    return 0 < ((right - left) & MASK) < HALF


def le(left: int, right: int) -> bool:
    """RFC 9293's ``left =< right``."""
    return ((right - left) & MASK) < HALF


def in_window(number: int, start: int, size: int) -> bool:
    """RFC 9293's ``start =< number < start+size``, for a window of `size` octets."""
    return ((number - start) & MASK) < size
