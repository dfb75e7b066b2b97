"""Turn nodes into values of facts: by way of the JSON that a request would carry, so that both read alike.

Invariant: a refusal points at the very scalar that is wrong, however deep it stands in the value.
"""

from __future__ import annotations

import re
from typing import Final

from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import Found
from compliance.language.nodes import Broken, Node, Scalar, Sequence, Style, Table, first_line
from compliance.language.span import Span
from compliance.vocabulary.facts import RecordField
from compliance.vocabulary.reading import Records, json_of, read_value
from compliance.vocabulary.refusal import Refused, steps
from compliance.vocabulary.types import FactType, ListType, MoneyType, RecordType, SetType
from compliance.vocabulary.values import Value

_NUMBER: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


def json_of_node(node: Node, type: FactType | None, records: Records) -> object:
    """Return `node` as JSON would carry it for `type` (`None`: nothing is known, scalars stay text); never raises."""
    match node:
        case Scalar():
            if node.is_null:
                return None
            # A number or a truth value is only meant where nobody put quotes around it.
            typed = type is not None and (node.style is Style.PLAIN or isinstance(type, MoneyType))
            return json_of(type, node.value) if type is not None and typed else node.value
        case Sequence(items):
            element = type.element if isinstance(type, SetType | ListType) else None
            return [json_of_node(item, element, records) for item in items]
        case Table():
            fields = records.get(type.name, {}) if isinstance(type, RecordType) else {}
            return {
                key.value: json_of_node(value, _type_of(fields.get(key.value)), records) for key, value in node.pairs()
            }
        case Broken():
            return None


def value_of(
    node: Node, type: FactType, records: Records, found: Found, *, at_least: int = 1, slug: str = "bad-value"
) -> Value | None:
    """Return the value of `type` that `node` states, or `None` after saying what is wrong with it.

    An explicit `null` is refused here: whoever allows it asks for it first.
    """
    if isinstance(node, Broken):
        return None
    if isinstance(node, Sequence) and isinstance(type, SetType | ListType):
        # Element by element first: each that is wrong is said, and not the first alone.
        before = len(found)
        for item in node.items:
            value_of(item, type.element, records, found, slug=slug)
        if len(found) > before or any(isinstance(item, Broken) for item in node.items):
            return None
    if isinstance(type, MoneyType) and isinstance(node, Scalar) and _NUMBER.fullmatch(node.value):
        message = f"`{node.value}` does not say in which currency"
        cure = f"write `{node.value} EUR`, or another currency"
        found.append(Diagnostic("amount-without-currency", message, node.span, help=cure))
        return None
    try:
        return read_value(type, json_of_node(node, type, records), records=records, at_least=at_least)
    except Refused as refused:
        span = place_of(node, refused.pointer, is_name=refused.is_name)
        found.append(Diagnostic(slug, refused.message, span, help=refused.help))
        return None


def place_of(node: Node, pointer: str, *, is_name: bool = False) -> Span:
    """Return where the part of `node` stands that a JSON pointer names; with `is_name`, the key and not its value."""
    key: Scalar | None = None
    for step in steps(pointer):
        if isinstance(node, Sequence) and step.isdecimal() and int(step) < len(node.items):
            node, key = node.items[int(step)], None
        elif isinstance(node, Table) and step in node.entries:
            entry = node.entries[step]
            node, key = entry.value, entry.key
        else:
            break
    if is_name and key is not None:
        return key.span
    return node.span if isinstance(node, Scalar) and not node.is_empty else first_line(node.span)


def _type_of(field: RecordField | None) -> FactType | None:
    return None if field is None else field.type
