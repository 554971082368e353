"""How scripts ended, as JUnit XML: what the servers that run tests show.

There is no standard but what Ant's JUnit task wrote; what is here are the elements and attributes that
Jenkins, GitLab and GitHub's actions read. A script that fails is a failure, one that can't be used an error,
one that needs what there is not is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tcptui.explain.catalogue import text
from tcptui.formats.packetdrill.checking import Case
from tcptui.formats.packetdrill.outcome import Failed, Unsupported, Unusable
from tcptui.printable import printable


def junit_xml(cases: Sequence[Case]) -> bytes:
    """The cases as one test suite, in UTF-8."""
    kinds = [type(case.outcome) for case in cases]
    counts = {
        "tests": str(len(cases)),
        "failures": str(kinds.count(Failed)),
        "errors": str(kinds.count(Unusable)),
        "skipped": str(kinds.count(Unsupported)),
        "time": _seconds(sum(case.seconds for case in cases)),
    }
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": "tcptui check", **counts})
    for case in cases:
        _add(suite, case)
    indent(root)
    octets: bytes = tostring(root, "utf-8", xml_declaration=True)
    return octets + b"\n"


def _add(suite: Element, case: Case) -> None:
    folder, name = os.path.split(case.file)
    outcome = case.outcome
    attributes = {"classname": folder or ".", "name": name, "file": case.file, "time": _seconds(case.seconds)}
    if isinstance(outcome, (Failed, Unsupported)):
        attributes["line"] = str(outcome.line)
    element = SubElement(suite, "testcase", {key: printable(value) for key, value in attributes.items()})
    tell = printable(str(outcome))
    match outcome:
        case Failed():
            kind = printable(f"{text(outcome.difference)}: {outcome.rule}".removesuffix(": "))
            SubElement(element, "failure", {"message": tell, "type": kind}).text = tell
        case Unsupported():
            SubElement(element, "skipped", {"message": tell})
        case Unusable():
            SubElement(element, "error", {"message": tell, "type": "unusable"}).text = tell
    if outcome.notes:
        SubElement(element, "system-out").text = "\n".join(printable(text(note)) for note in outcome.notes)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
