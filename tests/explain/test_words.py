"""A translation belongs to the context that asks for it."""

from __future__ import annotations

from contextvars import copy_context

from tcptui.explain.words import tr, use_translation


def test_a_message_is_itself_where_there_is_no_translation() -> None:
    assert tr("waiting") == "waiting"


def test_one_readers_language_is_not_anothers() -> None:
    def shout() -> str:
        use_translation(str.upper)
        return tr("waiting")

    assert copy_context().run(shout) == "WAITING"
    assert tr("waiting") == "waiting"
