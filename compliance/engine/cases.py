"""Hold a rulebook to its cases: decide each as a request would be, and say where the answer differs from the case.

Reference: docs/reference/rule-language.md, "Cases".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from compliance.engine.decoder import FedValue, Surroundings, decode
from compliance.engine.envelope import RequestRefused
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.reading import read_value
from compliance.vocabulary.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from compliance.engine.book import Book
    from compliance.engine.decision import Decision
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Case
    from compliance.vocabulary.values import FactValue


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case that does not hold, and every way in which it does not."""

    case: Case
    problems: tuple[str, ...]
    """Lower-case sentences, for instance "the outcome is `deny`, not `allow`"."""

    def __str__(self) -> str:
        """Return the place of the case, its sentence and what differs."""
        return f"{self.case.span}: {self.case.name}: {'; '.join(self.problems)}"


def run_cases(book: Book) -> list[CaseFailure]:
    """Return the cases of `book` that do not hold, in order."""
    checked = ((case, tuple(_differences(book, case))) for case in book.rulebook.cases)
    return [CaseFailure(case, problems) for case, problems in checked if problems]


def body_of(request: Mapping[str, object]) -> dict[str, object]:
    """Return a case's request as a client would send it: the reader has put facts into `properties` already."""
    return dict(request)


def _asked(
    ruleset: Ruleset, instant: datetime, request: Mapping[str, object]
) -> tuple[dict[str, object], Surroundings]:
    """Return a case's request as a client would send it, and apart from it what feeds and the gate would say."""
    body: dict[str, object] = {}
    fed: dict[tuple[str, str], FedValue] = {}
    gate: dict[str, FactValue] = {}
    for part, given in request.items():
        if not isinstance(given, dict):
            body[part] = given
            continue
        inside = part != Zone.CONTEXT and "properties" in given
        facts = dict(given["properties"] if inside else given)
        for fact in ruleset.facts_by_zone.get(Zone(part), {}).values():
            if fact.name not in facts or Origin.REQUEST in fact.origins:
                continue
            value = read_value(fact.type, facts.pop(fact.name), records=ruleset.vocabulary.records, at_least=0)
            if Origin.FEED in fact.origins:
                fed[(fact.path, "*")] = FedValue(value, instant + timedelta(days=1))
            else:
                gate[fact.path] = value
        body[part] = {**given, "properties": facts} if inside else facts
    return body, Surroundings(instant, fed, gate)


def request_of(ruleset: Ruleset, case: Case) -> Request:
    """Return a case's request, decoded for the rules in force then, with what it says of feeds and the gate.

    Raises:
        Refused: if a fact of the house cannot be read.
        RequestRefused: with every problem of what a client would send.
    """
    body, surroundings = _asked(ruleset, case.as_of, case.request)
    return decode(ruleset, body, surroundings)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a case is held to: an outcome, the names that it may give as grounds, and what else determined it."""

    outcome: str
    grounds: tuple[str, ...]
    missing: tuple[str, ...] | None
    """`None`: not found out, so nothing that a case states about it is compared."""
    requirements: frozenset[str]
    obligations: frozenset[str]

    @classmethod
    def of(cls, decision: Decision) -> Answer:
        """Return what a decision answers."""
        return cls(
            outcome=decision.outcome,
            grounds=tuple(_grounds(decision)),
            missing=tuple(fact.fact for fact in decision.missing),
            requirements=frozenset(found.rule for found in decision.requirements),
            obligations=frozenset(found.rule for found in decision.obligations),
        )


def differences(case: Case, answer: Answer) -> Iterator[str]:
    """Yield what of an answer differs from what the case states."""
    if answer.outcome != case.outcome:
        yield f"the outcome is `{answer.outcome}`, not `{case.outcome}`"
    for ground in case.grounds or ():
        if not _among(ground, answer.grounds):
            yield f"`{ground}` is not among the grounds: {_listed(answer.grounds)}"
    for ground in case.not_grounds or ():
        if _among(ground, answer.grounds):
            yield f"`{ground}` is among the grounds: {_listed(answer.grounds)}"
    if case.missing is not None and answer.missing not in {None, case.missing}:
        yield f"the missing facts are {_listed(answer.missing or ())}, not {_listed(case.missing)}"
    for noun, stated, actual in (
        ("requirements", case.requirements, answer.requirements),
        ("obligations", case.obligations, answer.obligations),
    ):
        if stated is not None and actual != set(stated):
            yield f"the {noun} are {_listed(sorted(actual))}, not {_listed(stated)}"


def _differences(book: Book, case: Case) -> Iterator[str]:
    """Yield what of the answer differs from what the case states."""
    try:
        at = book.at(case.as_of)
        decision = at.decision(request_of(at.ruleset, case))
    except Refused as refused:
        yield f"a fact of the house cannot be read: {refused.message}"
        return
    except RequestRefused as refused:
        for problem in refused.problems:
            yield f"the request is refused at {problem.pointer}: {problem.message}"
        return
    yield from differences(case, Answer.of(decision))


def _grounds(decision: Decision) -> Iterator[str]:
    """Yield the names a case may give as grounds: those of both subjects where there are two."""
    if decision.ground is not None:
        yield decision.ground
    yield from (ground.rule for ground in decision.grounds)
    if decision.counterparty is not None:
        yield from _grounds(decision.counterparty[1])


def _among(ground: str, names: Iterable[str]) -> bool:
    """Say whether a ground of that name, or one that begins with it, is among `names`."""
    return any(name == ground or name.startswith(f"{ground}/") for name in names)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
