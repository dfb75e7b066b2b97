"""What the shipped catalogue says of instruments, where no rule reads it and so no case can."""

from __future__ import annotations

import pytest

from compliance import load

# Reference: support.kraken.com/articles/xstocks-faq.
ROUND_THE_CLOCK = {
    "AAPLx", "CRCLx", "GLDx", "GOOGLx", "HOODx", "MSTRx", "NVDAx", "QQQx", "SPYx", "TSLAx",
}  # fmt: skip


@pytest.fixture(scope="module")
def xstocks():
    entries = load().rulebook.catalogue["instrument"].values()
    return {entry.id: entry.facts for entry in entries if entry.product == "xstocks"}


def test_ten_instruments_trade_at_the_weekend_and_no_other(xstocks):
    assert {name for name, facts in xstocks.items() if facts["resource.hours"] == "24x7"} == ROUND_THE_CLOCK
    assert {facts["resource.hours"] for facts in xstocks.values()} == {"24x5", "24x7"}


def test_every_mint_is_on_the_chain_that_the_catalogue_names(xstocks):
    assert len(xstocks) == 79
    assert all(facts["resource.mint"] for facts in xstocks.values())
    assert {facts["resource.chain"] for facts in xstocks.values()} == {"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"}


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("leveraged-etf", {"TQQQx"}),
        ("commodity-etp", {"GLDx", "SLVx", "PALLx", "PPLTx"}),
        ("treasury-etf", {"TBLLx"}),
        ("spac-stock", {"KRAQx"}),
        ("preferred-stock", {"STRCx"}),
        ("adr", {"AMBRx", "AZNx", "NVOx"}),
        ("etf", {"COPXx", "IEMGx", "IJRx", "IWMx", "QQQx", "SCHFx", "SPYx", "VTIx", "VTx"}),
    ],
)
def test_what_is_no_plain_stock_is_stated_as_such(xstocks, kind, ids):
    assert {name for name, facts in xstocks.items() if facts["resource.asset_class"] == kind} == ids


def test_one_underlying_belongs_to_the_group_of_the_venue(xstocks):
    assert [name for name, facts in xstocks.items() if facts["resource.affiliated"]] == ["KRAQx"]
