"""A source is cited by its page, not by the site that has it somewhere."""

import re

import pytest

from compliance.cli.counts import _cited
from compliance.engine.loading import load_book

# Sites of which the page could not be found again, or whose front page is what was read. The list may only get shorter.
FRONT_PAGES = {
    "https://www.fangdalaw.com",
    "https://www.twobirds.com",
    "https://financialcrime.world",
    "https://xstocks.fi",
}


@pytest.fixture(scope="module")
def fronts():
    cited = set(_cited(load_book().rulebook))
    return {source for source in cited if source.href and re.fullmatch(r"https://[^/]+/?", source.href)}


def test_no_other_source_is_cited_by_its_front_page(fronts):
    assert {source.href for source in fronts} == FRONT_PAGES


def test_one_that_is_says_where_on_the_page_or_that_the_page_was_not_noted(fronts):
    assert {source.article for source in fronts} == {"the exact page was not noted", "the foot of the page"}
