"""English: every sentence of the catalogue, by key. Another language is a package like this one."""

from __future__ import annotations

from tcptui.explain.english import effects, ends, errnos, errors, happened, rules, scripts, stories, ui

SENTENCES = {
    **happened.SENTENCES,
    **effects.SENTENCES,
    **ends.SENTENCES,
    **rules.SENTENCES,
    **errors.SENTENCES,
    **errnos.SENTENCES,
    **scripts.SENTENCES,
    **stories.SENTENCES,
    **ui.SENTENCES,
}
