"""Turn a rulebook into a site: pages for places, groups, products and rules, an index with a map, terms, sources.

Every sentence about the law comes from the rulebook, and every answer from the engine at the instant given: the same
rulebook and instant make the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from compliance.engine.wording import Wording
from compliance.pages import addresses
from compliance.pages.doubts import Founded, doubts, founded
from compliance.pages.examples import in_words
from compliance.pages.material import Material, sort_key
from compliance.pages.place_view import PlaceView
from compliance.pages.policies import policies_of
from compliance.pages.rendering import Page, Renderer, parameter_name
from compliance.pages.survey import Status
from compliance.vocabulary.authority import Authority, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.pages.statements import Statement, Version
    from compliance.vocabulary.facts import Fact


@dataclass(frozen=True, slots=True)
class AccessMeaning:
    """What an access does to a class of actions, and the definition on which that depends."""

    words: str
    condition: str | None


class Site:
    """The pages of one rulebook at one instant."""

    def __init__(self, material: Material, policies: Mapping[str, str] | None = None) -> None:
        """Take what there is to show.

        `policies` are texts of decisions of the house in Markdown, by the path that authorities give.
        """
        self.material = material
        self.rulebook = material.rulebook
        self.at = material.at
        self.survey = material.survey
        self.statements = material.statements
        self.policies = policies_of(policies or {})
        self.renderer = Renderer(
            material.ruleset, material.statements, material.at, {one.href for one in self.policies}
        )

    def pages(self) -> Iterator[Page]:
        """Yield every file of the site."""
        style = files("compliance.pages").joinpath("static", addresses.STYLE).read_text(encoding="utf-8")
        yield Page(addresses.STYLE, style)
        yield self._index()
        yield self._rules()
        yield self._terms()
        yield from self._about_sources()
        place = PlaceView(self.material)
        for code in self.material.countries:
            yield self.renderer.page(addresses.place(code), "place.html", **place.shows(code))
        for name in self.rulebook.places.groups:
            yield self._group(name)
        for product in self.rulebook.products:
            yield self._product(product)
        for statement in self.statements.by_id.values():
            yield self._statement(statement)

    def _index(self) -> Page:
        material, product = self.material, self.material.main_product
        by_status: list[tuple[Status | None, list[str]]] = [(status, []) for status in Status]
        for code in material.countries if product is not None else ():
            found = self.survey.at(str(product), code, material.action)
            if found is not None:
                next(codes for status, codes in by_status if status is found.status).append(code)
        return self.renderer.page(
            addresses.INDEX,
            "index.html",
            product=self.rulebook.products.get(str(product)),
            products=self.rulebook.products.values(),
            persona=material.persona,
            action=material.action,
            survey=self.survey,
            about_customer=list(self._about_customer()),
            by_status=[row for row in by_status if row[1]] or [(None, list(material.countries))],
        )

    def _about_customer(self) -> Iterator[tuple[Fact, str]]:
        customer = self.material.customers.get(str(self.material.main_product))
        if customer is None:
            return
        facts = self.rulebook.vocabulary.facts
        yield from ((facts[path], "the place") for path in customer.follows)
        yield from ((facts[path], in_words(value, facts[path].type)) for path, value in customer.facts.items())

    def _rules(self) -> Page:
        everywhere: dict[str, list[Statement]] = defaultdict(list)
        placed: dict[str, list[Statement]] = defaultdict(list)
        for statement in self.statements.by_id.values():
            if statement.jurisdiction is None:
                everywhere[statement.theme or "house"].append(statement)
            else:
                placed[statement.jurisdiction].append(statement)
        pages = sorted(self.rulebook.jurisdictions.values(), key=lambda page: sort_key(page.name))
        return self.renderer.page(
            addresses.RULES,
            "rules.html",
            total=len(self.statements.by_id),
            themes=sorted(everywhere.items()),
            groups=[(page, placed[page.code]) for page in pages if page.is_group],
            places=[(page, placed[page.code]) for page in pages if not page.is_group],
        )

    def _terms(self) -> Page:
        definitions: dict[str, list[Any]] = defaultdict(list)
        for found in self.rulebook.definitions:
            definitions[found.name].append((found, Wording(self.material.ruleset, found.kinds).condition(found.body)))
        parameters: dict[str, list[Any]] = defaultdict(list)
        for value in self.rulebook.parameters:
            parameters[parameter_name(value)].append(value)
        return self.renderer.page(
            addresses.TERMS,
            "terms.html",
            definitions=sorted(definitions.items()),
            parameters=sorted(parameters.items()),
            facts=self.rulebook.vocabulary.facts,
        )

    def _about_sources(self) -> Iterator[Page]:
        every = founded(self.rulebook, self.statements, self.at)
        found = doubts(every, self.at)
        sections = [
            ("overdue", "Past the review date", found.overdue),
            ("soon", "Review within 90 days", found.soon),
            ("unread", "Not read again for a year", found.unread),
            ("recalled", "From memory only", found.recalled),
            ("weak", "Secondary sources only", found.weak),
            ("single", "One source", found.single),
            ("undated", "Without a start, as read", found.undated),
        ]
        yield self.renderer.page(addresses.DOUBTS, "doubts.html", sections=sections)
        users: dict[Authority, list[Founded]] = defaultdict(list)
        decided: dict[str, list[Founded]] = defaultdict(list)
        for one in every:
            for source in one.authority:
                users[source].append(one)
                decided[source.href or ""].append(one)
        by_standing: list[tuple[Standing, list[tuple[Authority, list[Founded]]]]] = []
        for standing in Standing:
            rows = [(source, named) for source, named in users.items() if source.standing is standing]
            rows.sort(key=lambda row: (sort_key(row[0].title), row[0].article or ""))
            by_standing.append((standing, rows))
        yield self.renderer.page(
            addresses.SOURCES, "sources.html", count=len(users), by_standing=by_standing, policies=self.policies
        )
        for policy in self.policies:
            yield self.renderer.page(policy.address, "policy.html", policy=policy, users=decided[policy.href])

    def _group(self, name: str) -> Page:
        memberships = sorted(
            self.rulebook.places.groups[name].memberships, key=lambda one: str(one.start or ""), reverse=True
        )
        current = [
            (statement, version)
            for statement in self.statements.by_id.values()
            if statement.jurisdiction == name and (version := statement.at(self.at)) is not None
        ]
        page = self.rulebook.jurisdictions[name]
        return self.renderer.page(
            addresses.group(name),
            "group.html",
            group=page,
            notes=page.notes,
            memberships=memberships,
            review=self.rulebook.group_review(name, self.at),
            current=current,
        )

    def _product(self, id_: str) -> Page:
        held = self.survey.found.get(id_, {})
        table = [
            (code, [self.survey.at(id_, code, action) for action in self.survey.actions])
            for code in self.material.countries
            if held.get(code)
        ]
        return self.renderer.page(
            addresses.product(id_),
            "product.html",
            product=self.rulebook.products[id_],
            table=table,
            survey=self.survey,
            actions=self.survey.actions,
            action=self.material.action
            if any(self.survey.at(id_, code, self.material.action) for code in held)
            else self._first(id_),
            persona=self.material.customers[id_].persona if id_ in self.material.customers else self.material.persona,
        )

    def _first(self, product: str) -> str:
        """Return the first action that the product's answers are about."""
        return next(
            (one.action for found in self.survey.found.get(product, {}).values() for one in found), self.material.action
        )

    def _statement(self, one: Statement) -> Page:
        versions = sorted(one.versions, key=lambda version: self.at not in version.effective)
        return self.renderer.page(
            addresses.statement(one.id),
            "rule.html",
            one=one,
            now=one.nearest(self.at),
            versions=[(version, *self._conditions(one, version)) for version in versions],
            effects=self._effects(one),
            rows=self.material.examples.of_statement(one.id),
        )

    def _conditions(self, one: Statement, version: Version) -> tuple[Any, Any]:
        ruleset = self.material.timeline.at(version.effective.start or self.at)
        if self.at in version.effective:
            ruleset = self.material.ruleset
        wording = Wording(ruleset, frozenset(one.kinds) or None)
        parts = (version.when, version.needs)
        when, needs = (None if part is None else wording.condition(part) for part in parts)
        return when, needs

    def _effects(self, one: Statement) -> dict[str, list[tuple[tuple[str, ...], AccessMeaning]]]:
        """Return what each access of a position does to each class of actions."""
        vocabulary = self.rulebook.vocabulary
        made: dict[str, list[tuple[tuple[str, ...], AccessMeaning]]] = {version.does: [] for version in one.versions}
        for name, rows in made.items() if one.is_position else ():
            for class_, effect in vocabulary.access[name].effects.items():
                words = effect.effect if effect.also is None else f"{effect.effect}, and {effect.also}"
                rows.append((vocabulary.actions[class_], AccessMeaning(words, effect.only_if)))
        return made
