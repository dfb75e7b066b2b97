"""Turn the text of a fact declared with `format:` into its canonical text.

Invariant: one entry for each format that `rules/vocabulary.yaml` may name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from compliance.vocabulary import addresses, identifiers

FORMATS: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "isin": identifiers.isin,
        "lei": identifiers.lei,
        "solana-address": lambda text: addresses.solana_address(text).text,
        "evm-address": addresses.evm_address,
        "caip2": lambda text: str(addresses.caip2(text)),
        "caip10": lambda text: str(addresses.caip10(text)),
        "caip19": lambda text: str(addresses.caip19(text)),
    }
)
"""Name of a format -> what returns the canonical text or raises `InvalidIdentifier`."""
