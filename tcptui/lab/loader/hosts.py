"""A host and its programs from the table of an end."""

from __future__ import annotations

from tcptui.core.packet.segment import HOP_LIMIT, Socket
from tcptui.core.profile.presets import PRESETS
from tcptui.core.profile.record import Profile
from tcptui.lab.addresses import socket_of
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.moves import Do, Move
from tcptui.lab.program import NamedScript, ScriptedCall, Step
from tcptui.lab.program_text import PROGRAM_KEYS, check_programs, program_of, programs_of, script_of
from tcptui.lab.toml_table import Table
from tcptui.lab.toml_values import (
    address_of,
    boolean_of,
    choice_of,
    isns_of,
    line_of,
    number_of,
    secret_of,
)
from tcptui.lab.wire import BadMove


def host_of(table: Table, role: str, default: Socket) -> HostSetup:
    address = table.take("address", address_of, default.host)
    port = table.take("port", number_of(1, 65_535), default.port)
    script, programs = _programs(table)
    setup = HostSetup(
        table.take("role", line_of, role),
        Socket(address, port),
        _profile(table),
        table.take("isn", isns_of, ()),
        table.take("secret", secret_of, HostSetup._field_defaults["secret"]),
        script,
        table.take("reads", boolean_of, True),
        programs=programs,
        ttl=table.take("ttl", number_of(1, 255), HOP_LIMIT),
    )
    table.done(
        (
            "address", "port", "role", "profile", "set", "isn", "secret", "program", "programs", "script",
            "reads", "ttl",
        )
    )  # fmt: skip
    return setup


def _programs(table: Table) -> tuple[tuple[Step, ...], tuple[NamedScript, ...]]:
    """The program of a host in one of the three ways in which it can be written."""
    given = [key for key in sorted(PROGRAM_KEYS, reverse=True) if key in table]
    if len(given) > 1:
        raise table.error(given[1], "error.scenario.one_program", other=given[0])
    nothing: tuple[Step, ...] = ()
    script = table.take("script", script_of, nothing)
    if "program" in table:
        return script, (NamedScript("program", table.take("program", program_of)),)
    return script, table.take("programs", programs_of, ())


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


def check_calls(hosts: tuple[HostSetup, HostSetup], prelude: tuple[Move, ...], top: Table) -> None:
    """That calls of UDP name sockets that there are, and calls to sockets names that stand for something."""
    a, b = hosts
    for side, own, peer in (("A", a, b), ("B", b, a)):
        for index, act in enumerate(own.script, 1):
            if isinstance(act, ScriptedCall):
                try:
                    socket_of(act.call, act.address, own.socket, peer.socket)
                except BadMove as error:
                    raise top.error(f"{side}.script[{index}].address", error.message) from None
        if own.programs:
            typed = {
                move.written.into: b"" if move.written.name in ("recv", "read") else 3
                for move in prelude
                if isinstance(move, Do) and move.side == side and move.written is not None
            }
            check_programs(own.programs, top.place(f"{side}.program"), typed, own.socket, peer.socket)
