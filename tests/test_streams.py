"""What the command does with the streams it is given: poor terminals, readers that go away, a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ENVIRONMENT, into, on_a_terminal, tcptui


def test_a_terminal_that_can_do_nothing_is_refused() -> None:
    status, text = on_a_terminal("play", "handshake", env={"TERM": "dumb"})
    assert status == 2
    assert text.startswith("tcptui: the screen needs more than TERM=dumb")
    assert text.count("\n") == 1


def test_no_capture_is_written_to_a_terminal() -> None:
    status, text = on_a_terminal("play", "handshake", "--format", "pcapng", "-o", "-")
    assert status == 2
    assert text.startswith("tcptui: --format pcapng is not written to a terminal: -o FILE")
    assert text.count("\n") == 1


@pytest.mark.parametrize("arguments", ["list", "play life --format ladder"])
def test_a_reader_who_has_seen_enough_is_no_error(arguments: str) -> None:
    line = f"{sys.executable} -u -m tcptui {arguments} | head -1; echo ${{PIPESTATUS[0]}}"
    result = subprocess.run(
        ["bash", "-c", line], env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert result.stderr == ""
    first, status = result.stdout.splitlines()
    assert first
    assert status == "0"


def test_a_reader_who_never_was_is_no_error_either() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = into(writer)
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_full_disk_is_an_error_of_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        result = into(full)
    assert "Traceback" not in result.stderr
    assert result.returncode == 2
    assert result.stderr.startswith("tcptui: ")
    assert result.stderr.count("\n") == 1


def test_a_terminal_of_ascii_gets_no_traceback() -> None:
    """The ladder needs more than ASCII: signs that can't be written are replaced, or one line says so."""
    result = tcptui("play", "handshake", "--format", "ladder", env={"PYTHONIOENCODING": "ascii"})
    assert "Traceback" not in result.stderr
    assert result.returncode in (0, 2)
    assert result.stderr.count("\n") <= 1


@pytest.mark.parametrize("arguments", ["list", "rfc", "play handshake --format ladder", "play handshake", ""])
def test_closed_streams_are_an_error_of_one_line_if_that_can_be_told(arguments: str) -> None:
    for closed, told in ((">&-", "tcptui: standard output is closed\n"), (">&- 2>&- <&-", "")):
        result = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m tcptui {arguments} {closed}"],
            env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
        assert (result.returncode, result.stdout, result.stderr) == (2, "", told)
