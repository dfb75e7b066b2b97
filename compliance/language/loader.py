"""Turn a folder of rule files into a checked rulebook, or into everything that is wrong with it.

`read_folder` is the edge: it reads files and nothing else. `load_rulebook` is pure, and never raises whatever the files
hold.

Invariant: a rulebook comes out only if no file has an error. A file that cannot be read to its end stops the stages
that ask what names mean, since a name that it would have given is no mistake elsewhere.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from compliance.language.authorities import AUTHORITIES, Library
from compliance.language.cases import check_beside, read_cases, read_personas, whole_personas
from compliance.language.catalogues import read_catalogues, read_products
from compliance.language.diagnostic import Diagnostic, Severity, in_order
from compliance.language.documents import VOCABULARY_PATH, Documents, Kind, kind_of, read_documents, start_of
from compliance.language.examples import check_examples
from compliance.language.expansion import resolve_positions
from compliance.language.fields import Form, Found
from compliance.language.invariants import read_invariants
from compliance.language.jurisdictions import Page, page_of, read_page
from compliance.language.known import Known
from compliance.language.memory import check_memory
from compliance.language.parameters import read_parameters
from compliance.language.places_reader import ReadPlaces, read_places
from compliance.language.resolver import Resolver, resolve_definitions
from compliance.language.rulebook import CatalogueEntry, Effect, Product, Rulebook
from compliance.language.rules import resolve_rules
from compliance.language.span import Source
from compliance.language.statements import Statements, read_statements
from compliance.language.unobservable import read_unobservable
from compliance.language.vocabulary_reader import ReadVocabulary, read_vocabulary
from compliance.vocabulary.facts import Vocabulary
from compliance.vocabulary.places import Places

FOLDERS = ("rules", "jurisdictions")
"""The folders of a rulebook that hold rule files."""

_NAMES_OF_OTHER_FILES = frozenset({"unknown-authority", "unknown-place"})
_STATES_CATALOGUE = re.compile(r"^[- ]{0,4}(?:catalogue|product):", re.MULTILINE)
_AUTHORITIES_FILE = Form("file", (AUTHORITIES,))


def read_folder(path: Path) -> tuple[Source, ...]:
    """Return the rule files below `path`, in order of their paths.

    Bytes that are no UTF-8 come out as U+FFFD, for `load_rulebook` to complain about. Files whose names
    neither end with `.yaml` nor with `.yml`, and hidden ones, are not rule files.
    Invariant: a rule file or a folder that is there and cannot be read is an error, never left out.

    Raises:
        NotADirectoryError: if `path` is no folder.
        OSError: if a file or a folder cannot be read.
    """
    if not path.is_dir():
        raise NotADirectoryError(f"`{path}` is no folder")
    there = [path / folder for folder in FOLDERS if (path / folder).is_symlink() or (path / folder).exists()]
    files = [file for folder in there for file in _files_below(folder)]
    named = sorted((file.relative_to(path).as_posix(), file) for file in files)
    return tuple(Source(name, file.read_bytes().decode("utf-8", "replace")) for name, file in named)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the rule files of a folder and of those in it; `Path.rglob` leaves out what may not be read."""
    for place in folder.iterdir():
        if place.name.startswith("."):
            continue
        if place.is_dir():
            if place.is_symlink():
                raise OSError(errno.ELOOP, "links to folders are not followed: link the files", str(place))
            yield from _files_below(place)
        elif not place.exists() or (place.suffix in {".yaml", ".yml"} and place.is_file()):
            yield place  # a link to nothing, too, which may have been a folder: it is to be read, in vain


def load_rulebook(sources: Iterable[Source], *, demand_cases: bool = True) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook that `sources` state, or `None` if there is an error; and everything found, by place.

    Args:
        sources: all files, in any order; paths begin with `rules/` or `jurisdictions/`.
        demand_cases: whether a rule that no case names is an error.
    """
    documents, diagnostics = read_documents(sources)
    found: Found = list(diagnostics)
    rulebook = _load(documents, found, demand_cases=demand_cases)
    failed = any(each.severity is Severity.ERROR for each in found)
    return None if failed else rulebook, in_order(found)


@dataclass(frozen=True, slots=True)
class CatalogueBook:
    """The part of a rulebook that says what there is: no rules, no places, no cases."""

    vocabulary: Vocabulary
    products: Mapping[str, Product]
    catalogue: Mapping[str, Mapping[str, CatalogueEntry]]


def load_catalogue(sources: Iterable[Source]) -> tuple[CatalogueBook | None, list[Diagnostic]]:
    """Return the products and catalogues that `sources` state, or `None` if there is an error; and what was found.

    It takes a fraction of the time of `load_rulebook`, since it reads only the files that have a part in them.
    """
    documents, diagnostics = read_documents(source for source in sources if _has_part_in_catalogues(source))
    found: Found = list(diagnostics)
    library = _library(documents, found)
    statements = Statements()
    for document in documents.of(Kind.STATEMENTS):
        read_statements(document, statements, found)
    read = _vocabulary(documents, library, found) if documents.whole else None
    book = None
    if read is not None:
        known = Known(read.vocabulary, read.broken, Places({}, {}), library)
        product_facts = read_products(statements.products, known, found)
        catalogue = read_catalogues(statements.catalogues, product_facts, known, found)
        book = CatalogueBook(known.vocabulary, known.products, catalogue)
    failed = any(each.severity is Severity.ERROR for each in found)
    return None if failed else book, in_order(found)


def _has_part_in_catalogues(source: Source) -> bool:
    kind, _ = kind_of(source.path)
    if kind is Kind.STATEMENTS:
        return _STATES_CATALOGUE.search(source.text) is not None
    return kind in {Kind.VOCABULARY, Kind.AUTHORITIES}


def digest_of(sources: Iterable[Source]) -> str:
    """Return `sha256:` and 64 hex digits over paths and texts; the texts have been through `normalised`.

    It is the SHA-256 of the list that `sha256sum` prints for the files in order of path: a line
    `<hex digits>  <path>` for each.
    """
    lines = (
        f"{hashlib.sha256(source.text.encode('utf-8', 'surrogatepass')).hexdigest()}  {source.path}\n"
        for source in sorted(sources, key=lambda source: source.path)
    )
    return "sha256:" + hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _load(documents: Documents, found: Found, *, demand_cases: bool) -> Rulebook | None:
    """Read all documents; then, if they are whole, resolve what they say."""
    library = _library(documents, found)
    statements = Statements()
    for document in documents.of(Kind.STATEMENTS):
        read_statements(document, statements, found)
    pages = _pages(documents, statements, library, found)
    places = read_places(documents.of(Kind.PARENTS), pages, library, found)
    read = _vocabulary(documents, library, found)
    check_beside(documents.of(Kind.CASES), (source.path for source in documents.sources), found)
    if not documents.whole:
        # What an unreadable file would have named is no mistake where it is used.
        found[:] = [each for each in found if each.slug not in _NAMES_OF_OTHER_FILES]
        return None
    if read is None:
        return None
    known = Known(read.vocabulary, read.broken, places.places, library)
    known.pages = {page.code: page_of(page, library, found) for page in pages}
    return _resolve(documents, statements, known, places, found, demand_cases=demand_cases)


def _library(documents: Documents, found: Found) -> Library:
    library = Library()
    for document in documents.of(Kind.AUTHORITIES):
        filled = _AUTHORITIES_FILE.take(document.node, "the file", found)
        if filled is not None:
            library.add(filled, None, found)
    return library


def _pages(documents: Documents, statements: Statements, library: Library, found: Found) -> list[Page]:
    """Return the pages of jurisdictions and groups, one for each code; their statements go into `statements`."""
    pages: dict[str, Page] = {}
    for kind in (Kind.JURISDICTION, Kind.GROUP):
        for document in documents.of(kind):
            page = read_page(document, statements, library, found)
            if page is not None:
                # Two files of one code cannot both be named after it: that has been said.
                pages.setdefault(page.code, page)
    return list(pages.values())


def _vocabulary(documents: Documents, library: Library, found: Found) -> ReadVocabulary | None:
    for document in documents.of(Kind.VOCABULARY):
        read, diagnostics = read_vocabulary(document.node, library)
        found.extend(diagnostics)
        return read
    if all(source.path != VOCABULARY_PATH for source in documents.sources):
        cure = "it says what actions, kinds of subject and facts there are"
        message = f"there is no `{VOCABULARY_PATH}`"
        found.append(Diagnostic("no-vocabulary", message, start_of(VOCABULARY_PATH), help=cure))
    return None


def _resolve(
    documents: Documents,
    statements: Statements,
    known: Known,
    places: ReadPlaces,
    found: Found,
    *,
    demand_cases: bool,
) -> Rulebook:
    """Resolve every name and check every condition, whatever else is wrong."""
    product_facts = read_products(statements.products, known, found)
    catalogue = read_catalogues(statements.catalogues, product_facts, known, found)
    parameters, broken_parameters = read_parameters(statements.parameters, known, found)
    resolver = Resolver(known, parameters, broken_parameters)
    definitions = resolve_definitions(statements.definitions, resolver, found)
    rules, broken_rules = resolve_rules(statements.rules, resolver, found)
    positions, position_rules, broken_positions = resolve_positions(statements.positions, resolver, found)
    all_rules = tuple(sorted((*rules, *position_rules), key=lambda rule: (rule.id, rule.span)))
    values = tuple(value for values in parameters.values() for value in values)
    check_memory(all_rules, definitions, values, known.places.groups, places.remembered, found)
    ids: dict[str, Effect | None] = {rule.id: rule.effect for rule in all_rules}
    ids |= broken_rules | dict.fromkeys(broken_positions)
    personas = read_personas(documents.of(Kind.PERSONAS), found)
    before = len(found)
    cases = read_cases(documents.of(Kind.CASES), personas, ids, known, found)
    if demand_cases and len(found) == before:
        # A case that cannot be read may be the one that names the rule.
        check_examples(all_rules, positions, cases, found)
    return Rulebook(
        vocabulary=known.vocabulary,
        places=known.places,
        products=known.products,
        catalogue=catalogue,
        definitions=definitions,
        parameters=values,
        rules=all_rules,
        positions=positions,
        jurisdictions=known.pages,
        cases=cases,
        invariants=read_invariants(documents.of(Kind.INVARIANTS), resolver, found),
        sources=documents.sources,
        digest=digest_of(documents.sources),
        group_reviews=places.reviews,
        personas=whole_personas(personas, known),
        unobservable=read_unobservable(documents.of(Kind.EDGES), found),
    )
