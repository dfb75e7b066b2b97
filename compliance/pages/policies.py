"""Turn decisions of the house, kept as Markdown in `docs/policy/`, into HTML that belongs to the site.

A link to another decision leads to its page, a link to the world stays, and any other becomes plain text: its target is
not on the site. Raw HTML in a decision is shown, not obeyed.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markupsafe import Markup

from compliance.pages import addresses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from markdown_it.token import Token

FOLDER: Final = "docs/policy"
"""Where decisions of the house lie, in the folder that holds a rulebook: authorities name them by this path."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One decision: where its page is, what it is called, and what it says, as HTML without the title."""

    href: str
    address: str
    title: str
    body: Markup


def read_policies(folder: Path) -> dict[str, str]:
    """Return the decisions that lie beside a rulebook, by the path that authorities give; none if there are none.

    Raises:
        OSError: if one cannot be read.
    """
    found = sorted((folder / FOLDER).glob("*.md"))
    return {f"{FOLDER}/{file.name}": file.read_text(encoding="utf-8", errors="replace") for file in found}


def policies_of(texts: Mapping[str, str]) -> tuple[Policy, ...]:
    """Return decisions as pages, in order of path."""
    return tuple(_policy(href, text, texts) for href, text in sorted(texts.items()))


def _policy(href: str, text: str, others: Mapping[str, str]) -> Policy:
    first, _, rest = text.lstrip().partition("\n")
    title, body = (first.removeprefix("# ").strip(), rest) if first.startswith("# ") else (href, text)
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")

    def table_open(*_: Any) -> str:
        return f'<div class="scroll"><table>\n<caption>{escape(title)}</caption>\n'

    def table_close(*_: Any) -> str:
        return "</table></div>\n"

    reader.add_render_rule("table_open", table_open)
    reader.add_render_rule("table_close", table_close)
    tokens = reader.parse(body)
    for token in tokens:
        if token.children:
            token.children = _linked(token.children, href, others)
    made = Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 - escaped by the Markdown reader
    return Policy(href, addresses.policy(href), title, made)


def _linked(tokens: list[Token], href: str, others: Mapping[str, str]) -> list[Token]:
    """Return inline tokens with links that lead somewhere; of the others, the text alone."""
    kept: list[Token] = []
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href") or ""), href, others)
            dropped = target is None
            if target is not None:
                token.attrSet("href", target)
        if token.type in {"link_open", "link_close"} and dropped:
            continue
        if token.type != "image":
            kept.append(token)
    return kept


def _target(link: str, href: str, others: Mapping[str, str]) -> str | None:
    if link.startswith("https://"):
        return link
    path = (PurePosixPath(href).parent / link.split("#", 1)[0]).as_posix()
    return PurePosixPath(addresses.policy(path)).name if path in others else None
