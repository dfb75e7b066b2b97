"""Turn the text of a blockchain address or a chain-agnostic identifier into its parts, or say what is wrong.

Invariant: two texts that name the same account or asset give equal values, so that a sanctioned address cannot
hide behind its spelling. Solana addresses are compared as they are; EVM addresses in small letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from compliance.vocabulary.curve import is_on_curve
from compliance.vocabulary.identifiers import InvalidIdentifier
from compliance.vocabulary.keccak import keccak_256

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {sign: value for value, sign in enumerate(_BASE58)}
_LONGEST_SOLANA: Final = 44
_EVM: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_NAMESPACE: Final = re.compile(r"[-a-z0-9]{3,8}")
_REFERENCE: Final = re.compile(r"[-_a-zA-Z0-9]{1,32}")
_ACCOUNT: Final = re.compile(r"[-.%a-zA-Z0-9]{1,128}")
_TOKEN: Final = re.compile(r"[-.%a-zA-Z0-9]{1,78}")
_EIP155: Final = re.compile(r"[1-9][0-9]{0,31}")
_EVM_TOKENS: Final = frozenset({"erc20", "erc721", "erc1155"})


@dataclass(frozen=True, slots=True)
class SolanaAddress:
    """A Solana account; `on_curve` is true for a wallet, false for a program-derived address."""

    text: str
    on_curve: bool

    def __str__(self) -> str:
        """Return the address in base58."""
        return self.text


@dataclass(frozen=True, slots=True)
class ChainId:
    """A blockchain, for instance `eip155:1`. Reference: CAIP-2."""

    namespace: str
    reference: str

    def __str__(self) -> str:
        """Return the canonical text."""
        return f"{self.namespace}:{self.reference}"


@dataclass(frozen=True, slots=True)
class AccountId:
    """An account on a blockchain, for instance `eip155:1:0xab...`. Reference: CAIP-10."""

    chain: ChainId
    address: str

    def __str__(self) -> str:
        """Return the canonical text."""
        return f"{self.chain}:{self.address}"


@dataclass(frozen=True, slots=True)
class AssetId:
    """An asset on a blockchain, for instance `solana:.../token:Xs...`. Reference: CAIP-19.

    `token_id` is set for one item of a collection.
    """

    chain: ChainId
    namespace: str
    reference: str
    token_id: str | None = None

    def __str__(self) -> str:
        """Return the canonical text."""
        item = "" if self.token_id is None else f"/{self.token_id}"
        return f"{self.chain}/{self.namespace}:{self.reference}{item}"


def solana_address(text: str) -> SolanaAddress:
    """Return the Solana account that `text` is the address of: 32 bytes in base58, case-sensitive.

    Raises:
        InvalidIdentifier: for anything else.
    """
    kind = "Solana address"
    if not 32 <= len(text) <= _LONGEST_SOLANA:
        raise InvalidIdentifier(text, kind, f"it must be 32 to 44 signs long and has {len(text)}")
    number = 0
    for sign in text:
        value = _VALUES.get(sign)
        if value is None:
            reason = f"base58 has no `{sign}` (it has no `0`, `O`, `I` and `l`): copy the address again"
            raise InvalidIdentifier(text, kind, reason)
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip("1"))
    length = zeros + (number.bit_length() + 7) // 8
    if length != 32:
        reason = f"it decodes to {length} bytes and not 32: copy the whole address, with its capitals"
        raise InvalidIdentifier(text, kind, reason)
    return SolanaAddress(text, is_on_curve(number.to_bytes(32, "big")))


def evm_address(text: str) -> str:
    """Return the address of an EVM account in small letters.

    In capitals or in small letters alone it has no checksum; in mixed case the checksum must hold.

    Reference: ERC-55.

    Raises:
        InvalidIdentifier: for anything else.
    """
    kind = "EVM address"
    if not _EVM.fullmatch(text):
        raise InvalidIdentifier(text, kind, "it must be `0x` and 40 hexadecimal digits")
    digits = text[2:]
    if digits not in (digits.lower(), digits.upper()) and digits != _checksummed(digits.lower()):
        reason = "its capitals are not those of its checksum: a digit is mistyped, copy the address again"
        raise InvalidIdentifier(text, kind, reason)
    return "0x" + digits.lower()


def _checksummed(digits: str) -> str:
    nibbles = keccak_256(digits.encode("ascii")).hex()
    return "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, nibbles, strict=False)
    )


def caip2(text: str) -> ChainId:
    """Return the blockchain that `text` names: `namespace:reference`.

    Reference: CAIP-2; for `eip155` the reference is a chain number.

    Raises:
        InvalidIdentifier: for anything else.
    """
    return _chain(text, text, "CAIP-2 chain")


def caip10(text: str) -> AccountId:
    """Return the account that `text` names: `namespace:reference:address`.

    Reference: CAIP-10. The addresses of `eip155` and `solana` are checked and canonical.

    Raises:
        InvalidIdentifier: for anything else.
    """
    kind = "CAIP-10 account"
    chain_text, colon, address = text.rpartition(":")
    if not colon or ":" not in chain_text:
        raise InvalidIdentifier(text, kind, "it must be `namespace:reference:address`, for instance `eip155:1:0x...`")
    chain = _chain(chain_text, text, kind)
    if not _ACCOUNT.fullmatch(address):
        raise InvalidIdentifier(text, kind, "its address must be 1 to 128 letters, digits, `-`, `.` or `%`")
    return AccountId(chain, _address_on(chain.namespace, address, text, kind))


def caip19(text: str) -> AssetId:
    """Return the asset that `text` names: `namespace:reference/asset-namespace:asset-reference[/token-id]`.

    Reference: CAIP-19. The addresses of tokens of `eip155` and `solana` are checked and canonical.

    Raises:
        InvalidIdentifier: for anything else.
    """
    kind = "CAIP-19 asset"
    parts = text.split("/", maxsplit=3)
    if not 2 <= len(parts) <= 3:
        raise InvalidIdentifier(text, kind, "it must be a chain, `/` and an asset, for instance `eip155:1/erc20:0x...`")
    chain = _chain(parts[0], text, kind)
    namespace, colon, reference = parts[1].partition(":")
    if not colon or not _NAMESPACE.fullmatch(namespace) or not _ACCOUNT.fullmatch(reference):
        raise InvalidIdentifier(text, kind, "after `/` it must be `namespace:reference`, for instance `token:Xs...`")
    token_id = parts[2] if len(parts) == 3 else None
    if token_id is not None and not _TOKEN.fullmatch(token_id):
        raise InvalidIdentifier(text, kind, "its token must be 1 to 78 letters, digits, `-`, `.` or `%`")
    is_token = (chain.namespace == "eip155" and namespace in _EVM_TOKENS) or (
        chain.namespace == "solana" and namespace in ("token", "nft")
    )
    if is_token:
        reference = _address_on(chain.namespace, reference, text, kind)
    return AssetId(chain, namespace, reference, token_id)


def _chain(text: str, whole: str, kind: str) -> ChainId:
    namespace, colon, reference = text.partition(":")
    if not colon or not _NAMESPACE.fullmatch(namespace) or not _REFERENCE.fullmatch(reference):
        reason = "its chain must be `namespace:reference` (3 to 8 small letters or digits, then 1 to 32 signs)"
        raise InvalidIdentifier(whole, kind, reason)
    if namespace == "eip155" and not _EIP155.fullmatch(reference):
        raise InvalidIdentifier(whole, kind, "`eip155` is followed by a chain number, for instance `eip155:1`")
    return ChainId(namespace, reference)


def _address_on(namespace: str, address: str, whole: str, kind: str) -> str:
    try:
        if namespace == "eip155":
            return evm_address(address)
        if namespace == "solana":
            return solana_address(address).text
    except InvalidIdentifier as error:
        raise InvalidIdentifier(whole, kind, f"its address is not a valid {error.kind}: {error.reason}") from None
    return address
