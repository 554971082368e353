"""A `World` and its copy are equal and share nothing; a change of any field of the one, in its hosts, on its
wire or in a connection, is seen by `==` and is not seen in the other."""

from __future__ import annotations

import pytest

from tcptui.lab.host import Host
from tcptui.lab.wire import Wire
from tcptui.lab.world import World
from tests.fields import Field, change, fields_of, holder, shared
from tests.lab.worlds import OPEN, sends, world

FOLLOWS = {
    (Host, "side"),  # From its place in the world.
    (Host, "setup"),  # From the scenario, which is compared.
    (World, "prelude"),  # From the scenario's moves before the story.
}
"""Fields that say nothing which others do not say: copied, not compared."""
OF_A_STEP = {(World, "_launched"), (World, "_ended")}
"""What one step collects for its report: empty between steps, neither copied nor compared."""


def busy() -> World:
    """A world with a listener, a connection, segments in flight and such as have ended."""
    made = world(OPEN + 'third_party = [{ at = "9s", segment = "x>b:RST:seq=99" }]\n')
    sends(made, b"one", b"two")
    made.step()
    made.step()
    sends(made, b"three")
    return made


FIELDS = [field for field in fields_of(busy()) if (field.owner, field.name) not in OF_A_STEP]
COMPARED = [
    field
    for field in FIELDS
    if (field.owner, field.name) not in FOLLOWS and not {"stack", "_hosts"} & {field.name, *field.path}
]
"""The fields of a stack are those of tests/core/test_copies.py."""


def test_every_declared_field_is_among_them() -> None:
    for owner in (World, Host, Wire):
        names = {field.name for field in FIELDS if field.owner is owner}
        assert names | {name for one, name in OF_A_STEP if one is owner} == set(owner.__slots__)


def test_a_copy_is_equal_and_shares_nothing_that_changes() -> None:
    original = busy()
    copy = original.copy()
    assert copy == original
    assert hash(copy) == hash(original)
    assert shared(original, copy) == []
    for field in FIELDS:
        assert hasattr(holder(copy, field), field.name)


@pytest.mark.parametrize("field", COMPARED, ids=[field.text for field in COMPARED])
def test_a_change_of_any_field_is_seen_and_stays_in_its_copy(field: Field) -> None:
    original, reference = busy(), busy()
    changed = original.copy()
    change(changed, field)
    assert changed != original
    assert original == reference
    assert changed.copy() == changed


def test_a_world_is_no_other_thing() -> None:
    assert busy() != busy().values()
