"""
The municipal dictionary: every first-tier municipality with all versions that it had, by whole years.

CSV with a header (columns in docs/registries.md).  A version holds from the first day of `valid_from` to the day before
the first of `valid_to`.  The dictionary gives a territory a new number when its boundaries change, also where name and
code stay, and does not say what came instead of one that ended; here that is

- the version of the same territory that begins when it ends;
- else the version with the same code that begins then: the same territory with other boundaries;
- else the versions in the same federal subject and with the same centre that begin then: a merger.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from loaders.registries.rows import read_rows, records_by_header
from loaders.registries.source import RegisterError
from ontology.identifiers import Identifier, oktmo_problem, read_identifier
from ontology.registers import RegisterRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyoxigraph import NamedNode

    from loaders.registries.reading import Reading

_NEEDED: Final = (
    "territory_id", "oktmo8", "check_digit", "municipal_district_name", "municipal_district_name_short",
    "municipal_district_type", "municipal_district_center", "region_code", "valid_from", "valid_to",
)  # fmt: skip
# More versions than the country had municipalities since there are any.
_MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class _Version:
    line: int
    number: str
    code: str
    first: int
    last: int | None
    row: Mapping[str, str]

    @property
    def key(self) -> str:
        return f"{self.code}_{self.first}"


def read_municipalities(reading: Reading) -> Iterator[RegisterRecord]:
    """
    The versions in file order.

    Raises:
        RegisterError: The file is of another form, or a version has no code, no years, or stands twice.
    """
    versions = list(_versions(reading))
    successors = _successors(versions)
    territories = _territories(versions, successors, reading)
    present = {one.key: _present(one, successors) for one in versions}
    for one in versions:
        row, now = one.row, present[one.key]
        kind = row["municipal_district_type"]
        status = row.get("municipal_district_status", "")
        numbers = reading.identifiers(f"строка {one.line}", ("region-code", row["region_code"]))
        problem = oktmo_problem(one.code, row["check_digit"])
        if problem is not None:
            reading.warn(f"строка {one.line}", "oktmo", f"{one.code} {row['check_digit']}", problem)
        yield RegisterRecord(
            iri=reading.iri(one.key),
            register=reading.register,
            key=one.key,
            kind="territory",
            name=row["municipal_district_name"],
            short_names=tuple(filter(None, [row["municipal_district_name_short"]])),
            identifiers=(Identifier("oktmo", one.code, problem), *numbers),
            kind_text=f"{kind}, {status}" if status else kind,
            territory=territories[one.key],
            region=reading.places.subject_of_code(one.code),
            replaced_by=tuple(reading.iri(other.key) for other in successors[one.key]),
            present=reading.iri(now.key) if now else None,
            address=row["municipal_district_center"],
            status="in-force" if one.last is None else "ceased",
            valid_from=date(one.first, 1, 1),
            valid_to=date(one.last, 1, 1) - timedelta(days=1) if one.last else None,
        )


def _versions(reading: Reading) -> Iterator[_Version]:
    seen: dict[str, int] = {}
    rows = read_rows(reading.source)
    for line, row in records_by_header(rows, reading.file, _NEEDED):
        place = f"строка {line}"
        code = read_identifier("oktmo", row["oktmo8"]).value
        first = _year(row["valid_from"], reading, place, "valid_from")
        last = _year(row["valid_to"], reading, place, "valid_to")
        if not (code.isdecimal() and code.isascii()) or first is None or not row["municipal_district_name"]:
            raise RegisterError(
                "{file}, {place}: a version needs a code of digits, a name and the year it begins.",
                file=reading.file,
                place=place,
            )
        version = _Version(line, row["territory_id"], code, first, last, row)
        before = seen.setdefault(version.key, line)
        if before != line:
            raise RegisterError(
                "{file}, {place}: the code {code} begins in {year} already in line {before}; remove one of the two.",
                file=reading.file,
                place=place,
                code=code,
                year=first,
                before=before,
            )
        if len(seen) > _MOST:
            raise RegisterError("{file}: more than {limit} rows; load a part of it.", file=reading.file, limit=_MOST)
        yield version


def _year(text: str, reading: Reading, place: str, column: str) -> int | None:
    if not text:
        return None
    if not (text.isdecimal() and text.isascii() and len(text) == 4 and 1900 < int(text) < 2200):
        raise RegisterError(
            "{file}, {place}: «{text}» in {column} is no year.",
            file=reading.file,
            place=place,
            text=text[:40],
            column=column,
        )
    return int(text)


def _successors(versions: Sequence[_Version]) -> dict[str, list[_Version]]:
    """By the key of a version, what came at once instead of it."""
    by_start: defaultdict[tuple[str, int], list[_Version]] = defaultdict(list)
    by_number: defaultdict[str, list[_Version]] = defaultdict(list)
    for one in versions:
        by_number[one.number].append(one)
        for word in (f"number {one.number}", f"code {one.code}"):
            by_start[word, one.first].append(one)
    begun = {number: min(one.first for one in held) for number, held in by_number.items()}
    for one in versions:
        # A merger makes a territory; one that went on took nothing over.
        if begun[one.number] == one.first:
            by_start[_centre(one), one.first].append(one)
    found: dict[str, list[_Version]] = {}
    for one in versions:
        ways: Iterable[list[_Version]] = (
            by_start[word, one.last] if one.last else []
            for word in (f"number {one.number}", f"code {one.code}", _centre(one))
        )
        found[one.key] = next((way for way in ways if way), [])
    return found


def _centre(one: _Version) -> str:
    return f"centre {one.row['region_code']} {one.row['municipal_district_center']}"


def _territories(
    versions: Sequence[_Version], successors: Mapping[str, list[_Version]], reading: Reading
) -> dict[str, NamedNode]:
    """By the key of a version, the territory of ours that it describes."""
    group = {one.key: one.key for one in versions}

    def root(key: str) -> str:
        while group[key] != key:
            group[key] = group[group[key]]
            key = group[key]
        return key

    for one in versions:
        for other in successors[one.key]:
            if other.number == one.number or other.code == one.code:
                group[root(one.key)] = root(other.key)
    members: defaultdict[str, list[_Version]] = defaultdict(list)
    for one in versions:
        members[root(one.key)].append(one)
    found: dict[str, NamedNode] = {}
    for held in members.values():
        newest_first = sorted(held, key=lambda one: -one.first)
        known = (reading.places.territory_of_code(one.code) for one in newest_first)
        territory = next(filter(None, known), None) or reading.places.new_territory(newest_first[0].code)
        found |= {one.key: territory for one in held}
    return found


def _present(one: _Version, successors: Mapping[str, list[_Version]]) -> _Version | None:
    """The version in force at the end of the chain; None where it breaks off or forks."""
    step = one
    for _ in range(len(successors)):
        if step.last is None:
            return step
        following = successors[step.key]
        if len(following) != 1:
            return None
        (step,) = following
    return None
