"""What is told of a claim: the sentence that people learn, whether it is so, and why."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.lab.scenario import Claim


def claim_head(claim: Claim) -> str:
    """Its verdict: ``Claim, false:``."""
    return say("claim.head", verdict=say(f"claim.verdict.{claim.verdict}"))


def claim_text(claim: Claim) -> str:
    """The sentence, what is right, and where that is written."""
    return say("claim.text", text=claim.text, why=claim.why, source=claim.source)
