"""What a connection has measured and agreed on, as fields on fixed places: times, windows, sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.packet.seq import lt
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text, seq_text
from tcptui.view.cells import shorten
from tcptui.view.end_rows import NEVER, Field, Row

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

_NO_THRESHOLD = 1 << 30
"""What `Tcb.ssthresh` is until a loss has set it."""
_DUPLICATES = 3
"""RFC 5681 section 3.2."""


def figure_rows(tcb: Tcb | None, raw: bool, rows: int, width: int) -> list[Row]:
    """As many as have room in so many rows; each keeps its place."""
    if tcb is None or tcb.state is State.LISTEN or not rows:
        return [()] * rows
    columns = 1 if width < 24 else 2 if width < 44 else 3
    each = width // columns
    texts = _texts(tcb, raw)
    return [
        tuple(
            Field(shorten(text, each - 1), "plain", ("figure", text) if text else NEVER, width=each)
            for text in texts[place * columns : (place + 1) * columns]
        )
        if any(texts[place * columns : (place + 1) * columns])
        else ()
        for place in range(rows)
    ]


def _texts(tcb: Tcb, raw: bool) -> list[str]:
    """Each on its place, "" where there is none yet."""
    estimate = tcb.estimate
    options = [
        name
        for name, agreed in (("SACK", tcb.sack), ("TS", tcb.timestamps), ("ECN", tcb.ecn))
        if agreed and tcb.state is not State.SYN_SENT
    ]
    recovering = tcb.recovering and lt(tcb.snd_una, tcb.recover)
    return [
        f"RTT {duration_text(estimate.srtt)}" if estimate.srtt is not None else "",
        f"RTO {duration_text(estimate.rto)}" if estimate.rto else "",
        f"cwnd {tcb.cwnd}" if tcb.cwnd else "",
        f"MSS {tcb.snd_mss}" if tcb.state is not State.SYN_SENT else "",
        f"ssthresh {tcb.ssthresh}" if tcb.ssthresh < _NO_THRESHOLD else "",
        say("ui.end.duplicates", count=tcb.duplicate_acks, most=_DUPLICATES) if tcb.duplicate_acks else "",
        " ".join(options),
        say("ui.end.scale", send=tcb.snd_shift, receive=tcb.rcv_shift) if tcb.scaling else "",
        say("ui.end.recovery", seq=seq_text(tcb.recover, tcb.iss, raw)) if recovering else "",
    ]
