"""The real app, asked over ASGI, with a clock that stands."""

import asyncio

import httpx

from compliance.api import create_app
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings
from tests.gate.support import NOW, ROOT, gate, reader, retail, shipped, tiny

__all__ = ["NOW", "ROOT", "Client", "faults", "gate", "reader", "retail", "shipped", "tiny"]


def ledger_in(folder):
    """Return a real ledger in a folder, whose clock is the machine's."""
    return Ledger.open(LedgerSettings(f"sqlite:///{folder}/ledger.db", folder, "example.com/log"))


class Client:
    """Asks one app."""

    def __init__(self, book=None, recorder=None, now=NOW, settings=None):
        self.gate = gate(book, recorder, now)
        self.app = create_app(self.gate, settings)

    def request(self, method, path, **options):
        async def ask():
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)


def faults(response, status=400):
    """Return what a problem document names: pointers and parameters; the response must be one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    assert document["type"].startswith("/docs/problems#")
    for error in document.get("errors", []):
        assert not error["detail"].endswith(".")
    return [error.get("pointer", error.get("parameter")) for error in document.get("errors", [])]
