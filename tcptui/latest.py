"""A mapping that keeps the latest of its entries."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep_latest(kept: dict[K, V], key: K, value: V, most: int) -> None:
    """Puts an entry in, or to the end, and drops the first ones where they are more than `most`."""
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
