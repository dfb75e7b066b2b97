"""What a command line names is found, or the sentence says what is wrong with it."""

from datetime import UTC, datetime

import pytest
import typer

from compliance.cli.exits import Exit
from compliance.cli.opening import LONGEST_REQUEST, folder_of, instant_of, open_book, read_request, sources_of
from compliance.engine.loading import shipped_folder
from tests.cli.support import ROOT, TINY, copy_of_tiny, run


def ending(capsys, function, *given, **named):
    """Return the exit code of a call that ends the command, and its complaint as one line, wherever it was wrapped."""
    with pytest.raises(typer.Exit) as ended:
        function(*given, **named)
    return ended.value.exit_code, " ".join(capsys.readouterr().err.split())


def test_without_a_name_the_rulebook_we_stand_in_is_meant(monkeypatch):
    monkeypatch.chdir(TINY)
    assert folder_of(None).resolve() == TINY


def test_elsewhere_the_shipped_rulebook_is_meant(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert folder_of(None) == shipped_folder() == ROOT


def test_a_folder_that_is_not_there_is_said(capsys, tmp_path):
    code, said = ending(capsys, folder_of, tmp_path / "nowhere")
    assert code == Exit.BAD_INPUT
    assert "is no folder" in said


def test_a_folder_without_rules_is_said(capsys, tmp_path):
    code, said = ending(capsys, sources_of, tmp_path)
    assert code == Exit.BAD_INPUT
    assert "holds no rule files" in said


def test_a_rulebook_that_does_not_compile_shows_why(capsys, tmp_path):
    book = copy_of_tiny(tmp_path)
    (book / "rules" / "limits.yaml").write_text("parameter: largest-change\n")
    code, said = ending(capsys, open_book, book)
    assert code == Exit.PROBLEMS
    assert "rules/limits.yaml:1" in said


@pytest.mark.parametrize("text", ["2026-06-01T09:00:00Z", "2026-06-01T11:00:00+02:00"])
def test_an_instant_has_an_offset(text):
    assert instant_of(text) == datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_a_day_is_its_first_moment_in_utc():
    assert instant_of("2026-06-01") == datetime(2026, 6, 1, tzinfo=UTC)


def test_without_an_instant_it_is_now():
    assert abs((datetime.now(UTC) - instant_of(None)).total_seconds()) < 60


@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "2026-06-01T09:00:00", "01.06.2026", "9999-01-01"])
def test_what_is_no_instant_is_said(capsys, text):
    code, said = ending(capsys, instant_of, text)
    assert code == Exit.BAD_INPUT
    assert "`--at` is no instant" in said


def test_a_file_is_read_as_the_service_reads_a_body(tmp_path):
    file = tmp_path / "request.json"
    file.write_text('{"subject": 1}')
    assert read_request(str(file), as_json=False) == {"subject": 1}


def test_a_file_that_is_not_there_is_said(capsys):
    code, said = ending(capsys, read_request, "nowhere.json", as_json=False)
    assert code == Exit.BAD_INPUT
    assert "no such file" in said


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b'{"a": 1, "a": 2}', "`a` stands twice"),
        (b'{"a": NaN}', "`NaN` is not a JSON number"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b" " * (LONGEST_REQUEST + 1), "longer than"),
    ],
)
def test_malformed_input_is_refused_without_a_traceback(body, words):
    done = run("decide", "-", "--rulebook", TINY, stdin=body)
    assert done.code == Exit.BAD_INPUT
    assert words in done.err
    assert done.out == ""


def test_with_json_the_problems_are_json_too():
    done = run("decide", "-", "--rulebook", TINY, "--json", stdin="{")
    assert done.code == Exit.BAD_INPUT
    assert set(done.json["problems"][0]) == {"pointer", "message", "help"}


def test_a_closed_standard_input_is_said(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)  # what Python makes of `<&-`
    code, said = ending(capsys, read_request, "-", as_json=False)
    assert (code, "`-` cannot be read: standard input is closed" in said) == (Exit.BAD_INPUT, True)


def test_a_file_of_the_rulebook_that_cannot_be_read_is_named(capsys, tmp_path):
    book = copy_of_tiny(tmp_path)
    (book / "rules" / "gone.yaml").symlink_to(tmp_path / "nothing")
    code, said = ending(capsys, sources_of, book)
    assert code == Exit.BAD_INPUT
    assert "rules/gone.yaml`cannotberead:nosuchfileordirectory" in said.replace(" ", "")
