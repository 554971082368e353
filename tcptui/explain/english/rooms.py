"""The words of rooms: presenting, watching, and what keeps anybody from it."""

from __future__ import annotations

SENTENCES = {
    # On the clock's line.
    "room.clock.watch": "{count} watch",
    "room.clock.presenting": "presenting, {count} watch",
    "room.clock.following": "following",
    "room.clock.waiting": "waiting",
    "room.clock.waiting_for": "nothing is shown yet",
    "room.clock.away": "on a copy",
    "room.clock.away_from": "on a copy; presenter at step {step}",
    "room.clock.own": "own story",
    "room.clock.own_from": "own story; presenter at step {step}",
    "room.brief.left": "no presenter",
    "room.brief.ended": "room ended",
    "room.brief.away": "not reached",
    "room.brief.replaced": "taken over",
    # Why nothing comes, or nobody is reached.
    "room.left": "the presenter has left",
    "room.ended": "the room has ended",
    "room.away": "the room can't be reached",
    "room.replaced": "another presenter has taken over",
    "room.take_back": "another presenter has taken over; {key} presents again, from here",
    "room.taken_back": "you present again",
    # Presenting.
    "room.opened": "each step is seen in the terminals in which you type: tcptui watch {name}",
    "room.opened_for_all": "each step is seen by whoever on this host types: tcptui watch {name}",
    # Over Redis.
    "room.redis.away": "{why}; rooms are this server's alone until it answers",
    "room.redis.back": "{where} answers again: rooms are shared again",
    "room.redis.unreadable": "what {where} has of the room {name!r} is not ours: it is left out",
    "error.redis.password": "{where} refuses the password, or wants one: in the URL, or in {variable}",
    "error.redis.refuses": "{where} refuses: {why}",
    "error.redis.slow": "{where} does not answer",
    "error.redis.unreachable": "there is no Redis server at {where}",
    "error.redis.url": (
        "the address of rooms must be redis://[[USER]:PASSWORD@]HOST[:PORT][/DB], rediss:// or unix://PATH"
    ),
    "error.room.away": "the room can't be looked for: the server that has rooms does not answer",
    # Following.
    "room.on_copy": "on a copy of the presenter's moment; {key} comes back",
    "room.on_own": "on a story of your own; {key} comes back to the presenter",
    "room.title": "Room {name}",
    "room.not_begun": "room {name}: nothing is shown yet; the presenter has not begun",
    "room.stands": "a question stands: answer with 1 to {most}; the presenter makes the step",
    "room.follows": "what the presenter does is shown here; a move of your own leads to a copy of the moment",
    "room.none": "no presenter is followed here: tcptui watch follows one",
    # Questions to a class.
    "room.asks": "The presenter asks what comes next",
    "room.asked": "Questions of the presenter",
    "room.asks_nothing": "Nothing is asked before the next step.",
    "room.what_comes": "What comes: {answer}.",
    "room.last_right": "Your last answer was right: {answer}.",
    "room.last_wrong": "Your last answer was wrong: {answer}.",
    "room.asks_all": "All who watch are asked what comes next",
    "room.asks_class": "all who watch are asked what comes next: space shows the answer, then makes the step",
    "room.who_asks": "the presenter asks; on a copy of the moment you can ask yourself",
    "room.answered": "Asked of all who watch: {count} of {all} have answered; space shows the answer",
    "room.resolved": "Asked of all who watch: {count} of {all} have answered; space makes the step",
    "room.asks_none": "nothing more will happen here: nobody is asked anything",
    "room.choice": "{words} ({count})",
    "room.your_answer": "Your answer is {choice}; another digit changes it.",
    "room.has_seen": "Not asked of you: you were on a copy of this moment.",
    # What can't be done.
    "room.too_large": "this can't be shown to those who watch: the story's file or an option is too large",
    "room.too_many_moves": "this can't be shown to those who watch: more than {most} characters of moves",
    "error.option.share": "--share is for the screen: it does not go with --format",
    "error.room.directory": "{name}: is not a directory of yours alone, so no room is opened in it",
    "error.room.gone": "nobody presents in the room {name!r} any more",
    "error.room.socket": "{name}: {why}",
    "error.room.none": "nobody presents on this host: tcptui play NAME --share opens a room",
    "error.room.which": "several present; name one, as in tcptui watch {first}",
    "error.room.key": "there is no room with that key",
    "error.room.name": "{name!r} is no name of a room: small letters, digits, - and _, at most 40",
    "error.room.taken": "there is a room {name!r} with another presenter already",
    "error.room.unknown": "there is no room {name!r}",
}
