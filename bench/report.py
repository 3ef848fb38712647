"""Measurements as a Markdown table and as an SVG bar chart.

In: results. Out: text. It never measures and never writes a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import Final

from bench.contenders import BASELINE

_COLOURS: Final = {"docrel": "#2f6fb0", BASELINE: "#8a8f98"}
_OTHER_COLOUR: Final = "#c9a55c"
_WIDTH, _BAR, _GAP, _LABEL, _NUMBER = 760, 16, 30, 150, 150


@dataclass(frozen=True, slots=True)
class Result:
    """What one contender needed for one measure, one value a repetition."""

    measure: str
    unit: str
    contender: str
    values: tuple[float, ...]

    @property
    def value(self) -> float:
        """The median of the repetitions."""
        return median(self.values)


def _groups(results: Sequence[Result]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.measure, []).append(result)
    return groups


def _ratio(result: Result, group: Sequence[Result]) -> str:
    base = next((other for other in group if other.contender == BASELINE), None)
    return f"{result.value / base.value:.2f}×" if base else "–"


def markdown(results: Sequence[Result], facts: Sequence[str], fidelity: Sequence[str]) -> str:
    """Give the report: a table of medians, minima and ratios, then what the figures stand for."""
    lines = [
        "# Benchmark: the mission documents",
        "",
        "Written by `python -m bench.run`. Contenders take turns within each repetition; the ratio is that",
        f"of the medians, relative to `{BASELINE}`. Less is better everywhere.",
        "",
        f"| measure | contender | median | best | ratio to {BASELINE} |",
        "|---|---|---:|---:|---:|",
    ]
    for measure, group in _groups(results).items():
        for result in group:
            median_text, best = f"{result.value:,.3f}", f"{min(result.values):,.3f}"
            lines.append(
                f"| {measure} | {result.contender} | {median_text} {result.unit} | {best} {result.unit} "
                f"| {_ratio(result, group)} |"
            )
    lines += ["", "## What came back", "", *(f"- {line}" for line in fidelity)]
    lines += ["", "## Where", "", *(f"- {fact}" for fact in facts), ""]
    return "\n".join(lines)


def svg(results: Sequence[Result]) -> str:
    """Draw one group of bars a measure, each group on a scale of its own."""
    room = _WIDTH - _LABEL - _NUMBER
    body: list[str] = []
    top = 10
    for measure, group in _groups(results).items():
        longest = max(result.value for result in group) or 1.0
        body.append(f'<text x="10" y="{top + 13}" font-weight="bold">{escape(measure)}</text>')
        top += 20
        for result in group:
            width = max(1.0, room * result.value / longest)
            colour = _COLOURS.get(result.contender, _OTHER_COLOUR)
            text = f"{result.value:,.3f} {result.unit} ({_ratio(result, group)})"
            body += [
                f'<text x="{_LABEL - 8}" y="{top + 12}" text-anchor="end">{escape(result.contender)}</text>',
                f'<rect x="{_LABEL}" y="{top}" width="{width:.1f}" height="{_BAR - 2}" fill="{colour}"/>',
                f'<text x="{_LABEL + width + 6:.1f}" y="{top + 12}">{escape(text)}</text>',
            ]
            top += _BAR
        top += _GAP - _BAR
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" '
        f'height="{top}" font-family="sans-serif" font-size="11">'
    )
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{top}" fill="white"/>', *body, "</svg>", ""])
