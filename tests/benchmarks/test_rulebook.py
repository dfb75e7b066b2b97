from benchmarks.facts import FACTS
from benchmarks.model import AnyOf, Compare, Effect, Has, OneOf, Overlaps, Rule
from benchmarks.places import LISTS
from benchmarks.rulebook import condition_text, rule_text, write_folder
from benchmarks.workload import Size, make_rulebook

SECTORAL = LISTS["sectoral"]


def test_places_are_asked_what_they_lie_within():
    condition = AnyOf((OneOf(FACTS["location"], SECTORAL), Compare(FACTS["bank_country"], "==", "US")))
    assert condition_text(condition) == '\'(action.location.within("sectoral") || action.bank_country.within("US"))\''


def test_sets_of_places_are_asked_one_by_one():
    assert condition_text(Has(FACTS["citizenships"], "US")) == ("'subject.citizenships.exists(c, c.within(\"US\"))'")
    assert condition_text(Overlaps(FACTS["citizenships"], SECTORAL)) == (
        "'subject.citizenships.exists(c, c.within(\"sectoral\"))'"
    )


def test_a_require_says_what_it_needs_and_what_cures_it():
    rule = Rule("r1", Effect.REQUIRE, ("buy",), needs=Compare(FACTS["age"], ">=", 18))
    text = rule_text(rule)
    assert "  needs: 'subject.age >= 18'\n" in text
    assert "  remedy: " in text


def test_every_jurisdiction_has_a_file_of_its_own(tmp_path):
    rulebook = make_rulebook(Size(jurisdictions=3))
    write_folder(rulebook, tmp_path)
    files = {path.name.partition(".")[0] for path in (tmp_path / "jurisdictions").glob("*.yaml")}
    assert files == set(rulebook.jurisdictions)


def test_the_workload_is_a_rulebook_without_a_complaint(tmp_path):
    from compliance.language.loader import load_rulebook, read_folder

    write_folder(make_rulebook(Size(jurisdictions=4)), tmp_path)
    rulebook, diagnostics = load_rulebook(read_folder(tmp_path))
    assert diagnostics == []
    assert rulebook is not None
    assert len(rulebook.rules) == Size(jurisdictions=4).rules
