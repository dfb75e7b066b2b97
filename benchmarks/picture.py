"""The figures as one picture: a bar for each engine, on a logarithmic scale, written as SVG by hand."""

from __future__ import annotations

import math
from html import escape
from typing import Any

WIDTH, LEFT, RIGHT, LINE, TOP = 900, 210, 110, 24, 64
COLOURS = {"ours": "#0b6e4f", "handwritten": "#555555"}
OTHER = "#8aa4c8"


def colour(engine: str) -> str:
    """Ours stand out, the yardstick is grey."""
    return next((value for prefix, value in COLOURS.items() if engine.startswith(prefix)), OTHER)


def text(x: float, y: float, words: str, *, size: int = 13, anchor: str = "start", fill: str = "#222") -> str:
    """Write words at a place."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def draw(result: dict[str, Any]) -> str:
    """Draw p50 as a bar with p99 as a tick."""
    rows = [row for row in result["engines"] if row["failure"] is None]
    about = result["conditions"]
    slowest = max(row["p99_us"] for row in rows)
    low, high = math.floor(math.log10(min(row["p50_us"] for row in rows)) - 0.2), math.ceil(math.log10(slowest))
    scale = (WIDTH - LEFT - RIGHT) / (high - low)

    def across(value: float) -> float:
        return LEFT + (math.log10(max(value, 10**low)) - low) * scale

    height = TOP + LINE * len(rows) + 48
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        text(16, 26, "Microseconds for one decision (bar: median, tick: 99th percentile; logarithmic)", size=16),
        text(
            16,
            46,
            f"{about['rules']} rules, {about['jurisdictions']} jurisdictions, complete requests, one thread; "
            f"{about['processor']}, Python {about['python']}, {about['date']}",
            size=11,
            fill="#666",
        ),
    ]
    bottom = TOP + LINE * len(rows)
    for power in range(low, high + 1):
        x = across(10**power)
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{TOP}" y2="{bottom}" stroke="#ddd"/>')
        parts.append(text(x, bottom + 18, f"{10**power:g}", size=11, anchor="middle", fill="#666"))
    for position, row in enumerate(rows):
        y = TOP + LINE * position
        end, tick = across(row["p50_us"]), across(row["p99_us"])
        parts.append(text(LEFT - 8, y + 16, f"{row['engine']} {row['form']}", anchor="end"))
        parts.append(
            f'<rect x="{LEFT}" y="{y + 4}" width="{max(end - LEFT, 1):.1f}" height="{LINE - 8}" '
            f'fill="{colour(row["engine"])}"/>'
        )
        parts.append(f'<line x1="{tick:.1f}" x2="{tick:.1f}" y1="{y + 4}" y2="{y + LINE - 4}" stroke="#222"/>')
        parts.append(text(max(end, tick) + 6, y + 16, f"{row['p50_us']:,.1f} us, {row['ratio']:,.1f}x", size=11))
    return "\n".join([*parts, "</svg>"]) + "\n"
