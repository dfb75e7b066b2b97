"""`tests/` mirrors `compliance/`, file for file."""

from pathlib import Path

from tests.architecture.repository import PACKAGE, ROOT, modules, relative

# Modules that have no test file of their own yet; their results are asserted by the tests of what calls them. The list
# may only get shorter: a module that is gone, or that has its file now, must leave it.
EXCEPTIONS: list[str] = (Path(__file__).parent / "unmirrored.txt").read_text().split()


def mirror_of(module: Path) -> Path:
    inside = module.relative_to(PACKAGE)
    return ROOT / "tests" / inside.parent / f"test_{inside.name}"


def test_every_module_has_a_test_file_of_its_name():
    missing = [
        f"{relative(module)} has no {relative(mirror_of(module))}"
        for module in modules()
        if relative(module) not in EXCEPTIONS and not mirror_of(module).is_file()
    ]
    assert not missing, "\n".join(["modules without tests:", *missing])


def test_every_exception_is_still_one():
    known = {relative(module): mirror_of(module) for module in modules()}
    stale = [name for name in EXCEPTIONS if name not in known or known[name].is_file()]
    assert not stale, f"no longer exceptions: {stale}"
