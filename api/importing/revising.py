"""What a person changes in a preview — the document's head, the meaning of its columns — as the profile it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

import yaml

from loaders.corrected_values import CorrectionError, check_value
from loaders.editions import printed_text
from loaders.entries import ACTOR_ROLES
from loaders.profile import (
    ActorOverride,
    ColumnKind,
    ColumnOverride,
    Level,
    Profile,
    RowOverride,
    TableOverride,
    parse_profile,
    written_profile,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.importing.imports import ImportedFile
    from loaders.extraction import Extraction, Row, RowCell, TableSummary
    from ontology.reference import Reference

TABLE_KINDS: Final = ("activities", "results", "indicators", "form", "other")
COLUMN_KINDS: Final = get_args(ColumnKind)
LEVELS: Final = get_args(Level)
# What a profile must expect of a cell, and what is enough.
_EXPECTED: Final = 3
_EXCERPT: Final = 200


def profile_of(file: ImportedFile) -> Profile:
    """The profile that the file is read with now."""
    return parse_profile(file.profile, file=f"{file.name}.profile.yaml") if file.profile else Profile()


def revised_profile(
    file: ImportedFile, read: Extraction | None, fields: Mapping[str, str], *, reference: Reference, shown: str
) -> str | None:
    """
    The profile with what the form `fields` say otherwise than what was `read`; None if that is nothing.

    `shown` is the slug of the roadmap that the form showed.  Fields are `title`, `level`, `territory`, `period`,
    `roadmap`, `<table>.kind`, `<table>.sections` and `<table>.<column>`, the column counted from 1.

    Raises:
        CorrectionError: A territory, level or period that cannot be read.
        ProfileError: A value that no profile takes.
    """
    profile = profile_of(file)
    changed: dict[str, Any] = {}
    for name, before in _head(read).items():
        value = " ".join(fields.get(name, before).split())
        if value != before:
            if value and name != "title":
                check_value(name, value, reference=reference)  # type: ignore[arg-type]  # names of `_head`
            changed[name] = value or None
    if (roadmap := fields.get("roadmap", shown)) != shown:
        changed["roadmap"] = roadmap or None
    tables = dict(profile.tables)
    for table in read.tables if read else ():
        override = _table(table, tables.get(table.id, TableOverride()), fields)
        if override != TableOverride():
            tables[table.id] = override
    # What the form sends is not trusted more than what a file says.
    said = profile.model_copy(update={**changed, "tables": tables}).model_dump(mode="json", exclude_defaults=True)
    return written_profile(parse_profile(yaml.safe_dump(said, allow_unicode=True), file=f"{file.name}.profile.yaml"))


def profile_with_actor(
    file: ImportedFile, read: Extraction, *, ordinal: int, actor: int, words: str, author: str
) -> str | None:
    """
    The profile in which the actor that is number `actor` (from 0) of the row `ordinal` is whom the `words` name.

    Without words the actor is taken away; `author` is who says so.  An earlier correction of the same actor is
    replaced.

    Raises:
        CorrectionError: There is no such actor, or the row has no cell to hold on to.
        ProfileError: The words are no text that a profile takes.
    """
    row = next((row for row in read.rows if row.ordinal == ordinal), None)
    wrong = row.responsible[actor] if row is not None and 0 <= actor < len(row.responsible) else None
    if row is None or wrong is None:
        raise CorrectionError("The row names no such actor any more; look at the preview again")
    cell = next((cell for cell in _cells(row) if cell.fragments and len(printed_text(cell).strip()) >= _EXPECTED), None)
    if cell is None:
        raise CorrectionError("The row has no cell with a text; correct it after loading")
    profile = profile_of(file)
    override = ActorOverride(actor=" ".join(words.split()) or None, instead=wrong.raw or wrong.label, by=author)
    address = cell.fragments[0].address
    rows, known = [], None
    for one in profile.rows:
        if one.cell == address and one.actors:
            known = one
        else:
            rows.append(one)
    others = [other for other in known.actors if other.instead != override.instead] if known else []
    expects = " ".join(printed_text(cell).split())[:_EXCERPT]
    rows.append(
        (known or RowOverride(cell=address, expects=expects, actors=(override,))).model_copy(
            update={"actors": (*others, override)}
        )
    )
    said = profile.model_copy(update={"rows": tuple(rows)}).model_dump(mode="json", exclude_defaults=True)
    return written_profile(parse_profile(yaml.safe_dump(said, allow_unicode=True), file=f"{file.name}.profile.yaml"))


def _cells(row: Row) -> list[RowCell]:
    """The cells of the row, those that name actors first."""
    return sorted(row.cells, key=lambda cell: cell.role not in ACTOR_ROLES)


def _head(read: Extraction | None) -> dict[str, str]:
    """What the form shows of the document itself."""
    if read is None:
        return {"title": "", "level": "", "territory": "", "period": ""}
    territory, period = read.territory, read.period
    names = (territory.federal_subject, territory.municipality) if territory else ()
    return {
        "title": " ".join((read.title or "").split()),
        "level": read.level or "",
        "territory": ", ".join(filter(None, names)),
        "period": f"{period.start}/{period.end}" if period else "",
    }


def _table(table: TableSummary, known: TableOverride, fields: Mapping[str, str]) -> TableOverride:
    changed: dict[str, Any] = {}
    for name, before in (("kind", table.kind), ("sections", table.sections)):
        value = fields.get(f"{table.id}.{name}", before)
        if value != before:
            changed[name] = value
    columns = dict(known.columns)
    for number, column in enumerate(table.columns, 1):
        role = fields.get(f"{table.id}.{number}", column.role)
        if role != column.role:
            columns[number] = ColumnOverride.model_construct(role=role)
    return known.model_copy(update={**changed, "columns": columns})
