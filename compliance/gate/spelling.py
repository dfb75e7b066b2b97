"""Spell an answer as JSON. docs/reference/http.md says what each field means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance.gate.values import cited, instant, spelled, stated

if TYPE_CHECKING:
    from compliance.engine.decision import Decision, Ground, LeafFinding, MissingFact, NearestPermit
    from compliance.gate.answer import Answer


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return everything an answer says."""
    decision, request = answer.decision, answer.request
    return {
        "id": answer.id,
        **decision_json(decision),
        "binding": answer.binding,
        "as_of": instant(decision.as_of),
        "decided_at": instant(answer.decided_at),
        "expires_at": instant(answer.expires_at) if answer.expires_at is not None else None,
        "ruleset": {
            "version": answer.ruleset.version,
            "status": answer.ruleset.status,
            "digest": answer.ruleset.digest,
        },
        "ignored": list(request.ignored),
        "receipt": answer.receipt,
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """Return what was decided and why, and the second subject's decision where there is one."""
    made: dict[str, Any] = {
        "outcome": decision.outcome.value,
        "ground": decision.ground,
        "grounds": [_ground(each) for each in decision.grounds],
        "missing": [_missing(fact) for fact in decision.missing],
        "requirements": [
            {
                "rule": found.rule,
                "says": found.says,
                "remedy": found.remedy,
                "met": found.met,
                "authority": [cited(source) for source in found.authority],
            }
            for found in decision.requirements
        ],
        "obligations": [
            {
                "rule": found.rule,
                "type": found.type,
                "says": found.says,
                "authority": [cited(source) for source in found.authority],
            }
            for found in decision.obligations
        ],
        "assumed": [
            {**stated(found.fact, found.value), "authority": [cited(source) for source in found.authority]}
            for found in decision.assumed
        ],
        "errors": [{"rule": found.rule, "message": found.message} for found in decision.errors],
        "nearest": [_nearest(found) for found in decision.nearest],
        "changes": None
        if decision.changes is None
        else [{"fact": found.fact, "value": spelled(found.value)} for found in decision.changes],
        "warnings": list(decision.warnings),
        "counterparty": None,
    }
    if decision.counterparty is not None:
        name, second = decision.counterparty
        made["counterparty"] = {"name": name, **decision_json(second)}
    return made


def minimal_json(answer: Answer) -> dict[str, Any]:
    """Return what a program needs in order to go on."""
    return {
        "id": answer.id,
        **minimal_decision_json(answer.decision),
        "binding": answer.binding,
        "as_of": instant(answer.decision.as_of),
        "decided_at": instant(answer.decided_at),
        "expires_at": instant(answer.expires_at) if answer.expires_at is not None else None,
        "ruleset": answer.ruleset.digest,
        "receipt": answer.receipt,
    }


def minimal_decision_json(decision: Decision) -> dict[str, Any]:
    """Return what was decided and by which rules, and the second subject's decision where there is one."""
    made: dict[str, Any] = {
        "outcome": decision.outcome.value,
        "ground": decision.ground,
        "grounds": [{"rule": each.rule, "effect": each.effect, "says": each.says} for each in decision.grounds],
        "missing": [fact.fact for fact in decision.missing],
        "requirements": [found.rule for found in decision.requirements],
        "obligations": [{"rule": found.rule, "type": found.type} for found in decision.obligations],
        "errors": [found.rule for found in decision.errors],
    }
    if decision.counterparty is not None:
        name, second = decision.counterparty
        made["counterparty"] = {"name": name, **minimal_decision_json(second)}
    return made


def _ground(ground: Ground) -> dict[str, Any]:
    return {
        "rule": ground.rule,
        "effect": ground.effect,
        "says": ground.says,
        "value": ground.value,
        "leaves": [_leaf(leaf) for leaf in ground.leaves],
        "authority": [cited(source) for source in ground.authority],
        "jurisdiction": ground.jurisdiction,
        "layer": ground.layer,
        "homes": list(ground.homes),
        "notes": list(ground.notes),
    }


def _leaf(leaf: LeafFinding) -> dict[str, Any]:
    return {
        "source": leaf.source,
        "says": leaf.says,
        "value": leaf.value,
        "facts": [stated(used.path, used.value) for used in leaf.facts],
    }


def _missing(fact: MissingFact) -> dict[str, Any]:
    return {
        "fact": fact.fact,
        "from": list(fact.origins),
        "ask": fact.ask,
        "why": fact.why,
        "blocks": list(fact.blocks),
        "choices": list(fact.choices),
    }


def _nearest(found: NearestPermit) -> dict[str, Any]:
    return {
        "home": found.home,
        "rule": found.rule,
        "says": found.says,
        "lapsed_on": instant(found.lapsed_on) if found.lapsed_on is not None else None,
        "failing": [_leaf(leaf) for leaf in found.failing],
    }
