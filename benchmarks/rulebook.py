"""The workload written out as a rulebook folder in this project's own form: YAML with conditions in CEL."""

from __future__ import annotations

from pathlib import Path

import pycountry

from benchmarks import places
from benchmarks.dialect import Dialect, listing
from benchmarks.facts import FACTS
from benchmarks.model import ACTIONS, ALL_ACTIONS, Compare, Condition, Fact, OneOf, Rule, Rulebook

PRODUCT = "tokens"
INSTRUMENT = "TOKENx"
KIND = "natural-person"
TYPES = {"territories": "set<territory>", "bool": "bool", "int": "int", "territory": "territory"}
AUTHORITY = '[{title: "Workload of the comparison", reviewed_on: 2026-09-21, standing: house}]'
GROUPS = {members: name for name, members in places.LISTS.items()}


def within(values: tuple[str, ...]) -> str:
    """Name the group of exactly these places, or the only one of them."""
    return f'"{values[0]}"' if len(values) == 1 else f'"{GROUPS[values]}"'


OURS = Dialect(
    name=lambda fact: FACTS[fact].path,
    conjunction="&&",
    disjunction="||",
    negation="!",
    truth="true",
    one_of=lambda fact, values: f"{fact} in {listing(values)}",
    has=lambda fact, value: f'{fact}.exists(c, c.within("{value}"))',
    overlaps=lambda fact, values: f"{fact}.exists(c, c.within({within(values)}))",
)


def localised(condition: Condition) -> Condition | str:
    """Write a comparison of a place as the rule language does: by asking what it lies within."""
    match condition:
        case OneOf(Fact(kind="territory") as fact, values):
            return f"{fact.path}.within({within(values)})"
        case Compare(Fact(kind="territory") as fact, "==", str(code)):
            return f'{fact.path}.within("{code}")'
        case _:
            return condition


def iso_name(code: str) -> str:
    """Give the name of a territory as ISO 3166-1 has it."""
    country = pycountry.countries.get(alpha_2=code)
    return country.name if country is not None else code


def quoted(text: str) -> str:
    """Quote a text for YAML."""
    return "'" + text.replace("'", "''") + "'"


def condition_text(condition: Condition) -> str:
    """Write a condition as one quoted CEL text."""
    return quoted(OURS.write(condition, localised))


def rule_text(rule: Rule) -> str:
    """Write one rule as one item of a sequence."""
    lines = [
        f"- rule: {rule.identifier}",
        f"  effect: {rule.effect.value}",
        f"  actions: [{', '.join(rule.actions)}]",
        f"  resources: {{product: {PRODUCT}}}",
    ]
    if rule.when is not None:
        lines.append(f"  when: {condition_text(rule.when)}")
    if rule.needs is not None:
        lines.append(f"  needs: {condition_text(rule.needs)}")
        lines.append(f"  remedy: give what rule {rule.identifier} needs")
    lines.append(f"  says: what rule {rule.identifier} of the workload says")
    lines.append(f"  authority: {AUTHORITY}")
    return "\n".join(lines) + "\n"


def vocabulary_text() -> str:
    """Declare actions, the one kind of subject and the facts."""
    lines = ["actions:"]
    lines += [f"  {name}: [{', '.join(actions)}]" for name, actions in ACTIONS.items()]
    lines += ["subject_types:", f"  {KIND}: {{homes: [subject.residence], means: a human being}}"]
    lines += ["resource_types:", f"  instrument: {{actions: [{', '.join(ALL_ACTIONS)}]}}"]
    lines += ["layers: [law]", "allow_for: 30s"]
    for group in ("subject", "action", "resource", "context"):
        lines.append(f"{group}:")
        for fact in FACTS.values():
            if fact.group != group:
                continue
            kind = TYPES.get(fact.kind) or f"one_of<{', '.join(fact.choices)}>"
            words = fact.name.replace("_", " ")
            of = f", of: [{KIND}]" if group == "subject" else ""
            lines.append(f'  {fact.name}: {{type: "{kind}"{of}, means: the {words}, ask: "What is the {words}?"}}')
    return "\n".join(lines) + "\n"


def cases_text(rules: list[Rule], prefix: str) -> str:
    """Name every rule in a case, as a rulebook must.

    The cases are not meant to hold: the proof against the plain definition, thousands of requests, takes their place.
    """
    lines = ["as_of: 2026-10-05T12:00:00Z", "cases:"]
    for rule in rules:
        outcome = {"permit": "allow", "forbid": "deny", "require": "incomplete", "refer": "refer"}[rule.effect.value]
        lines.append(
            f"- {{case: rule {rule.identifier}, subject: {{type: {KIND}}}, action: {{name: {rule.actions[0]}}}, "
            f"resource: {{type: instrument, id: {INSTRUMENT}}}, outcome: {outcome}, "
            f"grounds: [{prefix}{rule.identifier}]}}"
        )
    return "\n".join(lines) + "\n"


def write_folder(rulebook: Rulebook, folder: Path) -> None:
    """Write all files of a rulebook."""
    for part in ("rules/workload", "rules/instruments", "jurisdictions/groups"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "rules/vocabulary.yaml").write_text(vocabulary_text())
    product = f"- product: {PRODUCT}\n  name: Tokens\n  authority: {AUTHORITY}\n"
    everywhere = [rule for rule in rulebook.rules if rule.jurisdiction is None]
    texts = "".join(rule_text(rule) for rule in everywhere)
    (folder / "rules/workload/everywhere.yaml").write_text(product + texts)
    (folder / "rules/workload/everywhere.cases.yaml").write_text(cases_text(everywhere, ""))
    (folder / "rules/instruments/tokens.yaml").write_text(
        f"catalogue: instrument\nproduct: {PRODUCT}\nauthority: {AUTHORITY}\n"
        f"entries:\n  - {{id: {INSTRUMENT}, name: Token}}\n"
    )
    for name, codes in places.LISTS.items():
        (folder / f"jurisdictions/groups/{name}.yaml").write_text(
            f"group: {name}\nmeans: a list of the workload\nmembers:\n"
            f"  - of: [{', '.join(codes)}]\n    effective: {{from: 2020-01-01}}\n    authority: {AUTHORITY}\n"
        )
    local: dict[str, list[Rule]] = {}
    for rule in rulebook.rules:
        if rule.jurisdiction is not None:
            local.setdefault(rule.jurisdiction, []).append(rule)
    for code, rules in local.items():
        body = "".join("  " + line + "\n" for rule in rules for line in rule_text(rule).splitlines())
        head = f"jurisdiction: {code}\nname: {quoted(iso_name(code))}\nrules:\n"
        (folder / f"jurisdictions/{code}.yaml").write_text(head + body)
        (folder / f"jurisdictions/{code}.cases.yaml").write_text(cases_text(rules, f"{code}/"))
