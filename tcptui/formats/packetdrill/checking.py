"""Scripts as tests: each one run, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tcptui.core.profile.record import Profile
from tcptui.formats.packetdrill.outcome import NotSupported, Outcome, Passed, Unsupported, Unusable
from tcptui.formats.packetdrill.parser import NO_DEFINES
from tcptui.formats.packetdrill.peer import PeerSetup
from tcptui.formats.packetdrill.scenario import bare_scenario, outcome_of
from tcptui.named_tuple import NamedTuple


class Case(NamedTuple):
    """One script, how it ended, and how long that took."""

    file: str
    outcome: Outcome | Unusable
    seconds: float


def check_script(
    text: str,
    file: str,
    profile: Profile | None = None,
    settings: Sequence[str] = (),
    defines: Mapping[str, str] = NO_DEFINES,
    options: Mapping[str, str] = NO_DEFINES,
    strict: bool = False,
) -> Outcome:
    """Runs the script that `text` is. Arguments are `scenario.bare_scenario`'s. Raises BadScript and
    BadKnob."""
    try:
        scenario = bare_scenario(text, file, profile, settings, defines, options, strict)
    except NotSupported as missing:
        return Unsupported(file, missing.line or 0, missing.message)
    peer = scenario.hosts[1]
    assert isinstance(peer, PeerSetup)
    return Passed(file, peer.notes) if peer.setup.dry_run else outcome_of(scenario)
