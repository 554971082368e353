"""A namespace and a core for each test that asks; where there can be none, a skip that tells why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tcptui.core.profile.presets import LINUX
from tcptui.core.profile.record import Profile
from tests.kernel.adapter import Core
from tests.kernel.links import Link, Tun, Veth
from tests.kernel.namespace import Namespace, Unavailable
from tests.kernel.pair import Pair
from tests.skips import unavailable


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    try:
        made = Namespace()
    except Unavailable as reason:
        unavailable(f"no network namespace: {reason}")
    with made:
        yield made


@pytest.fixture
def link(namespace: Namespace) -> Iterator[Link]:
    link: Link
    try:
        link = Tun(namespace)
    except OSError:
        link = Veth(namespace)
    with closing(link):
        yield link


@pytest.fixture
def profile() -> Profile:
    """How the core behaves: as Linux, if the test says nothing."""
    return LINUX


@pytest.fixture
def core(link: Link, profile: Profile) -> Core:
    return Core(link, profile)


@pytest.fixture
def pair(namespace: Namespace, core: Core) -> Iterator[Pair]:
    with closing(Pair(namespace, core)) as made:
        yield made
