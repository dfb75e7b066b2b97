"""What there is of a rulebook is counted by theme, by effect, and by how well it is founded."""

from compliance.cli.counts import countries_without_a_case, counts
from compliance.language.loader import load_rulebook, read_folder
from tests.cli.support import TINY
from tests.language.small import CASES, loaded

SMALL = loaded(
    {
        "rules/tests/test.cases.yaml": CASES + "  - {case: nor there, as: anna, homes: [LI, UA-43], outcome: deny}\n",
        "rules/personas.cases.yaml": CASES,
        "jurisdictions/CH.cases.yaml": CASES,
    }
)


def test_rules_are_counted_by_theme_effect_and_the_standing_of_their_best_source():
    rulebook, _ = load_rulebook(read_folder(TINY))
    assert rulebook is not None
    found = counts(rulebook)
    assert found["rules_by_theme"] == {"access": 8}
    assert sum(found["rules_by_effect"].values()) == found["rules"] == 8
    assert found["rules_by_standing"] == {"quoted": 8}


def test_positions_are_counted_by_layer_and_standing():
    found = counts(SMALL)
    assert (found["positions"], found["positions_by_layer"]) == (1, {"law": 1})
    assert found["positions_by_standing"] == {"quoted": 1}


def test_a_source_counts_once_whatever_cites_it():
    # The act stands behind a rule and a position, the house behind a product, a group and what no position covers.
    assert counts(SMALL)["sources_by_standing"] == {"house": 1, "quoted": 1}
    assert counts(SMALL)["sources"] == 2


def test_a_case_with_homes_is_one_case_and_as_many_decisions():
    found = counts(SMALL)
    assert (found["cases"], found["decisions_of_cases"]) == (4, 5)
    assert found["cases_by_theme"] == {"jurisdictions": 1, "rules": 1, "tests": 2}


def test_countries_are_those_of_iso_3166_1_where_a_subject_of_a_case_is_at_home():
    # CH by the persona, LI by the list; UA-43 is a region.
    found = counts(SMALL)
    assert (found["countries_with_a_case"], found["countries"]) == (2, 249)
    lacking = countries_without_a_case(SMALL)
    assert len(lacking) == 247
    assert not {"CH", "LI", "XK"} & set(lacking)
