"""Turn `product:` and `catalogue:` statements into products and catalogued resources and subjects.

Invariant: a catalogued fact is one that the vocabulary lets come from a catalogue, read as strictly as a request's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.fields import TEXT, Found, Pairs, clipped
from compliance.language.graphs import in_order_of_need
from compliance.language.known import Known, is_known
from compliance.language.node_values import value_of
from compliance.language.nodes import Node, Scalar
from compliance.language.rulebook import CatalogueEntry, Product
from compliance.language.span import Span
from compliance.language.statements import (
    AUTHORITY,
    CATALOGUE_TYPE,
    ENTRIES,
    FACTS,
    PART_OF,
    PRODUCT,
    PRODUCT_ID,
    PRODUCT_NAME,
    Statement,
)
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.suggestions import did_you_mean
from compliance.vocabulary.values import Value

PRODUCT_TYPE: Final = "product"
"""The type of resource whose catalogue the products themselves are, where the vocabulary has it."""
_LONGEST_ID: Final = 200

FactsOf = Mapping[str, Value | None]
Catalogue = dict[str, dict[str, CatalogueEntry]]


def read_products(statements: Iterable[Statement], known: Known, found: Found) -> dict[str, FactsOf]:
    """Put all products into `known.products`; return the facts that each gives to its instruments."""
    facts: dict[str, FactsOf] = {}
    wholes: dict[str, Scalar] = {}
    for statement in statements:
        filled = statement.filled
        word, name = filled.get(PRODUCT_ID), filled.text(PRODUCT_NAME)
        authority = known.library.cite(filled.get(AUTHORITY) or (), found)
        given = read_facts(filled.get(FACTS) or (), Zone.RESOURCE, known, found)
        if word is None:
            continue
        first = known.products.get(word.value)
        if first is not None:
            message = f"the product `{word.value}` is stated twice"
            notes = (Note(first.span, "it is stated here first"),)
            found.append(Diagnostic("duplicate-name", message, word.span, notes=notes))
            continue
        whole = filled.get(PART_OF)
        if whole is not None:
            wholes[word.value] = whole
        known.products[word.value] = Product(
            word.value, name or word.value, None if whole is None else whole.value, authority, word.span
        )
        facts[word.value] = given
    _check_wholes(wholes, known, found)
    return facts


def _check_wholes(wholes: Mapping[str, Scalar], known: Known, found: Found) -> None:
    """Complain about products that are part of nothing or of themselves."""
    for word in wholes.values():
        is_known(word, known.products, "unknown-product", "product", found)
    _, circles = in_order_of_need({product: (word.value,) for product, word in wholes.items()})
    for circle in circles:
        message = "no product is part of itself: " + " is part of ".join(f"`{step}`" for step in (*circle, circle[0]))
        notes = tuple(Note(wholes[step].span, f"`{step}` is part of `{wholes[step].value}`") for step in circle[1:])
        found.append(Diagnostic("product-cycle", message, wholes[circle[0]].span, notes=notes))


def read_facts(pairs: Pairs[Node], zone: Zone, known: Known, found: Found) -> FactsOf:
    """Return path -> value for catalogued facts, whose keys are names inside `zone`."""
    vocabulary = known.vocabulary
    names = [fact.name for fact in vocabulary.facts.values() if fact.zone is zone and Origin.CATALOGUE in fact.origins]
    facts: dict[str, Value | None] = {}
    for key, node in pairs:
        path = f"{zone}.{key.value}"
        fact = vocabulary.facts.get(path)
        if fact is None:
            if path not in known.broken:
                message = f"there is no fact `{clipped(path)}`"
                found.append(Diagnostic("unknown-fact", message, key.span, help=did_you_mean(key.value, names)))
            continue
        if Origin.CATALOGUE not in fact.origins:
            message = f"`{path}` does not come from a catalogue"
            cure = "add `catalogue` to its `from:` in the vocabulary, or take it out here"
            found.append(Diagnostic("not-a-catalogue-fact", message, key.span, help=cure))
            continue
        if isinstance(node, Scalar) and node.is_null and fact.optional:
            facts[path] = None
            continue
        value = value_of(node, fact.type, vocabulary.records, found, at_least=fact.at_least)
        if value is not None:
            facts[path] = value
    return facts


def read_catalogues(
    statements: Iterable[Statement], product_facts: Mapping[str, FactsOf], known: Known, found: Found
) -> Catalogue:
    """Return type -> id -> entry; products are the catalogue of the type `product`."""
    catalogue: Catalogue = {}
    if PRODUCT_TYPE in known.vocabulary.resource_types:
        catalogue[PRODUCT_TYPE] = {
            product.id: CatalogueEntry(
                PRODUCT_TYPE, product.id, product_facts.get(product.id, {}), product.span, product.id, product.name
            )
            for product in known.products.values()
        }
    identifiers: dict[tuple[str, object], Span] = {}
    for statement in statements:
        _read_catalogue(statement, product_facts, known, catalogue, identifiers, found)
    return catalogue


def _read_catalogue(
    statement: Statement,
    product_facts: Mapping[str, FactsOf],
    known: Known,
    catalogue: Catalogue,
    identifiers: dict[tuple[str, object], Span],
    found: Found,
) -> None:
    filled, vocabulary = statement.filled, known.vocabulary
    known.library.cite(filled.get(AUTHORITY) or (), found)
    word = filled.get(CATALOGUE_TYPE)
    types = [name for name in vocabulary.resource_types if name != PRODUCT_TYPE] + list(vocabulary.kinds)
    if word is None or not is_known(word, types, "unknown-type", "type of resource or kind of subject", found):
        return
    zone = Zone.RESOURCE if word.value in vocabulary.resource_types else Zone.SUBJECT
    product = known.product(filled.get(PRODUCT), found)
    if zone is Zone.SUBJECT and filled.gives(PRODUCT):
        message = "`product` means nothing here: subjects are of no product"
        found.append(Diagnostic("misplaced-key", message, filled.keys["product"].span, help="take it out"))
    shared = {**product_facts.get(product or "", {}), **read_facts(filled.get(FACTS) or (), zone, known, found)}
    entries = catalogue.setdefault(word.value, {})
    for pairs in filled.get(ENTRIES) or ():
        entry = _entry(word.value, zone, pairs, shared, known, found)
        if entry is None:
            continue
        first = entries.get(entry.id)
        if first is not None:
            message = f"the id `{clipped(entry.id)}` is in the catalogue twice"
            notes = (Note(first.span, "it is here first"),)
            found.append(Diagnostic("duplicate-id", message, entry.span, notes=notes))
            continue
        entries[entry.id] = CatalogueEntry(entry.type, entry.id, entry.facts, entry.span, product, entry.name)
        _check_identifiers(entry, pairs, zone, known, identifiers, found)


def _entry(
    type_: str, zone: Zone, pairs: Pairs[Node], shared: FactsOf, known: Known, found: Found
) -> CatalogueEntry | None:
    """Return one entry; `name` is the entry's name, and a fact too where the vocabulary has one of that name."""
    given = {key.value: (key, node) for key, node in pairs}
    own = [
        pair
        for name, pair in given.items()
        if name != "id" and (name != "name" or f"{zone}.name" in {*known.vocabulary.facts, *known.broken})
    ]
    facts = {**shared, **read_facts(tuple(own), zone, known, found)}
    name = TEXT.take(given["name"][1], "name", found) if "name" in given and given["name"] not in own else None
    if "name" in given and isinstance(given["name"][1], Scalar):
        name = given["name"][1]
    if "id" not in given:
        if pairs:
            key = pairs[0][0]
            message = "an entry of a catalogue lacks `id`"
            found.append(Diagnostic("missing-field", message, key.span, help="add `id:`"))
        return None
    id_ = TEXT.take(given["id"][1], "id", found)
    if id_ is None:
        return None
    if len(id_.value) > _LONGEST_ID or not id_.value.isprintable():
        message = f"the id `{clipped(id_.value)}` is not one line of at most {_LONGEST_ID} characters"
        found.append(Diagnostic("bad-name", message, id_.span))
        return None
    return CatalogueEntry(type_, id_.value, facts, id_.span, None, "" if name is None else name.value)


def _check_identifiers(
    entry: CatalogueEntry,
    pairs: Pairs[Node],
    zone: Zone,
    known: Known,
    identifiers: dict[tuple[str, object], Span],
    found: Found,
) -> None:
    """Complain about an identifier that two entries have."""
    declared = known.vocabulary.resource_types.get(entry.type)
    spans = {f"{zone}.{key.value}": node.span for key, node in pairs}
    for path in declared.identified_by if declared is not None else ():
        value = entry.facts.get(path)
        if value is None or path not in spans:
            continue
        first = identifiers.setdefault((path, value), spans[path])
        if first != spans[path]:
            message = f"two entries have the `{path}` `{clipped(str(value))}`"
            notes = (Note(first, "the other entry"),)
            found.append(Diagnostic("duplicate-identifier", message, spans[path], notes=notes))
