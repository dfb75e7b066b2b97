"""What is the same for all requests about a resource."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.engine import templates as module
from compliance.engine.ruleset import Timeline
from compliance.engine.templates import Places, Templates
from compliance.language.rulebook import CatalogueEntry
from compliance.language.span import NOWHERE
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.small_venue import NOW, RULEBOOK, venue


def test_a_resource_is_looked_at_once_for_each_action_and_each_of_its_names() -> None:
    templates = Templates(venue())
    found = templates.find("buy", "instrument", "AAPLx")
    assert found is not None
    assert templates.find("buy", "instrument", "AAPLx") is found
    by_isin = templates.find("buy", "instrument", "US0378331005")
    assert by_isin is not None
    assert by_isin.id == found.id == "AAPLx"
    assert by_isin.places is found.places


def test_unknown_resources_are_left_to_the_decoder() -> None:
    assert Templates(venue()).find("buy", "instrument", "nobody's") is None


def test_a_resource_of_which_more_is_known_than_a_resource_has_is_left_to_the_decoder() -> None:
    entries = {"lot": {"L1": CatalogueEntry("lot", "L1", {"subject.residence": "BR"}, NOWHERE)}}
    templates = Templates(Timeline(replace(RULEBOOK, catalogue=entries)).at(NOW))
    assert templates.find("buy", "lot", "L1") is None


def test_a_zone_of_a_template_says_what_is_known_and_nothing_else() -> None:
    templates = Templates(venue())
    found = templates.find("transfer", "instrument", "AAPLx")
    assert found is not None
    assert found.resource.resource_isin == "US0378331005"
    assert found.action.action_recipient_named is False
    assert found.action.action_amount is UNKNOWN
    assert set(found.known) == set(templates.filled)


def test_homes_are_kept_with_their_slice_and_no_more_of_them_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST_PLACES", 1)
    places = Places("buy", "person", "tokens", "instrument")
    homes, fixed, slice_ = places["BR"]
    assert homes == ("BR",)
    assert (fixed.subject_homes, fixed.action_name, fixed.resource_product) == (frozenset({"BR"}), "buy", "tokens")
    assert slice_ == ("buy", "person", "tokens", "instrument", ("BR",))
    assert slice_[-1] is homes
    assert places["BR"] is places["BR"]
    assert places["DE"][0] == ("DE",)
    assert list(places) == ["BR"]
    assert places.nowhere[0] == (UNKNOWN,)
    assert places.nowhere[1].subject_homes is UNKNOWN
