"""Turn a rule file into its one form: keys in their order, conditions spelled alike, comments where they were.

It moves whole lines and rewrites conditions, nothing else. Invariant: the formatted file means what the file meant, and
formatting it again changes nothing; a file for which that cannot be shown stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance.language.diagnostic import Severity
from compliance.language.nodes import Node, Scalar, Sequence, Style, Table
from compliance.language.parser import parse
from compliance.language.reader import normalised, read_source
from compliance.language.span import Source, Span
from compliance.language.syntax import Group, Join
from compliance.language.unparser import unparse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.language.syntax import Node as Surface

WIDTH: Final = 120
MOST_JOINED: Final = 2
"""More terms than this, joined by `&&` or `||`, are written as a tree."""
CONDITIONS: Final = frozenset({"when", "is", "needs", "holds"})
TREES: Final = frozenset({"all", "any", "none"})
_DATED: Final = ("effective", "review_by", "notes")

ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "rule": (
        *("rule", "effect", "layer", "actions", "subjects", "resources", "except", "when", "needs", "remedy"),
        *("obliges", "says", "authority", *_DATED),
    ),
    "define": ("define", "subjects", "means", "is", "authority", *_DATED),
    "parameter": ("parameter", "means", "type", "values"),
    "catalogue": ("catalogue", "product", "facts", "authority", "entries"),
    "jurisdiction": (
        *("jurisdiction", "name", "zone", "review_by", "authority", "notes"),
        *("positions", "definitions", "parameters", "rules", "authorities"),
    ),
    "group": (
        *("group", "name", "means", "zone", "members", "review_by", "authority", "notes"),
        *("positions", "definitions", "parameters", "rules", "authorities"),
    ),
    "case": (
        *("case", "as_of", "as", "subject", "action", "resource", "context", "without", "homes"),
        *("outcome", "grounds", "not_grounds", "missing", "requirements", "obligations"),
    ),
    "invariant": ("invariant", "says", "holds"),
    "access": (
        "layer",
        "product",
        "access",
        "name",
        "says",
        "except",
        "when",
        "effective",
        "authority",
        "review_by",
        "notes",
    ),
}
"""The key that tells what a mapping is -> its keys in order; a key that is not listed stays behind the listed ones."""


def format_source(source: Source) -> str:
    """Return the text of `source` in its one form, or as it is if it cannot be read or would change its meaning."""
    before = Source(source.path, normalised(source.text))
    node, found = read_source(before)
    if node is None or any(one.severity is Severity.ERROR for one in found):
        return source.text
    text = _Formatter(before).formatted(node)
    after, _ = read_source(Source(source.path, text))
    if after is None or _meaning(after) != _meaning(node):
        return source.text
    return text


@dataclass(frozen=True, slots=True)
class _Formatter:
    """Formats one file."""

    source: Source

    @property
    def lines(self) -> list[str]:
        """Return the lines of the file, without spaces at their ends."""
        return [line.rstrip() for line in self.source.text.split("\n")]

    def formatted(self, node: Node) -> str:
        """Return the whole text."""
        lines = self.lines
        first = self._first(node)
        body = self._block(node, lines, first, len(lines), first_column(node))
        return "\n".join([*lines[:first], *body]).rstrip("\n") + "\n"

    def _first(self, node: Node) -> int:
        return node.span.line - 1

    def _block(self, node: Node, lines: list[str], start: int, end: int, column: int) -> list[str]:
        """Return lines `start` to `end` (exclusive), which hold `node` from `column` on, formatted."""
        if self._flow(node, lines):
            return lines[start:end]
        if isinstance(node, Table):
            return self._table(node, lines, start, end, column)
        if isinstance(node, Sequence):
            return self._sequence(node, lines, start, end)
        return lines[start:end]

    def _flow(self, node: Node, lines: list[str]) -> bool:
        span = node.span
        return not isinstance(node, Table | Sequence) or lines[span.line - 1][span.column - 1 : span.column] in {
            "{",
            "[",
        }

    def _sequence(self, node: Sequence, lines: list[str], start: int, end: int) -> list[str]:
        """Format each item in its own lines; what stands above an item stays above it."""
        made: list[str] = []
        here = start
        for position, item in enumerate(node.items):
            first = item.span.line - 1
            stop = node.items[position + 1].span.line - 1 if position + 1 < len(node.items) else end
            last = min(stop, last_line(item))
            made += lines[here:first]
            made += self._block(item, lines, first, last, first_column(item))
            here = last
        return made + lines[here:end]

    def _table(self, node: Table, lines: list[str], start: int, end: int, column: int) -> list[str]:
        """Put the entries of a mapping in order, each with the comments above it, and format their values."""
        entries = list(node.entries.values())
        prefix = lines[start][: column - 1]
        chunks: list[tuple[str, list[str]]] = []
        here = start
        for position, entry in enumerate(entries):
            key_line = entry.key.span.line - 1
            final = position + 1 == len(entries)
            stop = (
                end
                if final
                else max(key_line + 1, min(last_line(entry.value), entries[position + 1].key.span.line - 1))
            )
            stop = max(key_line + 1, min(stop, last_line(entry.value)))
            above = [self._dedented(line, column) for line in lines[here:key_line]]
            chunks.append((entry.key.value, above + self._entry(entry.key, entry.value, lines, stop, column)))
            here = stop
        ordered = _ordered(chunks)
        # A comment cannot stand between the dash of an item and its first key: then the order stays.
        if not (prefix.strip() and ordered and ordered[0][1][0].startswith("#")):
            chunks = ordered
        body = [line for _, chunk in chunks for line in chunk]
        indent = " " * (column - 1)
        made = [indent + line if line else line for line in body]
        if made and prefix.strip():
            made[0] = prefix + body[0]
        return made + lines[here:end]

    def _dedented(self, line: str, column: int) -> str:
        return line[column - 1 :] if not line[: column - 1].strip() else line.lstrip()

    def _entry(self, key: Scalar, value: Node, lines: list[str], stop: int, column: int) -> list[str]:
        """Return an entry's lines, without the indentation of its mapping."""
        key_line = key.span.line - 1
        text = [lines[key_line][column - 1 :], *(self._dedented(line, column) for line in lines[key_line + 1 : stop])]
        if isinstance(value, Scalar):
            return self._condition(key, value, text) if key.value in CONDITIONS else text
        if self._flow(value, lines):
            return text
        first = value.span.line - 1
        if first == key_line:
            return text
        inner = self._block(value, lines, first, stop, first_column(value))
        head = lines[key_line + 1 : first]
        kept = [self._dedented(line, column) for line in (*head, *inner)]
        return [text[0], *kept]

    def _condition(self, key: Scalar, value: Scalar, text: list[str]) -> list[str]:
        """Return a condition spelled in the one way, as a tree if it joins many terms; comments beside it keep it."""
        if value.style not in {Style.PLAIN, Style.SINGLE, Style.LITERAL} or _commented(text, value):
            return text
        node = _parsed(value)
        if node is None:
            return text
        if isinstance(node, Join) and len(node.terms) > MOST_JOINED:
            kind = "all" if node.operator == "&&" else "any"
            items = [f"    - {scalar(unparse(term))}" for term in node.terms]
            if all(len(item) <= WIDTH for item in items):
                return [f"{key.value}:", f"  {kind}:", *items]
        line = f"{key.value}: {scalar(unparse(node))}"
        return [line] if len(line) + key.span.column <= WIDTH else text


def _ordered(chunks: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Return the entries of a mapping in the order that its kind of statement has."""
    names = [name for name, _ in chunks]
    kind = next((kind for kind in ORDERS if kind in names and _fits(kind, names)), None)
    if kind is None:
        return chunks
    order = {name: place for place, name in enumerate(ORDERS[kind])}
    return sorted(chunks, key=lambda chunk: order.get(chunk[0], len(order)))


def _fits(kind: str, names: list[str]) -> bool:
    """Say whether a mapping with the key `kind` is of that kind: positions name products, vocabularies levels."""
    return kind not in {"product", "access"} or ("layer" in names) == (kind == "access")


def _commented(text: list[str], value: Scalar) -> bool:
    """Say whether a comment stands beside a condition: then its lines are left alone."""
    if value.style is Style.LITERAL:
        return any(line.lstrip().startswith("#") for line in text) or "//" in value.value
    return "#" in text[0].replace(value.raw or value.value, "", 1)


def _parsed(value: Scalar) -> Surface | None:
    node, found = parse(value.value, lambda start, end: Span("", 1, start + 1, 1, end + 1))
    return None if node is None or any(one.severity is Severity.ERROR for one in found) else node


def scalar(text: str) -> str:
    """Return a condition as a YAML scalar: plain where that is read as it stands, else in single quotes."""
    risky = text[:1] in "!&*[]{}\"'%@`|>-?:,#" or ": " in text or " #" in text or text.endswith(":") or " ? " in text
    return "'" + text.replace("'", "''") + "'" if risky else text


def first_column(node: Node) -> int:
    """Return the column at which a block's lines start."""
    return node.span.column


def last_line(node: Node) -> int:
    """Return the number of the last line with something of `node` on it."""
    if isinstance(node, Table) and node.entries:
        return max(
            node_line for entry in node.entries.values() for node_line in (entry.key.span.line, last_line(entry.value))
        )
    if isinstance(node, Sequence) and node.items:
        closing = node.span.end_line if node.span.end_column > 1 else 0
        inner = max(last_line(item) for item in node.items)
        return max(inner, closing) if closing - inner <= 1 else inner
    span = node.span
    return span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line


def _meaning(node: Node, *, condition: bool = False) -> object:
    """Return what a node says, apart from order of keys and spelling of conditions."""
    if isinstance(node, Table):
        if condition and len(node.entries) == 1 and next(iter(node.entries)) in TREES:
            kind, entry = next(iter(node.entries.items()))
            return _tree(kind, entry.value)
        return {
            name: _meaning(entry.value, condition=name in CONDITIONS or name in TREES)
            for name, entry in node.entries.items()
        }
    if isinstance(node, Sequence):
        return [_meaning(item, condition=condition) for item in node.items]
    if isinstance(node, Scalar):
        parsed = _parsed(node) if condition else None
        return node.value if parsed is None else ("condition", unparse(parsed))
    return None


def _tree(kind: str, value: Node) -> object:
    """Return a tree as the condition it is, where all its leaves are plain conditions."""
    if not isinstance(value, Sequence):
        return {kind: _meaning(value, condition=True)}
    leaves = [_parsed(item) if isinstance(item, Scalar) else None for item in value.items]
    if any(leaf is None for leaf in leaves):
        return {kind: _meaning(value, condition=True)}
    terms = tuple(leaf for leaf in leaves if leaf is not None)
    span = Span("", 1, 1, 1, 1)
    whole = unparse(Group(kind, terms, span))  # type: ignore[arg-type]  # one of the three words
    again, _ = parse(whole, lambda start, end: Span("", 1, start + 1, 1, end + 1))
    return ("condition", whole if again is None else unparse(again))
