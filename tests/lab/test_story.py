"""The frame of a story: where its run ends, what it says and when, its variants, its texts in languages."""

from __future__ import annotations

import pytest

from tcptui.core.profile.presets import FREEBSD, LINUX, RFC9293
from tcptui.lab.history import INTERVAL, History
from tcptui.lab.loader import BadScenario, load_scenario, scenario_of_variant
from tcptui.lab.moves import NEXT, Do, Lose, Wait
from tcptui.lab.run import play
from tcptui.lab.scenario import Claim, Say, Scenario
from tcptui.lab.variant import preset, variant
from tests.lab.worlds import HEAD, scenario, world
from tests.messages import refused, said

CALLS = (
    'A.isn = 1000\nB.isn = 5000\nA.script = [{ call = "connect", at = "100ms" }]\n'
    'B.script = [{ call = "listen" }]\n'
)


def silent(until: str = "") -> Scenario:
    """B is away: A sends its SYN until it gives up."""
    return scenario(f'{until}{CALLS}wire.faults = "l1 l2 l3 l4 l5 l6 l7 l8"\n')


# Where the run ends.


def test_what_would_happen_after_the_end_that_is_set_does_not() -> None:
    run = play(silent('until = "4s"\n'))
    assert run.complete
    assert [one.sent_at for one in run.transmissions] == [100_000, 1_100_000, 3_100_000]
    assert len(play(silent()).transmissions) > 3


def test_what_happens_at_that_moment_still_does() -> None:
    assert len(play(silent('until = "3100ms"\n')).transmissions) == 3
    assert len(play(silent('until = "3099ms"\n')).transmissions) == 2


def test_a_run_that_ends_before_is_not_changed() -> None:
    assert play(scenario(f'until = "1min"\n{CALLS}')).reports == play(scenario(CALLS)).reports


def test_there_the_story_ends_and_a_move_goes_on() -> None:
    made = world(f'until = "4s"\n{CALLS}wire.faults = "l1 l2 l3"\n')
    while made.step():
        pass
    assert (made.now, made.why_over) == (3_100_000, "error.move.story_ends")
    made.apply(Wait(1_000))
    assert made.next_event() is None, "that time passes changes nothing"
    made.apply(Do("B", "unplug"))
    assert made.next_event() is not None


def test_the_end_is_a_part_of_what_the_future_depends_on() -> None:
    until = f'until = "4s"\n{CALLS}'
    assert world(until).key() != world(CALLS).key()
    assert world(until).copy().key() == world(until).key()
    moved = world(until, "x>b:RST:seq=1")
    assert moved.key() == world(CALLS, "x>b:RST:seq=1").key(), "a move has lifted it"


def test_a_prelude_does_not_end_there() -> None:
    story = scenario('until = "10ms"\nprelude = "b:listen a:connect s3"\n')
    assert [state.value for state in play(story).end] == ["ESTABLISHED", "ESTABLISHED"]


def test_a_run_ends_when_nothing_but_keep_alive_is_left() -> None:
    story = variant(scenario(CALLS), preset("freebsd"), [])
    assert story.hosts[0].profile == FREEBSD
    run = play(story)
    assert run.complete
    probes = [one for one in run.transmissions if one.sent_at > 1_000_000]
    assert len(probes) == 2, "one probe, one answer"
    history = History(story)
    while history.world.next_event() is not None:
        history.apply()
    assert history.world.why_over == "error.move.only_keep_alive"


def test_a_keep_alive_that_nobody_answers_goes_on_until_the_connection_is_given_up() -> None:
    unplugged = '{ call = "listen" }, { call = "unplug", at = "1s" }'
    toml = f"{CALLS}A.set = {{ keep_alive_always = true }}\n".replace('{ call = "listen" }', unplugged)
    run = play(scenario(toml))
    assert run.complete
    assert run.end[0].value == "CLOSED"


def test_with_an_end_that_is_set_keep_alive_goes_on_until_then() -> None:
    story = variant(scenario(f'until = "1000min"\n{CALLS}'), preset("freebsd"), [])
    probes = [one for one in play(story).transmissions if one.sent_at > 1_000_000]
    assert len(probes) > 8


# What it says.


def narrated(toml: str) -> Scenario:
    return scenario(f"{CALLS}{toml}")


def said_by_position(story: Scenario) -> list[list[str]]:
    history = History(story)
    told = []
    while history.world.next_event() is not None:
        history.apply()
        assert history.narration is not None
        told.append([say.text for say in history.narration.now])
    return told


SAYS = """
[[say]]
when = "B SYN,ACK"
text = "answers"
[[say]]
when = "A ACK 1 arrives"
text = "both"
pause = true
[[say]]
at = "120ms"
text = "late"
[[say]]
when = "B SYN,ACK 2"
text = "never"
"""


def test_each_is_said_at_its_moment_and_once() -> None:
    assert said_by_position(narrated(SAYS)) == [[], [], ["answers", "late"], [], ["both"]]


def test_back_and_forth_it_is_said_at_the_same_places() -> None:
    history = History(narrated(SAYS))
    for _ in range(5):
        history.apply()
    for position, expected in ((3, ["answers", "late"]), (4, []), (2, []), (5, ["both"]), (0, [])):
        history.go_to(position)
        assert history.narration is not None
        assert [say.text for say in history.narration.now] == expected


def test_on_a_branch_the_moment_comes_where_it_comes_there() -> None:
    history = History(narrated(SAYS))
    for move in (NEXT, NEXT, Lose(1), NEXT, NEXT):
        history.apply(move)
    assert history.narration is not None
    assert {say.text for say in history.narration.to_come} == {"both", "never"}
    assert [say.text for say in history.narration.now] == ["answers"]


def test_what_was_said_is_known_behind_a_checkpoint_too() -> None:
    history = History(narrated(SAYS))
    for _ in range(5):
        history.apply()
    for _ in range(INTERVAL):
        history.apply(Wait(1_000))
    history.go_to(INTERVAL + 1)
    assert history.narration is not None
    assert [say.text for say in history.narration.to_come] == ["never"]


CLAIMS = """
[[claim]]
when = "B SYN,ACK"
text = "c"
verdict = "false"
why = "w"
source = "RFC 9293 3.5"
[[claim]]
at = "130ms"
text = "d"
verdict = "imprecise"
why = "v"
source = "RFC 9293 3.4, RFC 7413"
"""
"""Of a story that says nothing."""


def test_a_claim_is_put_to_the_test_at_its_moment_and_once() -> None:
    history = History(narrated(CLAIMS + SAYS))
    claimed: list[list[str]] = []
    while history.world.next_event() is not None:
        history.apply()
        assert history.narration is not None
        claimed.append([claim.text for claim in history.narration.claims])
    assert claimed == [[], [], ["c", "d"], [], []]
    assert [[one.text for one in claims] for claims in _claims_at(history, 3, 4, 2, 0, 3)] == [
        ["c", "d"], [], [], [], ["c", "d"],
    ]  # fmt: skip


def _claims_at(history: History, *positions: int) -> list[tuple[Claim, ...]]:
    claims = []
    for position in positions:
        history.go_to(position)
        assert history.narration is not None
        claims.append(history.narration.claims)
    return claims


def test_a_story_that_claims_and_says_nothing_else_has_a_narration() -> None:
    story = narrated(CLAIMS)
    first, second = story.claims
    assert first == Claim("c", "false", "w", "RFC 9293 3.5", when="B SYN,ACK")
    assert (second.at, second.verdict, second.source) == (130_000, "imprecise", "RFC 9293 3.4, RFC 7413")
    assert _claims_at(played(story), 3) == [(first, second)]


def played(story: Scenario) -> History:
    history = History(story)
    while history.world.next_event() is not None:
        history.apply()
    return history


def test_a_story_that_says_nothing_has_no_narration() -> None:
    assert History(scenario(CALLS)).narration is None


# Variants.

VARIANTS = """
answer = "One."
[zh]
answer = "一。"
[expect]
events = ["A SYN"]
[[say]]
at = "1s"
text = "x"
[[claim]]
at = "1s"
text = "x"
verdict = "true"
why = "y"
source = "z"
[[variant]]
name = "two segments"
claim = [{ at = "2s", text = "two", verdict = "false", why = "y", source = "z" }]
set = { "B.two_way_handshake" = true, msl = "5s" }
faults = "l3"
answer = "Two."
harm = "Nobody asked."
expect = { events = ["A enters ESTABLISHED"] }
zh = { answer = "二。", harm = "无人。" }
[[variant]]
name = "Linux"
profile = "linux"
profiles = { B = "rfc9293" }
prelude = "w1ms"
until = "2s"
question = "And here?"
third_party = [{ segment = "x>b:RST:seq=1" }]
wire = { delay = "1ms" }
A = { isn = 7 }
"""


def stories() -> tuple[Scenario, Scenario, Scenario]:
    story = scenario(f'{CALLS}wire.faults = "d1+1ms"\n{VARIANTS}')
    return story, scenario_of_variant(story, "two segments"), scenario_of_variant(story, "Linux")


def test_a_variant_is_the_story_with_what_it_has_instead() -> None:
    story, two, linux = stories()
    assert (two.title, two.question, two.variant) == ("t: two segments", "q", "two segments")
    assert (linux.title, linux.question) == ("t: Linux", "And here?")
    assert two.hosts[1].profile == RFC9293._replace(two_way_handshake=True, msl=5_000_000)
    assert two.hosts[0].profile == RFC9293._replace(msl=5_000_000)
    assert two.faults == {3: (Lose(3),)}
    assert (linux.hosts[0].profile, linux.hosts[1].profile) == (LINUX, RFC9293)
    assert (linux.delays, linux.until, len(linux.prelude)) == ((1_000, 1_000), 2_000_000, 1)
    assert linux.faults == {}, "what is only true of one run is not the story's"
    assert len(linux.injections) == 1
    assert linux.hosts[0].isns == (7,)  # type: ignore[attr-defined]
    assert linux.hosts[0].script == story.hosts[0].script  # type: ignore[attr-defined]


def test_programs_of_a_variant_take_the_place_of_a_script_of_the_storys() -> None:
    story = scenario(
        'A.script = [{ call = "connect" }]\n'
        'variant = [{ name = "v", A.programs = { one = ["s = socket()"], two = ["s = socket()"] } }]\n'
    )
    other = scenario_of_variant(story, "v").hosts[0]
    assert (len(story.hosts[0].script), other.script) == (1, ())  # type: ignore[attr-defined]
    assert [one.name for one in other.programs] == ["one", "two"]  # type: ignore[attr-defined]


def test_answer_facts_and_what_is_said_are_its_own_or_none() -> None:
    story, two, linux = stories()
    assert (story.answer, two.answer, linux.answer) == ("One.", "Two.", "")
    assert (two.expected.events, linux.expected.events) == (("A enters ESTABLISHED",), ())
    assert (len(story.say), two.say, linux.say) == (1, (), ())
    assert [[one.text for one in made.claims] for made in (story, two, linux)] == [["x"], ["two"], []]
    assert [one.in_language("zh").answer for one in (story, two, linux)] == ["一。", "二。", ""]


def test_what_harm_follows_is_a_variants_own() -> None:
    assert [one.harm for one in stories()] == ["", "Nobody asked.", ""]
    assert [one.in_language("zh").harm for one in stories()] == ["", "无人。", ""]
    assert stories()[1].in_language("de").harm == "Nobody asked."


def test_from_each_variant_one_comes_to_the_others_and_back() -> None:
    story, two, linux = stories()
    assert scenario_of_variant(two, "Linux") == linux
    assert scenario_of_variant(linux, "") == story
    assert scenario_of_variant(story, "") is story


def test_an_unknown_variant_is_refused_with_those_that_there_are() -> None:
    with refused(BadScenario, match="test has no variant 'x': allowed: 'two segments', 'Linux'"):
        scenario_of_variant(stories()[0], "x")
    with refused(BadScenario, match="test has no variants"):
        scenario_of_variant(scenario(CALLS), "x")


def test_a_variant_plays() -> None:
    assert [state.value for state in play(stories()[1]).end] == ["ESTABLISHED", "ESTABLISHED"]


# Languages.


def test_texts_in_another_language_stand_in_the_place_of_the_files_own() -> None:
    story = scenario(
        f'{CALLS}answer = "a"\nchapter = "c"\nsay = [{{ at = "1s", text = "s" }}]\n'
        'zh = { title = "题", say = ["说"] }\npt-BR = { question = "p" }\n'
    )
    chinese = story.in_language("zh")
    assert (chinese.title, chinese.question, chinese.answer) == ("题", "q", "a")
    assert chinese.say == (Say("说", 1_000_000),)
    assert story.in_language("pt-BR").question == "p"
    assert story.in_language("de") == story._replace(language="de")
    assert story.in_language("") is story


def test_a_storys_variants_are_in_its_language_too() -> None:
    variants = (
        '[[variant]]\nname = "v"\nzh = { title = "二" }\n[[variant]]\nname = "w"\nzh = { answer = "答" }\n'
    )
    story = scenario(f'zh = {{ title = "一" }}\n{CALLS}{variants}').in_language("zh")
    one, other = scenario_of_variant(story, "v"), scenario_of_variant(story, "w")
    assert (story.title, one.title, other.title, other.answer) == ("一", "二: v", "一: w", "答")
    assert (scenario_of_variant(one, "w").answer, scenario_of_variant(one, "").title) == ("答", "一")


def test_of_a_question_that_is_a_variants_own_the_storys_translation_is_none() -> None:
    story = scenario(
        f'zh = {{ question = "问", answer = "答", say = [] }}\n{CALLS}'
        '[[variant]]\nname = "v"\n[[variant]]\nname = "w"\nquestion = "w?"\nanswer = "w."\n'
    ).in_language("zh")
    one, other = scenario_of_variant(story, "v"), scenario_of_variant(story, "w")
    assert [(made.question, made.answer) for made in (story, one, other)] == [
        ("问", "答"), ("问", ""), ("w?", "w."),
    ]  # fmt: skip


def test_of_a_claim_its_text_and_its_reason_are_translated() -> None:
    story = scenario(
        f'{CALLS}{CLAIMS}[zh]\nclaims = [{{ text = "一", why = "因" }}, {{ text = "二", why = "果" }}]'
    )
    chinese = story.in_language("zh").claims
    assert [(one.text, one.why, one.verdict) for one in chinese] == [
        ("一", "因", "false"), ("二", "果", "imprecise"),
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["ZH", "zhong", "z", "zh_CN"])
def test_what_is_no_language_is_an_unknown_key(key: str) -> None:
    with pytest.raises(BadScenario) as caught:
        load_scenario(f'{HEAD}{key} = {{ title = "x" }}', "mine", "mine.toml")
    assert f"mine.toml: {key}: is unknown" in said(caught.value)
