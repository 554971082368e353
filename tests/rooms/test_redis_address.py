"""The URL of a Redis server: what it names, and that no password is ever told."""

from __future__ import annotations

import pytest

from tcptui.explain.catalogue import text
from tcptui.rooms.redis_address import Address, BadAddress, address_of

GOOD = {
    "redis://cache.example": Address("cache.example"),
    "redis://cache.example:7000/3": Address("cache.example", 7000, database=3),
    "redis://[2001:db8::1]:7000": Address("2001:db8::1", 7000),
    "redis://:s%40cret@127.0.0.1/": Address("127.0.0.1", password="s@cret"),
    "rediss://anna:secret@cache.example": Address(
        "cache.example", is_encrypted=True, user="anna", password="secret"
    ),
    "unix:///run/redis/a%20b.sock": Address(path="/run/redis/a b.sock"),
    "unix://:secret@/run/redis.sock?db=2": Address(path="/run/redis.sock", database=2, password="secret"),
}
BAD = [
    "", "cache.example", "http://secret@cache.example", "redis://", "redis:///3", "redis://secret@host:port",
    "redis://host:65536", "redis://host:0", "redis://host/secret", "redis://host/-1", "redis://host/65536",
    "redis://host/٣", "redis://host?protocol=2", "redis://host#secret", "unix://run/redis.sock", "unix://",
    "unix:///run/redis.sock?ssl_cert_reqs=none", "redis://[::1", "unix:///run/\0", "unix:///s?db=1&db=x",
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_a_url_names_a_server(url: str) -> None:
    address = address_of(url)
    assert address == GOOD[url]
    assert address_of(str(address)) == Address(
        address.host, address.port, address.path, address.database, address.is_encrypted
    )
    assert "secret" not in f"{address} {address!r}"
    assert "s@cret" not in f"{address} {address!r}"


@pytest.mark.parametrize("url", BAD)
def test_another_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(BadAddress) as error:
        address_of(url)
    assert "secret" not in text(error.value.message) + str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_a_password_of_the_environment_is_taken_where_the_url_has_none() -> None:
    assert address_of("redis://host", "other") == Address("host", password="other")
    assert address_of("redis://:own@host", "other") == Address("host", password="own")
