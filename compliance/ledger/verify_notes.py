"""Checkpoints and receipts, stored or brought along -> the roots that were signed, each with where it was found.

Invariant: a checkpoint counts only when a key of the log signed it; what it states is then compared with the entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import Connection

from compliance.ledger import merkle, raw
from compliance.ledger.checkpoint import Checkpoint, Witnessed, verified
from compliance.ledger.entry import stamped
from compliance.ledger.keyring import KeySpan, verifiers_at
from compliance.ledger.note import Note, NoteError, Verifier
from compliance.ledger.proof import Receipt
from compliance.ledger.report import LogReport, Report
from compliance.ledger.verify_rows import rows_of_checkpoints

_COSIGNATURE_BYTES = 8 + 64


@dataclass(frozen=True, slots=True)
class Given:
    """What an auditor brings along, by the names that problems are to use."""

    checkpoints: Mapping[str, str] = field(default_factory=dict)
    receipts: Mapping[str, str] = field(default_factory=dict)
    keys: Sequence[Verifier] = ()
    """Public keys of the log that are known from elsewhere."""
    witnesses: Sequence[Verifier] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """A root that was signed: over how many entries, where that is said, and the log time that belongs to it."""

    place: str
    size: int
    root: bytes
    made_at: str | None = None
    outside: bool = False
    """Whether it was kept outside the database."""
    left: bool = False
    """Whether it is the last checkpoint of an epoch that was left, perhaps because the database had been set back."""


def stored_notes(
    connection: Connection, log: LogReport, keys: Sequence[KeySpan], given: Given, report: Report
) -> Iterator[Stated]:
    """Yield what the checkpoints in the database state."""
    for row in rows_of_checkpoints(connection, log.epoch):
        place = f"checkpoint {row.size} of log {log.epoch}" + (", witnessed" if row.witnessed else "")
        if row.witnessed not in (0, 1):
            report.problem(place, "it is neither witnessed nor not")
        seen = _seen(place, row.note, keys, given.witnesses, report)
        if seen is None:
            continue
        stated = seen.checkpoint
        if (stated.origin, stated.size) != (log.origin, row.size):
            report.problem(place, "it states another origin or size than its row")
            continue
        log.checkpoints += 1
        if row.witnessed:
            log.witnessed += 1
            _check_cosigned(place, seen, raw.stamp(row.made_at), given, report)
        _newest(log, stated)
        yield Stated(place, stated.size, stated.root, None if row.witnessed else raw.stamp(row.made_at))


def given_notes(
    logs: Mapping[str, LogReport],
    keys: Mapping[int, Sequence[KeySpan]],
    notes: Mapping[str, str],
    given: Given,
    report: Report,
) -> Iterator[tuple[int, Stated]]:
    """Yield epoch and statement of checkpoints from outside the database."""
    for place, note in notes.items():
        log = _log_of(place, note, logs, report)
        if log is None:
            continue
        seen = _seen(place, note, keys[log.epoch], given.witnesses, report)
        if seen is not None:
            log.checkpoints += 1
            _newest(log, seen.checkpoint)
            yield log.epoch, Stated(place, seen.checkpoint.size, seen.checkpoint.root, outside=True)


def receipts(
    connection: Connection,
    logs: Mapping[str, LogReport],
    keys: Mapping[int, Sequence[KeySpan]],
    given: Given,
    report: Report,
) -> Iterator[tuple[int, Stated]]:
    """Check each receipt by itself and against the stored entry; yield what its checkpoint states."""
    for place, text in given.receipts.items():
        report.receipts += 1
        try:
            receipt = Receipt.of_text(text)
        except NoteError as error:
            report.problem(place, f"it is not valid: {error}")
            continue
        log = _log_of(place, receipt.checkpoint, logs, report)
        if log is None:
            continue
        try:
            signers = verifiers_at(keys[log.epoch], _size_of(receipt.checkpoint))
            stated = receipt.verify(signers, given.witnesses).checkpoint
        except (NoteError, merkle.ProofError) as error:
            report.problem(place, f"it is not valid: {error}")
            continue
        stored = raw.body(connection, log.epoch, receipt.index)
        if stored is None:
            report.problem(place, f"it proves entry {receipt.index}, which is not stored")
        elif stored != receipt.entry:
            report.problem(place, f"it proves another entry {receipt.index} than the one that is stored")
        yield log.epoch, Stated(place, stated.size, stated.root, outside=True)


def check_keys(logs: Sequence[LogReport], given: Given, report: Report) -> None:
    """See that the keys that are known from elsewhere are keys of the log."""
    known = {vkey for log in logs for vkey in log.keys}
    for verifier in given.keys:
        if verifier.vkey() not in known:
            report.problem("key", f"`{verifier.vkey()}` is no key of this log")


def with_given(stated: Sequence[KeySpan], given: Given) -> list[KeySpan]:
    """Return the keys that the log states, and those that are known from elsewhere and that it does not state."""
    known = {key.verifier for key in stated}
    return [*stated, *(KeySpan(verifier, -1, None) for verifier in given.keys if verifier not in known)]


def check_handovers(connection: Connection, epoch: int, keys: Sequence[KeySpan], report: Report) -> None:
    """Look for the checkpoint that leads whoever holds a key to the one after it: both have signed it."""
    notes = {row.size: row.note for row in rows_of_checkpoints(connection, epoch) if row.witnessed == 0}
    for old, new in pairwise(keys):
        note = notes.get(new.first + 1)
        try:
            for key in (old, new):
                verified(str(note or ""), key.verifier)
        except (NoteError, UnicodeError):
            report.problem(
                f"entry {new.first}", "no checkpoint that both keys signed leads from the old to the new one"
            )


def _size_of(note: str) -> int:
    """Return the size that a checkpoint states, before it is known who signed it."""
    return Checkpoint.of_text(Note.of_text(note).text).size


def _seen(
    place: str, note: str, keys: Sequence[KeySpan], witnesses: Sequence[Verifier], report: Report
) -> Witnessed | None:
    try:
        return verified(note, verifiers_at(keys, _size_of(note)), witnesses)
    except (NoteError, UnicodeError) as error:
        report.problem(place, f"it is not valid: {error}")
        return None


def _log_of(place: str, note: str, logs: Mapping[str, LogReport], report: Report) -> LogReport | None:
    try:
        origin = Checkpoint.of_text(Note.of_text(note).text).origin
    except (NoteError, UnicodeError) as error:
        report.problem(place, f"it is not valid: {error}")
        return None
    if origin not in logs:
        report.problem(place, f"it is of the log `{origin}`, which is not stored here")
        return None
    return logs[origin]


def _check_cosigned(place: str, seen: Witnessed, made_at: str, given: Given, report: Report) -> None:
    """Compare the row with the cosignatures; their own validity shows only with the witnesses' keys."""
    values = [signature.value for signature in seen.note.signatures if len(signature.value) == _COSIGNATURE_BYTES]
    times = {stamped(datetime.fromtimestamp(int.from_bytes(value[:8], "big") % 2**33, UTC)) for value in values}
    if not times:
        report.problem(place, "it counts as witnessed, but only the log signed it")
    elif made_at not in times:
        report.problem(place, "its time is not that of a cosignature")
    elif given.witnesses and not seen.witnesses:
        report.problem(place, "none of the witnesses that you named cosigned it")


def _newest(log: LogReport, stated: Checkpoint) -> None:
    if log.newest_checkpoint is None or stated.size >= log.newest_checkpoint.size:
        log.newest_checkpoint = stated
