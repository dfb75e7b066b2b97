from __future__ import annotations

import hashlib
import os
import random
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.language.loader import digest_of, load_catalogue, load_rulebook, read_folder
from compliance.language.rulebook import Effect
from compliance.language.span import Source
from tests.language.small import CATALOGUE, FILES, found, load, loaded, sources, underlined

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "rulebooks" / "tiny"


# ------------------------------------------------------------------------------------------------ folders


def test_a_folder_is_its_rule_files_in_order_of_their_paths(tmp_path):
    for name in (
        "rules/b.yaml",
        "rules/a/c.yaml",
        "jurisdictions/CH.yaml",
        "rules/notes.md",
        "rules/.hidden.yaml",
        "other/x.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: 1\n", encoding="utf-8")
    assert [source.path for source in read_folder(tmp_path)] == [
        "jurisdictions/CH.yaml",
        "rules/a/c.yaml",
        "rules/b.yaml",
    ]


def test_a_file_of_bytes_is_a_diagnostic_and_no_crash(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_bytes(bytes(range(256)) * 4)
    rulebook, diagnostics = load_rulebook(read_folder(tmp_path))
    assert rulebook is None
    assert {each.slug for each in diagnostics} == {"wrong-encoding", "no-vocabulary", "invisible-character"}


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(NotADirectoryError):
        read_folder(tmp_path / "nothing")


def test_a_link_to_a_rule_file_that_is_gone_is_said_and_not_left_out(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "forbids.yaml").symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(FileNotFoundError, match=r"forbids\.yaml"):
        read_folder(tmp_path)


@pytest.mark.parametrize("name", ["rules/sanctions", "jurisdictions"])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_to_a_folder_is_read_or_said_and_not_left_out(tmp_path, name, there):
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "book" / "rules").mkdir(parents=True)
    (tmp_path / "book" / name).symlink_to(elsewhere)
    if there:
        elsewhere.mkdir()
        (elsewhere / "forbids.yaml").write_text("rule: x")
    if there and name == "jurisdictions":
        assert [source.path for source in read_folder(tmp_path / "book")] == ["jurisdictions/forbids.yaml"]
    else:
        with pytest.raises(OSError, match=name):
            read_folder(tmp_path / "book")


def test_a_folder_of_rules_that_may_not_be_read_is_said_and_not_left_out():
    with tempfile.TemporaryDirectory() as place:
        closed = Path(place) / "rules" / "sanctions"
        closed.mkdir(parents=True)
        (closed / "forbids.yaml").write_text("rule: x")
        Path(place).chmod(0o755)
        closed.chmod(0)
        mine = os.geteuid()
        os.seteuid(65534 if mine == 0 else mine)  # nothing is closed to root
        try:
            with pytest.raises(PermissionError, match="sanctions"):
                read_folder(Path(place))
        finally:
            os.seteuid(mine)
            closed.chmod(0o755)


def test_an_empty_folder_lacks_a_vocabulary(tmp_path):
    rulebook, diagnostics = load_rulebook(read_folder(tmp_path))
    assert rulebook is None
    assert [each.slug for each in diagnostics] == ["no-vocabulary"]


# ---------------------------------------------------------------------------------------------- catalogues


def test_the_catalogues_alone_are_those_of_the_whole_rulebook():
    for files in (read_folder(ROOT), read_folder(TINY), sources({})):
        whole, _ = load_rulebook(files, demand_cases=False)
        book, diagnostics = load_catalogue(files)
        assert diagnostics == []
        assert book.catalogue == whole.catalogue
        assert (book.products, book.vocabulary) == (whole.products, whole.vocabulary)


def test_a_mistake_in_a_catalogue_is_found_and_one_in_a_rule_is_not():
    broken = CATALOGUE.replace("CH1436219187", "CH1436219188")
    book, diagnostics = load_catalogue(sources({"rules/shares.yaml": broken}))
    assert book is None
    assert [each.slug for each in diagnostics] == ["bad-value"]
    assert load_catalogue(sources({"rules/tested.yaml": "- rule: [\n"}))[0] is not None


def test_without_a_vocabulary_there_is_no_catalogue():
    assert load_catalogue(())[0] is None


# ------------------------------------------------------------------------------------------------ rulebooks


def test_the_tiny_rulebook_is_about_users_and_documents_and_nothing_of_it_is_code():
    rulebook, diagnostics = load_rulebook(read_folder(TINY))
    assert diagnostics == []
    assert rulebook is not None
    assert set(rulebook.vocabulary.kinds) == {"user", "robot"}
    assert all(not kind.homes for kind in rulebook.vocabulary.kinds.values())
    assert {rule.effect for rule in rulebook.rules} == set(Effect)
    assert set(rulebook.catalogue) == {"user", "document"}
    assert not rulebook.positions
    assert not rulebook.jurisdictions


def test_the_shipped_rulebook_has_no_mistake():
    rulebook, diagnostics = load_rulebook(read_folder(ROOT))
    assert diagnostics == []
    assert rulebook is not None


def test_rules_come_in_order_of_id_whatever_order_the_files_come_in():
    files = list(sources({}))
    random.Random(1).shuffle(files)
    one, other = load_rulebook(files, demand_cases=False)[0], loaded({})
    assert one is not None
    assert (
        [rule.id for rule in one.rules] == [rule.id for rule in other.rules] == sorted(rule.id for rule in other.rules)
    )
    assert one.digest == other.digest


def test_a_warning_stops_nothing():
    rulebook, diagnostics = load(
        {"rules/tests/test.cases.yaml": FILES["rules/tests/test.cases.yaml"] + "    without: [subject.wealth]\n"}
    )
    assert rulebook is not None
    assert [each.slug for each in diagnostics] == ["without-nothing"]


def test_a_file_that_cannot_be_read_hides_no_mistake_of_another_files_form():
    rule = "rule: r\neffect: forbit\nactions: [entri]\nsays: s\nauthority: [akt]\n"
    files = {"rules/extra.yaml": rule, "rules/skill.yaml": "define: [subject.skilled\n"}
    # What `entri` and `akt` mean is not asked: the unreadable file may have said.
    assert [slug for slug, _ in found(files)] == ["unknown-effect", "bad-yaml"]


# ------------------------------------------------------------------------------------------------ digests


def test_a_digest_is_that_of_the_list_that_sha256sum_prints(tmp_path):
    for source in sources({}):
        path = tmp_path / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.text, encoding="utf-8")
    names = sorted(FILES)
    listing = subprocess.run(["sha256sum", *names], cwd=tmp_path, capture_output=True, check=True).stdout
    assert loaded({}).digest == "sha256:" + hashlib.sha256(listing).hexdigest()


def test_line_ends_and_byte_order_marks_do_not_change_a_digest():
    windows = [Source(source.path, "\ufeff" + source.text.replace("\n", "\r\n")) for source in sources({})]
    rulebook, _ = load_rulebook(windows, demand_cases=False)
    assert rulebook is not None
    assert rulebook.digest == loaded({}).digest


def test_a_space_more_is_another_digest():
    text = FILES["rules/skill.yaml"]
    assert loaded({"rules/skill.yaml": text + "# nothing\n"}).digest != loaded({}).digest


def test_what_stands_in_which_file_is_part_of_the_digest():
    assert digest_of([Source("a", "x"), Source("b", "y")]) != digest_of([Source("a", "y"), Source("b", "x")])


# ------------------------------------------------------------------------------------------------ a hundred mistakes

MISTAKES = (
    ("effect: forbid", "effect: forbit", "unknown-effect", "forbit"),
    ("actions: [entry]", "actions: [entri]", "unknown-action", "entri"),
    ("says: an example", "sais: an example", "unknown-key", "sais"),
    ("authority: [act]", "authority: [akt]", "unknown-authority", "akt"),
    ("when: subject.tested", "when: subject.testet", "unknown-fact", "subject.testet"),
    ("when: subject.tested", "when: subject.wealth", "not-a-condition", "subject.wealth"),
    ("layer: law", "layer: lore", "unknown-layer", "lore"),
    ("subjects: [person]", "subjects: [persona]", "unknown-kind", "persona"),
    ("product: shares", "product: share", "unknown-product", "share"),
    ("from: 2026-01-01", "from: 2026-13-01", "bad-date", "2026-13-01"),
)
EXAMPLE = """\
- rule: example-{number}
  effect: forbid
  layer: law
  actions: [entry]
  subjects: [person]
  resources: {{product: shares}}
  when: subject.tested
  says: an example
  effective: {{from: 2026-01-01}}
  authority: [act]
"""


def test_a_rulebook_with_100_mistakes_reports_100_diagnostics_in_order_each_pointing_at_the_right_characters():
    expected: list[tuple[str, int, str, str]] = []
    files: dict[str, str | None] = {}
    number = 0
    for theme in range(4):
        text = ""
        path = f"rules/many/theme-{theme}.yaml"
        for _ in range(25):
            old, new, slug, marked = MISTAKES[number % len(MISTAKES)]
            rule = EXAMPLE.format(number=number)
            assert old in rule
            before = text + rule[: rule.index(old)]
            text += rule.replace(old, new, 1)
            expected.append((path, before.count("\n") + 1, slug, marked))
            number += 1
        files[path] = text
    # A rule that lost its sentence lacks it too: that is one mistake made once and seen twice.
    files = {
        path: (text or "").replace("sais: an example", "says: an example\n  sais: an example")
        for path, text in files.items()
    }
    given = sources(files)
    rulebook, diagnostics = load_rulebook(given, demand_cases=False)
    assert rulebook is None
    assert len(diagnostics) == 100
    assert [(each.slug, underlined(each.span, given)) for each in diagnostics] == [
        (slug, marked) for _, _, slug, marked in expected
    ]
    places = [(each.span.path, each.span.line, each.span.column) for each in diagnostics]
    assert places == sorted(places)
    assert [each.span.path for each in diagnostics] == [path for path, _, _, _ in expected]


# ------------------------------------------------------------------------------------------------ whatever the files hold

JUNK = (
    *(
        "\x00",
        "\ufffd",
        "\t",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!",
        "|",
        ">",
        "'",
        '"',
        "#",
        "null",
        "~",
        "true",
    ),
    *(
        "9" * 400,
        "-1",
        "1e9",
        "2026-02-30",
        "\n",
        "\n\n- ",
        "? ",
        "<<: *x",
        "---\n",
        "\u202e",
        "[" * 20,
        "\\",
        "&&",
        " ? ",
    ),
    *(
        "0001-01-01",
        "9999-12-31",
        "set<",
        "list<Owner>",
        "one_of<>",
        "US",
        "us",
        "alps",
        "entry",
        "subject.",
        "/",
        "../",
    ),
)


@st.composite
def damaged(draw):
    """The small or the tiny rulebook with one to three wounds in one or two files."""
    files = list(draw(st.sampled_from([sources({}), read_folder(TINY)])))
    for _ in range(draw(st.integers(1, 3))):
        index = draw(st.integers(0, len(files) - 1))
        source = files[index]
        lines = source.text.split("\n")
        number = draw(st.integers(0, len(lines) - 1))
        line = lines[number]
        column = draw(st.integers(0, len(line)))
        match draw(st.integers(0, 4)):
            case 0:
                lines[number] = line[:column] + draw(st.sampled_from(JUNK)) + line[column:]
            case 1:
                lines[number] = line.split(":")[0] + ": " + draw(st.sampled_from(JUNK))
            case 2:
                del lines[number]
            case 3:
                lines[number] = " " * draw(st.integers(0, 8)) + line.lstrip()
            case _:
                lines[number] = line[:column] + draw(st.text(max_size=5))
        files[index] = Source(source.path, "\n".join(lines))
    return tuple(files)


@given(damaged())
@settings(max_examples=150)
def test_law_whatever_the_files_hold_the_answer_is_a_rulebook_or_diagnostics_in_order(files):
    rulebook, diagnostics = load_rulebook(files)
    assert (rulebook is None) == any(each.severity == "error" for each in diagnostics)
    assert [each.span for each in diagnostics] == sorted(each.span for each in diagnostics)
    assert len(diagnostics) == len(set(diagnostics))
    for each in diagnostics:
        assert each.message == each.message.strip().rstrip(".")
        assert "Traceback" not in each.message


@given(st.lists(st.tuples(st.sampled_from(sorted(FILES)), st.binary(max_size=80)), max_size=4))
@settings(max_examples=60)
def test_law_no_bytes_in_any_file_make_the_loader_raise(contents):
    files = dict(FILES) | {path: content.decode("utf-8", "replace") for path, content in contents}
    load_rulebook([Source(path, text) for path, text in files.items()])


@given(st.text(max_size=30))
def test_law_no_path_makes_the_loader_raise(path):
    load_rulebook([Source(path, "a: b\n")])
