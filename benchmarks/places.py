"""Territories for the workload: two-letter ISO 3166-1 codes, and lists of them as rulebooks keep."""

from __future__ import annotations

_FIRST = """
CH DE FR IT ES NL BE AT PT IE LU DK SE NO FI IS PL CZ SK HU RO BG GR SI HR LT LV EE MT CY
GB TR UA RS AE SA QA KW BH OM IL EG MA NG KE ZA GH JP KR TH VN PH ID MY SG HK TW IN BR AR CL
"""
_REST = """
AD AG AI AL AM AO AQ AS AU AW AX AZ BA BB BD BF BI BJ BL BM BN BO BQ BS BT BV BW BY BZ CA CC CD CF CG CI CK CM CN CO
CR CU CV CW CX DJ DM DO DZ EC EH ER ET FJ FK FM FO GA GD GE GF GG GI GL GM GN GP GQ GS GT GU GW GY HM HN HT IM IO IQ
IR JE JM JO KG KH KI KM KN KP KY KZ LA LB LC LI LK LR LS LY MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MU MV MW MX
MZ NA NC NE NF NI NP NR NU NZ PA PE PF PG PK PM PN PR PS PW PY RE RU RW SB SC SD SH SJ SL SM SN SO SR SS ST SV SX SY
SZ TC TD TF TG TJ TK TL TM TN TO TT TV TZ UG UM US UY UZ VA VC VE VG VI VU WF WS YE YT ZM ZW
"""
HOMES: tuple[str, ...] = tuple((_FIRST + _REST).split())
"""Every territory, those with rules in the ordinary workload first."""
ELSEWHERE: tuple[str, ...] = HOMES[-8:]
"""Homes for which no ordinary workload has rules of its own."""

LISTS: dict[str, tuple[str, ...]] = {
    "embargoed": ("CU", "IR", "KP", "SY"),
    "listed-high": ("IR", "KP", "MM"),
    "listed-grey": ("BF", "CD", "HT", "KE", "LA", "LB", "MC", "NA", "NG", "SS", "VE", "VN", "YE"),
    "sectoral": ("BY", "CU", "IR", "KP", "RU", "SY", "VE"),
    "american": ("AS", "GU", "MP", "PR", "US", "VI"),
    "closed-markets": ("AU", "CA", "CN", "US"),
    "offshore": ("BM", "BS", "KY", "PA", "SC", "VG", "VU"),
    "treaty": ("AT", "BE", "CH", "DE", "DK", "FR", "IE", "IT", "LU", "NL", "NO", "SE"),
}
"""Lists of places that several rules share, as groups in a rulebook are."""
