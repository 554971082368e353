"""What a connection has measured and agreed on, as fields on fixed places: times, windows, sizes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from tcptui.core.packet.seq import lt
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text, seq_text
from tcptui.view.cells import shorten
from tcptui.view.end_rows import NEVER, Field, Row
from tcptui.view.subject import Host

if TYPE_CHECKING:
    from tcptui.core.tcp.tcb import Tcb

_NO_THRESHOLD = 1 << 30
"""What `Tcb.ssthresh` is until a loss has set it."""
_DUPLICATES = 3
"""RFC 5681 section 3.2."""


def figure_rows(host: Host, raw: bool, rows: int, width: int) -> list[Row]:
    """As many as have room in so many rows; each keeps its place."""
    if not rows:
        return []
    tcb = host.tcb
    if tcb is None or tcb.state is State.LISTEN:
        return _in_columns(_of_profile(host.profile), rows, width, marked=False)
    return _in_columns(_texts(tcb, raw), rows, width)


def more_of_profile(host: Host, figures: int, rows: int, width: int) -> list[Row]:
    """Of a host without a connection, in at most so many rows, the settings that have no room in `figures`
    rows."""
    texts = _of_profile(host.profile)[figures * _columns(width) :]
    return _in_columns(texts, min(rows, -(-len(texts) // _columns(width))), width, marked=False)


def _columns(width: int) -> int:
    return 1 if width < 24 else 2 if width < 44 else 3


def _in_columns(texts: list[str], rows: int, width: int, *, marked: bool = True) -> list[Row]:
    """The texts in so many rows; `marked`: one that is new is."""
    columns = _columns(width)
    each = width // columns
    made: list[Row] = []
    for place in range(rows):
        some = texts[place * columns : (place + 1) * columns]
        fields = tuple(
            Field(shorten(text, each - 1), "plain", _key(text) if marked else NEVER, width=each)
            for text in some
        )
        made.append(fields if any(some) else ())
    return made


def _key(text: str) -> Hashable:
    """Nothing marks that there is another sample of the round-trip time: nearly every ACK brings one."""
    return ("figure", text) if text and not text.startswith(("RTT ", "RTO ")) else NEVER


def _of_profile(profile: Profile) -> list[str]:
    """What a connection of this host begins with, offers, and gives up after."""
    switches = [
        f"{name} {say('ui.end.on') if is_on else say('ui.end.off')}"
        for name, is_on in (
            ("SACK", profile.sack), ("TS", profile.timestamps),
            ("Nagle", profile.nagle), ("TLP", profile.tail_loss_probe),
        )
    ]  # fmt: skip
    # A host that only grants ECN does not begin with it, so the knob's value is told.
    switches.insert(2, f"ECN {say('ui.end.off') if profile.ecn == 'off' else profile.ecn}")
    return [
        say("ui.end.stack", name=profile.stack),
        f"RTO {duration_text(profile.first_rto)}",
        say("ui.end.buffer", octets=profile.receive_buffer),
        f"MSL {duration_text(profile.msl)}",
        f"MSS {profile.mss}",
        f"RTOmin {duration_text(profile.min_rto)}",
        say("ui.end.try_syn", count=profile.syn_retries + 1),
        say("ui.end.try_data", count=profile.data_retries + 1),
        *switches,
        f"DACK {duration_text(profile.delayed_ack)}",
        "" if profile.window_scale is None else say("ui.end.scale_one", shift=profile.window_scale),
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
