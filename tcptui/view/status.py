"""The clock on top, and the lines below: what happened and why, what could not be done, or how far long work
has come."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import TypeAlias

from tcptui.core.profile.presets import RFC9293
from tcptui.explain.catalogue import say
from tcptui.explain.numbers import duration_text, time_text
from tcptui.explain.why import Why
from tcptui.lab.report import NextEvent
from tcptui.lab.state import WorldState
from tcptui.view.cells import cell_len, shorten_to_words, wrap
from tcptui.view.layout import WIDE
from tcptui.view.lines import EMPTY, Line, Span, Style, beside, fit, line_width
from tcptui.view.subject import script_of

Parts: TypeAlias = Sequence[Sequence[str]]
"""What else the clock tells, the most important first; of each part the wordings, the fullest first. An empty
one says nothing."""
RIGHT_PART = 36
"""Cells at the right end of a line for the state, or the rule."""
LEAST_MARKS = 24
"""So many cells have room for one mark and how many more there are."""


def clock_line(
    width: int,
    *,
    at: int,
    step: int,
    branch: tuple[int, int],
    speed: float | None,
    known: int = 0,
    bookmark: bool = False,
    more: Parts = (),
) -> Line:
    """Speed while playing, clock and step; how many steps are `known`, where there is room; and whether there
    is a bookmark.

    `branch` is the current one and how many there are. `more` stands before all but the speed: of what does
    not fit the last part is left out first, and the first has its full words first; before it loses them, or
    a part is left out, the branch is a number alone.
    """
    time = time_text(at)
    first: list[Span] = [] if speed is None else [(f"▶ x{speed:g}  ", "key")]
    begin: list[Span] = [
        (time if time.endswith("d") else f"{time} s", "title"),
        (f"  {say('ui.step')} {step}", "plain"),
    ]
    end: list[Span] = [("*", "key")] if bookmark else []
    if branch[1] > 1:
        parts = cells_of_parts(more[1:])[0] + cells_of_parts(more[:1])[1]
        room = width - line_width((*first, *begin, *end)) - (parts and parts + 1)
        text, brief = _branch_texts(*branch)
        end.append((text if cell_len(text) <= room else brief, "plain"))
    end.append((" ", "plain"))
    if line_width((*first, *begin, *end)) > width + 1:  # The blank behind the last may be cut off.
        first = []
    begin = [*first, *fitting_parts(more, width - line_width((*first, *begin, *end))), *begin]
    of = f" {say('ui.step.of', count=known)}"
    if known > step and line_width((*begin, *end)) + cell_len(of) <= width:
        begin.append((of, "dim"))
    return beside(EMPTY, (*begin, *end), width)


def _branch_texts(branch: int, branches: int) -> tuple[str, str]:
    """The branch that is shown of so many, in full and as a number alone."""
    which = f"{branch + 1}/{branches}"
    return f"  {say('ui.branch')} {which}", f"  {which}"


def cells_beside_time(parts: Parts, branch: tuple[int, int]) -> tuple[int, int]:
    """The cells of the parts and, if there are any, of the branch, in the shortest words and in the fullest:
    without parts the branch has room where a usual time and step have it."""
    shortest, fullest = cells_of_parts(parts)
    if parts and branch[1] > 1:
        text, brief = _branch_texts(*branch)
        shortest, fullest = shortest + cell_len(brief), fullest + cell_len(text)
    return shortest, fullest


def cells_of_parts(parts: Parts) -> tuple[int, int]:
    """The cells of all, in the shortest words and in the fullest."""
    shortest, fullest = (sum(_cells_of_part(words[at]) for words in parts) for at in (-1, 0))
    return shortest, fullest


def _cells_of_part(words: str) -> int:
    """With the blanks behind it."""
    return cell_len(words) + 2 if words else 0


def fitting_parts(parts: Parts, room: int) -> list[Span]:
    """Whole parts, as `clock_line` says."""
    chosen: list[str] = []
    for *_, shortest in parts:
        chosen.append(shortest if _cells_of_part(shortest) <= room else "")
        room -= _cells_of_part(chosen[-1])
    for place, words in enumerate(parts):
        room += _cells_of_part(chosen[place])
        chosen[place] = next((one for one in words if one and _cells_of_part(one) <= room), "")
        room -= _cells_of_part(chosen[place])
    return [(f"{words}  ", "rule") for words in chosen if words]


def _timer_at(world: WorldState, event: NextEvent) -> str:
    """The short name of the timer that fires next, if the connection that is looked at has it."""
    if event.side == "X" or script_of(world, event.side) is not None:
        return say("ui.next.some_timer")
    timers = world.host(event.side).timers
    due = [kind.label for kind, timer in timers.items() if timer.due == event.at]
    return due[0] if due else say("ui.next.some_timer")


def next_text(world: WorldState, at: int) -> str:
    """What happens next, and in how long."""
    next_event = world.next_event()
    if next_event is None:
        return say(world.why_over)
    if next_event.cause == "arrival":
        from tcptui.explain.labels import name_of  # Late: the first frame has no segment.

        transmission = next(
            transmission
            for transmission in world.wire.transmissions
            if transmission.number == next_event.number
        )
        what = say("ui.next.arrival", name=name_of(transmission), side=next_event.side)
    elif next_event.cause == "timer":
        what = say("ui.next.timer", side=next_event.side, timer=_timer_at(world, next_event))
    elif next_event.side != "X" and script_of(world, next_event.side) is not None:
        what = say("ui.next.script")
    elif next_event.cause == "call":
        what = say("ui.next.program", side=next_event.side)
    else:
        what = say("ui.next.third_party")
    left = next_event.at - at
    return say("ui.next", what=what, span=duration_text(left)) if left > 0 else say("ui.next.now", what=what)


def why_lines(
    why: Why,
    width: int,
    height: int = 2,
    marks: Callable[[], Sequence[str]] = tuple,
    state: Line = EMPTY,
) -> list[Line]:
    """What happened and its effect, and below that why and the rule, in `height` lines.

    What and why have room first. Where there is room behind what happened, the state in which that left its
    end stands there (`state`). What changed stands as short marks on a line between, where one is left, else
    before the state; `marks` gives them, and is not asked where there is no room.
    """
    room = width - 2
    what, reason = wrap(why.what, room), wrap(why.why, room)
    used = cell_len(reason[-1]) if reason else 0
    source = _source(why, room - used)
    left = height - len(what) - len(reason)
    if left > 0 and used + line_width(source) > room:
        reason, left, used = [*reason, ""], left - 1, 0  # The rule stands alone.
    if left < 0 or used + line_width(source) > room or (source and not reason):
        return _joined(why, width, height)
    lines = [_sentence_line(line, width) for line in what]
    spare = room - cell_len(what[-1]) - line_width(state) - 2
    effect: Line = state if spare >= 0 else EMPTY
    if left:
        lines.append(_marks_line(_others(marks(), effect), width))
    elif width >= WIDE and spare >= LEAST_MARKS:
        others = _fitting_marks(_others(marks(), effect), spare - 3)
        effect = ((others, "dim"), ("   ", "plain"), *effect)
    if effect:
        lines[len(what) - 1] = _with_right_end(what[-1], (*effect, (" ", "plain")), width)
    lines += [_sentence_line(line, width) for line in ([""] * (left - 1) + reason)]
    return [*lines[:-1], _with_right_end(reason[-1], source, width)] if source else lines


def _with_right_end(text: str, right: Line, width: int) -> Line:
    """A sentence and what stands at the right end of its line. The right part begins at the same cell in
    every step that leaves it room, so that only what differs of each is drawn anew."""
    more = RIGHT_PART - line_width(right)
    if more > 0 and cell_len(text) + 1 + RIGHT_PART <= width:
        right = ((" " * more, "plain"), *right)
    return beside(_sentence_line(text, width), right, width)


def _joined(why: Why, width: int, height: int) -> list[Line]:
    """All sentences one after the other, and the rule at their end.

    What happened, with what came of it, is not left out for why it happened: of what is too long the wording
    gets shorter, then rules between give way, and at last the end of the last one. "…" stands for what is
    missing; key "e" shows everything.
    """
    text = _fitting(why, width, height)
    last = _source_after(why, text, width, height)
    lines = wrap(text, width - 2, most=height)
    if last is None:  # The rule must be seen; the sentence is cut before it.
        last = _source(why, 0)
        lines[-1] = shorten_to_words(lines[-1], width - 3 - line_width(last))
    drawn = [_sentence_line(line, width) for line in [*lines, *[""] * height][:height]]
    return [*drawn[:-1], beside(drawn[-1], last, width)]


def _source_after(why: Why, text: str, width: int, height: int) -> Line | None:
    """The rule as it stands behind `text`; None if both do not fit in `height` lines."""
    lines = wrap(text, width - 2)
    if len(lines) > height:
        return None
    left = width - 2 - (cell_len(lines[-1]) if len(lines) == height else 0)
    last = _source(why, left)
    return last if line_width(last) <= left else None


def _fitting(why: Why, width: int, height: int) -> str:
    """The fullest text that fits; where none does, the shortest, with the last rule alone."""
    reasons = why.reasons or ((why.why,) if why.why else ())

    def text_of(what: Iterable[str], kept: Container[int]) -> str:
        return say("text.between_sentences").join((*what, *_with_gaps(reasons, kept)))

    def fits(text: str) -> bool:
        return _source_after(why, text, width, height) is not None

    last = len(reasons) - 1
    for what in ((why.what,), *why.wordings):
        text = text_of(what, range(last + 1))
        if fits(text):
            return text
    for what in why.wordings:
        if fits(text_of(what, (last,))):
            kept = {last}
            for place in range(last - 1, -1, -1):
                if fits(text_of(what, kept | {place})):
                    kept.add(place)
            return text_of(what, kept)
    return text_of(why.wordings[-1], (last,))


def _with_gaps(sentences: Sequence[str], kept: Container[int]) -> list[str]:
    """Those that are kept, and a sign for each gap between them."""
    return [
        sentence if place in kept else "…"
        for place, sentence in enumerate(sentences)
        if place in kept or not place or place - 1 in kept
    ]


def _source(why: Why, room: int) -> Line:
    """The rule, with its stack where that has room."""
    source = why.source
    labelled = f"{source}  [{why.profile}]"
    if why.profile not in ("", RFC9293.name) and cell_len(labelled) < room:
        source = labelled
    return ((source, "rule"), (" ", "plain")) if source else EMPTY


def _sentence_line(text: str, width: int) -> Line:
    return fit(((f" {text}", "why"),), width)


def _others(marks: Sequence[str], state: Line) -> Sequence[str]:
    """The marks without the first if that tells of the state, as `state` does."""
    return marks[1:] if marks and state and marks[0] == state[0][0] else marks


def _marks_line(marks: Sequence[str], width: int) -> Line:
    return fit(((f" {_fitting_marks(marks, width - 2)}", "dim"),), width)


def _fitting_marks(marks: Sequence[str], room: int) -> str:
    """As many marks as there is room for, whole, and how many more there are."""
    between = say("text.between_items")
    line = ""
    for place, mark in enumerate(marks):
        longer = f"{line}{between if line else ''}{mark}"
        left = len(marks) - place - 1
        more = f"{between}{say('why.more', count=left)}" if left else ""
        if cell_len(longer) + cell_len(more) > room:
            line += f"{between if line else ''}{say('why.more', count=left + 1)}"
            break
        line = longer
    return line


def error_lines(message: str, width: int) -> list[Line]:
    """Why something could not be done, as a sentence, in at most two lines."""
    return _as_sentence(message, width, "error")


def notice_lines(notice: str, width: int) -> list[Line]:
    """What there is to say of something that was done, in the same way."""
    return _as_sentence(notice, width, "why")


def _as_sentence(text: str, width: int, style: Style) -> list[Line]:
    sentence = text[:1].upper() + text[1:]
    if not sentence.endswith((".", "?", "!", "。", "？", "！")):
        sentence = say("ui.sentence", text=sentence)
    return [fit(((f" {line}", style),), width) for line in wrap(sentence, width - 2)[:2]]


def progress_lines(done: int, most: int, width: int) -> list[Line]:
    """How far work has come that takes long, and how it is stopped."""
    text = say("ui.progress", done=done, most=most)
    return [fit(((f" {text}", "why"),), width)]
