"""The words of questions before a step: what is about to happen, what is asked, and what it may be."""

from __future__ import annotations

SENTENCES = {
    "predict.ask": "{occasion} {asked}",
    # The frame of a question.
    "predict.title": "Predict what comes next",
    "predict.class": "Predict what comes next: space shows the answer",
    "predict.score": "Predict what comes next: {right} of {count} right in {chapter!r}",
    "predict.on": "before each step it is asked what comes next; the answers are counted",
    "predict.on_class": "for a class: space shows the answer, then makes the step; nothing is counted",
    "predict.off": "nothing is asked before a step any more",
    "predict.none": "Nothing is asked here: space goes on.",
    "predict.nothing_answered": "Nothing has been predicted yet: key P asks before each step.",
    "predict.right": "Right: {answer}.",
    "predict.wrong": "Wrong. It is: {answer}.",
    "predict.unanswered": "The answer, not counted: {answer}.",
    # What is about to happen.
    "predict.arrives": "{name} reaches {side}.",
    "predict.answers": "{side} answers {other} with {name}.",
    "predict.calls": "{side}'s program calls {call}.",
    "predict.fires": "{side}'s {timer} fires.",
    "predict.fires_first": "{side} sends {name}.",
    "predict.icmp": "An ICMP error reaches {side}.",
    "predict.time": "No segment arrives first, and no program calls.",
    "predict.waits": "{occasion} {side}'s program waits in {call}.",
    # What is asked.
    "predict.state": "{side} is in {state}. In which state is it then?",
    "predict.flags": "What does {side} send?",
    "predict.ack": "Which acknowledgment number does it have?",
    "predict.seq": "Which sequence number does it have?",
    "predict.timer": "Which timer fires?",
    "predict.returns": "What does the call return?",
    # What it may be.
    "predict.enters": "{state}",
    "predict.stays": "still {state}",
    "predict.bits": "{flags}",
    "predict.with_data": "{flags} with data",
    "predict.nothing": "nothing",
    "predict.number": "{number}",
    "predict.timer_of": "{side}'s {timer}",
    "predict.blocks": "nothing yet: it blocks",
    "predict.fails": "an error: {errno}",
    "predict.end_of_file": "0: the end of the data",
    "predict.octets_read": "the number of octets read",
    "predict.octets_taken": "the number of octets taken",
    "predict.descriptor": "a new socket",
    "predict.done": "0: the connection is open",
    "predict.response": "{words}",
}
