"""
Mentions that a reader of the made-up register wrote by hand, not having seen the matching: one a line of a TSV file.

The region of a line is that of the document.  Its type says whether the record is a territory or an organisation, no
more; a line without a key means no record, or as many as any other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode
from rapidfuzz import fuzz

from bench.linking.register import Register
from graph.matching.asked import Mention
from graph.matching.names import KINDS
from ontology.language import normalise
from ontology.registers import RegisterRecord

_TYPES: Final = {"territory": frozenset({"territory"}), "organisation": frozenset(KINDS) - {"territory"}}
_COLUMNS: Final = ("mention", "type", "region", "key", "kinds")
_KINDS_OF_PLACES: Final = frozenset(
    ["район", "округ", "муниципальный", "городской", "город", "область", "край", "республика", "автономный"]
)
_STEM: Final = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A mention with its hints, the key of the record that it means, if any, and the kinds of its noise."""

    text: str
    type: str
    region: NamedNode
    key: str | None
    noise: tuple[str, ...]

    def asked(self, *, hints: bool) -> Mention:
        if not hints:
            return Mention(text=self.text)
        return Mention(text=self.text, kinds=_TYPES[self.type], region=self.region)

    def may_be(self, record: RegisterRecord) -> bool:
        """Whether the record is of the region and the type of the mention."""
        return record.region == self.region and (record.kind == "territory") == (self.type == "territory")


def read_written(file: Path, register: Register) -> list[Written]:
    """
    The mentions of the file in its order; lines that begin with # are passed by.

    A line that names no region or no key of the register raises ValueError with its number.
    """
    regions = {name: iri for iri, name in register.places.items() if iri in {one.region for one in register.records}}
    keys = {one.key for one in register.records}
    with file.open(encoding="utf-8", newline="") as lines:
        return list(_read(file, regions, keys, lines.read().splitlines()))


def _read(file: Path, regions: dict[str, NamedNode], keys: set[str], lines: list[str]) -> Iterator[Written]:
    content = [(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]
    if not content or tuple(content[0][1].split("\t")) != _COLUMNS:
        raise ValueError(f"{file.name}: the first line has to name the columns {', '.join(_COLUMNS)}")
    for number, line in content[1:]:
        (cells,) = csv.reader([line], delimiter="\t", quoting=csv.QUOTE_NONE)
        if len(cells) != len(_COLUMNS) or cells[1] not in _TYPES:
            raise ValueError(f"{file.name}, line {number}: {len(cells)} columns, or a type that is none")
        text, type_, region, key, noise = cells
        if region not in regions or (key and key not in keys):
            raise ValueError(f"{file.name}, line {number}: the register has no region or key like this")
        yield Written(text, type_, regions[region], key or None, tuple(noise.split(",")))


def decidable(register: Register, mentions: list[Written]) -> list[Written]:
    """
    The mentions whose words tell the region.

    They name the region of the record, or a place of it of which no other region has a namesake.
    """
    records = {one.key: one for one in register.records}
    places = {one.iri: _words(f"{one.name} {one.centre}") for one in register.municipalities}
    regions = {one.iri: one.region for one in register.municipalities}

    def tells(one: Written) -> bool:
        record = records[one.key or ""]
        said = _words(one.text)
        assert record.region is not None
        if any(_same(word, other) for word in said for other in _words(register.places[record.region])):
            return True
        own = places.get(record.territory, frozenset()) if record.territory is not None else frozenset()
        named = {word for word in said if any(_same(word, other) for other in own)}
        return bool(named) and not any(
            regions[place] != record.region and all(any(_same(word, other) for other in words) for word in named)
            for place, words in places.items()
        )

    return [one for one in mentions if one.key and tells(one)]


@cache
def _words(text: str) -> frozenset[str]:
    letters = "".join(letter if letter.isalpha() else " " for letter in normalise(text))
    return frozenset(word for word in letters.split() if len(word) >= _STEM) - _KINDS_OF_PLACES


@cache
def _same(ours: str, theirs: str) -> bool:
    """Whether both are one place in its cases and as an adjective, or misspelt."""
    shortest = min(len(ours), len(theirs))
    stem = max(_STEM, round(0.7 * shortest))
    return ours[:stem] == theirs[:stem] or (ours[0] == theirs[0] and fuzz.ratio(ours, theirs) >= 85)
