"""Read who demands a thing: `authority:` of a statement, and the sources that statements share by name.

Invariant: an `Authority` has a title, the day on which its page was read, and a standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.fields import (
    SENTENCE,
    SLUG,
    TEXT,
    Choice,
    Field,
    Filled,
    Form,
    Found,
    ListOf,
    TableOf,
    Word,
    clipped,
    wrong_shape,
)
from compliance.language.nodes import Broken, Node, Scalar, Table
from compliance.language.span import Span
from compliance.vocabulary import moments
from compliance.vocabulary.authority import Authority, Standing
from compliance.vocabulary.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    expected: str = "a date such as `2026-01-31`"

    def take(self, node: Node, name: str, found: Found) -> date | None:
        """Return the date."""
        word = TEXT.take(node, name, found)
        day = None if word is None else moments.day(word.value)
        if word is not None and day is None:
            message = f"`{clipped(word.value)}` is no date"
            found.append(Diagnostic("bad-date", message, word.span, help=f"write {self.expected}"))
        return day


DAY: Final = Day()

TITLE: Final = Field("title", SENTENCE, required=True)
ARTICLE: Final = Field("article", SENTENCE)
HREF: Final = Field(
    "href",
    Word(
        "an `https://` address",
        r"https://[^\s/@]+\.[^\s@]+|docs/[\w/-]+\.md",
        "bad-href",
        "write the whole address of the page, or `docs/...md` for a decision of the house",
    ),
)
REVIEWED_ON: Final = Field(
    "reviewed_on",
    DAY,
    required=True,
    missing=(
        "authority-without-date",
        "{} does not say when its page was read",
        "read on which day?",
        "add `reviewed_on:` with the date on which somebody read it",
    ),
)
STANDING: Final = Field(
    "standing",
    Choice(tuple(Standing), "unknown-standing"),
    required=True,
    missing=(
        "authority-without-standing",
        "{} does not say how well it is founded",
        "",
        "add `standing:` with `quoted`, `relayed`, `secondary`, `computed`, `house` or `recalled`",
    ),
)
AUTHORITY: Final = Form("authority", (TITLE, ARTICLE, HREF, REVIEWED_ON, STANDING), named_by="title")

USE: Final = Field("use", SLUG, required=True)
CITED: Final = Form("use of an authority", (USE, ARTICLE), named_by="use")

NAMED: Final = TableOf(AUTHORITY, "a mapping of names to authorities", SLUG)
AUTHORITIES: Final = Field("authorities", NAMED)


@dataclass(frozen=True, slots=True)
class Citation:
    """One item of `authority:` as it stands: the name of a shared source, or a source of its own."""

    span: Span
    use: str | None = None
    article: str | None = None
    own: Authority | None = None


@dataclass(frozen=True, slots=True)
class _Cited:
    """A name, `{use, article}`, or a whole authority."""

    expected: str = "the name of an authority, or `{title, article, href, reviewed_on, standing}`"

    def take(self, node: Node, name: str, found: Found) -> Citation | None:
        """Return the citation."""
        match node:
            case Scalar():
                word = TEXT.take(node, name, found)
                return None if word is None else Citation(word.span, word.value)
            case Table() if "use" in node.entries:
                used = CITED.take(node, name, found)
                if used is None or used.get(USE) is None:
                    return None
                return Citation(used.place(USE), used.text(USE), used.text(ARTICLE))
            case Table():
                filled = AUTHORITY.take(node, name, found)
                own = None if filled is None else authority_of(filled)
                return None if filled is None else Citation(filled.name_span, own=own)
            case Broken():
                return None
            case _:
                wrong_shape(node, name, self.expected, found)
                return None


def citations(*, required: bool, missing: tuple[str, str, str, str] | None = None) -> Field[tuple[Citation, ...]]:
    """Return the field `authority`, demanded or not."""
    shape = ListOf(_Cited(), "a list of authorities", or_one=True)
    return Field("authority", shape, required, missing or MISSING)


MISSING: Final = (
    "missing-authority",
    "{} cites no authority",
    "nothing says who demands this",
    "add `authority:` with title, href, reviewed_on and standing, or with a name of `rules/authorities.yaml`",
)


def authority_of(filled: Filled) -> Authority | None:
    """Return the authority that a mapping states, or `None` if something was complained about."""
    title, day, standing = filled.text(TITLE), filled.get(REVIEWED_ON), filled.text(STANDING)
    if title is None or day is None or standing is None:
        return None
    return Authority(title, day, Standing(standing), filled.text(ARTICLE), filled.text(HREF))


@dataclass(slots=True)
class Library:
    """The sources that statements share: by file (its own `authorities:`), then those of `rules/authorities.yaml`."""

    shared: dict[str, tuple[Authority | None, Span]] = field(default_factory=dict)
    own: dict[str, dict[str, tuple[Authority | None, Span]]] = field(default_factory=dict)

    def add(self, file: Filled, path: str | None, found: Found) -> None:
        """Take the named sources of one file; `path` is `None` for those that every file may cite."""
        shelf = self.shared if path is None else self.own.setdefault(path, {})
        for name, filled in file.get(AUTHORITIES) or ():
            first = shelf.get(name.value)
            if first is None:
                shelf[name.value] = (authority_of(filled), name.span)
                continue
            message = f"the authority `{name.value}` is stated twice"
            notes = (Note(first[1], "it is stated here first"),)
            found.append(Diagnostic("duplicate-name", message, name.span, notes=notes))
        node = file.node.get(AUTHORITIES.name)
        for key, _ in node.pairs() if isinstance(node, Table) else ():
            # What could not be read has a name all the same: citing it is no second mistake.
            shelf.setdefault(key.value, (None, key.span))

    def names(self, path: str) -> Mapping[str, tuple[Authority | None, Span]]:
        """Return what a file at `path` may cite by name."""
        return {**self.shared, **self.own.get(path, {})}

    def cite(self, cited: Iterable[Citation], found: Found) -> tuple[Authority, ...]:
        """Return the authorities that citations mean; an unknown name is complained about and left out."""
        authorities: list[Authority] = []
        for citation in cited:
            if citation.use is None:
                if citation.own is not None:
                    authorities.append(citation.own)
                continue
            names = self.names(citation.span.path)
            if citation.use not in names:
                message = f"nothing states the authority `{clipped(citation.use)}`"
                cure = did_you_mean(citation.use, names) or "state it in `rules/authorities.yaml`"
                found.append(Diagnostic("unknown-authority", message, citation.span, help=cure))
                continue
            known = names[citation.use][0]
            if known is not None:
                article = citation.article or known.article
                authorities.append(Authority(known.title, known.reviewed_on, known.standing, article, known.href))
        return tuple(authorities)


def from_memory(authorities: Iterable[Authority]) -> bool:
    """Say whether somebody remembers it and nobody has read it; the house's own decision is no reading."""
    standings = {authority.standing for authority in authorities}
    return Standing.RECALLED in standings <= {Standing.RECALLED, Standing.HOUSE}


def only_recalled(authorities: Iterable[Authority]) -> bool:
    """Say whether there are authorities and all of them are from memory."""
    standings = {authority.standing for authority in authorities}
    return standings == {Standing.RECALLED}
