"""A host and its programs from the table of an end."""

from __future__ import annotations

from typing import cast

from tcptui.core.packet.segment import HOP_LIMIT, Socket
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.lab.addresses import BadSocket, parse_socket, socket_of
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader.table import Table
from tcptui.lab.loader.values import (
    address_of,
    boolean_of,
    choice_of,
    duration_of,
    isns_of,
    line_of,
    number_of,
    secret_of,
    text_of,
)
from tcptui.lab.moves import MOST_BACKLOG
from tcptui.lab.program import CALLS, TRIGGERS, UDP_CALLS, CallName, ScriptedCall, Trigger, takes
from tcptui.lab.wire import BadMove


def host_of(table: Table, role: str, default: Socket) -> HostSetup:
    address = table.take("address", address_of, default.host)
    port = table.take("port", number_of(1, 65_535), default.port)
    setup = HostSetup(
        table.take("role", line_of, role),
        Socket(address, port),
        _profile(table),
        table.take("isn", isns_of, ()),
        table.take("secret", secret_of, HostSetup._field_defaults["secret"]),
        tuple(_act(item) for item in table.tables("script")),
        table.take("reads", boolean_of, True),
        ttl=table.take("ttl", number_of(1, 255), HOP_LIMIT),
    )
    table.done(("address", "port", "role", "profile", "set", "isn", "secret", "script", "reads", "ttl"))
    return setup


def _profile(table: Table) -> Profile:
    profile = PRESETS[table.take("profile", choice_of(*PRESETS), "rfc9293")]
    knobs = table.table("set")
    settings = knobs.take_all()
    if settings:
        from tcptui.lab.knob_values import BadKnob, set_knob
    for name, value in settings.items():
        if isinstance(value, dict):
            raise knobs.error(name[:60], "error.scenario.unquoted_name")
        try:
            profile = set_knob(profile, name, value)
        except BadKnob as error:
            raise knobs.error(name[:60], error.message) from None
    return profile


def _act(table: Table) -> ScriptedCall:
    call = cast(CallName, table.take("call", choice_of(*CALLS)))
    data = table.take("text", text_of, b"")
    if not takes(call, data):
        raise table.error("text", "error.scenario.text")
    where = table.take("address", line_of, "")
    if where and call not in UDP_CALLS:
        raise table.error("address", "error.scenario.address", bind=UDP_CALLS[0], sendto=UDP_CALLS[1])
    try:
        address = parse_socket(where) if where else None
    except BadSocket as error:
        raise table.error("address", error.message) from None
    backlog = table.take("backlog", number_of(0, MOST_BACKLOG), -1)
    if backlog >= 0 and call != "listen":
        raise table.error("backlog", "error.scenario.backlog")
    when = table.take("when", line_of, "")
    at = table.take("at", duration_of, -1)
    trigger, amount = _trigger(when, at, table)
    after = table.take("after", duration_of, 0)
    table.done(("call", "text", "address", "backlog", "at", "when", "after"))
    return ScriptedCall(call, trigger, amount, after, data, address, backlog if backlog >= 0 else None)


def _trigger(when: str, at: int, table: Table) -> tuple[Trigger, int]:
    if when and at >= 0:
        raise table.error("at", "error.scenario.at_and_when")
    if not when:
        return "at", max(at, 0)
    word, _, number = when.partition(" ")
    if word == "received" and number.isascii() and number.isdigit() and len(number) < 10:
        return "received", int(number)
    if when in TRIGGERS and when not in ("at", "received"):
        return when, 0
    raise table.error("when", "error.scenario.when", when=when[:40])


def check_addresses(hosts: tuple[HostSetup, HostSetup], top: Table) -> None:
    a, b = hosts
    for side, own, peer in (("A", a, b), ("B", b, a)):
        for index, act in enumerate(own.script, 1):
            try:
                socket_of(act.call, act.address, own.socket, peer.socket)
            except BadMove as error:
                raise top.error(f"{side}.script[{index}].address", error.message) from None
