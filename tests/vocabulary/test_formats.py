from __future__ import annotations

import pytest

from compliance.vocabulary.formats import FORMATS
from compliance.vocabulary.identifiers import InvalidIdentifier

DAI = "0x6B175474E89094C44Da98b954EedeAC495271d0F"


@pytest.mark.parametrize(
    ("name", "text", "canonical"),
    [
        ("isin", "CH1436219187", "CH1436219187"),
        ("lei", "984500001AB7C6C7F577", "984500001AB7C6C7F577"),
        (
            "solana-address",
            "XsbEhLAtcf6HdfpFZ5xEMdqW8nfAvcsP5bdudRLJzJp",
            "XsbEhLAtcf6HdfpFZ5xEMdqW8nfAvcsP5bdudRLJzJp",
        ),
        ("evm-address", DAI, DAI.lower()),
        ("caip2", "eip155:1", "eip155:1"),
        ("caip10", f"eip155:1:{DAI}", f"eip155:1:{DAI.lower()}"),
        ("caip19", f"eip155:1/erc20:{DAI}", f"eip155:1/erc20:{DAI.lower()}"),
    ],
)
def test_a_format_gives_the_canonical_text(name, text, canonical):
    assert FORMATS[name](text) == canonical
    assert FORMATS[name](canonical) == canonical


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_refuses_what_it_is_not(name):
    with pytest.raises(InvalidIdentifier):
        FORMATS[name]("AAPLx")


def test_the_formats_are_those_of_the_rule_language():
    assert sorted(FORMATS) == ["caip10", "caip19", "caip2", "evm-address", "isin", "lei", "solana-address"]
