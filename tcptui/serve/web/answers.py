"""What a browser is answered that asks for a page or a file.

Why it is so. aiohttp would hand a whole body to the transport, which keeps what a browser does not take, for
as long as it is connected. So a body goes piece by piece, each when there is room for it, and who does not
take all of it in time is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from tcptui.named_tuple import NamedTuple
from tcptui.serve.web.files import HEADERS, File

TAKEN_WITHIN = 60.0
"""Seconds in which an answer must be taken."""
PIECE = 16 * 1024
"""Octets that are written at once."""
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
_NOT_KEPT = {"Cache-Control": "no-store", "Vary": "Upgrade"}


class Answer(NamedTuple):
    """Status, kind of the content, the content, and headers beside those of every answer."""

    status: int
    kind: str
    octets: bytes
    headers: Mapping[str, str]


def page(text: str, status: int = 200) -> Answer:
    """A page, of which nobody keeps a copy."""
    return Answer(status, "text/html", text.encode(), _NOT_KEPT)


def whole(file: File, accepted: str) -> Answer:
    """A file, compressed where that is accepted (Accept-Encoding)."""
    if "gzip" in accepted:
        return Answer(200, file.kind, file.packed, {**_FOR_EVER, "Content-Encoding": "gzip"})
    return Answer(200, file.kind, file.plain, _FOR_EVER)


NOT_ALLOWED = Answer(405, "text/plain", b"", {"Allow": "GET, HEAD"})


async def send(request: web.BaseRequest, answer: Answer, *, is_last: bool) -> web.StreamResponse:
    """Sends all of it; `is_last`: and has the connection closed.

    Raises OSError: the other side is gone, or has not taken it in time.
    """
    response = web.StreamResponse(status=answer.status, headers={**HEADERS, **answer.headers})
    response.content_type, response.charset = answer.kind, "utf-8"
    response.content_length = len(answer.octets)
    if is_last:
        response.force_close()
    async with asyncio.timeout(TAKEN_WITHIN):
        await response.prepare(request)
        if request.method != "HEAD":
            for begin in range(0, len(answer.octets), PIECE):
                await response.write(answer.octets[begin : begin + PIECE])
        await response.write_eof()
    return response
