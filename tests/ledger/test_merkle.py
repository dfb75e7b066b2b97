from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger import merkle
from compliance.ledger.merkle import ProofError

# The leaves and roots that Certificate Transparency's own implementations are tested with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
NODE = merkle.reader_of(HASHES)


def mth(leaves):
    """The definition of RFC 6962 2.1, over entries."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m, leaves):
    """The definition of RFC 6962 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, whole):
    """The definition of RFC 6962 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_the_published_ones(size):
    assert merkle.root(size, NODE).hex() == ROOTS[size]


def test_the_published_paths_come_out():
    assert [value.hex() for value in merkle.inclusion_path(5, 8, NODE)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [value.hex() for value in merkle.consistency_path(6, 8, NODE)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", [*range(1, 41), 63, 64, 65, 127, 130])
def test_every_path_of_a_tree_is_the_one_of_the_definition_and_verifies(size):
    entries = [str(number).encode() for number in range(size)]
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    node = merkle.reader_of(leaves)
    root = mth(entries)
    assert merkle.root(size, node) == root
    for index in range(size):
        found = merkle.inclusion_path(index, size, node)
        assert found == path(index, entries)
        merkle.verify_inclusion(index, size, leaves[index], found, root)
    for old in range(1, size + 1):
        proof = merkle.consistency_path(old, size, node)
        assert proof == subproof(old, entries, True)
        merkle.verify_consistency(old, size, proof, mth(entries[:old]), root)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_proof_for_another_place_leaf_size_or_path_is_refused(data):
    size = data.draw(st.integers(1, 70))
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    node = merkle.reader_of(leaves)
    root = merkle.root(size, node)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_path(index, size, node)
    change = data.draw(st.sampled_from(["index", "leaf", "drop", "add", "swap"]))
    leaf = leaves[index]
    if change == "index":
        index = data.draw(st.integers(-1, size).filter(lambda other: other != index))
    elif change == "leaf":
        leaf = merkle.leaf_hash(b"another")
    elif change == "drop" and proof:
        proof.pop(data.draw(st.integers(0, len(proof) - 1)))
    elif change == "swap" and proof:
        proof[data.draw(st.integers(0, len(proof) - 1))] = merkle.leaf_hash(b"another")
    else:
        proof.append(root)
    with pytest.raises(ProofError):
        merkle.verify_inclusion(index, size, leaf, proof, root)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_consistency_proof_for_other_roots_or_with_other_nodes_is_refused(data):
    size = data.draw(st.integers(2, 70))
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    node = merkle.reader_of(leaves)
    old = data.draw(st.integers(1, size - 1))
    proof = merkle.consistency_path(old, size, node)
    roots = [merkle.root(old, node), merkle.root(size, node)]
    change = data.draw(st.sampled_from(["old", "new", "drop", "add", "swap"]))
    if change in ("old", "new"):
        roots[change == "new"] = merkle.leaf_hash(b"another")
    elif change == "drop":
        proof.pop(data.draw(st.integers(0, len(proof) - 1)))
    elif change == "swap":
        proof[data.draw(st.integers(0, len(proof) - 1))] = merkle.leaf_hash(b"another")
    else:
        proof.append(roots[1])
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, size, proof, *roots)


def test_nothing_is_a_prefix_of_every_tree_and_of_none_with_another_empty_root():
    merkle.verify_consistency(0, 8, [], merkle.EMPTY_ROOT, merkle.root(8, NODE))
    with pytest.raises(ProofError):
        merkle.verify_consistency(0, 8, [], HASHES[0], merkle.root(8, NODE))
    with pytest.raises(ProofError):
        merkle.verify_consistency(8, 8, [], merkle.root(8, NODE), HASHES[0])


@pytest.mark.parametrize(("old", "new"), [(-1, 4), (5, 4)])
def test_a_tree_has_no_larger_or_negative_prefix(old, new):
    with pytest.raises(ProofError):
        merkle.consistency_path(old, new, NODE)
    with pytest.raises(ProofError):
        merkle.verify_consistency(old, new, [], b"", b"")
