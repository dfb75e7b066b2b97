"""Sort the files of a rulebook by what they are for, and read each into nodes.

Invariant: where a file lies says what it is; a file whose place says nothing is complained about, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from compliance.language.diagnostic import Diagnostic
from compliance.language.nodes import Node
from compliance.language.reader import normalised, read_source
from compliance.language.span import Source, Span


class Kind(StrEnum):
    """What a file is for."""

    VOCABULARY = "vocabulary"
    AUTHORITIES = "authorities"
    PERSONAS = "personas"
    INVARIANTS = "invariants"
    EDGES = "edges"
    STATEMENTS = "statements"
    JURISDICTION = "jurisdiction"
    GROUP = "group"
    PARENTS = "parents"
    CASES = "cases"


VOCABULARY_PATH: Final = "rules/vocabulary.yaml"
_BY_PATH: Final = {
    VOCABULARY_PATH: Kind.VOCABULARY,
    "rules/authorities.yaml": Kind.AUTHORITIES,
    "rules/personas.yaml": Kind.PERSONAS,
    "rules/invariants.yaml": Kind.INVARIANTS,
    "rules/edges.yaml": Kind.EDGES,
    "jurisdictions/parents.yaml": Kind.PARENTS,
}
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Document:
    """One file: where it is, what it is for, and what it holds."""

    path: str
    kind: Kind
    node: Node

    @property
    def start(self) -> Span:
        """Return the beginning of the file, for messages about the whole of it."""
        return start_of(self.path)

    @property
    def stem(self) -> str:
        """Return the file's name without folder and extension."""
        return stem_of(self.path)


@dataclass(frozen=True, slots=True)
class Documents:
    """All files that could be read; `whole` says whether that is all of them."""

    documents: tuple[Document, ...]
    sources: tuple[Source, ...]
    whole: bool

    def of(self, kind: Kind) -> tuple[Document, ...]:
        """Return the files of one kind, in order of path."""
        return tuple(document for document in self.documents if document.kind is kind)


def start_of(path: str) -> Span:
    """Return the beginning of a file."""
    return Span(path, 1, 1, 1, 2)


def stem_of(path: str) -> str:
    """Return a file's name without folder and extension: `us-person` for `rules/us/us-person.cases.yaml`."""
    return path.rsplit("/", 1)[-1].removesuffix(".yaml").removesuffix(".cases")


def read_documents(sources: Iterable[Source]) -> tuple[Documents, list[Diagnostic]]:
    """Return the files as nodes, in order of path."""
    found: list[Diagnostic] = []
    kept: dict[str, Source] = {}
    for source in sorted(sources, key=lambda source: source.path):
        if source.path in kept:
            found.append(
                Diagnostic("duplicate-file", f"the file `{source.path}` is given twice", start_of(source.path))
            )
        else:
            kept[source.path] = Source(source.path, normalised(source.text))
    documents: list[Document] = []
    whole = True
    for source in kept.values():
        kind, complaint = kind_of(source.path)
        if complaint is not None:
            found.append(complaint)
        if kind is None:
            continue
        node, diagnostics = read_source(source)
        found.extend(diagnostics)
        if node is None:
            whole = False
        else:
            documents.append(Document(source.path, kind, node))
    return Documents(tuple(documents), tuple(kept.values()), whole), found


def kind_of(path: str) -> tuple[Kind | None, Diagnostic | None]:
    """Return what the file at `path` is for, or what is wrong with its place or name."""
    steps = path.split("/")
    if path.endswith(".yml"):
        cure = f"call it `{path.removesuffix('.yml')}.yaml`"
        return None, Diagnostic("wrong-extension", "rule files end with `.yaml`", start_of(path), help=cure)
    odd = next((step for step in steps if not _PLAIN_NAME.fullmatch(step)), None)
    if odd is not None:
        message = f"the name `{_printable(odd)}` is not plain"
        cure = "use letters, digits, hyphens, dots and underscores, so that it is the same name on every machine"
        return None, Diagnostic("bad-file-name", message, start_of(path), help=cure)
    known = _BY_PATH.get(path)
    if known is not None:
        return known, None
    if path.endswith(".cases.yaml"):
        return Kind.CASES, None
    match steps:
        case ["rules", *_, name] if name.endswith(".yaml"):
            return Kind.STATEMENTS, None
        case ["jurisdictions", name] if name.endswith(".yaml"):
            return Kind.JURISDICTION, None
        case ["jurisdictions", "groups", name] if name.endswith(".yaml"):
            return Kind.GROUP, None
        case _:
            cure = "rules lie in `rules/`, territories in `jurisdictions/`, groups in `jurisdictions/groups/`"
            return None, Diagnostic("stray-file", f"nothing is read from `{path}`", start_of(path), help=cure)


def _printable(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:60]
