"""Turn positions into the rules that they are shorthand for, by the vocabulary's table of access.

Invariant: a position of `<jurisdiction>` in `<layer>` about `<product>` means rules with ids
`<jurisdiction>/<layer>-<product>[-<name>]/<class>-<effect>`, and nothing else; about several products, it is as many
positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from compliance.language.authorities import only_recalled
from compliance.language.condition import Text, check_condition
from compliance.language.diagnostic import Diagnostic, Note, Severity
from compliance.language.expression import And, Expression, Not
from compliance.language.fields import Found
from compliance.language.jurisdictions import (
    POSITION_ACCESS,
    POSITION_LAYER,
    POSITION_NAME,
    POSITION_PRODUCT,
    POSITION_SAYS,
)
from compliance.language.known import Known, is_known
from compliance.language.nodes import Scalar
from compliance.language.periods import EFFECTIVE, Dated, check_overlaps, day_after, period_of
from compliance.language.resolver import Resolver
from compliance.language.rulebook import Effect, HomeScope, Position, Rule
from compliance.language.rules import read_exceptions, recalled
from compliance.language.span import Span
from compliance.language.statements import AUTHORITY, WHEN, Statement
from compliance.vocabulary.facts import Access


@dataclass(frozen=True, slots=True)
class _Placed:
    """A position with the beginning of its rules' ids and the condition of its level of access."""

    position: Position
    id: str
    only_if: Mapping[str, Expression]
    notes: tuple[str, ...]


def resolve_positions(
    statements: Iterable[Statement], resolver: Resolver, found: Found
) -> tuple[tuple[Position, ...], tuple[Rule, ...], frozenset[str]]:
    """Return the positions, the rules that they mean, and the beginnings of ids of those that could not be read."""
    placed: list[_Placed] = []
    dated: dict[str, list[Dated]] = {}
    for statement in statements:
        placed.extend(_placed(statement, resolver, dated, found))
    cure = "let one end before the other starts, or give one of them a `name:`"
    for id_, positions in dated.items():
        check_overlaps(f"the position `{id_}`", positions, "duplicate-position", found, cure)
    rules = [rule for each in placed for rule in _rules(each, resolver.known)]
    broken = dated.keys() - {each.id for each in placed}
    return tuple(each.position for each in placed), tuple(rules), frozenset(broken)


def _placed(statement: Statement, resolver: Resolver, dated: dict[str, list[Dated]], found: Found) -> Iterator[_Placed]:
    """Yield what a statement says of each of its products."""
    before = len(found)
    filled, known = statement.filled, resolver.known
    jurisdiction = statement.setting.jurisdiction or ""
    layer = known.layer(filled.get(POSITION_LAYER), found)
    products = [known.product(word, found) for word in _distinct(filled.get(POSITION_PRODUCT) or (), found)]
    word = filled.get(POSITION_ACCESS)
    levels = known.vocabulary.access
    fits = word is not None and is_known(word, levels, "unknown-access", "access", found)
    access = levels[word.value] if word is not None and fits else None
    authority = known.library.cite(filled.get(AUTHORITY) or (), found)
    period = period_of(filled.get(EFFECTIVE), statement.zone, found)
    excepting = read_exceptions(statement, resolver, found)
    condition, when = filled.get(WHEN), None
    if condition is not None:
        when, diagnostics = check_condition(condition, resolver.scope(jurisdiction, None))
        found.extend(diagnostics)
    span = filled.place(POSITION_ACCESS)
    only_if = {} if access is None else _conditions(access, span, jurisdiction, resolver, found)
    if access is not None and only_recalled(authority) and _opens(access, known):
        recalled(f"the position `{access.name}`", span, found)
    if layer is None or access is None:
        return
    name, review_by = filled.text(POSITION_NAME), statement.review_by
    sound = not any(each.severity is Severity.ERROR for each in found[before:]) and filled.is_whole
    for product in products:
        if product is None:
            continue
        id_ = f"{jurisdiction}/{layer}-{product}" + ("" if name is None else f"-{name}")
        dated.setdefault(id_, []).append(Dated(period, span))
        if not sound:
            continue
        says = filled.text(POSITION_SAYS) or access.says or _sentence(layer, product, access, jurisdiction, known)
        position = Position(
            jurisdiction,
            layer,
            product,
            access.name,
            authority,
            span,
            period,
            says,
            excepting,
            when,
            None if review_by is None else day_after(review_by, statement.zone),
        )
        yield _Placed(position, id_, only_if, statement.notes)


def _distinct(words: Iterable[Scalar], found: Found) -> Iterator[Scalar]:
    """Yield the words, each once; complain about one that stands twice."""
    seen: dict[str, Span] = {}
    for word in words:
        if word.value in seen:
            notes = (Note(seen[word.value], "it stands here first"),)
            message = f"the product `{word.value}` stands twice"
            found.append(Diagnostic("duplicate-value", message, word.span, help="take one out", notes=notes))
        else:
            seen[word.value] = word.span
            yield word


def _opens(access: Access, known: Known) -> bool:
    """Say whether a level permits something that a territory without a position is not permitted."""
    uncovered = known.vocabulary.uncovered
    closed = known.vocabulary.access.get(uncovered.access) if uncovered is not None else None
    for actions, effect in access.effects.items():
        otherwise = None if closed is None else closed.effects.get(actions)
        if effect.effect == Effect.PERMIT and (otherwise is None or otherwise.effect != Effect.PERMIT):
            return True
    return False


def _conditions(
    access: Access, span: Span, jurisdiction: str, resolver: Resolver, found: Found
) -> dict[str, Expression]:
    """Return class of actions -> what its permit depends on, as the jurisdiction's file sees it."""
    conditions: dict[str, Expression] = {}
    for actions, effect in access.effects.items():
        if effect.only_if is None:
            continue
        name = effect.only_if
        resolved = resolver.name_of(name, jurisdiction)
        if resolved is None and name not in resolver.known.vocabulary.facts:
            if name not in resolver.known.broken:
                message = f"nothing defines `{name}`, on which the access `{access.name}` depends"
                cure = f"add `define: {name}`, here or in `rules/`"
                found.append(Diagnostic("unknown-definition", message, span, help=cure))
            continue
        kinds = None if resolved is None else resolver.kinds.get(resolved)
        lacking = [kind for kind in resolver.known.vocabulary.kinds if kinds is not None and kind not in kinds]
        if lacking:
            message = f"`{name}`, on which the access `{access.name}` depends, has no meaning for " + ", ".join(
                f"`{kind}`" for kind in lacking
            )
            cure = f"add `define: {name}` with `subjects: [{', '.join(lacking)}]`"
            found.append(Diagnostic("definition-missing-for-kind", message, span, help=cure))
            continue
        checked, diagnostics = check_condition(Text(name, span), resolver.scope(jurisdiction, None))
        # The vocabulary's words do not stand here: all that is said about them points at the position's access.
        found.extend(replace(each, span=span, notes=()) for each in diagnostics)
        if checked is not None:
            conditions[actions] = checked
    return conditions


def _sentence(layer: str, product: str, access: Access, jurisdiction: str, known: Known) -> str:
    """Return what a position says where its file gives no sentence."""
    page = known.pages.get(jurisdiction)
    place = jurisdiction if page is None else page.name
    return f"{known.products[product].name} in {place}: {access.name} ({layer})"


def _rules(placed: _Placed, known: Known) -> Iterator[Rule]:
    """Yield the rules that a position means."""
    position = placed.position
    access = known.vocabulary.access[position.access]
    for actions, effect in access.effects.items():
        condition = placed.only_if.get(actions)
        yield _rule(placed, known, actions, Effect(effect.effect), _both(position.when, condition))
        if condition is not None:
            yield _rule(placed, known, actions, Effect.FORBID, _both(position.when, Not(condition)))
        if effect.effect == Effect.REFER:
            # Only what is permitted can be referred (DESIGN section 5, steps 2 and 4).
            yield _rule(placed, known, actions, Effect.PERMIT, position.when)
        if effect.also is not None:
            yield _rule(placed, known, actions, Effect(effect.also), position.when)


def _both(one: Expression | None, other: Expression | None) -> Expression | None:
    if one is None or other is None:
        return one if other is None else other
    return And((one, other))


def _rule(placed: _Placed, known: Known, actions: str, effect: Effect, when: Expression | None) -> Rule:
    position = placed.position
    return Rule(
        id=f"{placed.id}/{actions}-{effect}",
        effect=effect,
        says=position.says,
        actions=frozenset(known.vocabulary.actions[actions]),
        authority=position.authority,
        span=position.span,
        product=position.product,
        home=HomeScope(position.jurisdiction, position.excepting),
        when=when,
        effective=position.effective,
        review_by=position.review_by,
        layer=position.layer,
        jurisdiction=position.jurisdiction,
        from_position=True,
        notes=placed.notes,
    )
