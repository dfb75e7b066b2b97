"""A small vocabulary and scope that the tests of conditions share: nothing in it is about xStocks."""

from __future__ import annotations

from compliance.language.condition import Condition, Scope, Text, check_condition, check_expression
from compliance.language.diagnostic import Diagnostic
from compliance.language.expression import Expression
from compliance.language.span import Span
from compliance.vocabulary.facts import Fact, RecordField, ResourceType, SubjectKind, Vocabulary
from compliance.vocabulary.types import (
    BOOL,
    CURRENCY,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    MONEY,
    STRING,
    TERRITORY,
    TIMESTAMP,
    FactType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
)

STATUS = OneOfType(("retail", "professional", "counterparty"))
OWNERS = ListType(RecordType("Owner"))
TRUST = frozenset({"trust"})


def fact(path: str, type: FactType, **more: object) -> Fact:
    return Fact(path, type, f"the {path}", 0, **more)  # type: ignore[arg-type]


FACTS = (
    fact("subject.residence", TERRITORY),
    fact("subject.citizenships", SetType(TERRITORY)),
    fact("subject.verified", BOOL),
    fact("subject.status", STATUS),
    fact("subject.former_status", STATUS),
    fact("subject.name", STRING),
    fact("subject.lei", STRING, optional=True),
    fact("subject.days", IntType(0, 366)),
    fact("subject.score", INT),
    fact("subject.share", DECIMAL),
    fact("subject.born", DATE),
    fact("subject.checked_at", TIMESTAMP),
    fact("subject.patience", DURATION),
    fact("subject.flags", SetType(OneOfType(("mail", "phone")))),
    fact("subject.trustees", OWNERS, kinds=TRUST),
    fact("subject.guardian", RecordType("Owner"), optional=True),
    fact("subject.old_status", BOOL, retired="`subject.status` says more"),
    fact("action.amount", MONEY),
    fact("action.currency", CURRENCY),
    fact("resource.halted", BOOL),
)
OWNER = {
    "share": RecordField("share", DECIMAL),
    "name": RecordField("name", STRING),
    "lei": RecordField("lei", STRING, optional=True),
    "home": RecordField("home", TERRITORY),
    "paid": RecordField("paid", MONEY),
    "owners": RecordField("owners", OWNERS),
}
VOCABULARY = Vocabulary(
    actions={"entry": ("buy", "onboard"), "exit": ("sell",)},
    kinds={name: SubjectKind(name) for name in ("person", "company", "trust")},
    resource_types={"instrument": ResourceType("instrument")},
    facts={each.path: each for each in FACTS},
    records={"Owner": OWNER},
)
DEFINITIONS: dict[str, tuple[FactType, str | None]] = {
    "subject.us_person": (BOOL, None),
    "subject.trusted": (BOOL, "CH"),
    "subject.weight": (INT, None),
}
PARAMETERS: dict[str, tuple[FactType, str | None]] = {
    "limit": (MoneyType("EUR"), None),
    "us-test": (STRING, "US"),
    "grace": (DURATION, None),
}
PLACES = ("US", "DE", "CH", "EEA", "latin-america")


def scope(
    kinds: frozenset[str] | None = None, extra: dict[str, FactType] | None = None, broken: tuple[str, ...] = ()
) -> Scope:
    return Scope(
        vocabulary=VOCABULARY,
        is_place=lambda name: name in PLACES,
        place_suggestions=PLACES,
        definition=DEFINITIONS.get,
        definition_names=(*DEFINITIONS, *broken),
        parameter=PARAMETERS.get,
        parameter_names=(*PARAMETERS, *broken),
        kinds=kinds,
        products=frozenset({"shares", "bonds"}),
        definition_kinds=lambda name: TRUST if name == "subject.trusted" else None,
        extra=extra or {},
    )


def text(cel: str) -> Text:
    lines = cel.split("\n")
    end = (len(lines), len(lines[-1]) + 1)
    return Text(cel, Span("a.yaml", 1, 1, *end))


def checked(condition: str | Condition, where: Scope | None = None) -> Expression:
    """The checked condition, which must have nothing wrong with it."""
    found, diagnostics = check_condition(text(condition) if isinstance(condition, str) else condition, where or scope())
    assert diagnostics == []
    assert found is not None
    return found


def typed(cel: str, expected: FactType | None = None) -> Expression:
    """The checked expression of any type, which must have nothing wrong with it."""
    found, diagnostics = check_expression(text(cel), scope(), expected)
    assert diagnostics == []
    assert found is not None
    return found


def found(condition: str | Condition, where: Scope | None = None) -> list[Diagnostic]:
    """What is wrong with a condition."""
    return check_condition(text(condition) if isinstance(condition, str) else condition, where or scope())[1]


def slugs(condition: str | Condition, where: Scope | None = None) -> list[str]:
    """The slugs of what is wrong with a condition."""
    return [each.slug for each in found(condition, where)]


def underlined(cel: str, where: Scope | None = None) -> list[tuple[str, str]]:
    """For a condition on one line: each slug with the characters it points at."""
    return [(each.slug, cel[each.span.column - 1 : each.span.end_column - 1]) for each in found(cel, where)]
