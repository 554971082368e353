"""What tcpdump says behind the length of a segment of a protocol of text: its name and, of a request or a
response, the first line. Which protocol it is, the port tells. What it reads of octets that are no text, as
of Telnet's, is not known here. Source: tcpdump 4.99, print-tcp.c, util-print.c (txtproto_print) and
print-http.c, print-rtsp.c, print-ftp.c, print-smtp.c, print-whois.c.
"""

from __future__ import annotations

import re

from tcptui.core.packet.segment import Segment

_PORTS = (
    ("smtp", (25,)), ("whois", (43,)), ("ftp", (21,)), ("http", (80, 8080)), ("rtsp", (554, 8554)),
)  # fmt: skip
"""In the order in which it looks at both ports."""
_REQUESTS = {
    "http": """
        GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT
        UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND
        BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL
    """,
    "rtsp": """
        DESCRIBE ANNOUNCE GET_PARAMETER OPTIONS PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER TEARDOWN
    """,
}
"""Of the protocols that carry bodies too; of the others it takes every segment for a line."""
_BEGINNING = re.compile(rb"([!-~]{1,128})(?: +([0-9]{3}))?(?=[ \t\r\n]|\Z)")
"""A word of at most 128 octets, and the code of a response, if that is the second one."""
_LINE = re.compile(rb"([\t -~]*)(\r?\n|\Z)")


def payload_text(segment: Segment) -> str:
    """That, with the colon before it; empty of a segment without data and of other ports."""
    ports = (segment.src.port, segment.dst.port)
    name = next((name for name, known in _PORTS if not set(known).isdisjoint(ports)), "")
    if not (name and segment.data):
        return ""
    line = _LINE.match(segment.data) if _has_first_line(name, segment.data) else None
    if line is None:  # Neither is a line with an octet that is not printed.
        return f": {name.upper()}"
    return f": {name.upper()}: {line[1].decode('ascii')}" + ("" if line[2] else f" [|{name}]")


def _has_first_line(name: str, data: bytes) -> bool:
    if name not in _REQUESTS:
        return True
    beginning = _BEGINNING.match(data)
    if beginning is None:
        return False
    return beginning[2] is not None or beginning[1].decode("ascii").upper() in _REQUESTS[name].split()
