"""What a reader is told of the server that serves the screen."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "ui.served.idle": "This session has ended: no key for {time}.",
    "ui.served.idle_soon": "Without a key this session ends in {time}.",
    "ui.served.longest": "This session has ended: none lasts longer than {time}.",
    "ui.served.longest_soon": "This session ends in {time}: none lasts longer than {longest}.",
    "ui.served.error": "This session has ended because of an error in tcptui: {what}.",
    "ui.served.died": "This session has ended: its process on the server is no more.",
    "ui.served.not_begun": "There is no session: the server can't begin one now.",
    "ui.served.no_rooms": "nobody presents anything here",
    "ui.served.story": "no story of that name here: {name}",
    "ui.served.moves": "more than {most} characters of moves are not made here",
}
