"""The catalogue has a sentence for every message, in every language, and makes texts of them."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Mapping
from contextvars import copy_context
from importlib import import_module
from string import Formatter

import pytest

import tcptui.explain
from tcptui.core.message import Duration, Message, SequenceNumber, Value
from tcptui.explain.catalogue import paragraph, say, text, use_language
from tcptui.explain.english import sentences
from tcptui.printable import printable
from tests.explain.keys import COMPUTED, KEY, KINDS, modules, named, uses

LANGUAGES: dict[str, Mapping[str, str]] = {
    module.name: import_module(f"tcptui.explain.{module.name}").sentences()
    for module in pkgutil.iter_modules(tcptui.explain.__path__)
    if module.ispkg
}
ENGLISH = sentences()
AT_LINE = {"error.at_line", "error.script.at"}
"""Keys one of whose numbers is called `line`, which is an argument of its own elsewhere."""
BETWEEN = {"text.between_sentences", "text.between_items"}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_language_is_found() -> None:
    assert LANGUAGES["english"] is ENGLISH


def test_every_key_that_is_named_has_a_sentence() -> None:
    missing = {key: where for key, where in named().items() if key not in ENGLISH}
    assert missing == {}
    assert COMPUTED - ENGLISH.keys() == set()


def test_every_sentence_is_used() -> None:
    assert ENGLISH.keys() - named().keys() - COMPUTED == set()


def test_every_key_is_of_a_known_kind() -> None:
    assert [key for key in ENGLISH if not KEY.fullmatch(key)] == []
    assert {key.partition(".")[0] for key in ENGLISH} == set(KINDS)


def test_every_message_is_given_the_numbers_of_its_sentence_and_no_others() -> None:
    found = list(uses())
    assert len({use.key for use in found}) > len(ENGLISH.keys() - COMPUTED) * 8 // 10
    for key, numbers, complete, where in found:
        wanted = placeholders(ENGLISH[key]) - ({"line"} if key not in AT_LINE else set())
        if key in AT_LINE:
            numbers = numbers | {"line"}
        if complete and key not in BETWEEN:
            assert numbers == wanted, f"{key} at {where}"
        else:
            assert numbers <= wanted, f"{key} at {where}"


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_has_only_sentences_that_english_has_with_the_same_placeholders(name: str) -> None:
    for key, sentence in LANGUAGES[name].items():
        assert sentence or key in BETWEEN
        assert placeholders(sentence) <= placeholders(ENGLISH[key]), key


def test_no_text_of_an_error_is_made_but_by_the_catalogue() -> None:
    """An error that was caught is shown by its message; the texts of Python's own errors are marked here."""
    foreign = {(name, "str(error)") for name in ("scenario.py", "program_text.py", "toml.py", "config.py")}
    shown = set()
    for path, tree in modules():
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) if node.name):
            for node in ast.walk(handler):
                call = isinstance(node, ast.Call) and ast.unparse(node.func) in ("str", "repr", "format")
                if call or isinstance(node, ast.FormattedValue):
                    inner = node.args[0] if isinstance(node, ast.Call) else node.value  # type: ignore[attr-defined]
                    if isinstance(inner, ast.Name) and inner.id == handler.name:
                        shown.add((path.name, ast.unparse(node)))
    assert shown - foreign == set()


# Texts.


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        ("a b", "a b"),
        ("\x1b[31m\n\u202e", "\\x1b[31m\\n\\u202e"),
        (Duration(1_920_000), "1.92 s"),
        (SequenceNumber(1_005, 1_000), "5"),
        (SequenceNumber(1_005, None), "1005"),
        (Message.of("check.nothing"), "nothing"),
        (("x", Duration(20_000), Message.of("check.nothing")), "x, 20 ms, nothing"),
        ((), ""),
    ],
)
def test_a_value_as_it_stands_in_a_sentence(value: Value, shown: str) -> None:
    assert say("check.ignored", what=value) == f"ignored: {shown}"


def test_a_sequence_number_is_raw_where_the_reader_wants_it() -> None:
    message = Message.of("check.ignored", what=(SequenceNumber(1_005, 1_000),))
    assert text(message, raw=True) == "ignored: 1005"
    assert paragraph([message, message], raw=True) == "ignored: 1005 ignored: 1005"


@pytest.mark.parametrize("typed", ["\x1b]0;x\x07", "a\nb", "\udcff", "\u200b"])
def test_what_was_typed_is_printable_in_every_sentence(typed: str) -> None:
    for key, sentence in ENGLISH.items():
        numbers: dict[str, Value] = {
            name: 1 if specification else typed
            for _, name, specification, _ in Formatter().parse(sentence)
            if name is not None
        }
        assert say(key, **numbers).isprintable(), key


def test_printable_text_is_left_as_it_is() -> None:
    assert printable("Zürich 漢字") == "Zürich 漢字"


def test_one_readers_language_is_not_anothers_and_english_stands_in() -> None:
    def other() -> tuple[str, str]:
        use_language({"check.nothing": "何も"})
        return say("check.nothing"), say("check.no_segment")

    assert copy_context().run(other) == ("何も", "no segment")
    assert say("check.nothing") == "nothing"


@pytest.mark.parametrize("sentence", ["{{x}}", "x }}", "{{ x"])
def test_a_brace_is_written_twice_also_where_there_is_no_placeholder(sentence: str) -> None:
    def reader() -> str:
        use_language({"check.nothing": sentence})
        return say("check.nothing")

    assert copy_context().run(reader) == sentence.replace("{{", "{").replace("}}", "}")
