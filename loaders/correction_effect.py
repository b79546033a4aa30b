"""What a correction would change in the reading of its document: the document is read with it and without it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from loaders.cells import UnreadableDocumentError
from loaders.originals import lay_out
from loaders.profile import load_profile, profile_path
from loaders.quads.persons import PersonNames
from loaders.reading_process import ReadingRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.folder import DataFolder
    from loaders.corrections import Correction
    from loaders.extraction import Extraction, Outcome, Row
    from loaders.pipeline import Readers
    from loaders.quads.catalogue import LoadedVersion

# A name of what a row says: actor, deadline, theme, number, section, text, kind, level.
Said = dict[str, list[str]]
_Place = tuple[str, tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that would be read otherwise: what differs; `after` is None where it would no longer be a row."""

    number: str
    text: str
    before: Said
    after: Said | None


@dataclass(frozen=True, slots=True)
class Effect:
    """`outcome` and `found` as in `CorrectionOutcome`; `document` are changes of level, territory and period."""

    outcome: Outcome
    found: str | None
    document: Said
    document_after: Said
    rows: list[ChangedRow]


def effect_of(
    correction: Correction,
    active: Sequence[Correction],
    version: LoadedVersion,
    *,
    kept: DataFolder,
    readers: Readers,
    show_persons: bool = True,
) -> Effect:
    """
    The effect on the current `version` of its document, beside the corrections that are `active` in it.

    Raises:
        DocumentError: The file is not kept, or cannot be read.
    """
    with TemporaryDirectory(prefix="vekha-") as folder:
        path = lay_out(version, kept, Path(folder, "document"))
        profile = load_profile(profile_path(path)).model_copy(update={"roadmap": correction.roadmap})
        requests = [ReadingRequest(path, profile, list(active)), ReadingRequest(path, profile, [*active, correction])]
        readings = list(readers.read(requests, in_order=True))
    extractions: list[Extraction] = []
    for reading in readings:
        if reading.extraction is None:
            assert reading.message is not None
            raise UnreadableDocumentError(reading.message.template, **reading.message.values)
        extractions.append(reading.extraction)
    before, after = extractions
    names = None if show_persons else PersonNames.of(before)
    shown: Callable[[str], str] = (lambda text: text) if names is None else names.strike_out
    outcome = next((one for one in after.corrections if one.key == correction.key), None)
    said, said_after = _of_document(before), _of_document(after)
    return Effect(
        outcome.outcome if outcome else "missing",
        outcome.found if outcome else None,
        {name: words for name, words in said.items() if words != said_after[name]},
        {name: words for name, words in said_after.items() if words != said[name]},
        _changed(before, after, shown),
    )


def _changed(before: Extraction, after: Extraction, shown: Callable[[str], str]) -> list[ChangedRow]:
    now = dict(_placed(after))
    found = []
    for place, row in _placed(before):
        other = now.get(place)
        old, new = _said(row, shown), _said(other, shown) if other else None
        if new is None:
            found.append(ChangedRow(row.number or "", _text(row, shown), {}, None))
            continue
        differing = [name for name in old if old[name] != new[name]]
        if differing:
            found.append(
                ChangedRow(
                    row.number or "",
                    _text(row, shown),
                    {name: old[name] for name in differing},
                    {name: new[name] for name in differing},
                )
            )
    return found


def _placed(extraction: Extraction) -> list[tuple[_Place, Row]]:
    """The rows by where they stand, which no correction changes; one printed row may hold several."""
    found: list[tuple[_Place, Row]] = []
    turns: dict[tuple[str, tuple[int, ...]], int] = {}
    for row in extraction.rows:
        place = (row.place.table, tuple(row.place.rows))
        turns[place] = turns.get(place, 0) + 1
        found.append(((*place, turns[place]), row))
    return found


def _text(row: Row, shown: Callable[[str], str]) -> str:
    return shown(row.activity or row.indicator or row.result or "")


def _said(row: Row, shown: Callable[[str], str]) -> Said:
    def words(*values: str | None) -> list[str]:
        return [shown(" ".join(value.split())) for value in values if value]

    deadline = row.deadline
    return {
        "actor": words(*(actor.label for actor in row.responsible)),
        "deadline": words(
            *(
                " – ".join(dict.fromkeys(filter(None, (part.start, part.end)))) or part.raw
                for part in (deadline.parts if deadline else ())
            )
        ),
        "theme": list(dict.fromkeys(theme.theme for theme in row.themes)),
        "number": words(row.number),
        "section": words(*(" ".join(filter(None, (step.number, step.title))) for step in row.section_path)),
        "text": words(*(cell.text for cell in row.cells)),
        "target": words(*(target.raw for target in row.targets)),
        "kind": [row.kind],
        "level": words(row.level),
    }


def _of_document(extraction: Extraction) -> Said:
    territory, period = extraction.territory, extraction.period
    names = (territory.federal_subject, territory.municipality) if territory else ()
    return {
        "level": [extraction.level] if extraction.level else [],
        "territory": [name for name in names if name],
        "period": [f"{period.start} – {period.end}"] if period else [],
    }
