"""The table of RFC 9293's requirements is complete, and says of the tests what is so."""

from __future__ import annotations

import re
from functools import cache
from itertools import takewhile

import pytest

from tcptui.requirements import (
    LAST,
    Requirement,
    UnknownRequirement,
    choices,
    choices_text,
    find,
    requirements,
    table,
)
from tests.command import tcptui
from tests.messages import refused
from tests.naming import ROOT, in_python, in_script, named

ROWS = requirements()


@cache
def named_by_tests() -> dict[str, list[str]]:
    return named()


def test_every_number_of_appendix_b_has_its_row() -> None:
    assert list(ROWS) == [f"{kind}-{number}" for kind, last in LAST.items() for number in range(1, last + 1)]


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_a_row_is_done_and_tested_or_has_a_reason(row: Requirement) -> None:
    assert re.fullmatch(r"3(\.\d+)+", row.section)
    assert row.text.endswith(".")
    if row.status == "done":
        assert not row.why
        assert row.tests
    else:
        assert row.status in ("not applicable", "not planned")
        assert row.why


def test_no_test_names_what_does_not_exist() -> None:
    unknown = {name: tests for name, tests in named_by_tests().items() if name not in ROWS}
    assert not unknown


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_the_tests_of_a_row_are_those_that_name_it(row: Requirement) -> None:
    """`python -m tests.naming` writes them."""
    assert row.tests == named_by_tests().get(row.id, [])


def test_a_test_names_what_stands_in_its_own_text() -> None:
    text = (
        '"""MUST-1."""\n'
        '@mark("MUST-2")\n'
        'def test_one():\n    """MUST-3, SHLD-4."""\n\n'
        "class TestThat:\n    # MAY-5\n    def test_two(self):\n        assert 1  # MUST-66\n"
        "def helper():\n    'MUST-7, XMUST-8, MUST-9th'\n"
    )
    assert list(in_python(text)) == [
        ("", "MUST-1"),
        ("::test_one", "MUST-2"),
        ("::test_one", "MUST-3"),
        ("::test_one", "SHLD-4"),
        ("::TestThat", "MAY-5"),
        ("::TestThat::test_two", "MUST-66"),
        ("", "MUST-7"),
    ]


def test_a_script_names_what_stands_in_its_leading_comment() -> None:
    assert list(in_script("// MUST-1 and\n// MAY-2\n0 socket(...) = 3 // MUST-3\n// MUST-4\n")) == [
        ("", "MUST-1"),
        ("", "MAY-2"),
    ]


def test_every_script_names_what_it_tests() -> None:
    """A requirement or an RFC, or of a stack the kernel's function or option: in the comment at its head."""
    for script in sorted((ROOT / "tests" / "conformance").glob("*.pkt")):
        lines = script.read_text("utf-8").splitlines()
        head = " ".join(takewhile(lambda line: line.startswith("//"), lines))
        source = r"(MUST|SHLD|MAY|REC)-\d+|RFC \d+|\b[A-Za-z_0-9]+\(\)|\b(TCP|SO)_[A-Z]+\b"
        assert re.search(source, head), script.name


# What is printed.


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_table_fits_the_width_and_leaves_nothing_out(width: int) -> None:
    lines = table(ROWS.values(), width).splitlines()
    tests = [line for line in lines if line.startswith("         tests/")]
    assert [test.strip() for test in tests] == [test for row in ROWS.values() for test in row.tests]
    sentences = [line for line in lines if line not in tests]
    assert max(map(len, sentences)) <= width
    printed = "".join("".join(sentences).split())
    for row in ROWS.values():
        assert "".join(f"{row.id} {row.section} {row.status} {row.text[:15]}".split()) in printed


def test_a_table_for_next_to_no_room_is_as_narrow_as_one_can_be() -> None:
    assert table(ROWS.values(), 5) == table(ROWS.values(), 60)


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_choice_says_what_was_chosen_and_why(width: int) -> None:
    rows = choices()
    assert len({row.subject for row in rows}) == 8
    printed = choices_text(rows, width)
    assert max(map(len, printed.splitlines())) <= width
    for row in rows:
        assert re.match(r"3(\.\d+)+", row.section)
        assert row.text.endswith(".")
        assert "".join(row.why[1:].split()) in "".join(printed.split())


def test_rows_are_found_by_id() -> None:
    assert [row.id for row in find(["may-2", "MUST-23"])] == ["MAY-2", "MUST-23"]
    assert find([]) == list(ROWS.values())
    with refused(UnknownRequirement, match=r"no requirement 'MUST-70': .* MUST-1 to MUST-69"):
        find(["MUST-1", "MUST-70"])


def test_the_command_prints_the_table_and_single_rows() -> None:
    everything = tcptui("rfc")
    assert (everything.returncode, everything.stderr) == (0, "")
    assert everything.stdout == table(ROWS.values(), 100) + choices_text(choices(), 100)
    one = tcptui("rfc", "must-23", "SHLD-8")
    assert one.stdout == table([ROWS["MUST-23"], ROWS["SHLD-8"]], 100)
    assert "3.8.3" in one.stdout


def test_an_unknown_id_is_one_line_and_status_2() -> None:
    result = tcptui("rfc", "MUST-70")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("tcptui: no requirement 'MUST-70': ")
    assert result.stderr.count("\n") == 1
