"""The texts of a story with the numbers of its run in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tcptui.explain.numbers import told_duration
from tcptui.lab.history import History
from tcptui.lab.narration import Narration
from tcptui.lab.run import steps_to_end
from tcptui.lab.run_numbers import Duration, Number, Seen, number_of, parse_text
from tcptui.lab.scenario import Claim, Scenario
from tcptui.lab.state import WorldState

UNKNOWN = "..."
"""Where a number is not known yet."""


def filled(text: str, narration: Narration | None, world: WorldState) -> str:
    """A text of the story at the moment of `narration` and `world`."""
    if "{" not in text and "}" not in text:
        return text
    seen: Iterable[Seen] = () if narration is None else narration.seen
    return "".join(
        piece if isinstance(piece, str) else _words(number_of(piece, seen, world.scenario, world))
        for piece in parse_text(text)
    )


def said_now(narration: Narration, world: WorldState) -> tuple[str, ...]:
    """What the story says of the last step."""
    return tuple(filled(say.text, narration, world) for say in narration.now)


def claims_now(narration: Narration, world: WorldState) -> tuple[Claim, ...]:
    """What the last step puts to the test, with the numbers of the run in what is right."""
    return tuple(one._replace(why=filled(one.why, narration, world)) for one in narration.claims)


def unknown(text: str, narration: Narration | None, world: WorldState) -> bool:
    """Whether a number of it is not known at that moment."""
    seen: Iterable[Seen] = () if narration is None else narration.seen
    return "{" in text and any(
        isinstance(piece, Number) and number_of(piece, seen, world.scenario, world) is None
        for piece in parse_text(text)
    )


def answer_of(scenario: Scenario) -> Iterator[str]:
    """Plays the story, a step each time, and at last gives its answer with the numbers of its end; an empty
    text until then."""
    return _at_the_end(scenario, scenario.answer)


def answer_text(scenario: Scenario) -> str:
    """The same at once."""
    return next(filter(None, answer_of(scenario)), "")


def harm_text(scenario: Scenario) -> str:
    """What harm follows, with the numbers of the end of the run."""
    return next(filter(None, _at_the_end(scenario, scenario.harm)), "")


def _at_the_end(scenario: Scenario, told: str) -> Iterator[str]:
    """A text with the numbers of the end of the story's own run; an empty one after each step until then."""
    if "{" in told:
        history = History(scenario)
        for _ in steps_to_end(history):
            yield ""
        yield filled(told, history.narration, history.world)
    else:
        yield told


def _words(number: int | Duration | None) -> str:
    if number is None:
        return UNKNOWN
    return told_duration(number) if isinstance(number, Duration) else str(number)
