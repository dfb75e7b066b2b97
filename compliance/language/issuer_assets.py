"""Turn an issuer's public list of assets, decoded from JSON, into what a catalogue can say about each instrument.

Invariant: either every asset of the list comes out, or every mistake in it: half a list is never taken for the whole.

Reference: the assets of Backed's public API, version 2 (`GET /api/v2/public/assets`): pages `{nodes, page}` of at most
100 assets, counted from 0. Read of an asset: `symbol`, `name`, `isin`, `underlyingSymbol` (or `underlying.symbol`),
`isTradingHalted`, `deployments[].network`, `deployments[].address`. What else an asset says is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from compliance.vocabulary.addresses import evm_address, solana_address
from compliance.vocabulary.identifiers import InvalidIdentifier, isin
from compliance.vocabulary.suggestions import did_you_mean

MOST_ASSETS: Final = 20_000
LONGEST_TEXT: Final = 200
_SHOWN: Final = 60

UNDERLYING: Final = "underlying"
ISIN: Final = "isin"
MINT: Final = "mint"
CHAIN: Final = "chain"


@dataclass(frozen=True, slots=True)
class AssetProblem:
    """One mistake in a list: in which file and where in it (a JSON pointer), what is wrong, what to do."""

    file: str
    pointer: str
    message: str
    help: str = ""

    def __str__(self) -> str:
        """Return the place and the message on one line."""
        return f"{self.file}#{self.pointer}: {self.message}"


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset of an issuer's list; `facts` are names of catalogue facts with their texts, `None` for none."""

    id: str
    name: str
    facts: Mapping[str, str | None]
    where: str
    """File and pointer, for messages."""
    networks: tuple[str, ...] = ()
    """CAIP-2 ids of all chains on which it stands, in the order of the vocabulary."""
    halted: bool = False


@dataclass(frozen=True, slots=True)
class AssetList:
    """A list that could be read: `whole` says whether no page of it is missing."""

    assets: tuple[Asset, ...]
    """In order of id."""
    undeployed: tuple[str, ...]
    """Ids of those that stand on no chain yet: nothing about them can be catalogued."""
    whole: bool


@dataclass(frozen=True, slots=True)
class Chains:
    """What the vocabulary says about chains: the names of networks, and those chains whose addresses identify."""

    networks: Mapping[str, str]
    """Name of a network -> CAIP-2 id of its chain; a name counts in any case."""
    identifying: tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    """Reads the pages of one list, and keeps what is wrong."""

    chains: Chains
    problems: list[AssetProblem] = field(default_factory=list)
    taken: dict[tuple[str, str], str] = field(default_factory=dict)
    """Kind of identifier and its value -> where it stands first."""
    by_network: dict[str, str] = field(default_factory=dict)

    def complain(self, file: str, pointer: str, message: str, help: str = "") -> None:
        self.problems.append(AssetProblem(file, pointer, message, help))

    def take(self, kind: str, value: str, file: str, pointer: str, of: str) -> None:
        """Note an identifier; complain if it stands in the list already."""
        here = f"{file}#{pointer}"
        first = self.taken.setdefault((kind, value), here)
        if first != here:
            cure = f"it stands first at {first}: ask the issuer which of the two is right, and take the other out"
            self.complain(file, pointer, f"{of}the {kind} `{_clipped(value)}` stands twice in the list", cure)


def read_assets(pages: Iterable[tuple[str, object]], chains: Chains) -> tuple[AssetList | None, list[AssetProblem]]:
    """Return the list that some pages hold, or `None` and all that is wrong with it.

    Args:
        pages: names of files and what JSON says in each: a page `{nodes, page}`, a list of pages, or a list of assets.
        chains: the networks that a deployment may name, and the chains on which an address identifies an instrument.
    """
    reader = _Reader(chains)
    reader.by_network = {name.casefold(): chain for name, chain in chains.networks.items()}
    pages = tuple(pages)
    nodes: list[tuple[str, str, object]] = []
    numbers: dict[int, str] = {}
    last: set[int] = set()
    for file, tree in pages:
        for pointer, listed, about in _pages(file, tree, reader):
            nodes += [(file, f"{pointer}/{place}", node) for place, node in enumerate(listed)]
            if about is not None:
                _number(file, pointer.removesuffix("/nodes"), about, numbers, last, reader)
    if len(nodes) > MOST_ASSETS:
        reader.complain(nodes[0][0], "", f"the list has {len(nodes)} assets, more than {MOST_ASSETS}", "split it")
        return None, reader.problems
    if not nodes and not reader.problems:
        cure = "save the answer of the issuer's `/public/assets` again: an empty list says nothing"
        reader.complain(next((file for file, _ in pages), ""), "", "the list has no assets", cure)
    read = [_asset(file, pointer, node, reader) for file, pointer, node in nodes]
    if reader.problems:
        return None, reader.problems
    assets = [asset for asset in read if asset is not None]
    # Pages count from 0: who begins at 1 lacks a hundred assets.
    whole = not numbers or (set(numbers) == set(range(max(numbers) + 1)) and max(numbers) in last)
    deployed = tuple(sorted((asset for asset in assets if asset.networks), key=lambda asset: asset.id))
    undeployed = tuple(sorted(asset.id for asset in assets if not asset.networks))
    return AssetList(deployed, undeployed, whole), []


_SHAPE_HELP: Final = "save the answer of the issuer's `/public/assets` as it is: an object with `nodes` and `page`"


def _pages(file: str, tree: object, reader: _Reader) -> list[tuple[str, list[object], object]]:
    """Return the lists of assets in one file, each with its pointer and what its page says about itself."""
    if isinstance(tree, dict):
        return _page(file, "", tree, reader)
    if not isinstance(tree, list):
        reader.complain(file, "", f"this is no list of assets but {_kind(tree)}", _SHAPE_HELP)
        return []
    if tree and all(isinstance(item, dict) and "nodes" in item for item in tree):
        return [page for place, item in enumerate(tree) for page in _page(file, f"/{place}", item, reader)]
    return [("", tree, None)]


def _page(
    file: str, pointer: str, page: Mapping[str, object], reader: _Reader
) -> list[tuple[str, list[object], object]]:
    nodes = page.get("nodes")
    if isinstance(nodes, list):
        return [(f"{pointer}/nodes", nodes, page.get("page"))]
    what = f"`nodes` is {_kind(nodes)} and no list" if "nodes" in page else "`nodes` is missing"
    reader.complain(
        file, f"{pointer}/nodes" if "nodes" in page else pointer, f"this is no list of assets: {what}", _SHAPE_HELP
    )
    return []


def _number(file: str, pointer: str, about: object, numbers: dict[int, str], last: set[int], reader: _Reader) -> None:
    """Note which page this is, and whether another follows."""
    number = about.get("currentPage") if isinstance(about, dict) else None
    more = about.get("hasNextPage") if isinstance(about, dict) else None
    if type(number) is not int or not 0 <= number <= MOST_ASSETS or not isinstance(more, bool):
        message = "`page` does not say which page this is and whether another follows"
        reader.complain(file, f"{pointer}/page", message, "it holds `currentPage`, a number, and `hasNextPage`")
        return
    if number in numbers:
        cure = f"it was read from {numbers[number]} already: name each page once"
        reader.complain(file, f"{pointer}/page/currentPage", f"page {number} is given twice", cure)
        return
    numbers[number] = file
    if not more:
        last.add(number)


def _asset(file: str, pointer: str, node: object, reader: _Reader) -> Asset | None:
    """Return one asset; `None` once something was wrong with it."""
    before = len(reader.problems)
    if not isinstance(node, dict):
        reader.complain(file, pointer, f"an asset is an object, not {_kind(node)}", _SHAPE_HELP)
        return None
    symbol = _text(file, pointer, node, "symbol", reader, required=True)
    of = f"`{_clipped(symbol)}`: " if symbol else ""
    if symbol:
        reader.take("symbol", symbol, file, f"{pointer}/symbol", "")
    name = _text(file, pointer, node, "name", reader, required=True, of=of)
    underlying = _text(file, pointer, node, "underlyingSymbol", reader, of=of)
    inner = node.get("underlying")
    if underlying is None and isinstance(inner, dict):
        underlying = _text(file, f"{pointer}/underlying", inner, "symbol", reader, of=of)
    number = _text(file, pointer, node, "isin", reader, of=of)
    if number is not None:
        try:
            isin(number)
        except InvalidIdentifier as error:
            cure = "compare it with the final terms of the product; the catalogue takes no ISIN that is mistyped"
            reader.complain(file, f"{pointer}/isin", f"{of}{error}", cure)
        else:
            reader.take("ISIN", number, file, f"{pointer}/isin", of)
    halted = node.get("isTradingHalted")
    if not isinstance(halted, bool | None):
        message = f"{of}`isTradingHalted` is true or false, not {_kind(halted)}"
        reader.complain(file, f"{pointer}/isTradingHalted", message)
    standing = _deployments(file, pointer, node.get("deployments"), of, reader)
    if len(reader.problems) > before or symbol is None or name is None:
        return None
    networks = tuple(chain for chain in dict.fromkeys(reader.chains.networks.values()) if chain in standing)
    chain = next((chain for chain in reader.chains.identifying if chain in standing), next(iter(networks), None))
    facts: dict[str, str | None] = {
        MINT: standing[chain] if chain in reader.chains.identifying and chain is not None else None,
        CHAIN: chain,
    }
    # A field that says nothing is no statement that there is nothing.
    facts |= {fact: text for fact, text in ((UNDERLYING, underlying), (ISIN, number)) if text is not None}
    return Asset(symbol, name, facts, f"{file}#{pointer}", networks, halted is True)


def _deployments(file: str, pointer: str, listed: object, of: str, reader: _Reader) -> dict[str, str]:
    """Return chain -> address, each checked as its chain writes addresses."""
    found: dict[str, str] = {}
    if listed is None:
        return found
    if not isinstance(listed, list):
        reader.complain(
            file, f"{pointer}/deployments", f"{of}`deployments` is {_kind(listed)} and no list", _SHAPE_HELP
        )
        return found
    for place, item in enumerate(listed):
        here = f"{pointer}/deployments/{place}"
        if not isinstance(item, dict):
            reader.complain(file, here, f"{of}a deployment is an object, not {_kind(item)}", _SHAPE_HELP)
            continue
        network = _text(file, here, item, "network", reader, required=True, of=of)
        address = _text(file, here, item, "address", reader, required=True, of=of)
        if network is None or address is None:
            continue
        chain = reader.by_network.get(network.casefold())
        if chain is None:
            names = reader.chains.networks
            cure = did_you_mean(network, names) or f"known are {', '.join(names)}"
            cure += "; a new one goes under `networks:` of the type of resource in `rules/vocabulary.yaml`"
            reader.complain(file, f"{here}/network", f"{of}there is no network `{_clipped(network)}`", cure)
            continue
        if chain in found:
            message = f"{of}it stands twice on `{_clipped(network)}`"
            reader.complain(file, here, message, "ask the issuer which address is right, and take the other out")
            continue
        try:
            found[chain] = _address(chain, address)
        except InvalidIdentifier as error:
            cure = "compare it with the issuer's page of the product"
            if ":" in address:
                cure = "take version 2 of the issuer's API, which writes addresses without the name of a chain"
            reader.complain(file, f"{here}/address", f"{of}{error}", cure)
            continue
        what = "mint" if chain in reader.chains.identifying else f"address on {network}"
        reader.take(what, found[chain], file, f"{here}/address", of)
    return found


def _address(chain: str, address: str) -> str:
    """Return an address in its one spelling, where its chain has one that can be checked."""
    if chain.startswith("solana:"):
        return solana_address(address).text
    return evm_address(address) if chain.startswith("eip155:") else address


def _text(
    file: str,
    pointer: str,
    node: Mapping[str, object],
    key: str,
    reader: _Reader,
    *,
    required: bool = False,
    of: str = "",
) -> str | None:
    """Return a text of an object; one that is missing, `null` or empty is none, and wrong where it is `required`."""
    value = node.get(key)
    if value is None or value == "":
        if required:
            what = f"{of}`{key}` is missing" if value is None else f"{of}`{key}` is empty"
            reader.complain(file, f"{pointer}/{key}" if key in node else pointer, what, _SHAPE_HELP)
        return None
    if not isinstance(value, str):
        reader.complain(file, f"{pointer}/{key}", f"{of}`{key}` is a text, not {_kind(value)}", _SHAPE_HELP)
        return None
    if key == "name":
        value = value.strip()
    if len(value) > LONGEST_TEXT or not value.isprintable() or value != value.strip() or not value:
        message = f"{of}`{key}` is not one line of at most {LONGEST_TEXT} signs, without spaces at its ends"
        reader.complain(file, f"{pointer}/{key}", message, "look for signs that cannot be seen")
        return None
    return value


def _kind(value: object) -> str:
    """Return what a JSON value is, as a person says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds: dict[type, str] = {str: "a text", dict: "an object", list: "a list", type(None): "null"}
    return kinds.get(type(value), "a number")


def _clipped(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
