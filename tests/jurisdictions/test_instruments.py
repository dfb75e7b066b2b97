"""Each instrument of the seed catalogue is what its source lists, and is bought as any other unless a rule says more."""

from dataclasses import replace

import pytest

from compliance.engine.cases import Answer, request_of
from compliance.engine.loading import load_book
from tests.vocabulary.test_addresses import MINTS

ROUND_THE_CLOCK = {"TSLAx", "QQQx", "SPYx", "NVDAx", "CRCLx", "AAPLx", "HOODx", "MSTRx", "GLDx", "GOOGLx"}
BY_ITS_KIND = {"TQQQx": {"leverage-warning"}, "KRAQx": {"affiliation-disclosed"}}


@pytest.fixture(scope="module")
def book():
    return load_book()


@pytest.fixture(scope="module")
def instruments(book):
    found = book.rulebook.catalogue["instrument"].values()
    return {entry.id: entry for entry in found if entry.product == "xstocks"}


def test_the_mints_are_the_79_that_the_source_lists(instruments):
    assert sorted(entry.facts["resource.mint"] for entry in instruments.values()) == sorted(MINTS)


def test_ten_trade_round_the_clock(instruments):
    found = {name for name, entry in instruments.items() if entry.facts["resource.hours"] == "24x7"}
    assert found == ROUND_THE_CLOCK


def test_each_token_is_named_after_its_underlying_and_no_isin_stands_twice(instruments):
    assert all(name == f"{entry.facts['resource.underlying']}x" for name, entry in instruments.items())
    isins = [entry.facts["resource.isin"] for entry in instruments.values() if "resource.isin" in entry.facts]
    assert len(isins) == len(set(isins)) == 20


def test_each_is_bought_as_any_other_but_for_what_its_kind_asks(book, instruments):
    case = next(each for each in book.rulebook.cases if each.sentence.startswith("the treasury fund is bought"))
    at = book.at(case.as_of)
    for name in instruments:
        asked = replace(case, request={**case.request, "resource": {"type": "instrument", "id": name}})
        answer = Answer.of(at.decision(request_of(at.ruleset, asked)))
        assert (answer.outcome, answer.obligations) == ("allow", BY_ITS_KIND.get(name, set())), name
