"""The verifiers that we hand to outsiders, on real receipts: the script, and the page in a real browser."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.ledger.ledger import Ledger
from compliance.ledger.note import Note, SignatureType, Signer
from compliance.ledger.proof import Receipt
from tests.ledger.support import record, settings

DOCS = Path(__file__).parents[2] / "docs" / "verify"
BROWSER = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
WITNESS = Signer("w.example", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32), SignatureType.COSIGNATURE_V1)


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    """A receipt of a log of some size, and the log's public key."""
    ledger = Ledger.open(settings(tmp_path_factory.mktemp("log")))
    futures = [ledger.append(record(number)) for number in range(21)]
    for future in futures:
        future.result(10)
    receipt = str(ledger.receipt(13))
    key = ledger.verifier.vkey()
    ledger.close()
    return receipt, key


def changes(receipt, count):
    """Copies of a receipt with one character changed, anywhere."""
    generator = random.Random(7)
    for position in [0, receipt.index("\n\n") + 1, len(receipt) - 1, *generator.sample(range(len(receipt)), count)]:
        other = "A" if receipt[position] != "A" else "B"
        yield receipt[:position] + other + receipt[position + 1 :]


def script(folder, receipt, *keys):
    (folder / "receipt").write_text(receipt, newline="")
    command = [sys.executable, str(DOCS / "verify.py"), str(folder / "receipt"), *keys]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_accepts_a_receipt_and_shows_the_entry(tmp_path, proved):
    receipt, key = proved
    answer = script(tmp_path, receipt, key)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("valid: entry 13 of 22 in example.com/log\n")
    assert '"id": "d12"' in answer.stdout


def test_the_script_refuses_a_receipt_after_any_one_character_is_changed(tmp_path, proved):
    receipt, key = proved
    for changed in changes(receipt, 25):
        answer = script(tmp_path, changed, key)
        assert answer.returncode == 1
        assert answer.stderr.startswith("not valid: ")


def test_the_script_names_the_first_reason(tmp_path, proved):
    receipt, key = proved
    other = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32))).verifier.vkey()
    assert "has not signed" in script(tmp_path, receipt, other).stderr
    assert "another root" in script(tmp_path, receipt.replace("index 13", "index 12"), key).stderr
    assert "not a receipt" in script(tmp_path, "hello", key).stderr


def test_the_script_shows_what_witnesses_saw(tmp_path, proved):
    receipt, key = proved
    parsed = Receipt.of_text(receipt)
    note = Note.of_text(parsed.checkpoint)
    cosigned = Note(note.text, (*note.signatures, WITNESS.sign(note.text, seconds=1_800_000_000)))
    witnessed = str(Receipt(parsed.entry, parsed.index, parsed.path, str(cosigned)))
    answer = script(tmp_path, witnessed, key, WITNESS.verifier.vkey())
    assert "witness w.example: 2027-01-15T08:00:00+00:00" in answer.stdout
    assert "witness w.example: not witnessed" in script(tmp_path, receipt, key, WITNESS.verifier.vkey()).stdout


def test_the_script_is_short_and_uses_nothing_of_ours():
    source = (DOCS / "verify.py").read_text()
    assert len(source.splitlines()) <= 180
    assert "compliance" not in source


def page(receipt, key, *, bundled=False, keys=""):
    """What the page says in a browser: valid or not, and the text of the answer."""
    given = {"key": key, "receipt": receipt, "keys": keys, **({"bundled": ""} if bundled else {})}
    fragment = urlencode(given).replace("+", "%20")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", "--dump-dom"]
    command = [str(BROWSER), *flags, f"{(DOCS / 'index.html').as_uri()}#{fragment}"]
    dumped = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    match = re.search(r'<section id="answer"[^>]*data-valid="(\w+)"[^>]*>(.*?)</section>', dumped, re.DOTALL)
    assert match, dumped[-2000:]
    return match[1], match[2]


@pytest.fixture
def browser():
    if BROWSER is None:
        print("no chromium: the page is not checked in a browser")
        pytest.skip("no chromium is installed")


@pytest.mark.browser
@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("bundled", [False, True])
def test_the_page_accepts_a_receipt_in_a_real_browser(proved, bundled):
    valid, text = page(*proved, bundled=bundled)
    assert valid == "yes"
    assert "Entry 13 of 22 in example.com/log" in text
    assert '"id": "d12"' in text


@pytest.mark.browser
@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("bundled", [False, True])
def test_the_page_refuses_a_receipt_after_one_character_is_changed(proved, bundled):
    receipt, key = proved
    signature = receipt.rindex("\n", 0, -1) + 60
    for position in (receipt.index("extra ") + 40, receipt.index("index ") + 6, signature):
        other = "A" if receipt[position] != "A" else "B"
        valid, text = page(receipt[:position] + other + receipt[position + 1 :], key, bundled=bundled)
        assert valid == "no"
        assert "<strong>Not valid</strong><p>" in text


def test_the_page_is_one_file_and_may_not_use_the_network():
    source = (DOCS / "index.html").read_text()
    assert "default-src 'none'" in source
    assert not re.search(r"(src|href)\s*=|@import|url\(|fetch\(|XMLHttpRequest|https?://", source)
