"""
SVG of ours as PNG, by resvg.

It reads neither network nor files for what we draw.  It takes fonts from this machine, and a picture without letters
would be worse than none, so one with Cyrillic letters is looked for first.
"""

from __future__ import annotations

import math
import re
from threading import Lock
from typing import Final

import resvg_py

SIZE: Final = re.compile(r'<svg\b[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"')
# The process ends when memory for a picture cannot be had, so its size is bounded before: 64 MB of pixels.
_MOST_PIXELS: Final = 16_000_000
_SHARP: Final = 2.0
# Smaller letters cannot be read.
_SMALLEST: Final = 0.45
_FAMILIES: Final = (
    "DejaVu Sans", "Liberation Sans", "Noto Sans", "PT Sans", "Open Sans", "Roboto", "Arial", "Segoe UI", "Helvetica",
)  # fmt: skip
_PROBE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" font-family="sans-serif" font-size="16">'
    '<text x="2" y="18">{}</text></svg>'
)


class PictureError(Exception):
    """A picture that cannot be made; `template` and `values` make the message."""

    def __init__(self, template: str, /, **values: object) -> None:
        self.template, self.values = template, values
        super().__init__(template.format(**values))


class Rasteriser:
    """Makes PNG of SVG, one at a time, so that memory stays bounded.  Safe in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._family: str | None = None

    def png(self, svg: str) -> bytes:
        """
        The drawing on white, twice as large as it says, or less where that would be too many pixels.

        Raises:
            PictureError: The machine has no font with Cyrillic letters, or the drawing is too large to be read.
        """
        zoom = _zoom(svg)
        with self._lock:
            self._family = self._family or _family()
            return bytes(
                resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, background="#ffffff", sans_serif_family=self._family)
            )


def _zoom(svg: str) -> float:
    size = SIZE.search(svg)
    if size is None:
        raise PictureError("The drawing has no size")
    width, height = float(size[1]), float(size[2])
    zoom = min(_SHARP, math.sqrt(_MOST_PIXELS / max(width * height, 1)))
    if zoom < _SMALLEST:
        raise PictureError(
            "The drawing of {width} × {height} points is too large for a picture that can be read; draw a part of it, "
            "or take SVG",
            width=round(width),
            height=round(height),
        )
    return zoom


def _family() -> str:
    """A family of this machine that draws two Cyrillic letters differently."""
    for family in _FAMILIES:
        first, second = (
            resvg_py.svg_to_bytes(svg_string=_PROBE.format(letter), sans_serif_family=family) for letter in "ЖЩ"
        )
        if first != second:
            return family
    raise PictureError(
        "This machine has no font with Cyrillic letters that pictures could be made with; install one, such as "
        "DejaVu Sans, or take SVG"
    )
