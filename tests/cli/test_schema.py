"""Schemas are printed for programs, or written for editors."""

import json

from compliance.cli.exits import Exit
from tests.cli.support import run


def test_schemas_are_one_document():
    assert {"statements", "jurisdiction", "group", "cases"} <= set(run("schema").json)


def test_each_schema_is_written_into_a_file_with_the_line_that_names_it(tmp_path):
    done = run("schema", "--write", tmp_path / "schemas")
    assert done.code == Exit.FINE
    written = json.loads((tmp_path / "schemas" / "cases.json").read_text())
    assert written["$schema"].startswith("https://json-schema.org/")
    assert "yaml-language-server" in done.out
