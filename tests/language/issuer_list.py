"""Makes an issuer's list of assets as its public API answers, of any length, the same for the same seed."""

from __future__ import annotations

import random
from typing import Any

from compliance.language.issuer_assets import Chains

SOLANA = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
CHAINS = Chains({"Solana": SOLANA, "Ethereum": "eip155:1", "XLayer": "eip155:196", "TON": "ton:-239"}, (SOLANA,))
APPLE = "XsbEhLAtcf6HdfpFZ5xEMdqW8nfAvcsP5bdudRLJzJp"
TESLA = "XsDoVfqeBukxuZHWhdvWHBhgEHjGNst4MLodqsJHzoB"
CONTRACT = "0x9d275685dc284c8eb1c79f6aba7a63dc75ec890a"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def asset(symbol: str = "AAPLx", **changed: Any) -> dict[str, Any]:
    """Return Apple's asset, or another with some fields changed; a field of `None` is `null`."""
    return {
        "id": "7f1c0e5a-0000-4000-8000-000000000001",
        "name": "Apple xStock",
        "symbol": symbol,
        "isin": "CH1436219187",
        "underlyingSymbol": "AAPL",
        "underlyingIsin": "US0378331005",
        "underlying": {"symbol": "AAPL", "isin": "US0378331005", "type": None, "listingCountry": "US"},
        "description": "tracks Apple",
        "isTradingHalted": False,
        "trading": {"tradingHoursMode": "TwentyFourFive", "isTradingHalted": False, "currentPeriod": "market"},
        "deployments": [
            {"network": "Solana", "address": APPLE, "supportsAtomicSwaps": True, "stablecoins": []},
            {"network": "XLayer", "address": CONTRACT, "supportsAtomicSwaps": False, "stablecoins": []},
        ],
    } | changed


def page(*assets: Any, number: int = 0, more: bool = False) -> dict[str, Any]:
    """Return a page of the list."""
    return {"nodes": list(assets), "page": {"currentPage": number, "hasNextPage": more}}


def on(network: str, address: str) -> dict[str, Any]:
    """Return the deployments of an asset that stands on one network."""
    return {"deployments": [{"network": network, "address": address}]}


def many(count: int, seed: int = 1026) -> list[dict[str, Any]]:
    """Return that many assets: nine in ten stand on Solana, a few on no chain yet."""
    draw = random.Random(seed)
    made = []
    for number in range(count):
        ticker = "".join(draw.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(3)) + _letters(number)
        networks = [{"network": "Ethereum", "address": "0x" + draw.randbytes(20).hex()}]
        if number % 10:
            networks.insert(draw.randrange(2), {"network": "Solana", "address": base58(draw.randbytes(32))})
        if number % 50 == 49:
            networks = []
        made.append(
            asset(
                f"{ticker}x",
                id=f"{number:08x}-0000-4000-8000-000000000000",
                name=f"{draw.choice(['Acme', 'Bolt & Co', 'Cirrus, Inc.', 'Delta: Air', 'Étoile'])} {number} xStock",
                isin=None if number % 7 == 0 else isin(f"CH{draw.randrange(10**9):09}"),
                underlyingSymbol=ticker,
                isTradingHalted=number % 100 == 0,
                deployments=networks,
            )
        )
    return made


def pages(assets: list[dict[str, Any]], size: int = 100) -> list[dict[str, Any]]:
    """Return the list as the API pages it."""
    starts = range(0, len(assets), size)
    return [page(*assets[at : at + size], number=at // size, more=at + size < len(assets)) for at in starts]


def isin(eleven: str) -> str:
    """Return an ISIN with its check digit: Luhn's, doubled from the right, letters as 10 to 35."""
    digits = [int(digit) for sign in eleven for digit in str(int(sign, 36))]
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits[::-1])]
    return f"{eleven}{-sum(doubled) % 10}"


def base58(key: bytes) -> str:
    """Return bytes as Solana writes an address."""
    number, text = int.from_bytes(key, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _BASE58[rest] + text
    return "1" * (len(key) - len(key.lstrip(b"\0"))) + text


def _letters(number: int) -> str:
    high, low = divmod(number, 26)
    return ("" if high == 0 else _letters(high - 1)) + chr(65 + low)
