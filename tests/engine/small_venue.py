"""A venue small enough to read at a glance: facts of every origin, two instruments, a recipient, one feed each way."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from compliance.engine.decoder import Surroundings, decode
from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.request import Request
from compliance.engine.ruleset import Ruleset, Timeline
from compliance.language.rulebook import CatalogueEntry, Product, Rule, Rulebook
from compliance.language.span import NOWHERE
from compliance.vocabulary.authority import Authority, Standing
from compliance.vocabulary.facts import (
    Computed,
    Counterparty,
    Fact,
    Origin,
    RecordField,
    ResourceType,
    SubjectKind,
    Vocabulary,
    WithoutFeed,
)
from compliance.vocabulary.places import Places
from compliance.vocabulary.types import (
    BOOL,
    CURRENCY,
    DECIMAL,
    INT,
    MONEY,
    STRING,
    TERRITORY,
    TIMESTAMP,
    FactType,
    ListType,
    OneOfType,
    RecordType,
    SetType,
)

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOUSE = (Authority("House decision 1", date(2026, 1, 1), Standing.HOUSE),)
CATALOGUE, FEED, GATE, REQUEST = Origin.CATALOGUE, Origin.FEED, Origin.GATE, Origin.REQUEST
PERSON, COMPANY = frozenset({"person"}), frozenset({"company"})
OWNERS = ListType(RecordType("Owner"))


def _facts(*declared: tuple[str, FactType, dict[str, Any]]) -> dict[str, Fact]:
    return {path: Fact(path, type_, path, order, **more) for order, (path, type_, more) in enumerate(declared)}


VOCABULARY = Vocabulary(
    actions={"entry": ("onboard", "buy", "receive"), "move": ("transfer",), "exit": ("sell",)},
    kinds={
        "person": SubjectKind("person", ("subject.residence",)),
        "company": SubjectKind("company", ("subject.seats",)),
    },
    resource_types={
        "instrument": ResourceType(
            "instrument",
            frozenset({"buy", "receive", "transfer", "sell"}),
            ("resource.isin", "resource.mint"),
            ("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",),
        ),
        "product": ResourceType("product", frozenset({"onboard"})),
        "lot": ResourceType("lot"),
    },
    facts=_facts(
        ("subject.residence", TERRITORY, {"kinds": PERSON, "ask": "Where do you live?"}),
        ("subject.seats", SetType(TERRITORY), {"kinds": COMPANY}),
        ("subject.adult", BOOL, {}),
        ("subject.score", DECIMAL, {"optional": True}),
        ("subject.verified", BOOL, {"stale_after": timedelta(days=365)}),
        ("subject.nickname", STRING, {"retired": "nobody reads it"}),
        ("subject.tags", SetType(STRING), {"at_least": 0}),
        ("subject.rating", OneOfType(("good", "bad")), {"origins": (REQUEST, CATALOGUE)}),
        ("subject.owners", OWNERS, {"kinds": COMPANY, "at_least": 0}),
        (
            "subject.blocked",
            BOOL,
            {
                "kinds": COMPANY,
                "origins": (Origin.COMPUTED,),
                "computed": Computed("ownership", "subject.owners", "listed", Decimal(50)),
            },
        ),
        ("action.amount", MONEY, {}),
        ("action.recipient_named", BOOL, {"origins": (GATE,)}),
        ("resource.isin", STRING, {"origins": (REQUEST, CATALOGUE)}),
        ("resource.mint", STRING, {"origins": (REQUEST, CATALOGUE)}),
        ("resource.issuer", STRING, {"origins": (CATALOGUE,)}),
        ("resource.halted", BOOL, {"origins": (FEED,), "without_feed": WithoutFeed(value=False, authority=HOUSE)}),
        ("resource.paused", BOOL, {"origins": (FEED,)}),
        ("context.location", TERRITORY, {}),
        ("context.mark", INT, {"origins": (GATE,)}),
        (
            "context.fx",
            ListType(RecordType("FxRate")),
            {"origins": (GATE,), "at_least": 0, "stale_after": timedelta(hours=1)},
        ),
    ),
    records={
        "Owner": {
            "id": RecordField("id", STRING),
            "kind": RecordField("kind", OneOfType(("natural-person", "company"))),
            "share": RecordField("share", DECIMAL),
            "listed": RecordField("listed", BOOL),
            "owners": RecordField("owners", OWNERS, depth=4, at_least=0),
        },
        "FxRate": {
            "from": RecordField("from", CURRENCY),
            "to": RecordField("to", CURRENCY),
            "rate": RecordField("rate", DECIMAL),
            "observed_at": RecordField("observed_at", TIMESTAMP),
        },
    },
    counterparties=(Counterparty("recipient", frozenset({"transfer"}), "receive"),),
)
RULEBOOK = Rulebook(
    vocabulary=VOCABULARY,
    places=Places({}, {}),
    products={"stocks": Product("stocks", "Stocks", None, (), NOWHERE)},
    catalogue={
        "instrument": {
            "AAPLx": CatalogueEntry(
                "instrument",
                "AAPLx",
                {"resource.isin": "US0378331005", "resource.mint": "XsApple", "resource.issuer": "Backed"},
                NOWHERE,
                product="stocks",
            ),
            "TSLAx": CatalogueEntry("instrument", "TSLAx", {"resource.isin": "US88160R1014"}, NOWHERE),
        },
        "product": {"stocks": CatalogueEntry("product", "stocks", {}, NOWHERE, product="stocks")},
        "company": {"acme": CatalogueEntry("company", "acme", {"subject.rating": "good"}, NOWHERE)},
    },
    definitions=(),
    parameters=(),
    rules=(),
    positions=(),
    jurisdictions={},
    cases=(),
    invariants=(),
    sources=(),
    digest="sha256:0",
    group_reviews={},
)
BODY: dict[str, Any] = {
    "subject": {"type": "person", "id": "p-1", "properties": {"residence": "BR"}},
    "action": {"name": "buy", "properties": {}},
    "resource": {"type": "instrument", "id": "AAPLx", "properties": {}},
    "context": {},
}


def venue(*rules: Rule, vocabulary: Vocabulary = VOCABULARY) -> Ruleset:
    """Return the ruleset of the small venue at `NOW`, with some rules."""
    return Timeline(replace(RULEBOOK, rules=rules, vocabulary=vocabulary)).at(NOW)


def body(**changes: Any) -> dict[str, Any]:
    """Return a body that can be read, with other values at some places, for instance `subject__type="company"`."""
    made = deepcopy(BODY)
    for place, value in changes.items():
        *steps, last = place.split("__")
        inner = made
        for step in steps:
            inner = inner[step]
        inner[last] = value
    return made


def text(instant: datetime) -> str:
    """Return an instant as JSON carries it."""
    return instant.isoformat().replace("+00:00", "Z")


def company(**properties: Any) -> dict[str, Any]:
    """Return a body in which a company with one seat and these facts buys."""
    subject = {"type": "company", "id": "c-1", "properties": {"seats": ["BR"], **properties}}
    return body(subject=subject)


def transfer(recipient: object, **changes: Any) -> dict[str, Any]:
    """Return a body in which a person transfers to a recipient."""
    return body(action={"name": "transfer", "properties": {"recipient": recipient}}, **changes)


def read(given: object, *, strict: bool = True, around: Surroundings | None = None) -> Request:
    """Return the request that a body carries at the small venue."""
    return decode(venue(), given, around or Surroundings(NOW), strict=strict)


def problems(given: object, *, strict: bool = True) -> list[Problem]:
    """Return the problems for which a body is refused; none if it is not."""
    try:
        read(given, strict=strict)
    except RequestRefused as refused:
        return list(refused.problems)
    return []


def pointers(given: object, *, strict: bool = True) -> list[str]:
    """Return where the problems of a body are."""
    return [problem.pointer for problem in problems(given, strict=strict)]
