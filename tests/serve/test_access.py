"""Who may come: files of keys and of passwords, and what is wrong with them."""

from __future__ import annotations

from base64 import b64encode
from hashlib import scrypt
from pathlib import Path

import pytest
from asyncssh import generate_private_key

from tcptui.files import BadFile
from tcptui.serve.access import read_access
from tcptui.serve.passwords import Hashed, Passwords, hashed, is_name, read_passwords

KEY, OTHER = (generate_private_key("ssh-ed25519", comment=f"no {number}") for number in range(2))
LINE = KEY.export_public_key().decode().strip()


def told(file: Path, *, keys: bool) -> str:
    """The message about a file that can't be used."""
    with pytest.raises(BadFile) as caught:
        read_access(str(file) if keys else None, None if keys else str(file))
    return str(caught.value.message).replace(str(file.parent), "")


def quick(password: str) -> Hashed:
    """A hash that costs nothing."""
    digest = scrypt(password.encode(), salt=b"salt of 16 octets"[:16], n=2, r=1, p=1, dklen=32)
    return Hashed(1, 1, 1, b"salt of 16 octets"[:16], digest)


def test_nothing_said_lets_anybody_in() -> None:
    assert read_access(None, None).is_open


def test_a_key_of_the_file_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# a comment\n\n{LINE}\n")
    access = read_access(str(file), None)
    assert access.keys is not None
    assert not access.is_open
    assert access.keys.validate(KEY.convert_to_public(), "", "192.0.2.1") is not None
    assert access.keys.validate(OTHER.convert_to_public(), "", "192.0.2.1") is None


def test_from_says_from_where(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f'no-pty,command="a \\"b\\", c",from="192.0.2.0/24" {LINE}\n')
    keys = read_access(str(file), None).keys
    assert keys is not None
    assert keys.validate(KEY.convert_to_public(), "", "192.0.2.7") is not None
    assert keys.validate(KEY.convert_to_public(), "", "198.51.100.7") is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "error.keys.none(name='/keys')"),
        ("# nothing\n", "error.keys.none(name='/keys')"),
        (f"{LINE}\nssh-ed25519 AAAA\n", "error.at_line(file='/keys', line=2, what=error.keys.line())"),
        ("root\n", "error.at_line(file='/keys', line=1, what=error.keys.line())"),
        ("CN=somebody\n", "error.at_line(file='/keys', line=1, what=error.keys.line())"),
        (f'from="192.0.2.1 {LINE}', "error.at_line(file='/keys', line=1, what=error.keys.line())"),
        (
            f'no-pty,expiry-time="20250101" {LINE}',
            "error.at_line(file='/keys', line=1, what=error.keys.option(option='expiry-time'))",
        ),
        (
            f'FROM="192.0.2.1" {LINE}',
            "error.at_line(file='/keys', line=1, what=error.keys.option(option='FROM'))",
        ),
    ],
)
def test_what_is_wrong_with_a_file_of_keys(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "keys"
    file.write_text(content)
    assert told(file, keys=True) == message


def test_a_private_key_is_no_file_of_keys(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(KEY.export_private_key())
    assert "error.keys.line" in told(file, keys=True)


def test_passwords() -> None:
    passwords = Passwords({"anna": quick("sesame"), "*": quick("class")})
    assert passwords.fits("anna", "sesame")
    assert not passwords.fits("anna", "class")
    assert passwords.fits("bert", "class")
    assert not passwords.fits("bert", "sesame")
    assert not passwords.fits("bert", "")


def test_a_name_that_there_is_not_costs_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = []

    def noted(password: bytes, **cost: object) -> bytes:
        costs.append({name: cost[name] for name in ("n", "r", "p", "dklen")})
        return bytes(32)

    monkeypatch.setattr("hashlib.scrypt", noted)
    passwords = Passwords({"anna": quick("sesame")})
    assert not passwords.fits("anna", "x" * 100_000)
    assert not passwords.fits("nobody", "x")
    assert costs[0] == costs[1]


@pytest.mark.parametrize("others", [{}, {"*": quick("class")}])
def test_where_costs_differ_each_name_costs_the_same_known_or_not(
    monkeypatch: pytest.MonkeyPatch, others: dict[str, Hashed]
) -> None:
    costs: list[list[object]] = []

    def noted(password: bytes, **cost: object) -> bytes:
        costs[-1].append((cost["n"], cost["r"], cost["p"]))
        return bytes(32)

    cheap = quick("sesame")
    passwords = Passwords({"anna": cheap, "bert": cheap._replace(cost=4), "carl": cheap, **others})
    assert passwords.fits("anna", "sesame")
    monkeypatch.setattr("hashlib.scrypt", noted)
    for name in ("anna", "bert", "carl", "nobody", "*"):
        costs.append([])
        assert not passwords.fits(name, "x")
    assert costs == [[(2, 1, 1), (16, 1, 1)]] * 5


@pytest.mark.parametrize("password", ["sesame", "", "ß\udcff", "x" * 257])
def test_a_hash_as_it_is_made_and_read(tmp_path: Path, password: str) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"# those who may\n\nanna:{quick('sesame')}\n")
    assert read_passwords(str(file)).fits("anna", password) == (password == "sesame")


def test_a_password_that_is_too_long_is_none(tmp_path: Path) -> None:
    passwords = Passwords({"anna": quick("x" * 256)})
    assert passwords.fits("anna", "x" * 256)
    assert not passwords.fits("anna", "x" * 257)


def test_a_new_hash_has_its_own_salt_and_costs_something(tmp_path: Path) -> None:
    one, other = hashed("sesame"), hashed("sesame")
    assert one.salt != other.salt
    assert str(one).startswith("$scrypt$ln=15,r=8,p=1$")
    file = tmp_path / "passwords"
    file.write_text(f"anna:{one}\n")
    assert read_passwords(str(file)).fits("anna", "sesame")


def test_the_vector_of_rfc_7914(tmp_path: Path) -> None:
    """Section 12: "pleaseletmein", 2^14 rounds, r=8, p=1; salt "SodiumChloride", 64 octets."""
    digest = bytes.fromhex(
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    )
    salt, hash_ = (b64encode(octets).rstrip(b"=").decode() for octets in (b"SodiumChloride", digest))
    file = tmp_path / "passwords"
    file.write_text(f"anna:$scrypt$ln=14,r=8,p=1${salt}${hash_}\n")
    assert read_passwords(str(file)).fits("anna", "pleaseletmein")


GOOD = f"anna:{quick('sesame')}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "error.passwords.none(name='/passwords')"),
        ("anna:sesame", "line=1, what=error.passwords.line()"),
        (f"{GOOD}\n{GOOD}", "line=2, what=error.passwords.twice(name='anna')"),
        (GOOD.replace("ln=1", "ln=0"), "line=1, what=error.passwords.line()"),
        (GOOD.replace("ln=1", "ln=17").replace("r=1", "r=8"), "line=1, what=error.passwords.line()"),
        (GOOD.replace("p=1", "p=999").replace("ln=1", "ln=15"), "line=1, what=error.passwords.line()"),
        (GOOD.replace("ln=1", "ln=99"), "line=1, what=error.passwords.line()"),
        (GOOD[:-30], "line=1, what=error.passwords.line()"),
    ],
)
def test_what_is_wrong_with_a_file_of_passwords(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "passwords"
    file.write_text(content)
    assert message in told(file, keys=False)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("anna", True), ("*", True), ("a b", False), ("a:b", False), ("#a", False), ("", False)],
)
def test_names(name: str, is_one: bool) -> None:
    assert is_name(name) == is_one
