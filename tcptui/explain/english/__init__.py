"""English: every sentence of the catalogue, by key. Another language is a package like this one."""

from __future__ import annotations

from tcptui.explain.english import effects, errnos, errors, happened, ladder, rules, scripts, stories, ui

SENTENCES = {
    **happened.SENTENCES,
    **effects.SENTENCES,
    **ladder.SENTENCES,
    **rules.SENTENCES,
    **errors.SENTENCES,
    **errnos.SENTENCES,
    **scripts.SENTENCES,
    **stories.SENTENCES,
    **ui.SENTENCES,
}
