"""The scenarios that can be played: those of the library by name, anybody's own by path.

The one place that reads scenario files. Errors are `BadScenario`: one line that names the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tcptui.lab.loader import BadScenario, load_scenario
from tcptui.lab.scenario import Scenario

LARGEST = 1 << 20
"""Octets that a scenario file may have."""

_FOLDER = Path(__file__).parent / "scenarios"


def names() -> list[str]:
    """The library's scenarios, by alphabet."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def all_scenarios() -> list[Scenario]:
    """The whole library, in the order in which a list shows it."""
    return sorted(map(load_named, names()), key=lambda scenario: (scenario.place, scenario.name))


def load_named(name: str) -> Scenario:
    """A scenario of the library."""
    return load_scenario((_FOLDER / f"{name}.toml").read_text("utf-8"), name, f"{name}.toml")


def find(name_or_path: str) -> Scenario:
    """By name, or, if there is a slash or a suffix in it, by path."""
    if name_or_path in names():
        return load_named(name_or_path)
    if "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith(".toml"):
        return _load_file(name_or_path)
    from difflib import get_close_matches

    near = get_close_matches(name_or_path, names(), 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise BadScenario(
        f"no scenario {name_or_path!r}: {hint}tcptui list names them all;"
        " a file of your own needs its path (./FILE)"
    )


def _load_file(name: str) -> Scenario:
    path = Path(name)
    reasons: tuple[tuple[Callable[[], bool], str], ...] = (
        (path.is_dir, "is a directory, not a scenario file"),
        (lambda: not path.exists(), "there is no such file"),
        (lambda: not path.is_file(), "is no regular file"),
        (lambda: path.stat().st_size > LARGEST, f"is too large: at most {LARGEST} octets"),
    )
    try:
        for is_so, reason in reasons:
            if is_so():
                raise BadScenario(f"{name}: {reason}")
        text = path.read_text("utf-8")
    except BadScenario:
        raise
    except UnicodeDecodeError as error:
        raise BadScenario(f"{name}: is no UTF-8 text (octet {error.start})") from None
    except OSError as error:
        raise BadScenario(f"{name}: can't be read: {error.strerror}") from None
    except ValueError:
        raise BadScenario(f"{name!r}: is no file name") from None
    return load_scenario(text, path.stem, name)
