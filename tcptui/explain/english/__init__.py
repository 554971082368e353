"""English: every sentence of the catalogue, by key. Another language is a package like this one."""

from __future__ import annotations

from tcptui.explain.english import (
    configuration,
    effects,
    ends,
    errnos,
    errors,
    glossary,
    happened,
    inspectors,
    ladder,
    picker,
    rules,
    scripts,
    stories,
    ui,
)

SENTENCES = {
    **happened.SENTENCES,
    **effects.SENTENCES,
    **ladder.SENTENCES,
    **ends.SENTENCES,
    **rules.SENTENCES,
    **errors.SENTENCES,
    **errnos.SENTENCES,
    **scripts.SENTENCES,
    **stories.SENTENCES,
    **picker.SENTENCES,
    **glossary.SENTENCES,
    **ui.SENTENCES,
    **inspectors.SENTENCES,
    **configuration.SENTENCES,
}
