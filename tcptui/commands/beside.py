"""`tcptui play --beside`: two runs of one story beside each other."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from tcptui.commands.shared import Unusable
from tcptui.explain.catalogue import say

if TYPE_CHECKING:
    from tcptui.lab.scenario import Scenario

ScenarioOf = Callable[[argparse.Namespace], "Scenario"]


def ladders(options: argparse.Namespace, scenario_of: ScenarioOf) -> str:
    """Both ladders as text; the moves are made in both. Raises BadScenario and BadMove."""
    from tcptui.formats.beside import beside_text
    from tcptui.lab.moves_text import parse_moves
    from tcptui.lab.run import play

    moves = parse_moves(options.moves)
    left, right = pair(options, scenario_of)
    runs = [play(scenario_of(one), moves) for one in (left, right)]
    return beside_text(runs[0], runs[1], (_name(left), _name(right)))


def pair(
    options: argparse.Namespace, scenario_of: ScenarioOf
) -> tuple[argparse.Namespace, argparse.Namespace]:
    """The options with which each of the two is played alone."""
    from tcptui.core.profile.presets import PRESETS

    name = options.beside
    plain: dict[str, object] = {"variant": "", "profile": None, "settings": []}
    if not name:
        if not (options.variant or options.profile or options.settings):
            variants = [one.name for one in scenario_of(options).variants]
            if not variants:
                raise Unusable("error.option.beside_what", name=options.scenario)
            return options, _with(options, variant=variants[0])
        return _with(options, **plain), options
    names = [one.name for one in scenario_of(_with(options, **plain)).variants]
    if name in PRESETS and name not in names:
        return options, _with(options, profile=name)
    return options, _with(options, variant=name)


def _with(options: argparse.Namespace, **changed: object) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(options), **changed})


def _name(options: argparse.Namespace) -> str:
    """What a run is called: the story, its variant, and how its hosts behave."""
    under = [] if options.profile is None else [say("beside.under", stack=options.profile)]
    changed = [*([options.variant] if options.variant else []), *under, *options.settings]
    return say("text.between_items").join(changed) if changed else say("beside.story")
