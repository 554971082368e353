"""The connections that a host's programs have, and the one that stands for the host where one is shown.

Why it is so. A host can have a listener, its children and connections in TIME-WAIT at once. What its stack
and its programs do must not depend on which of them somebody looks at, and what is looked at must follow from
the host, or one run would be told in two ways. So two names are kept apart:

- `opened` is what a call of the RFC's interface without a name is about: the connection that OPEN or ACCEPT
  returned last. It stays that one when it is closed, for such a call then has to fail.
- `shown` stands for the host in a pane, in the column of a ladder and in a path of states. It is found anew
  from what the stack has, and nothing that happens depends on it. A reader can look at another, which is the
  reader's affair (`ui.session`) and no part of a run.

A connection of a listener is no program's before ACCEPT has returned it. The stack signals of it what RFC
9293 says, but there is nobody to be told: that is withheld until it is accepted, and forgotten with it if it
never is. So "established" is told when accept() returns, as to a real program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.events import Event, Response, Returned, Signal, Signalled, StateChanged
from tcptui.core.state import State
from tcptui.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tcptui.core.tcp.stack import Stack

_GIVE_A_CONNECTION = (("OPEN", Response.OK), ("ACCEPT", Response.OK), ("ACCEPT", Response.RESET))


class ConnectionNames(NamedTuple):
    """Names of connections and listeners of one host; a value."""

    opened: int = 0
    """What OPEN or ACCEPT returned last, open or closed."""
    listener: int = 0
    """The latest listener; 0: there is none."""
    names: tuple[int, ...] = ()
    """Those that OPEN or ACCEPT has returned and that are not CLOSED."""
    withheld: tuple[Signalled, ...] = ()
    """What is to be told of connections once they are accepted."""
    shown: int = 0
    """The one that stands for the host."""

    @property
    def key(self) -> tuple[int, int, tuple[Signalled, ...]]:
        """What the future depends on: `names` and `shown` follow from it and the stack."""
        return self.opened, self.listener, self.withheld

    def after(self, events: list[Event], stack: Stack) -> tuple[ConnectionNames, list[Event]]:
        """After a step of the stack. From `events` is taken what nobody can be told yet, and put in what can
        be told now; returned beside, what is to be told after the data that waits has been read."""
        known = self
        told: list[Event] = []
        later: list[Event] = []
        for event in events:
            if isinstance(event, Signalled) and event.connection not in known.names:
                known = known._replace(withheld=(*known.withheld, event))
                continue
            told.append(event)
            if type(event) is Returned and gives_connection(event):
                name = event.connection
                known = known._with(name, stack)
                mine = [one for one in known.withheld if one.connection == name]
                if mine:
                    others = [one for one in known.withheld if one.connection != name]
                    known = known._replace(withheld=tuple(others))
                    told += [one for one in mine if one.signal is Signal.OPENED]
                    later += [one for one in mine if one.signal is not Signal.OPENED]
        events[:] = told
        return known, later

    def settled(self, stack: Stack, peer: str) -> ConnectionNames:
        """Without those that are CLOSED, and with the one that stands for the host, whose peer in the story
        is the host `peer`."""
        opened, listener, names, withheld, _ = self
        names = tuple([name for name in names if stack.state(name) is not State.CLOSED])
        listener = listener if listener in names else 0
        if withheld:  # A connection that has ended in the accept queue can still be accepted.
            listeners = [stack.listener(name) for name in names]
            waiting = {name for one in listeners if one is not None for name in one.accept_queue}
            withheld = tuple([one for one in withheld if one.connection in waiting])
        return ConnectionNames(opened, listener, names, withheld, shown(stack, peer, opened))

    def _with(self, name: int, stack: Stack) -> ConnectionNames:
        """A program has got a connection or a listener."""
        listens = stack.listener(name) is not None
        names = self.names if name in self.names else (*self.names, name)
        return ConnectionNames(name, name if listens else self.listener, names, self.withheld, self.shown)


def changes(events: list[Event]) -> bool:
    """Whether a step may have changed which connections there are, or what of them is told. Most have not."""
    for event in events:  # Asked after every step.
        if type(event) is Returned:
            if gives_connection(event):
                return True
        elif type(event) is StateChanged or type(event) is Signalled:
            return True
    return False


def gives_connection(event: Returned) -> bool:
    """Whether a program has got a connection, or a listener, by OPEN or ACCEPT; it may have ended already."""
    return (event.call, event.response) in _GIVE_A_CONNECTION


def shown(stack: Stack, peer: str, latest: int) -> int:
    """The newest connection or listener that is not CLOSED; `latest` where there is none.

    When a listener's child is gone that is the listener again. Half-open connections of hosts other than
    `peer` count only where there is nothing else: of a SYN flood the listener's queues say more than its
    newest half-open connection does. Behind a NAT the peer has another address: its connection counts once
    it is open.
    """
    peers = stack.peers()
    for name, state, remote in reversed(peers):
        if state is not State.SYN_RECEIVED or remote is None or remote.host == peer:
            return name
    return peers[-1][0] if peers else latest
