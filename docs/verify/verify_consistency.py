# ruff: noqa: INP001, D103, T201 - one file for people who have nothing else of ours
"""Verify that a log only grew: python verify_consistency.py OLD PROOF LOG-KEY [--keys KEYS-FILE] [--new NEW].

OLD is a checkpoint that you kept. PROOF is what the service answers to GET /v1/ledger/consistency?first=SIZE, and SIZE
is the second line of OLD; it brings the newest checkpoint with it. For two checkpoints that you kept, NEW is the later
one, and its size goes into &second=. LOG-KEY and KEYS-FILE are those of verify.py, which must lie beside this file; it
needs Python 3.9 or later and the package `cryptography`. Prints `valid` and what is proved, or the first reason why
not (exit code 1): then keep both checkpoints, for they show what the log signed; or why nothing can be verified (2).
Hashes and proof: RFC 6962 2.1.2, RFC 9162 2.1.4.2.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys

from verify import handovers_in, need, number, read, read_key, signed_by, stop, trusted_keys, unbase64


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def prove(old: int, new: int, old_root: bytes, new_root: bytes, proof: list[bytes]) -> None:
    """Return when the first `old` entries of the tree of `new` are those under `old_root`; else raise `ValueError`."""
    need(0 < old <= new, f"a tree of {new} entries cannot continue one of {old}")
    need(all(len(value) == 32 for value in proof), "a hash of the proof is not 32 bytes long")
    if old == new:
        need(not proof and old_root == new_root, f"two different trees of {old} entries were signed")
        return
    rest = list(proof) if old & (old - 1) else [old_root, *proof]
    need(rest, "the proof of consistency is too short")
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place // 2, last // 2
    first = second = rest[0]
    for value in rest[1:]:
        need(last, "the proof of consistency is too long")
        if place % 2 or place == last:
            first, second = node(value, first), node(value, second)
            while not place % 2 and place:
                place, last = place // 2, last // 2
        else:
            second = node(second, value)
        place, last = place // 2, last // 2
    need(
        last == 0 and first == old_root and second == new_root,
        f"the tree of {new} entries is not shown to continue that of {old}",
    )


def signed(note: str, spans: dict[str, list[int]]) -> tuple[str, int, bytes]:
    """Return origin, size and root of a checkpoint that one of the log's keys signed, each for its sizes."""
    need(not re.search("[\x00-\x09\x0b-\x1f]", note), "the checkpoint contains a control character")
    text, _, rest = note.rpartition("\n\n")
    body, lines = text.split("\n"), rest[:-1].split("\n")
    need(rest.endswith("\n") and len(body) >= 3 and all(body), "the checkpoint is malformed")
    size = number(body[1])
    signers = [key for key in spans if read_key(key)[0] == body[0] and signed_by(text + "\n", lines, key) is not None]
    need(signers, "the log has not signed the checkpoint")
    need(
        any(spans[key][0] <= size <= spans[key][1] for key in signers), "the key was not the log's for this checkpoint"
    )
    return body[0], size, unbase64(body[2])


def taken(arguments: list[str], option: str) -> str | None:
    if option not in arguments[:-1]:
        return None
    place = arguments.index(option)
    arguments.pop(place)
    return arguments.pop(place)


def main(arguments: list[str]) -> str:
    listed, later = taken(arguments, "--keys"), taken(arguments, "--new")
    if len(arguments) != 3:
        stop(__doc__)
    spans = trusted_keys(arguments[2].strip(), handovers_in(listed) if listed else [])
    try:
        answer = json.loads(read(arguments[1]))
        hashes, newer = [str(text) for text in answer["consistency"]], answer.get("checkpoint")
    except (ValueError, KeyError, TypeError, AttributeError):
        stop(f"`{arguments[1]}` is not what the service answers to GET /v1/ledger/consistency")
    newer = read(later) if later else newer
    need(newer, "the proof brings no checkpoint: name the later one with --new")
    (origin, old, old_root), (other, new, new_root) = signed(read(arguments[0]), spans), signed(newer, spans)
    need(origin == other, "the checkpoints are of two logs")
    prove(old, new, old_root, new_root, [unbase64(text) for text in hashes])
    return f"valid: the first {old} of the {new} entries of {origin} are those that were signed before"


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]), flush=True)
    except BrokenPipeError:  # who reads one line only (`| head -1`) has read the verdict: Python says nothing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except ValueError as reason:
        sys.exit(f"not valid: {reason}")
    except (AttributeError, TypeError, RecursionError):
        stop("the proof or the file of keys states something else than it must")
