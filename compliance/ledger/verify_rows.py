"""The rows beside the entries against the entries: log, head, tiles above the lowest, claims, rulesets, strays.

Each function takes one view of the database and notes in the report what is not as the entries say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, inspect, or_, select

from compliance.ledger import raw, store
from compliance.ledger.entry import DECISION, ERASURE
from compliance.ledger.feed_rows import FEED
from compliance.ledger.keyring import KEY_KIND, LOG_KIND, MASTER_KIND, KeySpan
from compliance.ledger.merkle import HASH_BYTES
from compliance.ledger.note import Verifier
from compliance.ledger.report import LogReport, Report
from compliance.ledger.tiles import TILE_WIDTH, tile_root

FEED_KIND = "feed"
"""The kind of the entry that says what a feed states from now on."""
RULESET_KIND = "ruleset"
"""The kind of the entry that commits to the stored source of a ruleset."""
_SHOWN = 20


def source_digest(source: bytes) -> str:
    """Return the digest of the stored source of a ruleset, as the log states it."""
    return f"sha256:{sha256(source).hexdigest()}"


def keys_of(connection: Connection, log: LogReport, events: raw.Events, report: Report) -> list[KeySpan]:
    """Return the keys that the log's own entries state, after comparing the first with the log's row."""
    place = f"log {log.epoch}"
    columns = store.LOG.c
    wanted = select(raw.instant(connection, columns.opened_at)).where(columns.epoch == log.epoch)
    opened_at = raw.stamp(connection.execute(wanted).scalar())
    found: list[KeySpan] = []
    for index, entry in events.of(LOG_KIND, KEY_KIND):
        try:
            document = json.loads(entry)
            if index == 0 and document["public"]["origin"] != log.origin:
                report.problem(place, "its origin is not the one that its first entry states")
            if index == 0 and document["recorded_at"] != opened_at:
                report.problem(place, "its time is not that of its first entry")
            verifier = Verifier.of_vkey(document["public"]["vkey"])
            found[-1:] = [replace(key, last=index) for key in found[-1:]]
            found.append(KeySpan(verifier, index, None))
        except (LookupError, TypeError, ValueError, AttributeError):
            report.problem(f"entry {index}", "it does not state a key of the log")
    if not found:
        report.problem(place, "no entry states its key")
    log.keys = [key.verifier.vkey() for key in found]
    return found


def master_keys_of(events: raw.Events) -> list[str]:
    """Return when the master key was changed, as the log's entries say."""
    return [str(_recorded_at(entry)) for _, entry in events.of(MASTER_KIND)]


def _recorded_at(entry: bytes) -> object:
    try:
        return json.loads(entry)["recorded_at"]
    except (LookupError, TypeError, ValueError):  # said where entries are examined
        return None


def previous_of(connection: Connection, epoch: int) -> str | None:
    """Return the last checkpoint of the epoch before, as the first entry of this one states it."""
    try:
        previous = json.loads(raw.body(connection, epoch, 0) or b"")["public"].get("previous")
    except (LookupError, TypeError, ValueError, AttributeError):
        return None
    return previous if isinstance(previous, str) else None


def size_of(connection: Connection, epoch: int, head_size: int) -> int:
    """Return how many entries are to be examined: what is stored, however far away an edited index lies."""
    columns = store.ENTRY.c
    wanted = select(func.count(), func.max(columns.leaf_index)).where(columns.epoch == epoch)
    count, last = connection.execute(wanted).one()
    if last is None:
        return 0
    plausible = 2 * int(count) + 1000
    if last < plausible:
        return int(last) + 1
    return max(int(count), head_size if head_size <= plausible else 0)


def check_head(connection: Connection, log: LogReport, time: str, erasures: int, report: Report) -> None:
    """Compare the head with what the entries come to."""
    place = f"head of log {log.epoch}"
    columns = store.HEAD.c
    wanted = select(columns.size, columns.root, columns.erasures, raw.instant(connection, columns.recorded_at))
    row = connection.execute(wanted.where(columns.epoch == log.epoch)).first()
    if row is None:
        report.problem(place, "it is missing")
        return
    if row.size != log.size:
        report.problem(place, f"it states {row.size} entries, where {log.size} are stored")
    elif bytes(row.root) != log.root:
        report.problem(place, "its root is not the one that the entries give")
    if log.size and raw.stamp(row.recorded_at) != time:
        report.problem(place, "its time is not that of the last entry")
    if row.erasures != erasures:
        report.problem(place, f"it counts {row.erasures} erasures, where the log has {erasures}")


class UpperTiles:
    """Takes what full tiles contribute, level by level, and compares the tiles above with the stored ones."""

    def __init__(self, connection: Connection, epoch: int, report: Report) -> None:
        self._connection, self._epoch, self._report = connection, epoch, report
        self._levels: list[list[bytes]] = []
        self.counts: list[int] = []
        """Full tiles by level."""

    def add(self, roots: Iterable[bytes]) -> None:
        """Take the contributions of the next full tiles of level 0."""
        for root in roots:
            self._counted(0)
            self._push(0, root)

    def _counted(self, level: int) -> None:
        if len(self.counts) <= level:
            self.counts.append(0)
            self._levels.append([])
        self.counts[level] += 1

    def _push(self, level: int, root: bytes) -> None:
        kept = self._levels[level]
        kept.append(root)
        if len(kept) < TILE_WIDTH:
            return
        self._levels[level] = []
        above = level + 1
        self._counted(above)
        self._compare(above, self.counts[above] - 1, kept)
        self._push(above, tile_root(kept))

    def _compare(self, level: int, index: int, hashes: list[bytes]) -> None:
        columns = store.TILE.c
        wanted = select(columns.hashes, columns.root).where(
            columns.epoch == self._epoch, columns.level == level, columns.tile_index == index
        )
        row = self._connection.execute(wanted).first()
        if row is None:
            self._report.problem(f"tile {index} of level {level}", "it is missing")
        elif (bytes(row.hashes), bytes(row.root)) != (b"".join(hashes), tile_root(hashes)):
            stored = bytes(row.hashes)
            other = [
                str(place)
                for place, value in enumerate(hashes)
                if stored[place * HASH_BYTES : (place + 1) * HASH_BYTES] != value
            ]
            what = f"hash {', '.join(other[:3])}" if other else "root"
            self._report.problem(f"tile {index} of level {level}", f"its {what} is not what the entries give")


def check_tiles(connection: Connection, log: LogReport, counts: list[int], report: Report) -> None:
    """Look for tiles that the entries do not fill; those that they fill were compared one by one."""
    columns = store.TILE.c
    log.tiles = sum(counts)
    misplaced = [columns.level < 0, columns.level >= len(counts), columns.tile_index < 0]
    misplaced += [(columns.level == level) & (columns.tile_index >= count) for level, count in enumerate(counts)]
    wanted = select(columns.level, columns.tile_index).where(columns.epoch == log.epoch, or_(*misplaced))
    for row in connection.execute(wanted.limit(_SHOWN)):
        report.problem(f"tile {row.tile_index} of level {row.level}", "the entries do not fill it")


def check_strays(connection: Connection, logs: list[LogReport], report: Report) -> None:
    """Look for rows that belong to no log, and for decisions that are recorded twice."""
    known = {log.epoch for log in logs}
    named = (store.ENTRY, store.TILE, store.CHECKPOINT, store.HEAD, store.IDEMPOTENCY, store.TERM, store.INDEXED)
    for table in named:
        for epoch in connection.execute(select(table.c.epoch).where(table.c.epoch.not_in(known)).limit(1)).scalars():
            report.problem(table.name, f"it has rows of epoch {epoch}, which no log has")
    columns = store.ENTRY.c
    for log in logs:
        beyond = (columns.leaf_index < 0) | (columns.leaf_index >= log.size)
        wanted = select(columns.leaf_index).where(columns.epoch == log.epoch, beyond).limit(_SHOWN)
        for index in connection.execute(wanted).scalars():
            report.problem(f"entry {index}", "it lies where the log has no entry")
    # Names that any two rows have are in one index; only these rows are looked at.
    names = select(columns.decision_id).where(columns.decision_id.is_not(None))
    shared = names.group_by(columns.decision_id).having(func.count() > 1)
    twice = (
        select(columns.decision_id)
        .where(columns.kind == DECISION, columns.decision_id.in_(shared))
        .group_by(columns.epoch, columns.decision_id)
        .having(func.count() > 1)
        .order_by(columns.epoch, columns.decision_id)
        .limit(_SHOWN)
    )
    for decision in connection.execute(twice).scalars():
        report.problem(f"decision {decision}", "it is recorded more than once")


def check_claims(connection: Connection, report: Report) -> None:
    """See that every idempotency key points to a decision, in a tree that has it, and no two to the same."""
    claims, entries = store.IDEMPOTENCY.c, store.ENTRY.c
    sizes = {row.epoch: row.size for row in connection.execute(select(store.HEAD.c.epoch, store.HEAD.c.size))}
    joined = store.IDEMPOTENCY.outerjoin(
        store.ENTRY, (claims.epoch == entries.epoch) & (claims.leaf_index == entries.leaf_index)
    )
    wanted = (
        select(
            claims.leaf_index,
            claims.epoch,
            claims.size,
            claims.key,
            claims.request,
            raw.instant(connection, claims.expires_at),
            raw.instant(connection, entries.recorded_at).label("recorded"),
            entries.kind,
        )
        .select_from(joined)
        .order_by(claims.epoch, claims.leaf_index)
    )
    before: tuple[int, int] | None = None
    for row in connection.execute(wanted):
        report.claims += 1
        place = f"idempotency key of entry {row.leaf_index}"
        if row.kind != DECISION:
            report.problem(place, "it points to no decision")
        elif not row.leaf_index < row.size <= sizes.get(row.epoch, 0):
            report.problem(place, f"it was answered in a tree of {row.size} entries, which does not have the entry")
        elif not raw.stamp(row.recorded) < raw.stamp(row.expires_at):
            report.problem(place, "it expires before it was used")
        elif (len(row.key), len(row.request)) != (HASH_BYTES, HASH_BYTES):
            report.problem(place, "it is not blinded")
        if (row.epoch, row.leaf_index) == before:
            report.problem(place, "two keys point to the same entry")
        before = (row.epoch, row.leaf_index)


def check_feeds(connection: Connection, events: Mapping[int, raw.Events], report: Report) -> None:
    """See that each feed is said to be stated by its newest entry, and that no other feed is named."""
    stated: dict[object, tuple[int, int]] = {}
    for epoch, listed in events.items():
        for index, entry in listed.of(FEED_KIND):
            with suppress(LookupError, TypeError, ValueError):  # reported with the entry itself
                stated[json.loads(entry)["public"]["feed"]] = (epoch, index)
    named: set[object] = set()
    columns = FEED.c
    # A copy that is older than the table has no feeds, either.
    stored = inspect(connection).has_table(FEED.name)
    wanted = select(columns.name, columns.epoch, columns.leaf_index)
    for row in connection.execute(wanted) if stored else ():
        named.add(row.name)
        if row.name not in stated:
            report.problem(f"feed {row.name}", "no entry states it")
        elif stated[row.name] != (row.epoch, row.leaf_index):
            report.problem(
                f"feed {row.name}", "it is said to be stated by another entry than the newest that states it"
            )
    for name in sorted(map(str, stated.keys() - named)):
        report.problem(f"feed {name}", "an entry states it, and it is missing")


def check_rulesets(
    connection: Connection,
    events: Mapping[int, raw.Events],
    used: set[str],
    digest_of: Callable[[bytes], str] | None,
    report: Report,
) -> None:
    """Compare every stored source with what the log says of it, and see that every decision's is there.

    `digest_of`, where given, says under which digest a source must be stored; it raises `ValueError` for what is none.
    """
    stated: dict[str, str] = {}
    for listed in events.values():
        for _, entry in listed.of(RULESET_KIND):
            try:
                public = json.loads(entry)["public"]
                stated[public["digest"]] = public["source"]
            except (LookupError, TypeError, ValueError):
                continue  # reported with the entry itself
    known: set[str] = set()
    one_by_one: Any = connection.execution_options(yield_per=1)  # each is a megabyte or more
    for digest, stored_source in one_by_one.execute(select(store.RULESET.c.digest, store.RULESET.c.source)):
        known.add(digest)
        report.rulesets += 1
        place, source = f"ruleset {digest}", bytes(stored_source)
        if digest not in stated:
            report.problem(place, "no entry commits to it")
        elif stated[digest] != source_digest(source):
            report.problem(place, "its source is not the one that the log states")
        try:
            if digest_of is not None and digest_of(source) != digest:
                report.problem(place, "its source has another digest")
        except ValueError:
            report.problem(place, "its source cannot be read")
    for digest in sorted(stated.keys() - known):
        report.problem(f"ruleset {digest}", "its source is missing")
    for digest in sorted((used - known) - stated.keys()):
        if digest_of is not None:
            report.problem(f"ruleset {digest}", "decisions were taken under it, and its source is not stored")


def erasures_of(events: Mapping[int, raw.Events]) -> dict[str, tuple[int, int]]:
    """Return, by pseudonym, the last entry (epoch, index) that says that this person was erased."""
    found: dict[str, tuple[int, int]] = {}
    for epoch, listed in events.items():
        for index, entry in listed.of(ERASURE):
            try:
                found[json.loads(entry)["public"]["subject"]] = (epoch, index)
            except (LookupError, TypeError, ValueError):
                continue
    return found


def rows_of_checkpoints(connection: Connection, epoch: int) -> Iterable[Any]:
    """Yield the stored checkpoints of a log: size, witnessed (as a number), note, made_at."""
    columns = store.CHECKPOINT.c
    witnessed = cast(columns.witnessed, Integer).label("witnessed")
    wanted = select(columns.size, witnessed, columns.note, raw.instant(connection, columns.made_at))
    return connection.execute(wanted.where(columns.epoch == epoch).order_by(columns.size)).all()
