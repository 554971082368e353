"""TOML that costs much to parse is refused, or is parsed in bounded time and memory."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcptui.lab.toml import LARGEST, MOST_KEY_PARTS, parse_toml
from tests.command import python

LONG = LARGEST // 2 - 10
MANY = range(1_700)
COSTLY = {
    "dotted key": "a." * LONG + "a = 1",
    "dotted key with blanks": "a . " * (LONG // 2) + "a = 1",
    "dotted key in quotes": '"a".' * (LONG // 2) + "a = 1",
    "dotted key of literal strings": "'a'." * (LONG // 2) + "a = 1",
    "dotted key after a string": 'b = """"a""""\n' + "a." * (LONG - 10) + "a = 1",
    "dotted key after an escaped quote": 'b = "\\""\n' + "a." * (LONG - 10) + "a = 1",
    "dotted key after a comment": '# "\n' + "a." * (LONG - 10) + "a = 1",
    "header": f"[{'a.' * LONG}a]",
    "header of an array": f"[[{'a.' * LONG}a]]",
    "dotted key of an inline table": f"b = {{{'a.' * (LONG - 5)}a = 1}}",
    "array in array": "a = " + "[" * LARGEST,
    "array in array, closed": f"a = {'[' * LONG}{']' * LONG}",
    "table in table": "a = " + "{a = " * (LARGEST // 5),
    "many long keys": "".join(f"k{i}.{'b.' * (MOST_KEY_PARTS - 3)}b = 1\n" for i in MANY),
    "many long headers": "".join(f"[k{i}.{'b.' * (MOST_KEY_PARTS - 3)}b]\n" for i in MANY),
    "many tables of an array": "[[a]]\n[a.b]\n" * (LARGEST // 12),
    "escapes in a string that does not end": 'a = "' + '\\"' * LONG,
    "escapes in lines that do not end": 'a = """' + '\\"' * LONG,
    "quotes": '"' * LARGEST,
    "literal quotes": "'" * LARGEST,
    "one word": "a" * LARGEST,
    "words": "a " * LONG,
    "blanks": "a" + " " * LONG + ".",
    "digits": f"a = {'1_' * LONG}1",
}


def test_what_costs_much_takes_little_time_and_memory() -> None:
    """All one after the other, in a process that may have 512 MB."""
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))\n"
        "from tcptui.lab.toml import parse_toml\n"
        "from tests.lab.test_toml import COSTLY\n"
        "for name, text in COSTLY.items():\n"
        "    assert len(text) < 70_000, name\n"
        "    try:\n"
        "        parse_toml(text)\n"
        "    except ValueError as error:\n"
        "        assert len(str(error).splitlines()) == 1, name\n"
        "print('done')\n"
    )
    result = python(code, timeout=30, check=False)
    assert (result.stdout, result.stderr) == ("done\n", "")


@pytest.mark.parametrize("name", [name for name in COSTLY if name.startswith(("dotted", "header"))])
def test_a_long_key_is_refused_before_it_is_parsed(name: str) -> None:
    with pytest.raises(ValueError, match=r"^a key of more than 16 parts$"):
        parse_toml(COSTLY[name])


def test_the_limit_is_exact() -> None:
    longest = ".".join("a" * MOST_KEY_PARTS)
    assert parse_toml(f"{longest} = 1") == tomllib.loads(f"{longest} = 1")
    with pytest.raises(ValueError, match="parts"):
        parse_toml(f"{longest}.a = 1")


@pytest.mark.parametrize(
    "text",
    [
        'a = "{}"', "a = '{}'", 'a = """\n{}"""', "a = '''\n{}'''", "# {}", 'a = "\\"{}"', "a = 1 # '{}",
        'a = """"{}"""""', "a = ''''{}'''''", 'a = ["{}", "{}"]',
        'a = "x" # {}\nb = 1', '"{}" = 1', "'{}' = 2",
    ],
)  # fmt: skip
def test_strings_and_comments_have_as_many_dots_as_they_like(text: str) -> None:
    for dots in ("a." * 100, "." * 100, "1.5 " * 100):
        filled = text.replace("{}", dots)
        assert parse_toml(filled) == tomllib.loads(filled)


def test_what_is_nested_too_deep_is_told() -> None:
    with pytest.raises(ValueError, match=r"^it is nested too deep$"):
        parse_toml(COSTLY["array in array"])


@given(st.text(st.sampled_from("ab.\"'#\\\n [] =x"), max_size=60))
def test_nothing_that_tomllib_takes_is_refused_for_its_dots(text: str) -> None:
    """And whatever it refuses is refused."""
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            parse_toml(text)
        return
    try:
        assert parse_toml(text) == expected
    except ValueError:
        assert text.count(".") >= MOST_KEY_PARTS
