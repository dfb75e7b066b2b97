"""Write what separates a catalogue from an issuer's list into the catalogue's file, and leave the rest of it alone.

Only the values that change are replaced: comments, the order of keys and facts that the list does not know stay as they
are. The result is in the form of `compliance fmt`.

Invariant: what cannot be written without touching something that a person wrote is not written but named.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import yaml

from compliance.language.catalogue_changes import ID, CatalogueChanges, EntryChange, FieldChange, Shelf
from compliance.language.formatter import WIDTH, format_source, last_line
from compliance.language.issuer_assets import Asset
from compliance.language.nodes import Node, Scalar, Sequence, Table
from compliance.language.reader import normalised, read_source
from compliance.language.span import Source, Span

KEYS: Final = (ID, "name", "underlying", "asset_class", "hours", "isin", "mint", "chain")
"""The order in which the keys of an entry are written."""
_SECOND_LINE: Final = frozenset({"isin", "mint", "chain"})
_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._/&()+'-]*[A-Za-z0-9._)+-])?")
_DASH: Final = re.compile(r"( *)- +")
_RESOLVER: Final = yaml.resolver.Resolver()


@dataclass(frozen=True, slots=True)
class Written:
    """The files that change, with their new texts, and what could not be written: id -> why."""

    files: Mapping[str, str]
    left: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of a catalogue in a file."""

    id: Scalar
    table: Table
    listed: _List


@dataclass(slots=True)
class _List:
    """The entries of one catalogue in a file, and its lines."""

    source: Source
    lines: list[str]
    starts: list[int]
    sequence: Sequence
    shared: Mapping[str, str]
    """What all its entries have without saying so."""
    items: list[_Item] = field(default_factory=list)

    def offset(self, line: int, column: int) -> int:
        """Return the place of a line and a column, both from 1, in the text."""
        return self.starts[line - 1] + column - 1

    def splice(self, span: Span, text: str) -> _Splice:
        """Return what puts `text` in the place of `span`."""
        start, end = self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)
        return _Splice(self.source.path, start, end, text)


@dataclass(frozen=True, slots=True)
class _Splice:
    """A text in the place of the characters from `start` until `end` of a file."""

    path: str
    start: int
    end: int
    text: str


def write_changes(
    sources: Iterable[Source], type_: str, shelf: Shelf, changes: CatalogueChanges, *, remove_gone: bool = False
) -> Written:
    """Return the files with all changes in them, and the ids of entries of which something could not be written.

    Args:
        sources: the files of the rulebook.
        type_: the type of resource whose catalogue it is.
        shelf: the product, and how its names end.
        changes: what the list adds and has otherwise, and what it lacks.
        remove_gone: whether entries that the list lacks are taken out.
    """
    texts = {source.path: normalised(source.text) for source in sources}
    lists = [found for path, text in texts.items() for found in _lists(Source(path, text), type_, shelf.product)]
    items = {item.id.value: item for found in lists for item in found.items}
    splices: list[_Splice] = []
    left: dict[str, str] = {}
    for change in changes.changed:
        item = items.get(change.id)
        if item is None:
            left[change.id] = "its entry was not found"
        else:
            splices += _changed(item, change, left)
    if remove_gone:
        splices += _removed([items[id_] for id_ in changes.gone if id_ in items], left)
    if changes.added:
        into = max(lists, key=lambda found: len(found.items), default=None)
        if into is None or not into.items:
            left |= dict.fromkeys(
                (asset.id for asset in changes.added), f"there is no catalogue of `{shelf.product}` to write it into"
            )
        else:
            splices += _added(into, changes.added, shelf, left)
    files = {path: format_source(Source(path, text)) for path, text in _spliced(texts, splices).items()}
    return Written({path: text for path, text in files.items() if text != texts[path]}, left)


def _lists(source: Source, type_: str, product: str) -> Iterator[_List]:
    """Yield the lists of entries of a product in a file."""
    if "catalogue:" not in source.text:
        return
    node, _ = read_source(source)
    statements = node.items if isinstance(node, Sequence) else (node,)
    lines = source.text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for statement in statements:
        if not isinstance(statement, Table) or _word(statement.get("catalogue")) != type_:
            continue
        entries = statement.get("entries")
        if _word(statement.get("product")) == product and isinstance(entries, Sequence):
            facts = statement.get("facts")
            pairs = facts.pairs() if isinstance(facts, Table) else ()
            shared = {key.value: value.value for key, value in pairs if isinstance(value, Scalar)}
            listed = _List(source, lines, starts, entries, shared)
            for item in entries.items:
                id_ = item.get(ID) if isinstance(item, Table) else None
                if isinstance(item, Table) and isinstance(id_, Scalar):
                    listed.items.append(_Item(id_, item, listed))
            yield listed


def _word(node: Node | None) -> str | None:
    return node.value if isinstance(node, Scalar) else None


def _spliced(texts: Mapping[str, str], splices: Iterable[_Splice]) -> dict[str, str]:
    """Return the files in which something was replaced; what is put in at one place stays in its order."""
    by_path: dict[str, list[_Splice]] = {}
    for splice in splices:
        by_path.setdefault(splice.path, []).append(splice)
    made: dict[str, str] = {}
    for path, found in by_path.items():
        text, here, parts = texts[path], 0, []
        for splice in sorted(found, key=lambda splice: (splice.start, splice.end)):
            parts += [text[here : splice.start], splice.text]
            here = splice.end
        made[path] = "".join([*parts, text[here:]])
    return made


# ------------------------------------------------------------------------------------------------ changes


def _changed(item: _Item, change: EntryChange, left: dict[str, str]) -> list[_Splice]:
    """Return what writes the new values of an entry."""
    splices: list[_Splice] = []
    for one in change.fields:
        entry = item.table.entries.get(one.field)
        if entry is None:
            splices += [] if one.new is None else [_inserted(item, one)]
        elif not isinstance(entry.value, Scalar):
            left[change.id] = f"its `{one.field}` is no text"
        elif one.new is not None:
            splices.append(item.listed.splice(entry.value.span, scalar(one.new)))
        else:
            splices.append(item.listed.splice(entry.value.span, "null"))
    return splices


def _inserted(item: _Item, change: FieldChange) -> _Splice:
    """Return what puts a key into an entry: before the first one that comes after it, else behind the last."""
    listed, pair = item.listed, f"{change.field}: {scalar(change.new or '')}"
    place = KEYS.index(change.field) if change.field in KEYS else len(KEYS)
    later = [entry for name, entry in item.table.entries.items() if name in KEYS and KEYS.index(name) > place]
    is_flow = listed.lines[item.table.span.line - 1][item.table.span.column - 1] == "{"
    if later:
        span = later[0].key.span
        at = Span(span.path, span.line, span.column, span.line, span.column)
        return listed.splice(at, f"{pair}, " if is_flow else f"{pair}\n{' ' * (span.column - 1)}")
    last = list(item.table.entries.values())[-1]
    span = last.value.span
    if is_flow:
        at = Span(span.path, span.end_line, span.end_column, span.end_line, span.end_column)
        fits = len(listed.lines[span.end_line - 1]) + len(pair) + 2 <= WIDTH
        return listed.splice(at, f", {pair}" if fits else f",\n{' ' * item.table.span.column}{pair}")
    line = last_line(item.table)
    end = len(listed.lines[line - 1]) + 1
    at = Span(span.path, line, end, line, end)
    return listed.splice(at, f"\n{' ' * (last.key.span.column - 1)}{pair}")


def _removed(items: Iterable[_Item], left: dict[str, str]) -> list[_Splice]:
    """Return what takes entries out: neither one beside which a comment stands, nor the last of a list."""
    splices: list[_Splice] = []
    kept: dict[int, int] = {}
    for item in items:
        listed = item.listed
        first, last = item.table.span.line, last_line(item.table)
        remaining = kept.setdefault(id(listed), len(listed.items))
        own = listed.lines[first - 1 : last]
        above = listed.lines[first - 2] if first > 1 else ""
        if above.lstrip().startswith("#") or any(re.search(r"(?:^|\s)#", line) for line in own):
            left[item.id.value] = "a comment stands beside it: take both out by hand"
        elif _dash(listed, item) is None:
            left[item.id.value] = "its list is not written one entry below the other: take it out by hand"
        elif remaining == 1:
            left[item.id.value] = "a catalogue without entries does not compile: take it out by hand"
        else:
            kept[id(listed)] = remaining - 1
            splices.append(_Splice(listed.source.path, listed.offset(first, 1), listed.offset(last + 1, 1), ""))
    return splices


def _added(into: _List, assets: Iterable[Asset], shelf: Shelf, left: dict[str, str]) -> list[_Splice]:
    """Return what puts new entries into a list: in their place if it is in order, else at its end."""
    indent = _dash(into, into.items[0])
    if indent is None:
        why = "the list is not written one entry below the other: bring it into that form first"
        left |= dict.fromkeys((asset.id for asset in assets), why)
        return []
    ids = [item.id.value for item in into.items]
    order = next((key for key in (str, str.casefold) if sorted(ids, key=key) == ids), None)
    keys = [] if order is None else [order(id_) for id_ in ids]
    splices: list[_Splice] = []
    for asset in sorted(assets, key=lambda asset: (asset.id if order is None else order(asset.id), asset.id)):
        before = len(ids) if order is None else bisect_right(keys, order(asset.id))
        # Behind the entry before it, so that a comment above the next one stays with that.
        line = last_line(into.items[before - 1].table) + 1 if before else into.items[0].table.span.line
        while not before and line > 1 and into.lines[line - 2].lstrip().startswith("#"):
            line -= 1
        at = into.offset(line, 1) if line <= len(into.lines) else into.starts[-1] - 1
        text = "".join(f"{row}\n" for row in _entry(asset, shelf, into.shared, indent))
        if at == into.starts[-1] - 1 and into.lines[-1]:
            text = "\n" + text
        splices.append(_Splice(into.source.path, at, at, text))
    return splices


def _entry(asset: Asset, shelf: Shelf, shared: Mapping[str, str], indent: str) -> list[str]:
    """Return the lines of a new entry: what it is, and below what identifies it."""
    facts: dict[str, str | None] = {ID: asset.id, "name": shelf.name_of(asset), **asset.facts}
    pairs = [
        (key, scalar(text))
        for key in (*KEYS, *(key for key in facts if key not in KEYS))
        if (text := facts.get(key)) is not None
        and (key in {ID, "name"} or (key in shelf.facts and text != shared.get(key)))
    ]
    first = ", ".join(f"{key}: {text}" for key, text in pairs if key not in _SECOND_LINE)
    second = ", ".join(f"{key}: {text}" for key, text in pairs if key in _SECOND_LINE)
    return [f"{indent}- {{{first},", f"{indent}   {second}}}"] if second else [f"{indent}- {{{first}}}"]


def _dash(listed: _List, item: _Item) -> str | None:
    """Return what stands before the dash of an entry; `None` where none does."""
    before = listed.lines[item.table.span.line - 1][: item.table.span.column - 1]
    found = _DASH.fullmatch(before)
    return None if found is None else found[1]


def scalar(text: str) -> str:
    """Return a text as YAML reads it back, in a list in braces too: in quotes where any reader would misread it."""
    tag = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    if tag == "tag:yaml.org,2002:str" and _PLAIN.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)
