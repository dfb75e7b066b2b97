"""Turn personas and `.cases.yaml` files into cases: a sentence, a request as JSON carries it, what is to come of it.

A case with `homes:` is one written case and as many cases as it names homes: each is decided, and all must hold.

Invariant: a case names only rules, facts and obligations that there are, so that it cannot hold by naming nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from compliance.language.diagnostic import Diagnostic, Note, Severity
from compliance.language.documents import Document, stem_of
from compliance.language.fields import (
    ANYTHING,
    SENTENCE,
    TEXT,
    Choice,
    Field,
    Filled,
    Form,
    Found,
    ListOf,
    TableOf,
    clipped,
)
from compliance.language.known import Known
from compliance.language.node_values import value_of
from compliance.language.nodes import Entry, Node, Scalar, Table
from compliance.language.periods import INSTANT
from compliance.language.requests import RequestReader
from compliance.language.rulebook import Case, Effect, Persona
from compliance.language.rules import RESERVED
from compliance.language.span import Span
from compliance.language.statements import NOTES
from compliance.vocabulary.facts import Fact, Zone
from compliance.vocabulary.suggestions import did_you_mean
from compliance.vocabulary.types import TERRITORY, SetType

OUTCOMES: Final = ("allow", "deny", "refer", "incomplete")

_PART: Final[TableOf[Node]] = TableOf(ANYTHING, "a mapping of names to values")
_PARTS: Final = {zone: Field(zone.value, _PART) for zone in Zone}
PERSONA_MEANS: Final = Field("means", SENTENCE)
PERSONA: Final = Form("persona", (*_PARTS.values(), PERSONA_MEANS))
PERSONAS: Final = Field("personas", TableOf(PERSONA, "a mapping of names to personas"), required=True)
PERSONAS_FILE: Final = Form("file", (PERSONAS,))

_IDS: Final = ListOf(TEXT, "a list of ids", at_least=0)
SENTENCE_OF_CASE: Final = Field("case", SENTENCE, required=True)
AS: Final = Field("as", TEXT)
WITHOUT: Final = Field("without", ListOf(TEXT, "a list of facts"))
HOMES: Final = Field("homes", ListOf(TEXT, "a list of territories"))
AS_OF: Final = Field("as_of", INSTANT)
OUTCOME: Final = Field("outcome", Choice(OUTCOMES, "unknown-outcome"), required=True)
GROUNDS: Final = Field("grounds", _IDS)
NOT_GROUNDS: Final = Field("not_grounds", _IDS)
MISSING: Final = Field("missing", _IDS)
REQUIREMENTS: Final = Field("requirements", _IDS)
OBLIGATIONS: Final = Field("obligations", _IDS)
CASE: Final = Form(
    "case",
    (
        SENTENCE_OF_CASE,
        AS,
        *_PARTS.values(),
        WITHOUT,
        HOMES,
        AS_OF,
        OUTCOME,
        GROUNDS,
        NOT_GROUNDS,
        MISSING,
        REQUIREMENTS,
        OBLIGATIONS,
        NOTES,
    ),
    named_by="case",
)
CASES: Final = Field("cases", ListOf(CASE, "a list of cases"), required=True)
CASES_FILE: Final = Form("file", (AS_OF, CASES))

Parts = dict[Zone, dict[str, Entry]]


def read_personas(documents: Iterable[Document], found: Found) -> dict[str, Filled | None]:
    """Return the personas by name; one that could not be read is `None`."""
    personas: dict[str, Filled | None] = {}
    for document in documents:
        filled = PERSONAS_FILE.take(document.node, "the file", found)
        node = None if filled is None else filled.node.get("personas")
        if isinstance(node, Table):
            personas.update(dict.fromkeys(node.entries))
        for name, persona in (filled.get(PERSONAS) or ()) if filled is not None else ():
            personas[name.value] = persona
    return personas


def whole_personas(personas: Mapping[str, Filled | None], known: Known) -> dict[str, Persona]:
    """Return the personas that are whole requests; what is wrong with one is said by the cases that begin with it."""
    whole: dict[str, Persona] = {}
    for name, filled in personas.items():
        if filled is None:
            continue
        found: Found = []
        request = RequestReader(known, found, filled.name_span).read(_laid_over(None, filled, known, found))
        if not found:
            whole[name] = Persona(name, request, filled.text(PERSONA_MEANS) or "")
    return whole


def read_cases(
    documents: Iterable[Document],
    personas: Mapping[str, Filled | None],
    ids: Mapping[str, Effect | None],
    known: Known,
    found: Found,
) -> tuple[Case, ...]:
    """Return the cases of all files, in order; those that could not be read are left out.

    `ids` are those of all rules, also of such as could not be read, whose effect may be `None`.
    """
    names = _Names(ids, known, {stem_of(each.span.path) for each in found if each.severity is Severity.ERROR})
    cases: list[Case] = []
    for document in documents:
        filled = CASES_FILE.take(document.node, "the file", found)
        if filled is None:
            continue
        sentences: dict[str, Span] = {}
        for each in filled.get(CASES) or ():
            word = each.get(SENTENCE_OF_CASE)
            if word is not None and word.value in sentences:
                notes = (Note(sentences[word.value], "it stands here first"),)
                message = "two cases of this file have the same sentence"
                cure = "say what is different about this one"
                found.append(Diagnostic("duplicate-name", message, word.span, help=cure, notes=notes))
            elif word is not None:
                sentences[word.value] = word.span
            case = _case(document, each, filled, personas, names, known, found)
            if case is not None:
                cases.extend(_at_homes(case, each, known, found))
    return tuple(cases)


def _case(
    document: Document,
    filled: Filled,
    file: Filled,
    personas: Mapping[str, Filled | None],
    names: _Names,
    known: Known,
    found: Found,
) -> Case | None:
    before = len(found)
    persona, whole = _persona(filled, personas, found)
    parts = _laid_over(persona, filled, known, found)
    as_of = filled.get(AS_OF) or file.get(AS_OF)
    if not filled.gives(AS_OF) and not file.gives(AS_OF):
        message = f"{filled.called} does not say when it is"
        cure = "add `as_of:` with an instant, here or at the top of the file"
        found.append(Diagnostic("missing-field", message, filled.name_span, help=cure))
    # Half a persona would lack facts that the other half has: nothing is said about what is missing then.
    request = RequestReader(known, found, filled.name_span).read(parts) if whole else {}
    names.check(filled, found)
    sentence, outcome = filled.text(SENTENCE_OF_CASE), filled.text(OUTCOME)
    sound = not any(each.severity is Severity.ERROR for each in found[before:])
    if sentence is None or outcome is None or as_of is None or not sound or not whole:
        return None
    return Case(
        sentence,
        as_of,
        request,
        outcome,
        filled.name_span,
        _texts(filled, GROUNDS),
        _texts(filled, NOT_GROUNDS),
        _texts(filled, MISSING),
        _texts(filled, REQUIREMENTS),
        _texts(filled, OBLIGATIONS),
        document.path,
    )


def _at_homes(case: Case, filled: Filled, known: Known, found: Found) -> Iterator[Case]:
    """Yield `case` once for each of its `homes:`, with the subject at home there; without `homes:`, the case itself."""
    subject = case.request["subject"]
    if not filled.gives(HOMES) or not isinstance(subject, dict):
        yield case
        return
    facts = [known.vocabulary.facts[path] for path in known.vocabulary.kinds[subject["type"]].homes]
    _check_homes(filled, subject["type"], facts, found)
    for word in filled.get(HOMES) or ():
        if value_of(word, TERRITORY, {}, found) is not None:
            at = {fact.name: [word.value] if isinstance(fact.type, SetType) else word.value for fact in facts}
            there = {**subject, "properties": {**subject.get("properties", {}), **at}}
            yield replace(case, request={**case.request, "subject": there}, home=word.value)


def _check_homes(filled: Filled, kind: str, facts: list[Fact], found: Found) -> None:
    """Complain about homes that a subject of `kind` cannot have, that stand twice, and that `subject:` gives too."""
    names = {fact.name for fact in facts}
    if not names:
        message = f"a `{kind}` has no home"
        found.append(Diagnostic("misplaced-key", message, filled.place(HOMES), help="take `homes:` out"))
    for key, _ in filled.get(_PARTS[Zone.SUBJECT]) or ():
        if key.value in names:
            message = f"`homes:` says already what `{key.value}` is"
            found.append(Diagnostic("misplaced-key", message, key.span, help="take it out"))
    seen: dict[str, Span] = {}
    for word in filled.get(HOMES) or ():
        if word.value in seen:
            notes = (Note(seen[word.value], "it stands here first"),)
            message = f"the home `{clipped(word.value)}` stands twice"
            found.append(Diagnostic("duplicate-value", message, word.span, help="take one out", notes=notes))
        seen.setdefault(word.value, word.span)


def _texts(filled: Filled, field: Field[tuple[Scalar, ...]]) -> tuple[str, ...] | None:
    words = filled.get(field)
    return None if words is None else tuple(word.value.rstrip("/") for word in words)


def _persona(filled: Filled, personas: Mapping[str, Filled | None], found: Found) -> tuple[Filled | None, bool]:
    """Return the persona that a case begins with, and whether all of it is known."""
    word = filled.get(AS)
    if word is None:
        return None, not filled.gives(AS)
    if word.value not in personas:
        message = f"there is no persona `{clipped(word.value)}`"
        cure = did_you_mean(word.value, personas)
        found.append(Diagnostic("unknown-persona", message, word.span, help=cure))
        return None, False
    persona = personas[word.value]
    return persona, persona is not None


def _laid_over(persona: Filled | None, filled: Filled, known: Known, found: Found) -> Parts:
    """Return the parts of the request: the persona's, with the case's own over them, without what it leaves out."""
    parts: Parts = {zone: {} for zone in Zone}
    for given in (persona, filled):
        for zone, field in _PARTS.items():
            for key, node in (given.get(field) or ()) if given is not None else ():
                parts[zone][key.value] = Entry(key, node)
    for word in filled.get(WITHOUT) or ():
        zone_name, _, name = word.value.partition(".")
        part = next((part for zone, part in parts.items() if zone.value == zone_name), {})
        if name in part:
            del part[name]
            continue
        if word.value in known.vocabulary.facts or word.value in known.broken:
            message = f"`{word.value}` is not given anyway"
            severity = Severity.WARNING
            found.append(Diagnostic("without-nothing", message, word.span, help="take it out", severity=severity))
        else:
            message = f"there is no fact `{clipped(word.value)}`"
            cure = did_you_mean(word.value, known.vocabulary.facts)
            found.append(Diagnostic("unknown-fact", message, word.span, help=cure))
    return parts


class _Names:
    """What the expectations of cases may name."""

    def __init__(self, ids: Mapping[str, Effect | None], known: Known, wrong: set[str]) -> None:
        self.known = known
        self.wrong = wrong
        """Names of files in which something is wrong: what they no longer state is not complained about as well."""
        self.prefixes = {
            "/".join(steps[:count]) for id_ in ids for steps in [id_.split("/")] for count in range(1, len(steps) + 1)
        }
        self.requirements = {id_ for id_, effect in ids.items() if effect in {Effect.REQUIRE, None}}
        self.obligations = {id_ for id_, effect in ids.items() if effect in {Effect.OBLIGE, None}}
        types = known.vocabulary.resource_types
        self.reserved = RESERVED | {
            word for name in types for word in (f"unknown-{name}", f"{name}-mismatch", f"action-not-for-{name}")
        }

    def check(self, filled: Filled, found: Found) -> None:
        """Complain about grounds, facts, requirements and obligations that there are not."""
        for word in (*(filled.get(GROUNDS) or ()), *(filled.get(NOT_GROUNDS) or ())):
            start = word.value.rstrip("/")
            if start not in self.prefixes and start.split("/")[0] not in self.reserved | self.wrong:
                self._unknown("unknown-ground", "rule", word, self.prefixes, found)
        for word in filled.get(REQUIREMENTS) or ():
            if word.value not in self.requirements:
                self._unknown("unknown-ground", "`require` rule", word, self.requirements, found)
        for word in filled.get(OBLIGATIONS) or ():
            if word.value not in self.obligations:
                self._unknown("unknown-ground", "`oblige` rule", word, self.obligations, found)
        facts = self.known.vocabulary.facts
        for word in filled.get(MISSING) or ():
            path = ".".join(word.value.split("[")[0].split(".")[:2])
            if path not in facts and path not in self.known.broken:
                self._unknown("unknown-fact", "fact", word, facts, found)

    def _unknown(self, slug: str, what: str, word: Scalar, names: Iterable[str], found: Found) -> None:
        message = f"there is no {what} `{clipped(word.value)}`"
        found.append(Diagnostic(slug, message, word.span, help=did_you_mean(word.value, names)))


def check_beside(documents: Iterable[Document], paths: Iterable[str], found: Found) -> None:
    """Complain about files of cases that lie beside no file."""
    known = set(paths)
    for document in documents:
        beside = document.path.removesuffix(".cases.yaml") + ".yaml"
        if beside not in known:
            message = f"there is no `{stem_of(beside)}.yaml` beside these cases"
            cure = "cases lie beside the file that they belong to, under its name"
            found.append(Diagnostic("cases-without-file", message, document.start, help=cure))
