"""Calls to sockets that make sense now, for who chooses one: by a host's names and their sockets."""

from __future__ import annotations

from tcptui.core.state import State
from tcptui.lab.ends.host import HostEnd
from tcptui.lab.program import HOST_EVENTS
from tcptui.sockets.bsd_socket import BsdSocket, Phase

_DATA = "hello"


def possible_socket_calls(host: HostEnd) -> tuple[str, ...]:
    """As they are written, in the name of the host's first program; the host's own events are not among
    them. None for a host whose programs make the RFC's calls."""
    program = host.programs[0]
    if not host.setup.programs and not program.variables:
        return ()
    calls: list[str] = []
    for name, value in program.variables:
        socket = host.sockets.socket(value, program.process) if isinstance(value, int) else None
        if socket is not None:
            calls += _of_socket(name, socket, host.state_of(socket.connection))
    names = (one.name for one in host.programs if one.name and not one.over and not one.forked)
    return (*calls, "s = socket()", *(f"kill({name})" for name in dict.fromkeys(names)), "exit()")


def calls_at(host: HostEnd) -> tuple[str, ...]:
    """The calls that somebody at the keyboard can choose there: to sockets, or the RFC's; those that a list
    makes, over and over or in another process, as a program."""
    written = possible_socket_calls(host)
    if written:
        return (*written, *(call for call in host.possible_calls if call in HOST_EVENTS), *_programs(host))
    possible = host.possible_calls
    more = (_MORE[call] for call in possible if call in _MORE)
    return (*possible, *more, "{call='send',text='hello',times=3}")


_MORE = {"send": "send+urgent", "read": "read:100"}


def _programs(host: HostEnd) -> tuple[str, ...]:
    """For a listener a server of either kind; for another socket what goes on until the end of the data."""
    program, listens, talks = host.programs[0], "", ""
    for name, value in program.variables:
        socket = host.sockets.socket(value, program.process) if isinstance(value, int) else None
        state = State.CLOSED if socket is None else host.state_of(socket.connection)
        listens = name if state is State.LISTEN else listens
        talks = name if state not in (State.LISTEN, State.CLOSED) else talks
    if listens:
        echo = "'d=recv(c,1024)','send(c,d)'"
        return (
            f"{{loop=['c=accept({listens})',{echo},'close(c)']}}",
            f"{{loop=['c=accept({listens})',{{fork=['close({listens})',{echo},'exit()']}},'close(c)']}}",
        )
    if talks:
        return (f"{{loop=['d=recv({talks},1024)','send({talks},d)'],while='d'}}",)
    return ("['s=socket()','connect(s)']",)


def _of_socket(name: str, socket: BsdSocket, state: State) -> list[str]:
    close = f"close({name})"
    if state is State.LISTEN:
        return [f"c = accept({name})", close]
    if state is State.CLOSED and socket.phase is Phase.UNCONNECTED and not socket.connection:
        bind = [] if socket.local is not None else [f"bind({name})"]
        return [f"connect({name})", *bind, f"listen({name}, 5)", close]
    calls = [f"d = recv({name}, 1024)"]
    if not socket.shut_write and state not in (State.CLOSED, State.TIME_WAIT):
        calls = [f"send({name}, '{_DATA}')", *calls, f"shutdown({name}, SHUT_WR)"]
    return [*calls, close]
