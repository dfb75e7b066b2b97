"""Turn `rules/vocabulary.yaml` into a `Vocabulary`.

Invariant: every name that a vocabulary uses it also declares. A fact that cannot be read is left out and remembered, so
that conditions about it are not blamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from compliance.language.access_reader import ACCESS, UNCOVERED, read_access, read_uncovered
from compliance.language.authorities import Library
from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.fact_reader import COMPUTED, DURATION, FACTS, RECORDS, UNOWNED, FactReader, read_records
from compliance.language.fields import (
    SENTENCE,
    SLUG,
    TEXT,
    WORDS,
    Field,
    Filled,
    Form,
    Found,
    ListOf,
    TableOf,
    clipped,
)
from compliance.language.nodes import Node, Scalar, Table
from compliance.language.span import Span
from compliance.vocabulary.addresses import caip2
from compliance.vocabulary.facts import (
    Counterparty,
    Fact,
    Origin,
    RecordField,
    ResourceType,
    SubjectKind,
    Vocabulary,
    Zone,
)
from compliance.vocabulary.identifiers import InvalidIdentifier
from compliance.vocabulary.reading import Records
from compliance.vocabulary.suggestions import did_you_mean
from compliance.vocabulary.types import BoolType, ListType, OneOfType, RecordType, SetType, StringType, TerritoryType

BUILT_IN: Final = frozenset(
    {
        "subject.type",
        "subject.id",
        "subject.homes",
        "action.name",
        "resource.type",
        "resource.id",
        "resource.product",
        "context.time",
    }
)
"""What every request has, or what the gate adds: never declared."""

KIND_MEANS: Final = Field("means", SENTENCE)
HOMES: Final = Field("homes", ListOf(TEXT, "a list of facts", at_least=0))
KIND: Final = Form("kind of subject", (HOMES, KIND_MEANS))
TAKEN_BY: Final = Field("actions", WORDS)
IDENTIFIED_BY: Final = Field("identified_by", WORDS)
CHAINS: Final = Field("chains", WORDS)
NETWORKS: Final = Field("networks", TableOf(TEXT, "a mapping of names to chains"))
RESOURCE_TYPE: Final = Form("type of resource", (TAKEN_BY, IDENTIFIED_BY, CHAINS, NETWORKS, KIND_MEANS))
PARTY_OF: Final = Field("of", WORDS, required=True)
DECIDED_AS: Final = Field("decided_as", TEXT, required=True)
COUNTERPARTY: Final = Form("counterparty", (PARTY_OF, DECIDED_AS, KIND_MEANS))
OBLIGATION: Final = Form("obligation", (Field("means", SENTENCE, required=True),))

ACTIONS: Final = Field("actions", TableOf(WORDS, "a mapping of classes to actions", SLUG), required=True)
KINDS: Final = Field("subject_types", TableOf(KIND, "a mapping of names to kinds of subject", SLUG), required=True)
RESOURCE_TYPES: Final = Field(
    "resource_types", TableOf(RESOURCE_TYPE, "a mapping of names to types of resource", SLUG), required=True
)
COUNTERPARTIES: Final = Field("counterparties", TableOf(COUNTERPARTY, "a mapping of names to counterparties"))
LAYERS: Final = Field("layers", ListOf(SLUG, "a list of words"))
ALLOW_FOR: Final = Field("allow_for", DURATION)
OBLIGATIONS: Final = Field("obligations", TableOf(OBLIGATION, "a mapping of names to obligations", SLUG))
ZONES: Final = {zone: Field(zone.value, FACTS) for zone in Zone}

VOCABULARY: Final = Form(
    "vocabulary",
    (
        ACTIONS,
        KINDS,
        RESOURCE_TYPES,
        COUNTERPARTIES,
        LAYERS,
        ACCESS,
        UNCOVERED,
        ALLOW_FOR,
        OBLIGATIONS,
        *ZONES.values(),
        RECORDS,
    ),
)


@dataclass(frozen=True, slots=True)
class ReadVocabulary:
    """A vocabulary, where its facts stand, and the names that it declares but that could not be read."""

    vocabulary: Vocabulary
    places: dict[str, Span]
    broken: frozenset[str]


def read_vocabulary(node: Node, library: Library) -> tuple[ReadVocabulary | None, list[Diagnostic]]:
    """Return what `node`, the content of `rules/vocabulary.yaml`, declares; `None` if it is no mapping."""
    found: list[Diagnostic] = []
    filled = VOCABULARY.take(node, "the vocabulary", found)
    if filled is None:
        return None, found
    actions = _actions(filled, found)
    known_actions = [action for members in actions.values() for action in members]
    declared_kinds = filled.get(KINDS) or ()
    records = read_records(filled.get(RECORDS) or (), found)
    reader = FactReader({name.value: None for name, _ in declared_kinds}, records, library)
    facts, places = _facts(filled, reader, found)
    declared = _declared(filled)
    kinds = {name.value: _kind(name, each, facts, declared, found) for name, each in declared_kinds}
    access = read_access(filled, actions, found)
    vocabulary = Vocabulary(
        actions=actions,
        kinds=kinds,
        resource_types=_resource_types(filled, known_actions, facts, declared, found),
        facts=facts,
        records=records,
        layers=_once(filled.get(LAYERS) or (), "layer", found),
        access=access,
        uncovered=read_uncovered(filled, access, library, found),
        counterparties=_counterparties(filled, known_actions, facts, found),
        allow_for=filled.get(ALLOW_FOR),
        obligations=frozenset(name.value for name, _ in filled.get(OBLIGATIONS) or ()),
    )
    return ReadVocabulary(vocabulary, places, frozenset(declared - facts.keys())), found


def _once(words: Iterable[Scalar], what: str, found: Found) -> tuple[str, ...]:
    """Return words without repetition; complain about one that stands twice."""
    first: dict[str, Span] = {}
    for word in words:
        if word.value in first:
            message = f"the {what} `{word.value}` stands here twice"
            notes = (Note(first[word.value], "it stands here first"),)
            found.append(Diagnostic("duplicate-name", message, word.span, help="keep one of the two", notes=notes))
        first.setdefault(word.value, word.span)
    return tuple(first)


def _actions(filled: Filled, found: Found) -> dict[str, tuple[str, ...]]:
    """Return class -> actions; an action belongs to one class, and no class is called like an action."""
    classes = filled.get(ACTIONS) or ()
    _once([name for name, _ in classes] + [word for _, words in classes for word in words], "action", found)
    return {name.value: tuple(dict.fromkeys(word.value for word in words)) for name, words in classes}


def known(word: Scalar, names: Iterable[str], slug: str, what: str, found: Found) -> bool:
    """Say whether `word` is one of `names`; complain with `slug` if it is not."""
    known_names = list(names)
    if word.value in known_names:
        return True
    message = f"there is no {what} `{clipped(word.value)}`"
    found.append(Diagnostic(slug, message, word.span, help=did_you_mean(word.value, known_names)))
    return False


def _declared(filled: Filled) -> set[str]:
    """Return the paths of all facts that the vocabulary means to declare, also of those that cannot be read."""
    zones = ((zone, filled.node.get(zone.value)) for zone in Zone)
    return {f"{zone}.{name}" for zone, node in zones if isinstance(node, Table) for name in node.entries}


def _facts(filled: Filled, reader: FactReader, found: Found) -> tuple[dict[str, Fact], dict[str, Span]]:
    """Return the facts in the order of the file, and where each is named."""
    facts: dict[str, Fact] = {}
    places: dict[str, Span] = {}
    forms: dict[str, Filled] = {}
    for key in filled.keys:
        zone = next((zone for zone in Zone if zone.value == key), None)
        for name, form in (filled.get(ZONES[zone]) or ()) if zone is not None else ():
            path = f"{key}.{name.value}"
            places[path] = name.span
            if path in BUILT_IN:
                message = f"`{path}` is there without being declared"
                found.append(Diagnostic("built-in-name", message, name.span, help="take it out, or name it otherwise"))
                continue
            fact = reader.read(path, len(facts), name, form, found)
            if fact is not None:
                facts[path], forms[path] = fact, form
    for path, fact in facts.items():
        if fact.computed is not None and not _computable(forms[path], fact, facts, reader.records, found):
            facts[path] = replace(fact, computed=None)
    return facts, places


def _computable(filled: Filled, fact: Fact, facts: dict[str, Fact], records: Records, found: Found) -> bool:
    """Say whether the computation of a fact has what it works on: a list of records with the field that it asks."""
    node = filled.node.get("computed")
    span_of = {key.value: value.span for key, value in node.pairs()} if isinstance(node, Table) else {}
    computed = fact.computed
    if computed is None:
        return False
    if not isinstance(fact.type, BoolType):
        message = f"`{fact.path}` is computed as `bool`, and its type is `{fact.type}`"
        found.append(Diagnostic("wrong-type", message, filled.place(Field("type", TEXT)), help="write `type: bool`"))
    over = facts.get(computed.over)
    if over is None:
        message = f"there is no fact `{clipped(computed.over)}`"
        cure = did_you_mean(computed.over, facts)
        found.append(Diagnostic("unknown-fact", message, span_of["over"], help=cure))
        return False
    if not isinstance(over.type, ListType) or not isinstance(over.type.element, RecordType):
        message = f"`{over.path}` is `{over.type}`, and owners are a list of records"
        found.append(Diagnostic("wrong-type", message, span_of["over"]))
        return False
    name = over.type.element.name
    listed = records[name].get(computed.listed)
    if listed is None:
        message = f"a record `{name}` has no field `{clipped(computed.listed)}`"
        cure = did_you_mean(computed.listed, records[name])
        found.append(Diagnostic("unknown-field", message, span_of["listed"], help=cure))
        return False
    if not isinstance(listed.type, BoolType):
        message = f"`{listed.name}` is `{listed.type}`, and whether an owner is listed is `bool`"
        found.append(Diagnostic("wrong-type", message, span_of["listed"]))
        return False
    return _unowned_known(filled, records[name], found)


def _unowned_known(filled: Filled, owner: Mapping[str, RecordField], found: Found) -> bool:
    """Say whether the kinds of owner that nobody owns are kinds that an owner may be."""
    stated = filled.get(COMPUTED)
    words = () if stated is None else stated.get(UNOWNED) or ()
    kind = owner.get("kind")
    kinds = kind.type.values if kind is not None and isinstance(kind.type, OneOfType) else ()
    # All of them are looked at, so that each that is wrong is said.
    return sum(not known(word, kinds, "unknown-value", "kind of owner", found) for word in words) == 0


def _kind(name: Scalar, filled: Filled, facts: dict[str, Fact], declared: set[str], found: Found) -> SubjectKind:
    """Return a kind of subject whose homes are facts about territories that it has."""
    homes: list[str] = []
    for word in filled.get(HOMES) or ():
        fact = facts.get(word.value)
        if fact is None:
            if word.value not in declared:
                territories = [path for path, fact in facts.items() if _is_territory(fact)]
                known(word, territories, "unknown-fact", "fact", found)
            continue
        if not _is_territory(fact):
            message = f"`{word.value}` is `{fact.type}`, and a home is a `territory` or a `set<territory>`"
            found.append(Diagnostic("home-not-territory", message, word.span))
        elif fact.kinds is not None and name.value not in fact.kinds:
            message = f"`{word.value}` is no fact of the kind `{name.value}`"
            cure = f"add `{name.value}` to its `of:`"
            found.append(Diagnostic("home-of-other-kind", message, word.span, help=cure))
        else:
            homes.append(word.value)
    return SubjectKind(name.value, tuple(dict.fromkeys(homes)), filled.text(KIND_MEANS) or "")


def _is_territory(fact: Fact) -> bool:
    element = fact.type.element if isinstance(fact.type, SetType) else fact.type
    return isinstance(element, TerritoryType) and fact.zone is Zone.SUBJECT


def _resource_types(
    filled: Filled, actions: list[str], facts: dict[str, Fact], declared: set[str], found: Found
) -> dict[str, ResourceType]:
    """Return the types of resource; what identifies one is a text that its catalogue holds."""
    types: dict[str, ResourceType] = {}
    kinds = {name.value: name.span for name, _ in filled.get(KINDS) or ()}
    for name, form in filled.get(RESOURCE_TYPES) or ():
        if name.value in kinds:
            message = f"`{name.value}` is a kind of subject and a type of resource"
            notes = (Note(kinds[name.value], "the kind of subject"),)
            found.append(Diagnostic("duplicate-name", message, name.span, help="rename one of them", notes=notes))
        taken = form.get(TAKEN_BY)
        taken_by = [word.value for word in taken or () if known(word, actions, "unknown-action", "action", found)]
        identifiers: list[str] = []
        for word in form.get(IDENTIFIED_BY) or ():
            fact = facts.get(word.value)
            if fact is None:
                if word.value not in declared:
                    known(word, facts, "unknown-fact", "fact", found)
            elif fact.zone is not Zone.RESOURCE or not isinstance(fact.type, StringType) or not _catalogued(fact):
                message = f"`{word.value}` cannot identify a resource"
                cure = "an identifier is a `string` of the resource with `from: catalogue`"
                found.append(Diagnostic("not-an-identifier", message, word.span, help=cure))
            else:
                identifiers.append(word.value)
        given = None if taken is None else frozenset(taken_by)
        chains = tuple(dict.fromkeys(word.value for word in form.get(CHAINS) or () if _chain(word, found)))
        networks = {key.value: word.value for key, word in form.get(NETWORKS) or () if _chain(word, found)}
        types[name.value] = ResourceType(name.value, given, tuple(dict.fromkeys(identifiers)), chains, networks)
    return types


def _chain(word: Scalar, found: Found) -> bool:
    """Say whether a text names a chain as CAIP-2 does; complain if not."""
    try:
        caip2(word.value)
    except InvalidIdentifier as refused:
        cure = "for instance `solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp` or `eip155:1`"
        found.append(Diagnostic("bad-value", f"`{word.value}` is no chain: {refused.reason}", word.span, help=cure))
        return False
    return True


def _catalogued(fact: Fact) -> bool:
    return Origin.CATALOGUE in fact.origins


def _counterparties(
    filled: Filled, actions: list[str], facts: dict[str, Fact], found: Found
) -> tuple[Counterparty, ...]:
    parties: list[Counterparty] = []
    for name, form in filled.get(COUNTERPARTIES) or ():
        if f"action.{name.value}" in facts:
            message = f"`action.{name.value}` is a fact already"
            found.append(Diagnostic("duplicate-name", message, name.span, help="rename one of them"))
        words = form.get(PARTY_OF) or ()
        named = frozenset(word.value for word in words if known(word, actions, "unknown-action", "action", found))
        decided_as = form.get(DECIDED_AS)
        if decided_as is not None and known(decided_as, actions, "unknown-action", "action", found):
            parties.append(Counterparty(name.value, named, decided_as.value))
    return tuple(parties)
