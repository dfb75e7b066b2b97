"""Everything that is stored -> a report of whatever is not as the log committed to it.

The tree is grown again from the stored entries, as if they were appended for the first time; tiles, checkpoints, head
and columns are compared with what comes out. That each checkpoint's root is the root over the first of these entries
is what consistency between checkpoints means; the proofs of it that outsiders are given are made and checked as well.
Invariant: nothing stored is trusted; only the log's keys are, and those are stated by its first entry, which is under
the signed root: whoever knows the key from elsewhere says so in `Given`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from compliance.ledger import merkle, raw, store
from compliance.ledger.archive import Archive
from compliance.ledger.keyring import KeySpan
from compliance.ledger.report import LogReport, Report
from compliance.ledger.tiles import TILE_WIDTH
from compliance.ledger.verify_consistency import check_consistency
from compliance.ledger.verify_dictionaries import check_dictionaries
from compliance.ledger.verify_entries import Examined, spans
from compliance.ledger.verify_index import SPAN, Sum, differing, problems_of
from compliance.ledger.verify_notes import (
    Given,
    Stated,
    check_handovers,
    check_keys,
    given_notes,
    receipts,
    stored_notes,
    with_given,
)
from compliance.ledger.verify_processes import Hands, hands, processors
from compliance.ledger.verify_rows import (
    UpperTiles,
    check_claims,
    check_feeds,
    check_head,
    check_rulesets,
    check_strays,
    check_tiles,
    erasures_of,
    keys_of,
    master_keys_of,
    previous_of,
    size_of,
)
from compliance.ledger.verify_types import check_types

Progress = Callable[[int, int], None]
"""Called with how many entries were checked, of how many."""

FEW = 50_000
"""Entries up to which a second process is not worth its start."""


@dataclass(slots=True)
class _Walk:
    """Where the check of one log stands between two spans."""

    connection: Connection
    log: LogReport
    events: raw.Events
    report: Report
    tiles: UpperTiles
    lefts: list[tuple[int, bytes]] = field(default_factory=list)
    """The complete subtrees to the left, largest first: how many entries, and the hash over them."""
    roots: dict[int, bytes] = field(default_factory=dict)
    times: dict[int, str] = field(default_factory=dict)
    time: str = ""
    differing: list[int] = field(default_factory=list)
    rulesets: set[str] = field(default_factory=set)
    keyless: list[tuple[int, str]] = field(default_factory=list)
    erasures: int = 0
    sums: dict[int, Sum] = field(default_factory=dict)


def verify(
    archive: Archive,
    given: Given | None = None,
    *,
    digest_of: Callable[[bytes], str] | None = None,
    progress: Progress | None = None,
    reopen: Callable[[], Archive] | None = None,
    jobs: int | None = None,
) -> Report:
    """Check every log of a database.

    Personal parts that were not erased are opened and compared with their commitments where the keys are at hand.
    `digest_of` says under which digest a ruleset's source must be stored. With `reopen`, which must be picklable and
    opens the same archive, a long log is examined by `jobs` processes: by default, one for each processor that there is
    for this one. Raises `NotVerifiedError` when one of them dies, `KeysUnavailableError` when the store of keys does
    not answer.
    """
    brought, report = given or Given(), Report()
    try:
        with archive.database.read() as connection:
            _verify(connection, archive, brought, report, digest_of, progress, reopen, jobs or processors())
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        report.problem("database", f"it cannot be read: {reason}")
    return report


def _verify(
    connection: Connection,
    archive: Archive,
    given: Given,
    report: Report,
    digest_of: Callable[[bytes], str] | None,
    progress: Progress | None,
    reopen: Callable[[], Archive] | None,
    jobs: int,
) -> None:
    report.logs = [LogReport(epoch, archive.origins[epoch]) for epoch in sorted(archive.origins)]
    if not check_types(connection, report):
        return  # what comes next could not read them
    by_origin = {log.origin: log for log in report.logs}
    events = {log.epoch: raw.Events(connection, log.epoch) for log in report.logs}
    stated_keys = {log.epoch: keys_of(connection, log, events[log.epoch], report) for log in report.logs}
    keys = {epoch: with_given(own, given) for epoch, own in stated_keys.items()}
    check_keys(report.logs, given, report)
    for epoch, own in stated_keys.items():
        check_handovers(connection, epoch, own, report)
    if archive.subjects is not None and archive.persons and not archive.subjects.can_name():
        report.problem("keys", "the key of the pseudonyms is missing, or not wrapped by this master key")
    stated = {log.epoch: list(stored_notes(connection, log, keys[log.epoch], given, report)) for log in report.logs}
    outside = {} if archive.checkpoint is None else {"checkpoint file": archive.checkpoint}
    for epoch, found in given_notes(by_origin, keys, {**outside, **given.checkpoints}, given, report):
        stated[epoch].append(found)
    for epoch, found in receipts(connection, by_origin, keys, given, report):
        stated[epoch].append(found)
    _left(connection, report, by_origin, keys, stated)
    heads = {row.epoch: row.size for row in connection.execute(select(store.HEAD.c.epoch, store.HEAD.c.size))}
    for log in report.logs:
        log.master_keys = master_keys_of(events[log.epoch])
        log.size = size_of(connection, log.epoch, heads.get(log.epoch, 0))
    total, done, used = sum(log.size for log in report.logs), 0, set[str]()
    with hands(connection, archive, reopen if total > FEW else None, jobs) as examiners:
        for log in report.logs:
            before = done

            def told(size: int, before: int = before) -> None:
                if progress is not None:
                    progress(before + size, total)

            walk = _walked(connection, log, events[log.epoch], stated[log.epoch], examiners, report, told)
            done += log.size
            used |= walk.rulesets
            _check_keyless(archive, walk, report)
    check_claims(connection, report)
    check_strays(connection, report.logs, report)
    check_feeds(connection, events, report)
    check_rulesets(connection, events, used, digest_of, report)
    check_dictionaries(connection, events, report)


def _left(
    connection: Connection,
    report: Report,
    by_origin: Mapping[str, LogReport],
    keys: Mapping[int, list[KeySpan]],
    stated: Mapping[int, list[Stated]],
) -> None:
    """Take up the last checkpoint of each epoch that was left, from the first entry of the next."""
    for log in report.logs[1:]:
        previous = previous_of(connection, log.epoch)
        if previous is None:
            continue
        place = f"last checkpoint of log {log.epoch - 1}, in entry 0 of log {log.epoch}"
        for epoch, found in given_notes(by_origin, keys, {place: previous}, Given(), report):
            stated[epoch].append(Stated(found.place, found.size, found.root, left=True))


def _walked(
    connection: Connection,
    log: LogReport,
    events: raw.Events,
    stated: list[Stated],
    examiners: Hands,
    report: Report,
    told: Callable[[int], None],
) -> _Walk:
    """Examine one log from its first entry to its last."""
    walk = _Walk(connection, log, events, report, UpperTiles(connection, log.epoch, report))
    wanted = select(store.INDEXED.c.size).where(store.INDEXED.c.epoch == log.epoch)
    log.indexed = int(connection.execute(wanted).scalar() or 0)
    key = os.urandom(32)
    sums = examiners.index_sums(log.epoch, key) if log.indexed else dict[int, Sum]
    sizes = [each.size for each in stated]
    for found in examiners.examined(spans(log.epoch, log.size, sizes, log.indexed, key)):
        _take(walk, found)
        told(found.span.end)
    log.root = walk.roots.get(log.size, merkle.EMPTY_ROOT)
    _check_stated(walk, stated)
    check_head(connection, log, walk.time, walk.erasures, report)
    check_tiles(connection, log, walk.tiles.counts, report)
    if log.indexed > log.size:
        report.problem("search index", f"it reaches {log.indexed} entries, where {log.size} are stored")
    other = differing(sums(), {span: found for span, found in walk.sums.items() if found[0]})
    for place, problem in problems_of(connection, log.epoch, other, log.indexed):
        report.problem(place, problem)
    if other or log.indexed > log.size:
        report.notes.append(
            "no proof rests on the search index: `compliance ledger index --anew` makes it from the entries"
        )
    within = [each for each in stated if each.root == walk.roots.get(each.size)]
    check_consistency(connection, log, within, report)
    return walk


def _take(walk: _Walk, found: Examined) -> None:
    """Join what a span comes to with what lies to its left."""
    for place, problem in found.problems:
        walk.report.problem(place, problem)
    if found.first_time and found.first_time < walk.time:
        walk.report.problem(f"entry {found.span.start}", "it is older than the one before it")
    for size, root in {**found.roots, found.span.end: found.root}.items():
        whole = root
        for _, left in reversed(walk.lefts):
            whole = merkle.node_hash(left, whole)
        walk.roots[size] = whole
    walk.times.update({size: time or walk.time for size, time in found.times.items()})
    walk.time = walk.times[found.span.end]
    count, root = found.span.end - found.span.start, found.root
    while walk.lefts and walk.lefts[-1][0] == count:
        root = merkle.node_hash(walk.lefts.pop()[1], root)
        count *= 2
    walk.lefts.append((count, root))
    walk.tiles.add(found.tiles)
    for index, kind in found.events:
        if not walk.events.has(index, kind):
            walk.report.problem(f"entry {index}", "the database does not list it among those of its kind")
    walk.differing += found.differing
    walk.rulesets |= found.rulesets
    walk.keyless += found.keyless
    walk.erasures += found.erasures
    walk.log.opened += found.opened
    walk.log.unread += found.unread
    walk.sums[found.span.start // SPAN] = found.terms
    if found.span.end < walk.log.size:
        walk.roots = {size: root for size, root in walk.roots.items() if size != found.span.end or size in found.roots}


def _check_stated(walk: _Walk, stated: list[Stated]) -> None:
    """Compare the roots that were signed with those that the entries give; name the first entries that differ."""
    log, report = walk.log, walk.report
    good, bad, later = 0, None, 0
    for each in sorted(stated, key=lambda each: each.size):
        trouble = None
        if each.size > log.size:
            trouble = f"it states {each.size} entries, where {log.size} are stored"
        elif each.root != walk.roots.get(each.size, merkle.EMPTY_ROOT):
            trouble = "it states another root than the entries give"
        if trouble is None:
            good = each.size
            if each.made_at is not None and each.made_at != walk.times.get(each.size):
                report.problem(each.place, "its time is not that of the last entry that it covers")
        elif each.left:
            report.notes.append(f"log {log.epoch} was left after a fork: {each.place}: {trouble}")
        elif each.outside or each.size > log.size:
            report.problem(each.place, trouble)
        elif bad is None:
            bad = each.size
            place = f"entries {good} to {each.size - 1}" if good < each.size else each.place
            report.problem(place, f"they do not give the root that was signed: {each.place}")
        else:
            later += 1
    if later:
        report.notes.append(f"log {log.epoch}: {later} signed roots over more entries differ too, as they must")
    newest = log.newest_checkpoint
    log.covered_until = None if newest is None else walk.times.get(newest.size)
    for index in walk.differing:
        if bad is not None and index >= good:
            report.problem(f"entry {index}", "it is not the entry that was recorded: its tile states another hash")
        else:
            tile = f"tile {index // TILE_WIDTH} of level 0"
            report.problem(tile, f"its hash of entry {index} is not that of the entry")


def _check_keyless(archive: Archive, walk: _Walk, report: Report) -> None:
    """See that a person whose key is gone was erased: the log says so, after the record."""
    if not walk.keyless:
        return
    with archive.database.read() as connection:  # a new view: somebody may have been erased meanwhile
        erased = erasures_of({epoch: raw.Events(connection, epoch) for epoch in sorted(archive.origins)})
    for index, owner in walk.keyless:
        if erased.get(owner, (0, 0)) > (walk.log.epoch, index):
            walk.log.erased += 1
        else:
            report.problem(
                f"entry {index}", "the key of its personal part is gone, and no entry says that it was erased"
            )
