"""Turn `rules/edges.yaml` into the edges of which the rulebook says itself that no case can show them, each with why.

An edge is called as `compliance check --edges` calls it; whether there is one of that name is for that command to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.documents import Document
from compliance.language.fields import SENTENCE, TEXT, Field, Form, Found, ListOf, clipped
from compliance.language.rulebook import Unobservable
from compliance.language.span import Span

BECAUSE: Final = Field("because", SENTENCE, required=True)
EDGES: Final = Field("edges", ListOf(TEXT, "a list of edges, as `compliance check --edges` calls them"), required=True)
REASON: Final = Form("reason", (BECAUSE, EDGES), named_by="because")
UNOBSERVABLE: Final = Field("unobservable", ListOf(REASON, "a list of reasons, each with `edges`"), required=True)
EDGES_FILE: Final = Form("file", (UNOBSERVABLE,))


def read_unobservable(documents: Iterable[Document], found: Found) -> tuple[Unobservable, ...]:
    """Return the edges in the order of the file; one that is listed twice is complained about."""
    edges: dict[str, Unobservable] = {}
    for document in documents:
        filled = EDGES_FILE.take(document.node, "the file", found)
        for reason in (filled.get(UNOBSERVABLE) or ()) if filled is not None else ():
            for word in reason.get(EDGES) or ():
                if word.value in edges:
                    _listed_twice(word.value, word.span, edges[word.value].span, found)
                else:
                    edges[word.value] = Unobservable(word.value, reason.text(BECAUSE) or "", word.span)
    return tuple(edges.values())


def _listed_twice(edge: str, span: Span, first: Span, found: Found) -> None:
    notes = (Note(first, "it stands here first"),)
    message = f"the edge `{clipped(edge)}` is listed twice"
    found.append(Diagnostic("duplicate-name", message, span, help="keep one of the two", notes=notes))
