"""Where a test can't run: a skip that tells why, or a failure, where everything is demanded to run."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

NO_SKIP = "TCPTUI_NO_SKIP"
"""Set in the environment, to whatever: a test that something is missing for fails."""


def unavailable(reason: str) -> NoReturn:
    if NO_SKIP in os.environ:
        pytest.fail(f"{NO_SKIP} is set, but: {reason}", pytrace=False)
    pytest.skip(reason)
