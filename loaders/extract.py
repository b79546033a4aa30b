"""From a file to its extraction: read, find the head and the tables, lay out the rows, read the values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from loaders.cells import UnreadableDocumentError
from loaders.checks import check_completeness
from loaders.corrections import apply_corrections
from loaders.doubts import warning_about
from loaders.entries import ACTOR_ROLES, RowContext, read_row
from loaders.extraction import (
    Column,
    Extraction,
    Footnote,
    GlossaryEntry,
    Passage,
    Source,
    TableSummary,
    Theme,
)
from loaders.head import (
    Statement,
    find_acts,
    find_glossary,
    find_level_descriptions,
    find_period,
    find_provisions,
    find_title,
    is_definition_line,
)
from loaders.layout.anomalies import row_anomalies
from loaders.layout.notes import marks_in, without_marks
from loaders.layout.roles import ColumnRole
from loaders.layout.rows import logical_rows
from loaders.layout.tables import LogicalTable, TableRow, logical_tables
from loaders.mentions import named_actors
from loaders.profile import Profile, ProfileError, load_profile, profile_path
from loaders.reading import read_document
from loaders.table_overrides import apply_table_overrides
from loaders.values.actors import ActorContext, document_spellings
from loaders.values.places import read_place
from loaders.values.themes import themes_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from loaders.cells import Origin, Paragraph, SourceDocument
    from loaders.corrections import Correction
    from loaders.extraction import Act, LevelDescription, Period, Provision
    from loaders.head import Title
    from loaders.layout.logical_row import TableRows
    from ontology.reference import Reference

# A page number is left out without a word.
_SILENT = {"page-number"}
_MOST_APPROVALS = 12
_MOST_TEXTS_SHOWN = 8


def extract(
    path: Path, *, reference: Reference, profile: Profile | None = None, corrections: Iterable[Correction] = ()
) -> Extraction:
    """
    What the document says, as one object, with the overrides of its profile and with `corrections`.

    Without `profile` the one beside the file is used, if there is one; `Profile()` reads without any.

    Raises:
        UnreadableDocumentError: the file cannot be read, or none of its tables is one of a plan.
        ProfileError: the profile cannot be used or does not fit the document.
    """
    document = read_document(path)
    profile = profile or load_profile(profile_path(path))
    return extract_document(document, reference=reference, profile=profile, corrections=corrections)


def extract_document(
    document: SourceDocument, *, reference: Reference, profile: Profile, corrections: Iterable[Correction] = ()
) -> Extraction:
    """The extraction of a document already read; see `extract`."""
    heads = {table: override.head for table, override in profile.tables.items() if override.head is not None}
    tables, prose = logical_tables(document.blocks, heads=heads)
    apply_table_overrides(tables, profile)
    if not any(table.kind != "other" for table in tables):
        raise _no_table(document, tables)
    rows = {table.id: logical_rows(table) for table in tables if table.kind != "other"}
    head = _read_head(prose, tables, rows)
    glossary = {entry.short: entry.long for entry in head.glossary} if profile.glossary is None else profile.glossary
    title = profile.title or (head.title.text if head.title else None)
    place = read_place(
        title=title,
        head_lines=[line for statement in head.opening for line in statement.text.split("\n")],
        file_name=document.file,
        glossary=glossary,
        reference=reference,
    )
    actors = ActorContext(
        reference=reference,
        territory=place.key,
        roadmap=profile.slug_of(document.file),
        glossary=glossary,
        spellings=document_spellings(_actor_cells(rows)),
    )
    # One context a role for the whole document: each works out the names that it knows once.
    by_role = {role: replace(actors, column=role) for role in ACTOR_ROLES}
    context = RowContext(period=head.period, actors=by_role, title=title)
    extraction = Extraction(
        source=Source(document.file, document.sha256, document.format),
        title=title,
        level=place.level,
        territory=place.territory,
        period=head.period,
        acts=head.acts,
        glossary=[GlossaryEntry(short, long) for short, long in glossary.items()],
        tables=[_summary(table, rows.get(table.id)) for table in tables],
        rows=[],
        footnotes=[],
        warnings=[warning_about(note.code, note.text, document.file) for note in document.notes],
        roadmap=profile.roadmap,
        title_en=profile.title_en,
        provisions=head.provisions,
        levels=head.levels,
    )
    for table in tables:
        if table.id in rows:
            _add_table(extraction, table, rows[table.id], context)
    for described in extraction.levels:
        described.actors = named_actors(described.text, context=actors)
    extraction.passages = _passages(head)
    own = profile.corrections(profile.slug_of(document.file))
    corrected = apply_corrections(extraction, [*own, *corrections], reference=reference)
    _refuse_unfit(own, corrected, profile)
    corrected.row_count, unread = check_completeness(document, corrected)
    corrected.warnings += unread
    return corrected


def _refuse_unfit(own: Sequence[Correction], extraction: Extraction, profile: Profile) -> None:
    """An override that fits no cell, or cannot be read, is told to who wrote the profile."""
    by_key = {correction.key: correction for correction in own}
    for outcome in extraction.corrections:
        correction = by_key.get(outcome.key)
        if correction is None or outcome.outcome == "applied":
            continue
        place = outcome.place or outcome.field
        match outcome.outcome:
            case "missing":
                raise ProfileError(
                    "{file}: no row has a cell at «{place}»; correct or delete the override.",
                    file=profile.file,
                    place=place,
                )
            case "stale":
                raise ProfileError(
                    "{file}: «{place}» holds «{found}», not «{expected}»: the source has changed; "
                    "correct or delete the override.",
                    file=profile.file,
                    place=place,
                    found=(outcome.found or "")[:80],
                    expected=outcome.expected or "",
                )
            case _:
                reason = outcome.found or ""
                raise ProfileError(
                    "{file}: «{place}»: {reason}; correct it.", file=profile.file, place=place, reason=reason
                )


@dataclass(frozen=True, slots=True)
class _Head:
    """`opening` is the prose up to the first table, at most the first statements of a table's own preface included."""

    title: Title | None
    period: Period | None
    acts: list[Act]
    glossary: list[GlossaryEntry]
    provisions: list[Provision]
    levels: list[LevelDescription]
    prose: list[Statement]
    opening: list[Statement]


def _read_head(prose: Sequence[Paragraph], tables: Sequence[LogicalTable], rows: Mapping[str, TableRows]) -> _Head:
    prose_statements = [Statement.of(paragraph) for paragraph in prose]
    cells = [
        Statement(
            cell.text,
            cell.fragments[0].first_line,
            cell.fragments[-1].last_line,
            prose=False,
            address=cell.fragments[0].address,
        )
        for found in rows.values()
        for row in found.rows
        for cell in row.cells
        if cell.text and cell.fragments
    ]
    statements = _in_order([*prose_statements, *cells])
    first_table = next((table.line for table in tables if table.kind != "other"), None)
    title = find_title(prose_statements, until=first_table)
    title_line = prose_statements[title.index].line if title else first_table
    acts = find_acts([*_approvals(tables), *statements], until=title_line)
    letterhead = next((act.line for act in acts if act.role == "approves"), None)
    opening = [s for s in prose_statements if first_table is None or s.line is None or s.line < first_table]
    return _Head(
        title=title,
        period=find_period(
            title.text if title else "",
            [table.heading or "" for table in tables],
            [statement.text for statement in opening],
            approved=next((act.date for act in acts if act.role == "approves"), None),
        ),
        acts=acts,
        glossary=find_glossary(statements),
        provisions=find_provisions(prose_statements, after=letterhead, until=title_line),
        levels=find_level_descriptions(prose_statements),
        prose=prose_statements,
        opening=opening,
    )


def _approvals(tables: Sequence[LogicalTable]) -> list[Statement]:
    """
    What stands in tables above the first one of the plan, column by column: «УТВЕРЖДАЮ», office, name, order.

    Where every line has as many texts, the first ones belong together: columns set by tabs do not stand below each
    other.
    """
    found: list[Statement] = []
    for table in tables:
        if table.kind != "other":
            break
        lines = [
            {column: row.cells[column].cell for column in row.cells if row.own_text(column)}
            for row in (item.row for item in table.stream if isinstance(item, TableRow))
        ]
        if len({len(cells) for cells in lines}) == 1:
            lines = [dict(enumerate(cells.values(), start=1)) for cells in lines]
        for column in sorted({column for cells in lines for column in cells}):
            for cell in (cells[column] for cells in lines if column in cells):
                origin = cell.origin
                found.append(Statement(cell.text, origin.first_line, origin.last_line, address=origin.address))
    return found[:_MOST_APPROVALS]


def _passages(head: _Head) -> list[Passage]:
    """Paragraphs of prose that bear a theme; the title, points of an order and levels have places of their own."""
    told = [*(point.lines for point in head.provisions), *(described.lines for described in head.levels)]
    taken = {line for lines in told for line in lines}
    title = range(head.title.index, head.title.last + 1) if head.title else ()
    return [
        Passage(
            " ".join(statement.text.split()),
            [Theme(theme, "text") for theme in themes],
            statement.lines,
            statement.place,
        )
        for at, statement in enumerate(head.prose)
        if at not in title
        and not taken & set(statement.lines)
        and not is_definition_line(statement.text)
        and (themes := themes_of_text(statement.text))
    ]


def _in_order(statements: list[Statement]) -> list[Statement]:
    """Reading order where the format has lines; the order given, prose first, where it has none."""
    return sorted(statements, key=lambda statement: statement.line or 0)


def _actor_cells(rows: Mapping[str, TableRows]) -> list[str]:
    return [
        cell.text
        for found in rows.values()
        for row in found.rows
        for cell in row.cells
        if cell.role in ACTOR_ROLES and cell.text
    ]


def _summary(table: LogicalTable, found: TableRows | None) -> TableSummary:
    columns = [
        Column(label, role.role, _role_confidence(role))
        for label, role in zip(table.head.labels, table.head.roles, strict=True)
    ]
    return TableSummary(
        table.id,
        table.kind,
        columns,
        len(found.rows) if found else 0,
        table.reason,
        table.heading,
        head=table.head.height,
        sections=table.sections,
    )


def _add_table(extraction: Extraction, table: LogicalTable, found: TableRows, context: RowContext) -> None:
    context = replace(context, confidence=_column_confidence(table))
    for logical, anomalies in zip(found.rows, row_anomalies(table, found.rows), strict=True):
        reading = read_row(logical, table, anomalies, context=context)
        reading.row.ordinal = len(extraction.rows) + 1
        extraction.rows.append(reading.row)
        extraction.warnings.extend(reading.warnings)
    for note in found.footnotes:
        extraction.footnotes.append(
            Footnote(
                note.mark,
                note.text,
                _marked_place(note.mark, table, found),
                note.origin.first_line,
                _address(note.origin),
            )
        )
    for skipped in found.skipped:
        if skipped.reason not in _SILENT:
            extraction.warnings.append(warning_about(skipped.reason, skipped.text[:200], skipped.origin.address))


def _column_confidence(table: LogicalTable) -> float:
    """That of the least certain of the columns on which the reading rests."""
    deciding = [role for role in table.head.roles if role.role in {"activity", "deadline", *ACTOR_ROLES}]
    return min(map(_role_confidence, deciding), default=1.0)


def _role_confidence(role: ColumnRole) -> float:
    return round(min(1.0, 0.7 + role.margin), 2)


def _address(origin: Origin) -> str | None:
    """The address where the format has no lines to say where a text stands."""
    return origin.address if origin.first_line is None else None


def _marked_place(mark: str, table: LogicalTable, found: TableRows) -> str | None:
    """The label of the column, or the address of the cell, at which a footnote mark stands."""
    for label in table.head.labels:
        if mark in marks_in(label):
            return without_marks(label)
    for row in found.rows:
        for cell in row.cells:
            if mark in marks_in(cell.text) and cell.fragments:
                return cell.fragments[0].address
    return None


def _no_table(document: SourceDocument, tables: Sequence[LogicalTable]) -> UnreadableDocumentError:
    if not tables:
        return UnreadableDocumentError(
            "{file}: no table was found; a row of labels with activities («Мероприятие») beside deadlines («Сроки») or "
            "responsible was looked for: check that the tables were saved.",
            file=document.file,
        )
    return UnreadableDocumentError(
        "{file}: no table of a plan was found, for none has a row of labels with activities («Мероприятие») beside "
        "deadlines («Сроки») or responsible ({seen}): correct the labels, or name the columns under «tables:» in the "
        "profile beside the file.",
        file=document.file,
        seen="; ".join(f"{table.id}, {table.place}: «{_first_texts(table)}»" for table in tables[:5]),
    )


def _first_texts(table: LogicalTable) -> str:
    row = next((item.row for item in table.stream if isinstance(item, TableRow)), None)
    labels = [label for label in table.head.labels if label]
    texts = labels or ([row.own_text(column)[:40] for column in row.filled] if row else [])
    return "», «".join(texts[:_MOST_TEXTS_SHOWN])
