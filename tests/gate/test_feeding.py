import shutil
import time
from datetime import timedelta
from decimal import Decimal

import pytest

from compliance.engine.decoder import FedValue
from compliance.engine.loading import load_book
from compliance.gate import feeding as feeding_module
from compliance.gate.feeding import Feeding
from compliance.gate.feeds import ENDED, NOTHING, Feeds
from compliance.gate.shelf import Shelf
from compliance.ledger import feeds as said
from compliance.ledger.errors import LedgerUnavailableError
from tests.gate.ledgers import logbook
from tests.gate.support import NOW, TINY, shipped, tiny

SOON = NOW + timedelta(minutes=10)
VALUES = {"resource.halted": {"AAPLx": True}, "resource.backing": {"*": "0.97"}}


def put(recorder, values, as_of=NOW, until=SOON, name="halts"):
    return said.put(recorder.ledger, name, "poller", values, as_of, until)


def followed(book=None, every=60.0):
    feeds = Feeds()
    return Feeding(Shelf(book or shipped(), NOW), feeds, every), feeds


def test_what_the_log_states_is_what_feeds_say(tmp_path):
    feeding, feeds = followed()
    with logbook(tmp_path) as recorder:
        assert feeding.look(recorder.ledger)
        assert feeds.current is NOTHING
        put(recorder, VALUES)
        assert feeding.look(recorder.ledger)
        assert feeds.current == {
            ("resource.halted", "AAPLx"): FedValue(value=True, valid_until=SOON),
            ("resource.backing", "*"): FedValue(Decimal("0.97"), SOON),
        }
        assert not feeding.look(recorder.ledger)
        said.withdraw(recorder.ledger, "halts", "ann", "moved", NOW)
        assert feeding.look(recorder.ledger)
        assert feeds.current is NOTHING


def test_a_thread_takes_over_what_another_node_puts(tmp_path):
    feeding, feeds = followed(every=0.01)
    with logbook(tmp_path) as recorder:
        feeding.look(recorder.ledger)
        feeding.start(recorder.ledger)
        try:
            put(recorder, VALUES)
            deadline = time.monotonic() + 30
            while feeds.current is NOTHING:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        finally:
            feeding.stop()


def test_while_the_log_cannot_be_read_what_was_known_counts(tmp_path):
    feeding, feeds = followed()
    with logbook(tmp_path) as recorder:
        put(recorder, VALUES)
        feeding.look(recorder.ledger)
        known = feeds.current
        for file in tmp_path.glob("ledger.db*"):
            file.rename(tmp_path / f"{file.name}-away")
        recorder.ledger._opened.database.engine.dispose()  # noqa: SLF001 - a file that is open can still be read
        with pytest.raises(LedgerUnavailableError):
            feeding.look(recorder.ledger)
        assert feeds.current is known


def test_what_could_be_fed_is_unknown_once_nobody_could_look_for_long_and_known_again_after_a_look(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(feeding_module, "_LOST", 0.05)
    feeding, feeds = followed(every=0.01)
    with logbook(tmp_path) as recorder:
        put(recorder, VALUES)
        feeding.look(recorder.ledger)
        known, look, broken = feeds.current, recorder.ledger.feeds, [True]

        def failing():
            if broken:
                raise RuntimeError
            return look()

        monkeypatch.setattr(recorder.ledger, "feeds", failing)
        feeding.start(recorder.ledger)
        try:
            until(lambda: feeds.current.get(("resource.halted", "AAPLx")) is ENDED)
            # Also what nobody had fed: another node may have begun to.
            assert feeds.current["resource.paused", "*"] is ENDED
            assert set(feeds.current.values()) == {ENDED}
            broken.clear()
            until(lambda: feeds.current == known)
        finally:
            feeding.stop()


def until(holds):
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_after_an_edit_values_are_read_by_the_new_vocabulary_and_what_it_cannot_read_has_ended(tmp_path):
    folder = shutil.copytree(TINY, tmp_path / "tiny")
    feeding, feeds = followed(tiny())
    with logbook(tmp_path) as recorder:
        put(recorder, {"resource.locked": {"notes": True}})
        feeding.look(recorder.ledger)
        assert feeds.current["resource.locked", "notes"].value is True
        vocabulary = folder / "rules" / "vocabulary.yaml"
        text = vocabulary.read_text()
        assert "locked:\n    type: bool" in text
        changed = text.replace("locked:\n    type: bool", "locked:\n    type: one_of<open, shut>")
        vocabulary.write_text(
            changed.replace("{value: false, authority: handbook}", "{value: open, authority: handbook}")
        )
        for path in (folder / "rules").rglob("*.yaml"):
            path.write_text(
                path.read_text()
                .replace("when: resource.locked", 'when: resource.locked == "shut"')
                .replace("locked: true", "locked: shut")
            )
        feeding._shelf.put(load_book(folder), NOW)  # noqa: SLF001 - as the watcher does
        assert feeding.look(recorder.ledger)
        assert feeds.current["resource.locked", "notes"] == ENDED
