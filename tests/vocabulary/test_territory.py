from __future__ import annotations

import pickle
import subprocess
import sys

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary import territory
from compliance.vocabulary.territory import TWINS, UnknownTerritory

ISO_3166_1 = {country.alpha_2 for country in pycountry.countries}
ISO_3166_2 = {subdivision.code for subdivision in pycountry.subdivisions}


def suggestions_for(text: str) -> tuple[str, ...]:
    with pytest.raises(UnknownTerritory) as refused:
        territory.canonical(text)
    return refused.value.suggestions


def test_there_are_249_countries_and_kosovo():
    assert len(territory.all_countries()) == 250
    assert set(territory.all_countries()) == ISO_3166_1 | {"XK"}
    assert list(territory.all_countries()) == sorted(territory.all_countries())


@pytest.mark.parametrize("code", ["NO", "GB", "GR", "TW", "PR", "XK", "UA-43", "AE-DU", "US-NY", "FR-75C"])
def test_a_canonical_code_is_its_own(code: str):
    assert territory.canonical(code) == code


@pytest.mark.parametrize(
    ("twin", "code"),
    [
        ("US-PR", "PR"),
        ("US-UM", "UM"),
        ("CN-HK", "HK"),
        ("CN-MO", "MO"),
        ("CN-TW", "TW"),
        ("NL-AW", "AW"),
        ("FR-974", "RE"),
        ("FR-PF", "PF"),
        ("NO-21", "SJ"),
        ("NO-22", "SJ"),
        ("FI-01", "AX"),
    ],
)
def test_a_twin_is_read_as_the_code_of_its_own(twin: str, code: str):
    assert territory.canonical(twin) == code


def test_bonaire_under_the_netherlands_is_bonaire_under_its_own_code_and_so_not_in_the_netherlands():
    assert territory.canonical("NL-BQ1") == "BQ-BO"
    assert territory.country_of("NL-BQ1") == "BQ"


@pytest.mark.parametrize(("twin", "code"), sorted(TWINS.items()))
def test_both_codes_of_every_twin_exist_and_the_second_has_no_twin(twin: str, code: str):
    assert twin in ISO_3166_2
    assert code in ISO_3166_1 | ISO_3166_2
    assert code not in TWINS
    assert code[:2] != twin[:2]


def test_no_subdivision_named_like_a_country_of_another_code_was_forgotten_as_a_twin():
    countries: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            if getattr(country, attribute, None):
                countries[getattr(country, attribute).casefold()] = country.alpha_2
    same_name = {
        subdivision.code
        for subdivision in pycountry.subdivisions
        if countries.get(subdivision.name.casefold(), subdivision.country_code) != subdivision.country_code
    }
    # A province of Belgium, two prefectures and states of Africa and one of America only share a name.
    assert same_name - set(TWINS) == {"BE-WLX", "GN-ML", "NG-NI", "US-GA"}


def test_no_subdivision_is_listed_under_a_twin():
    assert not [entry.code for entry in pycountry.subdivisions if entry.parent_code in TWINS]


def test_every_iso_code_is_read():
    for code in ISO_3166_1 | ISO_3166_2:
        assert territory.canonical(code) == TWINS.get(code, code)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("us", "US"),
        ("USA", "US"),
        ("usa", "US"),
        ("840", "US"),
        ("United States", "US"),
        ("united  states", "US"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("XKX", "XK"),
        ("Kosovo", "XK"),
        ("us-ny", "US-NY"),
        ("US_NY", "US-NY"),
        ("us-pr", "PR"),
        (" DE ", "DE"),
        ("Cote d'Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Taiwan", "TW"),
        ("Switserland", "CH"),
    ],
)
def test_what_people_write_instead_is_refused_with_the_code_that_they_meant(text: str, meant: str):
    assert suggestions_for(text) == (meant,)


def test_a_subdivision_that_does_not_exist_is_refused_and_its_neighbours_suggested():
    assert all(code.startswith("UA-") for code in suggestions_for("UA-99"))
    assert suggestions_for("UA-99")


@pytest.mark.parametrize(
    "text", ["", " ", "ZZ", "EU", "-", "UA-", "\x00", "N", "ÜS", "N0", "UA\u201343", "X" * 100_000]
)
def test_what_is_no_territory_is_refused(text: str):
    with pytest.raises(UnknownTerritory):
        territory.canonical(text)


def test_a_refusal_is_one_sentence_with_what_was_written_and_what_may_have_been_meant():
    with pytest.raises(UnknownTerritory) as refused:
        territory.canonical("UK")
    assert str(refused.value) == (
        "`UK` is no ISO 3166-1 alpha-2 code, no ISO 3166-2 code and not `XK`; did you mean `GB`"
    )
    assert len(str(UnknownTerritory("x" * 1000, ()))) < 150
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301  (our own bytes)
    assert (again.text, again.suggestions) == ("UK", ("GB",))


@given(st.text(max_size=12))
def test_a_text_is_a_canonical_code_a_twin_or_refused(text: str):
    if territory.is_territory(text):
        assert territory.canonical(territory.canonical(text)) == territory.canonical(text)
    else:
        assert all(territory.canonical(code) == code for code in suggestions_for(text))


@given(st.sampled_from(sorted(ISO_3166_1)))
def test_a_code_in_small_letters_is_refused_with_the_code_in_capitals(code: str):
    assert suggestions_for(code.lower()) == (code,)


def test_a_name_is_the_one_that_iso_gives():
    assert territory.name("CH") == "Switzerland"
    assert territory.name("US-PR") == "Puerto Rico"
    assert territory.name("UA-40") == "Sevastopol"
    assert territory.name("XK") == "Kosovo"


def test_subdivisions_leave_out_what_has_a_code_of_its_own():
    assert set(territory.subdivisions("AE")) == {
        "AE-AJ",
        "AE-AZ",
        "AE-DU",
        "AE-FU",
        "AE-RK",
        "AE-SH",
        "AE-UQ",
    }
    assert len(territory.subdivisions("US")) == 51
    assert "US-PR" not in territory.subdivisions("US")
    assert not territory.subdivisions("PR")
    assert not territory.subdivisions("XK")
    assert not territory.subdivisions("UA-43")


def test_every_subdivision_belongs_to_one_country_or_is_a_twin():
    listed = [code for country in territory.all_countries() for code in territory.subdivisions(country)]
    assert len(listed) == len(set(listed))
    assert set(listed) | set(TWINS) == ISO_3166_2


def test_the_country_of_a_territory():
    assert territory.country_of("UA-43") == "UA"
    assert territory.country_of("UA") == "UA"
    assert territory.country_of("US-PR") == "PR"


def test_what_encloses_a_subdivision_comes_nearest_first():
    assert territory.enclosing("FR-67") == ("FR-6AE", "FR-GES", "FR")
    assert territory.enclosing("UA-43") == ("UA",)
    assert territory.enclosing("FR") == ()
    assert territory.enclosing("PR") == ()


def test_importing_the_module_does_not_load_the_tables():
    program = "import sys, compliance.vocabulary.places; print('pycountry' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
