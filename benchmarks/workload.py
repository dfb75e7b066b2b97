"""A seeded rulebook and seeded requests: the same arguments give the same workload, on every machine.

The shape follows a venue's rulebook: rules that hold everywhere, and for each jurisdiction what it permits and
what it adds. Growth in jurisdictions adds places that the requests never mention, so that the rules that can
matter stay the same; growth in depth adds rules to the places that are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from benchmarks import oracle, places
from benchmarks.facts import FACTS, FAVOURABLE, GOOD_FLAGS, ODD_FLAGS, adverse, benign_facts, random_value, unusual
from benchmarks.model import (
    ACTIONS,
    ALL_ACTIONS,
    All,
    Answer,
    AnyOf,
    Compare,
    Condition,
    Effect,
    Fact,
    Request,
    Rule,
    Rulebook,
    Value,
    atoms_of,
)

SEED = 20_260_921
TERMS = (1, 1, 2, 2, 3)
EFFECTS = (Effect.FORBID,) * 9 + (Effect.REQUIRE,) * 6 + (Effect.REFER,) * 5
LAPSES = (
    *GOOD_FLAGS, *ODD_FLAGS, "verification_level", "experience_years", "channel", "asset_class", "session",
    "volume_30d", "transfers_30d", "source_of_funds", "risk_rating",
)  # fmt: skip
SHARES = {"allow": 40, "partial": 15, "deny": 25, "refer": 10, "incomplete": 10}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a rulebook is.

    There are `everywhere` rules without a place; each of `jurisdictions` places has two permits and `added` more
    rules on average; `ballast` rules belong to places that the requests never name.
    """

    everywhere: int = 40
    jurisdictions: int = 60
    added: float = 1.5
    ballast: int = 0

    @property
    def rules(self) -> int:
        """The number of rules."""
        return self.everywhere + self.jurisdictions * 2 + round(self.jurisdictions * self.added) + self.ballast


@dataclass(frozen=True, slots=True)
class Workload:
    """A rulebook with the requests put to it and the answers that the plain definition gives."""

    rulebook: Rulebook
    requests: tuple[Request, ...]
    answers: tuple[Answer, ...]


def conjoin(random: Random, terms: list[Condition]) -> Condition:
    """Join terms by and, or, or both."""
    if len(terms) == 1:
        return terms[0]
    if len(terms) == 2:
        return All(tuple(terms)) if random.random() < 0.5 else AnyOf(tuple(terms))
    return AnyOf((All(tuple(terms[:2])), *terms[2:]))


def forbidding(random: Random) -> Condition:
    """Say what a forbid looks for: something adverse, or a pair of things."""
    return conjoin(random, [adverse(random) for _ in range(random.choice(TERMS))])


def needed(random: Random) -> Condition:
    """Say what a require demands: something favourable, in one of a few ways."""
    terms: list[Condition] = list(random.sample(FAVOURABLE, random.choice((1, 2, 2))))
    return terms[0] if len(terms) == 1 else AnyOf(tuple(terms))


def occasion(random: Random) -> Condition:
    """Say when a require or a refer asks: an ordinary circumstance."""
    choices: list[Condition] = [
        Compare(FACTS["amount"], ">", random.randrange(1_000, 60_000, 500)),
        Compare(FACTS["channel"], "==", random.choice(FACTS["channel"].choices)),
        Compare(FACTS["asset_class"], "!=", "equity"),
        Compare(FACTS["complexity"], ">=", random.randrange(3, 6)),
        Compare(FACTS["session"], "!=", "regular"),
        Compare(FACTS["volume_30d"], ">", random.randrange(10_000, 90_000, 5_000)),
    ]
    return random.choice(choices)


def rule_of(random: Random, number: int, effect: Effect, actions: tuple[str, ...], home: str | None) -> Rule:
    """Make one forbid, require or refer."""
    name = f"r{number:05d}"
    if effect is Effect.FORBID:
        return Rule(name, effect, actions, home, forbidding(random))
    if effect is Effect.REQUIRE:
        return Rule(name, effect, actions, home, occasion(random), needed(random))
    return Rule(name, effect, actions, home, All((occasion(random), unusual(random))))


def some_actions(random: Random, most: int) -> tuple[str, ...]:
    """Pick actions in their fixed order."""
    picked = random.sample(ALL_ACTIONS, random.randint(1, most))
    return tuple(action for action in ALL_ACTIONS if action in picked)


def make_rulebook(size: Size, seed: int = SEED) -> Rulebook:
    """Make a rulebook. More ballast leaves every other rule as it was, character for character."""
    homes = places.HOMES[: size.jurisdictions]
    random = Random(f"{seed} everywhere")
    rules = [
        rule_of(random, number, EFFECTS[number % len(EFFECTS)], some_actions(random, 5), None)
        for number in range(size.everywhere)
    ]
    for position, home in enumerate(homes):
        added = round((position + 1) * size.added) - round(position * size.added)
        rules += local_rules(Random(f"{seed} {home}"), len(rules), home, added)
    spare = [home for home in places.HOMES[size.jurisdictions :] if home not in places.ELSEWHERE]
    random = Random(f"{seed} ballast")
    for number in range(size.ballast):
        effect = random.choice(EFFECTS)
        rules.append(rule_of(random, len(rules), effect, some_actions(random, 2), spare[number % len(spare)]))
    return Rulebook(tuple(rules), (*homes, *(spare if size.ballast else ())))


def local_rules(random: Random, first: int, home: str, added: int) -> Iterator[Rule]:
    """Make what one place permits and what it adds."""
    condition: Condition | None = None
    if random.random() < 0.6:
        condition = needed(random)
    yield Rule(f"r{first:05d}", Effect.PERMIT, ACTIONS["entry"], home, condition)
    yield Rule(f"r{first + 1:05d}", Effect.PERMIT, (*ACTIONS["move"], *ACTIONS["exit"]), home)
    for number in range(added):
        yield rule_of(random, first + 2 + number, random.choice(EFFECTS), some_actions(random, 4), home)


def make_facts(random: Random, home: str, oddness: float) -> dict[str, Value]:
    """Make the facts of one request: harmless ones, half with a lapse, and a share of them drawn at random."""
    facts = benign_facts(random, home)
    if random.random() < 0.5:
        for name in random.sample(LAPSES, 3):
            facts[name] = random_value(random, FACTS[name])
        facts |= {"amount": random.randint(10, 100_000), "complexity": random.randint(1, 6)}
    for fact in FACTS.values():
        if fact.name != "residence" and random.random() < oddness:
            facts[fact.name] = random_value(random, fact)
    return facts


def make_workload(
    size: Size | None = None, count: int = 10_000, homes: int = 60, unknown_homes: int = 0, seed: int = SEED
) -> Workload:
    """Make a rulebook and requests: 40 % allowed, 15 % with facts missing, the rest complete but not allowed.

    `homes` is how many of the places the requests come from. `unknown_homes` adds that many requests whose home
    is not known.
    """
    rulebook = make_rulebook(size or Size(), seed)
    known = rulebook.jurisdictions[:homes]
    random = Random(f"{seed} requests")
    slices = rulebook.slices()
    quota = {kind: count * share // 100 for kind, share in SHARES.items()}
    made: list[tuple[Request, Answer]] = []
    while any(quota.values()):
        action = random.choice(ALL_ACTIONS)
        home = random.choice(known) if random.random() < 0.97 else random.choice(places.ELSEWHERE)
        request = Request(action, make_facts(random, home, random.choice((0.01, 0.03, 0.08))), complete=True)
        rules = slices.get((action, home), slices[action, ""])
        answer = oracle.answer(rules, request)
        kind = answer[0]
        if quota["partial"] and random.random() < 0.3:
            kind, request = "partial", without_facts(random, request, rules)
            answer = oracle.answer(rules, request)
        if quota[kind]:
            quota[kind] -= 1
            made.append((request, answer))
    random.shuffle(made)
    for _ in range(unknown_homes):
        facts = make_facts(random, random.choice(known), 0.08)
        del facts["residence"]
        request = Request(random.choice(ALL_ACTIONS), facts, complete=False)
        made.append((request, oracle.answer(rulebook.rules, request)))
    return Workload(rulebook, tuple(request for request, _ in made), tuple(answer for _, answer in made))


def without_facts(random: Random, request: Request, rules: tuple[Rule, ...]) -> Request:
    """Leave out one to four facts that the rules ask about, never the home."""
    asked = sorted({fact.name for rule in rules for fact in facts_of(rule)} - {"residence"})
    gone = set(random.sample(asked, min(len(asked), random.randint(1, 4))))
    return Request(request.action, {k: v for k, v in request.facts.items() if k not in gone}, complete=False)


def facts_of(rule: Rule) -> Iterator[Fact]:
    """List the facts that a rule reads."""
    for condition in (rule.when, rule.needs):
        for atom in atoms_of(condition):
            yield atom.fact
