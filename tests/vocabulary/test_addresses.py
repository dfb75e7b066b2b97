from __future__ import annotations

import hashlib
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.addresses import (
    AccountId,
    AssetId,
    ChainId,
    caip2,
    caip10,
    caip19,
    evm_address,
    solana_address,
)
from compliance.vocabulary.identifiers import InvalidIdentifier

# The mints of the 79 xStocks of the seed catalogue.
MINTS = [
    "XsbEhLAtcf6HdfpFZ5xEMdqW8nfAvcsP5bdudRLJzJp",
    "XswbinNKyPmzTa5CskMbCPvMW6G5CMnZXZEeQSSQoie",
    "XsHtf5RpxsQ7jeJ9ivNewouZKJHbPxhPoEy6yYvULr7",
    "Xs5UJzmCRQ8DWZjskExdSQDnbE6iLkRu2jjrRAB1JSU",
    "XsaQTCgebC2KPbf27KUhdv5JFvHhQ4GDAPURwrEhAzb",
    "XsXcJ6GZ9kVnjqGsjBnktRcuwMBmvKWh8S93RefZ1rF",
    "Xs3eBt7uRfJX8QUs4suhyU8p2M6DoUDrJyWBa8LLZsg",
    "XsPdAVBi8Zc1xvv53k4JcMrQaEDTgkGqKYeh7AYgPHV",
    "XsgSaSvNSqLTtFuyWPBhK9196Xb9Bbdyjj4fH3cPJGo",
    "Xs3ZFkPYT2BN7qBMqf1j1bfTeTm1rFzEFSsQ1z3wAKU",
    "XswsQk4duEQmCbGzfqUUWYmi7pV7xpJ9eEmLHXCaEQP",
    "XsrBCwaH8c46xiqXBChzobgufRKxQxAWUWbndgBNzFn",
    "Xs6B6zawENwAbWVi7w92rjazLuAr5Az59qgWKcNb45x",
    "XsPLBFy59Q3hY59KLAJur8QyvziMF4xUxGTxXqXE7cT",
    "XsvHMmbDcd14DHHW16PkxPGW7ks77ehxUv1E9Zmxgj4",
    "XsvKCaNsxg2GN8jjUmq71qukMJr7Q1c5R2Mk9P8kcS8",
    "Xs7ZdzSHLU9ftNJsii5fCeJhoRWSC32SQGzGQtePxNu",
    "XsybfiKkD4UmjkAGT2uR8X2sq9AWFtvGJM2KTffoALZ",
    "XsueG8BtpquVJX9LVLLEGuViXUungE6WmK5YZ3p3bd1",
    "XsczbcQ3zfcgAEt9qHQES8pxKAVG5rujPSHQEXi4kaN",
    "Xs7xXqkcK7K8urEqGg52SECi79dRp2cEKKuYjUePYDw",
    "Xsr3pdLQyXvDJBFgpR5nexCEZwXvigb8wbPYp4YoNFf",
    "XsNNMt7WTNA2sV3jrb1NNfNgapxRF5i4i6GcnTRRHts",
    "Xs2yquAgsHByNzx68WJC55WHjHBvG9JsMB7CWjTLyPy",
    "Xseo8tgCZfkHxWS9xbFYeKFyMSbWEvZGFV1Gh53GtCV",
    "Xsv9hRk1z5ystj9MhnA7Lq4vjSsLwzL2nxrwmwtD3re",
    "Xsf9mBktVB9BSU5kf4nHxPq5hCBJ2j2ui3ecFGxPRGc",
    "XsCPL9dNWBMvFtTmwcCA5v3xWPSMEBCszbQdiLLq6aN",
    "XsgaUyp4jd1fNBCxgtTKkW64xnnhQcvgaxzsbAq5ZD1",
    "XszjVtyhowGjSC5odCqBpW1CtXXwXjYokymrk7fGKD3",
    "XsRbLZthfABAPAfumWNEJhPyiKDW6TvDVeAeW7oKqA2",
    "XsvNBAYkrDRNhA7wPHQfX3ZUXZyZLdnCQDfHZ56bzpg",
    "XspwhyYPdWVM8XBHZnpS9hgyag9MKjLRyE3tVfmCbSr",
    "XsFnZawJdLdXfBSEt5Vw29K5vdBiHotdPLjUPafpfHs",
    "XsyZcb97BzETAqi9BoP2C9D196MiMNBisGMVNje2Thz",
    "XshPgPdXFRWB8tP1j82rebb2Q9rPgGX37RuqzohmArM",
    "XsbELVbLGBkn7xfMfyYuUipKGt1iRUc2B7pYRvFTFu3",
    "XsGVi5eo1Dh2zUpic4qACcjuWGjNv8GCt3dm5XcX6Dn",
    "XsMAqkcKsUewDrzVkait4e5u4y8REgtyS7jWgCpLV2C",
    "XsaBXg8dU5cPM6ehmVctMkVqoiRG2ZjMo1cyBJ3AykQ",
    "XsAiRejKuvLAdq9KtedrMSrabz7SWdzKoVK6Qgac1Ki",
    "XsSr8anD1hkvNMu8XQiVcmiaTP7XGvYu7Q58LdmtE8Z",
    "Xsnuv4omNoHozR6EEW5mXkw8Nrny5rB3jVfLqi6gKMH",
    "XsApJFV9MAktqnAc6jqzsHVujxkGm9xcSUffaBoYLKC",
    "XsqE9cRRpzxcGKDXj1BJ7Xmg4GRhZoyY1KpmGSxAWT2",
    "XsDgw22qRLTv5Uwuzn6T63cW69exG41T6gwQhEK22u2",
    "Xsa62P5mvPszXL1krVUnU5ar38bBSVcWAB6fmPCo5Zu",
    "XsnQnU7AdbRZYe2akqqpibDdXjkieGFfSkbkjX1Sd1X",
    "XsuxRGDzbLjnJ72v74b7p9VY6N66uYgTCyfwwRjVCJA",
    "XspzcW1PRtgf6Wj92HCiZdjzKCyFekVD8P5Ueh3dRMX",
    "XsP7xzNPvEHS1m6qfanPUGjNmdnmsLKEoNAnHjdxxyZ",
    "XsEH7wWfJJu2ZT3UCFeVfALnVA6CP5ur7Ee11KmzVpL",
    "Xsc9qvGR1efVDFGLrVsmkzv3qi45LTBjeUKSPmx9qEh",
    "XsfAzPzYrYjd4Dpa9BU3cusBsvWfVB9gBcyGC87S57n",
    "XsGtpmjhmC8kyjVSWL4VicGu36ceq9u55PTgF8bhGv6",
    "XsjFwUPiLofddX5cWFHW35GCbXcSu1BCUGfxoQAQjeL",
    "XsTTtPA5V19YwHKDv4xeVXNM6kdsQNJvg3MyWkRUckt",
    "Xsv99frTRUeornyvCfvhnDesQDWuvns1M852Pez91vF",
    "XsAtbqkAP1HJxy7hFDeq7ok6yM43DQ9mQ1Rh861X8rw",
    "XsYdjDjNUygZ7yGKfQaB6TxLh2gC6RRjzLtLAGJrhzV",
    "XsoBhf2ufR8fTyNSjqfU71DYGaE6Z3SUGAidpzriAA4",
    "Xsba6tUnSjDae2VcopDB6FGGDaxRrewFCDa5hKn5vT3",
    "Xst6eFD4YT6sz9RLMysN9SyvaZWtraSdVJQGu5ZkAme",
    "Xs8S1uUs1zvS2p7iwtsG3b6fkhpvmwz4GYU3gWAmWHZ",
    "XsWAnFM77x6YvpdaZoos79R12o4Yj4r7EVkaTWddzhU",
    "XsxAd6okt8y1RRK6gNg7iJaqiWNiq5Md5EDf3ZrF2dm",
    "XsoCS1TfEyfFhfvj8EtZ528L3CaKBDBRqRapnBbDF2W",
    "Xs78JED6PFZxWc2wCEPspZW9kL3Se5J7L5TChKgsidH",
    "XsqBC5tcVQLYt8wqGCHRnAUUecbRYXoJCReD6w7QEKp",
    "Xs8drBWy3Sd5QY3aifG9kt9KFs2K3PGZmx7jWrsrk57",
    "XscE4GUcsYhcyZu5ATiGUMmhxYa1D5fwbpJw4K6K4dp",
    "XsjQP3iMAaQ3kQScQKthQpx9ALRbjKAjQtHg6TFomoc",
    "XsDoVfqeBukxuZHWhdvWHBhgEHjGNst4MLodqsJHzoB",
    "XszvaiXGPwvk2nwb3o9C1CX4K6zH8sez11E6uyup6fe",
    "XsssYEQjzxBCFgvYFFNuhJFBeHNdLWYeUSP8F45cDr9",
    "XsEdDDTcVGJU6nvdRdVnj53eKTrsCkvtrVfXGmUK68V",
    "XsqgsbXwWogGJsNcVZ3TyVouy2MbTkfCFhCGGGcQZ2p",
    "Xs151QeqTCiuKtinzfRATnUESM2xTU6V9Wy8Vy538ci",
    "XsaHND8sHyfMfsWPj6kSdd5VwvCayZvjYgKmmcNL5qh",
]

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
SOLANA = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"
APPLE = MINTS[0]


def base58(key: bytes) -> str:
    number, signs = int.from_bytes(key, "big"), ""
    while number:
        number, value = divmod(number, 58)
        signs = ALPHABET[value] + signs
    return "1" * (len(key) - len(key.lstrip(b"\0"))) + signs


def from_base58(text: str) -> bytes:
    number = 0
    for sign in text:
        number = number * 58 + ALPHABET.index(sign)
    return number.to_bytes(32, "big")


# ------------------------------------------------------------------------------------------------ Solana


def test_the_79_mints_of_the_catalogue_are_addresses_and_all_different():
    assert len(set(MINTS)) == 79
    assert [solana_address(mint).text for mint in MINTS] == MINTS


@pytest.mark.parametrize("text", ["11111111111111111111111111111111", "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"])
def test_a_programs_own_address_is_an_address(text):
    assert solana_address(text).text == text


# Reference: solana-sdk, address crate, test_create_program_address.
LOADER = "BPFLoaderUpgradeab1e11111111111111111111111"
SEED = from_base58("SeedPubey1111111111111111111111111111111111")


@pytest.mark.parametrize(
    ("seeds", "address"),
    [
        ((b"", b"\x01"), "BwqrghZA2htAcqq8dzP1WDAhTXYTYWj7CHxF5j7TDBAe"),
        (("\u2609".encode(), b"\x00"), "13yWmRpaTR4r5nAktwLqMpRNr28tnVUZw26rTvPSSB19"),
        ((b"Talking", b"Squirrels"), "2fnQrngrQT4SeLcdToJAD96phoEjNL2man2kfRLCASVk"),
        ((SEED, b"\x01"), "976ymqVnfE32QFe6NfGDctSvVa36LWnvYxhU6G2232YL"),
    ],
)
def test_a_program_derived_address_is_off_the_curve(seeds, address):
    derived = hashlib.sha256(b"".join(seeds) + from_base58(LOADER) + b"ProgramDerivedAddress").digest()
    assert base58(derived) == address
    assert solana_address(address).on_curve is False


def test_a_wallet_is_on_the_curve():
    public_key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")  # RFC 8032, 7.1
    assert solana_address(base58(public_key)).on_curve is True


@given(st.binary(min_size=32, max_size=32))
def test_law_every_32_bytes_have_one_address(key):
    assert solana_address(base58(key)).text == base58(key)


@given(st.binary(min_size=0, max_size=40).filter(lambda key: len(key) != 32))
def test_law_other_lengths_have_none(key):
    with pytest.raises(InvalidIdentifier):
        solana_address(base58(key))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it must be 32 to 44 signs long and has 0"),
        ("X" * 10_000, "it must be 32 to 44 signs long and has 10000"),
        (APPLE[:-1] + "0", "base58 has no `0`"),
        (APPLE[:-1] + "l", "base58 has no `l`"),
        (" " + APPLE[1:], "base58 has no ` `"),
        ("1" * 33, "it decodes to 33 bytes and not 32"),
        ("z" * 44, "it decodes to 33 bytes and not 32"),
        (APPLE[:-2], "it decodes to 30 bytes and not 32"),
    ],
)
def test_what_is_no_solana_address_is_refused_with_the_reason(text, reason):
    with pytest.raises(InvalidIdentifier, match="is not a valid Solana address") as refused:
        solana_address(text)
    assert reason in refused.value.reason


def test_the_capitals_of_a_solana_address_matter():
    one, other = APPLE, APPLE.replace("s", "S", 1)
    assert solana_address(one) != solana_address(other)


# ------------------------------------------------------------------------------------------------ EVM

# Reference: ERC-55, test cases.
CHECKSUMMED = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("text", CHECKSUMMED)
def test_an_evm_address_means_the_same_in_any_case(text):
    capitals = "0x" + text[2:].upper()
    assert evm_address(text) == evm_address(text.lower()) == evm_address(capitals) == text.lower()


@pytest.mark.parametrize("text", CHECKSUMMED)
def test_mixed_case_with_a_mistyped_digit_is_refused(text):
    mistyped = text[:-1] + ("d" if text[-1] != "d" else "b")
    for wrong in (mistyped, text[:2] + text[2:].swapcase()):
        with pytest.raises(InvalidIdentifier, match="checksum"):
            evm_address(wrong)


@pytest.mark.parametrize(
    "text", ["", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0X" + "a" * 40, "0x" + "a" * 39, "0x" + "g" * 40]
)
def test_what_is_no_evm_address_is_refused(text):
    with pytest.raises(InvalidIdentifier, match="it must be `0x` and 40 hexadecimal digits"):
        evm_address(text)


# ------------------------------------------------------------------------------------------------ chain-agnostic


# Reference: CAIP-2, test cases.
@pytest.mark.parametrize(
    "text",
    [
        "eip155:1",
        "bip122:000000000019d6689c085ae165831e93",
        "cosmos:cosmoshub-3",
        "cosmos:Binance-Chain-Tigris",
        "starknet:SN_GOERLI",
        "lip9:9ee11e9df416b18b",
        "chainstd:8c3444cf8970a9e41a706fab93e7a6c4",
        SOLANA,
    ],
)
def test_a_chain_is_read_and_written_the_same(text):
    assert str(caip2(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "eip155",
        "eip155:",
        "EIP155:1",
        "ab:1",
        "eip155:1:2",
        "eip155:01",
        "eip155:x",
        "a" * 9 + ":1",
        "cosmos:" + "a" * 33,
    ],
)
def test_what_is_no_chain_is_refused(text):
    with pytest.raises(InvalidIdentifier, match="is not a valid CAIP-2 chain"):
        caip2(text)


# Reference: CAIP-10, test cases.
@pytest.mark.parametrize(
    "text",
    [
        "eip155:1:0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb",
        "bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6",
        "cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0",
        "polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy",
        "hedera:mainnet:0.0.1234567890-zbhlt",
        f"{SOLANA}:{APPLE}",
    ],
)
def test_an_account_is_read_and_written_the_same(text):
    assert str(caip10(text)) == text


def test_an_account_has_a_chain_and_an_address():
    assert caip10(f"eip155:1:{CHECKSUMMED[0]}") == AccountId(ChainId("eip155", "1"), CHECKSUMMED[0].lower())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("eip155:1", "it must be `namespace:reference:address`"),
        ("0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb", "it must be `namespace:reference:address`"),
        ("eip155:1:", "its address must be"),
        ("eip155:1:0xab", "not a valid EVM address: it must be `0x` and 40 hexadecimal digits"),
        (f"{SOLANA}:0xab", "not a valid Solana address"),
        ("EIP155:1:0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb", "its chain must be"),
    ],
)
def test_what_is_no_account_is_refused_with_the_reason(text, reason):
    with pytest.raises(InvalidIdentifier, match="is not a valid CAIP-10 account") as refused:
        caip10(text)
    assert reason in refused.value.reason


# Reference: CAIP-19, test cases.
@pytest.mark.parametrize(
    "text",
    [
        "eip155:1/slip44:60",
        "bip122:000000000019d6689c085ae165831e93/slip44:0",
        "cosmos:Binance-Chain-Tigris/slip44:714",
        "eip155:1/erc20:0x6b175474e89094c44da98b954eedeac495271d0f",
        "hedera:mainnet/nft:0.0.55492/12",
        f"{SOLANA}/token:{APPLE}",
    ],
)
def test_an_asset_is_read_and_written_the_same(text):
    assert str(caip19(text)) == text


def test_one_item_of_a_collection_has_a_token():
    kitty = caip19("eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/771769")
    address = "0x06012c8cf97bead5deae237070f9587f8e7a266d"
    assert kitty == AssetId(ChainId("eip155", "1"), "erc721", address, "771769")


def test_an_asset_is_equal_however_its_address_is_capitalised():
    dai = "0x6B175474E89094C44Da98b954EedeAC495271d0F"
    assert caip19(f"eip155:1/erc20:{dai}") == caip19(f"eip155:1/erc20:{dai.lower()}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("eip155:1", "it must be a chain, `/` and an asset"),
        ("eip155:1/erc20", "after `/` it must be"),
        ("eip155:1/erc20:", "after `/` it must be"),
        ("eip155:1/erc20:0xab", "not a valid EVM address"),
        (f"{SOLANA}/token:AAPLx", "not a valid Solana address"),
        ("eip155:1/erc721:0x06012c8cf97BEaD5deAe237070F9587f8E7A266d/", "its token must be"),
        ("eip155:1/a/b/c", "it must be a chain, `/` and an asset"),
        ("AAPLx", "it must be a chain, `/` and an asset"),
    ],
)
def test_what_is_no_asset_is_refused_with_the_reason(text, reason):
    with pytest.raises(InvalidIdentifier, match="is not a valid CAIP-19 asset") as refused:
        caip19(text)
    assert reason in refused.value.reason


@given(st.text(max_size=60))
def test_law_any_text_is_read_or_refused_and_nothing_else(text):
    for read in (solana_address, evm_address, caip2, caip10, caip19):
        try:
            assert str(read(text)).casefold() == text.casefold()
        except InvalidIdentifier:
            continue


def test_a_refusal_survives_pickling():
    with pytest.raises(InvalidIdentifier) as refused:
        solana_address("0x")
    again = pickle.loads(pickle.dumps(refused.value))  # noqa: S301  (our own bytes)
    assert (str(again), again.reason) == (str(refused.value), refused.value.reason)
