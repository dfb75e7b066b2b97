"""Gather what the page of one territory shows: answers, statements, duties with amounts, lists, history, cases."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from compliance.engine.evaluator import Setting, covers
from compliance.engine.ruleset import NO_POSITION
from compliance.language.expression import ParameterRef
from compliance.language.rulebook import Effect
from compliance.pages.survey import Finding, Status, findings
from compliance.vocabulary import territory
from compliance.vocabulary.types import MoneyType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.language.rulebook import ParameterValue, Rule
    from compliance.pages.material import Material
    from compliance.pages.statements import Statement


class PlaceView:
    """Looks at one territory after the other."""

    def __init__(self, material: Material) -> None:
        """Take what there is to show."""
        self.material = material
        self._duties_of: dict[str, list[tuple[Statement, list[ParameterValue]]]] = {}
        self.everywhere = sum(
            one.jurisdiction is None and one.id != NO_POSITION and one.at(material.at) is not None
            for one in material.statements.by_id.values()
        )

    def shows(self, code: str) -> dict[str, Any]:
        """Return what the template of a place shows."""
        material = self.material
        page = material.rulebook.jurisdictions.get(code)
        statements = material.history.statements.get(code, {})
        current = [
            (material.statements.by_id[id_], version, spell)
            for id_, spells in sorted(statements.items(), key=lambda item: self._order(item[0]))
            for spell in spells
            if material.at in spell.period and (version := material.statements.by_id[id_].at(material.at)) is not None
        ]
        groups = [
            (material.rulebook.jurisdictions[name], spells)
            for name, spells in sorted(
                material.history.groups.get(code, {}).items(), key=lambda item: item[0].casefold()
            )
        ]
        return {
            "code": code,
            "name": territory.name(code),
            "parent": material.rulebook.places.parents.get(code),
            "products": sorted(material.rulebook.products.values(), key=lambda one: one.id != material.main_product),
            "main": material.rulebook.products.get(str(material.main_product)),
            "survey": material.survey,
            "customers": material.customers,
            "regions": list(self._regions(code)),
            "current": current,
            "since": {statement.id: spell.period for statement, _, spell in current},
            "uncovered": material.statements.by_id.get(NO_POSITION),
            "everywhere": self.everywhere,
            "notes": page.notes if page is not None else (),
            "sources": page.authority if page is not None else (),
            "duties": self._duties_like(code),
            "groups": groups,
            "events": [
                (moment, list(day))
                for moment, day in groupby(material.history.events(code), key=lambda event: event.at)
            ],
            "rows": material.examples.of_place(code),
        }

    def _order(self, id_: str) -> tuple[bool, int, str]:
        """Put positions first, layer by layer in the vocabulary's order."""
        statement = self.material.statements.by_id[id_]
        layers = self.material.rulebook.vocabulary.layers
        place = layers.index(statement.layer) if statement.layer in layers else len(layers)
        return not statement.is_position, place, id_

    def _regions(self, code: str) -> Iterator[tuple[str, tuple[Finding, ...]]]:
        """Yield what holds in the regions that rules tell apart, and elsewhere, where it depends on the region."""
        material, product = self.material, self.material.main_product
        held = material.survey.found.get(str(product), {}).get(code, ())
        if product is None or not any(one.status is Status.REGION for one in held):
            return
        named = material.ruleset.regions(code)
        other = next((region for region in territory.subdivisions(code) if region not in named), None)
        for region in (*named, *((other,) if other is not None else ())):
            name = territory.name(region) if region in named else f"elsewhere, for instance {territory.name(region)}"
            answers = findings(material.book, material.customers[product], region, product, material.survey.actions)
            yield name, tuple(answers)

    def _duties_like(self, code: str) -> list[tuple[Statement, list[ParameterValue]]]:
        like = self.material.survey.like[code]
        if like not in self._duties_of:
            self._duties_of[like] = list(self._duties(like))
        return self._duties_of[like]

    def _duties(self, code: str) -> Iterator[tuple[Statement, list[ParameterValue]]]:
        """Yield the duties of the venue that may hold for the customer here, with the amounts at which they begin."""
        material = self.material
        customer = material.customers.get(str(material.main_product))
        if customer is None:
            return
        book = material.book
        seen: set[str] = set()
        for action in material.survey.actions:
            body = customer.asks(code, action, str(material.main_product))
            if body is None:
                continue
            request = book.request(body)
            setting = Setting(material.ruleset, request.facts, request.kind)
            rules = material.ruleset.applicable(action, request.kind, request.product, request.resource_type)
            for rule in rules:
                if (
                    rule.effect is not Effect.OBLIGE
                    or rule.id in seen
                    or covers(material.ruleset, rule.home, code) is False
                ):
                    continue
                if setting.truth(rule.when) is not False:
                    seen.add(rule.id)
                    amounts = self._amounts(rule)
                    if amounts or rule.home is not None or rule.when is not None:
                        yield material.statements.of_rule(rule.id), amounts

    def _amounts(self, rule: Rule) -> list[ParameterValue]:
        """Return the amounts of money that a rule's conditions name."""
        found: dict[str, ParameterValue] = {}
        for node in self.material.ruleset.conditions(rule):
            if isinstance(node, ParameterRef) and isinstance(node.type, MoneyType):
                value = self.material.ruleset.parameter(node)
                found[value.name] = value
        return list(found.values())
