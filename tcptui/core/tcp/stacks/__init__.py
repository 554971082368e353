"""What TCP stacks do differently, as hooks: `STACKS` has those that `Profile.stack` picks.

Why hooks. A real stack leaves RFC 9293's text in two ways. It has other numbers (how long, how many, on or
off): those are knobs of `Profile`, to be set one by one. And it *does* something else at one point of
the procedure: Linux answers TIME-WAIT from a small block with checks of its own, FreeBSD selects its window
by another formula. Such a difference is no number, and it is not on or off either: a third stack would do a
third thing. If each stood as a condition where it takes effect, the eight checks of section 3.10.7.4 could
not be read any more. So the procedure stands once, in the RFC's order, and at named points it asks
``step.hooks``.

A hook decides and does nothing: it reads a block, a segment and a profile, and returns a value. It sends no
segment, changes no block, names no rule; whoever asked does that. So what a hook says can be tested without
a connection, hooks need nothing of the procedure that calls them, and nothing happens past `Step`.

`rfc9293.Rfc9293` is the base and the RFC's letter, with one method for each behaviour. `linux.Linux` and
`freebsd.FreeBSD` override what these two do differently, and nothing else; the docstring names the function
of the kernel that was followed. A behaviour of one stack is one method there; a new point to ask at is one
method in the base besides, and the call. A new stack is one class and its entry in `STACKS`.

`broken` is something else: what is wrong on purpose, to show the harm, whatever the stack.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tcptui.core.profile.record import StackName
from tcptui.core.tcp.stacks.freebsd import FreeBSD
from tcptui.core.tcp.stacks.linux import Linux
from tcptui.core.tcp.stacks.rfc9293 import Rfc9293

STACKS: Mapping[StackName, Rfc9293] = MappingProxyType(
    {"rfc9293": Rfc9293(), "linux": Linux(), "freebsd": FreeBSD()}
)
"""The hooks by the name that `Profile.stack` has. They hold no state, so all hosts share them."""
