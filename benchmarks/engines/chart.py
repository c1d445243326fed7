"""A bar chart as SVG: groups of bars along a logarithmic scale, legible on light and on dark ground."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

_COLOURS: Final = ("#c2410c", "#2563eb", "#059669", "#7c3aed", "#a16207", "#64748b")
"""As many as there may be rows in a group; each has a contrast of at least 3 to white and to the dark ground."""

_WIDTH, _LEFT, _RIGHT, _TOP = 860, 120, 80, 74
_BAR, _GAP = 11, 12
_STYLE: Final = (
    "text{font:12px system-ui,sans-serif;fill:#1f2937}.small{font-size:10px}.title{font-size:14px;font-weight:600}"
    ".grid{stroke:#d1d5db;stroke-width:1}"
    "@media (prefers-color-scheme:dark){.ground{fill:#111827}text{fill:#e5e7eb}.grid{stroke:#374151}}"
)


def bar_chart(title: str, unit: str, groups: Mapping[str, Mapping[str, float]], rows: Sequence[str]) -> str:
    """groups: name -> row -> value above 0; a row without a value in a group has no bar there. rows: at most six, in
    order. Raises ValueError for more, and where there is no value at all."""
    values = [value for group in groups.values() for value in group.values()]
    if len(rows) > len(_COLOURS):
        raise ValueError(f"{len(rows)} rows in a group are too many to tell apart; at most {len(_COLOURS)} can be.")
    if not values or min(values) <= 0:
        raise ValueError("A logarithmic scale needs values, and all above 0.")
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    last = max(last, first + 1)
    scale = (_WIDTH - _LEFT - _RIGHT) / (last - first)
    shown = {name: [row for row in rows if row in group] for name, group in groups.items()}
    height = _TOP + sum(len(own) * _BAR + _GAP for own in shown.values()) + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="title" x="12" y="22">{escape(title)}</text>',
        *_legend(rows),
    ]
    for power in range(first, last + 1):
        x = _LEFT + (power - first) * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 8}" y2="{height - 20}"/>')
        marked = f"{10.0**power:g} {escape(unit)}"
        parts.append(f'<text class="small" x="{x:.1f}" y="{height - 6}" text-anchor="middle">{marked}</text>')
    y: float = _TOP
    for name, own in shown.items():
        middle = y + len(own) * _BAR / 2 + 4
        parts.append(f'<text x="{_LEFT - 8}" y="{middle:.1f}" text-anchor="end">{escape(name)}</text>')
        for row in own:
            value = groups[name][row]
            # A value at the beginning of the scale has a bar that can be seen all the same.
            width = max(1.0, (math.log10(value) - first) * scale)
            parts.append(
                f'<rect x="{_LEFT}" y="{y:.1f}" width="{width:.1f}" height="{_BAR - 2}" '
                f'fill="{_COLOURS[rows.index(row)]}"><title>{escape(row)}: {value:.3g} {escape(unit)}</title></rect>'
            )
            parts.append(
                f'<text class="small" x="{_LEFT + width + 4:.1f}" y="{y + _BAR - 3:.1f}">{_shown(value)}</text>'
            )
            y += _BAR
        y += _GAP
    return "\n".join([*parts, "</svg>"]) + "\n"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _legend(rows: Sequence[str]) -> list[str]:
    parts = []
    for place, row in enumerate(rows):
        x = _LEFT + place * 110
        parts.append(f'<rect x="{x}" y="38" width="11" height="11" fill="{_COLOURS[place]}"/>')
        parts.append(f'<text x="{x + 16}" y="48">{escape(row)}</text>')
    return parts
