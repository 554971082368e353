"""What the wire did of itself in a step, as messages: the scenario's faults, strangers, nobody at an address."""

from __future__ import annotations

from tcptui.core.message import Duration, Message
from tcptui.lab.report import Report
from tcptui.lab.wire import Transmission, WireAct

_ORDINALS = ("first", "second", "third")


def wire_acts(report: Report) -> list[Message]:
    """What became of segments by a rule that describes them, and of those for nobody."""
    told = [act for act in report.acts if act.what not in ("old", "stranger")]
    return [_message(act) for act in told if act.name or act.what == "not sent"]


def third_party(report: Report, transmission: Transmission, name: str) -> Message:
    """Who sends a third party's segment, which is called `name`."""
    receiver = transmission.receiver
    other = "A" if receiver == "B" else "B"
    for act in report.acts:
        if act.number == transmission.number and act.what == "old":
            which = Message.of(f"happened.connection.{_ORDINALS[act.by - 1]}") if act.by <= 3 else None
            which = which or Message.of("happened.connection.later", number=act.by)
            return Message.of("happened.old_segment", name=name, side=receiver, other=other, which=which)
        if act.number == transmission.number and act.what == "stranger":
            return Message.of("happened.stranger_sends", name=name, side=receiver, src=act.name)
    return Message.of("happened.third_party_sends", name=name, side=receiver, other=other)


def _message(act: WireAct) -> Message:
    name = f"#{act.number}"
    match act.what:
        case "nobody":
            return Message.of("happened.nobody", name=name, address=act.name)
        case "not sent":
            return Message.of("happened.not_sent", number=max(act.by, 1))
        case "delayed":
            what = Message.of("happened.fault.delayed", name=name, span=Duration(act.by))
        case "overtaken":
            what = Message.of("happened.fault.overtaken", name=name, other=f"#{act.by}")
        case _:
            what = Message.of(f"happened.fault.{act.what}", name=name)
    return Message.of("happened.fault.by_rule", what=what, rule=act.name)
