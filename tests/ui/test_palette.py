"""Every colour can be read on its ground: a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem

from tcptui.ui.palette import GROUNDS, PALETTES, Ground, looks

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
DARK = (BLACK, (30, 30, 30), (40, 44, 52), (0, 43, 54))
"""Black, and the grounds of wide-spread dark themes: VS Code, One Dark, Solarized."""
LIGHT = (WHITE, (250, 250, 250), (253, 246, 227))
GROUND: dict[Ground, tuple[tuple[int, int, int], ...]] = {"any": (BLACK, WHITE), "dark": DARK, "light": LIGHT}


def luminance(colour: tuple[int, int, int]) -> float:
    """WCAG 2.2's relative luminance of an sRGB colour."""
    parts = [value / 255 for value in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    lower, higher = sorted((luminance(one), luminance(other)))
    return (higher + 0.05) / (lower + 0.05)


def test_contrast_is_what_wcag_says() -> None:
    assert round(contrast(BLACK, WHITE), 1) == 21.0
    assert round(contrast((0x77, 0x77, 0x77), WHITE), 2) == 4.48


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_colour_can_be_read(ground: Ground) -> None:
    for name, style in looks(ground).items():
        if style.color is None:
            continue
        colour = style.color.get_truecolor()
        for behind in GROUND[ground]:
            assert contrast((colour.red, colour.green, colour.blue), behind) >= 4.5, (
                name,
                colour.hex,
                behind,
            )


@pytest.mark.parametrize("ground", GROUNDS)
def test_in_256_colours_they_are_nearly_as_far_from_black_or_white(ground: Ground) -> None:
    """The nearest of the 256 is another colour: what it has still to have is 4.4."""
    for name, style in looks(ground).items():
        if style.color is None:
            continue
        nearest = style.color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        for behind in {"any": (BLACK, WHITE), "dark": (BLACK,), "light": (WHITE,)}[ground]:
            assert contrast((nearest.red, nearest.green, nearest.blue), behind) >= 4.4, (
                name,
                nearest.hex,
                behind,
            )


@pytest.mark.parametrize("ground", GROUNDS)
def test_no_two_of_them_are_the_same_in_256_colours(ground: Ground) -> None:
    nearest = {
        style.color.downgrade(ColorSystem.EIGHT_BIT).number for style in looks(ground).values() if style.color
    }
    assert len(nearest) == len(PALETTES[ground])
