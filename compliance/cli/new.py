"""Start a rule or a jurisdiction: the file and its cases, with everything to fill in left empty.

What is left empty does not compile: `compliance check` points at each gap until it is filled.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.exits import Exit
from compliance.cli.opening import folder_of, sources_of
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.language.span import Source

new = typer.Typer(
    name="new", help="Start a rule or a jurisdiction: the file and its cases, red until filled.", no_args_is_help=True
)

RulebookOption = Annotated[Path | None, typer.Option("--rulebook", help="The folder with rules/ and jurisdictions/.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

RULE = """\
rule: {name}
effect:                  # permit | forbid | require | refer | oblige
actions: [{action}]          # actions, or classes of them: {actions}
resources: {{product: {product}}}
when:                    # a condition; take the line out if it always holds. A `require` has `needs:` and `remedy:` too
says:                    # one sentence without a full stop, as the customer may read it
authority:
  - title:               # who demands it: the act, the prospectus, the decision of the house
    article:             # where in it; take the line out if there is none
    href:                # its address
    reviewed_on:         # the day you read it, such as 2026-10-05
    standing:            # quoted | relayed | secondary | computed | house | recalled
effective: {{from: }}      # since when it holds
"""
JURISDICTION = """\
jurisdiction: {code}
name: {name}
positions:
  - layer:               # {layers}
    product: {product}
    access:              # {access}
    says:                # one sentence without a full stop
    effective: {{from: }}  # since when it holds
    authority:
      - title:           # who says so: the act, the prospectus, the venue's page
        article:         # where in it; take the line out if there is none
        href:            # its address
        reviewed_on:     # the day you read it, such as 2026-10-05
        standing:        # quoted | relayed | secondary | computed | house | recalled
"""
CASES = """\
as_of:                   # the instant the cases are asked at, such as 2026-10-05T12:00:00Z
cases:
  - case:                # a sentence an officer can read: who may or may not do what
    as: {persona}
    subject: {subject}
    action: {{name: {action}}}
    resource: {{type: , id: }}
    outcome:             # allow | deny | refer | incomplete
    grounds: {ground}
"""


@new.command()
def rule(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens: eea-retail-disclosure.")],
    *,
    theme: Annotated[str, typer.Option(help="The folder under rules/ that it belongs into.")] = "house",
    rulebook: RulebookOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write rules/THEME/NAME.yaml and its cases."""
    for what, given in (("name", name), ("theme", theme)):
        if not _SLUG.fullmatch(given):
            fail(f"`{given}` is no {what}", help="small letters, digits and hyphens, such as `eea-retail-disclosure`")
    known = words_of(sources_of(rulebook))
    gaps = {
        "name": name,
        "product": known["products"][0],
        "action": known["classes"][0],
        "actions": ", ".join(known["classes"]),
    }
    cases = {
        "persona": known["personas"][0],
        "subject": "{}",
        "action": known["actions"][0],
        "ground": f"[{name}]",
    }
    place = folder_of(rulebook) / "rules" / theme
    written = _write({place / f"{name}.yaml": RULE.format(**gaps), place / f"{name}.cases.yaml": CASES.format(**cases)})
    _tell(written, as_json=as_json)


@new.command()
def jurisdiction(
    code: Annotated[str, typer.Argument(help="An ISO 3166-1 or 3166-2 code, or XK: CH, UA-43.")],
    *,
    rulebook: RulebookOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write jurisdictions/CODE.yaml and its cases."""
    from compliance.vocabulary import territory
    from compliance.vocabulary.suggestions import alternatives

    try:
        code = territory.canonical(code)
    except territory.UnknownTerritory as error:
        fail(error.sentence, help=f"did you mean {alternatives(error.suggestions)}" if error.suggestions else "")
    known = words_of(sources_of(rulebook))
    gaps = {
        "code": code,
        "name": _plain(territory.name(code)),
        "product": known["products"][0],
        "layers": " | ".join(known["layers"]),
        "access": " | ".join(known["access"]),
    }
    cases = {
        "persona": known["personas"][0],
        "subject": f"{{residence: {code}}}",
        "action": known["actions"][0],
        "ground": "            # [the rule or position that decides]",
    }
    place = folder_of(rulebook) / "jurisdictions"
    written = _write(
        {place / f"{code}.yaml": JURISDICTION.format(**gaps), place / f"{code}.cases.yaml": CASES.format(**cases)}
    )
    _tell(written, as_json=as_json)


def words_of(sources: Iterable[Source]) -> Mapping[str, tuple[str, ...]]:
    """Return the names that a rulebook uses, read without asking whether it compiles; a gap where it has none."""
    from compliance.language.nodes import Scalar, Sequence, Table
    from compliance.language.reader import read_source

    found: dict[str, tuple[str, ...]] = {}
    for source in sources:
        if source.path == "rules/vocabulary.yaml":
            node, _ = read_source(source)
            tables = {key: node.get(key) if isinstance(node, Table) else None for key in ("actions", "access")}
            for key, table in tables.items():
                found["classes" if key == "actions" else key] = tuple(table.entries) if isinstance(table, Table) else ()
            actions = tables["actions"]
            lists = [value for _, value in actions.pairs()] if isinstance(actions, Table) else []
            layers = node.get("layers") if isinstance(node, Table) else None
            found["actions"] = tuple(name for listed in lists for name in _words(listed))
            found["layers"] = tuple(_words(layers))
        elif source.path == "rules/personas.yaml":
            node, _ = read_source(source)
            personas = node.get("personas") if isinstance(node, Table) else None
            found["personas"] = tuple(personas.entries) if isinstance(personas, Table) else ()
        elif "product:" in source.text:
            node, _ = read_source(source)
            items = node.items if isinstance(node, Sequence) else (node,)
            heads = [next(iter(item.pairs()), None) for item in items if isinstance(item, Table)]
            named = [v.value for k, v in filter(None, heads) if k.value == "product" and isinstance(v, Scalar)]
            found["products"] = found.get("products", ()) + tuple(named)
    names = ("classes", "actions", "access", "layers", "personas", "products")
    return {name: found.get(name) or ("",) for name in names}


def _words(node: object) -> list[str]:
    from compliance.language.nodes import Scalar, Sequence

    return [item.value for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []


def _plain(name: str) -> str:
    """Return a name as YAML reads it back: in quotes where it must be."""
    return f'"{name}"' if re.search(r"[:#,\[\]{}&*!|>'\"%@`]", name) else name


def _write(texts: Mapping[Path, str]) -> list[Path]:
    """Write new files; one that is there already ends the command before anything is written."""
    for path in texts:
        if path.exists():
            fail(f"`{path}` is there already", help="take another name, or edit it", code=Exit.PROBLEMS)
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(line.rstrip() for line in text.split("\n")), encoding="utf-8")
    except OSError as error:
        fail(f"`{error.filename}` cannot be written: {(error.strerror or 'no reason given').lower()}")
    return list(texts)


def _tell(written: list[Path], *, as_json: bool) -> None:
    if as_json:
        print_json({"written": [str(path) for path in written]})
        return
    out = console()
    for path in written:
        say(out, f"wrote {path}")
    say(out, "fill in what is empty: `compliance check` points at each gap")
