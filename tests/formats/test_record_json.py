"""The record as JSON: valid by its schema, in one order, and what the run was."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tcptui import library
from tcptui.formats.record_json import write
from tcptui.formats.replayed import told_of
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.run import play
from tests.formats.random_runs import random_run
from tests.lab.worlds import OPEN, scenario

SCHEMA = json.loads(files("tcptui.formats").joinpath("record.schema.json").read_text("utf-8"))


def parts(schema: Any) -> list[dict[str, Any]]:
    """The schemas of objects within it."""
    if isinstance(schema, list):
        return [one for part in schema for one in parts(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if schema.get("type") == "object" and "properties" in schema else []
    return own + [one for part in schema.values() for one in parts(part)]


def errors(text: str) -> list[str]:
    found = Draft202012Validator(SCHEMA).iter_errors(json.loads(text))
    return [f"{one.json_path}: {one.message}" for one in found]


def test_the_schema_is_one_and_knows_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    objects = parts(SCHEMA)
    assert len(objects) > 10
    for one in objects:
        assert one["required"] == [*one["properties"]]
        assert one["additionalProperties"] is False


def test_every_field_is_described() -> None:
    """Or is of a kind that is described by what it refers to."""
    fields = [(name, field) for one in parts(SCHEMA) for name, field in one["properties"].items()]
    assert len(fields) > 80
    assert [name for name, field in fields if not {"description", "$ref"} & field.keys()] == []


def test_every_story_is_valid() -> None:
    stories = [listed.load() for listed in library.all_scenarios()]
    stories += [scenario_of_variant(story, one.name) for story in stories for one in story.variants]
    for story in stories:
        assert errors(write(play(story), "wire")) == [], story.name


@pytest.mark.parametrize("seed", range(5))
def test_so_are_wild_runs_and_they_are_played_again_as_they_were(seed: int) -> None:
    start, moves = random_run(seed)
    start = start._replace(until=start.until or 200_000_000)
    run = play(start, moves)
    assert errors(write(run, "wire")) == []
    assert [history.report for history, _ in told_of(run)] == [*run.reports]


def test_it_tells_what_was() -> None:
    run = play(scenario(OPEN), parse_moves("a:send:hi l1"))
    text = write(run, "wire")
    assert text == write(run, "wire")
    assert text.isascii()
    record = json.loads(text)
    assert [*record] == [*SCHEMA["properties"]]
    lost, again = [one for one in record["segments"] if one["data"] == b"hi".hex()]
    assert (lost["outcome"], lost["attempt"], again["outcome"], again["attempt"]) == ("lost", 1, "arrived", 2)
    assert lost["tcp"]["seq"] == 1001
    assert lost["tcp"]["seq_relative"] == 1
    fired = [one for one in record["steps"] if {"fired"} & {timer["what"] for timer in one["timers"]}]
    assert fired[0]["launched"] == [again["number"]]
    assert "timer" in fired[0]["happened"]
    assert [one["data"] for step in record["steps"] for one in step["delivered"]] == [b"hi".hex()]
    assert record["ends"]["B"]["states"][-1]["state"] == "ESTABLISHED"


def test_no_text_of_a_story_leaves_its_string() -> None:
    hostile = '"},\x1b[31m \u202e \ud800 \\'
    run = play(scenario()._replace(title=hostile))
    text = write(run, "wire")
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text)["title"] == '"},\\x1b[31m \\u202e \\ud800 \\'
