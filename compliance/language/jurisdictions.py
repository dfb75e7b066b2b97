"""Read the files of `jurisdictions/`: what each territory and group says, and what lies in what.

Invariant: a jurisdiction has one file, named after it, under the name that ISO 3166 gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from compliance.language.authorities import AUTHORITIES, Library, citations
from compliance.language.diagnostic import Diagnostic
from compliance.language.documents import Document, Kind
from compliance.language.fields import (
    SENTENCE,
    TEXT,
    WORDS,
    Field,
    Filled,
    Form,
    Found,
    ListOf,
    Word,
    clipped,
)
from compliance.language.periods import EFFECTIVE, REVIEW_BY, ZONE, day_after
from compliance.language.rulebook import JurisdictionPage
from compliance.language.span import Span
from compliance.language.statements import (
    AUTHORITY,
    DEFINITION,
    EXCEPT,
    MEANS,
    NOTES,
    PARAMETER,
    RULE,
    WHEN,
    Setting,
    Statement,
    Statements,
)
from compliance.vocabulary import territory
from compliance.vocabulary.suggestions import alternatives

POSITION_LAYER: Final = Field("layer", TEXT, required=True)
POSITION_PRODUCT: Final = Field("product", ListOf(TEXT, "a product or a list of products", or_one=True), required=True)
POSITION_ACCESS: Final = Field("access", TEXT, required=True)
POSITION_NAME: Final = Field(
    "name",
    Word("a name of small letters, digits and hyphens", "[a-z0-9]+(?:-[a-z0-9]+)*", help="for instance `vaults-only`"),
)
POSITION_SAYS: Final = Field("says", SENTENCE)
POSITION: Final = Form(
    "position",
    (
        POSITION_LAYER,
        POSITION_PRODUCT,
        POSITION_ACCESS,
        POSITION_NAME,
        POSITION_SAYS,
        EXCEPT,
        WHEN,
        EFFECTIVE,
        ZONE,
        AUTHORITY,
        REVIEW_BY,
        NOTES,
    ),
)

POSITIONS: Final = Field("positions", ListOf(POSITION, "a list of positions"))
DEFINITIONS: Final = Field("definitions", ListOf(DEFINITION, "a list of definitions"))
PARAMETERS: Final = Field("parameters", ListOf(PARAMETER, "a list of parameters"))
RULES: Final = Field("rules", ListOf(RULE, "a list of rules"))
CITED: Final = citations(required=False)
_SHARED: Final = (REVIEW_BY, ZONE, CITED, POSITIONS, DEFINITIONS, PARAMETERS, RULES, NOTES, AUTHORITIES)

CODE: Final = Field("jurisdiction", TEXT, required=True)
ISO_NAME: Final = Field("name", SENTENCE, required=True)
JURISDICTION: Final = Form("jurisdiction", (CODE, ISO_NAME, *_SHARED), named_by="jurisdiction")

GROUP_NAME: Final = Field(
    "group",
    Word("the name of a group", "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", help="for instance `latin-america`"),
    required=True,
)
MEMBERS_OF: Final = Field("of", WORDS, required=True)
MEMBERSHIP: Final = Form("membership", (MEMBERS_OF, EFFECTIVE, ZONE, AUTHORITY, REVIEW_BY, NOTES))
MEMBERS: Final = Field("members", ListOf(MEMBERSHIP, "a list of memberships"), required=True)
DISPLAY_NAME: Final = Field("name", SENTENCE)
GROUP: Final = Form("group", (GROUP_NAME, DISPLAY_NAME, MEANS, MEMBERS, *_SHARED), named_by="group")

LIES: Final = Field("code", TEXT, required=True)
WITHIN: Final = Field("within", TEXT, required=True)
PARENT: Final = Form("line", (LIES, WITHIN, AUTHORITY, NOTES), named_by="code")
PARENTS: Final = Field("parents", ListOf(PARENT, "a list of lines with `code` and `within`"), required=True)
PARENTS_FILE: Final = Form("file", (PARENTS, AUTHORITIES))


@dataclass(frozen=True, slots=True)
class Page:
    """The file of one territory or group; `code` is what its rules are about."""

    code: str
    is_group: bool
    filled: Filled
    setting: Setting

    @property
    def span(self) -> Span:
        """Return where the jurisdiction is named."""
        return self.filled.name_span


def read_page(document: Document, into: Statements, library: Library, found: Found) -> Page | None:
    """Return the page of a jurisdiction or group, and put its statements into `into`."""
    is_group = document.kind is Kind.GROUP
    filled = (GROUP if is_group else JURISDICTION).take(document.node, document.kind.value, found)
    if filled is None:
        return None
    library.add(filled, document.path, found)
    code = _group_name(document, filled, found) if is_group else _territory(document, filled, found)
    # A page whose code is wrong is read all the same: its statements have mistakes of their own.
    setting = Setting(document.path, code or document.stem, filled.get(ZONE), filled.get(REVIEW_BY))
    into.positions.extend(Statement(each, setting) for each in filled.get(POSITIONS) or ())
    into.definitions.extend(Statement(each, setting) for each in filled.get(DEFINITIONS) or ())
    into.parameters.extend(Statement(each, setting) for each in filled.get(PARAMETERS) or ())
    into.rules.extend(Statement(each, setting) for each in filled.get(RULES) or ())
    return None if code is None else Page(code, is_group, filled, setting)


def _territory(document: Document, filled: Filled, found: Found) -> str | None:
    """Return the canonical code of the jurisdiction; complain if file, code and name disagree."""
    word = filled.get(CODE)
    if word is None:
        return None
    try:
        code = territory.canonical(word.value)
    except territory.UnknownTerritory as error:
        cure = "did you mean " + alternatives(error.suggestions) if error.suggestions else ""
        found.append(Diagnostic("unknown-territory", error.sentence, word.span, help=cure))
        return None
    if code != word.value:
        message = f"`{word.value}` has a code of its own, `{code}`"
        cure = f"write `{code}`, and call the file `{code}.yaml`"
        found.append(Diagnostic("twin-territory", message, word.span, help=cure))
        return code
    _check_file(document, code, filled.place(CODE), found)
    name, written = territory.name(code), filled.get(ISO_NAME)
    if written is not None and written.value != name:
        message = f"ISO 3166 does not call `{code}` `{clipped(written.value)}`"
        found.append(Diagnostic("wrong-territory-name", message, written.span, help=f"write `{name}`"))
    return code


def _group_name(document: Document, filled: Filled, found: Found) -> str | None:
    word = filled.get(GROUP_NAME)
    if word is None:
        return None
    if territory.is_territory(word.value):
        message = f"`{word.value}` is a territory: a group needs a name of its own"
        found.append(Diagnostic("group-named-like-territory", message, word.span))
        return None
    _check_file(document, word.value, word.span, found)
    return word.value


def _check_file(document: Document, code: str, span: Span, found: Found) -> None:
    if document.stem != code:
        message = f"the file of `{code}` is called `{document.stem}.yaml`"
        found.append(Diagnostic("file-name-mismatch", message, span, help=f"call it `{code}.yaml`"))


def page_of(page: Page, library: Library, found: Found) -> JurisdictionPage:
    """Return the head of a page as the rulebook keeps it; a group's sources are those of its memberships."""
    cited = library.cite(page.filled.get(CITED) or (), found)
    notes = tuple(note.value for note in page.filled.get(NOTES) or ())
    name = territory.name(page.code) if not page.is_group else page.filled.text(DISPLAY_NAME) or page.code
    if page.is_group:
        means = page.filled.text(MEANS)
        notes = notes if means is None else (means, *notes)
        for membership in page.filled.get(MEMBERS) or ():
            # Unknown names were complained about when the memberships were read.
            cited += library.cite(membership.get(AUTHORITY) or (), [])
    review_by = page.setting.review_by
    return JurisdictionPage(
        page.code,
        name,
        page.is_group,
        page.span,
        None if review_by is None else day_after(review_by, page.setting.zone),
        tuple(dict.fromkeys(cited)),
        notes,
    )
