"""The plan layer: what is meant (`Roadmap`, `Section`, entries, provisions, levels, acts)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from loaders.extraction import Extraction, LevelDescription, Passage, Provision, Theme
from loaders.layout.sections import level_of, level_of_title
from loaders.quads.actors import state_actor, state_assignments
from loaders.quads.deadlines import state_deadlines
from loaders.quads.document import Document
from loaders.quads.indicators import state_indicators
from loaders.quads.known import state_act, state_territory
from loaders.quads.outline import Outline, OutlineRow
from loaders.quads.source import StatedRow, lines_address, readable_place, state_row
from ontology.iris import concept
from ontology.vocabulary import ANOMALY, DCAT, RDFS, VEKHA

_CLASSES = {
    "activity": VEKHA.Activity,
    "result": VEKHA.PlannedResult,
    "indicator": VEKHA.PlannedResult,
    "form-item": VEKHA.FormItem,
}
_LISTED_LEVELS = re.compile(r"\bуровн\w+\s*:\s*([^()]+)", re.IGNORECASE)
# Weak evidence is told by the theme assignment only, so that plain questions do not rest on it.
_WEAK_BASES = {"column", "context"}
_ANOMALIES = {
    term.value.removeprefix(ANOMALY.NAMESPACE) for term in vars(ANOMALY).values() if isinstance(term, NamedNode)
}


@dataclass(frozen=True, slots=True)
class StatedEntry:
    entry: NamedNode
    row: StatedRow
    indicators: list[NamedNode]


def state_roadmap(document: Document) -> None:
    extraction, statements, roadmap = document.extraction, document.statements, document.roadmap
    statements.is_a(roadmap, VEKHA.Roadmap)
    statements.label(roadmap, extraction.title or extraction.source.file)
    if extraction.title_en:
        statements.add(roadmap, RDFS.label, Literal(extraction.title_en, language="en"))
    statements.add(roadmap, DCAT.hasVersion, document.version)
    # True only of the default graph, which merges the current versions; the catalogue tells the history.
    statements.add(roadmap, DCAT.hasCurrentVersion, document.version)
    if extraction.level:
        statements.add(roadmap, VEKHA.level, concept("level", extraction.level))
    statements.add(roadmap, VEKHA.territory, state_territory(document))
    if extraction.period:
        statements.date(roadmap, VEKHA.periodStart, extraction.period.start)
        statements.date(roadmap, VEKHA.periodEnd, extraction.period.end)
    for act in extraction.acts:
        statements.add(roadmap, VEKHA.approvedBy if act.role == "approves" else VEKHA.cites, state_act(document, act))
    for outcome in extraction.corrections:
        if outcome.place is None and outcome.outcome == "applied":
            statements.add(roadmap, VEKHA.correctedBy, document.iris.correction(document.slug, outcome.key))
    for theme in sorted(_themes_by(extraction, "document")):
        statements.add(roadmap, VEKHA.theme, concept("theme", theme))


def state_sections(document: Document, outline: Outline) -> None:
    statements = document.statements
    for section in outline.sections:
        statements.is_a(section.iri, VEKHA.Section)
        statements.add(section.iri, VEKHA.roadmap, document.roadmap)
        statements.label(section.iri, section.step.title)
        statements.integer(section.iri, VEKHA.ordinal, section.ordinal)
        statements.string(section.iri, VEKHA.printedNumber, section.step.number)
        if section.step.place:
            place = readable_place(document.extraction.source.file, [section.step.place])
            statements.string(section.iri, VEKHA.place, place)
        if section.parent is not None:
            statements.add(section.iri, VEKHA.parentSection, section.parent.iri)
        for level in _stated_levels(section.step.title):
            statements.add(section.iri, VEKHA.level, concept("level", level))


def state_entries(document: Document, outline: Outline) -> list[StatedEntry]:
    """Every row as source and as plan, in document order."""
    stated_entries = []
    numbers: dict[tuple[NamedNode | None, str], NamedNode] = {}
    for order, outlined in enumerate(outline.rows, 1):
        stated = state_row(document, outlined)
        indicators = _state_entry(document, outlined, stated, order)
        stated_entries.append(StatedEntry(outlined.entry, stated, indicators))
        if outlined.row.kind != "activity":
            continue
        section = outlined.section.iri if outlined.section else None
        number = _plain_number(outlined.row.number)
        parent = _plain_number(outlined.row.parent) or number.rpartition(".")[0]
        document.statements.add(outlined.entry, VEKHA.parentActivity, numbers.get((section, parent)))
        if number:
            numbers.setdefault((section, number), outlined.entry)
    return stated_entries


def state_prose(document: Document) -> None:
    """What stands outside tables: points of the order, descriptions of levels, paragraphs that bear a theme."""
    extraction, statements, iris = document.extraction, document.statements, document.iris
    for ordinal, provision in enumerate(extraction.provisions, 1):
        iri = iris.provision(document.slug, str(ordinal))
        _state_passage(document, iri, VEKHA.Provision, provision)
        statements.integer(iri, VEKHA.ordinal, ordinal)
        statements.string(iri, VEKHA.printedNumber, provision.number)
    for ordinal, passage in enumerate(extraction.passages, 1):
        iri = iris.passage(document.slug, ordinal)
        _state_passage(document, iri, VEKHA.Passage, passage)
        statements.integer(iri, VEKHA.ordinal, ordinal)
        _state_themes(document, iri, passage.themes)
    counts: dict[str, int] = {}
    for described in extraction.levels:
        counts[described.level] = counts.get(described.level, 0) + 1
        iri = iris.level_description(document.slug, described.level, counts[described.level])
        _state_passage(document, iri, VEKHA.LevelDescription, described)
        statements.add(iri, VEKHA.level, concept("level", described.level))
        for actor in described.actors:
            statements.add(iri, VEKHA.actor, state_actor(document, actor))


def _state_passage(
    document: Document, iri: NamedNode, cls: NamedNode, said: Provision | Passage | LevelDescription
) -> None:
    statements, text = document.statements, said.text
    statements.is_a(iri, cls)
    statements.add(iri, VEKHA.roadmap, document.roadmap)
    statements.label(iri, text)
    statements.verbatim(iri, VEKHA.text, text, redacted=VEKHA.redactedText)
    address = lines_address(said.lines) if said.lines else said.address
    if address:
        statements.string(iri, VEKHA.place, readable_place(document.extraction.source.file, [address]))


def _state_entry(document: Document, outlined: OutlineRow, stated: StatedRow, order: int) -> list[NamedNode]:
    row, entry, statements = outlined.row, outlined.entry, document.statements
    statements.is_a(entry, _CLASSES[row.kind])
    statements.add(entry, VEKHA.roadmap, document.roadmap)
    if outlined.section is not None:
        statements.add(entry, VEKHA.section, outlined.section.iri)
    statements.label(entry, row.activity or row.result or row.indicator or row.number)
    statements.integer(entry, VEKHA.ordinal, outlined.ordinal)
    statements.integer(entry, VEKHA.documentOrder, order)
    statements.string(entry, VEKHA.printedNumber, row.number)
    main = stated.main_cell()
    if main is not None:
        statements.add(entry, VEKHA.statedIn, main.iri)
    if row.kind != "activity" or row.activity:
        statements.verbatim(entry, VEKHA.resultText, row.result)
    statements.verbatim(entry, VEKHA.indicatorText, row.indicator)
    statements.verbatim(entry, VEKHA.assessmentText, row.assessment)
    actor_cell = stated.cell("responsible", "participant-or-organizer", "co-executor")
    statements.verbatim(entry, VEKHA.actorText, actor_cell.cell.text if actor_cell else None)
    if row.level:
        statements.add(entry, VEKHA.level, concept("level", row.level))
    for code in row.warnings:
        if code in _ANOMALIES:
            statements.add(entry, VEKHA.anomaly, concept("anomaly", code))
    for reference in row.references:
        statements.add(entry, VEKHA.refersTo, document.own(reference.iri))
    for key in row.corrected_by:
        statements.add(entry, VEKHA.correctedBy, document.iris.correction(document.slug, key))
    _state_themes(document, entry, row.themes)
    if outlined.section is not None:
        for theme in row.themes:
            if theme.basis == "section":
                statements.add(outlined.section.iri, VEKHA.theme, concept("theme", theme.theme))
    state_assignments(document, stated, entry)
    state_deadlines(document, stated, entry)
    return state_indicators(document, stated, entry)


def _state_themes(document: Document, bearer: NamedNode, themes: list[Theme]) -> None:
    statements = document.statements
    for theme in themes:
        iri = document.iris.part_of(bearer, "theme-assignment", theme.theme, theme.basis)
        term = concept("theme", theme.theme)
        statements.add(bearer, VEKHA.themeAssignment, iri)
        statements.is_a(iri, VEKHA.ThemeAssignment)
        statements.add(iri, VEKHA.theme, term)
        statements.add(iri, VEKHA.basis, concept("basis", theme.basis))
        if theme.basis not in _WEAK_BASES:
            statements.add(bearer, VEKHA.theme, term)


def _stated_levels(title: str) -> list[str]:
    """The levels that a title lists, «(уровни: регион, муниципалитет, школа)» (D1, section 1), or is about."""
    listed = _LISTED_LEVELS.search(title)
    names = re.split(r",|\bи\b", listed[1]) if listed else []
    found = [level_of(name) for name in names] or [level_of_title(title)]
    return [level for level in found if level is not None]


def _themes_by(extraction: Extraction, basis: str) -> set[str]:
    return {theme.theme for row in extraction.rows for theme in row.themes if theme.basis == basis}


def _plain_number(number: str | None) -> str:
    return (number or "").strip(" .")
