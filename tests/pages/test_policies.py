"""A decision of the house is a page of the site; what its text says is shown and never obeyed."""

from compliance.pages.policies import policies_of, read_policies
from tests.cli.support import ROOT

TEXTS = {
    "docs/policy/one.md": "# First things\n\nSee [the other](two.md#there), [a law](https://law.example/act), [code](../../x.py).\n",
    "docs/policy/two.md": "# Second\n\n<script>alert(1)</script> and ![x](https://evil.example/p.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
}


def test_a_decision_has_a_title_an_address_and_a_body():
    one, _ = policies_of(TEXTS)
    assert (one.title, one.address, one.href) == ("First things", "policy/one.html", "docs/policy/one.md")
    assert "First things" not in one.body


def test_links_lead_to_other_decisions_and_to_the_world_and_nowhere_else():
    one, _ = policies_of(TEXTS)
    assert '<a href="two.html">the other</a>' in one.body
    assert '<a href="https://law.example/act">a law</a>' in one.body
    assert "code" in one.body
    assert "x.py" not in one.body


def test_markup_and_pictures_are_not_obeyed():
    _, two = policies_of(TEXTS)
    assert "<script>" not in two.body
    assert "&lt;script&gt;" in two.body
    assert "<img" not in two.body


def test_a_table_has_a_caption():
    _, two = policies_of(TEXTS)
    assert "<caption>Second</caption>" in two.body


def test_the_decisions_beside_the_shipped_rulebook_are_found_and_elsewhere_there_are_none(tmp_path):
    found = read_policies(ROOT)
    assert found["docs/policy/us-test.md"].startswith("# ")
    assert read_policies(tmp_path) == {}


def test_every_decision_that_the_shipped_rulebook_cites_is_there(book):
    cited = {one.href for rule in book.rulebook.rules for one in rule.authority if one.href and "://" not in one.href}
    assert cited <= set(read_policies(ROOT))
