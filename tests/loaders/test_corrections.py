from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from graph.inference import infer
from graph.results import Table
from graph.store import Store
from graph.validation import Validator
from loaders.corrected_values import CorrectionError, check_value, period_of, territory_of
from loaders.correction_record import CorrectionRecord, RecordedCorrection, correction_quads, new_correction
from loaders.corrections import Correction, apply_corrections, check
from loaders.extract import extract
from loaders.extraction import CorrectedField, Extraction, Row, Territory
from loaders.pipeline import load_paths
from loaders.profile import Profile
from loaders.report import LoadReport
from ontology.iris import Iris
from ontology.reference import Reference
from ontology.vocabulary import FOAF, PROV, RDF, RDFS, VEKHA
from queries.catalogue import Catalogue

IRIS = Iris()
MENTORING = "001_86a2010b6c35da95"
ROADMAP = "tomsk-obl-nastav"
DEPARTMENT = "Департамент общего образования Томской области"
MADE = "2026-01-12T09:00:00+00:00"
HEAD = "№\tМероприятие\tСроки\tОтветственные\n"
PLAN = (
    "Дорожная карта развития наставничества в Томской области на 2021-2022 годы\n\n"
    + HEAD
    + "1\tПровести семинар наставников\tмай\tТОИПКРО\n"
    + "2\tИздать приказ о мониторинге\tдо 31.02.2022\tЖуравль Ж.Ж., директор\n"
    + "3\tОбновить сайт\tиюнь 2021\tТОИПКРО, ДОО ТО\n"
)


def correction(field: CorrectedField, value: str | None = None, **values: object) -> Correction:
    given: dict[str, object] = {"roadmap": "plan", "author": "Мария", "made": MADE, "value": value, **values}
    return Correction(field=field, **given)  # type: ignore[arg-type]  # the keys are fields of Correction


@pytest.fixture
def plan(tmp_path: Path, reference: Reference) -> Extraction:
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, encoding="utf-8")
    return extract(path, reference=reference, profile=Profile())


def cell(line: int, column: int) -> str:
    return f"строка {line}, столбец {column}"


def corrected(plan: Extraction, reference: Reference, *corrections: Correction) -> Extraction:
    return apply_corrections(plan, corrections, reference=reference)


def row(extraction: Extraction, number: str) -> Row:
    return next(row for row in extraction.rows if row.number == number)


def outcomes(extraction: Extraction) -> list[str]:
    return [outcome.outcome for outcome in extraction.corrections]


# --- one document, nothing stored


def test_nothing_is_changed_without_corrections(plan: Extraction, reference: Reference) -> None:
    assert corrected(plan, reference) is plan


def test_the_reading_itself_stays_as_it_was(plan: Extraction, reference: Reference) -> None:
    before = deepcopy(plan)
    found = corrected(
        plan, reference, correction("actor", "ДОО ТО", operation="add", cell=cell(4, 4), expects="ТОИПКРО")
    )
    assert plan == before
    assert len(row(found, "1").responsible) == 2


def test_a_deadline_in_words_is_read_as_a_cell_is(plan: Extraction, reference: Reference) -> None:
    wrong = row(plan, "2")
    assert "unreadable-deadline" in wrong.warnings
    found = corrected(
        plan, reference, correction("deadline", "до 28.02.2022", cell=cell(5, 3), expects="до 31.02.2022")
    )
    right = row(found, "2")
    assert right.deadline is not None
    assert (right.deadline.class_, right.deadline.end) == ("before_date", "2022-02-28")
    assert right.deadline.confidence == 1.0
    assert right.confidence > wrong.confidence
    assert right.warnings == ["corrected"]
    assert "unreadable-deadline" not in {warning.code for warning in found.warnings}
    assert [text.text for text in right.cells if text.role == "deadline"] == ["до 31.02.2022"]


def test_an_actor_is_replaced_by_name_or_iri(plan: Extraction, reference: Reference) -> None:
    known = {actor.iri for actor in row(plan, "3").responsible}
    for value in ("ДОО ТО", next(iri for iri in known if iri and "toipkro" not in iri)):
        found = corrected(
            plan, reference, correction("actor", value, instead="ТОИПКРО", cell=cell(4, 4), expects="ТОИПКРО")
        )
        (actor,) = row(found, "1").responsible
        assert actor.iri in known
        assert actor.iri != IRIS.thing("body", "tomsk-obl_toipkro").value
        assert (actor.raw, actor.start, actor.end) == ("ТОИПКРО", 0, 7)
        assert actor.confidence == 1.0


def test_an_actor_is_added_and_removed(plan: Extraction, reference: Reference) -> None:
    place = {"cell": cell(6, 4), "expects": "ТОИПКРО, ДОО ТО"}
    found = corrected(
        plan,
        reference,
        correction("actor", instead="ТОИПКРО", operation="remove", **place),
        correction("actor", "Совет ветеранов (по согласованию)", operation="add", **place),
    )
    first, second = row(found, "3").responsible
    assert first.raw == "ДОО ТО"
    assert (second.label, second.role, second.start) == ("Совет ветеранов", "by-agreement", None)
    assert second.correction in row(found, "3").corrected_by


def test_every_other_field_of_a_row(plan: Extraction, reference: Reference) -> None:
    first = {"cell": cell(4, 2), "expects": "Провести семинар наставников"}
    last = {"cell": cell(6, 2), "expects": "Обновить сайт"}
    found = corrected(
        plan,
        reference,
        correction("theme", "мониторинг", operation="add", **first),
        correction("number", "1.1", **first),
        correction("section", "2. Подготовка кадров", **first),
        correction("level", "школьный", **first),
        correction("kind", "none", **last),
    )
    assert outcomes(found) == ["applied"] * 5
    changed = row(found, "1.1")
    assert ("monitoring", "manual") in [(theme.theme, theme.basis) for theme in changed.themes]
    assert [(step.number, step.title) for step in changed.section_path] == [("2.", "Подготовка кадров")]
    assert changed.level == "school"
    assert [row.number for row in found.rows] == ["1.1", "2"]
    assert [row.ordinal for row in found.rows] == [1, 2]


def test_a_corrected_text_is_read_again_and_the_printed_one_kept(plan: Extraction, reference: Reference) -> None:
    found = corrected(
        plan,
        reference,
        correction("text", "Провести вебинар школ", cell=cell(4, 2), expects="Провести семинар наставников"),
        correction("text", "ДОО ТО", cell=cell(4, 4), expects="ТОИПКРО"),
    )
    changed = row(found, "1")
    assert changed.activity == "Провести вебинар школ"
    assert [actor.raw for actor in changed.responsible] == ["ДОО ТО"]
    assert [one.printed for one in changed.cells if one.printed] == ["Провести семинар наставников", "ТОИПКРО"]


def test_a_corrected_period_gives_deadlines_their_year(plan: Extraction, reference: Reference) -> None:
    found = corrected(plan, reference, correction("period", "2023"), correction("level", "municipality"))
    assert found.period is not None
    assert (found.period.start, found.period.end) == ("2023-01-01", "2023-12-31")
    assert found.level == "municipality"
    deadline = row(found, "1").deadline
    assert deadline is not None
    assert deadline.start == "2023-05-01"


def test_a_corrected_territory_resolves_actors_there(plan: Extraction, reference: Reference) -> None:
    found = corrected(plan, reference, correction("territory", "Тамбовская область"))
    assert found.territory is not None
    assert found.territory.federal_subject == "Тамбовская область"
    before, after = row(plan, "1").responsible[0].iri, row(found, "1").responsible[0].iri
    assert before == IRIS.thing("body", "tomsk-obl_toipkro").value
    assert after != before


def test_a_person_said_later_wins(plan: Extraction, reference: Reference) -> None:
    place = {"cell": cell(4, 3), "expects": "май"}
    later = correction("deadline", "июль 2021", made="2026-02-01T00:00:00+00:00", **place)
    found = corrected(plan, reference, later, correction("deadline", "июнь 2021", **place))
    deadline = row(found, "1").deadline
    assert deadline is not None
    assert deadline.start == "2021-07-01"


def test_a_changed_text_makes_a_correction_stale(plan: Extraction, reference: Reference) -> None:
    found = corrected(plan, reference, correction("deadline", "июнь 2021", cell=cell(4, 3), expects="апрель"))
    (outcome,) = found.corrections
    assert (outcome.outcome, outcome.expected, outcome.found) == ("stale", "апрель", "май")
    assert row(found, "1").deadline == row(plan, "1").deadline
    assert row(found, "1").corrected_by == []
    (warning,) = [warning for warning in found.warnings if warning.code == "stale-correction"]
    assert warning.place == cell(4, 3)


def test_a_cell_that_is_gone_is_missing(plan: Extraction, reference: Reference) -> None:
    found = corrected(plan, reference, correction("deadline", "июнь 2021", cell=cell(40, 3), expects="май"))
    assert outcomes(found) == ["missing"]


def test_a_value_that_does_not_fit_is_unusable(plan: Extraction, reference: Reference) -> None:
    found = corrected(
        plan,
        reference,
        correction("actor", "ДОО ТО", instead="Минпросвещения", cell=cell(4, 4), expects="ТОИПКРО"),
        correction("deadline", "когда-нибудь", cell=cell(4, 3), expects="май"),
    )
    assert outcomes(found) == ["unusable", "unusable"]
    assert [row.corrected_by for row in found.rows] == [[], [], []]
    assert found.rows[0].responsible == plan.rows[0].responsible


def test_an_undone_correction_is_not_applied(plan: Extraction, reference: Reference) -> None:
    undone = correction("deadline", "июнь 2021", cell=cell(4, 3), expects="май", undone=MADE, undone_by="Мария")
    assert corrected(plan, reference, undone) is plan


def test_a_correction_follows_its_row(tmp_path: Path, reference: Reference) -> None:
    moved = tmp_path / "plan.txt"
    moved.write_text(PLAN.replace(HEAD, HEAD + "0\tУтвердить план\tмай\tТОИПКРО\n"), encoding="utf-8")
    said = correction(
        "actor",
        "ДОО ТО",
        operation="add",
        cell=cell(4, 4),
        column="responsible",
        expects="ТОИПКРО",
        about="Провести семинар наставников",
    )
    found = extract(moved, reference=reference, profile=Profile(), corrections=[said])
    assert outcomes(found) == ["applied"]
    assert [len(row.responsible) for row in found.rows] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("deadline", "когда-нибудь"),
        ("deadline", "до 31.02.2022"),
        ("theme", "погода"),
        ("level", "луна"),
        ("kind", "row"),
        ("period", "2022-2021"),
        ("period", "2022-13-01/2022-12-31"),
        ("territory", "Атлантида"),
        ("territory", "Город Томск, Советский район"),
        ("actor", "https://w3id.org/vekha/id/body/nobody"),
    ],
)
def test_a_value_that_cannot_be_is_refused_at_once(field: CorrectedField, value: str, reference: Reference) -> None:
    with pytest.raises(CorrectionError):
        check_value(field, value, reference=reference)


@pytest.mark.parametrize(
    "wrong",
    [
        correction("deadline", "май 2021"),
        correction("period", "2021", cell=cell(4, 3)),
        correction("deadline", "май 2021", operation="add", cell=cell(4, 3)),
        correction("deadline", operation="remove", cell=cell(4, 3)),
        correction("actor", "ТОИПКРО", cell=cell(4, 4)),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(wrong: Correction) -> None:
    with pytest.raises(CorrectionError):
        check(wrong)


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("2021–2024", "2021-01-01", "2024-12-31"),
        ("2021/2022 уч. год", "2021-09-01", "2022-08-31"),
        ("2021-03-01/2024-06-30", "2021-03-01", "2024-06-30"),
        ("2022", "2022-01-01", "2022-12-31"),
    ],
)
def test_periods_as_people_write_them(value: str, start: str, end: str) -> None:
    found = period_of(value)
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize(
    ("value", "territory"),
    [
        ("Томская область", Territory("Томская область")),
        ("город томск", Territory("Томская область", "Город Томск")),
        ("Томская область, Город Томск", Territory("Томская область", "Город Томск")),
        ("Томская область, Новый район", Territory("Томская область", "Новый район")),
    ],
)
def test_territories_as_people_write_them(value: str, territory: Territory, reference: Reference) -> None:
    assert territory_of(value, reference) == territory


# --- end to end, on an example


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", rules=[infer]) as store:
        yield store


@pytest.fixture
def document(tmp_path: Path, examples: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for path in examples.glob(f"{MENTORING}*"):
        shutil.copy(path, folder)
    return folder / f"{MENTORING}.txt"


class Desk:
    """A person at a store: loads one document, corrects it, looks at the graph."""

    def __init__(self, store: Store, document: Path, reference: Reference, *, show_persons: bool = True) -> None:
        self.store = store
        self.document = document
        self.reference = reference
        self.show_persons = show_persons

    def load(self) -> LoadReport:
        return load_paths(
            [self.document], store=self.store, iris=IRIS, reference=self.reference, show_persons=self.show_persons
        )

    def correct(self, field: CorrectedField, value: str | None = None, **values: object) -> Correction:
        snapshot = self.store.snapshot()
        asked = correction(field, value, **{"roadmap": ROADMAP, **values})
        made = new_correction(asked, snapshot, iris=IRIS, reference=self.reference, show_persons=self.show_persons)
        record = self.record()
        record.add(made)
        record.write(self.store, show_persons=self.show_persons)
        return made

    def undo(self, key: str) -> None:
        record = self.record()
        record.undo(ROADMAP, key, author="Пётр", at="2026-01-13T10:00:00+00:00")
        record.write(self.store, show_persons=self.show_persons)

    def record(self) -> CorrectionRecord:
        return CorrectionRecord.of_store(self.store, IRIS)

    def objects(self, subject: NamedNode, predicate: NamedNode, graph: NamedNode | None = None) -> set[str]:
        return {
            triple.object.value
            for triple in self.store.snapshot().triples(graph)
            if triple.subject == subject
            and triple.predicate == predicate
            and isinstance(triple.object, NamedNode | Literal)
        }

    def who_is_responsible(self, number: str, repository: Path) -> str:
        """The answer of the question of that name for one activity."""
        question = (repository / "queries" / "responsibility" / "who-is-responsible.rq").read_text(encoding="utf-8")
        answer = self.store.snapshot().query(question, prefixes=Catalogue.read(IRIS.base).prefixes.namespaces)
        assert isinstance(answer, Table)
        (found,) = [row["responsible"] for row in answer.records() if literal(row["number"]) == number]
        return literal(found)


def literal(term: object) -> str:
    assert isinstance(term, Literal)
    return term.value


@pytest.fixture
def desk(store: Store, document: Path, reference: Reference) -> Desk:
    desk = Desk(store, document, reference)
    assert desk.load().complete
    return desk


ADVICE = IRIS.activity(ROADMAP, "1_9")
PLACE = cell(19, 6)
TOIPKRO = IRIS.thing("body", "tomsk-obl_toipkro").value


def test_an_actor_corrected_once_stands_in_the_graph_with_its_source(desk: Desk, repository: Path) -> None:
    assert desk.objects(ADVICE, VEKHA.actor) == {TOIPKRO}
    made = desk.correct("actor", "ДОО ТО", instead="ТОИПКРО", cell=PLACE, reason="письмо от 01.02.2021")
    assert (made.expects, made.column) == ("ТОИПКРО", "responsible")

    report = desk.load()

    assert [document.status for document in report.documents] == ["loaded"]
    assert [outcome.outcome for outcome in report.documents[0].corrections] == ["applied"]
    (department,) = desk.objects(ADVICE, VEKHA.responsible)
    assert department != TOIPKRO
    assert desk.objects(NamedNode(department), RDFS.label) & {DEPARTMENT}
    assert DEPARTMENT in desk.who_is_responsible("9.", repository)
    (assignment,) = desk.objects(ADVICE, VEKHA.assignment)
    said = IRIS.correction(ROADMAP, made.key)
    assert desk.objects(NamedNode(assignment), VEKHA.correctedBy) == {said.value}
    assert desk.objects(ADVICE, VEKHA.correctedBy) == {said.value}
    (author,) = desk.objects(said, PROV.wasAttributedTo, IRIS.graph("corrections"))
    assert desk.objects(NamedNode(author), FOAF.name) == {"Мария"}
    assert desk.objects(said, PROV.generatedAtTime) == {"2026-01-12T09:00:00Z"}
    assert desk.objects(said, VEKHA.outcome) == {"applied"}
    assert desk.objects(said, VEKHA.justification) == {"письмо от 01.02.2021"}


def test_an_added_actor_is_assigned_without_a_mention(desk: Desk) -> None:
    made = desk.correct("actor", "Совет ветеранов", operation="add", cell=PLACE)
    assert desk.load().complete
    assert len(desk.objects(ADVICE, VEKHA.responsible)) == 2
    added = [
        assignment
        for assignment in map(NamedNode, desk.objects(ADVICE, VEKHA.assignment))
        if desk.objects(assignment, VEKHA.correctedBy) == {IRIS.correction(ROADMAP, made.key).value}
    ]
    assert [desk.objects(assignment, VEKHA.mention) for assignment in added] == [set()]


def test_a_correction_holds_until_its_set_changes(desk: Desk) -> None:
    desk.correct("deadline", "август 2020", cell=cell(19, 5))
    assert [document.status for document in desk.load().documents] == ["loaded"]
    assert desk.objects(ADVICE, VEKHA.deadlineStart) == {"2020-08-01"}
    assert desk.objects(ADVICE, VEKHA.deadlineText) == {"август 2020"}
    assert [document.status for document in desk.load().documents] == ["unchanged"]


def test_a_changed_source_makes_it_stale(desk: Desk) -> None:
    made = desk.correct("actor", "ДОО ТО", instead="ТОИПКРО", cell=PLACE)
    desk.load()
    text = desk.document.read_text(encoding="utf-8")
    assert "Июль 2020\tТОИПКРО" in text
    desk.document.write_text(text.replace("Июль 2020\tТОИПКРО", "Июль 2020\tОГБУ РЦРО"), encoding="utf-8")

    report = desk.load()

    (outcome,) = report.documents[0].corrections
    assert (outcome.outcome, outcome.expected, outcome.found) == ("stale", "ТОИПКРО", "ОГБУ РЦРО")
    (note,) = [note for note in report.documents[0].warnings if note.code == "stale-correction"]
    assert note.place == PLACE
    said = IRIS.correction(ROADMAP, made.key)
    assert desk.objects(said, VEKHA.outcome) == {"stale"}
    assert desk.objects(said, VEKHA.expectedText) == {"ТОИПКРО"}
    assert desk.objects(said, VEKHA.foundText) == {"ОГБУ РЦРО"}
    assert desk.objects(ADVICE, VEKHA.correctedBy) == set()
    assert TOIPKRO not in desk.objects(ADVICE, VEKHA.actor)
    assert len(desk.objects(ADVICE, VEKHA.actor)) == 1


def test_an_undone_correction_gives_the_original_back_and_stays_in_the_record(desk: Desk, repository: Path) -> None:
    before = desk.who_is_responsible("9.", repository)
    made = desk.correct("actor", "ДОО ТО", instead="ТОИПКРО", cell=PLACE)
    desk.load()
    assert desk.who_is_responsible("9.", repository) != before
    desk.undo(made.key)

    assert [document.status for document in desk.load().documents] == ["loaded"]

    assert desk.who_is_responsible("9.", repository) == before
    assert desk.objects(ADVICE, VEKHA.actor) == {TOIPKRO}
    said = IRIS.correction(ROADMAP, made.key)
    assert desk.objects(said, PROV.invalidatedAtTime) == {"2026-01-13T10:00:00Z"}
    (who,) = desk.objects(said, VEKHA.undoneBy)
    assert desk.objects(NamedNode(who), FOAF.name) == {"Пётр"}
    with pytest.raises(CorrectionError, match="undone already"):
        desk.undo(made.key)
    with pytest.raises(CorrectionError, match="no correction"):
        desk.undo("00000000")


def test_a_correction_of_the_document_stands_at_the_roadmap(desk: Desk) -> None:
    made = desk.correct("period", "2020-01-01/2025-12-31")
    desk.load()
    roadmap = IRIS.roadmap(ROADMAP)
    assert desk.objects(roadmap, VEKHA.periodEnd) == {"2025-12-31"}
    assert desk.objects(roadmap, VEKHA.correctedBy) == {IRIS.correction(ROADMAP, made.key).value}


def test_a_corrected_text_stands_beside_the_printed_one(desk: Desk) -> None:
    desk.correct("text", "Июнь 2020", cell=cell(19, 5))
    desk.load()
    (cell_of,) = {
        triple.subject for triple in desk.store.snapshot().triples() if triple.predicate == VEKHA.correctedText
    }
    assert isinstance(cell_of, NamedNode)
    assert desk.objects(cell_of, VEKHA.rawText) == {"Июль 2020"}
    assert desk.objects(ADVICE, VEKHA.deadlineStart) == {"2020-06-01"}


def test_an_override_of_a_profile_is_a_correction_of_the_profile(desk: Desk) -> None:
    profile = desk.document.with_name(f"{MENTORING}.profile.yaml")
    own = profile.read_text(encoding="utf-8")
    rows = f"rows:\n- cell: {PLACE}\n  expects: ТОИПКРО\n  deadline: сентябрь 2020\n  actors:\n  - actor: ДОО ТО\n"
    profile.write_text(own + rows, encoding="utf-8")

    assert desk.load().complete

    assert desk.objects(ADVICE, VEKHA.deadlineStart) == {"2020-09-01"}
    assert len(desk.objects(ADVICE, VEKHA.actor)) == 2
    said = {NamedNode(iri) for iri in desk.objects(ADVICE, VEKHA.correctedBy)}
    assert {field for iri in said for field in desk.objects(iri, VEKHA.correctedField)} == {"actor", "deadline"}
    (agent,) = {agent for iri in said for agent in desk.objects(iri, PROV.wasAttributedTo)}
    assert desk.objects(NamedNode(agent), FOAF.name) == {profile.name}
    assert f"{PROV.NAMESPACE}SoftwareAgent" in desk.objects(NamedNode(agent), RDF.type)
    with pytest.raises(CorrectionError, match="stands in the profile"):
        desk.undo(min(said, key=str).value.rpartition("_")[2])

    profile.write_text(own, encoding="utf-8")
    desk.load()
    assert desk.objects(ADVICE, VEKHA.actor) == {TOIPKRO}
    assert all(desk.objects(iri, PROV.invalidatedAtTime) for iri in said)


def test_without_persons_no_name_is_kept_in_the_record(
    store: Store, document: Path, reference: Reference, examples: Path
) -> None:
    tambov = "002_9d26d566298daeb9"
    for path in examples.glob(f"{tambov}*"):
        shutil.copy(path, document.parent)
    desk = Desk(store, document.with_name(f"{tambov}.txt"), reference)
    desk.load()
    answer = desk.store.snapshot()
    address = next(
        triple.object.value
        for fragment in {
            triple.object
            for cell_of in {t.subject for t in answer.triples() if "Шешерина" in str(t.object) and "cell" in str(t)}
            for triple in answer.triples()
            if triple.subject == cell_of and triple.predicate == VEKHA.fragment
        }
        for triple in answer.triples()
        if triple.subject == fragment and triple.predicate == VEKHA.address and isinstance(triple.object, Literal)
    )
    made = desk.correct("level", "region", roadmap="tambov-obl-nms", cell=address, reason="говорил Шешерин Г.А.")
    assert "Шешерин" in (made.expects or "")
    desk.show_persons = False

    report = desk.load()

    assert [outcome.outcome for outcome in report.documents[0].corrections] == ["applied"]
    snapshot = desk.store.snapshot()
    texts = [str(triple) for graph in (None, *snapshot.graphs()) for triple in snapshot.triples(graph)]
    assert not [text for text in texts if "Шешерин" in text]
    with pytest.raises(CorrectionError, match="withheld"):
        desk.correct("actor", "Петров П.П.", operation="add", roadmap="tambov-obl-nms", cell=address)


def test_the_record_meets_its_shapes_and_is_read_back(desk: Desk) -> None:
    desk.correct("actor", "ДОО ТО", instead="ТОИПКРО", cell=PLACE)
    undone = desk.correct("level", "school")
    desk.undo(undone.key)
    desk.load()
    recorded = desk.record().all()
    quads = [quad for one in recorded for quad in correction_quads(one, IRIS)]
    assert Validator().check(quads).findings == ()
    graph = {quad.triple for quad in quads}
    assert graph == set(desk.store.snapshot().triples(IRIS.graph("corrections")))
    assert {one.correction.undone_by for one in recorded} == {None, "Пётр"}


def test_a_cell_that_is_not_in_the_data_is_refused(desk: Desk) -> None:
    with pytest.raises(CorrectionError, match="no cell at"):
        desk.correct("deadline", "май 2021", cell="строка 900")
    assert desk.correct("deadline", "май 2021", cell=f"{MENTORING}.txt, {PLACE}").cell == PLACE


def test_a_recorded_correction_has_no_outcome_before_a_load(desk: Desk) -> None:
    made = desk.correct("deadline", "май 2021", cell=PLACE)
    assert desk.record().all() == [RecordedCorrection(made)]
