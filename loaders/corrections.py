"""
Corrections by people: what was read, corrected by what a person knows.

A correction names the document, the cell and the text it expects there, so that a changed source is noticed.  Values
are read as texts of the document are (`loaders.corrected_values`).  Overrides of a profile are corrections too.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from rapidfuzz import fuzz

from loaders.corrected_values import (
    JUSTIFICATION,
    NO_ROW,
    CorrectionError,
    actors_of,
    concept_of,
    deadline_of,
    kind_of_row,
    names_actor,
    period_of,
    section_of,
    territory_of,
)
from loaders.doubts import SENTENCES
from loaders.entries import ACTOR_ROLES, VALUE_WARNINGS, RowContext, RowReading, confidence_of, read_values
from loaders.extraction import CorrectionOutcome, Extraction, Territory, Theme, Warning_
from loaders.layout.notes import without_marks
from loaders.layout.numbering import leading_number
from loaders.quads.document import roadmap_slug
from loaders.quads.persons import STRUCK, PersonNames
from loaders.values.actors import ActorContext, document_spellings
from loaders.values.places import key_of
from ontology.language import collapse, normalise, spelling_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.extraction import Actor, CorrectedField, Operation, Outcome, Row, RowCell
    from ontology.reference import Reference

# What the reading of other values rests on comes first.
_ORDER: Final = ("level", "territory", "period", "text", "kind", "number", "section", "theme", "deadline", "actor")
OF_DOCUMENT: Final = ("level", "territory", "period")
OF_CELL: Final = ("actor", "deadline", "theme", "text", "kind", "number", "section", "level")
# Several stand in one cell, so that one can be added or removed.
LISTED: Final = ("actor", "theme")
REMOVABLE: Final = (*LISTED, "number", "section", "level")
# Rewording below this, in percent of equal letters, makes another row of it.
_SAME_ROW: Final = 80.0
_DECIDING: Final = frozenset({"activity", "deadline", *ACTOR_ROLES})


@dataclass(frozen=True, slots=True)
class Correction:
    """
    One decision of a person about one document; `roadmap` is the document's slug.

    `cell` is the address of a cell and `column` the role of its column; without a cell the document is meant.
    `expects` is the text that the person saw in the cell: the whole of it, its beginning in a profile.
    `about` is what the row of the cell is about: by it the cell is found in an edition in which rows have moved.
    `value` is the right value; `instead` the actor or theme that it replaces, or that is removed.
    `made` and `undone` are ISO times with zone; one that is undone is kept and not applied.
    """

    roadmap: str
    field: CorrectedField
    author: str
    made: str
    operation: Operation = "replace"
    value: str | None = None
    instead: str | None = None
    cell: str | None = None
    column: str | None = None
    expects: str | None = None
    about: str | None = None
    reason: str | None = None
    basis: str | None = None
    of_profile: bool = False
    undone: str | None = None
    undone_by: str | None = None
    key: str = ""

    def __post_init__(self) -> None:
        for name in ("made", "undone"):
            # The store knows one spelling of a time.
            time = getattr(self, name)
            object.__setattr__(self, name, time.replace("+00:00", "Z") if time else time)
        if not self.key:
            # The times of a file's changes say nothing of what it says.
            made = "" if self.of_profile else self.made
            said = (self.roadmap, self.field, self.operation, self.author, made, self.cell, self.value, self.instead)
            digest = sha256("\n".join(str(part) for part in (*said, self.basis)).encode()).hexdigest()
            object.__setattr__(self, "key", digest[:8])


def check(correction: Correction) -> None:
    """
    Whether the parts of a correction fit together; its value is checked by `corrected_values.check_value`.

    Raises:
        CorrectionError: They do not.
    """
    field, values = correction.field, {"field": correction.field}
    if correction.cell is None and field not in OF_DOCUMENT:
        raise CorrectionError("To correct «{field}» name the cell", **values)
    if correction.cell is not None and field not in OF_CELL:
        raise CorrectionError("«{field}» is corrected for the whole document: name no cell", **values)
    if correction.operation == "add" and field not in LISTED:
        raise CorrectionError("«{field}» has one value: it is replaced, nothing is added", **values)
    if correction.operation == "remove" and field not in REMOVABLE:
        raise CorrectionError("«{field}» cannot be removed", **values)
    if correction.operation == "replace" and field in LISTED and not correction.instead:
        raise CorrectionError("Several of «{field}» may stand in a cell: say which one is replaced", **values)


def apply_corrections(extraction: Extraction, corrections: Iterable[Correction], *, reference: Reference) -> Extraction:
    """
    The extraction as people corrected it; `Extraction.corrections` tells what came of each correction.

    A correction is applied, stale (the text of its cell has changed), missing (there is no such cell) or unusable (its
    value cannot be read here).  What was not applied changes nothing but the warnings.  Corrected rows are told by
    `Row.corrected_by` and the warning «corrected»; what a person said is certain.  A merged cell stands in several
    rows, which are all corrected.  The argument stays as it was.
    """
    active = [correction for correction in corrections if correction.undone is None]
    if not active:
        return extraction
    work = _Correcting(deepcopy(extraction), reference)
    for correction in sorted(active, key=lambda one: (_ORDER.index(one.field), one.made, one.key)):
        work.apply(correction)
    return work.finish()


def _printed(cell: RowCell) -> str:
    return cell.text if cell.printed is None else cell.printed


class _Correcting:
    def __init__(self, extraction: Extraction, reference: Reference) -> None:
        self._extraction = extraction
        self._reference = reference
        self._names = PersonNames.of(extraction)
        self._changed: list[Row] = []
        self._read_anew = False
        self._context: RowContext | None = None

    def apply(self, correction: Correction) -> None:
        if correction.field not in (*OF_DOCUMENT, "text"):
            self._read_changed()
        try:
            outcome, found = self._applied(correction)
        except CorrectionError as error:
            outcome, found = "unusable", str(error)
        if outcome == "agrees":
            return
        self._extraction.corrections.append(
            CorrectionOutcome(
                correction.key, correction.field, outcome, correction.cell, correction.expects, found or None
            )
        )
        if outcome != "applied":
            code = f"{outcome}-correction"
            told = f"{correction.field}: {correction.value or correction.instead or ''}"
            if found:
                told += f" ({found})"
            place = correction.cell or self._extraction.source.file
            self._extraction.warnings.append(Warning_(code, f"{SENTENCES[code]}: {told}", place, told))

    def finish(self) -> Extraction:
        self._read_changed()
        for ordinal, row in enumerate(self._extraction.rows, 1):
            row.ordinal = ordinal
        return self._extraction

    def _applied(self, correction: Correction) -> tuple[Outcome | Literal["agrees"], str]:
        if STRUCK in (correction.value or "") or STRUCK in (correction.instead or ""):
            raise CorrectionError("names of persons are withheld")
        if correction.cell is None:
            changed = self._correct_document(correction)
            # A profile that was written by the program says what it reads anyway.
            return "applied" if changed or not correction.of_profile else "agrees", ""
        found = self._cells_of(correction)
        if not found:
            return "missing", ""
        if not self._fits(found[0], correction):
            return "stale", _printed(found[0][1])
        for row, cell in found:
            self._correct_row(row, cell, correction)
            row.corrected_by.append(correction.key)
            row.warnings = list(dict.fromkeys((*row.warnings, "corrected")))
        return "applied", ""

    def _cells_of(self, correction: Correction) -> list[tuple[Row, RowCell]]:
        """The cells at the address; if they do not fit, that of the one row that does, wherever it stands now."""
        every = [(row, cell) for row in self._extraction.rows for cell in row.cells]
        found = [pair for pair in every if any(fragment.address == correction.cell for fragment in pair[1].fragments)]
        found = [pair for pair in found if pair[1].role == correction.column] or found
        fitting = [pair for pair in found if self._fits(pair, correction)]
        if fitting or correction.about is None:
            return fitting or found
        moved = [pair for pair in every if pair[1].role == correction.column and self._is_about(pair[0], correction)]
        fitting = [pair for pair in moved if self._fits(pair, correction)]
        if len(fitting) == 1:
            return fitting
        return moved if len(moved) == 1 else found

    def _fits(self, pair: tuple[Row, RowCell], correction: Correction) -> bool:
        """Whether the cell has the expected text, in a row that is about the same."""
        text, expected = _printed(pair[1]), correction.expects or ""
        if correction.of_profile:
            return spelling_key(text).startswith(spelling_key(expected))
        if collapse(expected) not in {collapse(text), collapse(self._names.strike_out(text))}:
            return False
        return correction.about is None or self._is_about(pair[0], correction)

    def _is_about(self, row: Row, correction: Correction) -> bool:
        about = correction.about or ""
        return any(fuzz.ratio(normalise(about), normalise(said)) >= _SAME_ROW for said in self._words_of(row))

    def _words_of(self, row: Row) -> tuple[str, str]:
        main = next((cell for cell in row.cells if cell.column == row.main), None)
        words = row.activity or row.result or row.indicator or row.number or ""
        if main is not None and main.printed is not None:
            words = main.printed
        return words, self._names.strike_out(words)

    # Documents

    def _correct_document(self, correction: Correction) -> bool:
        """Whether the correction changes what was read."""
        extraction, value = self._extraction, correction.value or ""
        match correction.field:
            case "level":
                before, extraction.level = extraction.level, concept_of("level", value)
                return before != extraction.level
            case "territory":
                territory, known = territory_of(value, self._reference), extraction.territory or Territory()
                named = (known.federal_subject, known.municipality)
                if (territory.federal_subject, territory.municipality) == named:
                    return False
                extraction.territory = territory
            case "period":
                period, stated = period_of(value), extraction.period
                if stated is not None and (period.start, period.end) == (stated.start, stated.end):
                    return False
                extraction.period = period
            case _:
                raise CorrectionError("To correct «{field}» name the cell", field=correction.field)
        self._read_anew = True
        return True

    # Rows

    def _correct_row(self, row: Row, cell: RowCell, correction: Correction) -> None:
        value = correction.value or ""
        match correction.field:
            case "text":
                cell.printed, cell.text = (cell.printed if cell.printed is not None else cell.text), value
                if cell.column == row.main:
                    self._rename(row, value)
                self._changed.append(row)
                return
            case "kind":
                if kind_of_row(value) == NO_ROW:
                    self._extraction.rows.remove(row)
                    return
                row.kind = value
            case "number":
                row.number = value or None
            case "section":
                row.section_path = section_of(value, self._extraction.rows) if value else []
            case "level":
                row.level = concept_of("level", value) if value else None
            case "theme":
                self._correct_theme(row, correction)
            case "deadline":
                period = self._extraction.period
                row.deadline = deadline_of(value, period)
                row.warnings = [code for code in row.warnings if code not in VALUE_WARNINGS]
                self._forget_warnings(row)
            case "actor":
                self._correct_actor(row, cell, correction)
            case _:
                raise CorrectionError("«{field}» is corrected for the whole document: name no cell", field="period")
        row.confidence = confidence_of(row, columns=self._columns(row))

    @staticmethod
    def _rename(row: Row, text: str) -> None:
        leading = leading_number(text) if row.cell("number") is None else None
        if leading is not None:
            row.number, text = leading[0].printed, leading[1]
        row.activity = " ".join(without_marks(text).split()) or None

    @staticmethod
    def _correct_theme(row: Row, correction: Correction) -> None:
        if correction.instead:
            wrong = concept_of("theme", correction.instead)
            if not any(theme.theme == wrong for theme in row.themes):
                raise CorrectionError("the row has no theme «{name}»", name=wrong)
            row.themes = [theme for theme in row.themes if theme.theme != wrong]
        if correction.operation != "remove":
            added = Theme(concept_of("theme", correction.value or ""), correction.basis or "manual")
            if added not in row.themes:
                row.themes.append(added)

    def _correct_actor(self, row: Row, cell: RowCell, correction: Correction) -> None:
        role = cell.role if cell.role in ACTOR_ROLES else "responsible"
        wrong = next((a for a in row.responsible if correction.instead and names_actor(a, correction.instead)), None)
        if correction.instead and wrong is None:
            raise CorrectionError("the cell names no actor «{name}»", name=correction.instead)
        new: list[Actor] = []
        if correction.operation != "remove":
            context = self._row_context().actors[role]
            new = [
                replace(actor, correction=correction.key)
                for actor in actors_of(correction.value or "", self._extraction.rows, context)
            ]
        if wrong is None:
            row.responsible.extend(new)
            return
        # The words in the cell stay; what they mean is corrected.
        meant = [
            replace(
                actor,
                raw=wrong.raw,
                start=wrong.start,
                end=wrong.end,
                role=wrong.role if actor.role == role else actor.role,
                justification=JUSTIFICATION,
            )
            for actor in new
        ]
        at = next(index for index, actor in enumerate(row.responsible) if actor is wrong)
        row.responsible[at : at + 1] = meant

    # Reading anew

    def _read_changed(self) -> None:
        rows = self._extraction.rows if self._read_anew else self._changed
        if not rows:
            return
        self._context, self._read_anew, self._changed = None, False, []
        tables = {table.id: table for table in self._extraction.tables}
        for row in rows:
            self._forget_warnings(row)
            reading = RowReading(row)
            context = replace(self._row_context(), confidence=self._columns(row))
            read_values(reading, labels=[column.label for column in tables[row.place.table].columns], context=context)
            self._extraction.warnings.extend(reading.warnings)

    def _forget_warnings(self, row: Row) -> None:
        places = {fragment.address for cell in row.cells for fragment in cell.fragments}
        self._extraction.warnings = [
            warning
            for warning in self._extraction.warnings
            if not (warning.code in VALUE_WARNINGS and warning.place in places)
        ]

    def _columns(self, row: Row) -> float:
        """How certain the columns are on which the reading of the row rests."""
        table = next(table for table in self._extraction.tables if table.id == row.place.table)
        return min((column.confidence for column in table.columns if column.role in _DECIDING), default=1.0)

    def _row_context(self) -> RowContext:
        if self._context is None:
            extraction = self._extraction
            cells = [cell.text for row in extraction.rows for cell in row.cells if cell.role in ACTOR_ROLES]
            actors = ActorContext(
                reference=self._reference,
                territory=key_of(extraction.territory, self._reference),
                roadmap=roadmap_slug(extraction),
                glossary={entry.short: entry.long for entry in extraction.glossary},
                spellings=document_spellings(cell for cell in cells if cell),
            )
            by_role = {role: replace(actors, column=role) for role in ACTOR_ROLES}
            self._context = RowContext(period=extraction.period, actors=by_role, title=extraction.title)
        return self._context
