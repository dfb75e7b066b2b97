# ruff: noqa: INP001, D103, T201, UP017 - one file for people who have nothing else of ours
"""Verify a receipt: python verify.py RECEIPT-FILE LOG-KEY [--keys KEYS-FILE] [WITNESS-KEY ...].

LOG-KEY is a key of the log that you trust. Where the log has changed its key since, or had, KEYS-FILE (what the service
answers to GET /v1/ledger/key) leads from one to the other: each change is an entry, in a tree that both keys signed.
Needs Python 3.9 or later and the package `cryptography`; nothing of the software that made the receipt. Prints `valid`
and what is proved, or `not valid` and the first reason (exit code 1), or why nothing can be verified (2). Formats: C2SP
tlog-proof v1, tlog-checkpoint, signed-note, tlog-cosignature; hashes: RFC 6962. Keys have the form name+id+base64.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def stop(reason: str) -> None:
    print(f"error: {reason}", file=sys.stderr)
    sys.exit(2)


def need(holds: object, reason: str) -> None:
    if not holds:
        raise ValueError(reason)


def unbase64(text: str) -> bytes:
    need(re.fullmatch("[A-Za-z0-9+/]*={0,2}", text) and len(text) % 4 == 0, "malformed base64")
    value = base64.b64decode(text)
    need(base64.b64encode(value).decode() == text, "base64 is not in its canonical spelling")
    return value


def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text), "a number is not a plain decimal")
    return int(text)


def read_key(text: str) -> tuple[str, bytes, int, bytes]:
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", text.strip())
    if not match:
        stop(f"`{text}` is no Ed25519 key of the form name+id+base64: give the key itself, not its file")
    name, material = match[1], base64.b64decode(match[3])
    key_id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    if material[0] not in (1, 4) or key_id.hex() != match[2]:
        stop(f"the id of the key `{text}` is not the id of that name and key")
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
    leaf, size = hashlib.sha256(b"\x00" + entry).digest(), number(body[1])
    need(root_of(index, size, leaf, path) == unbase64(body[2]), "the path leads to another root than was signed")
    return entry, index, size, text + "\n", signatures


def trusted_keys(log_key: str, handovers: list[str]) -> dict[str, list[int]]:
    """Return every key that the trusted one leads to, with the first and last size of tree that it signs for."""
    spans, todo = {log_key: [1, 10**19]}, [log_key]
    while todo:
        key = todo.pop()
        for receipt in handovers:
            entry, index, size, text, signatures = read_receipt(receipt)
            stated = json.loads(entry).get("public", {})
            pair = [stated.get("previous"), stated.get("vkey")]
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
    in_time = [key for key in signers if spans[key][0] <= size <= spans[key][1]]
    need(in_time, "the key was not the log's for this checkpoint")
    found = [f"valid: entry {index} of {size} in {origin}"]
    for key in witnesses:
        seconds = signed_by(text, signatures, key)
        seen = datetime.fromtimestamp(seconds, timezone.utc).isoformat() if seconds is not None else "not witnessed"
        found.append(f"witness {read_key(key)[0]}: {seen}")
    return "\n".join([*found, json.dumps(json.loads(entry), indent=2, ensure_ascii=False)])


def read(path: str | Path) -> str:
    try:
        return Path(path).read_bytes().decode()
    except (OSError, ValueError) as error:
        return stop(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or 'it is not text'}")


def handovers_in(path: str) -> list[str]:
    try:
        return [key["handover"] for key in json.loads(read(path))["keys"] if key["handover"]]
    except (ValueError, KeyError, TypeError):
        return stop(f"`{path}` is not what the service answers to GET /v1/ledger/key")


def main(arguments: list[str]) -> str:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("receipt", None), ("key", "+"), ("--keys", None)):
        parser.add_argument(name, nargs=count)
    given = parser.parse_intermixed_args(arguments)
    receipt = read(given.receipt)
    if receipt.lstrip()[:1] in {"{", "[", '"'}:
        stop("this is JSON: a receipt is the text of the member `receipt` of an answer")
    return verify(receipt, given.key[0], given.key[1:], handovers_in(given.keys) if given.keys else [])


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]), flush=True)
    except BrokenPipeError:  # who reads one line only (`| head -1`) has read the verdict: Python says nothing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ValueError as reason:
        sys.exit(f"not valid: {reason}")
    except (AttributeError, TypeError, RecursionError):
        stop("the file of keys states something else than keys")
