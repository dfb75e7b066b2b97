from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.ownership import (
    NATURAL_PERSON,
    Holding,
    Owner,
    OwnershipCycle,
    OwnershipError,
    blocked,
    holding,
)
from compliance.vocabulary.unknown import UNKNOWN, Unknown

WHOLE = Decimal(100)


def person(share, listed, *, id: str | None = None) -> Owner:
    return Owner(id, NATURAL_PERSON, share if share is UNKNOWN else Decimal(share), listed)


def company(share, *owners: Owner, id: str | None = None, listed: bool | Unknown = False) -> Owner:
    return Owner(id, "company", share if share is UNKNOWN else Decimal(share), listed, owners)


def clean(share) -> Owner:
    return person(share, listed=False)


def sanctioned(share) -> Owner:
    return person(share, listed=True)


# ------------------------------------------------------------------------------------------------ the rule's examples


def test_two_blocked_persons_with_25_percent_each_block():
    assert blocked([sanctioned(25), sanctioned(25), clean(50)]) is True


def test_49_99_percent_do_not_block():
    assert blocked([sanctioned("49.99"), clean("50.01")]) is False
    assert blocked([sanctioned("49.99")]) is UNKNOWN


def test_exactly_50_percent_block():
    assert blocked([sanctioned("50.00")]) is True


def test_50_percent_of_a_company_that_holds_50_percent_block_and_it_is_not_25():
    owners = [company(50, sanctioned(50), clean(50)), clean(50)]
    assert blocked(owners) is True
    assert holding(owners) == Holding(Decimal(50), Decimal(50))


def test_49_percent_of_a_company_that_holds_everything_do_not_block():
    assert blocked([company(100, sanctioned(49), clean(51))]) is False


def test_a_company_that_is_blocked_by_its_owners_passes_on_its_whole_holding():
    owners = [company(30, sanctioned(50), clean(50)), sanctioned(20), clean(50)]
    assert holding(owners) == Holding(Decimal(50), Decimal(50))


def test_a_company_that_is_not_blocked_passes_on_nothing():
    owners = [company(90, sanctioned(49), clean(51)), sanctioned(10)]
    assert holding(owners) == Holding(Decimal(10), Decimal(10))


def test_a_listed_company_is_blocked_whoever_owns_it():
    assert blocked([company(50, clean(100), listed=True), clean(50)]) is True


def test_a_long_chain_passes_the_blocking_on():
    owner = sanctioned(50)
    for _ in range(20):
        owner = company(50, owner, clean(50))
    assert blocked([owner, clean(50)]) is True


def test_another_threshold():
    owners = [sanctioned(25), clean(75)]
    assert blocked(owners, threshold=Decimal(25)) is True
    assert blocked(owners, threshold=Decimal("25.01")) is False


# ------------------------------------------------------------------------------------------------ what is not on file


def test_shares_that_are_not_on_file_may_belong_to_blocked_persons():
    assert holding([clean(60)]) == Holding(Decimal(0), Decimal(40))
    assert blocked([clean(60)]) is False
    assert blocked([clean(50)]) is UNKNOWN
    assert blocked([]) is UNKNOWN


def test_a_company_whose_owners_are_not_on_file_may_be_blocked():
    assert blocked([company(50), clean(50)]) is UNKNOWN
    assert blocked([company(49), clean(51)]) is False


def test_a_person_of_whom_it_is_not_known_whether_they_are_listed():
    assert blocked([person(50, UNKNOWN), clean(50)]) is UNKNOWN
    assert blocked([person(49, UNKNOWN), clean(51)]) is False
    assert blocked([person(49, UNKNOWN), sanctioned(50), clean(1)]) is True


def test_an_unknown_share_lies_in_what_is_left_of_the_whole():
    assert holding([person(UNKNOWN, True), clean(70)]) == Holding(Decimal(0), Decimal(30))
    assert holding([person(UNKNOWN, False), clean(40)]) == Holding(Decimal(0), Decimal(60))


def test_an_owner_of_unknown_kind_may_have_owners_that_are_not_on_file():
    assert blocked([Owner(None, UNKNOWN, Decimal(50), False), clean(50)]) is UNKNOWN


def test_who_else_cannot_be_owned_is_an_argument():
    state = Owner(None, "state", WHOLE, False)
    assert blocked([state]) is UNKNOWN
    assert blocked([state], nobody_owns=frozenset({"state", NATURAL_PERSON})) is False


# ------------------------------------------------------------------------------------------------ one owner, many places


def test_an_owner_who_occurs_twice_is_one_owner():
    twice = [company(40, person(50, UNKNOWN, id="p"), clean(50)), person(10, True, id="p"), clean(50)]
    assert blocked(twice) is True


def test_the_owners_of_an_owner_need_be_given_once():
    given_once = [
        company(25, sanctioned(60), clean(40), id="holding"),
        company(50, company(100, id="holding")),
        clean(25),
    ]
    assert holding(given_once) == Holding(Decimal(75), Decimal(75))


@pytest.mark.parametrize(
    ("owners", "sentence"),
    [
        ([person(10, True, id="p"), person(10, False, id="p")], "`p` is given both as listed and as not listed"),
        ([person(10, True, id="p"), company(10, id="p", listed=True)], "`p` is given both as natural-person and as"),
        ([company(10, clean(1), id="c"), company(10, clean(2), id="c")], "`c` is given with two different lists"),
    ],
)
def test_an_owner_who_contradicts_themselves_is_refused(owners, sentence):
    with pytest.raises(OwnershipError, match=sentence):
        blocked(owners)


def test_the_same_named_owners_in_another_order_are_no_contradiction():
    one, other = person("60", True, id="p"), person("40.0", False, id="q")
    owners = [company(50, one, other, id="c"), company(50, replace(other, share=Decimal(40)), one, id="c")]
    assert blocked(owners) is True


# ------------------------------------------------------------------------------------------------ refusals


def test_a_company_that_owns_itself_through_others_is_refused_and_the_chain_named():
    circle = company(100, company(100, company(100, id="a"), id="b"), id="a")
    with pytest.raises(OwnershipCycle, match="`a` is owned by `b` is owned by `a`") as refused:
        blocked([circle])
    assert refused.value.chain == ("a", "b", "a")


def test_a_circle_through_an_occurrence_given_elsewhere_is_refused():
    with pytest.raises(OwnershipCycle):
        blocked([company(50, company(100, id="b"), id="a"), company(50, company(100, id="a"), id="b")])


def test_the_entity_itself_cannot_be_among_its_owners():
    with pytest.raises(OwnershipCycle, match="`me` is owned by `a` is owned by `me`"):
        blocked([company(100, company(100, id="me"), id="a")], entity="me")


def test_a_diamond_is_no_circle():
    top = person(100, True, id="p")
    assert blocked([company(50, top, id="a"), company(50, top, id="b")], entity="me") is True


@pytest.mark.parametrize("share", ["-0.01", "100.01", "NaN", "sNaN", "Infinity", "-Infinity", "1E+3"])
def test_a_share_outside_the_whole_is_refused(share):
    with pytest.raises(OwnershipError, match="a share must be between 0 and 100 percent"):
        blocked([clean(share)])


def test_a_share_with_endless_decimals_is_refused():
    assert blocked([clean("50." + "0" * 29 + "1")]) is False
    with pytest.raises(OwnershipError, match="at most 30 decimals"):
        blocked([clean("50." + "0" * 30 + "1")])
    with pytest.raises(OwnershipError, match="at most 30 decimals"):
        blocked([clean("1E-999999")])


@pytest.mark.parametrize("owners", [[clean(60), clean("40.01")], [company(100, clean(60), sanctioned(41))]])
def test_shares_that_add_up_to_more_than_the_whole_are_refused(owners):
    with pytest.raises(OwnershipError, match="more than 100 percent"):
        blocked(owners)


def test_a_natural_person_with_owners_is_refused():
    with pytest.raises(OwnershipError, match="is a natural-person and cannot have owners"):
        blocked([Owner("p", NATURAL_PERSON, WHOLE, False, (clean(100),))])


def test_an_endless_chain_is_refused():
    owner = clean(100)
    for _ in range(3_000):
        owner = company(100, owner)
    with pytest.raises(OwnershipError, match="longer than 64"):
        blocked([owner])


@pytest.mark.parametrize("threshold", ["0", "-1", "100.01", "NaN"])
def test_a_threshold_outside_the_whole_is_refused(threshold):
    with pytest.raises(OwnershipError, match="a threshold must be"):
        blocked([clean(100)], threshold=Decimal(threshold))


def test_sums_are_exact_beyond_the_digits_of_the_default_context():
    shares = ["24." + "9" * 29, "25." + "0" * 28 + "1"]
    assert holding([sanctioned(share) for share in shares]).at_least == Decimal("50." + "0" * 29)
    assert blocked([sanctioned("24." + "9" * 30), sanctioned(25), clean("50." + "0" * 29 + "1")]) is False


# ------------------------------------------------------------------------------------------------ laws


def listings() -> st.SearchStrategy[bool | Unknown]:
    return st.one_of(st.booleans(), st.just(UNKNOWN))


def known_shares(owners: Iterable[Owner]) -> Decimal:
    return sum((owner.share for owner in owners if not isinstance(owner.share, Unknown)), Decimal(0))


@st.composite
def ownerships(draw: st.DrawFn, depth: int = 2) -> tuple[Owner, ...]:
    """Owners whose shares add up to at most 100 and sit close to the threshold."""
    rest, owners = 20, []
    for _ in range(draw(st.integers(0, 3))):
        share = draw(st.integers(0, rest))
        rest -= share
        below = draw(ownerships(depth=depth - 1)) if depth and draw(st.booleans()) else None
        kind = NATURAL_PERSON if below is None else "company"
        amount = UNKNOWN if draw(st.integers(0, 4)) == 0 else Decimal(5 * share)
        owners.append(Owner(None, kind, amount, draw(listings()), below or ()))
    return tuple(owners)


def completed(draw: st.DrawFn, owners: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """The same owners with everything that was not known filled in, some way or other."""
    rest = WHOLE - known_shares(owners)
    filled = []
    for owner in owners:
        share = owner.share
        if isinstance(share, Unknown):
            share = Decimal(draw(st.integers(0, int(rest))))
            rest -= share
        listed = draw(st.booleans()) if isinstance(owner.listed, Unknown) else owner.listed
        below = () if owner.kind == NATURAL_PERSON else completed(draw, owner.owners)
        filled.append(Owner(None, owner.kind, share, listed, below))
    return (*filled, person(rest, draw(st.booleans())))


def by_the_book(owners: tuple[Owner, ...]) -> bool:
    """The rule as it is worded, for owners of whom everything is known."""
    return known_shares(owner for owner in owners if owner.listed is True or by_the_book(owner.owners)) >= 50


@given(st.data())
def test_law_an_answer_holds_however_the_gaps_are_filled(data):
    owners = data.draw(ownerships())
    filled = completed(data.draw, owners)
    answer = blocked(owners)
    assert blocked(filled) is by_the_book(filled)
    if answer is not UNKNOWN:
        assert by_the_book(filled) is answer


def extreme(owners: tuple[Owner, ...], listed: bool) -> tuple[Owner, ...]:
    """The gaps filled in the worst (`listed`) or the best way."""
    rest = WHOLE - known_shares(owners)
    filled = [
        Owner(
            None,
            owner.kind,
            Decimal(0) if isinstance(owner.share, Unknown) else owner.share,
            listed if isinstance(owner.listed, Unknown) else owner.listed,
            () if owner.kind == NATURAL_PERSON else extreme(owner.owners, listed),
        )
        for owner in owners
    ]
    return (*filled, person(rest, listed))


@given(ownerships())
def test_law_the_range_is_as_narrow_as_what_is_on_file_allows(owners):
    answer = blocked(owners)
    best, worst = by_the_book(extreme(owners, listed=False)), by_the_book(extreme(owners, listed=True))
    assert answer is (best if best is worst else UNKNOWN)


@given(ownerships(), st.data())
def test_law_a_blocked_owner_more_never_unblocks(owners, data):
    if not owners:
        return
    position = data.draw(st.integers(0, len(owners) - 1))
    worse = (*owners[:position], replace(owners[position], listed=True), *owners[position + 1 :])
    before, after = holding(owners), holding(worse)
    assert after.at_least >= before.at_least
    assert after.at_most >= before.at_most


@given(ownerships(), st.data())
def test_law_a_larger_share_of_anybody_never_unblocks(owners, data):
    known = [(place, owner.share) for place, owner in enumerate(owners) if not isinstance(owner.share, Unknown)]
    if not known:
        return
    place, share = data.draw(st.sampled_from(known))
    larger = share + data.draw(st.integers(0, int(WHOLE - known_shares(owners))))
    grown = (*owners[:place], replace(owners[place], share=larger), *owners[place + 1 :])
    assert holding(grown).at_least >= holding(owners).at_least
    if blocked(owners) is True:
        assert blocked(grown) is True


@given(ownerships())
def test_law_the_order_of_the_owners_makes_no_difference(owners):
    assert holding(owners) == holding(tuple(reversed(owners)))


@given(ownerships())
def test_law_the_range_lies_within_the_whole(owners):
    found = holding(owners)
    assert 0 <= found.at_least <= found.at_most <= 100
