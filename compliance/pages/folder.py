"""Write the pages of a site into a folder, and take away what an earlier site left there.

Invariant: nothing is written or taken away in a folder that holds anything but a site of ours: `pages.json` says what
is ours. It is written first, so that a site that was not finished is known as ours too.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.pages.rendering import Page

MANIFEST: Final = "pages.json"


class NotOurs(Exception):  # noqa: N818 - what the folder is
    """The folder holds something that is no site of ours, or it is no folder."""


def check_folder(folder: Path) -> None:
    """Say whether a site may be written into `folder`.

    Raises:
        NotOurs: if it may not.
    """
    if folder.exists() and not folder.is_dir():
        message = f"`{folder}` is no folder"
        raise NotOurs(message)
    if folder.is_dir() and any(folder.iterdir()) and _files_of(folder) is None:
        message = f"`{folder}` holds something else"
        raise NotOurs(message)


def write_site(folder: Path, pages: Iterable[Page], about: dict[str, str]) -> tuple[int, int]:
    """Write `pages` into `folder`, and return how many files there are and how many bytes.

    Args:
        folder: a folder that is empty, that does not exist yet, or that holds a site of ours.
        pages: what to write.
        about: what `pages.json` says besides the files: the instant and the rulebook.

    Raises:
        NotOurs: if the folder holds anything else.
        OSError: if a file cannot be written.
    """
    check_folder(folder)
    before = _files_of(folder) or []
    folder.mkdir(parents=True, exist_ok=True)
    made = {page.address: page.text.encode() for page in pages}
    _write_manifest(folder, about, sorted({*before, *made}))
    for address, content in made.items():
        file = folder / address
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for address in before:
        if address not in made:
            _remove(folder, address)
    size = _write_manifest(folder, about, sorted(made))
    return len(made) + 1, size + sum(map(len, made.values()))


def _write_manifest(folder: Path, about: dict[str, str], files: list[str]) -> int:
    text = json.dumps({"made_by": "compliance docs", **about, "files": files}, indent=1) + "\n"
    return (folder / MANIFEST).write_bytes(text.encode())


def _files_of(folder: Path) -> list[str] | None:
    """Return the files of the site in `folder`, or `None` if there is none."""
    try:
        read = json.loads((folder / MANIFEST).read_bytes())
        files = read["files"]
        ours = read["made_by"] == "compliance docs" and isinstance(files, list)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return [str(file) for file in files if _is_inside(str(file))] if ours else None


def _is_inside(address: str) -> bool:
    steps = PurePosixPath(address)
    return not steps.is_absolute() and ".." not in steps.parts and "\\" not in address


def _remove(folder: Path, address: str) -> None:
    """Take a file away, and the folders that it leaves empty."""
    file = folder / address
    file.unlink(missing_ok=True)
    for parent in file.parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            return
        parent.rmdir()
