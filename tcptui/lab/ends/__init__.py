"""What an end of the wire must do, whatever it is.

A wire joins two ends, and no one else depends on what an end is: today a host with programs over a
simulated stack (`host`), or the script of a test that is played against one (`formats.packetdrill.peer`); a
captured peer, whose segments come when they came, and a real kernel can stand in the same place. So
everything that is done to an end is in one protocol, and where they differ there is a method, never a
question of what kind it is. Who draws an end may choose by `script`, for a host has variables to show and a
script has lines.

A script is more than the peer of a host: it also makes the calls of the programs over there, and it is shown
every segment as it leaves that host, as a test on the host itself is. So an end may act at the other end
(`Act.at_peer`), and may ask to be told of every step (`observes`). A host does neither.

An end is passive. It says when it wants to act and when a timer of its own runs out; whoever has the clock
(`state.WorldState`) asks, and hands in the time with everything. What an end does it returns as events, and
segments among them are put on the wire by who asked: no end refers to the wire. Two ends share nothing, so a
copy of both is a copy of all.

Programs and timers are asked for apart, `act_due` and `next_deadline`, because at one moment all calls come
before third parties and arrivals, and all timers after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tcptui.core.events import Event
from tcptui.core.message import Message
from tcptui.core.packet.segment import Socket
from tcptui.core.profile.record import Profile
from tcptui.core.state import State
from tcptui.lab.connection import Connections
from tcptui.lab.program import CallName, ScriptedCall, Step
from tcptui.lab.report import Report
from tcptui.lab.results import CallResult
from tcptui.lab.wire import Payload, Side
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tcptui.core.tcp.icmp import IcmpError
    from tcptui.lab.facts import Fact


class Act(NamedTuple):
    """What an end does when it is due."""

    call: ScriptedCall | None
    """The call of its program; None: it has no program."""
    events: list[Event]
    """What came of it at this end: the segments that it sends are among it."""
    at_peer: ScriptedCall | IcmpError | None = None
    """A call that is to be made at the other end, or an ICMP error that is to reach it."""


class ScriptLines(NamedTuple):
    """A script to be shown, and how far it has come."""

    lines: tuple[str, ...]
    """Of each of its events one."""
    done: int
    """So many of its events have happened; the next is the one that is waited for."""
    failed: int | None = None
    """The event at which it has failed."""
    verdict: Message | None = None
    """How it has ended; None: it goes on."""


class EndSetup(Protocol):
    """An end before anything has happened, as a scenario has it."""

    @property
    def role(self) -> str:
        """What it is, in one word: client, server."""

    @property
    def socket(self) -> Socket:
        """Its address, and the port that its programs use unless they say another."""

    @property
    def ttl(self) -> int:
        """The Time to Live of what it sends."""

    @property
    def profile(self) -> Profile:
        """How its stack behaves."""

    @property
    def clock(self) -> int:
        """How far its own clock is ahead of the world's when the story begins, in microseconds."""

    @property
    def has_sockets(self) -> bool:
        """Whether its programs make calls to sockets."""

    def end(self, side: Side, peer: Socket) -> End:
        """The end itself; `peer` is the other end's socket."""

    def without_programs(self) -> EndSetup:
        """The same end without its programs: what a prelude is played on."""

    def with_profile(self, profile: Profile) -> EndSetup:
        """The same end over a stack that behaves so."""


class End(Protocol):
    """One end at one moment; it changes in place, and a copy is a whole one. Times are microseconds."""

    side: Side
    clock: int
    """How far its own clock is ahead of the world's, in microseconds."""
    connections: Connections
    """Its connections that are alive, by name: for who shows relative numbers, no part of the key."""

    @property
    def setup(self) -> EndSetup:
        """What it was made of."""

    @property
    def observes(self) -> bool:
        """Whether it is shown the report of every step. What it then does, it does after all that arrives at
        that moment."""

    @property
    def script(self) -> ScriptLines | None:
        """The script that it plays; None: it is a host."""

    @property
    def has_sockets(self) -> bool:
        """Whether its programs have sockets, or had: what they learn is what their calls return."""

    @property
    def act_due(self) -> int | None:
        """When one of its programs makes its next call; None: that waits for something, or there is none."""

    @property
    def link_up(self) -> bool:
        """False while nothing that it sends leaves it and nothing reaches it."""

    @property
    def connection(self) -> int:
        """The name of the connection that is looked at, and that third parties' segments are about."""

    @property
    def state(self) -> State:
        """The state of that connection."""

    @property
    def possible_calls(self) -> tuple[CallName, ...]:
        """The calls that make sense now; none where there is no program."""

    def state_of(self, connection: int) -> State | None:
        """The state of any of its connections; None where the end has none to tell."""

    def initial_numbers(self, connection: int) -> tuple[int, int | None] | None:
        """ISS and, once it is known, IRS of a connection that has begun; None where there is no such one."""

    def next_deadline(self) -> int | None:
        """When `expire` is wanted next; None: not at all, as things are."""

    def begin(self, setup: EndSetup) -> None:
        """The prelude is over: its programs start."""

    def act(self, now: int, peer: End) -> Act:
        """The program that is due makes its next call. `peer`, the other end, is there to be looked at."""

    def observe(self, report: Report, peer: End) -> Message | None:
        """If it `observes`: what has happened, at either end or on the wire; what there is to say of that."""

    @property
    def waits_for_facts(self) -> bool:
        """Whether it has a program with a call that waits for what a pattern describes."""

    def learns(self, facts: Sequence[Fact], now: int) -> None:
        """If it `waits_for_facts`: the facts of a step, at either end or on the wire."""

    def call(self, call: ScriptedCall, now: int) -> list[Event]:
        """Somebody at this end makes a call. BadMove: it can't be made, and nothing has changed."""

    def start(self, script: tuple[Step, ...], now: int) -> None:
        """Somebody at this end starts a program. BadMove: it can't be started, and nothing has changed."""

    def arrives(self, payload: Payload, now: int) -> list[Event]:
        """What travelled over the wire is here."""

    def error(self, error: IcmpError, now: int) -> list[Event]:
        """An ICMP error for this end."""

    def expire(self, now: int) -> list[Event]:
        """Serves every timer that is due."""

    def take_results(self) -> tuple[CallResult, ...]:
        """What has come of calls since this was last asked."""

    def copy(self) -> End:
        """An end of its own that begins where this one stands."""

    def key(self, now: int) -> tuple[Any, ...]:
        """What its future depends on: hashable, times from `now`."""
