"""Python in a script: what of it is understood, and that none of it is run."""

from __future__ import annotations

import pytest

from tcptui.explain.catalogue import text as message_text
from tcptui.formats.packetdrill.assertions import judge

NAMES = {"tcpi_state": 1, "tcpi_rto": 200_000, "TCP_ESTABLISHED": 1, "TCP_CLOSE": 7}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("assert tcpi_state == TCP_ESTABLISHED", True),
        ("assert tcpi_state == TCP_ESTABLISHED, tcpi_state", True),
        ("assert tcpi_state == TCP_CLOSE", False),
        ("assert tcpi_state != 1 or tcpi_rto == 200 * 1000", True),
        ("assert tcpi_state == 1 and tcpi_rto < 100", False),
        ("assert not tcpi_state == 7", True),
        ("assert 199999 < tcpi_rto <= 200000", True),
        ("assert 199999 < tcpi_rto < 200000", False),
        ("assert tcpi_rto // 1000 - 100 + 7 % 4 == 103", True),
        ("assert (tcpi_state | 6) & 4 ^ 1 == 5", True),
        ("assert -tcpi_state == -1", True),
        ("assert True", True),
        ("assert tcpi_state", True),
        ("    assert tcpi_state == 1", True),
        # What decides alone is enough: the rest is not looked at, as in Python.
        ("assert tcpi_state == 1 or tcpi_unknown", True),
        # And what is not understood makes nothing true.
        ("assert tcpi_unknown and tcpi_state == 7", False),
        ("assert tcpi_state == 7 and tcpi_unknown", False),
        ("assert tcpi_unknown or tcpi_state == 1", True),
        ("assert tcpi_state in (1, 2)", True),
        ("assert tcpi_state not in [1, 2]", False),
        ("assert abs(tcpi_rto - 201000) <= 1e3", True),
        ("assert tcpi_rto / 1e6 < .2", False),
        ("assert min(tcpi_state, 7) == ~-2", True),
        ("assert tcpi_state & 1 << 0 == 1", True),
        ("wanted = TCP_CLOSE\nassert tcpi_state == wanted", False),
        ("if tcpi_state == 1:\n  assert tcpi_rto == 1\nelse:\n  pass", False),
        ("'words'\nprint(tcpi_rto)\nassert tcpi_rto", True),
    ],
)
def test_what_is_understood(text: str, holds: bool) -> None:
    (statement,) = judge(text, NAMES)
    assert statement.holds is holds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("assert tcpi_fackets == 1", "tcpi_fackets is not known"),
        ("import os", "only assert, if and assignments are understood"),
        ("x.y = 1", "only assert, if and assignments are understood"),
        ("for x in (1, 2): assert x", "only assert, if and assignments are understood"),
        ("if tcpi_fackets: assert tcpi_state == 7", "tcpi_fackets is not known"),
        ("x = tcpi_fackets", "tcpi_fackets is not known"),
        ("assert tcpi_state == 1 and tcpi_fackets", "tcpi_fackets is not known"),
        ("assert tcpi_state == 7 or tcpi_fackets", "tcpi_fackets is not known"),
        ("assert open('x')", "open('x') is not understood"),
        ("assert tcpi_state.real", "tcpi_state.real is not understood"),
        ("assert 'a' == 'a'", "'a' is not understood"),
        ("assert tcpi_state in tcpi_rto", "In is not understood"),
        ("assert open(tcpi_state)", "open(tcpi_state) is not understood"),
        ("assert int(1e999)", "int() is not understood"),
        ("assert 1.5 & tcpi_state", "BitAnd is not understood"),
        ("assert 2 ** 9999999999", "2 ** 9999999999 is not understood"),
        ("assert 1 << 9999999999", "too large a number"),
        ("assert tcpi_state // 0", "division by zero"),
        (f"assert {'9' * 40} * {'9' * 40}", "too large a number"),
        ("assert tcpi_state ==", "no Python that can be read"),
        ("assert '\\0'\0", "no Python that can be read"),
        ("(" * 5_000, "no Python that can be read"),
        ("a" * 20_001, "longer than 20000 characters"),
    ],
)
def test_what_is_not(text: str, reason: str) -> None:
    (statement,) = judge(text, NAMES)
    assert (statement.holds, message_text(statement.values)) == (None, reason)


@pytest.mark.parametrize("text", ["-" * 900 + "1", "1+" * 3_000 + "1", "not " * 4_000 + "1"])
def test_what_is_deep_comes_to_an_end(text: str) -> None:
    assert len(judge(f"assert {text}", NAMES)) == 1


def test_every_statement_is_judged() -> None:
    text = "\n  assert tcpi_state == 1\n  del x\n  assert tcpi_rto == 1\n"
    statements = judge(text, NAMES)
    assert [one.holds for one in statements] == [True, None, False]
    assert message_text(statements[2].values) == "tcpi_rto = 200000"
