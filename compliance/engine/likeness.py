"""Say what the rules can tell of a request: two requests with the same likeness are decided and explained alike.

A flag, a word, a territory or a set of them counts as it is. An amount, a number, an instant or a text counts by what
comes of the terms that read it: of a thousand instants, `context.time - subject.screened_at <= 24h` makes two kinds.
Where such a term reads another fact as well, which a trial may vary, the value counts as it is.

Invariant: all that an explanation asks of a request, the values that it shows aside, follows from the request's slice,
its likeness, what is assumed, and why facts are unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.facts import ACTION_NAME, PRODUCT, RESOURCE_TYPE, SUBJECT_TYPE, TIME, attribute, built_in
from compliance.engine.generator import MUST, Generator, Names, Unsettled
from compliance.engine.operations import Failure
from compliance.engine.plain import NotPlain, PlainWriter
from compliance.engine.program import run, with_locals
from compliance.engine.specializer import specialize
from compliance.language.expression import (
    And,
    Call,
    Comparison,
    Conditional,
    Converted,
    DefinitionRef,
    FactRef,
    Has,
    In,
    Leaf,
    Not,
    Or,
    Quantifier,
    Within,
    has_free_variable,
    walk,
)
from compliance.vocabulary.facts import FX, HOMES, Origin
from compliance.vocabulary.types import (
    BoolType,
    CurrencyType,
    DateType,
    DecimalType,
    DurationType,
    IntType,
    MoneyType,
    OneOfType,
    SetType,
    StringType,
    TerritoryType,
    TimestampType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from compliance.engine.facts import Facts
    from compliance.engine.ruleset import Ruleset
    from compliance.engine.slices import Group
    from compliance.language.expression import Expression
    from compliance.vocabulary.facts import Vocabulary
    from compliance.vocabulary.types import FactType

_WORDS: Final = (BoolType, OneOfType, TerritoryType, CurrencyType)
"""Types whose equal values are spelled alike."""
_MEASURES: Final = (IntType, DecimalType, StringType, MoneyType, DateType, TimestampType, DurationType)
"""Types of which only the terms that read them tell values apart."""
_FEW: Final = 3
"""Terms whose program is written once for each way in which those before them come out."""
_IN_SLICE: Final = frozenset({SUBJECT_TYPE, ACTION_NAME, RESOURCE_TYPE, PRODUCT, HOMES})


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the requests of a group are told apart."""

    key: Callable[[Facts], tuple[Any, ...]]
    """From the facts of a request to what rules can tell of it."""
    places: Mapping[str, int]
    """Path of a fact -> the place in a key that is about it."""
    of_time: tuple[int, ...]
    """The places that are about the time of the request alone."""
    homes: tuple[str, ...]
    """Paths of the facts that say where a subject is at home."""


def likeness(ruleset: Ruleset, group: Group) -> Likeness:
    """Return how the requests of `group` (action, kind, product, type of resource) are told apart.

    Its function raises what compiled conditions raise where only the evaluator can say what a term means, and
    `TypeError` where a value cannot be part of a key; such a request is like no other.

    Raises:
        Failure, Unsettled: where that holds for all requests of the group.
    """
    reading = _Reading(ruleset, group[1])
    for rule in ruleset.applicable(*group):
        reading.take(tuple(ruleset.conditions(rule)))
    return reading.made()


def shown_as_given(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the facts whose values two requests of one likeness may give, or spell, differently."""
    return frozenset(path for path, type_ in _types(vocabulary).items() if not _is_words(type_))


def _types(vocabulary: Vocabulary) -> dict[str, FactType]:
    return {**built_in(vocabulary), **{path: fact.type for path, fact in vocabulary.facts.items()}}


def _is_words(type_: FactType) -> bool:
    return isinstance(type_, _WORDS) or (isinstance(type_, SetType) and isinstance(type_.element, _WORDS))


class _Reading:
    """What conditions read: facts, and for measures the terms that read them."""

    def __init__(self, ruleset: Ruleset, kind: str) -> None:
        self.ruleset = ruleset
        self.kind = kind
        self.names = Names()
        self.types = _types(ruleset.vocabulary)
        self.generator = Generator(ruleset, kind, self.names)
        self.writer = PlainWriter(ruleset, self.names)
        self.paths: dict[str, None] = dict.fromkeys(ruleset.vocabulary.kinds[kind].homes)
        self.terms: dict[str, dict[str, None]] = {}
        """Path of a measure -> its terms, as Python that holds where they must be true."""
        self.of_value: set[str] = set()
        """Those that read nothing but the measure."""
        self.as_given: set[str] = set()
        self.seen: set[Expression] = set()
        """Terms that were taken; many rules have the same ones."""
        self.of_time: dict[str, None] = {}
        """Terms that read the time of the request alone."""

    def take(self, nodes: tuple[Expression, ...]) -> None:
        """Note what the nodes of a rule's conditions read."""
        read = [path for node in nodes for path in paths_of(node)]
        self.paths |= dict.fromkeys(read)
        for node in nodes:
            # Inside a comprehension, the comprehension is the term.
            if not _is_term(node) or node in self.seen or has_free_variable(node):
                continue
            try:
                self._term(specialize(node, self.ruleset, self.kind, {}))
                self.seen.add(node)
            except Failure:
                # Something in it has no value now, or none for this kind of subject: nothing is known of its terms.
                if TIME in read:
                    raise Unsettled from None
                self.as_given |= set(read)

    def _term(self, node: Expression) -> None:
        """Note what a folded term reads."""
        read = frozenset(path for part in walk(node) for path in paths_of(part)) - _IN_SLICE
        facts = read - {TIME}
        measures = {path for path in facts if not _is_words(self.types[path])}
        if read == {TIME}:
            self.of_time[self.generator.bound(node, MUST)] = None
        elif TIME in read and not measures:
            # Nothing in a key would tell when the term changes its value.
            raise Unsettled
        elif len(facts) > 1 or not all(isinstance(self.types[path], _MEASURES) for path in measures):
            self.as_given |= measures
            if TIME in read:
                raise Unsettled
        elif measures:
            term = self._of_known(node)
            self.terms.setdefault(next(iter(measures)), {})[term] = None
            if TIME not in read:
                self.of_value.add(term)

    def _of_known(self, node: Expression) -> str:
        """Return Python for a term about one fact, and the time, both known: the plain form is exact then."""
        try:
            return self.writer.condition(node)
        except NotPlain:
            return self.generator.bound(node, MUST)

    def made(self) -> Likeness:
        """Return how requests are told apart."""
        facts = self.ruleset.vocabulary.facts
        origins = [facts[path].computed for path in self.paths if path in facts]
        paths = self.paths | dict.fromkeys(found.over for found in origins if found is not None)
        told = [path for path in paths if path not in _IN_SLICE | {TIME} and not self._is_unheard_of(path)]
        parts = [*(self._part(path) for path in told), *self.of_time]
        text = with_locals("def likeness(f):", [f"return ({''.join(part + ', ' for part in parts)})"])
        return Likeness(
            key=run(text, "likeness", dict(self.names.held)),
            places={path: place for place, path in enumerate(told)},
            of_time=tuple(range(len(told), len(parts))),
            homes=tuple(self.ruleset.vocabulary.kinds[self.kind].homes),
        )

    def _is_unheard_of(self, path: str) -> bool:
        """Say whether a fact is unknown in every request: one that only requests say, about other kinds of subject."""
        fact = self.ruleset.vocabulary.facts.get(path)
        return fact is not None and self.kind not in (fact.kinds or {self.kind}) and fact.origins == (Origin.REQUEST,)

    def _part(self, path: str) -> str:
        name = f"F_{attribute(path)}"
        type_ = self.types[path]
        terms = [] if _is_words(type_) else [*self.terms.get(path, ())]
        if not isinstance(type_, _MEASURES) and not terms:
            return f"(... if {name} is U else {name})"
        if path in self.as_given:
            # What comes of the value alone follows from it.
            terms = [name, *(term for term in terms if term not in self.of_value)]
        return f"(... if {name} is U else None if {name} is None else {_told(terms)})"


def _told(terms: Sequence[str]) -> str:
    """Return Python for what comes of terms: a small number for a few, which takes no room in a key and no hashing."""
    if len(terms) == 1:
        return terms[0]
    return f"({', '.join(terms)})" if len(terms) > _FEW else _coded(terms, 1)


def _coded(terms: Sequence[str], number: int) -> str:
    """Return Python for `number` with a bit behind it for each term: whether it holds."""
    if not terms:
        return str(number)
    first, *rest = terms
    return f"({_coded(rest, 2 * number + 1)} if {first} else {_coded(rest, 2 * number)})"


def _is_term(node: Expression) -> bool:
    """Say whether a node is a condition that no others make up."""
    match node:
        case Comparison() | In() | Within() | Has() | Quantifier():
            return True
        case FactRef() | Call() | DefinitionRef() | Conditional():
            return isinstance(node.type, BoolType) and isinstance(node, Call | Conditional)
        case And() | Or() | Not() | Leaf():
            return False
        case _:
            return False


def paths_of(node: Expression) -> tuple[str, ...]:
    """Return the facts that a node itself reads."""
    match node:
        case FactRef(path, _):
            return (path,)
        case Converted():
            return (FX,)
        case _:
            return ()
