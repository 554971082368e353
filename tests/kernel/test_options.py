"""What the two ends agree on in the handshake, as `ss` tells it and as the segments show it.

The room for text is the MSS less the options of every segment (MUST-16).
"""

from __future__ import annotations

import pytest

from tcptui.core.options import TIMESTAMPS_SPACE
from tcptui.core.presets import LINUX
from tcptui.core.profile import Profile
from tests.kernel.links import KERNEL
from tests.kernel.pair import KERNEL_PORT, Pair

ROUND = 20_000
MSS_500 = LINUX._replace(name="mss 500", mss=500)


@pytest.mark.parametrize("profile", [MSS_500], ids=["500"])
@pytest.mark.parametrize("kernel_is_client", [True, False], ids=["kernel opens", "core opens"])
def test_the_kernel_heeds_the_cores_mss(pair: Pair, profile: Profile, kernel_is_client: bool) -> None:
    pair.established(kernel_is_client)
    assert f" mss:{500 - TIMESTAMPS_SPACE} " in pair.namespace.ss(KERNEL_PORT, "-i")
    pair.exchange(bytes(ROUND), b"")
    assert max(len(p.segment.data) for p in pair.core.wire if not p.from_core) == 500 - TIMESTAMPS_SPACE


@pytest.mark.parametrize("kernel_is_client", [True, False], ids=["kernel opens", "core opens"])
def test_the_core_heeds_the_kernels_mss(pair: Pair, kernel_is_client: bool) -> None:
    pair.namespace.run("ip", "route", "change", "10.9.0.0/24", "dev", KERNEL, "advmss", "700")
    pair.established(kernel_is_client)
    pair.exchange(b"", bytes(ROUND))
    assert max(len(p.segment.data) for p in pair.core.wire if p.from_core) == 700 - TIMESTAMPS_SPACE
