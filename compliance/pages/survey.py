"""Ask the engine, for every place, product and action, what one customer may do, and under which conditions.

The customer is asked about with what the persona says. What is then missing is filled in from the vocabulary's
examples; what can be chosen about an order, said or filled in, is chosen so that it lets him in. The rules that waited
for any of it are the conditions under which the answer holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from compliance.engine.coverage import products
from compliance.engine.decision import Outcome
from compliance.engine.reach import alike
from compliance.language.rulebook import Effect
from compliance.pages.customer import Customer

if TYPE_CHECKING:
    from compliance.engine.book import BookAt
    from compliance.engine.decision import Decision, Verdict
    from compliance.language.rulebook import Persona
    from compliance.vocabulary.facts import Fact

_ROUNDS = 4
"""How often an answer may ask for more before it is left as it is."""


class Status(StrEnum):
    """What the customer may do, widest first."""

    OPEN = "open"
    CONDITIONS = "conditions"
    REFERRED = "referred"
    REGION = "region"
    ASKS = "asks"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Return how it is called."""
        return _LABELS[self][0]

    @property
    def short(self) -> str:
        """Return how it is called where there is little room."""
        return self.label.rsplit(" ", 1)[-1].capitalize()

    @property
    def means(self) -> str:
        """Return the sentence that explains it."""
        return _LABELS[self][1]


_LABELS = {
    Status.OPEN: ("Open", "allowed as it stands"),
    Status.CONDITIONS: ("Open with conditions", "allowed once conditions are met, or with duties for the venue"),
    Status.REFERRED: ("Referred", "a person decides"),
    Status.REGION: ("By region", "it depends on the region of the country"),
    Status.ASKS: ("More is asked", "more has to be known about the customer"),
    Status.CLOSED: ("Closed", "not allowed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the customer may do in one place with one product; the names are ids of rules."""

    action: str
    status: Status
    grounds: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    nothing_permits: bool = False
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything that was found: product -> place -> what holds for each action, in the vocabulary's order."""

    actions: tuple[str, ...]
    found: dict[str, dict[str, tuple[Finding, ...]]]
    like: dict[str, str]
    """Territory -> one that no rule tells apart from it, the same for all such."""

    def at(self, product: str, place: str, action: str) -> Finding | None:
        """Return what was found for one question."""
        return next((one for one in self.found[product].get(place, ()) if one.action == action), None)


def survey(
    book: BookAt, customers: Mapping[str, Customer], told: Callable[[int, int], None] = lambda *_: None
) -> Survey:
    """Return what each product's customer may do in each territory of ISO 3166-1.

    Args:
        book: the rules in force at the instant that the customers' requests are made for.
        customers: product -> who is asked about.
        told: called with how many questions are done, and of how many.
    """
    actions = book.ruleset.vocabulary.all_actions()
    classes = alike(book.ruleset)
    found: dict[str, dict[str, tuple[Finding, ...]]] = {product: {} for product in customers}
    done = 0
    for product, customer in customers.items():
        for codes in classes:
            # What the persona says of its own home may be finer than a country.
            own = [code for code in codes if code in customer.homes]
            for group in (own, [code for code in codes if code not in own]):
                if group:
                    answers = tuple(findings(book, customer, group[0], product, actions))
                    found[product] |= dict.fromkeys(group, answers)
            done += 1
            told(done, len(customers) * len(classes))
    return Survey(actions, found, {code: codes[0] for codes in classes for code in codes})


def customers_of(book: BookAt, persona: Persona) -> dict[str, Customer]:
    """Return, for each product that can be asked about, the customer to ask for.

    It is `persona` for the product of its own resource, first in the result. Another product may have a persona of
    the same kind that begins with a resource of it; else it is `persona` again.
    """
    rulebook = book.ruleset.rulebook
    first = Customer(rulebook, persona, book.instant)
    every = [first, *(Customer(rulebook, other, book.instant) for other in rulebook.personas.values())]
    actions = book.ruleset.vocabulary.all_actions()
    named = [name for name in products(book.ruleset) if any(first.resource(action, name) for action in actions)]
    named.sort(key=lambda name: name != first.product)
    return {
        name: next((one for one in every if one.product == name and one.kind == first.kind), first) for name in named
    }


def findings(book: BookAt, customer: Customer, place: str, product: str, actions: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what `customer` may do at home in `place`, a territory or a region, for each action with a resource."""
    for action in actions:
        request = customer.asks(place, action, product)
        if request is not None:
            yield _finding(book, customer, request, action)


def _finding(book: BookAt, customer: Customer, body: dict[str, Any], action: str) -> Finding:
    waited: dict[str, None] = {}
    given = customer.circumstances(body)
    filled: list[Fact] = []
    regions: tuple[str, ...] = ()
    request = book.request(body)
    verdict = book.verdict(request)
    for _ in range(_ROUNDS):
        if verdict.outcome is not Outcome.INCOMPLETE:
            break
        # Only what waits has to be explained: it takes longer than to decide.
        decision = book.decision(request)
        waited |= dict.fromkeys(_waiting(decision))
        regions = tuple(dict.fromkeys(code for fact in decision.missing for code in fact.choices))
        put = customer.completed(body, (fact.fact for fact in decision.missing))
        if not put:
            break
        filled += put
        request = book.request(body)
        verdict = book.verdict(request)
    verdict = _best(book, customer, body, [*given, *filled], verdict)
    obligations = tuple(rule.id for rule in verdict.obligations)
    conditions = tuple(rule for rule in sorted(waited) if _binds(book, rule))
    status = _status(verdict.outcome, conditional=bool(conditions or obligations), by_region=bool(regions))
    return Finding(
        action,
        status,
        tuple(rule.id for rule in verdict.grounds),
        conditions if status not in {Status.CLOSED, Status.REGION} else (),
        obligations,
        nothing_permits=status is Status.CLOSED and not verdict.grounds,
        regions=regions if status is Status.REGION else (),
    )


def _best(book: BookAt, customer: Customer, body: dict[str, Any], facts: list[Fact], verdict: Verdict) -> Verdict:
    """Return the widest verdict that choices among `facts` lead to, one fact after the other."""
    for fact in facts:
        for other in customer.alternatives(body, fact):
            if verdict.outcome is Outcome.ALLOW:
                return verdict
            found = book.verdict(book.request(other))
            if found.outcome.severity > verdict.outcome.severity:
                body, verdict = other, found
    return verdict


def _waiting(decision: Decision) -> Iterator[str]:
    """Yield the rules that an incomplete answer waits for."""
    for fact in decision.missing:
        yield from fact.blocks
    yield from (found.rule for found in decision.requirements)


def _binds(book: BookAt, id_: str) -> bool:
    """Say whether a rule that waited is a condition: a demand, or a forbid that its facts keep from holding."""
    rule = next((rule for rule in book.ruleset.rules if rule.id == id_), None)
    return rule is not None and rule.effect in {Effect.REQUIRE, Effect.FORBID}


def _status(outcome: Outcome, *, conditional: bool, by_region: bool) -> Status:
    match outcome:
        case Outcome.ALLOW:
            return Status.CONDITIONS if conditional else Status.OPEN
        case Outcome.REFER:
            return Status.REFERRED
        case Outcome.DENY:
            return Status.CLOSED
        case Outcome.INCOMPLETE:
            return Status.REGION if by_region else Status.ASKS
