"""What an error says to a reader, for tests that ask for its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tcptui.core.message import MessageError
from tcptui.explain.catalogue import text


def said(error: MessageError) -> str:
    """The error as a reader in English sees it."""
    return text(error.message)


@contextmanager
def refused(kind: type[MessageError], match: str = "") -> Iterator[pytest.ExceptionInfo[MessageError]]:
    """That an error of this kind is raised, and that what it says has `match` in it, a regular expression."""
    with pytest.raises(kind) as caught:
        yield caught
    assert re.search(match, said(caught.value)), said(caught.value)
