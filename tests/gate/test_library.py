import hashlib
import json

import pytest

from compliance.gate.library import Library, kept_bytes, read_kept
from compliance.ledger.errors import NotRecordedError, TamperedError
from tests.gate.support import shipped, tiny


@pytest.mark.parametrize("book", [shipped, tiny])
def test_a_kept_rulebook_is_the_same_rulebook(book):
    rulebook = book().rulebook
    again = read_kept(kept_bytes(rulebook), rulebook.digest).rulebook
    assert again.digest == rulebook.digest
    assert [rule.id for rule in again.rules] == [rule.id for rule in rulebook.rules]


def test_the_digest_of_kept_bytes_can_be_computed_without_us():
    files = json.loads(kept_bytes(tiny().rulebook))["files"]
    listed = "".join(f"{hashlib.sha256(files[path].encode()).hexdigest()}  {path}\n" for path in sorted(files))
    assert tiny().rulebook.digest == "sha256:" + hashlib.sha256(listed.encode()).hexdigest()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"files":[]}', b'{"files":{"rules/a.yaml":"rule: a"}}'])
def test_what_is_not_that_rulebook_is_noticed(content):
    with pytest.raises(TamperedError):
        read_kept(content, "sha256:1")


def test_another_rulebook_under_the_digest_is_noticed():
    with pytest.raises(TamperedError):
        read_kept(kept_bytes(tiny().rulebook), shipped().rulebook.digest)


def test_a_book_that_is_at_hand_is_not_read_again():
    library = Library(lambda digest: pytest.fail(f"{digest} was looked for"))
    library.put(tiny())
    assert library.book(tiny().rulebook.digest) is tiny()


def test_a_book_is_found_once_and_then_at_hand():
    asked = []

    def find(digest):
        asked.append(digest)
        return kept_bytes(tiny().rulebook)

    library = Library(find)
    digest = tiny().rulebook.digest
    assert library.book(digest) is library.book(digest)
    assert asked == [digest]


def test_a_book_that_was_never_kept_is_not_on_record():
    def find(digest):
        raise NotRecordedError(digest)

    with pytest.raises(NotRecordedError):
        Library(find).book("sha256:1")
