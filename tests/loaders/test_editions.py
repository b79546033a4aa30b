"""Editions of documents: which row is which entry, and, read from the graph after loading both, what changed."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QueryResultsFormat
from rapidfuzz import fuzz

from graph.inference import infer
from graph.store import Store
from loaders.correction_record import CorrectionRecord, new_correction
from loaders.corrections import Correction
from loaders.editions import SAME_IN_PLACE_WITH_CELLS, Match, kind_of, match_entries
from loaders.extraction import Extraction, Row
from loaders.pipeline import load_paths
from loaders.quads import DocumentQuads
from loaders.reading_process import ReadingPool
from loaders.report import DocumentReport, LoadReport
from loaders.stored_versions import StoredVersion, version_of
from ontology.iris import Iris, concept
from ontology.language import normalise
from ontology.reference import Reference
from ontology.vocabulary import DCAT, RDF, VEKHA
from queries.binding import bind
from queries.catalogue import Catalogue

IRIS = Iris()
FIRST = "plan.txt"
SLUG = "tomsk-obl-nastav"
EXPECTED = Path(__file__).with_name("expected")
BASE_PROFILE = f"roadmap: {SLUG}\n"
# The six kinds, and the row put in between that renumbers the five after it.
EDITS = {
    "reworded": (
        "2.\tРазработка дорожных карт и программ по развитию системы наставничества муниципальных",
        "2.\tПодготовка и утверждение дорожных карт и программ по развитию системы наставничества муниципальных",
    ),
    "deadline-moved": ("20.\tНаличие программ\tМай 2020\t", "20.\tНаличие программ\tСентябрь 2020\t"),
    "target-raised": ("2020 г. – 21; 2021 г. – 335;", "2020 г. – 21; 2021 г. – 340;"),
    "body-replaced": ("материалы\tЕжегодно\tДОО ТО ТОИПКРО", "материалы\tЕжегодно\tДОО ТО ТГПУ"),
}
NEW_ROW = (
    "6.\tСоздание совета наставников при Губернаторе Томской области\t2021 г. – 1\t"
    "Положение о совете\tДекабрь 2021\tДОО ТО\n"
)
AFTER_NEW = ["1_6", "1_7", "1_8", "1_9", "1_10"]


def entry(key: str) -> NamedNode:
    return IRIS.activity(SLUG, key)


def edited(text: str, *kinds: str) -> str:
    """The text with the edits of these kinds; «added» renumbers what follows, «gone» is the end of section 2."""
    for kind in kinds:
        if kind in EDITS:
            old, new = EDITS[kind]
            assert text.count(old) == 1, (kind, text.count(old))
            text = text.replace(old, new)
    lines = text.splitlines(keepends=True)
    if "added" in kinds:
        start = next(i for i, line in enumerate(lines) if line.startswith("6.\tОрганизация мониторинга наличия"))
        for index in range(start, start + 5):
            number, tab, rest = lines[index].partition(".\t")
            lines[index] = f"{int(number) + 1}{tab}{rest}"
        lines.insert(start, NEW_ROW)
    if "gone" in kinds:
        lines = [line for line in lines if not line.startswith("4.\tОрганизация и проведение на регулярной основе")]
    return "".join(lines)


@pytest.fixture(scope="module")
def original(examples: Path) -> str:
    return next(examples.glob("001_*.txt")).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def readers() -> Iterator[ReadingPool]:
    with ReadingPool() as pool:
        yield pool


@pytest.fixture(scope="module")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, reference: Reference, readers: ReadingPool, original: str
) -> Path:
    """A data folder with the first edition, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / FIRST).write_text(original, encoding="utf-8")
    (folder / "plan.profile.yaml").write_text(BASE_PROFILE, encoding="utf-8")
    with Store.open(folder / "data", rules=[infer]) as store:
        report = load_paths([folder / FIRST], store=store, iris=IRIS, reference=reference, readers=readers)
        assert report.complete, report
    return folder


@dataclass
class Desk:
    """A store with the first edition, and a folder for further files."""

    folder: Path
    store: Store
    reference: Reference
    readers: ReadingPool

    def load(self, *names: str, show_persons: bool = True) -> LoadReport:
        return load_paths(
            [self.folder / name for name in names],
            store=self.store,
            iris=IRIS,
            reference=self.reference,
            show_persons=show_persons,
            readers=self.readers,
        )

    def write(self, name: str, text: str, profile: str | None = None) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if profile is not None:
            path.with_name(f"{path.stem}.profile.yaml").write_text(profile, encoding="utf-8")

    def load_one(self, name: str, text: str, profile: str | None = None) -> DocumentReport:
        self.write(name, text, profile)
        (document,) = self.load(name).documents
        assert document.status == "loaded", document.errors
        return document

    def values(self, subject: NamedNode, predicate: NamedNode, graph: NamedNode | None = None) -> set[str]:
        return {
            triple.object.value
            for triple in self.store.snapshot().triples(graph)
            if triple.subject == subject
            and triple.predicate == predicate
            and isinstance(triple.object, NamedNode | Literal)
        }

    def activities(self, graph: NamedNode | None = None) -> set[NamedNode]:
        return {
            triple.subject
            for triple in self.store.snapshot().triples(graph)
            if triple.predicate == RDF.type
            and triple.object == VEKHA.Activity
            and isinstance(triple.subject, NamedNode)
            and triple.subject.value.startswith(IRIS.namespace("activity"))
        }

    def changes(self, graph: NamedNode | None = None) -> list[dict[str, str]]:
        """The changes by their order: short names of properties and values."""
        found: dict[NamedNode, dict[str, str]] = {}
        for triple in self.store.snapshot().triples(graph):
            if (
                isinstance(triple.subject, NamedNode)
                and triple.subject.value.startswith(IRIS.namespace("change"))
                and isinstance(triple.object, NamedNode | Literal)
                and triple.predicate.value.startswith(VEKHA.NAMESPACE)
            ):
                values = found.setdefault(triple.subject, {})
                name = triple.predicate.value.removeprefix(VEKHA.NAMESPACE)
                assert name not in values
                values[name] = triple.object.value
        return sorted(found.values(), key=lambda change: int(change["ordinal"]))

    def kinds(self) -> list[tuple[str, str]]:
        """Kind and entry of each change, without names of schemes and of the roadmap."""
        return [
            (change["changeKind"].rpartition("/")[2], change["changeOf"].rpartition(f"{SLUG}_")[2])
            for change in self.changes()
        ]


@pytest.fixture
def desk(tmp_path: Path, prepared: Path, reference: Reference, readers: ReadingPool) -> Iterator[Desk]:
    shutil.copytree(prepared, tmp_path / "desk")
    with Store.open(tmp_path / "desk" / "data", rules=[infer]) as store:
        yield Desk(tmp_path / "desk", store, reference, readers)


# One edition with everything


def test_six_kinds_of_change_and_a_renumbering_are_told_exactly(desk: Desk, original: str) -> None:
    report = desk.load_one(FIRST, edited(original, *EDITS, "added", "gone"))

    assert desk.kinds() == [
        ("deadline-moved", "1_1"),
        ("reworded", "1_2"),
        ("target-raised", "1_3"),
        ("added", "1_6_b"),
        *[("renumbered", key) for key in AFTER_NEW[:4]],
        ("renumbered", "1_10"),
        ("body-replaced", "1_10"),
        ("gone", "2_4"),
    ]
    assert report.changes == {
        "deadline-moved": 1,
        "reworded": 1,
        "target-raised": 1,
        "added": 1,
        "renumbered": 5,
        "body-replaced": 1,
        "gone": 1,
    }


def test_entries_keep_their_names_and_only_the_new_edition_is_current(desk: Desk, original: str) -> None:
    before = desk.activities()
    old = desk.store.document_graph(IRIS.roadmap(SLUG))
    report = desk.load_one(FIRST, edited(original, *EDITS, "added", "gone"))

    assert desk.activities() == before - {entry("2_4")} | {entry("1_6_b")}
    assert desk.activities(old) == before
    assert report.graph is not None
    assert desk.activities(NamedNode(report.graph)) == desk.activities()
    # The row that was 6 is 7 now, with the parts it had.
    assert desk.values(entry("1_6"), VEKHA.printedNumber) == {"7."}
    assert desk.values(entry("1_6"), VEKHA.printedNumber, old) == {"6."}
    assert desk.values(entry("1_6"), VEKHA.indicator) == desk.values(entry("1_6"), VEKHA.indicator, old)
    assert desk.values(entry("1_6_b"), VEKHA.printedNumber) == {"6."}
    assert desk.changes(old) == []
    (version,) = desk.values(IRIS.roadmap(SLUG), DCAT.hasCurrentVersion)
    assert desk.values(NamedNode(version), DCAT.previousVersion) == {report.previous}


def test_a_change_has_the_words_values_and_cells_of_both_sides(desk: Desk, original: str) -> None:
    old = desk.store.document_graph(IRIS.roadmap(SLUG))
    desk.load_one(FIRST, edited(original, *EDITS, "added", "gone"))
    changes = {change["changeKind"].rpartition("/")[2]: change for change in desk.changes()}

    moved = changes["deadline-moved"]
    assert (moved["textBefore"], moved["textAfter"]) == ("Май 2020", "Сентябрь 2020")
    assert (moved["startBefore"], moved["endBefore"]) == ("2020-05-01", "2020-05-31")
    assert (moved["startAfter"], moved["endAfter"]) == ("2020-09-01", "2020-09-30")
    raised = changes["target-raised"]
    assert (raised["valueBefore"], raised["valueAfter"], raised["year"]) == ("335", "340", "2021")
    replaced = changes["body-replaced"]
    assert (replaced["textBefore"], replaced["textAfter"]) == ("ТОИПКРО", "ТГПУ")
    assert replaced["actorBefore"] == IRIS.thing("body", "tomsk-obl_toipkro").value
    assert replaced["actorAfter"] == IRIS.thing("body", "tomsk-obl_tgpu").value
    reworded = changes["reworded"]
    assert reworded["textBefore"].startswith("Разработка дорожных карт")
    assert reworded["textAfter"].startswith("Подготовка и утверждение дорожных карт")
    assert reworded["columnKind"] == concept("column-kind", "activity").value
    assert "textBefore" not in changes["added"]
    assert changes["added"]["textAfter"].startswith("Создание совета наставников")
    assert changes["gone"]["textBefore"].startswith("Организация и проведение на регулярной основе")
    assert "cellAfter" not in changes["gone"]
    for kind in ("deadline-moved", "target-raised", "body-replaced", "reworded"):
        before, after = NamedNode(changes[kind]["cellBefore"]), NamedNode(changes[kind]["cellAfter"])
        assert changes[kind]["textBefore"] in next(iter(desk.values(before, VEKHA.rawText, old)))
        assert changes[kind]["textAfter"] in next(iter(desk.values(after, VEKHA.rawText)))


def test_the_question_what_changed_is_answered(desk: Desk, original: str, golden: Callable[[Path, str], None]) -> None:
    desk.load_one(FIRST, edited(original, *EDITS, "added", "gone"))
    question = Catalogue.read(IRIS.base)["what-changed"]
    sink = io.BytesIO()
    desk.store.snapshot().answer(bind(question)).write(sink, QueryResultsFormat.CSV)

    golden(EXPECTED / "what-changed.csv", sink.getvalue().decode().replace("\r\n", "\n"))


# Each kind alone


@pytest.mark.parametrize(("kind", "key"), [*zip(EDITS, ["1_2", "1_1", "1_3", "1_10"], strict=True), ("gone", "2_4")])
def test_one_edit_is_one_change(desk: Desk, original: str, kind: str, key: str) -> None:
    desk.load_one(FIRST, edited(original, kind))

    assert desk.kinds() == [(kind, key)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2020 г. – 21; 2021 г. – 335;", "2020 г. – 21; 2021 г. – 300;", ["target-lowered"]),
        ("2020 г. – 21; 2021 г. – 335;", "2020 г. – 21; 2021 г. – 336; (не менее)", ["target-raised", "reworded"]),
        ("Аналитические материалы\tЕжегодно\t", "Аналитические материалы\tЕжеквартально\t", ["deadline-changed"]),
        ("Ежегодно\tДОО ТО ТОИПКРО", "Ежегодно\tДОО ТО ТОИПКРО ТГПУ", ["body-added"]),
        ("Ежегодно\tДОО ТО ТОИПКРО", "Ежегодно\tДОО ТО", ["body-removed"]),
        ("наставничества, повышения её эффективности", "наставничества, повышения ее эффективности", []),
        ("раздела «Развитие наставничества» на", 'раздела  "Развитие  наставничества" на', []),
    ],
)
def test_other_edits(desk: Desk, original: str, old: str, new: str, expected: list[str]) -> None:
    assert old in original
    desk.load_one(FIRST, original.replace(old, new))

    assert sorted({kind for kind, _ in desk.kinds()}) == sorted(expected)


def test_a_row_in_another_section_has_moved(desk: Desk, original: str) -> None:
    lines = original.splitlines(keepends=True)
    moved = next(line for line in lines if line.startswith("10.\tМониторинг эффективности мер"))
    lines.remove(moved)
    target = next(i for i, line in enumerate(lines) if line.startswith("4.\tОрганизация и проведение на регулярной"))
    lines.insert(target + 1, moved.replace("10.", "5.", 1))
    desk.load_one(FIRST, "".join(lines))

    assert desk.kinds() == [("renumbered", "1_10"), ("moved-section", "1_10")]


def test_a_section_put_in_between_leaves_the_names_of_the_others(desk: Desk, original: str) -> None:
    title = "Создание информационно-коммуникативного пространства"
    new = f"Цифровые сервисы наставничества в регионе\t\t\t\t\t\n1.{NEW_ROW.removeprefix('6.')}"
    sections = {key: desk.values(entry(key), VEKHA.section) for key in ("1_1", "2_1", "3_1")}
    desk.load_one(FIRST, original.replace(title, new + title))

    assert [kind for kind, _ in desk.kinds()] == ["added"]
    assert {key: desk.values(entry(key), VEKHA.section) for key in sections} == sections


# Histories


def test_a_third_edition_and_a_return_to_the_first(desk: Desk, original: str) -> None:
    first = desk.activities()
    desk.load_one(FIRST, edited(original, "gone"))
    assert desk.activities() == first - {entry("2_4")}
    # What was left out and comes back is a new entry: the old name is that of the old row for ever.
    desk.load_one(FIRST, edited(original, "added"))
    assert entry("2_4") not in desk.activities()
    assert {entry("2_4_b"), entry("1_6_b")} <= desk.activities()
    # The very first file again is the first version again.
    desk.load_one(FIRST, original)
    assert desk.activities() == first
    assert desk.changes() == []


def test_a_version_read_anew_keeps_its_names(desk: Desk, original: str) -> None:
    desk.load_one(FIRST, edited(original, "added"))
    desk.load_one(FIRST, edited(original, "added", "deadline-moved"))
    names, kinds = desk.activities(), desk.kinds()
    assert kinds == [("deadline-moved", "1_1")]
    desk.load_one(FIRST, edited(original, "added"), BASE_PROFILE + "title_en: Read anew\n")

    assert desk.activities() == names
    assert desk.kinds() == [("added", "1_6_b"), *[("renumbered", key) for key in AFTER_NEW]]


def test_a_correction_by_a_person_goes_on_with_its_row(desk: Desk, original: str) -> None:
    def corrected_deadline() -> set[str]:
        return desk.values(entry("1_9"), VEKHA.deadlineEnd)

    (place,) = desk.values(NamedNode(next(iter(desk.values(entry("1_9"), VEKHA.statedIn)))), VEKHA.place)
    cell = re.sub(r"столбец \d+", "столбец 5", place)
    record = CorrectionRecord.of_store(desk.store, IRIS)
    said = Correction(SLUG, "deadline", "Мария", "2026-01-12T09:00:00+00:00", value="до 15.11.2021", cell=cell)
    made = new_correction(said, desk.store.snapshot(), iris=IRIS, reference=desk.reference)
    record.add(made)
    record.write(desk.store, show_persons=True)
    before = corrected_deadline()
    desk.load(FIRST)
    assert corrected_deadline() == {"2021-11-15"} != before
    report = desk.load_one(FIRST, edited(original, "added", "gone"))

    # The row has another number and line now; how a person read its cell is no change of the document.
    assert desk.values(entry("1_9"), VEKHA.printedNumber) == {"10."}
    assert corrected_deadline() == {"2021-11-15"}
    assert report.changes == {"added": 1, "renumbered": 5, "gone": 1}
    (recorded,) = CorrectionRecord.of_store(desk.store, IRIS).all(SLUG)
    assert recorded.outcome == "applied"


def test_withheld_names_are_neither_shown_nor_taken_for_changes(desk: Desk, original: str) -> None:
    named = original.replace("Ежегодно\tДОО ТО ТОИПКРО", "Ежегодно\tИванова А.Б., ТОИПКРО")
    desk.write("persons.txt", named, "roadmap: persons\n")
    desk.write("again.txt", edited(named, "deadline-moved"), "roadmap: persons\n")
    desk.load("persons.txt", show_persons=False)
    report = desk.load("again.txt", show_persons=False)

    assert report.documents[0].changes == {"deadline-moved": 1}


def test_the_words_of_a_person_stay_out_of_the_document_graph(desk: Desk, original: str) -> None:
    named = original.replace("Ежегодно\tДОО ТО ТОИПКРО", "Ежегодно\tИванова А.Б., ТОИПКРО")
    desk.load_one(FIRST, named)
    report = desk.load_one(FIRST, named.replace("Иванова А.Б.", "Петрова В.Г."))
    assert report.changes == {"body-replaced": 1}
    assert report.graph is not None

    (change,) = desk.changes()
    assert (change["textBefore"], change["textAfter"]) == ("Иванова А.Б.", "Петрова В.Г.")
    stored = "\n".join(str(triple) for triple in desk.store.snapshot().triples(NamedNode(report.graph)))
    assert "Иванова" not in stored
    assert "Петрова" not in stored


# Which roadmap a file belongs to


OTHER_PLAN = """План мероприятий по цифровизации школ Приморского края на 2022–2023 годы

№	Мероприятие	Срок	Ответственные
1	Закупка ноутбуков для сельских школ	до 01.06.2022	Министерство образования
2	Подключение спортивных залов к интернету	2023 год	Администрации округов
3	Обучение завучей работе с журналом	ноябрь 2022	Институт развития образования
"""
LATER_PLAN = OTHER_PLAN.replace("\t2023 год\t", "\tапрель 2023\t")


def test_another_document_of_the_same_name_is_a_roadmap_of_its_own(desk: Desk, original: str) -> None:
    desk.load_one("east/map.txt", original)
    report = desk.load_one("west/map.txt", OTHER_PLAN)

    assert report.roadmap == IRIS.roadmap("map-2").value
    assert (report.previous, report.changes) == (None, {})
    (warning,) = [note for note in report.warnings if note.code == "another-document-of-this-name"]
    assert "map-2" in warning.message.translations["ru"]
    assert "map-2" in str(warning.message)
    assert desk.values(IRIS.roadmap("map"), RDF.type)
    # Both go on by themselves.
    again = desk.load_one("west/map.txt", LATER_PLAN)
    assert (again.roadmap, again.changes) == (report.roadmap, {"deadline-moved": 1})
    assert desk.load_one("east/map.txt", edited(original, "gone")).roadmap == IRIS.roadmap("map").value


def test_equal_rows_of_another_territory_are_another_document(desk: Desk) -> None:
    desk.write("east/map.txt", OTHER_PLAN)
    desk.write("west/map.txt", OTHER_PLAN.replace("Приморского края", "Тамбовской области"))
    first, second = desk.load("east", "west").documents

    assert (first.roadmap, second.roadmap) == (IRIS.roadmap("map").value, IRIS.roadmap("map-2").value)


def test_two_editions_in_one_load_follow_each_other(desk: Desk) -> None:
    desk.write("a/map.txt", OTHER_PLAN)
    desk.write("b/map.txt", LATER_PLAN)
    first, second = desk.load("a", "b").documents

    assert first.roadmap == second.roadmap
    assert (first.changes, second.changes) == ({}, {"deadline-moved": 1})


@pytest.mark.parametrize("together", [True, False])
def test_an_edition_of_another_name_is_doubted_and_not_merged(desk: Desk, together: bool) -> None:  # noqa: FBT001  (a table's column)
    desk.write("draft.txt", OTHER_PLAN)
    desk.write("final.txt", LATER_PLAN)
    reports = (
        desk.load("draft.txt", "final.txt").documents
        if together
        else [desk.load(name).documents[0] for name in ("draft.txt", "final.txt")]
    )

    assert [report.roadmap for report in reports] == [IRIS.roadmap(name).value for name in ("draft", "final")]
    assert "looks-like-edition" not in {note.code for note in reports[0].warnings}
    (doubt,) = [note for note in reports[1].warnings if note.code == "looks-like-edition"]
    assert "roadmap: draft" in str(doubt.message)
    told = desk.load_one("final.txt", LATER_PLAN, "roadmap: draft\n")
    assert (told.roadmap, told.changes) == (IRIS.roadmap("draft").value, {"deadline-moved": 1})


def test_a_profile_that_names_a_foreign_roadmap_is_obeyed_and_doubted(desk: Desk) -> None:
    report = desk.load_one("other.txt", OTHER_PLAN, BASE_PROFILE)

    assert report.roadmap == IRIS.roadmap(SLUG).value
    assert "edition-without-common-rows" in {note.code for note in report.warnings}
    assert report.changes == {"added": 3, "gone": 18}


# Matching


@pytest.fixture(scope="module")
def stored(
    example_extractions: dict[str, Extraction], example_quads: dict[str, DocumentQuads]
) -> dict[str, tuple[StoredVersion, list[Row]]]:
    """The five examples as the store has them, with their rows."""
    return {
        roadmap: (version_of(quads.document, quads.persons, IRIS, quads.version), example_extractions[roadmap].rows)
        for roadmap, quads in example_quads.items()
    }


Stored = dict[str, tuple[StoredVersion, list[Row]]]
ROADMAPS = st.sampled_from(["tomsk-obl-mr", SLUG, "tambov-obl-nms", "tomsk-city-model", "khorol-mo-nms"])
slow = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def said(row: Row) -> tuple[str, ...]:
    """Everything a row says but its number."""
    return tuple(normalise(cell.text) for cell in row.cells if cell.role != "number")


def similarity(first: Row, second: Row) -> float:
    """Of the words at the beginning of the cells, as the matching sees them but worked out from the whole rows."""
    words = [
        [word[:5] for word in re.findall(r"[^\W\d_]{3,}|\d+", normalise(row.activity or row.result or ""))]
        for row in (first, second)
    ]
    return fuzz.ratio(*words)


@pytest.mark.parametrize("roadmap", ["tomsk-obl-mr", SLUG, "tambov-obl-nms", "tomsk-city-model", "khorol-mo-nms"])
def test_matching_a_document_with_itself_is_the_identity(stored: Stored, roadmap: str) -> None:
    version, rows = stored[roadmap]

    assert len(version.entries) == len(rows)
    assert match_entries(version.entries, rows) == [Match(index, index) for index in range(len(rows))]


@slow
@given(roadmap=ROADMAPS, data=st.data())
def test_shuffled_rows_are_found_again(stored: Stored, roadmap: str, data: st.DataObject) -> None:
    version, rows = stored[roadmap]
    order = data.draw(st.permutations(range(len(rows))))
    matches = match_entries(version.entries, [rows[index] for index in order])

    assert len(matches) == len(rows)
    assert all(said(rows[match.previous]) == said(rows[order[match.current]]) for match in matches)


@slow
@given(roadmap=ROADMAPS, data=st.data())
def test_dropped_rows_leave_the_others_their_names(stored: Stored, roadmap: str, data: st.DataObject) -> None:
    version, rows = stored[roadmap]
    dropped = data.draw(st.sets(st.integers(0, len(rows) - 1), max_size=len(rows) // 2))
    left = [index for index in range(len(rows)) if index not in dropped]
    matches = match_entries(version.entries, [rows[index] for index in left])

    assert len(matches) == len(left)
    assert all(said(rows[match.previous]) == said(rows[left[match.current]]) for match in matches)


@slow
@given(roadmap=ROADMAPS, data=st.data())
def test_rows_missing_on_either_side_are_never_paired_with_unrelated_ones(
    stored: Stored, roadmap: str, data: st.DataObject
) -> None:
    version, rows = stored[roadmap]
    chosen = data.draw(st.lists(st.sampled_from(["both", "before", "after"]), min_size=len(rows), max_size=len(rows)))
    before = [index for index, side in enumerate(chosen) if side != "after"]
    after = data.draw(st.permutations([index for index, side in enumerate(chosen) if side != "before"]))
    matches = match_entries([version.entries[index] for index in before], [rows[index] for index in after])
    pairs = [(before[match.previous], after[match.current]) for match in matches]

    assert len({previous for previous, _ in pairs}) == len({current for _, current in pairs}) == len(pairs)
    texts = [said(row) for row in rows]
    alone = {index for index, side in enumerate(chosen) if side == "both" and texts.count(texts[index]) == 1}
    assert {(index, index) for index in alone} <= set(pairs)
    for previous, current in pairs:
        assert kind_of(rows[previous]) == kind_of(rows[current])
        if said(rows[previous]) != said(rows[current]):
            assert similarity(rows[previous], rows[current]) >= SAME_IN_PLACE_WITH_CELLS


@pytest.mark.parametrize("first", ["tomsk-obl-mr", "tambov-obl-nms", "khorol-mo-nms"])
@pytest.mark.parametrize("second", [SLUG, "tomsk-city-model"])
def test_rows_of_unrelated_documents_are_not_matched(stored: Stored, first: str, second: str) -> None:
    matches = match_entries(stored[first][0].entries, stored[second][1])

    assert matches == []


def test_equal_rows_are_told_apart_by_their_order(stored: Stored) -> None:
    version, rows = stored["khorol-mo-nms"]
    twins = [index for index, row in enumerate(rows) if [said(other) for other in rows].count(said(row)) > 1]
    assert len(twins) >= 2
    new = deepcopy(rows[0])
    new.activity = "Проведение муниципального слёта вожатых на берегу моря"
    new.cells = [cell for cell in new.cells if cell.role != "activity"]
    matches = match_entries(version.entries, [*rows[: twins[0]], new, *rows[twins[0] :]])

    assert [(match.previous, match.current) for match in matches if match.previous in twins] == [
        (index, index + 1) for index in twins
    ]


def test_a_new_row_does_not_take_the_number_of_a_reworded_one(stored: Stored) -> None:
    version, rows = stored["tambov-obl-nms"]
    changed = deepcopy(rows)
    for index in range(5, 12):
        changed[index].number = rows[index + 1].number
        words = (changed[index].activity or "").split()
        changed[index].activity = " ".join([*words[:-2], "и", "городских", "округов"])
    new = deepcopy(rows[0])
    new.activity, new.number, new.cells = "Закупка спортивного инвентаря для лагерей", rows[5].number, []
    matches = match_entries(version.entries, [*changed[:5], new, *changed[5:]])

    assert [(match.previous, match.current) for match in matches] == [
        (index, index + (index >= 5)) for index in range(len(rows))
    ]
