"""All that is wrong with the text of a story, not only what is met first.

Why it reads again and again. The loader says what is wrong by an error, and behind the first one it has not
looked. Were each of its readers to go on with something made up instead, every one of them would have to know
how. So the one place that is refused is taken out of the document, and what is left is read again, until
nothing is refused or there is nothing left to take out. That is quadratic in the number of errors; they are
few, and a document is small.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable

from tcptui.core.message import Message
from tcptui.lab.loader.scenario import document_of, load_document
from tcptui.lab.scenario import Scenario
from tcptui.lab.toml_table import BadScenario
from tcptui.named_tuple import NamedTuple

MOST_PROBLEMS = 50
"""Of one file."""
Path = tuple["str | int", ...]
"""Where something stands in a document: keys, and places in lists from 1."""


class Problem(NamedTuple):
    """What is wrong, and where."""

    where: str
    """The key, as in ``A.script[2].at``; empty: the whole file."""
    message: Message


def problems(text: str, name: str, file: str) -> tuple[Scenario | None, list[Problem]]:
    """The scenario, if nothing is wrong with its text, and all that is."""
    try:
        document = document_of(text, file)
    except BadScenario as error:
        return None, [_problem(error, file)]
    found: list[Problem] = []
    origins: dict[int, list[int]] = {}
    """Of each list that something was taken out of, by its id, the places that the rest had at first."""
    told: set[str] = set()
    for _ in range(2 * MOST_PROBLEMS):
        try:
            scenario = load_document(copy.deepcopy(document), name, file)
        except BadScenario as error:
            problem = _problem(error, file)
        else:
            return (None if found else scenario), found
        where, taken = _take_out(document, problem.where, origins)
        if where not in told:  # What was taken out may be missing now.
            found.append(problem._replace(where=where))
        told.add(where)
        if not taken:
            break
    return None, found


def _problem(error: BadScenario, file: str) -> Problem:
    """The place and the reason of an error, which name the file."""
    numbers = dict(error.message.numbers)
    where, why = numbers.get("where"), numbers.get("why")
    if error.message.key != "error.at" or not isinstance(where, str) or not isinstance(why, Message):
        return Problem("", error.message)
    return Problem(where.removeprefix(file).removeprefix(": ").rstrip("."), why)


def _take_out(document: dict[str, object], where: str, origins: dict[int, list[int]]) -> tuple[str, bool]:
    """Takes out of a document what stands at a place, or the nearest that has it in it; where that was in the
    file, and whether anything was taken out."""
    path = path_of(where, document)
    shown = ""
    parents: list[tuple[object, str | int]] = []
    value: object = document
    for part in path:
        if isinstance(value, dict):
            shown += f".{part}" if shown else str(part)
            parents.append((value, part))
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and 1 <= part <= len(value):
            places = origins.get(id(value)) or list(range(1, len(value) + 1))
            shown += f"[{places[part - 1]}]"
            parents.append((value, part))
            value = value[part - 1]
        else:
            break
    for holder, part in reversed(parents):
        if isinstance(holder, dict) and part in holder:
            del holder[str(part)]
            return shown, True
        if isinstance(holder, list) and isinstance(part, int):
            places = origins.setdefault(id(holder), list(range(1, len(holder) + 1)))
            del holder[part - 1], places[part - 1]
            return shown, True
        if holder is document and part in ("title", "question"):
            document[str(part)] = "?"  # It is missing.
            return shown, True
    return shown or where, False


def path_of_lines(where: str, known: Iterable[Path]) -> list[Path]:
    """The places that a key may mean among those that are known, the nearest first, then those around it."""
    nested: dict[str | int, object] = {}
    for path in known:
        value = nested
        for part in path:
            value = value.setdefault(part, {})  # type: ignore[assignment]
    path = path_of(where, nested)
    return [path[:length] for length in range(len(path), 0, -1)]


def path_of(where: str, document: object) -> Path:
    """The parts of ``A.script[2].at``, as far as they are in the document: a key may have dots in it. The
    last part may be missing there."""
    path: list[str | int] = []
    value = document
    rest = where
    while rest:
        index = re.match(r"\[(\d+)\]\.?", rest)
        if index is not None:
            path.append(int(index[1]))
            rest = rest[index.end() :]
            value = _item(value, int(index[1]))
            continue
        keys = sorted(map(str, value), key=len, reverse=True) if isinstance(value, dict) else []
        key = next((one for one in keys if rest == one or rest.startswith((f"{one}.", f"{one}["))), None)
        if key is None:
            path.append(re.split(r"[.\[]", rest, maxsplit=1)[0])
            break
        path.append(key)
        rest = rest[len(key) :].removeprefix(".")
        assert isinstance(value, dict)
        value = value[key]
    return tuple(path)


def _item(value: object, place: int) -> object:
    """An item of a list, from 1, or of what stands for one."""
    if isinstance(value, dict):
        return value.get(place)
    return value[place - 1] if isinstance(value, list) and 1 <= place <= len(value) else None
