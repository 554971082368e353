"""What is looked for in the list of stories, and what is found: without a screen."""

from __future__ import annotations

from tcptui.lab.scenario import Variant
from tcptui.library import Listed, listed
from tcptui.ui.choice import LONGEST, Choice
from tcptui.ui.stories import Stories
from tests.lab.worlds import scenario

STORY = scenario()


def story(name: str, chapter: str = "Opening", title: str = "", *variants: str) -> Listed:
    one = STORY._replace(
        name=name, title=title or name, question="Why?", chapter=chapter,
        variants=tuple(Variant(variant, {}) for variant in variants),
    )  # fmt: skip
    return listed(one)


LIST = [
    story("lost-syn", "Opening", "The SYN is lost"),
    story("flood", "Opening", "A flood", "cookies, full", "no room"),
    story("late-fin", "Closing", "The FIN is late"),
]


def choice(sections: dict[str, tuple[str, ...]] | None = None) -> Choice:
    known = {} if sections is None else sections
    return Choice(LIST, lambda name, variant: known.get(f"{name}:{variant}", ()))


def names(looked: Choice) -> list[str]:
    return [one.story.name for one in looked.found]


def typed(text: str) -> Choice:
    looked = choice()
    for one in text:
        looked.type(one)
    return looked


def test_a_text_is_looked_for_in_name_title_question_and_chapter() -> None:
    assert names(choice()) == ["lost-syn", "flood", "late-fin"]
    assert names(typed("late-f")) == ["late-fin"]
    assert names(typed("fin is l")) == ["late-fin"]
    assert names(typed("closing")) == ["late-fin"]
    assert names(typed("why")) == ["lost-syn", "flood", "late-fin"]
    assert names(typed("nothing")) == []


def test_each_word_is_looked_for_by_itself() -> None:
    assert names(typed("syn lost")) == ["lost-syn"]
    assert names(typed("late closing")) == ["late-fin"], "of the name, and of the chapter"
    assert names(typed("late syn nothing")) == []
    assert names(typed(" fin ")) == names(typed("fin"))


def test_only_letters_and_digits_count() -> None:
    assert names(typed("LOSTSYN")) == ["lost-syn"]
    assert names(typed("lost, syn")) == ["lost-syn"]
    assert names(typed("synlost")) == [], "but in their order"
    assert names(typed("--")) == names(choice())


def test_where_only_a_variant_matches_that_one_is_shown() -> None:
    looked = typed("no r")
    assert [(one.story.name, one.variant_name) for one in looked.found] == [("flood", "no room")]
    looked = typed("floo")
    assert [(one.story.name, one.variant_name) for one in looked.found] == [("flood", "")]


def test_sections_are_found_once_they_are_known() -> None:
    sections: dict[str, tuple[str, ...]] = {}
    looked = choice(sections)
    looked.type("5961")
    assert names(looked) == []
    sections["late-fin:"] = ("RFC 9293 3.5", "RFC 5961 4.2")
    sections["flood:no room"] = ("RFC 5961 7",)
    looked.look_again()
    assert [(one.story.name, one.variant_name) for one in looked.found] == [
        ("flood", "no room"), ("late-fin", ""),
    ]  # fmt: skip
    assert names(looked) == names(looked)


def test_the_cursor_stays_on_its_story_while_that_matches() -> None:
    looked = choice()
    looked.move(2)
    looked.type("l")
    assert looked.current is not None
    assert looked.current.story.name == "late-fin"
    looked.type("ost")
    assert looked.current.story.name == "lost-syn"
    looked.clear()
    assert (looked.at, len(looked.found)) == (0, 3)


def test_the_cursor_moves_within_what_was_found() -> None:
    looked = choice()
    looked.move(-1)
    assert looked.at == 0
    looked.move(99)
    assert looked.at == 2
    looked.to_chapter(1)
    assert looked.at == 0
    looked.to_chapter(2)
    assert looked.at == 2
    looked.to_chapter(3)
    looked.to_chapter(0)
    assert looked.at == 2
    empty = typed("nothing")
    empty.move(1)
    empty.turn(1)
    empty.to_chapter(1)
    assert empty.current is None


def test_variants_are_gone_through_and_after_the_last_comes_the_story() -> None:
    looked = choice()
    looked.move(1)
    seen = []
    for _ in range(4):
        assert looked.current is not None
        seen.append(looked.current.variant_name)
        looked.turn(1)
    assert seen == ["", "cookies, full", "no room", ""]
    looked.turn(-1)
    looked.look_again()
    assert looked.current is not None
    assert looked.current.variant_name == "", "what is shown stays when more is known"


def test_erasing_ends_with_typing_over() -> None:
    looked = choice()
    looked.search()
    looked.type("7")
    looked.erase()
    assert (looked.text, looked.searching) == ("", True)
    looked.erase()
    assert not looked.searching
    looked.type("x" * 1000)
    assert len(looked.text) == LONGEST


def test_stories_stand_beside_each_other() -> None:
    stories = Stories(LIST)
    names = [one.name if one else None for one in (stories.beside("flood", 1), stories.beside("flood", -1))]
    assert names == ["late-fin", "lost-syn"]
    assert stories.beside("late-fin", 1) is None
    assert stories.beside("lost-syn", -1) is None
    assert stories.beside("other", 1) is None
    assert stories.beside("other", -1) is None


def test_a_story_is_played_in_pieces_once() -> None:
    stories = Stories(
        [listed(scenario('[A]\nscript = [{ call = "connect" }]\n[B]\nscript = [{ call = "listen" }]'))]
    )
    name = stories.listed[0].name
    pieces = sum(1 for _ in stories.play_all())
    assert pieces > 4
    played = stories.played(name)
    assert played is not None
    assert (played.steps, len(played.transmissions), played.complete) == (pieces - 1, 3, True)
    assert stories.sections(name)[0] == "RFC 9293 3.10.1"
    assert stories.all_played
    assert list(stories.play_all()) == []
