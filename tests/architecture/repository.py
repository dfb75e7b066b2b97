"""What the repository holds -> lists of files and modules for the lints beside this file."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "compliance"

# Written by alembic, one file a change of the tables: they mirror nothing and read as they were generated.
GENERATED = PACKAGE / "storage" / "migrations"


def shipped_files() -> list[Path]:
    """Every file that is, or is about to be, under version control."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return sorted({ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()})


def modules() -> list[Path]:
    """Every module of the package but `__init__` and `__main__`, which only name and start things."""
    return sorted(
        path
        for path in PACKAGE.rglob("*.py")
        if path.stem not in {"__init__", "__main__"} and GENERATED not in path.parents
    )


def packages() -> list[Path]:
    """Every package inside `compliance/`."""
    return sorted(
        path.parent
        for path in PACKAGE.rglob("__init__.py")
        if path.parent not in {PACKAGE, GENERATED} and GENERATED not in path.parents
    )


def relative(path: Path) -> str:
    """How a message names a file."""
    return path.relative_to(ROOT).as_posix()
