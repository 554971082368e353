"""A scenario file: what is read, and that whatever is wrong is named in one line with what is allowed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcptui import library
from tcptui.core.packet.segment import RST, Socket
from tcptui.core.profile.presets import LINUX, RFC9293
from tcptui.lab.ends.host import HostSetup
from tcptui.lab.loader import MOST_FAULTS, BadScenario, load_scenario
from tcptui.lab.moves import Delay, Duplicate, Lose
from tcptui.lab.moves_text import parse_moves
from tcptui.lab.program import CALLS, ScriptedCall
from tcptui.lab.scenario import Expected, Scenario
from tcptui.lab.third_party import LONGEST_DATA, Inject
from tests.lab.worlds import HEAD, scenario
from tests.messages import said

FAST = settings(max_examples=300)
DURATION = "as in 50ms"


@dataclass(frozen=True)
class Bad:
    """A text that is no scenario, and what its error must say after the file's name."""

    toml: str
    says: tuple[str, ...]
    head: str = HEAD


def bad(toml: str, *says: str) -> Bad:
    return Bad(toml, says)


def calls(text: str) -> str:
    return f"A.script = [{{ {text} }}]"


CLAIM = "{ text = 't', verdict = 'true', why = 'w', source = 'RFC'"
"""A claim, but for its moment."""


BAD: dict[str, Bad] = {
    # The document.
    "no TOML": bad("[A", "no valid TOML", "line 3"),
    "twice": bad('title = "again"', "no valid TOML", "line 3"),
    "a number beyond Python": bad(f"place = {'9' * 5_000}", "no valid TOML"),
    "nested beyond Python": bad(f"place = {'[' * 5_000}{']' * 5_000}", "no valid TOML"),
    "nothing": Bad("", ("title: is missing",), ""),
    "no title": Bad('question = "q"', ("title: is missing",), ""),
    "no question": Bad('title = "t"', ("question: is missing",), ""),
    "title is a number": Bad('title = 5\nquestion = "q"', ("title: must be a text",), ""),
    "empty title": Bad('title = ""\nquestion = "q"', ("title:",), ""),
    "title with escapes": Bad('title = "\\u001b[2J"\nquestion = "q"', ("title:",), ""),
    # Keys.
    "unknown key": bad("colour = 1", "colour: is unknown", "title, question, answer"),
    "unknown table": bad("[C]\nisn = 1", "C: is unknown", "A, B"),
    "unknown key of a host": bad("A.adress = 1", "A.adress: is unknown", "address, port"),
    "unknown key of the wire": bad(
        'wire.loss = "5"', "wire.loss: is unknown", "delay, a_to_b, b_to_a, faults"
    ),
    "unknown key of a call": bad(
        calls('call = "listen", then = 1'), "A.script[1].then: is unknown", "call, text"
    ),
    "unknown key of a third party": bad(
        'third_party = [{ segment = "x>b:SYN:seq=1", dst = "b" }]',
        "third_party[1].dst: is unknown",
        "at, segment",
    ),
    "unknown key of a figure": bad(
        "figure.title = 1", "figure.title: is unknown", "rows, symbols, counts_data"
    ),
    "unknown expectation": bad("expect.states = []", "expect.states: is unknown", "events, never, end"),
    # Types.
    "a host is a text": bad('A = "10.0.0.1"', "A: must be a table"),
    "the wire is a number": bad("wire = 5", "wire: must be a table"),
    "a script is a table": bad("A.script = {}", "A.script: must be a list of tables"),
    "a call is a text": bad('A.script = ["listen"]', "A.script[1]: must be a table"),
    "answer is a list": bad("answer = []", "answer: must be a text"),
    "place is a text": bad('place = "1"', "place: must be a whole number from 0 to 9999"),
    "place is a truth": bad("place = true", "place: must be a whole number"),
    "place is too high": bad("place = 10000", "place: must be a whole number from 0 to 9999"),
    "place is a fraction": bad("place = 1.5", "place: must be a whole number"),
    "numbers": bad('numbers = "hex"', "numbers: 'hex' is unknown; allowed: relative, raw"),
    "numbers, a huge one": bad(f"numbers = 0x{'f' * 5_000}", "numbers:", "allowed: relative, raw"),
    "numbers, a date": bad("numbers = 1979-05-27", "numbers:", "allowed: relative, raw"),
    "an event is a text": bad('expect.events = "A SYN"', "expect.events: must be a list of texts"),
    "events of numbers": bad("expect.events = [1]", "expect.events[1]: must be a text"),
    "an event of nothing": bad(
        'expect.events = ["A SYN", "C SYN"]', "expect.events[2]: 'C SYN'", "not A, B, X"
    ),
    "an event that never was": bad('expect.never = ["A waves"]', "expect.never[1]: 'A waves'", "SYN, FIN"),
    "unknown rule": bad(
        'expect.events = ["A rule RST_RESET"]',
        "expect.events[1]: 'A rule RST_RESET' describes nothing: there is no 'RST_RESET'; near: RST_RESETS",
    ),
    "unknown state": bad('expect.never = ["B enters TIMEWAIT"]', "there is no 'TIMEWAIT'; near: TIME-WAIT"),
    "unknown timer": bad('expect.events = ["A fires RTO"]', "expect.events[1]:", "there is no 'RTO'"),
    "told of a host with sockets": bad(
        'A.program = ["s = socket()"]\nexpect.never = ["B told *", "A told error*"]',
        "expect.never[2]: 'A told error*' describes nothing: A's programs have sockets, and are told by what",
    ),
    "said when a host with sockets is told": bad(
        'A.program = ["s = socket()"]\nsay = [{ text = "t", when = "A told *" }]',
        "say[1].when: 'A told *' describes nothing",
    ),
    "said of what is told to a host with sockets": bad(
        'A.program = ["s = socket()"]\nexpect.says = ["A told *: x"]', "expect.says[1]: 'A told *'"
    ),
    "too many events": bad(
        "expect.events = [" + '"A SYN",' * 1_001 + "]", "expect.events: 1001 are too many; at most 1000"
    ),
    "an end of nothing": bad(
        'expect.end = ["A SLEEPING"]', "expect.end[1]: 'A SLEEPING' says nothing of the end", "A TIME-WAIT"
    ),
    "an end of no segment": bad('expect.end = ["wire A waves"]', "expect.end[1]: 'A waves'"),
    "a claim at no moment": bad(f"claim = [{CLAIM} }}]", "claim[1].when: it is said at one moment"),
    "a claim at two moments": bad(
        f"claim = [{CLAIM}, at = '1s', when = 'A SYN' }}]", "claim[1].at: it is said"
    ),
    "a claim that is neither true nor false": bad(
        f"claim = [{CLAIM.replace('true', 'maybe')}, at = '1s' }}]",
        "claim[1].verdict: 'maybe' is unknown",
        "true, imprecise, false",
    ),
    "a claim without a reason": bad(
        f"claim = [{CLAIM.replace('why', 'because')}, at = '1s' }}]", "claim[1].why: is missing"
    ),
    "a claim of which the source is empty": bad(
        f"claim = [{CLAIM.replace('RFC', '')}, at = '1s' }}]", "claim[1].source: must not be empty"
    ),
    "a claim at what can't happen": bad(
        f"claim = [{CLAIM}, when = 'A enters SLEEP' }}]", "claim[1].when: 'A enters SLEEP' describes nothing"
    ),
    "a translation of claims that are not there": bad(
        "zh = { claims = [{ text = 't', why = 'w' }] }", "zh.claims: 1 texts for 0 claims"
    ),
    "a queue without a number": bad('expect.end = ["A unread"]', "expect.end[1]: 'A unread' says nothing"),
    "no label": bad('expect.labels = ["2 TCP Retransmission"]', "expect.labels[1]: '2 TCP", "A: 2 TCP"),
    "said of nothing": bad(
        'expect.says = ["ACK 21 is new"]', "expect.says[1]: 'ACK 21 is new' must be a pattern"
    ),
    "strict is a text": bad('expect.strict = "yes"', "expect.strict: must be true or false"),
    # The story's frame.
    "until": bad('until = "0s"', "until: must be later than 0"),
    "until a number": bad("until = 5", "until: must be a text", DURATION),
    "said at no moment": bad('say = [{ text = "x" }]', "say[1].when: it is said at one moment"),
    "said at two moments": bad(
        'say = [{ text = "x", at = "1s", when = "A SYN" }]', "say[1].at: it is said at one moment"
    ),
    "said when nothing happens": bad(
        'say = [{ text = "x", when = "A SYN" }, { text = "x", when = "A sleeps" }]', "say[2].when: 'A sleeps'"
    ),
    "nothing is said": bad('say = [{ text = "", at = "1s" }]', "say[1].text: must not be empty"),
    "too long a text": bad(
        f'say = [{{ text = "{"x" * 1_001}", at = "1s" }}]', "say[1].text: 1001 characters are too many"
    ),
    "too many say": bad(
        "say = [" + '{ text = "x", at = "1s" },' * 101 + "]", "say: 101 are too many; at most 100"
    ),
    "a key of say": bad('say = [{ txt = "x" }]', "say[1].text: is missing"),
    "a language is a text": bad('zh = "x"', "zh: must be a table"),
    "a key of a language": bad("zh.name = 1", "zh.name: is unknown", "title, question, answer, chapter, say"),
    "say of a language": bad('zh.say = ["x"]', "zh.say: 1 texts for 0 moments"),
    # Variants.
    "a variant without name": bad("variant = [{}]", "variant[1].name: is missing"),
    "two variants of one name": bad(
        'variant = [{ name = "x" }, { name = "x" }]', "variant[2].name: 'x' is the name of another"
    ),
    "too many variants": bad(
        "variant = [" + ",".join(f'{{ name = "{one}" }}' for one in range(21)) + "]",
        "variant: 21 are too many; at most 20",
    ),
    "a key of a variant": bad(
        'variant = [{ name = "x", colour = 1 }]', "variant[1].colour: is unknown", "name, question, answer"
    ),
    "harm of a story, which is no variant of anything": bad('harm = "h"', "harm: is unknown"),
    "harm of a story in another language": bad('zh.harm = "h"', "zh.harm: is unknown"),
    "a number of harm": bad('variant = [{ name = "x", harm = "{what}" }]', "variant[1].harm: "),
    "harm in two lines": bad(
        'variant = [{ name = "x", harm = ["a", "b"] }]', "variant[1].harm: must be a text"
    ),
    "a knob of a variant": bad(
        'variant = [{ name = "x", set = { "B.two_way" = true } }]',
        "variant[1].set.B.two_way: is not a knob",
    ),
    "a value of a knob of a variant": bad(
        'variant = [{ name = "x", set = { msl = 5 } }]', "variant[1].set.msl: must be a text"
    ),
    "a profile of a variant": bad('variant = [{ name = "x", profile = "bsd" }]', "variant[1].profile: 'bsd'"),
    "a profile of no end": bad(
        'variant = [{ name = "x", profiles = { C = "linux" } }]', "variant[1].profiles.C: is unknown", "A, B"
    ),
    "a call of a variant": bad(
        'variant = [{ name = "x" }, { name = "y", A = { script = [{ call = "walk" }] } }]',
        "variant[2].A.script[1].call: 'walk' is unknown",
    ),
    "a fault of a variant": bad(
        'variant = [{ name = "x", faults = "s" }]', "variant[1].faults: only l, d, u and r"
    ),
    "a fact of a variant": bad(
        'variant = [{ name = "x", expect = { end = ["?"] } }]', "variant[1].expect.end[1]: '?' says nothing"
    ),
    "a prelude of a variant": bad(
        'variant = [{ name = "x", prelude = "l1" }]', "variant[1].prelude: there is no segment #1"
    ),
    # Hosts.
    "address": bad('A.address = "10.0.0.256"', "A.address: '10.0.0.256' is no IPv4 or IPv6 address"),
    "address is a number": bad("A.address = 5", "A.address:"),
    "address is a huge number": bad(f"A.address = 0x{'f' * 5_000}", "A.address:"),
    "the same address": bad('A.address = "10.0.0.2"', "B.address: must differ from A's"),
    "two IP versions": bad('A.address = "2001:db8::1"', "B.address:"),
    "port 0": bad("A.port = 0", "A.port: must be a whole number from 1 to 65535"),
    "port": bad("B.port = 65536", "B.port: must be a whole number from 1 to 65535"),
    "isn": bad("A.isn = 4294967296", "A.isn: must be a whole number from 0 to 4294967295"),
    "isn below 0": bad("A.isn = -1", "A.isn: must be a whole number from 0 to 4294967295"),
    "isn in a list": bad('A.isn = [1, "2"]', "A.isn: must be a whole number"),
    "secret": bad('A.secret = ""', "A.secret: must be 1 to 64 octets"),
    "profile": bad('A.profile = "bsd"', "A.profile: 'bsd' is unknown; allowed: rfc9293, linux"),
    "unknown knob": bad("A.set.rto = 1", "A.set.rto: is not a knob; near: ", "min_rto", "tcptui profile"),
    "knob of nobody": bad(f'A.set = {{ "{"x" * 500}" = 1 }}', "is not a knob; tcptui profile lists them all"),
    "knob out of range": bad("A.set.mss = 0", "A.set.mss: must be a whole number from 1 to 65495"),
    "knob of another type": bad("A.set.rfc1337 = 1", "A.set.rfc1337: must be true or false"),
    "knob that is a time": bad("A.set.min_rto = 200", "A.set.min_rto: must be a text", DURATION),
    "knob that is out of its time": bad(
        'A.set.keep_interval = "1ms"', "A.set.keep_interval: must be a duration from 1s to 1440min"
    ),
    "knob that is a choice": bad(
        'A.set.ecn = "on"', "A.set.ecn: 'on' is unknown; allowed: off, granted, asked"
    ),
    "knob that is a choice, a number": bad("A.set.ecn = 1", "A.set.ecn: allowed: off, granted, asked"),
    "knob in another spelling": bad('A.set.rfc1337 = "true"', "A.set.rfc1337: must be true or false"),
    "knob as a text": bad('A.set.mss = "1460"', "A.set.mss: must be a whole number"),
    "knob that can't be none": bad('A.set.mss = "none"', "A.set.mss: must be a whole number"),
    "knob, a huge number": bad(f"A.set.mss = 0x{'f' * 5_000}", "A.set.mss: must be a whole number"),
    "the profile's name": bad('A.set.name = "mine"', "A.set.name: is not a knob"),
    "sysctl without quotes": bad(
        "A.set.net.ipv4.tcp_sack = 1", "A.set.net: must not be a table", "needs quotes"
    ),
    "sysctl out of range": bad(
        'A.set = { "net.ipv4.tcp_sack" = 2 }', "A.set.net.ipv4.tcp_sack: must be a whole number from 0 to 1"
    ),
    "sysctl, a truth": bad('A.set = { "net.ipv4.tcp_sack" = true }', "must be a whole number from 0 to 1"),
    "sysctl, a huge number": bad(
        f'A.set = {{ "net.ipv4.tcp_sack" = 0x{"f" * 5_000} }}', "must be a whole number from 0 to 1"
    ),
    "unknown sysctl": bad(
        'A.set = { "net.ipv4.tcp_sakc" = 1 }',
        "A.set.net.ipv4.tcp_sakc: is no sysctl that is known; near: net.ipv4.tcp_sack",
    ),
    "sysctl without effect": bad('A.set = { "net.ipv4.tcp_mem" = "1 2 3" }', "has no effect here"),
    "knob that is no time": bad('A.set.msl = "2h"', "A.set.msl: '2h' is no duration", DURATION),
    # Scripts.
    "no call": bad(calls('at = "1s"'), "A.script[1].call: is missing"),
    "unknown call": bad(calls('call = "open"'), "A.script[1].call: 'open' is unknown", ", ".join(CALLS)),
    "send without text": bad(calls('call = "send"'), "A.script[1].text: send needs it"),
    "send of nothing": bad(calls('call = "send", text = ""'), "A.script[1].text: send needs it"),
    "text without send": bad(
        calls('call = "close", text = "x"'), "A.script[1].text:", "only send and sendto take it"
    ),
    "address of a call": bad(
        calls('call = "bind", address = "10.0.0.1"'),
        "A.script[1].address: '10.0.0.1' is no socket",
        "as in 10.0.0.2:80",
    ),
    "address of a call is a port": bad(
        calls('call = "bind", address = 80'), "A.script[1].address: must be a text"
    ),
    "address of a call without UDP": bad(
        calls('call = "connect", address = "10.0.0.2:80"'),
        "A.script[1].address: only these take it: listen, bind, sendto",
    ),
    "address of another host": bad(
        'B.script = [{ call = "bind" }, { call = "sendto", address = "10.0.0.3:80" }]',
        "B.script[2].address: sendto: 10.0.0.3:80 is neither at 10.0.0.1 nor at a multicast group",
    ),
    "address in the prelude": bad(
        'prelude = "b:bind:10.0.0.1:80"', "prelude:", "10.0.0.1:80 is neither at 10.0.0.2"
    ),
    "text too long": bad(
        calls(f'call = "send", text = "{"x" * (LONGEST_DATA + 1)}"'),
        f"A.script[1].text: {LONGEST_DATA + 1} octets",
        f"at most {LONGEST_DATA}",
    ),
    "at and when": bad(
        calls('call = "close", at = "1s", when = "closed"'), "A.script[1].at: either at or when"
    ),
    "when": bad(
        calls('call = "close", when = "later"'),
        "A.script[1].when: 'later'",
        "accepted, peer closed",
    ),
    "when in a state that is none": bad(
        calls('call = "close", when = "A enters FINWAIT"'),
        "A.script[1].when: 'A enters FINWAIT' describes nothing: there is no 'FINWAIT'; near: FIN-WAIT-",
    ),
    "when at": bad(calls('call = "close", when = "at"'), "A.script[1].when: 'at' is unknown", "established"),
    "when received": bad(calls('call = "close", when = "received"'), "A.script[1].when:", "received N"),
    "when received what": bad(
        calls('call = "close", when = "received x"'), "A.script[1].when:", "received N"
    ),
    "at": bad(calls('call = "close", at = "soon"'), "A.script[1].at: 'soon' is no duration", DURATION),
    "at a number": bad(calls('call = "close", at = 5'), "A.script[1].at: must be a text", DURATION),
    "after": bad(calls('call = "close", after = "5"'), "A.script[1].after: '5' is no duration", DURATION),
    "the second call": bad(
        'B.script = [{ call = "listen" }, { call = 1 }]', "B.script[2].call:", f"allowed: {', '.join(CALLS)}"
    ),
    # Wire, faults, third parties, prelude.
    "delay": bad('wire.delay = "50"', "wire.delay: '50' is no duration", DURATION),
    "delay of more than a day": bad('wire.a_to_b = "2000min"', "wire.a_to_b:", "at most one day"),
    "delay beyond floats": bad(f'wire.delay = "{"9" * 400}s"', "wire.delay:", "at most one day"),
    "fault s": bad(
        'wire.faults = "l1 s"',
        "wire.faults: only l, d, u and r can stand here, as in l2 d4+200ms, or as in lose B ACK 2",
    ),
    "fault of no segment": bad(
        'wire.faults = ["l1", "lose B SIN"]', "wire.faults[2]: 'B SIN' describes nothing: 'SIN' is no segment"
    ),
    "fault that is none": bad(
        'wire.faults = "drop A SYN"', "wire.faults: 'drop A SYN' is no fault; write as in lose"
    ),
    "key of the story below a table": bad(
        '[wire]\nuntil = "1s"',
        "wire.until: is unknown; a key of the whole story stands above the first [table]; allowed here",
    ),
    "third party to nobody": bad(
        'third_party = [{ segment = "x>c:SYN:seq=1" }]',
        "third_party[1].segment: must be one segment, as in x>b:SYN:seq=90",
    ),
    "fault of an arrival": bad('wire.faults = "lose B ACK arrives"', "a fault is of a segment that leaves"),
    "faults of other things": bad('wire.faults = ["l1", 5]', "wire.faults[2]: must be a text"),
    "third party from nowhere": bad(
        'third_party = [{ segment = "x>b:SYN:seq=1", from = "203.0.113.1" }]',
        "third_party[1].from: '203.0.113.1' is no socket",
    ),
    "third party from the receiver": bad(
        'third_party = [{ segment = "x>b:SYN:seq=1:from=10.0.0.2:9" }]',
        "third_party[1].from: 10.0.0.2:9 can't send to 10.0.0.2: it must be another address",
    ),
    "third party of another IP version": bad(
        'third_party = [{ segment = "x>b:SYN:seq=1:from=[2001:db8::1]:9" }]',
        "third_party[1].from: [2001:db8::1]:9 can't send to 10.0.0.2",
    ),
    "third party too often": bad(
        'third_party = [{ segment = "x>b:SYN:seq=1", times = 1001 }]',
        "third_party[1].times: must be a whole number from 1 to 1000",
    ),
    "fault is no move": bad('wire.faults = "x"', "wire.faults: move 'x': is no move", "l2, d4+200ms"),
    "fault without time": bad('wire.faults = "d1"', "wire.faults:", "as in d2+200ms"),
    "fault to a lost segment": bad('wire.faults = "l1 d1+5ms"', "wire.faults: #1 is lost already"),
    "lost twice": bad('wire.faults = "l2 l2"', "wire.faults: #2 is lost already"),
    "lost twice, with others between": bad('wire.faults = "l2 u2 l1 u1 d2+1ms"', "wire.faults: #2 is lost"),
    "too many faults": bad(
        f'wire.faults = "{"u1 " * (MOST_FAULTS + 1)}"',
        f"wire.faults: {MOST_FAULTS + 1} are too many",
        f"at most {MOST_FAULTS}",
    ),
    "faults in a table": bad("wire.faults = {}", "wire.faults: must be a text"),
    "prelude": bad('prelude = "b:listen a:open"', "prelude:", "listen, accept, connect"),
    "prelude that can't be": bad('prelude = "l5"', "prelude: there is no segment #5"),
    "prelude that leaves something": bad(
        'prelude = "a:connect"', "prelude:", "must leave nothing on the wire"
    ),
    "third party without segment": bad('third_party = [{ at = "1s" }]', "third_party[1].segment: is missing"),
    "third party calls": bad(
        'third_party = [{ segment = "a:connect" }]',
        "third_party[1].segment: must be one segment",
        "x>b:SYN:seq=90",
    ),
    "third party, two": bad(
        'third_party = [{ segment = "x>b:SYN:seq=1 x>b:SYN:seq=2" }]',
        "third_party[1].segment: must be one segment",
    ),
    "third party is a table": bad('[third_party]\nat = "1s"', "third_party: must be a list of tables"),
    # Figures.
    "figure row too short": bad('figure.rows = [["1.", "", ""]]', "figure.rows[1]: must be four texts"),
    "figure row of numbers": bad('figure.rows = [["1.", "", 1, ""]]', "figure.rows[1]: must be four texts"),
    "figure rows are a text": bad('figure.rows = "1."', "figure.rows", "must be"),
    "figure segment": bad(
        'figure.rows = [["1.", "", "", ""], ["2.", "", "SYN", ""]]',
        "figure.rows[2]: 'SYN' is no segment; allowed: 1, 1 leaves, 1 arrives",
    ),
    "figure state": bad('figure.rows = [["1.", "=SYN", "", ""]]', "figure.rows[1]: '=SYN'", "=start, =end"),
    "figure state behind a blank": bad(
        'figure.rows = [["1.", "", "", " =x"]]', "figure.rows[1]: '=x'", "=start, =end"
    ),
    "figure symbol": bad("figure.symbols = { X = -1 }", "figure.symbols: must be a whole number"),
    "figure symbols in a list": bad("figure.symbols = []", "figure.symbols: must be a table"),
    "figure data": bad("figure.counts_data = 1", "figure.counts_data: must be true or false"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named_with_file_key_and_what_is_allowed(name: str) -> None:
    case = BAD[name]
    with pytest.raises(BadScenario) as error:
        load_scenario(f"{case.head}{case.toml}\n", "mine", "some/mine.toml")
    text = said(error.value)
    assert text.startswith("some/mine.toml: ")
    for part in case.says:
        assert part in text
    assert len(text.splitlines()) == 1
    assert text.isprintable()
    assert len(text) < 1_000


def refused_or_read(text: str) -> None:
    error = "mine.toml: "
    try:
        assert isinstance(load_scenario(text, "mine", "mine.toml"), Scenario)
    except BadScenario as caught:
        error = said(caught)
    assert error.startswith("mine.toml: ")
    assert len(error.splitlines()) == 1


@FAST
@given(st.text() | st.text("[]{}=\",.#\n'abAB_0159 -:"))
def test_any_text_is_read_or_refused(text: str) -> None:
    refused_or_read(text)


FILES = [(library._FOLDER / f"{name}.toml").read_text("utf-8") for name in library.names()]
PIECES = [
    "", " ", "\n", '"', "'", "[", "]", "{", "}", "=", ",", "#", "0", "-1", "1e9", "true", "[]", "{}", '""',
    "nan", "[[A]]", "[A]", "[B.set]", "1979-05-27", "99999999999", "\\u0000", "\x1b", "你", "s", "l1", "at",
    "when", "=9",
]  # fmt: skip


@FAST
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), max_size=4),
)
def test_any_change_to_a_valid_file_is_read_or_refused(
    text: str, changes: list[tuple[float, int, str]]
) -> None:
    for where, length, piece in changes:
        start = int(where * len(text))
        text = text[:start] + piece + text[start + length :]
    refused_or_read(text)


VALUES = [
    "5",
    "-1",
    "1.5",
    "true",
    '""',
    '"x"',
    "[]",
    "[1]",
    "{}",
    "{ a = 1 }",
    "[[1]]",
    "1979-05-27",
    '["", "", "", ""]',
]


@FAST
@given(st.sampled_from(FILES), st.integers(0, 1_000), st.sampled_from(VALUES))
def test_any_value_of_any_key_is_read_or_refused(text: str, number: int, value: str) -> None:
    lines = text.splitlines()
    keyed = [index for index, line in enumerate(lines) if " = " in line and not line.endswith(("[", "{"))]
    index = keyed[number % len(keyed)]
    key = lines[index].partition(" = ")[0]
    if not key.startswith((" ", "[", "{")):
        lines[index] = f"{key} = {value}"
    refused_or_read("\n".join(lines))


# What is read.


def test_the_least_scenario_has_defaults() -> None:
    made = scenario()
    assert (made.name, made.title, made.question, made.answer, made.chapter) == ("test", "t", "q", "", "")
    assert made.delays == (50_000, 50_000)
    assert [host.socket for host in made.hosts] == [Socket("10.0.0.1", 49152), Socket("10.0.0.2", 80)]
    assert [host.profile for host in made.hosts] == [RFC9293] * 2
    assert not made.raw_numbers


def test_every_key_is_read() -> None:
    made = scenario(
        'answer = "a\\n  b"\nchapter = "c"\nplace = 7\nnumbers = "raw"\nprelude = "b:listen"\n'
        'wire = { delay = "5ms", b_to_a = "1s", faults = "l1 u1 d2+5ms l3" }\n'
        'third_party = [{ at = "2s", segment = "x>a:RST:seq=1" }, { segment = "x>b:RST:seq=2" }]\n'
        '[A]\naddress = "2001:DB8::1"\nport = 1\nrole = "peer"\nisn = [1, 2]\nsecret = "s"\n'
        'profile = "linux"\n'
        'set = { msl = "1s", mss = 9, rfc1337 = true }\n'
        'script = [{ call = "connect" }, { call = "send", text = "你", at = "1s" },'
        ' { call = "close", when = "received 5", after = "2ms" }, { call = "abort", when = "peer closed" }]\n'
        '[B]\naddress = "2001:db8::2"\n'
        '[figure]\nrows = [["1.", "=1", "1 leaves", "=end"]]\nsymbols = { X = 3 }\ncounts_data = true\n'
        '[expect]\nevents = ["A SYN seq=0"]\nstrict = true\n'
    )
    a = made.hosts[0]
    assert isinstance(a, HostSetup)
    assert (made.answer, made.chapter, made.place, made.raw_numbers) == ("a b", "c", 7, True)
    assert made.prelude == tuple(parse_moves("b:listen"))
    assert made.delays == (5_000, 1_000_000)
    assert made.faults == {1: (Lose(1), Duplicate(1)), 2: (Delay(2, 5_000),), 3: (Lose(3),)}
    assert [one.at for one in made.injections] == [0, 2_000_000]
    assert made.injections[1].move == Inject("A", RST, 1)
    assert (a.socket, a.role, a.isns, a.secret) == (Socket("2001:db8::1", 1), "peer", (1, 2), b"s")
    assert a.profile == LINUX._replace(msl=1_000_000, mss=9, rfc1337=True)
    assert a.script == (
        ScriptedCall("connect"),
        ScriptedCall("send", "at", 1_000_000, 0, "你".encode()),
        ScriptedCall("close", "received", 5, 2_000),
        ScriptedCall("abort", "peer closed"),
    )
    assert made.figure[0] == ("1.", "=1", "1 leaves", "=end")
    assert (made.symbols, made.counts_data) == ((("X", 3),), True)
    assert made.expected == Expected(events=("A SYN seq=0",), strict=True)


def test_texts_lose_their_line_ends() -> None:
    assert load_scenario('title = """a\nb"""\nquestion = "q\\n"', "mine", "mine.toml").title == "a b"


def test_single_knobs_are_set_by_value_and_by_sysctl() -> None:
    made = scenario(
        'A.set = { rto_after_syn_timeout = "none", ecn = "asked", nagle = false, delayed_ack = "0ms" }\n'
        'B.set = { "net.inet.tcp.drop_synfin" = 1, "net.ipv4.tcp_wmem" = "1 2 4096", window_scale = 0 }\n'
    )
    assert [host.profile for host in made.hosts] == [
        RFC9293._replace(rto_after_syn_timeout=None, ecn="asked", nagle=False, delayed_ack=0),
        RFC9293._replace(drop_syn_fin=True, send_buffer=4096, window_scale=0),
    ]
