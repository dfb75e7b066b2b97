import json

from compliance.api.vocabulary_json import vocabulary_json
from tests.api.support import shipped


def test_a_vocabulary_is_json_in_its_own_order():
    vocabulary = shipped().rulebook.vocabulary
    made = json.loads(json.dumps(vocabulary_json(vocabulary)))
    assert [fact["path"] for fact in made["facts"]] == list(vocabulary.facts)
    assert [found["name"] for found in made["access"]] == list(vocabulary.access)


def test_a_fact_says_who_has_it_and_where_it_comes_from():
    facts = {fact["path"]: fact for fact in vocabulary_json(shipped().rulebook.vocabulary)["facts"]}
    residence = facts["subject.residence"]
    assert (residence["type"], residence["of"], residence["from"], residence["personal"]) == (
        "territory",
        ["natural-person"],
        ["request"],
        True,
    )
