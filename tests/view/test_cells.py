"""Widths are terminal cells: of Chinese, Korean and Hebrew, of combining marks and of joined emoji."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tcptui.view.ascii import to_ascii
from tcptui.view.cells import align_right, clusters, cut, fill, shorten, wrap
from tcptui.view.lines import fit, line_width, plain_text

FAMILY = "👨\u200d👩\u200d👧"
E_ACUTE = "e\u0301"
HEART = "❤\ufe0f"
SAMPLES = {
    "latin": "The window is closed, and the persist timer runs",
    "chinese": "对端的接收窗口为零,持续计时器正在运行。连接仍然打开",
    "korean": "수신 창이 닫혀 있고 지속 타이머가 실행 중입니다",
    "jamo": "\u1112\u1161\u11ab\u1100\u116e\u11a8",
    "hebrew": "חלון הקבלה סגור והטיימר פועל",
    "hebrew points": "שָׁלוֹם עוֹלָם",
    "emoji": f"{FAMILY} lost {HEART} 🏳\ufe0f\u200d🌈 sent {FAMILY}{FAMILY}",
    "combining": f"r{E_ACUTE}sum{E_ACUTE} a\u0308o\u0302\u0323",
    "long word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "mixed": f"SYN-RECEIVED之后{FAMILY}收到RST,回到LISTEN {E_ACUTE}",
}
PARTS = st.lists(
    st.sampled_from(
        [FAMILY, E_ACUTE, HEART, "中", "国", "한", "ש\u05b8", "x", "long", " ", "。", "（", "─", "\u0301"]
    ),
    max_size=30,
)

texts = pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)


@pytest.mark.parametrize("cluster", [FAMILY, E_ACUTE, HEART, "중", "\u1112\u1161\u11ab", "ש\u05b8"])
def test_what_is_drawn_upon_a_character_stays_with_it(cluster: str) -> None:
    assert [one for one, _ in clusters(f"a{cluster}b")] == ["a", cluster, "b"]
    for width in range(6):
        assert cluster in cut(f"a{cluster}b", width) or cut(f"a{cluster}b", width) in ("", "a")


@texts
def test_clusters_are_the_whole_text(text: str) -> None:
    assert "".join(cluster for cluster, _ in clusters(text)) == text
    assert sum(cells for _, cells in clusters(text)) == cell_len(text)


@texts
def test_every_text_is_exactly_as_wide_as_asked(text: str) -> None:
    for width in range(1, 40):
        assert cell_len(fill(text, width)) == width
        assert line_width(fit(((text, "a"), (text, "b")), width)) == width
        assert cell_len(shorten(text, width)) <= width
        assert cell_len(align_right(cut(text, width), width)) == width


def test_half_a_wide_character_is_a_blank() -> None:
    assert fill("中国", 3) == "中 "
    assert plain_text(fit((("中国", "a"),), 3)) == "中"
    assert shorten("中国人", 4) == "中…"


@texts
def test_lines_are_no_wider_than_asked_and_nothing_is_lost(text: str) -> None:
    for width in range(2, 40):
        lines = wrap(text, width)
        assert all(cell_len(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        kept = [cluster for line in lines for cluster, _ in clusters(line)]
        assert [one for one in kept if one != " "] == [one for one, _ in clusters(text) if one != " "]


def test_a_text_without_blanks_wraps_between_wide_characters() -> None:
    assert wrap("接收窗口为零持续计时器", 8) == ["接收窗口", "为零持续", "计时器"]
    assert wrap("收到RST后回到LISTEN", 9) == ["收到RST后", "回到", "LISTEN"]


def test_closing_punctuation_does_not_begin_a_line_nor_opening_end_one() -> None:
    assert wrap("窗口为零。计时器", 8) == ["窗口为", "零。计时", "器"]
    assert wrap("窗口（为零）", 6) == ["窗口", "（为", "零）"]


def test_a_word_longer_than_a_line_goes_on_in_the_next() -> None:
    assert wrap("so abcdefghijkl end", 5) == ["so", "abcde", "fghij", "kl", "end"]
    assert wrap("abcdefgh", 4) == ["abcd", "efgh"]


def test_blanks_between_words_are_kept_and_none_is_put_in() -> None:
    assert wrap("窗口 is 为零", 40) == ["窗口 is 为零"]
    assert wrap("", 10) == []


def test_the_last_of_at_most_so_many_lines_holds_the_rest() -> None:
    assert wrap("接收窗口为零持续计时器", 8, most=2) == ["接收窗口", "为零持续计时器"]
    assert wrap("one two three four", 7, most=2) == ["one two", "three four"]


def test_a_cluster_wider_than_the_line_stands_alone() -> None:
    assert wrap("中国", 1) == ["中", "国"]


@texts
def test_in_ascii_every_text_is_as_wide_as_before(text: str) -> None:
    assert to_ascii(text).isascii()
    assert len(to_ascii(text)) == cell_len(text)


@given(PARTS, st.integers(2, 20))
def test_any_mixture_is_measured_cut_and_wrapped(parts: list[str], width: int) -> None:
    text = "x" + "".join(parts)
    assert cell_len(fill(text, width)) == width
    assert all(cell_len(line) <= width for line in wrap(text, width))
    assert len(to_ascii(text)) == cell_len(text)
