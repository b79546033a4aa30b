"""
SVG of ours as PNG, by resvg.

It reads neither network nor files for what we draw.  It takes fonts from this machine, and a picture without letters
would be worse than none, so one with Cyrillic letters is looked for first.

`python -m api.rasters` makes one picture: resvg lets no other thread run meanwhile, for seconds, and ends the process
where memory cannot be had.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from threading import BoundedSemaphore, Lock
from typing import Final

import resvg_py

from api.svg import writable
from graph.errors import PoolBusyError
from graph.worker_limits import die_with, limit_memory
from graph.worker_process import environment

SIZE: Final = re.compile(r'<svg\b[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"')
# 64 MB of pixels.
_MOST_PIXELS: Final = 16_000_000
_SHARP: Final = 2.0
# Smaller letters cannot be read.
_SMALLEST: Final = 0.45
_SECONDS: Final = 60.0
_MEMORY: Final = 2 * 1024**3
# One is made, others wait for it.
_PLACES: Final = 4
# How the process ends where no font has Cyrillic letters.
_NO_FONT: Final = 3
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
    """Makes PNG of SVG, one at a time, of at most `places` that are asked for at once.  Safe in threads."""

    def __init__(self, *, places: int = _PLACES) -> None:
        self._places = BoundedSemaphore(places)
        self._lock = Lock()
        self._family = ""

    def png(self, svg: str) -> bytes:
        """
        The drawing on white, twice as large as it says, or less where that would be too many pixels.

        Raises:
            PictureError: The machine has no font with Cyrillic letters, or the drawing is too large to be read or made.
            PoolBusyError: Too many pictures are being made.
        """
        asked = {
            "svg": writable(svg),
            "zoom": _zoom(svg),
            "families": [self._family] if self._family else _FAMILIES,
            "parent": os.getpid(),
        }
        if not self._places.acquire(blocking=False):
            raise PoolBusyError("Too many pictures are being made; try again later")
        try:
            with self._lock:
                family, _, picture = _made(asked).partition(b"\n")
                self._family = family.decode()
        finally:
            self._places.release()
        return picture


def _made(asked: dict[str, object]) -> bytes:
    """What the process writes: the family, and the picture on the lines behind it."""
    try:
        done = subprocess.run(
            # -P: the current folder may hold packages of the same names.
            [sys.executable, "-P", "-m", "api.rasters"],
            input=json.dumps(asked).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        if error.returncode == _NO_FONT:
            raise PictureError(
                "This machine has no font with Cyrillic letters that pictures could be made with; install one, such "
                "as DejaVu Sans, or take SVG"
            ) from None
        raise PictureError("The picture could not be made; draw a part of it, or take SVG") from None
    except (OSError, subprocess.TimeoutExpired):
        raise PictureError("The picture could not be made; draw a part of it, or take SVG") from None
    return done.stdout


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


def main() -> None:
    asked = json.load(sys.stdin)
    die_with(asked["parent"])
    limit_memory(_MEMORY)
    if sys.platform != "win32":
        os.nice(5)
    family = _family(asked["families"])
    picture = resvg_py.svg_to_bytes(
        svg_string=asked["svg"], zoom=asked["zoom"], background="#ffffff", sans_serif_family=family
    )
    sys.stdout.buffer.write(family.encode() + b"\n" + bytes(picture))


def _family(families: list[str]) -> str:
    """The family of this machine that draws two Cyrillic letters differently; without one the process ends."""
    for family in families:
        first, second = (
            resvg_py.svg_to_bytes(svg_string=_PROBE.format(letter), sans_serif_family=family) for letter in "ЖЩ"
        )
        if first != second:
            return family
    sys.exit(_NO_FONT)


if __name__ == "__main__":
    main()
