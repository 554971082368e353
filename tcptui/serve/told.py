"""What the log is told of sessions and connections, whatever carries them."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tcptui.core.message import Duration, Message, MessageError, Value, brief
from tcptui.explain.catalogue import text

if TYPE_CHECKING:
    from tcptui.serve.admission import Admission
    from tcptui.serve.log import Log
    from tcptui.serve.reader import Client, Ended

SUMMARY_EVERY = 60.0
"""Seconds between two lines about connections that were refused."""
_LONGEST_TOLD = 60
"""Characters of what a client says of itself."""
_MOST_FRAMES = 4
"""Places in the program that are told of an error, the innermost last."""
_ENDED = {
    "left": "serve.ended.left",
    "gone": "serve.ended.gone",
    "server": "serve.ended.server",
    "idle": "serve.ended.idle",
    "longest": "serve.ended.longest",
    "error": "serve.ended.error",
}


def cut(text: str) -> str:
    """As much of what a client says as a log is told."""
    return brief(text, _LONGEST_TOLD)


def tell_begin(log: Log, client: Client, program: str) -> None:
    """A session begins; `program` is what the client says that it is."""
    log.write(
        Message.of(
            "serve.log.begins", address=client.address, user=client.user, client=cut(program),
            term=client.term, columns=client.columns, rows=client.rows,
        )
    )  # fmt: skip


def tell_end(log: Log, client: Client, ended: Ended, reason: str = "") -> None:
    """A session has ended; `reason` is the key of why, where its connection knows better."""
    if ended.error is not None:
        log.write(error_message(client.address, ended.error))
    time, why = Duration(int(ended.seconds * 1_000_000)), Message.of(reason or _ENDED[ended.reason])
    key = "serve.log.ends_somewhere" if ended.steps is None else "serve.log.ends"
    counted: Mapping[str, Value] = {} if ended.steps is None else {"steps": ended.steps}
    log.write(Message.of(key, address=client.address, user=client.user, time=time, reason=why, **counted))


def error_message(where: str, error: BaseException) -> Message:
    """An error in the program: what, and at which places."""
    places = places_of(error)
    told = text(error.message) if isinstance(error, MessageError) else f"{type(error).__name__} {error}"
    what = brief(" ".join(told.split()), 4 * _LONGEST_TOLD)
    if not places:  # It is told of another process.
        return Message.of("serve.log.error_nowhere", where=where, what=what)
    return Message.of("serve.log.error", where=where, what=what, places=places)


def places_of(error: BaseException) -> tuple[str, ...]:
    """The last places in the program that it has passed, where it arose last; none: it is another
    process's."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return tuple(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)


def tell_uncaught(log: Log) -> None:
    """From here on errors that nobody has caught in this event loop are told there, and nowhere else: what
    libraries print of them is not escaped."""

    def fail(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        log.write(error_message("-", context.get("exception") or RuntimeError(context.get("message", ""))))

    asyncio.get_running_loop().set_exception_handler(fail)
    logging.getLogger("asyncio").disabled = True


def tell_refused(log: Log, *admissions: Admission) -> None:
    """How many connections were refused since the last time."""
    for admission in admissions:
        for reason, count in admission.refused.items():
            log.write(Message.of("serve.log.refused", connections=count, reason=Message.of(reason)))
        admission.refused.clear()


async def summarize(log: Log, *admissions: Admission) -> None:
    """Tells it from time to time, until it is cancelled."""
    while True:
        await asyncio.sleep(SUMMARY_EVERY)
        tell_refused(log, *admissions)
