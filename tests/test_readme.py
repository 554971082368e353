"""README tells what the program does: its keys come from the registry, its commands work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tcptui import library
from tcptui.commands.docs import content_of
from tcptui.commands.fenced_blocks import blocks, outdated
from tcptui.core.profile.knobs import all_knobs
from tcptui.explain.story import failures
from tcptui.files import LARGEST
from tcptui.formats.html_page.writer import MOST_OCTETS, MOST_STEPS
from tcptui.formats.mermaid import MOST_CHARACTERS
from tcptui.lab.loader import load_scenario, scenario_of_variant
from tcptui.lab.moves_text import moves_text, parse_moves
from tcptui.lab.patterns import checked_pattern
from tcptui.lab.run import play
from tcptui.lab.third_party import Inject
from tcptui.lab.variant import preset, variant
from tcptui.ui.actions import ACTIONS, key_names

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def example(word: str) -> str:
    """The first TOML text with that in it."""
    texts = [text.split("```")[0] for text in README.split("```toml\n")[1:]]
    return next(text for text in texts if word in text)


def test_the_key_table_is_the_registry() -> None:
    rows = [f"| {' '.join(f'`{key}`' for key in key_names(action))} | {action.help} |" for action in ACTIONS]
    table = README.split("<!-- keys -->\n")[1].split("\n<!-- end -->")[0]
    assert table.splitlines()[2:] == rows


def test_every_picture_exists() -> None:
    for path in re.findall(r"\]\((screenshots/[^)]+)\)", README):
        assert (Path(__file__).parents[1] / path).is_file()


def test_the_example_of_a_scenario_plays() -> None:
    text = example("title =")
    run = play(load_scenario(text, "mine", "README.md"))
    assert run.complete
    assert {state.value for state in run.end} == {"CLOSED"}


def test_the_example_of_udp_plays_as_it_expects() -> None:
    text = example("sendto")
    scenario = load_scenario(f'title = "t"\nquestion = "q"\n{text}', "mine", "README.md")
    assert scenario.expected.events
    assert failures(scenario) == []


def _examples(heading: str) -> list[str]:
    """The pieces of a scenario under a heading."""
    section = README.split(f"### {heading}\n")[1].split("\n#")[0]
    return [piece.split("```")[0] for piece in section.split("```toml\n")[1:]]


def test_the_examples_of_the_wire_can_be_read() -> None:
    faults, third_party, boxes = (
        load_scenario(f'title = "t"\nquestion = "q"\n{piece}', "mine", "README.md")
        for piece in _examples("The wire")
    )
    assert (len(faults.faults), len(faults.fault_rules)) == (1, 7)
    move = third_party.injections[0].move
    assert isinstance(move, Inject)
    assert (move.times, move.of, move.port) == (5, 1, 8080)
    assert len(boxes.boxes) == 3


def test_the_example_of_a_frame_and_of_facts_is_one_story() -> None:
    head, frame, facts = example("title ="), example("until ="), example("strict =")
    first, _, tables = frame.partition("\n\n")
    scenario = load_scenario(f"{first}\n{head}\n{tables}", "mine", "README.md")
    assert [one.name for one in scenario.variants] == ["two segments"]
    assert failures(scenario_of_variant(scenario, "two segments")) == []
    story = library.text_of("handshake").partition("[expect]")[0]
    expected = load_scenario(story + facts, "mine", "README.md")
    assert [
        one.where for one in failures(expected._replace(expected=expected.expected._replace(strict=False)))
    ] == ["expect.labels[1]"]


def test_the_patterns_of_the_table_describe_something() -> None:
    table = README.split("| pattern | meaning |")[1].split("\n\n")[0]
    patterns = [one for row in table.splitlines()[2:] for one in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(patterns) > 20
    for pattern in patterns:
        checked_pattern(pattern)


def test_the_output_that_stands_in_it_is_up_to_date() -> None:
    found = blocks(README)
    assert len(found) == 3
    assert outdated(README, [(block, content_of(block)) for block in found]) == []


def test_the_limits_of_formats_and_documents_are_those_of_the_program() -> None:
    page = f"A page has\nat most {MOST_STEPS} steps and {MOST_OCTETS // 1_000} KB"
    diagram = f"`mermaid` has {MOST_CHARACTERS:,} characters at most"
    document = f"larger than {LARGEST:,} octets"
    for limit in (page, diagram, document):
        assert limit in README


def test_the_moves_of_the_table_are_moves() -> None:
    table = README.split("| move | what it does |")[1].split("\n\n")[0]
    columns = [row.split("|")[1] for row in table.splitlines()[2:]]
    moves = [move for column in columns for move in re.findall(r"`([^`]+)`", column)]
    assert len(moves) >= 10
    for move in moves:
        assert moves_text(parse_moves(move)) == move.replace("u2+10ms", "u2")


def test_the_runs_of_the_table_of_commands_can_be_played() -> None:
    table = README.split("| command | what it does |")[1].split("\n\n")[0]
    commands = [shlex.split(command) for command in re.findall(r"^\| `tcptui ([^`]+)`", table, re.MULTILINE)]
    runs = [words for words in commands if words[:1] == ["play"] and words[1] in library.names()]
    assert len(runs) >= 7
    for words in runs:
        name = words[1]
        moves = words[words.index("--moves") + 1] if "--moves" in words else ""
        assert play(library.find(name), parse_moves(moves)).complete, words


def test_the_profiles_and_settings_of_the_text_are_some() -> None:
    profiles = re.findall(r"--profile (\S+?)[` ]", README)
    settings = re.findall(r"--set ([^`\s]+)", README)
    assert len(profiles) >= 2
    assert len(settings) >= 5
    for name in profiles:
        preset(name)
    for setting in settings:
        plain = library.find("handshake")
        assert variant(plain, None, [setting]) != plain


def test_the_knobs_that_are_broken_on_purpose_are_knobs() -> None:
    named = README.split("broken on purpose")[1].split(".\n")[0]
    knobs = re.findall(r"`(\w+)`", named)
    assert len(knobs) == 7
    assert set(knobs) <= set(all_knobs())


def test_the_gallery_has_every_chapter() -> None:
    gallery = README.split("### A gallery by chapter\n")[1].split("\n## ")[0]
    chapters = re.findall(r"^\*\*(.+)\*\*$", gallery, re.MULTILINE)
    pictures = re.findall(r"screenshots/stories/([a-z0-9-]+)-120x36\.svg", gallery)
    listed = {one.name: one.chapter for one in library.all_scenarios() if one.name != library.LAB}
    assert list(dict.fromkeys(listed.values())) == chapters
    assert [listed[name] for name in pictures] == [chapter for chapter in chapters for _ in range(2)]
