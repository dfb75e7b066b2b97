"""The history of a place is what the files date: positions, rules and memberships."""

from datetime import UTC, datetime

from compliance.engine.evaluator import covers
from compliance.vocabulary.unknown import UNKNOWN


def days(material, code, name):
    return [
        (event.at.date().isoformat(), event.begins) for event in material.history.events(code) if event.name == name
    ]


def test_nigeria_left_the_list_of_the_fatf_in_october_2025(material):
    assert days(material, "NG", "fatf-increased-monitoring") == [("2025-06-13", True), ("2025-10-24", False)]


def test_the_prospectus_is_in_force_for_a_year(material):
    assert days(material, "DE", "EEA/issuer-xstocks") == [("2026-05-08", True), ("2027-05-08", False)]
    assert days(material, "GP", "EEA/issuer-xstocks") == days(material, "DE", "EEA/issuer-xstocks")
    assert days(material, "SJ", "EEA/issuer-xstocks") == []


def test_what_lies_in_a_place_has_its_history(material):
    assert days(material, "PR", "US/issuer-xstocks") == days(material, "US", "US/issuer-xstocks") != []


def test_a_list_of_regions_holds_for_a_part_of_the_country(material):
    (spell,) = material.history.groups["UA"]["occupied-ukraine-ofac"]
    assert spell.partly
    assert spell.period.start == datetime(2014, 12, 19, tzinfo=UTC)


def test_events_come_in_order(material):
    for code in material.countries:
        moments = [event.at for event in material.history.events(code)]
        assert moments == sorted(moments)


def test_what_holds_now_is_what_the_engine_says(material):
    """The history is made from whole sets of territories; the engine asks one by one."""
    for id_, statement in material.statements.by_id.items():
        version = statement.at(material.at)
        if version is None or version.home is None:
            continue
        for code in ("UA", "DE", "PR", "AE", "GF", "XK", "NG"):
            spells = material.history.statements.get(code, {}).get(id_, ())
            held = [spell for spell in spells if material.at in spell.period]
            said = covers(material.ruleset, version.home, code)
            assert [spell.partly for spell in held] == ([] if said is False else [said is UNKNOWN])
