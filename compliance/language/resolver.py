"""Resolve names: which definition or parameter a condition means where it stands, and what type that has.

A name means the jurisdiction's own definition in that jurisdiction's file, else the rulebook's. A jurisdiction that
defines a name for some kinds of subject leaves the rulebook's meaning to the others.

Invariant: definitions form a graph without circles, so that checking them in order of need ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from compliance.language.condition import Condition, Scope, check_expression, names_in, type_of
from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.expression import DefinitionRef
from compliance.language.fields import Found
from compliance.language.graphs import in_order_of_need
from compliance.language.known import Known
from compliance.language.parameters import Name, Parameters
from compliance.language.periods import EFFECTIVE, Dated, check_gaps, check_overlaps, period_of
from compliance.language.rulebook import Definition
from compliance.language.span import Span
from compliance.language.statements import CITED, DEFINED, GAPS, IS, MEANS, SUBJECTS, Statement
from compliance.vocabulary.period import Period
from compliance.vocabulary.types import FactType


@dataclass(frozen=True, slots=True)
class _Variant:
    """One `define:` statement, with what its scope says."""

    statement: Statement
    name: Name
    kinds: frozenset[str] | None
    period: Period

    @property
    def span(self) -> Span:
        return self.statement.filled.place(DEFINED)

    @property
    def condition(self) -> Condition | None:
        return self.statement.filled.get(IS)


@dataclass(slots=True)
class Resolver:
    """What names mean, for the scopes of conditions; filled definition by definition."""

    known: Known
    parameters: Parameters
    broken_parameters: frozenset[str] = frozenset()
    types: dict[Name, FactType] = field(default_factory=dict)
    """Definitions whose text is sound."""
    kinds: dict[Name, frozenset[str] | None] = field(default_factory=dict)
    names: set[Name] = field(default_factory=set)
    """All definitions, also those whose text is not sound."""

    def name_of(self, name: str, jurisdiction: str | None) -> Name | None:
        """Return which definition `name` means in the file of `jurisdiction`, or `None` if it means none."""
        own = (name, jurisdiction)
        return own if own in self.names else (name, None) if (name, None) in self.names else None

    def scope(
        self, jurisdiction: str | None, kinds: frozenset[str] | None, extra: Mapping[str, FactType] | None = None
    ) -> Scope:
        """Return what a condition may talk about in the file of `jurisdiction`, for `kinds` of subject."""

        def definition(name: str) -> tuple[FactType, str | None] | None:
            found = self.name_of(name, jurisdiction)
            return None if found is None or found not in self.types else (self.types[found], found[1])

        def definition_kinds(name: str) -> frozenset[str] | None:
            found = self.name_of(name, jurisdiction)
            return None if found is None else self.kinds.get(found)

        def parameter(name: str) -> tuple[FactType, str | None] | None:
            for place in (jurisdiction, None):
                values = self.parameters.get((name, place))
                if values:
                    return values[0].type, place
            return None

        visible = {name for name, place in self.names if place in {None, jurisdiction}}
        parameters = {name for name, place in self.parameters if place in {None, jurisdiction}}
        return Scope(
            vocabulary=self.known.vocabulary,
            is_place=self.known.is_place,
            place_suggestions=self.known.places.groups,
            definition=definition,
            # A fact that could not be read is as good as a definition that could not: neither is a wrong name.
            definition_names=visible | self.known.broken,
            parameter=parameter,
            parameter_names=parameters | self.broken_parameters,
            kinds=kinds,
            products=frozenset(self.known.products),
            definition_kinds=definition_kinds,
            extra=extra or {},
        )


def resolve_definitions(statements: Iterable[Statement], resolver: Resolver, found: Found) -> tuple[Definition, ...]:
    """Return all definitions, checked; put their names, kinds and types into `resolver`."""
    variants = _variants(statements, resolver.known, found)
    resolver.names.update(variants)
    for name, each in variants.items():
        resolver.kinds[name] = _all_kinds(each)
    for name in variants:
        own, whole = resolver.kinds[name], resolver.kinds.get((name[0], None), frozenset())
        if name[1] is not None and own is not None:
            resolver.kinds[name] = None if whole is None else own | whole
    for name, each in variants.items():
        _check_dates(name, each, resolver.known, found)
    edges = {name: _needs(name, each, resolver) for name, each in variants.items()}
    order, circles = in_order_of_need(edges)
    for circle in circles:
        _circular(circle, edges, found)
    hopeless = {name for circle in circles for name in circle}
    definitions: list[Definition] = []
    for name in order:
        if name not in hopeless:
            definitions.extend(_checked(name, variants[name], resolver, found))
    return tuple(sorted(definitions, key=lambda each: (each.name, each.jurisdiction or "", each.span)))


def _variants(statements: Iterable[Statement], known: Known, found: Found) -> dict[Name, list[_Variant]]:
    """Return the statements that have a name by that name; complain about names that facts have."""
    variants: dict[Name, list[_Variant]] = {}
    for statement in statements:
        filled = statement.filled
        known.library.cite(filled.get(CITED) or (), found)
        kinds = known.kinds(filled.get(SUBJECTS), found)
        period = period_of(filled.get(EFFECTIVE), statement.zone, found)
        word = filled.get(DEFINED)
        if word is None:
            continue
        name = (word.value, statement.setting.jurisdiction)
        if word.value in known.vocabulary.facts or word.value in known.broken:
            message = f"`{word.value}` is a fact already"
            cure = "name the definition otherwise: a name has one meaning"
            found.append(Diagnostic("definition-named-like-fact", message, word.span, help=cure))
        variants.setdefault(name, []).append(_Variant(statement, name, kinds, period))
    return variants


def _all_kinds(variants: Iterable[_Variant]) -> frozenset[str] | None:
    """Return the kinds for which a definition has a meaning at some time; `None` is all."""
    kinds: set[str] = set()
    for variant in variants:
        if variant.kinds is None:
            return None
        kinds |= variant.kinds
    return frozenset(kinds)


def _check_dates(name: Name, variants: list[_Variant], known: Known, found: Found) -> None:
    """Complain, once a pair, about two meanings for one kind at one time, and about times without a meaning."""
    complaints: Found = []
    for kind in known.vocabulary.kinds:
        dated = [Dated(each.period, each.span) for each in variants if each.kinds is None or kind in each.kinds]
        check_overlaps(f"the definition `{name[0]}`", dated, "duplicate-definition", complaints)
        if len(dated) > 1 and not any(each.statement.filled.gives(GAPS) for each in variants):
            check_gaps(f"the definition `{name[0]}`", dated, complaints)
    found.extend(dict.fromkeys(complaints))


def _needs(name: Name, variants: list[_Variant], resolver: Resolver) -> dict[Name, Span]:
    """Return the definitions that a definition names, each with the first place where it does."""
    needs: dict[Name, Span] = {}
    for variant in variants:
        for word, span in () if variant.condition is None else names_in(variant.condition):
            used = resolver.name_of(word, name[1])
            if used is not None:
                needs.setdefault(used, span)
    whole = (name[0], None)
    if name[1] is not None and whole in resolver.names and _all_kinds(variants) is not None:
        needs.setdefault(whole, variants[0].span)
    return needs


def _circular(circle: tuple[Name, ...], edges: Mapping[Name, Mapping[Name, Span]], found: Found) -> None:
    steps = list(zip(circle, (*circle[1:], circle[0]), strict=True))
    chain = " needs ".join(f"`{name}`" for name, _ in (*circle, circle[0]))
    notes = tuple(Note(edges[one][other], f"`{one[0]}` needs `{other[0]}`") for one, other in steps[1:])
    one, other = steps[0]
    cure = "a definition is made of others, not of itself: take one of these steps out"
    found.append(
        Diagnostic("definition-cycle", f"a definition needs itself: {chain}", edges[one][other], help=cure, notes=notes)
    )


def _checked(name: Name, variants: list[_Variant], resolver: Resolver, found: Found) -> list[Definition]:
    """Return the definitions of one name; its type is that of the first, and all agree."""
    definitions: list[Definition] = []
    for variant in variants:
        if variant.condition is None:
            continue
        scope = resolver.scope(name[1], variant.kinds)
        body, diagnostics = check_expression(variant.condition, scope, None)
        found.extend(diagnostics)
        if body is None:
            continue
        filled = variant.statement.filled
        authority = resolver.known.library.cite(filled.get(CITED) or (), [])
        definition = Definition(
            name[0],
            filled.text(MEANS) or "",
            body,
            type_of(body),
            variant.span,
            variant.kinds,
            name[1],
            variant.period if filled.gives(EFFECTIVE) else None,
            authority,
        )
        definitions.append(definition)
    sound = len(definitions) == len(variants)
    for other in definitions[1:]:
        if str(other.type) != str(definitions[0].type):
            message = f"`{name[0]}` is `{other.type}` here and `{definitions[0].type}` elsewhere"
            notes = (Note(definitions[0].span, f"here it is `{definitions[0].type}`"),)
            found.append(Diagnostic("types-differ", message, other.span, notes=notes))
            sound = False
    if sound and definitions:
        resolver.types[name] = definitions[0].type
        definitions.extend(_inherited(name, definitions, resolver, found))
    return definitions


def _inherited(name: Name, own: list[Definition], resolver: Resolver, found: Found) -> list[Definition]:
    """Return, for the kinds that a jurisdiction leaves out, definitions that say what the rulebook says."""
    whole = (name[0], None)
    kinds = _all_kinds_of(own)
    if name[1] is None or kinds is None or whole not in resolver.types:
        return []
    type_ = resolver.types[whole]
    if str(type_) != str(own[0].type):
        message = f"`{name[0]}` is `{own[0].type}` here and `{type_}` in the whole rulebook"
        found.append(Diagnostic("types-differ", message, own[0].span))
        return []
    others = resolver.kinds[whole]
    left = frozenset(resolver.known.vocabulary.kinds if others is None else others) - kinds
    if not left:
        return []
    body = DefinitionRef(name[0], None, type_)
    return [replace(own[0], body=body, kinds=left, effective=None, authority=())]


def _all_kinds_of(definitions: Iterable[Definition]) -> frozenset[str] | None:
    kinds: set[str] = set()
    for definition in definitions:
        if definition.kinds is None:
            return None
        kinds |= definition.kinds
    return frozenset(kinds)
