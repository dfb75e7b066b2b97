"""Turn the text of a rule file into nodes: every scalar a text with its place, every mistake a diagnostic.

Invariant: nothing is raised, whatever the file holds. A line that YAML misreads is complained about with the line as it
should be, read as if it were so, and the rest of the file is read too.

Reference: YAML 1.1, as libyaml reads it. Anchors, aliases, tags and several documents in one file are not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.nodes import Broken, Entry, Node, Scalar, Sequence, Style, Table
from compliance.language.span import Source, Span
from compliance.language.traps import TAB, Trap, cut_by_comment, find_trap
from compliance.language.yaml_errors import not_yaml

_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST: Final = 40
LONGEST: Final = 4_000_000
_LOOKED_AT: Final = 200
"""Characters behind a scalar in which a comment is looked for: for each scalar, all of a long line is too much."""
_MOST_REPAIRS: Final = 100
_MOST_READ: Final = 20_000_000
"""Characters that are read again, in all, after repairs."""

_UNDECODABLE: Final = re.compile("\ufffd+")
# Besides control characters: what looks like a space or like nothing, and what reorders what a reader sees.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def read_source(source: Source) -> tuple[Node | None, list[Diagnostic]]:
    """Return the one document of `source` as nodes, or `None` if it cannot be read to its end.

    `source.text` has been through `normalised`.
    """
    unreadable = _unreadable(source)
    if unreadable:
        return None, unreadable
    text = _Repaired(source)
    for _ in range(max(1, min(_MOST_REPAIRS, _MOST_READ // (len(source.text) + 1)))):
        builder = _Builder(source.path, text)
        try:
            node = builder.read()
        except yaml.YAMLError as error:
            if not text.repair(error, builder.last_line):
                # After a tab was taken for a space, what does not fit is no mistake of its own.
                last = [] if any(each.slug == TAB for each in text.found) else [not_yaml(source, error)]
                return None, [*text.found, *builder.found, *last]
        else:
            return node, [*text.found, *builder.found]
    return None, text.found


def normalised(text: str) -> str:
    """Return `text` without a byte order mark and with line feeds alone, as digests and places count it."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _unreadable(source: Source) -> list[Diagnostic]:
    """Return what makes the text unfit to be parsed at all: one diagnostic per line."""
    if len(source.text) > LONGEST:
        message = f"the file has {len(source.text)} characters, more than {LONGEST}"
        return [Diagnostic("file-too-long", message, _at(source.path, 1, 1), help="split it into several files")]
    found: list[Diagnostic] = []
    for number, line in enumerate(source.text.split("\n"), start=1):
        undecodable = _UNDECODABLE.search(line)
        if undecodable is not None:
            start, end = undecodable.span()
            message = "the file is not written in UTF-8"
            span = _at(source.path, number, start + 1, end - start)
            found.append(Diagnostic("wrong-encoding", message, span, "no text in UTF-8", "save the file as UTF-8"))
            return found
        bad = _INVISIBLE.search(line)
        if bad is None:
            continue
        message = f"the line holds the invisible character U+{ord(bad[0]):04X}"
        cure = "take it out, or write a space"
        found.append(Diagnostic("invisible-character", message, _at(source.path, number, bad.start() + 1), help=cure))
    return found


def _at(path: str, line: int, column: int, width: int = 1) -> Span:
    return Span(path, line, column, line, column + width)


class _Repaired:
    """A text in which lines that YAML misreads give way to others of the same length, so that all places stay."""

    def __init__(self, source: Source) -> None:
        self.path = source.path
        self.lines = source.text.split("\n")
        self.broken: dict[int, int] = {}
        """Line of a misread value -> column in which it starts, both from 0."""
        self.done: set[int] = set()
        self.found: list[Diagnostic] = []

    def repair(self, error: yaml.YAMLError, last_line: int) -> bool:
        """Take the misread value that YAML stumbles over out; return whether there is one."""
        marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
        numbers = [mark.line for mark in marks if mark is not None]
        for number in dict.fromkeys([*numbers[:1], last_line, *numbers[1:]]):
            trap = find_trap(self.lines[number]) if number < len(self.lines) and number not in self.done else None
            if trap is not None:
                self.found.append(trap.diagnostic(self.path, number + 1))
                self.done.add(number)
                self._take_out(number, trap)
                return True
        return False

    def _take_out(self, number: int, trap: Trap) -> None:
        line = self.lines[number]
        if trap.slug == TAB:
            stripped = line.lstrip(" \t")
            self.lines[number] = stripped.rjust(len(line))
            return
        self.broken[number] = trap.starts
        self.lines[number] = line[: trap.starts].ljust(len(line), "x")
        for following in range(number + 1, len(self.lines)):
            text = self.lines[following]
            if text.strip() and len(text) - len(text.lstrip(" ")) <= trap.belongs_to:
                return
            self.lines[following] = " " * len(text)


@dataclass(slots=True)
class _Open:
    """A sequence or mapping that is being read."""

    start: Any
    is_table: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Node | None = None


class _Builder:
    """Makes nodes of the events of one text; `found` are the mistakes that do not stop it."""

    def __init__(self, path: str, repaired: _Repaired) -> None:
        self.path = path
        self.lines = repaired.lines
        self.text = "\n".join(repaired.lines)
        self.broken = repaired.broken
        self.found: list[Diagnostic] = []
        self.last_line = 0
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def read(self) -> Node | None:
        """Return the document; raise `yaml.YAMLError` where libyaml gives up."""
        documents = 0
        for event in self._events():
            self.last_line = event.start_mark.line
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._say("several-documents", "a file is one document", event, "take out the line `---`")
                    return self.root
            elif not self._take(event):
                return None
        if self.root is None:
            cure = "write what the file is for, or remove it"
            self.found.append(Diagnostic("empty-file", "the file is empty", _at(self.path, 1, 1), help=cure))
        return self.root

    def _events(self) -> Iterator[Any]:
        yield from yaml.parse(self.text, Loader=_Loader)

    def _take(self, event: Any) -> bool:
        """Read one event; return whether to go on."""
        match event:
            case yaml.ScalarEvent():
                self._put(self._scalar(event))
            case yaml.AliasEvent():
                self._put(self._alias(event))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                if len(self.stack) >= DEEPEST:
                    self._say("too-deep", "the file is nested too deeply", event, f"the deepest is {DEEPEST} levels")
                    return False
                self._marked(event)
                self.stack.append(_Open(event.start_mark, isinstance(event, yaml.MappingStartEvent)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._put(self._closed(self.stack.pop(), event))
            case _:
                pass
        return True

    def _put(self, node: Node) -> None:
        """Put `node` where it belongs: at the top, into the open sequence, or as key or value of the open mapping."""
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_table:
            top.items.append(node)
        elif top.key is None:
            top.key = node
        else:
            self._pair(top, top.key, node)
            top.key = None

    def _pair(self, top: _Open, key: Node, value: Node) -> None:
        if isinstance(key, Broken):
            return
        if not isinstance(key, Scalar) or key.is_empty:
            message = "a key is a word, not a list or a mapping"
            span = _at(self.path, key.span.line, key.span.column)
            self.found.append(Diagnostic("key-not-text", message, span, help="write `key: value`"))
            return
        if self._is_half(key, value):
            return
        first = top.entries.get(key.value)
        if first is None:
            top.entries[key.value] = Entry(key, value)
            return
        message = f"the key `{key.value}` stands here twice"
        note = Note(first.key.span, "it stands here first")
        cure = "keep one of the two"
        self.found.append(Diagnostic("duplicate-key", message, key.span, help=cure, notes=(note,)))

    def _is_half(self, key: Scalar, value: Node) -> bool:
        """Complain about `{a: b, c}`, where the comma was meant as part of the value."""
        end = (key.span.end_line, key.span.end_column)
        bare = isinstance(value, Scalar) and value.is_empty and (value.span.line, value.span.column) == end
        if bare and not self.lines[key.span.end_line - 1][key.span.end_column - 1 :].lstrip().startswith(":"):
            message = f"YAML takes the `,` before `{key.value}` for the end of a value"
            cure = "put the whole value in quotes, or write `key: value`"
            self.found.append(Diagnostic("unquoted-comma", message, key.span, help=cure))
            return True
        return False

    def _closed(self, opened: _Open, event: Any) -> Node:
        span = self._span(opened.start, event.end_mark)
        inside = [entry.value.span for entry in opened.entries.values()] + [node.span for node in opened.items]
        if inside and self.text[opened.start.index] not in "[{":
            # The end of a block is where the next thing starts: comments between do not belong to it.
            span = Span(self.path, span.line, span.column, inside[-1].end_line, inside[-1].end_column)
        if opened.is_table:
            return Table(opened.entries, span)
        return Sequence(tuple(opened.items), span)

    def _scalar(self, event: Any) -> Node:
        raw = self.text[event.start_mark.index : event.end_mark.index]
        span = self._span(event.start_mark, event.end_mark)
        if self.broken.get(event.start_mark.line) == event.start_mark.column:
            return Broken(span)
        if self._marked(event) or event.tag is not None:
            return Broken(span)
        style = Style(event.style or "")
        behind = self._behind(event.end_mark.index) if style is Style.PLAIN else ""
        if cut_by_comment(event.value, behind) and self._trap(event, span):
            return Broken(span)
        # An escape may write what no line may hold.
        bad = _INVISIBLE.search(event.value) if style is Style.DOUBLE else None
        if bad is not None:
            message = f"the text holds the invisible character U+{ord(bad[0]):04X}"
            self._say("invisible-character", message, event, "take it out, or write a space")
            return Broken(span)
        return Scalar(event.value, span, style, raw)

    def _behind(self, index: int) -> str:
        """Return the beginning of what follows on the line of the character at `index`."""
        return self.text[index : index + _LOOKED_AT].partition("\n")[0]

    def _alias(self, event: Any) -> Node:
        span = self._span(event.start_mark, event.end_mark)
        if not self._trap(event, span):
            cure = "write out what it stands for"
            self._say("alias-not-allowed", f"the alias `*{event.anchor}` stands for something else", event, cure)
        return Broken(span)

    def _marked(self, event: Any) -> bool:
        """Complain about a tag or an anchor; return whether the line was a condition that YAML misread."""
        if event.tag is None and event.anchor is None:
            return False
        span = self._span(event.start_mark, event.end_mark)
        if self._trap(event, span):
            return True
        if event.anchor is not None:
            cure = "write the value out in each place"
            self._say("anchor-not-allowed", f"the anchor `&{event.anchor}` gives the value a name", event, cure)
        if event.tag is not None:
            cure = "take the tag out: the type follows from the key"
            self._say("tag-not-allowed", f"the tag `{event.tag}` gives the value a type", event, cure)
        return False

    def _trap(self, event: Any, span: Span) -> bool:
        """Complain if the line of `event` is an expression that YAML reads as something else."""
        trap = find_trap(self.lines[span.line - 1], at=event.start_mark.column)
        if trap is None:
            return False
        self.found.append(trap.diagnostic(self.path, span.line))
        return True

    def _say(self, slug: str, message: str, event: Any, cure: str) -> None:
        start = event.start_mark
        width = max(1, event.end_mark.column - start.column) if event.end_mark.line == start.line else 1
        span = _at(self.path, start.line + 1, start.column + 1, width)
        self.found.append(Diagnostic(slug, message, span, help=cure))

    def _span(self, start: Any, end: Any) -> Span:
        """Return the span from `start` to `end` without the blanks and line ends before `end`."""
        raw = self.text[start.index : end.index].rstrip()
        rows = raw.split("\n")
        end_line = start.line + len(rows)
        end_column = len(rows[-1]) + 1 + (start.column if len(rows) == 1 else 0)
        return Span(self.path, start.line + 1, start.column + 1, end_line, end_column)
