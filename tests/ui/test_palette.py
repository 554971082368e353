"""Every colour can be read on its ground: a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from typing import get_args

import pytest
from rich.color import Color
from rich.style import Style as RichStyle

from tcptui.ui.palette import LEAST_CONTRAST, Rgb, contrast, palette_for
from tcptui.view.lines import Style
from tcptui.view.palette import PALETTES, PaletteName, looks
from tests.ui.terminal_colours import DARK, LIGHT, TERMINALS, Terminal, ground_of, shown

NAMES: tuple[PaletteName, ...] = get_args(PaletteName)
PAIRS = [(name, terminal) for name in NAMES for terminal in TERMINALS[name]]
IMPORTANT: tuple[Style, ...] = ("lost", "changed")


def contrast_of(style: RichStyle, terminal: Terminal) -> float:
    return contrast(*shown(style, terminal))


def test_contrast_is_what_wcag_says() -> None:
    assert round(contrast((0, 0, 0), (255, 255, 255)), 1) == 21.0
    assert round(contrast((0x77, 0x77, 0x77), (255, 255, 255)), 2) == 4.48


@pytest.mark.parametrize(("name", "terminal"), PAIRS)
def test_every_style_can_be_read(name: PaletteName, terminal: Terminal) -> None:
    for style, look in looks(name).items():
        assert contrast_of(look, terminal) >= LEAST_CONTRAST, (style, look)
        assert not look.dim  # What a terminal makes of it is not known.


@pytest.mark.parametrize(("name", "terminal"), PAIRS)
def test_what_was_lost_and_what_changed_are_the_strongest(name: PaletteName, terminal: Terminal) -> None:
    """Of the colours, and they are bold. For an unknown ground all have nearly the same contrast."""
    styles = looks(name)
    colours = {style for style, look in styles.items() if look.color != styles["plain"].color}
    others = [contrast_of(styles[style], terminal) for style in colours if styles[style].bold is not True]
    for style in IMPORTANT:
        assert styles[style].bold
        if others:
            assert contrast_of(styles[style], terminal) >= max(others) - (0.2 if name == "any" else 0)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "mono"])
def test_no_two_kinds_have_the_same_colour(name: PaletteName) -> None:
    palette = PALETTES[name]
    kinds = (palette.a, palette.b, palette.changed, palette.lost, palette.late)
    assert len(set(kinds)) == len(kinds)
    assert palette.dim not in kinds


@pytest.mark.parametrize("name", ["16", "mono"])
def test_the_palettes_of_few_colours_have_no_others(name: PaletteName) -> None:
    for look in looks(name).values():
        for colour in (look.color, look.bgcolor):
            assert colour is None or (name == "16" and colour.number is not None and colour.number < 16)


def test_without_colours_what_must_be_seen_has_an_attribute_of_its_own() -> None:
    names: tuple[PaletteName, ...] = ("mono", "contrast")
    for name in names:
        styles = looks(name)
        plain = styles["plain"]
        shown: tuple[Style, ...] = ("lost", "changed", "delayed", "selected")
        attributes = {
            style: (styles[style].bold, styles[style].underline, styles[style].reverse) for style in shown
        }
        assert len(set(attributes.values())) == 4
        assert all(styles[style] != plain for style in attributes)


def test_a_palette_has_no_colour_that_it_does_not_use() -> None:
    for name, palette in PALETTES.items():
        used = {
            colour
            for look in looks(name).values()
            for colour in (look.color, look.bgcolor)
            if colour is not None
        }
        assert used == {Color.parse(colour) for colour in palette if colour}


@pytest.mark.parametrize("ground", DARK)
def test_a_dark_ground_has_the_palette_for_it(ground: Rgb) -> None:
    assert palette_for(ground) == "dark"


@pytest.mark.parametrize("ground", LIGHT)
def test_a_light_ground_has_the_palette_for_it(ground: Rgb) -> None:
    assert palette_for(ground) == "light"


def test_a_ground_on_which_neither_can_be_read_is_painted_over() -> None:
    assert palette_for((128, 128, 128)) == "contrast"
    assert ground_of("contrast") == (0, 0, 0)
