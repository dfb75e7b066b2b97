import asyncio

from tests.gate.support import gate, reader, retail, tiny


def answer(body, book=None):
    return asyncio.run(gate(book).answer(body))


def test_a_binding_allow_without_obligations_allows_any_client():
    assert answer(retail()).allows_a_client_that(frozenset())


def test_a_what_if_allows_nothing():
    made = answer({**retail(), "as_of": "2026-10-05T12:00:00Z"})
    assert made.decision.outcome == "allow"
    assert not made.allows


def test_an_allow_with_an_obligation_is_only_for_clients_that_declared_it():
    made = answer(reader(action="write") | {"action": {"name": "write", "properties": {"size": 200}}}, tiny())
    assert [found.type for found in made.obligations()] == ["keep-a-copy"]
    assert not made.allows_a_client_that(frozenset({"another"}))
    assert made.allows_a_client_that(frozenset({"another", "keep-a-copy"}))
