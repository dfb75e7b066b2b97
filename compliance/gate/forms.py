"""Spell an answer as one of the interfaces does: the bytes that are recorded, and that leave with their receipt.

A form is kept beside each record, so that a replay can spell its answer again and compare bytes.

Invariant: `receipt` is the last member of the document that an answer is, and null in what is recorded.

Reference: OpenID AuthZEN Authorization API 1.0, section 6.2 (the evaluation response).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

import msgspec

from compliance.engine.decision import Outcome
from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.zones import DECLARED
from compliance.gate.pieces import spell
from compliance.gate.spelling import answer_json, minimal_json

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from compliance.engine.book import BookAt
    from compliance.engine.request import Request
    from compliance.gate.answer import Answer

UNDECLARED: Final = "obligations-not-declared"
_encode: Final = msgspec.json.Encoder().encode
_NULL: Final = b"null"
_NO_RECEIPT: Final = b'"receipt":' + _NULL


class Form(Protocol):
    """How answers are spelled, and whether their requests are read strictly."""

    @property
    def strict(self) -> bool:
        """Say whether a name that the vocabulary lacks is refused."""
        ...

    @property
    def way(self) -> Hashable:
        """Return what tells this way of spelling from the others: what is the same for all answers is kept under it."""
        ...

    def kept(self) -> Mapping[str, Any]:
        """Return what `form_of` needs to make the form again, as JSON."""
        ...

    def quick(self, book: BookAt, raw: bytes) -> tuple[Request, Form] | None:
        """Return the request in the bytes of a body, and the form with what it declares; `None`: use `question`."""
        ...

    def question(self, body: object) -> tuple[object, Form]:
        """Return what of a request (parsed JSON) is for the rulebook, and the form with what it declares.

        Raises:
            RequestRefused: if what it declares cannot be read.
        """
        ...

    def spell(self, answer: Answer) -> bytes:
        """Return the answer as it leaves, but for its receipt."""
        ...

    def __hash__(self) -> int:
        """Return a hash: what is the same for all records of a form is kept."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Our own interface, `/v1`."""

    name: ClassVar[str] = "v1"
    way: ClassVar[str] = name
    strict: ClassVar[bool] = True

    def kept(self) -> Mapping[str, Any]:
        """Return the name alone."""
        return {"name": self.name}

    def quick(self, book: BookAt, raw: bytes) -> tuple[Request, Form] | None:
        """Return the request in `raw`."""
        request = book.read(raw)
        return None if request is None else (request, self)

    def question(self, body: object) -> tuple[object, Form]:
        """Return all of it."""
        return body, self

    def spell(self, answer: Answer) -> bytes:
        """Return everything an answer says."""
        return spell(answer, self.way, answer_json)


@dataclass(frozen=True, slots=True)
class Minimal:
    """Our own interface to a client that prefers a minimal answer: what to do, and the names of the rules."""

    name: ClassVar[str] = "v1-minimal"
    way: ClassVar[str] = name
    strict: ClassVar[bool] = True

    def kept(self) -> Mapping[str, Any]:
        """Return the name alone."""
        return {"name": self.name}

    def quick(self, book: BookAt, raw: bytes) -> tuple[Request, Form] | None:
        """Return the request in `raw`."""
        request = book.read(raw)
        return None if request is None else (request, self)

    def question(self, body: object) -> tuple[object, Form]:
        """Return all of it."""
        return body, self

    def spell(self, answer: Answer) -> bytes:
        """Return what a program needs in order to go on."""
        return spell(answer, self.way, minimal_json)


@dataclass(frozen=True, slots=True)
class AuthZEN:
    """AuthZEN 1.0, to a client that sees to obligations of the `declared` types."""

    declared: frozenset[str] = frozenset()
    name: ClassVar[str] = "authzen"
    strict: ClassVar[bool] = False

    @property
    def way(self) -> frozenset[str]:
        """Return what the client declared."""
        return self.declared

    def kept(self) -> Mapping[str, Any]:
        """Return the name and what the client declared."""
        return {"name": self.name, "obligations": sorted(self.declared)}

    def quick(self, book: BookAt, raw: bytes) -> tuple[Request, Form] | None:
        """Return the request in `raw`, and what its client declares."""
        found = book.read_evaluation(raw)
        return None if found is None else (found[0], AuthZEN(found[1]))

    def question(self, body: object) -> tuple[dict[str, object], AuthZEN]:
        """Return it without what the client declares, and with that in the form."""
        if not isinstance(body, dict):
            help_ = "send {subject, action, resource, context}"
            raise RequestRefused((Problem("", "a request is an object", help_),))
        context = body.get("context")
        if not isinstance(context, dict) or DECLARED not in context:
            return body, self
        types = context[DECLARED]
        if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
            help_ = 'send the types that you see to, for instance ["show-prospectus"]'
            raise RequestRefused((Problem(f"/context/{DECLARED}", "`obligations` is a list of texts", help_),))
        rest = {name: value for name, value in context.items() if name != DECLARED}
        return {**body, "context": rest}, AuthZEN(frozenset(types))

    def spell(self, answer: Answer) -> bytes:
        """Return a decision, with everything an answer says as its context."""
        return spell(answer, self.way, partial(evaluation_json, declared=self.declared))


PLAIN: Final = Plain()
MINIMAL: Final = Minimal()


def form_of(kept: Mapping[str, Any]) -> Form:
    """Return the form that was kept beside a record; raise `ValueError` for one that this version does not know."""
    if kept.get("name") == Plain.name:
        return PLAIN
    if kept.get("name") == Minimal.name:
        return MINIMAL
    if kept.get("name") == AuthZEN.name:
        return AuthZEN(frozenset(kept["obligations"]))
    raise ValueError(f"answers in the form {json.dumps(kept)} cannot be spelled by this version")


def evaluation_json(answer: Answer, declared: frozenset[str]) -> dict[str, Any]:
    """Return an answer as AuthZEN spells it, to a client that sees to obligations of the `declared` types."""
    allowed = answer.allows_a_client_that(declared)
    context = answer_json(answer)
    receipt = context.pop("receipt")
    if not allowed:
        context["reason"] = _reason(answer)
    return {"decision": allowed, "context": {**context, "receipt": receipt}}


def with_receipt(response: bytes, receipt: bytes | None) -> bytes:
    """Return a recorded answer (bytes of a form) with its receipt, a text as JSON, in it."""
    if receipt is None:
        return response
    end = response.rindex(_NO_RECEIPT) + len(_NO_RECEIPT)
    return b"".join((response[: end - len(_NULL)], receipt, response[end:]))


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
