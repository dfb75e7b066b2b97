"""The regions of Unicode CLDR, which seed and check the groups of `jurisdictions/groups/`."""

from __future__ import annotations

from compliance.vocabulary.cldr.containment import cldr_region

__all__ = ["cldr_region"]
