"""An address says what kind of page it is, and a page knows its way to the root."""

from compliance.pages import addresses


def test_each_kind_of_page_has_a_folder():
    assert addresses.place("BR") == "places/BR.html"
    assert addresses.group("EEA") == "groups/EEA.html"
    assert addresses.product("xstocks") == "products/xstocks.html"
    assert addresses.statement("EEA/questionnaire") == "rules/EEA/questionnaire.html"
    assert addresses.policy("docs/policy/us-test.md") == "policy/us-test.html"
    assert addresses.term("fact", "subject.residence") == "terms.html#fact-subject.residence"


def test_a_page_climbs_one_folder_for_each_that_it_lies_in():
    assert addresses.root("index.html") == ""
    assert addresses.root("places/BR.html") == "../"
    assert addresses.root("rules/EEA/questionnaire.html") == "../../"


def test_the_rules_of_a_position_and_those_that_stand_for_another_have_one_page():
    assert addresses.statement_of("BR/law-xstocks/entry-refer", from_position=True) == "BR/law-xstocks"
    assert addresses.statement_of("EEA/questionnaire", from_position=False) == "EEA/questionnaire"
    assert addresses.statement_of("stale-source/BR/law-xstocks/entry-refer", from_position=True) == "BR/law-xstocks"
    assert addresses.statement_of("no-position/xstocks/exit-permit", from_position=False) == "no-position"
