"""The words of lectures: their clock, the list of their items, what is wrong with their files."""

from __future__ import annotations

SENTENCES = {
    "lecture.clock": "item {place} of {count}: {of_item}/{item} min, all {minutes}/{all} min",
    "lecture.clock.all": "item {place} of {count}, all {minutes}/{all} min",
    "lecture.clock.brief": "{minutes}/{all} min",
    "lecture.item_of": "item {place} of {count}",
    "lecture.steps": "steps {first}-{last}",
    "lecture.minutes": "{count} min",
    "lecture.marked": "The stories that are marked",
    "lecture.over": "this is the end of the lecture",
    "lecture.none": "no lecture is given here; tcptui lecture NAME gives one",
    "error.lecture.unknown": "there is no lecture {name!r}: allowed: {known}, or the path of a file",
    "error.lecture.none_marked": (
        "no story is marked: space marks one in the list of stories; or name a lecture: {known}"
    ),
    "error.lecture.step_and_moves": "either step or moves, not both",
    "error.lecture.words": "must be a text, or a list of tables with text and when",
    "error.lecture.never_said": "{when!r} does not happen between the first and the last step of this item",
    "error.lecture.never": "{when!r} does not happen in this run, or not behind its first step",
}
