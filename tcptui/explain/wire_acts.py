"""What the wire did of itself in a step, as messages: faults by description, boxes, third parties."""

from __future__ import annotations

from tcptui.core.message import Duration, Message, Value
from tcptui.core.packet.datagram import IcmpMessage
from tcptui.lab.report import Report
from tcptui.lab.wire import Transmission, WireAct, WireActName

_ORDINALS = (
    Message.of("happened.connection.first"),
    Message.of("happened.connection.second"),
    Message.of("happened.connection.third"),
)
_AT_BOXES: dict[WireActName, tuple[str, str]] = {
    "expired": ("happened.box.expired", "address"),
    "too long": ("happened.box.too_long", "address"),
    "dropped": ("happened.box.dropped", "rule"),
    "refused": ("happened.box.refused", "rule"),
    "no mapping": ("happened.box.no_mapping", "address"),
    "mapped": ("happened.box.mapped", "address"),
    "mapped late": ("happened.box.mapped_late", "address"),
}
"""Its sentence, and what the name of the act is in it."""
_FAULTS: dict[WireActName, str] = {
    "lost": "happened.fault.lost",
    "delayed": "happened.fault.delayed",
    "duplicated": "happened.fault.duplicated",
    "overtaken": "happened.fault.overtaken",
}


def wire_acts(report: Report) -> list[Message]:
    """What became of segments by a rule that describes them, and of those to an address without a host."""
    told = [act for act in report.acts if act.what not in ("old", "third party", "answer")]
    return [_message(act) for act in told if act.name or act.what == "not sent"]


_LATER = (
    "happened.connection.later_first", "happened.connection.later_second", "happened.connection.later_third",
)  # fmt: skip


def _later(number: int) -> Message:
    """Which one, in digits."""
    last = 0 if number % 100 // 10 == 1 else number % 10
    key = "happened.connection.later" if not 0 < last <= len(_ORDINALS) else _LATER[last - 1]
    return Message.of(key, number=number)


def third_party(report: Report, transmission: Transmission, name: str) -> Message:
    """Who sends a third party's segment, which is called `name`."""
    receiver = transmission.receiver
    other = "A" if receiver == "B" else "B"
    for act in report.acts:
        if act.number == transmission.number and act.what == "old":
            which = _ORDINALS[act.by - 1] if act.by <= len(_ORDINALS) else _later(act.by)
            return Message.of("happened.old_segment", name=name, side=receiver, other=other, which=which)
        if act.number == transmission.number and act.what == "answer":
            if isinstance(transmission.payload, IcmpMessage):
                name = f"#{act.number} {transmission.payload}"
            return Message.of(_ANSWERS[act.name], name=name, side=receiver)
        if act.number == transmission.number and act.what == "third party":
            return Message.of("happened.third_party_at", name=name, side=receiver, src=act.name)
    return Message.of("happened.third_party_sends", name=name, side=receiver, other=other)


_ANSWERS = {
    "router": "happened.box.router_answers",
    "firewall": "happened.box.firewall_answers",
    "NAT": "happened.box.nat_answers",
}


def _message(act: WireAct) -> Message:
    name = f"#{act.number}"
    if act.what == "no host":
        return Message.of("happened.no_host", name=name, address=act.name)
    if act.what == "not sent":
        return Message.of("happened.not_sent", number=max(act.by, 1))
    if act.what in _AT_BOXES:
        key, about = _AT_BOXES[act.what]
        return Message.of(key, **{"name": name, about: act.name})
    numbers: dict[str, Value] = {"name": name}
    if act.what == "delayed":
        numbers["span"] = Duration(act.by)
    if act.what == "overtaken":
        numbers["other"] = f"#{act.by}"
    what = Message.of(_FAULTS[act.what], **numbers)
    return Message.of("happened.fault.by_rule", what=what, rule=act.name)
