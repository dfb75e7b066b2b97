"""The material of a site is about one instant and one customer; without a customer there are no answers."""

from compliance.engine.loading import load_book
from compliance.pages.material import Material, sort_key
from tests.cli.support import TINY
from tests.pages.conftest import NOW


def test_the_map_is_about_what_the_persona_does_with_its_own_product(material):
    assert (material.main_product, material.action) == ("xstocks", "buy")


def test_places_are_sorted_by_name(material):
    assert material.countries.index("AX") < material.countries.index("AL")
    assert sort_key("Åland Islands") < sort_key("Albania")


def test_a_rulebook_without_personas_has_no_answers():
    material = Material(load_book(TINY), NOW, None)
    assert material.customers == {}
    assert material.main_product is None
    assert material.action in material.survey.actions
