"""Read what the files of `rules/` state: rules, definitions, parameters, products, catalogues.

Invariant: a statement that comes out is a mapping of known keys; what its names mean is the resolver's question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from compliance.language.authorities import citations
from compliance.language.condition import Condition
from compliance.language.condition_reader import CONDITION
from compliance.language.diagnostic import Diagnostic
from compliance.language.documents import Document
from compliance.language.fact_reader import TYPE
from compliance.language.fields import (
    ANYTHING,
    SENTENCE,
    SLUG,
    TEXT,
    WORDS,
    Choice,
    Field,
    Filled,
    Form,
    Found,
    ListOf,
    TableOf,
    Word,
    clipped,
)
from compliance.language.nodes import Broken, Node, Sequence, Table, first_line
from compliance.language.periods import EFFECTIVE, REVIEW_BY, ZONE
from compliance.language.rulebook import Effect
from compliance.language.span import Span
from compliance.vocabulary.suggestions import did_you_mean

AUTHORITY: Final = citations(required=True)
SAYS: Final = Field("says", SENTENCE, required=True)
MEANS: Final = Field("means", SENTENCE, required=True)
NOTES: Final = Field("notes", ListOf(SENTENCE, "a list of sentences", or_one=True))
LAYER: Final = Field("layer", TEXT)
EXCEPT: Final = Field("except", WORDS)
WHEN: Final[Field[Condition]] = Field("when", CONDITION)

RULE_ID: Final = Field("rule", SLUG, required=True)
EFFECT: Final = Field("effect", Choice(tuple(Effect), "unknown-effect"), required=True)
ACTIONS: Final = Field("actions", WORDS, required=True)
SUBJECTS: Final = Field("subjects", WORDS)
PRODUCT: Final = Field("product", TEXT)
TYPE_OF_RESOURCE: Final = Field("type", TEXT)
RESOURCES: Final = Field("resources", Form("scope of resources", (PRODUCT, TYPE_OF_RESOURCE)))
NEEDS: Final[Field[Condition]] = Field("needs", CONDITION)
REMEDY: Final = Field("remedy", SENTENCE)
OBLIGES: Final = Field("obliges", TEXT)
RULE: Final = Form(
    "rule",
    (
        RULE_ID,
        EFFECT,
        LAYER,
        ACTIONS,
        SUBJECTS,
        RESOURCES,
        EXCEPT,
        WHEN,
        NEEDS,
        REMEDY,
        OBLIGES,
        SAYS,
        AUTHORITY,
        EFFECTIVE,
        ZONE,
        REVIEW_BY,
        NOTES,
    ),
    named_by="rule",
)

DEFINED: Final = Field(
    "define",
    Word(
        "the name of a definition",
        r"(?:subject|action|resource|context)\.[a-z][a-z0-9_]*",
        help="for instance `subject.us_person`: a zone, a point, and letters, digits and underscores",
    ),
    required=True,
)
GAPS: Final = Field("gaps", SENTENCE)
IS: Final[Field[Condition]] = Field("is", CONDITION, required=True)
CITED: Final = citations(required=False)
DEFINITION: Final = Form(
    "definition",
    (
        DEFINED,
        SUBJECTS,
        MEANS,
        IS,
        CITED,
        EFFECTIVE,
        ZONE,
        GAPS,
        NOTES,
    ),
    named_by="define",
)

PARAMETER_NAME: Final = Field("parameter", SLUG, required=True)
VALUE: Final[Field[Node]] = Field("value", ANYTHING, required=True)
PARAMETER_VALUE: Final = Form("value", (VALUE, EFFECTIVE, AUTHORITY, REVIEW_BY, NOTES, ZONE), named_by="value")
VALUES: Final = Field("values", ListOf(PARAMETER_VALUE, "a list of values"), required=True)
PARAMETER: Final = Form(
    "parameter", (PARAMETER_NAME, MEANS, TYPE, VALUES, GAPS, ZONE, REVIEW_BY, NOTES), named_by="parameter"
)

FACT_VALUES: Final[TableOf[Node]] = TableOf(ANYTHING, "a mapping of facts to values")
FACTS: Final = Field("facts", FACT_VALUES)
PRODUCT_ID: Final = Field("product", SLUG, required=True)
PRODUCT_NAME: Final = Field("name", SENTENCE, required=True)
PART_OF: Final = Field("part_of", TEXT)
PRODUCT_FORM: Final = Form("product", (PRODUCT_ID, PRODUCT_NAME, PART_OF, FACTS, AUTHORITY, NOTES), named_by="product")

CATALOGUE_TYPE: Final = Field("catalogue", TEXT, required=True)
ENTRIES: Final = Field("entries", ListOf(FACT_VALUES, "a list of entries"), required=True)
CATALOGUE: Final = Form("catalogue", (CATALOGUE_TYPE, PRODUCT, FACTS, AUTHORITY, ENTRIES, NOTES), named_by="catalogue")

FORMS: Final = {
    "rule": RULE,
    "define": DEFINITION,
    "parameter": PARAMETER,
    # A catalogue names its product: what is asked first decides.
    "catalogue": CATALOGUE,
    "product": PRODUCT_FORM,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What the file around a statement says for all of its statements."""

    path: str
    jurisdiction: str | None = None
    """Territory or group whose file it is; `None` in `rules/`."""
    zone: ZoneInfo | None = None
    review_by: date | None = None
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its setting."""

    filled: Filled
    setting: Setting

    @property
    def span(self) -> Span:
        """Return where the statement is named."""
        return self.filled.name_span

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the zone in which the statement's dates are days."""
        return self.filled.get(ZONE) or self.setting.zone

    @property
    def review_by(self) -> date | None:
        """Return the last day before the statement is stale, its own or its file's."""
        return self.filled.get(REVIEW_BY) or self.setting.review_by

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the notes."""
        return tuple(note.value for note in self.filled.get(NOTES) or ())


@dataclass(slots=True)
class Statements:
    """The statements of a rulebook by what they are, in the order of the files."""

    rules: list[Statement] = field(default_factory=list)
    definitions: list[Statement] = field(default_factory=list)
    parameters: list[Statement] = field(default_factory=list)
    products: list[Statement] = field(default_factory=list)
    catalogues: list[Statement] = field(default_factory=list)
    positions: list[Statement] = field(default_factory=list)

    def add(self, key: str, statement: Statement) -> None:
        """Put a statement where the key that names it says."""
        lists = {
            "rule": self.rules,
            "define": self.definitions,
            "parameter": self.parameters,
            "product": self.products,
            "catalogue": self.catalogues,
        }
        lists[key].append(statement)


def read_statements(document: Document, into: Statements, found: Found) -> None:
    """Put the statements of a file of `rules/` into `into`."""
    folders = document.path.split("/")[1:-1]
    theme = folders[0] if folders else document.stem
    for table in tables(document, found):
        key = next((key for key in FORMS if key in table.entries), None)
        if key is None:
            first = next(iter(table.entries.values()), None)
            span = first_line(table.span) if first is None else first.key.span
            cure = did_you_mean("" if first is None else first.key.value, FORMS)
            named = "this" if first is None else f"`{clipped(first.key.value)}`"
            found.append(Diagnostic("unknown-statement", f"{named} begins no statement", span, help=cure))
            continue
        filled = FORMS[key].take(table, key, found)
        if filled is not None:
            into.add(key, Statement(filled, Setting(document.path, theme=theme)))


def tables(document: Document, found: Found) -> Iterator[Table]:
    """Yield the mappings of a file that holds one, or a sequence of them."""
    nodes = document.node.items if isinstance(document.node, Sequence) else (document.node,)
    for node in nodes:
        if isinstance(node, Table):
            yield node
        elif not isinstance(node, Broken):
            message = "a statement is a mapping such as `rule: ...`"
            found.append(Diagnostic("wrong-shape", message, first_line(node.span)))
