"""Cedar through cedarpy: every rule a permit policy, so that one call lists all rules that fired."""

from __future__ import annotations

from typing import Any

import cedarpy  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.dialect import CEDAR
from benchmarks.engines.gather import Verdicts, effects_of, flat, gather, gather_partial
from benchmarks.engines.slicing import chooser
from benchmarks.facts import FACTS
from benchmarks.model import Answer, Engine, Rule, Rulebook

SUBJECT = {"type": "Subject", "id": "s"}
RESOURCE = {"type": "Instrument", "id": "i"}
PARTIAL = {"principal": 'Subject::"s"', "resource": 'Instrument::"i"'}
"""The same in Cedar's own syntax, the only one that partial evaluation takes."""


def policy(rule: Rule, *, scoped: bool) -> str:
    """Write one rule; actions go into the head, where Cedar expects them."""
    action = "action"
    conditions = []
    if scoped:
        names = ", ".join(f'Action::"{name}"' for name in rule.actions)
        action = f"action in [{names}]"
        if rule.jurisdiction is not None:
            conditions.append(f'context.residence == "{rule.jurisdiction}"')
    if rule.fires is not None:
        conditions.append(CEDAR.write(rule.fires))
    when = "".join(f" when {{ {condition} }}" for condition in conditions)
    return f'@id("{rule.identifier}") permit(principal, {action}, resource){when};'


def load(rulebook: Rulebook, form: str) -> Engine:
    """Parse the policies."""
    effects = effects_of(rulebook.rules)
    entities = cedarpy.Entities.from_json_str("[]")

    def build(rules: tuple[Rule, ...], scoped: bool) -> Any:
        return cedarpy.PolicySet.from_str("\n".join(policy(rule, scoped=scoped) for rule in rules))

    choose = chooser(rulebook, form, build)

    def question(facts: dict[str, Any]) -> dict[str, Any]:
        action = {"type": "Action", "id": facts["action"]}
        return {"principal": SUBJECT, "action": action, "resource": RESOURCE, "context": facts}

    def decide(facts: dict[str, Any]) -> Answer:
        result = cedarpy.is_authorized(question(facts), choose(facts), entities)
        return gather(result.diagnostics.id_annotations_by_reason.values(), effects)

    def partial(facts: dict[str, Any]) -> Answer:
        unknown = {name: {"__extn": {"fn": "unknown", "arg": name}} for name in FACTS if name not in facts}
        request = question(facts | unknown) | PARTIAL | {"action": f'Action::"{facts["action"]}"'}
        result = cedarpy.is_authorized_partial(request, choose(facts), entities)
        found = result.diagnostics
        names = found.id_annotations_by_reason
        verdicts = Verdicts([names[i] for i in found.reasons], [names[i] for i in found.nontrivial_residuals])
        return gather_partial(verdicts, effects)

    return Engine(flat, decide, partial)
