from __future__ import annotations

from tests.language.small import CASES, found, load

NO_POSITIONS = {"jurisdictions/CH.yaml": None}
RULE = "rule: {}\neffect: {}\nactions: [entry]\nsays: s\nauthority: [act]\n"


def demanded(changes):
    return found({**NO_POSITIONS, **changes}, demand_cases=True)


def case(line):
    return {"rules/tests/test.cases.yaml": CASES + f"  - {{case: another, as: anna, outcome: deny, {line}}}\n"}


def test_a_rule_that_no_case_names_is_pointed_at():
    assert demanded({"rules/extra.yaml": RULE.format("example", "forbid")}) == [("rule-without-case", "example")]


def test_a_case_of_any_file_may_name_it():
    files = {"rules/extra.yaml": RULE.format("example", "forbid")}
    assert demanded(files | case("grounds: [example]")) == []


def test_requirements_and_obligations_name_rules_too():
    assert demanded({}) == []
    files = {"rules/extra.yaml": RULE.format("example", "oblige") + "obliges: warn\n"}
    assert demanded(files | case("obligations: [example]")) == []


def test_to_name_a_jurisdiction_is_to_name_none_of_its_rules():
    rule = RULE.format("example", "forbid").replace("\n", "\n    ")
    files = {
        "jurisdictions/LI.yaml": f"jurisdiction: LI\nname: Liechtenstein\nrules:\n  - {rule}",
        "jurisdictions/LI.cases.yaml": "as_of: 2026-06-01T00:00:00Z\ncases: [{case: a, as: anna, outcome: deny, grounds: [LI]}]\n",
    }
    assert demanded(files) == [("rule-without-case", "example")]
    files["jurisdictions/LI.cases.yaml"] = files["jurisdictions/LI.cases.yaml"].replace("[LI]", "[LI/example]")
    assert demanded(files) == []


def test_positions_want_cases_beside_their_file():
    assert found({}, demand_cases=True) == [("position-without-case", "skilled")]
    beside = {"jurisdictions/CH.cases.yaml": CASES}
    assert found(beside, demand_cases=True) == []


def test_cases_are_demanded_by_default_and_need_not_be():
    from compliance.language.loader import load_rulebook
    from tests.language.small import sources

    assert load_rulebook(sources({}))[0] is None
    assert load({})[0] is not None


def test_nothing_is_demanded_while_a_case_cannot_be_read():
    files = {"rules/extra.yaml": RULE.format("example", "forbid")} | case("grounds: [example], missing: [subject.x]")
    assert demanded(files) == [("unknown-fact", "subject.x")]
