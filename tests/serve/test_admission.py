"""Which connections are taken."""

from __future__ import annotations

import pytest

from tcptui.serve import admission
from tcptui.serve.admission import Admission, AdmissionLimits, Admitted, TokenBucket, who

WIDE = AdmissionLimits(
    total=1000, per_address=1000, not_logged_in=1000, rate=1e6, burst=1000,
    address_rate=1e6, address_burst=1000,
)  # fmt: skip


class Clock:
    """A time that stands."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def opened(limits: AdmissionLimits) -> tuple[Admission, Clock]:
    clock = Clock()
    return Admission(limits, clock), clock


def taken(of: Admission, address: str = "192.0.2.1") -> Admitted:
    one = of.admit(address)
    assert one is not None
    return one


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_whom_an_address_stands_for(address: str, name: str) -> None:
    assert who(address) == name


def test_a_bucket_fills_again_and_not_beyond() -> None:
    bucket = TokenBucket(rate=2, burst=3, now=0)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.5), bucket.take(0.5)] == [True, False]
    assert not bucket.is_full(1.9)
    assert bucket.is_full(100)
    assert bucket.has(100) == 3


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("total", "serve.refused.total"),
        ("per_address", "serve.refused.per_address"),
        ("not_logged_in", "serve.refused.not_logged_in"),
    ],
)
def test_so_many_are_there_at_once(limit: str, reason: str) -> None:
    of, _ = opened(WIDE._replace(**{limit: 2}))
    first, _ = taken(of), taken(of)
    assert of.admit("192.0.2.1") is None
    assert of.refused == {reason: 1}
    first.leave()
    first.leave()
    assert of.total == of.not_logged_in == 1
    taken(of)
    assert of.admit("192.0.2.1") is None


def test_addresses_have_their_own_limits() -> None:
    of, _ = opened(WIDE._replace(per_address=1, address_rate=1, address_burst=1))
    taken(of, "2001:db8::1")
    assert of.admit("2001:db8::2") is None
    taken(of, "2001:db8:0:1::2")
    taken(of, "192.0.2.1")
    assert of.admit("::ffff:192.0.2.1") is None


def test_a_newcomer_takes_the_place_of_one_of_those_of_whom_there_are_most() -> None:
    of, _ = opened(WIDE._replace(not_logged_in=5))
    dropped: list[int] = []

    def come(number: int, address: str) -> Admitted | None:
        return of.admit(address, lambda: dropped.append(number))

    came = [come(number, f"192.0.2.{address}") for number, address in enumerate((1, 2, 1, 2, 2))]
    assert came[1] is not None
    came[1].log_in()
    assert come(5, "192.0.2.1") is not None
    assert come(6, "192.0.2.1") is None  # There are no more of another's than of its own.
    assert come(7, "192.0.2.3") is not None
    assert come(8, "192.0.2.4") is not None
    assert dropped == [0, 2]
    assert (of.total, of.not_logged_in) == (6, 5)
    assert of.refused == {"serve.refused.not_logged_in": 3}
    for one in came:
        if one is not None:
            one.leave()
    assert of.not_logged_in == 3


def test_who_has_logged_in_is_none_of_those_who_have_not() -> None:
    of, _ = opened(WIDE._replace(not_logged_in=1))
    one = taken(of)
    one.log_in()
    one.log_in()
    assert of.not_logged_in == 0
    other = taken(of)
    one.leave()
    one.log_in()
    assert (of.total, of.not_logged_in) == (1, 1)
    other.leave()
    assert (of.total, of.not_logged_in) == (0, 0)


def test_so_many_come_in_a_second() -> None:
    of, clock = opened(WIDE._replace(rate=10, burst=3, address_rate=1, address_burst=2))
    taken(of), taken(of)
    assert of.admit("192.0.2.1") is None
    taken(of, "192.0.2.2")
    assert of.admit("192.0.2.3") is None
    assert of.refused == {"serve.refused.address_rate": 1, "serve.refused.rate": 1}
    clock.seconds += 1
    taken(of)
    assert of.admit("192.0.2.1") is None


def test_who_is_refused_takes_nothing_from_others() -> None:
    of, _ = opened(WIDE._replace(rate=0.001, burst=2, address_rate=0.001, address_burst=1))
    taken(of)
    for _ in range(100):
        assert of.admit("192.0.2.1") is None
    taken(of, "192.0.2.2")


def test_passwords_are_counted_over_the_connections_of_an_address() -> None:
    of, clock = opened(WIDE._replace(password_rate=1, password_burst=2))
    one, other, third = taken(of), taken(of), taken(of, "192.0.2.2")
    assert [one.may_try_password(), other.may_try_password(), one.may_try_password()] == [True, True, False]
    assert third.may_try_password()
    clock.seconds += 1
    assert one.may_try_password()


def test_what_is_known_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MOST_KNOWN", 10)
    of, clock = opened(WIDE._replace(address_rate=1, address_burst=2))
    for number in range(100):
        taken(of, f"192.0.2.{number}").leave()
        assert len(of._rates) <= 10
    clock.seconds += 10
    taken(of, "192.0.2.200")
    assert list(of._rates) == ["192.0.2.200"]
