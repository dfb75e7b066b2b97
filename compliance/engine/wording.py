"""Say a condition in plain words: a tree of sentences, made of what the officer wrote and of what names mean.

A term that carries `says:` is said with it. Any other is worded from the vocabulary: a fact by its name, or, where it
is true or false by itself, by what it means; a definition and a parameter by their names and meanings.

Invariant: nothing is left out, and *not* stands where it is meant: it is carried inwards as Kleene logic allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from compliance.engine.operations import Failure
from compliance.engine.shown import shown
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
    FactRef,
    Fold,
    Has,
    In,
    Leaf,
    ListOf,
    Member,
    Negative,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.vocabulary import territory
from compliance.vocabulary.facts import HOMES
from compliance.vocabulary.types import BoolType, DateType, TerritoryType, TimestampType

if TYPE_CHECKING:
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.vocabulary.types import FactType
    from compliance.vocabulary.values import FactValue

Join: TypeAlias = Literal["", "all", "any", "none"]
"""How the parts of a sentence belong together; `""`: it has none."""


@dataclass(frozen=True, slots=True)
class Named:
    """A word in a sentence that stands for something with a page of its own."""

    kind: Literal["fact", "definition", "parameter", "place"]
    name: str
    text: str
    jurisdiction: str | None = None

    @property
    def shown(self) -> str:
        """Return the word as it stands in a text: what is a name and no sentence is quoted."""
        return self.text if self.kind == "place" or self.is_sentence else f"“{self.text}”"

    @property
    def is_sentence(self) -> bool:
        """Say whether the word is what a fact means, not what it is called."""
        return self.kind == "fact" and self.text != _spoken(self.name)


Run: TypeAlias = str | Named


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence, or several that belong together as `join` says; `source` is what the officer wrote, in CEL."""

    runs: tuple[Run, ...] = ()
    join: Join = ""
    parts: tuple[Words, ...] = ()
    source: str = ""

    @property
    def text(self) -> str:
        """Return the sentence without its references."""
        return "".join(run if isinstance(run, str) else run.shown for run in self.runs)


Runs: TypeAlias = Iterator[Run]

_ORDERED: Final = {"<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}
_IN_TIME: Final = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_SYMBOL: Final = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "%": "modulo"}
_TEXT: Final = {
    "startsWith": ("begins with", "does not begin with"),
    "endsWith": ("ends with", "does not end with"),
    "contains": ("contains", "does not contain"),
    "matches": ("has the form", "does not have the form"),
}
_FOLDS: Final = {"sum": "the sum", "min": "the least", "max": "the most"}
_EACH: Final = {"exists": "one", "all": "each one", "exists_one": "exactly one"}


class Wording:
    """Words conditions as a ruleset means them: parameters are said with the value in force."""

    def __init__(self, ruleset: Ruleset, kinds: frozenset[str] | None = None) -> None:
        """Take the ruleset whose vocabulary, definitions and parameters conditions name, and whom they are about.

        `kinds` are kinds of subject (`None`: all); a definition may have another meaning for each.
        """
        self.ruleset = ruleset
        self.kinds = kinds

    def condition(self, node: Expression, *, no: bool = False) -> Words:
        """Return the words of a condition; with `no`, of its opposite."""
        match node:
            case Leaf(term, source, says):
                if says is not None:
                    return Words((f"not: {says}",) if no else (says,), source=source)
                made = self.condition(term, no=no)
                return Words(made.runs, made.join, made.parts, source)
            case Not(term):
                return self._none(term) if isinstance(term, Or) and not no else self.condition(term, no=not no)
            case And(terms) | Or(terms):
                if isinstance(node, Or) and no:
                    return self._none(node)
                join: Join = "any" if isinstance(node, Or) is not no else "all"
                return Words(join=join, parts=tuple(self.condition(term, no=no) for term in terms))
            case _:
                return Words(tuple(_joined(self._sentence(node, no=no))))

    def _none(self, node: Or) -> Words:
        return Words(join="none", parts=tuple(self.condition(term) for term in node.terms))

    def _sentence(self, node: Expression, *, no: bool) -> Runs:
        match node:
            case Const(value, _):
                yield "always" if (value is True) is not no else "never"
            case FactRef(path, _) if path in self.ruleset.vocabulary.facts:
                yield "it is not so that " if no else ""
                yield Named("fact", path, self.ruleset.vocabulary.facts[path].means)
            case DefinitionRef(name, jurisdiction, _):
                yield "not " if no else ""
                yield Named("definition", name, _spoken(name), jurisdiction)
                yield from self._meaning(name, jurisdiction)
            case ParameterRef():
                yield from self._parameter(node)
                yield " is not set" if no else " is set"
            case Member(record, field, BoolType()):
                yield "it is not so that " if no else ""
                yield from ("it ",) if isinstance(record, Variable) else (*self.term(record), " ")
                yield self._field(record, field)
            case Comparison(symbol, left, right):
                yield from self._comparison(_OPPOSITE[symbol] if no else symbol, left, right)
            case Within(place, where):
                yield from self.term(place)
                yield " is outside " if no else " is in "
                yield from self._place(where)
            case In(item, collection):
                yield from self._among(item, collection, no=no)
            case Has(target):
                yield from self.term(target)
                yield " is not given" if no else " is given"
            case Quantifier(kind, source, variable, body):
                yield from self._quantified(kind, source, variable, body, no=no)
            case Call(function, (one, two), _) if function in _TEXT:
                yield from self.term(one)
                yield f" {_TEXT[function][no]} "
                yield from self.term(two)
            case And(terms) | Or(terms):
                word = " or " if isinstance(node, Or) is not no else " and "
                for number, term in enumerate(terms):
                    yield word if number else ""
                    yield from self._sentence(term, no=no)
            case Not(term):
                yield from self._sentence(term, no=not no)
            case Leaf(term, _, says):
                yield from (says,) if says is not None and not no else self._sentence(term, no=no)
            case Conditional(condition, then, otherwise, _):
                yield "if "
                yield from self._sentence(condition, no=False)
                yield ", then "
                yield from self._sentence(then, no=no)
                yield ", otherwise "
                yield from self._sentence(otherwise, no=no)
            case _:
                yield "it is not so: " if no else ""
                yield from self.term(node)

    def _comparison(self, symbol: str, left: Expression, right: Expression) -> Runs:
        if isinstance(right, Const) and isinstance(right.value, bool):
            yield from self._sentence(left, no=(symbol == "==") is not right.value)
            return
        timed = isinstance(getattr(left, "type", None), TimestampType | DateType)
        yield from self.term(left)
        verbs = {"==": "is", "!=": "is not", **(_IN_TIME if timed else _ORDERED)}
        yield f" {verbs[symbol]} "
        yield from self.term(right)

    def _among(self, item: Expression, collection: Expression, *, no: bool) -> Runs:
        if isinstance(collection, Const):
            yield from self.term(item)
            yield " is none of " if no else " is "
            yield from self.term(collection)
            return
        yield from self.term(collection)
        yield " lacks " if no else " has "
        yield from self.term(item)

    def _quantified(self, kind: str, source: Expression, variable: Variable, body: Expression, *, no: bool) -> Runs:
        yield "among "
        yield from self.term(source)
        direct = isinstance(body, Within) and body.territory == variable
        if no and kind == "exists":
            word = "none"
        elif no:
            word = "not " + _EACH[kind]
        else:
            word = _EACH[kind]
        if direct and isinstance(body, Within):
            yield f", {word} is in "
            yield from self._place(body.place)
            return
        yield f", this holds for {word}: "
        yield from self._sentence(body, no=False)

    def term(self, node: Expression) -> Runs:
        """Yield the words of a value."""
        match node:
            case Const(value, type_):
                yield from self._constant(value, type_)
            case FactRef(path, _):
                yield self._fact(path)
            case Variable():
                yield "it"
            case Member(record, field, _):
                yield from ("its ",) if isinstance(record, Variable) else (*self.term(record), "'s ")
                yield _plain(field)
            case DefinitionRef(name, jurisdiction, _):
                yield Named("definition", name, _spoken(name), jurisdiction)
            case ParameterRef():
                yield from self._parameter(node)
            case Arithmetic("-", FactRef("context.time", _), right, _):
                yield "the time since "
                yield from self.term(right)
            case Arithmetic(symbol, left, right, _):
                yield from self.term(left)
                yield f" {_SYMBOL[symbol]} "
                yield from self.term(right)
            case Negative(term, _):
                yield "minus "
                yield from self.term(term)
            case Converted(amount, currency, _):
                yield from self.term(amount)
                yield f" in {currency}"
            case Call("size", (one,), _):
                yield "the number of "
                yield from self.term(one)
            case Call("date", (one,), _):
                yield "the day of "
                yield from self.term(one)
            case Call("decimal", (one,), _) | Leaf(one, _, _):
                yield from self.term(one)
            case Call(function, arguments, _):
                yield f"{function}("
                yield from _listed(list(self.term(one)) for one in arguments)
                yield ")"
            case Fold(kind, source, _, body, _):
                yield f"{_FOLDS[kind]} of "
                yield from self.term(body)
                yield " over "
                yield from self.term(source)
            case Collect(kind, source, _, body, _):
                yield from self.term(source)
                yield " for which " if kind == "filter" else ", of each "
                yield from self._sentence(body, no=False) if kind == "filter" else self.term(body)
            case ListOf(items, _):
                yield from _listed([list(self.term(one)) for one in items])
            case _:
                yield from self._sentence(node, no=False)

    def _constant(self, value: FactValue, type_: FactType) -> Runs:
        if isinstance(value, tuple):
            element = getattr(type_, "element", type_)
            yield from _listed([list(self._constant(one, element)) for one in value])
        elif isinstance(type_, TerritoryType) and isinstance(value, str):
            yield Named("place", value, territory.name(value))
        else:
            yield shown(value)

    def _fact(self, path: str) -> Run:
        if path == HOMES:
            return "the homes"
        fact = self.ruleset.vocabulary.facts.get(path)
        if fact is None:
            return "the time of the decision" if path == "context.time" else f"the {_spoken(path)}"
        return Named("fact", path, _spoken(path))

    def _field(self, record: Expression, field: str) -> str:
        type_ = getattr(record, "type", None)
        fields = self.ruleset.vocabulary.records.get(getattr(type_, "name", ""), {})
        return (fields[field].means if field in fields else "") or f"is {_plain(field)}"

    def _meaning(self, name: str, jurisdiction: str | None) -> Runs:
        """Yield what a definition means, if it means one thing for all whom the condition is about."""
        meanings = {
            found.means
            for found in self.ruleset.rulebook.definitions
            if (found.name, found.jurisdiction) == (name, jurisdiction)
            and (self.kinds is None or found.kinds is None or self.kinds & found.kinds)
        }
        if len(meanings) == 1:
            yield f": {meanings.pop()}"

    def _parameter(self, ref: ParameterRef) -> Runs:
        yield Named("parameter", ref.name, _plain(ref.name), ref.jurisdiction)
        try:
            held = self.ruleset.parameter(ref)
        except Failure:
            yield " (no value now)"
        else:
            if not isinstance(held.type, BoolType):
                yield f" ({shown(held.value)})"

    def _place(self, where: str | Expression) -> Runs:
        if not isinstance(where, str):
            yield from self.term(where)
            return
        page = self.ruleset.rulebook.jurisdictions.get(where)
        is_group = where in self.ruleset.rulebook.places.groups
        yield Named("place", where, page.name if page is not None else where if is_group else territory.name(where))


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _spoken(path: str) -> str:
    """Return a path as words, without its zone."""
    return _plain(path.split(".", 1)[1])


def _listed(items: object) -> Runs:
    """Yield runs of several items with commas, and `or` before the last."""
    every: list[list[Run]] = list(items)  # type: ignore[call-overload]
    for place, item in enumerate(every):
        if place:
            yield " or " if place == len(every) - 1 else ", "
        yield from item


def _joined(runs: Runs) -> Runs:
    """Yield runs with neighbouring texts made one, and empty ones left out."""
    text = ""
    for run in runs:
        if isinstance(run, str):
            text += run
            continue
        if text:
            yield text
            text = ""
        yield run
    if text:
        yield text
