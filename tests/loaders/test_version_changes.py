from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from graph.inference import infer
from graph.snapshots import Snapshot
from graph.store import Store
from loaders.correction_record import CorrectionRecord, new_correction
from loaders.corrections import Correction
from loaders.originals import reload_documents
from loaders.pipeline import load_paths
from loaders.reading_process import ReadingLimits, ReadingPool
from loaders.version_changes import DataChanges, EntryChange, changes_between
from ontology.iris import Iris
from ontology.reference import load_reference

TITLE = "План мероприятий («дорожная карта») развития наставничества Томской области на 2021-2024 годы\n\n"
HEAD = ("№ п/п", "Мероприятие", "Показатель, ед.", "Сроки", "Ответственные")
FIRST = [
    ("1.", "Подготовка наставников для школ региона", "2022 г. – 20", "Май 2022", "ТОИПКРО"),
    ("2.", "Конкурс наставников среди молодых педагогов", "2022 г. – 1", "Декабрь 2023", "ТОИПКРО"),
    ("3.", "Создание реестра наставников области", "2022 г. – 100", "Июнь 2022", "ТОИПКРО"),
    ("4.", "Мониторинг работы наставнических пар", "2022 г. – 2", "ежегодно", "ТОИПКРО"),
]
# The first row as it was, the second a month earlier with another actor, the third gone, the fourth raised, a new one.
SECOND = [
    FIRST[0],
    (*FIRST[1][:3], "Ноябрь 2023", "Департамент общего образования Томской области"),
    ("3.", FIRST[3][1], "2022 г. – 5", *FIRST[3][3:]),
    ("4.", "Выпуск сборника лучших практик наставничества", "2023 г. – 1", "Март 2023", "ТОИПКРО"),
]
OTHER = [("1.", "Ремонт спортивных залов сельских школ", "2022 г. – 3", "Май 2022", "Департамент")]


def plan(rows: Sequence[tuple[str, ...]], title: str = TITLE) -> str:
    return title + "\n".join("\t".join(row) for row in [HEAD, *rows]) + "\n"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Snapshot]]:
    """A sequence of loads made by hand: a plan, its second edition, another plan, a correction, its undoing."""
    folder, iris = tmp_path_factory.mktemp("changes"), Iris()
    found: dict[str, Snapshot] = {}
    with (
        ReadingPool(ReadingLimits(processes=1)) as readers,
        Store.open(folder / "data", rules=[infer], keep=20) as store,
    ):

        def load(name: str, text: str) -> Snapshot:
            (folder / name).write_text(text, encoding="utf-8")
            report = load_paths([folder / name], store=store, iris=iris, readers=readers)
            assert report.complete, report
            return store.versions.open()

        found["first"] = load("plan.txt", plan(FIRST))
        found["second"] = load("plan.txt", plan(SECOND))
        found["other"] = load("sport.txt", plan(OTHER, TITLE.replace("наставничества", "спорта")))
        record = CorrectionRecord.of_store(store, iris)
        wanted = Correction(
            roadmap="plan",
            field="actor",
            author="Мария",
            made="2026-01-01T00:00:00Z",
            value="Департамент общего образования Томской области",
            instead="ТОИПКРО",
            cell="строка 4, столбец 5",
            reason="письмо",
        )
        made = new_correction(wanted, store.snapshot(), iris=iris, reference=load_reference())
        record.add(made)
        record.write(store, show_persons=True)
        reload_documents({"plan"}, store=store, iris=iris, readers=readers)
        found["corrected"] = store.versions.open()
        record.undo("plan", made.key, author="Мария", at="2026-01-02T00:00:00Z")
        record.write(store, show_persons=True)
        reload_documents({"plan"}, store=store, iris=iris, readers=readers)
        found["undone"] = store.versions.open()
        yield found
        for snapshot in found.values():
            snapshot.close()


@pytest.fixture
def between(versions: dict[str, Snapshot]) -> Callable[[str | None, str | None], DataChanges]:
    def ask(before: str | None, after: str | None) -> DataChanges:
        return changes_between(
            versions[before] if before else None, versions[after] if after else None, Iris(), language="ru"
        )

    return ask


def told(changes: list[EntryChange]) -> list[tuple[str, str, str, str]]:
    return [(change.kind, change.text.split()[0], change.before, change.after) for change in changes]


def test_an_edition_is_told_row_by_row(between: Callable[..., DataChanges]) -> None:
    (document,) = between("first", "second").documents
    assert document.status == "edition"
    institute = "Томский областной институт повышения квалификации и переподготовки работников образования"
    assert told(document.entries) == [
        ("deadline-moved", "Конкурс", "Декабрь 2023", "Ноябрь 2023"),
        ("body-replaced", "Конкурс", institute, "Департамент общего образования Томской области"),
        ("renumbered", "Мониторинг", "4.", "3."),
        ("target-raised", "Мониторинг", "2022 г. – 2", "2022 г. – 5"),
        ("added", "Выпуск", "", "Выпуск сборника лучших практик наставничества"),
        ("gone", "Создание", "Создание реестра наставников области", ""),
    ]
    columns = [change.column for change in document.entries]
    assert columns[:4] == ["deadline", "responsible", "number", document.entries[3].column]


def test_backwards_it_is_told_the_other_way_round(between: Callable[..., DataChanges]) -> None:
    (document,) = between("second", "first").documents
    kinds = [change.kind for change in document.entries]
    assert kinds == ["deadline-moved", "body-replaced", "added", "renumbered", "target-lowered", "gone"]


def test_documents_come_and_go(between: Callable[..., DataChanges]) -> None:
    (document,) = between("second", "other").documents
    assert (document.status, document.roadmap.value.rpartition("/")[2], document.entries) == ("added", "sport", [])
    (document,) = between("other", "second").documents
    assert document.status == "removed"
    assert {document.status for document in between(None, "other").documents} == {"added"}
    assert len(between(None, "other").documents) == 2


def test_a_correction_shows_as_such_and_in_the_row_that_it_changed(between: Callable[..., DataChanges]) -> None:
    changes = between("other", "corrected")
    (document,) = changes.documents
    assert document.status == "read-anew"
    ((kind, row, _before, after),) = told(document.entries)
    assert (kind, row, after) == ("body-replaced", "Подготовка", "Департамент общего образования Томской области")
    (made,) = changes.corrections_made
    assert (made.author, made.reason) == ("Мария", "письмо")

    changes = between("corrected", "undone")
    assert [change.kind for change in changes.documents[0].entries] == ["body-replaced"]
    assert [one.key for one in changes.corrections_undone] == [made.key]
    changes = between("other", "undone")
    assert (changes.corrections_made, changes.corrections_undone) == ([], [])
    assert changes.documents == []


def test_nothing_differs_from_itself(between: Callable[..., DataChanges]) -> None:
    assert between("second", "second") == DataChanges()
    assert between(None, None) == DataChanges()


def test_the_examples_are_all_new_against_no_data(five_roadmaps: Snapshot) -> None:
    changes = changes_between(None, five_roadmaps, Iris(), language="ru")
    assert [document.status for document in changes.documents] == ["added"] * 5
