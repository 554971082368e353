"""What is told of proofs: each in a word or two."""

from __future__ import annotations

from tcptui.explain.catalogue import say
from tcptui.trace.ledger import EndLedger, Provable


def fact_text(fact: Provable) -> str:
    """What there is proof of."""
    return say(f"ledger.{fact.name.lower()}")


def proof_text(ledger: EndLedger | None, fact: Provable) -> str:
    """Which segment proved it: ``by #3``; ``not yet``, or ``never`` where nothing can prove it any more."""
    proof = None if ledger is None else ledger.proofs.get(fact)
    if proof is not None:
        return say("ledger.by", number=proof.number) if proof.step > 0 else say("ledger.before")
    return say("ledger.never" if ledger is not None and ledger.is_never(fact) else "ledger.not_yet")


def unknown_text(ledger: EndLedger | None) -> str:
    """The last segment whose fate its sender does not know: ``#3 ACK``."""
    unknown = None if ledger is None else ledger.unknown
    return say("ledger.none") if unknown is None else unknown.name
