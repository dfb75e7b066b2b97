"""Turn `rules/invariants.yaml` into what must hold for every possible request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from compliance.language.cases import OUTCOMES
from compliance.language.condition import Condition, check_condition
from compliance.language.condition_reader import CONDITION
from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.documents import Document
from compliance.language.fields import SENTENCE, SLUG, Field, Form, Found
from compliance.language.resolver import Resolver
from compliance.language.rulebook import Invariant
from compliance.language.span import Span
from compliance.language.statements import NOTES, tables
from compliance.vocabulary.types import OneOfType

NAME: Final = Field("invariant", SLUG, required=True)
HOLDS: Final[Field[Condition]] = Field("holds", CONDITION, required=True)
SAYS: Final = Field("says", SENTENCE)
INVARIANT: Final = Form("invariant", (NAME, HOLDS, SAYS, NOTES), named_by="invariant")

OUTCOME: Final = OneOfType(OUTCOMES)
"""The type of `outcome`, which only invariants may read."""


def read_invariants(documents: Iterable[Document], resolver: Resolver, found: Found) -> tuple[Invariant, ...]:
    """Return the invariants in the order of the file; those that could not be read are left out."""
    invariants: list[Invariant] = []
    spans: dict[str, Span] = {}
    scope = resolver.scope(None, None, {"outcome": OUTCOME})
    for document in documents:
        for table in tables(document, found):
            filled = INVARIANT.take(table, "invariant", found)
            word = None if filled is None else filled.get(NAME)
            if filled is None or word is None:
                continue
            if word.value in spans:
                notes = (Note(spans[word.value], "it is stated here first"),)
                message = f"the invariant `{word.value}` is stated twice"
                found.append(Diagnostic("duplicate-name", message, word.span, notes=notes))
            spans.setdefault(word.value, word.span)
            condition = filled.get(HOLDS)
            if condition is None:
                continue
            holds, diagnostics = check_condition(condition, scope)
            found.extend(diagnostics)
            if holds is not None:
                invariants.append(Invariant(word.value, holds, filled.text(SAYS) or "", word.span))
    return tuple(invariants)
