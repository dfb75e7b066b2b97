# ruff: noqa: INP001, D103, T201, UP017 - one file for people who have nothing else of ours
"""Verify a receipt: python verify.py RECEIPT-FILE LOG-KEY [--keys KEYS-FILE] [WITNESS-KEY ...].

LOG-KEY is a key of the log that you trust. Where the log has changed its key since, or had, KEYS-FILE (what the service
answers to GET /v1/ledger/key) leads from one to the other: each change is an entry, in a tree that both keys signed.
Needs Python 3.9 or later and the package `cryptography`; nothing of the software that made the receipt. Prints
`valid` and what is proved, or `not valid` and the first reason. Formats: C2SP tlog-proof v1, tlog-checkpoint,
signed-note, tlog-cosignature; hashes: RFC 6962. Keys have the form name+id+base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def need(holds: object, reason: str) -> None:
    if not holds:
        raise ValueError(reason)


def unbase64(text: str) -> bytes:
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("malformed base64") from None
    need(base64.b64encode(value).decode() == text, "base64 is not in its canonical spelling")
    return value


def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text), "a number is not a plain decimal")
    return int(text)


def read_key(text: str) -> tuple[str, bytes, int, bytes]:
    parts = text.strip().split("+", 2)
    need(len(parts) == 3, "the key does not have the form name+id+base64")
    name, material = parts[0], unbase64(parts[2])
    need(len(material) == 33 and material[0] in (1, 4), "the key is not an Ed25519 key")
    key_id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    need(key_id.hex() == parts[1], "the id of the key is not the id of that name and key")
    return name, key_id, material[0], material[1:]


def signed_by(text: str, signatures: list[str], key: str) -> int | None:
    """Say when this key signed (0: no time stated); None when it did not. A wrong signature is an error."""
    name, key_id, kind, public = read_key(key)
    for line in signatures:
        match = re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line)
        need(match, "malformed signature line")
        value = unbase64(match[2])
        if (match[1], value[:4]) == (name, key_id):
            message, seconds = text.encode(), 0
            if kind == 4:
                seconds = int.from_bytes(value[4:12], "big")
                message, value = f"cosignature/v1\ntime {seconds}\n{text}".encode(), value[8:]
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(value[4:], message)
            except InvalidSignature:
                raise ValueError(f"the signature by {name} does not verify") from None
            return seconds
    return None


def root_of(index: int, size: int, value: bytes, path: list[bytes]) -> bytes:
    need(index < size, "the tree has no such entry")
    last = size - 1
    for sibling in path:
        need(last, "the inclusion path is too long")
        left = index % 2 or index == last
        value = hashlib.sha256(b"\x01" + (sibling + value if left else value + sibling)).digest()
        while left and not index % 2 and index:
            index, last = index // 2, last // 2
        index, last = index // 2, last // 2
    need(last == 0, "the inclusion path is too short")
    return value


def read_receipt(receipt: str) -> tuple[bytes, int, int, str, list[str]]:
    """Return entry, index, size of the tree, text and signature lines of the checkpoint; the path leads to its root."""
    head, _, note = receipt.partition("\n\n")
    lines = head.split("\n")
    need(lines[0] == "c2sp.org/tlog-proof@v1", "this is not a receipt: it does not start with c2sp.org/tlog-proof@v1")
    need(len(lines) >= 3 and lines[1].startswith("extra "), "the receipt carries no entry")
    need(lines[2].startswith("index "), "the receipt states no index")
    entry, index, path = unbase64(lines[1][6:]), number(lines[2][6:]), [unbase64(line) for line in lines[3:]]
    need(all(len(value) == 32 for value in path), "a hash of the path is not 32 bytes long")
    need(not re.search("[\x00-\x09\x0b-\x1f]", note), "the checkpoint contains a control character")
    text, _, rest = note.rpartition("\n\n")
    body, signatures = text.split("\n"), rest[:-1].split("\n")
    need(rest.endswith("\n") and len(body) >= 3 and all(body), "the checkpoint is malformed")
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    need(
        root_of(index, number(body[1]), leaf, path) == unbase64(body[2]),
        "the path leads to another root than was signed",
    )
    return entry, index, number(body[1]), text + "\n", signatures


def trusted_keys(log_key: str, handovers: list[str]) -> dict[str, list[int]]:
    """Return every key that the trusted one leads to, with the first and last size of tree that it signs for."""
    spans, todo = {log_key: [1, 10**19]}, [log_key]
    while todo:
        key = todo.pop()
        for receipt in handovers:
            entry, index, size, text, signatures = read_receipt(receipt)
            stated = json.loads(entry)["public"]
            pair = [stated["previous"], stated["vkey"]]
            if key not in pair or pair[pair[0] == key] in spans:
                continue
            both = all(signed_by(text, signatures, each) is not None for each in pair)
            need(both and size == index + 1, "a change of key is not signed by both keys")
            todo.append(pair[pair[0] == key])
            spans.setdefault(pair[0], [1, 10**19])[1] = spans.setdefault(pair[1], [1, 10**19])[0] = size
    return spans


def verify(receipt: str, log_key: str, witnesses: list[str], handovers: list[str]) -> str:
    entry, index, size, text, signatures = read_receipt(receipt)
    origin = text.split("\n")[0]
    need(origin == read_key(log_key)[0], "the checkpoint is of another log than the key")
    spans = trusted_keys(log_key.strip(), handovers)
    signers = [key for key in spans if signed_by(text, signatures, key) is not None]
    need(signers, "the log has not signed the checkpoint")
    need(
        any(spans[key][0] <= size <= spans[key][1] for key in signers), "the key was not the log's for this checkpoint"
    )
    found = [f"valid: entry {index} of {size} in {origin}"]
    for key in witnesses:
        seconds = signed_by(text, signatures, key)
        seen = datetime.fromtimestamp(seconds, timezone.utc).isoformat() if seconds is not None else "not witnessed"
        found.append(f"witness {read_key(key)[0]}: {seen}")
    return "\n".join([*found, json.dumps(json.loads(entry), indent=2, ensure_ascii=False)])


def main(arguments: list[str]) -> str:
    keys, handovers = arguments[1:], []
    if "--keys" in keys[:-1]:
        place = keys.index("--keys")
        keys.pop(place)
        listed = json.loads(Path(keys.pop(place)).read_bytes().decode())["keys"]
        handovers = [key["handover"] for key in listed if key["handover"]]
    if not keys:
        sys.exit(__doc__)
    return verify(Path(arguments[0]).read_bytes().decode(), keys[0], keys[1:], handovers)


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except (KeyError, TypeError):
        sys.exit("not valid: the keys of the log cannot be read")
    except ValueError as reason:
        sys.exit(f"not valid: {reason}")
