"""Random small rulebooks and random partial requests, for laws that evaluator and compiler must share.

Everything is made from one `random.Random`, so a failing seed repeats.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compliance.engine.facts import PRODUCT
from compliance.engine.request import Request
from compliance.engine.ruleset import Ruleset, Timeline
from compliance.engine.zones import make_facts
from compliance.language.expression import (
    And,
    Arithmetic,
    Call,
    Collect,
    Comparison,
    Conditional,
    Const,
    Converted,
    DefinitionRef,
    Expression,
    FactRef,
    Fold,
    Has,
    In,
    Leaf,
    Member,
    Negative,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.language.rulebook import Definition, Effect, HomeScope, ParameterValue, Product, Rule, Rulebook
from compliance.language.span import NOWHERE
from compliance.vocabulary.facts import (
    HOMES,
    HOMES_TYPE,
    Fact,
    RecordField,
    ResourceType,
    SubjectKind,
    Vocabulary,
    distinct_homes,
)
from compliance.vocabulary.period import ALWAYS, Period
from compliance.vocabulary.places import Group, Membership, Places
from compliance.vocabulary.types import (
    BOOL,
    CURRENCY,
    DECIMAL,
    INT,
    STRING,
    TERRITORY,
    FactType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
)
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record

if TYPE_CHECKING:
    from random import Random

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
CODES = ("BR", "DE", "FR", "PR", "UA", "UA-43", "US", "US-NY", "CH")
PLACE_NAMES = ("US", "UA", "UA-43", "south", "occupied", "DE", "US-NY")
WORDS = ("red", "green", "blue")
EUR = MoneyType("EUR")
OWNER = RecordType("Owner")
SMALL = IntType(0, 400)

TYPES: dict[str, FactType] = {
    "subject.a": BOOL,
    "subject.b": BOOL,
    "subject.c": BOOL,
    "subject.n": SMALL,
    "subject.k": SMALL,
    "subject.m": INT,
    "subject.d": DECIMAL,
    "subject.e": OneOfType(WORDS),
    "subject.t": TERRITORY,
    "subject.ts": SetType(TERRITORY),
    "subject.tags": SetType(STRING),
    "subject.owners": ListType(OWNER),
    "subject.residence": TERRITORY,
    "subject.seat": TERRITORY,
    "subject.o": BOOL,
    "subject.on": SMALL,
    "action.amount": MoneyType(),
    "context.fx": ListType(RecordType("FxRate")),
}
OPTIONAL = frozenset({"subject.o", "subject.on"})
VOCABULARY = Vocabulary(
    actions={"entry": ("buy", "join"), "exit": ("sell",)},
    kinds={
        "person": SubjectKind("person", ("subject.residence",)),
        "company": SubjectKind("company", ("subject.residence", "subject.seat")),
        "robot": SubjectKind("robot"),
    },
    resource_types={"thing": ResourceType("thing")},
    facts={
        path: Fact(path, type_, path, order, optional=path in OPTIONAL)
        for order, (path, type_) in enumerate(TYPES.items())
    },
    records={
        "Owner": {
            "share": RecordField("share", DECIMAL),
            "listed": RecordField("listed", BOOL),
            "lei": RecordField("lei", STRING, optional=True),
        },
        "FxRate": {
            "from": RecordField("from", CURRENCY),
            "to": RecordField("to", CURRENCY),
            "rate": RecordField("rate", DECIMAL),
        },
    },
)
PLACES = Places(
    {"PR": "US"},
    {
        "south": Group("south", (Membership(frozenset({"BR", "CH"})),)),
        "occupied": Group("occupied", (Membership(frozenset({"UA-43", "FR"})),)),
    },
)


class Maker:
    """Makes random conditions, rulebooks and requests."""

    def __init__(self, random: Random) -> None:
        """Take the source of randomness."""
        self.random = random
        self.variables = 0

    def one(self, *makers: Any) -> Any:
        """Return what one of `makers` makes."""
        return self.random.choice(makers)()

    def fact(self, path: str) -> FactRef:
        """Return a reference to a fact."""
        return FactRef(path, TYPES[path])

    def condition(self, depth: int = 3, *, definitions: bool = True) -> Expression:
        """Return a random condition."""
        if depth == 0 or self.random.random() < 0.2:
            return self.atom(definitions=definitions)
        terms = tuple(self.condition(depth - 1, definitions=definitions) for _ in range(self.random.randint(2, 3)))
        makers = (
            lambda: And(terms),
            lambda: Or(terms),
            lambda: Not(terms[0]),
            lambda: Leaf(terms[0], "x"),
            lambda: Conditional(terms[0], terms[1], terms[-1], BOOL),
            lambda: Comparison("==", terms[0], terms[1]),
        )
        return self.random.choices([maker() for maker in makers], weights=(5, 5, 3, 1, 1, 1))[0]

    def atom(self, *, definitions: bool) -> Expression:
        """Return a random condition without smaller conditions that matter."""
        made: Expression = self.one(
            lambda: self.fact(self.random.choice(("subject.a", "subject.b", "subject.c"))),
            lambda: Comparison(self.operator(), self.number(), self.number()),
            lambda: Comparison(self.operator(), self.decimal(), Const(Decimal(self.random.randint(0, 3)), DECIMAL)),
            lambda: Comparison("==", self.fact("subject.e"), Const(self.random.choice(WORDS), STRING)),
            lambda: In(self.fact("subject.e"), Const(("red", "blue"), ListType(STRING))),
            lambda: In(Const(self.random.choice(WORDS), STRING), self.fact("subject.tags")),
            lambda: Within(self.fact("subject.t"), self.random.choice(PLACE_NAMES)),
            lambda: Within(self.fact("subject.t"), self.fact("subject.residence")),
            lambda: self.quantifier(FactRef("subject.ts", TYPES["subject.ts"])),
            lambda: self.quantifier(FactRef(HOMES, HOMES_TYPE)),
            self.owners,
            lambda: And((Has(self.fact("subject.o")), self.fact("subject.o"))),
            lambda: Or((Not(Has(self.fact("subject.on"))), Comparison(">", self.fact("subject.on"), Const(1, INT)))),
            lambda: Has(self.fact("subject.a")),
            lambda: Comparison(
                self.operator(), Converted(self.fact("action.amount"), "EUR", EUR), ParameterRef("limit", None, EUR)
            ),
            lambda: Const(self.random.random() < 0.5, BOOL),
        )
        if definitions and self.random.random() < 0.1:
            return DefinitionRef("subject.defined", None, BOOL)
        return made

    def operator(self) -> Any:
        """Return a random comparison."""
        return self.random.choice(("==", "!=", "<", "<=", ">", ">="))

    def symbol(self, symbols: str) -> Any:
        """Return one of the arithmetic symbols."""
        return self.random.choice(symbols)

    def number(self) -> Expression:
        """Return a random integer expression."""
        made: Expression = self.one(
            lambda: self.fact("subject.n"),
            lambda: self.fact("subject.m"),
            lambda: Const(self.random.randint(-2, 3), INT),
            lambda: Arithmetic(self.symbol("+-*/%"), self.fact("subject.n"), self.fact("subject.m"), INT),
            lambda: Arithmetic("*", Const(6, INT), self.fact("subject.n"), INT),
            lambda: Negative(self.fact("subject.m"), INT),
            lambda: Call("size", (self.fact("subject.ts"),), INT),
            lambda: Conditional(self.fact("subject.a"), self.fact("subject.n"), Const(1, INT), INT),
        )
        return made

    def decimal(self) -> Expression:
        """Return a random decimal expression."""
        variable = self.variable(OWNER)
        share = Member(variable, "share", DECIMAL)
        made: Expression = self.one(
            lambda: self.fact("subject.d"),
            lambda: Arithmetic(self.symbol("+-*"), self.fact("subject.d"), self.fact("subject.d"), DECIMAL),
            lambda: Fold(
                self.random.choice(("sum", "min", "max")), self.fact("subject.owners"), variable, share, DECIMAL
            ),
            lambda: Call("decimal", (self.fact("subject.n"),), DECIMAL),
        )
        return made

    def variable(self, type_: FactType) -> Variable:
        """Return a fresh variable."""
        self.variables += 1
        return Variable(f"x{self.variables}", type_)

    def quantifier(self, source: FactRef) -> Expression:
        """Return a quantifier over territories."""
        variable = self.variable(TERRITORY)
        within = Within(variable, self.random.choice(PLACE_NAMES))
        body = self.one(lambda: within, lambda: Not(within), lambda: And((within, self.fact("subject.a"))))
        return Quantifier(self.random.choice(("exists", "all", "exists_one")), source, variable, body)

    def owners(self) -> Expression:
        """Return a quantifier over records, or a count of those that fit."""
        variable = self.variable(OWNER)
        listed: Expression = Member(variable, "listed", BOOL)
        share = Comparison(">=", Member(variable, "share", DECIMAL), Const(Decimal(1), DECIMAL))
        body = self.one(lambda: listed, lambda: Not(listed), lambda: And((listed, share)), lambda: Or((listed, share)))
        owners = self.fact("subject.owners")
        if self.random.random() < 0.3:
            kept = Collect("filter", owners, variable, body, TYPES["subject.owners"])
            return Comparison(">", Call("size", (kept,), INT), Const(0, INT))
        return Quantifier(self.random.choice(("exists", "all", "exists_one")), owners, variable, body)

    def when(self) -> Expression | None:
        """Return what a rule is about, if not everything; a few also ask for the product, which may be none."""
        made, product, part = self.condition(self.random.randint(0, 3)), FactRef(PRODUCT, STRING), Const("part", STRING)
        if self.random.random() < 0.9:
            return None if self.random.random() < 0.3 else made
        asked = self.random.choice((Comparison("==", product, part), Comparison("!=", part, product), Has(product)))
        return And((asked, made)) if self.random.random() < 0.5 else Or((made, asked))

    def rule(self, number: int) -> Rule:
        """Return a random rule."""
        effect = self.random.choice(list(Effect))
        scope = None
        if self.random.random() < 0.5:
            excepting = tuple(self.random.sample(("UA-43", "FR"), self.random.randint(0, 1)))
            scope = HomeScope(self.random.choice(PLACE_NAMES), excepting)
        return Rule(
            id=f"r{number:02}",
            effect=effect,
            says=f"rule {number}",
            actions=frozenset(self.random.sample(("buy", "join", "sell"), 2)),
            authority=(),
            span=NOWHERE,
            kinds=frozenset({"person", "robot"}) if self.random.random() < 0.2 else None,
            product=self.random.choice((None, None, "part", "whole")),
            home=scope,
            when=self.when(),
            needs=self.condition(self.random.randint(0, 2)) if effect is Effect.REQUIRE else None,
            remedy="do it" if effect is Effect.REQUIRE else None,
            obligation="told" if effect is Effect.OBLIGE else None,
        )

    def rulebook(self, rules: int = 8) -> Rulebook:
        """Return a random rulebook."""
        made = [self.rule(number) for number in range(self.random.randint(1, rules))]
        limit = ParameterValue("limit", None, Money(Decimal(2), "EUR"), EUR, self.gap(), (), NOWHERE)
        defined = Definition("subject.defined", "x", self.condition(2, definitions=False), BOOL, NOWHERE)
        return rulebook_of(tuple(made), (limit,), (defined,))

    def gap(self) -> Period:
        """Return a period that usually covers the instant of every request."""
        return ALWAYS if self.random.random() < 0.9 else Period(None, NOW - timedelta(days=1))

    def value(self, path: str) -> Any:
        """Return a random value of a fact's type."""
        random = self.random
        match path:
            case "subject.a" | "subject.b" | "subject.c" | "subject.o":
                return random.random() < 0.5
            case "subject.n" | "subject.k" | "subject.on":
                return random.randint(0, 3)
            case "subject.m":
                return random.choice((0, 1, 2, -1, 2**62))
            case "subject.d":
                return Decimal(random.choice(("0", "1", "1.5", "3")))
            case "subject.e":
                return random.choice(WORDS)
            case "subject.ts":
                return frozenset(random.sample(CODES, random.randint(1, 3)))
            case "subject.tags":
                return frozenset(random.sample(WORDS, random.randint(1, 2)))
            case "subject.owners":
                return tuple(self.owner() for _ in range(random.randint(0, 3)))
            case "action.amount":
                return Money(Decimal(random.randint(0, 4)), random.choice(("EUR", "USD")))
            case "context.fx":
                return (Record("FxRate", {"from": "USD", "to": "EUR", "rate": Decimal("0.5")}),) * random.randint(0, 2)
            case _:
                return random.choice(CODES)

    def owner(self) -> Record:
        """Return a random owner, perhaps with unknown fields."""
        fields: dict[str, Any] = {"share": Decimal(self.random.randint(0, 2)), "listed": self.random.random() < 0.5}
        return Record("Owner", {key: value for key, value in fields.items() if self.random.random() < 0.8})

    def values(self, known: float) -> dict[str, Any]:
        """Return random values; each fact is given with chance `known`, an optional one perhaps as absent."""
        made: dict[str, Any] = {}
        for path in TYPES:
            if self.random.random() < known:
                absent = path in OPTIONAL and self.random.random() < 0.4
                made[path] = None if absent else self.value(path)
        return made

    def request(
        self, values: dict[str, Any] | None = None, asked: tuple[str, str, str | None] | None = None
    ) -> Request:
        """Return a random request, perhaps with given values, action, kind and product."""
        given = dict(self.values(self.random.choice((1.0, 0.9, 0.5, 0.2))) if values is None else values)
        action, kind, product = asked or (
            self.random.choice(("buy", "join", "sell")),
            self.random.choice(("person", "company", "robot")),
            self.random.choice(("part", "whole", None)),
        )
        return request_of(given, action, kind, product)


LIMIT = ParameterValue("limit", None, Money(Decimal(2), "EUR"), EUR, ALWAYS, (), NOWHERE)


def rulebook_of(
    rules: tuple[Rule, ...],
    parameters: tuple[ParameterValue, ...] = (LIMIT,),
    definitions: tuple[Definition, ...] = (),
) -> Rulebook:
    """Return a rulebook of these rules over the small vocabulary."""
    return Rulebook(
        vocabulary=VOCABULARY,
        places=PLACES,
        products={
            "whole": Product("whole", "whole", None, (), NOWHERE),
            "part": Product("part", "part", "whole", (), NOWHERE),
        },
        catalogue={},
        definitions=definitions,
        parameters=parameters,
        rules=rules,
        positions=(),
        jurisdictions={},
        cases=(),
        invariants=(),
        sources=(),
        digest="sha256:0",
        group_reviews={},
    )


def request_of(given: dict[str, Any], action: str, kind: str, product: str | None) -> Request:
    """Return the request with these facts."""
    homes = distinct_homes(VOCABULARY.kinds[kind], given)
    built_in = {
        "subject.type": kind,
        HOMES: UNKNOWN if any(home is UNKNOWN for home in homes) else frozenset(str(home) for home in homes),
        "action.name": action,
        "resource.type": "thing",
        "resource.id": "thing-1",
        "resource.product": product,
        "context.time": NOW,
    }
    facts = make_facts(VOCABULARY, {**given, **built_in}, kind)
    return Request(action, kind, "thing", "thing-1", product, NOW, facts, homes)


def ruleset_of(rulebook: Rulebook) -> Ruleset:
    """Return the ruleset in force at `NOW`."""
    return Timeline(rulebook).at(NOW)
