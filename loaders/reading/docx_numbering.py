"""Automatic numbers of Word lists, resolved as a reader sees them (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PROPERTIES, _LIST, _STYLE = f"{W}pPr", f"{W}numPr", f"{W}pStyle"
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")),
    *((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


def roman(number: int) -> str:
    """A positive number in Roman figures."""
    written = ""
    for value, figure in _ROMAN:
        while number >= value:
            written, number = written + figure, number - value
    return written


def _letters(alphabet: str) -> Callable[[int], str]:
    # Word repeats the letter after the alphabet's end: a … z, aa, bb.
    return lambda number: alphabet[(number - 1) % len(alphabet)] * ((number - 1) // len(alphabet) + 1)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _letters(_LATIN),
    "upperLetter": _letters(_LATIN.upper()),
    "lowerRoman": lambda number: roman(number).lower(),
    "upperRoman": roman,
    "russianLower": _letters(_RUSSIAN),
    "russianUpper": _letters(_RUSSIAN.upper()),
    "none": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class _Level:
    text: str
    format: str
    start: int
    legal: bool
    restart_after: int | None


def _value(element: etree._Element | None, default: str) -> str:
    return default if element is None else element.get(f"{W}val", default)


def _level(element: etree._Element) -> _Level:
    restart = element.find(f"{W}lvlRestart")
    legal = element.find(f"{W}isLgl")
    return _Level(
        text=_value(element.find(f"{W}lvlText"), ""),
        format=_value(element.find(f"{W}numFmt"), "decimal"),
        start=int(_value(element.find(f"{W}start"), "1")),
        legal=legal is not None and _value(legal, "1") not in {"0", "false"},
        restart_after=None if restart is None else int(_value(restart, "0")),
    )


class Numbering:
    """
    The printed number of each list paragraph; `label` must be asked once for each paragraph in document order.

    Lists of one abstract definition share their counters, as Word counts them, unless a list overrides the start.
    """

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[tuple[str, int], _Level] = {}
        self._abstract: dict[str, str] = {}
        self._overridden: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._applied: set[tuple[str, int]] = set()
        self._by_style: dict[str, tuple[str, int]] = {}
        self._parents: dict[str, str] = {}
        if numbering is not None:
            self._read_numbering(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read_numbering(self, root: etree._Element) -> None:
        abstract = {entry.get(f"{W}abstractNumId"): entry for entry in root.iterfind(f"{W}abstractNum")}
        for entry in root.iterfind(f"{W}num"):
            list_id = entry.get(f"{W}numId", "")
            definition = abstract.get(_value(entry.find(f"{W}abstractNumId"), ""))
            if definition is None:
                continue
            self._abstract[list_id] = definition.get(f"{W}abstractNumId", "")
            for level in definition.iterfind(f"{W}lvl"):
                self._levels[list_id, int(level.get(f"{W}ilvl", "0"))] = _level(level)
            for override in entry.iterfind(f"{W}lvlOverride"):
                depth = int(override.get(f"{W}ilvl", "0"))
                replaced = override.find(f"{W}lvl")
                if replaced is not None:
                    self._levels[list_id, depth] = _level(replaced)
                start = override.find(f"{W}startOverride")
                if start is not None:
                    self._overridden[list_id, depth] = int(_value(start, "1"))

    def _read_styles(self, root: etree._Element) -> None:
        for style in root.iterfind(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            parent = style.find(f"{W}basedOn")
            if parent is not None:
                self._parents[name] = _value(parent, "")
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None:
                list_id = _value(properties.find(f"{W}numId"), "0")
                self._by_style[name] = (list_id, int(_value(properties.find(f"{W}ilvl"), "0")))

    def label(self, paragraph: etree._Element) -> str:
        """The number printed before a paragraph, «1.4.» or «а)»; empty for bullets and plain paragraphs."""
        if not self._levels:
            return ""
        list_id, depth = self._list_of(paragraph)
        level = self._levels.get((list_id, depth))
        if level is None:
            return ""
        counts = self._counts.setdefault(self._abstract[list_id], {})
        if (list_id, depth) in self._overridden and (list_id, depth) not in self._applied:
            self._applied.add((list_id, depth))
            counts[depth] = self._overridden[list_id, depth] - 1
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            lower = self._levels.get((list_id, deeper))
            if lower is None or lower.restart_after is None or depth < lower.restart_after:
                del counts[deeper]
        if level.format == "bullet":
            return ""

        def figure(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            shown = self._levels.get((list_id, place), level)
            write = str if level.legal else _FORMATS.get(shown.format, str)
            return write(counts.get(place, shown.start))

        return re.sub(r"%(\d)", figure, level.text)

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        # `iterchildren` is several times faster than `find`, and this is asked of every paragraph.
        properties = next(paragraph.iterchildren(_PROPERTIES), None)
        if properties is None:
            return "0", 0
        own = next(properties.iterchildren(_LIST), None)
        style: str | None = _value(next(properties.iterchildren(_STYLE), None), "")
        seen: set[str] = set()
        inherited = ("0", 0)
        while style and style not in seen:
            seen.add(style)
            if style in self._by_style:
                inherited = self._by_style[style]
                break
            style = self._parents.get(style)
        if own is None:
            return inherited
        list_id = own.find(f"{W}numId")
        depth = own.find(f"{W}ilvl")
        return (
            inherited[0] if list_id is None else _value(list_id, "0"),
            inherited[1] if depth is None else int(_value(depth, "0")),
        )
