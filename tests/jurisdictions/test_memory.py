"""Who is a professional by a law that is only remembered is admitted by a person, never by that memory."""

import pytest

from tests.jurisdictions.conftest import FOLDER, read

SHARED = read(FOLDER.parent / "rules" / "authorities.yaml")["authorities"]
FILES = {path.stem: read(path) for path in sorted(FOLDER.glob("[A-Z][A-Z].yaml")) if "definitions" in read(path)}


def read_somewhere(one, content):
    """Whether a definition cites a source that somebody read; a house's own decision is no such source."""
    known = {**SHARED, **content.get("authorities", {})}
    return any(known[name]["standing"] not in {"recalled", "house"} for name in one.get("authority", ()))


def remembered(content):
    """The kinds of subject of which one file says from memory alone who is a professional."""
    return {
        kind
        for one in content["definitions"]
        if one["define"] == "subject.professional" and not read_somewhere(one, content)
        for kind in one["subjects"]
    }


def admitting(content):
    """The products that one file opens to professionals."""
    positions = [one for one in content.get("positions", ()) if one["access"] == "professional"]
    named = [one["product"] for one in positions]
    return {product for each in named for product in ([each] if isinstance(each, str) else each)}


def decided_by_a_person(content, product):
    """Whether every entry into a product goes to a person there, whoever asks."""
    reviewed = any(one["access"] == "review" and product in one["product"] for one in content.get("positions", ()))
    return reviewed or any(
        one["effect"] == "refer" and one["actions"] == ["entry"] and not {"when", "subjects", "resources"} & set(one)
        for one in content.get("rules", ())
    )


def test_there_are_such_places():
    assert {code for code, content in FILES.items() if remembered(content)} == {"BR"}


@pytest.mark.parametrize("code", sorted(code for code, content in FILES.items() if remembered(content)))
def test_a_person_decides_on_every_product_that_a_remembered_threshold_would_open(code):
    assert admitting(FILES[code])
    assert all(decided_by_a_person(FILES[code], product) for product in admitting(FILES[code]))
