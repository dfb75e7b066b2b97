"""Say where on the site a page lies. Every address is relative to the site's root; `/` parts folders."""

from __future__ import annotations

from typing import Final

from compliance.engine.ruleset import NO_POSITION, STALE_SOURCE

INDEX: Final = "index.html"
RULES: Final = "rules.html"
TERMS: Final = "terms.html"
SOURCES: Final = "sources.html"
DOUBTS: Final = "doubts.html"
STYLE: Final = "style.css"


def place(code: str) -> str:
    """Return the page of a territory."""
    return f"places/{code}.html"


def group(name: str) -> str:
    """Return the page of a group."""
    return f"groups/{name}.html"


def product(id_: str) -> str:
    """Return the page of a product."""
    return f"products/{id_}.html"


def statement(id_: str) -> str:
    """Return the page of a rule or position, by the id that `statement_of` gives."""
    return f"rules/{id_}.html"


def policy(href: str) -> str:
    """Return the page of a decision of the house, by the path of its text in the rulebook's repository."""
    return f"policy/{href.rsplit('/', 1)[-1].removesuffix('.md')}.html"


def term(kind: str, name: str) -> str:
    """Return the place of a fact, definition or parameter among the terms."""
    return f"{TERMS}#{kind}-{name}"


def statement_of(rule: str, *, from_position: bool) -> str:
    """Return the statement that a rule with the id `rule` comes from: a position means several rules."""
    id_ = rule.removeprefix(f"{STALE_SOURCE}/")
    if id_.startswith(f"{NO_POSITION}/"):
        return NO_POSITION
    return id_.rsplit("/", 1)[0] if from_position else id_


def root(address: str) -> str:
    """Return what leads from a page to the site's root: `../` for each folder that it lies in."""
    return "../" * address.count("/")
