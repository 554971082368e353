"""The help: every action is in it once, and every word that the screen shows."""

from __future__ import annotations

import errno
import re

from hypothesis import given
from hypothesis import strategies as st

from tcptui import library
from tcptui.explain.english.ends import SENTENCES as ENDS
from tcptui.explain.english.glossary import SENTENCES
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.wire import SIDES
from tcptui.ui.actions import ACTIONS
from tcptui.ui.panes.endpoint import EndpointPane
from tcptui.ui.panes.inspector import InspectorPane
from tcptui.ui.panes.wire import WirePane
from tcptui.ui.screens.help import GROUPS, sections
from tcptui.ui.session import Session
from tcptui.view.help import Section, glossary, index_lines, section_lines
from tcptui.view.inspectors import INSPECTORS
from tcptui.view.lines import line_width, plain_text

NAMES = set(errno.errorcode.values())
"""Each is explained where it comes: below, in the line of why."""


def terms() -> set[str]:
    return {
        word for section in glossary() for term, _ in section.entries for word in re.split(r"[ ,.]", term)
    }


def test_every_action_is_in_one_group() -> None:
    grouped = [id for _, ids in GROUPS for id in ids]
    assert sorted(grouped) == sorted(action.id for action in ACTIONS)


def test_every_sentence_of_the_glossary_is_used() -> None:
    told = {
        meaning
        for can_mark in (True, False)
        for section in sections(can_mark=can_mark)
        for _, meaning in section.entries
    }
    titles = {section.title for section in sections()}
    unused = {key for key, words in SENTENCES.items() if words not in told | titles}
    assert unused == {"glossary.keys", "glossary.closes"}, "which stand above them"


def test_every_label_of_an_end_is_explained() -> None:
    """Sentences need no explanation; what stands there in a word or two does."""
    sentences = r"ui\.end\.(needs\.|told\.|no_|may_not_have|not_|since|in$|of$|cable|fin_waits|others)"
    words = {
        word
        for key, label in ENDS.items()
        if not re.match(sentences, key)
        for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"{.*?}", "", label))
    }
    assert {"needs", "else", "recv", "told", "scale"} <= words
    assert words - terms() == set()


def capitals(text: str) -> set[str]:
    """The abbreviations in a text, but for what stands between quotes and what is cut."""
    text = re.sub(r"'[^']*'?|\S*…|[CEUAPRSF·]{8}|\bTCP\b", "", text)
    return {word for word in re.findall(r"[\w-]+", text) if re.fullmatch(r"\d?[A-Z][A-Z-]*[A-Z]\d?", word)}


def test_every_abbreviation_of_the_panes_is_explained() -> None:
    known = terms() | NAMES
    shown: dict[str, str] = {}
    for story in library.all_scenarios():
        session = Session(story.load())
        wire = WirePane(session)
        ends = [(EndpointPane(session, side), size) for side in SIDES for size in ((18, 17), (42, 40))]
        closer = [InspectorPane(session, inspector) for inspector in INSPECTORS]
        going = True
        while going and session.history.position < 60:
            session.step()
            going = session.world.next_event() is not None
            lines = [*wire.lines(38, 17), *wire.lines(78, 40)]
            lines += [line for end, size in ends for line in end.lines(*size)]
            if not going or session.history.position % 5 == 0:
                lines += [line for pane in closer for line in pane.lines(60, 30)]
            shown |= dict.fromkeys(map(plain_text, lines), story.name)
    unknown = {word: f"{name}: {text}" for text, name in shown.items() for word in capitals(text) - known}
    cut = {word for word in unknown if any(one.startswith(word) for one in known)}
    assert "\n".join(sorted(f"{word}: {where}" for word, where in unknown.items() if word not in cut)) == ""


def test_an_abbreviation_that_nobody_explains_would_be_found() -> None:
    assert capitals("SACK 1:2 'GET' ZZZ 2MSL x") - terms() == {"ZZZ"}


@given(width=st.integers(40, 200), count=st.integers(0, 30), long=st.booleans())
def test_a_section_is_as_wide_as_asked_and_loses_nothing(width: int, count: int, long: bool) -> None:
    meaning = "a word and another " * (6 if long else 1)
    entries = [(f"term-{place}", f"{meaning}{place}.") for place in range(count)]
    lines = section_lines(Section("Title", entries), width)
    assert {line_width(line) for line in lines} == {width}
    text = " ".join(map(plain_text, lines))
    assert all(term in text for term, _ in entries)
    assert all(f" {place}." in text.replace("  ", " ") for place in range(count))


def test_where_there_is_room_there_are_two_columns() -> None:
    section = next(one for one in sections() if one.title == "Timers")
    assert len(section_lines(section, 75)) == 1 + len(section.entries)
    assert len(section_lines(section, 160)) == 1 + (len(section.entries) + 1) // 2


def test_every_word_has_one_line_in_one_column_and_in_two() -> None:
    for section in glossary():
        for width in (73, 115):
            for term, meaning in section.entries:
                lines = section_lines(
                    section._replace(entries=[*section.entries[-2:], (term, meaning)]), width
                )
                assert any(meaning in plain_text(line) for line in lines), (term, width)


def test_the_digits_lead_to_every_section() -> None:
    titles = ["Keys", *(section.title for section in glossary())]
    for width in (75, 160):
        text = " ".join(map(plain_text, index_lines(titles, width)))
        assert all(f"{number} {title}" in text for number, title in enumerate(titles, 1))
        assert "esc closes" in text


def test_moves_are_no_part_of_it() -> None:
    """A session with a fault shows words that no story has: they are explained too."""
    session = Session(library.find("life"), "s4 u2+10ms d3+20ms")
    assert parse_moves(session.history.text())
    pane = WirePane(session)
    words = capitals(" ".join(plain_text(line) for line in pane.lines(60, 40)))
    assert words <= terms() | NAMES
