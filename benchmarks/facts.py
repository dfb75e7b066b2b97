"""The flat facts of the workload: their types, their harmless values, and conditions about them."""

from __future__ import annotations

from random import Random
from typing import Literal

from benchmarks import places
from benchmarks.model import Compare, Condition, Fact, Has, IsTrue, Not, OneOf, Overlaps, Value

Group = Literal["subject", "action", "resource", "context"]


def _facts() -> dict[str, Fact]:
    """Declare every fact."""
    flags: list[tuple[Group, str]] = [
        ("subject", "professional"), ("subject", "knowledge_passed"), ("subject", "exposed"),
        ("subject", "sanctions_hit"), ("subject", "adverse_media"), ("subject", "address_verified"),
        ("subject", "us_person"), ("subject", "risk_accepted"), ("subject", "insider"),
        ("resource", "halted"), ("context", "escalated"),
    ]  # fmt: skip
    numbers: list[tuple[Group, str]] = [
        ("subject", "age"), ("subject", "verification_level"), ("subject", "income"),
        ("subject", "experience_years"), ("action", "amount"), ("resource", "complexity"),
        ("context", "transfers_30d"), ("context", "volume_30d"),
    ]  # fmt: skip
    facts = [Fact("residence", "subject", "territory"), Fact("birth_country", "subject", "territory")]
    facts += [Fact("location", "action", "territory"), Fact("bank_country", "action", "territory")]
    facts += [Fact("citizenships", "subject", "territories"), Fact("tax_residences", "subject", "territories")]
    facts += [Fact(name, group, "bool") for group, name in flags]
    facts += [Fact(name, group, "int") for group, name in numbers]
    facts += [
        Fact("risk_rating", "subject", "choice", ("low", "medium", "high")),
        Fact("source_of_funds", "subject", "choice", ("salary", "business", "inheritance", "tokens", "other")),
        Fact("channel", "action", "choice", ("web", "mobile", "api", "desk")),
        Fact("asset_class", "resource", "choice", ("equity", "etf", "bond")),
        Fact("session", "context", "choice", ("regular", "extended", "closed")),
    ]
    return {fact.name: fact for fact in facts}


FACTS: dict[str, Fact] = _facts()
GOOD_FLAGS = ("professional", "knowledge_passed", "address_verified", "risk_accepted")
BAD_FLAGS = ("sanctions_hit", "us_person", "insider", "halted")
ODD_FLAGS = ("exposed", "adverse_media", "escalated")
RANGES: dict[str, tuple[int, int]] = {
    "age": (16, 90), "verification_level": (0, 3), "income": (0, 300_000), "experience_years": (0, 20),
    "amount": (10, 100_000), "complexity": (1, 6), "transfers_30d": (0, 60), "volume_30d": (0, 200_000),
}  # fmt: skip
HARMLESS: dict[str, tuple[int, int]] = {
    "age": (25, 60), "verification_level": (2, 3), "income": (40_000, 200_000), "experience_years": (3, 15),
    "amount": (10, 5_000), "complexity": (1, 3), "transfers_30d": (0, 4), "volume_30d": (0, 15_000),
}  # fmt: skip
FAVOURABLE: tuple[Condition, ...] = (
    *(IsTrue(FACTS[name]) for name in GOOD_FLAGS),
    Compare(FACTS["verification_level"], ">=", 2),
    Compare(FACTS["experience_years"], ">=", 2),
    Compare(FACTS["income"], ">=", 30_000),
    OneOf(FACTS["source_of_funds"], ("salary", "business")),
)
_MINORS_UNDER = (18, 20, 21)


def adverse(random: Random) -> Condition:
    """Draw one thing that a rulebook objects to."""
    list_name = random.choice(sorted(places.LISTS))
    listed = places.LISTS[list_name]
    place = FACTS[random.choice(("birth_country", "location", "bank_country"))]
    several = FACTS[random.choice(("citizenships", "tax_residences"))]
    makers: list[Condition] = [
        IsTrue(FACTS[random.choice(BAD_FLAGS)]),
        IsTrue(FACTS[random.choice(BAD_FLAGS)]),
        OneOf(place, listed) if list_name != "treaty" else Compare(place, "==", "US"),
        Overlaps(several, listed) if list_name != "treaty" else Has(several, "RU"),
        Has(several, random.choice(("US", "CA", "CN", "RU"))),
        Compare(FACTS["age"], "<", random.choice(_MINORS_UNDER)),
        Compare(FACTS["verification_level"], "==", 0),
        Compare(FACTS["transfers_30d"], ">", random.randrange(40, 60)),
        Compare(FACTS["amount"], ">=", random.randrange(20_000, 95_000, 5_000)),
        Compare(FACTS["session"], "==", "closed"),
    ]
    return random.choice(makers)


def unusual(random: Random) -> Condition:
    """Draw one thing that a person should look at."""
    makers: list[Condition] = [
        IsTrue(FACTS[random.choice(ODD_FLAGS)]),
        IsTrue(FACTS[random.choice(ODD_FLAGS)]),
        Not(IsTrue(FACTS["address_verified"])),
        Compare(FACTS["risk_rating"], "!=", "low"),
        OneOf(FACTS["source_of_funds"], ("inheritance", "tokens", "other")),
        Compare(FACTS["transfers_30d"], ">", random.randrange(6, 40)),
    ]
    return random.choice(makers)


def benign_facts(random: Random, home: str) -> dict[str, Value]:
    """Draw facts that few rules object to."""
    facts: dict[str, Value] = {"residence": home, "birth_country": home, "location": home, "bank_country": home}
    facts["citizenships"] = frozenset({home})
    facts["tax_residences"] = frozenset({home, random.choice(places.LISTS["treaty"])})
    facts.update(dict.fromkeys(GOOD_FLAGS, True))
    facts.update(dict.fromkeys(BAD_FLAGS + ODD_FLAGS, False))
    facts.update({name: random.randint(low, high) for name, (low, high) in HARMLESS.items()})
    facts |= {"risk_rating": "low", "source_of_funds": "salary", "channel": random.choice(("web", "mobile"))}
    facts |= {"asset_class": random.choice(("equity", "equity", "etf")), "session": "regular"}
    return facts


def random_value(random: Random, fact: Fact) -> Value:
    """Draw any value of a fact's type."""
    match fact.kind:
        case "bool":
            return random.random() < 0.5
        case "int":
            return random.randint(*RANGES[fact.name])
        case "territory":
            return random.choice(places.HOMES)
        case "territories":
            return frozenset(random.sample(places.HOMES, random.randint(1, 3)))
        case _:
            return random.choice(fact.choices)
