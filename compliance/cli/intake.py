"""List what a subject is asked before an allow: per action and kind of subject, and where that differs by territory.

A list is what is open when only the homes are known: everything that can still matter there, nothing that cannot.
Territories inside the same places are asked the same, so each such class of territories is looked at once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance.engine.combiner import Reading, combine
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.questions import missing_facts
from compliance.engine.reach import alike
from compliance.language.rulebook import Effect
from compliance.vocabulary.types import SetType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance.engine.book import BookAt
    from compliance.engine.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Intake:
    """What one kind of subject is asked for one action, and in which territories."""

    action: str
    product: str
    kind: str
    facts: tuple[str, ...]
    """In the order in which to ask; the homes are known before. Empty: no answer leads to an allow."""
    territories: tuple[str, ...]


def intakes(book: BookAt, advance: Callable[[int, int], None] = lambda _done, _of: None) -> tuple[Intake, ...]:
    """Return every list, the one for most territories first; `advance` is told how many of how many are done."""
    classes = alike(book.ruleset)
    vocabulary = book.ruleset.vocabulary
    asked = [
        (action, *resource, kind)
        for action in vocabulary.all_actions()
        for resource in _resources(book.ruleset, action)
        for kind in vocabulary.kinds
    ]
    made: list[Intake] = []
    for done, (action, product, type_, id_, kind) in enumerate(asked):
        advance(done, len(asked))
        orders: dict[frozenset[str], tuple[str, ...]] = {}
        lists: dict[frozenset[str], list[str]] = defaultdict(list)
        for codes in classes:
            resource = {"type": type_, "id": id_}
            facts = _open_facts(book, action, resource, kind, codes[0])
            lists[frozenset(facts)] += codes
            orders.setdefault(frozenset(facts), facts)
        ordered = sorted(lists.items(), key=lambda item: (-len(item[1]), orders[item[0]]))
        made += [Intake(action, product, kind, orders[facts], tuple(sorted(codes))) for facts, codes in ordered]
    advance(len(asked), len(asked))
    return tuple(made)


def intake_json(found: Intake) -> dict[str, Any]:
    """Return one list as `--json` prints it."""
    return {
        "action": found.action,
        "product": found.product,
        "subject_type": found.kind,
        "facts": list(found.facts),
        "territories": list(found.territories),
    }


def _resources(ruleset: Ruleset, action: str) -> Iterator[tuple[str, str, str]]:
    """Yield product, type and id of one resource of each product that `action` is for."""
    for name, type_ in ruleset.vocabulary.resource_types.items():
        if type_.actions is not None and action not in type_.actions:
            continue
        seen: set[str] = set()
        for entry in ruleset.rulebook.catalogue.get(name, {}).values():
            product = entry.product or entry.id
            if product not in seen:
                seen.add(product)
                yield product, name, entry.id


def _open_facts(book: BookAt, action: str, resource: dict[str, str], kind: str, code: str) -> tuple[str, ...]:
    """Return the facts that an allow waits for when a subject is at home in `code` and nothing else is known."""
    vocabulary = book.ruleset.vocabulary
    homes = {
        vocabulary.facts[path].name: [code] if isinstance(vocabulary.facts[path].type, SetType) else code
        for path in vocabulary.kinds[kind].homes
    }
    body = {"subject": {"type": kind, "properties": homes}, "action": {"name": action}, "resource": resource}
    request = book.request(body)
    verdict = combine(book.ruleset, request)
    if verdict.outcome is Outcome.DENY:
        return ()
    referring = Reading(book.ruleset, request).having(Effect.REFER, unknown=True)
    unsettled = tuple(dict.fromkeys((*verdict.unsettled, *referring)))
    everything = Verdict(Outcome.INCOMPLETE, verdict.grounds, unsettled, verdict.requirements)
    return tuple(fact.fact for fact in missing_facts(book.ruleset, request, everything))
