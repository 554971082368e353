"""What came of a call: for reports, and for the record that is folded from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tcptui.core.events import Returned
from tcptui.named_tuple import NamedTuple
from tcptui.sockets.answers import Blocked, Done

if TYPE_CHECKING:
    from tcptui.lab.calls import SocketCall

_OF_THE_HOST = ("unplug", "plug", "reboot", "sysctl")


class CallResult(NamedTuple):
    """What came of a call in a step: it has returned, at once or after it had blocked, or it blocks."""

    name: str
    done: Done | Blocked
    number: int = 0
    """Of a call that blocks, or had blocked: as in `sockets.answers.Blocked`."""
    call: SocketCall | None = None
    """The call as the program has it written, if it does."""
    program: str = ""
    """The name of the program that made it; "": the only one, or who sits at the keyboard."""

    @property
    def of_socket(self) -> bool:
        """Whether it was a request to a socket: no user call, no call of UDP, no host event."""
        if self.call is not None or isinstance(self.done, Blocked):
            return True
        return not isinstance(self.done.answer, Returned) and self.name not in _OF_THE_HOST

    @property
    def text(self) -> str:
        """As strace writes it: ``recv(c, 'hi', 99) = 2``; "" for a call that is not so written."""
        if self.call is None:
            return ""
        from tcptui.lab.calls import result_text

        return result_text(self.call, self.done)

    @property
    def brief(self) -> str:
        """The same without arguments: ``recv() = 2``; ``accept() ...`` for one that blocks."""
        if isinstance(self.done, Blocked):
            return f"{self.name}() ..."
        return f"{self.name}() = {self.done.value} {self.done.errno}".rstrip()
