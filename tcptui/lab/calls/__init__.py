"""Socket calls as C, packetdrill and strace write them: ``c = accept(s)``, ``send(c, 'hi ' + d, MSG_OOB)``.

Why it is so. A program of a scenario, a move at the keyboard, a result in the record: each is a call to a
socket, and people know how such a call is written. So one small language serves all of them. A call is parsed
into a value (`SocketCall`), which is written back by `str`; it is turned into a request of `sockets.requests`
(`request_of`) only when it is made, for what its names stand for is known only then. Nothing is evaluated but
names, numbers, texts and constants.

A name in lower case is a variable of the program. ``c = accept(s)`` notes the descriptor, ``d = recv(c, 99)``
the data, every other call the number that it returned. What a call takes is in the table `FUNCTIONS`, each
with one line that shows how it is written.
"""

from tcptui.lab.calls.arguments import filler
from tcptui.lab.calls.functions import FUNCTIONS, WAITS, request_of
from tcptui.lab.calls.parser import parse_call
from tcptui.lab.calls.values import READS, BadCall, Constants, Name, SocketCall, Text, Variables, result_text

__all__ = [
    "FUNCTIONS", "READS", "WAITS", "BadCall", "Constants", "Name", "SocketCall", "Text", "Variables",
    "filler", "parse_call", "request_of", "result_text",
]  # fmt: skip
