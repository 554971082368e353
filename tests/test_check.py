"""``tcptui check`` from outside: what it prints, and its exit status."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.command import Result, tcptui

PASSES = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 listen(3, 1) = 0\n"
SYN_FIN = """0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < SF 0:0(0) win 65535 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss SIZE>
"""
"""Passes on the RFC's stack, with SIZE 1460; Linux drops a SYN,FIN."""
RFC = ("--profile", "rfc9293")
NEEDS = "`reboot`\n0 splice(3, NULL, 4, NULL, 9, 0) = 9\n"
OVER = "`ip link set up lo`\n0 close(3) = -1\n+0 %{ assert tcpi_gone == 1 }%\n+0 `reboot`\n"
DROPPED = (
    "b.pkt:5: expected > S. 0:0(0) ack 1 <mss 1460> at 0.000; got nothing; why: LISTEN_SYN_FIN_DROPPED, "
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for name, text in (("a", PASSES), ("b", SYN_FIN), ("in/c", NEEDS), ("over", OVER), ("in/deep/a", PASSES)):
        (tmp_path / f"{name}.pkt").write_text(text)
    (tmp_path / "bad.pkt").write_text("0 close(3) =\n")
    (tmp_path / "latin.pkt").write_bytes(b"// caf\xe9\n0 close(3) = -1\n")
    (tmp_path / "gbk.pkt").write_bytes("0 close(3) = -1 /* 关闭 */ EBADF\n".encode("gbk"))
    (tmp_path / "large.pkt").write_bytes(b" " * ((1 << 20) + 1))
    (tmp_path / "escape.pkt").write_text("0 `\x1b[31m`\n+0 close(3) = -1 EBADF\n")
    (tmp_path / "in" / "other.txt").write_text("no script")
    return tmp_path


def closing(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def test_what_passes(folder: Path) -> None:
    result = tcptui("check", "a.pkt", "b.pkt", "-D", "SIZE=1460", *RFC, cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "2 passed, 0 failed, 0 unsupported\n", "")


def test_a_comment_in_any_encoding(folder: Path) -> None:
    result = tcptui("check", "latin.pkt", "gbk.pkt", cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "2 passed, 0 failed, 0 unsupported\n", "")


@pytest.mark.parametrize(
    ("arguments", "source", "stack"),
    [
        (("--profile", "linux"), "Linux tcp_rcv_state_process()", "linux, as asked for"),
        ((), "Linux tcp_rcv_state_process()", "linux, by default"),
        ((*RFC, "--set", "drop_syn_fin=true"), "RFC 9293 3.10.7.2, third", "rfc9293, as asked for"),
        ((*RFC, "--set=net.inet.tcp.drop_synfin=1"), "RFC 9293 3.10.7.2, third", "rfc9293, as asked for"),
    ],
)
def test_what_fails(arguments: tuple[str, ...], source: str, stack: str, folder: Path) -> None:
    result = tcptui("check", "b.pkt", "a.pkt", "-DSIZE=1460", *arguments, cwd=folder)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == f"{DROPPED}{source} [{stack}]\n1 passed, 1 failed, 0 unsupported\n"


def test_what_is_unsupported_and_what_is_passed_over(folder: Path) -> None:
    """A directory's scripts are found however deep they are."""
    result = tcptui("check", "in", cwd=folder)
    assert result.returncode == 3
    assert result.stderr == "tcptui: in/c.pkt:1: ignored: reboot\n"
    assert result.stdout == (
        "in/c.pkt:2: unsupported: the call splice()\n1 passed, 0 failed, 1 unsupported; 1 check passed over\n"
    )


def test_a_failure_weighs_more_than_what_is_unsupported(folder: Path) -> None:
    result = tcptui("check", "in", "b.pkt", "-D", "SIZE=1", cwd=folder)
    assert result.returncode == 1
    assert closing(result) == "1 passed, 1 failed, 1 unsupported; 1 check passed over"


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        ("bad.pkt", "bad.pkt:2:1: the script ends; allowed: "),
        ("large.pkt", "large.pkt: is too large: at most 1048576 octets\n"),
        ("none.pkt", "none.pkt: there is no such file\n"),
        ("empty", "empty: there is no *.pkt in this directory\n"),
        ("empty/no.pkt", "empty/no.pkt: there is no such file\n"),
        ("/dev/null", "/dev/null: is no regular file\n"),
    ],
)
def test_a_file_that_can_not_be_used(file: str, complaint: str, folder: Path) -> None:
    result = tcptui("check", "a.pkt", file, cwd=folder)
    assert result.returncode == 2
    assert result.stderr.startswith(f"tcptui: {complaint}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["bad.pkt", "empty", "none.pkt"])
def test_the_other_files_are_run_all_the_same(name: str, folder: Path) -> None:
    result = tcptui("check", name, "a.pkt", cwd=folder)
    assert (result.returncode, closing(result)) == (2, "1 passed, 0 failed, 0 unsupported, 1 unusable")


# Many scripts.

SOME = ("a.pkt", "b.pkt", "in", "bad.pkt", "over.pkt", "-DSIZE=1460")
"""Of each kind one, but two that pass; what is passed over are 3 checks."""
TOTAL = "3 passed, 1 failed, 1 unsupported, 1 unusable; 4 checks passed over"


def test_what_is_passed_over_is_counted(folder: Path) -> None:
    result = tcptui("check", "over.pkt", cwd=folder)
    assert (result.returncode, result.stdout) == (
        0,
        "1 passed, 0 failed, 0 unsupported; 3 checks passed over\n",
    )
    assert result.stderr.splitlines() == [
        "tcptui: over.pkt:1: ignored: ip link set up lo",
        "tcptui: over.pkt:3: skipped: assert tcpi_gone == 1: tcpi_gone is not known",
        "tcptui: over.pkt:4: ignored: reboot",
    ]
    one = tcptui("check", "in", cwd=folder)
    assert closing(one) == "1 passed, 0 failed, 1 unsupported; 1 check passed over"


def test_quiet_is_the_total_alone(folder: Path) -> None:
    result = tcptui("check", "-q", *SOME, cwd=folder)
    assert (result.returncode, result.stdout, result.stderr) == (2, f"{TOTAL}\n", "")


def test_a_summary_groups_by_rule_and_difference(folder: Path) -> None:
    (folder / "same.pkt").write_text(SYN_FIN)
    result = tcptui("check", "--quiet", "--summary", "same.pkt", "empty", *SOME, cwd=folder)
    assert result.stdout.splitlines() == [
        "Failures by rule and difference, what is unsupported, and what can't be used:",
        "     2  nothing is sent: LISTEN_SYN_FIN_DROPPED",
        "        same.pkt:5, b.pkt:5",
        "     1  no file that can be read",
        "        empty",
        "     1  unsupported: the call splice()",
        "        in/c.pkt:2",
        "     1  no script: the script ends",
        "        bad.pkt",
        TOTAL.replace("1 failed", "2 failed").replace("1 unusable", "2 unusable"),
    ]
    assert tcptui("check", "-q", "--summary", "a.pkt", cwd=folder).stdout.count("\n") == 1


@pytest.mark.parametrize("jobs", [("-j", "2"), ("--jobs=3",), ("-j1",), ("-j", "100")])
def test_on_more_cores_all_is_the_same_and_in_order(jobs: tuple[str, ...], folder: Path) -> None:
    alone = tcptui("check", *SOME, cwd=folder)
    together = tcptui("check", *jobs, *SOME, cwd=folder)
    assert (together.returncode, together.stdout, together.stderr) == (2, alone.stdout, alone.stderr)
    wrong = tcptui("check", *jobs, "a.pkt", "a.pkt", "--set", "mss=0", cwd=folder)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_many_scripts_are_run_on_all_cores(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(70):
        (folder / "many" / f"{number:02}.pkt").write_text(PASSES if number % 7 else SYN_FIN)
    result = tcptui("check", "many", "-DSIZE=1460", cwd=folder)
    assert closing(result) == "60 passed, 10 failed, 0 unsupported"
    failed = [line.partition(":")[0] for line in result.stdout.splitlines()[:-1]]
    assert failed == [f"many/{number:02}.pkt" for number in range(0, 70, 7)]


def test_junit(folder: Path) -> None:
    (folder / "in" / "<&\x1b.pkt").write_text(PASSES)
    (folder / "same.pkt").write_text(SYN_FIN)
    result = tcptui("check", "-q", "--junit", "report.xml", "same.pkt", *SOME, cwd=folder)
    assert (result.returncode, result.stderr) == (2, "")
    root = ElementTree.parse(folder / "report.xml").getroot()
    (suite,) = root
    for element in (root, suite):
        counts = {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": "8", "failures": "2", "errors": "1", "skipped": "1"}
        assert element.attrib["time"].replace(".", "").isdecimal()
    cases = {case.attrib["file"]: case for case in suite}
    assert set(cases) == {
        "a.pkt", "b.pkt", "in/<&\\x1b.pkt", "in/c.pkt", "in/deep/a.pkt", "bad.pkt", "over.pkt",
        "same.pkt",
    }  # fmt: skip
    assert (cases["in/c.pkt"].get("classname"), cases["in/c.pkt"].get("name")) == ("in", "c.pkt")
    failure = cases["b.pkt"].find("failure")
    assert failure is not None
    assert failure.get("type") == "nothing is sent: LISTEN_SYN_FIN_DROPPED"
    told = failure.text or ""
    assert told.startswith("b.pkt:5: expected > S. 0:0(0) ack 1 <mss 1460> at 0.000; got nothing")
    assert cases["b.pkt"].get("line") == "5"
    skipped, error = cases["in/c.pkt"].find("skipped"), cases["bad.pkt"].find("error")
    assert skipped is not None
    assert skipped.get("message") == "in/c.pkt:2: unsupported: the call splice()"
    assert error is not None
    assert (error.get("message") or "").startswith("bad.pkt:2:1: ")
    assert [element.tag for element in cases["a.pkt"]] == []
    assert (cases["over.pkt"].findtext("system-out") or "").count("\n") == 2


def test_a_report_that_can_not_be_written(folder: Path) -> None:
    result = tcptui("check", "-q", "--junit", "no/report.xml", "a.pkt", cwd=folder)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


# How a script is read.


def test_strict(folder: Path) -> None:
    text = PASSES.replace("+0 listen", "+0 bind(3, ..., ...) = 0\n+0 listen")
    (folder / "open.pkt").write_text(text + "+0 < S 0:0(0) win 9 <mss 9>\n")
    assert tcptui("check", "open.pkt", cwd=folder).returncode == 0
    result = tcptui("check", "--strict", "open.pkt", cwd=folder)
    assert (result.returncode, "expected no segment; got > S. 0:0(0) ack 1" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    ("options", "got"),
    [
        (("--mtu=1040",), "<mss 1000>"),
        (("--ip_version", "ipv6"), "<mss 1440>"),
        (("--ip_version=ipv6", "--local_ip=2001:db8::5", "--mtu=1300"), "<mss 1240>"),
    ],
)
def test_packetdrills_own_options(options: tuple[str, ...], got: str, folder: Path) -> None:
    result = tcptui("check", "b.pkt", "-DSIZE=9", *RFC, *options, cwd=folder)
    assert (result.returncode, f"got > S. 0:0(0) ack 1 {got} at" in result.stdout) == (1, True)


def test_a_dry_run(folder: Path) -> None:
    result = tcptui("check", "--dry_run", "b.pkt", "bad.pkt", "-DSIZE=9", cwd=folder)
    assert (result.returncode, closing(result)) == (2, "1 passed, 0 failed, 0 unsupported, 1 unusable")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "the following arguments are required: FILE"),
        (("a.pkt", "--profile", "solaris"), "no profile 'solaris'"),
        (("a.pkt", "--set", "mss=0"), "mss: "),
        (("a.pkt", "-D", "1=2"), "-D '1=2': must be NAME=VALUE"),
    ],
)
def test_a_line_that_can_not_be_used(arguments: tuple[str, ...], complaint: str, folder: Path) -> None:
    result = tcptui("check", *arguments, cwd=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"tcptui: {complaint}")
    assert result.stderr.count("\n") == 1


def test_a_script_can_not_write_to_the_terminal_what_it_likes(folder: Path) -> None:
    result = tcptui("check", "escape.pkt", cwd=folder)
    assert (result.returncode, result.stderr) == (0, "tcptui: escape.pkt:1: ignored: \\x1b[31m\n")


# A script that is played instead.


def test_a_script_is_played_with_its_words_replaced(folder: Path) -> None:
    played = tcptui("play", "b.pkt", "-D", "SIZE=1460", *RFC, "--format", "ladder", cwd=folder)
    assert (played.returncode, played.stderr) == (0, "")
    assert "SYN,ACK seq=0 ack=1" in played.stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("gone.pkt",), "gone.pkt: there is no such file\n"),
        (("in/c.pkt",), "in/c.pkt:2: unsupported: "),
        (("b.pkt",), "b.pkt:5:"),
        (("a.pkt", "-D", "a b"), "-D 'a b': must be NAME=VALUE\n"),
        (("handshake", "-D", "a=b"), "-D goes with packetdrill scripts only\n"),
    ],
)
def test_a_script_that_cannot_be_played_is_one_line(
    folder: Path, arguments: tuple[str, ...], error: str
) -> None:
    result = tcptui("play", *arguments, "--format", "ladder", cwd=folder)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith(f"tcptui: {error}")
