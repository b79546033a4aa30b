"""The numbers of list items in OpenDocument texts (OpenDocument 1.3 part 3, 5.3.2, 16.30), as a reader sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_EXTENDED: Final = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_ID: Final = "{http://www.w3.org/XML/1998/namespace}id"
# An attribute of our own on the first paragraph of an item; the tree is thrown away after reading.
LABEL: Final = "vekha-label"
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_DEEPEST: Final = 10


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level is numbered; `pattern` has «%1%» where a level's number goes, if the program wrote one."""

    shape: str
    prefix: str
    suffix: str
    shown: int
    start: int
    pattern: str | None


@dataclass(slots=True)
class _List:
    style: str
    counts: dict[int, int] = field(default_factory=dict)


def label_items(body: etree._Element, *roots: etree._Element | None) -> None:
    """Sets the attribute `LABEL` on the first paragraph of each numbered item; `roots` hold the list styles."""
    levels: dict[tuple[str, int], _Level] = {}
    for root in roots:
        for style in () if root is None else root.iter(f"{_TEXT}list-style"):
            name = style.get(f"{_STYLE}name", "")
            for level in style.iterfind(f"{_TEXT}list-level-style-number"):
                levels[name, _number(level.get(f"{_TEXT}level"), 1)] = _level(level)
    _Labels(levels).read(body)


def _level(element: etree._Element) -> _Level:
    return _Level(
        shape=element.get(f"{_STYLE}num-format", ""),
        prefix=element.get(f"{_STYLE}num-prefix", ""),
        suffix=element.get(f"{_STYLE}num-suffix", ""),
        shown=_number(element.get(f"{_TEXT}display-levels"), 1),
        start=_number(element.get(f"{_TEXT}start-value"), 1),
        pattern=element.get(f"{_EXTENDED}num-list-format"),
    )


class _Labels:
    def __init__(self, levels: Mapping[tuple[str, int], _Level]) -> None:
        self._levels = levels
        self._last: dict[str, _List] = {}
        self._by_id: dict[str | None, _List] = {}

    def read(self, element: etree._Element) -> None:
        for child in element:
            if child.tag == f"{_TEXT}list":
                self._list(child, self._opened(child), 1)
            elif isinstance(child.tag, str):
                self.read(child)

    def _opened(self, element: etree._Element) -> _List:
        """The list that an element goes on, or a new one."""
        style = element.get(f"{_TEXT}style-name", "")
        followed = self._by_id.get(element.get(f"{_TEXT}continue-list"))
        if followed is None and element.get(f"{_TEXT}continue-numbering") == "true":
            followed = self._last.get(style)
        found = followed or _List(style)
        self._last[style] = found
        if element.get(_ID):
            self._by_id[element.get(_ID)] = found
        return found

    def _list(self, element: etree._Element, counted: _List, depth: int) -> None:
        if depth > _DEEPEST:
            return
        for item in element:
            if item.tag not in {f"{_TEXT}list-item", f"{_TEXT}list-header"}:
                continue
            first = next(iter(item), None)
            if item.tag == f"{_TEXT}list-item" and first is not None and first.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                self._count(item, counted, depth)
                label = self._label(counted, depth)
                if label:
                    first.set(LABEL, label)
            for child in item:
                if child.tag == f"{_TEXT}list":
                    self._list(child, counted, depth + 1)

    def _count(self, item: etree._Element, counted: _List, depth: int) -> None:
        level = self._levels.get((counted.style, depth))
        start = item.get(f"{_TEXT}start-value")
        first = level.start if level else 1
        counted.counts[depth] = _number(start, first) if start else counted.counts.get(depth, first - 1) + 1
        for deeper in [each for each in counted.counts if each > depth]:
            del counted.counts[deeper]

    def _label(self, counted: _List, depth: int) -> str:
        level = self._levels.get((counted.style, depth))
        if level is None or not level.shape:
            return ""
        numbers = {
            each: _shown(counted.counts.get(each, 1), (self._levels.get((counted.style, each)) or level).shape)
            for each in range(1, depth + 1)
        }
        if level.pattern is not None:
            label = level.pattern
            for each, number in numbers.items():
                label = label.replace(f"%{each}%", number)
            return label
        parts = [number for each, number in numbers.items() if each > depth - level.shown]
        return f"{level.prefix}{'.'.join(parts)}{level.suffix}"


def _shown(number: int, shape: str) -> str:
    if shape in {"i", "I"} and 0 < number < 40:
        text, rest = "", number
        for value, letters in _ROMAN:
            while rest >= value:
                text, rest = text + letters, rest - value
        return text.upper() if shape == "I" else text
    if shape in {"a", "A"} and 0 < number <= 26:
        return chr(ord(shape) + number - 1)
    return str(number)


def _number(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.isdecimal() and len(value) < 7 else default
