"""Ten million segments that nobody would send, on every core of the machine; one line at the end."""

from __future__ import annotations

import os
import time
from multiprocessing import Pool

from tests.core.fuzz import Fuzz

TEN_MILLION = 10_000_000
CHUNK = 20_000
"""Segments of one seed."""


def _run(seed: int) -> int:
    fuzz = Fuzz(seed)
    fuzz.run(CHUNK)
    return fuzz.segments


def fuzz(segments: int = TEN_MILLION) -> None:
    """Raises `Broken`, with the seed, at the first invariant that does not hold."""
    began = time.perf_counter()
    done = 0
    with Pool(os.cpu_count()) as pool:
        for count in pool.imap_unordered(_run, range(-(-segments // CHUNK))):
            done += count
    spent = time.perf_counter() - began
    print(f"fuzz: {done:,} segments, no exception, no broken invariant, {done / spent:,.0f} per second")
