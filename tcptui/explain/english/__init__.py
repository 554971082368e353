"""English: every sentence of the catalogue, by key. Another language is a package like this one."""

from __future__ import annotations

from tcptui.explain.english import (
    configuration,
    effects,
    ends,
    errnos,
    errors,
    happened,
    inspectors,
    picker,
    rules,
    scripts,
    stories,
    ui,
)

SENTENCES = {
    **happened.SENTENCES,
    **effects.SENTENCES,
    **ends.SENTENCES,
    **rules.SENTENCES,
    **errors.SENTENCES,
    **errnos.SENTENCES,
    **scripts.SENTENCES,
    **stories.SENTENCES,
    **picker.SENTENCES,
    **ui.SENTENCES,
    **inspectors.SENTENCES,
    **configuration.SENTENCES,
}
