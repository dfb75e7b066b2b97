"""Say what the log keeps of an answer: what everybody may read for ever, and what is sealed under a person's key.

The public part names no person and repeats no fact about one; the rules that determined the answer, and the places
that they belong to, are what an auditor counts by. The sealed part has the bytes of request and answer, and how the
answer was spelled, and what feeds said of the resource: with the kept rulebook, that is all a replay needs.

Reference: DESIGN section 6; docs/decisions/0020, 0022 and 0024.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from compliance.gate.feeds import kept
from compliance.gate.pieces import spell
from compliance.gate.values import exact, instant, spelled
from compliance.ledger.canonical import Canonical, canonical
from compliance.ledger.entry import DecisionRecord
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.engine.decision import Decision
    from compliance.engine.request import Request
    from compliance.gate.answer import Answer
    from compliance.gate.forms import Form
    from compliance.gate.recorder import Record


def decision_record(record: Record) -> DecisionRecord:
    """Return what is to be kept of an answer; the decision on a second subject becomes a record of its own."""
    answer = record.answer
    request = answer.request
    personal: dict[str, Any] = {"form": dict(record.form.kept())}
    if record.fed:
        personal["fed"] = exact(kept(record.fed, request.resource_id))
    digest = record.rulebook.digest
    second = None
    if request.counterparty is not None and answer.decision.counterparty is not None:
        name, other = request.counterparty
        # What both took part in goes with either; what is known of each alone stays readable without the other.
        personal["facts"] = known_facts(record.rulebook.vocabulary.facts, request)
        facts = known_facts(record.rulebook.vocabulary.facts, other)
        about = {"id": f"{answer.id}:{name}", **_decided(answer.decision.counterparty[1], other), "beside": answer.id}
        subject = _subject(other, f"{answer.id}:{name}")
        second = DecisionRecord(about, {"facts": facts}, subject, digest, b"", b"")
    return DecisionRecord(
        public=Canonical(spell(answer, None, public_json, canonical)),
        personal=personal if len(personal) > 1 else _kept_form(record.form),
        subject_id=_subject(request, answer.id),
        ruleset_digest=digest,
        request=record.request,
        response=record.response,
        second=second,
        id=answer.id,
    )


def public_json(answer: Answer) -> dict[str, Any]:
    """Return what everybody may read of an answer for ever."""
    return {
        "id": answer.id,
        **_decided(answer.decision, answer.request),
        "as_of": instant(answer.decision.as_of),
        "decided_at": instant(answer.decided_at),
        "expires_at": None if answer.expires_at is None else instant(answer.expires_at),
        "binding": answer.binding,
        "ruleset": {
            "digest": answer.ruleset.digest,
            "status": answer.ruleset.status,
            "version": answer.ruleset.version,
        },
    }


@lru_cache(maxsize=256)
def _kept_form(form: Form) -> Canonical:
    return Canonical(canonical({"form": dict(form.kept())}))


def known_facts(paths: Mapping[str, object], request: Request) -> dict[str, Any]:
    """Return the facts of a request that are known, by path, as requests spell them (`None`: said not to be)."""
    values = ((path, request.facts[path]) for path in paths)
    return {path: exact(spelled(value)) for path, value in values if value is not UNKNOWN}


def _decided(decision: Decision, request: Request) -> dict[str, Any]:
    grounds = decision.grounds
    places = {ground.jurisdiction for ground in grounds if ground.jurisdiction is not None}
    return {
        "outcome": decision.outcome.value,
        "action": request.action,
        "resource": {"type": request.resource_type, "id": request.resource_id},
        "ground": decision.ground,
        "grounds": [{"rule": ground.rule, "effect": ground.effect} for ground in grounds],
        "territories": sorted(places),
    }


def _subject(request: Request, id_: str) -> str:
    """Return whose key seals a record: where no id was given, a key for this record alone."""
    return request.subject_id if request.subject_id is not None else f"decision {id_}"
