"""Read mappings by forms: which keys there are, what each holds, which must be there.

A form is data, so that the readers of statements, the schema for editors and the pages about the language say the same.

Invariant: whatever a node holds, a shape returns its value or `None` after saying why; it never raises. A node that has
been complained about before counts as given and is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeAlias, TypeVar, cast

from compliance.language.diagnostic import Diagnostic
from compliance.language.nodes import Broken, Node, Scalar, Sequence, Table, first_line
from compliance.language.span import Span
from compliance.vocabulary.suggestions import alternatives, did_you_mean

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Pairs: TypeAlias = tuple[tuple[Scalar, T], ...]
"""What a mapping of names holds, in the order of the file."""
Found = list[Diagnostic]
"""Where the readers put what they find."""


class Shape(Protocol[T_co]):
    """What a value may look like."""

    @property
    def expected(self) -> str:
        """Return what is expected, as a person says it: `a list of words`."""
        ...

    def take(self, node: Node, name: str, found: Found) -> T_co | None:
        """Return the value that `node`, which stands behind the key `name`, holds; or `None`, with a diagnostic."""
        ...


@dataclass(frozen=True, slots=True)
class Word:
    """A scalar; with `pattern`, one that matches it."""

    expected: str = "text"
    pattern: str | None = None
    slug: str = "bad-name"
    help: str = ""

    def take(self, node: Node, name: str, found: Found) -> Scalar | None:
        """Return the scalar itself: its place is needed later."""
        if not isinstance(node, Scalar):
            wrong_shape(node, name, self.expected, found)
            return None
        if _is_missing(node, name, found):
            return None
        if self.pattern is not None and not re.fullmatch(self.pattern, node.value):
            message = f"`{clipped(node.value)}` is not {self.expected}"
            found.append(Diagnostic(self.slug, message, node.span, help=self.help))
            return None
        return node


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    options: tuple[str, ...]
    slug: str

    @property
    def expected(self) -> str:
        """Return the options."""
        return alternatives(self.options)

    def take(self, node: Node, name: str, found: Found) -> Scalar | None:
        """Return the scalar if it is one of the options."""
        word = TEXT.take(node, name, found)
        if word is not None and word.value not in self.options:
            message = f"`{clipped(word.value)}` is not one of the values of `{name}`"
            found.append(Diagnostic(self.slug, message, word.span, help=did_you_mean(word.value, self.options)))
            return None
        return word


@dataclass(frozen=True, slots=True)
class YesNo:
    """`true` or `false`."""

    expected: str = "`true` or `false`"

    def take(self, node: Node, name: str, found: Found) -> bool | None:
        """Return the truth value."""
        if isinstance(node, Scalar) and node.value in {"true", "false"}:
            return node.value == "true"
        wrong_shape(node, name, self.expected, found)
        return None


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number of at most six digits, 0 or more."""

    expected: str = "a whole number, 0 or more"

    def take(self, node: Node, name: str, found: Found) -> int | None:
        """Return the number."""
        if isinstance(node, Scalar) and re.fullmatch("[0-9]{1,6}", node.value):
            return int(node.value)
        wrong_shape(node, name, self.expected, found)
        return None


@dataclass(frozen=True, slots=True)
class Anything:
    """Any node: who asks reads it by a type that is known later."""

    expected: str = "a value"

    def take(self, node: Node, name: str, found: Found) -> Node | None:
        """Return the node; one that has been complained about is `None`."""
        if isinstance(node, Scalar) and node.is_empty:
            _is_missing(node, name, found)
            return None
        return None if isinstance(node, Broken) else node


@dataclass(frozen=True, slots=True)
class ListOf(Generic[T]):
    """A sequence whose items have one shape; with `or_one`, an item may also stand alone."""

    shape: Shape[T]
    expected: str
    or_one: bool = False
    at_least: int = 1

    def take(self, node: Node, name: str, found: Found) -> tuple[T, ...] | None:
        """Return the items that have the shape."""
        if self.or_one and not isinstance(node, Sequence | Broken) and not _is_blank(node):
            alone = self.shape.take(node, name, found)
            return None if alone is None else (alone,)
        if not isinstance(node, Sequence):
            wrong_shape(node, name, self.expected, found)
            return None
        if len(node.items) < self.at_least:
            cure = "write what belongs into it"
            found.append(Diagnostic("empty-value", f"the list `{name}` is empty", node.span, help=cure))
            return None
        taken = (self.shape.take(item, name, found) for item in node.items)
        return tuple(item for item in taken if item is not None)


@dataclass(frozen=True, slots=True)
class TableOf(Generic[T]):
    """A mapping of names, each of `key` shape, to values of one shape."""

    shape: Shape[T]
    expected: str
    key: Word = Word()

    def take(self, node: Node, name: str, found: Found) -> Pairs[T] | None:
        """Return the pairs whose value has the shape, in the order of the file."""
        if not isinstance(node, Table):
            wrong_shape(node, name, self.expected, found)
            return None
        pairs: list[tuple[Scalar, T]] = []
        for key, value in node.pairs():
            named = self.key.take(key, name, found)
            taken = self.shape.take(value, key.value, found)
            if named is not None and taken is not None:
                pairs.append((named, taken))
        return tuple(pairs)


@dataclass(frozen=True, slots=True)
class Field(Generic[T_co]):
    """One key of a form."""

    name: str
    shape: Shape[T_co]
    required: bool = False
    missing: tuple[str, str, str, str] | None = None
    """Slug, message (`{}` is what lacks it), label and help where `missing-field` would say too little."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a mapping may hold."""

    title: str
    """What the mapping is, as messages call it: `rule`."""
    fields: tuple[Field[object], ...]
    named_by: str | None = None
    """The key whose value is the name of the thing."""

    @property
    def expected(self) -> str:
        """Return what is expected."""
        keys = ", ".join(f"`{field.name}`" for field in self.fields if field.required)
        return f"a mapping with {keys}" if keys else "a mapping"

    def take(self, node: Node, name: str, found: Found) -> Filled | None:
        """Return what the mapping holds; missing, unknown and misshapen keys are complained about."""
        if not isinstance(node, Table):
            wrong_shape(node, name, self.expected, found)
            return None
        known = {field.name: field for field in self.fields}
        values: dict[str, object] = {}
        keys: dict[str, Scalar] = {}
        for key, value in node.pairs():
            field = known.get(key.value)
            if field is None:
                message = f"a {self.title} has no key `{clipped(key.value)}`"
                found.append(Diagnostic("unknown-key", message, key.span, help=did_you_mean(key.value, known)))
                continue
            keys[key.value] = key
            taken = field.shape.take(value, key.value, found)
            if taken is not None:
                values[key.value] = taken
        filled = Filled(self, node, values, keys)
        for field in self.fields:
            if field.required and field.name not in keys:
                found.append(_missing(field, filled))
        return filled


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with what one mapping holds of it."""

    form: Form
    node: Table
    values: Mapping[str, object]
    keys: Mapping[str, Scalar]

    def get(self, field: Field[T]) -> T | None:
        """Return the value of a field, or `None` if it is not given or was complained about."""
        return cast("T | None", self.values.get(field.name))

    def gives(self, field: Field[object]) -> bool:
        """Say whether the key stands there, whatever it holds."""
        return field.name in self.keys

    def text(self, field: Field[Scalar]) -> str | None:
        """Return the text of a scalar field."""
        value = self.get(field)
        return None if value is None else value.value

    def place(self, field: Field[object]) -> Span:
        """Return where the value of a field stands; its key where the value is large; the mapping's start else."""
        value = self.node.get(field.name)
        if isinstance(value, Scalar) and not value.is_empty:
            return value.span
        key = self.keys.get(field.name)
        return first_line(self.node.span) if key is None else key.span

    @property
    def is_whole(self) -> bool:
        """Say whether every key that stands there could be read, and every key that must be there is."""
        demanded = {field.name for field in self.form.fields if field.required}
        return demanded <= self.values.keys() == self.keys.keys()

    @property
    def name_span(self) -> Span:
        """Return where the thing is named, for messages about the whole of it."""
        value = self.node.get(self.form.named_by) if self.form.named_by else None
        return value.span if isinstance(value, Scalar) and not value.is_empty else first_line(self.node.span)

    @property
    def called(self) -> str:
        """Return how messages call the thing: rule `us-person`."""
        value = self.node.get(self.form.named_by) if self.form.named_by else None
        named = isinstance(value, Scalar) and not value.is_empty
        return f"{self.form.title} `{clipped(value.value)}`" if named else f"this {self.form.title}"  # type: ignore[union-attr]


def _missing(field: Field[object], filled: Filled) -> Diagnostic:
    if field.missing is not None:
        slug, message, label, cure = field.missing
        return Diagnostic(slug, message.format(filled.called), filled.name_span, label, cure)
    message = f"{filled.called} lacks `{field.name}`"
    return Diagnostic(
        "missing-field", message, filled.name_span, help=f"add `{field.name}:` with {field.shape.expected}"
    )


def wrong_shape(node: Node, name: str, expected: str, found: Found) -> None:
    """Say that what stands behind the key `name` does not look as it should."""
    if isinstance(node, Broken):
        return
    if isinstance(node, Scalar):
        if _is_missing(node, name, found):
            return
        what, span = f"`{clipped(node.value)}`", node.span
    else:
        what, span = "a list" if isinstance(node, Sequence) else "a mapping", first_line(node.span)
    message = f"`{name}` is {expected}, not {what}"
    cure = ""
    if isinstance(node, Scalar) and expected.startswith("a list of words"):
        cure = f"write `{name}: [{clipped(node.value)}]`"
    found.append(Diagnostic("wrong-shape", message, span, help=cure))


def _is_blank(node: Node) -> bool:
    return isinstance(node, Scalar) and (node.is_empty or node.is_null)


def _is_missing(node: Scalar, name: str, found: Found) -> bool:
    """Complain about a key behind which nothing stands."""
    blank = not node.value.strip()
    if not blank and not node.is_null:
        return False
    span = node.span
    if node.is_empty:
        # Nothing can be underlined where nothing stands.
        span = Span(span.path, span.line, span.column, span.line, span.column + 1)
    cure = f"write it behind `{name}:`"
    found.append(Diagnostic("empty-value", f"`{name}` has no value", span, help=cure))
    return True


_CLIPPED: Final = 60


def clipped(text: str) -> str:
    """Return `text` on one line and not too long, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= _CLIPPED else line[: _CLIPPED - 3] + "..."


TEXT: Final = Word()
SENTENCE: Final = Word("a sentence")
YES_NO: Final = YesNo()
COUNT: Final = Count()
ANYTHING: Final = Anything()
WORDS: Final = ListOf(TEXT, "a list of words")
"""`[a, b]`."""
SLUG: Final = Word(
    "a name of small letters, digits and hyphens",
    r"[a-z0-9]+(?:[-.][a-z0-9]+)*",
    help="for instance `us-person`",
)
