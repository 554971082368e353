"""English: every sentence of the catalogue, by key. Another language is a package like this one.

The words of a screen on which nothing has happened yet are there at once. All others are loaded when one of
them is asked for, or the whole: the first frame does not wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tcptui.explain.english import ends, happened, inspectors, ladder, ui

AT_ONCE: Mapping[str, str] = {
    **happened.SENTENCES,
    **ladder.SENTENCES,
    **ends.SENTENCES,
    **ui.SENTENCES,
    **inspectors.SENTENCES,
}


@cache
def sentences() -> Mapping[str, str]:
    """All of them."""
    from tcptui.explain.english import (
        beside,
        configuration,
        effects,
        errnos,
        errors,
        glossary,
        lecture,
        ledger,
        page,
        picker,
        predict,
        rooms,
        rules,
        scripts,
        serve,
        served,
        stories,
        web,
    )

    return {
        **AT_ONCE,
        **effects.SENTENCES,
        **rules.SENTENCES,
        **errors.SENTENCES,
        **errnos.SENTENCES,
        **scripts.SENTENCES,
        **stories.SENTENCES,
        **picker.SENTENCES,
        **predict.SENTENCES,
        **lecture.SENTENCES,
        **rooms.SENTENCES,
        **glossary.SENTENCES,
        **ledger.SENTENCES,
        **page.SENTENCES,
        **configuration.SENTENCES,
        **beside.SENTENCES,
        **web.SENTENCES,
        **serve.SENTENCES,
        **served.SENTENCES,
    }
