"""The site of the shipped rulebook at one instant, made once for all tests of a worker."""

from datetime import UTC, datetime

import pytest

from compliance import load
from compliance.pages.material import Material
from compliance.pages.policies import read_policies
from compliance.pages.site import Site
from tests.cli.support import ROOT

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def book():
    return load()


@pytest.fixture(scope="session")
def material(book):
    return Material(book, NOW, book.rulebook.personas["verified-retail"])


@pytest.fixture(scope="session")
def pages(material):
    """Every file of the site: address -> text."""
    return {page.address: page.text for page in Site(material, read_policies(ROOT)).pages()}


@pytest.fixture(scope="session")
def folder(pages, tmp_path_factory):
    """The site on disk."""
    made = tmp_path_factory.mktemp("site")
    for address, text in pages.items():
        (made / address).parent.mkdir(parents=True, exist_ok=True)
        (made / address).write_text(text, encoding="utf-8")
    return made
