"""The words of the HTML page."""

from __future__ import annotations

SENTENCES = {
    "page.begin": "Nothing has happened yet.",
    "page.controls": "Steps",
    "page.keys": (
        "Keys as in the program: space or → is a step, b or ← goes back, Home and End go to the start and to"
        " the end, ↑ and ↓ select a segment, Escape follows the newest, p plays or pauses, Q shows the"
        " answer. A swipe to the left is a step, to the right it goes back."
    ),
    "page.ladder": "The ladder as a diagram; the list of all steps tells the same in words",
    "page.moves": "Moves: {moves}",
    "page.purposes": "What each field is for",
    "page.step": "Step {step} of {count}, {time} s",
    "page.steps": "All steps",
}
