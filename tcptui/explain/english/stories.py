"""What is wrong with a story: facts that do not hold, moments that do not come, drafts; its panel, claims."""

from __future__ import annotations

SENTENCES = {
    "claim.count": "{count:claims}: {of_true} true, {of_imprecise} imprecise, {of_false} false",
    "claim.head": "Claim, {verdict}:",
    "claim.text": '"{text}" {why} ({source})',
    "claim.verdict.false": "false",
    "claim.verdict.imprecise": "imprecise",
    "claim.verdict.true": "true",
    "handout.claims": "What people say",
    "handout.here": "Here stands for the story, there for its variant.",
    "handout.other": "What is other than in the story",
    "handout.variants": "Variants",
    "new.written": (
        "{file}: written. tcptui play {path} plays it, and tcptui validate {path} says what is wrong with it."
    ),
    "ui.story.closes": "esc puts this away",
    "coverage.knobs": "Knobs that are on or off, by a story that each would change: {shown} of {of}",
    "coverage.rules": "Rules: {shown} of {of}",
    "coverage.timers": "Timers that fire: {shown} of {of}",
    "coverage.transitions": "Transitions between states: {shown} of {of}",
    "fact.cut": (
        "the run does not end by itself: it was cut after {steps} steps, at {at}; write until, or make its"
        " loops wait"
    ),
    "fact.cut_before_until": (
        "the run does not come to it: it was cut after {steps} steps, at {at}; does a loop never wait?"
    ),
    "fact.draft": "is a draft: read each fact against the RFC, then take draft away",
    "fact.end": "{text!r} is not so; instead: {instead}",
    "fact.end_none": "{text!r} is not so",
    "fact.fault_unused": "{text}: there is no such segment, so nothing happens to it",
    "fact.instead": "{pattern!r} does not happen here; nearest: {fact}",
    "fact.label_none": "{text!r} is not so: that frame of {frames} has no label",
    "fact.label_other": "{text!r} is not so: that frame of {frames} has {labels}",
    "fact.missing": "{pattern!r} does not happen, nor anything like it",
    "fact.never": "{pattern!r} must not happen, but does ({count:times}); first: {fact}",
    "fact.not_expected": "is strict, and this is not in the list: {fact}",
    "fact.says_never": "{pattern!r} never happens, so nothing is said of it",
    "fact.says_other": "{piece!r} is not said there, but: {sentence}",
    "fact.number_unknown": "{text!r} has a number that is not known at that moment",
    "fact.say_never": "is never said: its moment does not come",
    "fact.too_early": "{pattern!r} does not happen after {after!r}; the last: {fact}",
    "docs.out_of_date": "{file}:{line}: is out of date",
    "docs.filled_in": "{file}: {blocks:blocks} filled in",
    "validate.at": "{file}: {where}: {what}",
    "validate.at_line": "{file}:{line}: {where}: {what}",
    "validate.fine": "{file}: holds ({facts:facts}, {variants:variants})",
    "validate.of_variant": "variant {name!r}: {what}",
}
