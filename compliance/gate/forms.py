"""Spell an answer as one of the interfaces does: the bytes that are recorded, and that leave with their receipt.

A form is kept beside each record, so that a replay can spell its answer again and compare bytes.

Invariant: `receipt` is the last member of the document that an answer is, and null in what is recorded.

Reference: OpenID AuthZEN Authorization API 1.0, section 6.2 (the evaluation response).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import msgspec

from compliance.engine.decision import Outcome
from compliance.gate.spelling import answer_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.gate.answer import Answer

UNDECLARED: Final = "obligations-not-declared"
DECLARED: Final = "obligations"
"""Name in an AuthZEN context under which a client says which types of obligation it sees to."""
_encode: Final = msgspec.json.Encoder().encode
_NO_RECEIPT: Final = b'"receipt":null'


class Form(Protocol):
    """How answers are spelled, and whether their requests are read strictly."""

    @property
    def strict(self) -> bool:
        """Say whether a name that the vocabulary lacks is refused."""
        ...

    def kept(self) -> Mapping[str, Any]:
        """Return what `form_of` needs to make the form again, as JSON."""
        ...

    def question(self, body: object) -> object:
        """Return what of a request (parsed JSON) is for the gate and the rulebook."""
        ...

    def spell(self, answer: Answer) -> bytes:
        """Return the answer as it leaves, but for its receipt."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Our own interface, `/v1`."""

    name: ClassVar[str] = "v1"
    strict: ClassVar[bool] = True

    def kept(self) -> Mapping[str, Any]:
        """Return the name alone."""
        return {"name": self.name}

    def question(self, body: object) -> object:
        """Return all of it."""
        return body

    def spell(self, answer: Answer) -> bytes:
        """Return everything an answer says."""
        return _encode(answer_json(answer))


@dataclass(frozen=True, slots=True)
class AuthZEN:
    """AuthZEN 1.0, to a client that sees to obligations of the `declared` types."""

    declared: frozenset[str] = frozenset()
    name: ClassVar[str] = "authzen"
    strict: ClassVar[bool] = False

    def kept(self) -> Mapping[str, Any]:
        """Return the name and what the client declared."""
        return {"name": self.name, "obligations": sorted(self.declared)}

    def question(self, body: object) -> object:
        """Return it without what the client declares."""
        return without_declared(body)

    def spell(self, answer: Answer) -> bytes:
        """Return a decision, with everything an answer says as its context."""
        return _encode(evaluation_json(answer, self.declared))


PLAIN: Final = Plain()


def form_of(kept: Mapping[str, Any]) -> Form:
    """Return the form that was kept beside a record; raise `ValueError` for one that this version does not know."""
    if kept.get("name") == Plain.name:
        return PLAIN
    if kept.get("name") == AuthZEN.name:
        return AuthZEN(frozenset(kept["obligations"]))
    raise ValueError(f"answers in the form {json.dumps(kept)} cannot be spelled by this version")


def without_declared(body: object) -> object:
    """Return an AuthZEN request without what its client declares."""
    if not isinstance(body, dict) or not isinstance(context := body.get("context"), dict) or DECLARED not in context:
        return body
    return {**body, "context": {name: value for name, value in context.items() if name != DECLARED}}


def evaluation_json(answer: Answer, declared: frozenset[str]) -> dict[str, Any]:
    """Return an answer as AuthZEN spells it, to a client that sees to obligations of the `declared` types."""
    allowed = answer.allows_a_client_that(declared)
    context = answer_json(answer)
    receipt = context.pop("receipt")
    if not allowed:
        context["reason"] = _reason(answer)
    return {"decision": allowed, "context": {**context, "receipt": receipt}}


def with_receipt(response: bytes, receipt: str | None) -> bytes:
    """Return a recorded answer (bytes of a form) with its receipt in it."""
    if receipt is None:
        return response
    before, _, after = response.rpartition(_NO_RECEIPT)
    return b'%b"receipt":%b%b' % (before, _encode(receipt), after)


def _reason(answer: Answer) -> str:
    """Return the first thing that stands in the way, as a slug."""
    decision = answer.decision
    if decision.outcome is Outcome.ALLOW:
        return UNDECLARED
    if decision.ground is not None:
        return decision.ground
    if decision.outcome is Outcome.INCOMPLETE:
        return "facts-missing" if decision.missing else "requirements-not-met"
    grounds = decision.grounds
    if decision.counterparty is not None:
        grounds += decision.counterparty[1].grounds
    against = [ground.rule for ground in grounds if ground.effect != "permit"]
    return against[0] if against else decision.outcome.value
