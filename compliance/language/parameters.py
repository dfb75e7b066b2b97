"""Turn `parameter:` statements into dated, cited values.

Invariant: at no instant has a parameter two values; between its first and its last it has always one, unless `gaps:`
says why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.fact_reader import TYPE
from compliance.language.fields import Filled, Found
from compliance.language.known import Known
from compliance.language.node_values import value_of
from compliance.language.periods import (
    EFFECTIVE,
    REVIEW_BY,
    ZONE,
    Dated,
    check_gaps,
    check_overlaps,
    day_after,
    period_of,
)
from compliance.language.rulebook import ParameterValue
from compliance.language.span import Span
from compliance.language.statements import AUTHORITY, GAPS, MEANS, PARAMETER_NAME, VALUE, VALUES, Statement
from compliance.vocabulary.types import FactType, ListType, MoneyType, RecordType
from compliance.vocabulary.values import Money

Name = tuple[str, str | None]
"""A name, and the jurisdiction whose file gives it (`None` is the whole rulebook)."""
Parameters = dict[Name, list[ParameterValue]]


def read_parameters(statements: Iterable[Statement], known: Known, found: Found) -> tuple[Parameters, frozenset[str]]:
    """Return the values of each parameter, and the names of those that could not be read."""
    parameters: Parameters = {}
    spans: dict[Name, Span] = {}
    broken: set[str] = set()
    for statement in statements:
        word, type_ = statement.filled.get(PARAMETER_NAME), statement.filled.get(TYPE)
        if isinstance(type_, ListType | RecordType):
            message = f"a parameter cannot be `{type_}`"
            found.append(
                Diagnostic("bad-type", message, statement.filled.place(TYPE), help="take single values or a set")
            )
            type_ = None
        if word is None:
            continue
        name = (word.value, statement.setting.jurisdiction)
        if name in spans:
            message = f"the parameter `{word.value}` is stated twice"
            notes = (Note(spans[name], "it is stated here first"),)
            cure = "put all values under one `parameter:`"
            found.append(Diagnostic("duplicate-name", message, word.span, help=cure, notes=notes))
            continue
        spans[name] = word.span
        values = [] if type_ is None else _values(statement, name, type_, known, found)
        if values:
            parameters[name] = values
        else:
            broken.add(word.value)
    _check_types(parameters, spans, found)
    return parameters, frozenset(broken)


def _values(statement: Statement, name: Name, type_: FactType, known: Known, found: Found) -> list[ParameterValue]:
    filled = statement.filled
    values = [_value(statement, each, name, type_, known, found) for each in filled.get(VALUES) or ()]
    read = [value for value in values if value is not None]
    dated = [Dated(value.effective, value.span) for value in read]
    what = f"the parameter `{name[0]}`"
    check_overlaps(what, dated, "duplicate-value", found)
    if not filled.gives(GAPS) and len(read) == len(values):
        check_gaps(what, dated, found)
    currencies = {value.value.currency for value in read if isinstance(value.value, Money)}
    if len(currencies) == 1:
        # Only where all values agree is the currency part of the type.
        read = [replace(value, type=MoneyType(next(iter(currencies)))) for value in read]
    return read


def _value(
    statement: Statement, filled: Filled, name: Name, type_: FactType, known: Known, found: Found
) -> ParameterValue | None:
    node = filled.get(VALUE)
    value = None if node is None else value_of(node, type_, known.vocabulary.records, found)
    zone = filled.get(ZONE) or statement.zone
    period = period_of(filled.get(EFFECTIVE), zone, found)
    authority = known.library.cite(filled.get(AUTHORITY) or (), found)
    review_by = filled.get(REVIEW_BY) or statement.review_by
    if value is None:
        return None
    return ParameterValue(
        name[0],
        name[1],
        value,
        type_,
        period,
        authority,
        filled.name_span,
        None if review_by is None else day_after(review_by, zone),
        statement.filled.text(MEANS) or "",
    )


def _check_types(parameters: Parameters, spans: Mapping[Name, Span], found: Found) -> None:
    """Complain about a jurisdiction's parameter of another type than the rulebook's parameter of its name."""
    for (name, jurisdiction), values in parameters.items():
        whole = parameters.get((name, None))
        if jurisdiction is None or whole is None:
            continue
        if str(whole[0].type) != str(values[0].type):
            message = f"`{name}` is `{values[0].type}` here and `{whole[0].type}` in the whole rulebook"
            notes = (Note(spans[name, None], "the whole rulebook's"),)
            found.append(Diagnostic("types-differ", message, spans[name, jurisdiction], notes=notes))
