"""Find out everything that the pages of a site show: statements, history, cases, and what the engine answers."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from compliance.pages.examples import Examples
from compliance.pages.history import History
from compliance.pages.statements import Statements
from compliance.pages.survey import Survey, customers_of, survey
from compliance.vocabulary import territory

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from compliance.engine.book import Book
    from compliance.language.rulebook import Persona
    from compliance.pages.customer import Customer


class Material:
    """What there is to show of one rulebook at one instant."""

    def __init__(
        self,
        book: Book,
        at: datetime,
        persona: Persona | None,
        *,
        told: Callable[[int, int], None] = lambda *_: None,
    ) -> None:
        """Find it out.

        Args:
            book: the rulebook.
            at: the instant (aware) at which the site is true.
            persona: the customer whose answers are shown; `None` shows none.
            told: called with how many questions have been answered, and of how many.
        """
        self.rulebook = book.rulebook
        self.timeline = book.timeline
        self.at = at
        self.persona = persona
        self.book = book.at(at)
        self.ruleset = self.book.ruleset
        self.statements = Statements(book.rulebook)
        self.history = History(book.timeline, self.statements)
        self.examples = Examples(book.rulebook, book.timeline, self.statements)
        self.customers: dict[str, Customer] = {} if persona is None else customers_of(self.book, persona)
        self.survey: Survey = survey(self.book, self.customers, told)
        self.countries = tuple(sorted(territory.all_countries(), key=lambda code: sort_key(territory.name(code))))

    @property
    def main_product(self) -> str | None:
        """Return the product of the customer's own resource, about which the map is."""
        return next(iter(self.customers), None)

    @property
    def action(self) -> str:
        """Return what the map is about: what the customer does."""
        done = None if self.persona is None else self.persona.request.get("action")
        return str(done["name"]) if isinstance(done, dict) else self.survey.actions[0]


def sort_key(name: str) -> str:
    """Return a name as lists are sorted: accents and case make no difference."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
