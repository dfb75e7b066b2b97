"""A small rulebook that tests change one file of, and what they ask about it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from compliance.language.diagnostic import Diagnostic
from compliance.language.loader import load_rulebook
from compliance.language.reader import normalised
from compliance.language.rulebook import Rulebook
from compliance.language.span import Source, Span

VOCABULARY = """\
actions:
  entry: [buy]
  exit: [sell]
subject_types:
  person: {homes: [subject.residence]}
  company: {homes: [subject.seat]}
resource_types:
  product: {}
  share: {identified_by: [resource.isin]}
layers: [law, venue]
access:
  open: {entry: permit, exit: permit}
  skilled: {entry: {effect: permit, only_if: subject.skilled}, exit: permit}
  watched: {entry: {effect: permit, also: refer}, exit: permit}
  closed: {entry: forbid, exit: permit}
uncovered: {access: closed, says: no position covers this place, authority: house}
obligations:
  warn: {means: the risk is shown}
subject:
  residence: {type: territory, of: [person], means: where the person lives}
  seat: {type: territory, of: [company], means: where the company is organised}
  tested: {type: bool, means: passed the test}
  wealth: {type: money, means: what the subject owns}
  owners: {type: list<Owner>, of: [company], means: who owns it}
  partner: {type: bool, optional: true, means: has a partner}
resource:
  isin: {type: string, format: isin, from: [request, catalogue], means: the number}
  colour: {type: "one_of<red, blue>", from: catalogue, means: the colour}
  halted: {type: bool, from: feed, means: stopped, without_feed: {value: false, authority: house}}
records:
  Owner:
    name: {type: string, means: how he is called}
    share: {type: decimal, minimum: 0, maximum: 100}
    owners: {type: list<Owner>, depth: 3, at_least: 0}
"""
AUTHORITIES = """\
authorities:
  house: {title: Decision of the house, reviewed_on: 2026-01-01, standing: house}
  act: {title: Act, article: Art. 1, href: "https://law.example/act", reviewed_on: 2026-01-01, standing: quoted}
  memory: {title: Somebody said so, reviewed_on: 2026-01-01, standing: recalled}
"""
RULES = """\
- rule: tested
  effect: require
  actions: [entry]
  needs: subject.tested
  remedy: Take the test.
  says: who buys has passed the test
  authority: [act]
"""
DEFINITIONS = """\
define: subject.skilled
means: passed the test
is: subject.tested
"""
PRODUCTS = """\
- product: shares
  name: Shares
  facts: {colour: red}
  authority: [house]
"""
CATALOGUE = """\
catalogue: share
product: shares
authority: [house]
entries:
  - {id: A, name: Apple, isin: CH1436219187}
"""
SWITZERLAND = """\
jurisdiction: CH
name: Switzerland
positions:
  - layer: law
    product: shares
    access: skilled
    authority: [act]
"""
ALPS = """\
group: alps
means: the high places
members:
  - of: [AT, CH]
    authority: [house]
"""
PARENTS = """\
parents:
  - {code: PR, within: US, authority: act}
"""
PERSONAS = """\
personas:
  anna:
    subject: {type: person, residence: CH, tested: true}
    action: {name: buy}
    resource: {type: share, id: A}
"""
CASES = """\
as_of: 2026-06-01T00:00:00Z
cases:
  - case: who failed does not buy
    as: anna
    subject: {tested: false}
    outcome: incomplete
    requirements: [tested]
"""

FILES: Mapping[str, str] = {
    "rules/vocabulary.yaml": VOCABULARY,
    "rules/authorities.yaml": AUTHORITIES,
    "rules/personas.yaml": PERSONAS,
    "rules/skill.yaml": DEFINITIONS,
    "rules/products.yaml": PRODUCTS,
    "rules/shares.yaml": CATALOGUE,
    "rules/tests/test.yaml": RULES,
    "rules/tests/test.cases.yaml": CASES,
    "jurisdictions/parents.yaml": PARENTS,
    "jurisdictions/CH.yaml": SWITZERLAND,
    "jurisdictions/groups/alps.yaml": ALPS,
}

RULE = "rules/tests/test.yaml"
"""The path of a file of `rules/` that tests write anew."""


def sources(changes: Mapping[str, str | None]) -> tuple[Source, ...]:
    """The small rulebook's files, some written anew, added, or (`None`) taken away."""
    files = {**FILES, **changes}
    return tuple(Source(path, dedent(text)) for path, text in files.items() if text is not None)


def load(changes: Mapping[str, str | None], *, demand_cases: bool = False) -> tuple[Rulebook | None, list[Diagnostic]]:
    return load_rulebook(sources(changes), demand_cases=demand_cases)


def loaded(changes: Mapping[str, str | None]) -> Rulebook:
    """The small rulebook with changes that leave it sound."""
    rulebook, diagnostics = load(changes)
    assert rulebook is not None, diagnostics
    return rulebook


def found(changes: Mapping[str, str | None], *, demand_cases: bool = False) -> list[tuple[str, str]]:
    """Each diagnostic as its slug and the text that it underlines, in order."""
    files = sources(changes)
    return [(each.slug, underlined(each.span, files)) for each in load_rulebook(files, demand_cases=demand_cases)[1]]


def only(changes: Mapping[str, str | None]) -> Diagnostic:
    """The one diagnostic that changes lead to."""
    diagnostics = load(changes)[1]
    assert len(diagnostics) == 1, diagnostics
    return diagnostics[0]


def underlined(span: Span, files: tuple[Source, ...]) -> str:
    """The characters that a span points at; what stands at the end of a line has none."""
    text = next((normalised(file.text) for file in files if file.path == span.path), "")
    lines = text.split("\n")[span.line - 1 : span.end_line]
    if len(lines) == 1:
        return lines[0][span.column - 1 : span.end_column - 1]
    return "\n".join([lines[0][span.column - 1 :], *lines[1:-1], lines[-1][: span.end_column - 1]]) if lines else ""


def vocabulary(old: str, new: str) -> dict[str, str | None]:
    """The change that replaces a part of the small vocabulary."""
    assert old in VOCABULARY
    return {"rules/vocabulary.yaml": VOCABULARY.replace(old, new)}


def replaced(path: str, old: str, new: str) -> dict[str, str | None]:
    """The change that replaces a part of one file."""
    assert old in FILES[path], old
    return {path: FILES[path].replace(old, new)}
