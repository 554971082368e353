"""Messages are values: a key and numbers, without words."""

from __future__ import annotations

import pytest

from tcptui.core.message import Duration, Message, MessageError, SequenceNumber


class Refused(MessageError):
    """Something is refused."""


def test_messages_of_the_same_key_and_numbers_are_equal_and_hash_alike() -> None:
    one, other = (Message.of("a.b", seq=SequenceNumber(7, 5), rto=Duration(20)) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Message.of("a.b", seq=SequenceNumber(7, 6), rto=Duration(20))


def test_a_message_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Message.of("a.b").key = "a.c"  # type: ignore[misc]


def test_key_is_a_name_that_a_number_may_have() -> None:
    assert Message.of("a.b", key=1).numbers == (("key", 1),)


def test_an_error_is_made_of_a_message_or_of_its_key_and_numbers() -> None:
    message = Message.of("a.b", number=2)
    assert Refused(message).message == Refused("a.b", number=2).message == message


def test_an_error_tells_developers_key_and_numbers() -> None:
    error = Refused("a.b", number=2, why=Message.of("c.d", name="x\x1b"))
    assert str(error) == "a.b(number=2, why=c.d(name='x\\x1b'))"
