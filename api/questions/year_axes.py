"""The plane of a chart over years: round numbers up its side, years along it, and what is drawn between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class YearAxes:
    """
    Where years and values stand in a drawing, in pixels.

    `years` and `scale` are in order; `inset` is the room before the first and after the last year.  A single year
    stands in the middle.
    """

    years: Sequence[int]
    scale: Sequence[float]
    left: float
    right: float
    top: float
    bottom: float
    inset: float

    def x(self, year: int) -> float:
        """Where a year stands; there is one at least."""
        first, last = self.years[0], self.years[-1]
        if first == last:
            return (self.left + self.right) / 2
        return self.left + self.inset + (self.right - self.left - 2 * self.inset) * (year - first) / (last - first)

    def y(self, value: float) -> float:
        """Where a value stands."""
        least, most = self.scale[0], self.scale[-1]
        return self.bottom - (self.bottom - self.top) * (value - least) / ((most - least) or 1)

    def grid(self, years: Iterable[int], number: Callable[[float], str]) -> list[Markup]:
        """The lines of the scale with their values, which `number` writes, and these years below them."""
        lines = [
            Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{y:.1f}" y2="{y:.1f}"/>'
                '<text x="{}" y="{base:.1f}" class="end">{}</text>'
            ).format(self.left, self.right, self.left - 8, number(step), y=self.y(step), base=self.y(step) + 4)
            for step in self.scale
        ]
        below = [
            Markup('<text x="{:.1f}" y="{:g}" class="middle">{}</text>').format(self.x(year), self.bottom + 22, year)
            for year in years
        ]
        return lines + below

    def line(self, points: Iterable[tuple[int, float]]) -> Markup:
        """The line through points of a year and a value, in their order."""
        path = " ".join(
            f"{'L' if place else 'M'}{self.x(year):.1f},{self.y(value):.1f}"
            for place, (year, value) in enumerate(points)
        )
        return Markup('<path class="line" d="{}"/>').format(path)

    def mark(self, sign: str, year: int, value: float, words: str) -> Markup:
        """The path `sign` at a point; `words` are told of it."""
        return Markup('<path class="mark" d="{}" transform="translate({:.1f} {:.1f})"><title>{}</title></path>').format(
            sign, self.x(year), self.y(value), words
        )


def nice_scale(values: Sequence[float], *, steps: int = 5) -> list[float]:
    """Round numbers from below the least value, or zero if that is not far from it, to beyond the greatest."""
    if not values:
        return [0.0, 1.0]
    least, most = min(values), max(values)
    if least > 0 and most > 0 and least < most * 0.75:
        least = 0.0
    if least == most:
        least, most = (0.0, most) if most > 0 else (least, 0.0) if least < 0 else (0.0, 1.0)
    raw = (most - least) / steps
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in _STEPS if factor * power >= raw * (1 - 1e-9))
    first = math.floor(least / step + 1e-9)
    last = math.ceil(most / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]
