from pathlib import Path

import pytest
import typer

from compliance.cli.ledger_options import settings_of
from compliance.ledger.ledger import Ledger
from compliance.ledger.subjects import MasterKey
from tests.cli.support import run

SAID = ("--by", "ann", "--and", "bob", "--reason", "yearly")


def test_without_a_database_the_ledger_is_a_file_beside_its_keys(tmp_path):
    made = settings_of(tmp_path, None, "example.com/log")
    assert made.database_url == f"sqlite:///{tmp_path / 'ledger.db'}"
    assert (made.folder, made.origin) == (tmp_path, "example.com/log")


def test_a_folder_is_named_from_where_we_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings_of(Path(".ledger"), None, "example.com/log").folder == tmp_path / ".ledger"


def test_a_database_of_another_kind_can_be_named(tmp_path):
    url = "postgresql+psycopg://127.0.0.1/compliance"
    assert settings_of(tmp_path, url, "example.com/log").database_url == url


def test_the_master_key_can_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPLIANCE_MASTER_KEY", "ab" * 32)
    wrapped = settings_of(tmp_path, None, "example.com/log").wrapper.wrap(b"k" * 32, b"context")
    assert MasterKey.of_text("ab" * 32).unwrap(wrapped, b"context") == b"k" * 32


def test_the_signing_key_can_be_a_file_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPLIANCE_SIGNING_KEY", str(tmp_path / "safe" / "log.key"))
    (tmp_path / "safe").mkdir()
    made = settings_of(tmp_path / "ledger", None, "example.com/log")
    ledger = Ledger.open(made)
    key = ledger.verifier
    ledger.close()
    assert not (tmp_path / "ledger" / "signing.key").exists()
    assert (tmp_path / "safe" / "log.key").stat().st_mode & 0o777 == 0o600
    rotated = run("ledger", "rotate-key", "--ledger", made.folder, "--origin", "example.com/log", *SAID)
    assert rotated.code == 0, rotated.err
    assert f"old: {key.vkey()}" in rotated.out
    kept = sorted(path.name for path in (tmp_path / "safe").iterdir())
    assert kept == ["log.key", f"log.key.{key.key_id.hex()}"]


@pytest.mark.parametrize(("origin", "key"), [("two words", None), ("", None), ("example.com/log", "short")])
def test_what_cannot_be_a_name_or_a_key_ends_the_command(tmp_path, monkeypatch, capsys, origin, key):
    if key is not None:
        monkeypatch.setenv("COMPLIANCE_MASTER_KEY", key)
    with pytest.raises(typer.Exit):
        settings_of(tmp_path, None, origin)
    assert "the ledger cannot be opened" in capsys.readouterr().err
