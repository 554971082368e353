"""What these tests stand on: a namespace apart from the machine's network, or a skip that tells why."""

from __future__ import annotations

import pytest

from tests.kernel.links import CORE_HOST, KERNEL, Link
from tests.kernel.namespace import Namespace, Unavailable
from tests.skips import NO_SKIP, unavailable


def test_nothing_of_the_machine_is_in_it(namespace: Namespace, link: Link) -> None:
    devices = [line.split()[1] for line in namespace.run("ip", "-o", "link").splitlines()]
    assert {device.split("@")[0].strip(":") for device in devices} <= {"lo", KERNEL, "core0"}
    routes = namespace.run("ip", "-o", "route").splitlines()
    assert [route.split()[0] for route in routes] == [CORE_HOST.rsplit(".", 1)[0] + ".0/24"]


def test_without_unshare_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="unshare is not installed"):
        Namespace()


def test_a_skip_tells_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NO_SKIP, raising=False)
    with pytest.raises(pytest.skip.Exception, match="no kernel"):
        unavailable("no kernel")


def test_a_skip_is_a_failure_where_it_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NO_SKIP, "1")
    with pytest.raises(pytest.fail.Exception, match="no kernel"):
        unavailable("no kernel")
