"""The ways in which a story can be played: as itself, as one of its variants, or under another stack; and
which two of them a key switches between.

The two are the way that is shown and the one that was shown before it, at first the story and its first
variant. So any two can be compared: whoever chooses one, and then another, switches between them. Each is a
session with a history of its own, so what a reader has done in one is not in the other, and stays when the
other is shown: a fault of one names a segment that the other may not have.
"""

from __future__ import annotations

from collections.abc import Iterator

from tcptui.core.profile.presets import PRESETS
from tcptui.explain.catalogue import say
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader import scenario_of_variant
from tcptui.lab.scenario import Scenario
from tcptui.lab.variant import preset, variant
from tcptui.named_tuple import NamedTuple
from tcptui.ui.moments import moment_of, to_moment
from tcptui.ui.replay import Origin
from tcptui.ui.session import MOST_STEPS_TO_END, Session


class Version(NamedTuple):
    """A way to play a story; both empty: as it is."""

    variant: str = ""
    stack: str = ""
    """The preset of both hosts."""

    @property
    def name(self) -> str:
        """What it is called."""
        if self.stack:
            return say("beside.under", stack=self.stack)
        return self.variant or say("beside.story")


def version_of(session: Session) -> Version:
    """How that session plays its story."""
    return Version(session.history.scenario.variant, session.origin.stack)


class Versions:
    """Of one story."""

    def __init__(self, session: Session) -> None:
        self._base = scenario_of_variant(session.history.scenario, "")
        """The story as it is, unless it was given with its hosts changed."""
        self._origin = Origin(self._base.name)
        """What that was made from."""
        if not session.history.scenario.variant:
            self._origin = session.origin._replace(stack="")
        self._sessions: dict[Version, Session] = {}
        """Those that were shown or switched to."""
        self._shown = version_of(session)
        self._before: Version | None = None
        """The one that was shown before it."""
        self._left: tuple[Session, tuple[int, int]] | None = None
        """The session that was switched to, and where that has led: its branch and position."""
        self.shows(session)

    def shows(self, session: Session) -> None:
        """That session is looked at now."""
        version = version_of(session)
        self._sessions[version] = session
        if version == Version():
            self._base, self._origin = session.history.scenario, session.origin
        if version != self._shown:
            self._shown, self._before = version, self._shown

    @property
    def all(self) -> list[Version]:
        """The story, its variants, and the stacks under which its hosts behave in another way."""
        base = self._base
        stacks = [name for name in PRESETS if _would_differ(base, name)]
        own = [Version(one.name) for one in base.variants]
        return [Version(), *own, *(Version("", name) for name in stacks)]

    def kept(self, version: Version) -> Session | None:
        """The session that plays the story so, if moves were made in it by hand."""
        session = self._sessions.get(version)
        return session if session is not None and session.history.has_moves_from_outside else None

    def session_of(self, version: Version) -> Session:
        """A new session that plays the story so, from its beginning. Raises BadScenario, and BadMove where
        its prelude can't be played."""
        base, origin = self._base, self._origin
        if version.stack:
            return Session(under(base, version.stack), origin=origin._replace(stack=version.stack))
        if version.variant:
            return Session(scenario_of_variant(base, version.variant))
        return Session(base, origin=origin)

    def other(self, session: Session) -> Session | None:
        """The one to switch to from that session: what was shown before, else the story, and from the story
        the first of the others; None: there is only one way. Raises as `session_of`."""
        here = version_of(session)
        wanted = self._before
        if wanted is None or wanted == here:
            wanted = next((one for one in self.all if one != here), None)
        if wanted is None:
            return None
        if wanted not in self._sessions:
            self._sessions[wanted] = self.session_of(wanted)
        return self._sessions[wanted]

    def in_order(self, one: Session, other: Session) -> tuple[Session, Session]:
        """The story, or what stands first among all, before the other."""
        places = {version: place for place, version in enumerate(self.all)}
        is_first = places.get(version_of(one), 0) <= places.get(version_of(other), 0)
        return (one, other) if is_first else (other, one)

    def switch(self, session: Session, other: Session) -> Iterator[None]:
        """Brings `other` to the moment of `session`; where it was left for that and nothing was done since,
        it stays where it is."""
        here = session.history.branch, session.history.position
        if self._left != (session, here):
            selection = session.selection
            yield from to_moment(other.history, moment_of(session.history), MOST_STEPS_TO_END)
            other.selection = selection if selection <= other.world.wire.launched else 0
        self._left = other, (other.history.branch, other.history.position)


def _would_differ(scenario: Scenario, stack: str) -> bool:
    """Whether both ends are hosts and one of them would behave in another way."""
    are_hosts = all(isinstance(host, HostSetup) for host in scenario.hosts)
    return are_hosts and variant(scenario, PRESETS[stack], ()).hosts != scenario.hosts


def under(scenario: Scenario, stack: str) -> Scenario:
    """The story with both hosts under that preset, without what it says of its own hosts. Raises BadKnob:
    there is no such preset."""
    return variant(scenario, preset(stack), ())._replace(
        title=f"{scenario.title}: {Version('', stack).name}",
        answer="", say=(), claims=(), variants=(), document={},
    )  # fmt: skip
