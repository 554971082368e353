"""Command lines, scenarios and scripts that are refused, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

HEAD = 'title = "t"\nquestion = "q"\n'
SCENARIOS = ["x", "title = 1", 'title = ""'] + [
    HEAD + line
    for line in [
        "",
        "colour = 1",
        "wire = 1",
        'wire.delay = "5h"',
        'wire.delay = "1us"',
        'wire.faults = "s"',
        'wire.faults = "l1 l1"',
        'A.address = "x"',
        'A.address = "10.0.0.2"',
        'A.address = "::1"',
        "A.port = 0",
        'A.profile = "x"',
        "A.set.foo = 1",
        "A.set.msl = 5",
        "A.set.nagle = 3",
        "A.set.net.ipv4 = 5",
        "A.reads = 1",
        'A.script = [{ call = "x" }]',
        'A.script = [{ call = "send" }]',
        'A.script = [{ call = "connect", backlog = 1 }]',
        'A.script = [{ call = "connect", address = "x" }]',
        'A.script = [{ call = "bind", address = "x" }]',
        'A.script = [{ call = "bind", address = "1.1.1.1:5" }]',
        'A.script = [{ call = "connect", when = "x" }]',
        'A.script = [{ call = "connect", when = "closed", at = "1s" }]',
        'third_party = [{ segment = "s" }]',
        'expect.events = ["A rule X"]',
        'prelude = "a:connect"',
        'prelude = "q"',
        "figure.rows = 1",
        'figure.rows = [["", "=x", "", ""]]',
        'figure.rows = [["", "", "x", ""]]',
        'figure.rows = [["", "", "9", ""]]',
        "",
    ][1:-1]
]
SOCKET = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"
SCRIPTS = [
    "",
    "#ifdef A\n#else\n#else\n#endif",
    "--foo\n0 close(3) = 0",
    "--mtu=1\n0 close(3) = 0",
    "// profile: foo\n0 close(3) = 0",
    "`sysctl net.ipv4.tcp_sack=9`\n0 close(3) = 0",
    "`ls; sysctl net.ipv4.x=9`\n0 close(3) = 0",
    f"{SOCKET}\n+0 connect(3, ..., ...) = -1 EINPROGRESS\n+0 > S 5:5(0) win 1",
    f"{SOCKET}\n+0 connect(3, ..., ...) = 0\n+0 close(3) = 0",
    *[
        "",
        "0 f() = 0 §",
        "0 f(",
        "#endif",
        "0 > Q 1:1(0)",
        "0 < S 0:0(0)",
        "0 > S 0:9(1)",
        "0 `ls",
        "99999999999 f() = 0",
        "0 < S 0:0(0) win 99999",
        "0 > S 0:0(0) <foo>",
        '0 f("\\q") = 0',
        "0 f({a(1, 2) = 3}) = 0",
        "1~0 > S 0:0(0)",
        "0 foo() = 0",
        "0 close(FOO) = 0",
        "0 close(3) = 0",
        "0 > S 0:0(0)",
        "0 < icmp foo",
        "0 > udp (5)",
        "0 shutdown(3, 7) = 0",
        "0 poll([1], 1, 0) = 0",
        "0 %{ assert 1 == 2 }%",
        "0 socket(..., SOCK_DGRAM, 0) = 3",
        "",
    ][1:-1],
]
MOVES = """
q | l | s0 | d2 | d2+1h | r3+5ms | a:nope | a:send | b:listen:x | x>b:FOO:seq=1 | x>b:SYN
x>b:SYN:seq=99999999999 | x>b:SYN:seq=1:foo=2 | l7 | s l1 l1 | s s s l1 | s r1 | w9s | b:bind:foo | s99 s
a:send:\udcff | b:bind:1.1.1.1:5
""".replace("\n", " | ").split(" | ")[1:-1]
SETTINGS = [
    "foo=1",
    "msl",
    "msl=5h",
    "mss=0",
    "nagle=maybe",
    "ecn=x",
    "window_scale=99",
    "net.ipv4.x=1",
    "nagl=1",
    "net.ipv4.tcp_rmem=1",
    "net.ipv4.tcp_sack=7",
    "net.ipv4.tcp_mem=1",
    "\x1b[31m=1",
]
LINES = [
    "",
    "play nope --format ladder",
    "play handshak --format ladder",
    "play ./x.toml --format ladder",
    "play x.pkt --format ladder",
    "play ./ --format ladder",
    "play handshake --format ladder --profile linx",
    "profile windows",
    "rfc NONE-1",
    "play handshake --at A --format ladder",
    "play handshake -o x",
    "play handshake --format pcapng",
    "play handshake -D x=1 --format ladder",
    "play handshake --format packetdrill --at wire",
    "play handshake --format ladder -o ./no/file",
    "play udp --format packetdrill",
    "play handshake",
    "check -D 9=1 x",
    "check .",
    "",
][1:-1]


def command_lines(folder: Path) -> Iterator[tuple[list[str], str]]:
    """Command lines that are refused or fail, and what was typed elsewhere: the text of a file."""
    play = ["play", "handshake", "--format", "ladder"]
    yield from (([*play, "--moves", moves], "") for moves in MOVES)
    yield from (([*play, "--set", setting], "") for setting in SETTINGS)
    yield from ((line.split(), "") for line in LINES)
    for number, text in enumerate(SCENARIOS):
        file = folder / f"{number}.toml"
        file.write_text(text, "utf-8")
        yield ["play", str(file), "--format", "rfc"], text
    for number, text in enumerate(SCRIPTS):
        file = folder / f"{number}.pkt"
        file.write_text(text, "utf-8")
        yield ["check", str(file)], text
