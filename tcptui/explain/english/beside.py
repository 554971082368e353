"""Two runs beside each other: where they first differ, and what each does instead."""

from __future__ import annotations

SENTENCES = {
    "beside.story": "the story",
    "beside.under": "under {stack}",
    "beside.first": "They first differ at {at} s: here {here}, there {there}.",
    "beside.first.here": "They first differ at {at} s: here {what}, there not.",
    "beside.first.there": "They first differ at {at} s: there {what}, here not.",
    "beside.course": "Their course differs from {at} s on: here {here}, there {there}.",
    "beside.course.here": "Their course differs from {at} s on: here {what}, there not.",
    "beside.course.there": "Their course differs from {at} s on: there {what}, here not.",
    "beside.same_course": "From then on they take the same course.",
    "beside.same_so_far": "Up to here both do the same.",
    "beside.same": "Both do the same to the end.",
    # What one of them does, in words.
    "fact.leaves": "{who} sends {segment}",
    "fact.has": "{who}'s {segment} has {fields}",
    "fact.no_field": "no {name}",
    "fact.arrives": "{who}'s {segment} arrives",
    "fact.lost": "{who}'s {segment} is lost",
    "fact.calls": "{who} calls {name}()",
    "fact.returns": "{who}'s {name}() returns {value}",
    "fact.enters": "{who} enters {name}",
    "fact.fires": "{who}'s {timer} fires",
    "fact.sets": "{who}'s {timer} is set to {value}",
    "fact.stops": "{who}'s {timer} is stopped",
    "fact.told": "{who}'s program is told: {name}",
    "fact.reads": "{who}'s program reads {name}",
    "fact.third_party": "a third party",
}
