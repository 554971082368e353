"""Every script beside this file passes on the stack that it names (`// profile: linux`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcptui.formats.packetdrill.checking import check_script
from tcptui.formats.packetdrill.outcome import Passed

SCRIPTS = sorted(Path(__file__).parent.glob("*.pkt"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_script_passes(path: Path) -> None:
    """Nothing of it is passed over, and nothing is sent that it does not expect."""
    outcome = check_script(path.read_text("utf-8"), path.name, strict=True)
    assert outcome == Passed(path.name), str(outcome)


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 100
